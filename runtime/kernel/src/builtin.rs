//! Attributes that every shape has (`scope.sx`, `material.color.r`, ...): names, types, where they are kept.
//!
//! The compiler finds a name in [`BUILTINS`]; its place there is what `builtin_f` and the like get. Entries of
//! materials are found by [`number`] and [`string`].

use std::rc::Rc;

use crate::manifest::Type;
use crate::state::Material;

/// An attribute of every shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: Type,
    /// Whether `set` may change it.
    pub writable: bool,
    /// Where it is kept.
    pub(crate) storage: Storage,
}

/// Where an attribute is kept. Numbers are axes (0 to 2) or places in [`NUMBERS`] and [`STRINGS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Storage {
    ScopeSize(usize),
    ScopeTranslation(usize),
    ScopeRotation(usize),
    ScopeElevation,
    PivotPosition(usize),
    PivotOrientation(usize),
    InitialName,
    InitialStartRule,
    OriginPosition(usize),
    OriginOrientation(usize),
    SplitIndex,
    SplitTotal,
    CompSelector,
    CompIndex,
    CompTotal,
    TrimHorizontal,
    TrimVertical,
    Seedian,
    Uid,
    /// A number of the material.
    Number(usize),
    /// A truth value of the material.
    Flag(usize),
    /// A string of the material.
    Text(usize),
    /// Three numbers of the material as `#rrggbb`.
    Rgb(usize),
}

const fn read(name: &'static str, ty: Type, storage: Storage) -> Builtin {
    Builtin {
        name,
        ty,
        writable: false,
        storage,
    }
}

const fn set(name: &'static str, ty: Type, storage: Storage) -> Builtin {
    Builtin {
        name,
        ty,
        writable: true,
        storage,
    }
}

