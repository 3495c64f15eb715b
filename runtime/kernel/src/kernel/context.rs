//! Context: what a shape learns about other shapes (`inside`, `overlaps`, `touches`, `minimumDistance`, `contextCompare`,
//! `contextCount`), of its own initial shape (*intra*) and of others near it (*inter*).
//!
//! What rules ask decides what they make, which is what they ask about. CGA breaks that circle: those that are asked about
//! are the shapes of a derivation in which such questions get default answers (false, infinity, 0). So an initial
//! shape is derived several times, the last time for content. Such a rehearsal leaves what others find: closed leaves, what was
//! split into components or offset, and what has a label. With A for a shape, N for one near it:
//!
//! | derivation | intra | inter | its shapes are found by |
//! |---|---|---|---|
//! | 1 of N | default | default | intra queries of 2 |
//! | 2 of N | asked | default | inter queries of 3 and 4 |
//! | 3 of A | default | asked | intra queries of 4 |
//! | 4 of A | asked | asked | nobody: it is the content |
//!
//! Only those are made that the module's queries need ([`Queries`]). So no answer depends on the order of initial
//! shapes, nor on which of them share a recipe, as long as it has all within reach: the recipe's own and its `context`.

mod boxes;
mod distance;
mod occluder;
mod query;

use std::collections::BTreeMap;
use std::rc::Rc;

use glam::DVec3;

use self::boxes::Boxes;
pub(crate) use self::occluder::Lineage;
use self::occluder::{Occluder, Tree};
use self::query::Answer;
use crate::Kernel;
use crate::extent::Extent;
use crate::manifest::Queries;
use crate::recipe::{InitialShape, OCCLUSION_REACH, Recipe};
use crate::shape::AssetId;

/// What the derivation of an initial shape is for, and which queries it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pass {
    intra: bool,
    inter: bool,
    found_by: FoundBy,
}

/// Who finds the shapes of a derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FoundBy {
    /// Nobody: they are content.
    Nobody,
    /// The next derivation of the same initial shape.
    Own,
    /// Other initial shapes.
    Others,
}

impl Pass {
    const CONTENT: Self = Self {
        intra: true,
        inter: true,
        found_by: FoundBy::Nobody,
    };
}

/// A derivation to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Job {
    /// Number of the initial shape; after the recipe's own come those of its context.
    pub(super) initial: u32,
    pub(super) pass: Pass,
}

/// All that a run keeps for queries; runs of modules without queries have none.
#[derive(Debug)]
pub(super) struct Context {
    queries: Queries,
    /// What is left to do, the next last.
    jobs: Vec<Job>,
    current: Pass,
    /// Shapes of this derivation that others will find.
    recorded: Vec<Occluder>,
    /// Whether this derivation asked something that got a default answer: intra, inter.
    asked: [bool; 2],
    /// What intra queries find.
    own: Rc<Tree>,
    /// What inter queries find, by number of the initial shape.
    others: BTreeMap<u32, Rehearsed>,
    /// The other initial shapes near enough for occlusion, and for queries of labels.
    near: [Vec<u32>; 2],
    /// Where each initial shape is, on the ground.
    grounds: Boxes,
    neighbourhood: f64,
    closed_assets: BTreeMap<AssetId, bool>,
    last: Option<Answer>,
}

/// What a rehearsal left.
#[derive(Debug, Clone)]
struct Rehearsed {
    tree: Rc<Tree>,
    /// It asked nothing of its neighbours: it is the same when these answer.
    asked_nobody: bool,
}

impl Context {
    /// What must be derived, in order; none when the module asks nothing.
    pub(super) fn new(queries: Queries, recipe: &Recipe) -> Option<Box<Self>> {
        if !queries.any() {
            return None;
        }
        let all = recipe.shapes.iter().chain(&recipe.context);
        let mut context = Self {
            queries,
            jobs: Vec::new(),
            current: Pass::CONTENT,
            recorded: Vec::new(),
            asked: [false; 2],
            own: Rc::default(),
            others: BTreeMap::new(),
            near: Default::default(),
            grounds: Boxes::new(all.map(ground).collect()),
            neighbourhood: recipe.neighbourhood,
            closed_assets: BTreeMap::new(),
            last: None,
        };
        context.jobs = context.schedule(recipe.shapes.len());
        Some(Box::new(context))
    }

    /// The derivations for so many initial shapes, the first last.
    fn schedule(&self, count: usize) -> Vec<Job> {
        let count = crate::mesh::index(count);
        let Queries { intra, .. } = self.queries;
        let mut jobs = Vec::new();
        let mut job = |initial, intra, inter, found_by| {
            let pass = Pass {
                intra,
                inter,
                found_by,
            };
            jobs.push(Job { initial, pass });
        };
        let mut is_neighbour = vec![false; self.grounds.len()];
        for of in (0..count).flat_map(|of| [0, 1].map(|kind| self.neighbours(of, kind))) {
            of.iter()
                .for_each(|&other| is_neighbour[other as usize] = true);
        }
        let all = 0..crate::mesh::index(is_neighbour.len());
        for initial in all.filter(|&initial| is_neighbour[initial as usize]) {
            if intra {
                job(initial, false, false, FoundBy::Own);
            }
            job(initial, true, false, FoundBy::Others);
        }
        for initial in 0..count {
            if intra {
                job(initial, false, true, FoundBy::Own);
            }
            job(initial, true, true, FoundBy::Nobody);
        }
        jobs.reverse();
        jobs
    }

