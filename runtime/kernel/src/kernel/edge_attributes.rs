//! Attributes of the edges of initial shapes: `edgeAttr.getFloat` and its kin, `setTagsFromEdgeAttrs`.
//!
//! A value `/edgeattr/NAME` is an array with an element for each edge of the initial shape: polygon by polygon, the outline
//! before its holes, edges in the order of their first points. What asks is thrown onto these edges, in the plane of the
//! initial shape and the way it looks: the edge that most of it meets gives the element.

use std::rc::Rc;

use glam::{DVec2, DVec3};

use crate::Kernel;
use crate::limits::Stop;
use crate::mesh::Mesh;
use crate::mesh::tags::Tag;
use crate::mesh::tags::query::without_wildcards;
use crate::order::Order as _;
use crate::recipe::{InitialShape, Value};

/// What values of edges are called before their name.
const PREFIX: &str = "/edgeattr/";

/// Lengths below this are nothing, in metres.
const NOTHING: f64 = 1e-9;

/// How far behind its place geometry is looked for in the initial shape: walls stand on its edges.
const BEHIND: f64 = 1e-3;

/// An edge of the initial shape in its plane.
#[derive(Debug, Clone, Copy)]
struct Side {
    from: DVec2,
    to: DVec2,
    /// Its number among all edges.
    number: usize,
}

/// The edges of an initial shape in its plane.
#[derive(Debug)]
struct Outline {
    axes: [DVec3; 2],
    sides: Vec<Side>,
}

/// Something that is thrown onto edges: where it begins and ends across the way, and where it is along it.
#[derive(Debug, Clone, Copy)]
struct Shadow {
    low: f64,
    high: f64,
    place: f64,
}

impl Outline {
    /// Of the polygons of an initial shape whose faces look along `normal`.
    fn new(initial: &InitialShape, normal: DVec3) -> Self {
        let x_axis = normal.any_orthonormal_vector();
        let axes = [x_axis, normal.cross(x_axis)];
        let (mut sides, mut number) = (Vec::new(), 0);
        for ring in initial.polygons.iter().flatten() {
            let mut points: Vec<DVec3> = ring.iter().map(|&point| point.into()).collect();
            if points.len() > 1 && points.first() == points.last() {
                points.pop();
            }
            let next = points.iter().cycle().skip(1);
            for (from, to) in points.iter().zip(next) {
                let [from, to] = [from, to].map(|point| flatten(axes, *point));
                if from.is_finite() && to.is_finite() && from.distance(to) > NOTHING {
                    sides.push(Side { from, to, number });
                }
                number += 1;
            }
        }
        Self { axes, sides }
    }

    /// The number of the edge that most of something meets when it is thrown along a direction in space; without one, of the
    /// edge that is nearest to its middle. `None` without edges.
    fn edge(&self, parts: &[Vec<DVec3>], direction: DVec3) -> Option<usize> {
        let flat: Vec<Vec<DVec2>> = parts
            .iter()
            .map(|part| {
                part.iter()
                    .map(|&point| flatten(self.axes, point))
                    .collect()
            })
            .collect();
        let way = flatten(self.axes, direction);
        if way.length() < 1e-6 {
            return self.nearest(&flat);
        }
        let way = way.normalize();
        let mut met = vec![0.0; self.sides.len()];
        for part in flat.iter().filter(|part| !part.is_empty()) {
            let across = part.iter().map(|point| point.dot(way.perp()));
            let (low, high) = across.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
                (low.min(x), high.max(x))
            });
            let place = part.iter().map(|point| point.dot(way)).sum::<f64>() / part.len() as f64;
            self.meet(way, Shadow { low, high, place }, &mut met);
        }
        let mut best = None;
        for (&length, side) in met.iter().zip(&self.sides) {
            if length > best.map_or(0.0, |(longest, _)| longest) {
                best = Some((length, side.number));
            }
        }
        best.map(|(_, number)| number)
            .or_else(|| self.nearest(&flat))
    }

    /// Adds to each edge how much of a shadow it meets.
    fn meet(&self, way: DVec2, shadow: Shadow, met: &mut [f64]) {
        let mut cuts: Vec<f64> = vec![shadow.low, shadow.high];
        let ends = self.sides.iter().map(|side| side.from.dot(way.perp()));
        cuts.extend(ends.filter(|cut| *cut > shadow.low && *cut < shadow.high));
        cuts.order_by(f64::total_cmp);
        if shadow.high - shadow.low < NOTHING {
            // A point, or something seen from its end: as if it had a width.
            if let Some(side) = self.first(way, 0.5 * (shadow.low + shadow.high), shadow.place) {
                met[side] += NOTHING;
            }
            return;
        }
        for pair in cuts.windows(2).filter(|pair| pair[1] > pair[0]) {
            if let Some(side) = self.first(way, 0.5 * (pair[0] + pair[1]), shadow.place) {
                met[side] += pair[1] - pair[0];
            }
        }
    }

    /// The edge in the list that something at a place meets: from inside the next one that looks its way, from outside the last
    /// one behind it.
    fn first(&self, way: DVec2, across: f64, place: f64) -> Option<usize> {
        let place = place - BEHIND;
        let (mut ahead, mut behind, mut is_inside): (Option<(f64, usize)>, _, _) =
            (None, None, false);
        for (number, side) in self.sides.iter().enumerate() {
            let [from, to] = [side.from, side.to].map(|point| point.dot(way.perp()));
            if (from <= across) == (to <= across) {
                continue;
            }
            let t = (across - from) / (to - from);
            let at = side.from.lerp(side.to, t).dot(way);
            is_inside ^= at > place;
            // Outlines run counter-clockwise: what looks along the way runs up across it.
            if to < from {
                continue;
            }
            let nearer = |known: Option<(f64, usize)>| {
                known.is_none_or(|(other, _)| (at - place).abs() < (other - place).abs())
            };
            if at >= place && nearer(ahead) {
                ahead = Some((at, number));
            } else if at < place && nearer(behind) {
                behind = Some((at, number));
            }
        }
        let found = if is_inside {
            ahead.or(behind)
        } else {
            behind.or(ahead)
        };
        found.map(|(_, number)| number)
    }

    /// The number of the edge that is nearest to the middle of some points.
    fn nearest(&self, parts: &[Vec<DVec2>]) -> Option<usize> {
        let count = parts.iter().map(Vec::len).sum::<usize>().max(1);
        let middle = parts.iter().flatten().sum::<DVec2>() / count as f64;
        let distance = |side: &Side| {
            let along = side.to - side.from;
            let t = (middle - side.from).dot(along) / along.length_squared();
            middle.distance(side.from + along * t.clamp(0.0, 1.0))
        };
        let sides = self.sides.iter();
        let nearest = sides.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        nearest.map(|side| side.number)
    }
}

