//! The moving outline: edges (moving lines), segments (pieces of edges in the wavefront) and vertices
//! (where two segments meet, moving on a straight line).

use super::SkeletonError;
use super::event::EventQueue;
use crate::polygon::Polygon;
use glam::{DVec2, DVec3};

/// No index.
pub(super) const NONE: u32 = u32::MAX;

/// Sine of the angle below which consecutive edges of different speed count as parallel.
const PARALLEL: f64 = 1e-6;

/// How one attempt is made; lengths as fractions of the polygon's extent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) tolerance: f64,
    pub(super) jitter: f64,
    pub(super) limit: Option<f64>,
}

/// A line moving to its left.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) start: DVec2,
    /// Exact direction, not of unit length.
    pub(super) span: DVec2,
    pub(super) direction: DVec2,
    pub(super) speed: f64,
    /// Flat number of the input edge; none for a wall.
    pub(super) source: Option<u32>,
    /// Segments that were ever cut from this edge.
    pub(super) segments: Vec<u32>,
}

impl Edge {
    fn new(start: DVec2, span: DVec2, speed: f64, source: Option<u32>) -> Self {
        Self {
            start,
            span,
            direction: span.normalize(),
            speed,
            source,
            segments: Vec::new(),
        }
    }

    /// Unit normal in the direction of movement.
    pub(super) fn normal(&self) -> DVec2 {
        self.direction.perp()
    }

    /// Signed distance of `point` in front of the line at `time`.
    pub(super) fn height(&self, point: DVec2, time: f64) -> f64 {
        self.normal().dot(point - self.start) - self.speed * time
    }
}

/// A piece of an edge in the wavefront, from one vertex to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) edge: u32,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) alive: bool,
}

/// A corner of the wavefront.
#[derive(Clone, Debug)]
pub(super) struct Vertex {
    pub(super) incoming: u32,
    pub(super) outgoing: u32,
    origin: DVec2,
    time: f64,
    pub(super) velocity: DVec2,
    /// Node at which its path starts.
    pub(super) node: u32,
    pub(super) alive: bool,
    /// The junction it belongs to while a moment is being resolved.
    pub(super) mark: u32,
    /// Only a point on a segment, inserted while a moment is being resolved.
    pub(super) inserted: bool,
    /// Times at which it meets the lines of other edges, latest first.
    pub(super) hits: Vec<(f64, u32)>,
}

impl Vertex {
    /// Where the vertex is at `time`.
    pub(super) fn position(&self, time: f64) -> DVec2 {
        self.origin + self.velocity * (time - self.time)
    }
}

/// A directed side of a face: the face of `edge` lies to the left of the way between two nodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    pub(super) edge: u32,
    pub(super) from: u32,
    pub(super) to: u32,
}

/// The state of the propagation, in coordinates relative to `origin`.
pub(super) struct Wavefront {
    pub(super) origin: DVec2,
    pub(super) edges: Vec<Edge>,
    pub(super) segments: Vec<Segment>,
    pub(super) vertices: Vec<Vertex>,
    pub(super) nodes: Vec<DVec3>,
    pub(super) sides: Vec<Side>,
    pub(super) queue: EventQueue,
    pub(super) now: f64,
    pub(super) limit: Option<f64>,
    /// Distance below which points are one.
    pub(super) tolerance: f64,
    /// Time in which the fastest edge moves by the tolerance.
    pub(super) instant: f64,
}

impl Wavefront {
    /// The wavefront at time 0.
    pub(super) fn new(
        polygon: &Polygon,
        speeds: &[f64],
        settings: Settings,
    ) -> Result<Self, SkeletonError> {
        let (low, high) = bounds(polygon).ok_or(SkeletonError::Degenerate)?;
        let extent = (high - low).max_element();
        if polygon.area().abs() <= 1e-13 * extent * extent {
            return Err(SkeletonError::Degenerate);
        }
        let fastest = speeds.iter().copied().fold(0.0, f64::max);
        let tolerance = extent * settings.tolerance;
        let mut wavefront = Self {
            origin: low,
            edges: Vec::with_capacity(speeds.len()),
            segments: Vec::with_capacity(2 * speeds.len()),
            vertices: Vec::with_capacity(2 * speeds.len()),
            nodes: Vec::with_capacity(2 * speeds.len()),
            sides: Vec::with_capacity(6 * speeds.len()),
            queue: EventQueue::default(),
            now: 0.0,
            limit: settings.limit,
            tolerance,
            instant: if fastest > 0.0 {
                tolerance / fastest
            } else {
                0.0
            },
        };
        let grid = grid_spacing(extent);
        let mut jitter = Jitter {
            state: 0x9E37_79B9,
            amount: extent * settings.jitter,
        };
        for ring in &polygon.rings {
            let snap = |x: f64| (x / grid).round_ties_even() * grid;
            let local = |p: &DVec2| (*p - low + jitter.next()).map(snap);
            let points: Vec<DVec2> = ring.iter().map(local).collect();
            wavefront.add_ring(&points, speeds)?;
        }
        for vertex in 0..wavefront.vertices.len() as u32 {
            wavefront.schedule_hits(vertex);
        }
        for segment in 0..wavefront.segments.len() as u32 {
            wavefront.schedule_collapse(segment);
        }
        Ok(wavefront)
    }

