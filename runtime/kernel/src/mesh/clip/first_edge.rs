//! Where the outline of a cut face begins (measured on CityEngine's runtime): with what is left of the face's first edge,
//! or with the cut that took it away.

use std::ops::Range;

use crate::mesh::build::NewCorner;

/// Turns a ring made of a face's corners; `outline` are the corners of the face's first loop.
pub(in crate::mesh) fn begin_at_first_edge(ring: &mut [NewCorner], outline: &Range<usize>) {
    let count = outline.len() as f64;
    // The place along the outline, in edges.
    let place = |corner: &NewCorner| {
        let (from, to) = (corner.from as usize, corner.to as usize);
        outline.contains(&from).then(|| {
            let (a, b) = ((from - outline.start) as f64, (to - outline.start) as f64);
            if from == to {
                a
            } else if (a + 1.0) % count == b {
                a + corner.t
            } else {
                b + 1.0 - corner.t
            }
        })
    };
    let places: Vec<Option<f64>> = ring.iter().map(place).collect();
    let next = |k: usize| places[(k + 1) % places.len()];
    let on_first_edge = |k: &usize| {
        let edge = places[*k].zip(next(*k));
        edge.is_some_and(|(from, to)| from < to && to <= 1.0)
    };
    // The last place before the first edge, whose beginning is also the outline's end.
    let order = |k: usize| match places[k] {
        Some(place) if place > 0.0 => place,
        Some(_) => count,
        None => -1.0,
    };
    let last = (0..ring.len()).max_by(|&a, &b| order(a).total_cmp(&order(b)));
    let start = (0..ring.len()).find(on_first_edge).or(last);
    ring.rotate_left(start.unwrap_or(0));
}
