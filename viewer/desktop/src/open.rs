//! Opening what is looked at: a world of a server, or files of an author.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use gable_runtime::Engine;
use gable_session::world::World;

use crate::calibration;
use crate::connection::{Connection, ConnectionError};
use crate::kit::Kit;
use crate::source::remote::{self, Remote};
use crate::source::workbench::{self, Open, Workbench};
use crate::source::{Desk, News, Problem, Source, Wake};

/// Something that can be looked at, while it changes.
#[derive(Debug)]
pub struct Opened {
    /// What it is at first; without layers when there is nothing to show yet.
    pub world: World,
    /// Who knows its tiles.
    pub source: Arc<dyn Source>,
    /// What happens to it.
    pub news: Receiver<News>,
    /// What is wrong with it at first.
    pub problem: Option<Problem>,
}

/// Why nothing can be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The server.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// The system.
    #[error("the viewer cannot start: {0}")]
    Start(String),
}

impl Opened {
    /// A world of a server. The engine runs modules that come from there, so it should have a wall time; modules and
    /// assets are kept in a folder from one session to the next. Meanwhile this machine's pace is measured.
    ///
    /// # Errors
    /// [`OpenError`] when there is no server or no such world.
    pub fn remote(
        connection: Connection,
        world: &str,
        engine: Engine,
        folder: Option<PathBuf>,
        wake: &Wake,
    ) -> Result<Self, OpenError> {
        let connection = Arc::new(connection);
        let (world, tag) = connection.world(world)?;
        let kit = Arc::new(Kit::new(engine, folder));
        calibration::begin(connection.clone(), kit.clone()).map_err(start)?;
        let source = Arc::new(Remote::new(connection, kit, world.clone()));
        let (desk, news) = desk(wake);
        remote::follow(&source, tag, desk).map_err(start)?;
        Ok(Self {
            world,
            source,
            news,
            problem: None,
        })
    }

    /// A world of files; `rules` are watched even while it cannot be opened.
    ///
    /// # Errors
    /// [`OpenError`] when the system cannot watch files.
    pub fn workbench(open: Open, rules: Vec<PathBuf>, wake: &Wake) -> Result<Self, OpenError> {
        let (source, problem) = Workbench::new(&open);
        let (source, (desk, news)) = (Arc::new(source), desk(wake));
        workbench::follow(&source, open, rules, desk).map_err(OpenError::Start)?;
        Ok(Self {
            world: source.told(),
            source,
            news,
            problem,
        })
    }
}

fn desk(wake: &Wake) -> (Desk, Receiver<News>) {
    let (sender, news) = channel();
    let wake = wake.clone();
    (Desk { sender, wake }, news)
}

fn start(error: std::io::Error) -> OpenError {
    OpenError::Start(error.to_string())
}
