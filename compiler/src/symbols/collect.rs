//! Makes instances and enters what they declare.

use std::collections::BTreeMap;

use gable_grammar::ast::{self, Declaration, DeclarationKind, Import, Override, RuleRole};
use gable_grammar::{Code, Diagnostic, Diagnostics, Span};

use super::{
    AttributeSymbol, FunctionDeclaration, FunctionSymbol, Initial, Instance, InstanceId,
    RuleSymbol, Symbols,
};
use crate::ir::{AttributeId, FunctionId, RuleId};
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
    };
    let main = collector.instantiate(FileId(0), String::new(), style, None);
    let mut open = vec![(FileId(0), main, 0)];
    while let Some((file, instance, next)) = open.pop() {
        let Some(import) = loaded.files[file.0].import_declarations().nth(next) else {
            continue;
        };
        open.push((file, instance, next + 1));
        let target = loaded.files[file.0].imports.get(next).copied().flatten();
        let made = target.and_then(|target| collector.import(target, instance, import));
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
    collector.symbols
}

/// An import seen from the imported file.
#[derive(Clone, Copy)]
struct Importer<'a> {
    instance: InstanceId,
    import: &'a Import,
}

struct Collector<'a, 't> {
    loaded: &'a Loaded,
    types: &'t mut Types,
    diagnostics: &'t mut Diagnostics,
    symbols: Symbols<'a>,
}

impl<'a> Collector<'a, '_> {
    fn import(
        &mut self,
        target: FileId,
        importer: InstanceId,
        import: &'a Import,
    ) -> Option<InstanceId> {
        let symbols =
            self.symbols.attributes.len() + self.symbols.functions.len() + self.symbols.rules.len();
        if self.symbols.instances.len() >= MOST_INSTANCES || symbols >= MOST_SYMBOLS {
            let title = format!(
                "imports make more than {MOST_INSTANCES} copies of files or {MOST_SYMBOLS} names"
            );
            self.diagnostics
                .push(Diagnostic::error(Code("E0207"), title, import.id.span));
            return None;
        }
        let prefix = format!(
            "{}{}.",
            self.symbols.instances[importer.0].prefix, import.id.text
        );
        let style = import.styles.first().map(|style| style.text.as_str());
        let made = self.instantiate(
            target,
            prefix,
            style,
            Some(Importer {
                instance: importer,
                import,
            }),
        );
        self.check_overrides(made, import);
        Some(made)
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
        });
        let loaded = self.loaded;
        for layer in self.layers(&loaded.files[file.0].ast, style) {
            let mut seen = BTreeMap::new();
            for declaration in layer {
                self.enter(id, declaration, importer, &mut seen);
            }
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
        let mut scope = at;
        let mut initial = Initial::Declared(declaration);
        if let Some(importer) = importer.filter(|_| !declaration.constant) {
            let overrides = importer.import.overrides.as_deref();
            let given = overrides
                .unwrap_or_default()
                .iter()
                .find_map(|it| match it {
                    Override::Attribute(target, value) if target.text == name => Some(value),
                    _ => None,
                });
            let protected = overrides.is_some_and(|list| {
                list.is_empty()
                    || list
                        .iter()
                        .any(|it| matches!(it, Override::Protect(target) if target.text == name))
            });
            let above = self.symbols.attribute(importer.instance, name);
            let above =
                above.filter(|id| !self.symbols.attributes[id.index()].declaration.constant);
            if let Some(value) = given {
                (scope, initial) = (importer.instance, Initial::Overridden(value));
            } else if let (Some(above), false) = (above, protected) {
                (scope, initial) = (importer.instance, Initial::Propagated(above));
            }
        }
        let ty = self.types.open();
        let symbol = AttributeSymbol {
            instance: at,
            declaration,
            annotations,
            initial,
            scope,
            ty,
        };
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
        let arity = rule.parameters.as_ref().map_or(0, Vec::len);
        let mut symbol = RuleSymbol {
            instance: at,
            declaration: rule,
            annotations,
            scope: at,
            params: Vec::new(),
        };
        if let Some(importer) = importer {
            let overrides = importer.import.overrides.iter().flatten();
            let replacement = overrides.into_iter().find_map(|it| match it {
                Override::Rule(other) if other.name.text == rule.name.text => Some(other),
                _ => None,
            });
            let same_arity =
                |other: &&ast::Rule| other.parameters.as_ref().map_or(0, Vec::len) == arity;
            if let Some(replacement) = replacement.filter(same_arity) {
                (symbol.declaration, symbol.scope) = (replacement, importer.instance);
            }
        }
        symbol.params = (0..arity).map(|_| self.types.open()).collect();
        let signature = (rule.name.text.as_str(), arity);
        let instance = &mut self.symbols.instances[at.0];
        if rule.role == RuleRole::Start {
            instance.start = Some(signature.0);
        }
        match instance.rules.get(&signature) {
            Some(known) => self.symbols.rules[known.index()] = symbol,
            None => {
                let id = RuleId::new(self.symbols.rules.len());
                instance.rules.insert(signature, id);
                self.symbols.rules.push(symbol);
            }
        }
    }

    /// Reports overrides of names that the imported file does not declare.
    fn check_overrides(&mut self, made: InstanceId, import: &'a Import) {
        for entry in import.overrides.iter().flatten() {
            let (name, what) = match entry {
                Override::Protect(name) | Override::Attribute(name, _) => (name, "attribute"),
                Override::Rule(rule) => (&rule.name, "rule"),
            };
            let instance = self.symbols.instance(made);
            let known = match entry {
                Override::Rule(_) => self.symbols.other_rule(made, &name.text).is_some(),
                _ => instance.attributes.contains_key(name.text.as_str()),
            };
            if !known {
                let title = format!("`{}` declares no {what} `{}`", import.path.text, name.text);
                let names = instance
                    .attributes
                    .keys()
                    .copied()
                    .chain(instance.rules.keys().map(|(name, _)| *name));
                let mut diagnostic =
                    Diagnostic::warning(Code("W0204"), title, name.span).label("has no effect");
                diagnostic.help =
                    nearest(&name.text, names).map(|name| format!("did you mean `{name}`?"));
                self.diagnostics.push(diagnostic);
            }
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
