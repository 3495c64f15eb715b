//! A world, opened.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gable_compiler::about::start_rules;
use gable_features::{AttributeMapping, Feature, Features, Frame, Origin, ReadOptions};
use gable_kernel::recipe::{AssetReference, InitialShape, Recipe, Value};
use gable_runtime::Engine;
use gable_runtime::asset::AssetStore;
use gable_tileset::geodesy::EastNorthUp;
use gable_tileset::{LayerTiles, Tileset};

use crate::cells::Cells;
use crate::error::WorldError;
use crate::extent::{self, Extent};
use crate::grammar::{Grammar, GrammarFailure};
use crate::initial::{initial_shape, parse_lot, parse_value, settable};
use crate::layer::{Layer, Parts, Source, heights, tile_recipe};
use crate::library::{bundle, package};
use crate::neighbours::{self, Neighbours};
use crate::places::Places;
use crate::settings::{LayerSettings, WorldSettings};

/// Where content finds its textures, from its own address `{layer}/{revision}/content/{level}/{x}/{y}.glb`.
pub const TEXTURE_FOLDER: &str = "../../../../../assets/";

/// Side of the finest tiles of features, metres.
const TILE: f64 = 128.0;
/// A side of a tile by this is the default error of the finest level.
const SIDES_PER_ERROR: f64 = 128.0;
/// Coordinates are multiples of this, metres: recipes compress far better, and nobody sees it.
const GRID: f64 = 1.0 / 1024.0;
/// Instead of a file with features: one rectangular lot, such as `lot:30x20`.
const LOT: &str = "lot:";
/// How far queries of labels look when the world's file does not say, metres.
const NEIGHBOURHOOD: f64 = 100.0;

/// The bundled grammar that stands in for those without levels of detail.
const MASS: &str = "lib/mass";

/// A world: layers, drawn together.
#[derive(Debug)]
pub struct World {
    id: String,
    settings: WorldSettings,
    layers: Vec<Layer>,
    assets: AssetStore,
    /// Takes its metres to Earth; none for a world of its own.
    transform: Option<[f64; 16]>,
    files: Vec<PathBuf>,
}

impl World {
    /// Opens a `world.toml`, a folder that has one, or a bundled world.
    ///
    /// # Errors
    /// [`WorldError`], naming file or layer, cause and cure.
    pub fn open(name: &Path, engine: &Engine) -> Result<Self, WorldError> {
        let (text, file) = read(name)?;
        let shown = file.as_deref().unwrap_or(name).display().to_string();
        let settings = WorldSettings::parse(&shown, &text)?;
        let folder = file
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new(""));
        let id = id_of(name, file.as_deref());
        let opening = Opening {
            folder: folder.to_owned(),
            bundled: file.is_none(),
            files: file.iter().cloned().collect(),
            ..Opening::new(shown, engine)
        };
        opening.open(id, settings)
    }

    /// Opens a world that is in no file. Its name is for addresses and messages; its paths are those of the current
    /// folder.
    ///
    /// # Errors
    /// [`WorldError`], naming layer, cause and cure.
    pub fn with_settings(settings: WorldSettings, engine: &Engine) -> Result<Self, WorldError> {
        let id = plain(&settings.name);
        settings.checked(&settings.name)?;
        Opening::new(settings.name.clone(), engine).open(id, settings)
    }

    /// Its name in addresses: that of its folder, file or bundle.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What its file says.
    pub fn settings(&self) -> &WorldSettings {
        &self.settings
    }

    /// Its layers.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// A layer by name.
    pub fn layer(&self, name: &str) -> Option<&Layer> {
        self.layers.iter().find(|layer| layer.name() == name)
    }

    /// Its assets by name and hash.
    pub fn assets(&self) -> &AssetStore {
        &self.assets
    }

    /// Takes its metres to Earth, by columns; none for a world of its own.
    pub fn transform(&self) -> Option<[f64; 16]> {
        self.transform
    }

    /// The files and folders that it was read from: when one changes, open it again.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Its tileset: what clients read first.
    pub fn tileset(&self) -> Tileset {
        let layers: Vec<LayerTiles> = self.layers.iter().map(Layer::describe).collect();
        self.tileset_of(&layers)
    }

    /// A tileset of some of its layers, or parts of them.
    pub fn tileset_of(&self, layers: &[LayerTiles]) -> Tileset {
        gable_tileset::World {
            layers,
            transform: self.transform,
            attribution: &self.settings.attribution,
            gltf_extensions: GLTF_EXTENSIONS,
        }
        .tileset()
    }
}