/// All of them, in the order of their numbers.
pub const BUILTINS: &[Builtin] = &[
    set("scope.sx", Type::Float, Storage::ScopeSize(0)),
    set("scope.sy", Type::Float, Storage::ScopeSize(1)),
    set("scope.sz", Type::Float, Storage::ScopeSize(2)),
    set("scope.tx", Type::Float, Storage::ScopeTranslation(0)),
    set("scope.ty", Type::Float, Storage::ScopeTranslation(1)),
    set("scope.tz", Type::Float, Storage::ScopeTranslation(2)),
    set("scope.rx", Type::Float, Storage::ScopeRotation(0)),
    set("scope.ry", Type::Float, Storage::ScopeRotation(1)),
    set("scope.rz", Type::Float, Storage::ScopeRotation(2)),
    read("scope.elevation", Type::Float, Storage::ScopeElevation),
    set("pivot.px", Type::Float, Storage::PivotPosition(0)),
    set("pivot.py", Type::Float, Storage::PivotPosition(1)),
    set("pivot.pz", Type::Float, Storage::PivotPosition(2)),
    set("pivot.ox", Type::Float, Storage::PivotOrientation(0)),
    set("pivot.oy", Type::Float, Storage::PivotOrientation(1)),
    set("pivot.oz", Type::Float, Storage::PivotOrientation(2)),
    read("initialShape.name", Type::String, Storage::InitialName),
    read(
        "initialShape.startRule",
        Type::String,
        Storage::InitialStartRule,
    ),
    read(
        "initialShape.symbol",
        Type::String,
        Storage::InitialStartRule,
    ),
    read(
        "initialShape.origin.px",
        Type::Float,
        Storage::OriginPosition(0),
    ),
    read(
        "initialShape.origin.py",
        Type::Float,
        Storage::OriginPosition(1),
    ),
    read(
        "initialShape.origin.pz",
        Type::Float,
        Storage::OriginPosition(2),
    ),
    read(
        "initialShape.origin.ox",
        Type::Float,
        Storage::OriginOrientation(0),
    ),
    read(
        "initialShape.origin.oy",
        Type::Float,
        Storage::OriginOrientation(1),
    ),
    read(
        "initialShape.origin.oz",
        Type::Float,
        Storage::OriginOrientation(2),
    ),
    read("split.index", Type::Float, Storage::SplitIndex),
    read("split.total", Type::Float, Storage::SplitTotal),
    read("comp.sel", Type::String, Storage::CompSelector),
    read("comp.index", Type::Float, Storage::CompIndex),
    read("comp.total", Type::Float, Storage::CompTotal),
    set("trim.horizontal", Type::Bool, Storage::TrimHorizontal),
    set("trim.vertical", Type::Bool, Storage::TrimVertical),
    set("seedian", Type::Float, Storage::Seedian),
    read("uid", Type::Float, Storage::Uid),
    set("material.name", Type::String, Storage::Text(0)),
    set("material.shader", Type::String, Storage::Text(1)),
    set("material.colormap", Type::String, Storage::Text(2)),
    set("material.bumpmap", Type::String, Storage::Text(3)),
    set("material.dirtmap", Type::String, Storage::Text(4)),
    set("material.specularmap", Type::String, Storage::Text(5)),
    set("material.opacitymap", Type::String, Storage::Text(6)),
    set("material.normalmap", Type::String, Storage::Text(7)),
    set("material.emissivemap", Type::String, Storage::Text(8)),
    set("material.occlusionmap", Type::String, Storage::Text(9)),
    set("material.roughnessmap", Type::String, Storage::Text(10)),
    set("material.metallicmap", Type::String, Storage::Text(11)),
    set("material.opacitymap.mode", Type::String, Storage::Text(12)),
    set("material.color.r", Type::Float, Storage::Number(0)),
    set("material.color.g", Type::Float, Storage::Number(1)),
    set("material.color.b", Type::Float, Storage::Number(2)),
    set("material.opacity", Type::Float, Storage::Number(3)),
    set("material.ambient.r", Type::Float, Storage::Number(4)),
    set("material.ambient.g", Type::Float, Storage::Number(5)),
    set("material.ambient.b", Type::Float, Storage::Number(6)),
    set("material.specular.r", Type::Float, Storage::Number(7)),
    set("material.specular.g", Type::Float, Storage::Number(8)),
    set("material.specular.b", Type::Float, Storage::Number(9)),
    set("material.emissive.r", Type::Float, Storage::Number(10)),
    set("material.emissive.g", Type::Float, Storage::Number(11)),
    set("material.emissive.b", Type::Float, Storage::Number(12)),
    set("material.reflectivity", Type::Float, Storage::Number(13)),
    set("material.shininess", Type::Float, Storage::Number(14)),
    set("material.bumpValue", Type::Float, Storage::Number(15)),
    set("material.metallic", Type::Float, Storage::Number(16)),
    set("material.roughness", Type::Float, Storage::Number(17)),
    set("material.doubleSided", Type::Bool, Storage::Flag(18)),
    set(
        "material.opacitymap.cutoff",
        Type::Float,
        Storage::Number(19),
    ),
    set("material.colormap.su", Type::Float, Storage::Number(20)),
    set("material.colormap.sv", Type::Float, Storage::Number(21)),
    set("material.colormap.tu", Type::Float, Storage::Number(22)),
    set("material.colormap.tv", Type::Float, Storage::Number(23)),
    set("material.colormap.rw", Type::Float, Storage::Number(24)),
    set("material.bumpmap.su", Type::Float, Storage::Number(25)),
    set("material.bumpmap.sv", Type::Float, Storage::Number(26)),
    set("material.bumpmap.tu", Type::Float, Storage::Number(27)),
    set("material.bumpmap.tv", Type::Float, Storage::Number(28)),
    set("material.bumpmap.rw", Type::Float, Storage::Number(29)),
    set("material.dirtmap.su", Type::Float, Storage::Number(30)),
    set("material.dirtmap.sv", Type::Float, Storage::Number(31)),
    set("material.dirtmap.tu", Type::Float, Storage::Number(32)),
    set("material.dirtmap.tv", Type::Float, Storage::Number(33)),
    set("material.dirtmap.rw", Type::Float, Storage::Number(34)),
    set("material.specularmap.su", Type::Float, Storage::Number(35)),
    set("material.specularmap.sv", Type::Float, Storage::Number(36)),
    set("material.specularmap.tu", Type::Float, Storage::Number(37)),
    set("material.specularmap.tv", Type::Float, Storage::Number(38)),
    set("material.specularmap.rw", Type::Float, Storage::Number(39)),
    set("material.opacitymap.su", Type::Float, Storage::Number(40)),
    set("material.opacitymap.sv", Type::Float, Storage::Number(41)),
    set("material.opacitymap.tu", Type::Float, Storage::Number(42)),
    set("material.opacitymap.tv", Type::Float, Storage::Number(43)),
    set("material.opacitymap.rw", Type::Float, Storage::Number(44)),
    set("material.normalmap.su", Type::Float, Storage::Number(45)),
    set("material.normalmap.sv", Type::Float, Storage::Number(46)),
    set("material.normalmap.tu", Type::Float, Storage::Number(47)),
    set("material.normalmap.tv", Type::Float, Storage::Number(48)),
    set("material.normalmap.rw", Type::Float, Storage::Number(49)),
    set("material.emissivemap.su", Type::Float, Storage::Number(50)),
    set("material.emissivemap.sv", Type::Float, Storage::Number(51)),
    set("material.emissivemap.tu", Type::Float, Storage::Number(52)),
    set("material.emissivemap.tv", Type::Float, Storage::Number(53)),
    set("material.emissivemap.rw", Type::Float, Storage::Number(54)),
    set("material.occlusionmap.su", Type::Float, Storage::Number(55)),
    set("material.occlusionmap.sv", Type::Float, Storage::Number(56)),
    set("material.occlusionmap.tu", Type::Float, Storage::Number(57)),
    set("material.occlusionmap.tv", Type::Float, Storage::Number(58)),
    set("material.occlusionmap.rw", Type::Float, Storage::Number(59)),
    set("material.roughnessmap.su", Type::Float, Storage::Number(60)),
    set("material.roughnessmap.sv", Type::Float, Storage::Number(61)),
    set("material.roughnessmap.tu", Type::Float, Storage::Number(62)),
    set("material.roughnessmap.tv", Type::Float, Storage::Number(63)),
    set("material.roughnessmap.rw", Type::Float, Storage::Number(64)),
    set("material.metallicmap.su", Type::Float, Storage::Number(65)),
    set("material.metallicmap.sv", Type::Float, Storage::Number(66)),
    set("material.metallicmap.tu", Type::Float, Storage::Number(67)),
    set("material.metallicmap.tv", Type::Float, Storage::Number(68)),
    set("material.metallicmap.rw", Type::Float, Storage::Number(69)),
    set("material.color.rgb", Type::String, Storage::Rgb(0)),
    set("material.ambient.rgb", Type::String, Storage::Rgb(4)),
    set("material.specular.rgb", Type::String, Storage::Rgb(7)),
    set("material.emissive.rgb", Type::String, Storage::Rgb(10)),
    set("material.color.a", Type::Float, Storage::Number(3)),
];

