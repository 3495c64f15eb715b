//! Declarations.

use super::Builder;
use super::expr::bracketed;
use super::successor::Owner;
use crate::ast::{
    Annotation, Attribute, Binding, Declaration, DeclarationKind, Function, Import, Name, Override,
    Rule, RuleRole,
};
use crate::format::doc::Doc;

impl Builder<'_> {
    /// A declaration; several when one `import` lists several files.
    pub(in crate::format) fn declarations(
        &mut self,
        annotations: &[&Annotation],
        declarations: &[&Declaration],
    ) -> Doc {
        let mut docs = self.annotations(annotations);
        if self.peek() == "version" {
            docs.extend([self.take(), Doc::Blank, self.take()]);
        }
        for (index, declaration) in declarations.iter().enumerate() {
            if index > 0 {
                docs.push(Doc::indent(vec![Doc::HardLine]));
            }
            docs.push(self.declaration(&declaration.kind));
        }
        Doc::Concat(docs)
    }

    /// Annotations fill lines; the author's line ends between them stay.
    fn annotations(&mut self, annotations: &[&Annotation]) -> Vec<Doc> {
        let mut docs = Vec::new();
        let mut line = Vec::new();
        let mut annotations = annotations.iter();
        while self.peek() == "@" {
            // A file of annotations and a version only has no declaration that keeps them.
            let span = annotations
                .next()
                .map_or_else(|| self.up_to("version"), |a| a.span);
            line.push(self.raw(span));
            let last = self.peek() != "@";
            if last || self.breaks_here() {
                docs.push(Doc::Fill(std::mem::take(&mut line)));
                docs.push(if self.breaks_here() {
                    Doc::HardLine
                } else {
                    Doc::Blank
                });
            }
        }
        docs
    }

    fn declaration(&mut self, kind: &DeclarationKind) -> Doc {
        match kind {
            DeclarationKind::Import(import) => self.import(import),
            DeclarationKind::Attribute(attribute) => self.attribute(attribute),
            DeclarationKind::Function(function) => self.function(function),
            DeclarationKind::Rule(rule) => self.rule(rule),
            DeclarationKind::Style(style) => {
                let words = if style.base.is_some() { 4 } else { 2 };
                self.spaced(words)
            }
        }
    }

    /// So many words with blanks between them.
    fn spaced(&mut self, words: usize) -> Doc {
        let mut docs = Vec::new();
        for index in 0..words {
            if index > 0 {
                docs.push(Doc::Blank);
            }
            docs.push(self.take());
        }
        Doc::Concat(docs)
    }

    fn import(&mut self, import: &Import) -> Doc {
        let mut docs = Vec::new();
        if self.peek() == "import" && self.peek_at(1) != ":" {
            docs.extend([self.take(), Doc::Blank]);
        }
        docs.push(self.take());
        if !import.styles.is_empty() {
            docs.push(self.names(&import.styles));
        }
        docs.extend([Doc::Blank, self.take(), Doc::Blank, self.take()]);
        if let Some(overrides) = &import.overrides {
            docs.push(Doc::Blank);
            docs.push(self.overrides(overrides));
        }
        Doc::Concat(docs)
    }

    /// What an import, or a call through one, changes.
    pub(super) fn overrides(&mut self, overrides: &[Override]) -> Doc {
        let open = self.take();
        let list = self.separated(overrides, Self::an_override);
        bracketed(open, list, self.take())
    }

    fn an_override(&mut self, entry: &Override) -> Doc {
        match entry {
            Override::Protect(_) => self.take(),
            Override::Attribute(_, value) => {
                let head = self.spaced(2);
                Doc::Concat(vec![head, self.value(value)])
            }
            Override::Rule(rule) => self.rule(rule),
        }
    }

    fn attribute(&mut self, attribute: &Attribute) -> Doc {
        let head = self.spaced(2);
        let header = self.header(attribute.parameters.as_deref(), &attribute.locals);
        Doc::Concat(vec![head, header, self.value(&attribute.value)])
    }

    fn function(&mut self, function: &Function) -> Doc {
        let head = self.take();
        let header = self.header(function.parameters.as_deref(), &function.locals);
        Doc::Concat(vec![head, header, self.value(&function.value)])
    }

    fn rule(&mut self, rule: &Rule) -> Doc {
        let head = self.spaced(if rule.role == RuleRole::Plain { 1 } else { 2 });
        let header = self.header(rule.parameters.as_deref(), &rule.locals);
        Doc::Concat(vec![head, header, self.body(&rule.successor, Owner::Rule)])
    }

    /// Parameters, locals and the `=` or `-->`.
    fn header(&mut self, parameters: Option<&[Name]>, locals: &[Binding]) -> Doc {
        let mut docs = Vec::new();
        if let Some(parameters) = parameters {
            docs.push(self.names(parameters));
        }
        if self.peek() == "with" {
            docs.extend([Doc::Blank, self.take(), Doc::Blank]);
            docs.push(self.locals(locals));
        }
        docs.extend([Doc::Blank, self.take()]);
        Doc::Concat(docs)
    }

    fn names(&mut self, names: &[Name]) -> Doc {
        let open = self.take();
        let list = self.separated(names, |builder, _| builder.take());
        bracketed(open, list, self.take())
    }

    /// Locals have no separator; each gets a line when they do not fit on one.
    fn locals(&mut self, locals: &[Binding]) -> Doc {
        let mut docs = vec![self.take()];
        let mut list = Vec::new();
        for local in locals {
            list.push(Doc::Line);
            let head = self.spaced(2);
            list.push(Doc::Concat(vec![head, self.value(&local.value)]));
        }
        docs.extend([Doc::indent(list), Doc::Line, self.take()]);
        Doc::group(docs)
    }
}
