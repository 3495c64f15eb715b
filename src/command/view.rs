//! `gable view`: worlds as one sees them.

mod flight;
mod local;
mod rules;
mod window;

use std::path::Path;
use std::time::{Duration, Instant};

use gable_desktop::connection::{Connection, ConnectionError};
use gable_desktop::headless::{Canvas, Headless, HeadlessError, HeadlessOptions};
use gable_desktop::open::{OpenError, Opened};
use gable_desktop::source::Wake;
use gable_render::Quality;
use gable_session::scenery::Scenery;
use gable_session::statement::Statement;
use gable_view::camera::Camera;
use gable_view::stream::Limits;
use serde_json::json;

use super::build;
use crate::cli::{ViewArguments, ViewQuality};
use crate::failure::Failure;
use crate::say::{say, tell};
use local::LocalServer;

/// The world that is shown when none is named.
const DEFAULT_WORLD: &str = "san-francisco";
/// From so many cores on, a machine counts as a workstation.
const WORKSTATION_CORES: u32 = 12;

/// Runs it.
pub(crate) fn run(arguments: &ViewArguments) -> Result<(), Failure> {
    let start = Instant::now();
    let target = Target::of(arguments)?;
    // What is wrong with files is said before anything is opened.
    let path = arguments.path.as_deref();
    let path = path
        .map(|path| flight::read(path, target.name()))
        .transpose()?;
    let local = match target {
        Target::World(name) => Some(LocalServer::start(name)?),
        _ => None,
    };
    let is_windowed = path.is_none() && arguments.screenshot.is_none();
    if is_windowed {
        return window::run(&target, local.as_ref(), arguments);
    }
    let options = options(arguments);
    let canvas = std::thread::spawn(move || Canvas::new(options));
    let opened = target.open(local.as_ref(), arguments, &Wake::nobody())?;
    if let Some(problem) = &opened.problem {
        tell!("{}", problem.text);
        if problem.is_error {
            return Err(Failure::Grammar);
        }
    }
    let canvas = canvas.join().expect("it does not panic");
    let viewer = canvas.and_then(|canvas| Headless::new(&opened, canvas, start));
    let mut viewer = viewer.map_err(failure)?;
    let scenery = Scenery {
        hour: arguments.time,
        ..Scenery::default()
    };
    match path {
        Some(path) => flight::fly(&mut viewer, &path, &scenery, arguments),
        None => look(&mut viewer, &scenery, arguments),
    }
}

