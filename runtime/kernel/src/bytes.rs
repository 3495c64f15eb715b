//! Bincode-format bytes behind eight magic bytes: recipes, assets.

use wincode::config::Configuration;
use wincode::{SchemaRead, SchemaWrite};

use crate::recipe::DecodeError;

/// What one sequence may reserve before its elements are read, in bytes: hostile lengths end here.
const PREALLOCATION: usize = 64 << 20;

/// bincode 1's layout: little-endian, fixed-width integers, 64-bit lengths, 32-bit tags.
type Bincode = Configuration<true, PREALLOCATION>;
/// The same for what is ours to write: a world's features are many.
type Unlimited = Configuration<true, { usize::MAX }>;

/// Magic, then the value.
pub(crate) fn encode<T>(magic: &[u8; 8], value: &T) -> Vec<u8>
where
    T: SchemaWrite<Unlimited, Src = T>,
{
    let mut bytes = magic.to_vec();
    let body = wincode::config::serialize(value, Unlimited::new());
    bytes.extend(body.expect("plain data can be written to memory"));
    bytes
}

/// Reads what [`encode`] wrote, all of it.
pub(crate) fn decode<'de, T>(magic: &[u8; 8], bytes: &'de [u8]) -> Result<T, DecodeError>
where
    T: SchemaRead<'de, Bincode, Dst = T>,
{
    let body = bytes
        .strip_prefix(magic)
        .ok_or(DecodeError::Magic { expected: *magic })?;
    wincode::config::deserialize_exact(body, Bincode::new()).map_err(|_| DecodeError::Damaged)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::asset::{Asset, Image};
    use crate::recipe::{AssetReference, DecodeError, InitialShape, MAGIC, Recipe, Value};

    fn recipe() -> Recipe {
        Recipe {
            kernel: [1; 32],
            module: [2; 32],
            assets: vec![AssetReference {
                name: "tree.obj".to_owned(),
                hash: [3; 32],
            }],
            shapes: vec![InitialShape {
                name: "lot".to_owned(),
                start_rule: "Lot".to_owned(),
                polygons: vec![vec![vec![
                    [0.0, 0.0, 1.0],
                    [1.0, 0.0, 1.0],
                    [1.0, 0.0, 0.0],
                ]]],
                attributes: vec![(
                    "names".to_owned(),
                    Value::StringArray(vec![vec!["a".to_owned()]]),
                )],
                seed: u64::MAX,
            }],
            attributes: vec![
                ("height".to_owned(), Value::Float(-0.5)),
                ("flat".to_owned(), Value::Bool(true)),
            ],
            ..Recipe::default()
        }
    }

    #[test]
    fn recipes_and_assets_survive_the_round_trip() {
        assert_eq!(Recipe::from_bytes(&recipe().to_bytes()), Ok(recipe()));
        let image = Asset::Image(Image {
            width: 2,
            height: 3,
            bytes: vec![1, 2, 3],
            ..Image::default()
        });
        assert_eq!(Asset::from_bytes(&image.to_bytes()), Ok(image));
    }

    #[test]
    fn the_layout_of_recipes_is_fixed() {
        let bytes = Recipe {
            seed: 5,
            ..Recipe::default()
        }
        .to_bytes();
        assert_eq!(&bytes[..8], b"gableR03");
        // Two hashes, three empty lists with 64-bit lengths, a distance, another list, then the seed.
        assert_eq!(&bytes[8 + 64 + 40..8 + 64 + 48], 5_u64.to_le_bytes());
        assert_eq!(bytes.len(), 8 + 64 + 40 + 8 + (8 + 6 * 4) + (4 + 4) + 8);
    }

    #[test]
    fn lists_of_many_megabytes_are_written_and_read() {
        let shapes = vec![InitialShape::default(); 60_000];
        let recipe = Recipe {
            shapes,
            ..Recipe::default()
        };
        assert_eq!(Recipe::from_bytes(&recipe.to_bytes()), Ok(recipe));
    }

    #[test]
    fn bytes_of_another_format_are_named() {
        assert_eq!(
            Recipe::from_bytes(&Asset::Image(Image::default()).to_bytes()),
            Err(DecodeError::Magic { expected: MAGIC })
        );
        assert_eq!(
            Recipe::from_bytes(b""),
            Err(DecodeError::Magic { expected: MAGIC })
        );
    }

    #[test]
    fn bytes_cut_short_or_too_long_are_damaged() {
        let mut bytes = recipe().to_bytes();
        for length in 8..bytes.len() {
            assert_eq!(
                Recipe::from_bytes(&bytes[..length]),
                Err(DecodeError::Damaged),
                "{length}"
            );
        }
        bytes.push(0);
        assert_eq!(Recipe::from_bytes(&bytes), Err(DecodeError::Damaged));
    }

    #[test]
    fn hostile_lengths_reserve_no_memory() {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([0; 64]);
        bytes.extend(u64::MAX.to_le_bytes());
        assert_eq!(Recipe::from_bytes(&bytes), Err(DecodeError::Damaged));
    }

    proptest! {
        #[test]
        fn changed_bytes_never_panic(place in 0_usize..400, value: u8) {
            let mut bytes = recipe().to_bytes();
            let place = 8 + place % (bytes.len() - 8);
            bytes[place] = value;
            if let Ok(read) = Recipe::from_bytes(&bytes) {
                prop_assert_eq!(read.to_bytes().len(), bytes.len());
            }
        }
    }
}
