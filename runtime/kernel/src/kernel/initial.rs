//! Setting up an initial shape: its mesh, object system, pivot, scope, and the attribute values given from outside.
//!
//! The object system: origin in the first vertex of the first edge, x along that edge, y along the first
//! face's normal, z = x × y, which points outward over the first edge of a counter-clockwise footprint. The initial
//! pivot is the object system, the initial scope the bounding box in its orientation.

use std::collections::BTreeMap;
use std::rc::Rc;

use glam::{DMat3, DVec3};

use super::derivation::Phase;
use super::values::{Array, Items};
use crate::Kernel;
use crate::builtin;
use crate::frame::{Frame, Scope};
use crate::limits::Stop;
use crate::manifest::{Manifest, Type};
use crate::mesh::Mesh;
use crate::mesh::component::Streets;
use crate::recipe::{InitialShape, Value};
use crate::shape::{Geometry, Shape};
use crate::state::{Slot, State};

impl Kernel {
    /// Sets up the next initial shape that has geometry and answers 0, or -1 when there is none left.
    pub(super) fn begin_initial(&mut self) -> Result<i32, Stop> {
        self.end_job();
        self.journal.end_initial();
        self.values.drop_arrays();
        let recipe = Rc::clone(&self.recipe);
        self.site = 0;
        while let Some(job) = self.next_job()
            && let Some(initial) = Self::initial_of(&recipe, job.initial)
        {
            self.derivation.initial = job.initial;
            self.close_leaves();
            self.charge(
                1 + initial
                    .polygons
                    .iter()
                    .flatten()
                    .map(Vec::len)
                    .sum::<usize>()
                    / 8,
            )?;
            let (mesh, dropped) = mesh_from_polygons(&initial.polygons);
            if dropped > 0 {
                self.warn("an initial shape has polygons with fewer than three points or points that are not finite");
            }
            if mesh.face_count() == 0 {
                self.warn(format!(
                    "the initial shape `{}` has no polygon: left out",
                    initial.name
                ));
                continue;
            }
            self.object = object_system(&mesh);
            self.streets = self.streets_of(initial, &mesh).map(Rc::new);
            *self.shape = initial_shape(mesh, self.object);
            self.initial_shape = self.shape.clone();
            self.base_center = self.shape.scope_center();
            let material = builtin::default_material(&mut self.values);
            self.state = State::initial(self.manifest.attributes.len(), material);
            self.state.seed = recipe.seed.wrapping_add(initial.seed);
            self.set_external(initial)?;
            self.derivation.path.clear();
            self.derivation.phase = Phase::Attributes;
            return Ok(0);
        }
        self.derivation.phase = Phase::Next;
        Ok(-1)
    }

    /// The streets along the edges of an initial shape, from its attribute `streetWidth`, whether the grammar has it or not.
    fn streets_of(&self, initial: &InitialShape, mesh: &Mesh) -> Option<Streets> {
        let recipe = Rc::clone(&self.recipe);
        let mut given = recipe.attributes.iter().chain(&initial.attributes).rev();
        match given.find(|(name, _)| name == "streetWidth")? {
            (_, Value::FloatArray(rows)) => {
                let widths: Vec<f64> = rows.iter().flatten().copied().collect();
                Streets::new(mesh, &self.object, &widths)
            }
            _ => None,
        }
    }

    /// Takes the values given from outside: the recipe's for all shapes, then the shape's own.
    fn set_external(&mut self, initial: &InitialShape) -> Result<(), Stop> {
        let (manifest, recipe) = (Rc::clone(&self.manifest), Rc::clone(&self.recipe));
        let slots: BTreeMap<&str, usize> = manifest
            .attributes
            .iter()
            .enumerate()
            .map(|(slot, a)| (a.name.as_str(), slot))
            .collect();
        let mut external = vec![None; manifest.attributes.len()];
        for (name, value) in recipe.attributes.iter().chain(&initial.attributes) {
            let Some(&slot) = slots.get(name.as_str()) else {
                continue;
            };
            let attribute = &manifest.attributes[slot];
            if !attribute.settable {
                self.warn(format!(
                    "`{name}` is a constant: the value given for it is not used"
                ));
            } else if value_type(value) != attribute.ty {
                let (given, wanted) = (type_name(value_type(value)), type_name(attribute.ty));
                self.warn(format!(
                    "`{name}` is {wanted}: the value given for it is {given} and not used"
                ));
            } else {
                external[slot] = Some(self.slot_from_value(value)?);
            }
        }
        self.derivation.external = external;
        self.set_known(&manifest)
    }

