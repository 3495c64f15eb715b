//! The listener and the guard against clients on real sockets, well-behaved and not.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail as their tests do"
)]

mod connections;
mod guard;
mod plain;
mod server;
mod tls;
