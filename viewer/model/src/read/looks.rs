//! Materials, and the images that they show.

use gable_content::outline::Outline;
use serde::Deserialize;
use serde_json::Value;

use crate::{AlphaMode, ImageSource, Material, Texture};

/// What parts look like.
#[derive(Debug, Default)]
pub(super) struct Looks {
    pub(super) materials: Vec<Material>,
    pub(super) images: Vec<ImageSource>,
    /// For each material the set of texture coordinates that its textures use.
    pub(super) uv_sets: Vec<usize>,
}

#[derive(Debug, Deserialize)]
struct Document {
    #[serde(default)]
    materials: Vec<MaterialJson>,
    #[serde(default)]
    textures: Vec<TextureJson>,
    #[serde(default)]
    images: Vec<ImageJson>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MaterialJson {
    #[serde(default)]
    pbr_metallic_roughness: Surface,
    normal_texture: Option<Map>,
    occlusion_texture: Option<Map>,
    emissive_texture: Option<Map>,
    emissive_factor: Option<[f32; 3]>,
    alpha_mode: Option<String>,
    alpha_cutoff: Option<f32>,
    #[serde(default)]
    double_sided: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Surface {
    base_color_factor: Option<[f32; 4]>,
    metallic_factor: Option<f32>,
    roughness_factor: Option<f32>,
    base_color_texture: Option<Map>,
    metallic_roughness_texture: Option<Map>,
}

/// A use of a texture.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Map {
    index: usize,
    #[serde(default)]
    tex_coord: usize,
    #[serde(default)]
    extensions: MapExtensions,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct MapExtensions {
    #[serde(rename = "KHR_texture_transform")]
    transform: Option<Transform>,
}

#[derive(Debug, Clone, Deserialize)]
struct Transform {
    offset: Option<[f32; 2]>,
    rotation: Option<f32>,
    scale: Option<[f32; 2]>,
}

#[derive(Debug, Deserialize)]
struct TextureJson {
    source: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImageJson {
    uri: Option<String>,
    buffer_view: Option<usize>,
}

pub(super) fn read(json: &Value, outline: &Outline, binary: &[u8]) -> Result<Looks, String> {
    let document = Document::deserialize(json).map_err(|error| error.to_string())?;
    let mut looks = Looks::default();
    for image in &document.images {
        let source = match (&image.uri, image.buffer_view) {
            (Some(uri), _) => ImageSource::Address(uri.clone()),
            (None, Some(view)) => ImageSource::Embedded(outline.bytes(view, binary)?.to_vec()),
            (None, None) => return Err("an image is nowhere".to_owned()),
        };
        looks.images.push(source);
    }
    for material in &document.materials {
        let (material, uv_set) = read_material(material, &document)?;
        looks.materials.push(material);
        looks.uv_sets.push(uv_set);
    }
    Ok(looks)
}

fn read_material(json: &MaterialJson, document: &Document) -> Result<(Material, usize), String> {
    let surface = &json.pbr_metallic_roughness;
    let maps = [
        &surface.base_color_texture,
        &surface.metallic_roughness_texture,
        &json.normal_texture,
        &json.occlusion_texture,
        &json.emissive_texture,
    ];
    let uv_set = maps
        .into_iter()
        .flatten()
        .next()
        .map_or(0, |map| map.tex_coord);
    let texture = |map: &Option<Map>| match map {
        Some(map) if map.tex_coord == uv_set => read_texture(map, document).map(Some),
        _ => Ok(None),
    };
    let default = Material::default();
    let material = Material {
        base_color: surface.base_color_factor.unwrap_or(default.base_color),
        emissive: json.emissive_factor.unwrap_or(default.emissive),
        metallic: surface.metallic_factor.unwrap_or(default.metallic),
        roughness: surface.roughness_factor.unwrap_or(default.roughness),
        alpha: match json.alpha_mode.as_deref() {
            Some("MASK") => AlphaMode::Mask(json.alpha_cutoff.unwrap_or(0.5)),
            Some("BLEND") => AlphaMode::Blend,
            _ => AlphaMode::Opaque,
        },
        double_sided: json.double_sided,
        base_color_texture: texture(&surface.base_color_texture)?,
        metallic_roughness_texture: texture(&surface.metallic_roughness_texture)?,
        normal_texture: texture(&json.normal_texture)?,
        occlusion_texture: texture(&json.occlusion_texture)?,
        emissive_texture: texture(&json.emissive_texture)?,
    };
    Ok((material, uv_set))
}

fn read_texture(map: &Map, document: &Document) -> Result<Texture, String> {
    let texture = document.textures.get(map.index);
    let image = texture.and_then(|texture| texture.source);
    let image = image.filter(|&image| image < document.images.len());
    let image = image.ok_or_else(|| format!("the texture {} has no image", map.index))?;
    let transform = map.extensions.transform.as_ref();
    Ok(Texture {
        image: u32::try_from(image).map_err(|error| error.to_string())?,
        offset: transform.and_then(|it| it.offset).unwrap_or_default(),
        rotation: transform.and_then(|it| it.rotation).unwrap_or_default(),
        scale: transform.and_then(|it| it.scale).unwrap_or([1.0; 2]),
    })
}
