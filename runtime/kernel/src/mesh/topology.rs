//! Edges of a mesh and which faces meet there.

use super::Mesh;
use crate::order::Order as _;

/// The edges of a mesh. A corner stands for the directed edge that begins there, in its face.
#[derive(Debug)]
pub(crate) struct Topology {
    /// The next corner around the loop.
    pub(crate) next: Vec<u32>,
    /// The face of each corner.
    pub(crate) face_of: Vec<u32>,
    /// The edge that begins at each corner; edges are numbered in the order in which faces meet them.
    pub(crate) edge_of: Vec<u32>,
    /// For each edge its first entry in `edge_corners`, and an end mark.
    edge_starts: Vec<u32>,
    /// Corners by edge.
    edge_corners: Vec<u32>,
}

impl Topology {
    /// Finds the edges: corners sorted by their pair of points.
    pub(crate) fn new(mesh: &Mesh) -> Self {
        let count = mesh.corners.len();
        let (mut next, mut face_of) = (vec![0; count], vec![0; count]);
        for face in 0..mesh.face_count() {
            for loop_number in mesh.loops_of(face) {
                let range = mesh.corners_of(loop_number);
                for corner in range.clone() {
                    next[corner] = super::index(if corner + 1 == range.end {
                        range.start
                    } else {
                        corner + 1
                    });
                    face_of[corner] = super::index(face);
                }
            }
        }
        let key = |corner: usize| {
            let (a, b) = (mesh.corners[corner], mesh.corners[next[corner] as usize]);
            (a.min(b), a.max(b), corner)
        };
        let mut sorted: Vec<(u32, u32, usize)> = (0..count).map(key).collect();
        sorted.order();
        // Runs of equal pairs are edges; number them by their first corner.
        let mut first_of = vec![0; count];
        let mut first = 0;
        for (k, &(a, b, corner)) in sorted.iter().enumerate() {
            if k == 0 || (sorted[k - 1].0, sorted[k - 1].1) != (a, b) {
                first = corner;
            }
            first_of[corner] = first;
        }
        let (mut edge_of, mut edges) = (vec![0; count], 0);
        let mut sizes: Vec<u32> = Vec::new();
        for corner in 0..count {
            if first_of[corner] == corner {
                edge_of[corner] = edges;
                edges += 1;
                sizes.push(1);
            } else {
                edge_of[corner] = edge_of[first_of[corner]];
                sizes[edge_of[corner] as usize] += 1;
            }
        }
        let mut edge_starts = vec![0];
        for size in sizes {
            edge_starts.push(edge_starts[edge_starts.len() - 1] + size);
        }
        let mut fill = edge_starts.clone();
        let mut edge_corners = vec![0; count];
        for corner in 0..count {
            let slot = &mut fill[edge_of[corner] as usize];
            edge_corners[*slot as usize] = super::index(corner);
            *slot += 1;
        }
        Self {
            next,
            face_of,
            edge_of,
            edge_starts,
            edge_corners,
        }
    }

    /// Number of edges.
    pub(crate) fn edge_count(&self) -> usize {
        self.edge_starts.len() - 1
    }

    /// The corners at which an edge begins, one for each face that has it, in order.
    pub(crate) fn corners_of_edge(&self, edge: usize) -> &[u32] {
        &self.edge_corners[self.edge_starts[edge] as usize..self.edge_starts[edge + 1] as usize]
    }

    /// The corners of the edge at `corner`, in other faces.
    pub(crate) fn opposite(&self, corner: usize) -> impl Iterator<Item = usize> + '_ {
        let edge = self.edge_of[corner] as usize;
        self.corners_of_edge(edge)
            .iter()
            .map(|&c| c as usize)
            .filter(move |&c| c != corner)
    }

    /// Whether fewer than two faces meet at the edge.
    pub(crate) fn is_border(&self, edge: usize) -> bool {
        self.corners_of_edge(edge).len() < 2
    }

    /// For each face the number of its connected part (joined by edges), by first face.
    pub(crate) fn parts(&self, face_count: usize) -> Vec<u32> {
        let mut sets = Sets::new(face_count);
        for edge in 0..self.edge_count() {
            let corners = self.corners_of_edge(edge);
            for pair in corners.windows(2) {
                sets.join(
                    self.face_of[pair[0] as usize] as usize,
                    self.face_of[pair[1] as usize] as usize,
                );
            }
        }
        sets.numbers()
    }

    /// For each face whether its connected part is closed: along every edge as many faces run one way as the other.
    pub(crate) fn closed_faces(&self, mesh: &Mesh) -> Vec<bool> {
        let parts = self.parts(mesh.face_count());
        let mut closed = vec![true; parts.iter().max().map_or(0, |&m| m as usize + 1)];
        for edge in 0..self.edge_count() {
            let corners = self.corners_of_edge(edge);
            let start = mesh.corners[corners[0] as usize];
            let forward = corners
                .iter()
                .filter(|&&c| mesh.corners[c as usize] == start)
                .count();
            if forward * 2 != corners.len() {
                closed[parts[self.face_of[corners[0] as usize] as usize] as usize] = false;
            }
        }
        parts.iter().map(|&part| closed[part as usize]).collect()
    }
}

/// Disjoint sets of numbers.
#[derive(Debug)]
pub(crate) struct Sets {
    parent: Vec<usize>,
}

impl Sets {
    /// `count` sets of one number each.
    pub(crate) fn new(count: usize) -> Self {
        Self {
            parent: (0..count).collect(),
        }
    }

    fn root(&mut self, mut item: usize) -> usize {
        while self.parent[item] != item {
            self.parent[item] = self.parent[self.parent[item]];
            item = self.parent[item];
        }
        item
    }

    /// Joins the sets of two numbers; the smaller root stays.
    pub(crate) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b);
    }

    /// The set of each number; sets are counted by their first member.
    pub(crate) fn numbers(mut self) -> Vec<u32> {
        let mut count = 0;
        let mut numbers = vec![0; self.parent.len()];
        for item in 0..self.parent.len() {
            let root = self.root(item);
            if root == item {
                numbers[item] = count;
                count += 1;
            } else {
                numbers[item] = numbers[root];
            }
        }
        numbers
    }
}

/// The members of each class, classes numbered from 0.
pub(crate) fn members(class_of: &[u32]) -> Vec<Vec<usize>> {
    let count = class_of.iter().max().map_or(0, |&last| last as usize + 1);
    let mut members = vec![Vec::new(); count];
    for (member, &class) in class_of.iter().enumerate() {
        members[class as usize].push(member);
    }
    members
}
