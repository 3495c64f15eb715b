//! Makes instances and enters what they declare.

use std::collections::BTreeMap;

use gable_grammar::ast::{self, Declaration, DeclarationKind, Override, RuleRole};
use gable_grammar::{Code, Diagnostic, Diagnostics, Span};

use super::replace::signature;
use super::{
    AttributeSymbol, FunctionDeclaration, FunctionSymbol, Importer, Initial, Instance, InstanceId,
    Symbols,
};
use crate::ir::{AttributeId, FunctionId};
use crate::load::{FileId, Loaded};
use crate::suggest::nearest;
use crate::ty::Types;

/// More instances than this are not made.
const MOST_INSTANCES: usize = 500;

/// More names than this are not entered.
const MOST_SYMBOLS: usize = 200_000;

/// Enters all names of a program, with the style `style` of the main file.
pub(crate) fn collect<'a>(
    loaded: &'a Loaded,
    style: Option<&str>,
    types: &mut Types,
    diagnostics: &mut Diagnostics,
) -> Symbols<'a> {
    let mut collector = Collector {
        loaded,
        types,
        diagnostics,
        symbols: Symbols::default(),
        foreign: Vec::new(),
    };
    let main = collector.instantiate(FileId(0), String::new(), style, None);
    let mut open = vec![(FileId(0), main, 0)];
    while let Some((file, instance, next)) = open.pop() {
        let Some((import, annotations)) = loaded.files[file.0].annotated_imports().nth(next) else {
            continue;
        };
        open.push((file, instance, next + 1));
        let target = loaded.files[file.0].imports.get(next).copied().flatten();
        let importer = Importer {
            instance,
            import,
            annotations,
        };
        let made = target.and_then(|target| collector.import(target, importer));
        let known = collector.symbols.instances[instance.0]
            .imports
            .insert(&import.id.text, made);
        if known.is_some() {
            collector.report_twice(&import.id, None);
        }
        if let (Some(made), Some(target)) = (made, target) {
            open.push((target, made, 0));
        }
    }
    collector.check_imports();
    collector.enter_rules_of_imports();
    collector.enter_replacing_calls();
    collector.symbols
}

pub(super) struct Collector<'a, 't> {
    loaded: &'a Loaded,
    pub(super) types: &'t mut Types,
    pub(super) diagnostics: &'t mut Diagnostics,
    pub(super) symbols: Symbols<'a>,
    /// Rules declared for an import, `imp.Rule --> ...`, with where they stand.
    pub(super) foreign: Vec<(InstanceId, &'a ast::Rule, &'a [ast::Annotation])>,
}

