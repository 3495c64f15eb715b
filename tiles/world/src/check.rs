//! What a world is made of, and whether its tiles can be made.

use gable_runtime::Summary;
use gable_tileset::TileId;
use serde::Serialize;

use crate::layer::Layer;
use crate::world::World;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// The world's name.
    pub name: String,
    /// Its layers.
    pub layers: Vec<LayerCheck>,
}

/// A layer of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerCheck {
    /// Its name.
    pub name: String,
    /// Its revision.
    pub revision: String,
    /// Features; none for cells.
    pub features: Option<usize>,
    /// Size of its grammar's module, bytes.
    pub module_bytes: usize,
    /// Its levels, coarse to fine.
    pub levels: Vec<LevelCheck>,
    /// Features left out because the grammar fails on them, with the reasons.
    pub left_out: Vec<String>,
    /// What else is to be said.
    pub warnings: Vec<String>,
}

/// A level of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelCheck {
    /// From 0.
    pub level: u8,
    /// Geometric error, metres.
    pub error: f64,
    /// Tiles that have content.
    pub tiles: u64,
    /// The tile with the most initial shapes.
    pub heaviest: Option<String>,
    /// Its initial shapes.
    pub shapes: usize,
    /// Its recipe, bytes.
    pub recipe_bytes: usize,
    /// Its content, bytes.
    pub content_bytes: usize,
    /// Memory that the kernel took for it, bytes.
    pub memory_bytes: usize,
    /// What is to be said about its content.
    pub summary: Summary,
    /// Why it cannot be made.
    pub failure: Option<String>,
}

/// Of cells, so many tiles of a level are looked at: they are much alike.
const SAMPLE: usize = 64;

impl Check {
    /// Runs the heaviest tile of each level of each layer.
    pub fn new(world: &World) -> Self {
        Self {
            name: world.settings().name.clone(),
            layers: world
                .layers()
                .iter()
                .map(|layer| check_layer(world, layer))
                .collect(),
        }
    }

    /// Whether something cannot be shown: a tile fails, or features had to be left out.
    pub fn has_errors(&self) -> bool {
        self.layers.iter().any(|layer| {
            !layer.left_out.is_empty() || layer.levels.iter().any(|level| level.failure.is_some())
        })
    }
}

fn check_layer(world: &World, layer: &Layer) -> LayerCheck {
    LayerCheck {
        name: layer.name().to_owned(),
        revision: layer.revision().to_owned(),
        features: layer.feature_count(),
        module_bytes: layer.grammar().wasm().len(),
        levels: (0..layer.levels())
            .map(|level| check_level(world, layer, level))
            .collect(),
        left_out: layer.left_out().to_vec(),
        warnings: layer.warnings().to_vec(),
    }
}

fn check_level(world: &World, layer: &Layer, level: u8) -> LevelCheck {
    let mut check = LevelCheck {
        level,
        error: layer.geometric_error(level),
        tiles: layer.content_count(level),
        heaviest: None,
        shapes: 0,
        recipe_bytes: 0,
        content_bytes: 0,
        memory_bytes: 0,
        summary: Summary::default(),
        failure: None,
    };
    let sample = if layer.feature_count().is_none() {
        SAMPLE
    } else {
        usize::MAX
    };
    let heaviest = layer
        .tiles(level)
        .take(sample)
        .max_by_key(|&tile| (layer.shape_count(tile), tile.morton()));
    if let Some(tile) = heaviest {
        run(world, layer, tile, &mut check);
    }
    check
}

fn run(world: &World, layer: &Layer, tile: TileId, check: &mut LevelCheck) {
    let Some(recipe) = layer.recipe(tile) else {
        return;
    };
    let grammar = layer
        .grammars()
        .find(|grammar| grammar.hash() == recipe.module);
    let rules = grammar.expect("recipes name the layer's grammars").rules();
    check.heaviest = Some(tile.to_string());
    check.shapes = recipe.shapes.len();
    check.recipe_bytes = recipe.to_bytes().len();
    match rules.generate(&recipe, world.assets()) {
        Ok(content) => {
            check.content_bytes = content.bytes.len();
            check.memory_bytes = content.memory_bytes;
            check.summary = content.summary;
        }
        Err(error) => check.failure = Some(error.to_string()),
    }
}
