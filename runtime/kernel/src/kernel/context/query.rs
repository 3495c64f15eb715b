//! The queries themselves.

use std::rc::Rc;

use super::distance::{Scope, distance};
use super::occluder::{Lineage, Occluder, Tree};
use crate::Kernel;
use crate::abi::token::word;
use crate::extent::Extent;
use crate::limits::Stop;
use crate::mesh::boolean::{Relation, relate};
use crate::mesh::{Mesh, measure};
use crate::state::StringId;

/// What is closer than this touches, in metres.
const TOUCH: f64 = 1e-4;

/// Where a query looks, as this derivation answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Target {
    intra: bool,
    inter: bool,
}

/// The last answer: rules ask `inside`, then `overlaps`, then `touches` of one shape.
#[derive(Debug)]
pub(super) struct Answer {
    mesh: Rc<Mesh>,
    world_from_mesh: glam::DAffine3,
    lineage: Option<Rc<Lineage>>,
    target: Target,
    label: Option<StringId>,
    relation: Relation,
}

impl Kernel {
    /// `inside`, `overlaps` and `touches` of the table.
    pub(crate) fn occlusion(
        &mut self,
        question: i32,
        target: i32,
        label: i32,
    ) -> Result<i32, Stop> {
        let target = self.target(target);
        let label = Some(self.string_id(label)?).filter(|&label| label != StringId(0));
        let relation = self.relation(target, label)?;
        Ok(i32::from(match question {
            0 => relation.inside,
            1 => relation.overlaps,
            _ => relation.touches,
        }))
    }

    /// `minimumDistance` of the table.
    pub(crate) fn minimum_distance(&mut self, target: i32, label: i32) -> Result<f64, Stop> {
        let scope = Scope::new((self.shape.scope_frame(), self.shape.scope.size));
        let (target, label) = (self.target(target), self.string_id(label)?);
        let mut least = f64::INFINITY;
        for tree in self.trees(target, 1) {
            self.charge(tree.count())?;
            for occluder in tree.labelled(label) {
                self.charge(20)?;
                least = least.min(distance(&scope, &Scope::new(occluder.scope)));
            }
        }
        Ok(least)
    }

    /// `contextCount` of the table.
    pub(crate) fn context_count(&mut self, target: i32, label: i32) -> Result<f64, Stop> {
        let (target, label) = (self.target(target), self.string_id(label)?);
        let mut count = 0;
        for tree in self.trees(target, 1) {
            self.charge(tree.count())?;
            count += tree.labelled(label).count();
        }
        Ok(count as f64)
    }

    /// `contextCompare` of the table: how many labelled shapes come before the current one.
    pub(crate) fn context_compare(
        &mut self,
        target: i32,
        label: i32,
        order: i32,
    ) -> Result<f64, Stop> {
        let (target, label) = (self.target(target), self.string_id(label)?);
        let order = word(order).unwrap_or("");
        let mesh = self.world_mesh()?;
        let extent = Extent::of(mesh.points.iter().copied());
        let own = rank_value(order, &extent, || area(&mesh));
        let mut before = 0;
        for tree in self.trees(target, 1) {
            self.charge(tree.count())?;
            for occluder in tree.labelled(label) {
                self.charge(1 + occluder.solid().corners.len() / 8)?;
                let value = rank_value(order, occluder.extent(), || area(occluder.solid()));
                before += i32::from(value > own + TOUCH);
            }
        }
        Ok(f64::from(before))
    }

    /// `label` of the table.
    pub(crate) fn label(&mut self, label: i32) -> Result<(), Stop> {
        let label = self.string_id(label)?;
        if label == StringId(0) {
            self.warn("label: the label is empty, nothing is labelled");
            return Ok(());
        }
        if !self.is_rehearsal() || self.derivation.progress.dead {
            return Ok(());
        }
        let (shape, lineage) = (self.shape.clone(), self.state.lineage.clone());
        self.record(&shape, Some(label), lineage)
    }

