//! Function calls, and arguments of everything in the builtin tables.

use gable_grammar::ast::{Expr, ExprKind, Name};
use gable_grammar::{Code, Diagnostic, Span};
use gable_kernel::abi::token;

use super::size::SizeMode;
use super::{Elaborator, Scope};
use crate::builtins::{self, Output, Overload, Param, Special};
use crate::suggest::nearest;
use crate::symbols::Path;
use crate::tree::{Node, NodeKind};
use crate::ty::{Constraint, Scalar, Type, Variable};

/// What the arguments of a builtin became.
pub(super) struct Arguments {
    pub(super) overload: &'static Overload,
    /// For each parameter of the kernel function, the bit set of relative sizes included.
    pub(super) nodes: Vec<Node>,
    /// The type of its argument that is an array of any type, or names.
    array: Option<Variable>,
}

impl<'a> Elaborator<'_, 'a> {
    /// A call in an expression; names without parentheses come here too.
    pub(super) fn call(
        &mut self,
        scope: &mut Scope<'a>,
        name: &'a Name,
        arguments: &'a [Expr],
        span: Span,
    ) -> Node {
        let Path::In(at, rest) = self.symbols.follow(scope.instance, &name.text) else {
            return self.missing(span);
        };
        if let Some(id) = self.symbols.function(at, rest, arguments.len()) {
            let symbols = self.symbols;
            let symbol = &symbols.functions[id.index()];
            let nodes = self.user_arguments(
                scope,
                arguments,
                &symbol.params,
                symbol.declaration.parameters,
            );
            return Node {
                kind: NodeKind::Call(id, nodes),
                ty: symbol.result,
                span,
            };
        }
        if let Some((special, arity)) = builtins::special(&name.text) {
            if !arity.contains(&arguments.len()) {
                self.report_arity(name, arguments.len(), arity.collect(), None);
                return self.missing(span);
            }
            let nodes = arguments
                .iter()
                .map(|argument| self.expr(scope, argument))
                .collect();
            return self.special(special, nodes, span);
        }
        if let Some(overloads) = builtins::function(&name.text) {
            let Some(call) = self.overload(scope, name, overloads, arguments) else {
                return self.missing(span);
            };
            let of_argument = || call.array.expect("such functions take an array");
            let strings = Type::Array(Scalar::String);
            let (ty, wanted) = match call.overload.output {
                Output::Value(ty) => (self.types.known(ty), None),
                Output::SameArray => (of_argument(), None),
                Output::SameNames => (self.types.known(strings), Some(of_argument())),
                Output::List => (self.types.known(strings), Some(Variable::STRING)),
                Output::Nothing => unreachable!("the table of functions has no operations"),
            };
            let node = Node {
                kind: NodeKind::Kernel(call.overload.kernel(), call.nodes),
                ty,
                span,
            };
            return match wanted {
                Some(ty) => Node {
                    kind: NodeKind::Special(Special::NamesFromArray, vec![node]),
                    ty,
                    span,
                },
                None => node,
            };
        }
        if let Some((declared, arity)) = self.symbols.other_function(at, rest) {
            self.report_arity(name, arguments.len(), vec![arity], Some(declared));
        } else if !arguments.is_empty() && self.symbols.attribute(at, rest).is_some() {
            self.report_arity(name, arguments.len(), vec![0], None);
        } else {
            let what = if arguments.is_empty() {
                "attribute or function"
            } else {
                "function"
            };
            self.report_unknown_value(scope, name, what);
        }
        self.missing(span)
    }

    /// Arguments of a rule or function of the program.
    pub(super) fn user_arguments(
        &mut self,
        scope: &mut Scope<'a>,
        arguments: &'a [Expr],
        types: &[Variable],
        names: &[Name],
    ) -> Vec<Node> {
        let mut nodes = Vec::new();
        for ((argument, ty), name) in arguments.iter().zip(types).zip(names) {
            let mut node = self.expr(scope, argument);
            if self.is_taken_as_text(&node, *ty) {
                node = self.as_text(node, name);
            }
            self.expect(&node, *ty, || {
                let title = format!("argument `{}` has the wrong type", name.text);
                (title, Some((name.span, "the parameter".to_owned())))
            });
            nodes.push(node);
        }
        nodes
    }

    /// Whether a number or truth value goes where a string is known to be wanted.
    fn is_taken_as_text(&mut self, node: &Node, wanted: Variable) -> bool {
        let given = self.types.resolve(node.ty);
        self.types.resolve(wanted) == Some(Type::STRING)
            && matches!(given, Some(Type::Scalar(Scalar::Float | Scalar::Bool)))
    }

    /// The text of an argument, as old files give it: `Chair(0)` where a colour is wanted.
    fn as_text(&mut self, node: Node, parameter: &Name) -> Node {
        let (found, span) = (self.types.settled(node.ty), node.span);
        let title = format!(
            "argument `{}` is a {found}: its text is used",
            parameter.text
        );
        let diagnostic = Diagnostic::warning(Code("W0206"), title, span)
            .label("a string is expected")
            .also(parameter.span, "the parameter".to_owned());
        self.diagnostics
            .push(diagnostic.help("write the string that is meant, or `str(...)`"));
        Node {
            kind: NodeKind::Special(Special::Str, vec![node]),
            ty: Variable::STRING,
            span,
        }
    }

    /// Picks the overload that a call means and elaborates its arguments; `None` after a message.
    pub(super) fn overload(
        &mut self,
        scope: &mut Scope<'a>,
        name: &Name,
        overloads: &'static [Overload],
        arguments: &'a [Expr],
    ) -> Option<Arguments> {
        let possible: Vec<&Overload> = overloads
            .iter()
            .filter(|it| it.arity() == arguments.len())
            .collect();
        let Some(first) = possible.first() else {
            self.report_arity(
                name,
                arguments.len(),
                overloads.iter().map(Overload::arity).collect(),
                None,
            );
            return None;
        };
        let fits = |test: fn(&Expr, &[&str]) -> bool| {
            possible
                .iter()
                .find(|overload| wrong_token(overload, arguments, test).is_none())
        };
        let Some(overload) = fits(is_token).or_else(|| fits(may_be_token)) else {
            let (argument, words) =
                wrong_token(first, arguments, may_be_token).expect("no overload fits");
            self.report_token(name, argument, words);
            return None;
        };
        Some(self.arguments(scope, name, overload, arguments))
    }

    fn arguments(
        &mut self,
        scope: &mut Scope<'a>,
        name: &Name,
        overload: &'static Overload,
        arguments: &'a [Expr],
    ) -> Arguments {
        let mut rest = arguments.iter();
        let mut nodes = Vec::new();
        let (mut bits, mut sizes, mut array) = (0, 0, None);
        for param in overload.params {
            let span = name.span;
            let node = match *param {
                Param::Number(value) => Self::float(value, span),
                Param::Word(value) => Self::word(value, span),
                Param::Fixed(word) => Self::word(builtins::token(word), span),
                Param::Again(index) => Self::repeat(scope, &mut nodes, index),
                _ => {
                    let argument = rest.next().expect("the arity is checked");
                    let (node, mode) = self.argument(scope, name, *param, argument);
                    match mode {
                        SizeMode::Relative => bits |= 1 << sizes,
                        SizeMode::Floating => bits |= 1 << (sizes + 8),
                        SizeMode::Absolute => {}
                    }
                    sizes += u32::from(matches!(param, Param::Size | Param::TileSize));
                    array = match (param, &node.kind) {
                        (Param::AnyArray, _) => Some(node.ty),
                        (Param::Names, NodeKind::Special(_, names)) => Some(names[0].ty),
                        _ => array,
                    };
                    node
                }
            };
            nodes.push(node);
        }
        if overload.has_relative_bits() {
            nodes.push(Self::word(bits, name.span));
        }
        Arguments {
            overload,
            nodes,
            array,
        }
    }

    /// The value of an earlier argument, which is kept in a local.
    fn repeat(scope: &mut Scope<'a>, nodes: &mut [Node], index: usize) -> Node {
        let (ty, span) = (nodes[index].ty, nodes[index].span);
        let local = scope.local(ty);
        let stored = std::mem::replace(
            &mut nodes[index],
            Node {
                kind: NodeKind::Missing,
                ty,
                span,
            },
        );
        nodes[index].kind = NodeKind::Tee(local, Box::new(stored));
        Node {
            kind: NodeKind::Local(local),
            ty,
            span,
        }
    }

    /// One argument of a builtin.
    fn argument(
        &mut self,
        scope: &mut Scope<'a>,
        name: &Name,
        param: Param,
        argument: &'a Expr,
    ) -> (Node, SizeMode) {
        let wrong = || {
            (
                format!("argument of `{}` has the wrong type", name.text),
                None,
            )
        };
        let node = match param {
            Param::Size | Param::TileSize => {
                let (mode, node) = self.size(scope, argument);
                if mode == SizeMode::Floating && param == Param::Size {
                    self.report_mark(argument);
                }
                return (node, mode);
            }
            Param::Value(ty) => {
                let node = self.expr(scope, argument);
                let ty = self.types.known(ty);
                self.expect(&node, ty, wrong);
                node
            }
            Param::AnyArray => {
                let node = self.expr(scope, argument);
                let element = self.types.open();
                let array = self.types.array(element);
                self.expect(&node, array, wrong);
                node
            }
            Param::Names => {
                let node = self.expr(scope, argument);
                let (value, span) = (node.ty, node.span);
                let element = Variable::STRING;
                self.types
                    .constrain(Constraint::Spliced { value, element }, span);
                Node {
                    kind: NodeKind::Special(Special::NamesToArray, vec![node]),
                    ty: self.types.array(element),
                    span,
                }
            }
            Param::Text => {
                let node = self.expr(scope, argument);
                let span = node.span;
                Node {
                    kind: NodeKind::Text(Box::new(node)),
                    ty: Variable::STRING,
                    span,
                }
            }
            Param::Token(words) => self.token(scope, name, argument, words),
            Param::Number(_) | Param::Word(_) | Param::Fixed(_) | Param::Again(_) => {
                unreachable!("these are no arguments")
            }
        };
        (node, SizeMode::Absolute)
    }

    /// A word, or a string that becomes one at run time.
    fn token(
        &mut self,
        scope: &mut Scope<'a>,
        name: &Name,
        argument: &'a Expr,
        words: &[&str],
    ) -> Node {
        let text = match &argument.kind {
            ExprKind::Name(word) if words.contains(&word.text.as_str()) => {
                return Self::word(builtins::token(&word.text), argument.span);
            }
            ExprKind::String(word) => return Self::word(builtins::token(word), argument.span),
            ExprKind::Name(word) if !self.is_value(scope, &word.text) => {
                self.report_token(name, argument, words);
                return self.missing(argument.span);
            }
            ExprKind::Call(name, arguments) if name.text == "sel" && arguments.len() == 1 => {
                &arguments[0]
            }
            _ => argument,
        };
        let text = self.expr(scope, text);
        self.expect(&text, Variable::STRING, || {
            ("a word or its string belongs here".to_owned(), None)
        });
        Self::kernel("token_s", vec![text], Variable::BOOL, argument.span)
    }

    /// Whether a name without arguments is a value of the program.
    fn is_value(&self, scope: &Scope<'a>, name: &str) -> bool {
        match self.symbols.follow(scope.instance, name) {
            Path::In(at, rest) => {
                scope.knows(name)
                    || self.symbols.attribute(at, rest).is_some()
                    || self.symbols.function(at, rest, 0).is_some()
                    || builtins::shape_attribute(name).is_some()
            }
            Path::Broken => true,
        }
    }

    /// A word of a block operation that must be one of `words`; the first of them after a message.
    pub(super) fn one_of(
        &mut self,
        scope: &mut Scope<'a>,
        name: &Name,
        argument: &'a Expr,
        words: &'static [&'static str],
    ) -> Node {
        if may_be_token(argument, words) {
            return self.token(scope, name, argument, words);
        }
        self.report_token(name, argument, words);
        Self::word(builtins::token(words[0]), argument.span)
    }

    fn report_token(&mut self, name: &Name, argument: &Expr, words: &[&str]) {
        let listed = if words.len() > 12 {
            &words[..12]
        } else {
            words
        };
        let more = if words.len() > 12 { ", ..." } else { "" };
        let title = format!(
            "`{}` expects one of {}{more} here",
            name.text,
            listed.join(", ")
        );
        let mut diagnostic = Diagnostic::error(Code("E0404"), title, argument.span);
        if let ExprKind::Name(found) = &argument.kind {
            diagnostic.help = nearest(&found.text, words.iter().copied())
                .map(|word| format!("did you mean `{word}`?"));
        }
        self.diagnostics.push(diagnostic);
    }
}

