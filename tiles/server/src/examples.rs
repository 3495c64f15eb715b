//! `/examples.json`: what an editor in a browser starts from: the bundled grammars, and the kernel and assets that they run with.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use bytes::Bytes;
use gable_content::coding::{Coding, Quality, encode};
use gable_runtime::asset::AssetStore;
use gable_runtime::{KERNEL, hash, kernel_hash};
use gable_tileset::manifest::Resource;
use gable_world::library::bundle;
use serde_json::{Value, json};

use crate::web::File;

/// Prepared when the first one asks.
static EXAMPLES: LazyLock<Examples> = LazyLock::new(Examples::new);

struct Examples {
    assets: AssetStore,
    file: File,
}

impl Examples {
    fn new() -> Self {
        let mut assets = AssetStore::default();
        for (name, bytes) in bundle::assets() {
            assets.add(&name, bytes.to_vec());
        }
        let json = describe(&assets).to_string();
        let packed = encode(Coding::Brotli, Quality::Fast, json.as_bytes());
        Self {
            file: File::packed_json(PATH, packed),
            assets,
        }
    }
}

fn describe(store: &AssetStore) -> Value {
    let kernel = hash::hex(&kernel_hash());
    let assets = store.references().into_iter().map(|reference| {
        let sha256 = hash::hex(&reference.hash);
        Resource {
            name: reference.name,
            uri: format!("/assets/{sha256}"),
            bytes: store.by_hash(&reference.hash).map_or(0, <[u8]>::len),
            sha256,
        }
    });
    let grammars = bundle::grammars().into_iter().map(|(name, about)| {
        let lot = bundle::lot(Path::new(&name));
        json!({ "name": name, "about": about, "lot": lot })
    });
    json!({
        "kernel": Resource {
            name: String::new(),
            uri: format!("/modules/{kernel}.wasm"),
            bytes: KERNEL.len(),
            sha256: kernel,
        },
        "assets": assets.collect::<Vec<_>>(),
        "grammars": grammars.collect::<Vec<_>>(),
        "files": bundle::grammar_files().into_iter().collect::<BTreeMap<_, _>>(),
    })
}

/// The file that says what there is.
pub(crate) fn file() -> &'static File {
    &EXAMPLES.file
}

/// Its address.
pub(crate) const PATH: &str = "/examples.json";

/// A prepared asset that the bundled grammars may name.
pub(crate) fn asset(hash: &[u8; 32]) -> Option<Bytes> {
    EXAMPLES.assets.by_hash(hash).map(Bytes::from_static)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grammar_has_its_text_and_every_asset_its_bytes() {
        let told = describe(&EXAMPLES.assets);
        let grammars = told["grammars"].as_array().expect("a list");
        assert!(grammars.len() >= 6);
        for grammar in grammars {
            let name = grammar["name"].as_str().expect("a name");
            assert!(told["files"][format!("{name}.cga")].is_string(), "{name}");
            assert!(grammar["lot"].as_str().is_some_and(|lot| lot.contains('x')));
        }
        assert!(told["files"]["lib/facade.cga"].is_string());
        let assets = told["assets"].as_array().expect("a list");
        assert!(assets.len() > 20);
        for told in assets {
            let sha256 = told["sha256"].as_str().expect("a hash");
            let bytes = asset(&hash::from_hex(sha256).expect("a hash")).expect("it is there");
            assert_eq!(hash::hex(&hash::sha256(&bytes)), sha256);
        }
    }
}
