//! Buildings at a tile's edge: each ground area comes out of one tile only.
//!
//! Tiles carry a buffer of their neighbours' ground, so that a building near an edge is in both. Of
//! those that lie whole in the buffered tile, the tile that holds the centre of the building's box
//! keeps it; the neighbour, which sees the same box, does not. Those that reach the end of the buffer
//! are cut there, differently in each tile; they are cut again at the tile's edge, where the pieces of
//! both sides meet. Tiles without a buffer have had their buildings cut already.

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::Overlay;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::i_float::int::point::IntPoint;

use super::geometry::{Step, TilePolygon};

/// Corners of a feature that is cut, at most: a hostile one may cross itself so often that cutting it
/// takes gigabytes.
const MOST_CORNERS: usize = 2000;

/// Steps west, south, east, north.
#[derive(Clone, Copy, Debug)]
pub(super) struct StepBox {
    low: Step,
    high: Step,
}

impl StepBox {
    /// Around all points; nothing if there are none.
    pub(super) fn around<'a>(polygons: impl Iterator<Item = &'a TilePolygon>) -> Option<Self> {
        polygons
            .flatten()
            .flatten()
            .map(|step| Self {
                low: *step,
                high: *step,
            })
            .reduce(|a, b| Self {
                low: std::array::from_fn(|axis| a.low[axis].min(b.low[axis])),
                high: std::array::from_fn(|axis| a.high[axis].max(b.high[axis])),
            })
    }
}

/// What of a feature belongs to the tile. `reach` is the box around the whole layer: the end of the
/// buffer.
pub(super) fn of_tile(polygons: Vec<TilePolygon>, reach: StepBox, extent: i64) -> Vec<TilePolygon> {
    let Some(around) = StepBox::around(polygons.iter()) else {
        return polygons;
    };
    let inside = (0..2).all(|axis| around.low[axis] >= 0 && around.high[axis] <= extent);
    if inside {
        return polygons;
    }
    let cut = (0..2).any(|axis| {
        (around.low[axis] < 0 && around.low[axis] == reach.low[axis])
            || (around.high[axis] > extent && around.high[axis] == reach.high[axis])
    });
    let corners: usize = polygons.iter().flatten().map(Vec::len).sum();
    if cut && corners <= MOST_CORNERS {
        return polygons
            .iter()
            .flat_map(|polygon| clipped(polygon, extent))
            .collect();
    }
    // Half-open, so that a centre on the edge has one owner.
    let owned = (0..2).all(|axis| {
        let twice_centre = around.low[axis] + around.high[axis];
        (0..2 * extent).contains(&twice_centre)
    });
    if owned { polygons } else { Vec::new() }
}

/// The part of a polygon within the tile.
fn clipped(polygon: &TilePolygon, extent: i64) -> Vec<TilePolygon> {
    let point = |step: &Step| IntPoint::<i64>::new(step[0], step[1]);
    let subject: Vec<Vec<IntPoint<i64>>> = polygon
        .iter()
        .map(|ring| ring.iter().map(point).collect())
        .collect();
    let tile = [[0, 0], [extent, 0], [extent, extent], [0, extent]].map(|step: Step| point(&step));
    let mut overlay = Overlay::from_subj_and_clip(&subject, &tile[..]);
    let shapes = overlay.overlay(OverlayRule::Intersect, FillRule::EvenOdd);
    let step_ring = |ring: Vec<IntPoint<i64>>| ring.into_iter().map(|p| [p.x, p.y]).collect();
    shapes
        .into_iter()
        .map(|shape| shape.into_iter().map(step_ring).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(low: Step, high: Step) -> TilePolygon {
        vec![vec![low, [high[0], low[1]], high, [low[0], high[1]]]]
    }

    const REACH: StepBox = StepBox {
        low: [-10, -10],
        high: [110, 110],
    };

    #[test]
    fn a_building_on_the_edge_belongs_to_one_of_two_neighbours() {
        let (west, east) = (block([94, 50], [104, 60]), block([-6, 50], [4, 60]));
        assert_eq!(of_tile(vec![west.clone()], REACH, 100), [west]);
        assert!(of_tile(vec![east], REACH, 100).is_empty());
    }

    #[test]
    fn a_building_cut_at_the_end_of_the_buffer_is_cut_at_the_edge() {
        let polygons = of_tile(vec![block([50, 50], [110, 60])], REACH, 100);
        let around = StepBox::around(polygons.iter()).unwrap();
        assert_eq!((around.low, around.high), ([50, 50], [100, 60]));
        assert!(of_tile(vec![block([102, 50], [110, 60])], REACH, 100).is_empty());
    }
}
