//! OpenStreetMap PBF: buildings from closed ways and from multipolygon relations.
//!
//! A file lists nodes, then ways, then relations, each pointing back; nodes are by far the most. So
//! it is read three times: relations first, to know the ways they need; then ways, to know the nodes
//! they need; then those nodes only. Memory follows the buildings, not the file.
//!
//! A building is a closed way with `building=*` (not `no`), or a relation of type `multipolygon` or
//! `building` that has that tag. A way that is also the outline of such a relation counts once, as
//! the relation. Objects tagged only `building:part` are parts of a building that is there already.
//!
//! The messages are decoded by `prost` here, and not by an OSM crate, because those panic on member
//! types and deltas that a hostile file can hold.

mod assemble;
mod blob;
mod message;

use std::collections::{BTreeMap, BTreeSet};

use crate::reference::Reference;
use crate::source::vector_tile::is_building;
use crate::source::{Position, RawFeature, Source};
use crate::{Attributes, Defect, FeatureError, Value};
use message::PrimitiveBlock;

/// Reads all buildings.
pub(crate) fn parse(name: &str, bytes: &[u8]) -> Result<Source, FeatureError> {
    let mut relations = Vec::new();
    blob::for_each_block(name, bytes, |block| {
        collect_relations(block, &mut relations);
    })?;
    let mut ways = Ways::wanted_by(&relations);
    blob::for_each_block(name, bytes, |block| ways.collect(block))?;
    let mut nodes = Nodes::wanted_by(&ways);
    blob::for_each_block(name, bytes, |block| nodes.collect(block))?;
    let mut source = Source::new(
        Reference::Degrees,
        "closed ways and multipolygons with a `building` tag",
    );
    add_ways(&relations, &ways, &nodes, &mut source);
    for relation in &relations {
        assemble::add_relation(relation, &ways, &nodes, &mut source);
    }
    Ok(source)
}

/// A building relation.
#[derive(Debug)]
struct Relation {
    id: i64,
    tags: Attributes,
    /// Ways of the outline.
    outer: Vec<i64>,
    /// Ways around courtyards.
    inner: Vec<i64>,
}

fn collect_relations(block: &PrimitiveBlock, relations: &mut Vec<Relation>) {
    for relation in block.groups.iter().flat_map(|group| &group.relations) {
        let tags = tags(block, &relation.keys, &relation.values);
        let kind = tags.get("type").and_then(Value::as_str);
        if !matches!(kind, Some("multipolygon" | "building")) || !is_building(&tags) {
            continue;
        }
        let mut found = Relation {
            id: relation.id,
            tags,
            outer: Vec::new(),
            inner: Vec::new(),
        };
        for (way, role) in relation.way_members(block) {
            match role {
                "outer" | "outline" | "" => found.outer.push(way),
                "inner" => found.inner.push(way),
                // Parts and entrances are not the footprint.
                _ => {}
            }
        }
        relations.push(found);
    }
}

/// Ways that are buildings or belong to one.
#[derive(Debug, Default)]
struct Ways {
    /// Needed by relations, whatever their tags.
    wanted: BTreeSet<i64>,
    /// Node ids of the wanted ways and the buildings.
    refs: BTreeMap<i64, Vec<i64>>,
    /// Buildings in the order of the file.
    buildings: Vec<(i64, Attributes)>,
}

impl Ways {
    fn wanted_by(relations: &[Relation]) -> Self {
        let members = relations
            .iter()
            .flat_map(|relation| relation.outer.iter().chain(&relation.inner));
        Self {
            wanted: members.copied().collect(),
            ..Self::default()
        }
    }

    fn collect(&mut self, block: &PrimitiveBlock) {
        for way in block.groups.iter().flat_map(|group| &group.ways) {
            let tags = tags(block, &way.keys, &way.values);
            let building = is_building(&tags);
            if building || self.wanted.contains(&way.id) {
                self.refs
                    .insert(way.id, message::summed(&way.refs).collect());
            }
            if building {
                self.buildings.push((way.id, tags));
            }
        }
    }
}

/// Positions of the wanted nodes.
#[derive(Debug)]
struct Nodes {
    /// Sorted, each once.
    ids: Vec<i64>,
    /// By the place of the id.
    positions: Vec<Option<Position>>,
}

impl Nodes {
    fn wanted_by(ways: &Ways) -> Self {
        let mut ids: Vec<i64> = ways.refs.values().flatten().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let positions = vec![None; ids.len()];
        Self { ids, positions }
    }

    fn collect(&mut self, block: &PrimitiveBlock) {
        for (id, position) in block.node_positions() {
            if let Ok(place) = self.ids.binary_search(&id) {
                self.positions[place] = Some(position);
            }
        }
    }

    fn get(&self, id: i64) -> Option<Position> {
        self.positions[self.ids.binary_search(&id).ok()?]
    }
}

/// Adds building ways, less those that are the outline of a building relation.
fn add_ways(relations: &[Relation], ways: &Ways, nodes: &Nodes, source: &mut Source) {
    let outlines: BTreeSet<i64> = relations
        .iter()
        .flat_map(|relation| relation.outer.iter().copied())
        .collect();
    for (id, tags) in &ways.buildings {
        if outlines.contains(id) {
            continue;
        }
        let name = format!("way/{id}");
        let refs = ways.refs.get(id).map(Vec::as_slice).unwrap_or_default();
        let ring = ring(refs, nodes, &name, source);
        let polygons = vec![vec![ring]];
        source.features.push(RawFeature {
            id: name,
            polygons,
            properties: tags.clone(),
        });
    }
}

/// The positions of a ring of nodes, the first not repeated; warns of nodes that are not in the file
/// and of a ring that does not close.
fn ring(refs: &[i64], nodes: &Nodes, name: &str, source: &mut Source) -> Vec<Position> {
    let refs = match refs {
        [first, middle @ .., last] if first == last => &refs[..=middle.len()],
        _ => {
            source.warn(name, Defect::UnclosedRing);
            refs
        }
    };
    let positions: Vec<Position> = refs.iter().filter_map(|id| nodes.get(*id)).collect();
    let count = refs.len() - positions.len();
    if count > 0 {
        source.warn(name, Defect::MissingMembers { count });
    }
    positions
}

fn tags(block: &PrimitiveBlock, keys: &[u32], values: &[u32]) -> Attributes {
    let pairs = keys.iter().zip(values);
    let text = |(key, value): (&u32, &u32)| {
        let value = block.text(*value)?.to_owned();
        Some((block.text(*key)?.to_owned(), Value::String(value)))
    };
    pairs.filter_map(text).collect()
}
