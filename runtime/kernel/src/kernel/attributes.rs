//! Attributes of the grammar (slots) and of shapes (`scope.sx`, `material.color.r`, ...).

use std::rc::Rc;

use glam::DVec3;

use super::derivation::Phase;
use super::initial::type_name;
use super::random::{attribute_seed, seed_from_float};
use crate::Kernel;
use crate::abi::token::word;
use crate::builtin::{BUILTINS, Builtin, Storage};
use crate::frame::{euler_from_matrix, matrix_from_euler};
use crate::limits::Stop;
use crate::manifest::Type;
use crate::state::{Slot, StringId};

/// The index of a slot.
fn slot_index(slot: i32) -> Result<usize, Stop> {
    usize::try_from(slot).map_err(|_| Stop::Misuse("no attribute has this number"))
}

/// The shape attribute with a number.
fn builtin(number: i32) -> Result<&'static Builtin, Stop> {
    usize::try_from(number)
        .ok()
        .and_then(|number| BUILTINS.get(number))
        .ok_or(Stop::Misuse("no shape attribute has this number"))
}

/// A shape attribute was read or set as another type than it has.
const WRONG_TYPE: Stop = Stop::Misuse("the shape attribute has another type");

/// What a name means as the target of `set`.
enum Named {
    /// An attribute of the grammar.
    Slot(i32),
    /// An attribute of the shape, by its number.
    Builtin(i32),
}

impl Kernel {
    /// `attribute_begin` of the table.
    pub(crate) fn attribute_begin(&mut self, slot: i32) -> Result<i32, Stop> {
        self.charge(1)?;
        let slot = slot_index(slot)?;
        let manifest = Rc::clone(&self.manifest);
        let attribute = manifest
            .attributes
            .get(slot)
            .ok_or(Stop::Misuse("no attribute has this number"))?;
        if self.derivation.phase == Phase::Attributes {
            let recipe = Rc::clone(&self.recipe);
            let initial = Self::initial_of(&recipe, self.initial_number())
                .ok_or(Stop::Misuse("no initial shape has this number"))?;
            self.state.seed =
                attribute_seed(recipe.seed.wrapping_add(initial.seed), &attribute.name);
            self.state.drawn = 0;
        }
        let Some(value) = self.derivation.external.get(slot).copied().flatten() else {
            return Ok(0);
        };
        Rc::make_mut(&mut self.state.attributes)[slot] = value;
        Ok(1)
    }

    fn attribute(&self, slot: i32) -> Result<Slot, Stop> {
        self.state
            .attributes
            .get(slot_index(slot)?)
            .copied()
            .ok_or(Stop::Misuse("no attribute has this number"))
    }

    fn set_attribute(&mut self, slot: i32, value: Slot) -> Result<(), Stop> {
        let slot = slot_index(slot)?;
        if self.state.attributes.get(slot) == Some(&value) {
            return Ok(());
        }
        self.charge(self.state.attributes.len() / 32)?;
        let slots = Rc::make_mut(&mut self.state.attributes);
        *slots
            .get_mut(slot)
            .ok_or(Stop::Misuse("no attribute has this number"))? = value;
        Ok(())
    }

    /// `attribute_f` of the table.
    pub(crate) fn attribute_f(&mut self, slot: i32) -> Result<f64, Stop> {
        match self.attribute(slot)? {
            Slot::Float(value) => Ok(value),
            Slot::Word(_) => Ok(0.0),
        }
    }

    /// `attribute_i` of the table.
    pub(crate) fn attribute_i(&mut self, slot: i32) -> Result<i32, Stop> {
        match self.attribute(slot)? {
            Slot::Word(value) => Ok(value),
            Slot::Float(_) => Err(Stop::Misuse("the attribute is a float")),
        }
    }

    /// `set_attribute_f` of the table.
    pub(crate) fn set_attribute_f(&mut self, slot: i32, value: f64) -> Result<(), Stop> {
        self.set_attribute(slot, Slot::Float(value))
    }

    /// `set_attribute_i` of the table.
    pub(crate) fn set_attribute_i(&mut self, slot: i32, value: i32) -> Result<(), Stop> {
        self.set_attribute(slot, Slot::Word(value))
    }

