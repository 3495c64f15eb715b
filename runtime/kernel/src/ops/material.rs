//! Materials as a whole: read, set and reset.

use std::rc::Rc;

use crate::Kernel;
use crate::abi::token::word;
use crate::asset::{Asset, ModelMaterial, material_of_number};
use crate::builtin::{self, BUILTINS, NUMBERS, STRINGS, Storage};
use crate::kernel::{Array, Items, number};
use crate::limits::Stop;
use crate::mesh::SHAPE_MATERIAL;
use crate::state::{Material, StringId};

const DOUBLE_SIDED: usize = builtin::number("doubleSided");

impl Kernel {
    /// `setMaterial`: names (without `material.`) and values by turns, or in the two columns of a table.
    pub(crate) fn set_material(&mut self, pairs: i32) -> Result<(), Stop> {
        let array = self.values.array(pairs)?;
        if (array.rows > 1 && array.columns != 2) || array.items.len() % 2 == 1 {
            self.warn("setMaterial takes names and values by turns, or a table of two columns");
        }
        let items = self.array_strings(pairs)?;
        self.charge(items.len())?;
        let pairs = items.chunks_exact(2).filter(|pair| pair[0].0 != 0);
        pairs
            .into_iter()
            .try_for_each(|pair| self.set_material_entry(pair[0], pair[1]))
    }

    fn set_material_entry(&mut self, name: StringId, value: StringId) -> Result<(), Stop> {
        let text = self.values.string(value).trim();
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        let flag = match text {
            "true" => Some(1.0),
            "false" => Some(0.0),
            _ => number,
        };
        let found = builtin::find(&["material.", self.values.string(name)].concat());
        match (found.map(|found| BUILTINS[found].storage), number, flag) {
            (Some(Storage::Number(place)), Some(number), _) => {
                self.set_material_number(place, number);
            }
            (Some(Storage::Flag(place)), _, Some(flag)) => self.set_material_number(place, flag),
            (Some(Storage::Text(place)), ..) => self.set_material_string(place, value),
            (Some(Storage::Rgb(_)), ..) => {
                let number = found.unwrap_or_default() as i32;
                self.set_builtin_i(number, value.0.cast_signed())?;
            }
            _ => {
                let (name, value) = (self.values.string(name), self.values.string(value));
                self.warn(format!("setMaterial: cannot set \"{name}\" to \"{value}\""));
            }
        }
        Ok(())
    }

    /// `resetMaterial` of the shape, the geometry, or both.
    pub(crate) fn reset_material(&mut self, target: i32) -> Result<(), Stop> {
        let target = word(target);
        if target != Some("geometry") {
            self.state.material = builtin::default_material(&mut self.values);
        }
        if target != Some("shape") {
            self.change_mesh(|mesh| mesh.materials.fill(SHAPE_MATERIAL))?;
        }
        Ok(())
    }

    /// `getMaterial`: names and values of the shape's material, of that of its geometry's first face, or of both as they
    /// are seen; those that were set, or all.
    pub(crate) fn get_material(&mut self, source: i32, mode: i32) -> Result<i32, Stop> {
        let mut material = match word(source) {
            Some("geometry") => builtin::default_material(&mut self.values),
            _ => Rc::clone(&self.state.material),
        };
        if word(source) != Some("shape") {
            let mesh = self.own_mesh();
            let assets = self.assets.iter().map(|loaded| &*loaded.asset);
            let own = mesh.materials.first();
            let own = own
                .and_then(|&own| material_of_number(assets, own))
                .cloned();
            self.charge(self.assets.len() / 8)?;
            if let Some(own) = own {
                self.fill_material(Rc::make_mut(&mut material), &own)?;
            }
        }
        let rows = self.material_rows(&material, word(mode) == Some("all"))?;
        self.give_array(Array::table(2, Items::Text(rows)))
    }

    /// Sets what a model's material says and the shape's does not.
    fn fill_material(&mut self, material: &mut Material, own: &ModelMaterial) -> Result<(), Stop> {
        let ModelMaterial {
            name,
            color: [red, green, blue, opacity],
            metallic,
            roughness,
            color_map,
        } = own;
        let numbers = [
            (builtin::number("color.r"), red),
            (builtin::number("color.g"), green),
            (builtin::number("color.b"), blue),
            (builtin::number("opacity"), opacity),
            (builtin::number("metallic"), metallic),
            (builtin::number("roughness"), roughness),
        ];
        for (place, &value) in numbers {
            if material.numbers_set >> place & 1 == 0 {
                material.numbers[place] = value;
                material.numbers_set |= 1 << place;
            }
        }
        let image = self.asset(color_map).map(|id| self.asset_data(id));
        let has_alpha = matches!(image, Some(Asset::Image(image)) if image.alpha);
        let opacity_map = if has_alpha { color_map.as_str() } else { "" };
        let texts = [
            (builtin::string("name"), name.as_str()),
            (builtin::string("colormap"), color_map),
            (builtin::string("opacitymap"), opacity_map),
        ];
        for (place, text) in texts {
            if material.strings_set >> place & 1 == 0 && !text.is_empty() {
                material.strings[place] = self.intern(text)?;
                material.strings_set |= 1 << place;
            }
        }
        Ok(())
    }

    /// Names and values by turns.
    fn material_rows(&mut self, material: &Material, all: bool) -> Result<Vec<StringId>, Stop> {
        let mut rows = Vec::new();
        for (place, (name, _)) in NUMBERS.iter().enumerate() {
            if all || material.numbers_set >> place & 1 == 1 {
                let value = material.numbers[place];
                let text = match place {
                    DOUBLE_SIDED => (value != 0.0).to_string(),
                    _ => number::format(value),
                };
                rows.extend([self.intern(name)?, self.intern(&text)?]);
            }
        }
        for (place, (name, _)) in STRINGS.iter().enumerate() {
            if all || material.strings_set >> place & 1 == 1 {
                rows.extend([self.intern(name)?, material.strings[place]]);
            }
        }
        Ok(rows)
    }
}
