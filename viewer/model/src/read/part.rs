//! Draw calls: vertices, corners, instances.

use gable_content::outline::{Node, Outline, Primitive, Rows};
use glam::{DVec3, Vec3};

use super::{Place, grow, z_up, z_up_rotation, z_up_scale};
use crate::{Material, Model, NO_FEATURE, POSITION_STEPS, Part, Vertex};

/// Corners name at most so many vertices: 16 bits, less the number that restarts strips.
const MOST_VERTICES: usize = u16::MAX as usize;

/// A model that grows.
pub(super) struct Reader<'a> {
    pub(super) outline: &'a Outline,
    pub(super) binary: &'a [u8],
    pub(super) uv_sets: &'a [usize],
    pub(super) model: &'a mut Model,
}

/// Vertices of one draw call, before they are counted in 16 bits.
struct Mesh {
    vertices: Vec<Vertex>,
    corners: Vec<u32>,
    /// Where the middle of its coordinates is, and how far they reach.
    center: DVec3,
    reach: f64,
    bounds: [Vec3; 2],
    uv: [[f32; 2]; 2],
}

impl Reader<'_> {
    /// Adds what is drawn at a node.
    pub(super) fn node(&mut self, node: &Node) -> Result<(), String> {
        let mesh = node.mesh.and_then(|mesh| self.outline.meshes.get(mesh));
        let mesh = mesh.ok_or("a node draws a mesh that there is not")?;
        let places = self.places(node)?;
        for primitive in &mesh.primitives {
            if primitive.mode.is_some_and(|mode| mode != 4) {
                return Err("only triangles are supported".to_owned());
            }
            let material = self.material(primitive)?;
            let uv_set = self.uv_sets.get(material as usize).copied();
            let mesh = self.mesh(primitive, uv_set.unwrap_or_default())?;
            self.add(mesh, &places, material)?;
        }
        Ok(())
    }

    /// The number of a primitive's material; what glTF says of those without one comes last.
    fn material(&mut self, primitive: &Primitive) -> Result<u32, String> {
        let materials = &mut self.model.materials;
        let number = match primitive.material {
            Some(number) if number < materials.len() => number,
            Some(number) => return Err(format!("there is no material {number}")),
            None => {
                materials.push(Material::default());
                materials.len() - 1
            }
        };
        u32::try_from(number).map_err(|error| error.to_string())
    }

    /// Where a node's mesh is drawn.
    fn places(&self, node: &Node) -> Result<Vec<Place>, String> {
        let own = Place::of(node);
        let Some(instancing) = &node.extensions.instancing else {
            return Ok(vec![own]);
        };
        let rows = |name: &str| {
            let accessor = instancing.attributes.get(name);
            accessor
                .map(|&it| self.outline.rows(it, self.binary))
                .transpose()
        };
        let (translations, rotations) = (rows("TRANSLATION")?, rows("ROTATION")?);
        let (scales, features) = (rows("SCALE")?, rows("_FEATURE_ID_0")?);
        let given = [&translations, &rotations, &scales, &features];
        let mut counts = given.into_iter().flatten().map(Rows::count);
        let count = counts.next().unwrap_or_default();
        if counts.any(|other| other != count) {
            return Err("attributes of instances differ in number".to_owned());
        }
        let widths = [
            (&translations, 3),
            (&rotations, 4),
            (&scales, 3),
            (&features, 1),
        ];
        for (rows, width) in widths {
            check_width(rows.as_ref(), width)?;
        }
        let place = |row: usize| Place {
            translation: translations.map_or(DVec3::ZERO, |rows| z_up(vector(&rows, row))),
            rotation: rotations.map_or(glam::DQuat::IDENTITY, |rows| {
                let unit = fraction(&rows);
                z_up_rotation([0, 1, 2, 3].map(|k| rows.component(row, k) * unit))
            }),
            scale: scales.map_or(DVec3::ONE, |rows| z_up_scale(vector(&rows, row))),
            feature: features.map_or(NO_FEATURE.into(), |rows| feature(&rows, row).into()),
        };
        Ok((0..count).map(|row| own.then(&place(row))).collect())
    }

    fn mesh(&self, primitive: &Primitive, uv_set: usize) -> Result<Mesh, String> {
        let rows = |name: &str, width: usize| {
            let accessor = primitive.attributes.get(name);
            let rows = accessor.map(|&it| self.outline.rows(it, self.binary));
            let rows = rows.transpose()?;
            check_width(rows.as_ref(), width)?;
            Ok::<_, String>(rows)
        };
        let positions = rows("POSITION", 3)?.ok_or("a mesh has no positions")?;
        let normals = rows("NORMAL", 3)?.ok_or("a mesh has no normals")?;
        let uvs = rows(&format!("TEXCOORD_{uv_set}"), 2)?;
        let features = rows("_FEATURE_ID_0", 1)?;
        let count = positions.count();
        for other in [Some(normals), uvs, features].into_iter().flatten() {
            if other.count() != count {
                return Err("attributes of a mesh differ in number".to_owned());
            }
        }
        let corners: Vec<u32> = match primitive.indices {
            Some(accessor) => self.corners(accessor, count)?,
            None => (0..u32::try_from(count).map_err(|error| error.to_string())?).collect(),
        };
        if !corners.len().is_multiple_of(3) {
            return Err(format!("{} corners are no whole triangles", corners.len()));
        }
        let frame = Frame::of(&positions)?;
        let uv = uvs.as_ref().map(uv_range).transpose()?.unwrap_or_default();
        let mut bounds = [Vec3::INFINITY, Vec3::NEG_INFINITY];
        let vertices = (0..count).map(|row| {
            let position = frame.position(&positions, row);
            grow(
                &mut bounds,
                Vec3::from_array(position.map(|x| f32::from(x) / POSITION_STEPS)),
            );
            Vertex {
                position,
                feature: features.map_or(NO_FEATURE, |rows| feature(&rows, row)),
                normal: normal(&normals, row),
                uv: uvs.map_or([0; 2], |rows| quantized_uv(&rows, row, uv)),
            }
        });
        let vertices = vertices.collect();
        Ok(Mesh {
            vertices,
            corners,
            center: frame.center,
            reach: frame.reach,
            bounds,
            uv,
        })
    }

    fn corners(&self, accessor: usize, count: usize) -> Result<Vec<u32>, String> {
        let rows = self.outline.rows(accessor, self.binary)?;
        check_width(Some(&rows), 1)?;
        let corner = |row| {
            let corner = rows.component(row, 0);
            let good = corner >= 0.0 && corner < count as f64;
            good.then_some(corner as u32)
                .ok_or_else(|| format!("a corner names the vertex {corner} of {count}"))
        };
        (0..rows.count()).map(corner).collect()
    }

    /// Adds a mesh at its places, in as many parts as 16 bits need.
    fn add(&mut self, mesh: Mesh, places: &[Place], material: u32) -> Result<(), String> {
        if mesh.corners.is_empty() || places.is_empty() {
            return Ok(());
        }
        let origin = self.model.origin;
        let first = length(&self.model.instances)?;
        let mut bounds = [Vec3::INFINITY, Vec3::NEG_INFINITY];
        let own = Place {
            translation: mesh.center,
            rotation: glam::DQuat::IDENTITY,
            scale: DVec3::splat(mesh.reach),
            feature: 0,
        };
        for place in places {
            let whole = Place {
                feature: place.feature,
                ..place.then(&own)
            };
            let numbers = whole.translation.is_finite() && whole.scale.is_finite();
            if !numbers
                || whole.rotation.length_squared().is_nan()
                || whole.rotation.length_squared() == 0.0
            {
                return Err("an instance is nowhere".to_owned());
            }
            for corner in corners_of(mesh.bounds) {
                grow(
                    &mut bounds,
                    (whole.apply(corner.as_dvec3()) - origin).as_vec3(),
                );
            }
            self.model.instances.push(whole.instance(origin));
        }
        let instances = first..length(&self.model.instances)?;
        let uv = mesh.uv;
        let mut pieces = vec![];
        if mesh.vertices.len() <= MOST_VERTICES {
            let corners = mesh.corners.iter().map(|&corner| corner as u16).collect();
            pieces.push((mesh.vertices, corners));
        } else {
            pieces = split(&mesh);
        }
        for (vertices, corners) in pieces {
            let (vertex, index) = (length(&self.model.vertices)?, length(&self.model.indices)?);
            self.model.vertices.extend(vertices);
            self.model.indices.extend::<Vec<u16>>(corners);
            self.model.parts.push(Part {
                vertices: vertex..length(&self.model.vertices)?,
                indices: index..length(&self.model.indices)?,
                instances: instances.clone(),
                material,
                uv,
                bounds,
            });
        }
        Ok(())
    }
}

