//! Transformations, alignment, insertion, texture coordinates.

use glam::dvec2;

use super::*;
use crate::asset::Model;
use crate::mesh::primitive;
use crate::state::TrimPlane;

const NORMAL: &str = "face.normal";

#[test]
fn extruding_turns_the_scope_up_and_down() {
    let mut kernel = kernel_on(LOT);
    kernel.extrude(word_token(NORMAL), 10.0, 0).unwrap();
    assert_eq!(kernel.shape.scope.size, dvec3(30.0, 10.0, 20.0));
    assert_eq!(kernel.shape.scope_origin(), DVec3::ZERO);
    assert_eq!(kernel.shape.pivot.origin, dvec3(0.0, 0.0, 20.0));
    assert_eq!(kernel.geometry_volume().unwrap(), 6000.0);
    let mut kernel = kernel_on(LOT);
    kernel.extrude(word_token(NORMAL), -10.0, 0).unwrap();
    assert_eq!(kernel.shape.scope.size, dvec3(30.0, -10.0, 20.0));
    assert_eq!(kernel.shape.scope_origin(), DVec3::ZERO);
    assert_eq!(kernel.geometry_volume().unwrap(), 6000.0);
    assert_scope_fits(&mut kernel);
}

#[test]
fn a_wall_extruded_has_its_height_along_z() {
    let mut kernel = kernel_on(LOT);
    kernel.extrude(word_token(NORMAL), 10.0, 0).unwrap();
    let components = kernel.components(word_token("f"), -1).unwrap();
    let front = (0..6)
        .find(|&k| components.matches(k, word_token("front")))
        .unwrap();
    *kernel.shape = components.list[front].shape.clone();
    kernel.extrude(word_token(NORMAL), 0.5, 0).unwrap();
    let axes = kernel.shape.scope_axes();
    assert_eq!(
        (axes.x_axis, axes.y_axis, axes.z_axis),
        (DVec3::X, DVec3::Z, DVec3::NEG_Y)
    );
    assert_eq!(kernel.shape.scope.size, dvec3(30.0, 0.5, 10.0));
    assert_scope_fits(&mut kernel);
    kernel.align_scope_to_axes(word_token("y")).unwrap();
    assert_eq!(kernel.shape.scope_axes(), DMat3::IDENTITY);
    assert_eq!(kernel.shape.scope.size, dvec3(30.0, 10.0, 0.5));
    assert_eq!(kernel.shape.pivot.origin, dvec3(0.0, 0.0, 20.0));
    assert_scope_fits(&mut kernel);
}

#[test]
fn sizes_scale_the_geometry_and_zero_sizes_do_not() {
    let mut kernel = kernel_on(LOT);
    kernel.s(0.5, 7.0, -20.0, 1).unwrap();
    assert_eq!(kernel.shape.scope.size, dvec3(15.0, 7.0, -20.0));
    let mesh = world_mesh(&kernel.shape);
    assert_eq!(
        mesh.bounds().unwrap(),
        (dvec3(0.0, 0.0, -20.0), dvec3(15.0, 0.0, 0.0))
    );
    assert_eq!(mesh.normal(0), DVec3::Y);
    kernel.s(0.0, 0.0, 5.0, 0).unwrap();
    assert_eq!(world_mesh(&kernel.shape).bounds().unwrap().1.x, 0.0);
}

#[test]
fn moves_and_turns_follow_their_systems() {
    let mut kernel = kernel_on(LOT);
    kernel.r(word_token("scopeOrigin"), 0.0, 90.0, 0.0).unwrap();
    kernel.t(1.0, 0.0, 0.5, 0b100).unwrap();
    // The scope's z axis now is the world's +x, its x axis the world's -z.
    assert!((kernel.shape.scope_origin() - dvec3(10.0, 0.0, -1.0)).length() < 1e-12);
    assert_scope_fits(&mut kernel);
    kernel
        .translate(word_token("abs"), word_token("world"), 5.0, 6.0, 7.0)
        .unwrap();
    assert!((kernel.shape.scope_origin() - dvec3(5.0, 6.0, 7.0)).length() < 1e-12);
    kernel
        .rotate(word_token("abs"), word_token("world"), 0.0, 0.0, 0.0)
        .unwrap();
    assert!(
        kernel
            .shape
            .scope_axes()
            .abs_diff_eq(DMat3::IDENTITY, 1e-12)
    );
    assert_scope_fits(&mut kernel);
    let turned = kernel.convert(
        word_token("x"),
        word_token("scope"),
        word_token("world"),
        word_token("pos"),
        1.0,
        0.0,
        0.0,
    );
    assert_eq!(turned.unwrap(), 6.0);
}

