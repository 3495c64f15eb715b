//! Why a world cannot be opened.

use std::path::PathBuf;

use gable_features::FeatureError;
use gable_runtime::GenerateError;
use gable_runtime::asset::AssetError;

/// Why a world cannot be opened. Each names the file or layer, the cause and what to do.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// A file that cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Neither a file, nor a folder with a `world.toml`, nor a bundled world.
    #[error(
        "{name} is neither a world.toml, nor a folder that has one, nor a bundled world (those are: {bundled})"
    )]
    Unknown {
        /// What was asked for.
        name: String,
        /// The names there are.
        bundled: String,
    },
    /// The text is no world.
    #[error("{file}: {message}")]
    Syntax {
        /// The file.
        file: String,
        /// Line, column and cause.
        message: String,
    },
    /// A setting that cannot be.
    #[error("{file}: {place}: {message}")]
    Setting {
        /// The file.
        file: String,
        /// The layer and key.
        place: String,
        /// What is wrong and what is expected.
        message: String,
    },
    /// A grammar with errors.
    #[error("{file}: layer `{layer}`: the grammar has errors\n{diagnostics}")]
    Grammar {
        /// The world's file.
        file: String,
        /// The layer.
        layer: String,
        /// The messages, drawn.
        diagnostics: String,
    },
    /// Features that cannot be read.
    #[error("{file}: layer `{layer}`: {source}")]
    Features {
        /// The world's file.
        file: String,
        /// The layer.
        layer: String,
        /// Why.
        source: Box<FeatureError>,
    },
    /// A folder of assets that cannot be read.
    #[error("{file}: {source}")]
    Assets {
        /// The world's file.
        file: String,
        /// Why.
        source: Box<AssetError>,
    },
    /// The engine refuses.
    #[error(transparent)]
    Engine(#[from] GenerateError),
}
