//! What a run has used of its limits.

use crate::Kernel;
use crate::limits::{Limits, Stop};
use crate::mesh::Mesh;
use crate::shape::{Geometry, Shape};

/// Counters that only go down.
#[derive(Debug)]
pub(super) struct Meter {
    gas: u64,
    gas_limit: u64,
    shapes: u32,
    vertices: u64,
    /// Shapes and vertices that were left before the current derivation.
    mark: (u32, u64),
    /// Calls of recursive functions that are open.
    function_depth: u32,
}

impl Meter {
    /// Everything is left.
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            gas: limits.gas,
            gas_limit: limits.gas,
            shapes: limits.shapes,
            vertices: u64::from(limits.vertices),
            mark: (limits.shapes, u64::from(limits.vertices)),
            function_depth: 0,
        }
    }
}

impl Kernel {
    /// Charges work before it is done: about one unit for a simple operation or for each 8 corners handled.
    ///
    /// # Errors
    /// [`Stop::Gas`] when the limit is passed.
    pub(crate) fn charge(&mut self, units: usize) -> Result<(), Stop> {
        match self.meter.gas.checked_sub(units as u64) {
            Some(rest) => {
                self.meter.gas = rest;
                Ok(())
            }
            None => {
                self.meter.gas = 0;
                Err(Stop::Gas)
            }
        }
    }

    /// Units of work used so far: the same on every machine.
    pub fn gas_used(&self) -> u64 {
        self.meter.gas_limit - self.meter.gas
    }

    /// Gas left.
    pub(super) fn gas_left(&self) -> u64 {
        self.meter.gas
    }

    /// Shapes made so far, pieces included.
    pub(super) fn shapes_made(&self) -> u64 {
        u64::from(self.recipe.limits.shapes - self.meter.shapes)
    }

    /// Shapes and corners so far count no more: they are not content.
    pub(super) fn forget_shapes_made(&mut self) {
        (self.meter.shapes, self.meter.vertices) = self.meter.mark;
    }

    /// What comes after this may be forgotten.
    pub(super) fn mark_shapes_made(&mut self) {
        self.meter.mark = (self.meter.shapes, self.meter.vertices);
    }

    /// Charges a new shape.
    pub(super) fn charge_shape(&mut self) -> Result<(), Stop> {
        self.meter.shapes = self.meter.shapes.checked_sub(1).ok_or(Stop::Shapes)?;
        self.charge(2)
    }

    /// Charges the corners of a leaf.
    pub(super) fn charge_vertices(&mut self, shape: &Shape) -> Result<(), Stop> {
        let corners = match &shape.geometry {
            Geometry::Mesh(mesh) => corner_count(mesh),
            Geometry::Asset(_) if self.recipe.output.instances => 4,
            Geometry::Asset(id) => match self.asset_data(*id) {
                crate::asset::Asset::Model(model) => model.corners.len(),
                _ => 0,
            },
        };
        self.meter.vertices = self
            .meter
            .vertices
            .checked_sub(corners as u64)
            .ok_or(Stop::Vertices)?;
        Ok(())
    }

    /// `op` of the table.
    pub(crate) fn op(&mut self, site: i32) -> Result<(), Stop> {
        self.site = site.cast_unsigned();
        self.charge(1)
    }

    /// `enter` of the table.
    pub(crate) fn enter(&mut self, site: i32) -> Result<(), Stop> {
        self.op(site)?;
        self.meter.function_depth += 1;
        if self.meter.function_depth > self.recipe.limits.function_depth {
            return Err(Stop::FunctionDepth);
        }
        Ok(())
    }

    /// `leave` of the table.
    pub(crate) fn leave(&mut self) -> Result<(), Stop> {
        self.meter.function_depth = self
            .meter
            .function_depth
            .checked_sub(1)
            .ok_or(Stop::Misuse("leave without enter"))?;
        Ok(())
    }
}

/// Corners of a mesh, lines counted by their ends.
fn corner_count(mesh: &Mesh) -> usize {
    mesh.corners.len() + 2 * mesh.lines.len()
}
