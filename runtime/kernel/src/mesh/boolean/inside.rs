//! Which points lie inside the closed surfaces of an operand.

use glam::DVec3;

use super::facets::{Facet, Soup};
use super::lists::order_by_value;
use crate::mesh::index;
use crate::mesh::topology::members;

/// The closed surfaces of both operands.
#[derive(Debug)]
pub(super) struct Shells<'a> {
    soup: &'a Soup,
    /// Along which they are sorted.
    axis: usize,
    of: [Vec<Shell>; 2],
}

/// One closed surface.
#[derive(Debug)]
struct Shell {
    facets: Vec<usize>,
    low: DVec3,
    high: DVec3,
    /// How far this one and those before it extend.
    reach: f64,
}

impl<'a> Shells<'a> {
    /// Lists and sorts them.
    pub(super) fn new(soup: &'a Soup) -> Self {
        let axis = soup.longest_axis();
        let mut of = [Vec::new(), Vec::new()];
        let shell_of: Vec<u32> = soup.facets.iter().map(|facet| facet.shell).collect();
        let shells = members(&shell_of);
        let bounds = |facets: &[usize]| {
            let first = &soup.facets[facets[0]];
            facets
                .iter()
                .fold((first.low, first.high), |(low, high), &facet| {
                    let facet = &soup.facets[facet];
                    (low.min(facet.low), high.max(facet.high))
                })
        };
        let mut order: Vec<u32> = (0..index(shells.len())).collect();
        order_by_value(&mut order, &|shell| bounds(&shells[shell as usize]).0[axis]);
        let mut reach = [f64::NEG_INFINITY; 2];
        for shell in order {
            let facets = &shells[shell as usize];
            let first = &soup.facets[facets[0]];
            if first.closed {
                let (low, high) = bounds(facets);
                let reach = &mut reach[first.operand];
                *reach = reach.max(high[axis]);
                of[first.operand].push(Shell {
                    facets: facets.clone(),
                    low,
                    high,
                    reach: *reach,
                });
            }
        }
        Self { soup, axis, of }
    }

    /// Whether those of an operand go around a point of a region with a normal. A ray along the axis nearest to the normal
    /// counts the facets it leaves through: across the region, it does not graze facets in the region's plane. Seen along
    /// the ray, facets that share an edge share it exactly, so it goes through one of them.
    pub(super) fn contain(&self, operand: usize, point: DVec3, normal: DVec3) -> bool {
        let (shells, place) = (&self.of[operand], point[self.axis]);
        let begun = shells.partition_point(|shell| shell.low[self.axis] <= place);
        let near = shells[..begun].iter().rev();
        let near = near.take_while(|shell| shell.reach >= place);
        let along = normal.abs().max_position();
        let (next, last) = ((along + 1) % 3, (along + 2) % 3);
        let mut winding = 0;
        for shell in near {
            if shell.low.cmpgt(point).any() || point.cmpgt(shell.high).any() {
                continue;
            }
            for &facet in &shell.facets {
                let facet = &self.soup.facets[facet];
                let past = facet.high.cmplt(point);
                let beside = past | facet.low.cmpgt(point);
                if !past.test(along) && !beside.test(next) && !beside.test(last) {
                    winding += crossing(self.soup, facet, point, DVec3::AXES[along]);
                }
            }
        }
        winding != 0
    }
}

/// How often a ray leaves through a facet.
fn crossing(soup: &Soup, facet: &Facet, point: DVec3, along: DVec3) -> i32 {
    let winding = soup.winding(&facet.sides, point, along);
    let height = facet.height(point);
    // A facet that looks along the ray is ahead of what lies behind its plane.
    let ahead = (winding > 0) == (height < 0.0);
    if ahead { winding } else { 0 }
}