    /// Where a query looks in this derivation; what it does not answer is remembered as asked.
    fn target(&mut self, target: i32) -> Target {
        let target = word(target);
        let (intra, inter) = (target != Some("inter"), target != Some("intra"));
        let Some(context) = &mut self.context else {
            return Target {
                intra: false,
                inter: false,
            };
        };
        let pass = context.current;
        context.asked[0] |= intra && !pass.intra;
        context.asked[1] |= inter && !pass.inter;
        Target {
            intra: intra && pass.intra,
            inter: inter && pass.inter,
        }
    }

    /// The shapes that a query looks at, for occlusion (0) or by label (1).
    fn trees(&self, target: Target, kind: usize) -> Vec<Rc<Tree>> {
        let Some(context) = &self.context else {
            return Vec::new();
        };
        let own = target.intra.then(|| Rc::clone(&context.own));
        let near = context.near[kind].iter().filter(|_| target.inter);
        let others = near.filter_map(|number| context.others.get(number));
        own.into_iter()
            .chain(others.map(|other| Rc::clone(&other.tree)))
            .collect()
    }

    /// The geometry in the world.
    fn world_mesh(&mut self) -> Result<Mesh, Stop> {
        let mesh = self.own_mesh();
        self.charge(1 + mesh.corners.len() / 8)?;
        Ok(mesh.transformed(&self.shape.world_from_geometry))
    }

    /// How the current shape lies to those that a query looks at.
    fn relation(&mut self, target: Target, label: Option<StringId>) -> Result<Relation, Stop> {
        let own = self.own_mesh();
        let world_from_mesh = self.shape.world_from_geometry;
        let Some(context) = &self.context else {
            return Ok(Relation::default());
        };
        if let Some(last) = &context.last
            && Rc::ptr_eq(&last.mesh, &own)
            && is_same(&last.lineage, &self.state.lineage)
            && (last.target, last.label) == (target, label)
            && last.world_from_mesh == world_from_mesh
        {
            return Ok(last.relation);
        }
        let mut relation = Relation::default();
        if own.face_count() > 0 && (target.intra || target.inter) {
            relation = self.relation_to(target, label)?;
        }
        if let Some(context) = &mut self.context {
            context.last = Some(Answer {
                mesh: own,
                world_from_mesh,
                lineage: self.state.lineage.clone(),
                target,
                label,
                relation,
            });
        }
        Ok(relation)
    }

    fn relation_to(&mut self, target: Target, label: Option<StringId>) -> Result<Relation, Stop> {
        let mesh = self.world_mesh()?;
        let extent = Extent::of(mesh.points.iter().copied()).grown(TOUCH);
        let mut relation = Relation::default();
        for (number, tree) in self.trees(target, 0).iter().enumerate() {
            let is_own = target.intra && number == 0;
            for occluder in tree.meeting(&extent) {
                self.charge(1)?;
                if !self.occludes(occluder, label, is_own) {
                    continue;
                }
                self.charge(2 * (mesh.corners.len() + occluder.solid().corners.len()))?;
                relation = relation | relate(&mesh, occluder.solid(), TOUCH);
                if relation.is_complete() {
                    return Ok(relation);
                }
            }
        }
        Ok(relation)
    }

    /// Whether a shape is one that the current one asks about.
    fn occludes(&self, occluder: &Occluder, label: Option<StringId>, is_own: bool) -> bool {
        occluder.is_closed
            && (label.is_none() || occluder.label == label)
            && !(is_own && occluder.is_related(self.state.lineage.as_ref()))
    }
}

/// Whether two shapes are one: others with the same geometry have other ancestors, which do not occlude them.
fn is_same(one: &Option<Rc<Lineage>>, other: &Option<Rc<Lineage>>) -> bool {
    one.as_ref().map(Rc::as_ptr) == other.as_ref().map(Rc::as_ptr)
}

fn area(mesh: &Mesh) -> f64 {
    measure::area(mesh, |_| true)
}

/// By what `contextCompare` ranks: the greatest value comes first. North is -z, east is x.
fn rank_value(order: &str, extent: &Extent, area: impl Fn() -> f64) -> f64 {
    match order {
        "world.northernmost" => -extent.low.z,
        "world.southernmost" => extent.high.z,
        "world.easternmost" => extent.high.x,
        "world.westernmost" => -extent.low.x,
        "world.highest" => extent.high.y,
        "world.lowest" => -extent.low.y,
        "area.largest" => area(),
        _ => -area(),
    }
}
