//! Input that is nearly wrong, or wrong: any sound mesh will do.

use super::*;

fn try_all(a: &Mesh, b: &Mesh) {
    for operation in ALL {
        sound(a, b, operation);
        sound(b, a, operation);
    }
}

#[test]
fn planes_that_nearly_agree() {
    let mut open = 0;
    let mut count = 0;
    for seed in 0..400 {
        let random = &mut Random(seed);
        for exponent in 3..12 {
            let off = math::pow(0.1, f64::from(exponent));
            let nearly = |random: &mut Random| (random.point(2.0) - 1.0) * off;
            let mut b = block(dvec3(0.3, 0.0, 0.3), dvec3(0.7, 1.0, 1.3));
            for point in &mut b.points {
                *point += nearly(random);
            }
            try_all(&cube(), &b);
            for operation in ALL {
                open += usize::from(open_edges(&combine(&cube(), &b, operation).mesh) > 0);
                count += 1;
            }
        }
    }
    assert_eq!((open, count), (0, 10800));
}

#[test]
fn random_soups() {
    for seed in 0..1000 {
        let random = &mut Random(seed);
        let mut soup = || {
            let mut mesh = Mesh::default();
            for _ in 0..4 + random.below(8) {
                let place = |random: &mut Random| random.below(4) as f64;
                mesh.add_point(dvec3(place(random), place(random), place(random)));
            }
            let points = mesh.points.len() as u64;
            for _ in 0..1 + random.below(10) {
                let corners = 3 + random.below(4);
                let ring: Vec<u32> = (0..corners).map(|_| random.below(points) as u32).collect();
                let hole: Vec<u32> = (0..3).map(|_| random.below(points) as u32).collect();
                if random.below(4) == 0 {
                    mesh.add_face([ring.as_slice(), hole.as_slice()]);
                } else {
                    mesh.add_face([ring.as_slice()]);
                }
            }
            mesh
        };
        try_all(&soup(), &soup());
    }
}
