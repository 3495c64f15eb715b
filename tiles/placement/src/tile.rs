//! What is expected of a tile that was never generated: from its number of initial shapes and its layer's own history.

use crate::bounded::Bounded;
use crate::usage::TileView;

/// Layers that are remembered.
const LAYERS: usize = 1024;
/// Each generation makes the earlier ones of its layer count less by this factor.
const MEMORY: f64 = 0.995;
/// Before anything is known: megabytes of mesh and edge CPU seconds of one initial shape.
const MEGABYTES_PER_SHAPE: f64 = 0.002_5;
const SECONDS_PER_SHAPE: f64 = 0.000_17;
/// Before anything is known, one generated megabyte is so many edge CPU seconds.
const SECONDS_PER_MEGABYTE: f64 = 0.067;
/// The belief that twice the shapes make twice the mesh, as a sum of squares.
const PROPORTIONAL: f64 = 2.0;
/// Generations that the first guess weighs, and the variance of its logarithm: grammars differ by far more than the tiles of
/// one.
const BELIEF: f64 = 0.2;
const DOUBT: f64 = 0.1;
/// The most variance of a logarithm that an expectation is raised for.
const MOST_VARIANCE: f64 = 0.3;
/// No tile is smaller or quicker than this: megabytes, seconds.
const SMALLEST: f64 = 0.000_2;
const QUICKEST: f64 = 0.000_1;

/// How the logarithm of what is made departs from a first guess: a line over the logarithm of what it is made from, by
/// decayed sums.
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
    /// So much was made from so much; the first guess is a part of the latter.
    fn learn(&mut self, from: f64, made: f64, guess: f64) {
        let (x, y) = (from.ln(), (made / (from * guess)).ln());
        self.weight = self.weight * MEMORY + 1.0;
        let (dx, dy) = (x - self.x, y - self.y);
        self.x += dx / self.weight;
        self.y += dy / self.weight;
        self.xx = self.xx * MEMORY + dx * (x - self.x);
        self.xy = self.xy * MEMORY + dx * (y - self.y);
        self.yy = self.yy * MEMORY + dy * (y - self.y);
    }

    /// What so much is expected to make.
    fn expect(&self, from: f64, guess: f64) -> f64 {
        let level = self.y * self.weight / (self.weight + BELIEF);
        let slope = self.xy / (self.xx + PROPORTIONAL);
        let unexplained = self.yy - 2.0 * slope * self.xy + slope * slope * self.xx;
        let variance = (unexplained.max(0.0) + BELIEF * DOUBT) / (self.weight + BELIEF);
        let departure = level + slope * (from.ln() - self.x);
        from * guess * (departure + 0.5 * variance.min(MOST_VARIANCE)).exp()
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
}

impl Layers {
    pub(crate) fn new() -> Self {
        Self {
            layers: Bounded::new(LAYERS),
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
        let unknown = Layer::default();
        let layer = self.layers.get(layer).unwrap_or(&unknown);
        let (expected, work) = match mesh {
            Some(mesh) => (
                mesh,
                layer
                    .density
                    .expect(mesh.max(SMALLEST), SECONDS_PER_MEGABYTE),
            ),
            None => (
                layer.mesh.expect(shapes, MEGABYTES_PER_SHAPE),
                layer.work.expect(shapes, SECONDS_PER_SHAPE),
            ),
        };
        TileView {
            recipe,
            mesh: expected.max(SMALLEST),
            work: work.max(QUICKEST),
        }
    }

    /// Whether a generation of this layer was seen.
    pub(crate) fn has_seen(&self, layer: u64) -> bool {
        let layer = self.layers.get(layer);
        layer.is_some_and(|layer| layer.work.weight > 0.0)
    }

    /// A generation is done.
    pub(crate) fn learn(&mut self, layer: u64, shapes: u32, megabytes: f64, seconds: f64) {
        let layer = self.layers.touch(layer, Layer::default);
        let shapes = f64::from(shapes.max(1));
        let megabytes = megabytes.max(SMALLEST);
        let seconds = seconds.max(QUICKEST);
        layer.mesh.learn(shapes, megabytes, MEGABYTES_PER_SHAPE);
        layer.work.learn(shapes, seconds, SECONDS_PER_SHAPE);
        let density = &mut layer.density;
        density.learn(megabytes, seconds, SECONDS_PER_MEGABYTE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_s_own_history_replaces_the_first_guess() {
        let mut layers = Layers::new();
        for shapes in [10, 40, 100, 20].repeat(50) {
            let many = f64::from(shapes);
            layers.learn(7, shapes, many * 0.01, many * 0.002);
        }
        let near = |value: f64, expected: f64| (value / expected - 1.0).abs() < 0.05;
        let tile = layers.predict(7, 50, 0.006, None);
        assert!(near(tile.mesh, 0.5) && near(tile.work, 0.1), "{tile:?}");
        let known = layers.predict(7, 50, 0.006, Some(1.0));
        assert!(known.mesh == 1.0 && near(known.work, 0.2), "{known:?}");
        let other = layers.predict(8, 50, 0.006, None);
        assert!((0.125..0.135).contains(&other.mesh), "{other:?}");
    }

    #[test]
    fn one_tile_counts_more_than_the_guess_and_does_not_stand_for_its_layer() {
        let mut layers = Layers::new();
        layers.learn(7, 100, 0.05, 0.1);
        let tile = layers.predict(7, 100, 0.006, None);
        assert!((0.055..0.1).contains(&tile.mesh), "{tile:?}");
    }
}
