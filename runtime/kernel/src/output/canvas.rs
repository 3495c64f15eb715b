//! What is drawn: the faces of leaves, put together by look as they come.
//!
//! Positions are counted from an origin that is known beforehand, in the middle of the initial shapes, and become 32-bit floats at
//! once: equal points are equal in the file, whichever leaf they come from, and a leaf need not be kept until all are there.

use std::rc::Rc;

use glam::{DAffine3, DVec3};

use super::book::{Book, Sources};
use super::moved_extent;
use super::plan::each_run;
use super::vertices::{Layout, Moved, Vertices, float_word};
use crate::extent::Extent;
use crate::mesh::Mesh;
use crate::state::Material;

/// Faces by look.
#[derive(Debug, Default)]
pub(crate) struct Canvas {
    /// The looks.
    pub(crate) book: Book,
    /// What positions are counted from, in the world.
    pub(crate) origin: DVec3,
    features: bool,
    /// By number of the look.
    sheets: Vec<Option<Box<Vertices>>>,
    /// Positions of the current mesh's points.
    positions: Vec<[u32; 3]>,
    /// The box around everything, in the world.
    pub(crate) bounds: Extent,
    /// Polygons.
    pub(crate) faces: u64,
    /// Meshes left out because a coordinate is not finite or absurdly large.
    pub(crate) dropped: u64,
    /// Units of work to be charged for what was drawn.
    pub(crate) units: usize,
}

impl Canvas {
    /// An empty one; `features` says whether vertices carry the numbers of their initial shapes.
    pub(crate) fn new(book: Book, origin: DVec3, features: bool) -> Self {
        Self {
            book,
            origin,
            features,
            ..Self::default()
        }
    }

    /// Draws a mesh; `map` takes its coordinates to the world, `feature` is the number of its initial shape.
    pub(crate) fn draw(
        &mut self,
        sources: Sources<'_>,
        mesh: &Mesh,
        map: &DAffine3,
        material: &Rc<Material>,
        feature: u32,
    ) {
        if mesh.face_count() == 0 {
            return;
        }
        self.units += 1 + mesh.corners.len() / 8;
        if !self.place(mesh, map) {
            self.dropped += 1;
            return;
        }
        self.faces += mesh.face_count() as u64;
        let material = self.book.material(material);
        each_run(mesh, |face_material, faces| {
            let look = self.book.look(sources, material, face_material) as usize;
            if look >= self.sheets.len() {
                self.sheets.resize_with(look + 1, || None);
            }
            let sheet = self.sheets[look].get_or_insert_with(|| {
                let layout = Layout::of(&self.book.looks[look], self.features);
                Box::new(Vertices::new(layout))
            });
            let moved = Moved {
                mesh,
                map: map.matrix3,
                positions: &self.positions,
                feature,
            };
            sheet.add(moved, faces);
        });
    }

    /// Moves the points of a mesh; false when one lies beyond all measure.
    fn place(&mut self, mesh: &Mesh, map: &DAffine3) -> bool {
        self.positions.clear();
        let extent = moved_extent(mesh, map, |point| {
            let position = (point - self.origin).to_array().map(float_word);
            self.positions.push(position);
        });
        self.bounds = self.bounds.joined(&extent.unwrap_or_default());
        extent.is_some()
    }

    /// What was drawn, by look.
    pub(crate) fn take_sheets(&mut self) -> impl Iterator<Item = (u32, Vertices)> + use<> {
        let sheets = std::mem::take(&mut self.sheets);
        let numbered = (0..).zip(sheets);
        numbered.filter_map(|(look, sheet)| Some((look, *sheet?)))
    }
}
