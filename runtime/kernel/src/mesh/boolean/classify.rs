//! Which regions the result keeps.
//!
//! Regions that are joined by edges off the other operand form patches, which lie inside the other operand or outside:
//! a ray from one of them tells. Regions that lie on the other operand's surface are told by its orientation there.

use glam::DVec3;

use super::Boolean;
use super::arrangement::Loops;
use super::facets::{Candidate, Soup, sides_of};
use super::inside::Shells;
use super::lists::{Pair, has, order_pairs, order_sides, pair, run};
#[cfg(test)]
use crate::mesh::Mesh;
use crate::mesh::index;
use crate::mesh::topology::{Sets, members};
use crate::polygon::{Ring, orientation, triangulate};

/// A part of a facet that no segment crosses.
#[derive(Debug)]
pub(super) struct Region {
    /// Its facet.
    pub(super) facet: usize,
    /// Its outline and holes.
    pub(super) loops: Loops,
}

/// What becomes of a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The result lacks it.
    Dropped,
    /// The result has it.
    Kept,
    /// The result has it, for both operands, which lie on each other here.
    Shared,
}

/// Where a region lies with respect to the other operand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Relation {
    /// Outside its closed surfaces.
    Outside,
    /// Inside one of them.
    Inside,
    /// On a facet that looks the same way or the opposite one and is part of a closed surface or not.
    On {
        /// The same way.
        same: bool,
        /// Part of a closed surface.
        closed: bool,
    },
}

/// What becomes of each region.
pub(super) fn kept(
    soup: &Soup,
    regions: &[Region],
    candidates: &[Candidate],
    cut: &[Pair],
    operation: Boolean,
) -> Vec<Fate> {
    let fate = |(region, relation): (&Region, Relation)| {
        let facet = &soup.facets[region.facet];
        let kept = if facet.operand == 0 {
            keeps_of_a(operation, facet.closed, relation)
        } else {
            keeps_of_b(operation, facet.closed, relation)
        };
        match relation {
            _ if !kept => Fate::Dropped,
            Relation::On { .. } => Fate::Shared,
            Relation::Outside | Relation::Inside => Fate::Kept,
        }
    };
    let relations = relations(soup, regions, candidates, cut);
    regions.iter().zip(relations).map(fate).collect()
}

/// For each region where it lies.
pub(super) fn relations(
    soup: &Soup,
    regions: &[Region],
    candidates: &[Candidate],
    cut: &[Pair],
) -> Vec<Relation> {
    let mut relations = contacts(soup, regions, candidates);
    let shells = Shells::new(soup);
    for patch in patches(soup, regions, cut) {
        let free = patch.iter().filter(|&&region| relations[region].is_none());
        let size = |&&region: &&usize| space_area(soup, &regions[region].loops);
        let Some(&largest) = free.max_by(|a, b| size(a).total_cmp(&size(b))) else {
            continue;
        };
        let facet = &soup.facets[regions[largest].facet];
        let place = sample(soup, &regions[largest]);
        let relation = if shells.contain(1 - facet.operand, place, facet.normal) {
            Relation::Inside
        } else {
            Relation::Outside
        };
        for region in patch {
            relations[region].get_or_insert(relation);
        }
    }
    let known = |relation: Option<Relation>| relation.unwrap_or(Relation::Outside);
    relations.into_iter().map(known).collect()
}

/// A region of A; where both operands have one, it stands for both.
fn keeps_of_a(operation: Boolean, closed: bool, relation: Relation) -> bool {
    match relation {
        Relation::Outside => operation != Boolean::Intersect,
        Relation::Inside => operation == Boolean::Intersect,
        Relation::On { same, closed: true } => same == (operation != Boolean::Subtract),
        // A surface takes nothing from a solid.
        Relation::On {
            same,
            closed: false,
        } if closed => operation != Boolean::Intersect || same,
        Relation::On { closed: false, .. } => operation != Boolean::Subtract,
    }
}

fn keeps_of_b(operation: Boolean, closed: bool, relation: Relation) -> bool {
    match relation {
        Relation::Outside => operation == Boolean::Union,
        Relation::Inside => {
            operation == Boolean::Intersect || (operation == Boolean::Subtract && closed)
        }
        // A solid stays closed although the surface on it, looking the other way, is dropped.
        Relation::On { same, closed: of_a } => {
            closed && !of_a && !same && operation == Boolean::Union
        }
    }
}

