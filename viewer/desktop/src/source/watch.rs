//! Says when files change.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, SystemTime};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};

/// Watches files, and folders with all in them. Editors write in several steps, some by renaming: so the folders of files
/// are watched, and what happens at once counts as one change.
#[derive(Debug)]
pub(crate) struct Watch {
    watcher: RecommendedWatcher,
    events: Receiver<notify::Result<Event>>,
    /// What is watched.
    folders: BTreeSet<PathBuf>,
    /// Of which changes count.
    files: BTreeSet<PathBuf>,
}

/// So long nothing more must happen.
const QUIET: Duration = Duration::from_millis(15);

impl Watch {
    pub(crate) fn new() -> notify::Result<Self> {
        let (sender, events) = channel();
        let watcher = notify::recommended_watcher(move |event| {
            // Nobody listens at the end.
            let _ended = sender.send(event);
        })?;
        Ok(Self {
            watcher,
            events,
            folders: BTreeSet::new(),
            files: BTreeSet::new(),
        })
    }

    /// Watches these, and not what it watched before. What cannot be watched is said, and left out.
    pub(crate) fn look_at(&mut self, files: &[PathBuf]) {
        self.files = files.iter().map(|path| absolute(path)).collect();
        let folder = |path: &PathBuf| {
            if path.is_dir() {
                Some(path.clone())
            } else {
                path.parent().map(Path::to_owned)
            }
        };
        let folders: BTreeSet<PathBuf> = self.files.iter().filter_map(folder).collect();
        for old in self.folders.difference(&folders) {
            let _gone_already = self.watcher.unwatch(old);
        }
        for new in folders.difference(&self.folders) {
            let mode = if self.files.contains(new) {
                RecursiveMode::Recursive
            } else {
                RecursiveMode::NonRecursive
            };
            if let Err(error) = self.watcher.watch(new, mode) {
                tracing::warn!(folder = %new.display(), %error, "changes here are not seen");
            }
        }
        self.folders = folders;
    }

    /// Waits for a change, and gives the time of what was written last, if that is known; none when there will be no more
    /// changes.
    pub(crate) fn wait(&mut self) -> Option<Option<SystemTime>> {
        let mut events = loop {
            let event = self.events.recv().ok()?;
            if self.counts(&event) {
                break vec![event];
            }
        };
        loop {
            match self.events.recv_timeout(QUIET) {
                Ok(event) => events.push(event),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        let paths = events.iter().flatten().flat_map(|event| &event.paths);
        let times = paths.filter_map(|path| path.metadata().ok()?.modified().ok());
        Some(times.max())
    }

    fn counts(&self, event: &notify::Result<Event>) -> bool {
        let Ok(event) = event else {
            return true;
        };
        let is_one = |path: &PathBuf| self.files.iter().any(|file| path.starts_with(file));
        // To be read is no change.
        !event.kind.is_access() && event.paths.iter().any(is_one)
    }
}

/// As the system's events name it.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn changes_are_seen_however_they_are_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().canonicalize().expect("a path");
        let (file, other) = (folder.join("a.cga"), folder.join("b.txt"));
        std::fs::write(&file, "1").expect("writable");
        let mut watch = Watch::new().expect("a watcher");
        watch.look_at(std::slice::from_ref(&file));
        let (sender, seen) = channel();
        std::thread::spawn(move || {
            while watch.wait().is_some() {
                if sender.send(()).is_err() {
                    return;
                }
            }
        });
        let long = Duration::from_secs(20);
        std::fs::write(&file, "2").expect("writable");
        seen.recv_timeout(long).expect("it was written");
        let new = folder.join("a.cga.new");
        std::fs::write(&new, "3").expect("writable");
        std::fs::rename(&new, &file).expect("writable");
        seen.recv_timeout(long).expect("it was replaced");
        std::fs::write(&other, "4").expect("writable");
        assert!(
            seen.recv_timeout(Duration::from_millis(200)).is_err(),
            "another file"
        );
    }
}
