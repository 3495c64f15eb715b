//! `shapeL`, `shapeU`, `shapeO`, `innerRectangle`: two regions, `shape` and `remainder`, given to branches.

use super::comp::Operator;
use super::stack::Entry;
use crate::Kernel;
use crate::abi::token::word;
use crate::limits::Stop;
use crate::ops::regions::Regions;
use crate::shape::Shape;

/// Regions being given to branches.
#[derive(Debug)]
pub(super) struct RegionBlock {
    regions: Regions,
    /// Branch, region token, operator.
    chosen: Vec<(i32, i32, Operator)>,
}

impl Kernel {
    /// `shape_l_begin` of the table.
    pub(crate) fn shape_l_begin(
        &mut self,
        front: f64,
        left: f64,
        relative: i32,
    ) -> Result<(), Stop> {
        let (width, depth) = self.footprint();
        let front = self.size(front, relative, 0, depth);
        let left = self.size(left, relative, 1, width);
        self.begin_region([front, 0.0, 0.0, left])
    }

    /// `shape_u_begin` of the table.
    pub(crate) fn shape_u_begin(
        &mut self,
        front: f64,
        right: f64,
        left: f64,
        relative: i32,
    ) -> Result<(), Stop> {
        let (width, depth) = self.footprint();
        let front = self.size(front, relative, 0, depth);
        let right = self.size(right, relative, 1, width);
        let left = self.size(left, relative, 2, width);
        self.begin_region([front, right, 0.0, left])
    }

    /// `shape_o_begin` of the table.
    pub(crate) fn shape_o_begin(
        &mut self,
        front: f64,
        right: f64,
        back: f64,
        left: f64,
        relative: i32,
    ) -> Result<(), Stop> {
        let (width, depth) = self.footprint();
        let front = self.size(front, relative, 0, depth);
        let right = self.size(right, relative, 1, width);
        let back = self.size(back, relative, 2, depth);
        let left = self.size(left, relative, 3, width);
        self.begin_region([front, right, back, left])
    }

    /// Width and depth of the scope: depth lies along z for lots, along y for faces.
    fn footprint(&self) -> (f64, f64) {
        let size = self.shape.scope.size.abs();
        (size.x, if size.z >= size.y { size.z } else { size.y })
    }

    fn begin_region(&mut self, distances: [f64; 4]) -> Result<(), Stop> {
        let regions = self.shape_region(distances)?;
        self.push_entry(Entry::Regions(Box::new(RegionBlock {
            regions,
            chosen: Vec::new(),
        })))
    }

    /// `inner_rectangle_begin` of the table.
    pub(crate) fn inner_rectangle_begin(&mut self, alignment: i32) -> Result<(), Stop> {
        let regions = self.inner_rectangle_region(alignment)?;
        self.push_entry(Entry::Regions(Box::new(RegionBlock {
            regions,
            chosen: Vec::new(),
        })))
    }

    /// `region` of the table.
    pub(crate) fn region(&mut self, branch: i32, region: i32, operator: i32) -> Result<(), Stop> {
        let operator = Operator::from_number(operator)?;
        let Some(Entry::Regions(block)) = self.derivation.stack.last_mut() else {
            return Err(Stop::Misuse("a region outside its block"));
        };
        if branch < 0 || block.chosen.len() > 1000 {
            return Err(Stop::Misuse(
                "a block of regions has few branches, from 0 up",
            ));
        }
        block.chosen.push((branch, region, operator));
        Ok(())
    }

    /// `region_run` of the table. A region goes to the first branch that names it.
    pub(crate) fn region_run(&mut self) -> Result<(), Stop> {
        let Some(Entry::Regions(block)) = self.derivation.stack.pop() else {
            return Err(Stop::Misuse("region_run outside its block"));
        };
        let Regions {
            mut shape,
            mut remainder,
        } = block.regions;
        let mut take = |region: i32| -> Vec<Shape> {
            match word(region) {
                Some("shape") => std::mem::take(&mut shape),
                Some("remainder") => std::mem::take(&mut remainder),
                Some("all") => {
                    [std::mem::take(&mut shape), std::mem::take(&mut remainder)].concat()
                }
                _ => Vec::new(),
            }
        };
        let regions = block
            .chosen
            .iter()
            .map(|&(branch, region, operator)| (branch, region, operator, take(region)));
        let regions = regions.collect();
        self.begin_regions(regions)
    }
}
