//! Recording requests, so that `gable simulate` can play them again.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use gable_placement::simulate::Record;

/// A trace being written: a line of JSON for each request.
#[derive(Debug)]
pub(crate) struct Recorder(Mutex<BufWriter<File>>);

impl Recorder {
    /// Begins a file, in place of one that is there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn create(path: &Path) -> std::io::Result<Self> {
        Ok(Self(Mutex::new(BufWriter::new(File::create(path)?))))
    }

    /// Adds a request. A disk that is full is told of, and the server goes on.
    pub(crate) fn add(&self, record: &Record) {
        let mut line = serde_json::to_vec(record).expect("plain data");
        line.push(b'\n');
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = file.write_all(&line) {
            tracing::warn!(%error, "a request could not be recorded");
        }
    }

    /// Writes what is still in memory.
    pub(crate) fn flush(&self) {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = file.flush() {
            tracing::warn!(%error, "the end of the recording is lost");
        }
    }
}
