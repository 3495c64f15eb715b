//! Slabs of one quadrilateral whose sides run along the axis or lie across it: what facades, floors and tiles are. Gives
//! the very meshes that cutting any mesh gives, without looking for what such a face cannot have.

use glam::{DVec2, DVec3};
use smallvec::{SmallVec, smallvec};

use crate::mesh::{Mesh, UvSet};

/// The slabs of a mesh, if it is such a face and each slab holds a part of it.
pub(super) fn slabs(
    mesh: &Mesh,
    axis: usize,
    bounds: &[(f64, f64)],
    tolerance: f64,
) -> Option<Vec<Mesh>> {
    let quad = Quad::of(mesh, axis)?;
    let [low, high] = quad.reach;
    let holds_part = |&(from, to): &(f64, f64)| {
        let (from, to) = (from.max(low), to.min(high));
        to - from > 4.0 * tolerance
    };
    if !bounds.iter().all(holds_part) {
        return None;
    }
    let slab = |&(from, to): &(f64, f64)| {
        let (cuts_low, cuts_high) = (from > low + tolerance, to < high - tolerance);
        if !cuts_low && !cuts_high {
            return mesh.clone();
        }
        let mut piece = quad.clone();
        if cuts_low {
            piece.cut(from, false);
        }
        if cuts_high {
            piece.cut(to, true);
        }
        piece.mesh(mesh.materials[0])
    };
    Some(bounds.iter().map(slab).collect())
}

/// The face, corner by corner.
#[derive(Clone)]
struct Quad {
    axis: usize,
    /// Where it begins and ends along the axis.
    reach: [f64; 2],
    points: [DVec3; 4],
    /// The numbers of its points.
    numbers: [u32; 4],
    /// Which corners are at the high end.
    is_high: [bool; 4],
    /// The corner at the other end of the side along the axis.
    partner: [usize; 4],
    uvs: SmallVec<[(u8, [DVec2; 4]); 2]>,
}

impl Quad {
    fn of(mesh: &Mesh, axis: usize) -> Option<Self> {
        let plain = mesh.normals.is_empty()
            && mesh.lines.is_empty()
            && mesh.tags.is_none()
            && mesh.loops.len() == 2;
        let (true, [a, b, c, d], 4) = (plain, &mesh.corners[..], mesh.points.len()) else {
            return None;
        };
        let numbers = [*a, *b, *c, *d];
        let points = numbers.map(|number| mesh.point(number));
        let along = points.map(|point| point[axis]);
        // One of the two sides that begin in the first corner runs along the axis.
        let partner = if along[0] == along[1] {
            [3, 2, 1, 0]
        } else {
            [1, 0, 3, 2]
        };
        let (near, far) = (along[0], along[partner[0]]);
        let is_far = [0, 1, 2, 3].map(|k| along[k] == far);
        let straight = (0..4).all(|k| {
            let mut step = points[k] - points[partner[k]];
            step[axis] = 0.0;
            step == DVec3::ZERO && (along[k] == near) == is_far[partner[k]]
        });
        let across = if partner[0] == 3 { [0, 1] } else { [0, 3] };
        if near == far || !straight || across.iter().any(|&k| along[k] != near) {
            return None;
        }
        let grows = far > near;
        Some(Self {
            axis,
            reach: if grows { [near, far] } else { [far, near] },
            points,
            numbers,
            is_high: is_far.map(|is_far| is_far == grows),
            partner,
            uvs: mesh
                .uv_sets
                .iter()
                .map(|set| (set.set, [0, 1, 2, 3].map(|k| set.coordinates[k])))
                .collect(),
        })
    }

    /// Moves one end to where a plane cuts it off. Arithmetic is that of [`super::super::clip`].
    fn cut(&mut self, at: f64, high_end: bool) {
        let depth = |point: DVec3| {
            let x = point[self.axis];
            if high_end { at - x } else { x - at }
        };
        let depths = self.points.map(depth);
        for k in (0..4).filter(|&k| self.is_high[k] == high_end) {
            let inner = self.partner[k];
            let swapped = self.numbers[k] > self.numbers[inner];
            let (from, to) = if swapped { (inner, k) } else { (k, inner) };
            let t = depths[from] / (depths[from] - depths[to]);
            for (_, uvs) in &mut self.uvs {
                let (a, b) = (uvs[from], uvs[to]);
                uvs[k] = if t == 0.0 { a } else { a + (b - a) * t };
            }
            self.points[k][self.axis] = at;
        }
        self.numbers = [0, 1, 2, 3];
    }

