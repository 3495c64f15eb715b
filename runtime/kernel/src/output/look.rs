//! Looks: what a material means for a renderer.
//!
//! A shape's material attributes, or an asset's own material overridden by those that were set explicitly, become a
//! [`Look`]; faces with equal looks are drawn together. Colours are sRGB as in the grammar; the writers convert.

use crate::asset::{Image, ModelMaterial};
use crate::builtin;
use crate::kernel::Values;
use crate::order::Order as _;
use crate::state::Material;

/// Everything about a surface that is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Look {
    /// The material's name, often empty.
    pub(crate) name: String,
    /// sRGB, 0 to 1.
    pub(crate) color: [f64; 3],
    /// 1 is opaque.
    pub(crate) opacity: f64,
    /// 0 to 1.
    pub(crate) metallic: f64,
    /// 0 to 1.
    pub(crate) roughness: f64,
    /// sRGB, 0 to 1.
    pub(crate) emissive: [f64; 3],
    /// Whether the back of faces is seen.
    pub(crate) double_sided: bool,
    /// How opacity is used.
    pub(crate) alpha: Alpha,
    /// Images, by [`Layer`].
    pub(crate) maps: [Option<Map>; LAYERS],
}

/// How opacity is used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Alpha {
    /// Not at all.
    Opaque,
    /// What is less opaque than this is left out, the rest drawn opaque.
    Mask(f64),
    /// Mixes with what is behind.
    Blend,
}

/// What an image is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    /// Base colour and opacity.
    Color,
    /// Roughness in green, metal in blue.
    MetallicRoughness,
    /// Normals in tangent space.
    Normal,
    /// Ambient light that arrives, in red.
    Occlusion,
    /// Light given off.
    Emissive,
}

/// The number of [`Layer`]s.
pub(crate) const LAYERS: usize = 5;

/// An image on a surface.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Map {
    /// The name of an asset.
    pub(crate) image: String,
    /// The set of texture coordinates it uses.
    pub(crate) uv_set: u8,
    /// Scale along u and v, translation along u and v, turn in degrees about the origin: applied in the order
    /// scale, turn, translation.
    pub(crate) transform: [f64; 5],
}

/// A transform that changes nothing.
pub(crate) const NO_TRANSFORM: [f64; 5] = [1.0, 1.0, 0.0, 0.0, 0.0];

impl Look {
    /// The look of a shape by its material attributes.
    pub(crate) fn of_shape(material: &Material, strings: &Values) -> Self {
        let reader = Reader { material, strings };
        let mut look = Self {
            name: reader.text(builtin::string("name")).to_owned(),
            color: reader.color(COLOR),
            opacity: reader.number(OPACITY),
            metallic: reader.number(METALLIC),
            roughness: reader.number(ROUGHNESS),
            emissive: reader.color(EMISSIVE),
            double_sided: reader.number(builtin::number("doubleSided")) != 0.0,
            alpha: Alpha::Opaque,
            maps: [const { None }; LAYERS],
        };
        look.take_maps(&reader);
        look.alpha = reader.alpha(look.opacity);
        look
    }

    /// The look of a model's face: the model's own material, overridden by attributes that were set explicitly.
    pub(crate) fn of_model(
        own: &ModelMaterial,
        image: Option<&Image>,
        material: &Material,
        strings: &Values,
    ) -> Self {
        let reader = Reader { material, strings };
        let [red, green, blue, own_opacity] = own.color;
        let set = |n: usize, otherwise: f64| {
            if reader.is_set(n) {
                reader.number(n)
            } else {
                otherwise
            }
        };
        let own_map = Map {
            image: own.color_map.clone(),
            uv_set: 0,
            transform: NO_TRANSFORM,
        };
        let opacity = set(OPACITY, own_opacity);
        let mut look = Self {
            name: own.name.clone(),
            color: [
                set(COLOR[0], red),
                set(COLOR[1], green),
                set(COLOR[2], blue),
            ],
            opacity,
            metallic: set(METALLIC, own.metallic),
            roughness: set(ROUGHNESS, own.roughness),
            emissive: EMISSIVE.map(|n| set(n, 0.0)),
            double_sided: true,
            alpha: Alpha::Opaque,
            maps: [const { None }; LAYERS],
        };
        if !own.color_map.is_empty() {
            look.maps[Layer::Color as usize] = Some(own_map);
        }
        let own_alpha =
            look.maps[Layer::Color as usize].is_some() && image.is_some_and(|image| image.alpha);
        if own_alpha && opacity >= 1.0 {
            look.alpha = Alpha::Mask(0.5);
        } else if opacity < 1.0 {
            look.alpha = Alpha::Blend;
        }
        if reader.is_text_set(builtin::string("colormap")) {
            look.maps[Layer::Color as usize] = None;
            look.alpha = reader.alpha(opacity);
        }
        look.take_maps(&reader);
        look
    }

