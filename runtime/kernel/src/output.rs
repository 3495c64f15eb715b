//! Output: leaves become files.
//!
//! ```text
//! leaves -> canvas (vertices by look), repeated assets as groups -> glb
//! leaves -> plan (faces by look)                                 -> obj
//! ```
//! The order of everything in a file follows from the order of the leaves; nothing depends on addresses or hashes, so
//! equal scenes give equal bytes.

mod book;
mod canvas;
mod face;
mod glb;
mod groups;
pub(crate) mod json;
mod look;
mod obj;
mod placement;
mod plan;
mod rows;
pub(crate) mod summary;
mod table;
mod tangent;
mod vertices;

pub(crate) use book::{Book, Sources, hash_material, same_material};
pub(crate) use canvas::Canvas;
pub(crate) use table::{Table, mix};

use std::collections::BTreeMap;
use std::rc::Rc;

use glam::{DAffine3, DVec3};

use crate::extent::Extent;
use crate::kernel::{LoadedAsset, Values, Written};
use crate::limits::Stop;
use crate::mesh::Mesh;
use crate::recipe::{Format, Output};
use crate::shape::Geometry;
use crate::state::Material;

#[cfg(test)]
mod tests;

/// Farther than this is an error of the grammar: squares of such coordinates still fit in an f32.
pub(crate) const FARTHEST: f64 = 1e18;

/// A shape that becomes content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaf<'a> {
    /// What it looks like, in its own coordinates.
    pub(crate) geometry: &'a Geometry,
    /// Takes those to the world.
    pub(crate) world_from_geometry: &'a DAffine3,
    /// Its material attributes.
    pub(crate) material: &'a Rc<Material>,
    /// Number of the initial shape it comes from.
    pub(crate) feature: u32,
}

/// Everything that is written.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    /// In order of derivation; those that are on the canvas already are missing.
    pub(crate) leaves: Vec<Leaf<'a>>,
    /// Sorted by name; asset numbers count these.
    pub(crate) assets: &'a [LoadedAsset],
    /// Where material strings are.
    pub(crate) strings: &'a Values,
    /// Materials written to faces.
    pub(crate) written: &'a [Written],
    /// The initial shapes; may be empty unless `options.features`.
    pub(crate) features: Vec<Feature>,
    /// What to write.
    pub(crate) options: Output,
    /// Where images are that are not embedded, by name; none when they are where their names say.
    pub(crate) image_addresses: Option<BTreeMap<&'a str, String>>,
    /// The most bytes of content.
    pub(crate) output_bytes: u32,
}

/// The box of a mesh that is moved, and each of its points there; none when one lies beyond all measure.
fn moved_extent(mesh: &Mesh, map: &DAffine3, mut each: impl FnMut(DVec3)) -> Option<Extent> {
    let mut finite = true;
    let points = mesh.points.iter().map(|&point| {
        let point = map.transform_point3(point);
        finite &= point.abs().max_element() < FARTHEST && point.is_finite();
        each(point);
        point
    });
    let extent = Extent::of(points);
    finite.then_some(extent)
}

impl<'a> Leaf<'a> {
    /// Its own mesh, or that of its model among `meshes` by asset number.
    fn mesh(&self, meshes: &'a [Option<Mesh>]) -> Option<&'a Mesh> {
        match self.geometry {
            Geometry::Mesh(mesh) => Some(&**mesh),
            Geometry::Asset(id) => meshes[id.0 as usize].as_ref(),
        }
    }
}

impl Scene<'_> {
    /// What its materials refer to.
    pub(crate) fn sources(&self) -> Sources<'_> {
        Sources {
            assets: self.assets,
            strings: self.strings,
            written: self.written,
        }
    }
}

/// An initial shape as feature metadata.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Feature {
    /// Its name.
    pub name: String,
    /// Attributes and reports by name.
    pub properties: Vec<(String, Property)>,
}

/// A value of feature metadata.
#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    /// A number.
    Number(f64),
    /// A truth value.
    Bool(bool),
    /// A text.
    Text(String),
}

/// Finished content.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Content {
    /// The file, in parts: put together it would be in memory twice.
    pub parts: Vec<Vec<u8>>,
    /// Further files by name that it refers to.
    pub companions: Vec<(String, Vec<u8>)>,
    /// What is in it.
    pub counts: Counts,
    /// A box around everything in it, metres; none when it is empty.
    pub extent: Option<(DVec3, DVec3)>,
    /// Images that materials name and no asset provides, sorted.
    pub missing: Vec<String>,
}

impl Content {
    /// The file as one.
    pub fn bytes(&self) -> Vec<u8> {
        self.parts.concat()
    }
}

/// What content consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Polygons of all shapes; those of an instanced asset count for every instance.
    pub faces: u64,
    /// Triangles in the file.
    pub triangles: u64,
    /// Triangles on the screen: those of an instanced asset count for every instance.
    pub drawn_triangles: u64,
    /// Vertices in the file.
    pub vertices: u64,
    /// Placements of instanced assets.
    pub instances: u64,
    /// Different looks.
    pub materials: u64,
    /// Draw calls.
    pub primitives: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Shapes, faces and triangles left out because they are not finite or have no area.
    pub dropped: u64,
}

/// Writes a scene; for GLB with what is on the canvas already.
///
/// # Errors
/// [`Stop::OutputBytes`] when the file would be larger than the scene allows.
pub(crate) fn write(scene: &Scene<'_>, canvas: Canvas) -> Result<Content, Stop> {
    match scene.options.format {
        Format::Glb => glb::write(scene, canvas),
        Format::Obj => obj::write(scene, canvas.book),
    }
}