    fn mesh(self, material: u32) -> Mesh {
        let set = |(set, uvs): (u8, [DVec2; 4])| UvSet {
            set,
            coordinates: uvs.into(),
        };
        Mesh {
            points: self.points.into(),
            corners: [0, 1, 2, 3].into(),
            loops: smallvec![0, 4],
            faces: smallvec![0, 1],
            materials: smallvec![material],
            uv_sets: self.uvs.into_iter().map(set).collect(),
            normals: Vec::new(),
            lines: Vec::new(),
            tags: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::order::Order as _;
    use glam::{DVec2, DVec3};
    use proptest::prelude::*;

    use crate::mesh::{Mesh, UvSet, cut};

    /// A rectangle with turned corner numbers, begun at any corner, with a set of texture coordinates.
    fn rectangle(low: [f64; 2], size: [f64; 2], turn: usize, shift: usize) -> Mesh {
        let [(x, y), (w, h)] = [(low[0], low[1]), (size[0], size[1])];
        let around = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)];
        let mut mesh = Mesh::default();
        for k in 0..4 {
            let (x, y) = around[(k + 4 - shift) % 4];
            mesh.add_point(DVec3::new(x, y, 0.25));
        }
        let ring: Vec<u32> = (0..4).map(|k| ((k + turn) % 4) as u32).collect();
        mesh.add_face([&ring[..]]);
        mesh.uv_sets.push(UvSet {
            set: 3,
            coordinates: (0..4)
                .map(|k| DVec2::new(f64::from(k) * 0.37, (f64::from(k) - 1.3).abs()))
                .collect(),
        });
        mesh
    }

    proptest! {
        #[test]
        fn a_rectangle_is_cut_as_any_mesh(
            low in prop::array::uniform2(-3.0..3.0),
            size in prop::array::uniform2(0.5..9.0),
            (turn, shift, axis) in (0_usize..4, 0_usize..4, 0_usize..2),
            mut cuts in prop::collection::vec(0.01..0.99, 1..5),
            whole in any::<bool>(),
        ) {
            cuts.order_by(f64::total_cmp);
            cuts.dedup_by(|a, b| *a - *b < 0.001);
            let places: Vec<f64> = [0.0].into_iter().chain(cuts).chain([1.0]).map(|t| low[axis] + t * size[axis]).collect();
            let mut bounds: Vec<(f64, f64)> = places.windows(2).map(|pair| (pair[0], pair[1])).collect();
            if whole {
                bounds.push((low[axis] - 1.0, low[axis] + 20.0));
            }
            let mesh = rectangle(low, size, turn, shift);
            let fast = super::slabs(&mesh, axis, &bounds, cut::tolerance(&mesh));
            prop_assert_eq!(fast, Some(cut::slabs_of_any(&mesh, axis, &bounds, cut::tolerance(&mesh))));
        }
    }

    #[test]
    fn other_faces_are_not_taken() {
        let mut slanted = rectangle([0.0, 0.0], [1.0, 1.0], 0, 0);
        slanted.points[1].y = 0.1;
        assert!(super::slabs(&slanted, 0, &[(0.0, 0.5)], 1e-7).is_none());
        let square = rectangle([0.0, 0.0], [1.0, 1.0], 0, 0);
        assert!(super::slabs(&square, 2, &[(0.0, 0.5)], 1e-7).is_none());
        assert!(super::slabs(&square, 0, &[(0.0, 0.5), (1.0, 2.0)], 1e-7).is_none());
        let mut bow = rectangle([0.0, 0.0], [1.0, 1.0], 0, 0);
        bow.points.swap(0, 1);
        assert!(super::slabs(&bow, 1, &[(0.0, 0.5)], 1e-7).is_none());
    }
}
