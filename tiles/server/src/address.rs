//! What a path asks for.
//!
//! ```text
//! /{world}/tileset.json                                         what clients read first
//! /{world}/manifest.json                                        layers, attributes, sizes
//! /{world}/costs.json                                           what one tile of each layer and level takes here
//! /{world}/{layer}/{revision}/subtrees/{level}/{x}/{y}.subtree  which tiles there are
//! /{world}/{layer}/{revision}/content/{level}/{x}/{y}.glb       always a mesh
//! /{world}/{layer}/{revision}/content/{level}/{x}/{y}.recipe    always the recipe
//! /{world}/{layer}/{revision}/tile/{level}/{x}/{y}              either: decided for each request
//! /{world}/assets/{sha256}.png                                  a texture (.jpg too)
//! /assets/{sha256}                                              a prepared asset, for those who run recipes
//! /modules/{sha256}.wasm                                        the kernel or a grammar
//! ```

use gable_runtime::hash::from_hex;
use gable_tileset::TileId;

/// A parsed path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address<'a> {
    Tileset { world: &'a str },
    Manifest { world: &'a str },
    Costs { world: &'a str },
    Tile { place: Place<'a>, what: What },
    Texture { world: &'a str, hash: [u8; 32] },
    Asset { hash: [u8; 32] },
    Module { hash: [u8; 32] },
}

/// A tile of a revision of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    pub(crate) world: &'a str,
    pub(crate) layer: &'a str,
    pub(crate) revision: &'a str,
    pub(crate) tile: TileId,
}

/// What is wanted of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Subtree,
    Content,
    Recipe,
    Decide,
}

impl<'a> Address<'a> {
    /// Reads a path; none for what is not ours.
    pub(crate) fn parse(path: &'a str) -> Option<Self> {
        let mut parts = path.strip_prefix('/')?.split('/');
        let (first, second) = (parts.next()?, parts.next()?);
        let address = match (first, second, parts.next()) {
            ("modules", file, None) => Self::Module {
                hash: from_hex(file.strip_suffix(".wasm")?)?,
            },
            ("assets", file, None) => Self::Asset {
                hash: from_hex(file)?,
            },
            (world, "tileset.json", None) => Self::Tileset { world },
            (world, "manifest.json", None) => Self::Manifest { world },
            (world, "costs.json", None) => Self::Costs { world },
            (world, "assets", Some(file)) => Self::Texture {
                world,
                hash: from_hex(
                    file.strip_suffix(".png")
                        .or_else(|| file.strip_suffix(".jpg"))?,
                )?,
            },
            (world, layer, Some(revision)) => {
                let kind = parts.next()?;
                let [level, x, last] = [parts.next()?, parts.next()?, parts.next()?];
                let (y, what) = match (kind, last.split_once('.')) {
                    ("subtrees", Some((y, "subtree"))) => (y, What::Subtree),
                    ("content", Some((y, "glb"))) => (y, What::Content),
                    ("content", Some((y, "recipe"))) => (y, What::Recipe),
                    ("tile", None) => (last, What::Decide),
                    _ => return None,
                };
                let tile = TileId::new(number(level)?, number(x)?, number(y)?).ok()?;
                let place = Place {
                    world,
                    layer,
                    revision,
                    tile,
                };
                Self::Tile { place, what }
            }
            _ => return None,
        };
        parts.next().is_none().then_some(address)
    }
}

/// A number as addresses have it: no sign, no leading zero, so that a tile has one address.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit())
        && (text.len() == 1 || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read() {
        let place = Place {
            world: "delft",
            layer: "houses",
            revision: "0a1b",
            tile: TileId::new(3, 4, 5).unwrap(),
        };
        let tile = |what| Some(Address::Tile { place, what });
        let hex = "ab".repeat(32);
        assert_eq!(
            Address::parse("/delft/tileset.json"),
            Some(Address::Tileset { world: "delft" })
        );
        assert_eq!(
            Address::parse("/delft/manifest.json"),
            Some(Address::Manifest { world: "delft" })
        );
        assert_eq!(
            Address::parse("/delft/costs.json"),
            Some(Address::Costs { world: "delft" })
        );
        assert_eq!(
            Address::parse("/delft/houses/0a1b/content/3/4/5.glb"),
            tile(What::Content)
        );
        assert_eq!(
            Address::parse("/delft/houses/0a1b/content/3/4/5.recipe"),
            tile(What::Recipe)
        );
        assert_eq!(
            Address::parse("/delft/houses/0a1b/subtrees/3/4/5.subtree"),
            tile(What::Subtree)
        );
        assert_eq!(
            Address::parse("/delft/houses/0a1b/tile/3/4/5"),
            tile(What::Decide)
        );
        let hash = [0xab; 32];
        assert_eq!(
            Address::parse(&format!("/modules/{hex}.wasm")),
            Some(Address::Module { hash })
        );
        assert_eq!(
            Address::parse(&format!("/assets/{hex}")),
            Some(Address::Asset { hash })
        );
        let texture = Address::Texture {
            world: "delft",
            hash,
        };
        assert_eq!(
            Address::parse(&format!("/delft/assets/{hex}.png")),
            Some(texture)
        );
    }

    #[test]
    fn what_is_not_ours_is_no_address() {
        for path in [
            "",
            "/",
            "//",
            "/a",
            "/a/b",
            "/a/tileset.json/",
            "/a/../tileset.json/x",
            "/w/l/r/content/3/4/5.gltf",
            "/w/l/r/content/3/04/5.glb",
            "/w/l/r/content/3/-4/5.glb",
            "/w/l/r/content/3/4/5.glb/..",
            "/w/l/r/content/3/9/5.glb",
            "/w/l/r/content/99/4/5.glb",
            "/w/l/r/content/3/4",
            "/w/l/r/tile/3/4/5.glb",
            "/w/l/r/content/3/4/5%2eglb",
            "/modules/abcd.wasm",
            "/modules/../../etc/passwd",
            "/assets/ABAB",
            "/w/l/r/content/99999999999999999999/4/5.glb",
        ] {
            assert_eq!(Address::parse(path), None, "{path}");
        }
    }
}
