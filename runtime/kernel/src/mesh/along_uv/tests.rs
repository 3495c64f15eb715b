use glam::{DVec2, DVec3, dvec2, dvec3};

use super::*;
use crate::chance::Random;
use crate::mesh::measure::volume;
use crate::mesh::primitive::{cube, cylinder, quad};
use crate::mesh::{UvSet, cleanup};

/// All of a surface's patches with all tiles that they reach, welded.
fn laid(surface: &Mesh, tile: &Mesh, up: Option<DVec3>) -> Mesh {
    let (patches, left_out) = patches(surface, 0, up).unwrap();
    assert_eq!(left_out, 0);
    let mut mesh = Mesh::default();
    for patch in &patches {
        let [along_u, along_v] = patch.tiles();
        for u in along_u {
            for v in along_v.clone() {
                patch.lay(tile, [u, v], &mut mesh);
            }
        }
    }
    cleanup::weld(&mut mesh, 1e-6);
    assert_eq!(mesh.check(), Ok(()));
    mesh
}

fn box_tile(height: f64) -> Mesh {
    tile(
        &cube().transformed(&DAffine3::from_scale_rotation_translation(
            dvec3(3.0, 2.0, 0.5),
            glam::DQuat::IDENTITY,
            dvec3(-1.0, 5.0, 7.0),
        )),
        height,
        false,
    )
}

fn area_where(mesh: &Mesh, chosen: impl Fn(DVec3) -> bool) -> f64 {
    let faces = (0..mesh.face_count()).filter(|&face| {
        let outline = mesh.outline(face).iter();
        outline.clone().all(|&point| chosen(mesh.point(point)))
    });
    faces.map(|face| mesh.area(face)).sum()
}

#[test]
fn x_goes_along_u_and_z_against_v() {
    let mut wedge = cube();
    // The corner at x = 1, z = 1 is u = 1, v = 0: there alone the wedge is high.
    for point in &mut wedge.points {
        point.y *= point.x * point.z;
    }
    let mesh = laid(&quad(), &tile(&wedge, 2.0, false), Some(DVec3::Y));
    let high: Vec<DVec3> = mesh.points.iter().copied().filter(|p| p.y > 1.0).collect();
    // The unit square has u along x and v against z.
    assert_eq!(high, [dvec3(1.0, 2.0, 1.0)]);
}

#[test]
fn tiles_repeat_and_stay_solid() {
    let mut surface = quad();
    uv::change(&mut surface, 0, |uv| {
        uv * dvec2(3.0, 2.0) + dvec2(-1.0, 4.0)
    });
    let mesh = laid(&surface, &box_tile(0.5), Some(DVec3::Y));
    assert_eq!(mesh.face_count(), 36);
    assert_eq!(mesh.bounds(), Some((DVec3::ZERO, dvec3(1.0, 0.5, 1.0))));
    assert!((volume(&mesh) - 0.5).abs() < 1e-12);
}

#[test]
fn outside_stays_outside_however_texture_space_lies() {
    for (u, v, height) in [
        (1.0, 1.0, -0.5),
        (-1.0, 1.0, 0.5),
        (1.0, -1.0, 0.5),
        (-1.0, -1.0, -0.5),
    ] {
        let mut surface = quad();
        uv::change(&mut surface, 0, |uv| uv * dvec2(u, v));
        let mesh = laid(&surface, &box_tile(height), Some(DVec3::Y));
        assert!((volume(&mesh) - 0.5).abs() < 1e-12, "{u} {v} {height}");
        assert_eq!(mesh.bounds().unwrap().0.y, height.min(0.0));
    }
}

#[test]
fn position_may_be_kept_above_the_surface() {
    let raised = cube().transformed(&DAffine3::from_translation(DVec3::Y));
    let mesh = laid(&quad(), &tile(&raised, 0.5, true), Some(DVec3::Y));
    let (low, high) = mesh.bounds().unwrap();
    assert_eq!((low.y, high.y), (0.5, 1.0));
}

