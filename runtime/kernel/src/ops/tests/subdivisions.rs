//! setbackToArea, splitAndSetbackPerimeter, footprint, rectify: on shapes known by heart, and on random and awkward polygons.

use proptest::prelude::*;

use super::*;
use crate::chance::Random;
use crate::mesh::measure;
use crate::ops::goal::Goal;
use crate::ops::perimeter::{Section, SectionShapes};
use crate::order::Order as _;
use crate::polygon::Polygon;

fn area(shape: &Shape) -> f64 {
    measure::area(&world_mesh(shape), |_| true)
}

/// Sound faces of finite area that looks up, whose rings are simple.
fn assert_sound(shape: &Shape) {
    let mesh = world_mesh(shape);
    assert_eq!(mesh.check(), Ok(()));
    for face in 0..mesh.face_count() {
        assert!(
            mesh.area_vector(face).y > 0.0,
            "a face looks down or nowhere"
        );
        for loop_number in mesh.loops_of(face) {
            let ring = mesh.ring(loop_number);
            let mut points = ring.to_vec();
            points.order();
            points.dedup();
            assert_eq!(points.len(), ring.len(), "a ring comes back to a point");
        }
    }
}

/// Sections one after the other: length and depth.
fn sections(kernel: &mut Kernel, start: f64, list: &[(f64, f64)]) -> SectionShapes {
    let rows = kernel.perimeter_rows(0.0, None).unwrap();
    let mut at = start;
    let sections: Vec<Section> = list
        .iter()
        .map(|&(length, depth)| {
            let section = Section {
                row: 0,
                start: at,
                length,
                depth,
            };
            at += length;
            section
        })
        .collect();
    kernel.set_back_sections(&rows, &sections).unwrap()
}

/// The first outline of a shape.
fn outline(shape: &Option<Shape>) -> Vec<[f64; 3]> {
    outlines(shape.as_ref().expect("a shape")).remove(0)
}

#[test]
fn a_section_around_a_corner_is_bent_and_cut_square_at_its_ends() {
    let mut kernel = kernel_on(LOT);
    let made = sections(&mut kernel, 20.0, &[(20.0, 5.0)]);
    let expected = [
        (20.0, 20.0),
        (30.0, 20.0),
        (30.0, 10.0),
        (25.0, 10.0),
        (25.0, 15.0),
        (20.0, 15.0),
    ];
    assert_eq!(outline(&made.sections[0]), ground(&expected));
    assert_eq!(made.remainder.len(), 1);
    assert!((area(&made.remainder[0]) - 525.0).abs() < 1e-9);
    let first = outlines(&made.remainder[0]).remove(0);
    assert_eq!(first[..2], ground(&[(0.0, 20.0), (20.0, 20.0)]));
}

#[test]
fn where_sections_overlap_the_deeper_one_is_whole() {
    // From the middle of the first edge to its end, and from there on.
    for (depths, areas) in [([12.0, 10.0], [180.0, 30.0]), ([10.0, 12.0], [30.0, 180.0])] {
        let mut kernel = kernel_on(LOT);
        let made = sections(&mut kernel, 15.0, &[(15.0, depths[0]), (15.0, depths[1])]);
        for (shape, expected) in made.sections.iter().flatten().zip(areas) {
            assert!((area(shape) - expected).abs() < 1e-9, "{}", area(shape));
        }
        assert!((made.remainder.iter().map(area).sum::<f64>() - 390.0).abs() < 1e-9);
    }
}

#[test]
fn sections_of_one_depth_share_the_corner_where_they_meet() {
    let mut kernel = kernel_on(LOT);
    let made = sections(
        &mut kernel,
        0.0,
        &[(30.0, 4.0), (20.0, 4.0), (30.0, 4.0), (20.0, 4.0)],
    );
    let expected = [(0.0, 20.0), (30.0, 20.0), (26.0, 16.0), (4.0, 16.0)];
    assert_eq!(outline(&made.sections[0]), ground(&expected));
    assert!((area(&made.remainder[0]) - 22.0 * 12.0).abs() < 1e-9);
}

#[test]
fn sections_without_depth_and_covered_ones_make_nothing() {
    let mut kernel = kernel_on(LOT);
    let made = sections(
        &mut kernel,
        0.0,
        &[(30.0, 0.0), (20.0, 1.0), (30.0, -2.0), (20.0, 99.0)],
    );
    let is_made: Vec<bool> = made.sections.iter().map(Option::is_some).collect();
    assert_eq!(is_made, [false, false, false, true]);
    assert!(made.remainder.is_empty());
}