fn flatten(axes: [DVec3; 2], point: DVec3) -> DVec2 {
    DVec2::new(point.dot(axes[0]), point.dot(axes[1]))
}

impl Kernel {
    /// The edges of the current initial shape.
    fn outline(&mut self) -> Result<Option<Outline>, Stop> {
        let recipe = Rc::clone(&self.recipe);
        let Some(initial) = Self::initial_of(&recipe, self.initial_number()) else {
            return Ok(None);
        };
        let points = initial
            .polygons
            .iter()
            .flatten()
            .map(Vec::len)
            .sum::<usize>();
        self.charge(1 + points / 4)?;
        let crate::shape::Geometry::Mesh(mesh) = &self.initial_shape.geometry else {
            return Ok(None);
        };
        let normal = total_area(mesh).normalize_or(DVec3::Y);
        Ok(Some(Outline::new(initial, normal)))
    }

    /// The value of an element of an edge attribute: those of the initial shape come before those for all.
    fn edge_value(&self, name: &str) -> Option<Value> {
        let recipe = &self.recipe;
        let own = Self::initial_of(recipe, self.initial_number())?;
        let values = own.attributes.iter().chain(&recipe.attributes);
        let mut named = values.filter(|(known, _)| known.strip_prefix(PREFIX) == Some(name));
        named.next().map(|(_, value)| value.clone())
    }

    /// The number of the edge of the initial shape that the current shape corresponds to.
    fn sampled_edge(&mut self) -> Result<Option<usize>, Stop> {
        let mesh = self.own_mesh();
        let Some(outline) = self.outline()? else {
            return Ok(None);
        };
        self.charge(outline.sides.len() * (1 + mesh.face_count() + mesh.lines.len()))?;
        let world = mesh.transformed(&self.shape.world_from_geometry);
        let axis = self.shape.scope_axes().z_axis;
        let parts: Vec<Vec<DVec3>> = if world.face_count() > 0 {
            let face = |face| {
                world
                    .outline(face)
                    .iter()
                    .map(|&point| world.point(point))
                    .collect()
            };
            (0..world.face_count()).map(face).collect()
        } else if world.lines.is_empty() {
            world.points.iter().map(|&point| vec![point]).collect()
        } else {
            let line = |line: &[u32; 2]| line.map(|point| world.point(point)).to_vec();
            world.lines.iter().map(line).collect()
        };
        let direction = if world.face_count() > 0 {
            total_area(&world).normalize_or_zero()
        } else {
            axis
        };
        Ok(outline.edge(&parts, direction))
    }

    /// The element of an edge attribute for the current shape, if `pick` finds one of its type in the array.
    fn edge_attribute<T>(
        &mut self,
        name: i32,
        pick: impl Fn(Value, usize) -> Option<T>,
    ) -> Result<Option<T>, Stop> {
        let name = self.text(name)?;
        let Some(value) = self.edge_value(&name) else {
            return Ok(None);
        };
        Ok(self.sampled_edge()?.and_then(|edge| pick(value, edge)))
    }

