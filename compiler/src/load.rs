//! Reads the main file and all files it imports, each once.

use std::collections::BTreeMap;

use gable_grammar::ast::{Annotation, DeclarationKind, File, Import};
use gable_grammar::{
    Code, Diagnostic, Diagnostics, Source, SourceId, SourceMap, Sources, Span, parse,
};

/// More files than this are not read.
const MOST_FILES: usize = 1000;

/// Number of a file in [`Loaded::files`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileId(pub(crate) usize);

/// All files of a program; the first is the main one.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) sources: SourceMap,
    pub(crate) files: Vec<LoadedFile>,
}

/// A file with what its imports lead to.
#[derive(Debug)]
pub(crate) struct LoadedFile {
    pub(crate) ast: File,
    /// For each import declaration, in order: its file, unless something is wrong with it.
    pub(crate) imports: Vec<Option<FileId>>,
}

impl LoadedFile {
    /// Its import declarations, in order.
    pub(crate) fn import_declarations(&self) -> impl Iterator<Item = &Import> {
        self.annotated_imports().map(|(import, _)| import)
    }

    /// The same with their annotations.
    pub(crate) fn annotated_imports(&self) -> impl Iterator<Item = (&Import, &[Annotation])> {
        self.ast
            .declarations
            .iter()
            .filter_map(|declaration| match &declaration.kind {
                DeclarationKind::Import(import) => Some((import, &*declaration.annotations)),
                _ => None,
            })
    }
}

/// Reads `main` and what it imports; a cycle or a missing file is reported at the import.
pub(crate) fn load(main: Source, sources: &dyn Sources, diagnostics: &mut Diagnostics) -> Loaded {
    let mut loader = Loader {
        sources,
        known: BTreeMap::new(),
        loaded: Loaded::default(),
        diagnostics,
    };
    loader.known.insert(main.path.clone(), FileId(0));
    let main = loader.read(main);
    // Depth first, with the open files on a stack of our own: a file imported by one of its own imports is a cycle.
    let mut open = vec![(main, 0)];
    while let Some((file, next)) = open.pop() {
        let Some(import) = loader.loaded.files[file.0]
            .import_declarations()
            .nth(next)
            .cloned()
        else {
            continue;
        };
        open.push((file, next + 1));
        let target = loader.import(file, &import);
        let (target, is_new) = match target {
            Some((id, _)) if open.iter().any(|(file, _)| *file == id) => {
                loader.report_cycle(&import, id, &open);
                (None, false)
            }
            Some((id, is_new)) => (Some(id), is_new),
            None => (None, false),
        };
        loader.loaded.files[file.0].imports.push(target);
        if let (Some(id), true) = (target, is_new) {
            open.push((id, 0));
        }
    }
    loader.loaded
}

struct Loader<'a> {
    sources: &'a dyn Sources,
    known: BTreeMap<String, FileId>,
    loaded: Loaded,
    diagnostics: &'a mut Diagnostics,
}

impl Loader<'_> {
    fn read(&mut self, source: Source) -> FileId {
        let id: SourceId = self.loaded.sources.add(source);
        let (ast, problems) = parse(self.loaded.sources.source(id), id);
        self.diagnostics.extend(problems.iter().cloned());
        self.loaded.files.push(LoadedFile {
            ast,
            imports: Vec::new(),
        });
        FileId(self.loaded.files.len() - 1)
    }

    /// The file of an import, and whether it was read just now.
    fn import(&mut self, importer: FileId, import: &Import) -> Option<(FileId, bool)> {
        let importer = SourceId(u32::try_from(importer.0).expect("the number of files is bounded"));
        let path = self.loaded.sources.source(importer).path.clone();
        match self.sources.import(&path, &import.path.text) {
            Ok(source) => {
                if let Some(id) = self.known.get(&source.path) {
                    return Some((*id, false));
                }
                if self.loaded.files.len() >= MOST_FILES {
                    self.report(
                        import.path.span,
                        "E0207",
                        format!("more than {MOST_FILES} files are imported"),
                    );
                    return None;
                }
                let path = source.path.clone();
                let id = self.read(source);
                self.known.insert(path, id);
                Some((id, true))
            }
            Err(reason) => {
                let title = format!("cannot import `{}`: {reason}", import.path.text);
                self.report(import.path.span, "E0202", title);
                None
            }
        }
    }

    fn report(&mut self, span: Span, code: &'static str, title: String) {
        self.diagnostics
            .push(Diagnostic::error(Code(code), title, span));
    }

    fn report_cycle(&mut self, import: &Import, target: FileId, open: &[(FileId, usize)]) {
        let from = open
            .iter()
            .position(|(file, _)| *file == target)
            .expect("the target is open");
        let mut names: Vec<&str> = open[from..]
            .iter()
            .map(|(file, _)| self.path(*file))
            .collect();
        names.push(self.path(target));
        let title = format!(
            "`{}` imports itself: {}",
            self.path(target),
            names.join(" -> ")
        );
        let diagnostic = Diagnostic::error(Code("E0203"), title, import.path.span)
            .label("this closes the cycle");
        self.diagnostics
            .push(diagnostic.help("move what both files need to a third file"));
    }

    fn path(&self, file: FileId) -> &str {
        let id = SourceId(u32::try_from(file.0).expect("the number of files is bounded"));
        &self.loaded.sources.source(id).path
    }
}
