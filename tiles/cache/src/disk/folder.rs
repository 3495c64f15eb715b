//! The folder of a cache: its lock, its files, nothing of what they are worth.
//!
//! ```text
//! FOLDER/gable-cache-1/lock       held by the server that uses the folder
//!                     /new/       files being written; emptied when the cache is opened
//!                     /00 ... ff/ entries
//! ```
//!
//! A file is written under `new/` and renamed when it is whole, so a process that is killed leaves no half
//! entry. Files are not synced: after a loss of power a renamed file may be short or zeros, and then its
//! checksum, verified at each read, says so. All that is lost is work that can be done again, while a
//! sync for each entry would cost more than many entries are worth.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::entry::{self, Name};
use crate::{CacheError, Value};

/// The part of a cache folder that this version reads and writes.
pub(crate) const VERSION_FOLDER: &str = "gable-cache-1";
/// Threads that list folders at the start.
const LISTERS: u8 = 4;

#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    written: AtomicU64,
    lock: Option<File>,
}

/// What was found in a folder.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Names of files and what they take from the bound.
    pub(crate) entries: Vec<(Name, u64)>,
    /// How many that are no entries were removed.
    pub(crate) foreign: u64,
}

/// Why an entry could not be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// There is a file, and it is not what was written.
    Damaged,
    /// There is no file.
    Gone,
    /// The system refuses for now.
    System(io::Error),
}

impl Folder {
    pub(crate) fn open(folder: &Path) -> Result<Self, CacheError> {
        let wrong = |source| CacheError::Folder {
            folder: folder.to_path_buf(),
            source,
        };
        let root = folder.join(VERSION_FOLDER);
        if !root.is_dir() {
            fs::create_dir_all(&root).map_err(wrong)?;
        }
        let path = root.join("lock");
        // A folder that cannot be written to can still be read.
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .or_else(|_| File::open(&path))
            .map_err(wrong)?;
        let lock = match file.try_lock() {
            Ok(()) => Some(file),
            Err(TryLockError::WouldBlock) => {
                return Err(CacheError::InUse {
                    folder: folder.to_path_buf(),
                });
            }
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                tracing::warn!(folder = %folder.display(), "the file system has no locks: see that no other server uses this cache folder");
                None
            }
            Err(TryLockError::Error(error)) => return Err(wrong(error)),
        };
        Ok(Self {
            root,
            written: AtomicU64::new(0),
            lock,
        })
    }

    /// Lists all entries, makes folders that are missing and removes what is no entry.
    pub(crate) fn list(&self) -> Found {
        let mut found = Found::default();
        let new = self.root.join("new");
        // Missing at the first start; what cannot be removed or made shows when an entry is written.
        let _ = fs::remove_dir_all(&new).or_else(|_| fs::remove_file(&new));
        let _ = fs::create_dir(&new);
        found.foreign += self.remove_strangers();
        let parts: Vec<Found> = std::thread::scope(|scope| {
            let start = |lister| scope.spawn(move || self.list_share(lister));
            let listers: Vec<_> = (0..LISTERS).map(start).collect();
            let parts = listers.into_iter().map(std::thread::ScopedJoinHandle::join);
            parts.filter_map(Result::ok).collect()
        });
        for part in parts {
            found.entries.extend(part.entries);
            found.foreign += part.foreign;
        }
        found
    }

    fn list_share(&self, lister: u8) -> Found {
        let mut found = Found::default();
        for number in (lister..=u8::MAX).step_by(usize::from(LISTERS)) {
            self.list_fan(number, &mut found);
        }
        found
    }

    fn list_fan(&self, number: u8, found: &mut Found) {
        let folder = self.root.join(format!("{number:02x}"));
        let list = match fs::read_dir(&folder) {
            Ok(list) => list,
            Err(error) => {
                if error.kind() == io::ErrorKind::NotADirectory {
                    found.foreign += u64::from(fs::remove_file(&folder).is_ok());
                }
                let _ = fs::create_dir(&folder);
                return;
            }
        };
        for entry in list.filter_map(Result::ok) {
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            let name = entry.file_name().to_str().and_then(Name::from_file_name);
            match name {
                Some(name)
                    if metadata.is_file()
                        && name.key.hash[0] == number
                        && metadata.len() >= entry::HEADER as u64 =>
                {
                    found.entries.push((name, entry::charge(metadata.len())));
                }
                _ => {
                    found.foreign +=
                        u64::from(remove_any(&entry.path(), metadata.is_dir()).is_ok());
                }
            }
        }
    }

    /// Removes what is neither the lock nor a folder of ours.
    fn remove_strangers(&self) -> u64 {
        let Ok(list) = fs::read_dir(&self.root) else {
            return 0;
        };
        let strangers = list.filter_map(Result::ok).filter(|entry| {
            let name = entry.file_name();
            let fan =
                |name: &str| name.len() == 2 && crate::key::hex_byte(name.as_bytes()).is_some();
            !name
                .to_str()
                .is_some_and(|name| name == "lock" || name == "new" || fan(name))
        });
        strangers
            .filter(|entry| {
                let folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                remove_any(&entry.path(), folder).is_ok()
            })
            .count() as u64
    }

    /// Writes an entry. On an error nothing is left of it.
    pub(crate) fn write(&self, name: &Name, value: &Value) -> io::Result<()> {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let new = self.root.join(format!("new/{number}"));
        let write = || {
            let mut file = File::create(&new)?;
            file.write_all(&entry::header(name.key, value))?;
            file.write_all(&value.bytes)?;
            drop(file);
            fs::rename(&new, self.root.join(name.path()))
        };
        write().inspect_err(|_| {
            let _ = fs::remove_file(&new);
        })
    }

    /// Reads an entry of at most `limit` bytes.
    pub(crate) fn read(&self, name: &Name, limit: u64) -> Result<Value, ReadError> {
        let path = self.root.join(name.path());
        let read = || {
            let mut file = File::open(&path)?;
            let length = file.metadata()?.len().min(limit);
            let mut bytes = Vec::new();
            bytes.try_reserve_exact(usize::try_from(length).unwrap_or(usize::MAX))?;
            (&mut file).take(length).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        match read() {
            Ok(bytes) => entry::decode(name.key, bytes).ok_or(ReadError::Damaged),
            Err(error) => Err(match io::Error::kind(&error) {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::Gone,
                io::ErrorKind::IsADirectory => ReadError::Damaged,
                _ => ReadError::System(error),
            }),
        }
    }

    /// Removes an entry, whatever is in its place.
    pub(crate) fn remove(&self, name: &Name) -> io::Result<()> {
        let path = self.root.join(name.path());
        match fs::symlink_metadata(&path) {
            Ok(metadata) => remove_any(&path, metadata.is_dir()),
            Err(error) => Err(error),
        }
        .or_else(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(()),
            _ => Err(error),
        })
    }

    /// Gives an entry's file the name that tells what it is worth now.
    pub(crate) fn rename(&self, old: &Name, new: &Name) -> io::Result<()> {
        fs::rename(self.root.join(old.path()), self.root.join(new.path()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Closing is not enough while a process that was just forked has not yet begun its own program.
        if let Some(lock) = &self.lock {
            let _ = lock.unlock();
        }
    }
}

/// Removes a file, a link (not what it points at) or a folder.
fn remove_any(path: &Path, folder: bool) -> io::Result<()> {
    if folder {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    }
}