#[test]
fn center_moves_into_the_middle_of_the_shape_below() {
    let mut kernel = kernel_on(LOT);
    kernel.s(10.0, 0.0, 4.0, 0).unwrap();
    kernel.center(word_token("xz")).unwrap();
    assert_eq!(kernel.shape.scope_origin(), dvec3(10.0, 0.0, 8.0));
    assert_scope_fits(&mut kernel);
}

#[test]
fn the_scope_alone_turns_and_the_geometry_stays() {
    let mut kernel = kernel_on(LOT);
    kernel.extrude(word_token(NORMAL), 10.0, 0).unwrap();
    let before = outlines(&kernel.shape);
    kernel.rotate_scope(0.0, 90.0, 0.0).unwrap();
    assert_eq!(kernel.shape.scope_axes().z_axis, DVec3::X);
    assert_scope_fits(&mut kernel);
    kernel.mirror_scope(1, 0, 0).unwrap();
    assert_scope_fits(&mut kernel);
    kernel.set_pivot(word_token("yzx"), 3.0).unwrap();
    assert_scope_fits(&mut kernel);
    assert!(kernel.shape.pivot.axes.determinant() > 0.0);
    kernel
        .align_scope_to_geometry(word_token("zUp"), -1, 3.0, -1, 0.0)
        .unwrap();
    assert_eq!(kernel.shape.scope_axes().z_axis, DVec3::X);
    assert_scope_fits(&mut kernel);
    kernel
        .align_scope_to_geometry_bbox(word_token("xy"))
        .unwrap();
    assert_scope_fits(&mut kernel);
    assert_eq!(outlines(&kernel.shape), before);
}

#[test]
fn a_cube_on_a_flat_lot_takes_the_mean_height() {
    let mut kernel = kernel_on(LOT);
    kernel.primitive_cube(0, 0.0, 0.0, 0.0).unwrap();
    assert_eq!(kernel.shape.scope.size, dvec3(30.0, 25.0, 20.0));
    assert_eq!(
        world_mesh(&kernel.shape).bounds().unwrap(),
        (DVec3::ZERO, dvec3(30.0, 25.0, 20.0))
    );
    assert_scope_fits(&mut kernel);
}

fn model() -> (String, Asset) {
    let cube = primitive::cube();
    let mut model = Model {
        points: cube
            .points
            .iter()
            .map(|p| (*p * dvec3(2.0, 4.0, 1.0) + dvec3(1.0, 0.0, -3.0)).to_array())
            .collect(),
        ..Model::default()
    };
    for face in 0..6 {
        model.add_polygon(cube.outline(face), 0);
    }
    ("window.obj".to_owned(), Asset::Model(model))
}

#[test]
fn a_model_fits_the_scope_or_keeps_its_size() {
    let insert = |size: DVec3, up: &str| {
        let mut kernel = kernel_with_assets(LOT, vec![model()]);
        kernel.shape.scope.size = size;
        let path = kernel.intern("window.obj").unwrap().0 as i32;
        kernel.insert(path, word_token(up), -1, -1).unwrap();
        assert!(matches!(kernel.shape.geometry, Geometry::Asset(_)));
        assert_scope_fits(&mut kernel);
        (kernel.shape.scope_origin(), kernel.shape.scope.size)
    };
    assert_eq!(
        insert(dvec3(6.0, 6.0, 6.0), "yUp"),
        (DVec3::ZERO, DVec3::splat(6.0))
    );
    assert_eq!(
        insert(DVec3::ZERO, "yUp"),
        (dvec3(1.0, 0.0, -3.0), dvec3(2.0, 4.0, 1.0))
    );
    assert_eq!(
        insert(dvec3(4.0, 0.0, 0.0), "yUp"),
        (dvec3(0.0, 0.0, -6.0), dvec3(4.0, 8.0, 2.0))
    );
    assert_eq!(insert(DVec3::ZERO, "zUp").1, dvec3(2.0, 1.0, 4.0));
}

