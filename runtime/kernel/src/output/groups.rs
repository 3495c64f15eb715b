//! Repeated assets: written once and placed many times.

use std::collections::BTreeMap;
use std::ops::Range;

use glam::DVec3;

use super::canvas::Canvas;
use super::placement::Placement;
use super::plan::each_run;
use super::{Leaf, Scene};
use crate::extent::Extent;
use crate::mesh::Mesh;
use crate::shape::{AssetId, Geometry};

/// Copies of one asset with the same looks.
#[derive(Debug)]
pub(crate) struct Group {
    /// The asset.
    pub(crate) asset: AssetId,
    /// Runs of its faces by look, sorted by look.
    pub(crate) runs: BTreeMap<u32, Vec<Range<u32>>>,
    /// Where the copies are, and the initial shapes they come from.
    pub(crate) placements: Vec<(Placement, u32)>,
    /// The leaves that became the copies.
    leaves: Vec<u32>,
}

/// Sorts the leaves of a scene into groups; the others, and copies alone, which cost less as a mesh, are drawn.
pub(crate) fn groups(
    scene: &Scene<'_>,
    meshes: &[Option<Mesh>],
    canvas: &mut Canvas,
) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut numbers = BTreeMap::new();
    for (leaf_number, leaf) in (0..).zip(&scene.leaves) {
        let Some((id, mesh, placement)) = placed(scene, leaf, meshes) else {
            draw(scene, leaf, meshes, canvas);
            continue;
        };
        let material = canvas.book.material(leaf.material);
        let number = *numbers.entry((id, material)).or_insert_with(|| {
            let mut runs: BTreeMap<u32, Vec<Range<u32>>> = BTreeMap::new();
            each_run(mesh, |face_material, faces| {
                let look = canvas.book.look(scene.sources(), material, face_material);
                runs.entry(look).or_default().push(faces);
            });
            group_of(&mut groups, id, runs)
        });
        groups[number].placements.push((placement, leaf.feature));
        groups[number].leaves.push(leaf_number);
    }
    let (repeated, single): (Vec<Group>, Vec<Group>) = groups
        .into_iter()
        .partition(|group| group.placements.len() > 1);
    for group in single {
        draw(
            scene,
            &scene.leaves[group.leaves[0] as usize],
            meshes,
            canvas,
        );
    }
    repeated
}

/// A leaf that can be a copy of an asset.
fn placed<'m>(
    scene: &Scene<'_>,
    leaf: &Leaf<'_>,
    meshes: &'m [Option<Mesh>],
) -> Option<(AssetId, &'m Mesh, Placement)> {
    let Geometry::Asset(id) = leaf.geometry else {
        return None;
    };
    let mesh = meshes[id.0 as usize]
        .as_ref()
        .filter(|_| scene.options.instances)?;
    let bounds = mesh.bounds();
    let center = bounds.map_or(DVec3::ZERO, |(low, high)| (low + high) * 0.5);
    let placement = Placement::of(leaf.world_from_geometry, center)?;
    Some((*id, mesh, placement))
}

fn draw(scene: &Scene<'_>, leaf: &Leaf<'_>, meshes: &[Option<Mesh>], canvas: &mut Canvas) {
    if let Some(mesh) = leaf.mesh(meshes) {
        canvas.draw(
            scene.sources(),
            mesh,
            leaf.world_from_geometry,
            leaf.material,
            leaf.feature,
        );
    }
}

/// The group with these runs, made if there is none.
fn group_of(
    groups: &mut Vec<Group>,
    asset: AssetId,
    runs: BTreeMap<u32, Vec<Range<u32>>>,
) -> usize {
    let same = |group: &Group| group.asset == asset && group.runs == runs;
    groups.iter().position(same).unwrap_or_else(|| {
        groups.push(Group {
            asset,
            runs,
            placements: Vec::new(),
            leaves: Vec::new(),
        });
        groups.len() - 1
    })
}

impl Group {
    /// A box around the copies of a model: around those of its box.
    pub(crate) fn extent(&self, scene: &Scene<'_>, mesh: &Mesh) -> Extent {
        let Some((low, high)) = mesh.bounds() else {
            return Extent::EMPTY;
        };
        let boxes = self.leaves.iter().map(|&leaf| {
            let map = scene.leaves[leaf as usize].world_from_geometry;
            Extent::moved(low, high, map)
        });
        boxes.fold(Extent::EMPTY, |all, one| all.joined(&one))
    }
}
