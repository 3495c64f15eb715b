//! Binary glTF 2.0.

mod buffer;
mod material;
mod metadata;
mod primitive;

use std::collections::{BTreeMap, BTreeSet};

use glam::{DAffine3, DVec3};

use self::buffer::Buffer;
use self::material::Materials;
use self::primitive::Primitive;
use super::book::Book;
use super::json::Json;
use super::plan::{Group, Piece, Plan, Run, model_meshes};
use super::vertices::{Layout, Vertices};
use super::{Content, Counts, Scene};
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
    vertices: Vertices,
    meshes: Vec<MeshEntry<'s>>,
    nodes: Vec<Node>,
    counts: Counts,
    extent: Option<(DVec3, DVec3)>,
}

/// Writes a scene as GLB.
pub(crate) fn write(scene: &Scene<'_>) -> Result<Content, Stop> {
    let mut book = Book::new(
        scene.assets,
        scene.strings,
        scene.options.embed_textures || scene.image_addresses.is_some(),
    );
    let models = model_meshes(scene, &book);
    let plan = Plan::new(scene, &models, &mut book, scene.options.instances);
    let mut glb = Glb {
        scene,
        buffer: Buffer::default(),
        vertices: Vertices::new(Layout::default()),
        meshes: Vec::new(),
        nodes: Vec::new(),
        counts: Counts {
            faces: plan.faces,
            ..Counts::default()
        },
        extent: plan.extent,
    };
    glb.add_pieces(&plan, &book)?;
    glb.counts.drawn_triangles = glb.counts.triangles;
    for group in &plan.groups {
        if let Some(mesh) = &models[group.asset.0 as usize] {
            let before = glb.counts.triangles;
            glb.add_group(group, mesh, &book)?;
            let copies = group.placements.len() as u64;
            glb.counts.drawn_triangles += (glb.counts.triangles - before) * copies;
        }
    }
    glb.counts.dropped = plan.dropped + glb.vertices.dropped;
    glb.finish(book)
}

impl<'s> Glb<'s> {
    /// Everything that lies in the world as it is: one mesh, its coordinates counted from the centre.
    fn add_pieces(&mut self, plan: &Plan<'_>, book: &Book<'_>) -> Result<(), Stop> {
        let Some((low, high)) = plan.bounds else {
            return Ok(());
        };
        let center = (low + high) * 0.5;
        let reach = self
            .scene
            .options
            .quantize
            .then(|| (high - low).max_element() * 0.5);
        let features = self.scene.options.features;
        let mut primitives = Vec::new();
        for (&look, runs) in &plan.runs {
            let layout = Layout::of(&book.looks[look as usize], features, reach);
            primitives.extend(self.primitive(&plan.pieces, runs, look, layout, center)?);
        }
        if !primitives.is_empty() {
            self.meshes.push(MeshEntry {
                name: "",
                primitives,
            });
            self.nodes.push(Node {
                translation: center,
                scale: reach.filter(|&reach| reach > 0.0).unwrap_or(1.0),
                instances: Vec::new(),
                instance_features: 0,
            });
        }
        Ok(())
    }

    /// An asset and where its copies are.
    fn add_group(&mut self, group: &Group, mesh: &'s Mesh, book: &Book<'_>) -> Result<(), Stop> {
        let Some((low, high)) = mesh.bounds() else {
            return Ok(());
        };
        let piece = Piece {
            mesh,
            world_from_geometry: DAffine3::IDENTITY,
            feature: 0,
        };
        let reach = (high - low).max_element() * 0.5;
        let quantize = (self.scene.options.quantize && reach > 0.0).then_some(reach);
        let mut primitives = Vec::new();
        for (&look, runs) in &group.runs {
            let layout = Layout::of(&book.looks[look as usize], false, quantize);
            primitives.extend(self.primitive(&[piece], runs, look, layout, (low + high) * 0.5)?);
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
        let reach = quantize.unwrap_or(1.0);
        let instances =
            primitive::instances(&mut self.buffer, &group.placements, center, reach, features);
        let instance_features =
            primitive::different(group.placements.iter().map(|&(_, feature)| feature));
        self.check_size(0)?;
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
        pieces: &[Piece<'_>],
        runs: &[Run],
        look: u32,
        layout: Layout,
        center: DVec3,
    ) -> Result<Option<Primitive>, Stop> {
        let corners = runs
            .iter()
            .map(|run| corner_count(pieces[run.piece as usize].mesh, run))
            .sum();
        self.vertices.reset(layout, corners);
        for runs in runs.chunk_by(|a, b| a.piece == b.piece) {
            let Piece {
                mesh,
                world_from_geometry,
                feature,
            } = pieces[runs[0].piece as usize];
            let mut map = world_from_geometry;
            map.translation -= center;
            self.vertices
                .add(mesh, &map, feature, runs.iter().map(|run| &run.faces));
            self.check_size(self.vertices.rows.len() * 4)?;
        }
        if self.vertices.indices.is_empty() {
            return Ok(None);
        }
        self.counts.vertices += self.vertices.count() as u64;
        self.counts.triangles += self.vertices.indices.len() as u64 / 3;
        self.counts.primitives += 1;
        let primitive = primitive::primitive(&mut self.buffer, &self.vertices, look);
        self.check_size(0)?;
        Ok(Some(primitive))
    }

    fn check_size(&self, further: usize) -> Result<(), Stop> {
        let fits = self.buffer.size() + further <= self.scene.output_bytes as usize;
        if fits { Ok(()) } else { Err(Stop::OutputBytes) }
    }

    /// The file.
    fn finish(mut self, book: Book<'_>) -> Result<Content, Stop> {
        // Gives back its memory: the file is as large.
        self.vertices = Vertices::new(Layout::default());
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
                |name| if embed { book.image(name) } else { None },
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
        let bytes = container(json.finish(), self.buffer, length, limit)?;
        self.counts.bytes = bytes.len() as u64;
        let missing = book.missing.into_iter().collect();
        Ok(Content {
            bytes,
            companions: Vec::new(),
            counts: self.counts,
            extent: self.extent,
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

/// The corners of the faces of a run.
fn corner_count(mesh: &Mesh, run: &Run) -> usize {
    let corner = |face: u32| mesh.loops[mesh.faces[face as usize] as usize] as usize;
    corner(run.faces.end) - corner(run.faces.start)
}

/// Header and chunks; the binary one takes `length` bytes.
fn container(json: String, buffer: Buffer, length: usize, limit: usize) -> Result<Vec<u8>, Stop> {
    let mut text = json.into_bytes();
    text.resize(text.len().next_multiple_of(4), b' ');
    let chunks = if length == 0 { 1 } else { 2 };
    let size = 12 + 8 * chunks + text.len() + length;
    let word = |n: usize| u32::try_from(n).map_err(|_| Stop::OutputBytes);
    if size > limit {
        return Err(Stop::OutputBytes);
    }
    let mut bytes = Vec::with_capacity(size);
    bytes.extend_from_slice(b"glTF");
    bytes.extend_from_slice(&2_u32.to_le_bytes());
    bytes.extend_from_slice(&word(size)?.to_le_bytes());
    bytes.extend_from_slice(&word(text.len())?.to_le_bytes());
    bytes.extend_from_slice(b"JSON");
    bytes.extend_from_slice(&text);
    if length > 0 {
        bytes.extend_from_slice(&word(length)?.to_le_bytes());
        bytes.extend_from_slice(b"BIN\0");
        buffer.append(&mut bytes);
    }
    Ok(bytes)
}
