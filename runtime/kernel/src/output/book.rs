//! The looks of a run: every face's material, each different one once.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::look::Look;
use super::table::{Table, mix};
use crate::asset::{Asset, Image, material_of_number};
use crate::kernel::{LoadedAsset, Values, Written, written};
use crate::mesh::SHAPE_MATERIAL;
use crate::query;
use crate::state::Material;

/// What materials refer to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sources<'a> {
    /// Sorted by name; asset numbers count these.
    pub(crate) assets: &'a [LoadedAsset],
    /// Where material strings are.
    pub(crate) strings: &'a Values,
    /// Materials written to faces.
    pub(crate) written: &'a [Written],
}

/// Numbers looks in order of first use.
#[derive(Debug, Default)]
pub(crate) struct Book {
    table: Table,
    materials: Vec<Rc<Material>>,
    /// Materials met lately with their numbers, the last one last.
    recent: Vec<(Rc<Material>, u32)>,
    /// Look by number of the shape's material, for faces without a material of their own; `u32::MAX` is not known yet.
    shape_looks: Vec<u32>,
    /// Look by number of the shape's material and the face's entry.
    model_looks: BTreeMap<(u32, u32), u32>,
    known: BTreeMap<String, u32>,
    /// The looks.
    pub(crate) looks: Vec<Look>,
    /// Whether images must be at hand.
    at_hand: bool,
    /// Images that are not at hand although they must be.
    pub(crate) missing: BTreeSet<String>,
}

/// Materials that a new one is compared with before it is looked up.
const RECENT: usize = 8;

impl Book {
    /// An empty book; with `at_hand`, looks go without images that no asset provides.
    pub(crate) fn new(at_hand: bool) -> Self {
        Self {
            at_hand,
            ..Self::default()
        }
    }

    /// The number of a shape's material; equal ones have equal numbers.
    pub(crate) fn material(&mut self, material: &Rc<Material>) -> u32 {
        let known = |(other, _): &(Rc<Material>, u32)| Rc::ptr_eq(other, material);
        if let Some((_, number)) = self.recent.iter().rev().find(|known_one| known(known_one)) {
            return *number;
        }
        let known = &self.materials;
        let number = self.table.number(hash_material(material), |number| {
            same_material(&known[number as usize], material)
        });
        if number as usize == self.materials.len() {
            self.materials.push(Rc::clone(material));
            self.shape_looks.push(u32::MAX);
        }
        if self.recent.len() == RECENT {
            self.recent.remove(0);
        }
        self.recent.push((Rc::clone(material), number));
        number
    }

    /// The number of the look of a face with this entry in `Mesh::materials`, on a shape with this material.
    pub(crate) fn look(&mut self, sources: Sources<'_>, material: u32, face_material: u32) -> u32 {
        let known = if face_material == SHAPE_MATERIAL {
            Some(self.shape_looks[material as usize]).filter(|&look| look != u32::MAX)
        } else {
            let key = (material, face_material);
            self.model_looks.get(&key).copied()
        };
        if let Some(number) = known {
            return number;
        }
        let shape_material = &self.materials[material as usize];
        let written = written(sources.written, face_material);
        let overridden = written.map(|written| written.material.overridden(shape_material));
        let shape_material = overridden.as_ref().unwrap_or(shape_material);
        let own = written.map_or(face_material, |written| written.own);
        let mut look =
            match material_of_number(sources.assets.iter().map(|loaded| &*loaded.asset), own) {
                Some(own) => Look::of_model(
                    own,
                    image(sources.assets, &own.color_map),
                    shape_material,
                    sources.strings,
                ),
                None => Look::of_shape(shape_material, sources.strings),
            };
        for map in look.maps.iter_mut().flatten() {
            if let Some(place) = query::find(sources.assets, |loaded| &loaded.name, &map.image) {
                map.image.clone_from(&sources.assets[place].name);
            }
        }
        if self.at_hand {
            self.drop_missing(sources.assets, &mut look);
        }
        let next = u32::try_from(self.looks.len()).expect("limits keep looks far below 2^32");
        let number = *self.known.entry(look.key()).or_insert(next);
        if number == next {
            self.looks.push(look);
        }
        if face_material == SHAPE_MATERIAL {
            self.shape_looks[material as usize] = number;
        } else {
            self.model_looks.insert((material, face_material), number);
        }
        number
    }

    fn drop_missing(&mut self, assets: &[LoadedAsset], look: &mut Look) {
        for map in &mut look.maps {
            if let Some(missing) = map.take_if(|map| image(assets, &map.image).is_none()) {
                self.missing.insert(missing.image);
            }
        }
    }
}

/// An image by its name as an asset.
pub(crate) fn image<'a>(assets: &'a [LoadedAsset], name: &str) -> Option<&'a Image> {
    let place = assets
        .binary_search_by(|loaded| loaded.name.as_str().cmp(name))
        .ok()?;
    match &*assets[place].asset {
        Asset::Image(image) => Some(image),
        Asset::Model(_) | Asset::Text(_) | Asset::Table(_) => None,
    }
}

/// A hash of a material; equal ones have equal hashes.
pub(crate) fn hash_material(material: &Material) -> u64 {
    let numbers = material.numbers.iter().map(|number| number.to_bits());
    let strings = material.strings.iter().map(|id| u64::from(id.0));
    numbers.chain(strings).fold(0, mix)
}

/// Equal to the bit.
pub(crate) fn same_material(a: &Material, b: &Material) -> bool {
    std::ptr::eq(a, b)
        || a.numbers_set == b.numbers_set
            && a.strings_set == b.strings_set
            && a.strings == b.strings
            && a.numbers
                .iter()
                .map(|number| number.to_bits())
                .eq(b.numbers.iter().map(|number| number.to_bits()))
}
