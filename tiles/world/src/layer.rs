//! A layer: which tiles it has, and the recipe of each.

use std::collections::BTreeSet;

use gable_kernel::limits::Limits;
use gable_kernel::recipe::{AssetReference, Format, InitialShape, Output, Recipe, Value};
use gable_runtime::hash;
use gable_tileset::{Bounds, LayerTiles, Subtree, TileId};

use crate::cells::Cells;
use crate::extent::{self, Extent};
use crate::grammar::Grammar;
use crate::neighbours::{self, Neighbours};
use crate::places::{Place, Places};
use crate::world::TEXTURE_FOLDER;

/// Levels of a subtree: 341 tiles, some 200 bytes when it is sparse.
const SUBTREE_LEVELS: u8 = 5;

/// Where initial shapes come from.
#[derive(Debug)]
pub(crate) enum Source {
    /// Features, sorted into tiles.
    Places(Places),
    /// Squares of a grid.
    Cells(Cells),
}

/// What a layer is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) name: String,
    pub(crate) grammar: Grammar,
    /// Volumes in place of a grammar that has no levels of detail.
    pub(crate) mass: Option<Grammar>,
    pub(crate) source: Source,
    pub(crate) start_rule: String,
    pub(crate) seed: u64,
    /// Values of attributes for all shapes.
    pub(crate) attributes: Vec<(String, Value)>,
    /// Values of `LOD` from coarse to fine; empty for a grammar without that attribute.
    pub(crate) detail: Vec<f64>,
    /// Metres, of the finest level.
    pub(crate) error: f64,
    /// How far, in metres, queries of labels look.
    pub(crate) neighbourhood: f64,
    /// Least and greatest height of all content, metres.
    pub(crate) heights: [f64; 2],
    pub(crate) assets: Vec<AssetReference>,
    /// Features that had to be left out, with the reasons.
    pub(crate) left_out: Vec<String>,
    /// What else is to be said.
    pub(crate) warnings: Vec<String>,
}

/// A layer of a world.
#[derive(Debug)]
pub struct Layer {
    parts: Parts,
    bounds: Bounds,
    revision: String,
    /// By level, the tiles of features that have content, along the Morton curve.
    contents: Vec<BTreeSet<u64>>,
    /// Which features rules ask about, when they ask about others.
    neighbours: Option<Neighbours>,
}

/// How the tiles of a level are made.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Plan {
    /// Value of `LOD`.
    lod: Option<f64>,
    /// Volumes by the built-in grammar.
    mass: bool,
    /// Each tile of cells is a single square.
    whole: bool,
    /// Smaller features are left out, metres.
    least: f64,
}

impl Layer {
    pub(crate) fn new(parts: Parts) -> Self {
        let flat = match &parts.source {
            Source::Places(places) => places.bounds,
            Source::Cells(cells) => cells.bounds(),
        };
        let [low, high] = parts.heights;
        let bounds = Bounds {
            low: [flat.low[0], flat.low[1], low],
            high: [flat.high[0], flat.high[1], high],
        };
        let reach = neighbours::reach(parts.grammar.manifest().queries, parts.neighbourhood);
        let neighbours = match &parts.source {
            Source::Places(places) => reach.map(|reach| {
                let shapes = places.all().iter().map(|place| &place.shape);
                Neighbours::new(shapes, reach)
            }),
            Source::Cells(_) => None,
        };
        let mut layer = Self {
            neighbours,
            parts,
            bounds,
            revision: String::new(),
            contents: Vec::new(),
        };
        layer.contents = layer.find_contents();
        layer.revision = layer.compute_revision();
        layer
    }

    /// Its name: part of addresses.
    pub fn name(&self) -> &str {
        &self.parts.name
    }

    /// A hash of all that its recipes are made of: part of addresses.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Its grammar.
    pub fn grammar(&self) -> &Grammar {
        &self.parts.grammar
    }

    /// All grammars that its recipes name.
    pub fn grammars(&self) -> impl Iterator<Item = &Grammar> {
        std::iter::once(&self.parts.grammar).chain(&self.parts.mass)
    }

    /// The assets that its recipes name.
    pub fn assets(&self) -> &[AssetReference] {
        &self.parts.assets
    }