    /// `builtin_f` of the table.
    pub(crate) fn builtin_f(&mut self, number: i32) -> Result<f64, Stop> {
        let shape = &self.shape;
        Ok(match builtin(number)?.storage {
            Storage::ScopeSize(axis) => shape.scope.size[axis],
            Storage::ScopeTranslation(axis) => shape.scope.translation[axis],
            Storage::ScopeRotation(axis) => euler_from_matrix(shape.scope.axes)[axis],
            Storage::ScopeElevation => shape.scope_origin().y,
            Storage::PivotPosition(axis) => self
                .object
                .frame_from_world()
                .transform_point3(shape.pivot.origin)[axis],
            Storage::PivotOrientation(axis) => {
                euler_from_matrix(self.object.axes.transpose() * shape.pivot.axes)[axis]
            }
            Storage::OriginPosition(axis) => self.object.origin[axis],
            Storage::OriginOrientation(axis) => euler_from_matrix(self.object.axes)[axis],
            Storage::SplitIndex => self.state.split.0,
            Storage::SplitTotal => self.state.split.1,
            Storage::CompIndex => self.state.comp.1,
            Storage::CompTotal => self.state.comp.2,
            Storage::Seedian | Storage::Uid => self.state.seed as f64,
            Storage::Number(n) => self.state.material.numbers[n],
            Storage::InitialName
            | Storage::InitialStartRule
            | Storage::CompSelector
            | Storage::TrimHorizontal
            | Storage::TrimVertical
            | Storage::Flag(_)
            | Storage::Text(_)
            | Storage::Rgb(_) => return Err(WRONG_TYPE),
        })
    }

    /// `builtin_i` of the table.
    pub(crate) fn builtin_i(&mut self, number: i32) -> Result<i32, Stop> {
        Ok(match builtin(number)?.storage {
            Storage::TrimHorizontal => i32::from(self.state.trim_horizontal),
            Storage::TrimVertical => i32::from(self.state.trim_vertical),
            Storage::Flag(n) => i32::from(self.state.material.numbers[n] != 0.0),
            Storage::Text(n) => self.state.material.strings[n].0.cast_signed(),
            Storage::Rgb(n) => {
                let [r, g, b] = [0, 1, 2].map(|k| self.state.material.numbers[n + k]);
                self.give_text(&super::color::hex(&[r, g, b]))?
            }
            Storage::CompSelector => self.state.comp.0.0.cast_signed(),
            Storage::InitialName | Storage::InitialStartRule => {
                self.initial_text(builtin(number)?.storage)?
            }
            _ => return Err(WRONG_TYPE),
        })
    }

    /// Name or start rule of the initial shape.
    fn initial_text(&mut self, storage: Storage) -> Result<i32, Stop> {
        let (recipe, manifest) = (Rc::clone(&self.recipe), Rc::clone(&self.manifest));
        let Some(initial) = Self::initial_of(&recipe, self.initial_number()) else {
            return Ok(0);
        };
        if storage == Storage::InitialName {
            return self.give_text(&initial.name);
        }
        let rule = super::failure::start_rule(&manifest, &initial.start_rule).ok();
        self.give_text(rule.map_or("", |rule| manifest.rules[rule].name.as_str()))
    }

    /// `set_builtin_f` of the table.
    pub(crate) fn set_builtin_f(&mut self, number: i32, value: f64) -> Result<(), Stop> {
        let builtin = builtin(number)?;
        if builtin.storage == Storage::Seedian {
            self.state.seed = seed_from_float(value);
            self.state.drawn = 0;
            return Ok(());
        }
        let value = self.finite(value, "set");
        match builtin.storage {
            Storage::ScopeSize(axis) => {
                let mut size = self.shape.scope.size;
                size[axis] = value;
                return self.s(size.x, size.y, size.z, 0);
            }
            Storage::ScopeTranslation(axis) => {
                self.shape_frame_changed(|shape, _| shape.scope.translation[axis] = value);
            }
            Storage::ScopeRotation(axis) => self.shape_frame_changed(|shape, _| {
                shape.scope.axes = with_angle(shape.scope.axes, axis, value);
            }),
            Storage::PivotPosition(axis) => self.shape_frame_changed(|shape, object| {
                let mut position = object
                    .frame_from_world()
                    .transform_point3(shape.pivot.origin);
                position[axis] = value;
                shape.pivot.origin = object.world_from_frame().transform_point3(position);
            }),
            Storage::PivotOrientation(axis) => self.shape_frame_changed(|shape, object| {
                let axes = with_angle(object.axes.transpose() * shape.pivot.axes, axis, value);
                shape.pivot.axes = object.axes * axes;
            }),
            Storage::Number(n) => self.set_material_number(n, value),
            _ => {
                return Err(if builtin.writable {
                    WRONG_TYPE
                } else {
                    Stop::Misuse("the shape attribute is read-only")
                });
            }
        }
        Ok(())
    }