/// The numbers of a material and their defaults. Colours are sRGB, 0 to 1.
pub const NUMBERS: &[(&str, f64)] = &[
    ("color.r", 1.0),
    ("color.g", 1.0),
    ("color.b", 1.0),
    ("opacity", 1.0),
    ("ambient.r", 0.0),
    ("ambient.g", 0.0),
    ("ambient.b", 0.0),
    ("specular.r", 0.0),
    ("specular.g", 0.0),
    ("specular.b", 0.0),
    ("emissive.r", 0.0),
    ("emissive.g", 0.0),
    ("emissive.b", 0.0),
    ("reflectivity", 0.0),
    ("shininess", 1.0),
    ("bumpValue", 1.0),
    ("metallic", 0.0),
    ("roughness", 1.0),
    ("doubleSided", 1.0),
    ("opacitymap.cutoff", 0.5),
    ("colormap.su", 1.0),
    ("colormap.sv", 1.0),
    ("colormap.tu", 0.0),
    ("colormap.tv", 0.0),
    ("colormap.rw", 0.0),
    ("bumpmap.su", 1.0),
    ("bumpmap.sv", 1.0),
    ("bumpmap.tu", 0.0),
    ("bumpmap.tv", 0.0),
    ("bumpmap.rw", 0.0),
    ("dirtmap.su", 1.0),
    ("dirtmap.sv", 1.0),
    ("dirtmap.tu", 0.0),
    ("dirtmap.tv", 0.0),
    ("dirtmap.rw", 0.0),
    ("specularmap.su", 1.0),
    ("specularmap.sv", 1.0),
    ("specularmap.tu", 0.0),
    ("specularmap.tv", 0.0),
    ("specularmap.rw", 0.0),
    ("opacitymap.su", 1.0),
    ("opacitymap.sv", 1.0),
    ("opacitymap.tu", 0.0),
    ("opacitymap.tv", 0.0),
    ("opacitymap.rw", 0.0),
    ("normalmap.su", 1.0),
    ("normalmap.sv", 1.0),
    ("normalmap.tu", 0.0),
    ("normalmap.tv", 0.0),
    ("normalmap.rw", 0.0),
    ("emissivemap.su", 1.0),
    ("emissivemap.sv", 1.0),
    ("emissivemap.tu", 0.0),
    ("emissivemap.tv", 0.0),
    ("emissivemap.rw", 0.0),
    ("occlusionmap.su", 1.0),
    ("occlusionmap.sv", 1.0),
    ("occlusionmap.tu", 0.0),
    ("occlusionmap.tv", 0.0),
    ("occlusionmap.rw", 0.0),
    ("roughnessmap.su", 1.0),
    ("roughnessmap.sv", 1.0),
    ("roughnessmap.tu", 0.0),
    ("roughnessmap.tv", 0.0),
    ("roughnessmap.rw", 0.0),
    ("metallicmap.su", 1.0),
    ("metallicmap.sv", 1.0),
    ("metallicmap.tu", 0.0),
    ("metallicmap.tv", 0.0),
    ("metallicmap.rw", 0.0),
];

