//! `i`, primitives, trimming, `resetGeometry`: geometry that comes from outside.

use std::rc::Rc;

use glam::{DAffine3, DMat3, DVec3};

use crate::Kernel;
use crate::abi::token::word;
use crate::limits::Stop;
use crate::mesh::{Mesh, cut, primitive};
use crate::ops::{fit_mesh, fit_scope};
use crate::shape::Geometry;

/// Scope sizes below this are zero.
const FLAT: f64 = 1e-9;

/// How an inserted box is placed: the map to scope coordinates and the scope's new box in the same coordinates.
struct Placement {
    scope_from_asset: DAffine3,
    corner: DVec3,
    size: DVec3,
}

/// Fits a box (low, high) to a scope of a given size. Three zero sizes: the box stays as it is; two: it is scaled by the
/// one that is not zero and keeps its place along the others; one: that size follows from the mean of the other two
/// factors.
fn fit(low: DVec3, high: DVec3, scope: DVec3) -> Placement {
    let asset = high - low;
    let factor = |axis: usize| {
        if asset[axis] > FLAT {
            scope[axis] / asset[axis]
        } else {
            1.0
        }
    };
    let zeros: Vec<usize> = (0..3).filter(|&axis| scope[axis].abs() < FLAT).collect();
    let given: Vec<usize> = (0..3).filter(|&axis| scope[axis].abs() >= FLAT).collect();
    let (mut corner, mut factors) = (DVec3::ZERO, DVec3::new(factor(0), factor(1), factor(2)));
    let common = match given.len() {
        0 => 1.0,
        1 => factor(given[0]).abs(),
        _ => given.iter().map(|&axis| factor(axis).abs()).sum::<f64>() / given.len() as f64,
    };
    for &axis in &zeros {
        factors[axis] = common;
        if zeros.len() >= 2 {
            corner[axis] = common * low[axis];
        }
    }
    let mut size = scope;
    for &axis in &zeros {
        size[axis] = common * asset[axis];
    }
    let scope_from_asset = DAffine3 {
        matrix3: DMat3::from_diagonal(factors),
        translation: corner - factors * low,
    };
    Placement {
        scope_from_asset,
        corner,
        size,
    }
}

impl Kernel {
    /// `i`.
    pub(crate) fn insert(
        &mut self,
        path: i32,
        up: i32,
        alignment: i32,
        cleanup: i32,
    ) -> Result<(), Stop> {
        let _ = cleanup;
        let name = self.text(path)?;
        if matches!(&*name, "builtin:cube" | "builtin:cube:notex") {
            return self.primitive_cube(0, 0.0, 0.0, 0.0);
        }
        let found = self
            .asset(&name)
            .and_then(|id| self.baked(id).map(|baked| (id, baked)));
        let Some((id, baked)) = found else {
            self.warn(format!("i: no model named \"{name}\""));
            self.shape.set_mesh_in_scope(Mesh::default());
            return Ok(());
        };
        let turn = if word(up) == Some("zUp") {
            DMat3::from_cols(DVec3::X, DVec3::NEG_Z, DVec3::Y)
        } else {
            DMat3::IDENTITY
        };
        let (a, b) = (turn * baked.low, turn * baked.high);
        let (low, high) = (a.min(b), a.max(b));
        let placement = match word(alignment) {
            Some("keepSizeAndPosition") => Placement {
                scope_from_asset: DAffine3::IDENTITY,
                corner: low,
                size: high - low,
            },
            Some("keepSizeAlignPosition") => Placement {
                scope_from_asset: DAffine3::from_translation(-low),
                corner: DVec3::ZERO,
                size: high - low,
            },
            _ => fit(low, high, self.shape.scope.size),
        };
        let Placement {
            scope_from_asset,
            corner,
            size,
        } = placement;
        self.shape.rest = None;
        self.shape.geometry = Geometry::Asset(id);
        self.shape.world_from_geometry = self.shape.scope_frame().world_from_frame()
            * scope_from_asset
            * DAffine3::from_mat3(turn);
        self.shape.fit_scope(corner, corner + size);
        self.trim_enabled()
    }

