//! Random chains of operations: whatever comes, the mesh stays sound and numbers stay finite.

use proptest::prelude::*;

use super::*;

/// An operation by number, with numbers to use.
type Step = (u8, f64, f64, usize);

fn pick<'a>(words: &[&'a str], number: usize) -> &'a str {
    words[number % words.len()]
}

/// Runs one operation of the kind that moves or replaces geometry.
fn step(kernel: &mut Kernel, (kind, a, b, n): Step) -> Result<(), Stop> {
    let word = |words: &[&str]| word_token(pick(words, n));
    let sweeps = [
        "face.normal",
        "vertex.normal",
        "world.up",
        "world.up.flatTop",
        "x",
        "z",
    ];
    match kind % 26 {
        0 => kernel.extrude(word(&sweeps), a, 0),
        1 => kernel.offset(a, word(&["all", "inside", "border"]), 0),
        2 => kernel.roof_hip(word(&["byAngle", "byHeight"]), b.abs() * 9.0, a.abs(), 0),
        3 => kernel.roof_gable(
            word(&["byAngle", "byHeight"]),
            b.abs() * 9.0,
            a.abs(),
            b.abs(),
            1,
            n as f64 - 1.0,
        ),
        4 => kernel.roof_pyramid(word(&["byAngle", "byHeight"]), b * 9.0),
        5 => kernel.roof_shed(word(&["byAngle", "byHeight"]), b * 9.0, n as f64),
        6 => kernel.roof_ridge(word(&["byAngle", "byHeight"]), b * 9.0),
        7 => kernel.s(a, b, a * b, 0),
        8 => kernel.s(a, 0.0, 1.0, 0b111),
        9 => kernel.t(a, b, 1.0, 0),
        10 => kernel.r(
            word(&["scopeOrigin", "scopeCenter"]),
            a * 20.0,
            b * 20.0,
            7.0,
        ),
        11 => kernel.align_scope_to_axes(word(&["x", "y", "z", "world.xyz", "object.y"])),
        12 => kernel.align_scope_to_geometry(word(&["yUp", "zUp"]), -1, a, -1, b),
        13 => kernel.align_scope_to_geometry_bbox(word(&["xy", "zx", "yz", "xz"])),
        14 => kernel.rotate_scope(a * 30.0, b * 30.0, 0.0),
        15 => kernel.set_pivot(word(&["xyz", "yzx", "zxy"]), n as f64),
        16 => kernel.mirror_scope(n as i32 & 1, n as i32 & 2, n as i32 & 4),
        17 => kernel.mirror(n as i32 & 1, n as i32 & 2, n as i32 & 4),
        18 => kernel.cleanup_geometry(word(&["all", "vertices", "edges", "faces"]), a.abs() * 0.01),
        19 => kernel.convexify(if n % 2 == 0 { f64::INFINITY } else { a.abs() }),
        20 => kernel.set_normals(word(&["hard", "soft", "auto", "conform"])),
        21 => primitive(kernel, a, n),
        22 => piece(kernel, a, n),
        23 => kernel.rectify(a.abs() * 9.0),
        24 => kernel.footprint_of_geometry(),
        _ => component(kernel, n),
    }
}

fn primitive(kernel: &mut Kernel, a: f64, n: usize) -> Result<(), Stop> {
    match n % 6 {
        0 => kernel.primitive_cube(0, 0.0, 0.0, 0.0),
        1 => kernel.primitive_quad(0, 0.0, 0.0),
        2 => kernel.primitive_disk(5.0, a),
        3 => kernel.primitive_sphere(5.0, 4.0, a),
        4 => kernel.primitive_cylinder(6.0, 0.0, 0.0),
        _ => kernel.taper(a, 0),
    }
}

/// Goes on with a slab, or with a region.
fn piece(kernel: &mut Kernel, a: f64, n: usize) -> Result<(), Stop> {
    let mesh = kernel.mesh_in_scope()?;
    let axis = n % 3;
    let size = kernel.shape.scope.size[axis].abs();
    let at = size * (a.abs() % 1.0);
    let ranges = [(0.0, at), (at, size)];
    let pieces = match n % 4 {
        0 => kernel.shape_region([a.abs(), 0.0, 1.0, a.abs()])?.shape,
        1 => {
            kernel
                .inner_rectangle_region(word_token(pick(&["scope", "edge"], n / 4)))?
                .remainder
        }
        _ => pieces::slabs(&kernel.shape, &mesh, axis, &ranges, n.is_multiple_of(2))
            .into_iter()
            .map(|shape| *shape)
            .collect(),
    };
    for piece in &pieces {
        assert_sound(piece);
    }
    if let Some(piece) = pieces.into_iter().nth(n % 2) {
        *kernel.shape = piece;
    }
    Ok(())
}

/// Goes on with a component.
fn component(kernel: &mut Kernel, n: usize) -> Result<(), Stop> {
    let kind = word_token(pick(&["f", "f", "f", "e", "fe", "v", "h", "g"], n));
    let parts = kernel.components(kind, -1)?;
    for (number, part) in parts.list.iter().enumerate() {
        assert_sound(&part.shape);
        assert!(
            parts
                .trim_planes(number)
                .iter()
                .all(|plane| plane.normal.is_normalized())
        );
    }
    if !parts.list.is_empty() {
        *kernel.shape = parts.list[n % parts.list.len()].shape.clone();
    }
    Ok(())
}

fn assert_sound(shape: &Shape) {
    if let Geometry::Mesh(mesh) = &shape.geometry {
        assert_eq!(mesh.check(), Ok(()));
        assert!(mesh.normals.iter().all(|normal| normal.is_finite()));
        assert!(
            mesh.uv_sets
                .iter()
                .flat_map(|uvs| &uvs.coordinates)
                .all(|uv| uv.is_finite())
        );
    }
    let scope = &shape.scope;
    assert!(scope.size.is_finite() && scope.translation.is_finite() && scope.axes.is_finite());
    let axes = shape.scope_axes();
    assert!(
        (axes * axes.transpose()).abs_diff_eq(DMat3::IDENTITY, 1e-6),
        "{axes}"
    );
    assert!(shape.world_from_geometry.is_finite());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_chain_of_operations_leaves_a_sound_shape(
        concave in any::<bool>(),
        steps in prop::collection::vec((0..26_u8, -5.0..5.0_f64, -5.0..5.0_f64, 0..24_usize), 1..10),
    ) {
        let mut kernel = kernel_on(if concave { L_LOT } else { LOT });
        for each in steps {
            if kernel.own_mesh().corners.len() > 20_000 {
                break;
            }
            step(&mut kernel, each).unwrap();
            assert_sound(&kernel.shape);
            let mesh = kernel.mesh_in_scope().unwrap();
            assert_eq!(mesh.check(), Ok(()));
            for answer in [
                kernel.geometry_area(word_token("all")).unwrap(),
                kernel.geometry_volume().unwrap(),
                kernel.geometry_height().unwrap(),
                kernel.geometry_angle(word_token("zenith")).unwrap(),
                kernel.geometry_boundary_length().unwrap(),
            ] {
                prop_assert!(answer.is_finite());
            }
        }
    }
}
