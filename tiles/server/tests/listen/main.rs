//! The listener and the guard against clients on real sockets, well-behaved and not.

mod connections;
mod guard;
mod server;
mod tls;
