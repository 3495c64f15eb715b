//! When the wavefront may change: the event queue and the main loop.

use super::SkeletonError;
use super::wavefront::{Segment, Wavefront};
use crate::order::Order as _;
use crate::polygon::orientation;
use glam::DVec2;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Something that may happen to the wavefront.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A segment shrinks to a point, while it runs between these two vertices.
    Collapse { segment: u32, start: u32, end: u32 },
    /// A reflex vertex meets the line of an edge (the last entry of its list of hits).
    Hit { vertex: u32, edge: u32 },
}

#[derive(Clone, Copy, Debug)]
struct Event {
    time: f64,
    kind: Kind,
}

impl Ord for Event {
    fn cmp(&self, other: &Self) -> Ordering {
        self.time
            .total_cmp(&other.time)
            .then_with(|| self.kind.cmp(&other.kind))
    }
}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Event {}

/// Possible events, earliest first.
#[derive(Debug, Default)]
pub(super) struct EventQueue {
    heap: BinaryHeap<Reverse<Event>>,
}

impl Wavefront {
    /// Lets the wavefront run until it vanishes or the limit is reached.
    pub(super) fn run(mut self) -> Result<Self, SkeletonError> {
        self.settle()?;
        let last = self.limit.map(|limit| limit + 8.0 * self.instant);
        let mut budget = 64 + 32 * self.edges.len();
        while let Some(Reverse(event)) = self.queue.heap.pop() {
            if last.is_some_and(|last| event.time > last) {
                break;
            }
            let reached = self.limit.map_or(event.time, |limit| event.time.min(limit));
            self.now = self.now.max(reached);
            let place = match event.kind {
                Kind::Collapse {
                    segment,
                    start,
                    end,
                } => self.place_of_collapse(segment, start, end),
                Kind::Hit { vertex, edge } => self.place_of_hit(vertex, edge),
            };
            if let Some(place) = place {
                budget -= 1;
                if budget == 0 {
                    return Err(SkeletonError::Inconsistent);
                }
                self.resolve(place)?;
            }
        }
        let mut left = self
            .segments
            .iter()
            .filter(|segment| segment.alive)
            .peekable();
        match self.limit {
            Some(limit) => self.now = limit,
            None if left.peek().is_none() => {}
            None if left.all(|segment| self.edges[segment.edge as usize].speed == 0.0) => {
                return Err(SkeletonError::Unbounded);
            }
            None => return Err(SkeletonError::Inconsistent),
        }
        Ok(self)
    }

    /// Resolves what already touches at the start: repeated corners, rings that touch, slits, spikes.
    fn settle(&mut self) -> Result<(), SkeletonError> {
        for vertex in 0..self.vertices.len() as u32 {
            if self.vertices[vertex as usize].alive && self.touches(vertex) {
                self.resolve(self.position(vertex))?;
            }
        }
        let stuck = self
            .vertices
            .iter()
            .any(|vertex| vertex.alive && self.is_tip(vertex));
        if stuck {
            Err(SkeletonError::Degenerate)
        } else {
            Ok(())
        }
    }

    /// Where a segment vanishes; none when it has changed since the event was scheduled.
    fn place_of_collapse(&self, segment: u32, start: u32, end: u32) -> Option<DVec2> {
        let current = self.segments[segment as usize];
        if !current.alive || current.start != start || current.end != end {
            return None;
        }
        // The slower end is known more precisely.
        let (a, b) = (&self.vertices[start as usize], &self.vertices[end as usize]);
        let slower = if a.velocity.length_squared() <= b.velocity.length_squared() {
            start
        } else {
            end
        };
        Some(self.position(slower))
    }

