//! Models built by hand.

use gable_model::{ImageSource, Instance, Material, Model, NO_FEATURE, Part, Vertex};
use glam::{DVec3, Quat, Vec2, Vec3};

/// A corner of a triangle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Corner {
    pub(crate) position: Vec3,
    pub(crate) normal: Vec3,
    pub(crate) uv: Vec2,
    pub(crate) feature: u16,
}

/// Triangles.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape {
    pub(crate) corners: Vec<Corner>,
    pub(crate) indices: Vec<u16>,
}

impl Shape {
    /// A quadrangle or triangle, counter-clockwise; texture coordinates are metres along its first edge and across it.
    pub(crate) fn face(&mut self, ring: &[Vec3], feature: u16) {
        let normal = (ring[1] - ring[0]).cross(ring[2] - ring[0]).normalize();
        let along = (ring[1] - ring[0]).normalize();
        let across = normal.cross(along);
        let first = self.corners.len() as u16;
        self.corners.extend(ring.iter().map(|&position| {
            let from = position - ring[0];
            let uv = Vec2::new(from.dot(along), -from.dot(across));
            Corner {
                position,
                normal,
                uv,
                feature,
            }
        }));
        for index in 2..ring.len() as u16 {
            self.indices
                .extend([first, first + index - 1, first + index]);
        }
    }

    /// An upright box without its bottom.
    pub(crate) fn block(&mut self, low: Vec3, high: Vec3, feature: u16) {
        let at = |x: f32, y: f32, z: f32| low + (high - low) * Vec3::new(x, y, z);
        let ring = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        for side in 0..4 {
            let ([ax, ay], [bx, by]) = (ring[side], ring[(side + 1) % 4]);
            self.face(
                &[
                    at(ax, ay, 0.0),
                    at(bx, by, 0.0),
                    at(bx, by, 1.0),
                    at(ax, ay, 1.0),
                ],
                feature,
            );
        }
        self.face(&ring.map(|[x, y]| at(x, y, 1.0)), feature);
    }

    /// A ball, or an egg.
    pub(crate) fn ball(&mut self, middle: Vec3, radii: Vec3, rings: u16, feature: u16) {
        let first = self.corners.len() as u16;
        let around = rings * 2;
        for ring in 0..=rings {
            for step in 0..=around {
                let (flat, up) =
                    (f32::from(ring) / f32::from(rings) * std::f32::consts::PI).sin_cos();
                let turn = f32::from(step) / f32::from(around) * std::f32::consts::TAU;
                let unit = Vec3::new(turn.cos() * flat, turn.sin() * flat, -up);
                self.corners.push(Corner {
                    position: middle + unit * radii,
                    normal: (unit / radii).normalize(),
                    uv: Vec2::ZERO,
                    feature,
                });
            }
        }
        for ring in 0..rings {
            for step in 0..around {
                let a = first + ring * (around + 1) + step;
                let b = a + around + 1;
                self.indices.extend([a, a + 1, b + 1, a, b + 1, b]);
            }
        }
    }
}

/// Where a shape stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stand {
    pub(crate) position: Vec3,
    /// Counter-clockwise from above, radians.
    pub(crate) turn: f32,
    pub(crate) scale: Vec3,
    pub(crate) feature: u32,
}

/// Makes a model.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    pub(crate) model: Model,
}

impl Builder {
    pub(crate) fn new(origin: DVec3) -> Self {
        Self {
            model: Model {
                origin,
                ..Model::default()
            },
        }
    }

    pub(crate) fn image(&mut self, name: &str) -> u32 {
        let source = ImageSource::Address(name.to_owned());
        self.model.images.push(source);
        self.model.images.len() as u32 - 1
    }

    /// A shape where it is.
    pub(crate) fn add(&mut self, shape: &Shape, material: Material) {
        let stand = Stand {
            position: Vec3::ZERO,
            turn: 0.0,
            scale: Vec3::ONE,
            feature: u32::from(NO_FEATURE),
        };
        self.add_at(shape, material, &[stand]);
    }

    /// A shape at several places.
    pub(crate) fn add_at(&mut self, shape: &Shape, material: Material, stands: &[Stand]) {
        let model = &mut self.model;
        let least = |values: &mut dyn Iterator<Item = Vec3>| values.fold(Vec3::INFINITY, Vec3::min);
        let low = least(&mut shape.corners.iter().map(|corner| corner.position));
        let high = -least(&mut shape.corners.iter().map(|corner| -corner.position));
        let (middle, half) = (
            (low + high) / 2.0,
            ((high - low) / 2.0).max_element().max(1e-6),
        );
        let uv_low = shape
            .corners
            .iter()
            .fold(Vec2::INFINITY, |low, corner| low.min(corner.uv));
        let uv_high = shape
            .corners
            .iter()
            .fold(Vec2::NEG_INFINITY, |high, corner| high.max(corner.uv));
        let uv_size = (uv_high - uv_low).max(Vec2::splat(1e-6));
        let vertices = model.vertices.len() as u32;
        model.vertices.extend(shape.corners.iter().map(|corner| {
            Vertex {
                position: ((corner.position - middle) / half * 32767.0)
                    .round()
                    .to_array()
                    .map(|v| v as i16),
                feature: corner.feature,
                normal: (corner.normal * 127.0)
                    .round()
                    .extend(0.0)
                    .to_array()
                    .map(|v| v as i8),
                uv: ((corner.uv - uv_low) / uv_size * 65535.0)
                    .round()
                    .to_array()
                    .map(|v| v as u16),
            }
        }));
        let indices = model.indices.len() as u32;
        model.indices.extend(&shape.indices);
        let instances = model.instances.len() as u32;
        let mut bounds = [Vec3::INFINITY, Vec3::NEG_INFINITY];
        for stand in stands {
            let rotation = Quat::from_rotation_z(stand.turn);
            for corner in &shape.corners {
                let p = stand.position + rotation * (stand.scale * corner.position);
                bounds = [bounds[0].min(p), bounds[1].max(p)];
            }
            model.instances.push(Instance {
                translation: (stand.position + rotation * (stand.scale * middle)).to_array(),
                tile: 0,
                rotation: rotation.to_array().map(|v| (v * 32767.0).round() as i16),
                scale: (stand.scale * half).to_array(),
                look: 0,
                feature: stand.feature,
            });
        }
        model.parts.push(Part {
            vertices: vertices..model.vertices.len() as u32,
            indices: indices..model.indices.len() as u32,
            instances: instances..model.instances.len() as u32,
            material: model.materials.len() as u32,
            uv: [uv_low.to_array(), (uv_low + uv_size).to_array()],
            bounds,
        });
        model.materials.push(material);
    }
}

/// A matt colour, given in sRGB.
pub(crate) fn paint(red: u8, green: u8, blue: u8) -> Material {
    let linear = |byte: u8| (f32::from(byte) / 255.0).powf(2.2);
    Material {
        base_color: [linear(red), linear(green), linear(blue), 1.0],
        metallic: 0.0,
        roughness: 0.9,
        ..Material::default()
    }
}