fn length<T>(list: &[T]) -> Result<u32, String> {
    u32::try_from(list.len()).map_err(|_| "it is too large".to_owned())
}

fn corners_of([low, high]: [Vec3; 2]) -> impl Iterator<Item = Vec3> {
    (0..8).map(move |corner| {
        let side = |axis: usize| {
            if corner >> axis & 1 == 0 {
                low[axis]
            } else {
                high[axis]
            }
        };
        Vec3::new(side(0), side(1), side(2))
    })
}

/// Triangles in pieces of at most [`MOST_VERTICES`] vertices, in their order.
fn split(mesh: &Mesh) -> Vec<(Vec<Vertex>, Vec<u16>)> {
    const UNUSED: u32 = u32::MAX;
    let mut pieces = Vec::new();
    let mut place = vec![UNUSED; mesh.vertices.len()];
    let mut used: Vec<u32> = Vec::new();
    let mut corners: Vec<u16> = Vec::new();
    let mut finish = |used: &mut Vec<u32>, corners: &mut Vec<u16>, place: &mut Vec<u32>| {
        let vertices = used.iter().map(|&vertex| mesh.vertices[vertex as usize]);
        pieces.push((vertices.collect(), std::mem::take(corners)));
        used.drain(..)
            .for_each(|vertex| place[vertex as usize] = UNUSED);
    };
    for triangle in mesh.corners.chunks_exact(3) {
        if used.len() + 3 > MOST_VERTICES {
            finish(&mut used, &mut corners, &mut place);
        }
        for &corner in triangle {
            let place = &mut place[corner as usize];
            if *place == UNUSED {
                *place = used.len() as u32;
                used.push(corner);
            }
            corners.push(*place as u16);
        }
    }
    finish(&mut used, &mut corners, &mut place);
    pieces
}

