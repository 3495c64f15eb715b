//! IR -> WebAssembly.
//!
//! The module imports the kernel functions it uses and has one function for the dispatch loop (`generate`, exported),
//! one for all attributes, some helpers, one for each function and rule, and one for each attribute that some rule
//! resets; see `gable_kernel::abi` for how it runs.
//! Everything is emitted twice: first to learn which kernel functions are used and which [`helper`]s make the module
//! smaller, which decides all function numbers, then for good.

mod code;
mod expr;
mod function;
mod helper;
mod module;
mod step;

use std::collections::{BTreeMap, BTreeSet};

use gable_grammar::{SourceMap, Span};
use gable_kernel::manifest::{self, Manifest, Site};

use self::helper::Helper;
use crate::builtins::KernelFunction;
use crate::ir::{AttributeId, FunctionId, Program, RuleId, Step, Type, walk_steps};

/// With more arms than this, a `case` does not nest its arms: engines bound the depth of blocks.
const LONG_CHAIN: usize = 16;

/// A compiled grammar.
#[derive(Debug, Clone, PartialEq)]
pub struct Artifact {
    /// The module's bytes.
    pub wasm: Vec<u8>,
    /// What the module says about itself; its bytes are in the module's section `gable`.
    pub manifest: Manifest,
    /// Names of the module's functions, imports first, for people: they are not in the module.
    pub names: Vec<String>,
}

/// Emits a valid program.
pub(crate) fn emit(program: &Program, sources: &SourceMap, kernel: [u8; 32]) -> Artifact {
    let mut trial = Emitter::new(program, sources);
    trial.functions();
    let mut emitter = Emitter::new(program, sources);
    emitter.imports = trial.used.into_iter().zip(0..).collect();
    emitter.helpers = helper::choose(&trial.saved);
    let functions = emitter.functions();
    module::assemble(emitter, &functions, kernel)
}

/// What emission of the functions needs and gathers.
struct Emitter<'p> {
    program: &'p Program,
    sources: &'p SourceMap,
    /// Number of each imported kernel function; empty at the first pass.
    imports: BTreeMap<KernelFunction, u32>,
    used: BTreeSet<KernelFunction>,
    /// Number of each helper; empty at the first pass.
    helpers: BTreeMap<Helper, u32>,
    /// How many bytes each possible helper would save.
    saved: BTreeMap<Helper, usize>,
    /// Attributes that some rule resets, and the numbers of their functions among each other.
    resets: BTreeMap<AttributeId, usize>,
    strings: Interned,
    sites: Vec<Site>,
    /// By source and start.
    site_numbers: BTreeMap<(u32, u32), i32>,
    lines: BTreeMap<u32, Vec<usize>>,
}

/// Strings by number; the first is empty.
struct Interned {
    list: Vec<String>,
    numbers: BTreeMap<String, i32>,
}

impl Interned {
    fn number(&mut self, text: &str) -> i32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number =
            i32::try_from(self.list.len()).expect("strings are fewer than bytes of the sources");
        self.list.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }
}

impl<'p> Emitter<'p> {
    fn new(program: &'p Program, sources: &'p SourceMap) -> Self {
        let mut strings = Interned {
            list: Vec::new(),
            numbers: BTreeMap::new(),
        };
        strings.number("");
        let mut reset = BTreeSet::new();
        for rule in &program.rules {
            walk_steps(&rule.steps, &mut |step| {
                if let Step::Reset(_, ids) = step {
                    reset.extend(ids);
                }
            });
        }
        Self {
            program,
            sources,
            imports: BTreeMap::new(),
            used: BTreeSet::new(),
            helpers: BTreeMap::new(),
            saved: BTreeMap::new(),
            resets: reset.into_iter().zip(0..).collect(),
            strings,
            sites: Vec::new(),
            site_numbers: BTreeMap::new(),
            lines: BTreeMap::new(),
        }
    }

    /// The Wasm function of a kernel function.
    fn import(&mut self, function: KernelFunction) -> u32 {
        self.used.insert(function);
        self.imports.get(&function).copied().unwrap_or(0)
    }

    fn own(&self, index: usize) -> u32 {
        u32::try_from(self.imports.len() + index).expect("tables are bounded")
    }

    /// `generate`
    fn generate_index(&self) -> u32 {
        self.own(0)
    }

    fn attributes_index(&self) -> u32 {
        self.own(1)
    }

    /// The function of a helper, if it was chosen.
    fn helper_index(&self, helper: &Helper) -> Option<u32> {
        Some(self.own(2) + self.helpers.get(helper)?)
    }

    /// Counts what a helper would save here.
    fn want(&mut self, helper: &Helper, bytes: usize) {
        match self.saved.get_mut(helper) {
            Some(saved) => *saved += bytes,
            None => drop(self.saved.insert(helper.clone(), bytes)),
        }
    }

    fn function_index(&self, id: FunctionId) -> u32 {
        self.own(2 + self.helpers.len() + id.index())
    }

    fn rule_index(&self, id: RuleId) -> u32 {
        self.own(2 + self.helpers.len() + self.program.functions.len() + id.index())
    }

    fn reset_index(&self, id: AttributeId) -> u32 {
        let before = self.helpers.len() + self.program.functions.len() + self.program.rules.len();
        self.own(2 + before + self.resets[&id])
    }

    /// The slot of an attribute in the kernel.
    fn slot(id: AttributeId) -> i32 {
        i32::try_from(id.index()).expect("tables are bounded")
    }

    /// The number of a place, for `op`.
    fn site(&mut self, span: Span) -> i32 {
        let key = (span.source.0, span.start);
        if let Some(number) = self.site_numbers.get(&key) {
            return *number;
        }
        let (line, column) = self.position(span);
        let number =
            i32::try_from(self.sites.len()).expect("places are fewer than bytes of the source");
        self.sites.push(Site {
            source: span.source.0,
            line,
            column,
        });
        self.site_numbers.insert(key, number);
        number
    }

    /// Line and column of a place, with a table of line starts for each source.
    fn position(&mut self, span: Span) -> (u32, u32) {
        let text = &self.sources.source(span.source).text;
        let starts = self.lines.entry(span.source.0).or_insert_with(|| {
            let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0)
                .chain(breaks.map(|(at, _)| at + 1))
                .collect()
        });
        let offset = (span.start as usize).min(text.len());
        let line = starts.partition_point(|start| *start <= offset);
        let before = &text.as_bytes()[starts[line - 1]..offset];
        let column = before.iter().filter(|byte| **byte & 0xc0 != 0x80).count() + 1;
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (clamp(line), clamp(column))
    }

    fn params(types: &[Type]) -> Vec<manifest::Type> {
        types.iter().map(|ty| ty.manifest()).collect()
    }
}
