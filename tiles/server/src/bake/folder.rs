//! The folder that is baked into: files are there whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use super::{BakeError, Selection, TileFailure};

/// What a folder says of itself: that it is ours, and what was baked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Marker {
    /// The world's name.
    pub(super) world: String,
    /// Everything is there, but for the failures.
    pub(super) complete: bool,
    /// By layer, all revisions that were baked here, the current one last.
    pub(super) layers: BTreeMap<String, Vec<String>>,
    /// What was to be baked.
    pub(super) selection: Selection,
    /// Tiles that could not be made.
    pub(super) failures: Vec<TileFailure>,
}

impl Marker {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("plain data")
    }
}

/// The file of the marker.
pub(super) const MARKER: &str = "bake.json";
/// Files that are being written, and the lock.
const PARTS: &str = ".baking";

/// A folder that only we write to.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Held until the end, whatever it is.
    _lock: File,
    parts: AtomicU64,
}

impl Folder {
    /// Takes a folder: a new one, an empty one, or one of ours.
    pub(super) fn open(path: &Path) -> Result<Self, BakeError> {
        let parts = path.join(PARTS);
        if path.exists() && !is_ours(path)? {
            return Err(BakeError::Foreign(path.to_owned()));
        }
        fs::create_dir_all(&parts).map_err(|source| BakeError::write(&parts, source))?;
        let file = parts.join("lock");
        let lock = File::create(&file).map_err(|source| BakeError::write(&file, source))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(BakeError::Busy(path.to_owned())),
            // Some network file systems have no locks: then it is up to the user.
            Err(TryLockError::Error(error)) => tracing::warn!(%error, "the folder has no lock"),
        }
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
            parts: AtomicU64::new(0),
        })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What was baked here before; none in a new folder.
    pub(super) fn marker(&self) -> Result<Option<Marker>, BakeError> {
        match self.read(MARKER)? {
            None => Ok(None),
            Some(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|_| BakeError::Foreign(self.path.clone())),
        }
    }

    /// Writes a file under another name first, so that it is never half there.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), BakeError> {
        let part = self.part();
        let written = fs::write(&part, bytes).map_err(|source| BakeError::write(&part, source));
        let moved = written.and_then(|()| self.put(&part, name));
        if moved.is_err() {
            // Room for others, and nothing that is left can help.
            _ = fs::remove_file(&part);
        }
        moved
    }

    /// A name for a file that is being written.
    pub(super) fn part(&self) -> PathBuf {
        let number = self.parts.fetch_add(1, Ordering::Relaxed);
        self.path.join(PARTS).join(number.to_string())
    }

    fn put(&self, part: &Path, name: &str) -> Result<(), BakeError> {
        let file = self.path.join(name);
        match fs::rename(part, &file) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let folder = file.parent().unwrap_or(&self.path);
                fs::create_dir_all(folder).map_err(|source| BakeError::write(folder, source))?;
                fs::rename(part, &file)
            }
            other => other,
        }
        .map_err(|source| BakeError::write(&file, source))
    }

    /// The bytes of a file; none when there is no such file.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, BakeError> {
        let file = self.path.join(name);
        match fs::read(&file) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(BakeError::Read { path: file, source }),
        }
    }

    /// The length of a file; none when there is no such file, or nothing in it.
    pub(super) fn length(&self, name: &str) -> Option<u64> {
        let length = fs::metadata(self.path.join(name)).ok()?.len();
        Some(length).filter(|&length| length > 0)
    }

    /// Removes what lies in our folders and is not among `files`; says how many files that were.
    pub(super) fn clean(
        &self,
        folders: impl Iterator<Item = String>,
        files: &BTreeSet<String>,
    ) -> Result<u64, BakeError> {
        let mut removed = 0;
        for folder in folders {
            self.clean_folder(&folder, files, &mut removed)?;
        }
        Ok(removed)
    }

    /// Says whether the folder is gone.
    fn clean_folder(
        &self,
        name: &str,
        files: &BTreeSet<String>,
        removed: &mut u64,
    ) -> Result<bool, BakeError> {
        let path = self.path.join(name);
        if !path.is_dir() {
            return Ok(false);
        }
        let mut kept = false;
        for entry in entries(&path)? {
            let name = format!("{name}/{}", entry.to_string_lossy());
            let file = self.path.join(&name);
            let gone = if file.is_dir() {
                self.clean_folder(&name, files, removed)?
            } else if files.contains(&name) {
                false
            } else {
                fs::remove_file(&file).map_err(|source| BakeError::write(&file, source))?;
                *removed += 1;
                true
            };
            kept |= !gone;
        }
        if !kept {
            fs::remove_dir(&path).map_err(|source| BakeError::write(&path, source))?;
        }
        Ok(!kept)
    }

    /// The end of the work: what is left of writing goes, and the lock with it.
    pub(super) fn finish(self) -> Result<(), BakeError> {
        let parts = self.path.join(PARTS);
        fs::remove_dir_all(&parts).map_err(|source| BakeError::write(&parts, source))
    }
}

/// Whether a folder is empty or has our marker.
fn is_ours(path: &Path) -> Result<bool, BakeError> {
    if !path.is_dir() {
        return Ok(false);
    }
    let names = entries(path)?;
    Ok(names.iter().all(|name| name == PARTS) || names.iter().any(|name| name == MARKER))
}

/// The names in a folder.
fn entries(path: &Path) -> Result<Vec<std::ffi::OsString>, BakeError> {
    let wrap = |source| BakeError::Read {
        path: path.to_owned(),
        source,
    };
    fs::read_dir(path)
        .map_err(wrap)?
        .map(|entry| entry.map(|entry| entry.file_name()).map_err(wrap))
        .collect()
}
