//! Syntax tree -> resolved tree: decides what names mean, and collects what is known about types.

mod block;
mod boolean;
mod call;
mod dynamic;
mod expr;
mod message;
mod operation;
mod setback;
mod size;
mod special;

use gable_grammar::ast;
use gable_grammar::{Code, Diagnostic, Diagnostics, Span};

use crate::builtins::KernelFunction;
use crate::ir::{AttributeId, Invocation, LocalId, RuleId, Step};
use crate::symbols::{AttributeSymbol, FunctionSymbol, Initial, InstanceId, RuleSymbol, Symbols};
use crate::tree::{Frame, Node, NodeKind, RuleBody, Tree, ValueBody};
use crate::ty::{Types, Variable};

/// Expressions and successors nested deeper than this are refused: it bounds the recursion of all later stages.
const DEEPEST: usize = 250;

/// Elaborates all bodies.
pub(crate) fn elaborate(
    symbols: &Symbols<'_>,
    types: &mut Types,
    diagnostics: &mut Diagnostics,
) -> Tree {
    let mut elaborator = Elaborator {
        symbols,
        types,
        diagnostics,
    };
    let tree = Tree {
        attributes: symbols
            .attributes
            .iter()
            .zip(0..)
            .map(|(attribute, number)| elaborator.attribute(AttributeId(number), attribute))
            .collect(),
        functions: symbols
            .functions
            .iter()
            .map(|function| elaborator.function(function))
            .collect(),
        rules: symbols
            .rules
            .iter()
            .zip(0..)
            .map(|(rule, number)| elaborator.rule(RuleId(number), rule))
            .collect(),
    };
    elaborator.types.solve(elaborator.diagnostics);
    tree
}

struct Elaborator<'s, 'a> {
    symbols: &'s Symbols<'a>,
    types: &'s mut Types,
    diagnostics: &'s mut Diagnostics,
}

