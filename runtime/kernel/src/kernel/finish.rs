//! The end of a run: leaves become content, everything said becomes the summary.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;

use crate::Kernel;
use crate::asset::Asset;
use crate::kernel::{Failure, LoadedAsset, Report};
use crate::output::summary::Summary;
use crate::output::{self, Content, Feature, Property, Scene};
use crate::recipe::Value;
use crate::shape::Geometry;

/// What a run gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// The content and what is in it.
    pub content: Content,
    /// Counts, reports, warnings, prints and gas as JSON.
    pub summary: String,
}

impl Kernel {
    /// Writes the content. Call it once, after `next_rule` has answered -1.
    ///
    /// # Errors
    /// [`Failure`] at the limits of gas and of bytes of content.
    pub fn finish(&mut self) -> Result<Finished, Failure> {
        self.journal.end_initial();
        self.close_leaves();
        let corners = self.compacted.kept.iter().map(|kept| match &kept.geometry {
            Geometry::Mesh(mesh) => 1 + mesh.corners.len() / 8,
            Geometry::Asset(_) => 1,
        });
        let units = corners.sum::<usize>() + self.compacted.canvas.units;
        self.charge(units).map_err(|stop| self.failure(stop))?;
        let kept = std::mem::take(&mut self.compacted.kept);
        let canvas = std::mem::take(&mut self.compacted.canvas);
        let leaves = kept.iter().map(|kept| output::Leaf {
            geometry: &kept.geometry,
            world_from_geometry: &kept.world_from_geometry,
            material: &kept.material,
            feature: kept.initial,
        });
        let scene = Scene {
            leaves: leaves.collect(),
            assets: &self.assets,
            strings: &self.values,
            written: &self.written.list,
            features: self.features(),
            options: self.recipe.output,
            image_addresses: self.image_addresses(),
            output_bytes: self.recipe.limits.output_bytes,
        };
        let content = output::write(&scene, canvas).map_err(|stop| self.failure(stop))?;
        for name in &content.missing {
            self.warn_anywhere(format!("there is no image `{name}`"));
        }
        let summary = Summary {
            gas: self.gas_used(),
            shapes: [
                self.recipe.shapes.len() as u64,
                self.shapes_made(),
                self.leaf_count(),
            ],
            counts: content.counts,
            extent: content.extent,
            reports: self
                .journal
                .reports
                .iter()
                .map(|(key, report)| (self.values.string(*key), report))
                .collect(),
            shape_reports: self.shape_reports().collect(),
            initial_shapes: &self.recipe.shapes,
            warnings: &self.journal.warnings,
            warnings_dropped: self.journal.warnings_dropped,
            prints: self.prints().collect(),
            prints_dropped: self.journal.prints_dropped,
            strings: &self.values,
            manifest: &self.manifest,
        };
        let summary = summary.to_json();
        Ok(Finished { content, summary })
    }

    /// Where images are that are not embedded, when the recipe says so.
    fn image_addresses(&self) -> Option<BTreeMap<&str, String>> {
        let folder = &self.recipe.texture_folder;
        if folder.is_empty() || self.recipe.output.embed_textures {
            return None;
        }
        let address = |loaded: &'_ LoadedAsset| -> Option<String> {
            let Asset::Image(image) = &*loaded.asset else {
                return None;
            };
            let reference = (self.recipe.assets)
                .iter()
                .find(|reference| reference.name == loaded.name)?;
            let mut address = folder.clone();
            for byte in reference.hash {
                write!(address, "{byte:02x}").expect("writing to a string cannot fail");
            }
            address.push_str(image.ending());
            Some(address)
        };
        let addressed = (self.assets.iter())
            .filter_map(|loaded| Some((loaded.name.as_str(), address(loaded)?)));
        Some(addressed.collect())
    }

    /// Reports of initial shapes: number, key, values.
    fn shape_reports(&self) -> impl Iterator<Item = (u32, &str, &Report)> {
        let reports = self.journal.shape_reports.iter();
        reports.map(|(&(shape, key), report)| (shape, self.values.string(key), report))
    }

    /// Names and single values of the initial shapes, and the sums of the numbers that were reported of them.
    fn features(&self) -> Vec<Feature> {
        if !self.recipe.output.features {
            return Vec::new();
        }
        let recipe = Rc::clone(&self.recipe);
        let feature = |shape: &crate::recipe::InitialShape| {
            let properties = shape.attributes.iter().filter_map(|(name, value)| {
                let property = match value {
                    Value::Float(x) => Property::Number(*x),
                    Value::Bool(x) => Property::Bool(*x),
                    Value::String(x) => Property::Text(x.clone()),
                    Value::FloatArray(_) | Value::BoolArray(_) | Value::StringArray(_) => {
                        return None;
                    }
                };
                Some((name.clone(), property))
            });
            Feature {
                name: shape.name.clone(),
                properties: properties.collect(),
            }
        };
        let mut features: Vec<Feature> = recipe.shapes.iter().map(feature).collect();
        for (shape, key, report) in self.shape_reports() {
            let feature = features.get_mut(shape as usize);
            if let Some(feature) = feature.filter(|_| report.count > 0) {
                // With a blank in it, so that no attribute has the same name.
                let property = (format!("sum of {key}"), Property::Number(report.sum));
                feature.properties.push(property);
            }
        }
        features
    }
}