    /// Takes the values of attributes whose default is known: the module does not evaluate these.
    fn set_known(&mut self, manifest: &Manifest) -> Result<(), Stop> {
        for (slot, attribute) in manifest.attributes.iter().enumerate() {
            if let Some(default) = &attribute.default {
                self.charge(1)?;
                let value = match self.derivation.external[slot] {
                    Some(value) => value,
                    None => self.slot_from_value(default)?,
                };
                Rc::make_mut(&mut self.state.attributes)[slot] = value;
            }
        }
        Ok(())
    }

    /// A value from outside as the kernel keeps it.
    pub(super) fn slot_from_value(&mut self, value: &Value) -> Result<Slot, Stop> {
        Ok(match value {
            Value::Float(x) => Slot::Float(*x),
            Value::Bool(x) => Slot::Word(i32::from(*x)),
            Value::String(x) => Slot::Word(self.give_text(x)?),
            Value::FloatArray(rows) => Slot::Word(self.values.add_array(array_from_rows(
                rows,
                0.0,
                Items::Float,
            ))?),
            Value::BoolArray(rows) => Slot::Word(self.values.add_array(array_from_rows(
                rows,
                false,
                Items::Bool,
            ))?),
            Value::StringArray(rows) => {
                let mut ids = Vec::with_capacity(rows.len());
                for row in rows {
                    ids.push(
                        row.iter()
                            .map(|text| self.intern(text))
                            .collect::<Result<Vec<_>, _>>()?,
                    );
                }
                Slot::Word(self.values.add_array(array_from_rows(
                    &ids,
                    Default::default(),
                    Items::Text,
                ))?)
            }
        })
    }
}

/// An array from rows, short ones filled up.
fn array_from_rows<T: Copy>(rows: &[Vec<T>], filling: T, items: impl Fn(Vec<T>) -> Items) -> Array {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut flat = Vec::new();
    for row in rows {
        flat.extend_from_slice(row);
        flat.resize(flat.len() + columns - row.len(), filling);
    }
    Array {
        rows: rows.len().max(1),
        columns,
        items: items(flat),
    }
}

/// The type of a value from outside.
pub(super) fn value_type(value: &Value) -> Type {
    match value {
        Value::Float(_) => Type::Float,
        Value::Bool(_) => Type::Bool,
        Value::String(_) => Type::String,
        Value::FloatArray(_) => Type::FloatArray,
        Value::BoolArray(_) => Type::BoolArray,
        Value::StringArray(_) => Type::StringArray,
    }
}

/// A type in words.
pub(super) fn type_name(ty: Type) -> &'static str {
    match ty {
        Type::Float => "a float",
        Type::Bool => "a bool",
        Type::String => "a string",
        Type::FloatArray => "an array of floats",
        Type::BoolArray => "an array of bools",
        Type::StringArray => "an array of strings",
    }
}

/// The mesh of an initial shape in world coordinates, points shared where they are equal, and the number of rings
/// left out: fewer than three different points, or points that are not finite. Without its outline a polygon is
/// left out with its holes.
fn mesh_from_polygons(polygons: &[Vec<Vec<[f64; 3]>>]) -> (Mesh, usize) {
    let mut mesh = Mesh::default();
    let mut known = BTreeMap::new();
    let mut dropped = 0;
    for polygon in polygons {
        let rings: Vec<Option<Vec<DVec3>>> = polygon.iter().map(|ring| clean_ring(ring)).collect();
        dropped += rings.iter().filter(|ring| ring.is_none()).count();
        if !matches!(rings.first(), Some(Some(_))) {
            continue;
        }
        let rings: Vec<Vec<u32>> = rings
            .into_iter()
            .flatten()
            .map(|ring| {
                ring.iter()
                    .map(|p| {
                        *known
                            .entry(p.to_array().map(f64::to_bits))
                            .or_insert_with(|| mesh.add_point(*p))
                    })
                    .collect()
            })
            .collect();
        mesh.add_face(rings.iter().map(Vec::as_slice));
    }
    (mesh, dropped)
}

