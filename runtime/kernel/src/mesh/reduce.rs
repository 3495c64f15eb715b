//! Fewer points by collapsing edges, after M. Garland and P. Heckbert, *Surface Simplification Using Quadric Error Metrics*
//! (1997).
//!
//! Each point has a quadric: the sum of squared distances to the planes of the triangles around it, by their areas. The edge
//! whose collapse costs least goes first. It collapses to one of its ends (the paper's subset placement), so that corners
//! keep their texture coordinates and normals. Borders, texture seams and edges between materials and between normals have
//! planes of their own, upright on their triangles, and points there move along them only.

mod quadric;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use glam::DVec3;
use smallvec::SmallVec;

use self::quadric::Quadric;
use super::build::{Builder, NewCorner};
use super::flat::FlatFace;
use super::{Mesh, cleanup, index};
use crate::order::Order as _;
use crate::polygon::triangulate;

/// Points with more triangles than this stay: looking after them takes too long.
const MANY: usize = 128;

/// How much more a border weighs than the surface.
const BORDER: f64 = 100.0;

/// The normal of a triangle may turn by less than the angle with this cosine, in all.
const TURN: f64 = 0.2;

/// Two triangles at an edge look nearly opposite ways, as leaves of a shut book do, when the cosine is below this.
const FOLD: f64 = -0.98;

/// Triangles of a face that differ by less than the angle with this cosine become one polygon again.
const COPLANAR: f64 = 1.0 - 1e-6;

/// The mesh with fewer points: a share from 0 to 1 of them goes, or as many as can without folding the surface or opening
/// it. Faces that lose nothing stay as they are, others are cut to triangles and joined again where they are plane.
pub fn reduce(mesh: &Mesh, share: f64) -> Mesh {
    let mut reducer = Reducer::new(mesh);
    let goal = (reducer.count as f64 * share.clamp(0.0, 1.0)).round() as usize;
    reducer.collapse(goal);
    reducer.result()
}

/// A triangle of the surface. Its corners are corners of the mesh: their points are its points.
#[derive(Debug, Clone, Copy)]
struct Triangle {
    corners: [u32; 3],
    /// The face that it is a part of.
    face: u32,
    /// Its normal at first, of any length.
    normal: DVec3,
    alive: bool,
}

/// Triangles around a point.
type Around = SmallVec<[u32; 8]>;

/// The collapse of an edge: what it costs, as bits that compare like numbers; the point that goes; where it goes; the ages of
/// both together.
type Candidate = (u64, u32, u32, u32);

struct Reducer<'a> {
    mesh: &'a Mesh,
    triangles: Vec<Triangle>,
    around: Vec<Around>,
    quadrics: Vec<Quadric>,
    /// How often each point's surroundings have changed.
    age: Vec<u32>,
    /// Points that may not go.
    fixed: Vec<bool>,
    /// Faces that have lost a point.
    changed: Vec<bool>,
    /// Points in use.
    count: usize,
    queue: BinaryHeap<Reverse<Candidate>>,
}

impl<'a> Reducer<'a> {
    fn new(mesh: &'a Mesh) -> Self {
        let count = mesh.points.len();
        let mut reducer = Self {
            mesh,
            triangles: Vec::new(),
            around: vec![Around::new(); count],
            quadrics: vec![Quadric::default(); count],
            age: vec![0; count],
            fixed: vec![false; count],
            changed: vec![false; mesh.face_count()],
            count: 0,
            queue: BinaryHeap::new(),
        };
        for face in 0..mesh.face_count() {
            reducer.add_face(face);
        }
        reducer.count = reducer
            .around
            .iter()
            .filter(|around| !around.is_empty())
            .count();
        reducer.add_edges();
        reducer
    }

