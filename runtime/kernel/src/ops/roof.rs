//! Roofs over every face of the shape. Each body has the face reversed as its bottom, then one face for each edge, which
//! starts with that edge.

use glam::{DVec2, DVec3};

use crate::Kernel;
use crate::abi::token::word;
use crate::limits::Stop;
use crate::math;
use crate::mesh::cut::half_space;
use crate::mesh::extrude::{Sweep, SweepTags, pyramid, sweep_faces};
use crate::mesh::flat::FlatFace;
use crate::mesh::tags::Tag;
use crate::mesh::{Mesh, cleanup, merge};
use crate::ops::align::wrap;
use crate::ops::offset::{WELD, scope_direction};
use crate::polygon::Ring;
use crate::skeleton::SkeletonError;
use crate::skeleton::roof::{RoofForm, RoofOptions, RoofSlope, roof_with};

impl Kernel {
    /// `roofGable`.
    #[expect(
        clippy::too_many_arguments,
        reason = "the operation has six, see the table of functions"
    )]
    pub(crate) fn roof_gable(
        &mut self,
        mode: i32,
        value: f64,
        overhang_x: f64,
        overhang_y: f64,
        even: i32,
        index: f64,
    ) -> Result<(), Stop> {
        let options = RoofOptions {
            eave_overhang: self.finite(overhang_x, "roofGable").max(0.0),
            gable_overhang: self.finite(overhang_y, "roofGable").max(0.0),
            level_ridges: even != 0,
        };
        let index = self.finite(index, "roofGable");
        let index = (index >= 0.0).then_some(index);
        self.skeleton_roof("roofGable", mode, value, options, |edges| RoofForm::Gable {
            index: index.map(|index| wrap(index, edges)),
        })
    }

    /// `roofHip`.
    pub(crate) fn roof_hip(
        &mut self,
        mode: i32,
        value: f64,
        overhang: f64,
        even: i32,
    ) -> Result<(), Stop> {
        let eave_overhang = self.finite(overhang, "roofHip").max(0.0);
        let options = RoofOptions {
            eave_overhang,
            gable_overhang: 0.0,
            level_ridges: even != 0,
        };
        self.skeleton_roof("roofHip", mode, value, options, |_| RoofForm::Hip)
    }

    fn skeleton_roof(
        &mut self,
        what: &str,
        mode: i32,
        value: f64,
        options: RoofOptions,
        form: impl Fn(usize) -> RoofForm,
    ) -> Result<(), Stop> {
        let value = self.finite(value, what);
        self.on_every_face(what, |kernel, base, flat| {
            let edges = flat.polygon.edge_count();
            kernel.charge(1 + edges * edges)?;
            let slope = if word(mode) == Some("byHeight") {
                RoofSlope::Height(value)
            } else {
                RoofSlope::Angle(value)
            };
            Ok(
                match skeleton_body(base, flat, form(edges), slope, options) {
                    Ok(body) => Some(body),
                    Err(error) => {
                        kernel.warn(format!("{what}: {error}; the face stays flat"));
                        None
                    }
                },
            )
        })
    }

    /// `roof` of old files.
    pub(crate) fn roof(&mut self, kind: i32, angle: f64, overhang: f64) -> Result<(), Stop> {
        let by_angle = crate::abi::token::token("byAngle").unwrap_or(-1);
        match word(kind) {
            Some("hip") => self.roof_hip(by_angle, angle, overhang, 0),
            Some("pyramid") => self.roof_pyramid(by_angle, angle),
            Some("shed") => self.roof_shed(by_angle, angle, 0.0),
            _ => self.roof_gable(by_angle, angle, overhang, overhang, 0, -1.0),
        }
    }

    /// `roofPyramid`: the apex stands over the mean of the corners.
    pub(crate) fn roof_pyramid(&mut self, mode: i32, value: f64) -> Result<(), Stop> {
        let value = self.finite(value, "roofPyramid");
        self.on_every_face("roofPyramid", |_, base, flat| {
            let ring = &flat.polygon.rings[0];
            let mean = ring.iter().sum::<DVec2>() / ring.len() as f64;
            let height = match word(mode) {
                Some("byHeight") => value,
                _ => {
                    let (a, b) = flat.polygon.edge(0);
                    let distance = (mean - a).perp_dot((b - a).normalize_or_zero()).abs();
                    math::tan_degrees(value.clamp(-89.9, 89.9)) * distance
                }
            };
            Ok((height != 0.0).then(|| {
                let mut body = pyramid(base, 0, flat.lift(mean, height), height < 0.0);
                body.tag_faces(|face| {
                    if face == 0 {
                        Tag::ROOF_BOTTOM
                    } else {
                        Tag::ROOF_TOP
                    }
                });
                body
            }))
        })
    }

    /// `roofShed`: one plane that rises from an edge.
    pub(crate) fn roof_shed(&mut self, mode: i32, value: f64, index: f64) -> Result<(), Stop> {
        let value = self.finite(value, "roofShed");
        let index = self.finite(index, "roofShed");
        self.on_every_face("roofShed", |_, _, flat| {
            let ring = &flat.polygon.rings[0];
            let (a, b) = flat.polygon.edge(wrap(index, ring.len()));
            let along = (b - a).normalize_or_zero();
            let distance = |p: DVec2| along.perp_dot(p - a);
            let farthest = ring.iter().map(|&p| distance(p)).fold(0.0, f64::max);
            let rise = match word(mode) {
                Some("byHeight") => value / farthest,
                _ => math::tan_degrees(value.clamp(-89.9, 89.9)),
            };
            Ok(
                (rise.is_finite() && rise != 0.0)
                    .then(|| raised_body(flat, |p| distance(p) * rise)),
            )
        })
    }

    /// `roofRidge`: two planes with a ridge along the scope's x axis.
    pub(crate) fn roof_ridge(&mut self, mode: i32, value: f64) -> Result<(), Stop> {
        let value = self.finite(value, "roofRidge");
        self.on_every_face("roofRidge", |_, base, flat| {
            let across = scope_direction(flat).perp();
            let places = flat.polygon.points().map(|p| p.dot(across));
            let (low, high) = places.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| {
                (l.min(x), h.max(x))
            });
            let half = 0.5 * (high - low);
            let rise = match word(mode) {
                Some("byHeight") => value / half,
                _ => math::tan_degrees(value.clamp(-89.9, 89.9)),
            };
            if !(rise.is_finite() && rise > 0.0) {
                return Ok(None);
            }
            let sweep = Sweep::FaceNormal(2.0 * rise * half);
            let mut body = sweep_faces(base, sweep, DVec3::Z, &RIDGE);
            for (side, edge) in [(-1.0, low), (1.0, high)] {
                let foot = flat.lift(across * edge, 0.0);
                let outward = flat.lift(across * (edge + side), 0.0) - foot;
                let normal = (outward * rise + flat.normal).normalize();
                body = half_space(&body, normal, normal.dot(foot));
                let face = base.tags.as_ref().map(|tags| &tags.faces[0]);
                body.tag_new_faces("roof", Tag::ROOF_TOP, face);
            }
            Ok(Some(body))
        })
    }

    /// Replaces every face by a body on it; faces for which there is none stay. The scope turns as for `extrude`.
    fn on_every_face(
        &mut self,
        what: &str,
        mut body: impl FnMut(&mut Self, &Mesh, &FlatFace) -> Result<Option<Mesh>, Stop>,
    ) -> Result<(), Stop> {
        let mesh = self.mesh_to_tag(Some("roof"))?;
        if mesh.face_count() == 0 {
            self.warn(format!("{what}: the shape has no faces"));
            return Ok(());
        }
        let mut result = Mesh::default();
        let mut height = 1.0;
        for face in 0..mesh.face_count() {
            let base = mesh.subset(&[face]);
            self.charge(1 + base.corners.len())?;
            let made = match FlatFace::new(&mesh, face) {
                Some(flat) => body(self, &base, &flat)?.map(|body| (body, flat)),
                None => None,
            };
            match made {
                Some((mut body, flat)) => {
                    cleanup::weld(&mut body, WELD);
                    body.normals.clear();
                    let highest = body
                        .points
                        .iter()
                        .map(|&p| (p - base.points[0]).dot(flat.normal));
                    if face == 0 {
                        height = highest
                            .fold(0.0, |far: f64, h| if h.abs() > far.abs() { h } else { far });
                    }
                    merge::append(&mut result, &body);
                }
                None => merge::append(&mut result, &base),
            }
        }
        self.set_swept(result, mesh.normal(0), height);
        Ok(())
    }
}

