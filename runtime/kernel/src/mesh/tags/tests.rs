use glam::{DVec2, DVec3};
use proptest::prelude::*;

use super::{Kind, Tag, TagSet};
use crate::math;
use crate::mesh::cleanup::{drop_straight_corners, join_coplanar, weld};
use crate::mesh::clip::clip;
use crate::mesh::cut::{half_space, slabs};
use crate::mesh::extrude::{Sweep, extrude, taper};
use crate::mesh::flat::FlatFace;
use crate::mesh::{Mesh, merge};
use crate::polygon::offset::offset;
use crate::polygon::setback::setback;
use crate::state::StringId;

/// A tag by its number.
fn tag(number: u32) -> Tag {
    Tag::of_string(StringId(number))
}

/// A polygon on the ground, counter-clockwise from above. Edge k has tag k, its vertex tag 100 + k, the face tag 200.
fn footprint(points: &[(f64, f64)]) -> Mesh {
    let mut mesh = Mesh::default();
    let ring: Vec<u32> = points
        .iter()
        .map(|&(x, z)| mesh.add_point(DVec3::new(x, 0.0, z)))
        .collect();
    mesh.add_face([&ring[..]]);
    let tags = mesh.tags_mut();
    tags.faces[0].add(tag(200));
    for (k, number) in (0..points.len()).zip(0..) {
        tags.edges[k].add(tag(number));
        tags.vertices[k].add(tag(100 + number));
    }
    assert!(mesh.normal(0).y > 0.999);
    mesh
}

fn square() -> Mesh {
    footprint(&[(0.0, 4.0), (4.0, 4.0), (4.0, 0.0), (0.0, 0.0)])
}

