//! Overhangs: roof planes continued outside the footprint.

use crate::polygon::Polygon;
use crate::skeleton::Skeleton;
use glam::{DMat3, DVec2, DVec3};

/// The plane of a roof face, or the upright plane above a pediment, moved out by the overhang.
#[derive(Clone, Copy)]
struct Border {
    /// Unit normal of the edge, inward.
    normal: DVec2,
    start: DVec2,
    outward: f64,
    sloped: bool,
}

impl Border {
    /// The plane's equation: `normal . point = offset` in x, y, time.
    fn plane(&self) -> (DVec3, f64) {
        let base = self.normal.dot(self.start);
        if self.sloped {
            (self.normal.extend(-1.0), base)
        } else {
            (self.normal.extend(0.0), base - self.outward)
        }
    }
}

/// Moves the eaves of sloped faces out by `outward[0]` and their sides over pediments by `outward[1]`
/// (both horizontal). Pediments stay where they are.
pub(super) fn add(polygon: &Polygon, speeds: &[f64], skeleton: &mut Skeleton, outward: [f64; 2]) {
    let borders: Vec<Option<Border>> = polygon
        .edges()
        .zip(speeds)
        .map(|((a, b), &speed)| {
            let normal = (b - a).try_normalize()?.perp();
            let sloped = speed > 0.0;
            let outward = if sloped { outward[0] } else { outward[1] };
            Some(Border {
                normal,
                start: a,
                outward,
                sloped,
            })
        })
        .collect();
    let mut first = 0;
    for ring in &polygon.rings {
        let kept: Vec<usize> = (first..first + ring.len())
            .filter(|&edge| borders[edge].is_some())
            .collect();
        for (i, &edge) in kept.iter().enumerate() {
            let before = kept[(i + kept.len() - 1) % kept.len()];
            let next = kept[(i + 1) % kept.len()];
            let border = |edge: usize| borders[edge].expect("edges without length were left out");
            move_corner(skeleton, [before, edge], [border(before), border(edge)]);
            if speeds[edge] == 0.0 {
                move_ridge_end(
                    skeleton,
                    [before, edge, next],
                    [before, edge, next].map(border),
                );
            }
        }
        first += ring.len();
    }
}

/// Replaces the corner between two edges in their sloped faces.
fn move_corner(skeleton: &mut Skeleton, edges: [usize; 2], [before, after]: [Border; 2]) {
    let sine = before.normal.perp_dot(after.normal);
    let corner = after.start;
    let shift = if sine.abs() < 1e-6 {
        before.normal * -before.outward.max(after.outward)
    } else {
        // Both lines moved out: normal . shift = -outward.
        (after.normal.perp() * before.outward - before.normal.perp() * after.outward) / sine
    };
    let drop = |border: Border| if border.sloped { border.outward } else { 0.0 };
    let time = -drop(before).max(drop(after));
    let moved = skeleton.points.len() as u32;
    skeleton.points.push((corner + shift).extend(time));
    for (edge, border, place) in [(edges[0], before, 1), (edges[1], after, 0)] {
        let face = &mut skeleton.faces[edge].ring;
        if border.sloped && face.len() > place {
            face[place] = moved;
        }
    }
}

/// Moves the tip of a pediment out in the sloped faces beside it.
fn move_ridge_end(skeleton: &mut Skeleton, edges: [usize; 3], borders: [Border; 3]) {
    let [_, _, tip] = skeleton.faces[edges[1]].ring[..] else {
        return;
    };
    let beside = [edges[0], edges[2]];
    let elsewhere = skeleton
        .faces
        .iter()
        .filter(|face| face.ring.contains(&tip) && !edges.contains(&(face.edge as usize)));
    if elsewhere.count() > 0 {
        return;
    }
    let [a, b, c] = borders.map(|border| border.plane());
    let matrix = DMat3::from_cols(a.0, b.0, c.0).transpose();
    if matrix.determinant().abs() < 1e-9 {
        return;
    }
    let moved = skeleton.points.len() as u32;
    skeleton
        .points
        .push(matrix.inverse() * DVec3::new(a.1, b.1, c.1));
    for edge in beside {
        for node in &mut skeleton.faces[edge].ring {
            if *node == tip {
                *node = moved;
            }
        }
    }
}
