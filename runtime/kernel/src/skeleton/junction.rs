//! What happens at a moment: vertices and segments at one place meet in a node and are joined anew.

use super::SkeletonError;
use super::wavefront::{NONE, Segment, Side, Wavefront};
use crate::order::Order as _;
use crate::polygon::{orientation, segment_distance};
use glam::DVec2;
use std::cmp::Ordering;

/// Sine of the angle below which two spokes may be in either order.
const SLIVER: f64 = 1e-9;

/// A place where vertices and segments of the wavefront meet now.
struct Junction {
    place: DVec2,
    vertices: Vec<u32>,
    /// Segments joined here: incoming, outgoing.
    pairs: Vec<(u32, u32)>,
    /// Whether segments vanished here.
    lost: bool,
}

/// The end of a segment at a junction, seen from there.
#[derive(Clone, Copy, Debug)]
struct Spoke {
    segment: u32,
    /// Direction away from the junction.
    outward: DVec2,
    incoming: bool,
}

/// Two opposite segments between two junctions that cancelled each other.
struct Cancelled {
    segments: [u32; 2],
    junctions: [usize; 2],
}

impl Wavefront {
    /// Lets everything at `place` meet now.
    pub(super) fn resolve(&mut self, place: DVec2) -> Result<(), SkeletonError> {
        let mut junctions = Vec::with_capacity(1);
        let mut cancelled = Vec::new();
        let known = self.vertices.len();
        if self.is_overgrown() {
            return Err(SkeletonError::Inconsistent);
        }
        self.gather(place, &mut junctions);
        loop {
            self.drop_collapsed(&mut junctions);
            self.cancel_opposite(&mut junctions, &mut cancelled);
            for junction in &mut junctions {
                junction.pairs = self.pair_up(&junction.vertices)?;
            }
            let Some(next) = self.closing_sliver(&junctions) else {
                break;
            };
            // Each junction takes in at least one of the vertices there were at first.
            if junctions.len() > known || self.is_overgrown() {
                return Err(SkeletonError::Inconsistent);
            }
            self.gather(next, &mut junctions);
        }
        self.commit(&junctions, &cancelled)
    }

    /// Whether there are far more vertices than any skeleton needs: outlines that overlap themselves could
    /// multiply them without end.
    fn is_overgrown(&self) -> bool {
        self.vertices.len() > 256 + 32 * self.edges.len()
    }

    /// Whether another vertex or segment is where a vertex is now.
    pub(super) fn touches(&self, vertex: u32) -> bool {
        let place = self.position(vertex);
        let near = self.tolerance * self.tolerance;
        let meets_vertex = (0..self.vertices.len() as u32).any(|other| {
            other != vertex
                && self.vertices[other as usize].alive
                && self.position(other).distance_squared(place) <= near
        });
        meets_vertex
            || (0..self.segments.len() as u32).any(|index| {
                let segment = self.segments[index as usize];
                segment.alive
                    && segment.start != vertex
                    && segment.end != vertex
                    && self.passes(index, place)
            })
    }

    /// Makes a junction of everything within tolerance of `place`.
    fn gather(&mut self, place: DVec2, junctions: &mut Vec<Junction>) {
        let mark = junctions.len() as u32;
        let mut found = Vec::new();
        for (index, vertex) in self.vertices.iter_mut().enumerate() {
            if vertex.alive
                && vertex.mark == NONE
                && vertex.position(self.now).distance_squared(place)
                    <= self.tolerance * self.tolerance
            {
                vertex.mark = mark;
                found.push(index as u32);
            }
        }
        for index in 0..self.segments.len() as u32 {
            let Segment {
                start, end, alive, ..
            } = self.segments[index as usize];
            if alive
                && self.vertices[start as usize].mark != mark
                && self.vertices[end as usize].mark != mark
                && self.passes(index, place)
            {
                let vertex = self.insert_vertex(index, place);
                self.vertices[vertex as usize].mark = mark;
                found.push(vertex);
            }
        }
        junctions.push(Junction {
            place,
            vertices: found,
            pairs: Vec::new(),
            lost: false,
        });
    }

    /// Whether a segment passes `place` within tolerance, strictly between its ends.
    fn passes(&self, segment: u32, place: DVec2) -> bool {
        let Segment {
            edge, start, end, ..
        } = self.segments[segment as usize];
        let edge = &self.edges[edge as usize];
        edge.height(place, self.now).abs() <= self.tolerance
            && (place - self.position(start)).dot(edge.direction) > 0.0
            && (self.position(end) - place).dot(edge.direction) > 0.0
    }

    /// Removes segments whose ends are in one junction.
    fn drop_collapsed(&mut self, junctions: &mut [Junction]) {
        for (mark, junction) in junctions.iter_mut().enumerate() {
            for &vertex in &junction.vertices {
                let outgoing = self.vertices[vertex as usize].outgoing as usize;
                let segment = &mut self.segments[outgoing];
                if segment.alive && self.vertices[segment.end as usize].mark == mark as u32 {
                    segment.alive = false;
                    junction.lost = true;
                }
            }
        }
    }

