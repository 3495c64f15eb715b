//! Binary glTF: a header, a JSON chunk, and one chunk of bytes (glTF 2.0, section 4.4).

use serde_json::Value;

const MAGIC: &[u8; 4] = b"glTF";
const JSON: &[u8; 4] = b"JSON";
const BINARY: &[u8; 4] = b"BIN\0";
const HEADER_BYTES: usize = 12;

/// A GLB taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Glb {
    /// The JSON chunk, an object.
    pub json: Value,
    /// The binary chunk, with its padding; empty if there is none.
    pub binary: Vec<u8>,
}

/// Why bytes are no GLB, or why one cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum GlbError {
    /// The header is missing or of another version.
    #[error("no GLB: {0}")]
    Header(String),
    /// A chunk is cut off or out of place.
    #[error("a chunk of the GLB is damaged: {0}")]
    Chunk(String),
    /// The JSON chunk is no JSON object.
    #[error("the JSON of the GLB: {0}")]
    Json(String),
    /// Lengths in a GLB have 32 bits.
    #[error("the GLB would have {0} bytes, more than the 4 GB that its format can hold")]
    TooLong(usize),
}

impl Glb {
    /// Takes a file apart.
    ///
    /// # Errors
    /// [`GlbError`] naming what is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GlbError> {
        let header = |text: String| Err(GlbError::Header(text));
        if bytes.len() < HEADER_BYTES || !bytes.starts_with(MAGIC) {
            return header("it does not begin with `glTF` and two numbers".to_owned());
        }
        let (version, length) = (word(bytes, 4), word(bytes, 8));
        if version != 2 {
            return header(format!("its version is {version}, not 2"));
        }
        if length as usize != bytes.len() {
            return header(format!(
                "it tells of {length} bytes and has {}",
                bytes.len()
            ));
        }
        let (text, rest) = chunk(&bytes[HEADER_BYTES..], JSON)?;
        let json: Value =
            serde_json::from_slice(text).map_err(|error| GlbError::Json(error.to_string()))?;
        if !json.is_object() {
            return Err(GlbError::Json("it is no object".to_owned()));
        }
        // Chunks after the second are for extensions that we do not know: readers shall skip them.
        let binary = if rest.is_empty() {
            &[][..]
        } else {
            chunk(rest, BINARY)?.0
        };
        Ok(Self {
            json,
            binary: binary.to_vec(),
        })
    }

    /// The file. The JSON chunk is padded by blanks, the binary one by zeros, to multiples of four bytes.
    ///
    /// # Errors
    /// [`GlbError::TooLong`] beyond 4 GB.
    ///
    /// # Panics
    /// Never: a JSON value can be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, GlbError> {
        let mut text = serde_json::to_vec(&self.json).expect("a JSON value");
        text.resize(text.len().next_multiple_of(4), b' ');
        let mut binary = self.binary.clone();
        binary.resize(binary.len().next_multiple_of(4), 0);
        let chunks: Vec<(&[u8; 4], &[u8])> = [(JSON, &text[..]), (BINARY, &binary[..])]
            .into_iter()
            .filter(|(_, chunk)| !chunk.is_empty())
            .collect();
        let size = HEADER_BYTES
            + chunks
                .iter()
                .map(|(_, chunk)| 8 + chunk.len())
                .sum::<usize>();
        let length = u32::try_from(size).map_err(|_| GlbError::TooLong(size))?;
        let mut bytes = Vec::with_capacity(size);
        bytes.extend_from_slice(MAGIC);
        bytes.extend(2_u32.to_le_bytes());
        bytes.extend(length.to_le_bytes());
        for (kind, chunk) in chunks {
            // A part of what fits 32 bits fits them too.
            bytes.extend((chunk.len() as u32).to_le_bytes());
            bytes.extend_from_slice(kind);
            bytes.extend_from_slice(chunk);
        }
        Ok(bytes)
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|k| bytes[at + k]))
}

/// The bytes of the chunk in front, and what follows it.
fn chunk<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Result<(&'a [u8], &'a [u8]), GlbError> {
    let name = String::from_utf8_lossy(kind)
        .trim_end_matches('\0')
        .to_owned();
    if bytes.len() < 8 {
        return Err(GlbError::Chunk(format!("the chunk {name} has no header")));
    }
    if &bytes[4..8] != kind {
        return Err(GlbError::Chunk(format!(
            "the chunk {name} is not in its place"
        )));
    }
    let (length, body) = (word(bytes, 0) as usize, &bytes[8..]);
    if length > body.len() {
        let left = body.len();
        return Err(GlbError::Chunk(format!(
            "the chunk {name} tells of {length} bytes and has {left}"
        )));
    }
    Ok(body.split_at(length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn small() -> Glb {
        Glb {
            json: json!({"asset": {"version": "2.0"}, "buffers": [{"byteLength": 5}]}),
            binary: vec![1, 2, 3, 4, 5, 0, 0, 0],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let glb = small();
        let bytes = glb.to_bytes().unwrap();
        assert_eq!(bytes.len() % 4, 0);
        assert_eq!(Glb::from_bytes(&bytes).unwrap(), glb);
        let text_only = Glb {
            binary: Vec::new(),
            ..glb
        };
        assert_eq!(
            Glb::from_bytes(&text_only.to_bytes().unwrap()).unwrap(),
            text_only
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let bytes = small().to_bytes().unwrap();
        let error = |change: fn(&mut Vec<u8>)| {
            let mut bytes = bytes.clone();
            change(&mut bytes);
            Glb::from_bytes(&bytes).unwrap_err().to_string()
        };
        assert_eq!(
            error(|b| b.truncate(5)),
            "no GLB: it does not begin with `glTF` and two numbers"
        );
        assert_eq!(error(|b| b[4] = 1), "no GLB: its version is 1, not 2");
        assert!(error(|b| b.truncate(40)).starts_with("no GLB: it tells of"));
        assert!(error(|b| b[15] = 0xff).contains("the chunk JSON tells of"));
        assert_eq!(
            error(|b| b[16] = b'X'),
            "a chunk of the GLB is damaged: the chunk JSON is not in its place"
        );
        assert!(error(|b| b[20] = b'[').starts_with("the JSON of the GLB: "));
    }

    proptest! {
        #[test]
        fn hostile_bytes_are_an_error_and_no_panic(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = small().to_bytes().unwrap();
            for (place, byte) in changes {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            let _ = Glb::from_bytes(&bytes[..cut.index(bytes.len())]).is_err();
            if let Ok(glb) = Glb::from_bytes(&bytes) {
                prop_assert!(glb.binary.len() <= bytes.len());
            }
        }
    }
}
