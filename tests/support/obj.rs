//! Measures what a run wrote as OBJ.
#![allow(dead_code, reason = "each user takes what it needs")]

use std::collections::BTreeSet;

use glam::DVec3;

/// Polygons of an OBJ text; faces with holes are triangles.
pub(crate) fn polygons(text: &str) -> Vec<Vec<DVec3>> {
    let (points, faces) = read(text);
    let polygon = |corners: &Vec<usize>| corners.iter().map(|&corner| points[corner]).collect();
    let polygons = faces.iter().flat_map(|face| &face.polygons).map(polygon);
    polygons.collect()
}

/// The rings of all faces of an OBJ text: outlines, and holes as rings of their own, which turn the other way.
pub(crate) fn rings(text: &str) -> Vec<Vec<DVec3>> {
    let (points, faces) = read(text);
    let ring = |corners: Vec<usize>| corners.into_iter().map(|corner| points[corner]).collect();
    let rings = faces.into_iter().flat_map(Face::rings).map(ring);
    rings.collect()
}

/// A face: one polygon, or the triangles of one with holes.
#[derive(Default)]
struct Face {
    polygons: Vec<Vec<usize>>,
    /// How many polygons it has when it is whole.
    expected: usize,
}

impl Face {
    /// What is left when edges between two polygons of the face are taken away.
    fn rings(self) -> Vec<Vec<usize>> {
        if self.polygons.len() == 1 {
            return self.polygons;
        }
        let mut edges: BTreeSet<(usize, usize)> = BTreeSet::new();
        for polygon in &self.polygons {
            for (k, &from) in polygon.iter().enumerate() {
                let to = polygon[(k + 1) % polygon.len()];
                if !edges.remove(&(to, from)) {
                    edges.insert((from, to));
                }
            }
        }
        let mut rings = Vec::new();
        while let Some((start, mut at)) = edges.pop_first() {
            let mut ring = vec![start];
            while at != start {
                ring.push(at);
                let edge = edges.range((at, 0)..=(at, usize::MAX)).next();
                let edge = *edge.expect("rings are closed");
                edges.remove(&edge);
                at = edge.1;
            }
            rings.push(ring);
        }
        rings
    }
}

/// Points, and faces by numbers of points.
fn read(text: &str) -> (Vec<DVec3>, Vec<Face>) {
    let mut points: Vec<DVec3> = Vec::new();
    let mut faces: Vec<Face> = Vec::new();
    let mut expected = 1;
    for line in text.lines() {
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("#") if line.contains("triangles are one face") => {
                let count = words.next().and_then(|word| word.parse().ok());
                expected = count.expect("a number of triangles");
            }
            Some("v") => {
                let mut next = || {
                    words
                        .next()
                        .and_then(|word| word.parse().ok())
                        .expect("a number")
                };
                points.push(DVec3::new(next(), next(), next()));
            }
            Some("f") => {
                let corner = |word: &str| {
                    let number = word.split('/').next().expect("split gives one");
                    number.parse::<usize>().expect("a number") - 1
                };
                let polygon = words.map(corner).collect();
                let is_open = |face: &&mut Face| face.polygons.len() < face.expected;
                match faces.last_mut().filter(is_open) {
                    Some(face) => face.polygons.push(polygon),
                    None => faces.push(Face {
                        polygons: vec![polygon],
                        expected: std::mem::replace(&mut expected, 1),
                    }),
                }
            }
            _ => {}
        }
    }
    (points, faces)
}

/// Area and bounds (low x, y, z, high x, y, z) of polygons.
pub(crate) fn area_and_bounds(polygons: &[Vec<DVec3>]) -> (f64, [f64; 6]) {
    let mut area = 0.0;
    let (mut low, mut high) = (DVec3::INFINITY, DVec3::NEG_INFINITY);
    for polygon in polygons {
        let mut sum = DVec3::ZERO;
        for pair in polygon.windows(2) {
            sum += (pair[0] - polygon[0]).cross(pair[1] - polygon[0]);
        }
        area += 0.5 * sum.length();
        for &point in polygon {
            low = low.min(point);
            high = high.max(point);
        }
    }
    (area, [low.x, low.y, low.z, high.x, high.y, high.z])
}
