//! Tilesets as one file: `.3tz`, the 3D Tiles Archive Format 1.4.
//!
//! A ZIP file whose local headers know their sizes, and whose last file is an index: the MD5 of each path with the place
//! of its local header, sorted, so that a reader finds any of a million files in twenty steps.

mod reader;
mod writer;

use md5::{Digest as _, Md5};

pub use reader::Reader;
pub use writer::{Packing, Writer};

/// The name of the index, the last file.
const INDEX_NAME: &str = "@3dtilesIndex1@";
/// A hash and an offset.
const INDEX_ENTRY_BYTES: usize = 24;
const LOCAL_SIGNATURE: u32 = 0x0403_4b50;
const LOCAL_BYTES: usize = 30;
const CENTRAL_SIGNATURE: u32 = 0x0201_4b50;
const CENTRAL_BYTES: usize = 46;
const END_SIGNATURE: u32 = 0x0605_4b50;
const END_BYTES: usize = 22;
const END_64_SIGNATURE: u32 = 0x0606_4b50;
const END_64_BYTES: usize = 56;
const LOCATOR_64_SIGNATURE: u32 = 0x0706_4b50;
const LOCATOR_64_BYTES: usize = 20;
/// Of extra fields: 64-bit numbers.
const EXTRA_64: u16 = 1;
/// Numbers of compression methods.
const STORED: u16 = 0;
const DEFLATE: u16 = 8;
const ZSTD: u16 = 93;

/// Why an archive cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file below.
    #[error("reading or writing the archive: {0}")]
    Io(#[from] std::io::Error),
    /// A path that the format does not allow.
    #[error("`{path}` cannot be in an archive: {cause}")]
    Path {
        /// The path.
        path: String,
        /// What is wrong with it.
        cause: &'static str,
    },
    /// A file is too long.
    #[error("`{0}` has 4 GB or more, which the format does not allow")]
    TooLong(String),
    /// A file would be larger than the reader allows.
    #[error("`{path}` has {size} bytes, more than the {limit} that are allowed")]
    OverLimit {
        /// The file.
        path: String,
        /// Its size.
        size: u64,
        /// The most allowed.
        limit: u64,
    },
    /// There is no `tileset.json`.
    #[error("the archive has no `tileset.json`, with which every tileset begins")]
    NoTileset,
    /// Damaged, or a ZIP file that is no 3tz.
    #[error("no 3tz archive: {0}")]
    Damaged(String),
}

/// As the index has it: forward slashes, none in front.
fn normalize(path: &str) -> String {
    path.replace('\\', "/").trim_start_matches('/').to_owned()
}

/// A hash as the index sorts it: two little-endian numbers.
fn key(path: &str) -> (u64, u64) {
    let hash = Md5::digest(path.as_bytes());
    let number = |at: usize| u64::from_le_bytes(std::array::from_fn(|k| hash[at + k]));
    (number(0), number(8))
}

#[cfg(test)]
mod tests;
