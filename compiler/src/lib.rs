//! Compiles a grammar to a WebAssembly module.
//!
//! `text -> syntax tree -> resolved tree -> IR -> passes -> Wasm`; [`compile`] reads as that list. The crate is pure:
//! imported files come in through [`Sources`], the module goes out as bytes.

pub mod about;
mod builtins;
mod elaborate;
mod emit;
pub mod ir;
pub mod language;
mod load;
mod lower;
mod pass;
mod suggest;
mod symbols;
mod tree;
mod ty;
mod vocabulary;

pub use emit::Artifact;
pub use vocabulary::{Builtin, builtin};

use gable_grammar::{Diagnostic, Diagnostics, Source, SourceMap, Sources};

use crate::ty::Types;

/// What a compilation may be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// SHA-256 of the kernel the module is for.
    pub kernel_sha256: [u8; 32],
    /// The style of the main file; none is `Default`.
    pub style: Option<String>,
}

/// What came of a compilation.
#[derive(Debug)]
pub struct Compiled {
    /// The module; none when there are errors.
    pub artifact: Option<Artifact>,
    /// The program from which it was emitted; none when there are errors.
    pub program: Option<ir::Program>,
    /// The files, for drawing diagnostics.
    pub sources: SourceMap,
    /// Errors and warnings, by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles `main` and what it imports.
///
/// # Examples
/// ```
/// use gable_compiler::{NoImports, Options, compile};
/// use gable_grammar::Source;
/// let main = Source::from_bytes("house.cga", b"attr height = 10\nLot --> extrude(height) House.");
/// let compiled = compile(main, &NoImports, &Options::default());
/// assert!(compiled.artifact.is_some());
/// ```
pub fn compile(main: Source, sources: &dyn Sources, options: &Options) -> Compiled {
    let mut diagnostics = Diagnostics::default();
    let loaded = load::load(main, sources, &mut diagnostics);
    let mut types = Types::new();
    let symbols = symbols::collect(
        &loaded,
        options.style.as_deref(),
        &mut types,
        &mut diagnostics,
    );
    let tree = elaborate::elaborate(&symbols, &mut types, &mut diagnostics);
    let mut program = None;
    if !diagnostics.has_errors() {
        let mut lowered = lower::lower(&symbols, tree, &mut types);
        pass::run(&mut lowered, &mut diagnostics);
        program = Some(lowered);
    }
    let program = program.filter(|_| !diagnostics.has_errors());
    let artifact = program.as_ref().map(|program| {
        if let Err(violation) = ir::validate(program) {
            panic!("the program is not valid after its passes: {violation}");
        }
        emit::emit(program, &loaded.sources, options.kernel_sha256)
    });
    Compiled {
        artifact,
        program,
        sources: loaded.sources,
        diagnostics: diagnostics.into_sorted(),
    }
}

/// The text form of a module.
///
/// # Panics
/// When the module is not one that [`compile`] made.
pub fn show_wat(artifact: &Artifact) -> String {
    match wasmprinter::print_bytes(artifact.named_wasm()) {
        Ok(text) => text,
        Err(error) => panic!("the compiler's own module can be printed: {error}"),
    }
}

/// No file can be imported.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoImports;

impl Sources for NoImports {
    fn import(&self, _importer: &str, _path: &str) -> Result<Source, String> {
        Err("there are no other files here".to_owned())
    }
}
