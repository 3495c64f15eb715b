//! Simple bodies, in the unit box (corner at the origin) or, for given sizes, in metres.

use glam::{DVec2, DVec3};
use smallvec::smallvec;

use super::{Mesh, SHAPE_MATERIAL, UvSet};
use crate::math;

/// The box from the origin to (1, 1, 1): 8 shared points; faces bottom, top, front, right, back, left, each with
/// texture coordinates (0,0) (1,0) (1,1) (0,1).
pub fn cube() -> Mesh {
    const FACES: [[[u8; 3]; 4]; 6] = [
        [[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]],
        [[0, 1, 1], [1, 1, 1], [1, 1, 0], [0, 1, 0]],
        [[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]],
        [[1, 0, 1], [1, 0, 0], [1, 1, 0], [1, 1, 1]],
        [[1, 0, 0], [0, 0, 0], [0, 1, 0], [1, 1, 0]],
        [[0, 0, 0], [0, 0, 1], [0, 1, 1], [0, 1, 0]],
    ];
    let mut mesh = Mesh::default();
    for number in 0..8_u8 {
        let bit = |k: u8| f64::from(number >> k & 1);
        mesh.add_point(DVec3::new(bit(0), bit(1), bit(2)));
    }
    for face in FACES {
        mesh.add_face([&face.map(|[x, y, z]| u32::from(x + 2 * y + 4 * z))[..]]);
    }
    let square = [DVec2::ZERO, DVec2::X, DVec2::ONE, DVec2::Y];
    mesh.uv_sets = vec![UvSet {
        set: 0,
        coordinates: square.repeat(6).into(),
    }];
    mesh
}

/// The square from (0, 0, 1) over (1, 0, 1), (1, 0, 0) to (0, 0, 0), looking up.
pub fn quad() -> Mesh {
    let mut mesh = Mesh::default();
    for (x, z) in [(0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0)] {
        mesh.add_point(DVec3::new(x, 0.0, z));
    }
    mesh.add_face([&[0, 1, 2, 3][..]]);
    let coordinates = smallvec![DVec2::ZERO, DVec2::X, DVec2::ONE, DVec2::Y];
    mesh.uv_sets = vec![UvSet {
        set: 0,
        coordinates,
    }];
    mesh
}

/// A regular polygon around (0, 0, 0) with radius 1, looking up.
pub fn disk(sides: u32) -> Mesh {
    let mut mesh = Mesh::default();
    let ring: Vec<u32> = (0..sides)
        .map(|k| mesh.add_point(on_circle(k, sides)))
        .collect();
    mesh.add_face([ring.as_slice()]);
    let coordinates = (0..sides)
        .map(|k| cap_uv(on_circle(k, sides), 1.0))
        .collect();
    mesh.uv_sets = vec![UvSet {
        set: 0,
        coordinates,
    }];
    mesh
}

/// A cylinder around the y axis with radius 1 from height 0 to 1: bottom, top, then one side for each edge; smooth.
pub fn cylinder(sides: u32) -> Mesh {
    let mut mesh = disk(sides);
    let (mut normals, mut uvs) = (Vec::new(), Vec::new());
    let ring: Vec<u32> = (0..sides).collect();
    mesh = Mesh {
        points: mesh.points,
        ..Mesh::default()
    };
    for k in 0..sides {
        mesh.add_point(on_circle(k, sides) + DVec3::Y);
    }
    let mut bottom = ring.clone();
    super::flip_ring(&mut bottom);
    let top: Vec<u32> = ring.iter().map(|k| k + sides).collect();
    mesh.add_face([bottom.as_slice()]);
    mesh.add_face([top.as_slice()]);
    for (cap, side, normal) in [(&bottom, -1.0, -DVec3::Y), (&top, 1.0, DVec3::Y)] {
        normals.extend(cap.iter().map(|_| normal));
        uvs.extend(cap.iter().map(|&p| cap_uv(mesh.point(p), side)));
    }
    for k in 0..sides {
        let next = (k + 1) % sides;
        mesh.add_face([&[k, next, next + sides, k + sides][..]]);
        let (a, b) = (on_circle(k, sides), on_circle(next, sides));
        normals.extend([a, b, b, a]);
        let (u, u_next) = (
            f64::from(k) / f64::from(sides),
            f64::from(k + 1) / f64::from(sides),
        );
        uvs.extend([
            DVec2::new(u, 0.0),
            DVec2::new(u_next, 0.0),
            DVec2::new(u_next, 1.0),
            DVec2::new(u, 1.0),
        ]);
    }
    with_looks(mesh, normals, uvs)
}

