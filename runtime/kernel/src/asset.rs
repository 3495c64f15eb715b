//! Assets as the kernel takes them: prepared by the host from models, images, tables and texts, content-addressed.
//!
//! Reading files is the host's work (well-kept libraries, no untrusted parser in the kernel); the prepared form
//! is plain data in bincode format, the same everywhere, and its SHA-256 is what a recipe names.

#![expect(
    clippy::mem_forget,
    reason = "the derived readers guard half-read values with it"
)]

use glam::{DVec2, DVec3};
use smallvec::SmallVec;
use wincode::{SchemaRead, SchemaWrite};

use crate::bytes::{decode, encode};
use crate::mesh::cleanup::weld;
use crate::mesh::tags::Tag;
use crate::mesh::{Mesh, UvSet};
use crate::recipe::{DecodeError, Value};

/// First bytes of a prepared asset.
pub const MAGIC: [u8; 8] = *b"gableA04";

/// Points of a model nearer than this are one, in metres (measured on CityEngine's runtime: 0.7 mm are, 1.02 mm are not)
/// and as a share of the model, for tiny ones.
const WELD: f64 = 0.001;
const RELATIVE_WELD: f64 = 1e-4;

/// A prepared asset.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub enum Asset {
    /// A model for `i("...")`.
    Model(Model),
    /// An image for `texture("...")`.
    Image(Image),
    /// A text for `readTextFile("...")`; lines end with `\n`.
    Text(String),
    /// A table for `readStringTable("...")`, or a material for `readMaterial("...")`: names and values.
    Table(Table),
}

/// A table of texts.
#[derive(Debug, Clone, PartialEq, Eq, Default, SchemaRead, SchemaWrite)]
pub struct Table {
    /// Cells of a row; none for an empty table.
    pub columns: u32,
    /// The cells, row by row.
    pub cells: Vec<String>,
}

/// A model: polygons with texture coordinates and materials of their own.
#[derive(Debug, Clone, PartialEq, Default, SchemaRead, SchemaWrite)]
pub struct Model {
    /// Positions in metres, y up.
    pub points: Vec<[f64; 3]>,
    /// Number of corners of each polygon.
    pub polygons: Vec<u32>,
    /// Corners of all polygons in order, counter-clockwise: indices into `points`.
    pub corners: Vec<u32>,
    /// For each polygon an index into `materials`.
    pub polygon_materials: Vec<u32>,
    /// Texture coordinates of all corners in order (origin at the lower left, as in OBJ), or empty.
    pub uvs: Vec<[f64; 2]>,
    /// Normals of all corners in order, or empty for flat faces.
    pub normals: Vec<[f64; 3]>,
    /// Materials.
    pub materials: Vec<ModelMaterial>,
    /// Names of its groups, in the order of the file.
    pub groups: Vec<String>,
    /// For each polygon an index into `groups`; what is missing or out of range has none.
    pub polygon_groups: Vec<u32>,
    /// What else the file says about the model, for `assetMetadata("...")`: keys with values, each once.
    pub metadata: Vec<(String, Value)>,
}

/// A model's own material.
#[derive(Debug, Clone, PartialEq, Default, SchemaRead, SchemaWrite)]
pub struct ModelMaterial {
    /// Name.
    pub name: String,
    /// sRGB colour 0..1 and opacity.
    pub color: [f64; 4],
    /// 0 to 1.
    pub metallic: f64,
    /// 0 to 1.
    pub roughness: f64,
    /// The name of an image asset, or empty.
    pub color_map: String,
}

/// An image.
#[derive(Debug, Clone, PartialEq, Default, SchemaRead, SchemaWrite)]
pub struct Image {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Whether any pixel may be transparent.
    pub alpha: bool,
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// The file as it is.
    pub bytes: Vec<u8>,
}

impl Asset {
    /// The prepared bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(&MAGIC, self)
    }

    /// Reads prepared bytes; hostile bytes give an error.
    ///
    /// # Errors
    /// [`DecodeError`] for another format or damaged bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        decode(&MAGIC, bytes)
    }
}

impl Image {
    /// The ending of such a file: `.png` or `.jpg`.
    pub fn ending(&self) -> &'static str {
        if self.media_type == "image/jpeg" {
            ".jpg"
        } else {
            ".png"
        }
    }
}

impl Model {
    /// Adds a polygon: indices into `points`, counter-clockwise, and one into `materials`.
    ///
    /// # Panics
    /// With more than 2^32 corners.
    pub fn add_polygon(&mut self, corners: &[u32], material: u32) {
        self.polygons.push(crate::mesh::index(corners.len()));
        self.corners.extend_from_slice(corners);
        self.polygon_materials.push(material);
    }

    /// Puts the last polygon into the group of a name.
    pub fn set_last_group(&mut self, name: &str) {
        let same = self.polygon_groups.last().map(|&group| group as usize);
        let is_named = |group: &usize| self.groups.get(*group).is_some_and(|known| known == name);
        let known = same
            .filter(is_named)
            .or_else(|| self.groups.iter().position(|group| group == name));
        let group = known.unwrap_or_else(|| {
            self.groups.push(name.to_owned());
            self.groups.len() - 1
        });
        self.polygon_groups.resize(self.polygons.len(), u32::MAX);
        if let Some(last) = self.polygon_groups.last_mut() {
            *last = crate::mesh::index(group);
        }
    }

    /// Names of the materials of its polygons in the order in which these come first, empty for the shape's own: as
    /// `comp(m)` numbers them.
    pub(crate) fn material_names(&self) -> Vec<String> {
        let mut seen: Vec<usize> = Vec::new();
        for &number in &self.polygon_materials {
            let number = (number as usize).min(self.materials.len());
            if !seen.contains(&number) {
                seen.push(number);
            }
        }
        let name = |number: usize| {
            self.materials
                .get(number)
                .map(|material| material.name.clone())
        };
        seen.into_iter()
            .map(|number| name(number).unwrap_or_default())
            .collect()
    }

