//! Union, difference and intersection of meshes.
//!
//! Closed parts are solids, open ones surfaces that solids cut; surfaces in one plane are combined as polygons. Points,
//! edges and planes closer than a hundred millionth of the operands' size touch. Steps, after Q. Zhou and others,
//! *Mesh Arrangements for Solid Geometry* (2016), with snapping instead of exact coordinates and polygons instead of
//! triangles:
//!
//! 1. `facets`: points are welded, faces become planar facets, closed parts are found.
//! 2. `contacts`: vertices and edges of one operand that touch or pierce edges and facets of the other get common points.
//! 3. `segments`: common points of two facets are joined to segments that both facets get.
//! 4. `arrangement`: segments cut facets into regions.
//! 5. `classify`, `inside`: regions inside and outside the other operand, or on it, are kept or dropped.
//! 6. `assemble`, `corners`: kept regions of a face are merged to as few polygons as they can be; faces that were not cut stay as
//!    they were. `mend` closes cracks that operands leave which touch themselves.
//!
//! Where things do not fit together (operands that cross themselves, slivers) a face is kept or dropped as a whole.

mod arrangement;
mod assemble;
mod classify;
mod contacts;
mod corners;
mod facets;
mod inside;
mod lists;
mod mend;
mod relate;
mod segments;
mod tags;
pub(crate) mod unite;

#[cfg(test)]
mod tests;

pub use self::relate::{Relation, relate};

use self::assemble::Assembly;
use self::classify::Region;
use self::contacts::Contacts;
use self::facets::Soup;
use self::lists::make_set;
use self::segments::Segments;
use super::Mesh;

/// What is made of two meshes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boolean {
    /// What is in either.
    Union,
    /// What is in A and not in B.
    Subtract,
    /// What is in both.
    Intersect,
}

/// One of the two meshes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// The first.
    A,
    /// The second.
    B,
}

/// The face that a face of the result is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The mesh.
    pub operand: Operand,
    /// The face there.
    pub face: u32,
    /// Whether the other operand lies on it too, wholly or in part.
    pub shared: bool,
}

/// The result of a boolean operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Combined {
    /// Faces of A in their order, then those of B, turned over if B was subtracted. Of several parts of one face the
    /// one with the first point comes first.
    pub mesh: Mesh,
    /// For each face where it comes from.
    pub sources: Vec<Source>,
    /// The corners whose edges lie on both operands, in order.
    pub cut_edges: Vec<u32>,
}

/// Combines two meshes in the same coordinates. Faces are kept as they are where nothing cuts them; of faces that lie on
/// each other those of A stay, in a union of surfaces cut along the edges of both. Any input gives a sound mesh; two closed ones give a closed one.
pub fn combine(a: &Mesh, b: &Mesh, operation: Boolean) -> Combined {
    let (mut best, mut cracks) = attempt([a, b], operation, 1.0);
    // Details as small as the tolerance may confuse it: they are seen with another, or not at all.
    for factor in [32.0, 1.0 / 32.0, 1024.0] {
        if cracks == 0 {
            break;
        }
        let (other, its_cracks) = attempt([a, b], operation, factor);
        if its_cracks < cracks {
            (best, cracks) = (other, its_cracks);
        }
    }
    best.inherit_tags([a, b]);
    best
}

/// The result with a multiple of the usual tolerance, and how many edges of a solid are left open.
fn attempt(meshes: [&Mesh; 2], operation: Boolean, factor: f64) -> (Combined, usize) {
    let mut soup = Soup::new(meshes, factor);
    let candidates = soup.candidates();
    let contacts = Contacts::find(&mut soup, &candidates);
    let mut segments = Segments::find(&soup, &contacts, &candidates);
    let regions = regions(&mut soup, &mut segments);
    let kept = classify::kept(&soup, &regions, &candidates, &segments.cut, operation);
    let assembly = Assembly {
        meshes,
        soup: &soup,
        contacts: &contacts,
        cut: &segments.cut,
        operation,
    };
    assembly.result(&regions, &kept)
}

/// The regions of all facets, in order.
fn regions(soup: &mut Soup, segments: &mut Segments) -> Vec<Region> {
    let (mut regions, cut) = (Vec::new(), &mut segments.cut);
    for (facet, loops) in segments.loops.iter().enumerate() {
        let inner = &segments.inner[facet];
        let normal = soup.facets[facet].normal;
        let parts =
            (!inner.is_empty()).then(|| arrangement::regions(soup, loops, inner, normal, cut));
        match parts.flatten() {
            Some(parts) => regions.extend(parts.into_iter().map(|loops| Region { facet, loops })),
            None => regions.push(Region {
                facet,
                loops: loops.clone(),
            }),
        }
    }
    make_set(&mut segments.cut);
    regions
}
