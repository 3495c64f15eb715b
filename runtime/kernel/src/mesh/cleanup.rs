//! Welding points, dropping superfluous corners, joining coplanar faces.

use std::collections::BTreeMap;

use glam::DVec3;

use super::Mesh;
use super::build::{Builder, NewCorner};
use super::tags::{TagSet, Tags};
use super::topology::{Sets, Topology, members};
use crate::math;
use crate::order::Order as _;

/// Makes points within `distance` of each other one point (the first), and drops corners and faces that vanish.
pub fn weld(mesh: &mut Mesh, distance: f64) {
    let number_of = clusters(&mesh.points, distance);
    if number_of.iter().enumerate().all(|(k, &n)| k == n as usize) {
        return;
    }
    for point in mesh
        .corners
        .iter_mut()
        .chain(mesh.lines.iter_mut().flatten())
    {
        *point = number_of[*point as usize];
    }
    if let Some(tags) = &mut mesh.tags {
        let mut lines = mesh.lines.iter();
        let has_length = |_: &TagSet| lines.next().is_some_and(|[a, b]| a != b);
        tags.lines.retain(has_length);
        tags.renumber_points(|point| Some(number_of[point]));
    }
    mesh.lines.retain(|[a, b]| a != b);
    *mesh = rebuilt(mesh, |mesh, ring| {
        let mut kept: Vec<usize> = ring.to_vec();
        kept.dedup_by_key(|corner| mesh.corners[*corner]);
        while kept.len() > 1 && mesh.corners[kept[0]] == mesh.corners[kept[kept.len() - 1]] {
            kept.pop();
        }
        kept
    });
}

/// For each point the first point in its cluster. Points are sorted into cells of a grid so much wider than `distance`
/// that a point's neighbours are mostly in its own cell.
pub(super) fn clusters(points: &[DVec3], distance: f64) -> Vec<u32> {
    let cell = 16.0 * distance.max(1e-12);
    let place = |x: f64| (x / cell).floor().clamp(-9e15, 9e15) as i64;
    let near = |x: f64| place(x - distance)..=place(x + distance);
    let mut grid: BTreeMap<[i64; 3], Vec<u32>> = BTreeMap::new();
    let mut number_of = Vec::with_capacity(points.len());
    for (k, &point) in points.iter().enumerate() {
        let cells = near(point.x)
            .flat_map(|x| near(point.y).flat_map(move |y| near(point.z).map(move |z| [x, y, z])));
        let found = cells
            .filter_map(|cell| grid.get(&cell))
            .flatten()
            .copied()
            .filter(|&other| points[other as usize].distance(point) <= distance)
            .min();
        let number = found.unwrap_or_else(|| {
            let own = super::index(k);
            let own_cell = point.to_array().map(place);
            grid.entry(own_cell).or_default().push(own);
            own
        });
        number_of.push(number);
    }
    number_of
}

/// The mesh with each ring (as corner numbers) replaced; rings under three corners go, and faces without an outline.
fn rebuilt(mesh: &Mesh, change: impl Fn(&Mesh, &[usize]) -> Vec<usize>) -> Mesh {
    let mut builder = Builder::with_points_and_lines(mesh);
    for face in 0..mesh.face_count() {
        let mut rings: Vec<Vec<NewCorner>> = Vec::new();
        let mut runs = Vec::new();
        for (nth, loop_number) in mesh.loops_of(face).enumerate() {
            let ring: Vec<usize> = mesh.corners_of(loop_number).collect();
            let kept = change(mesh, &ring);
            if kept.len() >= 3 {
                runs.extend(Tags::of_runs(mesh, &ring, &kept));
                rings.push(
                    kept.iter()
                        .map(|&c| NewCorner::kept(mesh.corners[c], c))
                        .collect(),
                );
            } else if nth == 0 {
                break;
            }
        }
        if !rings.is_empty() {
            let first = builder.mesh.corners.len();
            builder.add_face(face, &rings);
            if let Some(tags) = &mut builder.mesh.tags {
                let corners = tags.edges[first..]
                    .iter_mut()
                    .zip(&mut tags.vertices[first..]);
                for ((edge, vertex), run) in corners.zip(runs) {
                    (*edge, *vertex) = run;
                }
            }
        }
    }
    builder.finish()
}

