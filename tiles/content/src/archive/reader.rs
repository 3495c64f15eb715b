//! Files of an archive found by its index.

use std::io::{Read, Seek, SeekFrom};

use super::{
    ArchiveError, CENTRAL_BYTES, CENTRAL_SIGNATURE, DEFLATE, END_64_BYTES, END_64_SIGNATURE,
    END_BYTES, END_SIGNATURE, EXTRA_64, INDEX_ENTRY_BYTES, INDEX_NAME, LOCAL_BYTES,
    LOCAL_SIGNATURE, LOCATOR_64_BYTES, LOCATOR_64_SIGNATURE, STORED, ZSTD, key, normalize,
};

/// Reads an archive. It keeps the index, 24 bytes for each file.
#[derive(Debug)]
pub struct Reader<R> {
    source: R,
    length: u64,
    /// Hashes and offsets of local headers, sorted.
    index: Vec<((u64, u64), u64)>,
    limit: u64,
}

/// A local header.
struct Local {
    name: Vec<u8>,
    method: u16,
    crc: u32,
    packed: u32,
    size: u32,
    /// Where the content begins.
    start: u64,
}

fn damaged<T>(text: impl Into<String>) -> Result<T, ArchiveError> {
    Err(ArchiveError::Damaged(text.into()))
}

fn short(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(std::array::from_fn(|k| bytes[at + k]))
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|k| bytes[at + k]))
}

fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|k| bytes[at + k]))
}

impl<R: Read + Seek> Reader<R> {
    /// Reads the index. `limit` is the most bytes that a file may have.
    ///
    /// # Errors
    /// [`ArchiveError`] when it is no 3tz archive or `source` fails.
    pub fn open(mut source: R, limit: u64) -> Result<Self, ArchiveError> {
        let length = source.seek(SeekFrom::End(0))?;
        let mut reader = Self {
            source,
            length,
            index: Vec::new(),
            limit,
        };
        let end = reader.directory_end()?;
        let offset = reader.index_offset(end)?;
        let local = reader.local(offset)?;
        if local.name != INDEX_NAME.as_bytes()
            || local.method != STORED
            || local.packed != local.size
        {
            return damaged("its last file is no index, or a packed one");
        }
        let bytes = reader.bytes(local.start, local.packed as usize)?;
        if !bytes.len().is_multiple_of(INDEX_ENTRY_BYTES) || crc32fast::hash(&bytes) != local.crc {
            return damaged("its index is damaged");
        }
        let row = |row: &[u8]| ((long(row, 0), long(row, 8)), long(row, 16));
        reader.index = bytes.chunks_exact(INDEX_ENTRY_BYTES).map(row).collect();
        if !reader.index.is_sorted_by_key(|row| row.0) {
            return damaged("its index is not sorted");
        }
        Ok(reader)
    }

    /// Number of files, without the index.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// The content of a file; none when there is no such file.
    ///
    /// # Errors
    /// [`ArchiveError`] when the file is damaged, larger than the limit or packed by an unknown method.
    pub fn get(&mut self, path: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        let path = normalize(path);
        let key = key(&path);
        let start = self.index.partition_point(|row| row.0 < key);
        // Hashes may collide: the name decides.
        let offsets: Vec<u64> = self.index[start..]
            .iter()
            .take_while(|row| row.0 == key)
            .map(|row| row.1)
            .collect();
        for offset in offsets {
            let local = self.local(offset)?;
            if normalize(&String::from_utf8_lossy(&local.name)) == path {
                return self.content(&path, &local).map(Some);
            }
        }
        Ok(None)
    }

    /// The paths of all files, sorted.
    ///
    /// # Errors
    /// [`ArchiveError`] when a header is damaged.
    pub fn paths(&mut self) -> Result<Vec<String>, ArchiveError> {
        let mut paths = Vec::with_capacity(self.index.len());
        for place in 0..self.index.len() {
            let local = self.local(self.index[place].1)?;
            paths.push(String::from_utf8_lossy(&local.name).into_owned());
        }
        paths.sort();
        Ok(paths)
    }

