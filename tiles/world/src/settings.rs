//! `world.toml` as data.
//!
//! ```toml
//! name = "San Francisco"
//! attribution = ["Building footprints © OpenStreetMap contributors, ODbL 1.0"]
//! origin = [-122.4357, 37.7754, 0.0]      # longitude, latitude (degrees), height (m); default: the middle of the features
//!
//! [[layer]]
//! name = "buildings"
//! features = "bundled:san-francisco.geojson"   # or a path beside this file, or one lot in metres: "lot:30x20"
//! grammar = "city"                             # a bundled grammar or a path beside this file
//! set = { highRiseFrom = 40 }                  # attributes for all features
//! map = { height = "eaves" }                   # attributes from properties of the features
//! tile = 128.0                                 # metres: side of the finest tiles
//! detail = [0, 1, 2]                           # the grammar's LOD, from coarse to fine, one level of tiles each
//! error = 1.0                                  # metres: the smallest thing that the finest level leaves out
//! neighbourhood = 100.0                        # metres: how far rules look for labels of other features
//!
//! [[layer]]
//! name = "ground"
//! cells = { side = 256.0, levels = 8 }         # instead of features: squares, 2^(levels-1) a side, around the origin
//! grammar = "ground"
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::WorldError;

/// A `world.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorldSettings {
    /// For people.
    pub name: String,
    /// A sentence about it.
    #[serde(default)]
    pub description: String,
    /// Whose data it shows: to be shown wherever the world is.
    #[serde(default)]
    pub attribution: Vec<String>,
    /// Longitude and latitude in degrees and height in metres of the point (0, 0, 0). By default the middle of the first
    /// layer's features; a world of cells alone then lies nowhere on Earth.
    pub origin: Option<[f64; 3]>,
    /// Folders with models and textures, searched before those beside the grammars.
    #[serde(default)]
    pub assets: Vec<PathBuf>,
    /// The layers, drawn together.
    #[serde(rename = "layer")]
    pub layers: Vec<LayerSettings>,
}

/// A layer: features or cells, and the grammar that runs on each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerSettings {
    /// Part of addresses: lower-case letters, digits, `-`, `_`.
    pub name: String,
    /// The grammar: a path beside the world's file, or the name of a bundled one.
    pub grammar: PathBuf,
    /// Where the initial shapes come from: a file (see `gable generate --features`), `bundled:san-francisco.geojson`, or one
    /// lot of so many metres (`lot:30x20`).
    pub features: Option<String>,
    /// Instead of features: the squares of a grid.
    pub cells: Option<CellSettings>,
    /// The rule to start with; by default the first marked `@StartRule`.
    pub start: Option<String>,
    /// Seed of all random choices.
    #[serde(default)]
    pub seed: u64,
    /// Attribute values for all features.
    #[serde(default)]
    pub set: BTreeMap<String, toml::Value>,
    /// Attributes that take their values from properties: attribute = property.
    #[serde(default)]
    pub map: BTreeMap<String, String>,
    /// Only features that touch this box: west, south, east, north, in degrees (or metres of projected data).
    pub bounds: Option<[f64; 4]>,
    /// The layer of vector tiles.
    pub source_layer: Option<String>,
    /// Side of the finest tiles, metres. [default: 128; cells: their side]
    pub tile: Option<f64>,
    /// Values of the grammar's attribute `LOD`, from coarse to fine: one level of tiles each, the last for the finest.
    /// Of levels that are coarser still, tiles of features leave out small ones, and tiles of cells are one square each,
    /// 2^k cells wide, with `LOD` = -k. [default: 0, 1, 2 when the grammar has that attribute]
    pub detail: Option<Vec<f64>>,
    /// Geometric error of the finest level, metres: the size of the smallest thing that it leaves out. Each coarser level
    /// leaves out things of twice the size. [default: a 128th of a tile]
    pub error: Option<f64>,
    /// How far, in metres, rules look for labelled shapes of other features (`minimumDistance(inter, ...)` and the like);
    /// for occlusion it is always a metre. [default: 100]
    pub neighbourhood: Option<f64>,
}

/// Squares of a grid around the origin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellSettings {
    /// Side of a square, metres: also that of the finest tiles.
    pub side: f64,
    /// Levels of the quadtree: there are 2^(levels-1) squares a side.
    pub levels: u8,
}

/// Beyond this from the origin, 32-bit coordinates of clients are coarser than a centimetre.
const FARTHEST: f64 = 80_000.0;

impl WorldSettings {
    /// Reads a text; `file` is for messages.
    ///
    /// # Errors
    /// [`WorldError::Syntax`] with line and column, [`WorldError::Setting`] for what cannot be.
    pub fn parse(file: &str, text: &str) -> Result<Self, WorldError> {
        let settings: Self = toml::from_str(text).map_err(|error| WorldError::Syntax {
            file: file.to_owned(),
            message: error.to_string(),
        })?;
        settings.checked(file)?;
        Ok(settings)
    }

