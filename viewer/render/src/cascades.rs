//! Shadow maps: several of the same size, each over a longer stretch of the view than the last.

use glam::{DVec3, Mat4, Vec3, Vec4};

use crate::camera::{View, Volume};

/// Metres towards the sun and away from it in which things cast and catch shadows, beyond the stretch itself.
const DEPTH: f32 = 2500.0;
/// Texels stay where they are in the world; their grid is counted from a corner of cubes of this side, metres, so that
/// it is exact far from the world's origin.
const ANCHOR: f64 = 1024.0;
/// Between even stretches (0) and stretches in proportion to their distance (1).
const PROPORTION: f32 = 0.8;

/// One shadow map.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cascade {
    pub(crate) clip_from_eye: Mat4,
    /// Side of a texel, metres.
    pub(crate) texel: f32,
    /// Where it ends along the view, metres.
    pub(crate) end: f32,
}

impl Cascade {
    /// What may cast a shadow into it.
    pub(crate) fn volume(&self) -> Volume {
        let row = |index| self.clip_from_eye.row(index);
        let w = row(3);
        Volume {
            planes: vec![w + row(0), w - row(0), w + row(1), w - row(1)],
        }
    }
}

/// `count` shadow maps of `side` texels, as far as `reach` metres.
pub(crate) fn cascades(
    view: &View,
    sun: Vec3,
    (count, side): (u32, u32),
    reach: f32,
) -> Vec<Cascade> {
    let nearest = view.near.max(1.0).min(reach / 2.0);
    let end = |index: u32| {
        let share = index as f32 / count as f32;
        let even = nearest + (reach - nearest) * share;
        let proportional = nearest * (reach / nearest).powf(share);
        even + (proportional - even) * PROPORTION
    };
    (0..count)
        .map(|index| {
            let start = if index == 0 { 0.0 } else { end(index) };
            cascade(view, sun, side, [start, end(index + 1)])
        })
        .collect()
}

fn cascade(view: &View, sun: Vec3, side: u32, [start, end]: [f32; 2]) -> Cascade {
    // The smallest ball around the stretch: its size does not change as the camera turns.
    let slope = view.half[0].powi(2) + view.half[1].powi(2);
    let middle = ((start + end) / 2.0 * (1.0 + slope)).min(end);
    let radius = ((end - middle).powi(2) + end * end * slope).sqrt();
    let radius = (radius * 16.0).ceil() / 16.0;
    let texel = 2.0 * radius / side as f32;

    let across = if sun.z.abs() > 0.99 { Vec3::Y } else { Vec3::Z };
    let right = across.cross(sun).normalize();
    let up = sun.cross(right);
    let anchor = (view.eye / ANCHOR).floor() * ANCHOR;
    let center = view.forward * middle;
    let from_anchor = (view.eye - anchor) + center.as_dvec3();
    let snapped = |axis: Vec3| {
        let along = from_anchor.dot(DVec3::from(axis));
        let texel = f64::from(texel);
        ((along / texel).round() * texel - along) as f32
    };
    let center = center + right * snapped(right) + up * snapped(up);

    let depth = radius + DEPTH;
    let row = |axis: Vec3, scale: f32, offset: f32| {
        (axis * scale).extend(offset - axis.dot(center) * scale)
    };
    let rows = [
        row(right, 1.0 / radius, 0.0),
        row(up, 1.0 / radius, 0.0),
        row(sun, -0.5 / depth, 0.5),
        Vec4::W,
    ];
    let clip_from_eye = Mat4::from_cols(rows[0], rows[1], rows[2], rows[3]).transpose();
    Cascade {
        clip_from_eye,
        texel,
        end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Camera;

    fn at(eye: DVec3, forward: Vec3) -> View {
        let camera = Camera {
            eye,
            forward,
            up: Vec3::Z,
            field_of_view: 1.0,
            near: 0.1,
        };
        View::new(&camera, (160, 90))
    }

    #[test]
    fn every_stretch_lies_in_its_map() {
        let view = at(DVec3::ZERO, Vec3::new(0.3, 1.0, -0.2));
        let sun = Vec3::new(0.5, -0.3, 0.6).normalize();
        let mut start = 0.0;
        for cascade in cascades(&view, sun, (4, 1024), 500.0) {
            for distance in [start, cascade.end] {
                for corner in [[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]] {
                    let p =
                        view.clip_from_eye.inverse() * Vec4::new(corner[0], corner[1], 1.0, 1.0);
                    let ray = p.truncate() / p.w;
                    let p = ray * (distance / ray.dot(view.forward));
                    let clip = cascade.clip_from_eye.project_point3(p);
                    let slack = 1.0 + cascade.texel;
                    assert!(clip.x.abs() < slack && clip.y.abs() < slack, "{clip}");
                    assert!((0.0..=1.0).contains(&clip.z), "{clip}");
                }
            }
            start = cascade.end;
        }
        assert!((start - 500.0).abs() < 0.1);
    }

    #[test]
    fn texels_stay_in_the_world_as_the_eye_moves() {
        let sun = Vec3::new(0.5, -0.3, 0.6).normalize();
        let thing = DVec3::new(3.0, 40.0, 2.0);
        let texel_of = |eye: DVec3, forward: Vec3| {
            let cascade = cascades(&at(eye, forward), sun, (3, 1024), 300.0)[1];
            let clip = cascade
                .clip_from_eye
                .project_point3((thing - eye).as_vec3());
            (clip.truncate() * 512.0).fract_gl()
        };
        let first = texel_of(DVec3::ZERO, Vec3::Y);
        for step in 1..20 {
            let moved = DVec3::new(0.013, 0.117, 0.05) * f64::from(step);
            let other = texel_of(moved, Vec3::new(0.01 * step as f32, 1.0, 0.0));
            let away = (other - first + 0.5).fract_gl() - 0.5;
            assert!(away.length() < 0.01, "{first} {other}");
        }
    }
}
