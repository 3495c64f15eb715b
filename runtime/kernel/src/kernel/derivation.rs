//! Derivation: a worklist of shapes waiting for their rules, depth first, children in the order of their creation.
//!
//! Leaves: a shape whose rule made no child and no `NIL` is content, as it is after its last
//! operation; so is a piece of a block whose branch made no child, and a shape whose symbol no rule rewrites.

use std::rc::Rc;

use super::Leaf;
use super::failure::start_rule;
use super::inline::Strategy;
use super::random::child_seed;
use super::stack::{Entry, Progress};
use crate::Kernel;
use crate::limits::Stop;
use crate::mesh::tags::drop_tags;
use crate::shape::{Geometry, Shape};
use crate::state::{Slot, State, StringId};

/// A shape waiting for its rule.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) shape: Box<Shape>,
    pub(super) state: State,
    pub(super) rule: u32,
    pub(super) arguments: Box<[Slot]>,
    /// Length of the chain of rule calls.
    pub(super) depth: u32,
    /// Number among its parent's children.
    pub(super) child: u32,
}

/// The rule that runs.
#[derive(Debug)]
pub(super) struct Running {
    rule: u32,
    arguments: Box<[Slot]>,
    depth: u32,
    /// Children (and pieces) made so far.
    children: u32,
}

/// What an initial shape goes through.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The next initial shape is to be set up.
    #[default]
    Next,
    /// Its attributes are being evaluated.
    Attributes,
    /// Its rules run.
    Rules,
}

/// The worklist and what surrounds it.
#[expect(
    clippy::vec_box,
    reason = "an item moves from list to list: a pointer, not 200 bytes"
)]
#[derive(Debug, Default)]
pub(super) struct Derivation {
    pub(super) phase: Phase,
    /// The number of the current initial shape.
    pub(super) initial: u32,
    /// The number of the one after it.
    pub(super) next_initial: u32,
    pub(super) worklist: Vec<Box<Item>>,
    /// Where the worklist of the innermost inline derivation begins.
    pub(super) worklist_floor: usize,
    /// Where the stack of the innermost inline derivation begins.
    pub(super) stack_floor: usize,
    pub(super) stack: Vec<Entry>,
    pub(super) running: Option<Running>,
    /// Children of the running rule.
    pub(super) children: Vec<Box<Item>>,
    /// Arguments of the next rule call.
    pub(super) arguments: Vec<Slot>,
    pub(super) progress: Progress,
    /// Child numbers from the initial shape to the running one.
    pub(super) path: Vec<u32>,
    /// Values from outside for the attributes of the current initial shape.
    pub(super) external: Vec<Option<Slot>>,
    /// Components that have all been current, for the block's run.
    pub(super) ended: Option<Box<super::comp::Components>>,
    /// Shapes that inline derivations made and have not merged yet, those of the innermost last.
    pub(super) parts: Vec<super::inline::Part>,
    /// Array literals under construction, the outermost first.
    pub(super) literals: Vec<super::arrays::Literal>,
}

impl Kernel {
    /// `next_rule` of the table.
    pub(crate) fn next_rule(&mut self) -> Result<i32, Stop> {
        self.finish_rule()?;
        if self.derivation.stack.len() != self.derivation.stack_floor {
            return Err(Stop::Misuse("a rule ended inside a block"));
        }
        if self.derivation.worklist.len() > self.derivation.worklist_floor
            && let Some(item) = self.derivation.worklist.pop()
        {
            return self.begin_rule(*item);
        }
        if self.derivation.stack_floor > 0 {
            return Ok(-1);
        }
        match self.derivation.phase {
            Phase::Attributes => self.begin_rules(),
            Phase::Next | Phase::Rules => self.begin_initial(),
        }
    }

    /// Ends the rule that ran: its shape is a leaf or its children go to the worklist.
    fn finish_rule(&mut self) -> Result<(), Stop> {
        let Some(running) = &self.derivation.running else {
            return Ok(());
        };
        let Progress { produced, dead } = self.derivation.progress;
        if !produced && !dead {
            let symbol = self.rule_symbol(running.rule)?;
            self.add_leaf(self.shape.clone(), symbol)?;
        }
        self.derivation.running = None;
        self.derivation.arguments.clear();
        let Derivation {
            worklist, children, ..
        } = &mut self.derivation;
        worklist.extend(children.drain(..).rev());
        Ok(())
    }

