//! The tree as text: what `gable show --ast` prints and golden files hold.
//!
//! One line for each declaration, operation, branch and arm, indented by two blanks; expressions fully
//! parenthesised in prefix form, so that precedence can be read off: `(+ 1 (* 2 x))`.

mod expr;

use std::fmt::{self, Display, Formatter, Write as _};

use super::{
    Annotation, AnnotationValue, Attribute, Binding, Block, BlockItem, BlockItemKind,
    BlockOperation, Call, Chain, Declaration, DeclarationKind, Expr, File, Function, Import, Name,
    Operation, OperationKind, Override, Rule, RuleRole, SelectOperator, Style, Successor,
    SuccessorKind,
};

impl Display for File {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut printer = Printer::default();
        if let Some(version) = &self.version {
            printer.line(0, &format!("version {:?}", version.text));
        }
        for declaration in &self.declarations {
            printer.declaration(declaration);
        }
        f.write_str(&printer.text)
    }
}

impl Display for SelectOperator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Each => ":",
            Self::All => "=",
            Self::Connected => "=:",
        })
    }
}

#[derive(Default)]
struct Printer {
    text: String,
}

impl Printer {
    fn line(&mut self, indent: usize, line: &str) {
        for _ in 0..indent {
            self.text.push_str("  ");
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn declaration(&mut self, declaration: &Declaration) {
        for annotation in &declaration.annotations {
            self.annotation(annotation);
        }
        match &declaration.kind {
            DeclarationKind::Import(import) => self.import(import),
            DeclarationKind::Attribute(attribute) => self.attribute(attribute),
            DeclarationKind::Function(function) => self.function(function),
            DeclarationKind::Rule(rule) => self.rule(0, rule),
            DeclarationKind::Style(Style { name, base }) => {
                let base = base
                    .as_ref()
                    .map_or_else(String::new, |base| format!(" extends {}", base.text));
                self.line(0, &format!("style {}{base}", name.text));
            }
        }
    }

    fn annotation(&mut self, annotation: &Annotation) {
        let mut line = format!("@{}", annotation.name.text);
        for argument in &annotation.arguments {
            line.push(' ');
            if let Some(key) = &argument.key {
                let _ = write!(line, "{key}=");
            }
            let _ = match &argument.value {
                AnnotationValue::Number(number) => write!(line, "{number}"),
                AnnotationValue::Bool(value) => write!(line, "{value}"),
                AnnotationValue::String(string) => write!(line, "{string:?}"),
                AnnotationValue::Text(text) => write!(line, "text {text:?}"),
            };
        }
        self.line(0, &line);
    }

    fn import(&mut self, import: &Import) {
        let mut line = format!("import {}", import.id.text);
        for style in &import.styles {
            let _ = write!(line, " style {}", style.text);
        }
        let _ = write!(line, " : {:?}", import.path.text);
        if import.overrides.as_ref().is_some_and(Vec::is_empty) {
            line.push_str(" protect all");
        }
        self.line(0, &line);
        for entry in import.overrides.iter().flatten() {
            self.an_override(1, entry);
        }
    }

    fn an_override(&mut self, indent: usize, entry: &Override) {
        match entry {
            Override::Protect(name) => self.line(indent, &format!("protect {}", name.text)),
            Override::Attribute(name, value) => {
                self.line(indent, &format!("{} = {value}", name.text));
            }
            Override::Rule(rule) => self.rule(indent, rule),
        }
    }

    fn attribute(&mut self, attribute: &Attribute) {
        let keyword = if attribute.constant { "const" } else { "attr" };
        let head = format!(
            "{keyword} {}{}",
            attribute.name.text,
            parameters(attribute.parameters.as_deref())
        );
        self.line(0, &format!("{head} = {}", attribute.value));
        self.locals(1, &attribute.locals);
    }

    fn function(&mut self, function: &Function) {
        let head = format!(
            "function {}{}",
            function.name.text,
            parameters(function.parameters.as_deref())
        );
        self.line(0, &format!("{head} = {}", function.value));
        self.locals(1, &function.locals);
    }

    fn rule(&mut self, indent: usize, rule: &Rule) {
        let role = match rule.role {
            RuleRole::Plain => "rule",
            RuleRole::Start => "start rule",
            RuleRole::Extension => "extension rule",
        };
        let parameters = parameters(rule.parameters.as_deref());
        self.line(indent, &format!("{role} {}{parameters}", rule.name.text));
        self.locals(indent + 1, &rule.locals);
        self.successor(indent + 1, &rule.successor);
    }

    fn locals(&mut self, indent: usize, locals: &[Binding]) {
        for local in locals {
            self.line(
                indent,
                &format!("with {} := {}", local.name.text, local.value),
            );
        }
    }

    /// Follows an `else` chain at the same indent.
    fn successor(&mut self, indent: usize, successor: &Successor) {
        let mut successor = successor;
        loop {
            successor = match &successor.kind {
                SuccessorKind::Operations(operations) => {
                    if operations.is_empty() {
                        self.line(indent, "nothing");
                    }
                    for operation in operations {
                        self.operation(indent, operation);
                    }
                    return;
                }
                SuccessorKind::Case(chain) => self.chain(indent, "case", chain),
                SuccessorKind::Chance(chain) => self.chain(indent, "chance", chain),
            };
        }
    }

    fn chain<'a>(
        &mut self,
        indent: usize,
        word: &str,
        chain: &'a Chain<Successor>,
    ) -> &'a Successor {
        for (condition, successor) in &chain.arms {
            self.line(indent, &format!("{word} {condition}"));
            self.successor(indent + 1, successor);
        }
        self.line(indent, "else");
        &chain.otherwise
    }

