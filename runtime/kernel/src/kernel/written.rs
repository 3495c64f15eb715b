//! Materials written to faces: where shapes of different materials become one, each face keeps the look it had.
//!
//! Such a face has a number in this table, with [`WRITTEN`] added, in `Mesh::materials`. Attributes that are set on the shape
//! afterwards override what is written, as they do an asset's own material.

use std::rc::Rc;

use crate::mesh::{Mesh, SHAPE_MATERIAL};
use crate::output::{Table, hash_material, mix, same_material};
use crate::state::Material;

/// From this number on `Mesh::materials` are written ones; [`SHAPE_MATERIAL`] is none.
pub(crate) const WRITTEN: u32 = 1 << 31;

/// A material written to faces.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    /// What the shape had.
    pub(crate) material: Rc<Material>,
    /// What the face had: an asset's own material, or [`SHAPE_MATERIAL`].
    pub(crate) own: u32,
}

/// All materials written in a run, each once.
#[derive(Debug, Default)]
pub(crate) struct WrittenMaterials {
    table: Table,
    /// By number.
    pub(crate) list: Vec<Written>,
}

impl WrittenMaterials {
    /// Writes the material of a shape to all faces of its mesh.
    pub(crate) fn write(&mut self, material: &Rc<Material>, mesh: &mut Mesh) {
        let mut last = None;
        for own in &mut mesh.materials {
            let number = match last {
                Some((before, number)) if before == *own => number,
                _ => self.number(material, *own),
            };
            last = Some((*own, number));
            *own = number;
        }
    }

    /// The number of a face's material, as meshes store it.
    fn number(&mut self, material: &Rc<Material>, own: u32) -> u32 {
        let (material, own) = match written(&self.list, own) {
            None => (Rc::clone(material), own),
            Some(before) => (Rc::new(before.material.overridden(material)), before.own),
        };
        let hash = mix(hash_material(&material), own.into());
        let list = &self.list;
        let number = self.table.number(hash, |number| {
            let known = &list[number as usize];
            known.own == own && same_material(&known.material, &material)
        });
        if number as usize == self.list.len() {
            self.list.push(Written { material, own });
        }
        WRITTEN + number
    }
}

/// The entry that a face's material number names, if it is a written one.
pub(crate) fn written(list: &[Written], number: u32) -> Option<&Written> {
    if number == SHAPE_MATERIAL {
        return None;
    }
    list.get(number.checked_sub(WRITTEN)? as usize)
}
