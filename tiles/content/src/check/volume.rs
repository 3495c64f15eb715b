//! Volumes inside volumes.

use gable_tileset::BoundingVolume;

/// Rounding of writers, as a part of the outer volume.
const TOLERANCE: f64 = 1e-6;

/// Whether a volume, taken by `transform` to the outer one's frame, lies in it; none when they cannot be compared.
pub(super) fn inside(
    inner: &BoundingVolume,
    transform: Option<&[f64; 16]>,
    outer: &BoundingVolume,
) -> Option<bool> {
    match (inner, outer) {
        (BoundingVolume::Region(a), BoundingVolume::Region(b)) => {
            // Regions across the 180th meridian are not compared.
            let plain = a[0] <= a[2] && b[0] <= b[2];
            let slack = [b[2] - b[0], b[3] - b[1], b[5] - b[4]]
                .map(|side| TOLERANCE * side.abs().max(1e-9));
            let low = |k: usize, side: usize| a[k] >= b[k] - slack[side];
            let high = |k: usize, side: usize| a[k] <= b[k] + slack[side];
            plain.then(|| {
                low(0, 0) && low(1, 1) && high(2, 0) && high(3, 1) && low(4, 2) && high(5, 2)
            })
        }
        (BoundingVolume::Box(a), BoundingVolume::Box(b)) => Some(
            corners(a)
                .into_iter()
                .all(|corner| box_has(b, map(corner, transform))),
        ),
        (BoundingVolume::Box(a), BoundingVolume::Sphere([x, y, z, radius])) => {
            let near =
                |p: [f64; 3]| length([p[0] - x, p[1] - y, p[2] - z]) <= radius * (1.0 + TOLERANCE);
            Some(
                corners(a)
                    .into_iter()
                    .all(|corner| near(map(corner, transform))),
            )
        }
        (BoundingVolume::Sphere([x, y, z, a]), BoundingVolume::Sphere(b))
            if transform.is_none() =>
        {
            Some(length([x - b[0], y - b[1], z - b[2]]) + a <= b[3] * (1.0 + TOLERANCE))
        }
        _ => None,
    }
}

fn length(v: [f64; 3]) -> f64 {
    dot(v, v).sqrt()
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn axis(volume: &[f64; 12], number: usize) -> [f64; 3] {
    std::array::from_fn(|k| volume[3 + 3 * number + k])
}

fn corners(volume: &[f64; 12]) -> [[f64; 3]; 8] {
    let sign = |corner: usize, number: usize| if corner >> number & 1 == 1 { 1.0 } else { -1.0 };
    std::array::from_fn(|corner| {
        std::array::from_fn(|k| {
            volume[k]
                + (0..3)
                    .map(|number| sign(corner, number) * axis(volume, number)[k])
                    .sum::<f64>()
        })
    })
}

/// Half sides are at right angles.
fn box_has(volume: &[f64; 12], point: [f64; 3]) -> bool {
    let offset: [f64; 3] = std::array::from_fn(|k| point[k] - volume[k]);
    let reach = (0..3)
        .map(|number| length(axis(volume, number)))
        .fold(0.0, f64::max);
    (0..3).all(|number| {
        let side = axis(volume, number);
        dot(offset, side).abs() <= length(side) * (length(side) + TOLERANCE * reach)
    })
}

fn map(point: [f64; 3], transform: Option<&[f64; 16]>) -> [f64; 3] {
    let Some(m) = transform else {
        return point;
    };
    std::array::from_fn(|row| {
        m[row] * point[0] + m[4 + row] * point[1] + m[8 + row] * point[2] + m[12 + row]
    })
}
