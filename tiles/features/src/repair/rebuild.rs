//! Rebuilds invalid polygons on an integer grid with `i_overlay`.

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::i_float::int::point::IntPoint;

use super::{FlatPolygon, FlatRing, Point};

/// Grid steps in a metre: a power of two, so that going there and back is exact.
const STEPS: f64 = 1024.0;

/// What the outer ring winds around minus what the holes wind around, as valid polygons.
pub(super) fn rebuild(rings: &FlatPolygon) -> Vec<FlatPolygon> {
    let on_grid: Vec<Vec<IntPoint<i64>>> = rings
        .iter()
        .map(|ring| ring.iter().map(|point| grid_from_local(*point)).collect())
        .collect();
    let Some((outer, holes)) = on_grid.split_first() else {
        return Vec::new();
    };
    let options = IntOverlayOptions {
        ogc: true,
        ..IntOverlayOptions::default()
    };
    let mut overlay =
        Overlay::from_subj_and_clip_custom(&outer[..], holes, options, Default::default());
    let shapes = overlay.overlay(OverlayRule::Difference, FillRule::NonZero);
    let local_ring =
        |ring: Vec<IntPoint<i64>>| -> FlatRing { ring.into_iter().map(local_from_grid).collect() };
    shapes
        .into_iter()
        .map(|shape| shape.into_iter().map(local_ring).collect())
        .collect()
}

/// The nearest grid point. Coordinates are within 1,000 km of the origin, so this fits easily.
fn grid_from_local(point: Point) -> IntPoint<i64> {
    IntPoint::new(
        (point[0] * STEPS).round() as i64,
        (point[1] * STEPS).round() as i64,
    )
}

fn local_from_grid(point: IntPoint<i64>) -> Point {
    [point.x as f64 / STEPS, point.y as f64 / STEPS]
}