    /// `edge_attribute_f` of the table.
    pub(crate) fn edge_attribute_f(&mut self, name: i32) -> Result<f64, Stop> {
        let found = self.edge_attribute(name, |value, edge| match value {
            Value::FloatArray(rows) => rows.into_iter().flatten().nth(edge),
            _ => None,
        })?;
        Ok(found.unwrap_or(0.0))
    }

    /// `edge_attribute_b` of the table.
    pub(crate) fn edge_attribute_b(&mut self, name: i32) -> Result<i32, Stop> {
        let found = self.edge_attribute(name, |value, edge| match value {
            Value::BoolArray(rows) => rows.into_iter().flatten().nth(edge),
            _ => None,
        })?;
        Ok(i32::from(found.unwrap_or(false)))
    }

    /// `edge_attribute_s` of the table.
    pub(crate) fn edge_attribute_s(&mut self, name: i32) -> Result<i32, Stop> {
        let found = self.edge_attribute(name, |value, edge| match value {
            Value::StringArray(rows) => rows.into_iter().flatten().nth(edge),
            _ => None,
        })?;
        self.give_text(&found.unwrap_or_default())
    }

    /// `set_tags_from_edge_attributes` of the table: each edge of the geometry gets `edgeattr.NAME.VALUE` of each attribute that
    /// is an array of strings.
    pub(crate) fn set_tags_from_edge_attributes(&mut self) -> Result<(), Stop> {
        let recipe = Rc::clone(&self.recipe);
        let Some(initial) = Self::initial_of(&recipe, self.initial_number()) else {
            return Ok(());
        };
        let mut known: Vec<(&str, Vec<&String>)> = Vec::new();
        for (name, value) in initial.attributes.iter().chain(&recipe.attributes) {
            if let (Some(name), Value::StringArray(rows)) = (name.strip_prefix(PREFIX), value)
                && !known.iter().any(|(other, _)| *other == name)
            {
                known.push((name, rows.iter().flatten().collect()));
            }
        }
        let edges = self.sampled_sides()?;
        let mut tags: Vec<Vec<Tag>> = Vec::with_capacity(edges.len());
        for edge in edges {
            let mut own = Vec::new();
            for (name, values) in &known {
                let value = edge
                    .and_then(|edge| values.get(edge))
                    .filter(|value| !value.is_empty());
                if let Some(value) = value {
                    let name = without_wildcards(&format!("edgeattr.{name}.{value}"));
                    own.push(self.tag_named(&name)?);
                }
            }
            tags.push(own);
        }
        self.change_mesh(|mesh| {
            let sets = mesh.tags_mut();
            let sets = if sets.edges.is_empty() {
                &mut sets.lines
            } else {
                &mut sets.edges
            };
            for (set, tags) in sets.iter_mut().zip(tags) {
                tags.into_iter().for_each(|tag| set.add(tag));
            }
        })
    }

    /// For each corner (or each line of a mesh without faces) the number of the edge of the initial shape that its edge corresponds
    /// to, seen from its face.
    fn sampled_sides(&mut self) -> Result<Vec<Option<usize>>, Stop> {
        let mesh = self.own_mesh();
        let Some(outline) = self.outline()? else {
            return Ok(Vec::new());
        };
        self.charge(outline.sides.len() * (1 + mesh.corners.len() + mesh.lines.len()))?;
        let map = self.shape.world_from_geometry;
        let place = |point: u32| map.transform_point3(mesh.point(point));
        // The normals of a mirrored mesh look the other way.
        let turn = map.matrix3.determinant().signum();
        let axis = self.shape.scope_axes().z_axis;
        let mut edges = Vec::with_capacity(mesh.corners.len());
        for face in 0..mesh.face_count() {
            let rings = mesh.loops_of(face).map(|number| mesh.ring(number));
            let sides: Vec<[DVec3; 2]> = rings
                .flat_map(|ring| {
                    let next = ring.iter().cycle().skip(1);
                    ring.iter().zip(next).map(|(&a, &b)| [place(a), place(b)])
                })
                .collect();
            let origin = sides.first().map_or(DVec3::ZERO, |side| side[0]);
            let normal: DVec3 = sides
                .iter()
                .map(|[a, b]| (*a - origin).cross(*b - origin))
                .sum();
            for [a, b] in sides {
                let outward = (b - a).cross(normal * turn) * turn;
                edges.push(outline.edge(&[vec![a, b]], outward.normalize_or_zero()));
            }
        }
        for line in mesh.lines.iter().filter(|_| mesh.face_count() == 0) {
            edges.push(outline.edge(&[line.map(place).to_vec()], axis));
        }
        Ok(edges)
    }
}

/// The sum of the normals of a mesh, each as long as twice its face's area.
fn total_area(mesh: &Mesh) -> DVec3 {
    (0..mesh.face_count())
        .map(|face| mesh.area_vector(face))
        .sum()
}
