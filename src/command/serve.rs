//! `gable serve`: worlds over HTTP.

mod settings;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use gable_tiles::guard::Guard;
use gable_tiles::listen::Listener;
use gable_tiles::trace::Traces;
use gable_tiles::{Server, ServerError};
use gable_world::library::bundle;
use tower::Layer as _;
use tower::util::option_layer;

use super::build;
use crate::cli::ServeArguments;
use crate::failure::Failure;
use crate::log;
use crate::say::{offer, tell};
use settings::Settings;

/// The last traces have so long to be sent, of what is left of the grace time, but a second at least.
const LAST_TRACES: Duration = Duration::from_secs(5);

/// Runs it.
pub(crate) fn run(arguments: &ServeArguments, verbose: bool) -> Result<(), Failure> {
    let (settings, unknown) = Settings::read(arguments)?;
    for key in unknown {
        tell!("warning: {key}: there is no such setting; it is ignored");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Input(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        let traces = settings.traces().as_ref().map(Traces::start).transpose();
        let traces = traces.map_err(|error| Failure::Usage(error.to_string()))?;
        let layer = traces.as_ref().map(Traces::layer);
        log::start_server(verbose, arguments, layer);
        serve(settings, traces).await
    })
}

async fn serve(settings: Settings, traces: Option<Traces>) -> Result<(), Failure> {
    let mut options = settings.server()?;
    let listen = settings.listen()?;
    let grace = listen.grace;
    options.open_connections = listen.open_connections.clone();
    let workers = options.workers;
    let server = Server::new(options).map_err(failure)?;
    // The address first: a server that cannot listen need not open worlds.
    let listener = Listener::bind(listen).map_err(|error| Failure::Input(error.to_string()))?;
    if !settings.upstream.is_empty() {
        let engine = build::engine_for_strangers(workers)?;
        server
            .follow(&settings.upstream, &engine)
            .map_err(failure)?;
    }
    // A world that is opened again tries its features on all cores, while the workers go on.
    let trials = gable_runtime::cores().saturating_add(1);
    let engine = build::engine(workers.saturating_add(trials))?;
    for path in worlds(&settings) {
        server.serve(&path, &engine).map_err(failure)?;
    }
    server.calibrate(&engine).map_err(failure)?;
    let guard = Guard::new(settings.guard()?);
    greet(&server, &listener, &settings);
    let scheme = scheme(&listener);
    let traced = option_layer(traces.as_ref().map(|traces| traces.requests(scheme)));
    let answers = traced.layer(guard.layer(server.routes()));
    let signal = OnceLock::new();
    let ending = || {
        signal.get_or_init(Instant::now);
        server.drain();
    };
    let ended = listener.run_until_signal(answers, ending).await;
    let flushed = tokio::task::spawn_blocking(move || {
        server.flush();
        if let Some(traces) = traces {
            let spent = signal.get().map_or(Duration::ZERO, Instant::elapsed);
            let left = grace.saturating_sub(spent);
            traces.end(left.clamp(Duration::from_secs(1), LAST_TRACES));
        }
    });
    if flushed.await.is_err() {
        tell!("warning: the cache could not be written to the end");
    }
    ended.map_err(|error| Failure::Input(error.to_string()))
}

/// Those asked for; else those that are bundled, unless there is an upstream server that has some.
fn worlds(settings: &Settings) -> Vec<PathBuf> {
    match settings.worlds.as_slice() {
        [] if settings.upstream.is_empty() => {
            bundle::worlds().into_iter().map(PathBuf::from).collect()
        }
        given => given.to_vec(),
    }
}

fn scheme(listener: &Listener) -> &'static str {
    match listener.tls() {
        Some(_) => "https",
        None => "http",
    }
}

fn greet(server: &Server, listener: &Listener, settings: &Settings) {
    let base = format!("{}://{}", scheme(listener), listener.address());
    let mut text = format!("Gable serves at {base}/\n");
    for (id, name) in server.worlds() {
        text += &format!("  {name:<18} {base}/{id}/tileset.json\n");
    }
    for upstream in &settings.upstream {
        text += &format!("  the worlds of {upstream}\n");
    }
    text += &format!(
        "Open {base}/ in a browser, or give a tileset's address to CesiumJS, 3d-tiles-renderer, Unreal, Unity or QGIS.\n\
         Ctrl-C ends.\n"
    );
    // A server goes on when nobody reads what it says.
    offer(&text);
}

fn failure(error: ServerError) -> Failure {
    Failure::Input(error.to_string())
}
