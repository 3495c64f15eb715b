//! Encodings of content: how meshes are packed, and how bytes are coded.

use gable_cache::Key;
use gable_content::coding::Coding;

/// How meshes inside a GLB are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Packing {
    /// `EXT_meshopt_compression`: what is sent when nothing else is asked for.
    Meshopt,
    /// As the kernel writes it: `?c=none`, for clients that cannot unpack.
    Plain,
}

/// What of a recipe is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// The content made from it.
    Content(Packing),
    /// Itself.
    Recipe,
}

/// All codings, the best kept first.
pub(crate) const CODINGS: [Coding; 4] =
    [Coding::Brotli, Coding::Zstd, Coding::Gzip, Coding::Identity];

impl Kind {
    /// The name of its bytes in the cache.
    pub(crate) fn key(self, hash: [u8; 32], coding: Coding) -> Key {
        Key::new(hash, 4 * self.number() + coding_number(coding))
    }

    fn number(self) -> u16 {
        match self {
            Self::Content(Packing::Meshopt) => 0,
            Self::Content(Packing::Plain) => 1,
            Self::Recipe => 2,
        }
    }

    /// The letter that tells it apart in validators.
    pub(crate) fn letter(self) -> char {
        match self {
            Self::Content(Packing::Meshopt) => 'm',
            Self::Content(Packing::Plain) => 'p',
            Self::Recipe => 'r',
        }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Content(_) => "model/gltf-binary",
            Self::Recipe => RECIPE_TYPE,
        }
    }
}

/// The media type of recipes.
pub(crate) const RECIPE_TYPE: &str = "application/vnd.gable.recipe";

fn coding_number(coding: Coding) -> u16 {
    match coding {
        Coding::Identity => 0,
        Coding::Gzip => 1,
        Coding::Brotli => 2,
        Coding::Zstd => 3,
    }
}
