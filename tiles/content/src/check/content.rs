//! A GLB: whether its numbers lie where they should, and features are those of its table.

use crate::glb::Glb;
use crate::meshopt::decompress;
use crate::outline::{FeatureIds, Outline, Primitive, Rows};

use super::Severity;

/// Findings about one file.
type Findings = Vec<(Severity, String)>;

/// Looks at a GLB; returns the number of its triangles. What keeps it from being read at all is the error.
pub(super) fn check(bytes: &[u8], limit: usize, findings: &mut Findings) -> Result<u64, String> {
    let bytes = decompress(bytes, limit).map_err(|error| error.to_string())?;
    let glb = Glb::from_bytes(&bytes).map_err(|error| error.to_string())?;
    let outline = Outline::of(&glb.json)?;
    let mut file = File {
        outline: &outline,
        binary: &glb.binary,
        findings,
    };
    file.extensions(&glb.json);
    if let Some(buffer) = outline
        .buffers
        .first()
        .filter(|buffer| buffer.uri.is_none())
    {
        let spare = glb.binary.len().checked_sub(buffer.byte_length);
        if spare.is_none_or(|spare| spare > 3) {
            file.error("the length of its buffer is not that of its binary chunk".to_owned());
        }
    }
    let mut triangles = 0;
    for primitive in outline.meshes.iter().flat_map(|mesh| &mesh.primitives) {
        match file.primitive(primitive) {
            Ok(count) => triangles += count,
            Err(text) => file.error(text),
        }
    }
    if let Err(text) = file.instances() {
        file.error(text);
    }
    Ok(triangles)
}

struct File<'a> {
    outline: &'a Outline,
    binary: &'a [u8],
    findings: &'a mut Findings,
}

impl File<'_> {
    fn error(&mut self, text: String) {
        self.findings.push((Severity::Error, text));
    }

    fn extensions(&mut self, json: &serde_json::Value) {
        let names = |list: &str| {
            json.get(list)
                .and_then(|list| list.as_array())
                .cloned()
                .unwrap_or_default()
        };
        let used = names("extensionsUsed");
        for name in names("extensionsRequired") {
            if !used.contains(&name) {
                self.error(format!("{name} is required, and not among those used"));
            }
        }
    }

    fn primitive(&mut self, primitive: &Primitive) -> Result<u64, String> {
        let mut vertices = None;
        for (name, &accessor) in &primitive.attributes {
            let count = self.rows(accessor)?.count();
            if vertices
                .replace(count)
                .is_some_and(|before| before != count)
            {
                return Err(format!(
                    "the attribute {name} has {count} elements, others have not"
                ));
            }
        }
        let vertices = vertices.ok_or("a primitive has no attributes")?;
        let corners = match primitive.indices {
            None => vertices,
            Some(accessor) => {
                let rows = self.rows(accessor)?;
                let greatest = rows.numbers()?.fold(0.0, f64::max);
                if rows.count() > 0 && greatest >= vertices as f64 {
                    return Err(format!(
                        "an index is {greatest}, and there are {vertices} vertices"
                    ));
                }
                rows.count()
            }
        };
        if let Some(features) = &primitive.extensions.features {
            for ids in &features.feature_ids {
                self.features(ids, &|name| primitive.attributes.get(name).copied())?;
            }
        }
        match primitive.mode {
            None | Some(4) if corners % 3 != 0 => {
                Err(format!("{corners} corners are no whole triangles"))
            }
            None | Some(4) => Ok(corners as u64 / 3),
            Some(_) => Ok(0),
        }
    }

    fn instances(&mut self) -> Result<(), String> {
        for node in &self.outline.nodes {
            let Some(instancing) = &node.extensions.instancing else {
                continue;
            };
            let mut instances = None;
            for (name, &accessor) in &instancing.attributes {
                let count = self.rows(accessor)?.count();
                if instances
                    .replace(count)
                    .is_some_and(|before| before != count)
                {
                    return Err(format!(
                        "the attribute {name} has {count} instances, others have not"
                    ));
                }
            }
            for ids in node
                .extensions
                .features
                .iter()
                .flat_map(|features| &features.feature_ids)
            {
                self.features(ids, &|name| instancing.attributes.get(name).copied())?;
            }
        }
        Ok(())
    }

    /// Numbers of features: whole, as many different ones as told, and rows of their table.
    fn features(
        &mut self,
        ids: &FeatureIds,
        attribute: &dyn Fn(&str) -> Option<usize>,
    ) -> Result<(), String> {
        let tables = self
            .outline
            .extensions
            .metadata
            .as_ref()
            .map(|metadata| &metadata.property_tables);
        let table = match ids.property_table {
            None => None,
            Some(number) => {
                let table = tables.and_then(|tables| tables.get(number));
                Some(table.ok_or_else(|| {
                    format!("feature ids name the property table {number}, which is not there")
                })?)
            }
        };
        // Feature ids of textures are not looked at.
        let Some(set) = ids.attribute else {
            return Ok(());
        };
        let name = format!("_FEATURE_ID_{set}");
        let accessor =
            attribute(&name).ok_or_else(|| format!("the attribute {name} is missing"))?;
        let mut numbers: Vec<u32> = Vec::new();
        for number in self.rows(accessor)?.numbers()? {
            if number < 0.0 || number.fract() != 0.0 || number > f64::from(u32::MAX) {
                return Err(format!("a feature id is {number}"));
            }
            let number = number as u32;
            if numbers.last() != Some(&number) {
                numbers.push(number);
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers.retain(|&number| Some(number) != ids.null_feature_id);
        if numbers.len() > ids.feature_count {
            let (told, seen) = (ids.feature_count, numbers.len());
            return Err(format!(
                "there are {seen} different features, and {told} are told of"
            ));
        }
        match (numbers.last(), table) {
            (Some(&last), Some(table)) if last as usize >= table.count => Err(format!(
                "a feature id is {last}, and the property table has {} rows",
                table.count
            )),
            _ => Ok(()),
        }
    }

    fn rows(&self, accessor: usize) -> Result<Rows<'_>, String> {
        self.outline.rows(accessor, self.binary)
    }
}
