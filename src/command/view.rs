//! `gable view`: worlds as one sees them.

mod flight;
mod local;

use std::path::Path;
use std::time::Duration;

use gable_desktop::connection::Connection;
use gable_desktop::headless::{Headless, HeadlessError, HeadlessOptions};
use gable_render::Quality;
use gable_session::scenery::Scenery;
use gable_session::statement::Statement;
use gable_tileset::Bounds;
use gable_view::camera::Camera;
use gable_view::stream::Limits;
use glam::DVec3;
use serde_json::json;

use super::build;
use crate::cli::{ViewArguments, ViewQuality};
use crate::failure::Failure;
use crate::say::say;
use local::LocalServer;

/// The world that is shown when none is named.
const DEFAULT_WORLD: &str = "san-francisco";
/// From so many cores on, a machine counts as a workstation.
const WORKSTATION_CORES: u32 = 12;

/// Runs it.
pub(crate) fn run(arguments: &ViewArguments) -> Result<(), Failure> {
    let source = arguments.world.as_deref().unwrap_or(DEFAULT_WORLD);
    let is_remote = source.starts_with("http://") || source.starts_with("https://");
    // What is wrong with files is said before anything is opened.
    let world = arguments.world_name.as_deref();
    let path = arguments.path.as_deref();
    let path = path
        .map(|path| flight::read(path, world.unwrap_or(source)))
        .transpose()?;
    let local = (!is_remote)
        .then(|| LocalServer::start(source))
        .transpose()?;
    let address = local.as_ref().map_or(source, |local| local.address());
    let connection = Connection::new(address, statement());
    let world = choose(&connection, world)?;
    let mut viewer = Headless::open(connection, &world, &options(arguments)?).map_err(failure)?;
    let scenery = Scenery {
        hour: arguments.time,
        ..Scenery::default()
    };
    match path {
        Some(path) => flight::fly(&mut viewer, &path, &scenery, arguments),
        None => look(&mut viewer, &scenery, arguments),
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
    let bounds = viewer.session().world().bounds();
    let camera = arguments.camera.unwrap_or_else(|| overview(bounds));
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

fn options(arguments: &ViewArguments) -> Result<HeadlessOptions, Failure> {
    let cores = gable_runtime::cores();
    Ok(HeadlessOptions {
        size: arguments.size,
        quality: match arguments.quality {
            ViewQuality::Low => Quality::Low,
            ViewQuality::Medium => Quality::Medium,
            ViewQuality::High => Quality::High,
        },
        limits: Limits {
            error: arguments.error.max(0.5),
            bytes: arguments.memory.as_u64(),
            ..Limits::default()
        },
        engine: build::engine_for_strangers(cores.saturating_add(1))?,
        cores: usize::try_from(cores).unwrap_or(1),
        files: build::cache_folder().map(|folder| folder.with_file_name("files")),
    })
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

/// The world that is meant: the one named, else the only one, else the first.
fn choose(connection: &Connection, name: Option<&str>) -> Result<String, Failure> {
    let worlds = connection.worlds();
    let worlds = worlds.map_err(|error| Failure::Input(error.to_string()))?;
    match name {
        Some(name) if worlds.iter().any(|world| world == name) => Ok(name.to_owned()),
        Some(name) => Err(Failure::Usage(format!(
            "there is no world `{name}` at {} (there are: {}); name one of these with --world-name",
            connection.base(),
            worlds.join(", ")
        ))),
        None => worlds.into_iter().next().ok_or_else(|| {
            Failure::Input(format!(
                "{} serves no world yet; wait until its /readyz says ready",
                connection.base()
            ))
        }),
    }
}

/// No view from above shows more than this, metres from the middle.
const FARTHEST: f64 = 700.0;

/// A view of a world from the south-west, from above.
fn overview(bounds: Option<Bounds>) -> Camera {
    let Some(Bounds { low, high }) = bounds else {
        return Camera::looking_at(DVec3::new(-100.0, -100.0, 60.0), DVec3::ZERO);
    };
    let (low, high) = (DVec3::from(low), DVec3::from(high));
    let middle = ((low + high) * 0.5).with_z(low.z);
    let reach = ((high - low).truncate().length() * 0.5).clamp(5.0, FARTHEST);
    let eye = middle + DVec3::new(-0.55, -0.8, 0.45) * reach;
    Camera::looking_at(eye, middle + DVec3::Z * 0.05 * reach)
}

fn failure(error: HeadlessError) -> Failure {
    Failure::Input(error.to_string())
}
