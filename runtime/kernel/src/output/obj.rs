//! Wavefront OBJ and its materials: polygons as they are, one group for each initial shape.

use std::fmt::Write as _;

use glam::{DVec2, DVec3};

use super::book::Book;
use super::face::Triangulator;
use super::look::{Layer, Look};
use super::plan::{Piece, Plan, model_meshes};
use super::vertices::normal_map;
use super::{Content, Counts, Scene};
use crate::limits::Stop;
use crate::order::Order as _;

/// The name of the material file.
const MATERIALS: &str = "materials.mtl";

/// Text under construction.
struct Obj {
    text: String,
    /// Numbers of the next position, texture coordinates and normal, from 1.
    next: [usize; 3],
    triangulator: Triangulator,
    counts: Counts,
}

/// Writes a scene as OBJ. Faces with holes are cut into triangles, since the format has no holes; a comment before them
/// says how many belong together: `# 8 triangles are one face with 1 hole`.
pub(crate) fn write(scene: &Scene<'_>, mut book: Book) -> Result<Content, Stop> {
    let models = model_meshes(scene);
    let plan = Plan::new(scene, &models, &mut book);
    let mut looks = vec![Vec::new(); plan.pieces.len()];
    for (&look, runs) in &plan.runs {
        for run in runs {
            looks[run.piece as usize].push((run.faces.clone(), look));
        }
    }
    let mut obj = Obj {
        text: format!("# Gable\nmtllib {MATERIALS}\n"),
        next: [1; 3],
        triangulator: Triangulator::default(),
        counts: Counts {
            faces: plan.faces,
            dropped: plan.dropped,
            ..Counts::default()
        },
    };
    let names = material_names(&book.looks);
    let mut group = None;
    for (piece, mut runs) in plan.pieces.iter().zip(looks) {
        runs.order_by_key(|(faces, _)| faces.start);
        if group != Some(piece.feature) {
            group = Some(piece.feature);
            let name = scene
                .features
                .get(piece.feature as usize)
                .map_or("", |feature| feature.name.as_str());
            let name = if name.is_empty() {
                format!("shape{}", piece.feature)
            } else {
                word(name)
            };
            obj.line(format_args!("g {name}"));
        }
        obj.points(piece);
        for (faces, look) in runs {
            obj.line(format_args!("usemtl {}", names[look as usize]));
            obj.counts.primitives += 1;
            faces.for_each(|face| obj.face(piece, face as usize));
        }
        if obj.text.len() > scene.output_bytes as usize {
            return Err(Stop::OutputBytes);
        }
    }
    let mut counts = obj.counts;
    counts.drawn_triangles = counts.triangles;
    counts.materials = book.looks.len() as u64;
    counts.vertices = obj.next[0] as u64 - 1;
    counts.bytes = obj.text.len() as u64;
    let materials = materials_text(&book.looks, &names);
    let companions = vec![(MATERIALS.to_owned(), materials.into_bytes())];
    Ok(Content {
        parts: vec![obj.text.into_bytes()],
        companions,
        counts,
        extent: plan.extent.corners(),
        missing: Vec::new(),
    })
}

