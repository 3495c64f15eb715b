//! `comp` and `setback`: components become current one by one, are given to branches, then become pieces.
//!
//! Pieces come branch by branch, in the order of the text; within a branch in mesh order.

use std::rc::Rc;

use glam::DVec3;

use super::pieces::Piece;
use super::stack::Entry;
use crate::Kernel;
use crate::abi::token::word;
use crate::limits::Stop;
use crate::mesh::tags::{Kind, Tag};
use crate::ops::components::Components as Parts;
use crate::ops::goal::Goal;
use crate::ops::merge_shapes;
use crate::order::Order as _;
use crate::shape::Shape;
use crate::state::{StringId, TrimPlane};

/// How a branch takes what it is given: `:`, `=`, `=:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// One piece for each.
    Each,
    /// One piece for all.
    All,
    /// One piece for each connected set.
    Connected,
}

impl Operator {
    /// From its number in the table.
    pub(super) fn from_number(number: i32) -> Result<Self, Stop> {
        match number {
            0 => Ok(Self::Each),
            1 => Ok(Self::All),
            2 => Ok(Self::Connected),
            _ => Err(Stop::Misuse("no such operator in a block")),
        }
    }
}

/// A component given to a branch.
#[derive(Debug, Clone, Copy)]
struct Assignment {
    branch: i32,
    operator: Operator,
    selector: i32,
}

/// Components being given to branches.
#[derive(Debug)]
pub(super) struct Components {
    parts: Parts,
    assigned: Vec<Option<Assignment>>,
    /// The component that is current.
    current: Option<usize>,
    shape: Box<Shape>,
    base_center: DVec3,
    /// `comp.sel`, `comp.index` and `comp.total` of the parent.
    comp: (StringId, f64, f64),
    setback: Option<Setback>,
}

/// What a setback has besides its edges.
#[derive(Debug)]
struct Setback {
    /// One for all edges, or in the order of edges (others 0).
    distances: Vec<f64>,
    uniform: bool,
    remainder: Option<(i32, Operator)>,
    /// `setbackToArea`: the distances are the least ones.
    goal: Option<Goal>,
}

impl Setback {
    fn distance(&self, edge: usize) -> f64 {
        let edge = if self.uniform { 0 } else { edge };
        self.distances.get(edge).copied().unwrap_or(0.0)
    }
}

/// A shape on its way to be a piece.
struct Draft {
    branch: i32,
    selector: i32,
    shape: Shape,
    component: Option<usize>,
}

impl Kernel {
    /// `comp_begin` of the table.
    pub(crate) fn comp_begin(&mut self, kind: i32, align: i32) -> Result<(), Stop> {
        self.record_occluder()?;
        let shape = self.shape.clone();
        let parts = self.components(kind, align)?;
        self.begin_components(shape, parts, None)
    }

    /// `setback_begin` of the table.
    pub(crate) fn setback_begin(&mut self, distance: f64, relative: i32) -> Result<(), Stop> {
        let width = self.shape.scope.size.x.abs();
        let distance = self.size(distance, relative, 0, width);
        self.begin_setback(vec![distance], true, None)
    }

    /// `setback_to_area_begin` of the table.
    pub(crate) fn setback_to_area_begin(
        &mut self,
        area: f64,
        least: i32,
        most: i32,
    ) -> Result<(), Stop> {
        let area = self.finite(area, "setbackToArea");
        let mut distances = |array: i32| -> Result<Vec<f64>, Stop> {
            let mut distances = self.array_floats(array)?;
            for distance in &mut distances {
                *distance = self.finite(*distance, "setbackToArea").max(0.0);
            }
            Ok(distances)
        };
        let given = |array: i32| (array != -1).then_some(array);
        let least = given(least).map(&mut distances).transpose()?;
        let most = given(most).map(&mut distances).transpose()?;
        self.begin_setback(least.unwrap_or_default(), false, Some(Goal { area, most }))
    }

    /// `setback_uv_set` of the table.
    pub(crate) fn setback_uv_set(&mut self, set: f64) -> Result<(), Stop> {
        let set = self.uv_set_number(set, "setback")?;
        self.top_components()?.parts.look_at_uvs(set);
        Ok(())
    }

