//! `rectify`: edges that nearly run along the scope's axes are made to.
//!
//! Edges are seen in that plane of the scope (xy, yz, zx) which is most parallel to the geometry. Points joined by edges that run
//! nearly along one axis get one coordinate across it: the mean over these edges, by length.

use glam::{DVec2, DVec3};

use crate::Kernel;
use crate::limits::Stop;
use crate::math;
use crate::mesh::flat::FlatFace;
use crate::mesh::topology::{Sets, Topology};
use crate::mesh::{Mesh, cleanup, measure, merge};
use crate::ops::fit_mesh;
use crate::ops::offset::WELD;
use crate::polygon::Polygon;
use crate::polygon::overlay::{OverlayError, union};

impl Kernel {
    /// `rectify`: `degrees` is how far an edge may be from an axis, 0 to 45. Faces that come to cross themselves are cut into
    /// those that do not; faces that lose their area stay as they were.
    pub(crate) fn rectify(&mut self, degrees: f64) -> Result<(), Stop> {
        let given = self.finite(degrees, "rectify");
        let degrees = given.clamp(0.0, 45.0);
        if degrees != given {
            self.warn(format!(
                "rectify: the deviation lies between 0 and 45 degrees; {degrees} is taken"
            ));
        }
        let mesh = self.mesh_in_scope()?;
        if mesh.face_count() == 0 {
            self.warn("rectify: the shape has no face".to_owned());
            return Ok(());
        }
        self.charge(mesh.corners.len())?;
        let mut moved = Mesh::clone(&mesh);
        moved.points = rectified(&mesh, degrees).into_iter().collect();
        moved.normals.clear();
        if moved.points == mesh.points {
            return Ok(());
        }
        let mut result = Mesh::default();
        for face in 0..mesh.face_count() {
            let (before, after) = (mesh.subset(&[face]), moved.subset(&[face]));
            self.charge(1 + after.corners.len() * after.corners.len() / 4)?;
            let part = self.untangled(&before, after)?;
            merge::append(&mut result, &part);
        }
        cleanup::weld(&mut result, WELD);
        fit_mesh(&mut self.shape, result);
        Ok(())
    }

    /// A moved face as faces that do not cross themselves; as it was before when it has lost its area.
    fn untangled(&mut self, before: &Mesh, mut after: Mesh) -> Result<Mesh, Stop> {
        cleanup::weld(&mut after, WELD);
        let extent = before
            .bounds()
            .map_or(0.0, |(low, high)| (high - low).length());
        let normal = before.normal(0);
        let has_area = after.face_count() == 1 && after.area_vector(0).dot(normal) > WELD * extent;
        let flat = has_area.then(|| FlatFace::new(&after, 0)).flatten();
        let Some(flat) = flat else {
            self.warn("rectify: a face would vanish: it stays as it is".to_owned());
            return Ok(before.clone());
        };
        if flat.polygon.is_simple() {
            return Ok(after);
        }
        let cleaned = flat.polygon.cleaned(WELD);
        let parts = match union(vec![cleaned], |work| self.charge(work)) {
            Ok(parts) => parts,
            Err(OverlayError::Stopped(stop)) => return Err(stop),
            Err(OverlayError::Tangled) => Vec::new(),
        };
        let mut mesh = Mesh::default();
        for part in &parts {
            let Polygon { rings } = part.polygon().cleaned(WELD);
            if !rings.is_empty() {
                merge::append(&mut mesh, &flat.mesh_of(&rings));
            }
        }
        if mesh.face_count() == 0 {
            self.warn("rectify: a face would cross itself: it stays as it is".to_owned());
            return Ok(before.clone());
        }
        Ok(mesh)
    }
}

/// The points of a mesh (in scope coordinates) after the edges were aligned.
fn rectified(mesh: &Mesh, degrees: f64) -> Vec<DVec3> {
    let normal = measure::mean_normal(mesh);
    let size = normal.abs();
    let upright = (0..3).fold(
        1,
        |best, axis| if size[axis] > size[best] { axis } else { best },
    );
    let axes = [(upright + 1) % 3, (upright + 2) % 3];
    let flat = |point: u32| {
        let point = mesh.point(point);
        DVec2::new(point[axes[0]], point[axes[1]])
    };
    let topology = Topology::new(mesh);
    let edges: Vec<[u32; 2]> = (0..topology.edge_count())
        .map(|edge| {
            let corner = topology.corners_of_edge(edge)[0] as usize;
            [
                mesh.corners[corner],
                mesh.corners[topology.next[corner] as usize],
            ]
        })
        .collect();
    let slope = math::sin_cos_degrees(degrees);
    let mut points: Vec<DVec3> = mesh.points.to_vec();
    for (k, &across) in axes.iter().enumerate() {
        // Edges along the other axis share the coordinate across it.
        let is_near = |[a, b]: [u32; 2]| {
            let way = (flat(b) - flat(a)).abs();
            let (away, along) = (way[k], way[1 - k]);
            along > 0.0 && away * slope.1 < along * slope.0
        };
        let near: Vec<[u32; 2]> = edges
            .iter()
            .copied()
            .filter(|&edge| is_near(edge))
            .collect();
        let mut sets = Sets::new(points.len());
        for &[a, b] in &near {
            sets.join(a as usize, b as usize);
        }
        let numbers = sets.numbers();
        let mut sums = vec![(0.0, 0.0); points.len()];
        for &[a, b] in &near {
            let length = flat(a).distance(flat(b));
            let sum = &mut sums[numbers[a as usize] as usize];
            sum.0 += length;
            sum.1 += length * (flat(a)[k] + flat(b)[k]) * 0.5;
        }
        for (point, number) in points.iter_mut().zip(&numbers) {
            let (length, moment) = sums[*number as usize];
            if length > 0.0 {
                point[across] = moment / length;
            }
        }
    }
    let is_flat = (0..mesh.face_count()).all(|face| mesh.normal(face).distance(normal) < 1e-6);
    if is_flat && size[upright] > 1e-3 {
        // Points stay in the plane they were in.
        for (point, before) in points.iter_mut().zip(&mesh.points) {
            let lift = normal.dot(*point - *before) / normal[upright];
            point[upright] -= lift;
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mesh(points: &[(f64, f64)]) -> Mesh {
        let mut mesh = Mesh::default();
        let ring: Vec<u32> = points
            .iter()
            .map(|&(x, y)| mesh.add_point(DVec3::new(x, y, 0.0)))
            .collect();
        mesh.add_face([&ring[..]]);
        mesh
    }

    #[test]
    fn a_skew_quadrilateral_becomes_a_rectangle() {
        let skew = mesh(&[(0.0, 0.0), (10.0, 1.0), (10.4, 6.0), (0.4, 5.0)]);
        let points = rectified(&skew, 10.0);
        for (point, (x, y)) in points
            .iter()
            .zip([(0.2, 0.5), (10.2, 0.5), (10.2, 5.5), (0.2, 5.5)])
        {
            assert!(point.distance(DVec3::new(x, y, 0.0)) < 1e-12, "{point}");
        }
        assert_eq!(rectified(&skew, 3.0), skew.points.to_vec());
        let slanted = rectified(&skew, 5.0);
        assert!((slanted[0].x - 0.2).abs() < 1e-12 && slanted[0].y == 0.0);
    }
}
