//! What is drawn how: faces by look, repeated assets as instances.

use std::collections::BTreeMap;
use std::ops::Range;

use glam::{BVec3, DAffine3, DVec3};

use super::book::Book;
use super::placement::Placement;
use super::{Leaf, Scene};
use crate::asset::Asset;
use crate::mesh::Mesh;
use crate::shape::{AssetId, Geometry};

/// A mesh at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'m> {
    /// The mesh.
    pub(crate) mesh: &'m Mesh,
    /// Takes its coordinates to the world.
    pub(crate) world_from_geometry: DAffine3,
    /// The initial shape it comes from.
    pub(crate) feature: u32,
}

/// Faces of a piece that look alike.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// Number of the piece.
    pub(crate) piece: u32,
    /// The faces.
    pub(crate) faces: Range<u32>,
}

/// Copies of one asset with the same looks.
#[derive(Debug)]
pub(crate) struct Group {
    /// The asset.
    pub(crate) asset: AssetId,
    /// Runs of its faces by look, sorted by look; their piece is 0.
    pub(crate) runs: BTreeMap<u32, Vec<Run>>,
    /// Where the copies are, and the initial shapes they come from.
    pub(crate) placements: Vec<(Placement, u32)>,
    /// The leaves that became the copies.
    leaves: Vec<u32>,
}

/// What is drawn how.
#[derive(Debug, Default)]
pub(crate) struct Plan<'m> {
    /// Meshes that are written as they lie in the world.
    pub(crate) pieces: Vec<Piece<'m>>,
    /// Runs by look number.
    pub(crate) runs: BTreeMap<u32, Vec<Run>>,
    /// Assets written once and placed many times.
    pub(crate) groups: Vec<Group>,
    /// The box around the pieces; none without pieces.
    pub(crate) bounds: Option<(DVec3, DVec3)>,
    /// A box around pieces and copies; none without any.
    pub(crate) extent: Option<(DVec3, DVec3)>,
    /// Polygons of all leaves, copies included.
    pub(crate) faces: u64,
    /// Leaves left out because a coordinate is not finite or absurdly large.
    pub(crate) dropped: u64,
}

/// Farther than this is an error of the grammar: squares of such coordinates still fit in an f32.
pub(crate) const FARTHEST: f64 = 1e18;

/// The meshes of the models that leaves refer to, by asset number.
pub(crate) fn model_meshes(scene: &Scene<'_>, book: &Book<'_>) -> Vec<Option<Mesh>> {
    let mut meshes: Vec<Option<Mesh>> = scene.assets.iter().map(|_| None).collect();
    for leaf in &scene.leaves {
        let Geometry::Asset(id) = leaf.geometry else {
            continue;
        };
        let place = id.0 as usize;
        if let (None, Asset::Model(model)) = (&meshes[place], &*scene.assets[place].asset) {
            meshes[place] = Some(model.to_mesh(book.first_material(place)));
        }
    }
    meshes
}

impl<'m> Plan<'m> {
    /// Sorts the leaves of a scene; `instances` says whether repeated assets are kept as such.
    pub(crate) fn new<'s: 'm>(
        scene: &'m Scene<'s>,
        meshes: &'m [Option<Mesh>],
        book: &mut Book<'s>,
        instances: bool,
    ) -> Self {
        let mut plan = Self::default();
        let mut group_numbers = BTreeMap::new();
        for (leaf_number, leaf) in (0..).zip(&scene.leaves) {
            let material = book.material(leaf.material);
            let asset_leaf = match leaf.geometry {
                Geometry::Asset(id) if instances => Some(*id),
                Geometry::Asset(_) | Geometry::Mesh(_) => None,
            };
            let placed = asset_leaf.and_then(|id| {
                let mesh = meshes[id.0 as usize].as_ref()?;
                let center = mesh
                    .bounds()
                    .map_or(DVec3::ZERO, |(low, high)| (low + high) * 0.5);
                Some((id, mesh, Placement::of(leaf.world_from_geometry, center)?))
            });
            match placed {
                Some((id, mesh, placement)) => {
                    let number = *group_numbers.entry((id, material)).or_insert_with(|| {
                        let runs = runs_by_look(mesh, 0, |face_material| {
                            book.look(material, face_material)
                        });
                        plan.group_of(id, runs)
                    });
                    let group = &mut plan.groups[number];
                    group.placements.push((placement, leaf.feature));
                    group.leaves.push(leaf_number);
                }
                None => plan.bake(leaf, meshes, |face_material| {
                    book.look(material, face_material)
                }),
            }
        }
        plan.bake_single_copies(scene, meshes);
        plan.extent = plan.bounds;
        for group in std::mem::take(&mut plan.groups) {
            if let Some(mesh) = &meshes[group.asset.0 as usize] {
                plan.faces += (mesh.face_count() * group.placements.len()) as u64;
                plan.reach_copies(scene, mesh, &group.leaves);
            }
            plan.groups.push(group);
        }
        plan
    }

