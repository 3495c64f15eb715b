//! Pieces of one mesh, moved apart, become one mesh again.
//!
//! Each point of a piece has a *rest*: where it was before. Points with the same rest are one *node*. A node goes where the
//! moves of all pieces that have it take it together: their offsets add up. A piece has a node as a point, or on an edge, where
//! its offset is between those of the edge's ends; there the edge gets the node as a further point.

mod nodes;

use glam::DVec3;
use smallvec::SmallVec;

use self::nodes::Nodes;
use super::build::{Builder, NewCorner};
use super::{Mesh, cleanup, merge};

/// A piece.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    /// It as it is now.
    pub(crate) mesh: Mesh,
    /// The rest of each point; none for geometry that is not a part of what was, which is put beside it.
    pub(crate) rest: Option<Vec<DVec3>>,
    /// Whether the result has its faces and lines, or it only moves what others have.
    pub(crate) visible: bool,
}

/// What pieces become.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recomposed {
    /// Faces in the order of pieces.
    pub(crate) mesh: Mesh,
    /// For each point its rest; for what is put beside, where it is.
    pub(crate) rest: Vec<DVec3>,
}

/// A side of a loop, or a line: from node to node.
type Side = (u32, u32);

/// A piece among nodes.
struct Member<'a> {
    piece: &'a Piece,
    /// The node of each point.
    node_of: &'a [u32],
    /// By node, sorted: the piece's offset there.
    offsets: Vec<(u32, DVec3)>,
}

/// Puts pieces together; points nearer than `near` are one.
pub(crate) fn recompose(pieces: &[Piece], near: f64) -> Recomposed {
    let rests = pieces.iter().filter_map(|piece| piece.rest.as_ref());
    let all: Vec<DVec3> = rests.flatten().copied().collect();
    let number_of = cleanup::clusters(&all, near);
    let nodes = Nodes::new(&all, &number_of, near);
    let mut members = Vec::new();
    let mut first = 0;
    for piece in pieces {
        if let Some(rest) = &piece.rest {
            let node_of = &number_of[first..first + rest.len()];
            first += rest.len();
            members.push(Member::new(piece, rest, node_of, &nodes));
        }
    }
    let mut moved: Vec<Option<DVec3>> = vec![None; all.len()];
    for (node, offset) in members.iter().flat_map(|member| &member.offsets) {
        *moved[*node as usize].get_or_insert(DVec3::ZERO) += *offset;
    }
    let places: Vec<DVec3> = all
        .iter()
        .zip(moved)
        .map(|(&rest, offset)| rest + offset.unwrap_or_default())
        .collect();
    let with_normals = pieces
        .iter()
        .any(|piece| piece.visible && !piece.mesh.normals.is_empty());
    let mut mesh = Mesh::default();
    for member in members.iter().filter(|member| member.piece.visible) {
        let mut built = member.built(&nodes, &places);
        if with_normals && built.normals.is_empty() {
            built.points = SmallVec::from_slice(&places);
            built.normals = merge::face_normals(&built, 0..built.face_count());
        }
        // Node numbers are common to all.
        built.points.clear();
        merge::append(&mut mesh, &built);
    }
    mesh.points = SmallVec::from_vec(places);
    for member in members.iter().filter(|member| member.piece.visible) {
        member.tag_nodes(&mut mesh);
    }
    let mut rest = all;
    for piece in pieces
        .iter()
        .filter(|piece| piece.rest.is_none() && piece.visible)
    {
        merge::append(&mut mesh, &piece.mesh);
        rest.extend_from_slice(&piece.mesh.points);
    }
    mesh.drop_unused_points_with(Some(&mut rest));
    Recomposed { mesh, rest }
}

impl<'a> Member<'a> {
    fn new(piece: &'a Piece, rest: &[DVec3], node_of: &'a [u32], nodes: &Nodes<'_>) -> Self {
        let settled = |offset: DVec3| {
            if offset.abs().max_element() < nodes.near * 1e-3 {
                DVec3::ZERO
            } else {
                offset
            }
        };
        let points = node_of.iter().zip(&piece.mesh.points).zip(rest);
        let own = points.map(|((&node, &point), &rest)| (node, settled(point - rest)));
        let mut offsets: Vec<(u32, DVec3)> = own.collect();
        sort(&mut offsets);
        let mut member = Self {
            piece,
            node_of,
            offsets,
        };
        let mut between = Vec::new();
        for (a, b) in member.sides() {
            let (from, to) = (member.offset(a), member.offset(b));
            let inner = nodes.between(a, b).into_iter();
            between.extend(inner.map(|(t, node)| (node, from.lerp(to, t))));
        }
        // What is a point of the piece comes before what is only on an edge.
        member.offsets.extend(between);
        sort(&mut member.offsets);
        member
    }

