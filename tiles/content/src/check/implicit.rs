//! Implicit trees: every subtree, and content where it says that there is some.

use gable_tileset::{ImplicitTiling, SubdivisionScheme, Subtree, Tile, TileId};

use super::{Walk, resolve};

/// A tree that is walked.
struct Tree<'a> {
    path: &'a str,
    tiling: &'a ImplicitTiling,
    /// The address of content, with places for numbers.
    content: Option<&'a str>,
    /// The level of its root among all tiles.
    level: u32,
}

impl Walk<'_> {
    /// The tree that begins at a tile.
    pub(super) fn implicit(&mut self, path: &str, tile: &Tile, level: u32) {
        let Some(tiling) = &tile.implicit_tiling else {
            return;
        };
        if tiling.subdivision_scheme != SubdivisionScheme::Quadtree {
            return self.warn(path, "an implicit tree is no quadtree and was not checked");
        }
        if tile.contents.len() > 1 {
            return self.warn(
                path,
                "an implicit tree has more than one content a tile and was not checked",
            );
        }
        if !(1..=10).contains(&tiling.subtree_levels) || tiling.available_levels > TileId::DEEPEST {
            return self.error(path, "an implicit tree has too many levels");
        }
        let content = tile.content.iter().chain(&tile.contents).next();
        let tree = Tree {
            path,
            tiling,
            content: content.map(|content| content.uri.as_str()),
            level,
        };
        let mut roots = vec![(TileId::ROOT, true)];
        while let Some((root, told)) = roots.pop() {
            let address = resolve(path, &expand(&tiling.subtrees.uri, root));
            match ((self.fetch)(&address), told) {
                (Some(bytes), true) => {
                    roots.extend(self.subtree(&tree, root, &address, &bytes));
                }
                (Some(_), false) => {
                    self.warn(&address, "the subtree above does not tell of this one");
                }
                (None, true) => self.error(
                    &address,
                    "there is no such subtree, and there should be one",
                ),
                (None, false) => {}
            }
            if self.stopped {
                return;
            }
        }
    }

    /// Looks at a subtree; returns the roots of those that may lie below, and whether they should.
    fn subtree(
        &mut self,
        tree: &Tree<'_>,
        root: TileId,
        address: &str,
        bytes: &[u8],
    ) -> Vec<(TileId, bool)> {
        self.report.subtrees += 1;
        let subtree = match Subtree::from_bytes(bytes, tree.tiling.subtree_levels) {
            Ok(subtree) => subtree,
            Err(error) => {
                self.error(address, error.to_string());
                return Vec::new();
            }
        };
        if !subtree.has_tile(root, root) {
            self.error(address, "its root is missing");
            return Vec::new();
        }
        let mut below = Vec::new();
        let mut tiles = vec![root];
        while let Some(tile) = tiles.pop() {
            let depth = tile.level() - root.level();
            if depth == tree.tiling.subtree_levels {
                below.push((tile, subtree.has_child(root, tile)));
                continue;
            }
            if tile.level() >= tree.tiling.available_levels {
                self.error(
                    address,
                    format!("the tile {tile} is deeper than the tileset says"),
                );
                continue;
            }
            if !self.count_tile(address, tree.level + u32::from(tile.level())) {
                return Vec::new();
            }
            if subtree.has_content(root, tile) {
                self.implicit_content(tree, address, tile);
            }
            let last = depth + 1 == tree.tiling.subtree_levels;
            let children = tile.children().into_iter().flatten();
            // In reverse, so that the walk goes along the curve.
            tiles.extend(
                children
                    .rev()
                    .filter(|&child| last || subtree.has_tile(root, child)),
            );
        }
        // Where no tile may be, none is told of and none is looked for.
        let deeper =
            |&(tile, told): &(TileId, bool)| tile.level() < tree.tiling.available_levels || told;
        below.retain(deeper);
        below.reverse();
        if below
            .iter()
            .any(|&(tile, told)| told && tile.level() >= tree.tiling.available_levels)
        {
            self.error(
                address,
                "it tells of subtrees that are deeper than the tileset says",
            );
            below.clear();
        }
        below
    }

    fn implicit_content(&mut self, tree: &Tree<'_>, subtree: &str, tile: TileId) {
        let Some(uri) = tree.content else {
            return self.error(
                subtree,
                format!("the tile {tile} has content, and the tileset no address for it"),
            );
        };
        let address = resolve(tree.path, &expand(uri, tile));
        if !self.contents.insert(address.clone()) {
            return self.error(&address, "two tiles of an implicit tree have this content");
        }
        match (self.fetch)(&address) {
            Some(bytes) => self.content(&address, &bytes),
            None => self.error(
                &address,
                format!("there is no such file; {subtree} says that there is"),
            ),
        }
    }
}

/// An address with a tile's numbers in their places.
fn expand(template: &str, tile: TileId) -> String {
    template
        .replace("{level}", &tile.level().to_string())
        .replace("{x}", &tile.x().to_string())
        .replace("{y}", &tile.y().to_string())
}
