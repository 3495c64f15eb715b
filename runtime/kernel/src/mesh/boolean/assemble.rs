//! The result's faces from the regions kept.

use glam::DVec3;
use smallvec::SmallVec;

use super::arrangement::{Loops, area, outlines};
use super::classify::{Fate, Region};
use super::contacts::{Contacts, distance_to_segment};
use super::corners::{INSIDE, Plane, Spot, with_corners};
use super::facets::{Soup, sides_of};
use super::lists::{Pair, before, has, order_pairs, pair};
use super::{Boolean, Combined, Operand, Source, mend};
use crate::mesh::build::{Builder, NewCorner};
use crate::mesh::clip::first_edge::begin_at_first_edge;
use crate::mesh::{Mesh, flip_ring, index, merge};

/// What the result is made of.
#[derive(Debug)]
pub(super) struct Assembly<'a> {
    pub(super) meshes: [&'a Mesh; 2],
    pub(super) soup: &'a Soup,
    pub(super) contacts: &'a Contacts,
    pub(super) cut: &'a [Pair],
    pub(super) operation: Boolean,
}

/// A face of the result.
#[derive(Debug)]
pub(super) struct Piece {
    /// 0 for A, 1 for B.
    pub(super) operand: usize,
    /// Its face there.
    face: usize,
    /// Part of a closed surface.
    pub(super) closed: bool,
    /// Some of it lies on the other operand.
    shared: bool,
    /// The outline and holes.
    pub(super) rings: Vec<Vec<Spot>>,
}