    fn offset(&self, node: u32) -> DVec3 {
        let place = self.offsets.binary_search_by_key(&node, |&(node, _)| node);
        place.map_or(DVec3::ZERO, |place| self.offsets[place].1)
    }

    fn node(&self, corner: usize) -> u32 {
        self.node_of[self.piece.mesh.corners[corner] as usize]
    }

    /// All sides of loops, and lines.
    fn sides(&self) -> Vec<Side> {
        let mesh = &self.piece.mesh;
        let mut sides = Vec::new();
        for number in 0..mesh.loops.len() - 1 {
            let ring = mesh.ring(number);
            let next = ring[1..].iter().chain(&ring[..1]);
            let nodes =
                |(a, b): (&u32, &u32)| (self.node_of[*a as usize], self.node_of[*b as usize]);
            sides.extend(ring.iter().zip(next).map(nodes));
        }
        let line = |line: &[u32; 2]| {
            (
                self.node_of[line[0] as usize],
                self.node_of[line[1] as usize],
            )
        };
        sides.extend(mesh.lines.iter().map(line));
        sides
    }

    /// The piece's faces and lines with nodes for points.
    fn built(&self, nodes: &Nodes<'_>, places: &[DVec3]) -> Mesh {
        let mesh = &self.piece.mesh;
        let mut builder = Builder::empty(mesh);
        let mut bent = Vec::new();
        for face in 0..mesh.face_count() {
            let mut rings = Vec::new();
            for (nth, number) in mesh.loops_of(face).enumerate() {
                let ring = self.ring(mesh.corners_of(number), nodes);
                if ring.len() >= 3 {
                    rings.push(ring);
                } else if nth == 0 {
                    break;
                }
            }
            if rings.is_empty() {
                continue;
            }
            builder.add_face(face, &rings);
            let stays = |corner: usize| {
                let place = places[self.node(corner) as usize];
                place.distance(mesh.point(mesh.corners[corner])) <= nodes.near
            };
            if !mesh.face_corners(face).all(stays) {
                bent.push(builder.mesh.face_count() - 1);
            }
        }
        for (number, &[a, b]) in mesh.lines.iter().enumerate() {
            let (a, b) = (self.node_of[a as usize], self.node_of[b as usize]);
            let mut from = a;
            for (_, node) in nodes.between(a, b) {
                builder.add_line(number, [from, node]);
                from = node;
            }
            if from != b {
                builder.add_line(number, [from, b]);
            }
        }
        let mut built = builder.mesh;
        if !built.normals.is_empty() && !bent.is_empty() {
            built.points = SmallVec::from_slice(places);
            for face in bent {
                let normal = built.normal(face);
                let corners = built.face_corners(face);
                built.normals[corners].fill(normal);
            }
        }
        built
    }

    /// Gives nodes the tags that the piece's points have by themselves, as the ends of lines have.
    fn tag_nodes(&self, built: &mut Mesh) {
        let Some(tags) = &self.piece.mesh.tags else {
            return;
        };
        let node_of = |point| Some(self.node_of[point]);
        built.tags_mut().add_points(&tags.points, node_of);
    }

    /// A loop with the nodes on its sides; what follows itself is there once.
    fn ring(&self, corners: std::ops::Range<usize>, nodes: &Nodes<'_>) -> Vec<NewCorner> {
        let mut ring: Vec<NewCorner> = Vec::new();
        for corner in corners.clone() {
            let next = if corner + 1 == corners.end {
                corners.start
            } else {
                corner + 1
            };
            ring.push(NewCorner::kept(self.node(corner), corner));
            for (t, point) in nodes.between(self.node(corner), self.node(next)) {
                ring.push(NewCorner {
                    point,
                    from: super::index(corner),
                    to: super::index(next),
                    t,
                    moved: false,
                });
            }
        }
        ring.dedup_by_key(|corner| corner.point);
        while ring.len() > 1 && ring[0].point == ring[ring.len() - 1].point {
            ring.pop();
        }
        ring
    }
}

/// Sorts by node; of equal ones the first stays.
fn sort(offsets: &mut Vec<(u32, DVec3)>) {
    use crate::order::Order as _;
    offsets.order_by_key(|&(node, _)| node);
    offsets.dedup_by_key(|&mut (node, _)| node);
}

#[cfg(test)]
mod tests;