    /// `set_builtin_i` of the table.
    pub(crate) fn set_builtin_i(&mut self, number: i32, value: i32) -> Result<(), Stop> {
        match builtin(number)?.storage {
            Storage::TrimHorizontal => self.state.trim_horizontal = value != 0,
            Storage::TrimVertical => self.state.trim_vertical = value != 0,
            Storage::Flag(n) => self.set_material_number(n, f64::from(value != 0)),
            Storage::Text(n) => {
                let id = self.string_id(value)?;
                self.set_material_string(n, id);
            }
            Storage::Rgb(n) => {
                let text = self.text(value)?;
                match super::color::parse(&text) {
                    Some(color) => {
                        for (k, part) in color.iter().take(3).enumerate() {
                            self.set_material_number(n + k, *part);
                        }
                    }
                    None => self.warn(format!("`{text}` is no colour")),
                }
            }
            _ => return Err(WRONG_TYPE),
        }
        Ok(())
    }

    /// `set_named_f` of the table.
    pub(crate) fn set_named_f(&mut self, prefix: i32, name: i32, value: f64) -> Result<(), Stop> {
        match self.named(prefix, name, Type::Float)? {
            Some(Named::Slot(slot)) => self.set_attribute_f(slot, value),
            Some(Named::Builtin(number)) => self.set_builtin_f(number, value),
            None => Ok(()),
        }
    }

    /// `set_named_i` of the table.
    pub(crate) fn set_named_i(
        &mut self,
        prefix: i32,
        name: i32,
        kind: i32,
        value: i32,
    ) -> Result<(), Stop> {
        let ty = Type::from_number(kind)?;
        match self.named(prefix, name, ty)? {
            Some(Named::Slot(slot)) => self.set_attribute_i(slot, value),
            Some(Named::Builtin(number)) => self.set_builtin_i(number, value),
            None => Ok(()),
        }
    }

    /// What a name means as the target of `set`; none after a warning.
    fn named(&mut self, prefix: i32, name: i32, ty: Type) -> Result<Option<Named>, Stop> {
        let (prefix, name) = (self.text(prefix)?, self.text(name)?);
        let manifest = Rc::clone(&self.manifest);
        self.charge((manifest.attributes.len() + BUILTINS.len()) / 8)?;
        let is_named = |full: &str| full.strip_prefix(&*prefix) == Some(&*name);
        let slot = (0..)
            .zip(&manifest.attributes)
            .find(|(_, attribute)| attribute.settable && is_named(&attribute.name));
        let builtin = || (0..).zip(BUILTINS).find(|(_, entry)| entry.name == &*name);
        let (found, found_ty) = match slot {
            Some((slot, attribute)) => (Named::Slot(slot), attribute.ty),
            None => match builtin() {
                Some((number, entry)) if entry.writable => (Named::Builtin(number), entry.ty),
                Some(_) => {
                    self.warn(format!("set: \"{name}\" cannot be set"));
                    return Ok(None);
                }
                None => {
                    self.warn(format!("set: there is no attribute \"{name}\""));
                    return Ok(None);
                }
            },
        };
        if found_ty != ty {
            let (wanted, given) = (type_name(found_ty), type_name(ty));
            self.warn(format!(
                "set: \"{name}\" is {wanted}: the value is {given} and not used"
            ));
            return Ok(None);
        }
        Ok(Some(found))
    }

    /// `geo_coord` of the table: recipes carry no projection, so X is the world's x, Y its north (−z), in metres.
    pub(crate) fn geo_coord(&mut self, axis: i32) -> Result<f64, Stop> {
        let origin = self.shape.scope_origin();
        match word(axis) {
            Some("X") => Ok(origin.x),
            Some("Y") => Ok(-origin.z),
            _ => {
                self.warn("getGeoCoord: longitude and latitude are not known here, taken as 0");
                Ok(0.0)
            }
        }
    }

    /// Changes scope or pivot and moves the geometry along.
    fn shape_frame_changed(
        &mut self,
        change: impl FnOnce(&mut crate::shape::Shape, &crate::frame::Frame),
    ) {
        let before = self.shape.scope_frame().frame_from_world();
        change(&mut self.shape, &self.object);
        let after = self.shape.scope_frame().world_from_frame();
        self.shape.transform_geometry(after * before);
    }

    /// Sets a number of the material, by its place (see [`crate::builtin`]).
    pub(crate) fn set_material_number(&mut self, n: usize, value: f64) {
        let material = Rc::make_mut(&mut self.state.material);
        material.numbers[n] = value;
        material.numbers_set |= 1 << n;
    }

    /// Sets a string of the material, by its place.
    pub(crate) fn set_material_string(&mut self, n: usize, value: StringId) {
        let material = Rc::make_mut(&mut self.state.material);
        material.strings[n] = value;
        material.strings_set |= 1 << n;
    }
}

/// Axes with one of their Euler angles replaced.
fn with_angle(axes: glam::DMat3, axis: usize, degrees: f64) -> glam::DMat3 {
    let mut angles: DVec3 = euler_from_matrix(axes);
    angles[axis] = degrees;
    matrix_from_euler(angles)
}
