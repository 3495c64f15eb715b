use glam::{DVec2, DVec3, dvec2, dvec3};

use super::*;
use crate::chance::Random;
use crate::mesh::extrude::{Sweep, extrude};
use crate::mesh::measure::{area, is_closed, volume};
use crate::mesh::primitive::{cone, cube, cylinder, sphere};
use crate::mesh::{cut, merge, uv};

/// Reduces, and checks what holds for any mesh. Returns the result and how many points went.
fn reduced(mesh: &Mesh, share: f64) -> (Mesh, usize) {
    let result = reduce(mesh, share);
    assert_eq!(result.check(), Ok(()));
    assert_eq!(reduce(mesh, share), result, "not the same bits again");
    assert!(
        result
            .points
            .iter()
            .all(|point| mesh.points.contains(point))
    );
    assert_eq!(is_closed(&result), is_closed(mesh));
    let gone = mesh.points.len() - result.points.len();
    assert!(gone <= (mesh.points.len() as f64 * share).round() as usize);
    (result, gone)
}

/// Square land of quadrilaterals and triangles with heights, and texture coordinates that follow from the place.
fn terrain(random: &mut Random, size: u32) -> Mesh {
    let mut mesh = Mesh::default();
    let (a, b) = (random.next(), random.next());
    for z in 0..=size {
        for x in 0..=size {
            let (x, z) = (f64::from(x), f64::from(z));
            let hill = (a * x - b * z).abs() * 0.3 + a * (x * 0.3 - 2.0) * (z * 0.2 - 1.0);
            mesh.add_point(dvec3(x, hill + 0.02 * random.next(), z));
        }
    }
    for z in 0..size {
        for x in 0..size {
            let at = |x, z| z * (size + 1) + x;
            let [a, b, c, d] = [at(x, z + 1), at(x + 1, z + 1), at(x + 1, z), at(x, z)];
            if random.next() < 0.7 {
                mesh.add_face([&[a, b, c, d][..]]);
            } else {
                mesh.add_face([&[a, b, c][..]]);
                mesh.add_face([&[a, c, d][..]]);
            }
        }
    }
    uv::project(&mut mesh, 0, |p| dvec2(p.x, p.z));
    mesh
}

#[test]
fn land_keeps_its_outline_and_its_texture() {
    for seed in 0..100 {
        let random = &mut Random(seed);
        let land = terrain(random, 6 + (seed % 7) as u32);
        let (result, gone) = reduced(&land, 0.6);
        assert_eq!(gone, (land.points.len() as f64 * 0.6).round() as usize);
        let flat = |mesh: &Mesh| {
            let mut ground = mesh.clone();
            ground.points.iter_mut().for_each(|p| p.y = 0.0);
            area(&ground, |_| true)
        };
        assert!((flat(&land) - flat(&result)).abs() < 1e-9, "seed {seed}");
        for (corner, uv) in result.uv_sets[0].coordinates.iter().enumerate() {
            let p = result.point(result.corners[corner]);
            assert_eq!(*uv, dvec2(p.x, p.z));
        }
    }
}

#[test]
fn the_flattest_points_go_first() {
    let land = terrain(&mut Random(7), 12);
    let mut bent = land;
    // A ridge on flat ground: half of the points are not needed.
    bent.points
        .iter_mut()
        .for_each(|p| p.y = (6.0 - (p.x - 6.0).abs()).min(3.0));
    let (result, gone) = reduced(&bent, 0.8);
    assert_eq!(gone, (bent.points.len() as f64 * 0.8).round() as usize);
    let surface = |mesh: &Mesh| area(mesh, |_| true);
    assert!((surface(&result) - surface(&bent)).abs() < 1e-9);
}

#[test]
fn solids_stay_closed_and_lose_little() {
    let (ball, gone) = reduced(&sphere(32, 16), 0.5);
    assert!(gone >= 200 && volume(&ball) > 0.93 * volume(&sphere(32, 16)));
    // A box cut to bits has 8 points that matter.
    let mut bits = Mesh::default();
    for piece in cut::slabs(&cube(), 0, &[(0.0, 0.3), (0.3, 0.6), (0.6, 1.0)]) {
        let inner = |face: &usize| {
            let x = |point: &u32| piece.point(*point).x;
            let outline = piece.outline(*face);
            !outline.iter().all(|p| x(p) == x(&outline[0])) || [0.0, 1.0].contains(&x(&outline[0]))
        };
        let faces: Vec<usize> = (0..piece.face_count()).filter(inner).collect();
        merge::append(&mut bits, &piece.subset(&faces));
    }
    cleanup::weld(&mut bits, 1e-9);
    bits.uv_sets.clear();
    assert_eq!((bits.points.len(), bits.face_count()), (16, 14));
    let (clean, gone) = reduced(&bits, 0.5);
    assert_eq!((gone, clean.face_count()), (8, 6));
    assert!((volume(&clean) - 1.0).abs() < 1e-12);
}

#[test]
fn texture_seams_stay_where_they_are() {
    // Every edge of a box is a seam: nothing can go without moving one but along itself.
    let (result, _) = reduced(&cylinder(64), 0.4);
    for face in 0..result.face_count() {
        let corners = result.face_corners(face);
        let uvs = &result.uv_sets[0].coordinates[corners];
        let wide = |a: &DVec2, b: &DVec2| (a.x - b.x).abs();
        let width = uvs.iter().flat_map(|a| uvs.iter().map(move |b| wide(a, b)));
        assert!(width.fold(0.0, f64::max) <= 1.0);
    }
    assert!(volume(&result) > 0.8 * volume(&cylinder(64)));
}

#[test]
fn any_share_of_any_solid() {
    for seed in 0..400 {
        let random = &mut Random(seed);
        let sides = 3 + (random.next() * 30.0) as u32;
        let mut body = match seed % 5 {
            0 => cube(),
            1 => cylinder(sides),
            2 => cone(sides),
            3 => sphere(sides, 2 + (random.next() * 12.0) as u32),
            _ => {
                let mut star = Mesh::default();
                let corner = |k: u32| {
                    let (sin, cos) =
                        crate::math::sin_cos_degrees(f64::from(k) * 360.0 / f64::from(sides));
                    dvec3(cos, 0.0, -sin) * (0.5 + random.next())
                };
                let corners: Vec<DVec3> = (0..sides).map(corner).collect();
                let ring: Vec<u32> = corners.iter().map(|&p| star.add_point(p)).collect();
                star.add_face([ring.as_slice()]);
                extrude(&star, Sweep::FaceNormal(1.0), DVec3::Y)
            }
        };
        if random.next() < 0.5 {
            body.uv_sets.clear();
            body.normals.clear();
        }
        let (result, _) = reduced(&body, random.next());
        assert!(volume(&result) > 0.0, "seed {seed}");
    }
}

#[test]
fn what_cannot_be_reduced_stays() {
    assert_eq!(reduce(&Mesh::default(), 1.0), Mesh::default());
    let triangle = {
        let mut mesh = Mesh::default();
        for p in [DVec3::ZERO, DVec3::X, DVec3::NEG_Z] {
            mesh.add_point(p);
        }
        mesh.add_face([&[0, 1, 2][..]]);
        mesh
    };
    assert_eq!(reduce(&triangle, 1.0), triangle);
    assert_eq!(reduce(&cube(), 0.0), cube());
}