    fn operation(&mut self, indent: usize, operation: &Operation) {
        match &operation.kind {
            OperationKind::Scoped(successor) => {
                self.line(indent, "scoped");
                self.successor(indent + 1, successor);
            }
            OperationKind::Inline { strategy, body } => {
                let strategy = strategy
                    .as_ref()
                    .map_or_else(String::new, |s| format!(" {}", s.text));
                self.line(indent, &format!("inline{strategy}"));
                self.successor(indent + 1, body);
            }
            OperationKind::Call(call) => self.call(indent, call),
            OperationKind::Block(block) => self.block_operation(indent, block),
        }
    }

    fn call(&mut self, indent: usize, call: &Call) {
        let head = if call.leaf { "leaf" } else { "call" };
        if let Some(member) = &call.member {
            self.line(indent, &format!("import {}", call.name.text));
            for entry in &call.overrides {
                self.an_override(indent + 1, entry);
            }
            self.call(indent + 1, member);
        } else {
            let arguments = arguments(call.arguments.as_deref());
            self.line(indent, &format!("{head} {}{arguments}", call.name.text));
        }
    }

    fn block_operation(&mut self, indent: usize, operation: &BlockOperation) {
        let BlockOperation {
            name,
            arguments: list,
            block,
            repeat,
            remainder,
        } = operation;
        let star = if *repeat { " repeat" } else { "" };
        self.line(
            indent,
            &format!("block {}{}{star}", name.text, arguments(list.as_deref())),
        );
        self.block(indent + 1, block);
        if let Some(item) = remainder {
            self.line(indent + 1, "rest");
            self.item(indent + 2, item);
        }
    }

    fn block(&mut self, indent: usize, block: &Block) {
        for item in &block.items {
            self.item(indent, item);
        }
    }

    fn item(&mut self, indent: usize, item: &BlockItem) {
        let (line, successor) = match &item.kind {
            BlockItemKind::Group { block, repeat } => {
                self.line(indent, if *repeat { "group repeat" } else { "group" });
                self.block(indent + 1, block);
                return;
            }
            BlockItemKind::Sized { size, successor } => (format!("size {size}"), successor),
            BlockItemKind::SizedDepth {
                size,
                depth,
                successor,
            } => (format!("size {size} depth {depth}"), successor),
            BlockItemKind::Selected {
                selector,
                operator,
                successor,
            } => (format!("select {selector} {operator}"), successor),
            BlockItemKind::Plain(successor) => ("plain".to_owned(), successor),
        };
        self.line(indent, &line);
        self.successor(indent + 1, successor);
    }
}

fn parameters(list: Option<&[Name]>) -> String {
    list.map_or_else(String::new, |names| {
        let names: Vec<_> = names.iter().map(|name| name.text.as_str()).collect();
        format!("({})", names.join(", "))
    })
}

fn arguments(list: Option<&[Expr]>) -> String {
    list.map_or_else(String::new, |list| {
        let list: Vec<_> = list.iter().map(Expr::to_string).collect();
        format!("({})", list.join(", "))
    })
}
