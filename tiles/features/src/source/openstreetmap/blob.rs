//! The container of OSM PBF: length, header, blob; length, header, blob; and so on.

use std::io::Read as _;

use prost::Message;

use super::message::{Blob, BlobHeader, HeaderBlock, PrimitiveBlock};
use crate::error::Location;
use crate::{FeatureError, Format};

/// A header may have this many bytes, by the specification.
const LARGEST_HEADER: usize = 64 << 10;
/// A blob may unpack to this many bytes, by the specification.
const LARGEST_BLOB: u64 = 32 << 20;
/// What a file may require of its reader.
const KNOWN_FEATURES: [&str; 2] = ["OsmSchema-V0.6", "DenseNodes"];

/// Calls a function with every block of data.
pub(super) fn for_each_block(
    name: &str,
    bytes: &[u8],
    mut each: impl FnMut(&PrimitiveBlock),
) -> Result<(), FeatureError> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let offset = (bytes.len() - rest.len()) as u64;
        let malformed = |cause: String| {
            FeatureError::malformed(name, Format::OsmPbf, Location::Byte(offset), cause)
        };
        let (kind, blob) = next_blob(&mut rest).map_err(malformed)?;
        match &*kind {
            "OSMHeader" => check_header(&blob).map_err(malformed)?,
            "OSMData" => each(&decode(&unpack(blob).map_err(malformed)?).map_err(malformed)?),
            // The specification wants unknown kinds skipped; but a first one means another format.
            _ if offset == 0 => return Err(malformed(format!("starts with a `{kind}` blob"))),
            _ => {}
        }
    }
    Ok(())
}

/// Takes the kind and content of the next blob off the front.
fn next_blob(rest: &mut &[u8]) -> Result<(String, Blob), String> {
    let length = take(rest, 4)?.try_into().map_or(0, u32::from_be_bytes) as usize;
    if length > LARGEST_HEADER {
        return Err(format!("a blob header of {length} bytes"));
    }
    let header: BlobHeader = decode(take(rest, length)?)?;
    let size = usize::try_from(header.size).map_err(|_| "a blob of negative size".to_owned())?;
    Ok((header.kind, decode(take(rest, size)?)?))
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], String> {
    let (taken, left) = rest.split_at_checked(count).ok_or_else(|| {
        format!(
            "{} bytes are left where {count} are announced: the file is cut short",
            rest.len()
        )
    })?;
    *rest = left;
    Ok(taken)
}

fn decode<M: Message + Default>(bytes: &[u8]) -> Result<M, String> {
    M::decode(bytes).map_err(|error| error.to_string())
}

fn unpack(blob: Blob) -> Result<Vec<u8>, String> {
    match blob {
        Blob {
            raw: Some(raw),
            zlib: _,
        } => Ok(raw),
        Blob {
            raw: None,
            zlib: Some(packed),
        } => {
            let mut unpacked = Vec::new();
            let decoder = flate2::read::ZlibDecoder::new(&*packed);
            let count = decoder.take(LARGEST_BLOB + 1).read_to_end(&mut unpacked);
            match count {
                Ok(count) if count as u64 > LARGEST_BLOB => {
                    Err(format!("a blob of more than {LARGEST_BLOB} bytes"))
                }
                Ok(_) => Ok(unpacked),
                Err(error) => Err(error.to_string()),
            }
        }
        Blob {
            raw: None,
            zlib: None,
        } => Err("a blob packed in another way than zlib".to_owned()),
    }
}

fn check_header(blob: &Blob) -> Result<(), String> {
    let header: HeaderBlock = decode(&unpack(blob.clone())?)?;
    let known = |feature: &String| KNOWN_FEATURES.contains(&&**feature);
    match header
        .required_features
        .iter()
        .find(|feature| !known(feature))
    {
        Some(feature) => Err(format!(
            "the file needs `{feature}`, which is not supported"
        )),
        None => Ok(()),
    }
}