    /// Removes pairs of segments that run both ways between two junctions.
    fn cancel_opposite(&mut self, junctions: &mut [Junction], cancelled: &mut Vec<Cancelled>) {
        for from in 0..junctions.len() {
            for i in 0..junctions[from].vertices.len() {
                let vertex = junctions[from].vertices[i];
                let there = self.vertices[vertex as usize].outgoing;
                let Segment { end, alive, .. } = self.segments[there as usize];
                let to = self.vertices[end as usize].mark;
                if !alive || to == NONE {
                    continue;
                }
                let back = junctions[to as usize].vertices.iter().find_map(|&other| {
                    let back = self.vertices[other as usize].outgoing;
                    let Segment { end, alive, .. } = self.segments[back as usize];
                    (alive && self.vertices[end as usize].mark == from as u32).then_some(back)
                });
                if let Some(back) = back {
                    for segment in [there, back] {
                        self.segments[segment as usize].alive = false;
                    }
                    junctions[from].lost = true;
                    junctions[to as usize].lost = true;
                    cancelled.push(Cancelled {
                        segments: [there, back],
                        junctions: [from, to as usize],
                    });
                }
            }
        }
    }

    /// Joins each segment that ends at a junction to the one that starts there and bounds the same part
    /// of the inside: the next one clockwise.
    fn pair_up(&self, vertices: &[u32]) -> Result<Vec<(u32, u32)>, SkeletonError> {
        let spokes = self.spokes(vertices);
        let depth_after = |depth: i32, spoke: &Spoke| depth + if spoke.incoming { 1 } else { -1 };
        // Incoming spokes open and outgoing ones close: begin where nothing is open.
        let (mut depth, mut lowest, mut begin) = (0, 0, 0);
        for (index, spoke) in spokes.iter().enumerate() {
            depth = depth_after(depth, spoke);
            if depth < lowest {
                (lowest, begin) = (depth, index + 1);
            }
        }
        if depth != 0 {
            return Err(SkeletonError::Inconsistent);
        }
        let mut open = Vec::new();
        let mut pairs = Vec::with_capacity(spokes.len() / 2);
        for spoke in spokes[begin..].iter().chain(&spokes[..begin]) {
            if spoke.incoming {
                open.push(spoke.segment);
            } else {
                let incoming = open.pop().expect("the order begins at the lowest depth");
                pairs.push((incoming, spoke.segment));
            }
        }
        Ok(pairs)
    }

    /// The ends of living segments at a junction, clockwise.
    fn spokes(&self, vertices: &[u32]) -> Vec<Spoke> {
        let mut spokes = Vec::with_capacity(2 * vertices.len());
        for &vertex in vertices {
            let vertex = &self.vertices[vertex as usize];
            for (segment, incoming) in [(vertex.incoming, true), (vertex.outgoing, false)] {
                if self.segments[segment as usize].alive {
                    let span = self.edge_of(segment).span;
                    let outward = if incoming { -span } else { span };
                    spokes.push(Spoke {
                        segment,
                        outward,
                        incoming,
                    });
                }
            }
        }
        spokes.order_by(|a, b| {
            clockwise(a.outward, b.outward)
                .then(b.incoming.cmp(&a.incoming))
                .then(a.segment.cmp(&b.segment))
        });
        // Nearly opposite segments enclose a sliver of the inside, whatever rounding says.
        let count = spokes.len();
        for i in 0..count {
            let (a, b) = (spokes[i], spokes[(i + 1) % count]);
            if count > 2 && !a.incoming && b.incoming && is_sliver(a.outward, b.outward) {
                spokes.swap(i, (i + 1) % count);
            }
        }
        spokes
    }

    /// The near end of a sliver between two joined segments that touch along their length.
    fn closing_sliver(&self, junctions: &[Junction]) -> Option<DVec2> {
        junctions.iter().find_map(|junction| {
            junction.pairs.iter().find_map(|&(incoming, outgoing)| {
                let (first, second) = (self.edge_of(incoming), self.edge_of(outgoing));
                let sine = first.direction.perp_dot(second.direction);
                if first.direction.dot(second.direction) > 0.0 || sine.abs() > 1e-3 {
                    return None;
                }
                let start = self.segments[incoming as usize].start;
                let end = self.segments[outgoing as usize].end;
                let (a, b) = (self.position(start), self.position(end));
                let here = junction.place;
                let (near, point, far) = if here.distance_squared(a) < here.distance_squared(b) {
                    (start, a, b)
                } else {
                    (end, b, a)
                };
                let touches = segment_distance(point, here, far) <= self.tolerance;
                (touches && self.vertices[near as usize].mark == NONE).then_some(point)
            })
        })
    }

