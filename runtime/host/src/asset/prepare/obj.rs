//! Wavefront OBJ: polygons with texture coordinates, normals and materials.
//!
//! Read here and not by a library so that polygons stay polygons and errors name the line.

use gable_kernel::asset::{Asset, Model, ModelMaterial};

use super::{Defect, Preparation, Related, beside, mtl};

/// What corners refer to, and the model under construction.
#[derive(Default)]
struct Reader {
    model: Model,
    uvs: Vec<[f64; 2]>,
    normals: Vec<[f64; 3]>,
    /// Whether any corner has texture coordinates, and a normal.
    has_uvs: bool,
    has_normals: bool,
    /// Index into the model's materials, `u32::MAX` for none: such faces look like the shape.
    material: u32,
    /// Materials of the libraries named so far.
    library: Vec<ModelMaterial>,
    /// The group that is open; empty for none.
    group: String,
    warnings: Vec<String>,
}

const CUT_SHORT: &str = "export the model again; the file may be cut short";

/// Prepares an OBJ; its materials come from files that `related` gives.
pub(super) fn prepare(
    name: &str,
    bytes: &[u8],
    related: &Related<'_>,
) -> Result<Preparation, Defect> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader {
        material: u32::MAX,
        ..Reader::default()
    };
    let mut lines = (1..).zip(text.lines());
    while let Some((number, line)) = lines.next() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let mut joined;
        let mut line = line;
        while let Some(start) = line.strip_suffix('\\') {
            let Some((_, next)) = lines.next() else { break };
            joined = format!(
                "{start} {}",
                next.split('#').next().unwrap_or_default().trim()
            );
            line = &joined;
        }
        reader.line(name, line, number, related)?;
    }
    reader.finish()
}

impl Reader {
    fn line(
        &mut self,
        name: &str,
        line: &str,
        number: usize,
        related: &Related<'_>,
    ) -> Result<(), Defect> {
        let (keyword, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match keyword {
            "v" => self.model.points.push(numbers(rest, number, 3)?),
            "vn" => self.normals.push(numbers(rest, number, 3)?),
            "vt" => {
                let [u, v, _] = numbers(rest, number, 1)?;
                self.uvs.push([u, v]);
            }
            "f" => self.face(rest, number)?,
            "usemtl" => self.use_material(rest.trim()),
            "mtllib" => self.read_library(name, rest.trim(), related),
            "g" | "o" => rest.trim().clone_into(&mut self.group),
            // Smoothing, lines and points say nothing about surfaces.
            _ => {}
        }
        Ok(())
    }

    fn face(&mut self, rest: &str, number: usize) -> Result<(), Defect> {
        let mut polygon = Vec::new();
        for corner in rest.split_whitespace() {
            let mut parts = corner.split('/');
            let point = index(parts.next(), self.model.points.len(), "point", number)?.ok_or_else(
                || Defect::in_line(number, format!("`{corner}` names no point"), CUT_SHORT),
            )?;
            polygon.push(
                u32::try_from(point)
                    .map_err(|_| Defect::new("too many points", "simplify the model"))?,
            );
            let uv = index(parts.next(), self.uvs.len(), "texture coordinate", number)?;
            let normal = index(parts.next(), self.normals.len(), "normal", number)?;
            self.has_uvs |= uv.is_some();
            self.has_normals |= normal.is_some();
            self.model.uvs.push(uv.map_or([0.0; 2], |uv| self.uvs[uv]));
            self.model
                .normals
                .push(normal.map_or([0.0; 3], |normal| self.normals[normal]));
        }
        if polygon.len() < 3 {
            return Err(Defect::in_line(
                number,
                "a face has fewer than three corners",
                CUT_SHORT,
            ));
        }
        self.model.add_polygon(&polygon, self.material);
        if !self.group.is_empty() {
            self.model.set_last_group(&self.group);
        }
        Ok(())
    }

    fn use_material(&mut self, name: &str) {
        let known = self
            .model
            .materials
            .iter()
            .position(|material| material.name == name);
        let place = known.or_else(|| {
            let material = self.library.iter().find(|material| material.name == name)?;
            self.model.materials.push(material.clone());
            Some(self.model.materials.len() - 1)
        });
        if place.is_none() {
            self.warnings.push(format!(
                "no material `{name}`: its faces look like the shape that inserts the model"
            ));
        }
        self.material = place
            .and_then(|place| u32::try_from(place).ok())
            .unwrap_or(u32::MAX);
    }

    fn read_library(&mut self, name: &str, reference: &str, related: &Related<'_>) {
        let library = beside(name, reference);
        match related(&library) {
            Some(bytes) => self
                .library
                .extend(mtl::read(&library, &String::from_utf8_lossy(&bytes))),
            None => self
                .warnings
                .push(format!("no file `{library}`: its materials are missing")),
        }
    }

    fn finish(mut self) -> Result<Preparation, Defect> {
        if self.model.polygons.is_empty() {
            return Err(Defect::new(
                "the model has no faces",
                "export polygons or a mesh",
            ));
        }
        if !self.has_uvs {
            self.model.uvs.clear();
        }
        if !self.has_normals {
            self.model.normals.clear();
        }
        self.warnings.dedup();
        Ok(Preparation {
            asset: Asset::Model(self.model),
            images: Vec::new(),
            warnings: self.warnings,
        })
    }
}

/// Up to three numbers, at least `least`; the rest are 0.
fn numbers(rest: &str, line: usize, least: usize) -> Result<[f64; 3], Defect> {
    let mut result = [0.0; 3];
    let mut count = 0;
    for (place, word) in result.iter_mut().zip(rest.split_whitespace()) {
        let number = word.parse::<f64>().ok().filter(|number| number.is_finite());
        *place = number.ok_or_else(|| {
            Defect::in_line(line, format!("`{word}` is not a finite number"), CUT_SHORT)
        })?;
        count += 1;
    }
    if count < least {
        return Err(Defect::in_line(
            line,
            format!("expected {least} numbers, found {count}"),
            CUT_SHORT,
        ));
    }
    Ok(result)
}

/// An index of a corner from 0: counted from 1 in the file, or back from the last when negative. None when left out.
fn index(
    word: Option<&str>,
    count: usize,
    what: &str,
    line: usize,
) -> Result<Option<usize>, Defect> {
    let Some(word) = word.filter(|word| !word.is_empty()) else {
        return Ok(None);
    };
    let place = match word.parse::<i64>() {
        Ok(number) if number > 0 => usize::try_from(number - 1).ok(),
        Ok(number) if number < 0 => usize::try_from(number.unsigned_abs())
            .ok()
            .and_then(|back| count.checked_sub(back)),
        _ => None,
    };
    match place.filter(|&place| place < count) {
        Some(place) => Ok(Some(place)),
        None => Err(Defect::in_line(
            line,
            format!("there is no {what} {word}, only {count} so far"),
            CUT_SHORT,
        )),
    }
}