/// The first argument that should be one of a list of words and is not.
fn wrong_token<'e>(
    overload: &Overload,
    arguments: &'e [Expr],
    test: fn(&Expr, &[&str]) -> bool,
) -> Option<(&'e Expr, &'static [&'static str])> {
    let params = overload.params.iter().filter(|param| param.is_argument());
    params
        .zip(arguments)
        .find_map(|(param, argument)| match param {
            Param::Token(words) if !test(argument, words) => Some((argument, *words)),
            _ => None,
        })
}

/// Whether an argument is one of these words.
fn is_token(argument: &Expr, words: &[&str]) -> bool {
    match &argument.kind {
        ExprKind::Name(word) => words.contains(&word.text.as_str()),
        ExprKind::String(word) => words.contains(&word.as_str()),
        ExprKind::Call(name, arguments) => name.text == "sel" && arguments.len() == 1,
        _ => false,
    }
}

/// Whether an argument may turn out to be one of these words at run time.
fn may_be_token(argument: &Expr, words: &[&str]) -> bool {
    match &argument.kind {
        ExprKind::Name(word) => {
            words.contains(&word.text.as_str()) || token::token(&word.text).is_none()
        }
        ExprKind::String(word) => words.contains(&word.as_str()),
        ExprKind::Call(..) | ExprKind::Case(_) | ExprKind::Chance(_) | ExprKind::Index(..) => true,
        ExprKind::Parenthesized(inner) => may_be_token(inner, words),
        _ => false,
    }
}
