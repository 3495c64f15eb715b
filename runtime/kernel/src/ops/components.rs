//! The components of the current shape, for `comp` and `setback`.

use std::rc::Rc;

use crate::Kernel;
use crate::abi::token::word;
use crate::frame::Frame;
use crate::limits::Stop;
use crate::mesh::component::{self, Component, Streets, UvEdges};
use crate::mesh::tags::members::Members;
use crate::shape::{Geometry, Shape};
use crate::state::TrimPlane;

/// Components with what is needed to choose and to merge them.
#[derive(Debug)]
pub(crate) struct Components {
    /// In mesh order.
    pub(crate) list: Vec<Component>,
    /// The token of the kind of components.
    kind: i32,
    parent: Box<Shape>,
    object: Frame,
    streets: Option<Rc<Streets>>,
    /// The edges of faces in texture space; made when first asked for.
    uvs: std::cell::OnceCell<UvEdges>,
    uv_set: u8,
    /// By face; made when first asked for.
    planes: std::cell::OnceCell<Vec<Vec<TrimPlane>>>,
    /// Made when first asked for; none without tags.
    members: std::cell::OnceCell<Option<Box<Members>>>,
}

impl Components {
    /// Whether a component is chosen by a selector token.
    pub(crate) fn matches(&self, index: usize, selector: i32) -> bool {
        if let Some(side) = word(selector).and_then(|word| word.strip_prefix("uv.")) {
            let uvs = || UvEdges::new(&self.parent, self.uv_set);
            let is_edge = self.list[index].edge.is_some() && self.list[index].face.is_some();
            return is_edge && self.uvs.get_or_init(uvs).matches(index, side);
        }
        let component = &self.list[index];
        let on_street = self.streets.as_ref().and_then(|streets| {
            let place = component.shape.scope_center();
            component::on_street(streets, component.normal, place, selector)
        });
        if let Some(on_street) = on_street {
            return on_street;
        }
        component::matches(component, &self.parent, &self.object, selector)
    }

    /// The set of texture coordinates that selectors look at.
    pub(crate) fn look_at_uvs(&mut self, set: u8) {
        (self.uv_set, self.uvs) = (set, std::cell::OnceCell::new());
    }

    /// Whether the components together are the faces of the parent.
    pub(crate) fn are_faces(&self) -> bool {
        matches!(word(self.kind), Some("f" | "g" | "m"))
    }

    /// What of the parent each is, if the parent has tags.
    pub(crate) fn members(&self) -> Option<&Members> {
        let make = || match &self.parent.geometry {
            Geometry::Mesh(mesh) if mesh.tags.is_some() => {
                let world = mesh.transformed(&self.parent.world_from_geometry);
                Members::new(world, self.kind)
            }
            Geometry::Mesh(_) | Geometry::Asset(_) => None,
        };
        self.members.get_or_init(make).as_deref()
    }

    /// The planes that `:` puts on the edges of a face; none for other components.
    pub(crate) fn trim_planes(&self, index: usize) -> Vec<TrimPlane> {
        let component = &self.list[index];
        let (Some(face), None) = (component.face, component.edge) else {
            return Vec::new();
        };
        let planes = self
            .planes
            .get_or_init(|| component::all_trim_planes(&self.parent));
        planes.get(face as usize).cloned().unwrap_or_default()
    }

    /// Components as one shape in the parent's pivot and orientation.
    pub(crate) fn merged(&self, indices: &[usize]) -> Shape {
        component::merged(&self.chosen(indices), &self.parent)
    }

    /// Groups components that touch each other.
    pub(crate) fn connected(&self, indices: &[usize]) -> Vec<Vec<usize>> {
        let groups = component::connected(&self.chosen(indices));
        groups
            .into_iter()
            .map(|group| group.into_iter().map(|k| indices[k]).collect())
            .collect()
    }

    fn chosen(&self, indices: &[usize]) -> Vec<&Component> {
        indices.iter().map(|&index| &self.list[index]).collect()
    }
}

impl Kernel {
    /// Takes the current shape apart: kind and alignment tokens as in `comp`.
    ///
    /// # Errors
    /// [`Stop::Gas`].
    pub(crate) fn components(&mut self, kind: i32, align: i32) -> Result<Components, Stop> {
        self.bake()?;
        let corners = self.own_mesh().corners.len();
        self.charge(1 + corners / 4)?;
        if !matches!(
            word(kind),
            Some("f" | "e" | "fe" | "v" | "fv" | "g" | "m" | "h")
        ) {
            self.warn("comp: unknown kind of components".to_owned());
        }
        let list = component::components(&self.shape, kind, align);
        Ok(Components {
            list,
            kind,
            parent: self.shape.clone(),
            object: self.object,
            streets: self.streets.clone(),
            uvs: std::cell::OnceCell::new(),
            uv_set: 0,
            planes: std::cell::OnceCell::new(),
            members: std::cell::OnceCell::new(),
        })
    }
}