    /// The sets of texture coordinates that are used, sorted.
    pub(crate) fn uv_sets(&self) -> Vec<u8> {
        let mut sets: Vec<u8> = self.maps.iter().flatten().map(|map| map.uv_set).collect();
        sets.order();
        sets.dedup();
        sets
    }

    /// Equal texts mean equal looks: numbers are written so that they read back as the same.
    pub(crate) fn key(&self) -> String {
        format!("{self:?}")
    }

    /// Takes over the maps that attributes name. What glTF has no place for is left out: bump and specular maps, a
    /// dirt map over a colour map, an opacity map that is not the colour map, roughness and metal in two images.
    fn take_maps(&mut self, reader: &Reader<'_>) {
        let mut put = |layer: Layer, map: Option<Map>| {
            let place = &mut self.maps[layer as usize];
            if map.is_some() {
                *place = map;
            }
        };
        let color = reader.map(COLOR_MAP).or_else(|| reader.map(DIRT_MAP));
        put(Layer::Color, color);
        put(Layer::Normal, reader.map(NORMAL_MAP));
        put(Layer::Occlusion, reader.map(OCCLUSION_MAP));
        put(Layer::Emissive, reader.map(EMISSIVE_MAP));
        let metallic = reader.map(METALLIC_MAP);
        if let Some(roughness) = reader.map(ROUGHNESS_MAP) {
            let together = metallic
                .as_ref()
                .is_some_and(|metallic| metallic.image == roughness.image);
            if together || (metallic.is_none() && self.metallic == 0.0) {
                self.maps[Layer::MetallicRoughness as usize] = Some(roughness);
            }
        }
    }
}

const COLOR: [usize; 3] = [
    builtin::number("color.r"),
    builtin::number("color.g"),
    builtin::number("color.b"),
];
const EMISSIVE: [usize; 3] = [
    builtin::number("emissive.r"),
    builtin::number("emissive.g"),
    builtin::number("emissive.b"),
];
const OPACITY: usize = builtin::number("opacity");
const METALLIC: usize = builtin::number("metallic");
const ROUGHNESS: usize = builtin::number("roughness");

/// Where the attributes of a map are stored.
#[derive(Clone, Copy)]
struct MapStorage {
    image: usize,
    transform: [usize; 5],
    uv_set: u8,
}

/// Storage of `material.<map>` and its transform.
macro_rules! map_storage {
    ($name:literal, $uv_set:literal) => {
        MapStorage {
            image: builtin::string($name),
            transform: [
                builtin::number(concat!($name, ".su")),
                builtin::number(concat!($name, ".sv")),
                builtin::number(concat!($name, ".tu")),
                builtin::number(concat!($name, ".tv")),
                builtin::number(concat!($name, ".rw")),
            ],
            uv_set: $uv_set,
        }
    };
}

const COLOR_MAP: MapStorage = map_storage!("colormap", 0);
const DIRT_MAP: MapStorage = map_storage!("dirtmap", 2);
const NORMAL_MAP: MapStorage = map_storage!("normalmap", 5);
const EMISSIVE_MAP: MapStorage = map_storage!("emissivemap", 6);
const OCCLUSION_MAP: MapStorage = map_storage!("occlusionmap", 7);
const ROUGHNESS_MAP: MapStorage = map_storage!("roughnessmap", 8);
const METALLIC_MAP: MapStorage = map_storage!("metallicmap", 9);

/// Reads material attributes by storage number.
struct Reader<'a> {
    material: &'a Material,
    strings: &'a Values,
}

impl Reader<'_> {
    fn number(&self, n: usize) -> f64 {
        let value = self.material.numbers[n];
        if value.is_finite() { value } else { 0.0 }
    }

    fn text(&self, n: usize) -> &str {
        self.strings.string(self.material.strings[n])
    }

    fn color(&self, numbers: [usize; 3]) -> [f64; 3] {
        numbers.map(|n| self.number(n))
    }

    fn is_set(&self, n: usize) -> bool {
        self.material.numbers_set >> n & 1 == 1
    }

    fn is_text_set(&self, n: usize) -> bool {
        self.material.strings_set >> n & 1 == 1
    }

    fn map(&self, storage: MapStorage) -> Option<Map> {
        let image = self.text(storage.image);
        if image.is_empty() {
            return None;
        }
        let transform = storage.transform.map(|n| self.number(n));
        Some(Map {
            image: image.to_owned(),
            uv_set: storage.uv_set,
            transform,
        })
    }

    fn alpha(&self, opacity: f64) -> Alpha {
        let mapped = !self.text(builtin::string("opacitymap")).is_empty();
        let mode = self.text(builtin::string("opacitymap.mode"));
        match mode {
            "opaque" if mapped && opacity >= 1.0 => Alpha::Opaque,
            "mask" if mapped => Alpha::Mask(self.number(builtin::number("opacitymap.cutoff"))),
            _ if mapped || opacity < 1.0 => Alpha::Blend,
            _ => Alpha::Opaque,
        }
    }
}
