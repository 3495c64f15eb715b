//! Cutting polygons with holes by the zero line of a linear field.
//!
//! Each face is walked along its loops; runs of corners on the kept side become chains that end on the cutting line.
//! Along the line the polygon's inside alternates, so the k-th chain that leaves is joined to the k-th that enters.
//! Corners on the line are told apart by the slopes of their chains, as if the line were moved inwards by a hair.

use std::collections::BTreeMap;

use glam::{DVec2, DVec3};

use super::Mesh;
use super::build::{Builder, NewCorner};

/// What is left of a mesh after a cut.
#[derive(Debug)]
pub(crate) struct Clipped {
    /// The kept part.
    pub(crate) mesh: Mesh,
    /// For each of its faces the face it comes from.
    pub(crate) sources: Vec<u32>,
}

/// Keeps the part of each face where the field is positive. `values` is the field at each corner, already snapped: 0
/// means on the line. Faces that lie in the zero set are kept when `keep_flat` says so. New points on edges are
/// shared between faces whose fields agree.
pub(crate) fn clip(mesh: &Mesh, values: &[f64], keep_flat: impl Fn(usize) -> bool) -> Clipped {
    let mut clipper = Clipper {
        mesh,
        values,
        builder: Builder::with_points(mesh),
        new_points: BTreeMap::new(),
    };
    let mut sources = Vec::new();
    for face in 0..mesh.face_count() {
        let range = mesh.face_corners(face);
        let positive = values[range.clone()].iter().any(|&v| v > 0.0);
        let negative = values[range].iter().any(|&v| v < 0.0);
        if !negative && (positive || keep_flat(face)) {
            clipper.builder.copy_face(face, |point| point);
        } else if positive {
            clipper.cut_face(face);
        }
        sources.resize(clipper.builder.mesh.face_count(), super::index(face));
    }
    Clipped {
        mesh: clipper.builder.finish(),
        sources,
    }
}

struct Clipper<'a> {
    mesh: &'a Mesh,
    values: &'a [f64],
    builder: Builder<'a>,
    /// Points on edges, by the edge's points (smaller first) and the fraction's bits.
    new_points: BTreeMap<(u32, u32, u64), u32>,
}

/// A run of kept corners with its ends on the line.
struct Chain {
    corners: Vec<NewCorner>,
    entry: End,
    exit: End,
}

/// Where a chain meets the line, and which way it leaves it.
struct End {
    position: f64,
    slope: f64,
}