    /// Where a vertex meets a segment of `edge`; none when there is none at that place.
    fn place_of_hit(&mut self, vertex: u32, edge: u32) -> Option<DVec2> {
        let current = &mut self.vertices[vertex as usize];
        if !current.alive || current.hits.last().is_none_or(|hit| hit.1 != edge) {
            return None;
        }
        current.hits.pop();
        self.schedule_next_hit(vertex);
        let place = self.position(vertex);
        let line = &self.edges[edge as usize];
        let met = line.segments.iter().any(|&segment| {
            let Segment {
                start, end, alive, ..
            } = self.segments[segment as usize];
            alive
                && (place - self.position(start)).dot(line.direction) >= -self.tolerance
                && (self.position(end) - place).dot(line.direction) >= -self.tolerance
        });
        met.then_some(place)
    }

    /// Schedules the moment at which a segment will have shrunk to a point, if it shrinks.
    pub(super) fn schedule_collapse(&mut self, segment: u32) {
        let Segment { start, end, .. } = self.segments[segment as usize];
        let direction = self.edge_of(segment).direction;
        let (a, b) = (&self.vertices[start as usize], &self.vertices[end as usize]);
        let growth = (b.velocity - a.velocity).dot(direction);
        if growth < 0.0 {
            let length = (b.position(self.now) - a.position(self.now)).dot(direction);
            let time = self.now + (length / -growth).max(0.0);
            self.push(
                time,
                Kind::Collapse {
                    segment,
                    start,
                    end,
                },
            );
        }
    }

    /// Schedules the moments at which a vertex, if it is reflex, meets the lines of other edges.
    pub(super) fn schedule_hits(&mut self, vertex: u32) {
        let current = &self.vertices[vertex as usize];
        let (before, after) = (
            self.edge_of(current.incoming),
            self.edge_of(current.outgoing),
        );
        if orientation(DVec2::ZERO, before.span, after.span) >= 0.0 {
            return;
        }
        let own = [current.incoming, current.outgoing].map(|s| self.segments[s as usize].edge);
        let place = current.position(self.now);
        let mut hits = Vec::new();
        for (index, edge) in self.edges.iter().enumerate() {
            if own.contains(&(index as u32)) {
                continue;
            }
            let height = edge.height(place, self.now);
            let closing = edge.speed - edge.normal().dot(current.velocity);
            if height > 1e-3 * self.tolerance && closing > 0.0 {
                let time = self.now + height / closing;
                if self
                    .limit
                    .is_none_or(|limit| time <= limit + 8.0 * self.instant)
                {
                    hits.push((time, index as u32));
                }
            }
        }
        hits.order_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        self.vertices[vertex as usize].hits = hits;
        self.schedule_next_hit(vertex);
    }

    /// Schedules the possible meeting of existing reflex vertices with a new edge.
    pub(super) fn schedule_hits_of(&mut self, edge: u32) {
        let line = &self.edges[edge as usize];
        let mut found = Vec::new();
        for (index, vertex) in self
            .vertices
            .iter()
            .enumerate()
            .filter(|(_, vertex)| vertex.alive)
        {
            let (before, after) = (self.edge_of(vertex.incoming), self.edge_of(vertex.outgoing));
            let height = line.height(vertex.position(self.now), self.now);
            let closing = line.speed - line.normal().dot(vertex.velocity);
            if height > self.tolerance
                && closing > 0.0
                && orientation(DVec2::ZERO, before.span, after.span) < 0.0
            {
                found.push((index, (self.now + height / closing, edge)));
            }
        }
        for (vertex, hit) in found {
            let hits = &mut self.vertices[vertex].hits;
            let position = hits.partition_point(|other| other.0 > hit.0);
            hits.insert(position, hit);
            if position + 1 == hits.len() {
                self.schedule_next_hit(vertex as u32);
            }
        }
    }

    fn schedule_next_hit(&mut self, vertex: u32) {
        if let Some(&(time, edge)) = self.vertices[vertex as usize].hits.last() {
            self.push(time, Kind::Hit { vertex, edge });
        }
    }

    fn push(&mut self, time: f64, kind: Kind) {
        if time.is_finite() {
            self.queue.heap.push(Reverse(Event { time, kind }));
        }
    }
}
