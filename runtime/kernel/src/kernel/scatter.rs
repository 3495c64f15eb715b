//! `scatter`: points spread over a surface, a volume or the scope; each is a piece with a scope of size 0.
//!
//! Uniform points on a surface: a triangle by its share of the area, then a point of it (Turk, Generating random points
//! in triangles, Graphics Gems, 1990). Uniform points in a volume, and all gaussian ones, by rejection: candidates are
//! drawn until one is inside, or passes with the bell curve's probability, at most [`MAX_TRIES`] times.

use std::rc::Rc;

use glam::{DMat3, DVec2, DVec3};

use super::pieces::Piece;
use crate::Kernel;
use crate::abi::token::word;
use crate::limits::Stop;
use crate::math;
use crate::mesh::Mesh;
use crate::polygon::triangulate::triangulate;
use crate::shape::Shape;

/// Candidates drawn for one point.
const MAX_TRIES: usize = 100;
/// CGA's own limit for the children of one shape.
const MAX_POINTS: f64 = 100_000.0;

/// Where points may lie, in scope coordinates.
struct Domain {
    triangles: Vec<[DVec3; 3]>,
    /// Sum of areas up to and with each triangle.
    areas: Vec<f64>,
    size: DVec3,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Surface,
    Volume,
    Scope,
}

/// A bell curve around a point of the scope; deviations along the axes.
struct Bell {
    center: DVec3,
    deviation: DVec3,
}

impl Domain {
    fn new(mesh: &Mesh, size: DVec3, kind: Kind) -> Self {
        let triangles: Vec<_> = (0..mesh.face_count())
            .flat_map(|face| triangles_of(mesh, face))
            .collect();
        let mut sum = 0.0;
        let areas = triangles.iter().map(|[a, b, c]| {
            sum += (b - a).cross(c - a).length() * 0.5;
            sum
        });
        let areas = areas.collect();
        Self {
            triangles,
            areas,
            size,
            kind,
        }
    }

    /// Whether a point is inside the closed surface: a ray along x crosses it an odd number of times.
    fn contains(&self, point: DVec3) -> bool {
        let crossings = self.triangles.iter().filter(|[a, b, c]| {
            let flat = |p: &DVec3| DVec2::new(p.y - point.y, p.z - point.z);
            let (u, v, w) = (flat(a), flat(b), flat(c));
            let weights = [v.perp_dot(w), w.perp_dot(u), u.perp_dot(v)];
            let inside = weights.iter().all(|x| *x >= 0.0) || weights.iter().all(|x| *x <= 0.0);
            let sum: f64 = weights.iter().sum();
            inside
                && sum != 0.0
                && (a.x * weights[0] + b.x * weights[1] + c.x * weights[2]) / sum > point.x
        });
        crossings.count() % 2 == 1
    }
}

/// The triangles of a face.
fn triangles_of(mesh: &Mesh, face: usize) -> Vec<[DVec3; 3]> {
    let normal = mesh.area_vector(face);
    let x = normal.any_orthogonal_vector().normalize_or_zero();
    let y = normal.normalize_or_zero().cross(x);
    let rings: Vec<Vec<u32>> = mesh
        .loops_of(face)
        .map(|number| mesh.ring(number).to_vec())
        .collect();
    let flat: Vec<Vec<DVec2>> = rings
        .iter()
        .map(|ring| {
            ring.iter()
                .map(|&p| DVec2::new(mesh.point(p).dot(x), mesh.point(p).dot(y)))
                .collect()
        })
        .collect();
    let points: Vec<u32> = rings.concat();
    triangulate(&flat)
        .into_iter()
        .map(|triangle| triangle.map(|k| mesh.point(points[k as usize])))
        .collect()
}

