//! Archives written front to back.

use std::io::Write;

use super::{
    ArchiveError, CENTRAL_SIGNATURE, DEFLATE, END_64_BYTES, END_64_SIGNATURE, END_SIGNATURE,
    EXTRA_64, INDEX_NAME, LOCAL_SIGNATURE, LOCATOR_64_SIGNATURE, STORED, ZSTD, key, normalize,
};

/// How a file is stored. One that does not shrink is stored as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// As it is: fastest to read.
    Stored,
    /// Every reader of ZIP files knows it.
    Deflate,
    /// Smaller and faster than deflate; some readers of ZIP files do not know it.
    Zstd,
}

/// 1 January 1980, the first day of ZIP: archives of the same files are the same bytes.
const DATE: u16 = 0x0021;
/// Names are UTF-8.
const UTF_8: u16 = 1 << 11;
/// The version of the format that a reader needs: directories and deflate; 64 bits; zstd.
const NEEDS: u16 = 20;
const NEEDS_64: u16 = 45;
const NEEDS_ZSTD: u16 = 63;

/// Writes an archive. It keeps a path and a few numbers for each file, and no content.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    offset: u64,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    path: String,
    method: u16,
    crc: u32,
    packed: u32,
    size: u32,
    offset: u64,
}

impl<W: Write> Writer<W> {
    /// An archive at the beginning of `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            offset: 0,
            entries: Vec::new(),
        }
    }

    /// Adds a file, with its path from the archive's root.
    ///
    /// # Errors
    /// [`ArchiveError`] when the path is not allowed, the file has 4 GB or more, or `out` fails.
    pub fn add(&mut self, path: &str, bytes: &[u8], packing: Packing) -> Result<(), ArchiveError> {
        let path = normalize(path);
        check_path(&path)?;
        self.write(path, bytes, packing)
    }

    fn write(&mut self, path: String, bytes: &[u8], packing: Packing) -> Result<(), ArchiveError> {
        let size = u32::try_from(bytes.len())
            .ok()
            .filter(|&size| size < u32::MAX);
        let Some(size) = size else {
            return Err(ArchiveError::TooLong(path));
        };
        let (method, packed) = pack(bytes, packing)?;
        let body = packed.as_deref().unwrap_or(bytes);
        let entry = Entry {
            method,
            crc: crc32fast::hash(bytes),
            // What is packed is shorter.
            packed: body.len() as u32,
            size,
            offset: self.offset,
            path,
        };
        let mut header = Vec::new();
        header.extend(LOCAL_SIGNATURE.to_le_bytes());
        entry.write_common(&mut header, entry.needs());
        header.extend(0_u16.to_le_bytes());
        header.extend_from_slice(entry.path.as_bytes());
        self.put(&header)?;
        self.put(body)?;
        self.entries.push(entry);
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.out.write_all(bytes)?;
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// Writes index and directory, and gives `out` back.
    ///
    /// # Errors
    /// [`ArchiveError`] when there is no `tileset.json`, a path was added twice, or `out` fails.
    pub fn finish(mut self) -> Result<W, ArchiveError> {
        let index = self.index()?;
        self.write(INDEX_NAME.to_owned(), &index, Packing::Stored)?;
        let directory = self.offset;
        for entry in std::mem::take(&mut self.entries) {
            let bytes = entry.central();
            self.put(&bytes)?;
            // Only the count is needed from here on.
            self.entries.push(Entry {
                path: String::new(),
                ..entry
            });
        }
        let end = end_of(self.entries.len() as u64, directory, self.offset);
        self.put(&end)?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// As if so many bytes had been written; returns how many really were.
    #[cfg(test)]
    pub(super) fn skip(&mut self, bytes: u64) -> usize {
        let written = self.offset as usize;
        self.offset += bytes;
        written
    }

    fn index(&self) -> Result<Vec<u8>, ArchiveError> {
        if !self
            .entries
            .iter()
            .any(|entry| entry.path == "tileset.json")
        {
            return Err(ArchiveError::NoTileset);
        }
        let mut rows: Vec<((u64, u64), &Entry)> = self
            .entries
            .iter()
            .map(|entry| (key(&entry.path), entry))
            .collect();
        rows.sort_by(|a, b| (a.0, &a.1.path).cmp(&(b.0, &b.1.path)));
        if let Some(pair) = rows
            .windows(2)
            .find(|pair| pair[0].1.path == pair[1].1.path)
        {
            return Err(ArchiveError::Path {
                path: pair[0].1.path.clone(),
                cause: "it was added twice",
            });
        }
        let row = |&((high, low), entry): &((u64, u64), &Entry)| {
            [high, low, entry.offset].map(u64::to_le_bytes)
        };
        Ok(rows.iter().flat_map(row).flatten().collect())
    }
}

fn check_path(path: &str) -> Result<(), ArchiveError> {
    let cause = if path.is_empty() || path.ends_with('/') {
        "it names no file"
    } else if path == INDEX_NAME {
        "this is the index"
    } else if path.contains(".3tz") || path.contains(".3dtiles.zip") {
        "an archive must not be inside another"
    } else if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        "it has an empty part, `.` or `..`"
    } else if path.len() >= usize::from(u16::MAX) {
        "it is too long"
    } else {
        return Ok(());
    };
    Err(ArchiveError::Path {
        path: path.to_owned(),
        cause,
    })
}