    /// The initial shapes that inter queries of another one look at: those of occlusion (0), of labels (1).
    fn neighbours(&self, of: u32, kind: usize) -> Vec<u32> {
        let Queries { inter, labels, .. } = self.queries;
        let reach = match kind {
            0 if inter => OCCLUSION_REACH,
            1 if labels => self.neighbourhood,
            _ => return Vec::new(),
        };
        let Some(ground) = self.grounds.get(of) else {
            return Vec::new();
        };
        let mut found = self.grounds.meeting(&ground.grown(reach));
        found.retain(|&other| other != of);
        found
    }
}

/// The box of an initial shape on the ground: heights do not matter for who is whose neighbour.
fn ground(initial: &InitialShape) -> Extent {
    let points = initial.polygons.iter().flatten().flatten();
    let points = points.map(|&[x, _, z]| DVec3::new(x, 0.0, z));
    Extent::of(points.filter(|point| point.is_finite()))
}

impl Kernel {
    /// The next derivation of an initial shape.
    pub(super) fn next_job(&mut self) -> Option<Job> {
        let Some(context) = &mut self.context else {
            let initial = self.derivation.next_initial;
            self.derivation.next_initial += 1;
            let pass = Pass::CONTENT;
            return ((initial as usize) < self.recipe.shapes.len())
                .then_some(Job { initial, pass });
        };
        let mut next = context.jobs.pop();
        while let Some(job) = next
            && context.is_known(job)
        {
            next = context.jobs.pop();
        }
        let job = next?;
        context.current = job.pass;
        context.asked = [false; 2];
        context.near = [0, 1].map(|kind| {
            if job.pass.inter {
                context.neighbours(job.initial, kind)
            } else {
                Vec::new()
            }
        });
        self.journal.silence(job.pass.found_by != FoundBy::Nobody);
        self.mark_shapes_made();
        Some(job)
    }

    /// Ends a derivation: what it recorded can be found.
    pub(super) fn end_job(&mut self) {
        let initial = self.initial_number();
        let Some(context) = &mut self.context else {
            return;
        };
        context.last = None;
        let recorded = std::mem::take(&mut context.recorded);
        match context.current.found_by {
            FoundBy::Nobody => context.own = Rc::default(),
            FoundBy::Own => {
                context.own = Rc::new(Tree::new(recorded));
                // Nobody asked for an own shape: it is what others find, too.
                let Pass { inter, .. } = context.current;
                let [asked_own, asked_others] = context.asked;
                if !inter && !asked_own {
                    let rehearsed = Rehearsed {
                        tree: Rc::clone(&context.own),
                        asked_nobody: !asked_others,
                    };
                    context.others.insert(initial, rehearsed);
                }
            }
            FoundBy::Others => {
                let [_, asked_others] = context.asked;
                let rehearsed = Rehearsed {
                    tree: Rc::new(Tree::new(recorded)),
                    asked_nobody: !asked_others && !context.queries.intra,
                };
                context.others.insert(initial, rehearsed);
            }
        }
        if context.current.found_by != FoundBy::Nobody {
            self.forget_shapes_made();
        }
        self.journal.silence(false);
    }

    /// Whether the current derivation is for others to find.
    pub(super) fn is_rehearsal(&self) -> bool {
        let context = self.context.as_ref();
        context.is_some_and(|context| context.current.found_by != FoundBy::Nobody)
    }

    /// An initial shape by its number; after the recipe's own come those of its context.
    pub(super) fn initial_of(recipe: &Recipe, number: u32) -> Option<&InitialShape> {
        let number = number as usize;
        let own = recipe.shapes.len();
        match number.checked_sub(own) {
            None => recipe.shapes.get(number),
            Some(number) => recipe.context.get(number),
        }
    }
}

impl Context {
    /// Whether a derivation would only repeat another one; if so, what that left is taken.
    fn is_known(&mut self, job: Job) -> bool {
        let known = self.others.get(&job.initial);
        match job.pass {
            Pass {
                found_by: FoundBy::Others,
                ..
            } => known.is_some(),
            Pass {
                found_by: FoundBy::Own,
                inter: true,
                ..
            } => {
                let Some(known) = known.filter(|known| known.asked_nobody) else {
                    return false;
                };
                self.own = Rc::clone(&known.tree);
                true
            }
            Pass { .. } => false,
        }
    }
}