/// What is visible in the body being elaborated.
struct Scope<'a> {
    instance: InstanceId,
    /// The rule whose body it is.
    rule: Option<RuleId>,
    /// Parameters and locals; later ones hide earlier ones.
    names: Vec<(&'a str, LocalId)>,
    /// Locals of the rule that gives this one in a call, as attributes.
    captured: Vec<(&'a str, AttributeId)>,
    /// The attribute whose value it is.
    attribute: Option<AttributeId>,
    frame: Frame,
    /// How deep we are in expressions and successors.
    depth: usize,
    /// Whether that was too deep once, which is said once.
    too_deep: bool,
    /// Whether `'` and `~` are taken off by the caller.
    in_size: bool,
    /// Whether bare selectors stand for a test of the current component.
    in_selector: bool,
}

impl<'a> Scope<'a> {
    fn new(instance: InstanceId) -> Self {
        let frame = Frame::default();
        Self {
            instance,
            rule: None,
            names: Vec::new(),
            captured: Vec::new(),
            attribute: None,
            frame,
            depth: 0,
            too_deep: false,
            in_size: false,
            in_selector: false,
        }
    }

    /// Whether a name is a parameter or local, of this body or around it.
    fn knows(&self, name: &str) -> bool {
        let locals = self.names.iter().map(|(known, _)| *known);
        locals
            .chain(self.captured.iter().map(|(known, _)| *known))
            .any(|known| known == name)
    }

    /// A new local without a name.
    fn local(&mut self, ty: Variable) -> LocalId {
        self.frame.locals.push(ty);
        LocalId::new(self.frame.locals.len() - 1)
    }

    fn name(&mut self, name: &'a str, ty: Variable) -> LocalId {
        let local = self.local(ty);
        self.names.push((name, local));
        local
    }
}

impl<'a> Elaborator<'_, 'a> {
    fn attribute(&mut self, id: AttributeId, symbol: &AttributeSymbol<'a>) -> ValueBody {
        let mut scope = Scope::new(symbol.scope);
        scope.attribute = Some(id);
        let mut bindings = Vec::new();
        let name = symbol.name;
        let value = match symbol.initial {
            Initial::Declared(declaration) => {
                bindings = self.bindings(&mut scope, &declaration.locals);
                self.expr(&mut scope, &declaration.value)
            }
            Initial::Overridden(value) => self.expr(&mut scope, value),
            Initial::Propagated(from) => Node {
                kind: NodeKind::Attribute(from),
                ty: self.symbols.attributes[from.index()].ty,
                span: name.span,
            },
            Initial::Captured => Node {
                kind: NodeKind::Missing,
                ty: symbol.ty,
                span: name.span,
            },
        };
        self.expect(&value, symbol.ty, || {
            (
                format!("`{}` is used with another type", name.text),
                Some((name.span, "declared here".to_owned())),
            )
        });
        ValueBody {
            frame: scope.frame,
            bindings,
            value,
        }
    }

    fn function(&mut self, symbol: &FunctionSymbol<'a>) -> ValueBody {
        let mut scope = Scope::new(symbol.instance);
        let declaration = symbol.declaration;
        self.params(&mut scope, declaration.parameters, &symbol.params);
        let bindings = self.bindings(&mut scope, declaration.locals);
        let value = self.expr(&mut scope, declaration.value);
        let name = declaration.name;
        self.expect(&value, symbol.result, || {
            (
                format!("`{}` is used with another type", name.text),
                Some((name.span, "declared here".to_owned())),
            )
        });
        ValueBody {
            frame: scope.frame,
            bindings,
            value,
        }
    }

    fn rule(&mut self, id: RuleId, symbol: &RuleSymbol<'a>) -> RuleBody {
        let mut scope = Scope::new(symbol.scope);
        (scope.rule, scope.captured) = (Some(id), symbol.captured.clone());
        let rule = symbol.declaration;
        self.params(
            &mut scope,
            rule.parameters.as_deref().unwrap_or_default(),
            &symbol.params,
        );
        let bindings = self.bindings(&mut scope, &rule.locals);
        let mut steps: Vec<Step<Node>> = bindings
            .into_iter()
            .map(|(local, value)| Step::Let(local, value))
            .collect();
        steps.extend(self.steps(&mut scope, &rule.successor));
        RuleBody {
            frame: scope.frame,
            steps,
        }
    }

    fn params(&mut self, scope: &mut Scope<'a>, names: &'a [ast::Name], types: &[Variable]) {
        for (name, ty) in names.iter().zip(types) {
            if scope.names.iter().any(|(known, _)| *known == name.text) {
                let title = format!("parameter `{}` is declared twice", name.text);
                self.diagnostics
                    .push(Diagnostic::error(Code("E0204"), title, name.span));
            }
            scope.name(&name.text, *ty);
        }
    }

    fn bindings(
        &mut self,
        scope: &mut Scope<'a>,
        bindings: &'a [ast::Binding],
    ) -> Vec<(LocalId, Node)> {
        let mut list = Vec::new();
        for binding in bindings {
            let value = self.expr(scope, &binding.value);
            list.push((scope.name(&binding.name.text, value.ty), value));
        }
        list
    }

    /// Counts one more level of nesting; false (and a message) when there are too many.
    fn enter(&mut self, scope: &mut Scope<'a>, span: Span) -> bool {
        scope.depth += 1;
        if scope.depth == DEEPEST && !std::mem::replace(&mut scope.too_deep, true) {
            let title = format!("expressions are nested more than {DEEPEST} deep");
            let diagnostic = Diagnostic::error(Code("E0305"), title, span);
            self.diagnostics
                .push(diagnostic.help("give a part of it a name: `part = ...`"));
        }
        scope.depth < DEEPEST
    }

    /// Makes a node's type one with `ty`; when that fails, says so with a title and another place.
    fn expect(
        &mut self,
        node: &Node,
        ty: Variable,
        explain: impl FnOnce() -> (String, Option<(Span, String)>),
    ) {
        if self.types.unify(node.ty, ty).is_ok() || matches!(node.kind, NodeKind::Missing) {
            return;
        }
        let (found, expected) = (self.types.settled(node.ty), self.types.settled(ty));
        let (title, other) = explain();
        let mut diagnostic = Diagnostic::error(
            Code("E0301"),
            format!("{title}: expected a {expected}, found a {found}"),
            node.span,
        )
        .label(format!("this is a {found}"));
        if let Some((span, text)) = other {
            diagnostic = diagnostic.also(span, text);
        }
        self.diagnostics.push(diagnostic);
    }

    /// Something that is wrong: stands for any value.
    fn missing(&mut self, span: Span) -> Node {
        Node {
            kind: NodeKind::Missing,
            ty: self.types.open(),
            span,
        }
    }

    fn word(value: i32, span: Span) -> Node {
        Node {
            kind: NodeKind::Word(value),
            ty: Variable::BOOL,
            span,
        }
    }

    fn float(value: f64, span: Span) -> Node {
        Node {
            kind: NodeKind::Float(value),
            ty: Variable::FLOAT,
            span,
        }
    }

    fn kernel(name: &str, arguments: Vec<Node>, ty: Variable, span: Span) -> Node {
        Node {
            kind: NodeKind::Kernel(KernelFunction::named(name), arguments),
            ty,
            span,
        }
    }

    fn invocation(name: &str, arguments: Vec<Node>) -> Invocation<Node> {
        Invocation {
            function: KernelFunction::named(name),
            arguments,
        }
    }
}
