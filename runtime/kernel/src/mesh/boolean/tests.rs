use glam::{DAffine3, DMat3, DVec2, DVec3, dvec2, dvec3};

use super::*;
use crate::math;
use crate::mesh::extrude::{Sweep, extrude};
use crate::mesh::measure::{is_closed, volume};
use crate::mesh::primitive::{cube, cylinder};
use crate::order::Order as _;

mod flat;
mod general;
mod mixed;
mod relate;
mod solids;
mod strange;
mod tags;
mod unite;

const ALL: [Boolean; 3] = [Boolean::Union, Boolean::Subtract, Boolean::Intersect];

fn block(low: DVec3, high: DVec3) -> Mesh {
    cube().transformed(&(DAffine3::from_translation(low) * DAffine3::from_scale(high - low)))
}

/// A polygon in the ground plane, looking up.
fn polygon(rings: &[Vec<DVec2>]) -> Mesh {
    let mut mesh = Mesh::default();
    let mut numbers = Vec::new();
    for ring in rings {
        let point = |p: &DVec2| mesh.add_point(dvec3(p.x, 0.0, -p.y));
        numbers.push(ring.iter().map(point).collect::<Vec<u32>>());
    }
    mesh.add_face(numbers.iter().map(Vec::as_slice));
    mesh
}

fn prism(rings: &[Vec<DVec2>], height: f64) -> Mesh {
    extrude(&polygon(rings), Sweep::FaceNormal(height), DVec3::Y)
}

/// The generator `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    fn below(&mut self, count: u64) -> u64 {
        self.next() % count
    }

    fn point(&mut self, size: f64) -> DVec3 {
        dvec3(self.unit(), self.unit(), self.unit()) * size
    }

    fn turn(&mut self) -> DMat3 {
        let [x, y, z] = [0, 1, 2].map(|_| self.between(0.0, 360.0));
        turn(x, y, z)
    }

    /// A star around the origin, counter-clockwise; concave.
    fn star(&mut self, corners: usize, low: f64, high: f64) -> Vec<DVec2> {
        let corner = |k: usize| {
            let (sin, cos) = math::sin_cos_degrees(360.0 * (k as f64) / (corners as f64));
            dvec2(cos, sin) * self.between(low, high)
        };
        (0..corners).map(corner).collect()
    }
}

fn turn(x: f64, y: f64, z: f64) -> DMat3 {
    let [(sx, cx), (sy, cy), (sz, cz)] = [x, y, z].map(math::sin_cos_degrees);
    let about_x = DMat3::from_cols(DVec3::X, dvec3(0.0, cx, sx), dvec3(0.0, -sx, cx));
    let about_y = DMat3::from_cols(dvec3(cy, 0.0, -sy), DVec3::Y, dvec3(sy, 0.0, cy));
    let about_z = DMat3::from_cols(dvec3(cz, sz, 0.0), dvec3(-sz, cz, 0.0), DVec3::Z);
    about_z * about_y * about_x
}

fn moved(mesh: &Mesh, matrix: DMat3, by: DVec3) -> Mesh {
    mesh.transformed(&DAffine3::from_mat3_translation(matrix, by))
}

/// The directed edges that are not used as often the other way.
fn open_edges(mesh: &Mesh) -> usize {
    let mut edges: Vec<(u32, u32)> = Vec::new();
    for number in 0..mesh.loops.len() - 1 {
        edges.extend(facets::sides_of(&[mesh.ring(number).to_vec()]));
    }
    edges.order();
    let count = |edge: (u32, u32)| {
        edges.partition_point(|&e| e <= edge) - edges.partition_point(|&e| e < edge)
    };
    let unbalanced = |&&(a, b): &&(u32, u32)| count((a, b)) != count((b, a));
    edges.iter().filter(unbalanced).count()
}

fn total_area(mesh: &Mesh) -> f64 {
    crate::mesh::measure::area(mesh, |_| true)
}

/// Combines, and checks what holds for any input.
fn sound(a: &Mesh, b: &Mesh, operation: Boolean) -> Mesh {
    let combined = combine(a, b, operation);
    let mesh = combined.mesh;
    assert_eq!(mesh.check(), Ok(()));
    assert_eq!(combined.sources.len(), mesh.face_count());
    for (face, source) in combined.sources.iter().enumerate() {
        let of = if source.operand == Operand::A { a } else { b };
        assert_eq!(mesh.materials[face], of.materials[source.face as usize]);
    }
    let corner_count = mesh.corners.len();
    assert!(
        combined
            .cut_edges
            .iter()
            .all(|&c| (c as usize) < corner_count)
    );
    assert!(combined.cut_edges.windows(2).all(|pair| pair[0] < pair[1]));
    let uvs = mesh.uv_sets.iter().flat_map(|uvs| &uvs.coordinates);
    assert!(uvs.into_iter().all(|uv| uv.is_finite()));
    assert!(mesh.normals.iter().all(|normal| normal.is_finite()));
    let sizes = [a, b].map(Mesh::bounds).into_iter().flatten();
    let around = sizes.reduce(|p, q| (p.0.min(q.0), p.1.max(q.1)));
    if let (Some((low, high)), Some((lowest, highest))) = (mesh.bounds(), around) {
        let reach = 1e-7 * (highest - lowest).length();
        assert!(low.cmpge(lowest - reach).all() && high.cmple(highest + reach).all());
    }
    let again = combine(a, b, operation);
    assert_eq!(again.mesh, mesh, "not the same bits again");
    mesh
}

/// All three operations on solids are closed, and volumes add up. Returns the union's volume.
fn assert_adds_up(a: &Mesh, b: &Mesh) -> f64 {
    let [union, difference, common] = ALL.map(|operation| {
        let mesh = sound(a, b, operation);
        assert_eq!(
            open_edges(&mesh),
            0,
            "{operation:?} of {a:#?} and {b:#?} gives {mesh:#?}"
        );
        volume(&mesh)
    });
    let (of_a, of_b) = (volume(a), volume(b));
    assert_measures_add_up([of_a, of_b], [union, difference, common]);
    assert!(common >= -1e-9 * (of_a + of_b) && common <= of_a.min(of_b) + 1e-9 * (of_a + of_b));
    union
}

/// What areas and volumes of two sets fulfil.
fn assert_measures_add_up([of_a, of_b]: [f64; 2], [union, difference, common]: [f64; 3]) {
    let near = |x: f64, y: f64| (x - y).abs() <= 1e-9 * (of_a + of_b);
    assert!(
        near(of_a + of_b, union + common),
        "{of_a} + {of_b} != {union} + {common}"
    );
    assert!(
        near(of_a - common, difference),
        "{of_a} - {common} != {difference}"
    );
}
