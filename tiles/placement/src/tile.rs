//! What is expected of a tile that was never generated: from its number of initial shapes and its layer's own history.

use crate::bounded::Bounded;
use crate::usage::TileView;

/// Layers that are remembered.
const LAYERS: usize = 1024;
/// A generation of which nothing was heard for so many seconds has failed.
const GIVEN_UP: f64 = 10.0;
/// Each generation makes the earlier ones of its layer count less by this factor.
const MEMORY: f64 = 0.995;
/// Before anything is known: bytes of mesh and edge CPU seconds of one initial shape.
const BYTES_PER_SHAPE: f64 = 2_500.0;
const SECONDS_PER_SHAPE: f64 = 0.000_17;
/// Before anything is known, one generated megabyte is so many edge CPU seconds.
const SECONDS_PER_MEGABYTE: f64 = 0.067;
/// The belief that twice the shapes make twice the mesh, as a sum of squares.
const PROPORTIONAL: f64 = 2.0;
/// The most variance of a logarithm that an expectation is raised for.
const MOST_VARIANCE: f64 = 0.3;
/// No tile is smaller or quicker than this: megabytes, seconds.
const SMALLEST: f64 = 0.000_2;
const QUICKEST: f64 = 0.000_1;

/// A line through the logarithms of shapes and of what they make, by decayed sums.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    weight: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
    yy: f64,
}

impl Line {
    fn learn(&mut self, x: f64, y: f64) {
        self.weight = self.weight * MEMORY + 1.0;
        let (dx, dy) = (x - self.x, y - self.y);
        self.x += dx / self.weight;
        self.y += dy / self.weight;
        self.xx = self.xx * MEMORY + dx * (x - self.x);
        self.xy = self.xy * MEMORY + dx * (y - self.y);
        self.yy = self.yy * MEMORY + dy * (y - self.y);
    }

    /// The expectation of what so many shapes make.
    fn expect(&self, x: f64) -> f64 {
        let slope = (self.xy + PROPORTIONAL) / (self.xx + PROPORTIONAL);
        let unexplained = self.yy - 2.0 * slope * self.xy + slope * slope * self.xx;
        let variance = (unexplained / self.weight.max(1.0)).clamp(0.0, MOST_VARIANCE);
        (self.y + slope * (x - self.x) + 0.5 * variance).exp()
    }
}

/// What generations of one layer have shown.
#[derive(Debug, Clone, Copy, Default)]
struct Layer {
    /// Megabytes by shapes.
    mesh: Line,
    /// Seconds by shapes.
    work: Line,
    /// Seconds by megabytes.
    density: Line,
}

/// What generations of each layer have shown.
#[derive(Debug, Clone)]
pub(crate) struct Layers {
    layers: Bounded<Layer>,
    /// When a generation was begun of those of which none is done.
    begun: Bounded<f64>,
}

impl Layers {
    pub(crate) fn new() -> Self {
        Self {
            layers: Bounded::new(LAYERS),
            begun: Bounded::new(LAYERS),
        }
    }

    /// What is expected. `mesh` is the mesh's megabytes where they are known.
    pub(crate) fn predict(
        &self,
        layer: u64,
        shapes: u32,
        recipe: f64,
        mesh: Option<f64>,
    ) -> TileView {
        let shapes = f64::from(shapes.max(1));
        let (expected, work) = match (self.layers.get(layer), mesh) {
            (Some(layer), Some(mesh)) => (mesh, layer.density.expect(mesh.max(SMALLEST).ln())),
            (Some(layer), None) => (
                layer.mesh.expect(shapes.ln()),
                layer.work.expect(shapes.ln()),
            ),
            (None, Some(mesh)) => (mesh, mesh * SECONDS_PER_MEGABYTE),
            (None, None) => (shapes * BYTES_PER_SHAPE / 1e6, shapes * SECONDS_PER_SHAPE),
        };
        TileView {
            recipe,
            mesh: expected.max(SMALLEST),
            work: work.max(QUICKEST),
        }
    }

    /// Whether a generation of this layer was seen.
    pub(crate) fn has_seen(&self, layer: u64) -> bool {
        self.layers.get(layer).is_some()
    }

    /// Whether none was seen and none will be soon.
    pub(crate) fn is_unknown(&self, layer: u64, now: f64) -> bool {
        let begun = self.begun.get(layer);
        !self.has_seen(layer) && begun.is_none_or(|&begun| now - begun > GIVEN_UP)
    }

    /// A generation has begun.
    pub(crate) fn expect(&mut self, layer: u64, now: f64) {
        if !self.has_seen(layer) {
            *self.begun.touch(layer, || now) = now;
        }
    }

    /// A generation is done.
    pub(crate) fn learn(&mut self, layer: u64, shapes: u32, megabytes: f64, seconds: f64) {
        let layer = self.layers.touch(layer, Layer::default);
        let shapes = f64::from(shapes.max(1)).ln();
        let megabytes = megabytes.max(SMALLEST).ln();
        let seconds = seconds.max(QUICKEST).ln();
        layer.mesh.learn(shapes, megabytes);
        layer.work.learn(shapes, seconds);
        layer.density.learn(megabytes, seconds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_s_own_history_replaces_the_first_guess() {
        let mut layers = Layers::new();
        for shapes in [10, 40, 100, 20] {
            layers.learn(
                7,
                shapes,
                f64::from(shapes) * 0.01,
                f64::from(shapes) * 0.002,
            );
        }
        let tile = layers.predict(7, 50, 0.006, None);
        assert!((tile.mesh - 0.5).abs() < 1e-9 && (tile.work - 0.1).abs() < 1e-9);
        let known = layers.predict(7, 50, 0.006, Some(1.0));
        assert!((known.mesh - 1.0).abs() < 1e-9 && (known.work - 0.2).abs() < 1e-9);
        let other = layers.predict(8, 50, 0.006, None);
        assert!((other.mesh - 0.125).abs() < 1e-9, "{other:?}");
    }
}