/// A net of triangles and quadrilaterals over a square, with texture coordinates turned and scaled.
fn net(random: &mut impl FnMut() -> f64) -> Mesh {
    let size = 4;
    let mut mesh = Mesh::default();
    for z in 0..=size {
        for x in 0..=size {
            let mut inner = |k| {
                if k == 0 || k == size {
                    0.0
                } else {
                    random() - 0.5
                }
            };
            let (dx, dz) = (inner(x) * 0.5, 0.0);
            mesh.add_point(dvec3(f64::from(x) + dx, 0.0, f64::from(z) + dz));
        }
    }
    for z in 0..size {
        for x in 0..size {
            let at = |x: i32, z: i32| (z * (size + 1) + x) as u32;
            let [a, b, c, d] = [at(x, z + 1), at(x + 1, z + 1), at(x + 1, z), at(x, z)];
            if random() < 0.5 {
                mesh.add_face([&[a, b, c, d][..]]);
            } else {
                mesh.add_face([&[a, b, c][..]]);
                mesh.add_face([&[a, c, d][..]]);
            }
        }
    }
    let (sin, cos) = crate::math::sin_cos_degrees(random() * 360.0);
    let scale = dvec2(0.2 + random(), 0.2 + random());
    let coordinates = mesh.corners.iter().map(|&point| {
        let p = mesh.point(point);
        dvec2(p.x * cos - p.z * sin, p.x * sin + p.z * cos) * scale
    });
    let shift = 10.0 * random();
    let coordinates = coordinates.map(|uv: DVec2| uv + shift);
    mesh.uv_sets.push(UvSet {
        set: 0,
        coordinates: coordinates.collect(),
    });
    mesh
}

#[test]
fn nothing_is_lost_and_nothing_doubled_at_borders() {
    for seed in 0..300_u64 {
        let mut numbers = Random(seed);
        let mut random = || numbers.next();
        let surface = net(&mut random);
        let height = random() * 2.0 + 0.1;
        let mesh = laid(&surface, &box_tile(height), Some(DVec3::Y));
        let top = area_where(&mesh, |p| p.y > height - 1e-9);
        let ground = area_where(&mesh, |p| p.y < 1e-9);
        assert!((top - 16.0).abs() < 1e-6, "seed {seed}: {top}");
        assert!((ground - 16.0).abs() < 1e-6, "seed {seed}: {ground}");
        assert!(mesh.uv_sets[0].coordinates.iter().all(|uv| uv.is_finite()));
    }
}

#[test]
fn along_normals_it_wraps_around_a_cylinder() {
    let body = cylinder(16);
    let sides: Vec<usize> = (0..body.face_count())
        .filter(|&face| body.normal(face).y.abs() < 0.5)
        .collect();
    let mut wall = body.subset(&sides);
    uv::change(&mut wall, 0, |uv| uv * 16.0);
    let mesh = laid(&wall, &box_tile(0.25), None);
    let (low, high) = wall.bounds().unwrap();
    let axis = ((low + high) * 0.5).with_y(0.0);
    let radius = (high.x - low.x) * 0.5;
    for point in &mesh.points {
        let distance = (point.with_y(0.0) - axis).length();
        assert!(
            distance > radius * 0.98 - 1e-9 && distance < radius + 0.25 + 1e-9,
            "{point}"
        );
    }
    assert!(volume(&mesh) > 0.0);
    assert!(mesh.normals.is_empty());
}

#[test]
fn what_is_no_triangle_or_quadrilateral_gets_nothing() {
    let mut pentagon = crate::mesh::primitive::disk(5);
    let (patches_of_pentagon, left_out) = patches(&pentagon, 0, None).unwrap();
    assert_eq!((patches_of_pentagon.len(), left_out), (0, 1));
    uv::remove(&mut pentagon, 0);
    assert!(patches(&pentagon, 0, None).is_none());
    // A corner on a straight side does not count.
    let mut five = Mesh::default();
    for (x, z) in [(0.0, 1.0), (0.5, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0)] {
        five.add_point(dvec3(x, 0.0, z));
    }
    five.add_face([&[0, 1, 2, 3, 4][..]]);
    uv::project(&mut five, 0, |p| dvec2(p.x, -p.z));
    assert_eq!(patches(&five, 0, None).unwrap().0.len(), 1);
    // Without an extent in texture space there is no place for it.
    uv::project(&mut five, 0, |p| dvec2(p.x, p.x));
    assert_eq!(patches(&five, 0, None).unwrap().0.len(), 0);
}