    /// Cuts a face to triangles. Where these leave out a corner its points are fixed, so that it can stay as it is.
    fn add_face(&mut self, face: usize) {
        let mesh = self.mesh;
        let first = mesh.face_corners(face).start;
        let flat = FlatFace::new(mesh, face);
        let triangles = flat.map_or(Vec::new(), |flat| triangulate(&flat.polygon.rings));
        let corners = mesh.face_corners(face).len();
        if triangles.len() + 2 != corners + 2 * (mesh.loops_of(face).len() - 1) {
            for &point in &mesh.corners[mesh.face_corners(face)] {
                self.fixed[point as usize] = true;
            }
        }
        for triangle in triangles {
            let corners = triangle.map(|corner| index(first) + corner);
            let points = corners.map(|corner| mesh.corners[corner as usize]);
            let number = index(self.triangles.len());
            let alive = points[0] != points[1] && points[1] != points[2] && points[2] != points[0];
            let area = self.area_vector(points);
            self.triangles.push(Triangle {
                corners,
                face: index(face),
                normal: area,
                alive,
            });
            if !alive {
                continue;
            }
            let plane = Quadric::plane(area, self.place(points[0]), 0.5 * area.length());
            for point in points {
                self.around[point as usize].push(number);
                self.quadrics[point as usize].add(&plane);
            }
        }
    }

