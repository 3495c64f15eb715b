//! Solids in general position, by the thousand.

use super::*;
use crate::mesh::boolean::classify::contains;

/// Runs `count` random cases; those that are not closed or whose volumes do not add up are returned.
fn failures(count: u64, case: impl Fn(&mut Random) -> (Mesh, Mesh)) -> Vec<u64> {
    let fails = |&seed: &u64| {
        let (a, b) = case(&mut Random(seed));
        let meshes = ALL.map(|operation| combine(&a, &b, operation).mesh);
        for mesh in &meshes {
            assert_eq!(mesh.check(), Ok(()));
        }
        let closed = meshes.iter().all(|mesh| open_edges(mesh) == 0);
        let [union, difference, common] = meshes.map(|mesh| volume(&mesh));
        let (of_a, of_b) = (volume(&a), volume(&b));
        let near = |x: f64, y: f64| (x - y).abs() <= 1e-9 * (of_a + of_b);
        !(closed && near(union + common, of_a + of_b) && near(difference + common, of_a))
    };
    (0..count).filter(fails).collect()
}

fn turned_box(random: &mut Random) -> Mesh {
    let size = random.point(2.0) + 0.2;
    let (matrix, by) = (random.turn(), random.point(1.5));
    moved(&block(-0.5 * size, 0.5 * size), matrix, by)
}

#[test]
fn turned_boxes() {
    let case = |random: &mut Random| (turned_box(random), turned_box(random));
    assert_eq!(failures(3000, case), Vec::<u64>::new());
}

#[test]
fn boxes_turned_about_one_axis_on_common_planes() {
    let case = |random: &mut Random| {
        let turned = |random: &mut Random| {
            let angle = random.below(24) as f64 * 15.0;
            let whole = |random: &mut Random| random.below(4) as f64;
            let by = dvec3(whole(random), whole(random), whole(random));
            let size = dvec3(whole(random), whole(random), whole(random)) + 1.0;
            moved(&block(DVec3::ZERO, size), turn(0.0, angle, 0.0), by)
        };
        (turned(random), turned(random))
    };
    assert_eq!(failures(3000, case), Vec::<u64>::new());
}

#[test]
fn turned_cylinders() {
    let case = |random: &mut Random| {
        let mut turned = || {
            let (matrix, by) = (random.turn(), random.point(1.0));
            let size = DMat3::from_diagonal(dvec3(1.0, 3.0, 1.0));
            let sides = 3 + random.below(20) as u32;
            let body = moved(&cylinder(sides), size, dvec3(0.0, -1.5, 0.0));
            moved(&body, matrix, by)
        };
        (turned(), turned())
    };
    assert_eq!(failures(1000, case), Vec::<u64>::new());
}

fn star_prism(random: &mut Random) -> Mesh {
    let corners = 5 + random.below(12) as usize;
    let outline = random.star(corners, 0.6, 1.5);
    let mut hole = random.star(5, 0.2, 0.4);
    hole.reverse();
    let height = random.between(0.3, 2.0);
    prism(&[outline, hole], height)
}

#[test]
fn concave_prisms_with_holes() {
    let case = |random: &mut Random| {
        let mut turned = || {
            let body = star_prism(random);
            moved(&body, random.turn(), random.point(1.0))
        };
        (turned(), turned())
    };
    assert_eq!(failures(1000, case), Vec::<u64>::new());
}

#[test]
fn upright_concave_prisms_on_common_planes() {
    let case = |random: &mut Random| {
        let mut upright = || {
            let body = star_prism(random);
            let by = dvec3(random.between(0.0, 1.0), 0.0, random.between(0.0, 1.0));
            moved(&body, turn(0.0, random.between(0.0, 360.0), 0.0), by)
        };
        (upright(), upright())
    };
    assert_eq!(failures(1000, case), Vec::<u64>::new());
}

#[test]
fn ten_in_a_row_stay_closed_and_agree_with_points_inside() {
    for seed in 0..60 {
        let random = &mut Random(seed + 1000);
        let mut body = turned_box(random);
        let mut steps: Vec<(Mesh, Boolean)> = vec![(body.clone(), Boolean::Union)];
        let mut last = volume(&body);
        for _ in 0..10 {
            let (tool, operation) = (turned_box(random), ALL[random.below(2) as usize]);
            let common = volume(&combine(&body, &tool, Boolean::Intersect).mesh);
            let of_tool = volume(&tool);
            body = sound(&body, &tool, operation);
            assert_eq!(open_edges(&body), 0, "seed {seed}");
            let expected = if operation == Boolean::Union {
                last + of_tool - common
            } else {
                last - common
            };
            last = volume(&body);
            assert!(
                (last - expected).abs() < 1e-8,
                "seed {seed}: {last}, not {expected}"
            );
            steps.push((tool, operation));
        }
        let hits = |point: DVec3| {
            let mut inside = false;
            for (tool, operation) in &steps {
                match operation {
                    Boolean::Union => inside |= contains(tool, point),
                    _ => inside &= !contains(tool, point),
                }
            }
            inside
        };
        for _ in 0..200 {
            let point = random.point(3.0) - 0.75;
            assert_eq!(
                contains(&body, point),
                hits(point),
                "seed {seed} at {point}"
            );
        }
    }
}
