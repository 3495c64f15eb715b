//! Hip and gable roofs: straight skeletons raised to a height that grows with time.

use super::{Skeleton, SkeletonError, straight_skeleton};
use crate::math;
use crate::polygon::Polygon;
use glam::DVec3;

mod overhang;

#[cfg(test)]
mod tests;

/// What the ends of a roof look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoofForm {
    /// Every edge of the footprint has a sloped face.
    Hip,
    /// The triangular faces of the hip roof stand upright (pediments). With `index`, on a convex
    /// footprint without holes, that edge gets a pediment and the ridge runs away from it; elsewhere the
    /// index is ignored.
    Gable {
        /// Flat number of the edge that gets a pediment.
        index: Option<usize>,
    },
}

/// How steep a roof is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RoofSlope {
    /// Angle of the sloped faces in degrees, between 0 and 90.
    Angle(f64),
    /// Height of the highest point.
    Height(f64),
}

/// How far a roof reaches out over its footprint, and whether its ridges are level.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RoofOptions {
    /// Overhang over the eaves, at right angles to them, measured in the roof plane.
    pub eave_overhang: f64,
    /// Overhang over the pediments, along the ridge.
    pub gable_overhang: f64,
    /// Lifts every ridge to the height of its highest point; faces may then be bent.
    pub level_ridges: bool,
}

/// A roof over a footprint.
#[derive(Clone, Debug, PartialEq)]
pub struct Roof {
    /// x, y in the plane and the height above it; the footprint's points come first, in flat order. With
    /// an overhang the points of the eaves and ridge ends outside the footprint come last.
    pub points: Vec<DVec3>,
    /// One face per footprint edge, in flat order; edges without length have none.
    pub faces: Vec<RoofFace>,
}

/// A face of a roof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoofFace {
    /// Flat number of the footprint edge.
    pub edge: u32,
    /// Indices of points, counter-clockwise seen from outside; the first two are the footprint edge (the
    /// eave), moved out and down by an overhang. None repeats.
    pub ring: Vec<u32>,
    /// Whether the face stands upright (a pediment).
    pub vertical: bool,
}

/// A roof over `polygon`, whose plane is at height 0, without overhang.
///
/// # Errors
/// As [`roof_with`].
pub fn roof(polygon: &Polygon, form: RoofForm, slope: RoofSlope) -> Result<Roof, SkeletonError> {
    roof_with(polygon, form, slope, RoofOptions::default())
}

/// A roof over `polygon`, whose plane is at height 0.
///
/// # Errors
/// See [`SkeletonError`]; [`SkeletonError::Invalid`] also for an angle outside (0, 90), a height that is
/// not positive or an overhang that is negative. A flat roof is the usual way out.
pub fn roof_with(
    polygon: &Polygon,
    form: RoofForm,
    slope: RoofSlope,
    options: RoofOptions,
) -> Result<Roof, SkeletonError> {
    let valid = match slope {
        RoofSlope::Angle(degrees) => degrees > 0.0 && degrees < 90.0,
        RoofSlope::Height(height) => height.is_finite() && height > 0.0,
    };
    let overhangs = [options.eave_overhang, options.gable_overhang];
    if !valid
        || !overhangs
            .iter()
            .all(|overhang| overhang.is_finite() && *overhang >= 0.0)
    {
        return Err(SkeletonError::Invalid);
    }
    let (skeleton, speeds) = match form {
        RoofForm::Hip => hip(polygon)?,
        RoofForm::Gable { index } => gable(polygon, index)?,
    };
    let mut skeleton = skeleton;
    let highest = skeleton
        .points
        .iter()
        .map(|point| point.z)
        .fold(0.0, f64::max);
    let rise = match slope {
        RoofSlope::Angle(degrees) => math::tan(degrees.to_radians()),
        RoofSlope::Height(height) => height / highest,
    };
    if options.level_ridges {
        level_ridges(&mut skeleton, polygon.edge_count());
    }
    if overhangs != [0.0, 0.0] {
        // A length l in the roof plane reaches l cos(angle) outward.
        let eave = options.eave_overhang / (1.0 + rise * rise).sqrt();
        overhang::add(
            polygon,
            &speeds,
            &mut skeleton,
            [eave, options.gable_overhang],
        );
    }
    let lift = |point: &DVec3| point.truncate().extend(point.z * rise);
    let points = skeleton.points.iter().map(lift).collect();
    let shown = skeleton
        .faces
        .into_iter()
        .filter(|face| !face.ring.is_empty());
    let faces = shown.map(|face| RoofFace {
        vertical: speeds[face.edge as usize] == 0.0,
        edge: face.edge,
        ring: face.ring,
    });
    Ok(Roof {
        points,
        faces: faces.collect(),
    })
}

