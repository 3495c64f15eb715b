//! How meshes lie to solids: the cases of the language's documentation, and random boxes against what can be said about
//! them directly.

use super::*;

const TOLERANCE: f64 = 1e-4;

fn unit() -> Mesh {
    block(DVec3::ZERO, DVec3::ONE)
}

/// An upright rectangle in the plane `z`, from `low` to `high` in x and y.
fn pane(low: DVec2, high: DVec2, z: f64) -> Mesh {
    let mut mesh = Mesh::default();
    let corners = [
        (low.x, low.y),
        (high.x, low.y),
        (high.x, high.y),
        (low.x, high.y),
    ];
    let ring = corners.map(|(x, y)| mesh.add_point(dvec3(x, y, z)));
    mesh.add_face([&ring[..]]);
    mesh
}

#[track_caller]
fn check(mesh: &Mesh, [touches, overlaps, inside]: [bool; 3]) {
    let expected = Relation {
        overlaps,
        touches,
        inside,
    };
    assert_eq!(relate(mesh, &unit(), TOLERANCE), expected);
}

#[test]
fn partly_on_the_surface_touches() {
    check(
        &pane(dvec2(0.5, 0.5), dvec2(1.5, 1.5), 1.0),
        [true, false, false],
    );
    check(
        &block(dvec3(0.5, 1.0, 0.5), dvec3(1.5, 2.0, 1.5)),
        [true, false, false],
    );
}

#[test]
fn a_common_edge_or_corner_is_nothing() {
    check(&pane(dvec2(0.2, 1.0), dvec2(0.8, 2.0), 1.0), [false; 3]);
    check(
        &block(dvec3(0.2, 1.0, 1.0), dvec3(0.8, 2.0, 2.0)),
        [false; 3],
    );
    check(&block(DVec3::ONE, DVec3::splat(2.0)), [false; 3]);
    check(&pane(dvec2(0.2, 1.0), dvec2(0.8, 2.0), 0.5), [false; 3]);
}

#[test]
fn partly_inside_overlaps_and_touches() {
    check(
        &pane(dvec2(0.5, 0.5), dvec2(1.5, 1.5), 0.5),
        [true, true, false],
    );
    check(
        &block(DVec3::splat(0.5), DVec3::splat(1.5)),
        [true, true, false],
    );
}

#[test]
fn around_the_solid_overlaps_too() {
    check(
        &block(DVec3::splat(-1.0), DVec3::splat(2.0)),
        [true, true, false],
    );
}

#[test]
fn wholly_on_the_surface_is_inside_without_overlap() {
    check(
        &pane(dvec2(0.2, 0.0), dvec2(0.8, 0.6), 1.0),
        [true, false, true],
    );
    check(
        &pane(dvec2(0.0, 0.0), dvec2(1.0, 1.0), 0.0),
        [true, false, true],
    );
}

#[test]
fn wholly_inside_is_all_three() {
    check(&pane(dvec2(0.2, 0.2), dvec2(0.8, 0.8), 0.5), [true; 3]);
    check(&block(DVec3::splat(0.2), DVec3::splat(0.8)), [true; 3]);
    // From wall to wall, and the solid itself.
    check(&pane(dvec2(0.0, 0.0), dvec2(1.0, 1.0), 0.5), [true; 3]);
    check(&unit(), [true; 3]);
}

#[test]
fn nearly_on_the_surface_touches_as_if_it_were_on_it() {
    for distance in [-0.5, 0.5] {
        let z = 1.0 + distance * TOLERANCE;
        let relation = relate(
            &pane(dvec2(0.2, 0.2), dvec2(0.8, 0.8), z),
            &unit(),
            TOLERANCE,
        );
        assert!(
            relation.touches && relation.inside && !relation.overlaps,
            "{relation:?}"
        );
    }
    check(
        &pane(dvec2(0.2, 0.2), dvec2(0.8, 0.8), 1.0 + 3.0 * TOLERANCE),
        [false; 3],
    );
}

#[test]
fn open_meshes_enclose_nothing() {
    let mut open = unit();
    open = open.subset(&[0, 1, 2, 3, 4]);
    let pane = pane(dvec2(0.2, 0.2), dvec2(0.8, 0.8), 0.5);
    assert_eq!(relate(&pane, &open, TOLERANCE), Relation::default());
    assert_eq!(
        relate(&Mesh::default(), &unit(), TOLERANCE),
        Relation::default()
    );
}

#[test]
fn concave_solids_are_taken_as_they_are() {
    let l = prism(
        &[vec![
            dvec2(0.0, 0.0),
            dvec2(4.0, 0.0),
            dvec2(4.0, 1.0),
            dvec2(1.0, 1.0),
            dvec2(1.0, 4.0),
            dvec2(0.0, 4.0),
        ]],
        2.0,
    );
    let notch = block(dvec3(1.5, 0.5, -3.5), dvec3(3.5, 1.5, -1.5));
    assert_eq!(relate(&notch, &l, TOLERANCE), Relation::default());
    let corner = block(dvec3(1.0, 0.0, -3.0), dvec3(3.0, 2.0, -1.0));
    let relation = relate(&corner, &l, TOLERANCE);
    assert!(
        relation.touches && !relation.overlaps && !relation.inside,
        "{relation:?}"
    );
}

/// Boxes on a coarse grid meet in every way; turned together, nothing is axis-aligned any more.
#[test]
fn random_boxes_agree_with_their_intervals() {
    let mut random = Random(5);
    for round in 0..3000 {
        let mut low_high = || {
            let (mut low, mut high) = (DVec3::ZERO, DVec3::ZERO);
            for axis in 0..3 {
                let (a, b) = (random.below(4) as f64, random.below(4) as f64);
                (low[axis], high[axis]) = (a.min(b), a.max(b) + 1.0);
            }
            (low, high)
        };
        let (a, b) = (low_high(), low_high());
        let common = a.1.min(b.1) - a.0.max(b.0);
        let overlaps = common.min_element() > 0.0;
        let flat = (0..3).filter(|&axis| common[axis] == 0.0).count();
        let apart = common.min_element() < 0.0;
        let expected = Relation {
            overlaps,
            touches: overlaps || (!apart && flat == 1),
            inside: a.0.cmpge(b.0).all() && a.1.cmple(b.1).all(),
        };
        let turn = DAffine3::from_mat3(if round % 2 == 0 {
            DMat3::IDENTITY
        } else {
            random.turn()
        });
        let [a, b] = [a, b].map(|(low, high)| block(low, high).transformed(&turn));
        assert_eq!(relate(&a, &b, TOLERANCE), expected, "round {round}");
    }
}
