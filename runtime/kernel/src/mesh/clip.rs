//! Cutting polygons with holes by the zero line of a linear field.
//!
//! Each face is walked along its loops; runs of corners on the kept side become chains that end on the cutting line.
//! Along the line the polygon's inside alternates, so the k-th chain that leaves is joined to the k-th that enters.
//! Corners on the line are told apart by the slopes of their chains, as if the line were moved inwards by a hair.

pub(super) mod first_edge;

use std::collections::BTreeMap;

use glam::{DVec2, DVec3};
use smallvec::{SmallVec, smallvec};

use self::first_edge::begin_at_first_edge;
use super::Mesh;
use super::build::{Builder, NewCorner};
use crate::order::Order as _;

/// What is left of a mesh after a cut.
#[derive(Debug)]
pub(crate) struct Clipped {
    /// The kept part.
    pub(crate) mesh: Mesh,
    /// For each of its faces the face it comes from.
    pub(crate) sources: SmallVec<[u32; 6]>,
}

/// Of the faces given, keeps the parts where the field is positive. `value` is the field at a corner, already snapped: 0
/// means on the line. Faces that lie in the zero set are kept when `keep_flat` says so. New points on edges are
/// shared between faces whose fields agree. Points are numbered as faces meet them.
pub(crate) fn clip(
    mesh: &Mesh,
    faces: impl IntoIterator<Item = usize>,
    value: &dyn Fn(usize) -> f64,
    keep_flat: &dyn Fn(usize) -> bool,
) -> Clipped {
    let mut clipper = Clipper {
        mesh,
        first: 0,
        values: SmallVec::new(),
        builder: Builder::empty(mesh),
        number_of: smallvec![UNSEEN; mesh.points.len()],
        new_points: NewPoints::default(),
        leftovers: false,
    };
    let mut sources = SmallVec::new();
    for face in faces {
        let range = mesh.face_corners(face);
        clipper.first = range.start;
        clipper.values.clear();
        clipper.values.extend(range.map(value));
        let positive = clipper.values.iter().any(|&v| v > 0.0);
        let negative = clipper.values.iter().any(|&v| v < 0.0);
        if !negative && (positive || keep_flat(face)) {
            clipper.copy_face(face);
        } else if positive {
            clipper.cut_face(face);
        }
        sources.resize(clipper.builder.mesh.face_count(), super::index(face));
    }
    let mut mesh = clipper.builder.mesh;
    if clipper.leftovers {
        mesh.drop_unused_points();
    }
    Clipped { mesh, sources }
}

/// The number of a point that the new mesh does not have.
const UNSEEN: u32 = u32::MAX;

struct Clipper<'a> {
    mesh: &'a Mesh,
    /// The first corner of the face at work, and the field at its corners.
    first: usize,
    values: SmallVec<[f64; 16]>,
    builder: Builder<'a>,
    /// The new numbers of the mesh's points.
    number_of: SmallVec<[u32; 16]>,
    new_points: NewPoints,
    /// There may be points that no face uses.
    leftovers: bool,
}

/// A point on an edge, by the edge's points (smaller first) and the fraction's bits.
type EdgePoint = (u32, u32, u64);

/// The numbers of points on edges: a few in a list, more in a tree.
#[derive(Default)]
struct NewPoints {
    few: SmallVec<[(EdgePoint, u32); 8]>,
    more: BTreeMap<EdgePoint, u32>,
}

impl NewPoints {
    fn number(&mut self, key: EdgePoint, add: impl FnOnce() -> u32) -> u32 {
        if let Some(&(_, number)) = self.few.iter().find(|(known, _)| *known == key) {
            return number;
        }
        if self.few.len() < self.few.inline_size() {
            let number = add();
            self.few.push((key, number));
            return number;
        }
        *self.more.entry(key).or_insert_with(add)
    }
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
    /// The field at a corner of the face at work.
    fn value(&self, corner: usize) -> f64 {
        self.values[corner - self.first]
    }

    /// A corner as it was.
    fn kept(&mut self, corner: usize) -> NewCorner {
        let old = self.mesh.corners[corner];
        let number = &mut self.number_of[old as usize];
        if *number == UNSEEN {
            *number = self.builder.mesh.add_point(self.mesh.point(old));
        }
        NewCorner::kept(*number, corner)
    }

    fn copy_face(&mut self, face: usize) {
        for loop_number in self.mesh.loops_of(face) {
            for corner in self.mesh.corners_of(loop_number) {
                let kept = self.kept(corner);
                self.builder.add_corner(kept);
            }
            self.builder.end_loop();
        }
        self.builder.end_face(face);
    }