#[test]
fn a_setback_leaves_the_area_asked_for() {
    let mut kernel = kernel_on(&[(0.0, 20.0), (20.0, 20.0), (20.0, 0.0), (0.0, 0.0)]);
    let goal = Goal {
        area: 100.0,
        most: None,
    };
    let mut chosen = vec![Some((0.0, 0)); 4];
    kernel.reach_area(&goal, &mut chosen).unwrap();
    for distance in chosen.iter().flatten() {
        assert!((distance.0 - 5.0).abs() < 1e-8, "{}", distance.0);
    }
    // The first edge moves 3 more than the others, the last at most 1, one is not chosen.
    let goal = Goal {
        area: 15.0 * 15.0,
        most: Some(vec![9.0, 9.0, 9.0, 1.0]),
    };
    let mut chosen = vec![Some((3.0, 0)), Some((0.0, 0)), None, Some((0.0, 0))];
    kernel.reach_area(&goal, &mut chosen).unwrap();
    let distance = |k: usize| chosen[k].unwrap().0;
    assert_eq!((distance(3), chosen[2]), (1.0, None));
    assert!((distance(0) - distance(1) - 3.0).abs() < 1e-9);
    let left = (20.0 - distance(0)) * (19.0 - distance(1));
    assert!((left - 225.0).abs() < 1e-6);
}

#[test]
fn an_area_out_of_reach_is_said() {
    for (area, most, expected) in [(500.0, 5.0, 0.0), (1.0, 2.0, 2.0)] {
        let mut kernel = kernel_on(&[(0.0, 20.0), (20.0, 20.0), (20.0, 0.0), (0.0, 0.0)]);
        let goal = Goal {
            area,
            most: Some(vec![most; 4]),
        };
        let mut chosen = vec![Some((0.0, 0)); 4];
        kernel.reach_area(&goal, &mut chosen).unwrap();
        assert_eq!(chosen, [Some((expected, 0)); 4]);
        assert_eq!(kernel.journal.warnings.len(), 1);
    }
}

#[test]
fn the_footprint_of_a_roof_is_the_lot() {
    let mut kernel = kernel_on(L_LOT);
    kernel
        .roof_hip(word_token("byAngle"), 30.0, 0.0, 0)
        .unwrap();
    kernel.t(0.0, 5.0, 0.0, 0).unwrap();
    kernel.footprint_of_geometry().unwrap();
    let [outline] = &outlines(&kernel.shape)[..] else {
        panic!("one face")
    };
    let mut sorted = outline.clone();
    sorted.order_by(|a, b| a.partial_cmp(b).unwrap());
    let mut expected: Vec<[f64; 3]> = L_LOT.iter().map(|&(x, z)| [x, 5.0, z]).collect();
    expected.order_by(|a, b| a.partial_cmp(b).unwrap());
    assert_eq!(sorted, expected);
    assert!((area(&kernel.shape) - 400.0).abs() < 1e-6);
    assert_scope_fits(&mut kernel);
}

#[test]
fn walls_alone_have_no_footprint() {
    let mut kernel = kernel_on(LOT);
    kernel.r(word_token("scopeOrigin"), 90.0, 0.0, 0.0).unwrap();
    kernel.align_scope_to_axes(word_token("world.xyz")).unwrap();
    let before = outlines(&kernel.shape);
    kernel.footprint_of_geometry().unwrap();
    assert_eq!(outlines(&kernel.shape), before);
    assert_eq!(kernel.journal.warnings.len(), 1);
}

#[test]
fn rectified_edges_run_along_the_axes_of_the_scope() {
    let skew = [
        (0.0, 20.0),
        (30.0, 21.0),
        (29.0, 11.0),
        (12.0, 10.0),
        (11.0, 0.0),
        (0.5, 0.0),
    ];
    let mut kernel = kernel_on(&skew);
    kernel.rectify(15.0).unwrap();
    let outline = outlines(&kernel.shape).remove(0);
    for k in 0..outline.len() {
        let (a, b) = (outline[k], outline[(k + 1) % outline.len()]);
        assert!(a[0] == b[0] || a[2] == b[2], "{a:?} {b:?}");
    }
    assert_eq!(outline.len(), 6);
    assert_scope_fits(&mut kernel);
}

impl Random {
    /// A simple polygon as rings of (x, z): a star with spikes and notches, sometimes with nearly straight corners, tiny
    /// edges, corners on a grid, or a hole.
    fn polygon(&mut self) -> Polygon {
        loop {
            let count = 3 + self.below(12);
            let kind = self.below(4);
            let mut ring = Vec::new();
            for k in 0..count {
                let angle = std::f64::consts::TAU * (k as f64 + 0.7 * self.next()) / count as f64;
                let radius = 4.0 + 16.0 * self.next();
                let corner =
                    glam::DVec2::new(crate::math::cos(angle), crate::math::sin(angle)) * radius;
                ring.push(if kind == 1 { corner.round() } else { corner });
                if kind == 2 && self.next() < 0.3 {
                    ring.push(corner + glam::DVec2::new(self.next(), self.next()) * 1e-4);
                }
            }
            if kind == 3 {
                let k = self.below(count);
                let middle = ring[k].lerp(ring[(k + 1) % count], 0.2 + 0.6 * self.next());
                ring.insert(k + 1, middle + glam::DVec2::splat(1e-7 * self.next()));
            }
            let mut holes = Vec::new();
            if self.next() < 0.3 {
                let scale = 0.3 + self.next();
                holes.push(
                    [(-1.0, -1.0), (0.5, -1.0), (1.0, 0.8)]
                        .map(|(x, y)| glam::DVec2::new(x, y) * scale)
                        .to_vec(),
                );
            }
            let polygon = Polygon::with_holes(ring, holes);
            let (outline, holes) = polygon.rings.split_at(1);
            let inside = holes
                .iter()
                .flatten()
                .all(|&p| crate::polygon::contains(&outline[0], p));
            if inside && polygon.is_simple() && polygon.area() > 10.0 {
                return polygon;
            }
        }
    }