/// The extensions that content uses.
const GLTF_EXTENSIONS: &[&str] = &[
    "EXT_mesh_features",
    "EXT_mesh_gpu_instancing",
    "EXT_meshopt_compression",
    "EXT_instance_features",
    "EXT_structural_metadata",
    "KHR_mesh_quantization",
    "KHR_texture_transform",
];

/// The text of a world, and its file unless it is bundled.
fn read(name: &Path) -> Result<(String, Option<PathBuf>), WorldError> {
    let inside = name.join("world.toml");
    let file = if name.is_dir() && inside.exists() {
        &inside
    } else {
        name
    };
    if file.is_file() {
        let text = std::fs::read_to_string(file).map_err(|source| WorldError::Read {
            path: file.to_owned(),
            source,
        })?;
        return Ok((text, Some(file.to_owned())));
    }
    let bundled = name.to_str().and_then(bundle::world);
    let text = bundled.ok_or_else(|| WorldError::Unknown {
        name: name.display().to_string(),
        bundled: bundle::worlds().join(", "),
    })?;
    Ok((text.to_owned(), None))
}

/// A name for addresses: `cities/delft/world.toml` and `delft.toml` are `delft`.
fn id_of(name: &Path, file: Option<&Path>) -> String {
    let path = file.map_or_else(
        || name.to_owned(),
        |file| std::path::absolute(file).unwrap_or(file.to_owned()),
    );
    let stem = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    let id = if stem == "world" {
        folder.to_string_lossy().into_owned()
    } else {
        stem
    };
    plain(&id)
}

/// A text with nothing but what may be in addresses.
fn plain(text: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let id: String = text.chars().map(plain).collect();
    if id.is_empty() {
        "world".to_owned()
    } else {
        id
    }
}

/// A world being opened.
struct Opening<'a> {
    /// For messages.
    file: String,
    folder: PathBuf,
    bundled: bool,
    engine: &'a Engine,
    origin: Option<Origin>,
    on_earth: bool,
    files: Vec<PathBuf>,
}

impl<'a> Opening<'a> {
    /// Of files in the current folder.
    fn new(file: String, engine: &'a Engine) -> Self {
        Self {
            file,
            folder: PathBuf::new(),
            bundled: false,
            engine,
            origin: None,
            on_earth: false,
            files: Vec::new(),
        }
    }

    fn open(mut self, id: String, settings: WorldSettings) -> Result<World, WorldError> {
        self.origin = settings.origin.map(|[longitude, latitude, height]| Origin {
            longitude,
            latitude,
            height,
        });
        self.on_earth = settings.origin.is_some();
        let grammars = settings.layers.iter().map(|layer| self.grammar(layer));
        let grammars: Vec<Grammar> = grammars.collect::<Result<_, _>>()?;
        let assets = self.assets(&settings, &grammars)?;
        let pairs = settings.layers.iter().zip(grammars);
        let layers = pairs.map(|(layer, grammar)| self.layer(layer, grammar, &assets));
        let layers: Vec<Layer> = layers.collect::<Result<_, _>>()?;
        let transform = self.origin.filter(|_| self.on_earth).map(|origin| {
            EastNorthUp::at(origin.longitude, origin.latitude, origin.height).transform()
        });
        Ok(World {
            id,
            settings,
            layers,
            assets,
            transform,
            files: self.files,
        })
    }

