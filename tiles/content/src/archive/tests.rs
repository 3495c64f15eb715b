//! Archives written and read.

use super::*;
use proptest::prelude::*;
use std::io::{Cursor, Read};

const LIMIT: u64 = 1 << 20;

fn files() -> Vec<(String, Vec<u8>)> {
    let tile = |n: usize| {
        (
            format!("content/3/{n}/0.glb"),
            format!("tile {n} ").repeat(n).into_bytes(),
        )
    };
    let mut files: Vec<_> = (0..40).map(tile).collect();
    files.push((
        "tileset.json".to_owned(),
        b"{\"asset\":{\"version\":\"1.1\"}}".to_vec(),
    ));
    files.push(("schemas/m\u{e4}rchen.json".to_owned(), b"{}".to_vec()));
    files
}

fn archive(packing: Packing) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    for (path, bytes) in files() {
        writer.add(&path, &bytes, packing).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn what_is_written_is_read_and_the_same_bytes_each_time() {
    for packing in [Packing::Stored, Packing::Deflate, Packing::Zstd] {
        let bytes = archive(packing);
        assert_eq!(bytes, archive(packing));
        let mut reader = Reader::open(Cursor::new(&bytes), LIMIT).unwrap();
        assert_eq!(reader.len(), files().len());
        for (path, content) in files() {
            assert_eq!(reader.get(&path).unwrap(), Some(content), "{path}");
        }
        assert_eq!(
            reader.get("/tileset.json").unwrap(),
            reader.get("tileset.json").unwrap()
        );
        assert_eq!(reader.get("tileset2.json").unwrap(), None);
        let mut paths: Vec<String> = files().into_iter().map(|(path, _)| path).collect();
        paths.sort();
        assert_eq!(reader.paths().unwrap(), paths);
    }
    assert!(archive(Packing::Zstd).len() < archive(Packing::Stored).len());
}

#[test]
fn the_index_sorts_hashes_as_little_endian_numbers() {
    // MD5 of "tileset.json" begins by these bytes.
    let (high, low) = key("tileset.json");
    let hash = Md5::digest(b"tileset.json");
    assert_eq!(high.to_le_bytes()[..], hash[..8]);
    assert_eq!(low.to_le_bytes()[..], hash[8..]);
}

#[test]
fn paths_that_are_not_allowed_are_named() {
    let mut writer = Writer::new(Vec::new());
    let mut error = |path: &str| {
        writer
            .add(path, b"x", Packing::Stored)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error("a/../b"),
        "`a/../b` cannot be in an archive: it has an empty part, `.` or `..`"
    );
    assert_eq!(
        error("b.3tz/x"),
        "`b.3tz/x` cannot be in an archive: an archive must not be inside another"
    );
    assert_eq!(error("/"), "`` cannot be in an archive: it names no file");
    assert!(error(INDEX_NAME).contains("this is the index"));
    assert!(matches!(
        Writer::new(Vec::new()).finish(),
        Err(ArchiveError::NoTileset)
    ));
    let mut writer = Writer::new(Vec::new());
    writer.add("tileset.json", b"{}", Packing::Stored).unwrap();
    writer
        .add("\\tileset.json", b"{}", Packing::Stored)
        .unwrap();
    assert!(
        writer
            .finish()
            .unwrap_err()
            .to_string()
            .contains("added twice")
    );
}

#[test]
fn a_directory_of_many_files_has_64_bit_records() {
    let mut writer = Writer::new(Vec::new());
    writer.add("tileset.json", b"{}", Packing::Stored).unwrap();
    for number in 0..70_000 {
        writer
            .add(&format!("{number}"), b"", Packing::Stored)
            .unwrap();
    }
    let bytes = writer.finish().unwrap();
    let mut reader = Reader::open(Cursor::new(bytes), LIMIT).unwrap();
    assert_eq!(reader.len(), 70_001);
    assert_eq!(reader.get("69999").unwrap(), Some(Vec::new()));
}

#[test]
fn a_file_over_the_limit_is_not_unpacked() {
    let mut writer = Writer::new(Vec::new());
    writer
        .add("tileset.json", &[b' '; 5000], Packing::Deflate)
        .unwrap();
    let bytes = writer.finish().unwrap();
    let mut reader = Reader::open(Cursor::new(bytes), 4000).unwrap();
    assert_eq!(
        reader.get("tileset.json").unwrap_err().to_string(),
        "`tileset.json` has 5000 bytes, more than the 4000 that are allowed"
    );
}

/// A file with gigabytes of zeros between its first and its last bytes.
struct Sparse {
    front: Vec<u8>,
    back: Vec<u8>,
    gap: u64,
    position: u64,
}

impl Read for Sparse {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let near = self.front.len() as u64;
        let far = near + self.gap;
        let count = if self.position < near {
            (&self.front[self.position as usize..]).read(out)?
        } else if self.position < far {
            std::io::repeat(0).take(far - self.position).read(out)?
        } else {
            (&self.back[(self.position - far) as usize..]).read(out)?
        };
        self.position += count as u64;
        Ok(count)
    }
}

impl std::io::Seek for Sparse {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.position = match to {
            std::io::SeekFrom::Start(at) => at,
            std::io::SeekFrom::End(_) => (self.front.len() + self.back.len()) as u64 + self.gap,
            std::io::SeekFrom::Current(_) => self.position,
        };
        Ok(self.position)
    }
}

#[test]
fn files_beyond_four_gigabytes_are_found() {
    let gap = 5 << 30;
    let mut writer = Writer::new(Vec::new());
    writer.add("tileset.json", b"{}", Packing::Stored).unwrap();
    let front = writer.skip(gap);
    writer.add("far.glb", b"far away", Packing::Stored).unwrap();
    let back = writer.finish().unwrap().split_off(front);
    let front = archive_front(front);
    let mut reader = Reader::open(
        Sparse {
            front,
            back,
            gap,
            position: 0,
        },
        LIMIT,
    )
    .unwrap();
    assert_eq!(reader.get("far.glb").unwrap(), Some(b"far away".to_vec()));
    assert_eq!(reader.get("tileset.json").unwrap(), Some(b"{}".to_vec()));
}

fn archive_front(length: usize) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    writer.add("tileset.json", b"{}", Packing::Stored).unwrap();
    let mut bytes = writer.finish().unwrap();
    bytes.truncate(length);
    bytes
}

proptest! {
    #[test]
    fn hostile_bytes_are_an_error_and_no_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        end_changes in prop::collection::vec((0..200_usize, any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(), zstd: bool,
    ) {
        let mut bytes = archive(if zstd { Packing::Zstd } else { Packing::Deflate });
        let length = bytes.len();
        for (place, byte) in changes {
            bytes[place.index(length)] = byte;
        }
        for (place, byte) in end_changes {
            bytes[length - 1 - place] = byte;
        }
        for bytes in [&bytes[..], &bytes[..cut.index(length)]] {
            if let Ok(mut reader) = Reader::open(Cursor::new(bytes), LIMIT) {
                let _ = reader.paths();
                for (path, content) in files() {
                    if let Ok(Some(read)) = reader.get(&path) {
                        prop_assert_eq!(read, content);
                    }
                }
            }
        }
    }
}
