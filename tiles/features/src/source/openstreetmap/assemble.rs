//! Puts the member ways of a multipolygon together.
//!
//! Ways are joined at common end nodes until they close: from each way not yet used, in the order of
//! the relation, go on with the first unused way that starts or ends where the last one ended. Where
//! more than two ways meet, this may close a ring early or late; repair cuts such rings into simple
//! ones. Each inner ring goes to the outer ring that holds it.

use std::collections::BTreeMap;

use super::{Nodes, Relation, Ways, ring};
use crate::Defect;
use crate::repair::{FlatRing, winds_around};
use crate::source::{Position, RawFeature, Source};

/// Adds a building relation as one feature.
pub(super) fn add_relation(relation: &Relation, ways: &Ways, nodes: &Nodes, source: &mut Source) {
    let name = format!("relation/{}", relation.id);
    let mut missing = 0;
    let mut open = 0;
    let mut rings = |members: &[i64], source: &mut Source| -> Vec<Vec<Position>> {
        let found: Vec<&[i64]> = members
            .iter()
            .filter_map(|id| ways.refs.get(id))
            .map(Vec::as_slice)
            .collect();
        missing += members.len() - found.len();
        let (closed, left) = join(&found);
        open += left;
        closed
            .iter()
            .map(|refs| ring(refs, nodes, &name, source))
            .collect()
    };
    let outer = rings(&relation.outer, source);
    let inner = rings(&relation.inner, source);
    if missing > 0 {
        source.warn(&name, Defect::MissingMembers { count: missing });
    }
    if open > 0 {
        source.warn(&name, Defect::OpenMembers { ways: open });
    }
    let polygons = with_holes(outer, inner);
    source.features.push(RawFeature {
        id: name,
        polygons,
        properties: relation.tags.clone(),
    });
}

/// Closed rings of node ids (the first repeated at the end), and how many ways are left over.
fn join(ways: &[&[i64]]) -> (Vec<Vec<i64>>, usize) {
    let mut by_end: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (index, way) in ways.iter().enumerate().rev() {
        if let [first, .., last] = way {
            by_end.entry(*first).or_default().push(index);
            by_end.entry(*last).or_default().push(index);
        }
    }
    let mut used = vec![false; ways.len()];
    let mut rings = Vec::new();
    let mut left = 0;
    for start in 0..ways.len() {
        if std::mem::replace(&mut used[start], true) {
            continue;
        }
        let mut chain = ways[start].to_vec();
        let mut links = 1;
        while chain.len() < 2 || chain.first() != chain.last() {
            let next = chain
                .last()
                .and_then(|end| by_end.get_mut(end))
                .and_then(|candidates| {
                    std::iter::from_fn(|| candidates.pop()).find(|index| !used[*index])
                });
            let Some(next) = next else { break };
            used[next] = true;
            links += 1;
            append(&mut chain, ways[next]);
        }
        if chain.len() > 2 && chain.first() == chain.last() {
            rings.push(chain);
        } else {
            left += links;
        }
    }
    (rings, left)
}

/// Goes on along a way that starts or ends where the chain ends.
fn append(chain: &mut Vec<i64>, way: &[i64]) {
    if way.first() == chain.last() {
        chain.extend_from_slice(&way[1..]);
    } else {
        chain.extend(way.iter().rev().skip(1));
    }
}

/// Gives each inner ring to the smallest outer ring that holds its first corner, or to the first
/// outer ring, where repair will find it outside.
fn with_holes(outer: Vec<Vec<Position>>, inner: Vec<Vec<Position>>) -> Vec<Vec<Vec<Position>>> {
    let flat = |ring: &Vec<Position>| -> FlatRing { ring.iter().map(|p| [p[0], p[1]]).collect() };
    let shells: Vec<FlatRing> = outer.iter().map(flat).collect();
    let mut polygons: Vec<Vec<Vec<Position>>> = outer.into_iter().map(|ring| vec![ring]).collect();
    for hole in inner {
        let Some(corner) = hole.first().map(|p| [p[0], p[1]]) else {
            continue;
        };
        let holder = shells.iter().position(|shell| winds_around(shell, corner));
        if let Some(polygon) = polygons.get_mut(holder.unwrap_or(0)) {
            polygon.push(hole);
        }
    }
    polygons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_join_in_any_order_and_direction() {
        let (rings, left) = join(&[&[1, 2, 3], &[5, 4, 3], &[5, 6, 1], &[7, 8, 9, 7]]);
        assert_eq!(rings, [vec![1, 2, 3, 4, 5, 6, 1], vec![7, 8, 9, 7]]);
        assert_eq!(left, 0);
    }

    #[test]
    fn ways_that_do_not_close_are_counted() {
        let (rings, left) = join(&[&[1, 2], &[2, 3], &[], &[4]]);
        assert_eq!(rings, [[0; 0]; 0]);
        assert_eq!(left, 4);
    }

    #[test]
    fn an_inner_ring_goes_to_the_outer_ring_around_it() {
        let square = |x: f64, side: f64| {
            vec![
                [x, 0.0, 0.0],
                [x + side, 0.0, 0.0],
                [x + side, side, 0.0],
                [x, side, 0.0],
            ]
        };
        let shift = |ring: Vec<Position>| ring.iter().map(|p| [p[0], p[1] + 1.0, 0.0]).collect();
        let polygons = with_holes(
            vec![square(0.0, 9.0), square(20.0, 9.0)],
            vec![shift(square(21.0, 2.0)), shift(square(1.0, 2.0))],
        );
        assert_eq!(polygons.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
        assert_eq!(polygons[1][1][0], [21.0, 1.0, 0.0]);
    }
}