/// What is looked at.
#[derive(Debug, Clone, Copy)]
enum Target<'a> {
    /// A server.
    Url(&'a str),
    /// A grammar.
    Rules(&'a str),
    /// A world of this machine.
    World(&'a str),
}

impl<'a> Target<'a> {
    fn of(arguments: &'a ViewArguments) -> Result<Self, Failure> {
        let name = arguments.world.as_deref().unwrap_or(DEFAULT_WORLD);
        let target = if name.starts_with("http://") || name.starts_with("https://") {
            Self::Url(name)
        } else if rules::is_grammar(name) {
            Self::Rules(name)
        } else {
            Self::World(name)
        };
        match target {
            Self::Url(_) | Self::World(_) if rules::are_given(arguments) => {
                Err(Failure::Usage(format!(
                    "{name} is no grammar: --features, --lot, --start, --set, --map and --seed are for grammars; \
                    a world.toml says the same for its layers"
                )))
            }
            _ => Ok(target),
        }
    }

    /// As it was given: the world whose flight `demo` is.
    fn name(self) -> &'a str {
        let (Self::Url(name) | Self::Rules(name) | Self::World(name)) = self;
        name
    }

    fn open(
        self,
        local: Option<&LocalServer>,
        arguments: &ViewArguments,
        wake: &Wake,
    ) -> Result<Opened, Failure> {
        if let Self::Rules(rules) = self {
            return rules::open(rules, arguments, wake);
        }
        let address = local.map_or(self.name(), LocalServer::address);
        let connection = Connection::new(address, statement());
        let world = match &arguments.world_name {
            Some(name) => name.clone(),
            None => first(&connection)?,
        };
        let cores = gable_runtime::cores();
        let engine = build::engine_for_strangers(cores.saturating_add(1))?;
        let files = build::cache_folder().map(|folder| folder.with_file_name("files"));
        let opened = Opened::remote(connection, &world, engine, files, wake);
        opened.map_err(|error| match error {
            OpenError::Connection(ConnectionError::Refused {
                status: 404, text, ..
            }) => Failure::Usage(format!("{text}; name one of them with --world-name")),
            error => Failure::Input(error.to_string()),
        })
    }
}

/// Seconds that a view may take.
fn patience(arguments: &ViewArguments) -> Duration {
    Duration::from_secs_f64(arguments.timeout.clamp(0.0, 1e6))
}

/// One view, once nothing is missing in it.
fn look(
    viewer: &mut Headless,
    scenery: &Scenery,
    arguments: &ViewArguments,
) -> Result<(), Failure> {
    let bounds = viewer.session().world().extent();
    let camera = arguments.camera.unwrap_or_else(|| Camera::overview(bounds));
    viewer
        .complete(&camera, patience(arguments))
        .map_err(failure)?;
    let seconds = viewer.seconds();
    let drawn = viewer.draw(&camera, scenery).map_err(failure)?;
    let file = arguments
        .screenshot
        .as_deref()
        .unwrap_or(Path::new("view.png"));
    viewer.write(file).map_err(failure)?;
    let device = viewer.device();
    let session = viewer.session();
    let (counts, totals) = (session.counts(), session.totals());
    let memory = session.renderer().memory();
    if arguments.json {
        say!(
            "{}",
            json!({
                "camera": camera.to_string(), "device": device, "seconds": seconds,
                "tiles": counts.drawn, "triangles": drawn.triangles, "draws": drawn.draws,
                "calls": drawn.calls, "instances": drawn.instances,
                "generated": totals.generated, "meshes": totals.meshes,
                "wire_bytes": totals.wire_bytes, "work_seconds": totals.work_seconds,
                "uploaded_bytes": totals.uploaded_bytes, "graphics_bytes": memory.used(),
            })
        );
    } else {
        say!(
            "{}: {} tiles ({} generated here, {} as meshes), {} triangles, complete after {seconds:.1} s",
            file.display(),
            counts.drawn,
            totals.generated,
            totals.meshes,
            drawn.triangles
        );
    }
    Ok(())
}

fn options(arguments: &ViewArguments) -> HeadlessOptions {
    HeadlessOptions {
        size: arguments.size,
        quality: quality(arguments).unwrap_or_default(),
        limits: limits(arguments),
        cores: cores(),
    }
}

fn quality(arguments: &ViewArguments) -> Option<Quality> {
    arguments.quality.map(|quality| match quality {
        ViewQuality::Low => Quality::Low,
        ViewQuality::Medium => Quality::Medium,
        ViewQuality::High => Quality::High,
    })
}

fn limits(arguments: &ViewArguments) -> Limits {
    Limits {
        error: arguments.error.max(0.5),
        bytes: arguments.memory.as_u64(),
        ..Limits::default()
    }
}

/// Tiles that are made at a time.
fn cores() -> usize {
    usize::try_from(gable_runtime::cores()).unwrap_or(1)
}

/// What this machine says about itself.
fn statement() -> Statement {
    let class = if gable_runtime::cores() >= WORKSTATION_CORES {
        "workstation"
    } else {
        "laptop"
    };
    let id = gable_runtime::hash::sha256(
        format!("{:?}", (std::process::id(), std::time::SystemTime::now())).as_bytes(),
    );
    Statement::new(gable_runtime::hash::short(&id), class)
}

/// The only world of a server, or the first.
fn first(connection: &Connection) -> Result<String, Failure> {
    let worlds = connection.worlds();
    let worlds = worlds.map_err(|error| Failure::Input(error.to_string()))?;
    worlds.into_iter().next().ok_or_else(|| {
        Failure::Input(format!(
            "{} serves no world yet; wait until its /readyz says ready",
            connection.base()
        ))
    })
}

fn failure(error: HeadlessError) -> Failure {
    Failure::Input(error.to_string())
}
