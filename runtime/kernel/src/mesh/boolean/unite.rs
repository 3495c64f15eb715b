//! The union of many meshes.

use super::{Boolean, combine};
use crate::extent::Extent;
use crate::mesh::topology::{Topology, members};
use crate::mesh::{Mesh, merge};

/// Parts of meshes that are to be united: a part is what edges join.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    parts: Vec<Mesh>,
}

impl Parts {
    /// Adds the parts of a mesh; lines are left out.
    pub(crate) fn add(&mut self, mesh: &Mesh) {
        let parts = members(&Topology::new(mesh).parts(mesh.face_count()));
        match parts.as_slice() {
            [] => {}
            [_] => self.parts.push(mesh.clone()),
            _ => self
                .parts
                .extend(parts.iter().map(|faces| mesh.subset(faces))),
        }
    }

    /// Unites neighbours in the list, which halves it; `charge` is told the cost of each union. False when there is one left.
    ///
    /// # Errors
    /// That of `charge`.
    pub(crate) fn unite<E>(
        &mut self,
        mut charge: impl FnMut(usize) -> Result<(), E>,
    ) -> Result<bool, E> {
        let mut united = Vec::with_capacity(self.parts.len().div_ceil(2));
        let mut parts = std::mem::take(&mut self.parts).into_iter();
        while let Some(a) = parts.next() {
            let Some(b) = parts.next() else {
                united.push(a);
                break;
            };
            if are_apart(&a, &b) {
                charge((a.corners.len() + b.corners.len()) / 4)?;
                let mut both = a;
                merge::append(&mut both, &b);
                united.push(both);
            } else {
                charge(cost(&a, &b))?;
                united.push(combine(&a, &b, Boolean::Union).mesh);
            }
        }
        self.parts = united;
        Ok(self.parts.len() > 1)
    }

    /// What is left, which is one mesh after [`Self::unite`] has said so.
    pub(crate) fn into_mesh(self) -> Mesh {
        self.parts.into_iter().next().unwrap_or_default()
    }
}

/// Whether there is a gap between the boxes around two meshes.
fn are_apart(a: &Mesh, b: &Mesh) -> bool {
    let [a, b] = [a, b].map(|mesh| Extent::of(mesh.points.iter().copied()));
    let Some((low, high)) = a.joined(&b).corners() else {
        return true;
    };
    !a.grown(1e-6 * (high - low).length()).meets(&b)
}

/// About how much work it is to combine two meshes, in units of gas.
pub(crate) fn cost(a: &Mesh, b: &Mesh) -> usize {
    let (of_a, of_b) = (a.corners.len(), b.corners.len());
    let pairs = (of_a / 8).saturating_mul(of_b / 8);
    (16 * (of_a + of_b)).saturating_add(pairs)
}