impl Clipper<'_> {
    fn cut_face(&mut self, face: usize) {
        let direction = self.line_direction(face);
        let mut chains: Vec<Chain> = Vec::new();
        let mut whole_loops: Vec<Vec<NewCorner>> = Vec::new();
        for loop_number in self.mesh.loops_of(face) {
            let corners: Vec<usize> = self.mesh.corners_of(loop_number).collect();
            if corners.iter().all(|&c| self.values[c] > 0.0) {
                let kept = |&c: &usize| NewCorner::kept(self.mesh.corners[c], c);
                whole_loops.push(corners.iter().map(kept).collect());
            } else {
                self.add_chains(&corners, direction, &mut chains);
            }
        }
        let on_line = self.corners_on_line(face, direction);
        let rings = join_chains(&chains, &on_line);
        let normal = self.mesh.normal(face);
        for faces in self.with_holes(rings, whole_loops, normal) {
            self.builder.add_face(face, &faces);
        }
    }

    /// The direction along the line that has the kept side on its left: `-normal × gradient`, from the integral of the
    /// field along the boundary (Stokes).
    fn line_direction(&self, face: usize) -> DVec3 {
        let mut sum = DVec3::ZERO;
        for loop_number in self.mesh.loops_of(face) {
            let range = self.mesh.corners_of(loop_number);
            for corner in range.clone() {
                let next = if corner + 1 == range.end {
                    range.start
                } else {
                    corner + 1
                };
                let along = self.position(next) - self.position(corner);
                sum -= along * (0.5 * (self.values[corner] + self.values[next]));
            }
        }
        sum.normalize_or_zero()
    }

    fn position(&self, corner: usize) -> DVec3 {
        self.mesh.point(self.mesh.corners[corner])
    }

    /// The chains of one loop, given as corner numbers.
    fn add_chains(&mut self, corners: &[usize], direction: DVec3, chains: &mut Vec<Chain>) {
        let count = corners.len();
        let value = |k: usize| self.values[corners[k % count]];
        let starts: Vec<usize> = (0..count)
            .filter(|&k| value(k) <= 0.0 && value(k + 1) > 0.0)
            .collect();
        for start in starts {
            let mut end = start + 1;
            while self.values[corners[(end + 1) % count]] > 0.0 {
                end += 1;
            }
            let at = |k: usize| corners[k % count];
            let entry = self.crossing(at(start), at(start + 1));
            let exit = self.crossing(at(end + 1), at(end));
            let mut run = vec![entry];
            run.extend((start + 1..=end).map(|k| NewCorner::kept(self.mesh.corners[at(k)], at(k))));
            run.push(exit);
            chains.push(Chain {
                corners: run,
                entry: self.end(entry, at(start + 1), direction),
                exit: self.end(exit, at(end), direction),
            });
        }
    }

    /// The corners of a face that lie on the line, in order along it.
    fn corners_on_line(&self, face: usize, direction: DVec3) -> Vec<(f64, NewCorner)> {
        let corners = self
            .mesh
            .face_corners(face)
            .filter(|&c| self.values[c] == 0.0);
        let place = |c: usize| {
            (
                self.position(c).dot(direction),
                NewCorner::kept(self.mesh.corners[c], c),
            )
        };
        let mut on_line: Vec<(f64, NewCorner)> = corners.map(place).collect();
        on_line.sort_by(|a, b| a.0.total_cmp(&b.0));
        on_line
    }

    fn end(&self, corner: NewCorner, inside: usize, direction: DVec3) -> End {
        let place = self.builder.mesh.point(corner.point);
        let slope = (self.position(inside) - place).dot(direction) / self.values[inside];
        End {
            position: place.dot(direction),
            slope,
        }
    }

    /// The corner where the edge between an outer corner (value not positive) and an inner one meets the line.
    fn crossing(&mut self, outer: usize, inner: usize) -> NewCorner {
        let (outer_point, inner_point) = (self.mesh.corners[outer], self.mesh.corners[inner]);
        if self.values[outer] == 0.0 {
            return NewCorner::kept(outer_point, outer);
        }
        let swapped = outer_point > inner_point;
        let (from, to) = if swapped {
            (inner, outer)
        } else {
            (outer, inner)
        };
        let t = self.values[from] / (self.values[from] - self.values[to]);
        let key = (
            outer_point.min(inner_point),
            outer_point.max(inner_point),
            t.to_bits(),
        );
        let (a, b) = (self.position(from), self.position(to));
        let builder = &mut self.builder.mesh;
        let point = *self
            .new_points
            .entry(key)
            .or_insert_with(|| builder.add_point(a + (b - a) * t));
        NewCorner {
            point,
            from: super::index(from),
            to: super::index(to),
            t,
        }
    }

    /// Gives each hole to the ring around it.
    fn with_holes(
        &self,
        rings: Vec<Vec<NewCorner>>,
        holes: Vec<Vec<NewCorner>>,
        normal: DVec3,
    ) -> Vec<Vec<Vec<NewCorner>>> {
        let mut faces: Vec<Vec<Vec<NewCorner>>> =
            rings.into_iter().map(|ring| vec![ring]).collect();
        let flat = |corner: &NewCorner| project(self.builder.mesh.point(corner.point), normal);
        for hole in holes {
            let inside = flat(&hole[0]);
            let holder = faces.iter().position(|face| {
                faces.len() == 1
                    || crate::polygon::contains(
                        &face[0].iter().map(flat).collect::<Vec<_>>(),
                        inside,
                    )
            });
            match holder {
                Some(holder) => faces[holder].push(hole),
                None if faces.is_empty() => faces.push(vec![hole]),
                None => {}
            }
        }
        faces
    }
}

/// Follows chains and the line between them to closed rings. Corners on that line stay corners, so that neighbouring
/// faces keep meeting point to point.
fn join_chains(chains: &[Chain], on_line: &[(f64, NewCorner)]) -> Vec<Vec<NewCorner>> {
    let order = |of: fn(&Chain) -> &End| {
        let mut order: Vec<usize> = (0..chains.len()).collect();
        order.sort_by(|&a, &b| {
            let (a, b) = (of(&chains[a]), of(&chains[b]));
            a.position
                .total_cmp(&b.position)
                .then(a.slope.total_cmp(&b.slope))
        });
        order
    };
    let (exits, entries) = (order(|chain| &chain.exit), order(|chain| &chain.entry));
    let mut follower = vec![0; chains.len()];
    for (&exit, &entry) in exits.iter().zip(&entries) {
        follower[exit] = entry;
    }
    let mut rings = Vec::new();
    let mut used = vec![false; chains.len()];
    for start in 0..chains.len() {
        let mut ring: Vec<NewCorner> = Vec::new();
        let mut at = start;
        while !used[at] {
            used[at] = true;
            ring.extend(&chains[at].corners);
            let (exit, entry) = (
                chains[at].exit.position,
                chains[follower[at]].entry.position,
            );
            let between = on_line
                .iter()
                .filter(|(position, _)| exit < *position && *position < entry);
            ring.extend(between.map(|(_, corner)| corner));
            at = follower[at];
        }
        ring.dedup_by_key(|corner| corner.point);
        while ring.len() > 1 && ring[0].point == ring[ring.len() - 1].point {
            ring.pop();
        }
        if ring.len() >= 3 {
            rings.push(ring);
        }
    }
    rings
}

/// Drops the coordinate along the largest component of the normal: areas keep their sign.
pub(crate) fn project(point: DVec3, normal: DVec3) -> DVec2 {
    let size = normal.abs();
    if size.x >= size.y && size.x >= size.z {
        DVec2::new(point.y, point.z) * DVec2::new(normal.x.signum(), 1.0)
    } else if size.y >= size.z {
        DVec2::new(point.z, point.x) * DVec2::new(normal.y.signum(), 1.0)
    } else {
        DVec2::new(point.x, point.y) * DVec2::new(normal.z.signum(), 1.0)
    }
}