impl Obj {
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        writeln!(self.text, "{text}").expect("writing to a string cannot fail");
    }

    /// The points of a piece, its texture coordinates and normals.
    fn points(&mut self, piece: &Piece<'_>) {
        for &point in &piece.mesh.points {
            let DVec3 { x, y, z } = piece.world_from_geometry.transform_point3(point) + DVec3::ZERO;
            self.line(format_args!("v {x} {y} {z}"));
        }
        for &uv in piece
            .mesh
            .uv_sets
            .first()
            .map_or(&[][..], |set| set.coordinates.as_slice())
        {
            let DVec2 { x, y } = if uv.is_finite() { uv } else { DVec2::ZERO };
            self.line(format_args!("vt {x} {y}"));
        }
        let (map, _) = normal_map(&piece.world_from_geometry.matrix3);
        for &normal in &piece.mesh.normals {
            let DVec3 { x, y, z } = (map * normal).normalize_or_zero() + DVec3::ZERO;
            self.line(format_args!("vn {x} {y} {z}"));
        }
        self.next[0] += piece.mesh.points.len();
        self.next[1] += piece
            .mesh
            .uv_sets
            .first()
            .map_or(0, |set| set.coordinates.len());
        self.next[2] += piece.mesh.normals.len();
    }

    fn face(&mut self, piece: &Piece<'_>, face: usize) {
        let mesh = piece.mesh;
        let loops = mesh.loops_of(face);
        let first = mesh.loops[loops.start] as usize;
        let end = mesh.loops[loops.end] as usize;
        if loops.len() == 1 {
            self.counts.triangles += (end - first) as u64 - 2;
            self.polygon(piece, first..end);
            return;
        }
        let mut triangulator = std::mem::take(&mut self.triangulator);
        let triangles = triangulator.triangulate(mesh, face, mesh.area_vector(face));
        let (count, holes) = (triangles.len(), loops.len() - 1);
        let plural = if holes == 1 { "" } else { "s" };
        self.line(format_args!(
            "# {count} triangles are one face with {holes} hole{plural}"
        ));
        for triangle in triangles {
            self.counts.triangles += 1;
            self.polygon(piece, triangle.iter().map(|&k| first + k as usize));
        }
        self.triangulator = triangulator;
    }

    /// A polygon of corners of the piece's mesh, whose points were written last.
    fn polygon(&mut self, piece: &Piece<'_>, corners: impl DoubleEndedIterator<Item = usize>) {
        self.text.push('f');
        if piece.world_from_geometry.matrix3.determinant() < 0.0 {
            corners.rev().for_each(|corner| self.corner(piece, corner));
        } else {
            corners.for_each(|corner| self.corner(piece, corner));
        }
        self.text.push('\n');
    }

    fn corner(&mut self, piece: &Piece<'_>, corner: usize) {
        let mesh = piece.mesh;
        let point = self.next[0] - mesh.points.len() + mesh.corners[corner] as usize;
        let uv = mesh
            .uv_sets
            .first()
            .map(|set| self.next[1] - set.coordinates.len() + corner);
        let normal = (!mesh.normals.is_empty()).then(|| self.next[2] - mesh.normals.len() + corner);
        let written = match (uv, normal) {
            (None, None) => write!(self.text, " {point}"),
            (Some(uv), None) => write!(self.text, " {point}/{uv}"),
            (None, Some(normal)) => write!(self.text, " {point}//{normal}"),
            (Some(uv), Some(normal)) => write!(self.text, " {point}/{uv}/{normal}"),
        };
        written.expect("writing to a string cannot fail");
    }
}

/// A name without blanks.
fn word(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_whitespace() || c.is_control() {
                '_'
            } else {
                c
            }
        })
        .collect()
}

/// Unique names of looks.
fn material_names(looks: &[Look]) -> Vec<String> {
    let name = |(number, look): (usize, &Look)| {
        if look.name.is_empty() {
            format!("material{number}")
        } else {
            format!("{}_{number}", word(&look.name))
        }
    };
    looks.iter().enumerate().map(name).collect()
}

fn materials_text(looks: &[Look], names: &[String]) -> String {
    let mut text = "# Gable\n".to_owned();
    for (look, name) in looks.iter().zip(names) {
        let [red, green, blue] = look.color;
        let lines = format!(
            "newmtl {name}\nKd {red} {green} {blue}\nd {}\n",
            look.opacity
        );
        text.push_str(&lines);
        if look.emissive != [0.0; 3] {
            let [red, green, blue] = look.emissive;
            text.push_str(&format!("Ke {red} {green} {blue}\n"));
        }
        let maps = [
            (Layer::Color, "map_Kd"),
            (Layer::Normal, "norm"),
            (Layer::Emissive, "map_Ke"),
        ];
        for (layer, keyword) in maps {
            if let Some(map) = &look.maps[layer as usize] {
                text.push_str(&format!("{keyword} {}\n", map.image));
            }
        }
    }
    text
}
