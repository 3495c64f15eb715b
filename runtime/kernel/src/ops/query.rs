//! `geometry.*` and `convert`: questions about the current shape.

use glam::DVec3;

use crate::Kernel;
use crate::abi::token::word;
use crate::frame::{euler_from_matrix, matrix_from_euler};
use crate::limits::Stop;
use crate::math;
use crate::mesh::component::{Orientation, on_street, oriented};
use crate::mesh::{measure, uv};
use crate::shape::Geometry;

impl Kernel {
    /// The normals of the faces in the world, with the mesh in scope coordinates.
    fn world_normals(&mut self) -> Result<(std::rc::Rc<crate::mesh::Mesh>, Vec<DVec3>), Stop> {
        let mesh = self.mesh_in_scope()?;
        let axes = self.shape.scope_axes();
        let normals = (0..mesh.face_count())
            .map(|face| axes * mesh.normal(face))
            .collect();
        Ok((mesh, normals))
    }

    /// Which faces an orientation selector chooses, and the mesh in scope coordinates.
    fn oriented_faces(
        &mut self,
        selector: i32,
    ) -> Result<(std::rc::Rc<crate::mesh::Mesh>, Vec<bool>), Stop> {
        let (mesh, normals) = self.world_normals()?;
        let systems = Orientation::new(&self.shape, &self.object);
        let frame = self.shape.scope_frame().world_from_frame();
        let center = |face: usize| {
            let outline = mesh.outline(face);
            let sum: DVec3 = outline.iter().map(|&point| mesh.point(point)).sum();
            frame.transform_point3(sum / outline.len() as f64)
        };
        let chosen = |(face, &normal): (usize, &DVec3)| {
            let streets = self.streets.as_ref();
            streets
                .and_then(|streets| on_street(streets, normal, center(face), selector))
                .unwrap_or_else(|| oriented(&systems, normal, selector))
        };
        let chosen = normals.iter().enumerate().map(chosen).collect();
        Ok((mesh, chosen))
    }

    /// `geometry.area`.
    pub(crate) fn geometry_area(&mut self, selector: i32) -> Result<f64, Stop> {
        let (mesh, chosen) = self.oriented_faces(selector)?;
        Ok(measure::area(&mesh, |face| chosen[face]))
    }

    /// `geometry.isOriented`.
    pub(crate) fn geometry_is_oriented(&mut self, selector: i32) -> Result<i32, Stop> {
        let (_, chosen) = self.oriented_faces(selector)?;
        Ok(i32::from(chosen.contains(&true)))
    }

    /// `geometry.angle`: the steepest face, or where the whole surface looks: azimuth clockwise from north (-z), zenith
    /// from the vertical.
    pub(crate) fn geometry_angle(&mut self, kind: i32) -> Result<f64, Stop> {
        let (mesh, normals) = self.world_normals()?;
        let steepness = |normal: &DVec3| math::degrees(math::acos(normal.y.abs().min(1.0)));
        let mean = self.shape.scope_axes() * measure::mean_normal(&mesh);
        Ok(match word(kind) {
            Some("maxSlope") => normals
                .iter()
                .filter(|n| **n != DVec3::ZERO)
                .map(steepness)
                .fold(0.0, f64::max),
            Some("azimuth") => math::degrees(math::atan2(mean.x, -mean.z)).rem_euclid(360.0),
            _ if mean == DVec3::ZERO => 0.0,
            _ => math::degrees(math::acos(mean.y.clamp(-1.0, 1.0))),
        })
    }

    /// `geometry.boundaryLength`.
    pub(crate) fn geometry_boundary_length(&mut self) -> Result<f64, Stop> {
        Ok(measure::boundary_length(&*self.mesh_in_scope()?))
    }

    /// `geometry.nFaces`, `nEdges`, `nVertices`, `nHoles`.
    pub(crate) fn geometry_count(&mut self, what: i32) -> Result<f64, Stop> {
        let mesh = self.own_mesh();
        self.charge(1 + mesh.corners.len() / 8)?;
        let count = match what {
            0 => mesh.face_count(),
            1 => measure::edge_count(&mesh),
            2 => mesh.points.len(),
            _ => measure::hole_count(&mesh),
        };
        Ok(count as f64)
    }

    /// `geometry.isConcave`, `isClosedSurface`, `isInstanced`.
    pub(crate) fn geometry_is(&mut self, what: i32) -> Result<i32, Stop> {
        let answer = match what {
            0 => measure::is_concave(&*self.mesh_in_scope()?),
            1 => measure::is_closed(&*self.mesh_in_scope()?),
            _ => matches!(self.shape.geometry, Geometry::Asset(_)),
        };
        Ok(i32::from(answer))
    }

    /// `geometry.isPlanar`.
    pub(crate) fn geometry_is_planar(&mut self, degrees: f64) -> Result<i32, Stop> {
        let degrees = self.finite(degrees, "geometry.isPlanar");
        Ok(i32::from(measure::is_planar(
            &*self.mesh_in_scope()?,
            degrees,
        )))
    }

    /// `geometry.isRectangular`.
    pub(crate) fn geometry_is_rectangular(&mut self, degrees: f64) -> Result<i32, Stop> {
        let degrees = self.finite(degrees, "geometry.isRectangular");
        Ok(i32::from(measure::is_rectangular(
            &*self.mesh_in_scope()?,
            degrees,
        )))
    }

    /// `geometry.du`, `dv`.
    pub(crate) fn geometry_uv_extent(
        &mut self,
        axis: i32,
        set: f64,
        space: i32,
    ) -> Result<f64, Stop> {
        let set = self.uv_set_number(set, "geometry.du")?;
        let mesh = self.mesh_in_scope()?;
        let unit_space = word(space) == Some("unitSpace");
        let extent = uv::extent(&mesh, usize::from(axis == 1), set, unit_space);
        Ok(extent.map_or(0.0, |(low, high)| high - low))
    }

    /// `geometry.uMin`, `uMax`, `vMin`, `vMax`.
    pub(crate) fn geometry_uv_bound(&mut self, bound: i32, set: f64) -> Result<f64, Stop> {
        let set = self.uv_set_number(set, "geometry.uMin")?;
        let mesh = self.own_mesh();
        let (low, high) =
            uv::extent(&mesh, usize::from(bound >= 2), set, false).unwrap_or_default();
        Ok(if bound % 2 == 0 { low } else { high })
    }

    /// `geometry.hasUVs`.
    pub(crate) fn geometry_has_uvs(&mut self, set: f64) -> Result<i32, Stop> {
        let set = self.uv_set_number(set, "geometry.hasUVs")?;
        Ok(i32::from(uv::coordinates(&self.own_mesh(), set).is_some()))
    }

    /// `convert`: a position, or an orientation in Euler angles, from one system to another.
    #[expect(
        clippy::too_many_arguments,
        reason = "the function has seven, see the table of functions"
    )]
    pub(crate) fn convert(
        &mut self,
        axis: i32,
        from: i32,
        to: i32,
        kind: i32,
        x: f64,
        y: f64,
        z: f64,
    ) -> Result<f64, Stop> {
        let given = self.finite_vector(x, y, z, "convert");
        let (from, to) = (self.system(from), self.system(to));
        let converted = match word(kind) {
            Some("orient") => {
                euler_from_matrix(to.axes.transpose() * from.axes * matrix_from_euler(given))
            }
            _ => to
                .frame_from_world()
                .transform_point3(from.world_from_frame().transform_point3(given)),
        };
        Ok(match word(axis) {
            Some("y") => converted.y,
            Some("z") => converted.z,
            _ => converted.x,
        })
    }
}
