//! `splitAndSetbackPerimeter`: sections of the edges of faces, each set back by its own depth.
//!
//! 1. The ends of sections become points of the polygon.
//! 2. Sections of one depth are set back together, everything else stays: where they meet they share the corner.
//! 3. What belongs to several depths goes to the largest: all are painted over the polygon, the deepest last. What is
//!    seen of the polygon is the remainder.

use crate::Kernel;
use crate::limits::Stop;
use crate::mesh::flat::FlatFace;
use crate::mesh::tags::Tag;
use crate::mesh::{Mesh, cleanup, merge};
use crate::ops::offset::WELD;
use crate::ops::regions::in_scope;
use crate::order::Order as _;
use crate::polygon::overlay::{OverlayError, paint};
use crate::polygon::setback::setback;
use crate::polygon::{Polygon, Ring, TracedPolygon};
use crate::shape::Shape;

/// Ends of sections this close to a corner, in parts of the row's length, are that corner.
const SNAP: f64 = 1e-7;

/// The edges of a face in the order in which a pattern runs along them.
#[derive(Debug)]
pub(crate) struct Row {
    face: usize,
    /// Corners of the face, from 0, at which the edges start, and where the row ends after each.
    edges: Vec<(usize, f64)>,
}

impl Row {
    /// The length of its edges.
    pub(crate) fn length(&self) -> f64 {
        self.edges.last().map_or(0.0, |(_, end)| *end)
    }
}

/// A part of a row; rows are closed.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// The number of its row.
    pub(crate) row: usize,
    /// Where it begins, in metres; any number.
    pub(crate) start: f64,
    /// In metres, up to the length of the row.
    pub(crate) length: f64,
    /// How far it is set back; without being positive it is left out.
    pub(crate) depth: f64,
}

/// What sections have become.
#[derive(Debug, Default)]
pub(crate) struct SectionShapes {
    /// For each section its shape, if anything is seen of it.
    pub(crate) sections: Vec<Option<Shape>>,
    /// What is left of the faces.
    pub(crate) remainder: Vec<Shape>,
}

/// A polygon whose edges belong to sections.
struct Divided {
    polygon: Polygon,
    /// For each edge its section, and its rank there.
    owners: Vec<Option<(usize, f64)>>,
}

impl Divided {
    /// How far each edge is set back with one of the sections, or with all.
    fn distances(&self, sections: &[Section], only: Option<usize>) -> Vec<f64> {
        let is_meant = |owner: usize| only.is_none_or(|only| only == owner);
        let distance = |owner: &Option<(usize, f64)>| match owner {
            Some((owner, _)) if is_meant(*owner) => sections[*owner].depth,
            _ => 0.0,
        };
        self.owners.iter().map(distance).collect()
    }
}

impl Kernel {
    /// A row for each face: the edges that a mask (in face-edge order; all without) selects, from the one numbered `first`
    /// among all edges (it wraps), or from the first of the face.
    ///
    /// # Errors
    /// [`Stop::Gas`].
    pub(crate) fn perimeter_rows(
        &mut self,
        first: f64,
        mask: Option<&[bool]>,
    ) -> Result<Vec<Row>, Stop> {
        let mesh = self.mesh_in_scope()?;
        self.charge(mesh.corners.len())?;
        let count = mesh.corners.len().max(1);
        let first = first.floor().rem_euclid(count as f64) as usize % count;
        let selected = |corner: usize| mask.is_none_or(|mask| mask.get(corner) == Some(&true));
        let row = |face: usize| {
            let corners = mesh.face_corners(face);
            let mut rings: Vec<Vec<usize>> = mesh
                .loops_of(face)
                .map(|ring| mesh.corners_of(ring).collect())
                .collect();
            if let Some(start) = rings.iter().position(|ring| ring.contains(&first)) {
                rings.rotate_left(start);
                let within = rings[0].iter().position(|&corner| corner == first);
                rings[0].rotate_left(within.unwrap_or(0));
            }
            let mut end = 0.0;
            let mut edges = Vec::new();
            for ring in &rings {
                for (k, &corner) in ring.iter().enumerate() {
                    // A ring may have been turned: what follows a corner is told by its neighbour.
                    let next = ring[(k + 1) % ring.len()];
                    let place = |corner: usize| mesh.point(mesh.corners[corner]);
                    if selected(corner) {
                        end += place(corner).distance(place(next));
                        edges.push((corner - corners.start, end));
                    }
                }
            }
            Row { face, edges }
        };
        Ok((0..mesh.face_count()).map(row).collect())
    }

