//! Operations with a block: split, comp, setback, shapeL and its kin, scatter.

use gable_grammar::ast::{
    Block as Items, BlockItem, BlockItemKind, BlockOperation, Expr, Name, SelectOperator,
};
use gable_grammar::{Code, Diagnostic, Span};

use super::expr::KINDS;
use super::size::SizeMode;
use super::{Elaborator, Scope};
use crate::builtins;
use crate::ir::{Block, Invocation, Selection, Step};
use crate::tree::Node;

/// What `inline_begin` gets for `modify`.
const MODIFY: i32 = -1;

/// A block under construction: calls that describe the pieces, and what is done on them.
#[derive(Default)]
pub(super) struct Pieces {
    pub(super) begin: Vec<Invocation<Node>>,
    pub(super) selections: Vec<Selection<Node>>,
    pub(super) branches: Vec<Vec<Step<Node>>>,
}

impl Pieces {
    /// A block that begins with a call of the kernel.
    pub(super) fn begun(begin: Invocation<Node>) -> Self {
        Self {
            begin: vec![begin],
            ..Self::default()
        }
    }

    /// The number of the next branch.
    pub(super) fn next(&self) -> i32 {
        i32::try_from(self.branches.len()).expect("branches are fewer than bytes of the source")
    }

    pub(super) fn run(self, run: Invocation<Node>, span: Span) -> Step<Node> {
        let Self {
            begin,
            selections,
            branches,
        } = self;
        Step::Block(
            span,
            Block {
                begin,
                selections,
                run,
                branches,
            },
        )
    }
}