/// Drops corners on the straight line between their neighbours: those turning by at most `degrees` whose point no other
/// direction needs. Texture seams stay, and so do tagged points and those between edges of different tags (unified).
pub fn drop_straight_corners(mesh: &Mesh, degrees: f64) -> Mesh {
    let limit = math::sin_cos_degrees(degrees).0 + 1e-9;
    let topology = Topology::new(mesh);
    let mut needed = vec![false; mesh.points.len()];
    let mut before = vec![0; mesh.corners.len()];
    for corner in 0..mesh.corners.len() {
        before[topology.next[corner] as usize] = corner;
    }
    for corner in 0..mesh.corners.len() {
        let at = |c: usize| mesh.point(mesh.corners[c]);
        let next = topology.next[corner] as usize;
        let arriving = (at(corner) - at(before[corner])).normalize_or_zero();
        let leaving = (at(next) - at(corner)).normalize_or_zero();
        let straight = arriving.cross(leaving).length() <= limit && arriving.dot(leaving) > 0.0;
        let told_apart = mesh.tags.as_ref().is_some_and(|tags| {
            !tags.vertices[corner].is_empty() || tags.edges[before[corner]] != tags.edges[corner]
        });
        if !straight || told_apart || !uv_straight(mesh, before[corner], corner, next) {
            needed[mesh.corners[corner] as usize] = true;
        }
    }
    rebuilt(mesh, |mesh, ring| {
        let kept: Vec<usize> = ring
            .iter()
            .copied()
            .filter(|&c| needed[mesh.corners[c] as usize])
            .collect();
        if kept.len() >= 3 { kept } else { ring.to_vec() }
    })
}

fn uv_straight(mesh: &Mesh, a: usize, b: usize, c: usize) -> bool {
    let at = |corner: usize| mesh.point(mesh.corners[corner]);
    let t = at(a).distance(at(b)) / (at(a).distance(at(b)) + at(b).distance(at(c))).max(1e-300);
    mesh.uv_sets.iter().all(|uvs| {
        let between = uvs.coordinates[a].lerp(uvs.coordinates[c], t);
        between.distance(uvs.coordinates[b]) < 1e-6
    })
}

/// Joins faces across edges where their planes differ by at most `degrees`, and drops faces smaller than `tiny` (square
/// metres) and repeated ones. Tagged edges stay, and so do those between faces of different tags (unified).
pub fn join_coplanar(mesh: &Mesh, degrees: f64, tiny: f64) -> Mesh {
    let mesh = &drop_faces(mesh, tiny);
    let limit = math::sin_cos_degrees(degrees).1 - 1e-9;
    join(mesh, &|a, b| {
        mesh.normal(a).dot(mesh.normal(b)) >= limit && mesh.materials[a] == mesh.materials[b]
    })
}

/// Joins faces across edges where `joins` says so of the two faces, but not across texture seams.
pub(super) fn join(mesh: &Mesh, joins: &dyn Fn(usize, usize) -> bool) -> Mesh {
    let topology = Topology::new(mesh);
    let mut sets = Sets::new(mesh.face_count());
    let mut inner = vec![false; topology.edge_count()];
    for (edge, inner) in inner.iter_mut().enumerate() {
        let &[a, b] = topology.corners_of_edge(edge) else {
            continue;
        };
        let (a, b) = (a as usize, b as usize);
        let (face_a, face_b) = (topology.face_of[a] as usize, topology.face_of[b] as usize);
        let one_way = mesh.corners[a] == mesh.corners[b];
        let same_tags = mesh.tags.as_ref().is_none_or(|tags| {
            tags.edges[a].is_empty() && tags.faces[face_a] == tags.faces[face_b]
        });
        let joins = same_tags && joins(face_a, face_b);
        if face_a != face_b && !one_way && joins && !uv_seam(mesh, &topology, a, b) {
            sets.join(face_a, face_b);
            *inner = true;
        }
    }
    let groups = sets.numbers();
    let mut builder = Builder::with_points(mesh);
    for faces in members(&groups) {
        match joined_rings(mesh, &topology, &faces, &inner) {
            Some(rings) if faces.len() > 1 => builder.add_face(faces[0], &rings),
            _ => faces
                .iter()
                .for_each(|&face| builder.copy_face(face, |point| point)),
        }
    }
    builder.finish()
}

