//! glTF models: the triangles of the default scene, where its nodes put them.

mod accessor;
mod document;
mod metadata;

use std::collections::BTreeMap;

use gable_kernel::asset::{Asset, Model, ModelMaterial};
use glam::{DAffine3, DMat4, DQuat, DVec3};

use self::accessor::Source;
use self::document::{Document, Material, Node, Primitive};
use super::{Defect, Preparation, Related, beside, image};

/// Deeper trees of nodes are taken for damage.
const DEEPEST: usize = 64;
/// Shared children must not multiply without end.
const MOST_NODES: usize = 100_000;
/// More triangles are refused.
const MOST_TRIANGLES: usize = 4_000_000;

const EXPORT_AGAIN: &str = "export the model again as GLB without compression";

/// CGA's convention for colours, as in the kernel's GLB writer.
const GAMMA: f64 = 2.2;

/// Fills a model from a document.
struct Reader<'a> {
    name: &'a str,
    source: &'a Source,
    related: &'a Related<'a>,
    preparation: Preparation,
    model: Model,
    /// Index into the model's materials by index in the file; faces without a material look like the shape.
    materials: BTreeMap<Option<usize>, u32>,
    has_uvs: bool,
    has_normals: bool,
    nodes: usize,
}

/// Prepares a GLB, or a glTF with buffers in files that `related` gives.
pub(super) fn prepare(
    name: &str,
    bytes: &[u8],
    related: &Related<'_>,
) -> Result<Preparation, Defect> {
    let (document, binary) = document::read(bytes)?;
    let buffers = read_buffers(name, &document, binary, related)?;
    let source = Source { document, buffers };
    let mut reader = Reader {
        name,
        source: &source,
        related,
        preparation: Preparation::of(Asset::Model(Model::default())),
        model: Model::default(),
        materials: BTreeMap::from([(None, u32::MAX)]),
        has_uvs: false,
        has_normals: false,
        nodes: 0,
    };
    let scene = source
        .document
        .scenes
        .get(source.document.scene.unwrap_or(0));
    metadata::add(source.document.extras.as_ref(), &mut reader.model);
    let extras = scene.and_then(|scene| scene.extras.as_ref());
    metadata::add(extras, &mut reader.model);
    for &node in scene.iter().flat_map(|scene| &scene.nodes) {
        reader.node(node, DAffine3::IDENTITY, 0)?;
    }
    reader.finish()
}

fn read_buffers(
    name: &str,
    document: &Document,
    binary: Option<Vec<u8>>,
    related: &Related<'_>,
) -> Result<Vec<Vec<u8>>, Defect> {
    let mut binary = binary;
    let mut buffers = Vec::new();
    for (number, buffer) in document.buffers.iter().enumerate() {
        let bytes = match &buffer.uri {
            None => binary.take(),
            Some(uri) if uri.starts_with("data:") => {
                return Err(Defect::new(
                    "a buffer is inside the JSON",
                    "save the model as GLB",
                ));
            }
            Some(uri) => related(&beside(name, uri)),
        };
        let missing = || {
            Defect::new(
                format!("the data of buffer {number} is missing"),
                "save the model as GLB",
            )
        };
        buffers.push(bytes.ok_or_else(missing)?);
    }
    Ok(buffers)
}

/// Takes a node's coordinates to its parent's.
fn parent_from_node(node: &Node) -> DAffine3 {
    if let Some(matrix) = &node.matrix {
        return DAffine3::from_mat4(DMat4::from_cols_array(matrix));
    }
    let scale = DVec3::from_array(node.scale.unwrap_or([1.0; 3]));
    let rotation = DQuat::from_array(node.rotation.unwrap_or([0.0, 0.0, 0.0, 1.0]));
    let translation = DVec3::from_array(node.translation.unwrap_or_default());
    DAffine3::from_scale_rotation_translation(scale, rotation.normalize(), translation)
}