/// A set in words.
fn words(set: &TagSet) -> String {
    let word = |tag: &Tag| match tag.text() {
        Ok(text) => text.to_owned(),
        Err(string) => string.0.to_string(),
    };
    set.0.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// The tags of the faces in words.
fn faces(mesh: &Mesh) -> Vec<String> {
    let tags = mesh.tags.as_ref().expect("a mesh with tags");
    tags.faces.iter().map(words).collect()
}

/// The tags of the edge between two places, those of all its corners.
fn edge(mesh: &Mesh, from: DVec3, to: DVec3) -> String {
    let tags = mesh.tags.as_ref().expect("a mesh with tags");
    let (mut all, mut found) = (TagSet::default(), false);
    for loop_number in 0..mesh.loops.len() - 1 {
        let corners = mesh.corners_of(loop_number);
        for corner in corners.clone() {
            let next = if corner + 1 == corners.end {
                corners.start
            } else {
                corner + 1
            };
            let ends = [corner, next].map(|corner| mesh.point(mesh.corners[corner]));
            let near = |a: DVec3, b: DVec3| a.distance(b) < 1e-9;
            if (near(ends[0], from) && near(ends[1], to))
                || (near(ends[0], to) && near(ends[1], from))
            {
                all.add_all(&tags.edges[corner]);
                found = true;
            }
        }
    }
    assert!(found, "no edge from {from} to {to}");
    words(&all)
}

/// The tags at a place.
fn vertex(mesh: &Mesh, at: DVec3) -> String {
    let tags = mesh.tags.as_ref().expect("a mesh with tags");
    let mut all = TagSet::default();
    for (corner, set) in tags.vertices.iter().enumerate() {
        if mesh.point(mesh.corners[corner]).distance(at) < 1e-9 {
            all.add_all(set);
        }
    }
    words(&all)
}

const fn at(x: f64, y: f64, z: f64) -> DVec3 {
    DVec3::new(x, y, z)
}

#[test]
fn what_is_cut_keeps_its_tags_and_the_cut_has_none() {
    let pieces = slabs(&square(), 0, &[(0.0, 1.0), (1.0, 4.0)]);
    for piece in &pieces {
        assert_eq!(piece.check(), Ok(()));
        assert_eq!(faces(piece), ["200"]);
        assert_eq!(edge(piece, at(1.0, 0.0, 0.0), at(1.0, 0.0, 4.0)), "");
        assert_eq!(vertex(piece, at(1.0, 0.0, 0.0)), "");
    }
    assert_eq!(edge(&pieces[0], at(0.0, 0.0, 4.0), at(1.0, 0.0, 4.0)), "0");
    assert_eq!(edge(&pieces[1], at(1.0, 0.0, 4.0), at(4.0, 0.0, 4.0)), "0");
    assert_eq!(edge(&pieces[1], at(4.0, 0.0, 4.0), at(4.0, 0.0, 0.0)), "1");
    assert_eq!(edge(&pieces[0], at(0.0, 0.0, 0.0), at(0.0, 0.0, 4.0)), "3");
    assert_eq!(vertex(&pieces[0], at(0.0, 0.0, 4.0)), "100");
}

#[test]
fn caps_of_cut_solids_have_no_tags() {
    let solid = extrude(&square(), Sweep::FaceNormal(2.0), DVec3::Z);
    let half = half_space(&solid, DVec3::X, 1.0);
    assert_eq!(half.check(), Ok(()));
    let caps = (0..half.face_count()).filter(|&face| half.normal(face).x > 0.5);
    for face in caps {
        assert_eq!(faces(&half)[face], "");
    }
    assert!(faces(&half).contains(&"extrude.top 200".to_owned()));
}

#[test]
fn a_sweep_tags_its_faces_and_grows_edges_out_of_vertices() {
    let solid = extrude(&square(), Sweep::FaceNormal(2.0), DVec3::Z);
    assert_eq!(solid.check(), Ok(()));
    let expected = [
        "extrude.bottom 200",
        "extrude.top 200",
        "extrude.side.outer 0 200",
        "extrude.side.outer 1 200",
        "extrude.side.outer 2 200",
        "extrude.side.outer 3 200",
    ];
    assert_eq!(faces(&solid), expected);
    assert_eq!(edge(&solid, at(0.0, 0.0, 4.0), at(4.0, 0.0, 4.0)), "0");
    assert_eq!(edge(&solid, at(0.0, 2.0, 4.0), at(4.0, 2.0, 4.0)), "");
    assert_eq!(edge(&solid, at(4.0, 0.0, 4.0), at(4.0, 2.0, 4.0)), "101");
    assert_eq!(vertex(&solid, at(4.0, 0.0, 4.0)), "101");
    assert_eq!(vertex(&solid, at(4.0, 2.0, 4.0)), "");
    let down = extrude(&square(), Sweep::FaceNormal(-2.0), DVec3::Z);
    assert_eq!(faces(&down), expected);
    assert_eq!(edge(&down, at(4.0, 0.0, 4.0), at(4.0, -2.0, 4.0)), "101");
}

#[test]
fn walls_of_holes_are_inner_ones() {
    let mut mesh = Mesh::default();
    let mut ring = |points: [(f64, f64); 4]| points.map(|(x, z)| mesh.add_point(at(x, 0.0, z)));
    let outline = ring([(0.0, 9.0), (9.0, 9.0), (9.0, 0.0), (0.0, 0.0)]);
    let hole = ring([(3.0, 3.0), (6.0, 3.0), (6.0, 6.0), (3.0, 6.0)]);
    mesh.add_face([&outline[..], &hole[..]]);
    mesh.tags_mut();
    let solid = extrude(&mesh, Sweep::FaceNormal(1.0), DVec3::Z);
    let inner = faces(&solid)
        .iter()
        .filter(|tags| *tags == "extrude.side.inner")
        .count();
    assert_eq!((inner, solid.face_count()), (4, 10));
}

#[test]
fn an_edge_is_swept_to_a_tagged_face() {
    let mut mesh = Mesh::default();
    let ends = [
        mesh.add_point(at(0.0, 0.0, 0.0)),
        mesh.add_point(at(3.0, 0.0, 0.0)),
    ];
    mesh.lines.push(ends);
    let tags = mesh.tags_mut();
    tags.lines[0].add(tag(1));
    tags.points = vec![
        TagSet::default().with(tag(10)),
        TagSet::default().with(tag(11)),
    ];
    let swept = extrude(&mesh, Sweep::FaceNormal(2.0), DVec3::Y);
    assert_eq!(swept.check(), Ok(()));
    assert_eq!(faces(&swept), ["extrude.side.outer 1"]);
    assert_eq!(edge(&swept, at(0.0, 0.0, 0.0), at(3.0, 0.0, 0.0)), "1");
    assert_eq!(edge(&swept, at(3.0, 0.0, 0.0), at(3.0, 2.0, 0.0)), "11");
    assert_eq!(edge(&swept, at(0.0, 2.0, 0.0), at(0.0, 0.0, 0.0)), "10");
    assert_eq!(edge(&swept, at(0.0, 2.0, 0.0), at(3.0, 2.0, 0.0)), "");
    assert_eq!(vertex(&swept, at(3.0, 2.0, 0.0)), "");
}

#[test]
fn sides_of_a_pyramid_have_the_tags_of_their_edges() {
    let body = taper(&square(), 3.0);
    assert_eq!(body.check(), Ok(()));
    assert_eq!(faces(&body), ["200", "0 200", "1 200", "2 200", "3 200"]);
    assert_eq!(edge(&body, at(4.0, 0.0, 0.0), at(2.0, 3.0, 2.0)), "102");
    assert_eq!(edge(&body, at(4.0, 0.0, 0.0), at(4.0, 0.0, 4.0)), "1");
}

#[test]
fn borders_of_an_offset_grow_out_of_edges_and_vertices() {
    let mesh = square();
    let flat = FlatFace::new(&mesh, 0).expect("a face");
    let moved = offset(&flat.polygon, -1.0).expect("a square");
    let inside = flat.mesh_of(&moved.inside[0].polygon().rings);
    assert_eq!(faces(&inside), ["200"]);
    assert_eq!(edge(&inside, at(1.0, 0.0, 3.0), at(3.0, 0.0, 3.0)), "");
    let border = &moved.border[1];
    let mut made = flat.mesh_of(std::slice::from_ref(&border.ring));
    flat.tag_grown_face(&mut made, border.edge);
    assert_eq!(faces(&made), ["1 200"]);
    assert_eq!(edge(&made, at(4.0, 0.0, 4.0), at(4.0, 0.0, 0.0)), "1");
    assert_eq!(edge(&made, at(4.0, 0.0, 4.0), at(3.0, 0.0, 3.0)), "101");
    assert_eq!(edge(&made, at(3.0, 0.0, 3.0), at(3.0, 0.0, 1.0)), "");
}

#[test]
fn edges_after_a_setback_say_what_they_are() {
    // Edge 1 is that at x = 4; its neighbours stay.
    let mesh = square();
    let flat = FlatFace::new(&mesh, 0).expect("a face");
    let distances = [0.0, 1.0, 0.0, 0.0];
    let moved = setback(&flat.polygon, &distances).expect("a square");
    let strip = moved.join(&[1]).expect("one strip");
    let mut strip = flat.mesh_of(&strip[0].polygon().rings);
    flat.tag_setback(&mut strip, &flat.polygon, &distances, false);
    assert_eq!(
        edge(&strip, at(4.0, 0.0, 4.0), at(4.0, 0.0, 0.0)),
        "setback.front 1"
    );
    assert_eq!(
        edge(&strip, at(3.0, 0.0, 4.0), at(3.0, 0.0, 0.0)),
        "setback.back 1"
    );
    assert_eq!(
        edge(&strip, at(3.0, 0.0, 4.0), at(4.0, 0.0, 4.0)),
        "setback.side 0"
    );
    let mut rest = flat.mesh_of(&moved.remainder[0].polygon().rings);
    flat.tag_setback(&mut rest, &flat.polygon, &distances, true);
    assert_eq!(
        edge(&rest, at(3.0, 0.0, 4.0), at(3.0, 0.0, 0.0)),
        "setback.back 1"
    );
    assert_eq!(
        edge(&rest, at(0.0, 0.0, 4.0), at(3.0, 0.0, 4.0)),
        "setback.remainder 0"
    );
    assert_eq!(
        edge(&rest, at(0.0, 0.0, 4.0), at(0.0, 0.0, 0.0)),
        "setback.remainder 3"
    );
    assert_eq!(vertex(&rest, at(3.0, 0.0, 4.0)), "");
}

/// The halves of the square, welded.
fn halves() -> Mesh {
    let mut pieces = slabs(&square(), 0, &[(0.0, 1.0), (1.0, 4.0)]);
    let (mut all, right) = (pieces.remove(0), pieces.remove(0));
    merge::append(&mut all, &right);
    weld(&mut all, 1e-6);
    all.unify_tags();
    all
}

#[test]
fn faces_of_the_same_tags_are_joined_and_straight_corners_without_tags_go() {
    let joined = drop_straight_corners(&join_coplanar(&halves(), 1.0, 1e-9), 1.0);
    assert_eq!(
        (joined.check(), joined.face_count(), joined.corners.len()),
        (Ok(()), 1, 4)
    );
    assert_eq!(faces(&joined), ["200"]);
    assert_eq!(edge(&joined, at(0.0, 0.0, 4.0), at(4.0, 0.0, 4.0)), "0");
    assert_eq!(edge(&joined, at(4.0, 0.0, 0.0), at(0.0, 0.0, 0.0)), "2");
    assert_eq!(vertex(&joined, at(4.0, 0.0, 0.0)), "102");
}

#[test]
fn what_tags_tell_apart_stays_apart() {
    let mut mesh = halves();
    mesh.tags_mut().faces[0].add(tag(300));
    assert_eq!(join_coplanar(&mesh, 1.0, 1e-9).face_count(), 2);
    let mut mesh = halves();
    let between = |mesh: &Mesh, corner: usize| {
        let x = |corner: usize| mesh.point(mesh.corners[corner]).x;
        x(corner) == 1.0
    };
    for corner in 0..mesh.corners.len() {
        if between(&mesh, corner) {
            mesh.tags_mut().edges[corner].add(tag(301));
        }
    }
    mesh.unify_tags();
    assert_eq!(join_coplanar(&mesh, 1.0, 1e-9).face_count(), 2);
    let mut mesh = join_coplanar(&halves(), 1.0, 1e-9);
    for corner in 0..mesh.corners.len() {
        if mesh.point(mesh.corners[corner]) == at(1.0, 0.0, 4.0) {
            mesh.tags_mut().vertices[corner].add(tag(302));
        }
    }
    let clean = drop_straight_corners(&mesh, 1.0);
    assert_eq!(clean.corners.len(), 5);
    assert_eq!(vertex(&clean, at(1.0, 0.0, 4.0)), "302");
}

#[test]
fn meshes_with_and_without_tags_are_put_together() {
    let mut bare = square();
    bare.tags = None;
    let mut all = bare.clone();
    merge::append(&mut all, &square());
    assert_eq!(
        (all.check(), faces(&all)),
        (Ok(()), vec![String::new(), "200".to_owned()])
    );
    merge::append(&mut all, &bare);
    assert_eq!((all.check(), all.face_count()), (Ok(()), 3));
}

#[test]
fn points_that_become_one_have_the_tags_of_both() {
    let mut mesh = Mesh::default();
    for x in [0.0, 1.0, 1.0, 2.0] {
        mesh.add_point(at(x, 0.0, 0.0));
    }
    mesh.lines = vec![[0, 1], [1, 2], [2, 3]];
    let tags = mesh.tags_mut();
    tags.points = (0..4).map(|k| TagSet::default().with(tag(k))).collect();
    (0..3).for_each(|k| tags.lines[k].add(tag(10 + k as u32)));
    weld(&mut mesh, 1e-6);
    assert_eq!(mesh.check(), Ok(()));
    let tags = mesh.tags.as_ref().expect("tags");
    assert_eq!(
        tags.lines.iter().map(words).collect::<Vec<_>>(),
        ["10", "12"]
    );
    assert_eq!(
        tags.points.iter().map(words).collect::<Vec<_>>(),
        ["0", "1 2", "3"]
    );
}

#[test]
fn groups_are_no_tags_of_the_language() {
    let mut mesh = square();
    mesh.tag_last_face(Tag::of_group(StringId(7)));
    let all = mesh.tags_mut().distinct(&[Kind::Faces]);
    assert_eq!(all, [tag(200)]);
    assert_eq!(mesh.group_of(0), Some(StringId(7)));
    let solid = extrude(&mesh, Sweep::FaceNormal(2.0), DVec3::Z);
    assert_eq!(solid.group_of(3), Some(StringId(7)));
}

proptest! {
    /// Where a new edge lies on an old one it has its tags, and nowhere else; the same for vertices.
    #[test]
    fn tags_stay_in_their_places(
        radii in prop::collection::vec(1.0..4.0, 5..12),
        direction in 0.0..6.3_f64,
        offset in -1.0..1.0_f64,
        flips in any::<bool>(),
    ) {
        let count = radii.len() as f64;
        let points: Vec<(f64, f64)> = radii
            .iter()
            .enumerate()
            .map(|(k, radius)| {
                let angle = -(k as f64) / count * std::f64::consts::TAU;
                (radius * math::cos(angle), radius * math::sin(angle))
            })
            .collect();
        let mut mesh = footprint(&points);
        let old: Vec<DVec2> = points.iter().map(|&(x, z)| DVec2::new(x, z)).collect();
        if flips {
            mesh.flip();
        }
        let normal = DVec2::new(math::cos(direction), math::sin(direction));
        let value = |corner: usize| {
            let point = mesh.point(mesh.corners[corner]);
            let value = normal.dot(DVec2::new(point.x, point.z)) - offset;
            if value.abs() < 1e-9 { 0.0 } else { value }
        };
        let cut = clip(&mesh, [0], &value, &|_| false).mesh;
        prop_assert_eq!(cut.check(), Ok(()));
        let tags = cut.tags.as_ref().expect("tags");
        let place = |corner: usize| {
            let point = cut.point(cut.corners[corner]);
            DVec2::new(point.x, point.z)
        };
        for loop_number in 0..cut.loops.len() - 1 {
            let corners = cut.corners_of(loop_number);
            for corner in corners.clone() {
                let next = if corner + 1 == corners.end { corners.start } else { corner + 1 };
                let (a, b) = (place(corner), place(next));
                let lies_on = |k: &usize| {
                    let (from, to) = (old[*k], old[(k + 1) % old.len()]);
                    let near = |p: DVec2| (p.distance(from) + p.distance(to) - from.distance(to)).abs() < 1e-9;
                    near(a) && near(b)
                };
                let expected = (0..old.len()).find(lies_on).map(|k| k.to_string());
                prop_assert_eq!(words(&tags.edges[corner]), expected.unwrap_or_default());
                let vertex = (0..old.len()).find(|&k| old[k].distance(a) < 1e-12);
                prop_assert_eq!(
                    words(&tags.vertices[corner]),
                    vertex.map(|k| (100 + k).to_string()).unwrap_or_default()
                );
            }
        }
    }
}
