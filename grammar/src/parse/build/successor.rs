//! Successors, operations, blocks.

use pest::iterators::Pair;

use super::expr::select_operator;
use super::{Builder, Built, next, parts};
use crate::ast::{
    Block, BlockItem, BlockItemKind, BlockOperation, Call, Chain, Expr, Name, Operation,
    OperationKind, Override, SelectOperator, Successor, SuccessorKind,
};
use crate::parse::message;
use crate::parse::syntax::Rule;
use crate::span::Span;

/// What the branches of a block have before their colon, by the operation's name.
#[derive(Clone, Copy)]
struct Branches<'a> {
    operation: &'a str,
}

impl Branches<'_> {
    fn sizes(self) -> bool {
        matches!(self.operation, "split" | "splitArea")
    }

    /// Whether a branch may be a successor without a colon: in a split, old files write `split(x){ Rule }`;
    /// there a bare word before the rest is rather a size whose colon is missing.
    fn allow_plain(self, successor: &Successor) -> bool {
        match self.operation {
            "split" | "splitArea" => match &successor.kind {
                SuccessorKind::Operations(list) => match list.as_slice() {
                    [first, _, ..] => !matches!(
                        &first.kind,
                        OperationKind::Call(call) if call.arguments.is_none() && !call.leaf
                    ),
                    _ => true,
                },
                _ => true,
            },
            "comp"
            | "modify"
            | "setback"
            | "setbackPerEdge"
            | "setbackToArea"
            | "shapeL"
            | "shapeU"
            | "shapeO"
            | "innerRectangle"
            | "splitAndSetbackPerimeter" => false,
            _ => true,
        }
    }
}

