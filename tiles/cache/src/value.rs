//! What an entry holds.

use bytes::Bytes;

/// Bytes of an entry and the few facts that a server wants without reading them.
///
/// Cloning shares the bytes. A `Bytes` that is a small part of a larger buffer keeps all of it in
/// memory: give one that is whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The content, as it goes onto the wire.
    pub bytes: Bytes,
    /// What is known of it.
    pub meta: Meta,
}

/// Facts kept beside the bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Meta {
    /// What the bytes are, as the server numbers it.
    pub kind: u16,
    /// Length before compression, in bytes.
    pub plain_length: u64,
    /// What the generation cost, in seconds of one core.
    pub seconds: f64,
}

impl Value {
    /// Bytes with no facts beside them.
    #[must_use]
    pub fn plain(bytes: Bytes) -> Self {
        let meta = Meta {
            plain_length: bytes.len() as u64,
            ..Meta::default()
        };
        Self { bytes, meta }
    }
}
