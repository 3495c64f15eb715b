//! Drives operations on a kernel whose current shape is set by hand, against results measured on CityEngine's runtime.

mod faces;
mod random;
mod roofs;
mod scopes;
mod subdivisions;

use glam::dvec3;

use super::*;
use crate::abi::token::token;
use crate::frame::{Frame, Scope};
use crate::manifest::Manifest;
use crate::recipe::Recipe;

const LOT: &[(f64, f64)] = &[(0.0, 20.0), (30.0, 20.0), (30.0, 0.0), (0.0, 0.0)];
const L_LOT: &[(f64, f64)] = &[
    (0.0, 20.0),
    (30.0, 20.0),
    (30.0, 10.0),
    (10.0, 10.0),
    (10.0, 0.0),
    (0.0, 0.0),
];

/// A kernel whose current shape is a lot on the ground, as an initial shape is set up: the first edge along +x.
fn kernel_on(ring: &[(f64, f64)]) -> Kernel {
    kernel_with_assets(ring, Vec::new())
}

fn kernel_with_assets(ring: &[(f64, f64)], assets: Vec<(String, Asset)>) -> Kernel {
    let mut manifest = Manifest::default();
    manifest.strings.push(String::new());
    let mut kernel = Kernel::new(manifest, Recipe::default(), assets).unwrap();
    let mut mesh = Mesh::default();
    let numbers: Vec<u32> = ring
        .iter()
        .map(|&(x, z)| mesh.add_point(dvec3(x, 0.0, z)))
        .collect();
    mesh.add_face([numbers.as_slice()]);
    let (low, high) = mesh.bounds().unwrap();
    let origin = mesh.points[0];
    kernel.object = Frame {
        origin,
        axes: DMat3::IDENTITY,
    };
    *kernel.shape = Shape {
        pivot: kernel.object,
        scope: Scope {
            translation: low - origin,
            axes: DMat3::IDENTITY,
            size: high - low,
        },
        geometry: Geometry::Mesh(Rc::new(mesh)),
        world_from_geometry: glam::DAffine3::IDENTITY,
        rest: None,
    };
    kernel.initial_shape = kernel.shape.clone();
    kernel.base_center = kernel.shape.scope_center();
    kernel
}

fn word_token(word: &str) -> i32 {
    token(word).unwrap()
}

/// The outlines of a shape's faces in the world.
fn outlines(shape: &Shape) -> Vec<Vec<[f64; 3]>> {
    let Geometry::Mesh(mesh) = &shape.geometry else {
        panic!("a mesh")
    };
    assert_eq!(mesh.check(), Ok(()));
    let world = mesh.transformed(&shape.world_from_geometry);
    let round = |p: DVec3| p.to_array().map(|x| (x * 1e6).round() / 1e6 + 0.0);
    (0..world.face_count())
        .map(|face| {
            world
                .outline(face)
                .iter()
                .map(|&p| round(world.point(p)))
                .collect()
        })
        .collect()
}

fn world_mesh(shape: &Shape) -> Mesh {
    let Geometry::Mesh(mesh) = &shape.geometry else {
        panic!("a mesh")
    };
    mesh.transformed(&shape.world_from_geometry)
}

/// A ring on the ground from (x, z).
fn ground(ring: &[(f64, f64)]) -> Vec<[f64; 3]> {
    ring.iter().map(|&(x, z)| [x, 0.0, z]).collect()
}

/// Whether the scope is the bounding box of the geometry.
fn assert_scope_fits(kernel: &mut Kernel) {
    let mesh = kernel.mesh_in_scope().unwrap();
    let (low, high) = mesh.bounds().unwrap();
    let size = kernel.shape.scope.size;
    let (start, end) = (DVec3::ZERO.min(size), DVec3::ZERO.max(size));
    assert!(
        (low - start).length() < 1e-6 && (high - end).length() < 1e-6,
        "{low} {high} in {size}"
    );
}