    /// Whether it can be; `file` is for messages.
    pub(crate) fn checked(&self, file: &str) -> Result<(), WorldError> {
        let wrap = |(place, message)| WorldError::Setting {
            file: file.to_owned(),
            place,
            message,
        };
        self.check().map_err(wrap)
    }

    fn check(&self) -> Result<(), (String, String)> {
        let wrong = |place: &str, message: &str| Err((place.to_owned(), message.to_owned()));
        if self.layers.is_empty() {
            return wrong(
                "layer",
                "a world has at least one: add `[[layer]]` with `name`, `grammar` and `features`",
            );
        }
        if let Some([longitude, latitude, height]) = self.origin
            && !(longitude.abs() <= 180.0 && latitude.abs() <= 90.0 && height.abs() < 1e5)
        {
            return wrong(
                "origin",
                "expected [longitude, latitude, height] in degrees and metres",
            );
        }
        for (number, layer) in self.layers.iter().enumerate() {
            layer
                .check()
                .map_err(|message| (format!("layer `{}`", layer.name), message))?;
            if self.layers[..number]
                .iter()
                .any(|other| other.name == layer.name)
            {
                return wrong(
                    &format!("layer `{}`", layer.name),
                    "another layer has this name",
                );
            }
        }
        Ok(())
    }
}

impl LayerSettings {
    fn check(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if self.name.is_empty() || !self.name.chars().all(plain) {
            return Err("names are made of lower-case letters, digits, `-` and `_`".to_owned());
        }
        if self.features.is_some() == self.cells.is_some() {
            return Err("give either `features` or `cells`".to_owned());
        }
        if let Some(CellSettings { side, levels }) = self.cells {
            let reach = side * f64::from(1_u32 << (levels.clamp(1, 30) - 1)) / 2.0;
            if !(side >= 1.0 && (1..=24).contains(&levels) && reach <= FARTHEST) {
                return Err(format!(
                    "cells: expected a side of at least 1 m and levels such that side * 2^(levels-2) is at most {FARTHEST} m"
                ));
            }
            if self.tile.is_some() {
                return Err("`tile` is the side of the cells; leave it out".to_owned());
            }
        }
        if self
            .tile
            .is_some_and(|tile| !(1.0..=10_000.0).contains(&tile))
        {
            return Err("tile: expected 1 to 10000 metres".to_owned());
        }
        if self
            .error
            .is_some_and(|error| !(0.001..=1000.0).contains(&error))
        {
            return Err("error: expected 0.001 to 1000 metres".to_owned());
        }
        if self
            .neighbourhood
            .is_some_and(|metres| !(0.0..=10_000.0).contains(&metres))
        {
            return Err("neighbourhood: expected 0 to 10000 metres".to_owned());
        }
        let ordered = |detail: &Vec<f64>| {
            (1..=8).contains(&detail.len())
                && detail.is_sorted()
                && detail.iter().all(|lod| lod.is_finite())
        };
        if !self.detail.as_ref().is_none_or(ordered) {
            return Err(
                "detail: expected 1 to 8 values of LOD that do not fall, such as [0, 1, 2]"
                    .to_owned(),
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        WorldSettings::parse("world.toml", text)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_world_is_read_and_what_is_left_out_has_defaults() {
        let text = "name = 'W'\n[[layer]]\nname = 'houses'\ngrammar = 'city'\nfeatures = 'a.geojson'\nset = { x = 1, y = 'b' }";
        let world = WorldSettings::parse("world.toml", text).unwrap();
        assert_eq!(world.layers[0].set.len(), 2);
        assert_eq!((world.layers[0].tile, world.origin), (None, None));
    }

    #[test]
    fn mistakes_are_named_with_place_and_cure() {
        let misspelt = message("name = 'W'\n[[layer]]\nname = 'a'\ngrammer = 'city'\n");
        assert!(
            misspelt.contains("line 4") && misspelt.contains("grammer"),
            "{misspelt}"
        );
        let layer = |rest: &str| {
            message(&format!(
                "name = 'W'\n[[layer]]\nname = 'a'\ngrammar = 'c'\n{rest}"
            ))
        };
        assert!(layer("").contains("either `features` or `cells`"));
        assert!(layer("features = 'x'\ntile = 0").contains("1 to 10000 metres"));
        assert!(layer("cells = { side = 256.0, levels = 20 }").contains("at most 80000 m"));
        assert!(layer("features = 'x'\ndetail = [2, 1]").contains("do not fall"));
        assert!(layer("features = 'x'\ndetail = [nan]").contains("do not fall"));
        assert!(message("name = 'W'\nlayer = []").contains("at least one"));
        assert!(message("name = 'W'\norigin = [500, 0, 0]\n[[layer]]\nname = 'a'\ngrammar = 'c'\nfeatures = 'x'").contains("longitude"));
    }
}
