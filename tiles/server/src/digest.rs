//! `Content-Digest` (RFC 9530): the hash of an answer's bytes, for who asks for it, so that what a broken proxy or server
//! sends is told from what was meant.

use axum::http::HeaderName;
use gable_runtime::hash;

/// Asks for the digest.
pub(crate) const WANT: HeaderName = HeaderName::from_static("want-content-digest");
/// Has it.
pub(crate) const DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// The header's value for these bytes.
pub(crate) fn of(bytes: &[u8]) -> String {
    format!("sha-256=:{}:", base64(&hash::sha256(bytes)))
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let is_there = digit <= chunk.len();
            let index = (bits >> (18 - 6 * digit)) & 63;
            text.push(if is_there {
                char::from(DIGITS[index as usize])
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_written_as_the_standard_shows() {
        assert_eq!(base64(b"foobar"), "Zm9vYmFy");
        assert_eq!(
            (base64(b"f"), base64(b"fo")),
            ("Zg==".to_owned(), "Zm8=".to_owned())
        );
        assert_eq!(
            of(b"{\"hello\": \"world\"}"),
            "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
        );
    }
}
