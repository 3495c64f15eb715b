//! What the tests of the cache share.

use std::path::{Path, PathBuf};

use gable_cache::{Cache, CacheOptions, DiskOptions, Key, Meta, Value};

/// A cache with next to no memory, so that what is read comes from disk.
pub(crate) fn on_disk(folder: &Path, bytes: u64) -> Cache {
    open(folder, bytes, 0)
}

pub(crate) fn open(folder: &Path, bytes: u64, memory_bytes: u64) -> Cache {
    Cache::open(&options(folder, bytes, memory_bytes)).expect("the folder is free")
}

pub(crate) fn options(folder: &Path, bytes: u64, memory_bytes: u64) -> CacheOptions {
    CacheOptions {
        memory_bytes,
        disk: Some(DiskOptions {
            folder: folder.to_path_buf(),
            bytes,
        }),
    }
}

/// Keys spread over all folders.
pub(crate) fn key(number: u64) -> Key {
    let mut hash = [0; 32];
    let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash[..8].copy_from_slice(&mixed.to_be_bytes());
    hash[8..16].copy_from_slice(&number.to_be_bytes());
    Key::new(hash, (number % 3) as u16)
}

/// The one value of a key, of that length: whoever reads it can tell whether it is whole.
pub(crate) fn value(number: u64, length: usize) -> Value {
    let mut state = number.wrapping_mul(0x2545_f491_4f6c_dd1d) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    let bytes: Vec<u8> = std::iter::repeat_with(next).take(length).collect();
    Value {
        bytes: bytes.into(),
        meta: Meta {
            kind: number as u16,
            plain_length: length as u64 * 3,
            seconds: number as f64 / 8.0,
        },
    }
}

/// All files of entries.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let root = folder.join("gable-cache-1");
    let mut list = Vec::new();
    for number in 0..=u8::MAX {
        let folder = root.join(format!("{number:02x}"));
        let entries = std::fs::read_dir(folder).expect("made at the start");
        list.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    list.sort();
    list
}

/// Bytes of all files below a folder, half-written ones included.
pub(crate) fn bytes_on_disk(folder: &Path) -> u64 {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            bytes += bytes_on_disk(&path);
        } else {
            // The writer may just have renamed or removed it.
            bytes += entry.metadata().map_or(0, |metadata| metadata.len());
        }
    }
    bytes
}
