//! Puts the leaves of a finished initial shape together, so that a thousand buildings fit in memory.
//!
//! A leaf of its own costs over a kilobyte, most of it not geometry. Once an initial shape is done nothing asks for its
//! leaves one by one any more: those with the same look become one mesh in the world. Instances stay as they are.

use std::rc::Rc;

use glam::DAffine3;

use super::Leaf;
use crate::Kernel;
use crate::mesh::{Mesh, merge};
use crate::output::FARTHEST;
use crate::shape::Geometry;

/// How far leaves have been put together.
#[derive(Debug, Default)]
pub(super) struct Compacted {
    /// Leaves before this place are done.
    until: usize,
    /// Leaves that went into others.
    merged: u64,
}

impl Kernel {
    /// Leaves made so far, those put together counted one by one.
    pub(super) fn leaf_count(&self) -> u64 {
        self.leaves.len() as u64 + self.compacted.merged
    }

    /// Puts the leaves of the last initial shape together.
    pub(super) fn compact_leaves(&mut self) {
        let leaves = self.leaves.split_off(self.compacted.until);
        let before = leaves.len();
        let mut open: Vec<(Leaf, Mesh)> = Vec::new();
        for leaf in leaves {
            let Geometry::Mesh(mesh) = &leaf.shape.geometry else {
                self.leaves.push(leaf);
                continue;
            };
            let mesh = mesh.transformed(&leaf.shape.world_from_geometry);
            if !mesh
                .points
                .iter()
                .all(|point| point.abs().max_element() < FARTHEST)
            {
                self.leaves.push(leaf); // the writer leaves it out, and only it
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
        for (mut leaf, mesh) in open {
            leaf.shape.geometry = Geometry::Mesh(Rc::new(mesh));
            leaf.shape.world_from_geometry = DAffine3::IDENTITY;
            self.leaves.push(leaf);
        }
        let kept = self.leaves.len() - self.compacted.until;
        self.compacted.merged += (before - kept) as u64;
        self.compacted.until = self.leaves.len();
    }
}

/// Whether a leaf may join others without a change of its look: material, sets of texture coordinates, kind of normals.
fn alike(leaf: &Leaf, mesh: &Mesh, other: &Leaf, sum: &Mesh) -> bool {
    let sets = |mesh: &Mesh| mesh.uv_sets.iter().map(|uvs| uvs.set).collect::<Vec<_>>();
    let materials = Rc::ptr_eq(&leaf.material, &other.material) || leaf.material == other.material;
    materials && mesh.normals.is_empty() == sum.normals.is_empty() && sets(mesh) == sets(sum)
}
