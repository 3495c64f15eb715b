//! What is kept of a finished initial shape, so that a thousand buildings fit in memory.
//!
//! A leaf of its own costs over a kilobyte, most of it not geometry. Once an initial shape is done no rule asks for its
//! leaves any more: only place, geometry and look are kept. Meshes with the same look become one in the world, equal
//! materials become one.

use std::rc::Rc;

use glam::DAffine3;

use super::Leaf;
use crate::Kernel;
use crate::mesh::{Mesh, merge};
use crate::output::FARTHEST;
use crate::shape::Geometry;
use crate::state::Material;

/// Materials that a new one is compared with.
const RECENT_MATERIALS: usize = 16;

/// Leaves of an initial shape that is done.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) geometry: Geometry,
    pub(super) world_from_geometry: DAffine3,
    pub(super) material: Rc<Material>,
    /// Number of the initial shape.
    pub(super) initial: u32,
}

/// The leaves of all initial shapes that are done.
#[derive(Debug, Default)]
pub(super) struct Compacted {
    pub(super) kept: Vec<Kept>,
    /// How many leaves they were.
    leaves: u64,
    /// Materials met lately, the last one last.
    materials: Vec<Rc<Material>>,
}

impl Compacted {
    fn keep(&mut self, leaf: Leaf, geometry: Geometry, world_from_geometry: DAffine3) {
        let material = self.shared(leaf.material);
        self.kept.push(Kept {
            geometry,
            world_from_geometry,
            material,
            initial: leaf.initial,
        });
    }

    /// A material of those met lately that equals this one, if there is one.
    fn shared(&mut self, material: Rc<Material>) -> Rc<Material> {
        let known = |other: &Rc<Material>| Rc::ptr_eq(other, &material) || **other == *material;
        if let Some(place) = self.materials.iter().rposition(known) {
            return Rc::clone(&self.materials[place]);
        }
        if self.materials.len() == RECENT_MATERIALS {
            self.materials.remove(0);
        }
        self.materials.push(Rc::clone(&material));
        material
    }
}

impl Kernel {
    /// Leaves made so far, those put together counted one by one.
    pub(super) fn leaf_count(&self) -> u64 {
        self.leaves.len() as u64 + self.compacted.leaves
    }

    /// Keeps of the leaves of the last initial shape what content needs.
    pub(super) fn compact_leaves(&mut self) {
        let leaves = std::mem::take(&mut self.leaves);
        self.compacted.leaves += leaves.len() as u64;
        let mut open: Vec<(Leaf, Mesh)> = Vec::new();
        for leaf in leaves {
            let map = leaf.shape.world_from_geometry;
            let Geometry::Mesh(mesh) = &leaf.shape.geometry else {
                let geometry = leaf.shape.geometry.clone();
                self.compacted.keep(leaf, geometry, map);
                continue;
            };
            let mesh = mesh.transformed(&map);
            if !mesh
                .points
                .iter()
                .all(|point| point.abs().max_element() < FARTHEST)
            {
                // The writer leaves it out, and only it.
                let geometry = Geometry::Mesh(Rc::new(mesh));
                self.compacted.keep(leaf, geometry, DAffine3::IDENTITY);
                continue;
            }
            match open
                .iter_mut()
                .rev()
                .find(|(other, sum)| alike(&leaf, &mesh, other, sum))
            {
                Some((_, sum)) => merge::append(sum, &mesh),
                None => open.push((leaf, mesh)),
            }
        }
        for (leaf, mesh) in open {
            let geometry = Geometry::Mesh(Rc::new(mesh));
            self.compacted.keep(leaf, geometry, DAffine3::IDENTITY);
        }
    }
}

/// Whether a leaf may join others without a change of its look: material, sets of texture coordinates, kind of normals.
fn alike(leaf: &Leaf, mesh: &Mesh, other: &Leaf, sum: &Mesh) -> bool {
    let same_sets = mesh
        .uv_sets
        .iter()
        .map(|uvs| uvs.set)
        .eq(sum.uv_sets.iter().map(|uvs| uvs.set));
    let materials = Rc::ptr_eq(&leaf.material, &other.material) || leaf.material == other.material;
    materials && mesh.normals.is_empty() == sum.normals.is_empty() && same_sets
}