impl Kernel {
    /// `scatter_run` of the table.
    #[expect(clippy::too_many_arguments, reason = "the table fixes them")]
    pub(crate) fn scatter_run(
        &mut self,
        domain: i32,
        n: f64,
        distribution: i32,
        center: i32,
        deviation: f64,
        relative: i32,
    ) -> Result<(), Stop> {
        let n = self.finite(n, "scatter").round();
        if n <= 0.0 {
            self.warn("scatter: no points");
            return self.begin_pieces(Vec::new());
        }
        if n > MAX_POINTS {
            self.warn("scatter: more than 100000 points, none are made");
            return self.begin_pieces(Vec::new());
        }
        let mesh = self.mesh_in_scope()?;
        let kind = match word(domain) {
            Some("volume") if crate::mesh::measure::is_closed(&mesh) => Kind::Volume,
            Some("scope") => Kind::Scope,
            _ => Kind::Surface,
        };
        let size = self.shape.scope.size;
        let domain = Domain::new(&mesh, size, kind);
        if domain.kind != Kind::Scope && domain.areas.last().is_none_or(|area| *area <= 0.0) {
            self.warn("scatter: there is no surface");
            return self.begin_pieces(Vec::new());
        }
        let bell = (word(distribution) == Some("gaussian")).then(|| {
            let deviation = DVec3::from_array(
                [0, 1, 2].map(|axis| self.size(deviation, relative, 0, size[axis].abs())),
            );
            Bell {
                center: bell_center(center, size),
                deviation,
            }
        });
        let mut pieces = Vec::new();
        for _ in 0..n as usize {
            self.charge(4)?;
            let (point, normal) = self.scattered(&domain, bell.as_ref())?;
            pieces.push(Piece::new(0, point_shape(&self.shape, point, normal)));
        }
        self.begin_pieces(pieces)
    }

    /// A random point in scope coordinates, and on surfaces the normal there.
    fn scattered(
        &mut self,
        domain: &Domain,
        bell: Option<&Bell>,
    ) -> Result<(DVec3, Option<DVec3>), Stop> {
        let mut candidate = (DVec3::ZERO, None);
        for _ in 0..MAX_TRIES {
            candidate = self.candidate(domain);
            if domain.kind == Kind::Volume {
                self.charge(1 + domain.triangles.len() / 8)?;
                if !domain.contains(candidate.0) {
                    continue;
                }
            }
            let Some(bell) = bell else { break };
            let distance = (candidate.0 - bell.center) / bell.deviation.max(DVec3::splat(1e-9));
            if self.random() < math::exp(-0.5 * distance.length_squared()) {
                break;
            }
            self.charge(1)?;
        }
        Ok(candidate)
    }

    /// A uniform point of the surface, or of the box around a volume.
    fn candidate(&mut self, domain: &Domain) -> (DVec3, Option<DVec3>) {
        let mut draw = || self.random();
        let (r, s, t) = (draw(), draw(), draw());
        if domain.kind != Kind::Surface {
            return (domain.size * DVec3::new(r, s, t), None);
        }
        let total = domain.areas.last().copied().unwrap_or(0.0);
        let place = domain
            .areas
            .partition_point(|area| *area <= r * total)
            .min(domain.triangles.len() - 1);
        let [a, b, c] = domain.triangles[place];
        let (s, t) = if s + t > 1.0 {
            (1.0 - s, 1.0 - t)
        } else {
            (s, t)
        };
        (
            a + (b - a) * s + (c - a) * t,
            Some((b - a).cross(c - a).normalize_or(DVec3::Y)),
        )
    }
}

/// The centre of a bell curve: the scope's, or that of one of its sides.
fn bell_center(center: i32, size: DVec3) -> DVec3 {
    let share = match word(center) {
        Some("front") => DVec3::new(0.5, 0.5, 1.0),
        Some("back") => DVec3::new(0.5, 0.5, 0.0),
        Some("left") => DVec3::new(0.0, 0.5, 0.5),
        Some("right") => DVec3::new(1.0, 0.5, 0.5),
        Some("top") => DVec3::new(0.5, 1.0, 0.5),
        Some("bottom") => DVec3::new(0.5, 0.0, 0.5),
        _ => DVec3::splat(0.5),
    };
    size * share
}

/// A point as a shape: y along the normal, x as near the parent's x as that allows.
fn point_shape(parent: &Shape, point: DVec3, normal: Option<DVec3>) -> Shape {
    let mut shape = parent.clone();
    shape.scope.translation += parent.scope.axes * point;
    shape.scope.size = DVec3::ZERO;
    if let Some(y) = normal {
        let x = DVec3::X - y * y.x;
        let x = if x.length() > 1e-6 {
            x.normalize()
        } else {
            DVec3::NEG_Z.cross(y).cross(y).normalize_or(DVec3::Z)
        };
        shape.scope.axes = parent.scope.axes * DMat3::from_cols(x, y, x.cross(y));
    }
    let mut mesh = Mesh::default();
    mesh.add_point(DVec3::ZERO);
    shape.geometry = crate::shape::Geometry::Mesh(Rc::new(mesh));
    shape.world_from_geometry = shape.scope_frame().world_from_frame();
    shape.rest = None;
    shape
}
