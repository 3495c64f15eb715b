use glam::{DAffine3, DQuat, DVec3, dvec3};

use super::*;
use crate::mesh::cut;
use crate::mesh::measure::{area, boundary_length, is_closed, volume};
use crate::mesh::primitive::{cube, cylinder, quad, sphere};
use crate::mesh::topology::Topology;

const NEAR: f64 = 1e-6;

struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn vector(&mut self) -> DVec3 {
        dvec3(self.unit(), self.unit(), self.unit()) * 2.0 - 1.0
    }
}

/// A piece that was moved.
fn moved(mesh: &Mesh, map: &DAffine3) -> Piece {
    Piece {
        mesh: mesh.transformed(map),
        rest: Some(mesh.points.to_vec()),
        visible: true,
    }
}

fn at_rest(mesh: &Mesh) -> Piece {
    moved(mesh, &DAffine3::IDENTITY)
}

fn up(by: f64) -> DAffine3 {
    DAffine3::from_translation(DVec3::Y * by)
}

/// The result, which passes.
fn whole(pieces: &[Piece]) -> Mesh {
    let Recomposed { mesh, rest } = recompose(pieces, NEAR);
    assert_eq!(mesh.check(), Ok(()));
    assert_eq!(rest.len(), mesh.points.len());
    assert_eq!(
        recompose(pieces, NEAR).mesh,
        mesh,
        "not the same bits again"
    );
    mesh
}

/// Whether along every edge as many faces run one way as the other; where solids were cut more than two meet.
fn has_no_border(mesh: &Mesh) -> bool {
    let closed = Topology::new(mesh).closed_faces(mesh);
    closed.iter().all(|&closed| closed)
}

/// Pieces of pieces, by random planes across axes.
fn cut_up(random: &mut Random, mesh: &Mesh, times: usize) -> Vec<Mesh> {
    let mut pieces = vec![mesh.clone()];
    for _ in 0..times {
        let chosen = (random.unit() * pieces.len() as f64) as usize;
        let axis = (random.unit() * 3.0) as usize;
        let (low, high) = pieces[chosen].bounds().unwrap();
        if high[axis] - low[axis] < 1e-3 {
            continue;
        }
        let piece = pieces.remove(chosen);
        let at = low[axis] + (high[axis] - low[axis]) * (0.2 + 0.6 * random.unit());
        let bounds = [(low[axis], at), (at, high[axis])];
        let parts = cut::slabs(&piece, axis, &bounds);
        pieces.extend(parts.into_iter().filter(|part| part.face_count() > 0));
    }
    pieces
}

#[test]
fn faces_taken_apart_are_as_they_were() {
    for body in [cube(), cylinder(12), sphere(9, 5)] {
        let faces = (0..body.face_count()).map(|face| at_rest(&body.subset(&[face])));
        let mesh = whole(&faces.collect::<Vec<_>>());
        assert_eq!(mesh.points.len(), body.points.len());
        assert_eq!(mesh.corners.len(), body.corners.len());
        assert!(is_closed(&mesh) && (volume(&mesh) - volume(&body)).abs() < 1e-12);
        assert_eq!(mesh.uv_sets, body.uv_sets);
    }
}

#[test]
fn what_was_cut_closes_again() {
    for seed in 0..300 {
        let random = &mut Random(seed);
        let body = match seed % 3 {
            0 => cube(),
            1 => cylinder(5 + (seed % 7) as u32),
            _ => sphere(5 + (seed % 5) as u32, 4),
        };
        let pieces = cut_up(random, &body, 1 + (seed % 6) as usize);
        let pieces: Vec<Piece> = pieces.iter().map(at_rest).collect();
        let mesh = whole(&pieces);
        assert!(has_no_border(&mesh), "seed {seed}");
        assert!((volume(&mesh) - volume(&body)).abs() < 1e-9, "seed {seed}");
    }
}

#[test]
fn a_surface_cut_up_has_no_border_inside_however_it_is_moved() {
    for seed in 0..300 {
        let random = &mut Random(seed);
        let pieces = cut_up(random, &quad(), 1 + (seed % 9) as usize);
        let still: Vec<Piece> = pieces.iter().map(at_rest).collect();
        let mesh = whole(&still);
        assert!((boundary_length(&mesh) - 4.0).abs() < 1e-9, "seed {seed}");
        assert!((area(&mesh, |_| true) - 1.0).abs() < 1e-9);
        let lifted: Vec<Piece> = pieces
            .iter()
            .map(|piece| moved(piece, &up(0.01 * random.unit())))
            .collect();
        let bent = whole(&lifted);
        // The same net at other heights.
        assert_eq!(bent.corners, mesh.corners, "seed {seed}");
        for (a, b) in bent.points.iter().zip(&mesh.points) {
            assert!((a.x - b.x).abs() < 1e-9 && (a.z - b.z).abs() < 1e-9 && a.y > -1e-12);
        }
    }
}