/// The method and the packed bytes; none when they are no fewer.
fn pack(bytes: &[u8], packing: Packing) -> Result<(u16, Option<Vec<u8>>), ArchiveError> {
    let (method, packed) = match packing {
        Packing::Stored => return Ok((STORED, None)),
        Packing::Deflate => {
            let mut writer =
                flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
            writer.write_all(bytes)?;
            (DEFLATE, writer.finish()?)
        }
        Packing::Zstd => (ZSTD, zstd::bulk::compress(bytes, 19)?),
    };
    let shrinks = packed.len() < bytes.len();
    Ok(if shrinks {
        (method, Some(packed))
    } else {
        (STORED, None)
    })
}

impl Entry {
    fn needs(&self) -> u16 {
        if self.method == ZSTD {
            NEEDS_ZSTD
        } else {
            NEEDS
        }
    }

    /// What local and central headers share: from the version to the length of the name.
    fn write_common(&self, out: &mut Vec<u8>, needs: u16) {
        let flags = if self.path.is_ascii() { 0 } else { UTF_8 };
        for number in [needs, flags, self.method, 0, DATE] {
            out.extend(number.to_le_bytes());
        }
        for number in [self.crc, self.packed, self.size] {
            out.extend(number.to_le_bytes());
        }
        out.extend((self.path.len() as u16).to_le_bytes());
    }

    fn central(&self) -> Vec<u8> {
        let long = self.offset >= u64::from(u32::MAX);
        let needs = if long {
            self.needs().max(NEEDS_64)
        } else {
            self.needs()
        };
        let mut out = Vec::new();
        out.extend(CENTRAL_SIGNATURE.to_le_bytes());
        out.extend(needs.to_le_bytes());
        self.write_common(&mut out, needs);
        let extra: u16 = if long { 12 } else { 0 };
        // Extra field, comment, disk, internal attributes; external attributes.
        for number in [extra, 0, 0, 0, 0, 0] {
            out.extend(number.to_le_bytes());
        }
        out.extend(u32::try_from(self.offset).unwrap_or(u32::MAX).to_le_bytes());
        out.extend_from_slice(self.path.as_bytes());
        if long {
            out.extend(EXTRA_64.to_le_bytes());
            out.extend(8_u16.to_le_bytes());
            out.extend(self.offset.to_le_bytes());
        }
        out
    }
}

/// The records after a directory of `count` entries from `start` to `end`.
fn end_of(count: u64, start: u64, end: u64) -> Vec<u8> {
    let mut out = Vec::new();
    let size = end - start;
    let long = count >= u64::from(u16::MAX) || end >= u64::from(u32::MAX);
    if long {
        out.extend(END_64_SIGNATURE.to_le_bytes());
        out.extend((END_64_BYTES as u64 - 12).to_le_bytes());
        out.extend([NEEDS_64, NEEDS_64].map(u16::to_le_bytes).concat());
        out.extend([0; 8]);
        out.extend([count, count, size, start].map(u64::to_le_bytes).concat());
        out.extend(LOCATOR_64_SIGNATURE.to_le_bytes());
        out.extend(0_u32.to_le_bytes());
        out.extend(end.to_le_bytes());
        out.extend(1_u32.to_le_bytes());
    }
    let short = |number: u64| u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes();
    let word = |number: u64| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
    out.extend(END_SIGNATURE.to_le_bytes());
    out.extend([0; 4]);
    out.extend([short(count), short(count)].concat());
    out.extend([word(size), word(start)].concat());
    out.extend([0; 2]);
    out
}