    /// Bytes that lie in the file for sure; no more memory is taken than the file is long.
    fn bytes(&mut self, offset: u64, count: usize) -> Result<Vec<u8>, ArchiveError> {
        if offset
            .checked_add(count as u64)
            .is_none_or(|end| end > self.length)
        {
            return damaged(format!(
                "it should have {count} bytes at {offset} and is shorter"
            ));
        }
        self.source.seek(SeekFrom::Start(offset))?;
        let mut bytes = vec![0; count];
        self.source.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Where the central directory ends.
    fn directory_end(&mut self) -> Result<u64, ArchiveError> {
        let most = (END_BYTES + usize::from(u16::MAX))
            .min(usize::try_from(self.length).unwrap_or(usize::MAX));
        let tail = self.bytes(self.length - most as u64, most)?;
        let is_end = |&at: &usize| {
            word(&tail, at) == END_SIGNATURE
                && at + END_BYTES + usize::from(short(&tail, at + 20)) == most
        };
        let Some(at) = (0..(most + 1).saturating_sub(END_BYTES)).rev().find(is_end) else {
            return damaged("it does not end as a ZIP file does");
        };
        let end = self.length - most as u64 + at as u64;
        let Some(locator) = end.checked_sub(LOCATOR_64_BYTES as u64) else {
            return Ok(end);
        };
        let bytes = self.bytes(locator, LOCATOR_64_BYTES)?;
        if word(&bytes, 0) != LOCATOR_64_SIGNATURE {
            return Ok(end);
        }
        let end = long(&bytes, 8);
        if word(&self.bytes(end, END_64_BYTES)?, 0) != END_64_SIGNATURE {
            return damaged("its 64-bit record is missing");
        }
        Ok(end)
    }

    /// Where the local header of the last file is, from the last entry of the central directory.
    fn index_offset(&mut self, end: u64) -> Result<u64, ArchiveError> {
        // Without extra fields, or with the one for large archives, or with a little of others.
        let most = (CENTRAL_BYTES + INDEX_NAME.len() + 256)
            .min(usize::try_from(end).unwrap_or(usize::MAX));
        let tail = self.bytes(end - most as u64, most)?;
        let least = CENTRAL_BYTES + INDEX_NAME.len();
        let is_entry = |&at: &usize| {
            let entry = &tail[at..];
            let parts = [28, 30, 32].map(|at| usize::from(short(entry, at)));
            word(entry, 0) == CENTRAL_SIGNATURE
                && CENTRAL_BYTES + parts.iter().sum::<usize>() == entry.len()
                && entry[CENTRAL_BYTES..].starts_with(INDEX_NAME.as_bytes())
                && parts[0] == INDEX_NAME.len()
        };
        let Some(at) = (0..(most + 1).saturating_sub(least)).rev().find(is_entry) else {
            return damaged(format!("its last file is not `{INDEX_NAME}`"));
        };
        let entry = &tail[at..];
        let offset = word(entry, 42);
        if offset != u32::MAX {
            return Ok(u64::from(offset));
        }
        // Sizes of the index fit 32 bits, so that the offset is the first of the 64-bit numbers.
        let extra = &entry[least..];
        match extra.len() >= 12 && short(extra, 0) == EXTRA_64 {
            true => Ok(long(extra, 4)),
            false => damaged("the place of its index is missing"),
        }
    }

    fn local(&mut self, offset: u64) -> Result<Local, ArchiveError> {
        let header = self.bytes(offset, LOCAL_BYTES)?;
        if word(&header, 0) != LOCAL_SIGNATURE {
            return damaged(format!("there is no file at {offset}"));
        }
        let (name, extra) = (short(&header, 26), short(&header, 28));
        let start = offset + LOCAL_BYTES as u64;
        Ok(Local {
            name: self.bytes(start, usize::from(name))?,
            method: short(&header, 8),
            crc: word(&header, 14),
            packed: word(&header, 18),
            size: word(&header, 22),
            start: start + u64::from(name) + u64::from(extra),
        })
    }

    fn content(&mut self, path: &str, local: &Local) -> Result<Vec<u8>, ArchiveError> {
        let (size, limit) = (u64::from(local.size), self.limit);
        if size > limit {
            return Err(ArchiveError::OverLimit {
                path: path.to_owned(),
                size,
                limit,
            });
        }
        let packed = self.bytes(local.start, local.packed as usize)?;
        let mut content = Vec::new();
        let most = size + 1;
        let read = match local.method {
            STORED => (&packed[..]).take(most).read_to_end(&mut content),
            DEFLATE => flate2::read::DeflateDecoder::new(&packed[..])
                .take(most)
                .read_to_end(&mut content),
            ZSTD => zstd::stream::read::Decoder::with_buffer(&packed[..])
                .and_then(|decoder| decoder.take(most).read_to_end(&mut content)),
            method => return damaged(format!("`{path}` is packed by the method {method}")),
        };
        if let Err(cause) = read {
            return damaged(format!("`{path}` cannot be unpacked: {cause}"));
        }
        if content.len() as u64 != size || crc32fast::hash(&content) != local.crc {
            return damaged(format!(
                "`{path}` has not the size or the checksum that it should have"
            ));
        }
        Ok(content)
    }
}
