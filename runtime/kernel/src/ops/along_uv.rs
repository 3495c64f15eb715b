//! `insertAlongUV`: a model bent onto the faces of the shape along their texture coordinates.

use std::rc::Rc;

use glam::DVec3;

use crate::Kernel;
use crate::abi::token::word;
use crate::limits::Stop;
use crate::mesh::{Mesh, along_uv, cleanup, primitive};
use crate::ops::fit_mesh;

/// Points nearer than this, in metres, become one where patches meet.
const WELD: f64 = 1e-6;

impl Kernel {
    /// `insertAlongUV`.
    pub(crate) fn insert_along_uv(
        &mut self,
        set: f64,
        path: i32,
        height: f64,
        direction: i32,
        alignment: i32,
    ) -> Result<(), Stop> {
        let set = self.uv_set_number(set, "insertAlongUV")?;
        let height = self.finite(height, "insertAlongUV");
        let surface = self.mesh_in_scope()?;
        let mut laid = Mesh::default();
        if let Some(model) = self.model_along_uv(path)? {
            let up = (word(direction) != Some("vertex.normal")).then_some(DVec3::Y);
            let tile = along_uv::tile(&model, height, word(alignment) == Some("keepPosition"));
            self.charge(1 + surface.corners.len() + tile.corners.len() / 8)?;
            if let Some((patches, left_out)) = along_uv::patches(&surface, set, up) {
                if left_out > 0 {
                    self.warn(format!(
                        "insertAlongUV: {left_out} faces are neither triangles nor quadrilaterals and get nothing: use \
                         convexify or split before"
                    ));
                }
                self.lay_tiles(&tile, &patches, &mut laid)?;
            } else {
                self.warn(format!(
                    "insertAlongUV: there are no texture coordinates in set {set}: use setupProjection and projectUV before"
                ));
            }
        }
        self.charge(laid.corners.len())?;
        cleanup::weld(&mut laid, WELD);
        self.shape.rest = None;
        fit_mesh(&mut self.shape, laid);
        Ok(())
    }

    /// The model of this name, in its own coordinates.
    fn model_along_uv(&mut self, path: i32) -> Result<Option<Rc<Mesh>>, Stop> {
        let name = self.text(path)?;
        if matches!(&*name, "builtin:cube" | "builtin:cube:notex") {
            return Ok(Some(Rc::new(primitive::cube())));
        }
        let found = self.asset(&name).and_then(|id| self.baked(id));
        if found.is_none() {
            self.warn(format!("insertAlongUV: no model named \"{name}\""));
        }
        Ok(found.map(|baked| baked.mesh))
    }

    fn lay_tiles(
        &mut self,
        tile: &Mesh,
        patches: &[along_uv::Patch],
        laid: &mut Mesh,
    ) -> Result<(), Stop> {
        for patch in patches {
            let [along_u, along_v] = patch.tiles();
            for u in along_u {
                for v in along_v.clone() {
                    self.charge(1 + tile.corners.len() / 2)?;
                    patch.lay(tile, [u, v], laid);
                    if laid.corners.len() > self.recipe.limits.vertices as usize {
                        return Err(Stop::Vertices);
                    }
                }
            }
        }
        Ok(())
    }
}
