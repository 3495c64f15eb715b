//! `setback`, `shapeL`, `shapeU`, `shapeO`, `innerRectangle`: faces cut into regions in their own planes.

use glam::{DMat3, DVec2, DVec3};

use crate::Kernel;
use crate::abi::token::{token, word};
use crate::limits::Stop;
use crate::mesh::flat::FlatFace;
use crate::mesh::tags::Tag;
use crate::mesh::{Mesh, cleanup, clip, merge};
use crate::ops::components::Components;
use crate::ops::offset::{WELD, scope_direction};
use crate::ops::{fit_mesh, orient_scope};
use crate::order::Order as _;
use crate::polygon::rectangle::{Rectangle, inner_rectangle, inner_rectangle_by_edge};
use crate::polygon::setback::setback;
use crate::shape::Shape;

/// Edges set back together.
#[derive(Debug)]
pub(crate) struct Chain {
    /// The branch they were given to.
    pub(crate) branch: i32,
    /// What they swept.
    pub(crate) shape: Shape,
}

/// The result of a setback.
#[derive(Debug, Default)]
pub(crate) struct SetbackPieces {
    /// One for each run of neighbouring edges of one branch, face by face.
    pub(crate) chains: Vec<Chain>,
    /// What is left of each face.
    pub(crate) remainder: Vec<Shape>,
}

/// The result of an operation with the branches `shape` and `remainder`.
#[derive(Debug, Default)]
pub(crate) struct Regions {
    /// One for each face (or connected part).
    pub(crate) shape: Vec<Shape>,
    /// What is left of each face.
    pub(crate) remainder: Vec<Shape>,
}

impl Kernel {
    /// The edges of all faces in order, to choose from.
    ///
    /// # Errors
    /// [`Stop::Gas`].
    pub(crate) fn setback_edges(&mut self) -> Result<Components, Stop> {
        let kind = token("fe").unwrap_or(-1);
        self.components(kind, -1)
    }

    /// Sets edges back: for each of `edges` its distance and branch, or `None` where it stays.
    ///
    /// # Errors
    /// [`Stop::Gas`].
    pub(crate) fn setback_pieces(
        &mut self,
        edges: &Components,
        chosen: &[Option<(f64, i32)>],
    ) -> Result<SetbackPieces, Stop> {
        self.set_back(edges, chosen, runs)
    }

    fn set_back(
        &mut self,
        edges: &Components,
        chosen: &[Option<(f64, i32)>],
        chains_of: impl Fn(&FlatFace, &[Option<(f64, i32)>]) -> Vec<Vec<u32>>,
    ) -> Result<SetbackPieces, Stop> {
        debug_assert_eq!(edges.list.len(), chosen.len(), "one entry for each edge");
        let mesh = self.mesh_to_tag(Some("setback"))?;
        let parent = self.shape.clone();
        let mut pieces = SetbackPieces::default();
        for face in 0..mesh.face_count() {
            let corners = mesh.face_corners(face);
            self.charge(1 + corners.len() * corners.len())?;
            let part = &chosen[corners.clone()];
            let distances: Vec<f64> = part
                .iter()
                .map(|c| c.map_or(0.0, |(d, _)| d.max(0.0)))
                .collect();
            let whole = || {
                let mut whole = mesh.subset(&[face]);
                whole.tag_edges(Tag::SETBACK_REMAINDER);
                in_scope(&parent, whole)
            };
            let Some(flat) =
                FlatFace::new(&mesh, face).filter(|_| distances.iter().any(|&d| d > 0.0))
            else {
                pieces.remainder.push(whole());
                continue;
            };
            let moved = match setback(&flat.polygon, &distances) {
                Ok(moved) => moved,
                Err(error) => {
                    self.warn(format!("setback: {error}; the face is left whole"));
                    pieces.remainder.push(whole());
                    continue;
                }
            };
            for chain in chains_of(&flat, part) {
                let joined = match moved.join(&chain) {
                    Ok(joined) => joined,
                    Err(error) => {
                        self.warn(format!("setback: {error}"));
                        continue;
                    }
                };
                let branch = part[chain[0] as usize].map_or(-1, |(_, branch)| branch);
                let mut swept = Mesh::default();
                for polygon in joined {
                    merge::append(&mut swept, &flat.mesh_of(&polygon.polygon().rings));
                }
                cleanup::weld(&mut swept, WELD);
                flat.tag_setback(&mut swept, &flat.polygon, &distances, false);
                if swept.face_count() > 0 {
                    pieces.chains.push(Chain {
                        branch,
                        shape: in_scope(&parent, swept),
                    });
                }
            }
            for polygon in &moved.remainder {
                let mut left = flat.mesh_of(&polygon.polygon().rings);
                flat.tag_setback(&mut left, &flat.polygon, &distances, true);
                pieces.remainder.push(in_scope(&parent, left));
            }
        }
        Ok(pieces)
    }