    fn setting(&self, layer: &LayerSettings, key: &str, message: String) -> WorldError {
        WorldError::Setting {
            file: self.file.clone(),
            place: format!("layer `{}`, {key}", layer.name),
            message,
        }
    }

    /// A path beside the world's file; what is not there may be bundled.
    fn beside(&self, path: &Path) -> PathBuf {
        let joined = self.folder.join(path);
        let is_there = joined.exists() || package::split(&joined).is_some();
        if self.bundled || !is_there {
            path.to_owned()
        } else {
            joined
        }
    }

    fn grammar(&mut self, layer: &LayerSettings) -> Result<Grammar, WorldError> {
        let mut path = self.beside(&layer.grammar);
        if self.bundled {
            // A file of that name in the current folder is not meant.
            path = PathBuf::from(format!("{}{}", bundle::PREFIX, layer.grammar.display()));
        }
        let grammar = self.load(layer, &path)?;
        self.files.extend_from_slice(grammar.files());
        Ok(grammar)
    }

    fn load(&self, layer: &LayerSettings, path: &Path) -> Result<Grammar, WorldError> {
        Grammar::load(path, self.engine).map_err(|failure| match failure {
            GrammarFailure::Missing(message) => self.setting(layer, "grammar", message),
            GrammarFailure::Engine(error) => WorldError::Engine(error),
            GrammarFailure::Errors(diagnostics) => WorldError::Grammar {
                file: self.file.clone(),
                layer: layer.name.clone(),
                diagnostics,
            },
        })
    }

    /// Models and textures: from the world's folders, beside the grammars, from their packages, from the bundle.
    fn assets(
        &mut self,
        settings: &WorldSettings,
        grammars: &[Grammar],
    ) -> Result<AssetStore, WorldError> {
        let mut folders: Vec<PathBuf> = settings
            .assets
            .iter()
            .map(|path| self.folder.join(path))
            .collect();
        let mut packages = Vec::new();
        for file in grammars
            .iter()
            .filter_map(|grammar| grammar.files().first())
        {
            if package::split(file).is_some() {
                packages.push(file);
                continue;
            }
            let folder = file.parent().unwrap_or(Path::new("."));
            let beside = [folder.join("assets"), folder.join("../assets")];
            folders.extend(beside.into_iter().filter(|path| path.is_dir()));
        }
        let wrap = |source| WorldError::Assets {
            file: self.file.clone(),
            source: Box::new(source),
        };
        let mut store = AssetStore::from_folders(&folders).map_err(wrap)?;
        self.files.extend(folders);
        for package in packages {
            let files = package::assets(package).map_err(|error| WorldError::Setting {
                file: self.file.clone(),
                place: "grammar".to_owned(),
                message: error.to_string(),
            })?;
            store.add_fallbacks(files);
        }
        let bundled = bundle::assets().into_iter();
        store.add_fallbacks(bundled.map(|(name, bytes)| (name, bytes.to_vec())));
        Ok(store)
    }