    fn kernel(&mut self) -> (Kernel, f64) {
        let polygon = self.polygon();
        let mut kernel = kernel_on(LOT);
        let mut mesh = Mesh::default();
        let rings: Vec<Vec<u32>> = polygon
            .rings
            .iter()
            .map(|ring| {
                ring.iter()
                    .map(|p| mesh.add_point(dvec3(p.x, 0.0, -p.y)))
                    .collect()
            })
            .collect();
        mesh.add_face(rings.iter().map(Vec::as_slice));
        kernel.shape.set_mesh(mesh.clone(), Frame::WORLD);
        let in_scope = kernel.mesh_in_scope().unwrap();
        fit_mesh(&mut kernel.shape, Mesh::clone(&in_scope));
        (kernel, polygon.area())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn sections_and_remainder_cover_the_polygon(seed: u64) {
        let random = &mut Random(seed);
        let (mut kernel, whole) = random.kernel();
        let rows = kernel.perimeter_rows((random.next() * 9.0).floor(), None).unwrap();
        let length = rows[0].length();
        let mut at = random.next() * length;
        let end = at + length;
        let mut list = Vec::new();
        while at < end && list.len() < 12 {
            let section = Section {
                row: 0,
                start: at,
                length: (length * 0.3 * random.next()).min(end - at),
                depth: [0.0, 2.0, 2.0, 5.0 * random.next()][random.below(4)],
            };
            at += section.length;
            list.push(section);
        }
        let made = kernel.set_back_sections(&rows, &list).unwrap();
        let shapes = || made.sections.iter().flatten().chain(&made.remainder);
        shapes().for_each(assert_sound);
        let sum: f64 = shapes().map(area).sum();
        prop_assert!((sum - whole).abs() < 1e-5 * whole, "{sum} of {whole}: {:?}", kernel.journal.warnings);
        prop_assert!(kernel.journal.warnings.is_empty(), "{:?}", kernel.journal.warnings);
        for (section, shape) in list.iter().zip(&made.sections) {
            prop_assert!(section.depth > 0.0 || shape.is_none());
        }
    }

    #[test]
    fn areas_are_reached_where_they_can_be(seed: u64) {
        let random = &mut Random(seed);
        let (mut kernel, whole) = random.kernel();
        let edges = kernel.setback_edges().unwrap();
        let mut chosen: Vec<Option<(f64, i32)>> = (0..edges.list.len())
            .map(|_| Some(([0.0, 0.3, random.next()][random.below(3)], 0)))
            .collect();
        let goal = Goal { area: whole * (0.02 + 0.5 * random.next()), most: None };
        let before = kernel.setback_pieces(&edges, &chosen).unwrap();
        let least: f64 = before.remainder.iter().map(area).sum();
        prop_assume!(least > goal.area);
        kernel.reach_area(&goal, &mut chosen).unwrap();
        let mut left = |more: f64| {
            let moved: Vec<_> = chosen.iter().map(|it| it.map(|(d, branch)| (d + more, branch))).collect();
            let pieces = kernel.setback_pieces(&edges, &moved).unwrap();
            pieces.remainder.iter().map(area).sum::<f64>()
        };
        // With unlike distances what is left may jump: then the offset is that of the jump.
        let found = left(0.0);
        let jumps = left(-1e-6).max(found) > goal.area && left(1e-6).min(found) < goal.area;
        prop_assert!((found - goal.area).abs() < 1e-6 * whole || jumps, "{found} for {} of {whole}", goal.area);
    }

    #[test]
    fn footprints_and_rectified_polygons_are_sound(seed: u64) {
        let random = &mut Random(seed);
        let (mut kernel, whole) = random.kernel();
        kernel.rectify(45.0 * random.next()).unwrap();
        assert_sound(&kernel.shape);
        let (mut kernel, again) = Random(seed).kernel();
        prop_assert_eq!(whole, again);
        kernel.extrude(word_token("face.normal"), 3.0, 0).unwrap();
        kernel.footprint_of_geometry().unwrap();
        assert_sound(&kernel.shape);
        prop_assert!((area(&kernel.shape) - whole).abs() < 1e-6 * whole);
        assert_scope_fits(&mut kernel);
    }
}
