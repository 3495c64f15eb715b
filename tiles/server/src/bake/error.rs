//! Why a bake ends early.

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use gable_content::archive::ArchiveError;

/// Why a bake ends early. What was written until then stays, and another run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum BakeError {
    /// A file cannot be written.
    #[error("cannot write {path}: {source}{cure}", path = .path.display(), cure = cure(.source))]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Error,
    },
    /// A file cannot be read.
    #[error("cannot read {path}: {source}", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Error,
    },
    /// There is something that was not baked.
    #[error("{} is there and was not made by `gable bake`; name another, or remove it first", .0.display())]
    Foreign(PathBuf),
    /// Another world was baked here.
    #[error("{path} holds the world `{there}`, not `{wanted}`; name another folder, or remove it first", path = .path.display())]
    OtherWorld {
        /// The folder.
        path: PathBuf,
        /// The world that is there.
        there: String,
        /// The world that is baked.
        wanted: String,
    },
    /// Somebody else is writing.
    #[error("another bake is writing to {}; wait for its end, or name another folder", .0.display())]
    Busy(PathBuf),
    /// There is no such layer.
    #[error("the world has no layer `{name}` (it has: {names})")]
    NoLayer {
        /// The name.
        name: String,
        /// The names that there are.
        names: String,
    },
    /// Nothing is chosen.
    #[error(
        "no tile of the world is chosen; `gable world check` lists its levels, and places are metres from its origin"
    )]
    Nothing,
    /// More than allowed.
    #[error(
        "the world has {tiles} tiles ({levels}), more than the {limit} allowed; bake a part of it with --levels 0..N or \
         --around X,Y,METRES, or allow more with --max-tiles {tiles}"
    )]
    TooMany {
        /// Tiles chosen.
        tiles: u64,
        /// Tiles by level, for people.
        levels: String,
        /// Tiles allowed.
        limit: u64,
    },
    /// It was told to stop.
    #[error("stopped after {0} tiles; the same command goes on from here")]
    Stopped(u64),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

impl BakeError {
    pub(super) fn write(path: &Path, source: Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            source,
        }
    }
}

/// What helps.
fn cure(source: &Error) -> &'static str {
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "; make room, and the same command goes on from here"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "; name a folder that you may write to"
        }
        _ => "",
    }
}
