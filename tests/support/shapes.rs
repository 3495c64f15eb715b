//! Initial shapes by the names that measured runs use: `rectWxD` has its first edge along +x at the front.

/// One ring in the plane of the ground, of (x, z).
fn ground(ring: &[(f64, f64)]) -> Vec<[f64; 3]> {
    ring.iter().map(|&(x, z)| [x, 0.0, z]).collect()
}

fn rectangle(x: f64, width: f64, depth: f64) -> Vec<[f64; 3]> {
    ground(&[(x, depth), (x + width, depth), (x + width, 0.0), (x, 0.0)])
}

/// The polygons of a shape.
///
/// # Panics
/// For names that are not known.
pub(crate) fn polygons(name: &str) -> Vec<Vec<Vec<[f64; 3]>>> {
    let size = name
        .strip_prefix("rect")
        .and_then(|size| size.split_once('x'));
    let size = size.and_then(|(width, depth)| Some((width.parse().ok()?, depth.parse().ok()?)));
    if let Some((width, depth)) = size {
        return vec![vec![rectangle(0.0, width, depth)]];
    }
    let one = |ring: Vec<[f64; 3]>| vec![vec![ring]];
    match name {
        "rect30x20_firstEdgeAlongZ" => one(ground(&[
            (0.0, 0.0),
            (0.0, 20.0),
            (30.0, 20.0),
            (30.0, 0.0),
        ])),
        "rect30x20_clockwise" => one(ground(&[
            (0.0, 0.0),
            (30.0, 0.0),
            (30.0, 20.0),
            (0.0, 20.0),
        ])),
        "sloped_quad" => one(vec![
            [0.0, 5.0, 20.0],
            [30.0, 5.0, 20.0],
            [30.0, 0.0, 0.0],
            [0.0, 0.0, 0.0],
        ]),
        "L30x20" => one(ground(&[
            (0.0, 20.0),
            (30.0, 20.0),
            (30.0, 10.0),
            (10.0, 10.0),
            (10.0, 0.0),
            (0.0, 0.0),
        ])),
        "rect_with_hole" => {
            let hole = ground(&[(10.0, 15.0), (10.0, 5.0), (20.0, 5.0), (20.0, 15.0)]);
            vec![vec![rectangle(0.0, 30.0, 20.0), hole]]
        }
        "two_adjacent_quads" => {
            let second = ground(&[(30.0, 0.0), (30.0, 20.0), (60.0, 20.0), (60.0, 0.0)]);
            vec![vec![rectangle(0.0, 30.0, 20.0)], vec![second]]
        }
        "octagon_r20" => {
            let corner = |k: i32| {
                let angle = (247.5 + 45.0 * f64::from(k)).to_radians();
                (20.0 * angle.cos(), -20.0 * angle.sin())
            };
            one(ground(&(0..8).map(corner).collect::<Vec<_>>()))
        }
        other => panic!("no shape {other}"),
    }
}
