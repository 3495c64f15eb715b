//! Models, textures, tables and texts: prepared once, addressed by content.
//!
//! [`prepare`] turns files (OBJ with MTL, glTF, PNG, JPEG, CSV, text, materials) into [`gable_kernel::asset::Asset`]s; the store keeps prepared
//! bytes by name and by SHA-256.

mod prepare;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gable_kernel::recipe::AssetReference;

use crate::hash;

pub use prepare::{AssetError, Preparation, Related, prepare, prepare_all};

/// File endings that can be prepared.
const ENDINGS: &[&str] = &[
    "obj", "glb", "gltf", "png", "jpg", "jpeg", "csv", "txt", "cgamat", "mtl",
];

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
    warnings: Vec<String>,
}

impl AssetStore {
    /// All files of known endings below folders; names are relative, with `/`. Earlier folders win.
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
        let wrap = |source| AssetError::Read {
            path: folder.to_owned(),
            source,
        };
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
                if Self::takes(&name) && !self.files.contains_key(&name) {
                    let bytes = std::fs::read(&path).map_err(|source| AssetError::Read {
                        path: path.clone(),
                        source,
                    })?;
                    self.files.insert(name, bytes);
                }
            }
        }
        Ok(())
    }

    /// A store of assets that are prepared already: names and bytes.
    pub fn from_prepared(assets: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let mut prepared = Prepared::default();
        for (name, bytes) in assets {
            let hash = hash::sha256(&bytes);
            prepared.references.push(AssetReference { name, hash });
            prepared.by_hash.insert(hash, bytes);
        }
        prepared.references.sort_by(|a, b| a.name.cmp(&b.name));
        Self {
            files: BTreeMap::new(),
            prepared: prepared.into(),
        }
    }

    /// Whether a file of this name can be an asset, or belong to one.
    pub fn takes(name: &str) -> bool {
        let ending = name.rsplit('.').next().unwrap_or_default();
        ENDINGS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    }

    /// Adds a file, replacing one of the same name.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) {
        self.files.insert(name.to_owned(), bytes);
        self.prepared = std::sync::OnceLock::new();
    }

    /// Adds files, by names, unless there are such.
    pub fn add_fallbacks(&mut self, files: impl IntoIterator<Item = (String, Vec<u8>)>) {
        for (name, bytes) in files {
            if !self.files.contains_key(&name) {
                self.add(&name, bytes);
            }
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

    /// What files lack that could be prepared, such as textures they name.
    pub fn warnings(&self) -> &[String] {
        &self.prepared().warnings
    }

    /// Prepared bytes by their SHA-256.
    pub fn by_hash(&self, hash: &[u8; 32]) -> Option<&[u8]> {
        self.prepared().by_hash.get(hash).map(Vec::as_slice)
    }

    fn prepared(&self) -> &Prepared {
        self.prepared.get_or_init(|| {
            let mut prepared = Prepared::default();
            for (name, bytes) in &self.files {
                match prepare_all(name, bytes, &|related| self.files.get(related).cloned()) {
                    Ok(preparation) => prepared.add(name, preparation),
                    Err(error) => prepared.errors.push(error),
                }
            }
            prepared.references.sort_by(|a, b| a.name.cmp(&b.name));
            prepared.references.dedup_by(|a, b| a.name == b.name);
            prepared
        })
    }
}

impl Prepared {
    fn add(&mut self, name: &str, preparation: Preparation) {
        let Preparation {
            asset,
            images,
            warnings,
        } = preparation;
        for (name, asset) in images.into_iter().chain([(name.to_owned(), asset)]) {
            let bytes = asset.to_bytes();
            let hash = hash::sha256(&bytes);
            self.references.push(AssetReference { name, hash });
            self.by_hash.insert(hash, bytes);
        }
        self.warnings.extend(
            warnings
                .into_iter()
                .map(|warning| format!("{name}: {warning}")),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_prepares_models_and_images_and_tells_what_is_wrong() {
        let mut store = AssetStore::default();
        store.add(
            "m/a.obj",
            b"mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3".to_vec(),
        );
        store.add("m/b.obj", b"v 0 0".to_vec());
        let references = store.references();
        assert_eq!(
            references
                .iter()
                .map(|asset| asset.name.as_str())
                .collect::<Vec<_>>(),
            ["m/a.obj"]
        );
        assert!(
            store
                .by_hash(&references[0].hash)
                .is_some_and(|bytes| bytes.starts_with(&gable_kernel::asset::MAGIC))
        );
        assert_eq!(
            store.warnings(),
            ["m/a.obj: no file `m/a.mtl`: its materials are missing"]
        );
        assert_eq!(store.errors().len(), 1);
    }

    #[test]
    fn the_bundled_models_and_textures_can_all_be_prepared() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets");
        let store =
            AssetStore::from_folders(&[root.join("models"), root.join("textures")]).unwrap();
        assert!(store.errors().is_empty(), "{:?}", store.errors());
        assert!(store.warnings().is_empty(), "{:?}", store.warnings());
        assert!(store.references().len() > 20);
    }
}
