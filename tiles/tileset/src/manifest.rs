//! `manifest.json`: what Gable's own clients, and edges, want to know of a world beyond its tileset.

use serde::{Deserialize, Serialize};

/// A world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorldManifest {
    /// Its name in addresses.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it shows.
    pub description: String,
    /// Whose data it shows.
    pub attribution: Vec<String>,
    /// The kernel that its recipes need.
    pub kernel: Resource,
    /// Its layers.
    pub layers: Vec<LayerManifest>,
}

/// A layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerManifest {
    /// Its name in addresses.
    pub name: String,
    /// Changes with its content.
    pub revision: String,
    /// Levels of its tiles.
    pub levels: u8,
    /// None for cells, which need no counting.
    pub features: Option<usize>,
    /// Least and greatest east, north, up of the content of its features, metres; none for cells.
    #[serde(default)]
    pub extent: Option<[[f64; 3]; 2]>,
    /// Address of a tile's decision, with `{level}`, `{x}`, `{y}`.
    pub tile: String,
    /// Of its mesh.
    pub content: String,
    /// Of its recipe.
    pub recipe: String,
    /// Grammars that its recipes need.
    pub modules: Vec<Resource>,
    /// Assets that they need.
    pub assets: Vec<Resource>,
    /// What its grammar lets one set, for user interfaces: name, type, default, annotations.
    pub attributes: serde_json::Value,
}

/// Something that is named by its hash: a module of WebAssembly, or a prepared asset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// An asset's name in recipes; modules have none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its SHA-256, 64 hexadecimal digits.
    pub sha256: String,
    /// Its address on the server.
    pub uri: String,
    /// Its length.
    pub bytes: usize,
}