    /// Ends the old vertices at their nodes and starts the new ones.
    fn commit(
        &mut self,
        junctions: &[Junction],
        cancelled: &[Cancelled],
    ) -> Result<(), SkeletonError> {
        let changed = junctions.iter().map(|junction| self.has_changed(junction));
        let changed: Vec<bool> = changed.collect();
        let mut nodes = vec![NONE; junctions.len()];
        for (index, junction) in junctions
            .iter()
            .enumerate()
            .filter(|(index, _)| changed[*index])
        {
            nodes[index] = self.node_at(junction);
            self.end_vertices(&junction.vertices, nodes[index]);
        }
        for Cancelled {
            segments,
            junctions: [from, to],
        } in cancelled
        {
            let (from, to) = (nodes[*from], nodes[*to]);
            let [there, back] = segments.map(|segment| self.segments[segment as usize].edge);
            self.sides.push(Side {
                edge: there,
                from: to,
                to: from,
            });
            self.sides.push(Side {
                edge: back,
                from,
                to,
            });
        }
        let first = (self.vertices.len(), self.segments.len(), self.edges.len());
        let mut touched = Vec::new();
        let mut merged = Vec::new();
        for (junction, &node) in junctions.iter().zip(&nodes) {
            if node == NONE {
                for &vertex in &junction.vertices {
                    self.vertices[vertex as usize].mark = NONE;
                }
                let inserted = |vertex: &u32| self.vertices[*vertex as usize].inserted;
                merged.extend(junction.vertices.iter().copied().filter(inserted));
                continue;
            }
            for &(incoming, outgoing) in &junction.pairs {
                self.join(incoming, outgoing, node)?;
                let edge = |segment: u32| self.segments[segment as usize].edge;
                if edge(incoming) == edge(outgoing) {
                    merged.push(self.vertices.len() as u32 - 1);
                }
                touched.extend([incoming, outgoing]);
            }
        }
        for vertex in merged {
            touched.push(self.vertices[vertex as usize].incoming);
            self.merge_at(vertex);
        }
        touched.extend(first.1 as u32..self.segments.len() as u32);
        self.schedule_changes(touched, first.0, first.2);
        Ok(())
    }

    /// Ends the ways of vertices at a node.
    fn end_vertices(&mut self, vertices: &[u32], node: u32) {
        for &vertex in vertices {
            if !self.vertices[vertex as usize].inserted {
                self.trace(vertex, node);
            }
            let vertex = &mut self.vertices[vertex as usize];
            vertex.alive = false;
            vertex.hits = Vec::new();
        }
    }

    /// Schedules the events of segments, and of all vertices and edges from given indices on.
    fn schedule_changes(&mut self, mut segments: Vec<u32>, first_vertex: usize, first_edge: usize) {
        segments.order();
        segments.dedup();
        segments.retain(|&segment| self.segments[segment as usize].alive);
        for segment in segments {
            self.schedule_collapse(segment);
        }
        for vertex in first_vertex..self.vertices.len() {
            if self.vertices[vertex].alive {
                self.schedule_hits(vertex as u32);
            }
        }
        for edge in first_edge..self.edges.len() {
            self.schedule_hits_of(edge as u32);
        }
    }

    /// Whether segments vanish at a junction or are joined to others than before.
    fn has_changed(&self, junction: &Junction) -> bool {
        junction.lost
            || junction.pairs.iter().any(|&(incoming, outgoing)| {
                self.segments[incoming as usize].end != self.segments[outgoing as usize].start
            })
    }

    /// The node of a junction: the one a vertex has just come from, or a new one.
    fn node_at(&mut self, junction: &Junction) -> u32 {
        let recent = junction.vertices.iter().find_map(|&vertex| {
            let node = self.vertices[vertex as usize].node;
            let point = self.nodes.get(node as usize)?;
            let near = point.truncate().distance(junction.place) <= self.tolerance
                && self.now - point.z <= self.instant;
            near.then_some(node)
        });
        recent.unwrap_or_else(|| {
            self.nodes.push(junction.place.extend(self.now));
            self.nodes.len() as u32 - 1
        })
    }
}

/// Order of directions by clockwise angle from the positive x axis (exact).
pub(super) fn clockwise(a: DVec2, b: DVec2) -> Ordering {
    // The lower half comes first when going clockwise.
    let half = |v: DVec2| u8::from(v.y > 0.0 || (v.y == 0.0 && v.x < 0.0));
    half(a).cmp(&half(b)).then_with(|| {
        // Not `total_cmp`: a zero may have a sign.
        let turn = orientation(DVec2::ZERO, a, b);
        (turn > 0.0).cmp(&(turn < 0.0))
    })
}

/// Whether two directions are the same but for rounding.
fn is_sliver(a: DVec2, b: DVec2) -> bool {
    a.dot(b) > 0.0 && a.perp_dot(b).abs() <= SLIVER * a.length() * b.length()
}