impl Assembly<'_> {
    /// The result, from the regions and whether each is kept, and the number of its cracks: of edges of closed surfaces
    /// that only one face has, if there are no open surfaces.
    pub(super) fn result(&self, regions: &[Region], kept: &[Fate]) -> (Combined, usize) {
        let mut pieces = Vec::new();
        let key = |region: &Region| {
            let facet = &self.soup.facets[region.facet];
            (facet.operand, facet.face)
        };
        let mut start = 0;
        for of_face in regions.chunk_by(|a, b| key(a) == key(b)) {
            self.add_face(of_face, &kept[start..start + of_face.len()], &mut pieces);
            start += of_face.len();
        }
        self.drop_superfluous(&mut pieces);
        let single = mend::mend(self.soup, &mut pieces);
        self.separate(&mut pieces);
        let solid = self.soup.facets.iter().all(|facet| facet.closed);
        (self.combined(&pieces), if solid { single } else { 0 })
    }

    /// The pieces of a face, from its regions. In a union of surfaces what both have is a piece of its own: the edges of both stay.
    fn add_face(&self, regions: &[Region], fates: &[Fate], pieces: &mut Vec<Piece>) {
        let first = &self.soup.facets[regions[0].facet];
        let parted = self.operation == Boolean::Union
            && !first.closed
            && fates.contains(&Fate::Shared)
            && fates.contains(&Fate::Kept);
        let chosen: &[&[Fate]] = if parted {
            &[&[Fate::Kept], &[Fate::Shared]]
        } else {
            &[&[Fate::Kept, Fate::Shared]]
        };
        for chosen in chosen {
            let kept: Vec<bool> = fates.iter().map(|fate| chosen.contains(fate)).collect();
            let shared = |(fate, kept): (&Fate, &bool)| *kept && *fate == Fate::Shared;
            let shared = fates.iter().zip(&kept).any(shared);
            self.add_pieces(regions, &kept, shared, pieces);
        }
    }

    fn add_pieces(&self, regions: &[Region], kept: &[bool], shared: bool, pieces: &mut Vec<Piece>) {
        if kept.iter().all(|&kept| !kept) {
            return;
        }
        let first = &self.soup.facets[regions[0].facet];
        let (operand, face) = (first.operand, first.face);
        let border = self.border(operand, face);
        let polygons = if kept.iter().all(|&kept| kept) {
            vec![border]
        } else {
            let kept = regions.iter().zip(kept).filter(|(_, kept)| **kept);
            let kept: Vec<&Region> = kept.map(|(region, _)| region).collect();
            let outline =
                self.meshes[operand].corners_of(self.meshes[operand].faces[face] as usize);
            let mut polygons = with_corners(self.merged(&kept), &border);
            for rings in &mut polygons {
                begin_at_first_edge(&mut rings[0], &outline);
            }
            polygons
        };
        let flips = operand == 1 && self.operation == Boolean::Subtract;
        for rings in polygons {
            let rings = rings.into_iter().map(|mut ring| {
                if flips {
                    flip_ring(&mut ring);
                }
                self.spots(&ring)
            });
            pieces.push(Piece {
                operand,
                face,
                closed: first.closed,
                shared,
                rings: rings.collect(),
            });
        }
    }

    fn spots(&self, ring: &[NewCorner]) -> Vec<Spot> {
        let next = ring[1..].iter().chain(&ring[..1]);
        let spot = |(&corner, next): (&NewCorner, &NewCorner)| {
            let side = pair(corner.point, next.point);
            let cut = has(self.cut, side);
            Spot { corner, cut }
        };
        ring.iter().zip(next).map(spot).collect()
    }

    /// The loops of a face as it was, with the points on its edges.
    fn border(&self, operand: usize, face: usize) -> Vec<Vec<NewCorner>> {
        let (mesh, number_of) = (self.meshes[operand], &self.soup.number_of[operand]);
        let mut rings = Vec::new();
        for loop_number in mesh.loops_of(face) {
            let number = |&corner: &usize| number_of[mesh.corners[corner] as usize];
            let mut corners: Vec<usize> = mesh.corners_of(loop_number).collect();
            corners.dedup_by_key(|corner| number(corner));
            while corners.len() > 1 && number(&corners[0]) == number(&corners[corners.len() - 1]) {
                corners.pop();
            }
            if corners.len() < 3 {
                continue;
            }
            let mut ring = Vec::with_capacity(corners.len());
            let next = corners[1..].iter().chain(&corners[..1]);
            for (from, to) in corners.iter().zip(next) {
                ring.push(NewCorner::kept(number(from), *from));
                self.add_between([*from, *to], [number(from), number(to)], &mut ring);
            }
            rings.push(ring);
        }
        rings
    }

    /// Adds the points on an edge, given by corners and points.
    fn add_between(&self, [from, to]: [usize; 2], [a, b]: [u32; 2], ring: &mut Vec<NewCorner>) {
        let edge = before(&self.soup.edges, pair(a, b));
        if !has(&self.soup.edges, pair(a, b)) {
            return;
        }
        let points = &self.contacts.on_edge[edge];
        let (start, along) = (self.soup.at(a), self.soup.at(b) - self.soup.at(a));
        for k in 0..points.len() {
            let point = points[if a < b { k } else { points.len() - 1 - k }];
            let t = (self.soup.at(point) - start).dot(along) / along.length_squared();
            ring.push(NewCorner {
                point,
                from: index(from),
                to: index(to),
                t: t.clamp(1e-15, 1.0),
                moved: false,
            });
        }
    }

    /// Regions of one face as few polygons.
    fn merged(&self, regions: &[&Region]) -> Vec<Loops> {
        let facet = |region: &Region| &self.soup.facets[region.facet];
        let total: DVec3 = regions
            .iter()
            .map(|region| {
                facet(region).normal * area(self.soup, &region.loops, facet(region).normal).abs()
            })
            .sum();
        let normal = total.normalize_or(facet(regions[0]).normal);
        let mut edges: Vec<Pair> = Vec::new();
        for region in regions {
            edges.extend(sides_of(&region.loops));
        }
        order_pairs(&mut edges);
        let single: Vec<Pair> = edges
            .iter()
            .filter(|&&(a, b)| !has(&edges, (b, a)))
            .copied()
            .collect();
        let areas = regions
            .iter()
            .map(|region| area(self.soup, &region.loops, normal));
        let merged = outlines(self.soup, single, normal, areas.sum());
        merged.unwrap_or_else(|| regions.iter().map(|region| region.loops.clone()).collect())
    }

    /// Drops points put on edges that turned out to separate nothing: all corners there are new and on the straight line
    /// between the same two neighbours.
    fn drop_superfluous(&self, pieces: &mut [Piece]) {
        const NEEDED: Pair = (0, 0);
        const UNSEEN: Pair = (1, 1);
        let mut neighbours = vec![UNSEEN; self.soup.points.len()];
        for ring in pieces.iter().flat_map(|piece| &piece.rings) {
            for k in 0..ring.len() {
                let point = |k: usize| ring[k % ring.len()].corner.point;
                let (before, at, after) = (point(k + ring.len() - 1), point(k), point(k + 1));
                let places = [at, before, after].map(|p| self.soup.at(p));
                let [place, from, to] = places;
                let sides = pair(before, after);
                let known = &mut neighbours[at as usize];
                if ring[k].is_old()
                    || (*known != UNSEEN && *known != sides)
                    || distance_to_segment(place, from, to) > self.soup.eps
                {
                    *known = NEEDED;
                } else {
                    *known = sides;
                }
            }
        }
        let needed = |spot: &Spot| neighbours[spot.corner.point as usize] == NEEDED;
        for ring in pieces.iter_mut().flat_map(|piece| &mut piece.rings) {
            if ring.iter().filter(|spot| needed(spot)).count() >= 3 {
                ring.retain(needed);
            }
        }
    }

    /// Points off the other operand are again as they were: welding is for the cut alone.
    fn separate(&self, pieces: &mut [Piece]) {
        let mut common = vec![false; self.soup.points.len()];
        for &(a, b) in self.cut {
            common[a as usize] = true;
            common[b as usize] = true;
        }
        let rings = pieces.iter().flat_map(|piece| &piece.rings);
        for spot in rings.flatten().filter(|spot| !spot.is_old()) {
            common[spot.corner.point as usize] = true;
        }
        for piece in pieces {
            let first = if piece.operand == 0 {
                0
            } else {
                index(self.meshes[0].points.len())
            };
            let corners = &self.meshes[piece.operand].corners;
            for spot in piece.rings.iter_mut().flatten() {
                if !common[spot.corner.point as usize] {
                    spot.corner.point = first + corners[spot.corner.from as usize];
                }
            }
        }
    }

    fn combined(&self, pieces: &[Piece]) -> Combined {
        let parts = pieces.partition_point(|piece| piece.operand == 0);
        let (of_a, of_b) = pieces.split_at(parts);
        let (mut mesh, mut other) = (self.built(0, of_a), self.built(1, of_b));
        if self.operation == Boolean::Subtract {
            for normal in &mut other.normals {
                *normal = -*normal;
            }
        }
        if other.face_count() > 0 {
            if mesh.normals.is_empty() != other.normals.is_empty() {
                for one in [&mut mesh, &mut other] {
                    if one.normals.is_empty() {
                        one.normals = merge::face_normals(one, 0..one.face_count());
                    }
                }
            }
            // Point numbers are common to both.
            let points = std::mem::take(&mut mesh.points);
            other.points.clear();
            merge::append(&mut mesh, &other);
            mesh.points = points;
        }
        mesh.drop_unused_points();
        if mesh.face_count() == 0 {
            mesh = Mesh::default();
        }
        let spots = pieces.iter().flat_map(|piece| piece.rings.iter().flatten());
        let cut = spots.enumerate().filter(|(_, spot)| spot.cut);
        let source = |piece: &Piece| Source {
            operand: if piece.operand == 0 {
                Operand::A
            } else {
                Operand::B
            },
            face: index(piece.face),
            shared: piece.shared,
        };
        let cut_edges: Vec<u32> = cut.map(|(corner, _)| index(corner)).collect();
        Combined {
            mesh,
            cut_edges,
            sources: pieces.iter().map(source).collect(),
        }
    }

    /// The pieces of one operand as a mesh with all points.
    fn built(&self, operand: usize, pieces: &[Piece]) -> Mesh {
        let source = self.meshes[operand];
        let mut builder = Builder::empty(source);
        builder.mesh.points = SmallVec::from_slice(&self.soup.points);
        for piece in pieces {
            let mut plane = None;
            for ring in &piece.rings {
                for spot in ring {
                    if spot.corner.from != INSIDE {
                        builder.add_corner(spot.corner);
                        continue;
                    }
                    let plane = plane.get_or_insert_with(|| Plane::new(source, piece.face));
                    builder.add_corner(NewCorner::moved(spot.corner.point, plane.corners[0]));
                    plane.set_last(&mut builder.mesh, source);
                }
                builder.end_loop();
            }
            builder.end_face(piece.face);
        }
        builder.mesh
    }
}
