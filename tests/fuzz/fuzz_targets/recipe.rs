//! Hostile bytes of recipes, manifests and assets give an error, and good ones survive the round trip.
#![no_main]

use gable_kernel::asset::Asset;
use gable_kernel::manifest::Manifest;
use gable_kernel::recipe::Recipe;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&kind, body)) = bytes.split_first() else { return };
    match kind % 3 {
        0 => {
            let bytes = [&gable_kernel::recipe::MAGIC[..], body].concat();
            if let Ok(recipe) = Recipe::from_bytes(&bytes) {
                assert_eq!(recipe.to_bytes(), bytes);
            }
        }
        1 => {
            let bytes = [&gable_kernel::manifest::MAGIC[..], body].concat();
            if let Ok(manifest) = Manifest::from_bytes(&bytes) {
                // Hostile bytes may say the same in more bytes than need be: what is read is written in one way.
                let again = Manifest::from_bytes(&manifest.to_bytes()).expect("our own bytes are good");
                assert_eq!(again.to_bytes(), manifest.to_bytes());
                let _ = manifest.sites.iter().count();
            }
        }
        _ => {
            let bytes = [&gable_kernel::asset::MAGIC[..], body].concat();
            if let Ok(asset) = Asset::from_bytes(&bytes) {
                assert_eq!(asset.to_bytes(), bytes);
            }
        }
    }
});