#[test]
fn an_unknown_model_leaves_nothing_and_warns() {
    let mut kernel = kernel_on(LOT);
    let path = kernel.intern("missing.obj").unwrap().0 as i32;
    kernel.insert(path, -1, -1, -1).unwrap();
    assert!(outlines(&kernel.shape).is_empty());
}

#[test]
fn enabled_trim_planes_cut_what_is_inserted() {
    let mut kernel = kernel_on(LOT);
    let plane = TrimPlane {
        point: dvec3(10.0, 0.0, 0.0),
        along: dvec3(0.0, 0.0, 20.0),
        normal: DVec3::X,
        horizontal: false,
    };
    kernel.state.trim_planes = Rc::new(vec![plane]);
    kernel.state.trim_vertical = false;
    kernel.primitive_cube(0, 0.0, 0.0, 0.0).unwrap();
    assert_eq!(kernel.shape.scope.size.x, 30.0);
    kernel.state.trim_vertical = true;
    kernel.trim().unwrap();
    assert_eq!(kernel.shape.scope.size.x, 10.0);
    // Measured: the cut is not covered.
    assert_eq!(world_mesh(&kernel.shape).face_count(), 5);
}

#[test]
fn a_trim_plane_reaches_as_far_as_its_edge() {
    let width_with_edge_from = |z: f64| {
        let mut kernel = kernel_on(LOT);
        let plane = TrimPlane {
            point: dvec3(10.0, 0.0, z),
            along: dvec3(0.0, 0.0, 20.0),
            normal: DVec3::X,
            horizontal: false,
        };
        kernel.state.trim_planes = Rc::new(vec![plane]);
        kernel.primitive_cube(0, 0.0, 0.0, 0.0).unwrap();
        kernel.shape.scope.size.x
    };
    assert_eq!(width_with_edge_from(-10.0), 10.0);
    assert_eq!(width_with_edge_from(-25.0), 30.0);
    assert_eq!(width_with_edge_from(25.0), 30.0);
}

#[test]
fn sized_primitives_stand_centred_on_the_ground() {
    let mut kernel = kernel_on(LOT);
    kernel.primitive_cylinder(8.0, 2.0, 5.0).unwrap();
    let (low, high) = world_mesh(&kernel.shape).bounds().unwrap();
    assert!(
        (low - dvec3(13.0, 0.0, 8.0)).length() < 1e-9
            && (high - dvec3(17.0, 5.0, 12.0)).length() < 1e-9
    );
    assert_scope_fits(&mut kernel);
}

#[test]
fn a_projection_is_remembered_and_baked_later() {
    let mut kernel = kernel_on(LOT);
    kernel.extrude(word_token(NORMAL), 10.0, 0).unwrap();
    let front = kernel.components(word_token("f"), -1).unwrap().list[2]
        .shape
        .clone();
    *kernel.shape = front;
    kernel
        .setup_projection(
            0.0,
            word_token("scope.xy"),
            4.1,
            1.0,
            0.0,
            0.0,
            0.0,
            0b10_0000_0000 >> 1 | 0b10,
        )
        .unwrap();
    let parent = kernel.shape.clone();
    let mesh = kernel.mesh_in_scope().unwrap();
    kernel.shape = pieces::slabs(&parent, &mesh, 0, &[(0.0, 15.0), (15.0, 30.0)], true).remove(1);
    kernel.project_uv(0.0).unwrap();
    let bounds = [0, 1, 2, 3].map(|bound| kernel.geometry_uv_bound(bound, 0.0).unwrap());
    // 30 m hold 7 tiles of about 4.1 m; the second half begins in the middle.
    assert!(
        (dvec2(bounds[0], bounds[1]) - dvec2(3.5, 7.0)).length() < 1e-9,
        "{bounds:?}"
    );
    assert_eq!((bounds[2], bounds[3]), (0.0, 1.0));
    let uv_space = word_token("uvSpace");
    assert!((kernel.geometry_uv_extent(0, 0.0, uv_space).unwrap() - 3.5).abs() < 1e-9);
    assert!(
        (kernel
            .geometry_uv_extent(0, 0.0, word_token("unitSpace"))
            .unwrap()
            - 15.0)
            .abs()
            < 1e-9
    );
    kernel.tile_uv(0.0, 5.0, 0.0, 0).unwrap();
    assert!((kernel.geometry_uv_extent(0, 0.0, uv_space).unwrap() - 3.0).abs() < 1e-9);
    kernel
        .normalize_uv(0.0, word_token("uv"), word_token("collectiveAllFaces"))
        .unwrap();
    assert_eq!(kernel.geometry_uv_bound(1, 0.0).unwrap(), 1.0);
    kernel.delete_uv(0.0).unwrap();
    assert_eq!(kernel.geometry_has_uvs(0.0).unwrap(), 0);
}

