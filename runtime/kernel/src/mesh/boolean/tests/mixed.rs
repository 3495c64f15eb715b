//! Bodies of all kinds in relations that are nearly special: the same planes, slightly turned or shifted, thin.

use proptest::prelude::*;

use super::*;
use crate::mesh::primitive::{cone, sphere};

fn body(random: &mut Random) -> Mesh {
    let sides = 3 + random.below(30) as u32;
    let corners = 5 + random.below(10) as usize;
    let mut hole = random.star(4, 0.1, 0.3);
    hole.reverse();
    match random.below(6) {
        0 => cube(),
        1 => cylinder(sides),
        2 => cone(sides),
        3 => sphere(3 + sides / 3, 2 + random.below(10) as u32),
        4 => prism(&[random.star(corners, 0.5, 1.0)], 1.0),
        _ => prism(&[random.star(corners, 0.5, 1.0), hole], 1.0),
    }
}

/// Up to 1, mostly far less.
fn small(random: &mut Random) -> f64 {
    random.between(-1.0, 1.0) * math::pow(10.0, -(random.below(12) as f64))
}

fn placed(random: &mut Random, mesh: &Mesh) -> Mesh {
    let quarters = |random: &mut Random| 90.0 * random.below(4) as f64;
    let matrix = match random.below(5) {
        0 => DMat3::IDENTITY,
        1 => turn(0.0, 15.0 * random.below(24) as f64, 0.0),
        2 => turn(quarters(random), quarters(random), quarters(random)),
        3 => random.turn(),
        _ => turn(small(random), 0.0, 0.0),
    };
    let size = match random.below(4) {
        0 | 1 => DVec3::ONE,
        2 => random.point(2.0) + 0.01,
        _ => dvec3(1.0, 1.0, 0.01),
    };
    let steps = |random: &mut Random| 0.25 * random.below(5) as f64;
    let by = match random.below(5) {
        0 => DVec3::ZERO,
        1 => dvec3(steps(random), steps(random), steps(random)),
        2 => random.point(1.0),
        3 => random.point(1.0) * small(random),
        _ => dvec3(steps(random), 0.0, 0.0),
    };
    moved(mesh, matrix * DMat3::from_diagonal(size), by)
}

/// Two bodies, often copies of one.
fn operands(random: &mut Random) -> (Mesh, Mesh) {
    let first = body(random);
    let a = placed(random, &first);
    let b = match random.below(6) {
        0 => placed(random, &first),
        1 => placed(random, &a),
        _ => {
            let other = body(random);
            placed(random, &other)
        }
    };
    (a, b)
}

#[test]
fn nearly_special_relations() {
    for seed in 0..2000 {
        let (a, b) = operands(&mut Random(seed));
        let meshes = ALL.map(|operation| combine(&a, &b, operation).mesh);
        for mesh in &meshes {
            assert_eq!(mesh.check(), Ok(()));
            assert_eq!(open_edges(mesh), 0, "seed {seed}");
        }
        let [union, difference, common] = meshes.each_ref().map(volume);
        let (of_a, of_b) = (volume(&a), volume(&b));
        let near = |x: f64, y: f64| (x - y).abs() <= 1e-5 * (of_a + of_b);
        assert!(near(union + common, of_a + of_b), "seed {seed}");
        assert!(near(difference + common, of_a), "seed {seed}");
    }
}

proptest! {
    /// Boxes on a coarse grid, so that corners, edges and planes coincide; shrinks well.
    #[test]
    fn boxes_on_a_grid(ends in prop::array::uniform12(0_u8..6)) {
        let block_of = |ends: &[u8]| {
            let [x, y, z] = [0, 2, 4].map(|k| {
                let (low, high) = (ends[k].min(ends[k + 1]), ends[k].max(ends[k + 1]));
                (f64::from(low), f64::from(high) + 1.0)
            });
            block(dvec3(x.0, y.0, z.0), dvec3(x.1, y.1, z.1))
        };
        assert_adds_up(&block_of(&ends[..6]), &block_of(&ends[6..]));
    }

    /// Any triangles, with whatever coordinates: slivers, doubles, crossing ones.
    #[test]
    fn any_triangles(
        places in prop::collection::vec(prop::array::uniform3(-2_i8..3), 4..9),
        noise in prop::collection::vec(-1e-6..1e-6, 4..9),
        ends in prop::collection::vec(0_usize..9, 6..60),
    ) {
        let soup = |ends: &[usize]| {
            let mut mesh = Mesh::default();
            for (place, noise) in places.iter().zip(noise.iter().cycle()) {
                let [x, y, z] = place.map(f64::from);
                mesh.add_point(dvec3(x + noise, y - noise * noise, z));
            }
            for triangle in ends.chunks_exact(3) {
                let ring = [0, 1, 2].map(|k| (triangle[k] % places.len()) as u32);
                mesh.add_face([&ring[..]]);
            }
            mesh
        };
        let (first, second) = ends.split_at(ends.len() / 2);
        for operation in ALL {
            sound(&soup(first), &soup(second), operation);
        }
    }
}