/// The tags of `roofRidge` before its roof is cut.
const RIDGE: SweepTags = SweepTags {
    bottom: Tag::ROOF_BOTTOM,
    top: Tag::ROOF_TOP,
    outer: Tag::ROOF_OUTER,
    inner: Tag::ROOF_INNER,
};

/// A hip or gable roof: bottom, then a face for each edge.
fn skeleton_body(
    base: &Mesh,
    flat: &FlatFace,
    form: RoofForm,
    slope: RoofSlope,
    options: RoofOptions,
) -> Result<Mesh, SkeletonError> {
    let roof = roof_with(&flat.polygon, form, slope, options)?;
    let mut body = base.clone();
    body.flip();
    body.tag_faces(|_| Tag::ROOF_BOTTOM);
    for face in &roof.faces {
        let ring: Vec<DVec3> = face
            .ring
            .iter()
            .map(|&point| roof.points[point as usize])
            .collect();
        let mut made = flat.mesh_of_raised(&[ring]);
        flat.tag_grown_face(&mut made, face.edge);
        made.tag_faces(|_| {
            if face.vertical {
                Tag::ROOF_SIDE
            } else {
                Tag::ROOF_TOP
            }
        });
        merge::append(&mut body, &made);
    }
    Ok(body)
}

/// A body whose top stands at a height over each point of the face: bottom, one wall for each edge that rises, then
/// the top.
fn raised_body(flat: &FlatFace, height: impl Fn(DVec2) -> f64) -> Mesh {
    let settled = |p: DVec2| {
        let height = height(p);
        if height.abs() < 1e-9 { 0.0 } else { height }
    };
    let flat_rings = |rings: &[Ring]| -> Vec<Vec<DVec3>> {
        rings
            .iter()
            .map(|ring| ring.iter().map(|&p| p.extend(settled(p))).collect())
            .collect()
    };
    let mut body = flat.mesh_of(&flat.polygon.rings);
    body.flip();
    body.tag_faces(|_| Tag::ROOF_BOTTOM);
    let outline = flat.polygon.rings[0].len();
    for (edge, (a, b)) in flat.polygon.edges().enumerate() {
        let (low_a, low_b) = (a.extend(0.0), b.extend(0.0));
        let (high_a, high_b) = (a.extend(settled(a)), b.extend(settled(b)));
        let mut wall = vec![low_a, low_b, high_b, high_a];
        wall.dedup();
        if wall.len() > 1 && wall[0] == wall[wall.len() - 1] {
            wall.pop();
        }
        if wall.len() >= 3 {
            let mut wall = flat.mesh_of_raised(&[wall]);
            flat.tag_grown_face(&mut wall, crate::mesh::index(edge));
            wall.tag_faces(|_| {
                if edge < outline {
                    Tag::ROOF_OUTER
                } else {
                    Tag::ROOF_INNER
                }
            });
            merge::append(&mut body, &wall);
        }
    }
    let mut top = flat.mesh_of_raised(&flat_rings(&flat.polygon.rings));
    top.tag_faces(|_| Tag::ROOF_TOP);
    merge::append(&mut body, &top);
    let lowest = flat.polygon.points().map(&settled).fold(0.0, f64::min);
    let highest = flat.polygon.points().map(&settled).fold(0.0, f64::max);
    if -lowest > highest {
        body.flip();
    }
    body
}