    /// The symbol of a rule.
    fn rule_symbol(&mut self, rule: u32) -> Result<StringId, Stop> {
        let manifest = Rc::clone(&self.manifest);
        let rule = manifest
            .rules
            .get(rule as usize)
            .ok_or(Stop::Misuse("no rule has this number"))?;
        self.values.intern(&rule.name)
    }

    /// Makes the shape of a worklist item current.
    fn begin_rule(&mut self, item: Item) -> Result<i32, Stop> {
        let Item {
            shape,
            state,
            rule,
            arguments,
            depth,
            child,
        } = item;
        self.charge(1)?;
        self.base_center = shape.scope_center();
        self.shape = shape;
        self.state = state;
        self.state.lineage = self.child_lineage(child);
        self.derivation
            .path
            .truncate(depth.saturating_sub(1) as usize);
        self.derivation.path.push(child);
        self.derivation.running = Some(Running {
            rule,
            arguments,
            depth,
            children: 0,
        });
        self.derivation.progress = Progress::default();
        i32::try_from(rule + 1).map_err(|_| Stop::Misuse("no rule has this number"))
    }

    /// After the attributes: the start rule of the initial shape.
    fn begin_rules(&mut self) -> Result<i32, Stop> {
        self.derivation.phase = Phase::Rules;
        let recipe = Rc::clone(&self.recipe);
        let initial = Self::initial_of(&recipe, self.initial_number())
            .ok_or(Stop::Misuse("no initial shape has this number"))?;
        self.state.seed = recipe.seed.wrapping_add(initial.seed);
        self.state.drawn = 0;
        let rule = start_rule(&self.manifest, &initial.start_rule)
            .map_err(|_| Stop::Misuse("no start rule"))?;
        let rule = u32::try_from(rule).map_err(|_| Stop::Misuse("no start rule"))?;
        let item = Item {
            shape: self.shape.clone(),
            state: self.state.clone(),
            rule,
            arguments: Box::default(),
            depth: 1,
            child: 0,
        };
        self.charge_shape()?;
        self.begin_rule(item)
    }

    /// Number of the current initial shape.
    pub(crate) fn initial_number(&self) -> u32 {
        self.derivation.initial
    }

    /// The rule that runs.
    pub(super) fn running_rule(&self) -> Option<u32> {
        self.derivation.running.as_ref().map(|running| running.rule)
    }

    /// Length of the chain of rule calls up to the running rule; 0 while attributes are evaluated.
    pub(crate) fn depth(&self) -> u32 {
        self.derivation
            .running
            .as_ref()
            .map_or(0, |running| running.depth)
    }

    /// The number of the next child of the running rule.
    pub(super) fn next_child(&mut self) -> u32 {
        let Some(running) = &mut self.derivation.running else {
            return 0;
        };
        running.children += 1;
        running.children - 1
    }

    /// Adds a finished shape to the content, unless it is empty or not finite.
    pub(super) fn add_leaf(&mut self, mut shape: Box<Shape>, symbol: StringId) -> Result<(), Stop> {
        if let Geometry::Mesh(mesh) = &shape.geometry
            && mesh.face_count() == 0
            && mesh.lines.is_empty()
            && (mesh.points.is_empty() || !self.is_recomposing())
        {
            return self.charge_shape();
        }
        if !shape.world_from_geometry.is_finite() {
            self.warn("a shape's position is not finite: left out");
            return self.charge_shape();
        }
        if self.is_inlining() {
            // Edges and points that are modified are part of the faces that are kept.
            let visible = self.strategy() != Some(Strategy::Modify) || has_faces(&shape);
            return self.add_part(shape, visible);
        }
        self.charge_shape()?;
        self.charge_vertices(&shape)?;
        if self.is_rehearsal() {
            let lineage = self.state.lineage.clone();
            return self.record(&shape, None, lineage);
        }
        let material = Rc::clone(&self.state.material);
        let initial = self.initial_number();
        // Content has no tags.
        if let Geometry::Mesh(mesh) = &mut shape.geometry {
            drop_tags(mesh);
        }
        self.leaves.push(Leaf {
            shape,
            material,
            symbol,
            initial,
        });
        self.thin_leaves();
        Ok(())
    }

