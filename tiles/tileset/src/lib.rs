//! 3D Tiles 1.1 with implicit tiling over a quadtree: what servers write and viewers read. No I/O.
//!
//! ```
//! use gable_tileset::{Availability, Subtree, TileId};
//!
//! // A world of two levels whose south-western quarter is empty.
//! let tile: TileId = "1/1/0".parse()?;
//! assert_eq!(tile.parent(), Some(TileId::ROOT));
//! let south_west = TileId::ROOT.children().unwrap()[0];
//! let there = |tile: TileId| tile != south_west;
//! let subtree = Subtree::new(TileId::ROOT, 2, there, there, |_| false);
//! let read = Subtree::from_bytes(&subtree.to_bytes(), 2)?;
//! assert_eq!(read, subtree);
//! assert!(!read.has_tile(TileId::ROOT, south_west));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod attributes;
mod bounds;
pub mod geodesy;
pub mod manifest;
mod subtree;
mod tile;
mod tileset;

pub use bounds::Bounds;
pub use subtree::{Availability, Subtree, SubtreeError};
pub use tile::{TileId, TileIdError};
pub use tileset::{
    Asset, BoundingVolume, Content, ImplicitTiling, LayerTiles, Refine, SubdivisionScheme,
    Subtrees, Tile, Tileset, TilesetError, World,
};