    /// The model as a mesh in its own coordinates. Its materials get numbers from `first_material` on, see
    /// [`first_materials`]. What indices out of range or too few corners make meaningless is left out; points in
    /// nearly the same place become one.
    pub fn to_mesh(&self, first_material: u32) -> Mesh {
        self.to_mesh_in_groups(first_material, &[])
    }

    /// [`Self::to_mesh`] with a tag for each group on its faces.
    pub(crate) fn to_mesh_in_groups(&self, first_material: u32, groups: &[Tag]) -> Mesh {
        let finite = |p: DVec3| if p.is_finite() { p } else { DVec3::ZERO };
        let points = self
            .points
            .iter()
            .map(|&p| finite(DVec3::from_array(p)))
            .collect();
        let mut mesh = Mesh {
            points,
            ..Mesh::default()
        };
        let total = self.corners.len();
        let with_uvs = self.uvs.len() == total && total > 0;
        let with_normals = self.normals.len() == total;
        let mut coordinates = SmallVec::new();
        let mut first = 0_usize;
        for (number, &size) in self.polygons.iter().enumerate() {
            let corners = first..first.saturating_add(size as usize).min(total);
            first = corners.end;
            let polygon = &self.corners[corners.clone()];
            if polygon.len() < 3
                || polygon
                    .iter()
                    .any(|&corner| corner as usize >= self.points.len())
            {
                continue;
            }
            mesh.add_face([polygon]);
            let group = self.polygon_groups.get(number);
            if let Some(&group) = group.and_then(|&group| groups.get(group as usize)) {
                mesh.tag_last_face(group);
            }
            let own = self
                .polygon_materials
                .get(number)
                .filter(|&&own| (own as usize) < self.materials.len());
            if let (Some(last), Some(&own)) = (mesh.materials.last_mut(), own) {
                *last = first_material.saturating_add(own);
            }
            if with_uvs {
                coordinates.extend(
                    self.uvs[corners.clone()]
                        .iter()
                        .map(|&uv| DVec2::from_array(uv)),
                );
            }
            if with_normals {
                let normals = &self.normals[corners];
                mesh.normals.truncate(mesh.corners.len() - polygon.len());
                mesh.normals.extend(
                    normals
                        .iter()
                        .map(|&n| DVec3::from_array(n).normalize_or_zero()),
                );
            }
        }
        if with_uvs {
            mesh.uv_sets.push(UvSet {
                set: 0,
                coordinates,
            });
        }
        mesh.drop_unused_points();
        if let Some((low, high)) = mesh.bounds() {
            weld(
                &mut mesh,
                WELD.min(RELATIVE_WELD * (high - low).max_element()),
            );
        }
        mesh
    }
}

/// The number of each asset's first material in one numbering over all of a run's assets, as faces of meshes use
/// it (`Mesh::materials`); one number more than there are assets.
pub fn first_materials<'a>(assets: impl IntoIterator<Item = &'a Asset>) -> Vec<u32> {
    let mut firsts = vec![0];
    let mut next = 0_u32;
    for asset in assets {
        if let Asset::Model(model) = asset {
            next = next.saturating_add(u32::try_from(model.materials.len()).unwrap_or(u32::MAX));
        }
        firsts.push(next);
    }
    firsts
}

/// The material of this number in that numbering; none for [`crate::mesh::SHAPE_MATERIAL`].
pub(crate) fn material_of_number<'a>(
    assets: impl IntoIterator<Item = &'a Asset>,
    number: u32,
) -> Option<&'a ModelMaterial> {
    let mut rest = number as usize;
    for asset in assets {
        if let Asset::Model(model) = asset {
            if let Some(material) = model.materials.get(rest) {
                return Some(material);
            }
            rest -= model.materials.len();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_of_a_model_less_than_a_millimetre_apart_are_one() {
        let quad_with = |gap: f64| {
            let mut model = Model {
                points: vec![
                    [0.0, 0.0, 0.0],
                    [10.0, 0.0, 0.0],
                    [10.0, gap, 0.0],
                    [10.0, 10.0, 0.0],
                    [0.0, 10.0, 0.0],
                ],
                ..Model::default()
            };
            model.add_polygon(&[0, 1, 2, 3, 4], 0);
            model
        };
        let corners = |gap| quad_with(gap).to_mesh(0).corners.len();
        assert_eq!((corners(0.0006), corners(0.0011)), (4, 5));
    }

    #[test]
    fn a_model_becomes_a_mesh_that_passes() {
        let mut model = Model {
            points: vec![
                [0.0, 0.0, 0.0],
                [1.0, 0.0, 0.0],
                [1.0, 1.0, 0.0],
                [0.0, 1.0, 0.0],
            ],
            uvs: vec![[0.5, 0.5]; 12],
            normals: vec![[0.0, 0.0, 2.0]; 12],
            materials: vec![ModelMaterial::default()],
            ..Model::default()
        };
        model.add_polygon(&[0, 1], 0);
        model.add_polygon(&[0, 1, 2, 3], 0);
        model.add_polygon(&[0, 1, 9], 0);
        model.add_polygon(&[2, 1, 0], 7);
        let mesh = model.to_mesh(5);
        assert_eq!(mesh.check(), Ok(()));
        assert_eq!(mesh.materials[..], [5, crate::mesh::SHAPE_MATERIAL]);
        assert_eq!(mesh.normals, [DVec3::Z; 7]);
    }
}
