//! How a mesh lies to a solid: the steps of a boolean operation without its result.

use std::ops::BitOr;

use glam::DVec3;

use super::classify::{self, Region, space_area};
use super::facets::{Soup, sides_of};
use super::segments::Segments;
use super::{Contacts, regions};
use crate::mesh::Mesh;

/// How a mesh lies to one solid, or to several together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Relation {
    /// It lies partly or wholly inside a solid, or a solid in it.
    pub overlaps: bool,
    /// It overlaps a solid, or they have a contact with an area.
    pub touches: bool,
    /// No part of it is outside of a solid; all of it may be on its surface.
    pub inside: bool,
}

impl Relation {
    /// Everything holds: nothing more is to be learned.
    pub(crate) fn is_complete(self) -> bool {
        self.overlaps && self.touches && self.inside
    }
}

impl BitOr for Relation {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self {
            overlaps: self.overlaps || other.overlaps,
            touches: self.touches || other.touches,
            inside: self.inside || other.inside,
        }
    }
}

/// With more faces than this, planes between a mesh and a solid are not looked for.
const FEW_FACES: usize = 32;

/// How a mesh lies to the closed surfaces of another one in the same coordinates. What is closer than `tolerance` touches,
/// and parts narrower than that do not count.
pub fn relate(mesh: &Mesh, solid: &Mesh, tolerance: f64) -> Relation {
    if is_apart(mesh, solid, tolerance) || is_apart(solid, mesh, tolerance) {
        return Relation::default();
    }
    let mut soup = Soup::with_tolerance([mesh, solid], tolerance);
    let candidates = soup.candidates();
    let contacts = Contacts::find(&mut soup, &candidates);
    let mut segments = Segments::find(&soup, &contacts, &candidates);
    let regions = regions(&mut soup, &mut segments);
    let relations = classify::relations(&soup, &regions, &candidates, &segments.cut);
    let (mut found, mut any, mut outside) = (Relation::default(), false, false);
    for (region, relation) in regions.iter().zip(relations) {
        let facet = &soup.facets[region.facet];
        if is_narrow(&soup, region) {
            continue;
        }
        if facet.operand == 1 {
            found.overlaps |= relation == classify::Relation::Inside;
            continue;
        }
        any = true;
        match relation {
            classify::Relation::Inside => found.overlaps = true,
            // Two solids on the same side of one surface share what is behind it.
            classify::Relation::On { same, closed: true } => {
                found.touches = true;
                found.overlaps |= same && facet.closed;
            }
            classify::Relation::Outside | classify::Relation::On { .. } => outside = true,
        }
    }
    found.touches |= found.overlaps;
    found.inside = any && !outside;
    found
}

/// Whether a gap between planes parallel to a face lies between the meshes.
fn is_apart(mesh: &Mesh, other: &Mesh, tolerance: f64) -> bool {
    if mesh.face_count() > FEW_FACES || other.face_count() > FEW_FACES {
        return false;
    }
    (0..mesh.face_count()).any(|face| {
        let normal = mesh.normal(face);
        let ([low, high], [other_low, other_high]) = (span(mesh, normal), span(other, normal));
        normal != DVec3::ZERO && (other_low > high + tolerance || low > other_high + tolerance)
    })
}

/// From where to where a mesh reaches in a direction.
fn span(mesh: &Mesh, direction: DVec3) -> [f64; 2] {
    let heights = mesh.points.iter().map(|point| point.dot(direction));
    heights.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], height| {
        [low.min(height), high.max(height)]
    })
}

/// Whether a region is so narrow that rounding may have made it.
fn is_narrow(soup: &Soup, region: &Region) -> bool {
    let sides = sides_of(&region.loops).into_iter();
    let around: f64 = sides.map(|(a, b)| soup.at(a).distance(soup.at(b))).sum();
    space_area(soup, &region.loops) <= soup.eps * around
}
