//! From the eye to the picture. Positions are counted from the eye; depth is reversed and has no far end.

use glam::camera::rh::{proj::directx, view};
use glam::{DVec3, Mat4, Vec3, Vec4, Vec4Swizzles as _};

use crate::frame::Camera;

/// A camera for a picture of some size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    pub(crate) eye: DVec3,
    pub(crate) forward: Vec3,
    pub(crate) clip_from_eye: Mat4,
    pub(crate) near: f32,
    /// Half the picture's width and height, one metre before the eye.
    pub(crate) half: [f32; 2],
}

impl View {
    pub(crate) fn new(camera: &Camera, (width, height): (u32, u32)) -> Self {
        let aspect = width as f32 / height as f32;
        let forward = camera.forward.normalize_or(Vec3::Y);
        let up = if camera.up.cross(forward).length_squared() > 1e-12 {
            camera.up
        } else {
            Vec3::Z
        };
        let up = if up.cross(forward).length_squared() > 1e-12 {
            up
        } else {
            Vec3::Y
        };
        let project =
            directx::perspective_infinite_reverse(camera.field_of_view, aspect, camera.near);
        let half = (camera.field_of_view / 2.0).tan();
        Self {
            eye: camera.eye,
            forward,
            clip_from_eye: project * view::look_to_mat4(Vec3::ZERO, forward, up.normalize()),
            near: camera.near,
            half: [half * aspect, half],
        }
    }

    /// This camera with one pixel as its whole picture.
    pub(crate) fn narrowed(&self, (width, height): (u32, u32), (x, y): (u32, u32)) -> Self {
        let (width, height) = (width as f32, height as f32);
        let middle_x = (x as f32 + 0.5) / width * 2.0 - 1.0;
        let middle_y = 1.0 - (y as f32 + 0.5) / height * 2.0;
        let zoom = Mat4::from_scale(Vec3::new(width, height, 1.0))
            * Mat4::from_translation(Vec3::new(-middle_x, -middle_y, 0.0));
        Self {
            clip_from_eye: zoom * self.clip_from_eye,
            ..*self
        }
    }

    /// The world within the picture.
    pub(crate) fn volume(&self) -> Volume {
        let row = |index| self.clip_from_eye.row(index);
        let w = row(3);
        Volume {
            planes: vec![w + row(0), w - row(0), w + row(1), w - row(1), w - row(2)],
        }
    }
}

/// What lies on the inner side of planes.
#[derive(Debug, Clone)]
pub(crate) struct Volume {
    /// A point p is inside when `dot(plane.xyz, p) + plane.w` is not negative.
    pub(crate) planes: Vec<Vec4>,
}

impl Volume {
    /// Whether a box may reach into it.
    pub(crate) fn touches(&self, [low, high]: [Vec3; 2]) -> bool {
        let (middle, half) = ((low + high) / 2.0, (high - low) / 2.0);
        self.planes.iter().all(|plane| {
            let normal = plane.xyz();
            normal.dot(middle) + normal.abs().dot(half) + plane.w >= 0.0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> View {
        let camera = Camera {
            eye: DVec3::ZERO,
            forward: Vec3::Y,
            up: Vec3::Z,
            field_of_view: 1.0,
            near: 0.5,
        };
        View::new(&camera, (200, 100))
    }

    #[test]
    fn depth_falls_with_distance_and_up_is_up() {
        let at = |p: Vec3| view().clip_from_eye.project_point3(p);
        assert!((at(Vec3::new(0.0, 0.5, 0.0)).z - 1.0).abs() < 1e-6);
        assert!(at(Vec3::new(0.0, 10.0, 0.0)).z > at(Vec3::new(0.0, 1e6, 0.0)).z);
        assert!(at(Vec3::new(0.0, 1e6, 0.0)).z > 0.0);
        assert!(at(Vec3::new(0.0, 10.0, 1.0)).y > 0.0);
        assert!(at(Vec3::new(1.0, 10.0, 0.0)).x > 0.0);
    }

    #[test]
    fn boxes_are_seen_where_they_are() {
        let volume = view().volume();
        let touches = |x: f32, y: f32| {
            let middle = Vec3::new(x, y, 0.0);
            volume.touches([middle - Vec3::ONE, middle + Vec3::ONE])
        };
        assert!(touches(0.0, 10.0) && touches(0.0, 1e7) && touches(11.0, 10.0));
        assert!(!touches(0.0, -2.0) && !touches(14.0, 10.0) && !touches(-14.0, 10.0));
    }

    #[test]
    fn a_narrowed_view_has_its_pixel_in_the_middle() {
        let p = Vec3::new(1.7, 5.0, -0.9);
        let clip = view().clip_from_eye.project_point3(p);
        let pixel = ((clip.x + 1.0) * 100.0, (1.0 - clip.y) * 50.0);
        let narrow = view().narrowed((200, 100), (pixel.0 as u32, pixel.1 as u32));
        let inside = narrow.clip_from_eye.project_point3(p);
        assert!(inside.x.abs() <= 1.0 && inside.y.abs() <= 1.0, "{inside}");
        assert!((inside.z - clip.z).abs() < 1e-6);
    }
}