    fn add_ring(&mut self, points: &[DVec2], speeds: &[f64]) -> Result<(), SkeletonError> {
        let first_node = self.nodes.len();
        self.nodes.extend(points.iter().map(|p| p.extend(0.0)));
        let count = points.len();
        let kept: Vec<usize> = (0..count)
            .filter(|&i| points[i] != points[(i + 1) % count])
            .collect();
        if kept.len() < 3 {
            return Err(SkeletonError::Degenerate);
        }
        // Repeated points share the node from which the next edge of positive length starts.
        let first_segment = self.segments.len() as u32;
        for (position, &i) in kept.iter().enumerate() {
            let next = kept[(position + 1) % kept.len()];
            let flat = (first_node + i) as u32;
            let edge = self.edges.len() as u32;
            let span = points[(i + 1) % count] - points[i];
            self.edges.push(Edge::new(
                points[i],
                span,
                speeds[first_node + i],
                Some(flat),
            ));
            self.sides.push(Side {
                edge,
                from: flat,
                to: (first_node + next) as u32,
            });
            self.add_segment(edge);
        }
        for position in 0..kept.len() {
            let incoming = first_segment + ((position + kept.len() - 1) % kept.len()) as u32;
            let node = (first_node + kept[position]) as u32;
            self.join(incoming, first_segment + position as u32, node)?;
        }
        Ok(())
    }

    /// A new segment of `edge` without end points yet.
    pub(super) fn add_segment(&mut self, edge: u32) -> u32 {
        let segment = self.segments.len() as u32;
        self.segments.push(Segment {
            edge,
            start: NONE,
            end: NONE,
            alive: true,
        });
        self.edges[edge as usize].segments.push(segment);
        segment
    }

    /// Joins two segments at a node where they meet now; parallel ones of different speed by a wall.
    /// The caller schedules the events of the new vertices.
    pub(super) fn join(
        &mut self,
        incoming: u32,
        outgoing: u32,
        node: u32,
    ) -> Result<(), SkeletonError> {
        let (first, second) = (self.edge_of(incoming), self.edge_of(outgoing));
        let sine = first.direction.perp_dot(second.direction);
        let forward = first.direction.dot(second.direction) > 0.0;
        let step = second.speed - first.speed;
        if forward && sine.abs() < PARALLEL && step != 0.0 {
            let span = if step > 0.0 {
                first.span.perp()
            } else {
                -first.span.perp()
            };
            let start = self.nodes[node as usize].truncate();
            let wall = self.edges.len() as u32;
            self.edges.push(Edge::new(start, span, 0.0, None));
            let segment = self.add_segment(wall);
            self.add_vertex(incoming, segment, node)?;
            self.add_vertex(segment, outgoing, node)
        } else {
            self.add_vertex(incoming, outgoing, node)
        }
    }

    fn add_vertex(&mut self, incoming: u32, outgoing: u32, node: u32) -> Result<(), SkeletonError> {
        let (first, second) = (self.edge_of(incoming), self.edge_of(outgoing));
        let velocity = match vertex_velocity(first, second) {
            Some(velocity) => velocity,
            // The tip of a spike in the input; it has to be gone before the wavefront moves.
            None if self.now == 0.0 => DVec2::ZERO,
            None => return Err(SkeletonError::Degenerate),
        };
        let place = self.nodes[node as usize].truncate();
        let origin = self.on_both_lines(first, second, place);
        let vertex = self.vertices.len() as u32;
        self.segments[incoming as usize].end = vertex;
        self.segments[outgoing as usize].start = vertex;
        self.vertices.push(Vertex {
            incoming,
            outgoing,
            origin,
            time: self.now,
            velocity,
            node,
            alive: true,
            mark: NONE,
            inserted: false,
            hits: Vec::new(),
        });
        Ok(())
    }

    /// The crossing of two lines now, if it is within tolerance of `place`: keeps errors from adding up
    /// from event to event.
    fn on_both_lines(&self, first: &Edge, second: &Edge, place: DVec2) -> DVec2 {
        let sine = first.direction.perp_dot(second.direction);
        if sine.abs() < PARALLEL {
            return place;
        }
        let (a, b) = (
            first.height(place, self.now),
            second.height(place, self.now),
        );
        let shift = (first.direction * b - second.direction * a) / sine;
        if shift.length() <= 4.0 * self.tolerance {
            place + shift
        } else {
            place
        }
    }

