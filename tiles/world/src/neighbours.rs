//! Which features lie near others: those whose shapes rules ask about (`touches(inter)`).

use std::collections::BTreeSet;

use gable_kernel::manifest::Queries;
use gable_kernel::recipe::{InitialShape, OCCLUSION_REACH};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// How far rules look for others, in metres; none when they do not.
pub(crate) fn reach(queries: Queries, neighbourhood: f64) -> Option<f64> {
    let occlusion = queries.inter.then_some(OCCLUSION_REACH);
    let labels = queries.labels.then_some(neighbourhood);
    occlusion.into_iter().chain(labels).reduce(f64::max)
}

/// The footprints of a list of initial shapes.
#[derive(Debug)]
pub(crate) struct Neighbours {
    boxes: Vec<[[f64; 2]; 2]>,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    reach: f64,
}

impl Neighbours {
    /// Of these shapes, for rules that look so far.
    pub(crate) fn new<'a>(shapes: impl Iterator<Item = &'a InitialShape>, reach: f64) -> Self {
        let boxes: Vec<_> = shapes.map(ground).collect();
        let entry = |(number, &[low, high]): (usize, &[[f64; 2]; 2])| {
            GeomWithData::new(Rectangle::from_corners(low, high), number)
        };
        let tree = RTree::bulk_load(boxes.iter().enumerate().map(entry).collect());
        Self { boxes, tree, reach }
    }

    /// The numbers of all shapes near some of them, in order, without these.
    pub(crate) fn of(&self, shapes: impl Iterator<Item = usize>) -> BTreeSet<usize> {
        let own: BTreeSet<usize> = shapes.collect();
        let near = own.iter().flat_map(|&number| {
            let [low, high] = self.boxes[number];
            let around = AABB::from_corners(
                low.map(|at| at - self.reach),
                high.map(|at| at + self.reach),
            );
            self.tree.locate_in_envelope_intersecting(around)
        });
        near.map(|entry| entry.data)
            .filter(|number| !own.contains(number))
            .collect()
    }
}

/// The box of a footprint, without heights.
fn ground(shape: &InitialShape) -> [[f64; 2]; 2] {
    let points = shape.polygons.iter().flatten().flatten();
    let start = [[f64::INFINITY; 2], [f64::NEG_INFINITY; 2]];
    points.fold(start, |[low, high], &[x, _, z]| {
        [
            [low[0].min(x), low[1].min(z)],
            [high[0].max(x), high[1].max(z)],
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, z: f64) -> InitialShape {
        let ring = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        let ring = ring.map(|[dx, dz]| [x + dx, 5.0, z + dz]).to_vec();
        InitialShape {
            polygons: vec![vec![ring]],
            ..InitialShape::default()
        }
    }

    #[test]
    fn those_within_reach_are_found_once_and_not_themselves() {
        let shapes = [
            square(0.0, 0.0),
            square(1.5, 0.0),
            square(3.5, 0.0),
            square(2.5, 2.0),
        ];
        let near = |reach: f64, of: &[usize]| {
            let found = Neighbours::new(shapes.iter(), reach).of(of.iter().copied());
            found.into_iter().collect::<Vec<_>>()
        };
        assert_eq!(near(0.5, &[0]), [1]);
        assert_eq!(near(1.0, &[0, 1]), [2, 3]);
        assert_eq!(near(100.0, &[2]), [0, 1, 3]);
        assert_eq!(near(0.1, &[0]), [0; 0]);
    }

    #[test]
    fn rules_look_as_far_as_their_queries_need() {
        let queries = |inter, labels| Queries {
            intra: true,
            inter,
            labels,
        };
        assert_eq!(reach(queries(false, false), 50.0), None);
        assert_eq!(reach(queries(true, false), 50.0), Some(OCCLUSION_REACH));
        assert_eq!(reach(queries(true, true), 50.0), Some(50.0));
    }
}
