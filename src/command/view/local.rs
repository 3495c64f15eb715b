//! A server of our own for a world on this machine: the viewer streams it like any other.

use std::net::Ipv4Addr;
use std::path::Path;

use gable_tiles::guard::{Guard, GuardOptions};
use gable_tiles::listen::{ListenOptions, Listener};
use gable_tiles::{Server, ServerOptions};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tower::Layer as _;

use crate::command::build;
use crate::failure::Failure;

/// A server on this machine, for this process; it ends with it.
#[derive(Debug)]
pub(super) struct LocalServer {
    address: String,
    /// Dropped to end it.
    _ending: oneshot::Sender<()>,
    _runtime: Runtime,
}

impl LocalServer {
    /// Opens a world and serves it.
    pub(super) fn start(world: &str) -> Result<Self, Failure> {
        let input = |error: &dyn std::fmt::Display| Failure::Input(error.to_string());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| input(&error))?;
        let options = ServerOptions::default();
        let workers = options.workers;
        let inside = runtime.enter();
        let server = Server::new(options).map_err(|error| input(&error))?;
        let engine = build::engine(
            workers
                .saturating_add(gable_runtime::cores())
                .saturating_add(1),
        )?;
        server
            .serve(Path::new(world), &engine)
            .map_err(|error| input(&error))?;
        server.calibrate(&engine).map_err(|error| input(&error))?;
        let listener = Listener::bind(ListenOptions {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            lanes: 1,
            ..ListenOptions::default()
        });
        let listener = listener.map_err(|error| input(&error))?;
        let address = format!("http://{}", listener.address());
        let answers = Guard::new(GuardOptions::default()).layer(server.routes());
        let (ending, ended) = oneshot::channel::<()>();
        runtime.spawn(listener.run(answers, async {
            let _dropped = ended.await;
        }));
        drop(inside);
        Ok(Self {
            address,
            _ending: ending,
            _runtime: runtime,
        })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }
}
