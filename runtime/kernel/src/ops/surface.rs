//! Operations that change the mesh in place: clean up, normals, mirror, holes, convex parts.

use glam::{DAffine3, DVec3};

use crate::Kernel;
use crate::abi::token::word;
use crate::limits::Stop;
use crate::mesh::flat::FlatFace;
use crate::mesh::reduce::reduce;
use crate::mesh::tags::drop_tags;
use crate::mesh::{Mesh, cleanup, normals};
use crate::ops::fit_mesh;
use crate::polygon;

impl Kernel {
    /// `cleanupGeometry`.
    pub(crate) fn cleanup_geometry(&mut self, what: i32, tolerance: f64) -> Result<(), Stop> {
        let tolerance = self.finite(tolerance, "cleanupGeometry").clamp(0.0, 1.0);
        let mesh = self.mesh_in_scope()?;
        self.charge(mesh.corners.len())?;
        let what = word(what).unwrap_or("all");
        let mut clean = Mesh::clone(&mesh);
        if matches!(what, "all" | "vertices") {
            cleanup::weld(&mut clean, tolerance);
        }
        clean.unify_tags();
        if matches!(what, "all" | "faces") {
            clean = cleanup::join_coplanar(&clean, 10.0 * tolerance, tolerance * 1e-3);
        }
        if matches!(what, "all" | "edges") {
            clean = cleanup::drop_straight_corners(&clean, 10.0 * tolerance);
        }
        fit_mesh(&mut self.shape, clean);
        Ok(())
    }

    /// `reduceGeometry`.
    pub(crate) fn reduce_geometry(&mut self, share: f64) -> Result<(), Stop> {
        let given = self.finite(share, "reduceGeometry");
        let share = given.clamp(0.0, 1.0);
        if share != given {
            self.warn("reduceGeometry: the share of points to remove is from 0 to 1");
        }
        let mut mesh = self.mesh_in_scope()?;
        self.charge(16 * mesh.corners.len())?;
        drop_tags(&mut mesh);
        fit_mesh(&mut self.shape, reduce(&mesh, share));
        Ok(())
    }

    /// `convexify`.
    pub(crate) fn convexify(&mut self, longest: f64) -> Result<(), Stop> {
        let mesh = self.mesh_to_tag(None)?;
        let mut convex = Mesh::default();
        let limit = (longest.is_finite() && longest > 0.0).then_some(longest);
        for face in 0..mesh.face_count() {
            let part = mesh.subset(&[face]);
            let corners = part.corners.len();
            self.charge(1 + corners + corners * corners / 64)?;
            match FlatFace::new(&mesh, face).filter(|flat| !flat.polygon.is_convex()) {
                Some(flat) => {
                    for piece in polygon::convex::convexify(&flat.polygon, limit) {
                        crate::mesh::merge::append(&mut convex, &flat.mesh_of(&piece.rings));
                    }
                }
                None => crate::mesh::merge::append(&mut convex, &part),
            }
        }
        cleanup::weld(&mut convex, 1e-9);
        fit_mesh(&mut self.shape, convex);
        Ok(())
    }

    /// `deleteHoles`.
    pub(crate) fn delete_holes(&mut self) -> Result<(), Stop> {
        self.change_mesh(|mesh| *mesh = cleanup::without_holes(mesh))
    }

    /// `reverseNormals`.
    pub(crate) fn reverse_normals(&mut self) -> Result<(), Stop> {
        self.change_mesh(Mesh::flip)
    }

    /// `setNormals`.
    pub(crate) fn set_normals(&mut self, mode: i32) -> Result<(), Stop> {
        let mode = word(mode).unwrap_or("hard");
        self.change_mesh(|mesh| match mode {
            "conform" => normals::conform(mesh),
            "soft" => normals::soften(mesh, 180.0),
            "auto" => normals::soften(mesh, 30.0),
            _ => normals::harden(mesh),
        })
    }

    /// `softenNormals`.
    pub(crate) fn soften_normals(&mut self, degrees: f64) -> Result<(), Stop> {
        let degrees = self.finite(degrees, "softenNormals");
        self.change_mesh(|mesh| normals::soften(mesh, degrees))
    }

    /// `mirror`: the geometry inside its scope.
    pub(crate) fn mirror(&mut self, x: i32, y: i32, z: i32) -> Result<(), Stop> {
        let sign = |chosen: i32| if chosen != 0 { -1.0 } else { 1.0 };
        let factors = DVec3::new(sign(x), sign(y), sign(z));
        let frame = self.shape.scope_frame();
        let center = self.shape.scope.size * 0.5;
        let mirrored = DAffine3 {
            matrix3: glam::DMat3::from_diagonal(factors),
            translation: center - factors * center,
        };
        self.shape
            .transform_geometry(frame.world_from_frame() * mirrored * frame.frame_from_world());
        Ok(())
    }
}