    /// `shapeL`, `shapeU`, `shapeO`: edges set back by where they look (front, right, back, left).
    ///
    /// # Errors
    /// [`Stop::Gas`].
    pub(crate) fn shape_region(&mut self, distances: [f64; 4]) -> Result<Regions, Stop> {
        let distances = distances.map(|distance| self.finite(distance, "shapeL"));
        let edges = self.setback_edges()?;
        let sides = ["front", "right", "back", "left"].map(|side| token(side).unwrap_or(-1));
        let side_of = |edge: usize| (0..4).find(|&side| edges.matches(edge, sides[side]));
        let chosen: Vec<Option<(f64, i32)>> = (0..edges.list.len())
            .map(|edge| {
                side_of(edge)
                    .map(|side| (distances[side], 0))
                    .filter(|(distance, _)| *distance > 0.0)
            })
            .collect();
        let pieces = self.set_back(&edges, &chosen, together)?;
        let shape = pieces.chains.into_iter().map(|chain| chain.shape).collect();
        Ok(Regions {
            shape,
            remainder: pieces.remainder,
        })
    }

    /// `innerRectangle`: the largest rectangle in each face, along the scope or along one of its long edges.
    ///
    /// # Errors
    /// [`Stop::Gas`].
    pub(crate) fn inner_rectangle_region(&mut self, alignment: i32) -> Result<Regions, Stop> {
        let mesh = self.mesh_to_tag(None)?;
        let parent = self.shape.clone();
        let mut regions = Regions::default();
        for face in 0..mesh.face_count() {
            let part = mesh.subset(&[face]);
            self.charge(1 + part.corners.len() * part.corners.len())?;
            let found = FlatFace::new(&mesh, face).and_then(|flat| {
                let rectangle = match word(alignment) {
                    Some("edge") => inner_rectangle_by_edge(&flat.polygon),
                    _ => inner_rectangle(&flat.polygon, scope_direction(&flat)),
                };
                Some((rectangle?, flat))
            });
            let Some((rectangle, flat)) = found else {
                regions.remainder.push(in_scope(&parent, part));
                continue;
            };
            let mesh_of_rectangle = flat.mesh_of(&[rectangle.ring()]);
            let along = flat.lift(rectangle.axis, 0.0) - flat.lift(DVec2::ZERO, 0.0);
            regions
                .shape
                .push(turned_to(&parent, mesh_of_rectangle, along, flat.normal));
            let rest = outside(&part, &flat, &rectangle);
            if rest.face_count() > 0 {
                regions.remainder.push(in_scope(&parent, rest));
            }
        }
        Ok(regions)
    }
}

/// A piece in the parent's pivot and orientation, from a mesh in the parent's scope coordinates.
pub(super) fn in_scope(parent: &Shape, mesh: Mesh) -> Shape {
    let mut shape = parent.clone();
    fit_mesh(&mut shape, mesh);
    shape
}

