//! The meshes of a scene as they lie in the world, and how their faces look.

use std::collections::BTreeMap;
use std::ops::Range;

use glam::DAffine3;

use super::book::{Book, Sources};
use super::{Leaf, Scene, moved_extent};
use crate::asset::{Asset, first_materials};
use crate::extent::Extent;
use crate::mesh::Mesh;
use crate::shape::Geometry;

/// A mesh at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'m> {
    /// The mesh.
    pub(crate) mesh: &'m Mesh,
    /// Takes its coordinates to the world.
    pub(crate) world_from_geometry: DAffine3,
    /// The initial shape it comes from.
    pub(crate) feature: u32,
}

/// Faces of a piece that look alike.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// Number of the piece.
    pub(crate) piece: u32,
    /// The faces.
    pub(crate) faces: Range<u32>,
}

/// What is drawn how.
#[derive(Debug, Default)]
pub(crate) struct Plan<'m> {
    /// Meshes as they lie in the world.
    pub(crate) pieces: Vec<Piece<'m>>,
    /// Runs by look number.
    pub(crate) runs: BTreeMap<u32, Vec<Run>>,
    /// The box around the pieces.
    pub(crate) extent: Extent,
    /// Polygons.
    pub(crate) faces: u64,
    /// Leaves left out because a coordinate is not finite or absurdly large.
    pub(crate) dropped: u64,
}

/// The meshes of the models that leaves refer to, by asset number.
pub(crate) fn model_meshes(scene: &Scene<'_>) -> Vec<Option<Mesh>> {
    let first_materials = first_materials(scene.assets.iter().map(|loaded| &*loaded.asset));
    let mut meshes: Vec<Option<Mesh>> = scene.assets.iter().map(|_| None).collect();
    for leaf in &scene.leaves {
        let Geometry::Asset(id) = leaf.geometry else {
            continue;
        };
        let place = id.0 as usize;
        if let (None, Asset::Model(model)) = (&meshes[place], &*scene.assets[place].asset) {
            meshes[place] = Some(model.to_mesh(first_materials[place]));
        }
    }
    meshes
}

impl<'m> Plan<'m> {
    /// Of the leaves of a scene.
    pub(crate) fn new(scene: &'m Scene<'_>, meshes: &'m [Option<Mesh>], book: &mut Book) -> Self {
        let mut plan = Self::default();
        let sources = scene.sources();
        for leaf in &scene.leaves {
            plan.add(sources, leaf, meshes, book);
        }
        plan
    }

    fn add(
        &mut self,
        sources: Sources<'_>,
        leaf: &Leaf<'m>,
        meshes: &'m [Option<Mesh>],
        book: &mut Book,
    ) {
        if let Some(mesh) = leaf.mesh(meshes).filter(|mesh| mesh.face_count() > 0)
            && let Some(piece) = self.add_piece(mesh, leaf)
        {
            let material = book.material(leaf.material);
            each_run(mesh, |face_material, faces| {
                let look = book.look(sources, material, face_material);
                self.runs
                    .entry(look)
                    .or_default()
                    .push(Run { piece, faces });
            });
        }
    }

    /// Adds a piece, unless it lies beyond all measure.
    fn add_piece(&mut self, mesh: &'m Mesh, leaf: &Leaf<'_>) -> Option<u32> {
        let map = leaf.world_from_geometry;
        let Some(extent) = moved_extent(mesh, map, |_| {}) else {
            self.dropped += 1;
            return None;
        };
        self.extent = self.extent.joined(&extent);
        self.faces += mesh.face_count() as u64;
        self.pieces.push(Piece {
            mesh,
            world_from_geometry: *map,
            feature: leaf.feature,
        });
        Some(u32::try_from(self.pieces.len() - 1).expect("limits keep leaves far below 2^32"))
    }
}

/// Gives the material and the faces of each run of faces of one material.
pub(crate) fn each_run(mesh: &Mesh, mut take: impl FnMut(u32, Range<u32>)) {
    let mut face = 0;
    for same in mesh.materials.chunk_by(|a, b| a == b) {
        let end = face + crate::mesh::index(same.len());
        take(same[0], face..end);
        face = end;
    }
}
