//! Polygon meshes: shared points, faces with holes, texture coordinates and normals at corners.
//!
//! ```text
//! faces    [0, 1, 3]           first loop of each face, and an end mark      (2 faces)
//! loops    [0, 4, 8, 11]       first corner of each loop, and an end mark    (3 loops)
//! corners  [0, 1, 2, 3, ...]   the point of each corner
//! points   [(x, y, z), ...]
//! ```
//! The first loop of a face is its outline, counter-clockwise seen from the side its normal points to;
//! further loops are holes, clockwise. Loops do not repeat their first point. `uv_sets` and `normals`
//! run parallel to `corners`. One quadrilateral, the commonest mesh by far, needs no memory besides the mesh itself.

use glam::{DAffine3, DVec2, DVec3};
use smallvec::{SmallVec, smallvec};

use self::tags::Tags;

pub(crate) mod along_uv;
pub(crate) mod area_along;
pub mod boolean;
pub(crate) mod build;
pub mod cleanup;
pub(crate) mod clip;
pub mod component;
pub mod cut;
pub mod extrude;
pub(crate) mod flat;
pub mod measure;
pub mod merge;
pub mod normals;
pub mod primitive;
pub(crate) mod recompose;
pub mod reduce;
pub mod tags;
pub(crate) mod topology;
pub mod uv;

/// A mesh; see the module's picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Mesh {
    /// Positions, shared between faces.
    pub points: SmallVec<[DVec3; 4]>,
    /// Index into `points` of each corner.
    pub corners: SmallVec<[u32; 4]>,
    /// First corner of each loop, then the number of corners.
    pub loops: SmallVec<[u32; 2]>,
    /// First loop of each face, then the number of loops.
    pub faces: SmallVec<[u32; 2]>,
    /// For each face the index of an asset's own material, or [`SHAPE_MATERIAL`]. As long as there are faces.
    pub materials: SmallVec<[u32; 1]>,
    /// Texture coordinates, by set number, sorted.
    pub uv_sets: Vec<UvSet>,
    /// Unit normals at corners; empty means flat faces.
    pub normals: Vec<DVec3>,
    /// Edges of a shape without faces (after `comp(e)`): pairs of points.
    pub lines: Vec<[u32; 2]>,
    /// Tags, in the run of a module that asks for them.
    pub tags: Option<Box<Tags>>,
}

/// A face whose look is the shape's own.
pub const SHAPE_MATERIAL: u32 = u32::MAX;

/// One set of texture coordinates.
#[derive(Debug, Clone, PartialEq)]
pub struct UvSet {
    /// Its number, 0 to 9.
    pub set: u8,
    /// One for each corner.
    pub coordinates: SmallVec<[DVec2; 4]>,
}

impl Default for Mesh {
    fn default() -> Self {
        Self {
            points: SmallVec::new(),
            corners: SmallVec::new(),
            loops: smallvec![0],
            faces: smallvec![0],
            materials: SmallVec::new(),
            uv_sets: Vec::new(),
            normals: Vec::new(),
            lines: Vec::new(),
            tags: None,
        }
    }
}

impl Mesh {
    /// Number of faces.
    pub fn face_count(&self) -> usize {
        self.faces.len() - 1
    }

    /// The loops of a face as a range of loop numbers; the first is the outline.
    pub fn loops_of(&self, face: usize) -> std::ops::Range<usize> {
        self.faces[face] as usize..self.faces[face + 1] as usize
    }

    /// The corners of a loop as a range of corner numbers.
    pub fn corners_of(&self, loop_number: usize) -> std::ops::Range<usize> {
        self.loops[loop_number] as usize..self.loops[loop_number + 1] as usize
    }

    /// The point numbers around a loop.
    pub fn ring(&self, loop_number: usize) -> &[u32] {
        &self.corners[self.corners_of(loop_number)]
    }

    /// The point numbers around the outline of a face.
    pub fn outline(&self, face: usize) -> &[u32] {
        self.ring(self.faces[face] as usize)
    }

    /// The position of a point.
    pub fn point(&self, index: u32) -> DVec3 {
        self.points[index as usize]
    }