/// A piece whose scope lies along a rectangle, its axes as near as possible to the parent's. Mesh, direction and normal
/// are in the parent's scope coordinates.
fn turned_to(parent: &Shape, mesh: Mesh, along: DVec3, normal: DVec3) -> Shape {
    let size = normal.abs();
    let up = if size.max_element() == size.y {
        1
    } else if size.z > size.x {
        2
    } else {
        0
    };
    let main = usize::from(up == 0);
    let across = normal.cross(along);
    let mut columns = [DVec3::ZERO; 3];
    columns[up] = normal * normal[up].signum();
    columns[main] = [along, across, -along, -across]
        .into_iter()
        .max_by(|a, b| a[main].total_cmp(&b[main]))
        .unwrap_or(along);
    let last = 3 - up - main;
    columns[last] = columns[(last + 1) % 3].cross(columns[(last + 2) % 3]);
    let axes = parent.scope_axes() * DMat3::from_cols(columns[0], columns[1], columns[2]);
    let mut shape = parent.clone();
    shape.set_mesh_in_scope(mesh.clone());
    orient_scope(&mut shape, &mesh, axes, parent.scope.size);
    shape
}

/// Runs of neighbouring chosen edges of one branch, in ring order, sorted by their lowest edge.
fn runs(flat: &FlatFace, chosen: &[Option<(f64, i32)>]) -> Vec<Vec<u32>> {
    let mut runs: Vec<Vec<u32>> = Vec::new();
    let mut first = 0;
    for ring in &flat.polygon.rings {
        let count = ring.len();
        let branch = |k: usize| {
            chosen[first + k % count]
                .filter(|(d, _)| *d > 0.0)
                .map(|(_, branch)| branch)
        };
        let starts: Vec<usize> = (0..count)
            .filter(|&k| branch(k).is_some() && branch(k) != branch(k + count - 1))
            .collect();
        let closed = starts.is_empty() && branch(0).is_some();
        for start in if closed { vec![0] } else { starts } {
            let run = (start..start + count).take_while(|&k| branch(k) == branch(start));
            runs.push(run.map(|k| crate::mesh::index(first + k % count)).collect());
        }
        first += count;
    }
    runs.order_by_key(|run| run.iter().min().copied());
    runs
}

/// All chosen edges at once: what they sweep becomes one polygon where it touches.
fn together(_: &FlatFace, chosen: &[Option<(f64, i32)>]) -> Vec<Vec<u32>> {
    let edges =
        (0..chosen.len()).filter(|&k| chosen[k].is_some_and(|(distance, _)| distance > 0.0));
    let edges: Vec<u32> = edges.map(crate::mesh::index).collect();
    if edges.is_empty() {
        Vec::new()
    } else {
        vec![edges]
    }
}

/// The parts of a face around a rectangle: left and right of it over the whole depth, then before and behind it.
fn outside(face: &Mesh, flat: &FlatFace, rectangle: &Rectangle) -> Mesh {
    let corner = rectangle.origin;
    let (x, y) = (rectangle.axis, rectangle.axis.perp());
    let cut = |mesh: &Mesh, direction: DVec2, at: DVec2| {
        let value = |corner: usize| {
            let value = (flat.flatten(mesh.point(mesh.corners[corner])) - at).dot(direction);
            if value.abs() < WELD { 0.0 } else { value }
        };
        clip::clip(mesh, 0..mesh.face_count(), &value, &|_| false).mesh
    };
    let far = corner + x * rectangle.size.x + y * rectangle.size.y;
    let between = cut(&cut(face, x, corner), -x, far);
    let parts = [
        cut(face, -x, corner),
        cut(face, x, far),
        cut(&between, -y, corner),
        cut(&between, y, far),
    ];
    let mut rest = Mesh::default();
    for part in &parts {
        merge::append(&mut rest, part);
    }
    cleanup::weld(&mut rest, WELD);
    rest
}