    /// Sets sections back.
    ///
    /// # Errors
    /// [`Stop::Gas`].
    pub(crate) fn set_back_sections(
        &mut self,
        rows: &[Row],
        sections: &[Section],
    ) -> Result<SectionShapes, Stop> {
        let mesh = self.mesh_to_tag(Some("setback"))?;
        let parent = self.shape.clone();
        let mut made = SectionShapes {
            sections: vec![None; sections.len()],
            remainder: Vec::new(),
        };
        for (number, row) in rows.iter().enumerate() {
            let own: Vec<usize> = (0..sections.len())
                .filter(|&k| sections[k].row == number && sections[k].depth > 0.0)
                .collect();
            self.charge(sections.len())?;
            let flat = FlatFace::new(&mesh, row.face).filter(|_| !own.is_empty());
            let whole = || {
                let mut whole = mesh.subset(&[row.face]);
                whole.tag_edges(Tag::SETBACK_REMAINDER);
                in_scope(&parent, whole)
            };
            let Some(flat) = flat else {
                made.remainder.push(whole());
                continue;
            };
            let divided = divide(&flat.polygon, row, sections, &own);
            let Some((swept, remainder)) = self.sweep_sections(&divided, sections, own.len())?
            else {
                made.remainder.push(whole());
                continue;
            };
            for (section, polygons) in swept {
                let mut part = Mesh::default();
                for polygon in &polygons {
                    merge::append(&mut part, &flat.mesh_of(&polygon.rings));
                }
                cleanup::weld(&mut part, WELD);
                let distances = divided.distances(sections, Some(section));
                flat.tag_setback(&mut part, &divided.polygon, &distances, false);
                if part.face_count() > 0 {
                    made.sections[section] = Some(in_scope(&parent, part));
                }
            }
            let distances = divided.distances(sections, None);
            for polygon in remainder {
                let mut left = flat.mesh_of(&polygon.rings);
                flat.tag_setback(&mut left, &divided.polygon, &distances, true);
                made.remainder.push(in_scope(&parent, left));
            }
        }
        Ok(made)
    }

    /// The polygons of each section, and the remainder; `None` after a warning.
    #[expect(clippy::type_complexity, reason = "the caller takes it apart at once")]
    fn sweep_sections(
        &mut self,
        divided: &Divided,
        sections: &[Section],
        count: usize,
    ) -> Result<Option<(Vec<(usize, Vec<Polygon>)>, Vec<Polygon>)>, Stop> {
        let owners = divided.owners.iter().flatten();
        let mut depths: Vec<f64> = owners.map(|&(owner, _)| sections[owner].depth).collect();
        depths.order_by(f64::total_cmp);
        depths.dedup();
        let edges = divided.polygon.edge_count();
        let mut swept: Vec<(usize, Vec<Polygon>)> = Vec::with_capacity(count);
        let mut remainder = Vec::new();
        for &depth in &depths {
            self.charge(1 + edges * edges)?;
            let is_own = |owner: &Option<(usize, f64)>| {
                owner.is_some_and(|(owner, _)| sections[owner].depth == depth)
            };
            let distances: Vec<f64> = divided
                .owners
                .iter()
                .map(|owner| if is_own(owner) { depth } else { 0.0 })
                .collect();
            let moved = match setback(&divided.polygon, &distances) {
                Ok(moved) => moved,
                Err(error) => {
                    self.warn(format!(
                        "splitAndSetbackPerimeter: {error}; the sections {depth} deep are left out"
                    ));
                    continue;
                }
            };
            for (owner, chain) in chains(divided, sections, depth) {
                match moved.join(&chain) {
                    Ok(joined) => swept.push((owner, begun(&joined, &chain))),
                    Err(error) => self.warn(format!("splitAndSetbackPerimeter: {error}")),
                }
            }
            remainder = moved.remainder.iter().map(TracedPolygon::polygon).collect();
        }
        if let ([_], false) = (&depths[..], swept.is_empty()) {
            return Ok(Some((swept, remainder)));
        }
        let bottom = vec![divided.polygon.clone()];
        let layers = swept.iter().map(|(_, polygons)| polygons.clone());
        let layers: Vec<Vec<Polygon>> = std::iter::once(bottom).chain(layers).collect();
        let seen = match paint(&layers, |work| self.charge(work)) {
            Ok(seen) => seen,
            Err(OverlayError::Stopped(stop)) => return Err(stop),
            Err(OverlayError::Tangled) => {
                self.warn("splitAndSetbackPerimeter: the face crosses itself; it is left whole");
                return Ok(None);
            }
        };
        let plain = |polygons: Vec<TracedPolygon>| -> Vec<Polygon> {
            polygons.iter().map(TracedPolygon::polygon).collect()
        };
        let mut seen = seen.into_iter().map(plain);
        let remainder = seen.next().unwrap_or_default();
        let owners = swept.into_iter().map(|(owner, _)| owner);
        Ok(Some((owners.zip(seen).collect(), remainder)))
    }
}

