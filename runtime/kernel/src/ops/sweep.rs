//! `extrude`, `taper`, `envelope`.

use glam::{DMat3, DVec3};

use crate::Kernel;
use crate::abi::token::word;
use crate::limits::Stop;
use crate::mesh::extrude::{Sweep, SweepTags, extrude, sweep_faces, taper};
use crate::mesh::tags::Tag;
use crate::mesh::{Mesh, measure};
use crate::ops::{fit_mesh, orient_scope};

impl Kernel {
    /// `extrude`.
    pub(crate) fn extrude(
        &mut self,
        direction: i32,
        distance: f64,
        relative: i32,
    ) -> Result<(), Stop> {
        let distance = self.finite(distance, "extrude");
        let mesh = self.mesh_to_tag(Some("extrude"))?;
        self.charge(mesh.corners.len())?;
        let axes = self.shape.scope_axes();
        let first = if mesh.face_count() > 0 {
            mesh.normal(0)
        } else {
            DVec3::Z
        };
        let world = |axis: DVec3| axes.transpose() * axis;
        let kind = word(direction).unwrap_or("face.normal");
        let along = match kind {
            "x" => DVec3::X,
            "y" => DVec3::Y,
            "z" => DVec3::Z,
            "world.x" => world(DVec3::X),
            "world.z" => world(DVec3::Z),
            "world.y" | "world.up" | "world.up.flatTop" => world(DVec3::Y),
            _ => first,
        };
        let extent = mesh
            .points
            .iter()
            .map(|p| p.dot(along))
            .fold((0.0_f64, 0.0_f64), |(low, high), x| {
                (low.min(x), high.max(x))
            });
        let distance = self.size(distance, relative, 0, extent.1 - extent.0);
        if distance == 0.0 {
            return Ok(());
        }
        let sweep = match kind {
            "face.normal" | "normal" => Sweep::FaceNormal(distance),
            "vertex.normal" => Sweep::VertexNormal(distance),
            "world.up.flatTop" => Sweep::FlatTop(along, distance),
            _ => Sweep::Direction(along, distance),
        };
        let swept = extrude(&mesh, sweep, DVec3::Z);
        self.set_swept(swept, along, distance);
        Ok(())
    }

    /// `taper`.
    pub(crate) fn taper(&mut self, height: f64, relative: i32) -> Result<(), Stop> {
        let height = self.finite(height, "taper");
        let mesh = self.mesh_to_tag(Some("taper"))?;
        if mesh.face_count() == 0 {
            self.warn("taper: the shape has no face".to_owned());
            return Ok(());
        }
        self.charge(mesh.corners.len())?;
        let normal = mesh.normal(0);
        let height = self.size(height, relative, 0, self.shape.scope.size.y);
        let mut swept = taper(&mesh, height);
        swept.tag_faces(|face| {
            if face == 0 {
                Tag::TAPER_BOTTOM
            } else {
                Tag::TAPER_SIDE
            }
        });
        self.set_swept(swept, normal, height);
        Ok(())
    }

    /// Sets a body made from the current geometry, in scope coordinates, and turns the scope: y along `up` (scope
    /// coordinates), x as it was as far as possible; a negative height gives a negative size.
    pub(crate) fn set_swept(&mut self, mesh: Mesh, up: DVec3, height: f64) {
        let axes = up_axes(up);
        let world = self.shape.scope_axes() * axes;
        let signs = DVec3::new(1.0, if height < 0.0 { -1.0 } else { 1.0 }, 1.0);
        let frame = self.shape.scope_frame();
        orient_scope(&mut self.shape, &mesh, world, signs);
        self.shape.set_mesh(mesh, frame);
    }