/// Lifts all nodes that are joined by arcs above the footprint to the highest of them.
fn level_ridges(skeleton: &mut Skeleton, corners: usize) {
    let sides = skeleton.faces.iter().flat_map(|face| {
        (0..face.ring.len()).map(|i| (face.ring[i], face.ring[(i + 1) % face.ring.len()]))
    });
    let ridges: Vec<(usize, usize)> = sides
        .map(|(a, b)| (a as usize, b as usize))
        .filter(|&(a, b)| a < b && a >= corners)
        .collect();
    let mut changed = true;
    while changed {
        changed = false;
        for &(a, b) in &ridges {
            let [low, high] = [skeleton.points[a].z, skeleton.points[b].z];
            let top = low.max(high);
            changed |= low != high;
            skeleton.points[a].z = top;
            skeleton.points[b].z = top;
        }
    }
}

fn hip(polygon: &Polygon) -> Result<(Skeleton, Vec<f64>), SkeletonError> {
    let speeds = vec![1.0; polygon.edge_count()];
    Ok((straight_skeleton(polygon, &speeds, None)?, speeds))
}

/// The hip roof with its triangular faces folded up, as far as that is possible.
fn gable(polygon: &Polygon, index: Option<usize>) -> Result<(Skeleton, Vec<f64>), SkeletonError> {
    let (mut skeleton, mut speeds) = hip(polygon)?;
    if let Some(edge) = index.filter(|&edge| edge < speeds.len() && polygon.is_convex()) {
        (skeleton, speeds) = fold(polygon, &[edge], (skeleton, speeds));
    }
    let chosen = pediments(polygon, &skeleton, &speeds);
    let before = speeds.clone();
    (skeleton, speeds) = fold(polygon, &chosen, (skeleton, speeds));
    if speeds == before {
        // Not all at once: then one after the other.
        for edge in chosen {
            (skeleton, speeds) = fold(polygon, &[edge], (skeleton, speeds));
        }
    }
    Ok((skeleton, speeds))
}

/// Edges with a triangular sloped face, no two of them neighbours.
fn pediments(polygon: &Polygon, skeleton: &Skeleton, speeds: &[f64]) -> Vec<usize> {
    let mut folded: Vec<bool> = speeds.iter().map(|&speed| speed == 0.0).collect();
    let mut chosen = Vec::new();
    let mut first = 0;
    for ring in &polygon.rings {
        let count = ring.len();
        for i in 0..count {
            let neighbours = [first + (i + count - 1) % count, first + (i + 1) % count];
            let triangular = skeleton.faces[first + i].ring.len() == 3;
            if triangular && !folded[first + i] && !neighbours.iter().any(|&edge| folded[edge]) {
                folded[first + i] = true;
                chosen.push(first + i);
            }
        }
        first += count;
    }
    chosen
}

/// The roof with more edges upright, or the given one where that is no roof: the upright faces have to
/// be triangles.
fn fold(polygon: &Polygon, edges: &[usize], given: (Skeleton, Vec<f64>)) -> (Skeleton, Vec<f64>) {
    let mut speeds = given.1.clone();
    for &edge in edges {
        speeds[edge] = 0.0;
    }
    match straight_skeleton(polygon, &speeds, None) {
        Ok(skeleton) if skeleton.walls.is_empty() && has_pediments(&skeleton, &speeds) => {
            (skeleton, speeds)
        }
        Ok(_) | Err(_) => given,
    }
}

fn has_pediments(skeleton: &Skeleton, speeds: &[f64]) -> bool {
    let upright = skeleton
        .faces
        .iter()
        .filter(|face| speeds[face.edge as usize] == 0.0);
    upright.into_iter().all(|face| face.ring.len() == 3)
        && skeleton.faces.iter().all(|face| face.holes.is_empty())
}
