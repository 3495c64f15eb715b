//! Files that others read while they are written.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Writes a file beside its place and moves it there, so that no reader sees half of it, whoever else writes it, too. Its
/// folder is made.
///
/// # Errors
/// Why it cannot be written; what was there before is then still there.
pub fn keep(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    static PARTS: AtomicU64 = AtomicU64::new(0);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let number = PARTS.fetch_add(1, Ordering::Relaxed);
    let part = path.with_extension(format!("{}-{number}.part", std::process::id()));
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, path));
    if written.is_err() {
        let _not_there = std::fs::remove_file(&part);
    }
    written
}