    /// `setback_array_begin` of the table.
    pub(crate) fn setback_array_begin(&mut self, distances: i32) -> Result<(), Stop> {
        let mut distances = self.array_floats(distances)?;
        for distance in &mut distances {
            *distance = self.finite(*distance, "setback");
        }
        self.begin_setback(distances, false, None)
    }

    fn begin_setback(
        &mut self,
        distances: Vec<f64>,
        uniform: bool,
        goal: Option<Goal>,
    ) -> Result<(), Stop> {
        let shape = self.shape.clone();
        let parts = self.setback_edges()?;
        self.begin_components(
            shape,
            parts,
            Some(Setback {
                distances,
                uniform,
                remainder: None,
                goal,
            }),
        )
    }

    fn begin_components(
        &mut self,
        shape: Box<Shape>,
        parts: Parts,
        setback: Option<Setback>,
    ) -> Result<(), Stop> {
        self.charge(1 + parts.list.len())?;
        self.derivation.ended = None;
        let assigned = vec![None; parts.list.len()];
        let base_center = std::mem::replace(&mut self.base_center, shape.scope_center());
        let components = Components {
            parts,
            assigned,
            current: None,
            shape,
            base_center,
            comp: self.state.comp,
            setback,
        };
        self.push_entry(Entry::Components(Box::new(components)))
    }

    fn top_components(&mut self) -> Result<&mut Components, Stop> {
        match self.derivation.stack.last_mut() {
            Some(Entry::Components(components)) => Ok(components),
            _ => Err(Stop::Misuse("a component outside a component split")),
        }
    }

    /// The component that is current and its number.
    fn current_component(&mut self) -> Result<(&mut Components, usize), Stop> {
        let components = self.top_components()?;
        let current = components
            .current
            .ok_or(Stop::Misuse("no component is current"))?;
        Ok((components, current))
    }

    /// `comp_next` of the table. `comp.index` counts all components here: to which branch they will go is not known yet.
    /// After the last component the parent is current again and the block leaves the stack: `comp(...)` as a function ends
    /// here, a block goes on with `comp_run` or `setback_run`.
    /// Sections of a perimeter are told the same way.
    pub(crate) fn comp_next(&mut self) -> Result<i32, Stop> {
        if let Some(Entry::Perimeter(_)) = self.derivation.stack.last() {
            return self.next_section();
        }
        self.charge(1)?;
        let components = self.top_components()?;
        let next = components.current.map_or(0, |current| current + 1);
        if let Some(part) = components.parts.list.get(next) {
            components.current = Some(next);
            let total = components.parts.list.len() as f64;
            *self.shape = part.shape.clone();
            self.state.comp = (StringId(0), next as f64, total);
            return Ok(1);
        }
        let components = self.pop_components()?;
        self.derivation.ended = Some(components);
        Ok(0)
    }

    /// `comp_token` of the table.
    pub(crate) fn comp_token(&mut self, selector: i32) -> Result<i32, Stop> {
        let (components, current) = self.current_component()?;
        Ok(i32::from(components.parts.matches(current, selector)))
    }

    /// `comp_index` of the table. Setbacks count the edges of each face and wrap.
    pub(crate) fn comp_index(&mut self, index: f64) -> Result<i32, Stop> {
        let (components, current) = self.current_component()?;
        if components.setback.is_none() {
            return Ok(i32::from(index == current as f64));
        }
        let list = &components.parts.list;
        let face = list[current].face;
        let first = list
            .iter()
            .position(|part| part.face == face)
            .unwrap_or(current);
        let count = list.iter().filter(|part| part.face == face).count();
        let wrapped = index.floor().rem_euclid(count as f64);
        Ok(i32::from(wrapped == (current - first) as f64))
    }

    /// The tags of what the component at hand is a part of; none outside the selectors of a block.
    pub(super) fn tags_around_component(&mut self) -> Result<Option<Vec<Tag>>, Stop> {
        let Some(Entry::Components(components)) = self.derivation.stack.last() else {
            return Ok(None);
        };
        let members = components.parts.members();
        let present = members.map(|members| members.present.clone());
        Ok(components.current.map(|_| present.unwrap_or_default()))
    }

