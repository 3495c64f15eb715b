//! Who brings tiles: threads and wasmtime on a desktop, fetch and the browser's own engine on the web.

use gable_model::{ImageSource, Model};
use gable_tileset::Subtree;
use gable_view::selection::Key;

use crate::world::resolve;

/// Content never unpacks to more bytes.
const LARGEST_MODEL: usize = 512 << 20;

/// Reads content that has this path; its images then have paths, too.
///
/// # Errors
/// Why it cannot be read.
pub fn read_content(bytes: &[u8], path: &str) -> Result<Model, String> {
    let model = Model::from_glb(bytes, LARGEST_MODEL);
    let mut model = model.map_err(|error| format!("{path}: {error}"))?;
    for image in &mut model.images {
        if let ImageSource::Address(address) = image {
            *address = resolve(path, address);
        }
    }
    Ok(model)
}

/// How a tile came to be, for people and for statistics.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Origin {
    /// It was generated here.
    pub is_generated: bool,
    /// What the server said of its decision: `Gable-Placement`.
    pub placement: String,
    /// Bytes that came over the network for it.
    pub wire_bytes: u64,
    /// Seconds from asking to having it.
    pub seconds: f64,
    /// Of these, seconds to generate or to decode it.
    pub work_seconds: f64,
}

/// An image, unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Red, green, blue, opacity of each, from the upper left, 8 bits each.
    pub rgba: Vec<u8>,
}

/// What has come.
#[derive(Debug)]
pub enum Event {
    /// A subtree; none when there is nothing at its address.
    Subtree(Key, Result<Option<Subtree>, String>),
    /// A tile.
    Tile(Key, Result<(Box<Model>, Origin), String>),
    /// An image.
    Image(ImageSource, Result<Pixels, String>),
}

/// Brings tiles. Nothing waits: what is asked for comes as an [`Event`] later.
pub trait Loader {
    /// Fetch a subtree.
    fn fetch_subtree(&mut self, key: Key);
    /// Fetch or make a tile.
    fn begin(&mut self, key: Key);
    /// Nobody needs it any more: no event comes of it.
    fn cancel(&mut self, key: Key);
    /// Fetch and unpack an image.
    fn fetch_image(&mut self, source: ImageSource);
    /// The next thing that has come.
    fn next(&mut self) -> Option<Event>;
}
