//! Which tiles of a world a trace is about: some with content, from all levels alike.

use std::collections::{BTreeMap, VecDeque};

use gable_runtime::hash;
use gable_session::world::{Layer, World};
use gable_tileset::{Subtree, TileId};

use super::remote::Remote;
use crate::cli::SimulateArguments;
use crate::failure::Failure;

/// Subtrees of a layer that are read: of an endless world, a part.
const SUBTREES: usize = 512;

/// A tile with content.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen<'a> {
    pub(super) layer: &'a Layer,
    pub(super) tile: TileId,
}

impl Chosen<'_> {
    /// The address of something that belongs to it.
    pub(super) fn address(&self, world: &str, folder: &str, ending: &str) -> String {
        let Layer { name, revision, .. } = self.layer;
        format!("/{world}/{name}/{revision}/{folder}/{}{ending}", self.tile)
    }
}

/// So many tiles, the same for the same seed: from the levels in turn, of each in an order that means nothing.
pub(super) fn choose<'a>(
    remote: &Remote,
    world: &'a World,
    wanted: usize,
    arguments: &SimulateArguments,
) -> Result<Vec<Chosen<'a>>, Failure> {
    let mut levels = Vec::new();
    for layer in layers(world, arguments)? {
        for (level, mut tiles) in with_content(remote, world, layer, arguments.seed)? {
            if arguments
                .levels
                .is_none_or(|(first, last)| (first..=last).contains(&level))
            {
                tiles.sort_by_cached_key(|tile| shuffled(arguments.seed, *tile));
                levels.push((layer, tiles.into_iter()));
            }
        }
    }
    let mut chosen = Vec::with_capacity(wanted);
    while chosen.len() < wanted {
        let before = chosen.len();
        for (layer, tiles) in &mut levels {
            let layer = *layer;
            chosen.extend(tiles.next().map(|tile| Chosen { layer, tile }));
        }
        if chosen.len() == before {
            return Err(Failure::Usage(format!(
                "the traces are about {wanted} tiles, and of {} only {before} with content were found; take a larger world (--world), more --layer and --levels, or fewer --requests",
                world.id
            )));
        }
    }
    chosen.truncate(wanted);
    Ok(chosen)
}

/// The layers that are asked for; else all.
fn layers<'a>(world: &'a World, arguments: &SimulateArguments) -> Result<Vec<&'a Layer>, Failure> {
    let all = || world.layers.iter().map(|layer| layer.name.as_str());
    if let Some(name) = arguments
        .layers
        .iter()
        .find(|name| !all().any(|layer| layer == name.as_str()))
    {
        let there: Vec<&str> = all().collect();
        return Err(Failure::Usage(format!(
            "{} has no layer `{name}` (it has: {})",
            world.id,
            there.join(", ")
        )));
    }
    let wanted =
        |layer: &&Layer| arguments.layers.is_empty() || arguments.layers.contains(&layer.name);
    Ok(world.layers.iter().filter(wanted).collect())
}

/// Tiles with content by level, as subtrees tell.
fn with_content(
    remote: &Remote,
    world: &World,
    layer: &Layer,
    seed: u64,
) -> Result<BTreeMap<u8, Vec<TileId>>, Failure> {
    let mut levels: BTreeMap<u8, Vec<TileId>> = BTreeMap::new();
    let mut roots = VecDeque::from([TileId::ROOT]);
    for _ in 0..SUBTREES {
        let Some(root) = roots.pop_front() else {
            break;
        };
        let place = Chosen { layer, tile: root };
        let path = place.address(&world.id, "subtrees", ".subtree");
        let read = remote.fetch(&path)?.plain().and_then(|bytes| {
            Subtree::from_bytes(&bytes, layer.tree.subtree_levels())
                .map_err(|error| error.to_string())
        });
        let subtree = read.map_err(|error| Failure::Input(format!("{path}: {error}")))?;
        let below = root.level() + subtree.levels();
        for level in root.level()..below.min(layer.tree.levels()) {
            let tiles = inside(root, level).filter(|tile| subtree.has_content(root, *tile));
            levels.entry(level).or_default().extend(tiles);
        }
        if below < layer.tree.levels() {
            let mut children: Vec<TileId> = inside(root, below)
                .filter(|tile| subtree.has_child(root, *tile))
                .collect();
            children.sort_by_cached_key(|tile| shuffled(seed, *tile));
            roots.extend(children.into_iter().take(SUBTREES));
        }
    }
    Ok(levels)
}

/// All tiles of a level inside a tile.
fn inside(root: TileId, level: u8) -> impl Iterator<Item = TileId> {
    let first = root.first_of(level).morton();
    let count = 1u64 << (2 * (level - root.level()));
    (first..first + count).filter_map(move |place| TileId::from_morton(level, place).ok())
}

/// A number by which tiles are put into an order that means nothing.
fn shuffled(seed: u64, tile: TileId) -> u64 {
    hash::key(&hash::sha256(format!("{seed} {tile}").as_bytes()))
}