/// The edges of each section of a depth, in the order of the row.
fn chains(divided: &Divided, sections: &[Section], depth: f64) -> Vec<(usize, Vec<u32>)> {
    let mut edges: Vec<(usize, f64, u32)> = (0..)
        .zip(&divided.owners)
        .filter_map(|(edge, owner)| owner.map(|(owner, rank)| (owner, rank, edge)))
        .filter(|(owner, ..)| sections[*owner].depth == depth)
        .collect();
    edges.order_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let groups = edges.chunk_by(|a, b| a.0 == b.0);
    groups
        .map(|group| (group[0].0, group.iter().map(|&(.., edge)| edge).collect()))
        .collect()
}

/// Polygons whose rings begin at the first edge of the chain that they have.
fn begun(joined: &[TracedPolygon], chain: &[u32]) -> Vec<Polygon> {
    let begun = |polygon: &TracedPolygon| {
        let rings = polygon.rings.iter().map(|ring| {
            let rank = |edge: &Option<u32>| {
                edge.and_then(|edge| chain.iter().position(|&known| known == edge))
                    .unwrap_or(usize::MAX)
            };
            let first = (0..ring.edges.len()).min_by_key(|&k| (rank(&ring.edges[k]), k));
            let mut points: Ring = ring.points.clone();
            points.rotate_left(first.unwrap_or(0));
            points
        });
        Polygon {
            rings: rings.collect(),
        }
    };
    joined.iter().map(begun).collect()
}

/// The polygon with the ends of sections as points, and the section of each edge.
fn divide(polygon: &Polygon, row: &Row, sections: &[Section], own: &[usize]) -> Divided {
    let length = row.length();
    let near = SNAP * length;
    let wrap = |place: f64| {
        let place = place.rem_euclid(length);
        if place < length { place } else { 0.0 }
    };
    let mut cuts: Vec<f64> = own
        .iter()
        .flat_map(|&k| [sections[k].start, sections[k].start + sections[k].length])
        .map(wrap)
        .collect();
    cuts.order_by(f64::total_cmp);
    cuts.dedup_by(|a, b| *a - *b <= near);
    // Sections in the order of their starts: the one around a place is the last that begins before it.
    let mut starts: Vec<(f64, usize)> = own.iter().map(|&k| (wrap(sections[k].start), k)).collect();
    starts.order_by(|a, b| a.0.total_cmp(&b.0));
    let owner_at = |place: f64| {
        let after = starts.partition_point(|(start, _)| *start <= place);
        let &(start, owner) = match after {
            0 => starts.last()?,
            _ => &starts[after - 1],
        };
        let rank = wrap(place - start);
        (rank <= sections[owner].length).then_some((owner, rank))
    };
    let mut spans = vec![None; polygon.edge_count()];
    let mut start = 0.0;
    for &(edge, end) in &row.edges {
        spans[edge] = Some((start, end));
        start = end;
    }
    let mut divided = Divided {
        polygon: Polygon { rings: Vec::new() },
        owners: Vec::new(),
    };
    let mut edge = 0;
    for ring in &polygon.rings {
        let mut points: Ring = Vec::new();
        for (a, b) in crate::polygon::ring_edges(ring) {
            points.push(a);
            if let Some((low, high)) = spans[edge] {
                let first = cuts.partition_point(|&cut| cut <= low + near);
                let inner = cuts[first..].iter().copied();
                let inner = inner.take_while(|&cut| cut < high - near);
                let mut from = low;
                for cut in inner {
                    points.push(a + (b - a) * ((cut - low) / (high - low)));
                    divided.owners.push(owner_at((from + cut) * 0.5));
                    from = cut;
                }
                divided.owners.push(owner_at((from + high) * 0.5));
            } else {
                divided.owners.push(None);
            }
            edge += 1;
        }
        divided.polygon.rings.push(points);
    }
    divided
}
