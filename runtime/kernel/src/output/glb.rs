//! Binary glTF 2.0.

mod buffer;
mod grid;
mod material;
mod metadata;
mod primitive;

use std::collections::{BTreeMap, BTreeSet};

use glam::{DMat3, DVec3};

use self::buffer::Buffer;
use self::grid::Grid;
use self::material::Materials;
use self::primitive::Primitive;
use super::book::{Book, image};
use super::canvas::Canvas;
use super::groups::{Group, groups};
use super::json::Json;
use super::plan::model_meshes;
use super::vertices::{Layout, Moved, Vertices, float_word};
use super::{Content, Counts, Scene};
use crate::extent::Extent;
use crate::limits::Stop;
use crate::mesh::Mesh;

/// A mesh of the file.
struct MeshEntry<'s> {
    name: &'s str,
    primitives: Vec<Primitive>,
}

/// A node of the file: it shows the mesh of the same number.
struct Node {
    translation: DVec3,
    scale: f64,
    /// Attributes of instances; empty for a single copy.
    instances: Vec<(&'static str, usize)>,
    /// How many different features the instances have.
    instance_features: usize,
}

/// A file under construction.
struct Glb<'s> {
    scene: &'s Scene<'s>,
    buffer: Buffer,
    meshes: Vec<MeshEntry<'s>>,
    nodes: Vec<Node>,
    counts: Counts,
    extent: Extent,
}

/// Writes a scene as GLB, with what was drawn already.
pub(crate) fn write(scene: &Scene<'_>, mut canvas: Canvas) -> Result<Content, Stop> {
    let models = model_meshes(scene);
    let groups = groups(scene, &models, &mut canvas);
    let mut glb = Glb {
        scene,
        buffer: Buffer::default(),
        meshes: Vec::new(),
        nodes: Vec::new(),
        counts: Counts {
            faces: canvas.faces,
            dropped: canvas.dropped,
            ..Counts::default()
        },
        extent: canvas.bounds,
    };
    glb.add_canvas(&mut canvas)?;
    glb.counts.drawn_triangles = glb.counts.triangles;
    for group in &groups {
        if let Some(mesh) = &models[group.asset.0 as usize] {
            let before = glb.counts.triangles;
            glb.add_group(group, mesh, &canvas.book)?;
            glb.extent = glb.extent.joined(&group.extent(scene, mesh));
            let copies = group.placements.len() as u64;
            glb.counts.faces += mesh.face_count() as u64 * copies;
            glb.counts.drawn_triangles += (glb.counts.triangles - before) * copies;
        }
    }
    glb.finish(canvas.book)
}

impl<'s> Glb<'s> {
    /// Everything that lies in the world as it is: one mesh.
    fn add_canvas(&mut self, canvas: &mut Canvas) -> Result<(), Stop> {
        let Some((low, high)) = canvas.bounds.corners() else {
            return Ok(());
        };
        let center = (low + high) * 0.5;
        let grid = self.scene.options.quantize.then(|| Grid {
            center: center - canvas.origin,
            reach: (high - low).max_element() * 0.5,
        });
        let mut primitives = Vec::new();
        for (look, vertices) in canvas.take_sheets() {
            primitives.extend(self.primitive(vertices, look, grid)?);
        }
        if !primitives.is_empty() {
            self.meshes.push(MeshEntry {
                name: "",
                primitives,
            });
            self.nodes.push(Node {
                translation: grid.map_or(canvas.origin, |_| center),
                scale: grid.map_or(1.0, Grid::scale),
                instances: Vec::new(),
                instance_features: 0,
            });
        }
        Ok(())
    }

    /// An asset and where its copies are.
    fn add_group(&mut self, group: &Group, mesh: &'s Mesh, book: &Book) -> Result<(), Stop> {
        let Some((low, high)) = mesh.bounds() else {
            return Ok(());
        };
        let center = (low + high) * 0.5;
        let reach = (high - low).max_element() * 0.5;
        let grid = (self.scene.options.quantize && reach > 0.0).then_some(Grid {
            center: DVec3::ZERO,
            reach,
        });
        let points = mesh.points.iter();
        let positions: Vec<[u32; 3]> = points
            .map(|&point| (point - center).to_array().map(float_word))
            .collect();
        let moved = Moved {
            mesh,
            map: DMat3::IDENTITY,
            positions: &positions,
            feature: 0,
        };
        let mut primitives = Vec::new();
        for (&look, runs) in &group.runs {
            let mut vertices = Vertices::new(Layout::of(&book.looks[look as usize], false));
            for run in runs {
                vertices.add(moved, run.clone());
            }
            primitives.extend(self.primitive(vertices, look, grid)?);
        }
        if primitives.is_empty() {
            return Ok(());
        }
        let places = || {
            group
                .placements
                .iter()
                .map(|(placement, _)| placement.translation)
        };
        let start = (DVec3::INFINITY, DVec3::NEG_INFINITY);
        let (low, high) = places().fold(start, |(low, high), place| {
            (low.min(place), high.max(place))
        });
        let center = (low + high) * 0.5;
        let features = self.scene.options.features;
        let reach = grid.map_or(1.0, Grid::scale);
        let instances =
            primitive::instances(&mut self.buffer, &group.placements, center, reach, features);
        let instance_features =
            primitive::different(group.placements.iter().map(|&(_, feature)| feature));
        self.check_size()?;
        self.counts.instances += group.placements.len() as u64;
        self.meshes.push(MeshEntry {
            name: &self.scene.assets[group.asset.0 as usize].name,
            primitives,
        });
        self.nodes.push(Node {
            translation: center,
            scale: 1.0,
            instances,
            instance_features,
        });
        Ok(())
    }

