//! Selection over time: what is asked for, what stays, what goes, and how one tile turns into another.

mod fade;
mod residents;

use std::collections::BTreeMap;

use gable_tileset::{Subtree, TileId};

use crate::camera::Camera;
use crate::selection::{Key, Selection, Wanted, select};
use crate::tree::Tree;
use crate::view::View;
pub use fade::Drawn;
use fade::Fades;
use residents::Residents;

/// How much a viewer may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Pixels by which the picture may be wrong.
    pub error: f64,
    /// Tiles that are fetched or made at a time.
    pub requests: usize,
    /// Bytes of tiles that are ready.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            error: 16.0,
            requests: 16,
            bytes: 512 << 20,
        }
    }
}

/// What is to be done for the stream. What was begun ends with [`Stream::ready`], [`Stream::failed`] or
/// [`Stream::put_subtree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Fetch the subtree that begins at this tile.
    FetchSubtree(Key),
    /// Fetch or make this tile.
    Begin(Key),
    /// What was begun is not needed any more: stop if that is possible, and do not report. What was there before stays.
    Cancel(Key),
    /// Forget it, and what was begun of it.
    Drop(Key),
}

/// One picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Picture {
    /// What to draw.
    pub tiles: Vec<Drawn>,
    /// What to do.
    pub orders: Vec<Order>,
    /// Nothing is missing, and nothing turns into something else.
    pub complete: bool,
}

/// Counts for people.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counts {
    /// Tiles that are drawn.
    pub drawn: usize,
    /// That are fetched or made.
    pub loading: usize,
    /// That are needed and not begun.
    pub waiting: usize,
    /// That are ready, drawn or not.
    pub ready: usize,
    /// That failed, and are tried again later.
    pub failed: usize,
    /// That the picture needs and that are there only as they were before something changed.
    pub old: usize,
    /// Bytes of those that are ready.
    pub bytes: u64,
    /// Pixels of error that are allowed now: more than asked for when there is no room.
    pub error: f64,
}

/// The state of a view on a world.
#[derive(Debug)]
pub struct Stream {
    layers: Vec<Layer>,
    limits: Limits,
    /// Pixels that are allowed now.
    allowed: f64,
    residents: Residents,
    fades: Fades,
    subtrees: BTreeMap<Key, f64>,
    last: Option<(Camera, f64)>,
    waiting: usize,
}

#[derive(Debug)]
struct Layer {
    tree: Tree,
    is_shown: bool,
}

/// Tiles that are needed where the camera will be in so many seconds are fetched when nothing else is.
const LOOK_AHEAD: f64 = 1.0;
/// A subtree that failed is asked for again after so many seconds.
const SUBTREE_PAUSE: f64 = 5.0;
/// Each picture without room allows so much more error, up to so many times what was asked for; with room, less again.
const RELAX: f64 = 1.02;
const MOST_RELAXED: f64 = 16.0;
/// There is room below this share.
const ROOM: f64 = 0.8;

impl Stream {
    /// Of layers that are all shown.
    #[must_use]
    pub fn new(trees: Vec<Tree>, limits: Limits) -> Self {
        let layer = |tree| Layer {
            tree,
            is_shown: true,
        };
        Self {
            layers: trees.into_iter().map(layer).collect(),
            limits,
            allowed: limits.error,
            residents: Residents::default(),
            fades: Fades::default(),
            subtrees: BTreeMap::new(),
            last: None,
            waiting: 0,
        }
    }

    /// Shows or hides a layer.
    pub fn show(&mut self, layer: usize, is_shown: bool) {
        if let Some(layer) = self.layers.get_mut(layer) {
            layer.is_shown = is_shown;
        }
    }

    /// Whether a layer is shown.
    #[must_use]
    pub fn is_shown(&self, layer: usize) -> bool {
        self.layers.get(layer).is_some_and(|layer| layer.is_shown)
    }

    /// Changes what it may take.
    pub fn set_limits(&mut self, limits: Limits) {
        if limits.error.to_bits() != self.limits.error.to_bits() {
            self.allowed = limits.error;
        }
        self.limits = limits;
    }

    /// What it may take.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The tree of a layer.
    #[must_use]
    pub fn tree(&self, layer: usize) -> Option<&Tree> {
        self.layers.get(layer).map(|layer| &layer.tree)
    }

    /// The next picture: at a time in seconds that does not run back, through a window of so many pixels.
    pub fn picture(&mut self, camera: &Camera, size: [u32; 2], now: f64) -> Picture {
        let mut orders = Vec::new();
        let selection = self.select(&View::new(camera, size), self.allowed);
        self.residents.begin();
        self.fetch_subtrees(&selection.subtrees, now, &mut orders);
        let wanted = selection.wanted;
        self.residents.need(wanted.iter().map(|wanted| wanted.key));
        let ahead = self.ahead(camera, size, now);
        self.residents.need(ahead.iter().map(|wanted| wanted.key));
        self.residents.cancel(now, &mut orders);
        let urgent = wanted.iter().chain(&ahead).map(|wanted| wanted.key);
        let room = self.limits.requests;
        self.waiting = self
            .residents
            .start(urgent, room, self.limits.bytes, now, &mut orders);
        let drawn = self
            .fades
            .advance(&selection.draw, now, &|key| self.residents.is_ready(key));
        self.residents.need(drawn.iter().map(|drawn| drawn.key));
        self.residents.evict(self.limits.bytes, &mut orders);
        self.relax();
        self.last = Some((*camera, now));
        Picture {
            complete: selection.complete && self.fades.are_done() && self.residents.old() == 0,
            tiles: drawn,
            orders,
        }
    }

