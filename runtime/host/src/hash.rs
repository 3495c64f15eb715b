//! Content addresses.

use sha2::{Digest as _, Sha256};

/// SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A hash in hexadecimal, 64 digits.
pub fn hex(hash: &[u8; 32]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let pairs = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    pairs
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// The hash that [`hex`] writes so; none for anything else.
pub fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let bytes = text.as_bytes();
    if bytes.len() != 64 {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(bytes.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(hash)
}

/// The first eight bytes, most significant first: tells things apart that nobody chose to confuse.
pub fn key(hash: &[u8; 32]) -> u64 {
    let first = hash.first_chunk().expect("a hash is longer");
    u64::from_be_bytes(*first)
}

/// The first 12 digits, for messages.
pub fn short(hash: &[u8; 32]) -> String {
    hex(hash)[..12].to_owned()
}