impl Builder<'_> {
    pub(super) fn successor(&mut self, pair: Pair<'_, Rule>) -> Built<Successor> {
        let span = self.span(&pair);
        let levels = 1 + pair
            .clone()
            .into_inner()
            .filter(|p| matches!(p.as_rule(), Rule::case_segment | Rule::chance_segment))
            .count();
        self.below(levels, span, |builder| builder.segments(pair, span))
    }

    fn segments(&mut self, pair: Pair<'_, Rule>, span: Span) -> Built<Successor> {
        let mut segments = Vec::new();
        let mut operations = Vec::new();
        for part in parts(pair) {
            let place = self.span(&part);
            let rule = part.as_rule();
            if matches!(rule, Rule::case_segment | Rule::chance_segment) {
                let arms = parts(part)
                    .map(|arm| self.arm_of_rule(arm))
                    .collect::<Built<Vec<_>>>()?;
                segments.push((rule, arms, place));
            } else {
                operations.push(self.operation(part)?);
            }
        }
        let tail = match (operations.first(), operations.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => Span {
                start: span.end,
                ..span
            },
        };
        let mut successor = Successor {
            kind: SuccessorKind::Operations(operations),
            span: tail,
        };
        for (rule, arms, place) in segments.into_iter().rev() {
            let chain = Chain {
                arms,
                otherwise: Box::new(successor),
            };
            let kind = match rule {
                Rule::case_segment => SuccessorKind::Case(chain),
                _ => SuccessorKind::Chance(chain),
            };
            successor = Successor {
                kind,
                span: place.to(span),
            };
        }
        Ok(successor)
    }

    fn arm_of_rule(&mut self, pair: Pair<'_, Rule>) -> Built<(Expr, Successor)> {
        let mut inner = parts(pair);
        let condition = self.expr(next(&mut inner))?;
        Ok((condition, self.successor(next(&mut inner))?))
    }

    fn operation(&mut self, pair: Pair<'_, Rule>) -> Built<Operation> {
        let pair = if pair.as_rule() == Rule::operation {
            next(&mut parts(pair))
        } else {
            pair
        };
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::scoped => OperationKind::Scoped(self.successor(next(&mut parts(pair)))?),
            Rule::inline => self.inline(pair)?,
            Rule::perimeter => OperationKind::Block(self.perimeter(pair)?),
            _ => self.call_operation(pair)?,
        };
        Ok(Operation { kind, span })
    }

    fn inline(&mut self, pair: Pair<'_, Rule>) -> Built<OperationKind> {
        let mut inner = parts(pair);
        let mut body = next(&mut inner);
        let mut strategy = None;
        if body.as_rule() == Rule::strategy {
            strategy = Some(self.name(&next(&mut parts(body))));
            body = next(&mut inner);
        }
        let span = self.span(&body);
        let body = if body.as_rule() == Rule::successor {
            self.successor(body)?
        } else {
            let operation = self.below(1, span, |builder| builder.operation(body))?;
            Successor {
                kind: SuccessorKind::Operations(vec![operation]),
                span,
            }
        };
        Ok(OperationKind::Inline { strategy, body })
    }

    fn call_operation(&mut self, pair: Pair<'_, Rule>) -> Built<OperationKind> {
        let mut inner = parts(pair).peekable();
        let (name, mut leaf) = self.callee(next(&mut inner));
        let arguments = inner.next_if(|p| p.as_rule() == Rule::arguments);
        let member = match inner.next_if(|p| p.as_rule() == Rule::member) {
            Some(member) => {
                let (name, leaf) = self.callee(next(&mut parts(member)));
                let arguments = inner
                    .next_if(|p| p.as_rule() == Rule::arguments)
                    .map(|list| self.arguments(list))
                    .transpose()?;
                Some(Box::new(Call {
                    name,
                    arguments,
                    leaf,
                    member: None,
                    overrides: Vec::new(),
                }))
            }
            None => None,
        };
        leaf |= inner.next_if(|p| p.as_rule() == Rule::leaf_dot).is_some();
        let (arguments, overrides) = match arguments {
            Some(list) if member.is_some() => (None, self.overrides(list)?),
            Some(list) => (Some(self.arguments(list)?), Vec::new()),
            None => (None, Vec::new()),
        };
        let Some(block) = inner.next() else {
            return Ok(OperationKind::Call(Call {
                name,
                arguments,
                leaf,
                member,
                overrides,
            }));
        };
        if leaf || member.is_some() {
            return Err(Box::new(message::block_after_leaf(
                &name.text,
                self.span(&block),
            )));
        }
        let branches = Branches {
            operation: &name.text,
        };
        let block = self.block(block, branches)?;
        Ok(OperationKind::Block(BlockOperation {
            name,
            arguments,
            block,
            repeat: inner.next().is_some(),
            remainder: None,
        }))
    }

    /// The name and whether it ends in a leaf's dot.
    fn callee(&self, pair: Pair<'_, Rule>) -> (Name, bool) {
        let mut inner = parts(pair);
        let name = self.name(&next(&mut inner));
        (name, inner.next().is_some())
    }

    /// The `attribute = value` pairs and rules of a dynamic import.
    fn overrides(&mut self, pair: Pair<'_, Rule>) -> Built<Vec<Override>> {
        let mut overrides = Vec::new();
        for argument in parts(pair) {
            let place = self.span(&argument);
            let mut inner = parts(argument);
            let first = next(&mut inner);
            overrides.push(match (first.as_rule(), inner.next()) {
                (Rule::rule_override, _) => Override::Rule(self.rule_override(first)?),
                (_, Some(value)) => Override::Attribute(self.name(&first), self.full_expr(value)?),
                _ => return Err(Box::new(message::unnamed_assignment(place))),
            });
        }
        Ok(overrides)
    }

    fn block(&mut self, pair: Pair<'_, Rule>, branches: Branches<'_>) -> Built<Block> {
        let span = self.span(&pair);
        let mut items = Vec::new();
        for item in parts(pair) {
            let place = self.span(&item);
            let item = self.item(item, branches)?;
            if !is_empty(&item) {
                items.push(item);
            } else if !self.nothing_inside(span) {
                return Err(Box::new(message::empty_branch(place)));
            }
        }
        Ok(Block { items, span })
    }

    fn item(&mut self, pair: Pair<'_, Rule>, branches: Branches<'_>) -> Built<BlockItem> {
        let span = self.span(&pair);
        let mut inner = parts(pair);
        let first = next(&mut inner);
        let kind = match first.as_rule() {
            Rule::block => BlockItemKind::Group {
                block: self.below(1, span, |builder| builder.block(first, branches))?,
                repeat: inner.next().is_some(),
            },
            Rule::branch => self.branch(first, branches)?,
            _ => {
                let successor = self.successor(first)?;
                if !is_nothing(&successor) && !branches.allow_plain(&successor) {
                    let problem = message::no_selector(branches.operation, successor.span);
                    return Err(Box::new(problem));
                }
                BlockItemKind::Plain(successor)
            }
        };
        Ok(BlockItem { kind, span })
    }

    /// Whether a block is `{ }`, in which the grammar reads one empty successor.
    fn nothing_inside(&self, block: Span) -> bool {
        let token = self
            .tokens
            .partition_point(|token| token.start <= block.start as usize);
        self.tokens
            .get(token)
            .is_some_and(|token| token.end == block.end as usize)
    }

    fn branch(&mut self, pair: Pair<'_, Rule>, branches: Branches<'_>) -> Built<BlockItemKind> {
        let mut inner = parts(pair);
        let head = self.full_expr(next(&mut inner))?;
        let selection = next(&mut inner);
        let operator = select_operator(selection.as_str());
        let successor = self.successor(next(&mut inner))?;
        if !branches.sizes() {
            return Ok(BlockItemKind::Selected {
                selector: head,
                operator,
                successor,
            });
        }
        if operator != SelectOperator::Each {
            let place = self.span(&selection);
            return Err(Box::new(message::size_needs_colon(
                selection.as_str(),
                place,
            )));
        }
        Ok(BlockItemKind::Sized {
            size: head,
            successor,
        })
    }

    fn perimeter(&mut self, pair: Pair<'_, Rule>) -> Built<BlockOperation> {
        let mut inner = parts(pair).peekable();
        let name = self.name(&next(&mut inner));
        let arguments = inner
            .next_if(|p| p.as_rule() == Rule::arguments)
            .map(|list| self.arguments(list))
            .transpose()?;
        let block = next(&mut inner);
        let span = self.span(&block);
        let items = parts(block)
            .map(|item| self.perimeter_item(item))
            .collect::<Built<_>>()?;
        let repeat = inner.next_if(|p| p.as_rule() == Rule::repeat).is_some();
        let remainder = match inner.next() {
            Some(second) => {
                let item = next(&mut parts(second));
                let branches = Branches {
                    operation: &name.text,
                };
                Some(Box::new(self.item(item, branches)?))
            }
            None => None,
        };
        Ok(BlockOperation {
            name,
            arguments,
            block: Block { items, span },
            repeat,
            remainder,
        })
    }

    fn perimeter_item(&mut self, pair: Pair<'_, Rule>) -> Built<BlockItem> {
        let span = self.span(&pair);
        let mut inner = parts(pair);
        let kind = BlockItemKind::SizedDepth {
            size: self.full_expr(next(&mut inner))?,
            depth: self.full_expr(next(&mut inner))?,
            successor: self.successor(next(&mut inner))?,
        };
        Ok(BlockItem { kind, span })
    }
}

fn is_empty(item: &BlockItem) -> bool {
    matches!(&item.kind, BlockItemKind::Plain(successor) if is_nothing(successor))
}

fn is_nothing(successor: &Successor) -> bool {
    matches!(&successor.kind, SuccessorKind::Operations(list) if list.is_empty())
}
