//! Files and assets: grammars see the names that the recipe carries, nothing else.

use super::arrays::MAX_ELEMENTS;
use super::initial::value_type;
use super::number;
use super::values::{Array, Items};
use crate::Kernel;
use crate::abi::token::word;
use crate::asset::{Asset, Model};
use crate::limits::Stop;
use crate::manifest::Type;
use crate::query::{Query, parts};
use crate::state::{Slot, StringId};

impl Kernel {
    /// The names of assets that answer a query, in order; those of other projects by their own rules when no other does.
    pub(super) fn search(&mut self, query: i32) -> Result<Vec<String>, Stop> {
        let text = self.text(query)?;
        let first = self
            .assets
            .partition_point(|loaded| loaded.name.as_str() < "/");
        let is_project = |name: &str| {
            let others = self.assets[first..].iter();
            let mut others = others.map_while(|loaded| loaded.name.strip_prefix('/'));
            others.any(|rest| {
                rest.strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('/'))
            })
        };
        let query = match Query::read(&text, is_project) {
            Ok(query) => query,
            Err(reason) => {
                self.warn(format!(
                    "no file fits `{text}`: its regular expression cannot be read, {reason}"
                ));
                return Ok(Vec::new());
            }
        };
        let length: usize = self.assets.iter().map(|loaded| loaded.name.len()).sum();
        self.charge(1 + length / 8 * (1 + query.length() / 32))?;
        let names = || self.assets.iter().map(|loaded| &loaded.name);
        let found: Vec<String> = names().filter(|name| query.fits(name)).cloned().collect();
        Ok(if found.is_empty() {
            let from_there = names().filter(|name| query.fits_from_there(name));
            from_there.cloned().collect()
        } else {
            found
        })
    }

    /// `file_exists` of the table.
    pub(crate) fn file_exists(&mut self, path: i32) -> Result<i32, Stop> {
        let path = self.text(path)?;
        Ok(i32::from(self.asset(&path).is_some()))
    }

    /// `file_search` of the table.
    pub(crate) fn file_search(&mut self, query: i32) -> Result<i32, Stop> {
        let names = self.search(query)?;
        self.give_texts(names.iter().map(String::as_str))
    }

    /// `file_random` of the table.
    pub(crate) fn file_random(&mut self, query: i32) -> Result<i32, Stop> {
        let names = self.search(query)?;
        let place = (self.random() * names.len() as f64) as usize;
        match names.get(place) {
            Some(name) => self.give_text(name),
            None => {
                let query = self.text(query)?;
                self.warn(format!("fileRandom: no asset fits `{query}`"));
                Ok(0)
            }
        }
    }

    /// `file_part` of the table.
    pub(crate) fn file_part(&mut self, path: i32, part: i32) -> Result<i32, Stop> {
        let path = self.text(path)?;
        let (directory, base, extension) = parts(&path);
        let text = match part {
            0 => base,
            1 => directory,
            2 => extension,
            3 => &path[directory.len()..],
            _ => return Err(Stop::Misuse("a path has four parts")),
        };
        self.give_text(text)
    }

    /// An array of one row.
    pub(super) fn give_texts<'a>(
        &mut self,
        texts: impl Iterator<Item = &'a str>,
    ) -> Result<i32, Stop> {
        let ids = texts
            .map(|text| self.intern(text))
            .collect::<Result<_, _>>()?;
        self.give_array(Array::row(Items::Text(ids)))
    }

    /// The model of a name; `None` after a warning.
    fn model(&mut self, path: i32, function: &str) -> Result<Option<&Model>, Stop> {
        let name = self.text(path)?;
        let id = self.asset(&name);
        let id = id.filter(|&id| matches!(self.asset_data(id), Asset::Model(_)));
        if id.is_none() {
            self.warn(format!("{function}: there is no model `{name}`"));
        }
        Ok(id.and_then(|id| match self.asset_data(id) {
            Asset::Model(model) => Some(model),
            Asset::Image(_) | Asset::Text(_) | Asset::Table(_) => None,
        }))
    }

    /// `asset_info` of the table: size or lowest corner of a model's bounding box.
    pub(crate) fn asset_info(&mut self, path: i32, what: i32) -> Result<f64, Stop> {
        let Some(model) = self.model(path, "assetInfo")? else {
            return Ok(0.0);
        };
        let points = &model.points;
        let axis = match word(what) {
            Some("sx" | "tx") => 0,
            Some("sy" | "ty") => 1,
            Some("sz" | "tz") => 2,
            _ => return Err(Stop::Misuse("assetInfo asks for sx, sy, sz, tx, ty or tz")),
        };
        let low = points.iter().map(|p| p[axis]).fold(f64::INFINITY, f64::min);
        let high = points
            .iter()
            .map(|p| p[axis])
            .fold(f64::NEG_INFINITY, f64::max);
        let size = word(what).is_some_and(|word| word.starts_with('s'));
        let (units, value) = (points.len() / 8, if size { high - low } else { low });
        self.charge(units)?;
        Ok(if value.is_finite() { value } else { 0.0 })
    }

    /// `asset_names` of the table: names of a model's groups or materials.
    pub(crate) fn asset_names(&mut self, path: i32, what: i32) -> Result<i32, Stop> {
        let model = self.model(path, "assetNamingInfos")?;
        let is_group = word(what) == Some("g");
        let (names, units) = match model {
            Some(model) if is_group => (model.groups.clone(), model.groups.len()),
            Some(model) => (model.material_names(), model.polygons.len()),
            None => (Vec::new(), 0),
        };
        self.charge(units / 8)?;
        self.give_texts(names.iter().map(String::as_str))
    }

    /// What a model's file says under a key, if it is of a type.
    fn metadata(&mut self, path: i32, key: i32, ty: Type) -> Result<Option<Slot>, Stop> {
        let key = self.text(key)?;
        let Some(model) = self.model(path, "assetMetadata")? else {
            return Ok(None);
        };
        let units = model.metadata.len() / 8;
        let found = model.metadata.iter().find(|(name, _)| **name == *key);
        let value = found.filter(|(_, value)| value_type(value) == ty);
        let value = value.map(|(_, value)| value.clone());
        self.charge(units)?;
        value.map(|value| self.slot_from_value(&value)).transpose()
    }

    /// `asset_metadata_f` of the table.
    pub(crate) fn asset_metadata_f(
        &mut self,
        path: i32,
        key: i32,
        default: f64,
    ) -> Result<f64, Stop> {
        Ok(match self.metadata(path, key, Type::Float)? {
            Some(Slot::Float(value)) => value,
            _ => default,
        })
    }

    /// `asset_metadata_i` of the table.
    pub(crate) fn asset_metadata_i(
        &mut self,
        path: i32,
        key: i32,
        default: i32,
        ty: i32,
    ) -> Result<i32, Stop> {
        let ty = Type::from_number(ty)?;
        Ok(match self.metadata(path, key, ty)? {
            Some(Slot::Word(value)) => value,
            _ => default,
        })
    }

    /// `image_info` of the table: width or height in pixels.
    pub(crate) fn image_info(&mut self, path: i32, what: i32) -> Result<f64, Stop> {
        let name = self.text(path)?;
        let Some(Asset::Image(image)) = self.asset(&name).map(|id| self.asset_data(id)) else {
            self.warn(format!("imageInfo: there is no image `{name}`"));
            return Ok(0.0);
        };
        Ok(f64::from(if word(what) == Some("sy") {
            image.height
        } else {
            image.width
        }))
    }

    /// `read_text` of the table.
    pub(crate) fn read_text(&mut self, path: i32) -> Result<i32, Stop> {
        let name = self.text(path)?;
        let Some(Asset::Text(text)) = self.asset(&name).map(|id| self.asset_data(id)) else {
            self.warn(format!(
                "readTextFile: there is no text `{name}` (a .txt among the assets)"
            ));
            return Ok(0);
        };
        let text = text.clone();
        self.charge(text.len() / 64)?;
        self.give_text(&text)
    }

    /// `read_table` of the table: strings (0), floats (1), or names and values of a material (2).
    pub(crate) fn read_table(&mut self, path: i32, what: i32) -> Result<i32, Stop> {
        let (function, kind) = match what {
            0 => ("readStringTable", "table `{}` (a .csv"),
            1 => ("readFloatTable", "table `{}` (a .csv"),
            2 => ("readMaterial", "material `{}` (a .cgamat or .mtl"),
            _ => return Err(Stop::Misuse("tables are of strings, floats or materials")),
        };
        let name = self.text(path)?;
        let (columns, cells) = match self.asset(&name).map(|id| self.asset_data(id)) {
            Some(Asset::Table(table)) if table.cells.len() <= MAX_ELEMENTS => {
                (table.columns as usize, table.cells.clone())
            }
            Some(Asset::Table(_)) => {
                self.warn(format!(
                    "{function}: `{name}` has more than {MAX_ELEMENTS} cells: left out"
                ));
                (0, Vec::new())
            }
            _ => {
                let kind = kind.replace("{}", &name);
                self.warn(format!("{function}: there is no {kind} among the assets)"));
                (0, Vec::new())
            }
        };
        self.charge(1 + cells.len())?;
        let items = if what == 1 {
            Items::Float(cells.iter().map(|cell| number::parse(cell)).collect())
        } else {
            let ids: Result<Vec<StringId>, Stop> =
                cells.iter().map(|cell| self.intern(cell)).collect();
            Items::Text(ids?)
        };
        self.give_array(Array::table(columns, items))
    }
}