    /// A draw call for faces that look alike; none when they have no area.
    fn primitive(
        &mut self,
        vertices: Vertices,
        look: u32,
        grid: Option<Grid>,
    ) -> Result<Option<Primitive>, Stop> {
        self.counts.dropped += vertices.dropped;
        let written = primitive::primitive(&mut self.buffer, vertices, look, grid);
        self.counts.dropped += written.dropped;
        self.check_size()?;
        if written.primitive.is_some() {
            self.counts.vertices += written.vertices;
            self.counts.triangles += written.triangles;
            self.counts.primitives += 1;
        }
        Ok(written.primitive)
    }

    fn check_size(&self) -> Result<(), Stop> {
        let fits = self.buffer.size() <= self.scene.output_bytes as usize;
        if fits { Ok(()) } else { Err(Stop::OutputBytes) }
    }

    /// The file.
    fn finish(mut self, book: Book) -> Result<Content, Stop> {
        let used: BTreeSet<u32> = self
            .meshes
            .iter()
            .flat_map(|mesh| &mesh.primitives)
            .map(|p| p.look)
            .collect();
        let materials: BTreeMap<u32, usize> = used.into_iter().zip(0..).collect();
        self.counts.materials = materials.len() as u64;
        let mut json = Json::default();
        let mut length = 0;
        json.object(|json| {
            json.key("asset").object(|json| {
                json.field("version", "2.0");
                json.field("generator", "Gable");
            });
            let mut textures = Materials::default();
            let mut extensions = self.extensions();
            json.field("scene", &0_u32);
            self.write_nodes(json);
            self.write_meshes(json, &materials);
            if !materials.is_empty() {
                textures.write(
                    json,
                    materials.keys().map(|&look| &book.looks[look as usize]),
                );
            }
            let embed = self.scene.options.embed_textures;
            textures.write_textures(
                json,
                &mut self.buffer,
                |name| image(self.scene.assets, name).filter(|_| embed),
                self.scene.image_addresses.as_ref(),
            );
            if textures.transforms {
                extensions.push(("KHR_texture_transform", false));
            }
            if self.writes_metadata() {
                json.key("extensions").object(|json| {
                    metadata::write(
                        json.key("EXT_structural_metadata"),
                        &mut self.buffer,
                        &self.scene.features,
                    );
                });
            }
            length = self.buffer.write(json);
            write_extensions(json, &extensions);
        });
        let limit = self.scene.output_bytes as usize;
        let parts = container(json.finish(), self.buffer, length, limit)?;
        self.counts.bytes = parts.iter().map(Vec::len).sum::<usize>() as u64;
        let missing = book.missing.into_iter().collect();
        Ok(Content {
            parts,
            companions: Vec::new(),
            counts: self.counts,
            extent: self.extent.corners(),
            missing,
        })
    }

    fn writes_metadata(&self) -> bool {
        self.scene.options.features && !self.scene.features.is_empty() && !self.nodes.is_empty()
    }

    /// Names of extensions, and whether a reader must know them.
    fn extensions(&self) -> Vec<(&'static str, bool)> {
        let instances = self.nodes.iter().any(|node| !node.instances.is_empty());
        let single = self.nodes.iter().any(|node| node.instances.is_empty());
        let features = self.writes_metadata();
        let all = [
            ("EXT_mesh_gpu_instancing", true, instances),
            ("EXT_instance_features", false, features && instances),
            ("EXT_mesh_features", false, features && single),
            ("EXT_structural_metadata", false, features),
            (
                "KHR_mesh_quantization",
                true,
                self.scene.options.quantize && !self.nodes.is_empty(),
            ),
        ];
        all.into_iter()
            .filter(|&(_, _, used)| used)
            .map(|(name, required, _)| (name, required))
            .collect()
    }

