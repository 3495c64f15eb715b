//! `offset`, `innerRect`: faces changed in their own planes.

use glam::DVec3;

use crate::Kernel;
use crate::abi::token::word;
use crate::limits::Stop;
use crate::mesh::flat::FlatFace;
use crate::mesh::{Mesh, cleanup, merge};
use crate::ops::fit_mesh;
use crate::polygon::offset::offset;
use crate::polygon::rectangle;

/// Points of neighbouring new faces this close are one (metres).
pub(super) const WELD: f64 = 1e-7;

impl Kernel {
    /// `offset`: each face gives its inside, then one border face for each edge.
    pub(crate) fn offset(
        &mut self,
        distance: f64,
        selector: i32,
        relative: i32,
    ) -> Result<(), Stop> {
        let distance = self.finite(distance, "offset");
        let mesh = self.mesh_to_tag(None)?;
        let size = self.shape.scope.size.abs();
        let distance = self.size(distance, relative, 0, size.max_element());
        if distance == 0.0 {
            return Ok(());
        }
        let selector = word(selector).unwrap_or("all");
        let (inside, border) = (selector != "border", selector != "inside");
        self.record_occluder()?;
        let mut result = Mesh::default();
        for face in 0..mesh.face_count() {
            let part = mesh.subset(&[face]);
            self.charge(1 + 4 * part.corners.len())?;
            let Some(flat) = FlatFace::new(&mesh, face) else {
                continue;
            };
            match offset(&flat.polygon, distance) {
                Ok(moved) => {
                    let swallowed = moved.inside.is_empty();
                    if inside && swallowed && !border {
                        merge::append(&mut result, &part);
                    }
                    for polygon in moved.inside.iter().filter(|_| inside) {
                        merge::append(&mut result, &flat.mesh_of(&polygon.polygon().rings));
                    }
                    for edge in moved.border.iter().filter(|_| border) {
                        let rings: Vec<_> = std::iter::once(&edge.ring)
                            .chain(&edge.holes)
                            .cloned()
                            .collect();
                        let mut border = flat.mesh_of(&rings);
                        flat.tag_grown_face(&mut border, edge.edge);
                        merge::append(&mut result, &border);
                    }
                }
                Err(error) => {
                    self.warn(format!("offset: {error}"));
                    merge::append(&mut result, &part);
                }
            }
        }
        cleanup::weld(&mut result, WELD);
        fit_mesh(&mut self.shape, result);
        Ok(())
    }

    /// `innerRect`: each face becomes its largest rectangle along the scope's axes.
    pub(crate) fn inner_rect(&mut self) -> Result<(), Stop> {
        let mesh = self.mesh_to_tag(None)?;
        let mut result = Mesh::default();
        for face in 0..mesh.face_count() {
            let Some(flat) = FlatFace::new(&mesh, face) else {
                continue;
            };
            self.charge(1 + flat.polygon.edge_count() * flat.polygon.edge_count())?;
            if let Some(rectangle) =
                rectangle::inner_rectangle(&flat.polygon, scope_direction(&flat))
            {
                merge::append(&mut result, &flat.mesh_of(&[rectangle.ring()]));
            }
        }
        if result.face_count() == 0 {
            self.warn("innerRect: no rectangle fits".to_owned());
            return Ok(());
        }
        cleanup::weld(&mut result, WELD);
        fit_mesh(&mut self.shape, result);
        Ok(())
    }
}

/// The scope's x axis in a face's plane (y where x stands upright on it).
pub(super) fn scope_direction(flat: &FlatFace) -> glam::DVec2 {
    let x = flat.flatten_direction(DVec3::X);
    if x.length() > 1e-6 {
        x.normalize()
    } else {
        flat.flatten_direction(DVec3::Y)
            .normalize_or(glam::DVec2::X)
    }
}
