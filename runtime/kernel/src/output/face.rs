//! Triangles of one face.

use glam::{DVec2, DVec3};

use crate::mesh::Mesh;
use crate::polygon::triangulate::triangulate;
use crate::polygon::{Ring, orientation};

/// Cuts faces into triangles; holds memory for reuse.
#[derive(Debug, Default)]
pub(crate) struct Triangulator {
    /// Rings of the face in a plane.
    rings: Vec<Ring>,
    /// The result: corners of the face, counted from its first.
    triangles: Vec<[u32; 3]>,
}

impl Triangulator {
    /// The triangles of a face, counter-clockwise seen from where `normal` (of any length, not zero) points.
    /// Their corners are counted from the first corner of the face through all its loops.
    ///
    /// Plane coordinates are two of the three space coordinates, unrounded, so that exact predicates
    /// decide on the points as they are.
    pub(crate) fn triangulate(&mut self, mesh: &Mesh, face: usize, normal: DVec3) -> &[[u32; 3]] {
        let loops = mesh.loops_of(face);
        self.triangles.clear();
        if loops.len() == 1 {
            match *mesh.ring(loops.start) {
                [_, _, _] => self.triangles.push([0, 1, 2]),
                [a, b, c, d] => {
                    let quad = [a, b, c, d].map(|point| project(mesh.point(point), normal));
                    self.triangles
                        .extend(quad_triangles(quad).into_iter().flatten());
                }
                _ => {}
            }
            if !self.triangles.is_empty() {
                return &self.triangles;
            }
        }
        self.rings.resize_with(loops.len(), Ring::new);
        for (ring, loop_number) in self.rings.iter_mut().zip(loops) {
            ring.clear();
            ring.extend(
                mesh.ring(loop_number)
                    .iter()
                    .map(|&point| project(mesh.point(point), normal)),
            );
        }
        self.triangles = triangulate(&self.rings);
        &self.triangles
    }
}

/// The two coordinates across the largest coordinate of the normal, ordered so that turning left stays turning left.
fn project(point: DVec3, normal: DVec3) -> DVec2 {
    let size = normal.abs();
    let (u, v, w) = if size.x >= size.y && size.x >= size.z {
        (point.y, point.z, normal.x)
    } else if size.y >= size.z {
        (point.z, point.x, normal.y)
    } else {
        (point.x, point.y, normal.z)
    };
    if w >= 0.0 {
        DVec2::new(u, v)
    } else {
        DVec2::new(v, u)
    }
}

/// Two triangles of a quadrangle that has a diagonal inside; none when it has no such diagonal.
fn quad_triangles([a, b, c, d]: [DVec2; 4]) -> Option<[[u32; 3]; 2]> {
    if turns_left(a, b, c) && turns_left(a, c, d) {
        Some([[0, 1, 2], [0, 2, 3]])
    } else if turns_left(b, c, d) && turns_left(b, d, a) {
        Some([[1, 2, 3], [1, 3, 0]])
    } else {
        None
    }
}

fn turns_left(a: DVec2, b: DVec2, c: DVec2) -> bool {
    orientation(a, b, c) > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Area of the triangles of a face, and their number.
    fn area_and_count(mesh: &Mesh) -> (f64, usize) {
        let mut triangulator = Triangulator::default();
        let triangles = triangulator.triangulate(mesh, 0, mesh.area_vector(0));
        let corner = |k: u32| mesh.point(mesh.corners[k as usize]);
        let area = |[a, b, c]: [u32; 3]| {
            (corner(b) - corner(a))
                .cross(corner(c) - corner(a))
                .length()
                / 2.0
        };
        (triangles.iter().map(|&t| area(t)).sum(), triangles.len())
    }

    fn face(rings: &[&[[f64; 3]]]) -> Mesh {
        let mut mesh = Mesh::default();
        let numbers: Vec<Vec<u32>> = rings
            .iter()
            .map(|ring| ring.iter().map(|&p| mesh.add_point(p.into())).collect())
            .collect();
        mesh.add_face(numbers.iter().map(Vec::as_slice));
        mesh
    }

    #[test]
    fn a_dart_is_cut_along_its_inner_diagonal() {
        for turn in 0..4 {
            let mut dart = [
                [0.0, 0.0, 0.0],
                [4.0, 0.0, 0.0],
                [1.0, 1.0, 0.0],
                [0.0, 4.0, 0.0],
            ];
            dart.rotate_left(turn);
            assert_eq!(area_and_count(&face(&[&dart])), (4.0, 2));
        }
    }

    #[test]
    fn a_wall_with_a_window_keeps_its_area() {
        let wall = [
            [0.0, 0.0, 0.0],
            [0.0, 0.0, -4.0],
            [0.0, 3.0, -4.0],
            [0.0, 3.0, 0.0],
        ];
        let window = [
            [0.0, 1.0, -1.0],
            [0.0, 2.0, -1.0],
            [0.0, 2.0, -3.0],
            [0.0, 1.0, -3.0],
        ];
        assert_eq!(area_and_count(&face(&[&wall, &window])), (10.0, 8));
    }
}