    /// The box of the root tile: metres, x east, y north, z up.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The box around all content of its features, at their coarsest; none for cells, or without features.
    pub fn extent(&self) -> Option<Bounds> {
        let Source::Places(places) = &self.parts.source else {
            return None;
        };
        let extents = places.all().iter().map(|place| place.extent);
        let [low, high] = extents.reduce(extent::union)?;
        // Recipes have y up, tiles z.
        Some(Bounds {
            low: [low[0], -high[2], low[1]],
            high: [high[0], -low[2], high[1]],
        })
    }

    /// Number of levels of its quadtree.
    pub fn levels(&self) -> u8 {
        match &self.parts.source {
            Source::Places(places) => places.levels,
            Source::Cells(cells) => cells.levels(),
        }
    }

    /// Levels of a subtree.
    pub fn subtree_levels(&self) -> u8 {
        SUBTREE_LEVELS.min(self.levels())
    }

    /// Geometric error of a level's tiles, metres.
    pub fn geometric_error(&self, level: u8) -> f64 {
        let coarser = (self.levels() - 1).saturating_sub(level);
        self.parts.error * f64::from(1_u32 << coarser)
    }

    /// What a tileset says of it.
    pub fn describe(&self) -> LayerTiles {
        LayerTiles {
            name: self.name().to_owned(),
            revision: self.revision.clone(),
            bounds: self.bounds,
            levels: self.levels(),
            subtree_levels: self.subtree_levels(),
            root_error: self.geometric_error(0),
        }
    }

    /// Features that were left out because the grammar fails on them, with the reasons.
    pub fn left_out(&self) -> &[String] {
        &self.parts.left_out
    }

    /// What else is to be said about it.
    pub fn warnings(&self) -> &[String] {
        &self.parts.warnings
    }

    /// Number of features; none for cells, which need no counting.
    pub fn feature_count(&self) -> Option<usize> {
        match &self.parts.source {
            Source::Places(places) => Some(places.all().len()),
            Source::Cells(_) => None,
        }
    }

    fn plan(&self, level: u8) -> Plan {
        let detail = &self.parts.detail;
        let coarser = usize::from(self.levels() - 1 - level);
        let steps = detail.len().max(1);
        // Past the list of details: features get fewer, cells become land.
        let beyond = (coarser + 1).saturating_sub(steps);
        let cells = matches!(self.parts.source, Source::Cells(_));
        let lod = if beyond > 0 && cells {
            // Negative: the square is two to that power cells wide.
            detail.first().map(|_| -(coarser as f64))
        } else {
            let place = (steps - 1).saturating_sub(coarser);
            detail.get(place).copied()
        };
        let least = if beyond > 0 {
            self.geometric_error(level)
        } else {
            0.0
        };
        Plan {
            lod,
            mass: beyond > 0 && self.parts.mass.is_some() && !cells,
            whole: beyond > 0 && cells,
            least,
        }
    }

    fn find_contents(&self) -> Vec<BTreeSet<u64>> {
        let Source::Places(places) = &self.parts.source else {
            return Vec::new();
        };
        let finest = self.levels() - 1;
        let tiles_of = |level: u8| {
            let Plan { least, .. } = self.plan(level);
            let kept = places
                .all()
                .iter()
                .filter(move |place| place.size() >= least);
            kept.map(|place| place.code() >> (2 * (finest - level)))
                .collect()
        };
        (0..=finest).map(tiles_of).collect()
    }

    /// Whether there is a tile.
    pub fn has_tile(&self, tile: TileId) -> bool {
        tile.level() < self.levels()
            && match &self.parts.source {
                Source::Places(places) => !places.of_tile(tile).is_empty(),
                Source::Cells(_) => true,
            }
    }

    /// Whether a tile has content. Others are only on the way to those that have.
    pub fn has_content(&self, tile: TileId) -> bool {
        if tile.level() >= self.levels() {
            return false;
        }
        match &self.parts.source {
            Source::Places(_) => self.contents[usize::from(tile.level())].contains(&tile.morton()),
            Source::Cells(_) => {
                let plan = self.plan(tile.level());
                !plan.whole || plan.lod.is_some()
            }
        }
    }

