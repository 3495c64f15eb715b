//! What is expected of a tile that was never generated: from its number of initial shapes and its layer's own history.

use crate::bounded::Bounded;
use crate::usage::TileView;

/// Layers that are remembered.
const LAYERS: usize = 1024;
/// One generation moves a layer's averages by at least this share.
const SLOWEST: f64 = 0.02;
/// Before anything is known: bytes of mesh and edge CPU seconds of one initial shape.
const BYTES_PER_SHAPE: f64 = 2_500.0;
const SECONDS_PER_SHAPE: f64 = 0.000_17;
/// Before anything is known, one generated megabyte is so many edge CPU seconds.
const SECONDS_PER_MEGABYTE: f64 = 0.067;
/// No tile is smaller or quicker than this: megabytes, seconds.
const SMALLEST: f64 = 0.000_2;
const QUICKEST: f64 = 0.000_1;

/// Logarithms of what one initial shape of a layer makes.
#[derive(Debug, Clone, Copy)]
struct Layer {
    megabytes: f64,
    seconds: f64,
    generations: f64,
}

impl Default for Layer {
    fn default() -> Self {
        Self {
            megabytes: (BYTES_PER_SHAPE / 1e6).ln(),
            seconds: SECONDS_PER_SHAPE.ln(),
            generations: 0.0,
        }
    }
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
        let prior = self.layers.get(layer).copied().unwrap_or_default();
        let shapes = f64::from(shapes.max(1));
        let seconds = match (mesh, prior.generations > 0.0) {
            (Some(mesh), true) => mesh * (prior.seconds - prior.megabytes).exp(),
            (Some(mesh), false) => mesh * SECONDS_PER_MEGABYTE,
            (None, _) => shapes * prior.seconds.exp(),
        };
        TileView {
            recipe,
            mesh: mesh
                .unwrap_or_else(|| shapes * prior.megabytes.exp())
                .max(SMALLEST),
            work: seconds.max(QUICKEST),
        }
    }

    /// A generation is done.
    pub(crate) fn learn(&mut self, layer: u64, shapes: u32, megabytes: f64, seconds: f64) {
        let known = self.layers.touch(layer, Layer::default);
        known.generations += 1.0;
        let gain = (1.0 / known.generations).max(SLOWEST);
        let shapes = f64::from(shapes.max(1));
        let megabytes = (megabytes.max(SMALLEST) / shapes).ln();
        let seconds = (seconds.max(QUICKEST) / shapes).ln();
        known.megabytes += gain * (megabytes - known.megabytes);
        known.seconds += gain * (seconds - known.seconds);
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
