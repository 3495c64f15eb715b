//! Looks as glTF materials, textures and images.

use std::collections::BTreeMap;

use super::buffer::Buffer;
use crate::asset::Image;
use crate::math;
use crate::output::json::Json;
use crate::output::look::{Alpha, Layer, Look, Map, NO_TRANSFORM};

/// Materials and the textures they use.
#[derive(Debug, Default)]
pub(crate) struct Materials {
    /// Texture numbers by image name; textures and images have the same numbers.
    textures: BTreeMap<String, usize>,
    /// Image names in order of their numbers.
    images: Vec<String>,
    /// Whether a texture transform was written.
    pub(crate) transforms: bool,
}

/// CGA's exporters use a plain power where sRGB has a more complicated curve.
const GAMMA: f64 = 2.2;

impl Materials {
    /// Writes `materials`.
    pub(crate) fn write<'a>(&mut self, json: &mut Json, looks: impl Iterator<Item = &'a Look>) {
        json.key("materials")
            .array(|json| looks.for_each(|look| self.material(json, look)));
    }

    /// Writes `samplers`, `textures` and `images`: embedded where `image` knows them, else by address or name.
    pub(crate) fn write_textures<'a>(
        &self,
        json: &mut Json,
        buffer: &mut Buffer,
        image: impl Fn(&str) -> Option<&'a Image>,
        addresses: Option<&BTreeMap<&str, String>>,
    ) {
        if self.images.is_empty() {
            return;
        }
        let blobs: Vec<Option<(usize, &Image)>> = self
            .images
            .iter()
            .map(|name| image(name).map(|image| (buffer.blob(image.bytes.clone()), image)))
            .collect();
        json.key("samplers").array(|json| {
            json.object(|json| {
                json.field("magFilter", &9729_u32);
                json.field("minFilter", &9987_u32);
                json.field("wrapS", &10497_u32);
                json.field("wrapT", &10497_u32);
            });
        });
        json.key("textures").array(|json| {
            for number in 0..self.images.len() {
                json.object(|json| {
                    json.field("sampler", &0_u32);
                    json.field("source", &number);
                });
            }
        });
        json.key("images").array(|json| {
            for (name, blob) in self.images.iter().zip(&blobs) {
                json.object(|json| match blob {
                    Some((blob, image)) => {
                        json.field("name", name);
                        json.field("mimeType", &image.media_type);
                        json.field("bufferView", &buffer.blob_view(*blob));
                    }
                    None => match addresses.and_then(|all| all.get(name.as_str())) {
                        Some(address) => {
                            json.field("name", name);
                            json.field("uri", address);
                        }
                        None => json.field("uri", &uri(name)),
                    },
                });
            }
        });
    }

    fn material(&mut self, json: &mut Json, look: &Look) {
        json.object(|json| {
            if !look.name.is_empty() {
                json.field("name", &look.name);
            }
            json.key("pbrMetallicRoughness")
                .object(|json| self.metallic_roughness(json, look));
            self.texture(json, look, Layer::Normal, "normalTexture");
            self.texture(json, look, Layer::Occlusion, "occlusionTexture");
            self.texture(json, look, Layer::Emissive, "emissiveTexture");
            let emissive = match look.maps[Layer::Emissive as usize] {
                Some(_) if look.emissive == [0.0; 3] => [1.0; 3],
                _ => look.emissive.map(linear),
            };
            if emissive != [0.0; 3] {
                json.field("emissiveFactor", &emissive);
            }
            match look.alpha {
                Alpha::Opaque => {}
                Alpha::Blend => json.field("alphaMode", "BLEND"),
                Alpha::Mask(cutoff) => {
                    json.field("alphaMode", "MASK");
                    json.field("alphaCutoff", &(cutoff.max(0.0) as f32));
                }
            }
            if look.double_sided {
                json.field("doubleSided", &true);
            }
        });
    }

    fn metallic_roughness(&mut self, json: &mut Json, look: &Look) {
        let [red, green, blue] = look.color.map(linear);
        let opacity = look.opacity.clamp(0.0, 1.0) as f32;
        if [red, green, blue, opacity] != [1.0; 4] {
            json.field("baseColorFactor", &[red, green, blue, opacity]);
        }
        self.texture(json, look, Layer::Color, "baseColorTexture");
        json.field("metallicFactor", &(look.metallic.clamp(0.0, 1.0) as f32));
        json.field("roughnessFactor", &(look.roughness.clamp(0.0, 1.0) as f32));
        self.texture(
            json,
            look,
            Layer::MetallicRoughness,
            "metallicRoughnessTexture",
        );
    }

    fn texture(&mut self, json: &mut Json, look: &Look, layer: Layer, name: &str) {
        let Some(map) = &look.maps[layer as usize] else {
            return;
        };
        let texture = self.texture_number(&map.image);
        let uv_set = look
            .uv_sets()
            .iter()
            .position(|&set| set == map.uv_set)
            .expect("a look lists the sets of its maps");
        json.key(name).object(|json| {
            json.field("index", &texture);
            if uv_set > 0 {
                json.field("texCoord", &uv_set);
            }
            if map.transform != NO_TRANSFORM {
                self.transforms = true;
                json.key("extensions").object(|json| {
                    json.key("KHR_texture_transform")
                        .object(|json| write_transform(json, map));
                });
            }
        });
    }

    fn texture_number(&mut self, image: &str) -> usize {
        if let Some(&number) = self.textures.get(image) {
            return number;
        }
        self.images.push(image.to_owned());
        self.textures
            .insert(image.to_owned(), self.images.len() - 1);
        self.images.len() - 1
    }
}

/// A transform of (u, v) with v up as one of (u, 1 - v): the same turn and scale, another translation.
fn write_transform(json: &mut Json, map: &Map) {
    let [scale_u, scale_v, move_u, move_v, turn] = map.transform;
    let (sin, cos) = math::sin_cos_degrees(turn);
    let offset = [move_u - sin * scale_v, 1.0 - cos * scale_v - move_v];
    json.field("offset", &offset.map(|x| x as f32));
    if turn != 0.0 {
        json.field("rotation", &(math::radians(turn) as f32));
    }
    json.field("scale", &[scale_u as f32, scale_v as f32]);
}

fn linear(srgb: f64) -> f32 {
    math::pow(srgb.clamp(0.0, 1.0), GAMMA) as f32
}

/// A name as a relative reference.
fn uri(name: &str) -> String {
    let mut uri = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                uri.push('%');
                for digit in [byte >> 4, byte & 15] {
                    uri.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
                }
            }
        }
    }
    uri
}
