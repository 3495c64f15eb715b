//! The tiles of one picture: coarse where that is not seen, fine where it is, and never a hole where something is there
//! to fill it.
//!
//! A tile whose error looks larger than allowed gives way to its children once all that are in the picture are there
//! (refinement by replacement, 3D Tiles 1.1). Until then it stays, and its children wait out of sight.

use gable_tileset::TileId;

use crate::tree::{Look, Tree};
use crate::view::View;

/// A tile of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Number of the layer.
    pub layer: usize,
    /// The tile.
    pub tile: TileId,
}

/// A tile that the picture needs, drawn or above one that is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted {
    /// Which.
    pub key: Key,
    /// The higher the sooner: pixels of error, less off the middle of the picture.
    pub urgency: f64,
}

/// The tiles of one picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    /// What to draw now.
    pub draw: Vec<Key>,
    /// What it needs, there or not, the most urgent first.
    pub wanted: Vec<Wanted>,
    /// Subtrees that would say more.
    pub subtrees: Vec<Key>,
    /// Nothing is missing: what is drawn is what is meant.
    pub complete: bool,
}

/// How much a direction counts: off the middle by a right angle, a tile is this much less urgent.
const OFF_CENTER: f64 = 3.0;

/// Chooses the tiles of the layers that are shown, so that nothing looks wrong by more than the allowed pixels.
pub fn select<'a>(
    layers: impl IntoIterator<Item = (usize, &'a Tree)>,
    view: &View,
    allowed: f64,
    is_ready: &dyn Fn(Key) -> bool,
) -> Selection {
    let mut selection = Selection {
        complete: true,
        ..Selection::default()
    };
    for (layer, tree) in layers {
        let mut walk = Walk {
            layer,
            tree,
            view,
            allowed,
            is_ready,
            selection: &mut selection,
        };
        walk.visit(TileId::ROOT);
    }
    let wanted = &mut selection.wanted;
    wanted.sort_by(|a, b| b.urgency.total_cmp(&a.urgency));
    selection
}

struct Walk<'a> {
    layer: usize,
    tree: &'a Tree,
    view: &'a View,
    allowed: f64,
    is_ready: &'a dyn Fn(Key) -> bool,
    selection: &'a mut Selection,
}

