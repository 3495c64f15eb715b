//! Offset, setback, shapeL and its kin.

use super::*;
use crate::mesh::measure;

fn total_area(shapes: &[Shape]) -> f64 {
    shapes
        .iter()
        .map(|shape| measure::area(&world_mesh(shape), |_| true))
        .sum()
}

#[test]
fn an_inward_offset_leaves_a_ring_in_edge_order() {
    let mut kernel = kernel_on(LOT);
    kernel.offset(-3.0, word_token("all"), 0).unwrap();
    let faces = outlines(&kernel.shape);
    assert_eq!(
        faces[0],
        ground(&[(3.0, 17.0), (27.0, 17.0), (27.0, 3.0), (3.0, 3.0)])
    );
    assert_eq!(
        faces[1],
        ground(&[(0.0, 20.0), (30.0, 20.0), (27.0, 17.0), (3.0, 17.0)])
    );
    assert_eq!(
        faces[2],
        ground(&[(30.0, 20.0), (30.0, 0.0), (27.0, 3.0), (27.0, 17.0)])
    );
    assert_eq!(faces.len(), 5);
    assert_eq!(kernel.geometry_count(2).unwrap(), 8.0);
    let parts = kernel.components(word_token("f"), -1).unwrap();
    let inside: Vec<usize> = (0..5)
        .filter(|&k| parts.matches(k, word_token("inside")))
        .collect();
    assert_eq!(inside, [0]);
}

#[test]
fn a_border_ring_extruded_has_no_partitions() {
    let mut kernel = kernel_on(LOT);
    kernel.offset(-3.0, word_token("border"), 0).unwrap();
    kernel.extrude(word_token("face.normal"), 2.0, 0).unwrap();
    let mesh = world_mesh(&kernel.shape);
    assert!(measure::is_closed(&mesh));
    assert!((measure::volume(&mesh) - 2.0 * (600.0 - 24.0 * 14.0)).abs() < 1e-9);
    assert_eq!(mesh.face_count(), 4 * 4);
}

#[test]
fn an_outward_offset_grows_and_a_swallowing_one_keeps_the_face() {
    let mut kernel = kernel_on(LOT);
    kernel.offset(1.0, word_token("inside"), 0).unwrap();
    assert_eq!(kernel.shape.scope.size, dvec3(32.0, 0.0, 22.0));
    let mut kernel = kernel_on(LOT);
    kernel.offset(-11.0, word_token("inside"), 0).unwrap();
    assert_eq!(outlines(&kernel.shape), [ground(LOT)]);
}

#[test]
fn shape_l_u_and_o_cut_lots_as_measured() {
    let regions = |lot: &[(f64, f64)], distances: [f64; 4]| {
        let mut kernel = kernel_on(lot);
        let regions = kernel.shape_region(distances).unwrap();
        let shape: Vec<_> = regions.shape.iter().flat_map(outlines).collect();
        let remainder: Vec<_> = regions.remainder.iter().flat_map(outlines).collect();
        (shape, remainder)
    };
    let (shape, remainder) = regions(LOT, [8.0, 0.0, 0.0, 12.0]);
    let l = [
        (0.0, 20.0),
        (30.0, 20.0),
        (30.0, 12.0),
        (12.0, 12.0),
        (12.0, 0.0),
        (0.0, 0.0),
    ];
    assert_eq!(shape, [ground(&l)]);
    assert_eq!(
        remainder,
        [ground(&[
            (12.0, 12.0),
            (30.0, 12.0),
            (30.0, 0.0),
            (12.0, 0.0)
        ])]
    );
    let (shape, remainder) = regions(L_LOT, [8.0, 0.0, 0.0, 12.0]);
    assert_eq!((shape.len(), shape[0].len(), remainder.len()), (1, 8, 1));
    assert_eq!(
        remainder,
        [ground(&[
            (12.0, 12.0),
            (30.0, 12.0),
            (30.0, 10.0),
            (12.0, 10.0)
        ])]
    );
    let (shape, _) = regions(LOT, [8.0, 12.0, 0.0, 12.0]);
    let u = [
        (0.0, 20.0),
        (30.0, 20.0),
        (30.0, 0.0),
        (18.0, 0.0),
        (18.0, 12.0),
        (12.0, 12.0),
        (12.0, 0.0),
        (0.0, 0.0),
    ];
    assert_eq!(shape, [ground(&u)]);
    let mut kernel = kernel_on(LOT);
    let ring = kernel.shape_region([8.0, 12.0, 8.0, 12.0]).unwrap();
    let mesh = world_mesh(&ring.shape[0]);
    assert_eq!((mesh.face_count(), measure::hole_count(&mesh)), (1, 1));
    assert!((mesh.area(0) - 576.0).abs() < 1e-9);
    let swallowed = kernel_on(L_LOT)
        .shape_region([8.0, 12.0, 8.0, 12.0])
        .unwrap();
    assert!(swallowed.remainder.is_empty());
    assert_eq!(
        swallowed
            .shape
            .iter()
            .flat_map(outlines)
            .collect::<Vec<_>>(),
        [ground(L_LOT)]
    );
}

