//! `inline`: children are derived at once and what would be leaves is merged into the current shape.

use std::rc::Rc;

use super::derivation::{Item, Running};
use super::stack::{Entry, Progress, Saved};
use crate::Kernel;
use crate::abi::token::word;
use crate::limits::Stop;
use crate::mesh::boolean::unite;
use crate::mesh::{Mesh, merge};
use crate::ops::fit_mesh;
use crate::shape::{Rest, Shape};
use crate::state::{Slot, State, StringId};

/// How geometries become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strategy {
    /// They are put together as they are.
    Append,
    /// Their union.
    Unify,
    /// They are connected as they were before they were taken apart.
    Recompose,
    /// The same, in the current shape's scope, with what was not taken.
    Modify,
}

/// A shape that an inline derivation made.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) shape: Box<Shape>,
    pub(super) state: State,
    /// Whether it is seen, or only moves what is connected with it.
    pub(super) visible: bool,
}

/// An inline derivation on the stack.
#[derive(Debug)]
pub(super) struct Inline {
    parent: Saved,
    pub(super) strategy: Strategy,
    /// Children made by the rule before `inline`.
    #[expect(clippy::vec_box, reason = "as the lists of the derivation")]
    children: Vec<Box<Item>>,
    arguments: Vec<Slot>,
    running: Option<Running>,
    path: Vec<u32>,
    worklist_floor: usize,
    stack_floor: usize,
    /// Parts that were there before.
    parts: usize,
    derived: bool,
}

impl Kernel {
    /// `inline_begin` of the table.
    pub(crate) fn inline_begin(&mut self, strategy: i32) -> Result<(), Stop> {
        let strategy = match word(strategy) {
            Some("unify") => Strategy::Unify,
            Some("recompose") => Strategy::Recompose,
            None => Strategy::Modify,
            _ => Strategy::Append,
        };
        let inline = Inline {
            parent: self.save(),
            strategy,
            children: std::mem::take(&mut self.derivation.children),
            arguments: Vec::new(),
            running: None,
            path: Vec::new(),
            worklist_floor: self.derivation.worklist_floor,
            stack_floor: self.derivation.stack_floor,
            parts: self.derivation.parts.len(),
            derived: false,
        };
        let dead = self.derivation.progress.dead;
        self.derivation.progress = Progress {
            produced: false,
            dead,
        };
        self.push_entry(Entry::Inline(Box::new(inline)))?;
        if self.is_recomposing() {
            self.shape.rest = Some(Rest::new(self.shape.world_from_geometry, None));
        }
        Ok(())
    }

    /// `inline_derive` of the table.
    pub(crate) fn inline_derive(&mut self) -> Result<(), Stop> {
        let Some(Entry::Inline(_)) = self.derivation.stack.last() else {
            return Err(Stop::Misuse("inline_derive without inline_begin"));
        };
        let Progress { produced, dead } = self.derivation.progress;
        if !produced && !dead && self.strategy() != Some(Strategy::Modify) {
            self.add_leaf(self.shape.clone(), StringId(0))?;
        }
        let floor = self.derivation.worklist.len();
        let derivation = &mut self.derivation;
        let stack_floor = derivation.stack.len();
        let Some(Entry::Inline(inline)) = derivation.stack.last_mut() else {
            return Err(Stop::Misuse("inline_derive without inline_begin"));
        };
        inline.running = derivation.running.take();
        inline.arguments = std::mem::take(&mut derivation.arguments);
        inline.path.clone_from(&derivation.path);
        inline.derived = true;
        let children = std::mem::take(&mut derivation.children);
        derivation.worklist.extend(children.into_iter().rev());
        derivation.worklist_floor = floor;
        derivation.stack_floor = stack_floor;
        Ok(())
    }

    /// `inline_end` of the table.
    pub(crate) fn inline_end(&mut self) -> Result<(), Stop> {
        let Some(Entry::Inline(inline)) = self.derivation.stack.pop() else {
            return Err(Stop::Misuse("inline_end without inline_begin"));
        };
        let Inline {
            parent,
            strategy,
            children,
            arguments,
            running,
            path,
            worklist_floor,
            stack_floor,
            parts,
            derived,
        } = *inline;
        if !derived || self.derivation.worklist.len() != self.derivation.worklist_floor {
            return Err(Stop::Misuse("inline_end before the derivation ended"));
        }
        let derivation = &mut self.derivation;
        derivation.children = children;
        derivation.arguments = arguments;
        derivation.running = running;
        derivation.path = path;
        derivation.worklist_floor = worklist_floor;
        derivation.stack_floor = stack_floor;
        let parts = derivation.parts.split_off(parts);
        self.restore(parent);
        self.merge_parts(parts, strategy)
    }