    fn layer(
        &mut self,
        settings: &LayerSettings,
        grammar: Grammar,
        assets: &AssetStore,
    ) -> Result<Layer, WorldError> {
        let start_rule = self.start_rule(settings, &grammar)?;
        let attributes = self.attributes(settings, &grammar)?;
        let detail = self.detail(settings, &grammar)?;
        let mut warnings: Vec<String> = Vec::new();
        if !grammar.warnings().is_empty() {
            warnings.push(grammar.warnings().to_owned());
        }
        warnings.extend(assets.errors().iter().map(ToString::to_string));
        let shapes = match &settings.features {
            None => Vec::new(),
            Some(features) => {
                let features = self.features(settings, features)?;
                warnings.extend(repairs(&features));
                let shape = |feature: &Feature| {
                    snapped(initial_shape(feature, &start_rule, grammar.manifest()))
                };
                features.features.iter().map(shape).collect()
            }
        };
        let references = grammar.assets(assets, &texts(&attributes, &shapes));
        let neighbourhood = settings.neighbourhood.unwrap_or(NEIGHBOURHOOD);
        let trial = Trial {
            neighbourhood,
            grammar: &grammar,
            attributes: &attributes,
            lod: detail.first().copied(),
            references: &references,
            seed: settings.seed,
        };
        let mut left_out = Vec::new();
        let (source, heights) = match settings.cells {
            Some(cells) => {
                let cells = Cells::new(cells);
                let heights = trial.heights(&cells, &start_rule, assets, &mut left_out);
                (Source::Cells(cells), heights)
            }
            None => {
                let placed = trial.extents(shapes, assets, &mut left_out);
                let heights = heights(placed.iter().map(|(_, extent)| *extent));
                (
                    Source::Places(Places::new(placed, settings.tile.unwrap_or(TILE))),
                    heights,
                )
            }
        };
        let mass = match (&source, detail.is_empty()) {
            (Source::Places(_), true) => {
                let path = PathBuf::from(format!("{}{MASS}", bundle::PREFIX));
                Some(self.load(settings, &path)?)
            }
            _ => None,
        };
        let side = settings
            .cells
            .map_or(settings.tile.unwrap_or(TILE), |cells| cells.side);
        Ok(Layer::new(Parts {
            name: settings.name.clone(),
            mass,
            source,
            start_rule,
            seed: settings.seed,
            attributes,
            detail,
            error: settings.error.unwrap_or(side / SIDES_PER_ERROR),
            neighbourhood,
            heights,
            assets: references,
            left_out,
            warnings,
            grammar,
        }))
    }

    fn start_rule(
        &self,
        settings: &LayerSettings,
        grammar: &Grammar,
    ) -> Result<String, WorldError> {
        let names = start_rules(grammar.manifest());
        match &settings.start {
            None if names.is_empty() => Err(self.setting(
                settings,
                "grammar",
                "it has no rule without parameters to start with; add one, such as `@StartRule Lot --> extrude(10)`".to_owned(),
            )),
            None => Ok(String::new()),
            Some(name) if names.contains(&name.as_str()) => Ok(name.clone()),
            Some(name) => Err(self.setting(
                settings,
                "start",
                format!("the grammar has no rule `{name}` without parameters (it has: {})", names.join(", ")),
            )),
        }
    }

    fn attributes(
        &self,
        settings: &LayerSettings,
        grammar: &Grammar,
    ) -> Result<Vec<(String, Value)>, WorldError> {
        let mut attributes = Vec::new();
        for (name, value) in &settings.set {
            let attribute = settable(grammar.manifest(), name).map_err(|names| {
                let message = format!("the grammar has no attribute `{name}` (it has: {names})");
                self.setting(settings, "set", message)
            })?;
            let text = text_of(value);
            let value = parse_value(attribute, &text)
                .map_err(|message| self.setting(settings, "set", message))?;
            attributes.push((name.clone(), value));
        }
        Ok(attributes)
    }

    fn detail(&self, settings: &LayerSettings, grammar: &Grammar) -> Result<Vec<f64>, WorldError> {
        match (&settings.detail, grammar.has_attribute("LOD")) {
            (Some(detail), true) => Ok(detail.clone()),
            (None, true) => Ok(vec![0.0, 1.0, 2.0]),
            (None, false) => Ok(Vec::new()),
            (Some(_), false) => Err(self.setting(
                settings,
                "detail",
                "the grammar has no attribute LOD; leave `detail` out, and coarse levels show volumes".to_owned(),
            )),
        }
    }