    fn cut_face(&mut self, face: usize) {
        if let Some(run) = self.only_run(face) {
            return self.cut_once(face, run);
        }
        self.leftovers = true;
        let direction = self.line_direction(face);
        let mut chains: Vec<Chain> = Vec::new();
        let mut whole_loops: Vec<Vec<NewCorner>> = Vec::new();
        for loop_number in self.mesh.loops_of(face) {
            let corners: Vec<usize> = self.mesh.corners_of(loop_number).collect();
            if corners.iter().all(|&c| self.value(c) > 0.0) {
                whole_loops.push(corners.iter().map(|&c| self.kept(c)).collect());
            } else {
                self.add_chains(&corners, direction, &mut chains);
            }
        }
        let on_line = self.corners_on_line(face, direction);
        let mut rings = join_chains(&chains, &on_line);
        let outline = self.mesh.corners_of(self.mesh.loops_of(face).start);
        for ring in &mut rings {
            begin_at_first_edge(ring, &outline);
        }
        let normal = self.mesh.normal(face);
        for faces in self.with_holes(rings, whole_loops, normal) {
            self.builder.add_face(face, &faces);
        }
    }

    /// The usual case, a face without holes that the line cuts in two: the kept run, as the number (in its loop) of the
    /// corner before the first kept one and the number of kept ones. `None` when there are several runs, or when
    /// further corners lie on the line.
    fn only_run(&self, face: usize) -> Option<(usize, usize)> {
        if self.mesh.loops_of(face).len() != 1 {
            return None;
        }
        let values = &self.values[..];
        let count = values.len();
        let after = |k: usize| values[if k + 1 == count { 0 } else { k + 1 }];
        let mut starts = (0..count).filter(|&k| values[k] <= 0.0 && after(k) > 0.0);
        let start = starts.next()?;
        if starts.next().is_some() {
            return None;
        }
        let kept = values.iter().filter(|&&v| v > 0.0).count();
        let end = (start + kept + 1) % count;
        let stray = |k: usize| k != start && k != end && values[k] == 0.0;
        let spread = end != start && !(0..count).any(stray);
        spread.then_some((start, kept))
    }

    fn cut_once(&mut self, face: usize, (start, kept): (usize, usize)) {
        let (first, count) = (self.first, self.values.len());
        let at = |k: usize| first + (start + k) % count;
        // The ring is the entry, the kept run and the exit; see `first_edge` for where it begins.
        let begin = ((count - start) % count).min(kept + 1);
        for k in (begin..kept + 2).chain(0..begin) {
            let corner = match k {
                0 => self.crossing(at(0), at(1)),
                _ if k > kept => self.crossing(at(kept + 1), at(kept)),
                _ => self.kept(at(k)),
            };
            self.builder.add_corner(corner);
        }
        self.builder.end_loop();
        self.builder.end_face(face);
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
                sum -= along * (0.5 * (self.value(corner) + self.value(next)));
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
        let value = |k: usize| self.value(corners[k % count]);
        let starts: Vec<usize> = (0..count)
            .filter(|&k| value(k) <= 0.0 && value(k + 1) > 0.0)
            .collect();
        for start in starts {
            let mut end = start + 1;
            while self.value(corners[(end + 1) % count]) > 0.0 {
                end += 1;
            }
            let at = |k: usize| corners[k % count];
            let entry = self.crossing(at(start), at(start + 1));
            let exit = self.crossing(at(end + 1), at(end));
            let mut run = vec![entry];
            run.extend((start + 1..=end).map(|k| self.kept(at(k))));
            run.push(exit);
            chains.push(Chain {
                corners: run,
                entry: self.end(entry, at(start + 1), direction),
                exit: self.end(exit, at(end), direction),
            });
        }
    }

    /// The corners of a face that lie on the line, in order along it.
    fn corners_on_line(&mut self, face: usize, direction: DVec3) -> Vec<(f64, NewCorner)> {
        let mut on_line: Vec<(f64, NewCorner)> = Vec::new();
        for corner in self.mesh.face_corners(face) {
            if self.value(corner) == 0.0 {
                let place = self.position(corner).dot(direction);
                on_line.push((place, self.kept(corner)));
            }
        }
        on_line.order_by(|a, b| a.0.total_cmp(&b.0));
        on_line
    }

    fn end(&self, corner: NewCorner, inside: usize, direction: DVec3) -> End {
        let place = self.builder.mesh.point(corner.point);
        let slope = (self.position(inside) - place).dot(direction) / self.value(inside);
        End {
            position: place.dot(direction),
            slope,
        }
    }

    /// The corner where the edge between an outer corner (value not positive) and an inner one meets the line.
    fn crossing(&mut self, outer: usize, inner: usize) -> NewCorner {
        let (outer_point, inner_point) = (self.mesh.corners[outer], self.mesh.corners[inner]);
        if self.value(outer) == 0.0 {
            return self.kept(outer);
        }
        let swapped = outer_point > inner_point;
        let (from, to) = if swapped {
            (inner, outer)
        } else {
            (outer, inner)
        };
        let t = self.value(from) / (self.value(from) - self.value(to));
        let key = (
            outer_point.min(inner_point),
            outer_point.max(inner_point),
            t.to_bits(),
        );
        let (a, b) = (self.position(from), self.position(to));
        let builder = &mut self.builder.mesh;
        let point = self
            .new_points
            .number(key, || builder.add_point(a + (b - a) * t));
        NewCorner {
            point,
            from: super::index(from),
            to: super::index(to),
            t,
            moved: false,
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
        order.order_by(|&a, &b| {
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
