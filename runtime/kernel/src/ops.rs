//! Operations: how they change the current shape. Each method is named as in [`crate::abi::table`]; the geometry itself
//! is done by [`crate::mesh`].
//!
//! Transformations only change the scope and the map from geometry to world; other operations work on the mesh in scope
//! coordinates (metres along the scope's axes from its corner) and then fit the scope again.

mod align;
mod along_uv;
pub(crate) mod components;
mod footprint;
pub(crate) mod goal;
mod insert;
mod material;
mod offset;
pub(crate) mod perimeter;
pub(crate) mod pieces;
mod query;
mod rectify;
pub(crate) mod regions;
mod roof;
mod surface;
mod sweep;
mod texture;
mod transform;

use std::rc::Rc;

use glam::{DMat3, DVec3};

use crate::Kernel;
use crate::asset::{Asset, first_materials};
use crate::limits::Stop;
use crate::mesh::Mesh;
use crate::mesh::component::settle;
use crate::mesh::tags::Tag;
use crate::shape::{AssetId, Geometry, Shape};

/// An asset as a mesh, with its bounding box.
#[derive(Debug, Clone)]
pub(crate) struct Baked {
    pub(crate) mesh: Rc<Mesh>,
    pub(crate) low: DVec3,
    pub(crate) high: DVec3,
}

/// Gives a shape a mesh in scope coordinates and fits the scope to it, keeping the signs of its sizes. An empty mesh
/// leaves the scope.
pub(crate) fn fit_mesh(shape: &mut Shape, mesh: Mesh) {
    let bounds = mesh.bounds();
    shape.set_mesh_in_scope(mesh);
    if let Some((low, high)) = bounds {
        fit_scope(shape, low, high);
    }
}

/// Fits the scope to a box in scope coordinates; along an axis of negative size the corner is the box's far end.
pub(crate) fn fit_scope(shape: &mut Shape, low: DVec3, high: DVec3) {
    let mirrored = shape.scope.size.cmplt(DVec3::ZERO);
    let (low, high) = (settle(low), settle(high));
    let (start, end) = (
        DVec3::select(mirrored, high, low),
        DVec3::select(mirrored, low, high),
    );
    shape.fit_scope(start, end);
    shape.scope.size = settle(shape.scope.size);
}

/// Turns the scope to axes given in the world, fitted to the geometry, of which `mesh` is the part in scope coordinates.
/// Signs of the new sizes are those of `signs`.
pub(crate) fn orient_scope(shape: &mut Shape, mesh: &Mesh, axes: DMat3, signs: DVec3) {
    let new_from_old = axes.transpose() * shape.scope_axes();
    shape.scope.axes = shape.pivot.axes.transpose() * axes;
    shape.scope.size = signs;
    let turned = mesh.points.iter().map(|&p| new_from_old * p);
    let bounds = turned.fold(None, |bounds: Option<(DVec3, DVec3)>, p| {
        Some(bounds.map_or((p, p), |(low, high)| (low.min(p), high.max(p))))
    });
    match bounds {
        Some((low, high)) => fit_scope(shape, low, high),
        None => shape.scope.size = DVec3::ZERO,
    }
}

/// Shapes as one, in the parent's pivot and orientation; points at one place become one.
pub(crate) fn merge_shapes(shapes: &[Shape], parent: &Shape) -> Shape {
    crate::mesh::component::merged_shapes(&shapes.iter().collect::<Vec<_>>(), parent)
}

impl Kernel {
    /// An asset as a mesh, made once. `None` when it is not a model.
    pub(crate) fn baked(&mut self, id: AssetId) -> Option<Baked> {
        if let Some(baked) = self.baked_assets.get(&id) {
            return Some(baked.clone());
        }
        let asset = Rc::clone(&self.assets[id.0 as usize].asset);
        let Asset::Model(model) = &*asset else {
            return None;
        };
        let groups: Vec<Tag> = if self.manifest.tags {
            let names = model.groups.iter();
            names
                .map(|name| Tag::of_group(self.values.intern_constant(name)))
                .collect()
        } else {
            Vec::new()
        };
        let assets = self.assets.iter().map(|loaded| &*loaded.asset);
        let mesh = model.to_mesh_in_groups(first_materials(assets)[id.0 as usize], &groups);
        let (low, high) = mesh.bounds().unwrap_or_default();
        let baked = Baked {
            mesh: Rc::new(mesh),
            low,
            high,
        };
        self.baked_assets.insert(id, baked.clone());
        Some(baked)
    }

    /// The geometry in its own coordinates: an inserted asset's mesh, or the shape's own.
    pub(crate) fn own_mesh(&mut self) -> Rc<Mesh> {
        let geometry = self.shape.geometry.clone();
        self.mesh_of_geometry(&geometry)
    }

    /// A shape's geometry in its own coordinates.
    pub(crate) fn mesh_of(&mut self, shape: &Shape) -> Rc<Mesh> {
        self.mesh_of_geometry(&shape.geometry)
    }

    fn mesh_of_geometry(&mut self, geometry: &Geometry) -> Rc<Mesh> {
        match geometry {
            Geometry::Mesh(mesh) => Rc::clone(mesh),
            Geometry::Asset(id) => self.baked(*id).map(|baked| baked.mesh).unwrap_or_default(),
        }
    }

    /// The geometry in scope coordinates. Charges for its corners.
    ///
    /// # Errors
    /// [`Stop::Gas`].
    pub(crate) fn mesh_in_scope(&mut self) -> Result<Rc<Mesh>, Stop> {
        let mesh = self.own_mesh();
        self.charge(1 + mesh.corners.len() / 8)?;
        let map = self.shape.scope_from_geometry();
        let unmoved = map.abs_diff_eq(glam::DAffine3::IDENTITY, 1e-15);
        Ok(if unmoved {
            mesh
        } else {
            Rc::new(mesh.transformed(&map))
        })
    }

    /// Makes an inserted asset the shape's own mesh; others stay.
    ///
    /// # Errors
    /// [`Stop::Gas`].
    pub(crate) fn bake(&mut self) -> Result<(), Stop> {
        if let Geometry::Asset(_) = self.shape.geometry {
            let mesh = self.own_mesh();
            self.charge(1 + mesh.corners.len() / 8)?;
            self.shape.geometry = Geometry::Mesh(mesh);
        }
        Ok(())
    }

    /// Changes the mesh in its own coordinates without touching the scope: for what does not move points.
    pub(crate) fn change_mesh(&mut self, change: impl FnOnce(&mut Mesh)) -> Result<(), Stop> {
        self.bake()?;
        if let Geometry::Mesh(mesh) = &mut self.shape.geometry {
            let corners = mesh.corners.len();
            change(Rc::make_mut(mesh));
            self.charge(corners / 8)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