    /// The tiles of a level that have content, along the Morton curve.
    pub fn tiles(&self, level: u8) -> Box<dyn Iterator<Item = TileId> + Send + '_> {
        let tile = move |code| TileId::from_morton(level, code).expect("the layer's own tile");
        match &self.parts.source {
            Source::Places(_) => Box::new(
                self.contents[usize::from(level)]
                    .iter()
                    .map(move |&code| tile(code)),
            ),
            Source::Cells(_) => Box::new(
                (0..1_u64 << (2 * level))
                    .map(tile)
                    .filter(|&tile| self.has_content(tile)),
            ),
        }
    }

    /// Number of tiles of a level that have content.
    pub fn content_count(&self, level: u8) -> u64 {
        match &self.parts.source {
            Source::Places(_) => self.contents[usize::from(level)].len() as u64,
            Source::Cells(_) if self.has_content(TileId::ROOT.first_of(level)) => 1 << (2 * level),
            Source::Cells(_) => 0,
        }
    }

    /// The subtree that begins at a tile; none where none begins.
    pub fn subtree(&self, root: TileId) -> Option<Subtree> {
        let begins = root.level().is_multiple_of(self.subtree_levels()) && self.has_tile(root);
        begins.then(|| {
            let there = |tile| self.has_tile(tile);
            Subtree::new(
                root,
                self.subtree_levels(),
                there,
                |tile| self.has_content(tile),
                there,
            )
        })
    }

    /// The recipe of a tile's content; none where there is no content.
    pub fn recipe(&self, tile: TileId) -> Option<Recipe> {
        if !self.has_content(tile) {
            return None;
        }
        let plan = self.plan(tile.level());
        let shapes = self.shapes(tile, plan);
        Some(match (&self.parts.mass, plan.mass) {
            (Some(mass), true) => Recipe {
                module: mass.hash(),
                ..self.recipe_of(shapes, Vec::new(), Vec::new())
            },
            _ => {
                let attributes = self.attributes(plan.lod, self.geometric_error(tile.level()));
                Recipe {
                    context: self.context(tile, plan),
                    ..self.recipe_of(shapes, attributes, self.parts.assets.clone())
                }
            }
        })
    }

    /// Number of initial shapes of a tile.
    pub fn shape_count(&self, tile: TileId) -> usize {
        if !self.has_content(tile) {
            return 0;
        }
        let plan = self.plan(tile.level());
        match &self.parts.source {
            Source::Places(places) => kept(places.of_tile(tile), plan).count(),
            Source::Cells(_) if plan.whole => 1,
            Source::Cells(cells) => 1 << (2 * (cells.levels() - 1 - tile.level())),
        }
    }

    fn shapes(&self, tile: TileId, plan: Plan) -> Vec<InitialShape> {
        let Parts {
            start_rule, seed, ..
        } = &self.parts;
        match &self.parts.source {
            Source::Places(places) => {
                let kept = kept(places.of_tile(tile), plan);
                kept.map(|place| {
                    if plan.mass {
                        volume(place)
                    } else {
                        place.shape.clone()
                    }
                })
                .collect()
            }
            Source::Cells(cells) => {
                let mut shapes = if plan.whole {
                    vec![cells.whole_tile(tile, start_rule, *seed)]
                } else {
                    cells.of_tile(tile, start_rule, *seed)
                };
                self.grammar().drop_unknown(&mut shapes);
                shapes
            }
        }
    }

    /// The initial shapes around a tile that its rules ask about.
    fn context(&self, tile: TileId, plan: Plan) -> Vec<InitialShape> {
        let Parts {
            start_rule,
            seed,
            neighbourhood,
            ..
        } = &self.parts;
        match &self.parts.source {
            Source::Places(places) => {
                let Some(neighbours) = &self.neighbours else {
                    return Vec::new();
                };
                let own = places.range(tile);
                let is_kept = |&number: &usize| is_kept(&places.all()[number], plan);
                let near = neighbours.of(own.filter(is_kept));
                let near = near.into_iter().filter(is_kept);
                near.map(|number| places.all()[number].shape.clone())
                    .collect()
            }
            Source::Cells(cells) => {
                let queries = self.grammar().manifest().queries;
                let Some(reach) = neighbours::reach(queries, *neighbourhood) else {
                    return Vec::new();
                };
                let mut shapes = cells.around_tile(tile, plan.whole, reach, start_rule, *seed);
                self.grammar().drop_unknown(&mut shapes);
                shapes
            }
        }
    }

    /// Attributes for all shapes, those of the level included.
    fn attributes(&self, lod: Option<f64>, error: f64) -> Vec<(String, Value)> {
        let mut attributes = self.parts.attributes.clone();
        let by_level = [("LOD", lod), ("geometricError", Some(error))];
        for (name, value) in by_level {
            let set = attributes.iter().any(|(other, _)| other == name);
            if let Some(value) = value.filter(|_| !set && self.grammar().has_attribute(name)) {
                attributes.push((name.to_owned(), Value::Float(value)));
            }
        }
        attributes
    }

    fn recipe_of(
        &self,
        shapes: Vec<InitialShape>,
        attributes: Vec<(String, Value)>,
        assets: Vec<AssetReference>,
    ) -> Recipe {
        Recipe {
            assets,
            shapes,
            attributes,
            neighbourhood: self.parts.neighbourhood,
            seed: self.parts.seed,
            ..tile_recipe(self.grammar())
        }
    }

    fn compute_revision(&self) -> String {
        let Parts {
            mass,
            source,
            start_rule,
            detail,
            error,
            heights,
            ..
        } = &self.parts;
        // The number changes whenever the same recipe is packed into other bytes than before.
        let mut text = format!("gable layer 1 {start_rule} {detail:?} {error} {heights:?} ");
        let mut shapes = Vec::new();
        match source {
            Source::Cells(cells) => text.push_str(&format!("{cells:?}")),
            Source::Places(places) => {
                text.push_str(&format!("{:?}", places.bounds));
                for place in places.all() {
                    text.push_str(&format!("{:?}", place.extent));
                    shapes.push(place.shape.clone());
                }
            }
        }
        let mass = mass.as_ref().map(Grammar::hash).unwrap_or_default();
        let recipe = self.recipe_of(
            shapes,
            self.parts.attributes.clone(),
            self.parts.assets.clone(),
        );
        let parts = [text.as_bytes(), &mass, &recipe.to_bytes()].concat();
        hash::hex(&hash::sha256(&parts))[..16].to_owned()
    }
}

