//! From binary glTF, as Gable writes it, to a model.

mod looks;
mod part;

use gable_content::glb::Glb;
use gable_content::meshopt::decompress;
use gable_content::outline::{Node, Outline};
use glam::{DQuat, DVec3, Vec3};

use crate::{Features, Instance, Model, NO_FEATURE};
use part::Reader;

/// Why bytes are no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// They are no binary glTF, or a damaged one.
    #[error("the content is no binary glTF: {0}")]
    File(String),
    /// Its parts do not fit together, or it has what Gable's content never has.
    #[error("the content cannot be drawn: {0}")]
    Content(String),
}

/// From the y axis up, as in glTF, to the z axis up.
fn z_up([x, y, z]: [f64; 3]) -> DVec3 {
    DVec3::new(x, -z, y)
}

/// The same of a rotation, which turns with the axes.
fn z_up_rotation([x, y, z, w]: [f64; 4]) -> DQuat {
    DQuat::from_xyzw(x, -z, y, w)
}

/// The same of sizes along axes.
fn z_up_scale([x, y, z]: [f64; 3]) -> DVec3 {
    DVec3::new(x, z, y)
}

/// A place: a point goes to `translation + rotation * (scale * point)`.
#[derive(Debug, Clone, Copy)]
struct Place {
    translation: DVec3,
    rotation: DQuat,
    scale: DVec3,
    feature: u32,
}

impl Place {
    fn of(node: &Node) -> Self {
        Self {
            translation: z_up(node.translation.unwrap_or_default()),
            rotation: node.rotation.map_or(DQuat::IDENTITY, z_up_rotation),
            scale: node.scale.map_or(DVec3::ONE, z_up_scale),
            feature: NO_FEATURE.into(),
        }
    }

    fn apply(&self, point: DVec3) -> DVec3 {
        self.translation + self.rotation * (self.scale * point)
    }

    /// A place within this one, whose scale is the same along all axes or which is not turned.
    fn then(&self, inner: &Self) -> Self {
        Self {
            translation: self.apply(inner.translation),
            rotation: self.rotation * inner.rotation,
            scale: self.scale * inner.scale,
            feature: inner.feature,
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "metres near the origin, fractions"
    )]
    fn instance(&self, origin: DVec3) -> Instance {
        let rotation = self.rotation.normalize().to_array();
        Instance {
            translation: (self.translation - origin).as_vec3().to_array(),
            tile: 0,
            rotation: rotation.map(|x| (x * 32767.0).round() as i16),
            scale: self.scale.as_vec3().to_array(),
            look: 0,
            feature: self.feature,
        }
    }
}

impl Model {
    /// Reads binary glTF as Gable writes it, packed or not: triangles, quantized or not, instances, features. Of several
    /// sets of texture coordinates that of the base colour counts; textures of others are left out. `limit` is
    /// the most bytes that it may unpack to.
    ///
    /// # Errors
    /// [`ModelError`] for anything else.
    pub fn from_glb(bytes: &[u8], limit: usize) -> Result<Self, ModelError> {
        let plain =
            decompress(bytes, limit).map_err(|error| ModelError::File(error.to_string()))?;
        let glb = Glb::from_bytes(&plain).map_err(|error| ModelError::File(error.to_string()))?;
        Self::from_parts(&glb).map_err(ModelError::Content)
    }

    fn from_parts(glb: &Glb) -> Result<Self, String> {
        let outline = Outline::of(&glb.json)?;
        let looks = looks::read(&glb.json, &outline, &glb.binary)?;
        let drawn = || outline.nodes.iter().filter(|node| node.mesh.is_some());
        let mut model = Self {
            origin: drawn()
                .next()
                .map_or(DVec3::ZERO, |node| Place::of(node).translation),
            features: Features::read(&glb.json, &outline, &glb.binary)?,
            materials: looks.materials,
            images: looks.images,
            ..Self::default()
        };
        if !model.origin.is_finite() {
            return Err("a node is nowhere".to_owned());
        }
        let mut reader = Reader {
            outline: &outline,
            binary: &glb.binary,
            uv_sets: &looks.uv_sets,
            model: &mut model,
        };
        for node in drawn() {
            if !node.children.is_empty() || node.matrix.is_some() {
                return Err("nodes within nodes, and matrices, are not supported".to_owned());
            }
            reader.node(node)?;
        }
        Ok(model)
    }
}

/// A box that grows.
fn grow(bounds: &mut [Vec3; 2], point: Vec3) {
    bounds[0] = bounds[0].min(point);
    bounds[1] = bounds[1].max(point);
}
