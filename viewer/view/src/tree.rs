//! The implicit quadtree of a layer, as far as it is known.

use std::collections::BTreeMap;

use gable_tileset::{Bounds, Subtree, TileId};

/// A layer's tiles: where they lie, and which there are. Subtrees arrive one by one.
#[derive(Debug, Clone)]
pub struct Tree {
    bounds: Bounds,
    levels: u8,
    subtree_levels: u8,
    root_error: f64,
    subtrees: BTreeMap<TileId, Option<Subtree>>,
}

/// What is known of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// There is none.
    Missing,
    /// There is one, without content.
    Empty,
    /// There is one with content.
    Content,
    /// The subtree that begins at this tile would say.
    Unknown(TileId),
}

impl Tree {
    /// Of a layer that fills a box with so many levels; drawn by its root alone it is wrong by so many metres, and by half
    /// as many at each level below.
    ///
    /// # Panics
    /// Without levels in a subtree.
    #[must_use]
    pub fn new(bounds: Bounds, levels: u8, subtree_levels: u8, root_error: f64) -> Self {
        assert!(subtree_levels > 0, "a subtree has levels");
        Self {
            bounds,
            levels,
            subtree_levels,
            root_error,
            subtrees: BTreeMap::new(),
        }
    }

    /// Where a tile lies.
    #[must_use]
    pub fn bounds(&self, tile: TileId) -> Bounds {
        self.bounds.of_tile(tile)
    }

    /// Metres by which the layer is wrong where a tile is drawn.
    #[must_use]
    pub fn error(&self, tile: TileId) -> f64 {
        self.root_error / f64::from(1_u32 << tile.level().min(31))
    }

    /// Whether tiles of this level have children.
    #[must_use]
    pub fn goes_below(&self, tile: TileId) -> bool {
        tile.level() + 1 < self.levels
    }

    /// Levels of its tiles.
    #[must_use]
    pub fn levels(&self) -> u8 {
        self.levels
    }

    /// Levels of a subtree.
    #[must_use]
    pub fn subtree_levels(&self) -> u8 {
        self.subtree_levels
    }

    /// A subtree has come; none when there is nothing at its address.
    pub fn put(&mut self, root: TileId, subtree: Option<Subtree>) {
        self.subtrees.insert(root, subtree);
    }

    /// What is known of a tile whose parent exists.
    #[must_use]
    pub fn look(&self, tile: TileId) -> Look {
        if tile.level() >= self.levels {
            return Look::Missing;
        }
        let top = tile.level() - tile.level() % self.subtree_levels;
        let root = tile.ancestor(top).unwrap_or(tile);
        if root == tile && top > 0 && !self.begins(tile) {
            return Look::Missing;
        }
        match self.subtrees.get(&root) {
            None => Look::Unknown(root),
            Some(None) => Look::Missing,
            Some(Some(subtree)) if !subtree.has_tile(root, tile) => Look::Missing,
            Some(Some(subtree)) if subtree.has_content(root, tile) => Look::Content,
            Some(Some(_)) => Look::Empty,
        }
    }

    /// Whether a subtree begins here, as the one above says.
    fn begins(&self, tile: TileId) -> bool {
        let above = tile.ancestor(tile.level() - self.subtree_levels);
        let subtree = above.and_then(|root| Some((root, self.subtrees.get(&root)?.as_ref()?)));
        subtree.is_some_and(|(root, subtree)| subtree.has_child(root, tile))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A square kilometre, all of whose tiles of so many levels have content, in subtrees of two levels.
    pub(crate) fn full(levels: u8) -> Tree {
        let bounds = Bounds {
            low: [0.0; 3],
            high: [1024.0, 1024.0, 32.0],
        };
        let mut tree = Tree::new(bounds, levels, 2, 64.0);
        for top in (0..levels).step_by(2) {
            for place in 0..4_u64.pow(top.into()) {
                let root = TileId::from_morton(top, place).unwrap();
                tree.put(root, Some(subtree(root, levels)));
            }
        }
        tree
    }

    pub(crate) fn subtree(root: TileId, levels: u8) -> Subtree {
        let there = |tile: TileId| tile.level() < levels;
        Subtree::new(root, 2, there, there, there)
    }

    #[test]
    fn what_is_not_known_yet_names_the_subtree_that_would_say() {
        let mut tree = Tree::new(full(1).bounds, 4, 2, 64.0);
        let root: TileId = "0/0/0".parse().unwrap();
        assert_eq!(tree.look(root), Look::Unknown(root));
        tree.put(root, Some(subtree(root, 4)));
        assert_eq!(tree.look(root), Look::Content);
        let deep: TileId = "3/5/2".parse().unwrap();
        assert_eq!(tree.look(deep), Look::Unknown("2/2/1".parse().unwrap()));
        tree.put("2/2/1".parse().unwrap(), None);
        assert_eq!(tree.look(deep), Look::Missing);
        assert_eq!(tree.look("4/0/0".parse().unwrap()), Look::Missing);
        assert_eq!(full(4).look(deep), Look::Content);
    }
}