/// The boundary of a set of faces as rings, the outline first; `None` when it does not close up simply.
fn joined_rings(
    mesh: &Mesh,
    topology: &Topology,
    faces: &[usize],
    inner: &[bool],
) -> Option<Vec<Vec<NewCorner>>> {
    let is_outer = |&c: &usize| !inner[topology.edge_of[c] as usize];
    let outer: Vec<usize> = faces
        .iter()
        .flat_map(|&f| mesh.face_corners(f))
        .filter(is_outer)
        .collect();
    let mut from: BTreeMap<u32, usize> = BTreeMap::new();
    for &corner in &outer {
        if from.insert(mesh.corners[corner], corner).is_some() {
            return None;
        }
    }
    let mut rings: Vec<Vec<NewCorner>> = Vec::new();
    for &start in &outer {
        let mut ring = Vec::new();
        let mut at = mesh.corners[start];
        while let Some(corner) = from.remove(&at) {
            ring.push(NewCorner::kept(at, corner));
            at = mesh.corners[topology.next[corner] as usize];
        }
        if ring.len() >= 3 {
            rings.push(ring);
        } else if !ring.is_empty() {
            return None;
        }
    }
    let normal = mesh.normal(faces[0]);
    let area = |ring: &Vec<NewCorner>| {
        let flat: Vec<_> = ring
            .iter()
            .map(|c| super::clip::project(mesh.point(c.point), normal))
            .collect();
        crate::polygon::signed_area(&flat)
    };
    let outlines = rings.iter().filter(|ring| area(ring) > 0.0).count();
    rings.order_by_key(|ring| area(ring) < 0.0);
    (outlines == 1).then_some(rings)
}

/// Whether texture coordinates differ across an edge, given by its two corners.
fn uv_seam(mesh: &Mesh, topology: &Topology, a: usize, b: usize) -> bool {
    let (a_end, b_end) = (topology.next[a] as usize, topology.next[b] as usize);
    mesh.uv_sets.iter().any(|uvs| {
        let at = &uvs.coordinates;
        at[a].distance(at[b_end]) > 1e-6 || at[a_end].distance(at[b]) > 1e-6
    })
}

/// The mesh without faces smaller than `tiny` and without second copies of a face.
fn drop_faces(mesh: &Mesh, tiny: f64) -> Mesh {
    let mut seen: Vec<Vec<u32>> = Vec::new();
    let mut kept = Vec::new();
    for face in 0..mesh.face_count() {
        let mut points = mesh.corners[mesh.face_corners(face)].to_vec();
        points.order();
        seen.push(points);
        if mesh.area(face) > tiny {
            kept.push(face);
        }
    }
    let mut order = kept.clone();
    order.order_by(|&a, &b| seen[a].cmp(&seen[b]).then(a.cmp(&b)));
    let mut repeated = vec![false; mesh.face_count()];
    for pair in order
        .windows(2)
        .filter(|pair| seen[pair[0]] == seen[pair[1]])
    {
        repeated[pair[1]] = true;
    }
    kept.retain(|&face| !repeated[face]);
    mesh.subset(&kept)
}

/// The mesh without the holes of its faces.
pub fn without_holes(mesh: &Mesh) -> Mesh {
    let mut builder = Builder::with_points(mesh);
    for face in 0..mesh.face_count() {
        let outline = mesh.corners_of(mesh.faces[face] as usize);
        let ring = outline
            .map(|c| NewCorner::kept(mesh.corners[c], c))
            .collect();
        builder.add_face(face, &[ring]);
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::cut::slabs;
    use crate::mesh::measure::{is_closed, volume};
    use crate::mesh::primitive::cube;

    #[test]
    fn a_box_cut_in_two_becomes_one_again() {
        let mut halves = slabs(&cube(), 1, &[(0.0, 0.4), (0.4, 1.0)]);
        let (mut all, upper) = (halves.remove(0), halves.remove(0));
        crate::mesh::merge::append(&mut all, &upper);
        weld(&mut all, 1e-6);
        assert_eq!(all.check(), Ok(()));
        assert_eq!(all.points.len(), 12);
        let sides_only = all.subset(
            &(0..all.face_count())
                .filter(|&f| all.normal(f).y == 0.0 || all.point(all.outline(f)[0]).y != 0.4)
                .collect::<Vec<_>>(),
        );
        let clean = drop_straight_corners(&join_coplanar(&sides_only, 1.0, 1e-9), 1.0);
        assert_eq!((clean.face_count(), clean.points.len()), (6, 8));
        assert!(is_closed(&clean) && (volume(&clean) - 1.0).abs() < 1e-12);
    }
}
