//! The looks of a run: every face's material, each different one once.

use std::collections::{BTreeMap, BTreeSet};

use super::look::Look;
use super::table::{Table, mix};
use crate::asset::{Asset, Image, ModelMaterial, first_materials};
use crate::kernel::{LoadedAsset, Values};
use crate::mesh::SHAPE_MATERIAL;
use crate::state::Material;

/// Numbers looks in order of first use.
pub(crate) struct Book<'a> {
    assets: &'a [LoadedAsset],
    first_materials: Vec<u32>,
    strings: &'a Values,
    table: Table,
    materials: Vec<&'a Material>,
    /// Look by number of the shape's material and the face's entry.
    resolved: BTreeMap<(u32, u32), u32>,
    known: BTreeMap<String, u32>,
    /// The looks.
    pub(crate) looks: Vec<Look>,
    /// Whether images must be at hand.
    at_hand: bool,
    /// Images that are not at hand although they must be.
    pub(crate) missing: BTreeSet<String>,
}

impl<'a> Book<'a> {
    /// An empty book; with `at_hand`, looks go without images that no asset provides.
    pub(crate) fn new(assets: &'a [LoadedAsset], strings: &'a Values, at_hand: bool) -> Self {
        Self {
            assets,
            first_materials: first_materials(assets.iter().map(|loaded| &*loaded.asset)),
            strings,
            table: Table::default(),
            materials: Vec::new(),
            resolved: BTreeMap::new(),
            known: BTreeMap::new(),
            looks: Vec::new(),
            at_hand,
            missing: BTreeSet::new(),
        }
    }

    /// The number of an asset's first material in `Mesh::materials`.
    pub(crate) fn first_material(&self, asset: usize) -> u32 {
        self.first_materials[asset]
    }

    /// The number of a shape's material; equal ones have equal numbers.
    pub(crate) fn material(&mut self, material: &'a Material) -> u32 {
        let known = &self.materials;
        let number = self.table.number(hash(material), |number| {
            equal(known[number as usize], material)
        });
        if number as usize == self.materials.len() {
            self.materials.push(material);
        }
        number
    }

    /// The number of the look of a face with this entry in `Mesh::materials`, on a shape with this material.
    pub(crate) fn look(&mut self, material: u32, face_material: u32) -> u32 {
        if let Some(&number) = self.resolved.get(&(material, face_material)) {
            return number;
        }
        let shape_material = self.materials[material as usize];
        let mut look = match self.model_material(face_material) {
            Some(own) => Look::of_model(
                own,
                self.image(&own.color_map),
                shape_material,
                self.strings,
            ),
            None => Look::of_shape(shape_material, self.strings),
        };
        if self.at_hand {
            self.drop_missing(&mut look);
        }
        let next = u32::try_from(self.looks.len()).expect("limits keep looks far below 2^32");
        let number = *self.known.entry(look.key()).or_insert(next);
        if number == next {
            self.looks.push(look);
        }
        self.resolved.insert((material, face_material), number);
        number
    }

    /// An image by its name as an asset.
    pub(crate) fn image(&self, name: &str) -> Option<&'a Image> {
        let place = self
            .assets
            .binary_search_by(|loaded| loaded.name.as_str().cmp(name))
            .ok()?;
        match &*self.assets[place].asset {
            Asset::Image(image) => Some(image),
            Asset::Model(_) => None,
        }
    }

    fn drop_missing(&mut self, look: &mut Look) {
        for map in &mut look.maps {
            if let Some(missing) = map.take_if(|map| self.image(&map.image).is_none()) {
                self.missing.insert(missing.image);
            }
        }
    }

    fn model_material(&self, face_material: u32) -> Option<&'a ModelMaterial> {
        if face_material == SHAPE_MATERIAL {
            return None;
        }
        let asset = self
            .first_materials
            .partition_point(|&first| first <= face_material)
            .checked_sub(1)?;
        match &*self.assets.get(asset)?.asset {
            Asset::Model(model) => model
                .materials
                .get((face_material - self.first_materials[asset]) as usize),
            Asset::Image(_) => None,
        }
    }
}

fn hash(material: &Material) -> u64 {
    let numbers = material.numbers.iter().map(|number| number.to_bits());
    let strings = material.strings.iter().map(|id| u64::from(id.0));
    numbers.chain(strings).fold(0, mix)
}

/// Equal to the bit.
fn equal(a: &Material, b: &Material) -> bool {
    std::ptr::eq(a, b)
        || a.numbers_set == b.numbers_set
            && a.strings_set == b.strings_set
            && a.strings == b.strings
            && a.numbers
                .iter()
                .map(|number| number.to_bits())
                .eq(b.numbers.iter().map(|number| number.to_bits()))
}