    /// Lets the extent reach around the copies of a model: around the corners of its box.
    fn reach_copies(&mut self, scene: &Scene<'_>, mesh: &Mesh, leaves: &[u32]) {
        let Some((low, high)) = mesh.bounds() else {
            return;
        };
        for &leaf in leaves {
            let map = scene.leaves[leaf as usize].world_from_geometry;
            for corner in 0..8 {
                let high_side = BVec3::new(corner & 1 != 0, corner & 2 != 0, corner & 4 != 0);
                let point = map.transform_point3(DVec3::select(high_side, high, low));
                let (low, high) = self.extent.unwrap_or((point, point));
                self.extent = Some((low.min(point), high.max(point)));
            }
        }
    }

    /// The group with these runs, made if there is none.
    fn group_of(&mut self, asset: AssetId, runs: BTreeMap<u32, Vec<Run>>) -> usize {
        let same = |group: &Group| {
            group.asset == asset
                && group.runs.len() == runs.len()
                && group
                    .runs
                    .iter()
                    .zip(&runs)
                    .all(|((look, own), (other_look, other))| {
                        look == other_look
                            && own
                                .iter()
                                .map(|run| &run.faces)
                                .eq(other.iter().map(|run| &run.faces))
                    })
        };
        self.groups.iter().position(same).unwrap_or_else(|| {
            self.groups.push(Group {
                asset,
                runs,
                placements: Vec::new(),
                leaves: Vec::new(),
            });
            self.groups.len() - 1
        })
    }

    /// Adds a leaf to what is written as it lies in the world.
    fn bake(&mut self, leaf: &Leaf<'m>, meshes: &'m [Option<Mesh>], look: impl FnMut(u32) -> u32) {
        let mesh = match leaf.geometry {
            Geometry::Mesh(mesh) => Some(&**mesh),
            Geometry::Asset(id) => meshes[id.0 as usize].as_ref(),
        };
        if let Some(mesh) = mesh.filter(|mesh| mesh.face_count() > 0)
            && let Some(number) = self.add_piece(mesh, leaf)
        {
            each_run(mesh, number, look, |look, run| {
                self.runs.entry(look).or_default().push(run);
            });
        }
    }

    /// Adds a piece, unless it lies beyond all measure.
    fn add_piece(&mut self, mesh: &'m Mesh, leaf: &Leaf<'_>) -> Option<u32> {
        let map = leaf.world_from_geometry;
        let mut bounds = (DVec3::INFINITY, DVec3::NEG_INFINITY);
        let mut finite = true;
        for &point in &mesh.points {
            let point = map.transform_point3(point);
            finite &= point.abs().max_element() < FARTHEST && point.is_finite();
            bounds = (bounds.0.min(point), bounds.1.max(point));
        }
        if !finite {
            self.dropped += 1;
            return None;
        }
        let (low, high) = self.bounds.unwrap_or(bounds);
        self.bounds = Some((low.min(bounds.0), high.max(bounds.1)));
        self.faces += mesh.face_count() as u64;
        self.pieces.push(Piece {
            mesh,
            world_from_geometry: *map,
            feature: leaf.feature,
        });
        Some(u32::try_from(self.pieces.len() - 1).expect("limits keep leaves far below 2^32"))
    }

    /// A copy alone costs less as a mesh than as an instance.
    fn bake_single_copies(&mut self, scene: &'m Scene<'_>, meshes: &'m [Option<Mesh>]) {
        let groups = std::mem::take(&mut self.groups);
        let (repeated, single) = groups
            .into_iter()
            .partition(|group| group.placements.len() > 1);
        self.groups = repeated;
        for group in single {
            let leaf = &scene.leaves[group.leaves[0] as usize];
            let Some(mesh) = meshes[group.asset.0 as usize].as_ref() else {
                continue;
            };
            let Some(number) = self.add_piece(mesh, leaf) else {
                continue;
            };
            for (look, runs) in group.runs {
                let runs = runs.into_iter().map(|run| Run {
                    piece: number,
                    faces: run.faces,
                });
                self.runs.entry(look).or_default().extend(runs);
            }
        }
    }
}

/// Runs of faces by look.
fn runs_by_look(mesh: &Mesh, piece: u32, look: impl FnMut(u32) -> u32) -> BTreeMap<u32, Vec<Run>> {
    let mut runs: BTreeMap<u32, Vec<Run>> = BTreeMap::new();
    each_run(mesh, piece, look, |look, run| {
        runs.entry(look).or_default().push(run);
    });
    runs
}

/// Gives each run of faces of one material, and its look.
fn each_run(
    mesh: &Mesh,
    piece: u32,
    mut look: impl FnMut(u32) -> u32,
    mut take: impl FnMut(u32, Run),
) {
    let mut face = 0;
    for same in mesh.materials.chunk_by(|a, b| a == b) {
        let end = face + crate::mesh::index(same.len());
        let faces = face..end;
        take(look(same[0]), Run { piece, faces });
        face = end;
    }
}
