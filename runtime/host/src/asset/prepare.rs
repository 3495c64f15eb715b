//! Files to prepared assets, by ending.

use std::path::PathBuf;

use gable_kernel::asset::Asset;

/// Why a file did not become an asset.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AssetError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what its name says, or damaged.
    #[error("{name}{}: {cause}; {cure}", .place.as_ref().map(|place| format!(":{place}")).unwrap_or_default())]
    Damaged {
        /// The asset's name.
        name: String,
        /// Line or byte offset, where known.
        place: Option<String>,
        /// What is wrong.
        cause: String,
        /// What to do.
        cure: String,
    },
}

/// Prepares a file; `related` gives files that it names (MTL, textures), by name relative to the asset root.
///
/// # Errors
/// [`AssetError::Damaged`] naming file, place, cause and cure.
pub fn prepare(
    name: &str,
    _bytes: &[u8],
    _related: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> Result<Asset, AssetError> {
    Err(AssetError::Damaged {
        name: name.to_owned(),
        place: None,
        cause: "this kind of file cannot be read".to_owned(),
        cure: "use OBJ, GLB, PNG or JPEG".to_owned(),
    })
}