    /// Cuts a segment in two at `point`, where it is now; gives the inserted vertex.
    pub(super) fn insert_vertex(&mut self, segment: u32, point: DVec2) -> u32 {
        let Segment { edge, end, .. } = self.segments[segment as usize];
        let vertex = self.vertices.len() as u32;
        let rest = self.add_segment(edge);
        self.segments[rest as usize].start = vertex;
        self.segments[rest as usize].end = end;
        self.segments[segment as usize].end = vertex;
        self.vertices[end as usize].incoming = rest;
        self.vertices.push(Vertex {
            incoming: segment,
            outgoing: rest,
            origin: point,
            time: self.now,
            velocity: DVec2::ZERO,
            node: NONE,
            alive: true,
            mark: NONE,
            inserted: true,
            hits: Vec::new(),
        });
        vertex
    }

    /// Undoes [`Self::insert_vertex`]: the two segments at the vertex, of one edge, become one.
    pub(super) fn merge_at(&mut self, vertex: u32) {
        let Vertex {
            incoming, outgoing, ..
        } = self.vertices[vertex as usize];
        self.vertices[vertex as usize].alive = false;
        self.segments[outgoing as usize].alive = false;
        if incoming == outgoing {
            return;
        }
        let end = self.segments[outgoing as usize].end;
        self.segments[incoming as usize].end = end;
        self.vertices[end as usize].incoming = incoming;
    }

    /// Whether a vertex is the tip of a spike: two segments that run back on each other.
    pub(super) fn is_tip(&self, vertex: &Vertex) -> bool {
        vertex_velocity(self.edge_of(vertex.incoming), self.edge_of(vertex.outgoing)).is_none()
    }

    /// The edge a segment is part of.
    pub(super) fn edge_of(&self, segment: u32) -> &Edge {
        &self.edges[self.segments[segment as usize].edge as usize]
    }

    /// Where a vertex is now.
    pub(super) fn position(&self, vertex: u32) -> DVec2 {
        self.vertices[vertex as usize].position(self.now)
    }

    /// Records that `vertex` moved from its node to `node`: a side of the faces on its left and right.
    pub(super) fn trace(&mut self, vertex: u32, node: u32) {
        let Vertex {
            incoming,
            outgoing,
            node: from,
            ..
        } = self.vertices[vertex as usize];
        if from != node {
            let (left, right) = (
                self.segments[incoming as usize].edge,
                self.segments[outgoing as usize].edge,
            );
            self.sides.push(Side {
                edge: left,
                from,
                to: node,
            });
            self.sides.push(Side {
                edge: right,
                from: node,
                to: from,
            });
        }
    }
}

/// Velocity of the crossing of two moving lines; none for opposite directions.
fn vertex_velocity(first: &Edge, second: &Edge) -> Option<DVec2> {
    let sine = first.direction.perp_dot(second.direction);
    let cosine = first.direction.dot(second.direction);
    let along = if cosine > -0.5 {
        let step = second.speed - first.speed;
        let slide = if step == 0.0 { 0.0 } else { step / sine };
        -slide - first.speed * sine / (1.0 + cosine)
    } else {
        (first.speed * cosine - second.speed) / sine
    };
    let velocity = first.normal() * first.speed + first.direction * along;
    velocity.is_finite().then_some(velocity)
}

fn bounds(polygon: &Polygon) -> Option<(DVec2, DVec2)> {
    let first = polygon.points().next()?;
    Some(
        polygon
            .points()
            .fold((first, first), |(low, high), p| (low.min(p), high.max(p))),
    )
}

/// A power of two of which coordinates up to `extent` are multiples below 2^51: differences are exact.
fn grid_spacing(extent: f64) -> f64 {
    let mut power = 1.0_f64;
    while power < extent && power < 1e300 {
        power *= 2.0;
    }
    while power * 0.5 >= extent && power > 1e-290 {
        power *= 0.5;
    }
    power / (1_u64 << 50) as f64
}

/// Small pseudo-random displacements, the same in every run.
struct Jitter {
    state: u32,
    amount: f64,
}

impl Jitter {
    fn next(&mut self) -> DVec2 {
        let mut unit = || {
            self.state = self
                .state
                .wrapping_mul(1_664_525)
                .wrapping_add(1_013_904_223);
            f64::from(self.state >> 8) / f64::from(1 << 23) - 1.0
        };
        let (x, y) = (unit(), unit());
        DVec2::new(x, y) * self.amount
    }
}
