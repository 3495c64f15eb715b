//! `gable serve`: worlds over HTTP.

use std::net::SocketAddr;
use std::path::PathBuf;

use gable_tiles::{Server, ServerOptions};
use gable_world::World;
use gable_world::library::bundle;

use super::build;
use crate::cli::ServeArguments;
use crate::failure::Failure;
use crate::say::say;

/// Runs it.
pub(crate) fn run(arguments: &ServeArguments) -> Result<(), Failure> {
    let options = ServerOptions::default();
    let engine = build::engine(options.workers)?;
    let server = Server::new(options).map_err(|error| Failure::Input(error.to_string()))?;
    let worlds = if arguments.worlds.is_empty() {
        bundle::worlds().into_iter().map(PathBuf::from).collect()
    } else {
        arguments.worlds.clone()
    };
    for path in worlds {
        let world =
            World::open(&path, &engine).map_err(|error| Failure::Input(error.to_string()))?;
        server.put(world);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Input(format!("cannot start: {error}")))?;
    runtime.block_on(serve(server, arguments.bind))
}

async fn serve(server: Server, bind: SocketAddr) -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind(bind)
        .await
        .map_err(|error| Failure::Input(format!("cannot listen at {bind}: {error}")))?;
    say!("http://{bind}/");
    axum::serve(listener, server.router())
        .await
        .map_err(|error| Failure::Input(error.to_string()))
}