    /// Puts a primitive, made for the box (low, high), into the scope.
    fn insert_primitive(&mut self, mesh: &Mesh, low: DVec3, high: DVec3) -> Result<(), Stop> {
        self.charge(1 + mesh.corners.len() / 8)?;
        let Placement {
            scope_from_asset,
            corner,
            size,
        } = fit(low, high, self.shape.scope.size);
        self.shape.rest = None;
        self.shape
            .set_mesh_in_scope(mesh.transformed(&scope_from_asset));
        self.shape.fit_scope(corner, corner + size);
        self.trim_enabled()
    }

    /// Puts a primitive of a size of its own on the scope's ground, centred.
    fn insert_sized(&mut self, mesh: &Mesh) -> Result<(), Stop> {
        self.charge(1 + mesh.corners.len() / 8)?;
        let size = self.shape.scope.size;
        let center = DVec3::new(size.x, 0.0, size.z) * 0.5;
        self.shape.scope.size = DVec3::ONE;
        self.shape.rest = None;
        fit_mesh(
            &mut self.shape,
            mesh.transformed(&DAffine3::from_translation(center)),
        );
        self.trim_enabled()
    }

    /// `primitiveCube`.
    pub(crate) fn primitive_cube(
        &mut self,
        given: i32,
        width: f64,
        height: f64,
        depth: f64,
    ) -> Result<(), Stop> {
        if given == 0 {
            return self.insert_primitive(&primitive::cube(), DVec3::ZERO, DVec3::ONE);
        }
        let size = self.finite_vector(width, height, depth, "primitiveCube");
        let center = DAffine3::from_translation(DVec3::new(-0.5, 0.0, -0.5));
        self.insert_sized(&primitive::cube().transformed(&(DAffine3::from_scale(size) * center)))
    }

    /// `primitiveQuad`.
    pub(crate) fn primitive_quad(
        &mut self,
        given: i32,
        width: f64,
        length: f64,
    ) -> Result<(), Stop> {
        if given == 0 {
            return self.insert_flat(&primitive::quad());
        }
        let size = DVec3::new(
            self.finite(width, "primitiveQuad"),
            1.0,
            self.finite(length, "primitiveQuad"),
        );
        let center = DAffine3::from_translation(DVec3::new(-0.5, 0.0, -0.5));
        self.insert_sized(&primitive::quad().transformed(&(DAffine3::from_scale(size) * center)))
    }

    /// `primitiveDisk`.
    pub(crate) fn primitive_disk(&mut self, vertices: f64, radius: f64) -> Result<(), Stop> {
        let disk = primitive::disk(self.sides(vertices, 3, "primitiveDisk"));
        let radius = self.finite(radius, "primitiveDisk");
        if radius != 0.0 {
            return self
                .insert_sized(&disk.transformed(&DAffine3::from_scale(DVec3::splat(radius))));
        }
        self.insert_flat(&disk)
    }

    /// Fits a flat primitive (in the xz plane) to the scope: in the plane of the two sizes that are not zero, else on the
    /// ground.
    fn insert_flat(&mut self, mesh: &Mesh) -> Result<(), Stop> {
        let zero = |axis: usize| self.shape.scope.size[axis].abs() < FLAT;
        let turn = match [zero(0), zero(1), zero(2)] {
            [false, false, true] => DMat3::from_cols(DVec3::X, DVec3::Z, DVec3::NEG_Y),
            [true, false, false] => DMat3::from_cols(DVec3::NEG_Z, DVec3::X, DVec3::NEG_Y),
            _ => DMat3::IDENTITY,
        };
        let mesh = mesh.transformed(&DAffine3::from_mat3(turn));
        let (low, high) = mesh.bounds().unwrap_or_default();
        let flat_axis = (0..3)
            .find(|&axis| high[axis] - low[axis] < FLAT)
            .unwrap_or(1);
        let kept = self.shape.scope.size[flat_axis];
        self.insert_primitive(&mesh, low, high)?;
        self.shape.scope.size[flat_axis] = kept;
        Ok(())
    }

    /// `primitiveSphere`.
    pub(crate) fn primitive_sphere(
        &mut self,
        sides: f64,
        divisions: f64,
        radius: f64,
    ) -> Result<(), Stop> {
        let sides = self.sides(sides, 3, "primitiveSphere");
        let divisions = self.sides(divisions, 2, "primitiveSphere");
        let (sides, divisions) = (sides.min(512), divisions.min(512));
        self.charge((sides * divisions) as usize)?;
        let sphere = primitive::sphere(sides, divisions);
        let radius = self.finite(radius, "primitiveSphere");
        if radius == 0.0 {
            let (low, high) = sphere.bounds().unwrap_or_default();
            return self.insert_primitive(&sphere, low, high);
        }
        let raised = DAffine3::from_scale_rotation_translation(
            DVec3::splat(radius),
            glam::DQuat::IDENTITY,
            DVec3::new(0.0, radius.abs(), 0.0),
        );
        self.insert_sized(&sphere.transformed(&raised))
    }