    /// Whether the component at hand has one of some sorted tags, or with `part` one of its edges or vertices.
    pub(super) fn is_component_tagged(
        &mut self,
        part: Option<Kind>,
        chosen: &[Tag],
    ) -> Result<bool, Stop> {
        let (components, current) = self.current_component()?;
        let members = components.parts.members();
        Ok(members.is_some_and(|members| members.is_tagged(current, part, chosen)))
    }

    /// `comp_assign` of the table.
    pub(crate) fn comp_assign(
        &mut self,
        branch: i32,
        operator: i32,
        selector: i32,
    ) -> Result<(), Stop> {
        let operator = Operator::from_number(operator)?;
        if branch < 0 {
            return Err(Stop::Misuse("a branch is not negative"));
        }
        if let Some(Entry::Perimeter(_)) = self.derivation.stack.last() {
            return Ok(());
        }
        let (components, current) = self.current_component()?;
        components.assigned[current] = Some(Assignment {
            branch,
            operator,
            selector,
        });
        Ok(())
    }

    /// `setback_remainder` of the table.
    pub(crate) fn setback_remainder(&mut self, branch: i32, operator: i32) -> Result<(), Stop> {
        let operator = Operator::from_number(operator)?;
        let components = match self.derivation.ended {
            Some(ref mut components) => components,
            None => self.top_components()?,
        };
        let setback = components.setback.as_mut();
        let setback = setback.ok_or(Stop::Misuse("a remainder outside a setback"))?;
        setback.remainder = Some((branch, operator));
        Ok(())
    }

    /// Takes the components from the stack; the parent becomes current.
    fn pop_components(&mut self) -> Result<Box<Components>, Stop> {
        let Some(Entry::Components(components)) = self.derivation.stack.pop() else {
            return Err(Stop::Misuse("a component split is run outside of one"));
        };
        self.shape = components.shape.clone();
        self.base_center = components.base_center;
        self.state.comp = components.comp;
        Ok(components)
    }

    /// The components that have been given to branches; those of a block without selectors are still on the stack.
    fn end_components(&mut self) -> Result<Components, Stop> {
        match self.derivation.ended.take() {
            Some(components) => Ok(*components),
            None => self.pop_components().map(|components| *components),
        }
    }

    /// What a `modify` keeps: the components that no branch is given if these are made of faces, else all.
    pub(super) fn unassigned(&mut self) -> Result<Box<Shape>, Stop> {
        let components = Box::new(self.end_components()?);
        let unassigned = |k: &usize| components.assigned[*k].is_none();
        let rest: Vec<usize> = (0..components.assigned.len()).filter(unassigned).collect();
        self.charge(rest.len())?;
        let kept = if components.parts.are_faces() {
            Box::new(components.parts.merged(&rest))
        } else {
            components.shape.clone()
        };
        self.derivation.ended = Some(components);
        Ok(kept)
    }

    /// `comp_run` of the table.
    pub(crate) fn comp_run(&mut self) -> Result<(), Stop> {
        let components = self.end_components()?;
        let mut drafts = Vec::new();
        for (branch, indices) in by_branch(&components.assigned) {
            let Some(Assignment {
                operator, selector, ..
            }) = components.assigned[indices[0]]
            else {
                continue;
            };
            self.charge(indices.len())?;
            let draft = |shape, component| Draft {
                branch,
                selector,
                shape,
                component,
            };
            match operator {
                Operator::Each => {
                    let each = indices
                        .iter()
                        .map(|&k| draft(components.parts.list[k].shape.clone(), Some(k)));
                    drafts.extend(each);
                }
                Operator::All => drafts.push(draft(components.parts.merged(&indices), None)),
                Operator::Connected => {
                    let sets = components.parts.connected(&indices);
                    drafts.extend(
                        sets.iter()
                            .map(|set| draft(components.parts.merged(set), None)),
                    );
                }
            }
        }
        // Planes of an earlier component split give way to new ones (measured).
        let planes = |component: Option<usize>| {
            let planes = component.map(|k| components.parts.trim_planes(k))?;
            (!planes.is_empty()).then(|| Rc::new(planes))
        };
        self.begin_drafts(drafts, planes)
    }