impl Walk<'_> {
    /// Draws a tile, or what is below it; says whether nothing of it is missing in the picture.
    fn visit(&mut self, tile: TileId) -> bool {
        let key = Key {
            layer: self.layer,
            tile,
        };
        let bounds = self.tree.bounds(tile);
        let has_content = match self.tree.look(tile) {
            Look::Missing => return true,
            _ if !self.view.sees(&bounds) => return true,
            Look::Unknown(root) => {
                self.selection.subtrees.push(Key { tile: root, ..key });
                self.selection.complete = false;
                return false;
            }
            Look::Empty => false,
            Look::Content => true,
        };
        let error = self.view.screen_error(self.tree.error(tile), &bounds);
        if has_content {
            let urgency = error / (1.0 + OFF_CENTER * self.view.aside(&bounds));
            self.selection.wanted.push(Wanted { key, urgency });
        }
        let children = self.children(tile);
        let is_refined = error > self.allowed && !children.is_empty();
        let drawn = self.selection.draw.len();
        if is_refined {
            // All of them are visited: what is missing must be asked for.
            let covered = children
                .into_iter()
                .filter(|&child| !self.visit(child))
                .count()
                == 0;
            if covered {
                return true;
            }
        } else if !has_content {
            return true;
        }
        if has_content && (self.is_ready)(key) {
            self.selection.draw.truncate(drawn);
            self.selection.draw.push(key);
            return true;
        }
        self.selection.complete = false;
        false
    }

    fn children(&self, tile: TileId) -> Vec<TileId> {
        let children = tile.children().filter(|_| self.tree.goes_below(tile));
        let exist = |child: &TileId| self.tree.look(*child) != Look::Missing;
        children.into_iter().flatten().filter(exist).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use gable_tileset::Bounds;
    use glam::DVec3;
    use proptest::prelude::*;

    use super::*;
    use crate::camera::Camera;
    use crate::tree::tests::{full, subtree};

    fn view(eye: [f64; 3]) -> View {
        let camera = Camera::looking_at(DVec3::from(eye), DVec3::new(512.0, 512.0, 0.0));
        View::new(&camera, [1280, 720])
    }

    fn chosen(tree: &Tree, view: &View, ready: &dyn Fn(Key) -> bool) -> Selection {
        select([(0, tree)], view, 16.0, ready)
    }

    #[test]
    fn near_tiles_are_fine_and_far_ones_coarse() {
        let tree = full(6);
        let view = view([20.0, 20.0, 30.0]);
        let selection = chosen(&tree, &view, &|_| true);
        assert!(selection.complete);
        let level = |near: bool| {
            let drawn = selection.draw.iter();
            let levels =
                drawn.filter(|key| (view.distance(&tree.bounds(key.tile)) < 260.0) == near);
            levels.map(|key| key.tile.level()).max()
        };
        assert_eq!(level(true), Some(5));
        assert!(level(false) < Some(5));
        for key in &selection.draw {
            let error = view.screen_error(tree.error(key.tile), &tree.bounds(key.tile));
            assert!(error <= 16.0 || key.tile.level() == 5, "{key:?} {error}");
        }
    }

    #[test]
    fn a_parent_stays_until_all_its_children_are_there() {
        let tree = full(2);
        let view = view([512.0, -300.0, 300.0]);
        let root: TileId = "0/0/0".parse().unwrap();
        let late: TileId = "1/1/1".parse().unwrap();
        let without = chosen(&tree, &view, &|key| key.tile != late);
        assert_eq!(
            without.draw,
            [Key {
                layer: 0,
                tile: root
            }]
        );
        assert!(!without.complete);
        assert_eq!(
            without.wanted.len(),
            5,
            "the children are asked for meanwhile"
        );
        let with = chosen(&tree, &view, &|_| true);
        assert_eq!(with.draw.len(), 4);
        assert!(with.complete);
        let nothing = chosen(&tree, &view, &|key| key.tile == "1/0/0".parse().unwrap());
        assert_eq!(nothing.draw.len(), 1, "better some than none");
    }

    #[test]
    fn coarse_tiles_and_those_ahead_come_first() {
        let tree = full(4);
        let wanted = chosen(&tree, &view([512.0, -300.0, 300.0]), &|_| false).wanted;
        assert_eq!(wanted[0].key.tile.level(), 0);
        let levels: Vec<u8> = wanted
            .iter()
            .map(|wanted| wanted.key.tile.level())
            .collect();
        assert!(levels[..5].iter().all(|&level| level < 3), "{levels:?}");
    }

    #[test]
    fn unknown_subtrees_are_asked_for_while_their_parents_are_drawn() {
        let mut tree = Tree::new(full(4).bounds("0/0/0".parse().unwrap()), 4, 2, 64.0);
        let root: TileId = "0/0/0".parse().unwrap();
        tree.put(root, Some(subtree(root, 4)));
        let selection = chosen(&tree, &view([512.0, 400.0, 50.0]), &|_| true);
        assert!(!selection.complete && !selection.subtrees.is_empty());
        assert!(selection.subtrees.iter().all(|key| key.tile.level() == 2));
        assert!(!selection.draw.is_empty());
    }

    proptest! {
        #[test]
        fn nothing_in_the_picture_is_drawn_twice_or_missing(
            x in -500.0..1500.0, y in -500.0..1500.0, z in 1.0..800.0_f64, late: Vec<(u8, u16)>,
        ) {
            let tree = full(5);
            let late: BTreeSet<u64> = late
                .iter()
                .map(|&(level, place)| {
                    let level = 1 + level % 4;
                    (u64::from(level) << 32) | (u64::from(place) % 4_u64.pow(level.into()))
                })
                .collect();
            let ready = |key: Key| {
                !late.contains(&((u64::from(key.tile.level()) << 32) | key.tile.morton()))
            };
            let view = view([x, y, z]);
            let selection = chosen(&tree, &view, &ready);
            prop_assert!(selection.draw.iter().all(|&key| ready(key)));
            // The root is there, so each cell in the picture is covered exactly once.
            for place in 0..256 {
                let cell = TileId::from_morton(4, place).unwrap();
                let bounds: Bounds = tree.bounds(cell);
                let covers = |key: &&Key| cell.ancestor(key.tile.level()) == Some(key.tile);
                let count = selection.draw.iter().filter(covers).count();
                prop_assert!(count <= 1);
                prop_assert!(count == 1 || !view.sees(&bounds), "{} is missing", cell);
            }
        }
    }
}