    /// `envelope`.
    #[expect(
        clippy::too_many_arguments,
        reason = "the operation has ten, see the table of functions"
    )]
    pub(crate) fn envelope(
        &mut self,
        direction: i32,
        height: f64,
        front_height: f64,
        front_angle: f64,
        back_height: f64,
        back_angle: f64,
        right_height: f64,
        right_angle: f64,
        left_height: f64,
        left_angle: f64,
    ) -> Result<(), Stop> {
        let sides = [
            (front_height, front_angle),
            (right_height, right_angle),
            (back_height, back_angle),
            (left_height, left_angle),
        ];
        let height = self.finite(height, "envelope");
        let sides = sides.map(|(h, a)| (self.finite(h, "envelope"), self.finite(a, "envelope")));
        let edges = self.setback_edges()?;
        let tokens = ["street.front", "street.right", "street.back", "street.left"]
            .map(crate::abi::token::token);
        let side = |edge: usize| {
            let is_on = |&side: &usize| tokens[side].is_some_and(|side| edges.matches(edge, side));
            sides[(0..4).find(is_on).unwrap_or(0)]
        };
        let sides: Vec<(f64, f64)> = (0..edges.list.len()).map(side).collect();
        self.envelope_of_edges(direction, height, &sides)
    }

    /// `envelope` by arrays; edges they do not have are 0 high and upright.
    pub(crate) fn envelope_by_edge(
        &mut self,
        direction: i32,
        height: f64,
        heights: i32,
        angles: i32,
    ) -> Result<(), Stop> {
        let height = self.finite(height, "envelope");
        let count = self.mesh_in_scope()?.corners.len();
        let mut numbers = |array: i32, missing: f64| -> Result<Vec<f64>, Stop> {
            let mut numbers = self.array_floats(array)?;
            numbers.resize(count, missing);
            Ok(numbers
                .into_iter()
                .map(|number| self.finite(number, "envelope"))
                .collect())
        };
        let (heights, angles) = (numbers(heights, 0.0)?, numbers(angles, 90.0)?);
        let sides: Vec<(f64, f64)> = heights.into_iter().zip(angles).collect();
        self.envelope_of_edges(direction, height, &sides)
    }

    /// Sweeps every face to `height` and cuts off, for each outline edge, what lies above the plane that starts `h` above
    /// the edge and leans inward by `angle` (90 is upright). Sides are in face-edge order. The scope keeps its axes (measured).
    fn envelope_of_edges(
        &mut self,
        direction: i32,
        height: f64,
        sides: &[(f64, f64)],
    ) -> Result<(), Stop> {
        let mesh = self.mesh_to_tag(Some("envelope"))?;
        if mesh.face_count() == 0 || height <= 0.0 {
            self.warn("envelope: nothing to build on".to_owned());
            return Ok(());
        }
        let up_world = self.shape.scope_axes().transpose() * DVec3::Y;
        let mut all = Mesh::default();
        for face in 0..mesh.face_count() {
            let base = mesh.subset(&[face]);
            let up = if word(direction) == Some("world.up") {
                up_world
            } else {
                base.normal(0)
            };
            let mut body = sweep_faces(&base, Sweep::Direction(up, height), up, &ENVELOPE);
            self.charge(body.corners.len() * base.corners.len())?;
            for (k, corner) in mesh.face_corners(face).enumerate() {
                let (start, angle) = sides[corner];
                if angle.abs() >= 90.0 - 1e-9 && angle.abs() <= 90.0 + 1e-9 {
                    continue;
                }
                let ring = base.outline(0);
                if k >= ring.len() {
                    continue;
                }
                let (a, b) = (base.point(ring[k]), base.point(ring[(k + 1) % ring.len()]));
                let outward = (b - a).cross(up).normalize_or_zero();
                let (sin, cos) = crate::math::sin_cos_degrees(angle);
                // The plane rises inward by `angle` from the line `start` above the edge.
                let normal = (outward * sin + up * cos).normalize_or_zero();
                if normal != DVec3::ZERO {
                    body = crate::mesh::cut::half_space(&body, normal, normal.dot(a + up * start));
                    let grown = base.tags.as_ref().map(|tags| &tags.edges[k]);
                    body.tag_new_faces("envelope", Tag::ENVELOPE_SLOPE, grown);
                }
            }
            crate::mesh::merge::append(&mut all, &body);
        }
        fit_mesh(&mut self.shape, all);
        Ok(())
    }
}

/// The tags of `envelope` before anything is cut off.
const ENVELOPE: SweepTags = SweepTags {
    bottom: Tag::ENVELOPE_BOTTOM,
    top: Tag::ENVELOPE_TOP,
    outer: Tag::ENVELOPE_BASE,
    inner: Tag::ENVELOPE_INNER,
};

/// Axes with y along a vector, x along the old x as far as possible, z = x × y.
pub(crate) fn up_axes(up: DVec3) -> DMat3 {
    let y = up.normalize_or(DVec3::Y);
    let x = (DVec3::X - y * y.x)
        .try_normalize()
        .filter(|_| y.x.abs() < 1.0 - 1e-9);
    let x = x.unwrap_or_else(|| y.cross(DVec3::Z - y * y.z).normalize_or(DVec3::X));
    DMat3::from_cols(x, y, x.cross(y))
}

impl Kernel {
    /// `geometry.height`: the extent in the world's vertical.
    pub(crate) fn geometry_height(&mut self) -> Result<f64, Stop> {
        let mesh = self.own_mesh();
        let map = self.shape.world_from_geometry;
        let heights = mesh.points.iter().map(|&p| map.transform_point3(p).y);
        let (low, high) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| {
            (low.min(y), high.max(y))
        });
        Ok(if low <= high { high - low } else { 0.0 })
    }

    /// `geometry.volume`.
    pub(crate) fn geometry_volume(&mut self) -> Result<f64, Stop> {
        let mesh = self.mesh_in_scope()?;
        Ok(measure::volume(&mesh))
    }
}