#[test]
fn a_closed_body_stays_closed_however_its_faces_are_moved() {
    for seed in 0..300 {
        let random = &mut Random(seed);
        let body = if seed % 2 == 0 { cube() } else { sphere(7, 5) };
        let mut pieces = Vec::new();
        for face in 0..body.face_count() {
            let map = DAffine3::from_scale_rotation_translation(
                DVec3::ONE + random.vector() * 0.3,
                DQuat::from_xyzw(0.0, 0.0, 0.0, 1.0),
                random.vector() * 0.2,
            );
            for part in cut_up(random, &body.subset(&[face]), (seed % 3) as usize) {
                pieces.push(moved(&part, &map));
            }
        }
        let mesh = whole(&pieces);
        assert!(has_no_border(&mesh), "seed {seed}");
        assert!(volume(&mesh).is_finite());
    }
}

/// Four squares in a square of 2 by 2.
fn four() -> Vec<Mesh> {
    [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]
        .map(|(x, z)| quad().transformed(&DAffine3::from_translation(dvec3(x, 0.0, z))))
        .to_vec()
}

fn height(mesh: &Mesh, x: f64, z: f64) -> f64 {
    let at = |p: &&DVec3| (p.x - x).abs() < 1e-9 && (p.z - z).abs() < 1e-9;
    mesh.points.iter().find(at).expect("a point").y
}

#[test]
fn offsets_of_all_that_have_a_point_add_up() {
    let pieces: Vec<Piece> = four().iter().map(|face| moved(face, &up(1.0))).collect();
    let mesh = whole(&pieces);
    assert_eq!(mesh.points.len(), 9);
    assert_eq!(height(&mesh, 1.0, 1.0), 4.0);
    assert_eq!(height(&mesh, 1.0, 0.0), 2.0);
    assert_eq!(height(&mesh, 2.0, 2.0), 1.0);
}

#[test]
fn what_is_taken_away_moves_its_neighbours_still() {
    let faces = four();
    let mut gone = moved(&faces[0], &up(1.0));
    gone.visible = false;
    let mesh = whole(&[gone, at_rest(&faces[1]), at_rest(&faces[2])]);
    assert_eq!(mesh.face_count(), 2);
    assert_eq!(
        (height(&mesh, 1.0, 0.0), height(&mesh, 2.0, 0.0)),
        (1.0, 0.0)
    );
}

#[test]
fn new_points_on_an_edge_follow_it() {
    // The left half is stretched along z, the right half is cut in the middle of their common edge.
    let left = quad();
    let right = quad().transformed(&DAffine3::from_translation(DVec3::X));
    let stretched = moved(&left, &DAffine3::from_scale(dvec3(1.0, 1.0, 3.0)));
    let mut pieces = vec![stretched];
    let halves = cut::slabs(&right, 2, &[(0.0, 0.5), (0.5, 1.0)]);
    pieces.extend(halves.iter().map(at_rest));
    let mesh = whole(&pieces);
    let edge: Vec<f64> = mesh
        .points
        .iter()
        .filter(|p| p.x == 1.0)
        .map(|p| p.z)
        .collect();
    assert!(edge.contains(&1.5) && edge.contains(&3.0) && edge.contains(&0.0));
    assert_eq!(edge.len(), 3);
    assert_eq!(mesh.outline(0).len(), 5);
}

#[test]
fn edges_and_points_change_the_faces_they_belong_to() {
    let line = |points: [DVec3; 2]| Mesh {
        points: points.into_iter().collect(),
        lines: vec![[0, 1]],
        ..Mesh::default()
    };
    let (a, b) = (dvec3(0.0, 0.0, 1.0), dvec3(1.0, 0.0, 1.0));
    let [third, two_thirds] = [1.0 / 3.0, 2.0 / 3.0].map(|t| a.lerp(b, t));
    let back = DAffine3::from_translation(DVec3::NEG_Z * 0.5);
    let mut pieces = vec![
        at_rest(&quad()),
        at_rest(&line([a, third])),
        moved(&line([third, two_thirds]), &back),
        at_rest(&line([two_thirds, b])),
    ];
    for piece in &mut pieces[1..] {
        piece.visible = false;
    }
    let mesh = whole(&pieces);
    assert_eq!(
        (mesh.face_count(), mesh.outline(0).len(), mesh.lines.len()),
        (1, 6, 0)
    );
    let notch: Vec<f64> = mesh
        .points
        .iter()
        .filter(|p| p.z == 0.5)
        .map(|p| p.x)
        .collect();
    assert_eq!(notch, [1.0 / 3.0, 2.0 / 3.0]);
    // Seen, the lines are cut alike and stay lines.
    pieces[1].visible = true;
    assert_eq!(whole(&pieces).lines.len(), 1);
}

#[test]
fn new_geometry_is_put_beside() {
    let mut other = at_rest(&cube());
    other.rest = None;
    let mesh = whole(&[at_rest(&cube()), other]);
    assert_eq!((mesh.points.len(), mesh.face_count()), (16, 12));
}