    /// Adds the planes of borders and seams, and puts every edge into the queue.
    fn add_edges(&mut self) {
        let mut sides: Vec<(u32, u32, u32, u32)> = Vec::new();
        for (number, triangle) in self.triangles.iter().enumerate().filter(|(_, it)| it.alive) {
            for k in 0..3 {
                let [a, b] = [k, (k + 1) % 3].map(|k| self.point(triangle.corners[k]));
                sides.push((a.min(b), a.max(b), index(number), index(k)));
            }
        }
        sides.order();
        for edge in sides.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
            let (a, b) = (edge[0].0, edge[0].1);
            let joined = match edge {
                [one, other] => {
                    self.continues(one.2, other.2, a) && self.continues(one.2, other.2, b)
                }
                _ => false,
            };
            let triangles = edge.iter().map(|side| side.2).filter(|_| !joined);
            for number in triangles {
                let normal = self.area_vector(self.points(number));
                let along = self.place(b) - self.place(a);
                let weight = BORDER * along.length_squared();
                let plane = Quadric::plane(along.cross(normal), self.place(a), weight);
                self.quadrics[a as usize].add(&plane);
                self.quadrics[b as usize].add(&plane);
            }
        }
        for edge in sides.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
            self.consider(edge[0].0, edge[0].1);
        }
    }

    fn place(&self, point: u32) -> DVec3 {
        self.mesh.point(point)
    }

    fn point(&self, corner: u32) -> u32 {
        self.mesh.corners[corner as usize]
    }

    fn points(&self, triangle: u32) -> [u32; 3] {
        self.triangles[triangle as usize]
            .corners
            .map(|corner| self.point(corner))
    }

    fn area_vector(&self, points: [u32; 3]) -> DVec3 {
        let [a, b, c] = points.map(|point| self.place(point));
        (b - a).cross(c - a)
    }

    /// The corner of a triangle at a point.
    fn corner_at(&self, triangle: u32, point: u32) -> Option<u32> {
        let corners = self.triangles[triangle as usize].corners;
        corners
            .into_iter()
            .find(|&corner| self.point(corner) == point)
    }

    fn alive(&self, point: u32) -> impl Iterator<Item = u32> + '_ {
        let around = self.around[point as usize].iter().copied();
        around.filter(|&triangle| self.triangles[triangle as usize].alive)
    }

    /// Whether two triangles look alike at a point that both have: in material, texture coordinates and normal.
    fn continues(&self, one: u32, other: u32, point: u32) -> bool {
        let material =
            |triangle: u32| self.mesh.materials[self.triangles[triangle as usize].face as usize];
        let (Some(a), Some(b)) = (self.corner_at(one, point), self.corner_at(other, point)) else {
            return false;
        };
        let (a, b, mesh) = (a as usize, b as usize, self.mesh);
        let near = |uvs: &super::UvSet| uvs.coordinates[a].abs_diff_eq(uvs.coordinates[b], 1e-6);
        material(one) == material(other)
            && mesh.uv_sets.iter().all(near)
            && (mesh.normals.is_empty() || mesh.normals[a].abs_diff_eq(mesh.normals[b], 1e-6))
    }

    /// Puts the two collapses of an edge into the queue.
    fn consider(&mut self, a: u32, b: u32) {
        let mut both = self.quadrics[a as usize].clone();
        both.add(&self.quadrics[b as usize]);
        // Among collapses that cost nothing, as on flat ground, short edges go first.
        let length = self.place(a).distance_squared(self.place(b));
        let age = self.age[a as usize] + self.age[b as usize];
        for (gone, kept) in [(a, b), (b, a)] {
            if !self.fixed[gone as usize] {
                let cost = both.at(self.place(kept)).max(0.0) + 1e-9 * length * length;
                self.queue.push(Reverse((cost.to_bits(), gone, kept, age)));
            }
        }
    }

    /// Collapses edges until `goal` points are gone.
    fn collapse(&mut self, goal: usize) {
        let mut left = goal;
        while left > 0
            && let Some(Reverse((_, gone, kept, age))) = self.queue.pop()
        {
            let current = self.age[gone as usize] + self.age[kept as usize];
            if age == current
                && let Some(corners) = self.new_corners(gone, kept)
            {
                self.apply(gone, kept, &corners);
                left -= 1;
            }
        }
    }

    /// For each triangle that a collapse keeps the corner in it that `gone` becomes; `None` when the collapse would fold the
    /// surface, tear it, or move a border or seam.
    fn new_corners(&self, gone: u32, kept: u32) -> Option<Vec<(u32, u32)>> {
        let around: Around = self.alive(gone).collect();
        if around.is_empty() || around.len() + self.around[kept as usize].len() > MANY {
            return None;
        }
        let (on_edge, others): (Around, Around) = around
            .iter()
            .copied()
            .partition(|&triangle| self.corner_at(triangle, kept).is_some());
        if on_edge.is_empty() || !self.keeps_topology(gone, kept, &on_edge, &around) {
            return None;
        }
        let corner = |&triangle: &u32| {
            let mut along = on_edge
                .iter()
                .filter(|&&edge| self.continues(triangle, edge, gone));
            let first = *along.next()?;
            let agree = along.all(|&other| self.continues(first, other, kept));
            let new = self.corner_at(first, kept)?;
            (agree && self.stays_upright(triangle, gone, kept)).then_some((triangle, new))
        };
        others.iter().map(corner).collect()
    }

    /// Whether the surface keeps its shape as a surface: the ends have no neighbours in common but those across the edge,
    /// nothing becomes double, and a point of a border moves along the border.
    fn keeps_topology(&self, gone: u32, kept: u32, on_edge: &[u32], around: &[u32]) -> bool {
        let neighbours = |point: u32| {
            let mut found: SmallVec<[u32; 32]> = SmallVec::new();
            for triangle in self.alive(point) {
                found.extend(self.points(triangle).into_iter().filter(|&p| p != point));
            }
            found.order();
            found
        };
        let (of_gone, of_kept) = (neighbours(gone), neighbours(kept));
        let runs = || of_gone.chunk_by(|a, b| a == b);
        let borders = runs().filter(|run| run.len() == 1).count();
        let simple = runs().all(|run| run.len() <= 2) && matches!(borders, 0 | 2);
        let common = runs()
            .filter(|run| of_kept.binary_search(&run[0]).is_ok())
            .count();
        let opposite = on_edge.iter().flat_map(|&triangle| self.points(triangle));
        let mut opposite = opposite.filter(|&point| point != gone && point != kept);
        simple
            && (borders == 0 || on_edge.len() == 1)
            && common == on_edge.len()
            && opposite.all(|point| self.alive(point).any(|other| !on_edge.contains(&other)))
            && !around.iter().any(|triangle| {
                !on_edge.contains(triangle) && self.is_double(*triangle, gone, kept)
            })
    }

    /// Whether a triangle, with `kept` for `gone`, has the points of one that is there.
    fn is_double(&self, triangle: u32, gone: u32, kept: u32) -> bool {
        let mut points = self
            .points(triangle)
            .map(|point| if point == gone { kept } else { point });
        points.order();
        self.alive(kept).any(|other| {
            let mut others = self.points(other);
            others.order();
            others == points
        })
    }

    /// Whether a triangle, with `kept` for `gone`, has an area, looks about where it looked at first, and does not lie on a neighbour.
    fn stays_upright(&self, triangle: u32, gone: u32, kept: u32) -> bool {
        let moved = |triangle: u32| {
            self.points(triangle)
                .map(|point| if point == gone { kept } else { point })
        };
        let points = moved(triangle);
        let (before, after) = (
            self.triangles[triangle as usize].normal,
            self.area_vector(points),
        );
        let [a, b, c] = points.map(|point| self.place(point));
        let longest = [b - a, c - b, a - c]
            .iter()
            .fold(0.0_f64, |longest, edge| longest.max(edge.length_squared()));
        let cosine = |other: DVec3| after.dot(other) / (after.length() * other.length());
        let lies_on = |other: u32| {
            let others = moved(other);
            let common = others.iter().filter(|point| points.contains(point)).count();
            common == 2 && cosine(self.area_vector(others)) < FOLD
        };
        let mut around = points.iter().filter(|&&point| point != kept);
        after.length() > 1e-6 * longest
            && (cosine(before) >= TURN || before == DVec3::ZERO)
            && !around.any(|&point| self.alive(point).any(lies_on))
    }

    fn apply(&mut self, gone: u32, kept: u32, corners: &[(u32, u32)]) {
        for triangle in std::mem::take(&mut self.around[gone as usize]) {
            let triangle = &mut self.triangles[triangle as usize];
            if triangle.alive {
                self.changed[triangle.face as usize] = true;
                triangle.alive = false;
            }
        }
        for &(number, new) in corners {
            let mesh = self.mesh;
            let triangle = &mut self.triangles[number as usize];
            triangle.alive = true;
            for corner in &mut triangle.corners {
                if mesh.corners[*corner as usize] == gone {
                    *corner = new;
                }
            }
        }
        let mut around: Around = self.alive(kept).collect();
        around.extend(corners.iter().map(|&(number, _)| number));
        self.around[kept as usize] = around;
        let quadric = self.quadrics[gone as usize].clone();
        self.quadrics[kept as usize].add(&quadric);
        self.age[kept as usize] += 1;
        let mut neighbours: Vec<u32> = Vec::new();
        for triangle in self.alive(kept) {
            neighbours.extend(self.points(triangle).into_iter().filter(|&p| p != kept));
        }
        neighbours.order();
        neighbours.dedup();
        for neighbour in neighbours {
            self.consider(kept, neighbour);
        }
    }

    fn result(&self) -> Mesh {
        let mesh = self.mesh;
        let mut triangles_of = vec![Vec::new(); mesh.face_count()];
        for triangle in self.triangles.iter().filter(|triangle| triangle.alive) {
            triangles_of[triangle.face as usize].push(triangle.corners);
        }
        let mut builder = Builder::with_points_and_lines(mesh);
        let mut sources = Vec::new();
        for (face, triangles) in triangles_of.iter().enumerate() {
            if !self.changed[face] {
                builder.copy_face(face, |point| point);
                sources.push(face);
                continue;
            }
            for corners in triangles {
                let corner = |&corner: &u32| NewCorner::kept(self.point(corner), corner as usize);
                builder.add_face(face, &[corners.iter().map(corner).collect()]);
                sources.push(face);
            }
        }
        let built = builder.finish();
        cleanup::join(&built, &|a, b| {
            sources[a] == sources[b] && built.normal(a).dot(built.normal(b)) >= COPLANAR
        })
    }
}

#[cfg(test)]
mod tests;