    fn features(&mut self, settings: &LayerSettings, name: &str) -> Result<Features, WorldError> {
        let wrap = |source| WorldError::Features {
            file: self.file.clone(),
            layer: settings.name.clone(),
            source: Box::new(source),
        };
        let mut mapping = AttributeMapping::default();
        for (attribute, property) in &settings.map {
            mapping = mapping
                .with(&format!("{attribute}={property}"))
                .map_err(wrap)?;
        }
        let bounds = settings
            .bounds
            .map(|[west, south, east, north]| gable_features::Bounds {
                west,
                south,
                east,
                north,
            });
        let options = ReadOptions {
            origin: self.origin,
            bounds,
            layer: settings.source_layer.clone(),
            mapping,
        };
        let features = if let Some(sides) = name.strip_prefix(LOT) {
            let lot = parse_lot(sides);
            lot.map_err(|message| self.setting(settings, "features", message))?
        } else if name.starts_with(bundle::PREFIX) {
            gable_features::bundled(&options).map_err(wrap)?
        } else {
            let path = self.beside(Path::new(name));
            let features = gable_features::read(&path, &options).map_err(wrap)?;
            self.files.push(path);
            features
        };
        match features.frame {
            Frame::LocalTangent { origin } => {
                self.origin.get_or_insert(origin);
                self.on_earth = true;
            }
            // A map's own metres: the world lies where the map says, not on the ellipsoid.
            Frame::Projected {
                easting,
                northing,
                height,
                ..
            } => {
                self.origin.get_or_insert(Origin {
                    longitude: easting,
                    latitude: northing,
                    height,
                });
                self.on_earth = false;
            }
        }
        Ok(features)
    }
}

/// Trial runs of a layer's grammar at its coarsest, to see how far content reaches.
struct Trial<'a> {
    grammar: &'a Grammar,
    attributes: &'a [(String, Value)],
    lod: Option<f64>,
    references: &'a [AssetReference],
    seed: u64,
    neighbourhood: f64,
}

impl Trial<'_> {
    fn recipe(&self, shapes: Vec<InitialShape>) -> Recipe {
        let mut attributes = self.attributes.to_vec();
        if let Some(lod) = self.lod
            && !attributes.iter().any(|(name, _)| name == "LOD")
        {
            attributes.push(("LOD".to_owned(), Value::Float(lod)));
        }
        Recipe {
            assets: self.references.to_vec(),
            shapes,
            attributes,
            neighbourhood: self.neighbourhood,
            seed: self.seed,
            ..tile_recipe(self.grammar)
        }
    }

    /// The shapes on which the grammar runs, and how far their content reaches.
    fn extents(
        &self,
        shapes: Vec<InitialShape>,
        assets: &AssetStore,
        left_out: &mut Vec<String>,
    ) -> Vec<(InitialShape, Extent)> {
        let (shapes, large): (Vec<_>, Vec<_>) =
            (shapes.into_iter()).partition(|shape| corners(shape) <= MOST_CORNERS);
        left_out.extend(large.iter().map(|shape| {
            let (name, corners) = (&shape.name, corners(shape));
            format!(
                "{name}: its footprint has {corners} corners, more than {MOST_CORNERS}: simplify it"
            )
        }));
        let one = |number: usize| self.recipe(vec![shapes[number].clone()]);
        let results = extent::measure(self.grammar.rules(), assets, shapes.len(), one);
        let with_footprint = |shape: InitialShape| {
            let extent = footprint(&shape);
            (shape, extent)
        };
        let shapes = shapes.into_iter().map(with_footprint).collect();
        let placed = reached(shapes, results, left_out);
        let queries = self.grammar.manifest().queries;
        let Some(reach) = neighbours::reach(queries, self.neighbourhood) else {
            return placed;
        };
        // Those on which the grammar runs, once more, among each other.
        let neighbours = Neighbours::new(placed.iter().map(|(shape, _)| shape), reach);
        let one = |number: usize| {
            let near = neighbours.of(std::iter::once(number)).into_iter();
            Recipe {
                context: near.map(|number| placed[number].0.clone()).collect(),
                ..self.recipe(vec![placed[number].0.clone()])
            }
        };
        let results = extent::measure(self.grammar.rules(), assets, placed.len(), one);
        reached(placed, results, left_out)
    }

    /// The heights that a sample of cells reach: some around the origin, some far off.
    fn heights(
        &self,
        cells: &Cells,
        start_rule: &str,
        assets: &AssetStore,
        left_out: &mut Vec<String>,
    ) -> [f64; 2] {
        let finest = cells.levels() - 1;
        let wide = 1_u32 << finest;
        let steps = wide.min(8);
        let places = (0..steps * steps)
            .map(|k| [k % steps, k / steps].map(|k| k * (wide / steps) + (k * 5) % (wide / steps)));
        let tiles: Vec<_> = places
            .filter_map(|[x, y]| gable_tileset::TileId::new(finest, x, y).ok())
            .collect();
        let one = |number: usize| {
            let mut shapes = cells.of_tile(tiles[number], start_rule, self.seed);
            self.grammar.drop_unknown(&mut shapes);
            self.recipe(shapes)
        };
        let results = extent::measure(self.grammar.rules(), assets, tiles.len(), one);
        let mut extents = Vec::new();
        for result in results {
            match result {
                Ok(extent) => extents.extend(extent),
                Err(reason) => left_out.push(reason),
            }
        }
        let [low, high] = heights(extents.into_iter());
        // What was not sampled may be higher.
        [low, (2.0 * high).ceil()]
    }
}

