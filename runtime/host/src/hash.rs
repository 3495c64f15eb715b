//! Content addresses.

use sha2::{Digest as _, Sha256};

/// SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A hash in hexadecimal, 64 digits.
pub fn hex(hash: &[u8; 32]) -> String {
    use std::fmt::Write as _;
    hash.iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a string cannot fail");
            text
        })
}

/// The first 12 digits, for messages.
pub fn short(hash: &[u8; 32]) -> String {
    hex(hash)[..12].to_owned()
}
