//! What can go wrong when a cache is opened. Later nothing does: an entry that cannot be kept or
//! read is counted, and generated again.

use std::io;
use std::path::PathBuf;

/// Why a cache could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// The folder can be neither used nor made.
    #[error(
        "the cache folder `{}` cannot be used: {source}; give a folder that this user may write to, or run without a disk cache",
        .folder.display()
    )]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another server has the folder.
    #[error(
        "the cache folder `{}` is in use by another server; stop that server, or give this one a folder of its own",
        .folder.display()
    )]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// No thread could be started.
    #[error(
        "the thread that writes the cache could not be started: {source}; raise the limit of threads of this user"
    )]
    Thread {
        /// What the system says.
        source: io::Error,
    },
}