impl<'a> Collector<'a, '_> {
    fn import(&mut self, target: FileId, importer: Importer<'a>) -> Option<InstanceId> {
        let import = importer.import;
        if !self.has_room(import.id.span) {
            return None;
        }
        let prefix = format!(
            "{}{}.",
            self.symbols.instances[importer.instance.0].prefix, import.id.text
        );
        let style = import.styles.first().map(|style| style.text.as_str());
        Some(self.instantiate(target, prefix, style, Some(importer)))
    }

    /// Whether one more instance may be made; says so at `place` if not.
    pub(super) fn has_room(&mut self, place: Span) -> bool {
        let symbols =
            self.symbols.attributes.len() + self.symbols.functions.len() + self.symbols.rules.len();
        let full = self.symbols.instances.len() >= MOST_INSTANCES || symbols >= MOST_SYMBOLS;
        let is_said = || self.diagnostics.iter().any(|it| it.code == Code("E0207"));
        if full && !is_said() {
            let title = format!(
                "imports make more than {MOST_INSTANCES} copies of files or {MOST_SYMBOLS} names"
            );
            self.diagnostics
                .push(Diagnostic::error(Code("E0207"), title, place));
        }
        !full
    }

    /// Makes an instance of a file and enters its declarations.
    fn instantiate(
        &mut self,
        file: FileId,
        prefix: String,
        style: Option<&str>,
        importer: Option<Importer<'a>>,
    ) -> InstanceId {
        let id = InstanceId(self.symbols.instances.len());
        self.symbols.instances.push(Instance {
            prefix,
            imports: BTreeMap::new(),
            attributes: BTreeMap::new(),
            functions: BTreeMap::new(),
            rules: BTreeMap::new(),
            start: None,
            replaced: BTreeMap::new(),
            importer,
        });
        let loaded = self.loaded;
        // Importers reach what the default style declares, not what another style declares again.
        let mut importer = importer;
        for layer in self.layers(&loaded.files[file.0].ast, style) {
            let mut seen = BTreeMap::new();
            for declaration in layer {
                self.enter(id, declaration, importer, &mut seen);
            }
            importer = None;
        }
        id
    }

    /// The declarations of a file that count in a style: those of the default style, then those of each style on the
    /// way to the one asked for; later ones replace earlier ones.
    fn layers(&mut self, file: &'a ast::File, style: Option<&str>) -> Vec<Vec<&'a Declaration>> {
        let mut styles: BTreeMap<&str, (Option<&str>, Vec<&Declaration>)> = BTreeMap::new();
        let mut current = "Default";
        for declaration in &file.declarations {
            if let DeclarationKind::Style(style) = &declaration.kind {
                current = &style.name.text;
                styles.entry(current).or_default().0 =
                    style.base.as_ref().map(|base| base.text.as_str());
            } else {
                styles.entry(current).or_default().1.push(declaration);
            }
        }
        let mut wanted = style.unwrap_or("Default");
        let mut layers = Vec::new();
        while wanted != "Default" {
            let Some((base, layer)) = styles.remove(wanted) else {
                let title = format!("there is no style `{wanted}`");
                let help = nearest(wanted, styles.keys().copied())
                    .map(|name| format!("did you mean `{name}`?"));
                let mut diagnostic =
                    Diagnostic::error(Code("E0208"), title, Span::new(file.span.source, 0, 0));
                diagnostic.help = help;
                self.diagnostics.push(diagnostic);
                break;
            };
            layers.push(layer);
            wanted = base.unwrap_or("Default");
        }
        layers.push(styles.remove("Default").unwrap_or_default().1);
        layers.reverse();
        layers
    }

    fn enter(
        &mut self,
        at: InstanceId,
        declaration: &'a Declaration,
        importer: Option<Importer<'a>>,
        seen: &mut BTreeMap<(char, &'a str, usize), Span>,
    ) {
        let count = |parameters: &Option<Vec<ast::Name>>| parameters.as_ref().map_or(0, Vec::len);
        let (key, name) = match &declaration.kind {
            DeclarationKind::Attribute(it) if count(&it.parameters) == 0 => {
                (('v', &*it.name.text, 0), &it.name)
            }
            DeclarationKind::Attribute(it) => {
                (('v', &*it.name.text, count(&it.parameters)), &it.name)
            }
            DeclarationKind::Function(it) => {
                (('v', &*it.name.text, count(&it.parameters)), &it.name)
            }
            DeclarationKind::Rule(it) => (('r', &*it.name.text, count(&it.parameters)), &it.name),
            DeclarationKind::Import(_) | DeclarationKind::Style(_) => return,
        };
        if let Some(first) = seen.insert(key, name.span) {
            self.report_twice(name, Some(first));
        }
        match &declaration.kind {
            DeclarationKind::Attribute(attribute) if count(&attribute.parameters) == 0 => {
                self.enter_attribute(at, attribute, &declaration.annotations, importer);
            }
            DeclarationKind::Attribute(it) => self.enter_function(
                at,
                FunctionDeclaration {
                    name: &it.name,
                    parameters: it.parameters.as_deref().unwrap_or_default(),
                    locals: &it.locals,
                    value: &it.value,
                },
            ),
            DeclarationKind::Function(it) => self.enter_function(
                at,
                FunctionDeclaration {
                    name: &it.name,
                    parameters: it.parameters.as_deref().unwrap_or_default(),
                    locals: &it.locals,
                    value: &it.value,
                },
            ),
            DeclarationKind::Rule(rule) => {
                self.enter_rule(at, rule, &declaration.annotations, importer);
            }
            DeclarationKind::Import(_) | DeclarationKind::Style(_) => {}
        }
    }

    fn enter_attribute(
        &mut self,
        at: InstanceId,
        declaration: &'a ast::Attribute,
        annotations: &'a [ast::Annotation],
        importer: Option<Importer<'a>>,
    ) {
        let name = declaration.name.text.as_str();
        let mut symbol = AttributeSymbol {
            instance: at,
            name: &declaration.name,
            suffix: "",
            constant: declaration.constant,
            annotations,
            initial: Initial::Declared(declaration),
            declared: None,
            scope: at,
            ty: self.types.open(),
        };
        if let Some(importer) = importer.filter(|_| !declaration.constant)
            && let Some((scope, initial)) = self.given(importer, name)
        {
            let declared = AttributeId::new(self.symbols.attributes.len());
            self.symbols.attributes.push(AttributeSymbol {
                suffix: " as declared",
                constant: true,
                annotations: &[],
                ..symbol.clone()
            });
            symbol = AttributeSymbol {
                initial,
                scope,
                declared: Some(declared),
                ..symbol
            };
        }
        let attributes = &mut self.symbols.attributes;
        match self.symbols.instances[at.0].attributes.get(name) {
            Some(known) => attributes[known.index()] = symbol,
            None => {
                let id = AttributeId::new(attributes.len());
                attributes.push(symbol);
                self.symbols.instances[at.0].attributes.insert(name, id);
            }
        }
    }

    /// What importers give an attribute, and where that is evaluated: the outermost override, else the attribute of the
    /// same name in the file that imports this one.
    fn given(&self, importer: Importer<'a>, name: &str) -> Option<(InstanceId, Initial<'a>)> {
        let mut given = None;
        let (mut path, mut above) = (name.to_owned(), Some(importer));
        while let Some(importer) = above {
            let overrides = importer.import.overrides.iter().flatten();
            let value = overrides.into_iter().find_map(|it| match it {
                Override::Attribute(target, value) if target.text == path => Some(value),
                _ => None,
            });
            given = value
                .map(|value| (importer.instance, Initial::Overridden(value)))
                .or(given);
            path = format!("{}.{path}", importer.import.id.text);
            above = self.symbols.instances[importer.instance.0].importer;
        }
        let protected = importer.import.overrides.as_ref().is_some_and(|list| {
            list.is_empty()
                || list
                    .iter()
                    .any(|it| matches!(it, Override::Protect(target) if target.text == name))
        });
        given.or_else(|| {
            let above = self.symbols.attribute(importer.instance, name)?;
            let reaches = !protected && !self.symbols.attributes[above.index()].constant;
            reaches.then_some((importer.instance, Initial::Propagated(above)))
        })
    }

    fn enter_function(&mut self, at: InstanceId, declaration: FunctionDeclaration<'a>) {
        let params = declaration
            .parameters
            .iter()
            .map(|_| self.types.open())
            .collect();
        let symbol = FunctionSymbol {
            instance: at,
            declaration,
            params,
            result: self.types.open(),
        };
        let signature = (declaration.name.text.as_str(), declaration.parameters.len());
        let functions = &mut self.symbols.functions;
        match self.symbols.instances[at.0].functions.get(&signature) {
            Some(known) => functions[known.index()] = symbol,
            None => {
                let id = FunctionId::new(functions.len());
                functions.push(symbol);
                self.symbols.instances[at.0].functions.insert(signature, id);
            }
        }
    }

    fn enter_rule(
        &mut self,
        at: InstanceId,
        rule: &'a ast::Rule,
        annotations: &'a [ast::Annotation],
        importer: Option<Importer<'a>>,
    ) {
        if rule.name.text.contains('.') {
            self.foreign.push((at, rule, annotations));
            return;
        }
        let instance = &mut self.symbols.instances[at.0];
        if rule.role == RuleRole::Start {
            instance.start = Some(&rule.name.text);
        }
        let symbol = self.rule_symbol(at, rule, annotations);
        self.put_rule(at, &rule.name.text, symbol);
        let Some(importer) = importer else {
            return;
        };
        let overrides = importer.import.overrides.iter().flatten();
        let replacement = overrides.into_iter().find_map(|it| match it {
            Override::Rule(other) if signature(other) == signature(rule) => Some(other),
            _ => None,
        });
        if let Some(replacement) = replacement {
            self.replace_rule(at, replacement, importer.instance, Vec::new());
        }
    }

    fn report_twice(&mut self, name: &ast::Name, first: Option<Span>) {
        let title = format!("`{}` is declared twice", name.text);
        let mut diagnostic =
            Diagnostic::error(Code("E0204"), title, name.span).label("declared again here");
        if let Some(first) = first {
            diagnostic = diagnostic.also(first, "first declared here");
        }
        self.diagnostics.push(diagnostic);
    }
}
