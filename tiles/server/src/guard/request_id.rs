//! Names of requests, by which a client's report and a server's log find each other.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::HeaderValue;

/// Longest id taken from a client, in bytes.
const LONGEST: usize = 64;

/// A request's id, among its extensions and in the answer's `X-Request-Id`: the client's own, if it is of
/// 1 to 64 letters, digits, `-`, `_`, `.`; else one made here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RequestId {
    bytes: [u8; LONGEST],
    length: u8,
}

impl RequestId {
    pub(super) fn of(asked: Option<&[u8]>) -> Self {
        asked.and_then(Self::taken).unwrap_or_else(Self::made)
    }

    fn taken(asked: &[u8]) -> Option<Self> {
        let is_sane = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        if asked.is_empty() || !asked.iter().all(is_sane) {
            return None;
        }
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..asked.len())?.copy_from_slice(asked);
        let length = u8::try_from(asked.len()).ok()?;
        Some(Self { bytes, length })
    }

    /// Sixteen hexadecimal digits, different within a process and, most likely, between processes.
    fn made() -> Self {
        static START: OnceLock<u64> = OnceLock::new();
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let start = *START.get_or_init(|| RandomState::new().hash_one("request ids"));
        let number = start.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed));
        let mut bytes = [0; LONGEST];
        for (index, byte) in bytes.iter_mut().take(16).enumerate() {
            *byte = b"0123456789abcdef"[(number >> (60 - 4 * index)) as usize & 15];
        }
        Self { bytes, length: 16 }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    pub(super) fn header(&self) -> HeaderValue {
        HeaderValue::from_bytes(self.as_bytes()).unwrap_or(HeaderValue::from_static("-"))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sane_id_is_taken_and_another_replaced() {
        let of = |text: &'static str| RequestId::of(Some(text.as_bytes()));
        assert_eq!(of("trace-1_a.B").as_str(), "trace-1_a.B");
        assert_eq!(of(&"x".repeat(64).leak()[..]).as_str().len(), 64);
        for insane in ["", "a b", "a\"b", &"x".repeat(65).leak()[..]] {
            assert_eq!(of(insane).as_str().len(), 16);
        }
    }

    #[test]
    fn ids_differ() {
        let ids: std::collections::BTreeSet<_> =
            (0..1000).map(|_| RequestId::of(None).to_string()).collect();
        assert_eq!(ids.len(), 1000);
    }
}