/// Shapes with how far they and their content reach, without those that gave none.
fn reached(
    shapes: Vec<(InitialShape, Extent)>,
    results: Vec<Result<Option<Extent>, String>>,
    left_out: &mut Vec<String>,
) -> Vec<(InitialShape, Extent)> {
    let mut placed = Vec::new();
    for ((shape, own), result) in shapes.into_iter().zip(results) {
        match result {
            Ok(extent) => {
                let extent = extent.map_or(own, |extent| extent::union(extent, own));
                placed.push((shape, extent));
            }
            Err(reason) => left_out.push(format!("{}: {reason}", shape.name)),
        }
    }
    placed
}

/// A footprint with more corners is a mistake of its data.
const MOST_CORNERS: usize = 100_000;

fn corners(shape: &InitialShape) -> usize {
    shape.polygons.iter().flatten().map(Vec::len).sum()
}

/// The box of a footprint.
fn footprint(shape: &InitialShape) -> Extent {
    let points = shape.polygons.iter().flatten().flatten();
    let start = [[f64::INFINITY; 3], [f64::NEG_INFINITY; 3]];
    points.fold(start, |reach, &point| extent::union(reach, [point, point]))
}

/// Coordinates on a fine grid.
fn snapped(mut shape: InitialShape) -> InitialShape {
    for point in shape.polygons.iter_mut().flatten().flatten() {
        // Plus zero: no minus zero.
        *point = point.map(|number| (number / GRID).round() * GRID + 0.0);
    }
    shape
}

/// All texts among values of attributes: they may name assets.
fn texts<'a>(attributes: &'a [(String, Value)], shapes: &'a [InitialShape]) -> BTreeSet<&'a str> {
    let all = shapes
        .iter()
        .flat_map(|shape| &shape.attributes)
        .chain(attributes);
    all.flat_map(|(_, value)| match value {
        Value::String(text) => vec![text.as_str()],
        Value::StringArray(rows) => rows.iter().flatten().map(String::as_str).collect(),
        Value::Float(_) | Value::Bool(_) | Value::FloatArray(_) | Value::BoolArray(_) => Vec::new(),
    })
    .collect()
}

/// A value of `set` as the command line would have it.
fn text_of(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(values) => {
            let parts: Vec<String> = values.iter().map(text_of).collect();
            parts.join(",")
        }
        other => other.to_string(),
    }
}

/// What was mended or dropped while reading, in a line each kind.
fn repairs(features: &Features) -> Vec<String> {
    let counts = features.warning_counts();
    let line = |(code, count): (&&str, &usize)| format!("features: {code}: {count}");
    counts.iter().map(line).collect()
}