/// The strings of a material and their defaults.
pub const STRINGS: &[(&str, &str)] = &[
    ("name", ""),
    ("shader", "CityEnginePBRShader"),
    ("colormap", ""),
    ("bumpmap", ""),
    ("dirtmap", ""),
    ("specularmap", ""),
    ("opacitymap", ""),
    ("normalmap", ""),
    ("emissivemap", ""),
    ("occlusionmap", ""),
    ("roughnessmap", ""),
    ("metallicmap", ""),
    ("opacitymap.mode", "blend"),
];

/// The number of an attribute by its name.
pub fn find(name: &str) -> Option<usize> {
    BUILTINS.iter().position(|builtin| builtin.name == name)
}

/// The place of a material's number, by its name without `material.`.
///
/// # Panics
/// When there is none: use it for names in our own code.
pub const fn number(name: &str) -> usize {
    let mut place = 0;
    while place < NUMBERS.len() {
        if equal(NUMBERS[place].0, name) {
            return place;
        }
        place += 1;
    }
    panic!("a material has no number of this name")
}

/// The place of a material's string, by its name without `material.`.
///
/// # Panics
/// When there is none: use it for names in our own code.
pub const fn string(name: &str) -> usize {
    let mut place = 0;
    while place < STRINGS.len() {
        if equal(STRINGS[place].0, name) {
            return place;
        }
        place += 1;
    }
    panic!("a material has no string of this name")
}

const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut k = 0;
    while k < a.len() {
        if a[k] != b[k] {
            return false;
        }
        k += 1;
    }
    true
}

/// The material of an initial shape: nothing set.
pub(crate) fn default_material(values: &mut crate::kernel::Values) -> Rc<Material> {
    Rc::new(Material {
        numbers: std::array::from_fn(|n| NUMBERS[n].1),
        strings: std::array::from_fn(|n| values.intern_constant(STRINGS[n].1)),
        numbers_set: 0,
        strings_set: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::Order as _;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = BUILTINS.iter().map(|builtin| builtin.name).collect();
        names.order();
        names.dedup();
        assert_eq!(names.len(), BUILTINS.len());
    }

    #[test]
    fn storage_numbers_name_the_entry_of_the_same_name() {
        for builtin in BUILTINS {
            let name = builtin.name.trim_start_matches("material.");
            match builtin.storage {
                Storage::Number(n) | Storage::Flag(n) if name != "color.a" => {
                    assert_eq!(NUMBERS[n].0, name);
                }
                Storage::Text(n) => assert_eq!(STRINGS[n].0, name),
                Storage::Rgb(n) => assert_eq!(NUMBERS[n].0.replace(".r", ".rgb"), name),
                _ => {}
            }
        }
        assert!(
            NUMBERS.len() <= 128 && STRINGS.len() <= 128,
            "the bit sets of a material have 128 bits"
        );
    }
}
