//! Opening a world: what it is, and who brings its tiles.

use std::path::PathBuf;
use std::sync::Arc;

use gable_runtime::Engine;
use gable_session::world::World;

use crate::calibration;
use crate::connection::Connection;
use crate::headless::HeadlessError;
use crate::kit::Kit;
use crate::loader::ThreadLoader;

/// A world that can be looked at.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) world: World,
    pub(crate) loader: ThreadLoader,
}

/// Opens a world of a server; meanwhile this machine's pace is measured.
pub(crate) fn open(
    connection: Arc<Connection>,
    world: &str,
    (engine, cores): (Engine, usize),
    folder: Option<PathBuf>,
) -> Result<Opening, HeadlessError> {
    let world = connection.world(world)?;
    let start = |error: &dyn std::fmt::Display| HeadlessError::Start(error.to_string());
    let kit = Arc::new(Kit::new(engine, folder));
    let shared = Arc::new(world.clone());
    calibration::begin(connection.clone(), kit.clone()).map_err(|error| start(&error))?;
    let loader = ThreadLoader::new(connection, shared, kit, cores);
    let loader = loader.map_err(|error| start(&error))?;
    Ok(Opening { world, loader })
}