    /// `call_rule` of the table.
    pub(crate) fn call_rule(&mut self, rule: i32) -> Result<(), Stop> {
        let arguments = std::mem::take(&mut self.derivation.arguments);
        let Some(running) = &self.derivation.running else {
            return Err(Stop::Misuse("a rule call outside a rule"));
        };
        let rule = u32::try_from(rule).map_err(|_| Stop::Misuse("no rule has this number"))?;
        if rule as usize >= self.manifest.rules.len() {
            return Err(Stop::Misuse("no rule has this number"));
        }
        if self.derivation.progress.dead {
            return Ok(());
        }
        let depth = running.depth + 1;
        if depth > self.recipe.limits.depth {
            return Err(Stop::Depth);
        }
        self.charge_shape()?;
        let child = self.next_child();
        let mut state = self.state.clone();
        state.seed = child_seed(state.seed, child);
        state.drawn = 0;
        let arguments = arguments.into_boxed_slice();
        let item = Box::new(Item {
            shape: self.shape.clone(),
            state,
            rule,
            arguments,
            depth,
            child,
        });
        self.derivation.children.push(item);
        self.derivation.progress.produced = true;
        Ok(())
    }

    /// `leaf` of the table.
    pub(crate) fn leaf(&mut self, symbol: i32) -> Result<(), Stop> {
        self.derivation.arguments.clear();
        let symbol = self.string_id(symbol)?;
        if self.derivation.running.is_none() {
            return Err(Stop::Misuse("a leaf outside a rule"));
        }
        if self.derivation.progress.dead {
            return Ok(());
        }
        let child = self.next_child();
        self.derivation.progress.produced = true;
        let lineage = self.child_lineage(child);
        let parent = std::mem::replace(&mut self.state.lineage, lineage);
        let added = self.add_leaf(self.shape.clone(), symbol);
        self.state.lineage = parent;
        added
    }

    /// `nil` of the table.
    pub(crate) fn nil(&mut self) -> Result<(), Stop> {
        if !self.derivation.progress.dead {
            self.add_ghost()?;
        }
        self.derivation.progress.dead = true;
        Ok(())
    }

    fn add_argument(&mut self, value: Slot) -> Result<(), Stop> {
        /// More than any rule has parameters.
        const MAX_ARGUMENTS: usize = 1000;
        if self.derivation.arguments.len() >= MAX_ARGUMENTS {
            return Err(Stop::Misuse("too many arguments"));
        }
        self.derivation.arguments.push(value);
        Ok(())
    }

    /// `arg_f` of the table.
    pub(crate) fn arg_f(&mut self, value: f64) -> Result<(), Stop> {
        self.add_argument(Slot::Float(value))
    }

    /// `arg_i` of the table.
    pub(crate) fn arg_i(&mut self, value: i32) -> Result<(), Stop> {
        self.add_argument(Slot::Word(value))
    }

    fn param(&self, n: i32) -> Result<Slot, Stop> {
        let running = self
            .derivation
            .running
            .as_ref()
            .ok_or(Stop::Misuse("a parameter outside a rule"))?;
        usize::try_from(n)
            .ok()
            .and_then(|n| running.arguments.get(n).copied())
            .ok_or(Stop::Misuse("no parameter has this number"))
    }

    /// `param_f` of the table.
    pub(crate) fn param_f(&mut self, n: i32) -> Result<f64, Stop> {
        match self.param(n)? {
            Slot::Float(value) => Ok(value),
            Slot::Word(_) => Err(Stop::Misuse("the parameter is no float")),
        }
    }

    /// `param_i` of the table.
    pub(crate) fn param_i(&mut self, n: i32) -> Result<i32, Stop> {
        match self.param(n)? {
            Slot::Word(value) => Ok(value),
            Slot::Float(_) => Err(Stop::Misuse("the parameter is a float")),
        }
    }

    /// `tree_key` of the table: numbers of children from the initial shape down, each with a semicolon.
    pub(crate) fn tree_key(&mut self) -> Result<i32, Stop> {
        self.charge(self.derivation.path.len())?;
        let key: String = self
            .derivation
            .path
            .iter()
            .map(|child| format!("{child};"))
            .collect();
        self.give_text(&key)
    }
}

/// Whether a shape has more than edges and points.
fn has_faces(shape: &Shape) -> bool {
    match &shape.geometry {
        Geometry::Mesh(mesh) => mesh.face_count() > 0,
        Geometry::Asset(_) => true,
    }
}