/// What a tile may use: a hundred times what the heaviest of the bundled worlds do; some seconds, a fraction of a gigabyte.
pub(crate) const LIMITS: Limits = Limits {
    gas: 200_000_000,
    shapes: 8_000_000,
    depth: 1024,
    function_depth: 512,
    vertices: 20_000_000,
    values: 20_000_000,
    output_bytes: 256 << 20,
};

/// What tiles look like: integers, instances, features, textures outside.
pub(crate) const OUTPUT: Output = Output {
    format: Format::Glb,
    embed_textures: false,
    instances: true,
    quantize: true,
    features: true,
};

/// What all recipes of tiles have in common.
pub(crate) fn tile_recipe(grammar: &Grammar) -> Recipe {
    Recipe {
        kernel: gable_runtime::kernel_hash(),
        module: grammar.hash(),
        limits: LIMITS,
        output: OUTPUT,
        texture_folder: TEXTURE_FOLDER.to_owned(),
        ..Recipe::default()
    }
}

fn kept(places: &[Place], plan: Plan) -> impl Iterator<Item = &Place> {
    places.iter().filter(move |place| is_kept(place, plan))
}

/// Whether a level shows a feature.
fn is_kept(place: &Place, plan: Plan) -> bool {
    place.size() >= plan.least
}

/// A feature as a volume: its footprint and the height that its content reaches.
fn volume(place: &Place) -> InitialShape {
    let points = place.shape.polygons.iter().flatten().flatten();
    let ground = points.map(|point| point[1]).fold(f64::INFINITY, f64::min);
    let height = (place.extent[1][1] - ground).max(0.1);
    InitialShape {
        start_rule: String::new(),
        attributes: vec![("height".to_owned(), Value::Float(height))],
        ..place.shape.clone()
    }
}

/// The least and greatest height of extents, with room for what finer levels add.
pub(crate) fn heights(extents: impl Iterator<Item = Extent>) -> [f64; 2] {
    let start = [f64::INFINITY, f64::NEG_INFINITY];
    let [low, high] = extents.fold(start, |[low, high], [least, greatest]| {
        [low.min(least[1]), high.max(greatest[1])]
    });
    if low > high {
        return [0.0, 1.0];
    }
    [
        (low - 2.0).floor(),
        (high + 0.25 * (high - low) + 5.0).ceil(),
    ]
}
