//! Packed files as they were.

use serde_json::{Map, Value, json};

use super::{EXTENSION, MeshoptError, attributes, object, set_offset, triangles};
use crate::glb::Glb;
use crate::outline::{Outline, Packed, slice};

/// Unpacks a GLB: the same document without the extension. `limit` is the most bytes that it may have.
///
/// # Errors
/// [`MeshoptError`] when it is no GLB, its parts do not fit together, packed bytes are damaged, or it would be larger
/// than `limit`. Filters and the mode `INDICES`, which we never write, are errors too.
pub fn decompress(bytes: &[u8], limit: usize) -> Result<Vec<u8>, MeshoptError> {
    let mut glb = Glb::from_bytes(bytes)?;
    let outline = Outline::of(&glb.json).map_err(MeshoptError::Document)?;
    if outline
        .buffer_views
        .iter()
        .all(|view| view.extensions.meshopt.is_none())
    {
        return Ok(bytes.to_vec());
    }
    let mut binary = Vec::new();
    for (number, view) in outline.buffer_views.iter().enumerate() {
        let unpacked;
        let content = match &view.extensions.meshopt {
            Some(packed) => {
                if binary
                    .len()
                    .checked_add(view.byte_length)
                    .is_none_or(|size| size > limit)
                {
                    return Err(MeshoptError::TooLarge(limit));
                }
                unpacked = unpack(packed, view.byte_length, &glb.binary)?;
                &unpacked[..]
            }
            None if view.buffer == 0 => outline
                .bytes(number, &glb.binary)
                .map_err(MeshoptError::Document)?,
            None => continue,
        };
        if binary.len() + content.len() > limit {
            return Err(MeshoptError::TooLarge(limit));
        }
        binary.resize(binary.len().next_multiple_of(8), 0);
        let json = object(&mut glb.json["bufferViews"][number])?;
        json.insert("buffer".to_owned(), json!(0));
        set_offset(json, binary.len());
        remove_extension(json);
        binary.extend_from_slice(content);
    }
    binary.resize(binary.len().next_multiple_of(4), 0);
    remove_fallback(&mut glb.json)?;
    let own = object(&mut glb.json["buffers"][0])?;
    own.insert("byteLength".to_owned(), json!(binary.len()));
    glb.binary = binary;
    Ok(glb.to_bytes()?)
}

fn unpack(packed: &Packed, length: usize, binary: &[u8]) -> Result<Vec<u8>, MeshoptError> {
    let document = |text: &str| MeshoptError::Document(text.to_owned());
    if packed.buffer != 0 {
        return Err(document("packed bytes do not lie in the file"));
    }
    if packed.count.checked_mul(packed.byte_stride) != Some(length) {
        return Err(document("a packed view has not the length of its elements"));
    }
    if packed
        .filter
        .as_deref()
        .is_some_and(|filter| filter != "NONE")
    {
        return Err(document(
            "a packed view has a filter, which is not supported",
        ));
    }
    let bytes =
        slice(binary, packed.byte_offset, packed.byte_length).map_err(MeshoptError::Document)?;
    match (packed.mode.as_str(), packed.byte_stride) {
        ("ATTRIBUTES", stride) => attributes::decode(bytes, packed.count, stride),
        ("TRIANGLES", width @ (2 | 4)) => {
            let corners = triangles::decode(bytes, packed.count)?;
            let bytes = corners
                .iter()
                .flat_map(|corner| corner.to_le_bytes().into_iter().take(width));
            Ok(bytes.collect())
        }
        (mode, stride) => Err(MeshoptError::Document(format!(
            "a view packed as {mode} of {stride} bytes is not supported"
        ))),
    }
}

fn remove_extension(object: &mut Map<String, Value>) {
    let left = object
        .get_mut("extensions")
        .and_then(Value::as_object_mut)
        .map(|extensions| {
            extensions.remove(EXTENSION);
            extensions.len()
        });
    if left == Some(0) {
        object.remove("extensions");
    }
}

/// Takes the extension's name and the buffers that only stood for unpacked bytes out of the document.
fn remove_fallback(document: &mut Value) -> Result<(), MeshoptError> {
    for list in ["extensionsUsed", "extensionsRequired"] {
        if let Some(names) = document.get_mut(list).and_then(Value::as_array_mut) {
            names.retain(|name| name != EXTENSION);
            if names.is_empty()
                && let Some(document) = document.as_object_mut()
            {
                document.remove(list);
            }
        }
    }
    let buffers = document.get_mut("buffers").and_then(Value::as_array_mut);
    let buffers = buffers.filter(|buffers| !buffers.is_empty());
    let buffers = buffers.ok_or_else(|| MeshoptError::Document("it has no buffers".to_owned()))?;
    let stays = |buffer: &Value| buffer["extensions"][EXTENSION]["fallback"] != json!(true);
    let kept: Vec<usize> = (0..buffers.len())
        .filter(|&b| b == 0 || stays(&buffers[b]))
        .collect();
    let mut number = 0;
    buffers.retain(|_| {
        number += 1;
        kept.contains(&(number - 1))
    });
    for buffer in buffers {
        remove_extension(object(buffer)?);
    }
    for view in document["bufferViews"].as_array_mut().into_iter().flatten() {
        let place = kept
            .iter()
            .position(|&buffer| view["buffer"] == json!(buffer));
        let place = place.ok_or_else(|| {
            MeshoptError::Document("a buffer view lies in a buffer that is not there".to_owned())
        })?;
        object(view)?.insert("buffer".to_owned(), json!(place));
    }
    Ok(())
}
