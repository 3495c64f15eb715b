//! Measures what a run wrote as OBJ.
#![allow(dead_code, reason = "each user takes what it needs")]

use glam::DVec3;

/// Polygons of an OBJ text.
pub(crate) fn polygons(text: &str) -> Vec<Vec<DVec3>> {
    let mut points: Vec<DVec3> = Vec::new();
    let mut polygons = Vec::new();
    for line in text.lines() {
        let mut words = line.split_ascii_whitespace();
        match words.next() {
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
                let point = |word: &str| {
                    let number = word.split('/').next().expect("split gives one");
                    points[number.parse::<usize>().expect("a number") - 1]
                };
                polygons.push(words.map(point).collect());
            }
            _ => {}
        }
    }
    polygons
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
