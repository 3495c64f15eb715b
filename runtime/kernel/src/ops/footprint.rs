//! `footprint`: the shadow of the geometry on the bottom of its scope.

use glam::{DVec2, DVec3};

use crate::Kernel;
use crate::limits::Stop;
use crate::mesh::{Mesh, cleanup, merge};
use crate::ops::fit_mesh;
use crate::ops::offset::WELD;
use crate::polygon::overlay::{OverlayError, union};
use crate::polygon::{Polygon, Ring, clean_ring, signed_area};

impl Kernel {
    /// `footprint`: all faces, projected along the scope's y axis and united. Faces that stand upright have no shadow. The result
    /// looks up, has no texture coordinates, and no corners on straight sides.
    pub(crate) fn footprint_of_geometry(&mut self) -> Result<(), Stop> {
        let mesh = self.mesh_in_scope()?;
        let shadows: Vec<Polygon> = (0..mesh.face_count())
            .filter_map(|face| shadow(&mesh, face))
            .collect();
        let united = match union(shadows, |work| self.charge(work)) {
            Ok(united) => united,
            Err(OverlayError::Stopped(stop)) => return Err(stop),
            Err(OverlayError::Tangled) => {
                self.warn("footprint: the geometry is too tangled; it stays as it is".to_owned());
                return Ok(());
            }
        };
        let mut flat = Mesh::default();
        for polygon in united {
            let rings = polygon.polygon().rings;
            let rings: Vec<Ring> = rings.iter().map(|ring| clean_ring(ring, WELD)).collect();
            if rings[0].is_empty() {
                continue;
            }
            merge::append(&mut flat, &on_the_ground(&rings));
        }
        if flat.face_count() == 0 {
            self.warn(
                "footprint: no face can be seen from above; the geometry stays as it is".to_owned(),
            );
            return Ok(());
        }
        cleanup::weld(&mut flat, WELD);
        fit_mesh(&mut self.shape, flat);
        Ok(())
    }
}

/// A face seen from above, counter-clockwise: x to the right, -z upwards.
fn shadow(mesh: &Mesh, face: usize) -> Option<Polygon> {
    let flat = |&point: &u32| {
        let point = mesh.point(point);
        DVec2::new(point.x, -point.z)
    };
    let mut rings: Vec<Ring> = mesh
        .loops_of(face)
        .map(|ring| mesh.ring(ring).iter().map(flat).collect())
        .collect();
    let area: f64 = rings.iter().map(|ring| signed_area(ring)).sum();
    if area == 0.0 {
        return None;
    }
    if area < 0.0 {
        rings.iter_mut().for_each(|ring| ring.reverse());
    }
    Some(Polygon { rings })
}

/// Rings as a face on the scope's bottom that looks up.
fn on_the_ground(rings: &[Ring]) -> Mesh {
    let mut mesh = Mesh::default();
    let mut numbers: Vec<Vec<u32>> = Vec::new();
    for ring in rings.iter().filter(|ring| ring.len() >= 3) {
        let place = |p: &DVec2| DVec3::new(p.x, 0.0, 0.0 - p.y);
        numbers.push(ring.iter().map(|p| mesh.add_point(place(p))).collect());
    }
    mesh.add_face(numbers.iter().map(Vec::as_slice));
    mesh
}
