//! Models and textures: prepared once, addressed by content.
//!
//! [`prepare`] turns files (OBJ with MTL, GLB, PNG, JPEG) into [`gable_kernel::asset::Asset`]s; the store keeps prepared
//! bytes by name and by SHA-256.

mod prepare;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gable_kernel::recipe::AssetReference;

use crate::hash;

pub use prepare::{AssetError, prepare};

/// File endings that can be prepared.
const ENDINGS: &[&str] = &["obj", "glb", "gltf", "png", "jpg", "jpeg"];

/// Files by the names that grammars use, prepared on demand.
#[derive(Debug, Default)]
pub struct AssetStore {
    files: BTreeMap<String, Vec<u8>>,
    prepared: std::sync::OnceLock<Prepared>,
}

/// Everything that could be prepared, and what could not.
#[derive(Debug, Default)]
struct Prepared {
    by_hash: BTreeMap<[u8; 32], Vec<u8>>,
    references: Vec<AssetReference>,
    errors: Vec<AssetError>,
}

impl AssetStore {
    /// All model and image files below folders; names are relative, with `/`. Earlier folders win.
    ///
    /// # Errors
    /// [`AssetError::Read`] for folders and files that cannot be read.
    pub fn from_folders(folders: &[PathBuf]) -> Result<Self, AssetError> {
        let mut store = Self::default();
        for folder in folders {
            store.add_folder(folder, folder)?;
        }
        Ok(store)
    }

    fn add_folder(&mut self, root: &Path, folder: &Path) -> Result<(), AssetError> {
        let wrap = |source| AssetError::Read { path: folder.to_owned(), source };
        let mut paths: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(wrap)? {
            paths.push(entry.map_err(wrap)?.path());
        }
        paths.sort();
        for path in paths {
            if path.is_dir() {
                self.add_folder(root, &path)?;
            } else if let Ok(relative) = path.strip_prefix(root) {
                let name = relative.to_string_lossy().replace('\\', "/");
                if is_asset(&name) && !self.files.contains_key(&name) {
                    let bytes = std::fs::read(&path).map_err(|source| AssetError::Read { path: path.clone(), source })?;
                    self.files.insert(name, bytes);
                }
            }
        }
        Ok(())
    }

    /// Adds a file, replacing one of the same name.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) {
        self.files.insert(name.to_owned(), bytes);
        self.prepared = std::sync::OnceLock::new();
    }

    /// Adds a file unless there is one of that name.
    pub fn add_fallback(&mut self, name: &str, bytes: Vec<u8>) {
        if !self.files.contains_key(name) {
            self.add(name, bytes);
        }
    }

    /// The file as it was added.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    /// Names and hashes of all assets that could be prepared, sorted by name.
    pub fn references(&self) -> Vec<AssetReference> {
        self.prepared().references.clone()
    }

    /// Files that could not be prepared: each says file, place, cause and cure.
    pub fn errors(&self) -> &[AssetError] {
        &self.prepared().errors
    }

    /// Prepared bytes by their SHA-256.
    pub fn by_hash(&self, hash: &[u8; 32]) -> Option<&[u8]> {
        self.prepared().by_hash.get(hash).map(Vec::as_slice)
    }

    fn prepared(&self) -> &Prepared {
        self.prepared.get_or_init(|| {
            let mut prepared = Prepared::default();
            for (name, bytes) in self.files.iter().filter(|(name, _)| !name.ends_with(".mtl")) {
                match prepare(name, bytes, &|related| self.files.get(related).cloned()) {
                    Ok(asset) => {
                        let bytes = asset.to_bytes();
                        let hash = hash::sha256(&bytes);
                        prepared.references.push(AssetReference { name: name.clone(), hash });
                        prepared.by_hash.insert(hash, bytes);
                    }
                    Err(error) => prepared.errors.push(error),
                }
            }
            prepared
        })
    }
}

fn is_asset(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    ending == "mtl" || ENDINGS.contains(&ending.as_str())
}