    /// Adds a point and returns its number.
    ///
    /// # Panics
    /// With more than 2^32 points; the kernel's limits stop long before.
    pub fn add_point(&mut self, point: DVec3) -> u32 {
        self.points.push(point);
        u32::try_from(self.points.len() - 1).expect("limits keep meshes far below 2^32 points")
    }

    /// Adds a face from rings of point numbers, the outline first. Texture coordinates and normals, where the
    /// mesh has them, are filled with zeros for the new corners: set them afterwards.
    pub fn add_face<'a>(&mut self, rings: impl IntoIterator<Item = &'a [u32]>) {
        for ring in rings {
            self.corners.extend_from_slice(ring);
            self.loops.push(index(self.corners.len()));
        }
        self.faces.push(index(self.loops.len() - 1));
        self.materials.push(SHAPE_MATERIAL);
        for uvs in &mut self.uv_sets {
            uvs.coordinates.resize(self.corners.len(), DVec2::ZERO);
        }
        if !self.normals.is_empty() {
            self.normals.resize(self.corners.len(), DVec3::ZERO);
        }
        if let Some(tags) = &mut self.tags {
            tags.resize(self.materials.len(), self.corners.len());
        }
    }

    /// For each face the number of its material among those that occur, in the order in which faces meet them.
    pub(crate) fn material_numbers(&self) -> Vec<u32> {
        numbered(self.materials.iter())
    }

    /// The normal of a face times twice its area (Newell's method: the sum of cross products along the
    /// loops, holes included); zero for degenerate faces.
    pub fn area_vector(&self, face: usize) -> DVec3 {
        let mut sum = DVec3::ZERO;
        for loop_number in self.loops_of(face) {
            // From the first point the loop is a fan of triangles.
            let [first, second, rest @ ..] = self.ring(loop_number) else {
                continue;
            };
            let origin = self.point(*first);
            let mut before = self.point(*second) - origin;
            for &point in rest {
                let arm = self.point(point) - origin;
                sum += before.cross(arm);
                before = arm;
            }
        }
        sum
    }

    /// The unit normal of a face; zero for degenerate faces.
    pub fn normal(&self, face: usize) -> DVec3 {
        self.area_vector(face).normalize_or_zero()
    }

    /// The area of a face without its holes, in square units.
    pub fn area(&self, face: usize) -> f64 {
        self.area_vector(face).length() * 0.5
    }

    /// The corners of the bounding box; `None` without points.
    pub fn bounds(&self) -> Option<(DVec3, DVec3)> {
        let first = *self.points.first()?;
        Some(
            self.points
                .iter()
                .fold((first, first), |(low, high), &p| (low.min(p), high.max(p))),
        )
    }

    /// The mesh moved by an affine map; a mirroring map turns the faces so that normals stay outward.
    #[must_use]
    pub fn transformed(&self, map: &DAffine3) -> Self {
        let mut mesh = self.clone();
        for point in &mut mesh.points {
            *point = map.transform_point3(*point);
        }
        let mirrors = map.matrix3.determinant() < 0.0;
        if !mesh.normals.is_empty() {
            // Flipping below negates normals once more.
            let normal_map = map.matrix3.inverse().transpose() * if mirrors { -1.0 } else { 1.0 };
            for normal in &mut mesh.normals {
                *normal = (normal_map * *normal).normalize_or_zero();
            }
        }
        if mirrors {
            mesh.flip();
        }
        mesh
    }

    /// Turns every face over, keeping its first edge first: `v0 v1 v2 v3` becomes `v1 v0 v3 v2`.
    pub fn flip(&mut self) {
        for loop_number in 0..self.loops.len() - 1 {
            self.flip_loop(loop_number);
        }
    }

    /// Turns one loop over, with all that is at its corners.
    pub(crate) fn flip_loop(&mut self, loop_number: usize) {
        let range = self.corners_of(loop_number);
        flip_ring(&mut self.corners[range.clone()]);
        for uvs in &mut self.uv_sets {
            flip_ring(&mut uvs.coordinates[range.clone()]);
        }
        if !self.normals.is_empty() {
            let normals = &mut self.normals[range.clone()];
            flip_ring(normals);
            normals.iter_mut().for_each(|normal| *normal = -*normal);
        }
        if let Some(tags) = &mut self.tags {
            tags.flip(range);
        }
    }

    /// What is wrong with the mesh, if anything: out of range numbers, loops of fewer than three corners,
    /// arrays of unequal length, points that are not finite. Every operation returns a mesh that passes.
    ///
    /// # Errors
    /// A sentence naming the first defect.
    pub fn check(&self) -> Result<(), String> {
        let Self {
            points,
            corners,
            loops,
            faces,
            materials,
            uv_sets,
            normals,
            lines,
            tags,
        } = self;
        let points_ok = points.iter().all(|p| p.is_finite());
        let indices_ok = corners
            .iter()
            .chain(lines.iter().flatten())
            .all(|&c| (c as usize) < points.len());
        let loops_ok = loops.first() == Some(&0)
            && loops.last() == Some(&index(corners.len()))
            && loops.windows(2).all(|w| w[0] + 3 <= w[1]);
        let faces_ok = faces.first() == Some(&0)
            && faces.last() == Some(&index(loops.len() - 1))
            && faces.windows(2).all(|w| w[0] < w[1]);
        let sizes_ok = materials.len() + 1 == faces.len()
            && uv_sets
                .iter()
                .all(|uvs| uvs.coordinates.len() == corners.len())
            && uv_sets.windows(2).all(|w| w[0].set < w[1].set)
            && (normals.is_empty() || normals.len() == corners.len())
            && tags.as_ref().is_none_or(|tags| tags.fits(self));
        let defects = [
            (points_ok, "a point is not finite"),
            (indices_ok, "a corner names no point"),
            (loops_ok, "a loop has fewer than three corners"),
            (faces_ok, "a face has no loop"),
            (sizes_ok, "arrays of unequal length"),
        ];
        match defects.iter().find(|(ok, _)| !ok) {
            Some((_, defect)) => Err((*defect).to_owned()),
            None => Ok(()),
        }
    }
}

