//! How one tile turns into another: both are drawn for a moment, one coming, one going.

use std::collections::{BTreeMap, BTreeSet};

use crate::selection::Key;

/// Seconds that it takes.
const SECONDS: f64 = 0.25;

/// A tile of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawn {
    /// Which.
    pub key: Key,
    /// How much of it is there: 1 is all. Of two that turn into each other the shares add up to 1.
    pub share: f32,
    /// It gives way to others.
    pub is_leaving: bool,
}

/// The tiles that are drawn, and since when they come or go.
#[derive(Debug, Default)]
pub(super) struct Fades {
    tiles: BTreeMap<Key, Fade>,
}

#[derive(Debug, Clone, Copy)]
struct Fade {
    share: f64,
    is_leaving: bool,
    at: f64,
}

impl Fades {
    /// Turns what was drawn into what is to be drawn; what is not ready any more is gone at once.
    pub(super) fn advance(
        &mut self,
        draw: &[Key],
        now: f64,
        is_ready: &dyn Fn(Key) -> bool,
    ) -> Vec<Drawn> {
        // The first picture, and one after nothing, is there at once.
        let share = if self.tiles.is_empty() { 1.0 } else { 0.0 };
        let draw: BTreeSet<Key> = draw.iter().copied().collect();
        for &key in &draw {
            self.tiles.entry(key).or_insert(Fade {
                share,
                is_leaving: false,
                at: now,
            });
        }
        for (key, fade) in &mut self.tiles {
            let is_leaving = !draw.contains(key);
            if is_leaving != fade.is_leaving {
                // What comes in its place begins now, too.
                fade.is_leaving = is_leaving;
                fade.at = now;
            }
            let step = (now - fade.at).max(0.0) / SECONDS;
            let signed = if fade.is_leaving { -step } else { step };
            fade.share = (fade.share + signed).clamp(0.0, 1.0);
            fade.at = now;
        }
        self.tiles
            .retain(|&key, fade| is_ready(key) && !(fade.is_leaving && fade.share <= 0.0));
        let drawn = self.tiles.iter().map(|(&key, fade)| Drawn {
            key,
            share: fade.share as f32,
            is_leaving: fade.is_leaving,
        });
        drawn.collect()
    }

    /// Whether nothing comes or goes.
    pub(super) fn are_done(&self) -> bool {
        let mut fades = self.tiles.values();
        fades.all(|fade| !fade.is_leaving && fade.share >= 1.0)
    }

    pub(super) fn len(&self) -> usize {
        self.tiles.len()
    }
}