#[test]
fn numbers_that_are_none_do_no_harm() {
    let mut kernel = kernel_on(L_LOT);
    kernel.extrude(word_token(NORMAL), f64::NAN, 0).unwrap();
    kernel.t(f64::INFINITY, 0.0, f64::NAN, 0).unwrap();
    kernel.s(f64::NAN, 1.0, 2.0, 0b111).unwrap();
    kernel.extrude(word_token("world.up"), 3.0, 0).unwrap();
    kernel.offset(f64::NAN, -1, 0).unwrap();
    kernel.roof_hip(0, f64::NAN, f64::NAN, 0).unwrap();
    kernel
        .primitive_sphere(f64::NAN, -5.0, f64::INFINITY)
        .unwrap();
    let mesh = kernel.mesh_in_scope().unwrap();
    assert_eq!(mesh.check(), Ok(()));
    assert!(kernel.shape.scope.size.is_finite() && kernel.shape.scope.translation.is_finite());
}

#[test]
fn materials_of_the_shape_and_of_its_geometry_are_reset_apart() {
    use crate::builtin::number;
    use crate::mesh::SHAPE_MATERIAL;
    let red = number("color.r");
    let state = |target: &str| {
        let mut kernel = kernel_on(LOT);
        kernel.change_mesh(|mesh| mesh.materials.fill(3)).unwrap();
        kernel.set_material_number(red, 0.25);
        kernel.reset_material(word_token(target)).unwrap();
        let Geometry::Mesh(mesh) = &kernel.shape.geometry else {
            panic!("a mesh")
        };
        (kernel.state.material.numbers[red], mesh.materials[0])
    };
    assert_eq!(state("shape"), (1.0, 3));
    assert_eq!(state("geometry"), (0.25, SHAPE_MATERIAL));
    assert_eq!(state("all"), (1.0, SHAPE_MATERIAL));
}

#[test]
fn a_model_is_laid_along_texture_coordinates() {
    let lay = |set: f64, direction: &str, alignment: &str| {
        let mut kernel = kernel_with_assets(LOT, vec![model()]);
        kernel
            .setup_projection(0.0, word_token("scope.xz"), 10.0, 10.0, 0.0, 0.0, 0.0, 0)
            .unwrap();
        kernel.project_uv(0.0).unwrap();
        let path = kernel.intern("window.obj").unwrap().0 as i32;
        kernel
            .insert_along_uv(set, path, 2.0, word_token(direction), word_token(alignment))
            .unwrap();
        kernel
    };
    let mut kernel = lay(0.0, "scope.y", "alignPosition");
    assert_eq!(outlines(&kernel.shape).len(), 6 * 6);
    assert_scope_fits(&mut kernel);
    assert_eq!(kernel.shape.scope.size, dvec3(30.0, 2.0, 20.0));
    assert_eq!(kernel.journal.warnings.len(), 0);
    let kernel = lay(0.0, "vertex.normal", "keepPosition");
    assert_eq!(kernel.shape.scope.size, dvec3(30.0, 2.0, 20.0));
    let kernel = lay(1.0, "scope.y", "alignPosition");
    assert_eq!(outlines(&kernel.shape).len(), 0);
    assert_eq!(kernel.journal.warnings.len(), 1);
}
