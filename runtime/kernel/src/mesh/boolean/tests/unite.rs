//! Unions of many.

use super::super::unite::Parts;
use super::*;
use crate::mesh::merge;

fn united(meshes: &[Mesh]) -> Mesh {
    let mut parts = Parts::default();
    meshes.iter().for_each(|mesh| parts.add(mesh));
    let mut work = 0;
    let mut charge = |units: usize| {
        work += units;
        Ok::<(), ()>(())
    };
    while parts.unite(&mut charge) == Ok(true) {}
    assert!(work > 0 || meshes.len() < 2);
    let mesh = parts.into_mesh();
    assert_eq!(mesh.check(), Ok(()));
    mesh
}

/// Boxes with whole coordinates, as ranges along the axes.
fn boxes(random: &mut Random, count: u64) -> Vec<[(u64, u64); 3]> {
    let range = |random: &mut Random| {
        let start = random.below(6);
        (start, start + 1 + random.below(4))
    };
    (0..count)
        .map(|_| [0, 1, 2].map(|_| range(random)))
        .collect()
}

fn block_of(ranges: &[(u64, u64); 3]) -> Mesh {
    let corner = |end: fn(&(u64, u64)) -> u64| {
        let [x, y, z] = ranges.each_ref().map(|range| end(range) as f64);
        dvec3(x, y, z)
    };
    block(corner(|range| range.0), corner(|range| range.1))
}

/// How many unit cubes any of the boxes has.
fn cubes(boxes: &[[(u64, u64); 3]]) -> usize {
    let inside = |at: [u64; 3]| {
        let contains = |ranges: &[(u64, u64); 3]| {
            let mut axes = ranges.iter().zip(at);
            axes.all(|(&(low, high), at)| low <= at && at < high)
        };
        boxes.iter().any(contains)
    };
    let all = (0..1000).map(|n| [n % 10, n / 10 % 10, n / 100]);
    all.filter(|&at| inside(at)).count()
}

#[test]
fn many_boxes_on_a_grid() {
    for seed in 0..300 {
        let random = &mut Random(seed);
        let count = 2 + random.below(6);
        let boxes = boxes(random, count);
        let meshes: Vec<Mesh> = boxes.iter().map(block_of).collect();
        let union = united(&meshes);
        assert_eq!(open_edges(&union), 0, "seed {seed}");
        assert!(
            (volume(&union) - cubes(&boxes) as f64).abs() < 1e-6,
            "seed {seed}"
        );
        // Parts of one mesh are united alike.
        let mut one = Mesh::default();
        meshes.iter().for_each(|mesh| merge::append(&mut one, mesh));
        assert_eq!(united(&[one]), union);
    }
}

#[test]
fn nothing_and_one_stay() {
    assert_eq!(united(&[]), Mesh::default());
    assert_eq!(united(&[cube()]), cube());
}