    /// `primitiveCylinder`.
    pub(crate) fn primitive_cylinder(
        &mut self,
        sides: f64,
        radius: f64,
        height: f64,
    ) -> Result<(), Stop> {
        let sides = self.sides(sides, 3, "primitiveCylinder");
        self.insert_round(&primitive::cylinder(sides), radius, height)
    }

    /// `primitiveCone`.
    pub(crate) fn primitive_cone(
        &mut self,
        sides: f64,
        radius: f64,
        height: f64,
    ) -> Result<(), Stop> {
        let sides = self.sides(sides, 3, "primitiveCone");
        self.insert_round(&primitive::cone(sides), radius, height)
    }

    fn insert_round(&mut self, mesh: &Mesh, radius: f64, height: f64) -> Result<(), Stop> {
        let (radius, height) = (self.finite(radius, "radius"), self.finite(height, "height"));
        if radius == 0.0 {
            let (low, high) = mesh.bounds().unwrap_or_default();
            return self.insert_primitive(mesh, low, high);
        }
        self.insert_sized(
            &mesh.transformed(&DAffine3::from_scale(DVec3::new(radius, height, radius))),
        )
    }

    /// A number of sides: whole, at least `least`, at most 4096.
    fn sides(&mut self, number: f64, least: u32, what: &str) -> u32 {
        let number = self.finite(number, what).round();
        if number < f64::from(least) {
            self.warn(format!("{what}: at least {least} sides"));
        }
        number.clamp(f64::from(least), 4096.0) as u32
    }

    /// `trim`.
    pub(crate) fn trim(&mut self) -> Result<(), Stop> {
        self.trim_enabled()
    }

    /// Cuts the geometry by the trim planes that are enabled. Geometry that no plane touches stays an instance.
    fn trim_enabled(&mut self) -> Result<(), Stop> {
        let (horizontal, vertical) = (self.state.trim_horizontal, self.state.trim_vertical);
        let planes = Rc::clone(&self.state.trim_planes);
        let enabled = planes.iter().filter(|plane| {
            if plane.horizontal {
                horizontal
            } else {
                vertical
            }
        });
        let mut trimmed: Option<Mesh> = None;
        let scope = self.shape.scope_frame();
        for plane in enabled {
            let local = scope.frame_from_world();
            let (point, normal) = (
                local.transform_point3(plane.point),
                local.matrix3 * plane.normal,
            );
            let offset = normal.dot(point);
            let along = local.matrix3 * plane.along;
            let (start, end) = self.reach(along);
            let from = along.dot(point);
            if end <= from || start >= from + along.length_squared() {
                continue;
            }
            // The scope's box lies around the geometry: when it is on the right side, so is the geometry.
            if self.reach(normal).1 - offset <= 1e-6 {
                continue;
            }
            let mesh = match trimmed.take() {
                Some(mesh) => mesh,
                None => Mesh::clone(&*self.mesh_in_scope()?),
            };
            self.charge(mesh.corners.len() / 4)?;
            trimmed = Some(cut::trimmed(&mesh, normal, offset));
        }
        if let Some(mesh) = trimmed {
            let bounds = mesh.bounds();
            self.shape.set_mesh_in_scope(mesh);
            if let Some((low, high)) = bounds {
                fit_scope(&mut self.shape, low, high);
            }
        }
        Ok(())
    }

    /// How far the scope's box reaches along a direction in scope coordinates: from, to.
    fn reach(&self, direction: DVec3) -> (f64, f64) {
        let sides = direction * self.shape.scope.size;
        let (low, high) = (sides.min(DVec3::ZERO), sides.max(DVec3::ZERO));
        (low.element_sum(), high.element_sum())
    }

    /// `resetGeometry`.
    pub(crate) fn reset_geometry(&mut self) -> Result<(), Stop> {
        self.shape = self.initial_shape.clone();
        self.state.trim_planes = Rc::new(Vec::new());
        Ok(())
    }
}
