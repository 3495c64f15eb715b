//! Bincode-format bytes behind eight magic bytes: recipes, manifests, assets.

use wincode::config::{Configuration, DefaultConfig};
use wincode::{SchemaRead, SchemaWrite};

use crate::recipe::DecodeError;

/// What one sequence may reserve before its elements are read, in bytes: hostile lengths end here.
const PREALLOCATION: usize = 64 << 20;

/// bincode 1's layout: little-endian, fixed-width integers, 64-bit lengths, 32-bit tags.
type Bincode = Configuration<true, PREALLOCATION>;

/// Magic, then the value.
pub(crate) fn encode<T>(magic: &[u8; 8], value: &T) -> Vec<u8>
where
    T: SchemaWrite<DefaultConfig, Src = T>,
{
    let mut bytes = magic.to_vec();
    bytes.extend(wincode::serialize(value).expect("plain data can be written to memory"));
    bytes
}

/// Reads what [`encode`] wrote, all of it.
pub(crate) fn decode<'de, T>(magic: &[u8; 8], bytes: &'de [u8]) -> Result<T, DecodeError>
where
    T: SchemaRead<'de, Bincode, Dst = T>,
{
    let body = bytes.strip_prefix(magic).ok_or(DecodeError::Magic { expected: *magic })?;
    wincode::config::deserialize_exact(body, Bincode::new()).map_err(|_| DecodeError::Damaged)
}