#[test]
fn setback_joins_edges_of_one_branch_only() {
    let mut kernel = kernel_on(LOT);
    let edges = kernel.setback_edges().unwrap();
    let one = kernel
        .setback_pieces(
            &edges,
            &[Some((3.0, 0)), Some((3.0, 0)), None, Some((3.0, 0))],
        )
        .unwrap();
    assert_eq!((one.chains.len(), one.remainder.len()), (1, 1));
    assert_eq!(outlines(&one.chains[0].shape)[0].len(), 8);
    assert_eq!(outlines(&one.chains[0].shape)[0][0], [0.0, 0.0, 20.0]);
    let two = kernel
        .setback_pieces(&edges, &[Some((3.0, 0)), Some((3.0, 1)), None, None])
        .unwrap();
    assert_eq!(
        two.chains.iter().map(|c| c.branch).collect::<Vec<_>>(),
        [0, 1]
    );
    let shapes: Vec<Shape> = two
        .chains
        .into_iter()
        .map(|c| c.shape)
        .chain(two.remainder)
        .collect();
    assert!((total_area(&shapes) - 600.0).abs() < 1e-9);
    let none = kernel.setback_pieces(&edges, &[None; 4]).unwrap();
    assert_eq!(outlines(&none.remainder[0]), [ground(LOT)]);
}

#[test]
fn the_inner_rectangle_and_its_surroundings_cover_the_face() {
    let mut kernel = kernel_on(L_LOT);
    let regions = kernel.inner_rectangle_region(word_token("scope")).unwrap();
    assert_eq!(regions.shape.len(), 1);
    assert!((total_area(&regions.shape) - 300.0).abs() < 1e-6);
    assert!((total_area(&regions.shape) + total_area(&regions.remainder) - 400.0).abs() < 1e-6);
    kernel.inner_rect().unwrap();
    assert!((kernel.geometry_area(word_token("all")).unwrap() - 300.0).abs() < 1e-6);
}

#[test]
fn a_rectangle_along_an_edge_turns_its_scope() {
    // A lot of 30 by 20 turned by 30 degrees about its first corner.
    let (sin, cos) = crate::math::sin_cos_degrees(30.0);
    let turned: Vec<(f64, f64)> = LOT
        .iter()
        .map(|&(x, z)| (x * cos + z * sin, z * cos - x * sin))
        .collect();
    let mut kernel = kernel_on(&turned);
    let regions = kernel.inner_rectangle_region(word_token("edge")).unwrap();
    let shape = &regions.shape[0];
    assert!((shape.scope.size - dvec3(30.0, 0.0, 20.0)).length() < 1e-6);
    assert!((shape.scope_axes().x_axis - dvec3(cos, 0.0, -sin)).length() < 1e-9);
    assert!(shape.scope_axes().determinant() > 0.0);
    *kernel.shape = shape.clone();
    assert_scope_fits(&mut kernel);
}

#[test]
fn slabs_cover_the_shape_with_tight_or_whole_scopes() {
    let mut kernel = kernel_on(L_LOT);
    kernel.extrude(word_token("face.normal"), 10.0, 0).unwrap();
    let (shape, mesh) = (kernel.shape.clone(), kernel.mesh_in_scope().unwrap());
    let ranges = [(0.0, 8.0), (8.0, 20.0)];
    let tight = pieces::slabs(&shape, &mesh, 2, &ranges, true);
    assert_eq!(tight[0].scope.size, dvec3(10.0, 10.0, 8.0));
    assert_eq!(tight[1].scope_origin(), dvec3(0.0, 0.0, 8.0));
    let whole = pieces::slabs(&shape, &mesh, 2, &ranges, false);
    assert_eq!(whole[0].scope.size, dvec3(30.0, 10.0, 8.0));
    let volume: f64 = tight
        .iter()
        .map(|piece| measure::volume(&world_mesh(piece)))
        .sum();
    assert!((volume - 4000.0).abs() < 1e-9);
    // The first 40 per cent of a lot is the strip at the far side.
    assert_eq!(world_mesh(&tight[0]).bounds().unwrap().0.z, 0.0);
    kernel.mirror_scope(0, 0, 1).unwrap();
    let mesh = kernel.mesh_in_scope().unwrap();
    let mirrored = pieces::slabs(&kernel.shape, &mesh, 2, &ranges, true);
    assert_eq!(world_mesh(&mirrored[0]).bounds().unwrap().1.z, 20.0);
    assert_eq!(mirrored[0].scope.size.z, -8.0);
}

#[test]
fn concave_faces_are_cut_into_convex_ones() {
    let mut kernel = kernel_on(L_LOT);
    assert_eq!(kernel.geometry_is(0).unwrap(), 1);
    kernel.convexify(f64::INFINITY).unwrap();
    assert_eq!(kernel.geometry_is(0).unwrap(), 0);
    assert!((kernel.geometry_area(word_token("all")).unwrap() - 400.0).abs() < 1e-9);
    kernel.cleanup_geometry(word_token("all"), 0.01).unwrap();
    assert_eq!(outlines(&kernel.shape).len(), 1);
}