    fn write_nodes(&self, json: &mut Json) {
        json.key("scenes").array(|json| {
            json.object(|json| {
                if !self.nodes.is_empty() {
                    json.field(
                        "nodes",
                        (0..self.nodes.len()).collect::<Vec<_>>().as_slice(),
                    );
                }
            });
        });
        if self.nodes.is_empty() {
            return;
        }
        let features = self.writes_metadata();
        json.key("nodes").array(|json| {
            for (number, node) in self.nodes.iter().enumerate() {
                json.object(|json| node.write(json, number, features));
            }
        });
    }

    fn write_meshes(&self, json: &mut Json, materials: &BTreeMap<u32, usize>) {
        if self.meshes.is_empty() {
            return;
        }
        json.key("meshes").array(|json| {
            for mesh in &self.meshes {
                json.object(|json| self.write_mesh(json, mesh, materials));
            }
        });
    }

    fn write_mesh(&self, json: &mut Json, mesh: &MeshEntry<'_>, materials: &BTreeMap<u32, usize>) {
        if !mesh.name.is_empty() {
            json.field("name", mesh.name);
        }
        json.key("primitives").array(|json| {
            for primitive in &mesh.primitives {
                json.object(|json| self.write_primitive(json, primitive, materials));
            }
        });
    }

    fn write_primitive(
        &self,
        json: &mut Json,
        primitive: &Primitive,
        materials: &BTreeMap<u32, usize>,
    ) {
        json.key("attributes").object(|json| {
            for (name, accessor) in &primitive.attributes {
                json.field(name, accessor);
            }
        });
        json.field("indices", &primitive.indices);
        json.field("material", &materials[&primitive.look]);
        if let Some(count) = primitive.features.filter(|_| self.writes_metadata()) {
            json.key("extensions")
                .object(|json| write_feature_ids(json, "EXT_mesh_features", count));
        }
    }
}

impl Node {
    fn write(&self, json: &mut Json, mesh: usize, features: bool) {
        json.field("mesh", &mesh);
        if self.translation != DVec3::ZERO {
            json.field("translation", &self.translation.to_array());
        }
        if self.scale != 1.0 {
            json.field("scale", &[self.scale; 3]);
        }
        if self.instances.is_empty() {
            return;
        }
        json.key("extensions").object(|json| {
            json.key("EXT_mesh_gpu_instancing").object(|json| {
                json.key("attributes").object(|json| {
                    for (name, accessor) in &self.instances {
                        json.field(name, accessor);
                    }
                });
            });
            if features {
                write_feature_ids(json, "EXT_instance_features", self.instance_features);
            }
        });
    }
}

fn write_feature_ids(json: &mut Json, extension: &str, count: usize) {
    json.key(extension).object(|json| {
        json.key("featureIds").array(|json| {
            json.object(|json| {
                json.field("featureCount", &count);
                json.field("attribute", &0_u32);
                json.field("propertyTable", &0_u32);
            });
        });
    });
}

fn write_extensions(json: &mut Json, extensions: &[(&str, bool)]) {
    if extensions.is_empty() {
        return;
    }
    let names: Vec<&str> = extensions.iter().map(|(name, _)| *name).collect();
    json.field("extensionsUsed", names.as_slice());
    let required: Vec<&str> = extensions
        .iter()
        .filter(|(_, required)| *required)
        .map(|(name, _)| *name)
        .collect();
    if !required.is_empty() {
        json.field("extensionsRequired", required.as_slice());
    }
}

/// Header and chunks; the binary one takes `length` bytes.
fn container(
    json: String,
    buffer: Buffer,
    length: usize,
    limit: usize,
) -> Result<Vec<Vec<u8>>, Stop> {
    let mut text = json.into_bytes();
    text.resize(text.len().next_multiple_of(4), b' ');
    let chunks = if length == 0 { 1 } else { 2 };
    let size = 12 + 8 * chunks + text.len() + length;
    let word = |n: usize| u32::try_from(n).map_err(|_| Stop::OutputBytes);
    if size > limit {
        return Err(Stop::OutputBytes);
    }
    let mut bytes = Vec::with_capacity(28 + text.len());
    bytes.extend_from_slice(b"glTF");
    bytes.extend_from_slice(&2_u32.to_le_bytes());
    bytes.extend_from_slice(&word(size)?.to_le_bytes());
    bytes.extend_from_slice(&word(text.len())?.to_le_bytes());
    bytes.extend_from_slice(b"JSON");
    bytes.extend_from_slice(&text);
    if length > 0 {
        bytes.extend_from_slice(&word(length)?.to_le_bytes());
        bytes.extend_from_slice(b"BIN\0");
    }
    Ok(buffer.into_parts(bytes))
}