impl Reader<'_> {
    fn node(
        &mut self,
        number: usize,
        model_from_parent: DAffine3,
        depth: usize,
    ) -> Result<(), Defect> {
        let wrong = |what: &str| Defect::new(format!("node {number} {what}"), EXPORT_AGAIN);
        self.nodes += 1;
        if depth > DEEPEST || self.nodes > MOST_NODES {
            return Err(wrong("is one of too many nodes in nodes"));
        }
        let document = &self.source.document;
        let node = document
            .nodes
            .get(number)
            .ok_or_else(|| wrong("does not exist"))?;
        let model_from_node = model_from_parent * parent_from_node(node);
        if !model_from_node.is_finite() {
            return Err(wrong("has no finite place"));
        }
        metadata::add(node.extras.as_ref(), &mut self.model);
        if let Some(mesh) = node.mesh {
            let mesh = document
                .meshes
                .get(mesh)
                .ok_or_else(|| wrong("names a mesh that does not exist"))?;
            let names = [&node.name, &mesh.name];
            let name = names.into_iter().find(|name| !name.is_empty());
            for primitive in &mesh.primitives {
                self.primitive(primitive, &model_from_node, name)?;
            }
        }
        node.children
            .iter()
            .try_for_each(|&child| self.node(child, model_from_node, depth + 1))
    }

    fn primitive(
        &mut self,
        primitive: &Primitive,
        map: &DAffine3,
        group: Option<&String>,
    ) -> Result<(), Defect> {
        let Some(positions) = primitive.attributes.position else {
            return Ok(());
        };
        let positions = self.source.vectors::<3>(positions)?;
        let normals = primitive
            .attributes
            .normal
            .map(|number| self.source.vectors::<3>(number))
            .transpose()?;
        let uvs = primitive
            .attributes
            .texcoord_0
            .map(|number| self.source.vectors::<2>(number))
            .transpose()?;
        let indices = match primitive.indices {
            Some(number) => self.source.indices(number)?,
            None => (0..).take(positions.len()).collect(),
        };
        let triangles = triangles(primitive.mode, &indices);
        if self.model.polygons.len() + triangles.len() > MOST_TRIANGLES {
            return Err(Defect::new(
                format!("more than {MOST_TRIANGLES} triangles"),
                "simplify the model",
            ));
        }
        let first = u32::try_from(self.model.points.len())
            .map_err(|_| Defect::new("too many points", EXPORT_AGAIN))?;
        self.model.points.extend(
            positions
                .iter()
                .map(|&p| map.transform_point3(DVec3::from_array(p)).to_array()),
        );
        let material = self.material(primitive.material)?;
        let (normal_map, mirrors) = (
            map.matrix3.inverse().transpose(),
            map.matrix3.determinant() < 0.0,
        );
        self.has_normals |= normals.is_some();
        self.has_uvs |= uvs.is_some();
        for [a, b, c] in triangles {
            let corners = if mirrors { [a, c, b] } else { [a, b, c] };
            if corners
                .iter()
                .any(|&corner| corner as usize >= positions.len())
            {
                return Err(Defect::new(
                    "an index is larger than the number of vertices",
                    EXPORT_AGAIN,
                ));
            }
            self.model
                .add_polygon(&corners.map(|corner| first + corner), material);
            if let Some(group) = group {
                self.model.set_last_group(group);
            }
            for corner in corners.map(|corner| corner as usize) {
                let [u, v] = uvs
                    .as_ref()
                    .and_then(|uvs| uvs.get(corner).copied())
                    .unwrap_or([0.0, 1.0]);
                self.model.uvs.push([u, 1.0 - v]);
                let normal = normals
                    .as_ref()
                    .and_then(|normals| normals.get(corner).copied())
                    .unwrap_or_default();
                self.model.normals.push(
                    (normal_map * DVec3::from_array(normal))
                        .normalize_or_zero()
                        .to_array(),
                );
            }
        }
        Ok(())
    }

    /// The number of a material in the model.
    fn material(&mut self, number: Option<usize>) -> Result<u32, Defect> {
        if let Some(&known) = self.materials.get(&number) {
            return Ok(known);
        }
        let material = number.and_then(|number| self.source.document.materials.get(number));
        let material =
            material.ok_or_else(|| Defect::new("a mesh names a missing material", EXPORT_AGAIN))?;
        let own = self.read_material(material);
        self.model.materials.push(own);
        let place = u32::try_from(self.model.materials.len() - 1).unwrap_or(u32::MAX);
        self.materials.insert(number, place);
        Ok(place)
    }

    fn read_material(&mut self, material: &Material) -> ModelMaterial {
        let surface = &material.pbr_metallic_roughness;
        let unit = |x: f64| if x.is_nan() { 0.0 } else { x.clamp(0.0, 1.0) };
        let [red, green, blue, opacity] = surface.base_color_factor.unwrap_or([1.0; 4]).map(unit);
        let [red, green, blue] =
            [red, green, blue].map(|x| gable_kernel::math::pow(x, 1.0 / GAMMA));
        let opaque = material.alpha_mode.as_deref().unwrap_or("OPAQUE") == "OPAQUE";
        let color_map = surface
            .base_color_texture
            .as_ref()
            .and_then(|info| self.texture(info.index));
        ModelMaterial {
            name: material.name.clone(),
            color: [red, green, blue, if opaque { 1.0 } else { opacity }],
            metallic: unit(surface.metallic_factor.unwrap_or(1.0)),
            roughness: unit(surface.roughness_factor.unwrap_or(1.0)),
            color_map: color_map.unwrap_or_default(),
        }
    }

    /// The name of a texture's image as an asset; images inside the file become assets named after it.
    fn texture(&mut self, texture: usize) -> Option<String> {
        let document = &self.source.document;
        let number = document.textures.get(texture)?.source?;
        let image = document.images.get(number)?;
        if let Some(uri) = &image.uri {
            if uri.starts_with("data:") {
                self.warn(format!(
                    "image {number} is inside the JSON and left out: save the model as GLB"
                ));
                return None;
            }
            let name = beside(self.name, uri);
            if (self.related)(&name).is_none() {
                self.warn(format!("no file `{name}`: the texture is missing"));
            }
            return Some(name);
        }
        let name = format!("{}/{number}", self.name);
        if self
            .preparation
            .images
            .iter()
            .any(|(known, _)| *known == name)
        {
            return Some(name);
        }
        match self
            .source
            .view(image.buffer_view?)
            .and_then(image::prepare)
        {
            Ok(image) => {
                self.preparation
                    .images
                    .push((name.clone(), Asset::Image(image)));
                Some(name)
            }
            Err(defect) => {
                self.warn(format!("image {number} is left out: {}", defect.cause));
                None
            }
        }
    }

    fn warn(&mut self, text: String) {
        self.preparation.warnings.push(text);
    }

    fn finish(mut self) -> Result<Preparation, Defect> {
        if self.model.polygons.is_empty() {
            return Err(Defect::new("the scene has no triangles", "export meshes"));
        }
        if self.model.points.iter().flatten().any(|x| !x.is_finite()) {
            return Err(Defect::new("a position is not finite", EXPORT_AGAIN));
        }
        if !self.has_uvs {
            self.model.uvs.clear();
        }
        if !self.has_normals {
            self.model.normals.clear();
        }
        self.preparation.asset = Asset::Model(self.model);
        Ok(self.preparation)
    }
}

/// The triangles of a primitive as vertex numbers: of lists (4, the default), strips and fans; others have none.
fn triangles(mode: Option<u32>, indices: &[u32]) -> Vec<[u32; 3]> {
    match mode.unwrap_or(4) {
        4 => indices
            .chunks_exact(3)
            .map(|t| [t[0], t[1], t[2]])
            .collect(),
        5 => {
            let turned = |(k, t): (usize, &[u32])| {
                if k % 2 == 0 {
                    [t[0], t[1], t[2]]
                } else {
                    [t[1], t[0], t[2]]
                }
            };
            indices.windows(3).enumerate().map(turned).collect()
        }
        6 => match indices {
            [first, rest @ ..] => rest.windows(2).map(|t| [*first, t[0], t[1]]).collect(),
            [] => Vec::new(),
        },
        _ => Vec::new(),
    }
}