impl<'a> Elaborator<'_, 'a> {
    /// An operation with a block; `None` after a message.
    pub(super) fn block(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a BlockOperation,
        span: Span,
    ) -> Option<Step<Node>> {
        let name = operation.name.text.as_str();
        if operation.repeat && !matches!(name, "split" | "splitArea" | "splitAndSetbackPerimeter") {
            let diagnostic =
                Diagnostic::error(Code("E0407"), format!("`{name}` does not repeat"), span);
            self.diagnostics
                .push(diagnostic.help("only the block of a split may end with `*`"));
        }
        match name {
            "split" => self.split(scope, operation, span),
            "splitArea" => self.split_area(scope, operation, span),
            "splitAndSetbackPerimeter" => self.perimeter(scope, operation, span),
            "comp" => Some(self.component_split(scope, operation, "comp_run", span)),
            "modify" => Some(self.modify(scope, operation, span)),
            "setback" => self.setback(scope, operation, span),
            "setbackPerEdge" => self.setback_per_edge(scope, operation, span),
            "setbackToArea" => self.setback_to_area(scope, operation, span),
            "shapeL" => self.regions(scope, operation, "shape_l_begin", 2, span),
            "shapeU" => self.regions(scope, operation, "shape_u_begin", 3, span),
            "shapeO" => self.regions(scope, operation, "shape_o_begin", 4, span),
            "innerRectangle" => self.regions(scope, operation, "inner_rectangle_begin", 1, span),
            "scatter" => self.scatter(scope, operation, span),
            _ => {
                let title = format!("`{name}` takes no block");
                self.diagnostics
                    .push(Diagnostic::error(Code("E0405"), title, operation.name.span));
                None
            }
        }
    }

    pub(super) fn block_arity(
        &mut self,
        operation: &'a BlockOperation,
        possible: &[usize],
    ) -> Option<&'a [Expr]> {
        let arguments = operation.arguments.as_deref().unwrap_or_default();
        if possible.contains(&arguments.len()) {
            return Some(arguments);
        }
        self.report_arity(&operation.name, arguments.len(), possible.to_vec(), None);
        None
    }

    fn split(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a BlockOperation,
        span: Span,
    ) -> Option<Step<Node>> {
        let arguments = self.block_arity(operation, &[1, 2, 3])?;
        let name = &operation.name;
        let mut pieces = Pieces::default();
        if let [axis, space, set] = arguments {
            let axis = self.one_of(scope, name, axis, &["u", "v"]);
            let space = self.one_of(scope, name, space, &["uvSpace", "unitSpace"]);
            let set = self.float_expr(scope, set);
            pieces
                .begin
                .push(Self::invocation("split_uv_begin", vec![axis, space, set]));
        } else {
            let along = self.along(scope, name, arguments);
            pieces.begin.push(Self::invocation("split_begin", along));
        }
        self.pattern(scope, operation, &mut pieces);
        Some(pieces.run(Self::invocation("split_run", Vec::new()), span))
    }

    fn split_area(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a BlockOperation,
        span: Span,
    ) -> Option<Step<Node>> {
        let arguments = self.block_arity(operation, &[1, 2])?;
        let along = self.along(scope, &operation.name, arguments);
        let mut pieces = Pieces::begun(Self::invocation("split_area_begin", along));
        self.pattern(scope, operation, &mut pieces);
        Some(pieces.run(Self::invocation("split_run", Vec::new()), span))
    }

    /// The axis of a split, and whether scopes are adjusted.
    fn along(&mut self, scope: &mut Scope<'a>, name: &Name, arguments: &'a [Expr]) -> Vec<Node> {
        let axis = self.one_of(scope, name, &arguments[0], &["x", "y", "z"]);
        let adjust = match arguments.get(1) {
            Some(adjust) => self.one_of(scope, name, adjust, &["adjust", "noAdjust"]),
            None => Self::word(builtins::token("adjust"), name.span),
        };
        vec![axis, adjust]
    }

    /// The sizes of a split's block with their branches.
    pub(super) fn pattern(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a BlockOperation,
        pieces: &mut Pieces,
    ) {
        if operation.repeat {
            self.group(scope, &operation.block, true, pieces);
        } else {
            self.split_items(scope, &operation.block, pieces);
        }
    }

    fn group(
        &mut self,
        scope: &mut Scope<'a>,
        items: &'a Items,
        repeat: bool,
        pieces: &mut Pieces,
    ) {
        pieces
            .begin
            .push(Self::invocation("split_open", Vec::new()));
        self.split_items(scope, items, pieces);
        let repeat = Self::word(i32::from(repeat), items.span);
        pieces
            .begin
            .push(Self::invocation("split_close", vec![repeat]));
    }

    fn split_items(&mut self, scope: &mut Scope<'a>, items: &'a Items, pieces: &mut Pieces) {
        for item in &items.items {
            let (mode, size, successor) = match &item.kind {
                BlockItemKind::Group {
                    block,
                    repeat: false,
                } => {
                    self.split_items(scope, block, pieces);
                    continue;
                }
                BlockItemKind::Group {
                    block,
                    repeat: true,
                } => {
                    if self.enter(scope, item.span) {
                        self.group(scope, block, true, pieces);
                    }
                    scope.depth -= 1;
                    continue;
                }
                BlockItemKind::Sized { size, successor } => {
                    let (mode, size) = self.size(scope, size);
                    (mode, size, successor)
                }
                // Old files: a split without sizes takes the whole shape.
                BlockItemKind::Plain(successor) => {
                    (SizeMode::Floating, Self::float(1.0, item.span), successor)
                }
                BlockItemKind::SizedDepth {
                    size,
                    depth,
                    successor,
                } => {
                    self.section(scope, depth, pieces);
                    let (mode, size) = self.size(scope, size);
                    (mode, size, successor)
                }
                BlockItemKind::Selected { .. } => {
                    self.report_branch(item, "size : operations");
                    continue;
                }
            };
            let branch = Self::word(pieces.next(), item.span);
            let mode = Self::word(mode as i32, item.span);
            pieces
                .begin
                .push(Self::invocation("split_size", vec![branch, mode, size]));
            pieces.branches.push(self.steps(scope, successor));
        }
    }

    /// Arguments of `comp_begin`: kind and alignment.
    pub(super) fn component_arguments(
        &mut self,
        scope: &mut Scope<'a>,
        arguments: &'a [Expr],
        span: Span,
    ) -> Vec<Node> {
        let name = Name {
            text: "comp".to_owned(),
            span,
        };
        if !(1..=2).contains(&arguments.len()) {
            self.report_arity(&name, arguments.len(), vec![1, 2], None);
            return Vec::new();
        }
        let kind = self.one_of(scope, &name, &arguments[0], KINDS);
        let align = match arguments.get(1) {
            Some(align) => self.one_of(scope, &name, align, &["zUp", "yUp", "noAlign"]),
            None => Self::word(builtins::token("zUp"), span),
        };
        vec![kind, align]
    }

    fn component_split(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a BlockOperation,
        run: &str,
        span: Span,
    ) -> Step<Node> {
        let arguments = operation.arguments.as_deref().unwrap_or_default();
        let begin = self.component_arguments(scope, arguments, operation.name.span);
        let mut pieces = Pieces::begun(Self::invocation("comp_begin", begin));
        for item in &operation.block.items {
            self.selected(scope, item, &mut pieces);
        }
        pieces.run(Self::invocation(run, Vec::new()), span)
    }

    /// A component split whose pieces are put together again with what no branch takes.
    fn modify(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a BlockOperation,
        span: Span,
    ) -> Step<Node> {
        let split = self.component_split(scope, operation, "modify_run", span);
        Step::Inline(span, MODIFY, vec![split])
    }

    /// A branch `selector : operations` whose selector is tested on each component.
    pub(super) fn selected(
        &mut self,
        scope: &mut Scope<'a>,
        item: &'a BlockItem,
        pieces: &mut Pieces,
    ) {
        let BlockItemKind::Selected {
            selector,
            operator,
            successor,
        } = &item.kind
        else {
            self.report_branch(item, "selector : operations");
            return;
        };
        let (condition, token) = self.selector(scope, selector);
        let branch = pieces.next().cast_unsigned();
        pieces.selections.push(Selection {
            condition,
            branch,
            operator: number(*operator),
            selector: token,
        });
        pieces.branches.push(self.steps(scope, successor));
    }

    /// shapeL and its kin: `shape` and `remainder` are what there is to choose from.
    fn regions(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a BlockOperation,
        begin: &str,
        arity: usize,
        span: Span,
    ) -> Option<Step<Node>> {
        let mut pieces = Pieces::default();
        if begin == "inner_rectangle_begin" {
            let arguments = self.block_arity(operation, &[1])?;
            let alignment = self.one_of(scope, &operation.name, &arguments[0], &["scope", "edge"]);
            pieces.begin.push(Self::invocation(begin, vec![alignment]));
        } else {
            let arguments = self.block_arity(operation, &[arity])?;
            let (mut nodes, mut bits) = (Vec::new(), 0);
            for (k, argument) in arguments.iter().enumerate() {
                let (mode, size) = self.size(scope, argument);
                bits |= i32::from(mode == SizeMode::Relative) << k;
                nodes.push(size);
            }
            nodes.push(Self::word(bits, span));
            pieces.begin.push(Self::invocation(begin, nodes));
        }
        for item in &operation.block.items {
            let Some((region @ ("shape" | "remainder"), operator, successor)) = word(item) else {
                self.report_branch(item, "shape : operations` or `remainder : operations");
                continue;
            };
            let [branch, region, operator] = [pieces.next(), builtins::token(region), operator]
                .map(|value| Self::word(value, item.span));
            pieces
                .begin
                .push(Self::invocation("region", vec![branch, region, operator]));
            pieces.branches.push(self.steps(scope, successor));
        }
        Some(pieces.run(Self::invocation("region_run", Vec::new()), span))
    }

    fn scatter(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a BlockOperation,
        span: Span,
    ) -> Option<Step<Node>> {
        let arguments = self.block_arity(operation, &[3, 5])?;
        let name = &operation.name;
        let domain = self.one_of(scope, name, &arguments[0], &["surface", "volume", "scope"]);
        let count = self.float_expr(scope, &arguments[1]);
        let distribution = self.one_of(scope, name, &arguments[2], &["uniform", "gaussian"]);
        let (center, mode, deviation) = match arguments {
            [_, _, _, center, deviation] => {
                let words = &["center", "front", "back", "left", "right", "top", "bottom"];
                let center = self.one_of(scope, name, center, words);
                let (mode, deviation) = self.size(scope, deviation);
                (center, mode, deviation)
            }
            _ => (
                Self::word(builtins::token("center"), span),
                SizeMode::Relative,
                Self::float(0.16, span),
            ),
        };
        let relative = Self::word(i32::from(mode == SizeMode::Relative), span);
        let run = vec![domain, count, distribution, center, deviation, relative];
        let mut pieces = Pieces::default();
        match operation.block.items.as_slice() {
            [
                BlockItem {
                    kind: BlockItemKind::Plain(successor),
                    ..
                },
            ] => {
                pieces.branches.push(self.steps(scope, successor));
            }
            [] => pieces.branches.push(Vec::new()),
            [.., item] => self.report_branch(item, "operations"),
        }
        Some(pieces.run(Self::invocation("scatter_run", run), span))
    }

    pub(super) fn report_branch(&mut self, item: &BlockItem, expected: &str) {
        let title = format!("expected a branch `{expected}`");
        self.diagnostics
            .push(Diagnostic::error(Code("E0408"), title, item.span));
    }
}

/// The number of an operator.
pub(super) fn number(operator: SelectOperator) -> i32 {
    match operator {
        SelectOperator::Each => 0,
        SelectOperator::All => 1,
        SelectOperator::Connected => 2,
    }
}

/// A branch whose selector is a bare word.
pub(super) fn word(item: &BlockItem) -> Option<(&str, i32, &gable_grammar::ast::Successor)> {
    match &item.kind {
        BlockItemKind::Selected {
            selector,
            operator,
            successor,
        } => match &selector.kind {
            gable_grammar::ast::ExprKind::Name(name) => {
                Some((&name.text, number(*operator), successor))
            }
            _ => None,
        },
        _ => None,
    }
}
