//! What names an entry.

use std::fmt;

/// Names an entry by what it was made from, so that an entry is never stale: new input, new key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Hash of the input, e.g. of a recipe.
    pub hash: [u8; 32],
    /// Which of its outputs: encoding and content coding, as the server numbers them.
    pub variant: u16,
}

/// Length of a key as text: the hash, a dash, the variant.
pub(crate) const TEXT_LENGTH: usize = 64 + 1 + 4;

impl Key {
    /// The key of one output of an input.
    #[must_use]
    pub const fn new(hash: [u8; 32], variant: u16) -> Self {
        Self { hash, variant }
    }

    /// Reads what `Display` writes, and nothing else.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != TEXT_LENGTH || bytes[64] != b'-' {
            return None;
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(bytes.chunks_exact(2)) {
            *byte = hex_byte(pair)?;
        }
        let variant = u16::from_be_bytes([hex_byte(&bytes[65..67])?, hex_byte(&bytes[67..69])?]);
        Some(Self { hash, variant })
    }
}

/// Two lower-case hexadecimal digits.
pub(crate) fn hex_byte(pair: &[u8]) -> Option<u8> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    Some(digit(pair[0])? << 4 | digit(pair[1])?)
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.hash {
            write!(f, "{byte:02x}")?;
        }
        write!(f, "-{:04x}", self.variant)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_from_its_text() {
        let mut hash = [0; 32];
        for (byte, number) in hash.iter_mut().zip(0x7c_u8..) {
            *byte = number;
        }
        let key = Key::new(hash, 0xab01);
        assert_eq!(Key::from_text(&key.to_string()), Some(key));
    }

    #[test]
    fn text_that_is_no_key_is_refused() {
        let text = Key::new([0xab; 32], 1).to_string();
        for wrong in [
            String::new(),
            text.to_uppercase(),
            text.replace('-', "0"),
            format!("{text}0"),
            text[1..].to_string(),
            format!("{}é", &text[..text.len() - 2]),
        ] {
            assert_eq!(Key::from_text(&wrong), None, "{wrong}");
        }
    }
}