/// Reverses a ring so that its first edge stays first.
pub(crate) fn flip_ring<T>(ring: &mut [T]) {
    ring.reverse();
    if ring.len() >= 2 {
        ring.rotate_right(2);
    }
}

/// For each value its number among those that occur, in the order in which they come first.
pub(crate) fn numbered<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<u32> {
    let mut seen: Vec<T> = Vec::new();
    let mut numbers = Vec::with_capacity(values.size_hint().0);
    for value in values {
        let number = seen.iter().position(|known| *known == value);
        numbers.push(index(number.unwrap_or(seen.len())));
        if number.is_none() {
            seen.push(value);
        }
    }
    numbers
}

/// A count or number as meshes store it.
pub(crate) fn index(n: usize) -> u32 {
    u32::try_from(n).expect("limits keep meshes far below 2^32 corners")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Mesh {
        let mut mesh = Mesh::default();
        for (x, z) in [(0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0)] {
            mesh.add_point(DVec3::new(x, 0.0, z));
        }
        mesh.add_face([&[0, 1, 2, 3][..]]);
        mesh
    }

    #[test]
    fn a_counter_clockwise_footprint_looks_up() {
        assert_eq!(square().normal(0), DVec3::Y);
        assert_eq!(square().area(0), 1.0);
        assert_eq!(square().check(), Ok(()));
    }

    #[test]
    fn flipping_keeps_the_first_edge_first() {
        let mut mesh = square();
        mesh.flip();
        assert_eq!(mesh.outline(0), [1, 0, 3, 2]);
        assert_eq!(mesh.normal(0), -DVec3::Y);
    }

    #[test]
    fn mirroring_keeps_the_outside_outside() {
        let mut mesh = square();
        mesh.normals = vec![DVec3::Y; 4];
        let mirrored = mesh.transformed(&DAffine3::from_scale(DVec3::new(-1.0, 1.0, 1.0)));
        assert_eq!(
            (mirrored.normal(0), mirrored.normals),
            (DVec3::Y, vec![DVec3::Y; 4])
        );
    }

    #[test]
    fn check_names_the_defect() {
        let mut mesh = square();
        mesh.points[2].x = f64::NAN;
        assert_eq!(mesh.check(), Err("a point is not finite".to_owned()));
    }
}
