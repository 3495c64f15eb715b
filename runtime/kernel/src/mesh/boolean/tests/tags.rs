//! Tags of what is combined.

use super::*;
use crate::mesh::tags::{Kind, Tag, TagSet};
use crate::state::StringId;

/// The tag of this number.
fn tag(number: u32) -> Tag {
    Tag::of_string(StringId(number))
}

/// A mesh whose faces, edges and vertices have tags from a number on.
fn tagged(mut mesh: Mesh, first: u32) -> Mesh {
    let tags = mesh.tags_mut();
    for (kind, number) in [Kind::Faces, Kind::Edges, Kind::Vertices]
        .into_iter()
        .zip(first..)
    {
        tags.of_mut(kind).for_each(|set| set.add(tag(number)));
    }
    mesh
}

fn square(low: f64, high: f64) -> Mesh {
    let corners = [(low, low), (high, low), (high, high), (low, high)];
    polygon(&[corners.map(|(x, y)| dvec2(x, y)).to_vec()])
}

fn set(tags: &[Tag]) -> TagSet {
    tags.iter()
        .fold(TagSet::default(), |set, &tag| set.with(tag))
}

/// A of tags 0 (face), 1 (edges), 2 (vertices) and B of 10, 11, 12.
fn combined(a: Mesh, b: Mesh, operation: Boolean) -> Combined {
    let mut combined = combine(&tagged(a, 0), &tagged(b, 10), operation);
    combined.tag();
    assert_eq!(combined.mesh.check(), Ok(()));
    combined
}

#[test]
fn the_edges_of_a_notch_have_the_tags_of_what_cut_it() {
    let Combined { mesh, .. } = combined(square(0.0, 4.0), square(2.0, 6.0), Boolean::Subtract);
    assert_eq!((mesh.face_count(), mesh.corners.len()), (1, 6));
    let tags = mesh.tags.as_ref().unwrap();
    assert_eq!(tags.faces[0], set(&[tag(0), Tag::BOOL_A]));
    let cut = set(&[tag(11), Tag::BOOL_CUT]);
    assert_eq!(tags.edges.iter().filter(|edge| **edge == cut).count(), 2);
    let kept = set(&[tag(1)]);
    assert_eq!(tags.edges.iter().filter(|edge| **edge == kept).count(), 4);
    let vertices: Vec<TagSet> = (0..6)
        .map(|corner| {
            let point = mesh.point(mesh.corners[corner]);
            match (point.x, -point.z) {
                (2.0, 2.0) => set(&[tag(12)]),
                (2.0, 4.0) | (4.0, 2.0) => TagSet::default(),
                _ => set(&[tag(2)]),
            }
        })
        .collect();
    assert_eq!(tags.vertices, vertices);
}

#[test]
fn what_both_surfaces_have_has_the_tags_of_both() {
    let Combined { mesh, .. } = combined(square(0.0, 4.0), square(2.0, 6.0), Boolean::Union);
    let tags = mesh.tags.as_ref().unwrap();
    let expected = [
        set(&[tag(0), Tag::BOOL_A]),
        set(&[tag(0), tag(10), Tag::BOOL_A, Tag::BOOL_B]),
        set(&[tag(10), Tag::BOOL_B]),
    ];
    for one in &expected {
        assert!(tags.faces.contains(one), "{one:?} of {:?}", tags.faces);
    }
    assert_eq!(mesh.face_count(), 3);
}

#[test]
fn faces_of_solids_say_which_one_they_are_from() {
    let (a, b) = (
        block(DVec3::ZERO, DVec3::ONE),
        block(DVec3::splat(0.5), DVec3::splat(2.0)),
    );
    let Combined {
        mesh, cut_edges, ..
    } = combined(a, b, Boolean::Subtract);
    let tags = mesh.tags.as_ref().unwrap();
    let count = |wanted: &TagSet| tags.faces.iter().filter(|face| *face == wanted).count();
    assert_eq!(count(&set(&[tag(0), Tag::BOOL_A])), 6);
    assert_eq!(count(&set(&[tag(10), Tag::BOOL_B])), 3);
    assert!(!cut_edges.is_empty());
    for &corner in &cut_edges {
        assert!(tags.edges[corner as usize].has_any(&[Tag::BOOL_CUT]));
    }
}

#[test]
fn operands_without_tags_give_none() {
    let Combined { mesh, .. } = combine(&square(0.0, 4.0), &square(2.0, 6.0), Boolean::Union);
    assert!(mesh.tags.is_none());
}
