//! What is kept of finished leaves, so that a thousand buildings fit in memory.
//!
//! A leaf of its own costs over a kilobyte, most of it not geometry. Unless it is merged by an `inline`, no rule asks for it any
//! more. For GLB its faces are drawn: they become vertices of a canvas. Else only place, geometry and look are kept: meshes of one
//! initial shape with the same look become one in the world, equal materials become one.

use std::rc::Rc;

use glam::{DAffine3, DVec3};

use super::Leaf;
use super::stack::Entry;
use crate::Kernel;
use crate::extent::Extent;
use crate::mesh::{Mesh, merge};
use crate::output::{Book, Canvas, FARTHEST, Sources};
use crate::recipe::{Format, Recipe};
use crate::shape::Geometry;
use crate::state::Material;

/// From so many leaves on they are put together.
const MANY_LEAVES: usize = 256;

/// Materials that a new one is compared with.
const RECENT_MATERIALS: usize = 16;

/// Leaves of an initial shape that is done.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) geometry: Geometry,
    pub(super) world_from_geometry: DAffine3,
    pub(super) material: Rc<Material>,
    /// Number of the initial shape.
    pub(super) initial: u32,
}

/// The leaves that are put together.
#[derive(Debug)]
pub(super) struct Compacted {
    /// What is not drawn yet.
    pub(super) kept: Vec<Kept>,
    /// What is drawn; in a GLB all but inserted assets, which may become instances.
    pub(super) canvas: Canvas,
    draws: bool,
    /// What is put together of the leaves of the current one, by look.
    open: Vec<Sum>,
    /// How many leaves they were.
    leaves: u64,
    /// Materials met lately, the last one last.
    materials: Vec<Rc<Material>>,
}

/// Leaves of one look as one mesh in the world.
#[derive(Debug)]
struct Sum {
    mesh: Mesh,
    material: Rc<Material>,
    initial: u32,
}

impl Compacted {
    /// Nothing, for the content that a recipe asks for.
    pub(super) fn new(recipe: &Recipe) -> Self {
        let options = &recipe.output;
        let draws = options.format == Format::Glb;
        let has_images = options.embed_textures || !recipe.texture_folder.is_empty();
        let book = Book::new(draws && has_images);
        Self {
            kept: Vec::new(),
            canvas: Canvas::new(book, middle(recipe), options.features),
            draws,
            open: Vec::new(),
            leaves: 0,
            materials: Vec::new(),
        }
    }

    fn take(&mut self, leaf: Leaf, sources: Sources<'_>) {
        let Leaf {
            shape,
            material,
            initial,
            ..
        } = leaf;
        let map = shape.world_from_geometry;
        let Geometry::Mesh(mesh) = &shape.geometry else {
            return self.keep(shape.geometry, map, material, initial);
        };
        if self.draws {
            return self.canvas.draw(sources, mesh, &map, &material, initial);
        }
        let in_reach = |&point: &DVec3| map.transform_point3(point).abs().max_element() < FARTHEST;
        if !mesh.points.iter().all(in_reach) {
            // The writer leaves it out, and only it.
            return self.keep(shape.geometry, map, material, initial);
        }
        let alike = |sum: &&mut Sum| alike(mesh, &material, sum);
        match self.open.iter_mut().rev().find(alike) {
            Some(sum) => merge::append_moved(&mut sum.mesh, mesh, &map),
            None => self.open.push(Sum {
                mesh: mesh.transformed(&map),
                material,
                initial,
            }),
        }
    }

    /// Keeps what was put together.
    pub(super) fn close(&mut self) {
        for Sum {
            mesh,
            material,
            initial,
        } in std::mem::take(&mut self.open)
        {
            let geometry = Geometry::Mesh(Rc::new(mesh));
            self.keep(geometry, DAffine3::IDENTITY, material, initial);
        }
    }

    fn keep(
        &mut self,
        geometry: Geometry,
        world_from_geometry: DAffine3,
        material: Rc<Material>,
        initial: u32,
    ) {
        let material = self.shared(material);
        self.kept.push(Kept {
            geometry,
            world_from_geometry,
            material,
            initial,
        });
    }

    /// A material of those met lately that equals this one, if there is one.
    fn shared(&mut self, material: Rc<Material>) -> Rc<Material> {
        let known = |other: &Rc<Material>| Rc::ptr_eq(other, &material) || **other == *material;
        if let Some(place) = self.materials.iter().rposition(known) {
            return Rc::clone(&self.materials[place]);
        }
        if self.materials.len() == RECENT_MATERIALS {
            self.materials.remove(0);
        }
        self.materials.push(Rc::clone(&material));
        material
    }
}

impl Kernel {
    /// Leaves made so far, those put together counted one by one.
    pub(super) fn leaf_count(&self) -> u64 {
        self.leaves.len() as u64 + self.compacted.leaves
    }

    /// Keeps of the leaves so far what content needs, when there are many.
    pub(super) fn thin_leaves(&mut self) {
        if self.leaves.len() >= MANY_LEAVES {
            self.compact_leaves();
        }
    }

    /// Whether leaves will be merged by an `inline`.
    pub(super) fn is_inlining(&self) -> bool {
        let is_inline = |entry: &Entry| matches!(entry, Entry::Inline(_));
        self.derivation.stack.iter().any(is_inline)
    }

    /// Ends the last initial shape: its leaves are not put together with those of the next one.
    pub(super) fn close_leaves(&mut self) {
        self.compact_leaves();
        self.compacted.close();
    }

    fn compact_leaves(&mut self) {
        let mut leaves = std::mem::take(&mut self.leaves);
        self.compacted.leaves += leaves.len() as u64;
        let sources = Sources {
            assets: &self.assets,
            strings: &self.values,
            written: &self.written.list,
        };
        for leaf in leaves.drain(..) {
            self.compacted.take(leaf, sources);
        }
        self.leaves = leaves;
    }
}

/// The middle of the initial shapes' box.
fn middle(recipe: &Recipe) -> DVec3 {
    let polygons = recipe.shapes.iter().flat_map(|shape| &shape.polygons);
    let points = polygons
        .flatten()
        .flatten()
        .map(|&point| DVec3::from_array(point));
    let points = points.filter(|point| point.abs().max_element() < FARTHEST);
    let corners = Extent::of(points).corners();
    corners.map_or(DVec3::ZERO, |(low, high)| (low + high) * 0.5)
}

/// Whether a mesh may join others without a change of its look: material, sets of texture coordinates, kind of normals.
fn alike(mesh: &Mesh, material: &Rc<Material>, sum: &Sum) -> bool {
    let same_sets = mesh.uv_sets.iter().map(|uvs| uvs.set).eq(sum
        .mesh
        .uv_sets
        .iter()
        .map(|uvs| uvs.set));
    let same_material = Rc::ptr_eq(material, &sum.material) || *material == sum.material;
    mesh.normals.is_empty() == sum.mesh.normals.is_empty() && same_sets && same_material
}
