//! One entry as a file: a header, then the content.
//!
//! | at | bytes | what (little-endian) |
//! |---|---|---|
//! | 0 | 8 | magic |
//! | 8 | 2 | kind |
//! | 10 | 2 | variant of the key |
//! | 12 | 4 | 0 |
//! | 16 | 32 | hash of the key |
//! | 48 | 8 | length of the content |
//! | 56 | 8 | length before compression |
//! | 64 | 8 | seconds of generation, f64 |
//! | 72 | 8 | XXH3 of the content, its seed the XXH3 of the 72 bytes before |
//!
//! The version of this layout is in the name of the folder ([`super::folder::VERSION_FOLDER`]). What an
//! entry is worth is in its file's name, so that opening a cache reads no file.

use bytes::Bytes;
use twox_hash::XxHash3_64;

use crate::key::{Key, TEXT_LENGTH, hex_byte};
use crate::value::{Meta, Value};

/// Bytes before the content.
pub(crate) const HEADER: usize = 80;
const CHECKED: usize = 72;
const MAGIC: [u8; 8] = *b"gablekpt";
/// What file systems usually give out at least.
const BLOCK: u64 = 4096;

/// Bytes that a file of that length takes from the bound.
pub(crate) fn charge(file_length: u64) -> u64 {
    file_length.div_ceil(BLOCK).saturating_mul(BLOCK).max(BLOCK)
}

/// The name of an entry's file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Name {
    pub(crate) key: Key,
    /// Micro-dollars when the name was given; not negative, finite.
    worth: f32,
}

impl Name {
    pub(crate) fn new(key: Key, worth: f64) -> Self {
        // `max` makes 0 of what is not a number.
        let worth = (worth as f32).clamp(0.0, f32::MAX).max(0.0);
        Self { key, worth }
    }

    pub(crate) fn worth(&self) -> f64 {
        f64::from(self.worth)
    }

    /// Folder and name of the file: `7f/7f...-0001-3f800000`.
    pub(crate) fn path(&self) -> String {
        format!(
            "{:02x}/{}-{:08x}",
            self.key.hash[0],
            self.key,
            self.worth.to_bits()
        )
    }

    /// Reads the name of a file.
    pub(crate) fn from_file_name(name: &str) -> Option<Self> {
        let (key, rest) = name.split_at_checked(TEXT_LENGTH)?;
        let digits = rest.strip_prefix('-').filter(|digits| digits.len() == 8)?;
        let mut bits = [0; 4];
        for (byte, pair) in bits.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            *byte = hex_byte(pair)?;
        }
        let worth = f32::from_bits(u32::from_be_bytes(bits));
        let valid = worth >= 0.0 && worth.is_finite() && worth.is_sign_positive();
        Some(Self {
            key: Key::from_text(key).filter(|_| valid)?,
            worth,
        })
    }
}

/// The header of an entry's file.
pub(crate) fn header(key: Key, value: &Value) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &MAGIC);
    put(8, &value.meta.kind.to_le_bytes());
    put(10, &key.variant.to_le_bytes());
    put(16, &key.hash);
    put(48, &(value.bytes.len() as u64).to_le_bytes());
    put(56, &value.meta.plain_length.to_le_bytes());
    put(64, &value.meta.seconds.to_le_bytes());
    let sum = checksum(&header[..CHECKED], &value.bytes);
    header[CHECKED..].copy_from_slice(&sum.to_le_bytes());
    header
}

/// The value in a file's bytes; none if they are not what was written for that key.
pub(crate) fn decode(key: Key, file: Vec<u8>) -> Option<Value> {
    let (head, content) = file.split_at_checked(HEADER)?;
    let sum = u64::from_le_bytes(head[CHECKED..].try_into().ok()?);
    if sum != checksum(&head[..CHECKED], content) {
        return None;
    }
    let meta = Meta {
        kind: u16::from_le_bytes(head[8..10].try_into().ok()?),
        plain_length: u64::from_le_bytes(head[56..64].try_into().ok()?),
        seconds: f64::from_le_bytes(head[64..72].try_into().ok()?),
    };
    let length = content.len() as u64;
    let own = head[..8] == MAGIC
        && head[10..12] == key.variant.to_le_bytes()
        && head[16..48] == key.hash
        && head[48..56] == length.to_le_bytes();
    own.then(|| Value {
        bytes: Bytes::from(file).slice(HEADER..),
        meta,
    })
}

fn checksum(head: &[u8], content: &[u8]) -> u64 {
    XxHash3_64::oneshot_with_seed(XxHash3_64::oneshot(head), content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> (Key, Value, Vec<u8>) {
        let key = Key::new([7; 32], 513);
        let value = Value {
            bytes: Bytes::from_static(b"glTF and so on"),
            meta: Meta {
                kind: 3,
                plain_length: 99,
                seconds: 0.25,
            },
        };
        let mut file = header(key, &value).to_vec();
        file.extend_from_slice(&value.bytes);
        (key, value, file)
    }

    #[test]
    fn a_file_is_read_back() {
        let (key, value, file) = sample();
        assert_eq!(decode(key, file), Some(value));
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let (key, _, file) = sample();
        for bit in 0..file.len() * 8 {
            let mut broken = file.clone();
            broken[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode(key, broken), None, "bit {bit}");
        }
    }

    #[test]
    fn every_other_length_is_seen() {
        let (key, _, file) = sample();
        for length in 0..file.len() {
            assert_eq!(decode(key, file[..length].to_vec()), None, "{length} bytes");
        }
        let longer = [file.as_slice(), &[0]].concat();
        assert_eq!(decode(key, longer), None);
    }

    #[test]
    fn a_whole_file_of_another_key_is_not_taken() {
        let (key, _, file) = sample();
        assert_eq!(decode(Key::new([8; 32], 513), file.clone()), None);
        assert_eq!(decode(Key { variant: 1, ..key }, file), None);
    }

    #[test]
    fn names_are_read_back_and_others_refused() {
        let key = Key::new([0xfe; 32], 7);
        for worth in [0.0, 1.5, 1e30, f64::MAX, f64::INFINITY, -1.0, f64::NAN] {
            let name = Name::new(key, worth);
            let path = name.path();
            assert_eq!(&path[..3], "fe/");
            assert_eq!(Name::from_file_name(&path[3..]), Some(name), "{worth}");
        }
        let good = Name::new(key, 1.0).path().split_off(3);
        for wrong in [
            "",
            "lock",
            &good[1..],
            &good[..good.len() - 1],
            &good.replace("3f800000", "7f800000"),
            &good.replace("3f800000", "bf800000"),
            &good.replace("3f800000", "7fc00000"),
            &good.replace("3f800000", "3F800000"),
        ] {
            assert_eq!(Name::from_file_name(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_file_is_charged_by_blocks() {
        assert_eq!([0, 1, 4096, 4097].map(charge), [4096, 4096, 4096, 8192]);
    }
}