    /// `setback_run` of the table.
    pub(crate) fn setback_run(&mut self) -> Result<(), Stop> {
        let components = self.end_components()?;
        let Components {
            parts,
            assigned,
            setback: Some(setback),
            ..
        } = components
        else {
            return Err(Stop::Misuse("setback_run outside a setback"));
        };
        let mut chosen: Vec<Option<(f64, i32)>> = assigned
            .iter()
            .enumerate()
            .map(|(edge, assigned)| {
                assigned.map(|assigned| (setback.distance(edge), assigned.branch))
            })
            .collect();
        if let Some(goal) = &setback.goal {
            self.reach_area(goal, &mut chosen)?;
        }
        let pieces = self.setback_pieces(&parts, &chosen)?;
        let mut drafts = Vec::new();
        for (branch, edges) in by_branch(&assigned) {
            let Some(Assignment {
                operator, selector, ..
            }) = assigned[edges[0]]
            else {
                continue;
            };
            let chains = pieces.chains.iter().filter(|chain| chain.branch == branch);
            let shapes = chains.map(|chain| chain.shape.clone()).collect();
            drafts.extend(self.drafts(branch, selector, operator, shapes));
        }
        if let Some((branch, operator)) = setback.remainder {
            let selector = crate::abi::token::token("remainder").unwrap_or(-1);
            drafts.extend(self.drafts(branch, selector, operator, pieces.remainder));
        }
        drafts.order_by_key(|draft| draft.branch);
        self.begin_drafts(drafts, |_| None)
    }

    /// One draft for each shape, or one for all.
    fn drafts(
        &self,
        branch: i32,
        selector: i32,
        operator: Operator,
        shapes: Vec<Shape>,
    ) -> Vec<Draft> {
        let shapes = match operator {
            Operator::All if shapes.len() > 1 => vec![merge_shapes(&shapes, &self.shape)],
            Operator::All | Operator::Each | Operator::Connected => shapes,
        };
        shapes
            .into_iter()
            .map(|shape| Draft {
                branch,
                selector,
                shape,
                component: None,
            })
            .collect()
    }

    /// Makes pieces with `comp.sel`, `comp.index` and `comp.total`, counted by branch.
    fn begin_drafts(
        &mut self,
        drafts: Vec<Draft>,
        planes: impl Fn(Option<usize>) -> Option<Rc<Vec<TrimPlane>>>,
    ) -> Result<(), Stop> {
        let mut pieces = Vec::with_capacity(drafts.len());
        let mut index = 0;
        for (k, draft) in drafts.iter().enumerate() {
            index = if k > 0 && drafts[k - 1].branch == draft.branch {
                index + 1
            } else {
                0
            };
            let total = drafts
                .iter()
                .skip(k - index)
                .take_while(|other| other.branch == draft.branch)
                .count();
            let selector = match word(draft.selector) {
                Some(word) => self.intern(word)?,
                None => StringId(0),
            };
            let trim_planes = planes(draft.component);
            let comp = Some((selector, index as f64, total as f64));
            pieces.push(Piece {
                comp,
                trim_planes,
                ..Piece::new(draft.branch, draft.shape.clone())
            });
        }
        self.begin_pieces(pieces)
    }

    /// Pieces of `shapeL`, `innerRectangle` and the like: the shapes of each region in the order of the branches.
    pub(super) fn begin_regions(
        &mut self,
        regions: Vec<(i32, i32, Operator, Vec<Shape>)>,
    ) -> Result<(), Stop> {
        let drafts = regions
            .into_iter()
            .flat_map(|(branch, region, operator, shapes)| {
                self.drafts(branch, region, operator, shapes)
            });
        let drafts: Vec<Draft> = drafts.collect();
        self.begin_drafts(drafts, |_| None)
    }
}

/// Components by the branch they were given to, branches in order.
fn by_branch(assigned: &[Option<Assignment>]) -> std::collections::BTreeMap<i32, Vec<usize>> {
    let mut branches = std::collections::BTreeMap::new();
    for (k, assignment) in assigned.iter().enumerate() {
        if let Some(assignment) = assignment {
            branches
                .entry(assignment.branch)
                .or_insert_with(Vec::new)
                .push(k);
        }
    }
    branches
}
