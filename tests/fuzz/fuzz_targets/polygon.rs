//! Polygons of any shape: skeletons tile them, offsets stay inside, triangles cover them; nothing panics or hangs.
#![no_main]

use gable_kernel::polygon::{Polygon, convexify, offset, setback, triangulate};
use gable_kernel::skeleton::straight_skeleton;
use glam::DVec2;
use libfuzzer_sys::fuzz_target;

/// Pairs of bytes on a grid of half metres: many points and lines coincide.
fn polygon(bytes: &[u8]) -> Option<Polygon> {
    let mut rings: Vec<Vec<DVec2>> = vec![Vec::new()];
    for pair in bytes.chunks_exact(2).take(48) {
        match pair[0] {
            255 if rings.len() < 4 => rings.push(Vec::new()),
            _ => {
                let point = DVec2::new(f64::from(pair[0] & 31) * 0.5, f64::from(pair[1] & 31) * 0.5);
                rings.last_mut()?.push(point);
            }
        }
    }
    rings.retain(|ring| ring.len() >= 3);
    if rings.is_empty() {
        return None;
    }
    let outer = rings.remove(0);
    Some(Polygon::with_holes(outer, rings))
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, rest)) = bytes.split_first() else { return };
    let Some(polygon) = polygon(rest) else { return };
    let distance = f64::from(first) * 0.02;
    let simple = polygon.rings.len() == 1 && polygon.is_simple() && polygon.area() > 1e-6;
    let speeds = vec![1.0; polygon.edge_count()];
    if let Ok(skeleton) = straight_skeleton(&polygon, &speeds, None)
        && simple
    {
        let area = |ring: &[u32]| {
            let points: Vec<DVec2> = ring.iter().map(|&p| skeleton.points[p as usize].truncate()).collect();
            gable_kernel::polygon::signed_area(&points)
        };
        let sum: f64 = skeleton.faces.iter().map(|face| area(&face.ring) + face.holes.iter().map(|h| area(h)).sum::<f64>()).sum();
        assert!((sum - polygon.area()).abs() <= 1e-6 * polygon.area().max(1.0), "{sum} of {}", polygon.area());
    }
    if let Ok(grown) = offset(&polygon, distance) {
        assert!(grown.inside.iter().all(|p| p.rings.iter().all(|r| r.points.iter().all(|p| p.is_finite()))));
    }
    let _ = offset(&polygon, -distance);
    let distances: Vec<f64> = (0..polygon.edge_count()).map(|k| if k % 3 == 0 { distance } else { 0.0 }).collect();
    if let Ok(pieces) = setback(&polygon, &distances) {
        let _ = pieces.join_chains();
    }
    let _ = convexify(&polygon, None);
    let triangles = triangulate(&polygon.rings);
    if simple {
        let points = &polygon.rings[0];
        let sum: f64 = triangles
            .iter()
            .map(|t| t.map(|k| points[k as usize]))
            .map(|[a, b, c]| (b - a).perp_dot(c - a).abs() * 0.5)
            .sum();
        assert!((sum - polygon.area()).abs() <= 1e-9 * polygon.area().max(1.0), "{sum} of {}", polygon.area());
    }
});