    /// Adds a shape to those that the innermost inline derivation merges.
    pub(super) fn add_part(&mut self, shape: Box<Shape>, visible: bool) -> Result<(), Stop> {
        self.charge_shape()?;
        self.charge_vertices(&shape)?;
        let state = self.state.clone();
        self.derivation.parts.push(Part {
            shape,
            state,
            visible,
        });
        Ok(())
    }

    /// Makes parts the current shape. One is taken as it is; of several the geometry is merged in the scope's orientation.
    fn merge_parts(&mut self, mut parts: Vec<Part>, strategy: Strategy) -> Result<(), Stop> {
        if parts.len() == 1
            && strategy != Strategy::Modify
            && let Some(part) = parts.pop_if(|part| part.visible)
        {
            self.shape = part.shape;
            self.take_state(part.state);
            if strategy == Strategy::Unify {
                let mesh = self.mesh_in_scope()?;
                let united = self.united([&*mesh])?;
                fit_mesh(&mut self.shape, united);
            }
            return Ok(());
        }
        let meshes = self.part_meshes(&parts)?;
        if matches!(strategy, Strategy::Recompose | Strategy::Modify) {
            self.recompose_parts(&parts, meshes)?;
        } else {
            let rests = self.rests_of(&parts);
            let merged = match strategy {
                Strategy::Unify => self.united(&meshes)?,
                _ => self.appended(&meshes)?,
            };
            fit_mesh(&mut self.shape, merged);
            self.rest_in(rests);
        }
        self.agree(parts);
        Ok(())
    }

    fn appended(&mut self, meshes: &[Mesh]) -> Result<Mesh, Stop> {
        let mut merged = Mesh::default();
        for mesh in meshes {
            self.charge(mesh.corners.len() / 4)?;
            merge::append(&mut merged, mesh);
        }
        Ok(merged)
    }

    /// The geometry of each part in the current scope's coordinates, with materials written to faces if parts differ in these.
    fn part_meshes(&mut self, parts: &[Part]) -> Result<Vec<Mesh>, Stop> {
        let scope_from_world = self.shape.scope_frame().frame_from_world();
        let mut materials = seen(parts).map(|state| &state.material);
        let first = materials.next();
        let one_look = materials.all(|material| Some(material) == first);
        let mut meshes = Vec::with_capacity(parts.len());
        for Part { shape, state, .. } in parts {
            let mesh = self.mesh_of(shape);
            self.charge(1 + mesh.corners.len() / 8)?;
            let mut mesh = mesh.transformed(&(scope_from_world * shape.world_from_geometry));
            if !one_look {
                self.written.write(&state.material, &mut mesh);
            }
            meshes.push(mesh);
        }
        Ok(meshes)
    }

    /// The union of meshes, each of which may lie on itself.
    fn united<'a>(&mut self, meshes: impl IntoIterator<Item = &'a Mesh>) -> Result<Mesh, Stop> {
        let mut parts = unite::Parts::default();
        for mesh in meshes {
            self.charge(1 + mesh.corners.len() / 2)?;
            parts.add(mesh);
        }
        while parts.unite(|units| self.charge(units))? {}
        Ok(parts.into_mesh())
    }

    /// Takes over all but what belongs to the current shape alone: its random stream and its place among others.
    pub(super) fn take_state(&mut self, state: State) {
        let own = std::mem::replace(&mut self.state, state);
        let State {
            seed,
            drawn,
            split,
            comp,
            lineage,
            ..
        } = own;
        self.state.seed = seed;
        self.state.drawn = drawn;
        self.state.split = split;
        self.state.comp = comp;
        self.state.lineage = lineage;
    }

    /// Takes over the attributes on which parts agree. Materials that differ have been written to the faces: the shape's own is
    /// no longer set explicitly, so that it does not cover them.
    fn agree(&mut self, parts: Vec<Part>) {
        let mut states = seen(&parts);
        let Some(first) = states.next() else {
            return;
        };
        let (mut attributes, material) = (first.attributes.clone(), first.material.clone());
        let mut one_look = true;
        for state in states {
            one_look &= state.material == material;
            if Rc::ptr_eq(&attributes, &state.attributes) {
                continue;
            }
            let own = Rc::clone(&self.state.attributes);
            let agreed = Rc::make_mut(&mut attributes);
            for ((agreed, other), own) in agreed.iter_mut().zip(&*state.attributes).zip(&*own) {
                if agreed != other {
                    *agreed = *own;
                }
            }
        }
        self.state.attributes = attributes;
        if one_look {
            self.state.material = material;
        } else {
            self.forget_set();
        }
    }

    /// What is set on the material no longer counts as set explicitly.
    pub(super) fn forget_set(&mut self) {
        let material = Rc::make_mut(&mut self.state.material);
        (material.numbers_set, material.strings_set) = (0, 0);
    }
}

/// The states of parts that are seen.
fn seen(parts: &[Part]) -> impl Iterator<Item = &State> {
    parts
        .iter()
        .filter(|part| part.visible)
        .map(|part| &part.state)
}
