//! Faults of everything around the server, against the real binary: nothing is lost, and what is served is correct or a
//! clear error.
#![cfg(unix)]

#[path = "../support/server.rs"]
mod server;

mod disk;
mod grammars;
mod liar;
mod many;
mod requests;
mod settings;
mod subject;
mod upstream;