/// A ring without repeated points (and without negative zeros), or `None` when it is none.
fn clean_ring(ring: &[[f64; 3]]) -> Option<Vec<DVec3>> {
    let mut points: Vec<DVec3> = ring
        .iter()
        .map(|p| DVec3::from_array(*p) + DVec3::ZERO)
        .collect();
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    (points.len() >= 3 && points.iter().all(|p| p.is_finite())).then_some(points)
}

/// The object system of a mesh: see the module's text.
fn object_system(mesh: &Mesh) -> Frame {
    let outline = mesh.outline(0);
    let origin = mesh.point(outline[0]);
    let edge = mesh.point(outline[1]) - origin;
    let y = mesh.normal(0);
    let y = if y == DVec3::ZERO { DVec3::Y } else { y };
    let x = edge - y * edge.dot(y);
    let x = if x.length() > 1e-9 * edge.length() {
        x.normalize_or_zero()
    } else {
        y.any_orthonormal_vector()
    };
    let x = if x == DVec3::ZERO {
        y.any_orthonormal_vector()
    } else {
        x
    };
    Frame {
        origin,
        axes: DMat3::from_cols(x, y, x.cross(y)),
    }
}

/// The initial shape: the mesh stays in world coordinates, the scope is its bounding box in the object system.
fn initial_shape(mesh: Mesh, object: Frame) -> Shape {
    let object_from_world = object.frame_from_world();
    let mut low = DVec3::INFINITY;
    let mut high = DVec3::NEG_INFINITY;
    for point in &mesh.points {
        let point = object_from_world.transform_point3(*point);
        low = low.min(point);
        high = high.max(point);
    }
    Shape {
        pivot: object,
        scope: Scope {
            translation: low,
            axes: DMat3::IDENTITY,
            size: high - low,
        },
        geometry: Geometry::Mesh(Rc::new(mesh)),
        world_from_geometry: glam::DAffine3::IDENTITY,
        rest: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rectangle() -> Vec<Vec<Vec<[f64; 3]>>> {
        vec![vec![vec![
            [0.0, 0.0, 20.0],
            [30.0, 0.0, 20.0],
            [30.0, 0.0, 0.0],
            [0.0, 0.0, 0.0],
        ]]]
    }

    #[test]
    fn front_is_the_side_of_the_first_edge() {
        let (mesh, _) = mesh_from_polygons(&rectangle());
        let object = object_system(&mesh);
        assert_eq!(object.origin, DVec3::new(0.0, 0.0, 20.0));
        assert_eq!(object.axes, DMat3::IDENTITY);
        let shape = initial_shape(mesh, object);
        assert_eq!(shape.scope_origin(), DVec3::ZERO);
        assert_eq!(shape.scope.size, DVec3::new(30.0, 0.0, 20.0));
    }

    #[test]
    fn the_first_edge_turns_the_object_system() {
        let ring = vec![
            [0.0, 0.0, 0.0],
            [0.0, 0.0, 20.0],
            [30.0, 0.0, 20.0],
            [30.0, 0.0, 0.0],
        ];
        let (mesh, _) = mesh_from_polygons(&[vec![ring]]);
        let object = object_system(&mesh);
        assert_eq!(
            object.axes,
            DMat3::from_cols(DVec3::Z, DVec3::Y, DVec3::NEG_X)
        );
        let shape = initial_shape(mesh, object);
        assert_eq!(shape.scope.size, DVec3::new(20.0, 0.0, 30.0));
        assert_eq!(shape.scope_origin(), DVec3::new(30.0, 0.0, 0.0));
    }

    #[test]
    fn polygons_share_points_and_bad_rings_are_dropped() {
        let mut polygons = rectangle();
        polygons.push(vec![vec![
            [30.0, 0.0, 0.0],
            [30.0, 0.0, 20.0],
            [60.0, 0.0, 20.0],
            [60.0, 0.0, 0.0],
        ]]);
        polygons.push(vec![vec![
            [f64::NAN, 0.0, 0.0],
            [30.0, 0.0, 20.0],
            [60.0, 0.0, 20.0],
        ]]);
        polygons.push(vec![vec![
            [1.0, 0.0, 0.0],
            [1.0, 0.0, 0.0],
            [6.0, 0.0, 2.0],
            [1.0, 0.0, 0.0],
        ]]);
        polygons.push(Vec::new());
        let (mesh, dropped) = mesh_from_polygons(&polygons);
        assert_eq!((mesh.points.len(), mesh.face_count(), dropped), (6, 2, 2));
        assert_eq!(mesh.check(), Ok(()));
    }
}