/// How coordinates become integers: those that are stay as they are.
struct Frame {
    center: DVec3,
    reach: f64,
    is_quantized: bool,
}

impl Frame {
    fn of(positions: &Rows<'_>) -> Result<Self, String> {
        if positions.accessor().component_type == 5122 {
            return Ok(Self {
                center: DVec3::ZERO,
                reach: 1.0,
                is_quantized: true,
            });
        }
        let points = (0..positions.count()).map(|row| z_up(vector(positions, row)));
        let start = (DVec3::INFINITY, DVec3::NEG_INFINITY);
        let (low, high) = points.fold(start, |(low, high), it| (low.min(it), high.max(it)));
        if positions.count() > 0 && !(low.is_finite() && high.is_finite()) {
            return Err("a vertex is nowhere".to_owned());
        }
        Ok(Self {
            center: (low + high) * 0.5,
            reach: ((high - low).max_element() * 0.5).max(f64::MIN_POSITIVE),
            is_quantized: false,
        })
    }

    fn position(&self, positions: &Rows<'_>, row: usize) -> [i16; 3] {
        if self.is_quantized {
            let [x, y, z] = [0, 1, 2].map(|k| (positions.component(row, k) as i16).max(-i16::MAX));
            return [x, -z, y];
        }
        let point = (z_up(vector(positions, row)) - self.center) / self.reach;
        let step = |x: f64| (x * f64::from(POSITION_STEPS)).round() as i16;
        point.to_array().map(step)
    }
}

/// What 1 stands for in the integers of an accessor.
fn fraction(rows: &Rows<'_>) -> f64 {
    match rows.accessor().component_type {
        5120 => 1.0 / 127.0,
        5121 => 1.0 / 255.0,
        5122 => 1.0 / 32767.0,
        5123 => 1.0 / 65535.0,
        _ => 1.0,
    }
}

fn vector(rows: &Rows<'_>, row: usize) -> [f64; 3] {
    [0, 1, 2].map(|k| rows.component(row, k))
}

fn feature(rows: &Rows<'_>, row: usize) -> u16 {
    let number = rows.component(row, 0);
    if (0.0..f64::from(NO_FEATURE)).contains(&number) {
        number as u16
    } else {
        NO_FEATURE
    }
}

fn normal(rows: &Rows<'_>, row: usize) -> [i8; 4] {
    let unit = fraction(rows) * 127.0;
    let [x, y, z] = z_up(vector(rows, row))
        .to_array()
        .map(|x| (x * unit).round() as i8);
    [x, y, z, 0]
}

fn uv_at(rows: &Rows<'_>, row: usize) -> [f32; 2] {
    let unit = fraction(rows);
    [0, 1].map(|k| (rows.component(row, k) * unit) as f32)
}

fn uv_range(rows: &Rows<'_>) -> Result<[[f32; 2]; 2], String> {
    let start = [[f32::INFINITY; 2], [f32::NEG_INFINITY; 2]];
    let range = (0..rows.count()).fold(start, |[low, high], row| {
        let uv = uv_at(rows, row);
        [
            [0, 1].map(|k| low[k].min(uv[k])),
            [0, 1].map(|k| high[k].max(uv[k])),
        ]
    });
    let finite = range.iter().flatten().all(|x| x.is_finite());
    if rows.count() > 0 && !finite {
        return Err("texture coordinates are nowhere".to_owned());
    }
    Ok(range)
}

fn quantized_uv(rows: &Rows<'_>, row: usize, [low, high]: [[f32; 2]; 2]) -> [u16; 2] {
    let uv = uv_at(rows, row);
    [0, 1].map(|k| {
        let size = high[k] - low[k];
        let share = if size > 0.0 {
            (uv[k] - low[k]) / size
        } else {
            0.0
        };
        (share * 65535.0).round() as u16
    })
}

fn check_width(rows: Option<&Rows<'_>>, width: usize) -> Result<(), String> {
    match rows {
        Some(rows) if rows.accessor().width() != Some(width) => Err(format!(
            "an accessor of {} should have {width} components",
            rows.accessor().shape
        )),
        _ => Ok(()),
    }
}