/// The relations of regions that lie on facets of the other operand.
fn contacts(soup: &Soup, regions: &[Region], candidates: &[Candidate]) -> Vec<Option<Relation>> {
    let mut coplanar: Vec<Pair> = Vec::new();
    for candidate in candidates.iter().filter(|candidate| candidate.coplanar) {
        let (a, b) = (index(candidate.a), index(candidate.b));
        coplanar.extend([(a, b), (b, a)]);
    }
    order_pairs(&mut coplanar);
    let relation = |region: &Region| {
        let others = &coplanar[run(&coplanar, index(region.facet))];
        let normal = soup.facets[region.facet].normal;
        let (mut place, mut on_open, mut on_closed, mut sum) = (None, None, false, 0);
        for &(_, other) in others {
            let other = &soup.facets[other as usize];
            if !soup.inside(other, *place.get_or_insert_with(|| sample(soup, region))) {
                continue;
            }
            let same = normal.dot(other.normal) > 0.0;
            if other.closed {
                on_closed = true;
                sum += if same { 1 } else { -1 };
            } else {
                on_open.get_or_insert(same);
            }
        }
        match (on_closed, sum) {
            (false, _) => on_open.map(|same| Relation::On {
                same,
                closed: false,
            }),
            // Two solids of the other operand touch here: this is inside both together.
            (true, 0) => Some(Relation::Inside),
            (true, _) => Some(Relation::On {
                same: sum > 0,
                closed: true,
            }),
        }
    };
    regions.iter().map(relation).collect()
}

/// Regions of an operand that are joined by edges off the other one.
fn patches(soup: &Soup, regions: &[Region], cut: &[Pair]) -> Vec<Vec<usize>> {
    let mut sides: Vec<(Pair, u32)> = Vec::new();
    for (number, region) in regions.iter().enumerate() {
        for (a, b) in sides_of(&region.loops) {
            sides.push((pair(a, b), index(number)));
        }
    }
    order_sides(&mut sides);
    let mut sets = Sets::new(regions.len());
    let mut last: [Option<(Pair, u32)>; 2] = [None; 2];
    for &(side, region) in &sides {
        let operand = soup.facets[regions[region as usize].facet].operand;
        if let Some((before, other)) = last[operand]
            && before == side
            && !has(cut, side)
        {
            sets.join(other as usize, region as usize);
        }
        last[operand] = Some((side, region));
    }
    members(&sets.numbers())
}

/// A point well inside a region: nearly the middle of its largest triangle, where the other operand's edges might touch
/// the region.
fn sample(soup: &Soup, region: &Region) -> DVec3 {
    let normal = soup.facets[region.facet].normal;
    let flat = |ring: &Vec<u32>| ring.iter().map(|&p| soup.flat(p, normal)).collect();
    let rings: Vec<Ring> = region.loops.iter().map(flat).collect();
    let flat: Vec<_> = rings.iter().flatten().collect();
    let size = |&[a, b, c]: &[u32; 3]| {
        let [a, b, c] = [a, b, c].map(|k| *flat[k as usize]);
        orientation(a, b, c)
    };
    let triangles = triangulate(&rings).into_iter();
    let largest = triangles.max_by(|a, b| size(a).total_cmp(&size(b)));
    let points: Vec<u32> = region.loops.iter().flatten().copied().collect();
    let corners = match largest {
        Some(corners) => corners.map(|k| points[k as usize]),
        None => [points[0], points[1], points[1]],
    };
    let [a, b, c] = corners.map(|p| soup.at(p));
    a + (b - a) * 0.328_451 + (c - a) * 0.351_907
}

/// Twice the area of a region.
pub(super) fn space_area(soup: &Soup, loops: &Loops) -> f64 {
    let origin = soup.at(loops[0][0]);
    let mut sum = DVec3::ZERO;
    for (a, b) in sides_of(loops) {
        sum += (soup.at(a) - origin).cross(soup.at(b) - origin);
    }
    sum.length()
}

/// Whether a mesh has a point inside.
#[cfg(test)]
pub(super) fn contains(mesh: &Mesh, point: DVec3) -> bool {
    Shells::new(&Soup::new([mesh, &Mesh::default()], 1.0)).contain(0, point, DVec3::Y)
}
