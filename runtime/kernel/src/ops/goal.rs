//! `setbackToArea`: how far edges move so that a given area is left.
//!
//! The area left shrinks as the common offset grows, by the length of the edges that move: Newton's method, kept between an offset
//! that leaves too much and one that leaves too little.

use crate::Kernel;
use crate::limits::Stop;
use crate::mesh::flat::FlatFace;
use crate::polygon::setback::setback;

/// Areas closer than this part of the whole are equal.
const PRECISION: f64 = 1e-10;
/// Newton's method needs some five steps, halving 40.
const MAX_STEPS: usize = 100;

/// What a setback should leave.
#[derive(Debug)]
pub(crate) struct Goal {
    /// In square metres.
    pub(crate) area: f64,
    /// The most that each edge may move, in face-edge order; others move as far as they must.
    pub(crate) most: Option<Vec<f64>>,
}

/// An edge that is set back: the least and the most it moves.
type Limits = Option<(f64, f64)>;

/// What an offset leaves.
#[derive(Clone, Copy)]
struct Left {
    area: f64,
    /// The length of the edges that move on.
    moving: f64,
}

impl Kernel {
    /// Replaces the distances of chosen edges (with their branches), which are the least ones, by those that leave the area.
    ///
    /// # Errors
    /// [`Stop::Gas`].
    pub(crate) fn reach_area(
        &mut self,
        goal: &Goal,
        chosen: &mut [Option<(f64, i32)>],
    ) -> Result<(), Stop> {
        if goal.area <= 0.0 {
            self.warn("setbackToArea: the area must be greater than 0; nothing is left".to_owned());
        }
        let mesh = self.mesh_in_scope()?;
        let most = |edge: usize| {
            let most = goal.most.as_ref().and_then(|most| most.get(edge));
            most.copied().unwrap_or(f64::INFINITY)
        };
        let limits: Vec<Limits> = chosen
            .iter()
            .enumerate()
            .map(|(edge, chosen)| chosen.map(|(least, _)| (least.min(most(edge)), most(edge))))
            .collect();
        let mut faces = Vec::new();
        let mut fixed = 0.0;
        let mut extent: f64 = 0.0;
        for face in 0..mesh.face_count() {
            let own = limits[mesh.face_corners(face)].to_vec();
            match FlatFace::new(&mesh, face).filter(|_| own.iter().any(Option::is_some)) {
                Some(flat) => {
                    let points = || flat.polygon.points();
                    let origin = flat.polygon.rings[0][0];
                    extent = points().fold(extent, |far, p| far.max(p.distance(origin)));
                    faces.push((flat, own));
                }
                None => fixed += mesh.area(face),
            }
        }
        let offset = self.offset_to_area(goal.area - fixed, &faces, 2.0 * extent)?;
        for (chosen, limits) in chosen.iter_mut().zip(&limits) {
            if let (Some((distance, _)), Some((least, most))) = (chosen, limits) {
                *distance = (least + offset).min(*most);
            }
        }
        Ok(())
    }

    /// The offset at which these faces together are left with an area, from 0 to `farthest`.
    fn offset_to_area(
        &mut self,
        area: f64,
        faces: &[(FlatFace, Vec<Limits>)],
        farthest: f64,
    ) -> Result<f64, Stop> {
        let total: f64 = faces.iter().map(|(flat, _)| flat.polygon.area()).sum();
        let close = PRECISION * total;
        let start = self.left(faces, 0.0)?;
        if start.area <= area + close {
            if start.area < area - 1e-6 * total {
                self.warn(
                    "setbackToArea: less than the area is there: edges move as little as they may"
                        .to_owned(),
                );
            }
            return Ok(0.0);
        }
        // Beyond this all that can move has moved as far as it may.
        let rooms = faces.iter().flat_map(|(_, limits)| limits.iter().flatten());
        let room = rooms.map(|(least, most)| most - least).fold(0.0, f64::max);
        let (mut low, mut high) = (0.0, farthest.min(room));
        let end = self.left(faces, high)?;
        if end.area > area + close {
            self.warn(
                "setbackToArea: more than the area is left: edges move as far as they may"
                    .to_owned(),
            );
            return Ok(high);
        }
        let mut offset = start.area_to_offset(area, low);
        for step in 0..MAX_STEPS {
            if !(low < offset && offset < high) || step % 8 == 7 {
                offset = (low + high) * 0.5;
            }
            let left = self.left(faces, offset)?;
            if (left.area - area).abs() <= close || !(low < offset && offset < high) {
                break;
            }
            if left.area > area {
                low = offset;
            } else {
                high = offset;
            }
            offset = left.area_to_offset(area, offset);
        }
        Ok(offset)
    }

    fn left(&mut self, faces: &[(FlatFace, Vec<Limits>)], offset: f64) -> Result<Left, Stop> {
        let mut left = Left {
            area: 0.0,
            moving: 0.0,
        };
        for (flat, limits) in faces {
            self.charge(1 + limits.len() * limits.len())?;
            let distances: Vec<f64> = limits
                .iter()
                .map(|limits| limits.map_or(0.0, |(least, most)| (least + offset).min(most)))
                .collect();
            let moves =
                |edge: usize| limits[edge].is_some_and(|(least, most)| least + offset < most);
            let Ok(moved) = setback(&flat.polygon, &distances) else {
                // The setback itself will leave such a face whole.
                left.area += flat.polygon.area();
                continue;
            };
            for ring in moved.remainder.iter().flat_map(|polygon| &polygon.rings) {
                left.area += crate::polygon::signed_area(&ring.points);
                let edges = crate::polygon::ring_edges(&ring.points).zip(&ring.edges);
                let moving =
                    edges.filter(|(_, edge)| edge.is_some_and(|edge| moves(edge as usize)));
                left.moving += moving.map(|((a, b), _)| a.distance(b)).sum::<f64>();
            }
        }
        Ok(left)
    }
}

impl Left {
    /// Newton's step; not a number where nothing moves.
    fn area_to_offset(self, area: f64, offset: f64) -> f64 {
        offset + (self.area - area) / self.moving
    }
}