/// A cone around the y axis with radius 1 and height 1: bottom, then one triangle for each edge; smooth.
pub fn cone(sides: u32) -> Mesh {
    let mut mesh = Mesh::default();
    let ring: Vec<u32> = (0..sides)
        .map(|k| mesh.add_point(on_circle(k, sides)))
        .collect();
    let apex = mesh.add_point(DVec3::Y);
    let mut bottom = ring;
    super::flip_ring(&mut bottom);
    mesh.add_face([bottom.as_slice()]);
    let mut normals: Vec<DVec3> = bottom.iter().map(|_| -DVec3::Y).collect();
    let mut uvs: Vec<DVec2> = bottom
        .iter()
        .map(|&p| cap_uv(mesh.point(p), -1.0))
        .collect();
    for k in 0..sides {
        let next = (k + 1) % sides;
        mesh.add_face([&[k, next, apex][..]]);
        let slant = |p: DVec3| (p + DVec3::Y).normalize();
        let (a, b) = (slant(on_circle(k, sides)), slant(on_circle(next, sides)));
        normals.extend([a, b, (a + b).normalize()]);
        let (u, u_next) = (
            f64::from(k) / f64::from(sides),
            f64::from(k + 1) / f64::from(sides),
        );
        uvs.extend([
            DVec2::new(u, 0.0),
            DVec2::new(u_next, 0.0),
            DVec2::new(0.5 * (u + u_next), 1.0),
        ]);
    }
    with_looks(mesh, normals, uvs)
}

/// A sphere around the origin with radius 1: rows of faces from the south pole up; smooth.
pub fn sphere(sides: u32, divisions: u32) -> Mesh {
    let mut mesh = Mesh::default();
    let south = mesh.add_point(-DVec3::Y);
    for row in 1..divisions {
        let (sin, cos) = math::sin_cos_degrees(180.0 * f64::from(row) / f64::from(divisions));
        for k in 0..sides {
            let around = on_circle(k, sides);
            mesh.add_point(DVec3::new(around.x * sin, -cos, around.z * sin));
        }
    }
    let north = mesh.add_point(DVec3::Y);
    let mut uvs = Vec::new();
    for row in 0..divisions {
        let (v, v_next) = (
            f64::from(row) / f64::from(divisions),
            f64::from(row + 1) / f64::from(divisions),
        );
        for k in 0..sides {
            let next = (k + 1) % sides;
            let (u, u_next) = (
                f64::from(k) / f64::from(sides),
                f64::from(k + 1) / f64::from(sides),
            );
            let at = |row: u32, k: u32| 1 + (row - 1) * sides + k;
            if row == 0 {
                mesh.add_face([&[south, at(1, next), at(1, k)][..]]);
                uvs.extend(
                    [(0.5 * (u + u_next), v), (u_next, v_next), (u, v_next)].map(DVec2::from),
                );
            } else if row == divisions - 1 {
                mesh.add_face([&[at(row, k), at(row, next), north][..]]);
                uvs.extend([(u, v), (u_next, v), (0.5 * (u + u_next), v_next)].map(DVec2::from));
            } else {
                mesh.add_face([
                    &[at(row, k), at(row, next), at(row + 1, next), at(row + 1, k)][..],
                ]);
                uvs.extend([(u, v), (u_next, v), (u_next, v_next), (u, v_next)].map(DVec2::from));
            }
        }
    }
    let normals = mesh.corners.iter().map(|&p| mesh.point(p)).collect();
    with_looks(mesh, normals, uvs)
}

fn with_looks(mut mesh: Mesh, normals: Vec<DVec3>, coordinates: Vec<DVec2>) -> Mesh {
    mesh.materials.fill(SHAPE_MATERIAL);
    mesh.normals = normals;
    mesh.uv_sets = vec![UvSet {
        set: 0,
        coordinates: coordinates.into(),
    }];
    mesh
}

/// The k-th of n points on the unit circle, counter-clockwise seen from above, from +x.
fn on_circle(k: u32, n: u32) -> DVec3 {
    let (sin, cos) = math::sin_cos_degrees(360.0 * f64::from(k) / f64::from(n));
    DVec3::new(cos, 0.0, -sin)
}

fn cap_uv(point: DVec3, side: f64) -> DVec2 {
    DVec2::new(0.5 + 0.5 * point.x, 0.5 - 0.5 * point.z * side)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::measure::{is_closed, volume};

    #[test]
    fn bodies_are_closed_and_look_outward() {
        for body in [cube(), cylinder(16), cone(16), sphere(16, 16), sphere(3, 2)] {
            assert_eq!(body.check(), Ok(()));
            assert!(is_closed(&body));
            assert!(volume(&body) > 0.1, "volume {}", volume(&body));
        }
        assert_eq!(volume(&cube()), 1.0);
        assert_eq!(cube().points.len(), 8);
    }
}