    fn select(&self, view: &View, allowed: f64) -> Selection {
        let layers = self.layers.iter().enumerate();
        let shown = layers.filter(|(_, layer)| layer.is_shown);
        let trees = shown.map(|(number, layer)| (number, &layer.tree));
        select(trees, view, allowed, &|key| self.residents.is_ready(key))
    }

    fn fetch_subtrees(&mut self, wanted: &[Key], now: f64, orders: &mut Vec<Order>) {
        for &key in wanted {
            let again = self.subtrees.get(&key).copied();
            if again.is_none_or(|again| now >= again) {
                self.subtrees.insert(key, f64::INFINITY);
                orders.push(Order::FetchSubtree(key));
            }
        }
    }

    /// What will be needed soon, if the camera goes on as it does.
    fn ahead(&self, camera: &Camera, size: [u32; 2], now: f64) -> Vec<Wanted> {
        let Some((last, at)) = self.last else {
            return Vec::new();
        };
        let seconds = now - at;
        let moved = camera.eye - last.eye;
        let turned = [camera.heading - last.heading, camera.pitch - last.pitch];
        let rests = moved.length_squared() == 0.0 && turned == [0.0; 2];
        // Someone who jumps goes nowhere.
        if rests || seconds <= 0.0 || seconds > 0.5 {
            return Vec::new();
        }
        let soon = LOOK_AHEAD / seconds;
        let there = Camera {
            eye: camera.eye + moved * soon,
            ..*camera
        };
        self.select(&View::new(&there, size), self.allowed).wanted
    }

    /// Allows more error when there is no room, and less when there is.
    fn relax(&mut self) {
        let (bytes, most) = (self.residents.needed_bytes(), self.limits.bytes);
        if bytes > most {
            self.allowed = (self.allowed * RELAX).min(self.limits.error * MOST_RELAXED);
        } else if (bytes as f64) < ROOM * most as f64 {
            self.allowed = (self.allowed / RELAX).max(self.limits.error);
        }
    }

    /// A subtree is there; none when there is nothing at its address.
    pub fn put_subtree(&mut self, key: Key, subtree: Option<Subtree>) {
        self.subtrees.remove(&key);
        if let Some(layer) = self.layers.get_mut(key.layer) {
            layer.tree.put(key.tile, subtree);
        }
    }

    /// A subtree cannot be had now.
    pub fn subtree_failed(&mut self, key: Key, now: f64) {
        self.subtrees.insert(key, now + SUBTREE_PAUSE);
    }

    /// A tile is ready to be drawn and takes so many bytes.
    pub fn ready(&mut self, key: Key, bytes: u64) {
        self.residents.ready(key, bytes);
    }

    /// A tile cannot be had; it is tried again after a while.
    pub fn failed(&mut self, key: Key, now: f64) {
        self.residents.failed(key, now);
    }

    /// Those that failed may be tried again at once: whatever kept them away is over.
    pub fn forgive(&mut self) {
        self.residents.forgive();
        self.subtrees.retain(|_, again| again.is_infinite());
    }

    /// Tiles of a layer have changed, `which` of them: each is made anew while what is there stays.
    #[must_use = "these orders are not part of any picture"]
    pub fn renew(&mut self, layer: usize, which: &dyn Fn(TileId) -> bool) -> Vec<Order> {
        let mut orders = Vec::new();
        let has_changed = |key: Key| key.layer == layer && which(key.tile);
        self.residents.renew(&has_changed, &mut orders);
        orders
    }

    /// A layer has other tiles now: as [`renew`](Self::renew) of all of them. With its first subtree in the tree, what is
    /// drawn stays until the new is there.
    #[must_use = "these orders are not part of any picture"]
    pub fn replace(&mut self, layer: usize, tree: Tree) -> Vec<Order> {
        if let Some(it) = self.layers.get_mut(layer) {
            it.tree = tree;
        }
        self.subtrees.retain(|key, _| key.layer != layer);
        self.renew(layer, &|_| true)
    }

    /// Nothing that was ready is there any more, such as when a device is lost.
    #[must_use = "these orders are not part of any picture"]
    pub fn forget_all(&mut self) -> Vec<Order> {
        let mut orders = Vec::new();
        self.residents.forget_all(&mut orders);
        orders
    }

    /// Counts for people.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            drawn: self.fades.len(),
            waiting: self.waiting,
            error: self.allowed,
            ..self.residents.counts()
        }
    }
}

#[cfg(test)]
mod tests;
