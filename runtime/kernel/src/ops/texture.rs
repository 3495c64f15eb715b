//! Looks: texture coordinates, textures, materials.

use std::rc::Rc;

use glam::{DMat3, DVec2, DVec3};

use crate::Kernel;
use crate::abi::token::word;
use crate::asset::Asset;
use crate::builtin;
use crate::frame::Frame;
use crate::limits::Stop;
use crate::math;
use crate::mesh::uv::{self, Normalized};
use crate::state::{Projection, StringId};

impl Kernel {
    /// The number of a texture coordinate set, 0 to 9.
    pub(crate) fn uv_set_number(&mut self, set: f64, what: &str) -> Result<u8, Stop> {
        let set = self.finite(set, what);
        if !(0.0..10.0).contains(&set) {
            self.warn(format!(
                "{what}: texture coordinate sets are numbered 0 to 9"
            ));
        }
        Ok(set.clamp(0.0, 9.0) as u8)
    }

    /// `setupProjection`.
    #[expect(
        clippy::too_many_arguments,
        reason = "the operation has eight, see the table of functions"
    )]
    pub(crate) fn setup_projection(
        &mut self,
        set: f64,
        axes: i32,
        w: f64,
        h: f64,
        w_offset: f64,
        h_offset: f64,
        uw: f64,
        relative: i32,
    ) -> Result<(), Stop> {
        let set = self.uv_set_number(set, "setupProjection")?;
        let name = word(axes).unwrap_or("scope.xy");
        let (system, plane) = name.split_once('.').unwrap_or(("scope", name));
        let scope = self.shape.scope_frame();
        let (base, extent) = if system == "world" {
            (
                Frame::WORLD,
                (self.shape.scope_axes() * self.shape.scope.size).abs(),
            )
        } else {
            (scope, self.shape.scope.size)
        };
        let axis = |place: usize| {
            usize::from(
                plane
                    .as_bytes()
                    .get(place)
                    .map_or(0, |c| c.wrapping_sub(b'x').min(2)),
            )
        };
        let (u, v) = (axis(0), axis(1));
        let (u_axis, v_axis) = (base.axes.col(u), base.axes.col(v));
        let frame = Frame {
            origin: base.origin,
            axes: DMat3::from_cols(u_axis, v_axis, base.axes.col(3 - u - v)),
        };
        let tile = |kernel: &mut Self, value: f64, k: u32, extent: f64| {
            let size = kernel.size(value, relative, k, extent);
            if size == 0.0 { 1.0 } else { size }
        };
        let projection = Projection {
            set,
            frame,
            size: [tile(self, w, 0, extent[u]), tile(self, h, 1, extent[v])],
            offset: [
                self.size(w_offset, relative, 2, extent[u]),
                self.size(h_offset, relative, 3, extent[v]),
            ],
            uw: self.finite(uw, "setupProjection"),
        };
        let projections = Rc::make_mut(&mut self.state.projections);
        projections.retain(|other| other.set != set);
        projections.push(projection);
        Ok(())
    }

    /// `projectUV`. Without a projection the scope's xy plane is used, one unit to the metre.
    pub(crate) fn project_uv(&mut self, set: f64) -> Result<(), Stop> {
        let set = self.uv_set_number(set, "projectUV")?;
        let found = self
            .state
            .projections
            .iter()
            .find(|projection| projection.set == set)
            .copied();
        let Projection {
            frame,
            size,
            offset,
            uw,
            ..
        } = found.unwrap_or_else(|| {
            self.warn(format!("projectUV: no projection was set up for set {set}"));
            Projection {
                set,
                frame: self.shape.scope_frame(),
                size: [1.0; 2],
                offset: [0.0; 2],
                uw: 0.0,
            }
        });
        let local = frame.frame_from_world();
        // Not a rotation for left-handed planes such as yx: the axes stay orthonormal, so the transpose is the inverse.
        let map = local * self.shape.world_from_geometry;
        self.change_mesh(|mesh| {
            uv::project(mesh, set, |point: DVec3| {
                let at = map.transform_point3(point);
                DVec2::new(
                    (at.x + at.z * uw + offset[0]) / size[0],
                    (at.y + offset[1]) / size[1],
                )
            });
        })
    }

    fn change_uv(
        &mut self,
        set: f64,
        what: &str,
        map: impl Fn(DVec2) -> DVec2,
    ) -> Result<(), Stop> {
        let set = self.uv_set_number(set, what)?;
        self.change_mesh(|mesh| uv::change(mesh, set, map))
    }

    /// `translateUV`.
    pub(crate) fn translate_uv(&mut self, set: f64, u: f64, v: f64) -> Result<(), Stop> {
        let offset = DVec2::new(self.finite(u, "translateUV"), self.finite(v, "translateUV"));
        self.change_uv(set, "translateUV", |uv| uv + offset)
    }

    /// `scaleUV`.
    pub(crate) fn scale_uv(&mut self, set: f64, u: f64, v: f64) -> Result<(), Stop> {
        let factor = DVec2::new(self.finite(u, "scaleUV"), self.finite(v, "scaleUV"));
        self.change_uv(set, "scaleUV", |uv| uv * factor)
    }

    /// `rotateUV`.
    pub(crate) fn rotate_uv(&mut self, set: f64, degrees: f64) -> Result<(), Stop> {
        let (sin, cos) = math::sin_cos_degrees(self.finite(degrees, "rotateUV"));
        self.change_uv(set, "rotateUV", |uv| {
            DVec2::new(uv.x * cos - uv.y * sin, uv.x * sin + uv.y * cos)
        })
    }

    /// `normalizeUV`.
    pub(crate) fn normalize_uv(&mut self, set: f64, axes: i32, faces: i32) -> Result<(), Stop> {
        let set = self.uv_set_number(set, "normalizeUV")?;
        let what = match word(axes) {
            Some("u") => Normalized::U,
            Some("v") => Normalized::V,
            Some("uvUniform") => Normalized::Uniform,
            _ => Normalized::Both,
        };
        let by_face = word(faces) != Some("collectiveAllFaces");
        self.change_mesh(|mesh| uv::normalize(mesh, set, what, by_face))
    }

    /// `tileUV`: one unit becomes w by h metres on the surface; 0 leaves a coordinate alone.
    pub(crate) fn tile_uv(&mut self, set: f64, w: f64, h: f64, relative: i32) -> Result<(), Stop> {
        let set = self.uv_set_number(set, "tileUV")?;
        let mesh = self.mesh_in_scope()?;
        let mut factors = DVec2::ONE;
        for (axis, tile) in [w, h].into_iter().enumerate() {
            let Some(uvs) = uv::coordinates(&mesh, set) else {
                break;
            };
            let (low, high) = uv::extent(&mesh, axis, set, true).unwrap_or_default();
            let metres = uv::unit_length(&mesh, uvs, axis);
            let tile = self.size(tile, relative, u32::from(axis == 1), high - low);
            if tile != 0.0 {
                factors[axis] = metres / tile;
            }
        }
        self.change_uv(f64::from(set), "tileUV", |uv| uv * factors)
    }

    /// `deleteUV`.
    pub(crate) fn delete_uv(&mut self, set: f64) -> Result<(), Stop> {
        let set = self.uv_set_number(set, "deleteUV")?;
        self.change_mesh(|mesh| uv::remove(mesh, set))
    }

    /// `copyUV`.
    pub(crate) fn copy_uv(&mut self, from: f64, to: f64) -> Result<(), Stop> {
        let (from, to) = (
            self.uv_set_number(from, "copyUV")?,
            self.uv_set_number(to, "copyUV")?,
        );
        self.change_mesh(|mesh| uv::copy(mesh, from, to))
    }

    /// `texture`: the colour map, and the opacity map when the image has transparent pixels.
    pub(crate) fn texture(&mut self, path: i32) -> Result<(), Stop> {
        const COLOR_MAP: usize = builtin::string("colormap");
        const OPACITY_MAP: usize = builtin::string("opacitymap");
        let name = self.text(path)?;
        let path = StringId(
            u32::try_from(path).map_err(|_| Stop::Misuse("a string has a negative number"))?,
        );
        let image = self.asset(&name).map(|id| match self.asset_data(id) {
            Asset::Image(image) => image.alpha,
            Asset::Model(_) | Asset::Text(_) | Asset::Table(_) => false,
        });
        if image.is_none() && !name.is_empty() {
            self.warn(format!("texture: no image named \"{name}\""));
        }
        let none = self.intern("")?;
        self.set_material_string(COLOR_MAP, path);
        self.set_material_string(OPACITY_MAP, if image == Some(true) { path } else { none });
        Ok(())
    }
}
