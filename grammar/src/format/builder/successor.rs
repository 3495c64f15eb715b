//! Successors, operations, blocks.

use super::Builder;
use crate::ast::{
    Block, BlockItem, BlockItemKind, BlockOperation, Call, Chain, Expr, Name, Operation,
    OperationKind, Successor, SuccessorKind,
};
use crate::format::doc::Doc;

/// What a successor belongs to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Owner {
    /// A rule or a test: it goes to the next line unless all of it fits on this one.
    Rule,
    /// A branch of a block: an operation with brackets may begin on the branch's line.
    Branch,
}

impl Builder<'_> {
    /// A successor after `-->` or `:`, on the same line if it fits.
    pub(super) fn body(&mut self, successor: &Successor, owner: Owner) -> Doc {
        match &successor.kind {
            SuccessorKind::Operations(operations) => match operations.as_slice() {
                [] => Doc::text(""),
                [one] if owner == Owner::Branch && has_brackets(one) && !self.after_comment() => {
                    Doc::Concat(vec![Doc::Blank, self.operation(one)])
                }
                _ => {
                    let operations = self.operations(operations);
                    Doc::group(vec![Doc::indent(vec![Doc::Line, operations])])
                }
            },
            SuccessorKind::Case(chain) | SuccessorKind::Chance(chain) => {
                let choice = self.choice(&successor.kind, chain);
                Doc::indent(vec![Doc::HardLine, choice])
            }
        }
    }

    /// A successor between brackets.
    fn inside(&mut self, successor: &Successor) -> Doc {
        match &successor.kind {
            SuccessorKind::Operations(operations) => self.operations(operations),
            SuccessorKind::Case(chain) | SuccessorKind::Chance(chain) => {
                let choice = self.choice(&successor.kind, chain);
                Doc::Concat(vec![Doc::HardLine, choice])
            }
        }
    }

    /// Each test on a line; `else: case` after `case`, and so with percentages, goes on at the same indent.
    fn choice(&mut self, kind: &SuccessorKind, chain: &Chain<Successor>) -> Doc {
        let mut docs = Vec::new();
        let mut chain = chain;
        let otherwise = loop {
            for (condition, successor) in &chain.arms {
                docs.push(self.condition(condition));
                docs.push(self.body(successor, Owner::Rule));
                docs.push(Doc::HardLine);
            }
            docs.extend([self.take(), self.take()]);
            match (kind, &chain.otherwise.kind) {
                (SuccessorKind::Case(_), SuccessorKind::Case(inner))
                | (SuccessorKind::Chance(_), SuccessorKind::Chance(inner)) => {
                    docs.push(Doc::Blank);
                    chain = inner;
                }
                _ => break &chain.otherwise,
            }
        };
        docs.push(self.body(otherwise, Owner::Rule));
        Doc::Concat(docs)
    }

    /// Operations fill lines; the author's line ends between them stay.
    fn operations(&mut self, operations: &[Operation]) -> Doc {
        let mut lines: Vec<Vec<Doc>> = Vec::new();
        for operation in operations {
            let breaks = self.breaks_here();
            let doc = self.operation(operation);
            match lines.last_mut() {
                Some(line) if !breaks => line.push(doc),
                _ => lines.push(vec![doc]),
            }
        }
        let mut docs = Vec::new();
        for line in lines {
            if !docs.is_empty() {
                docs.push(Doc::HardLine);
            }
            docs.push(Doc::Fill(line));
        }
        Doc::Concat(docs)
    }

    fn operation(&mut self, operation: &Operation) -> Doc {
        match &operation.kind {
            OperationKind::Scoped(successor) => {
                let open = self.take();
                self.enclosed(open, successor)
            }
            OperationKind::Inline { strategy, body } => self.inline(strategy.as_ref(), body),
            OperationKind::Call(call) => self.call(call),
            OperationKind::Block(operation) => self.block_operation(operation),
        }
    }

    /// `[ ... ]` or `{ ... }` around a successor.
    fn enclosed(&mut self, open: Doc, successor: &Successor) -> Doc {
        let inner = self.inside(successor);
        Doc::group(vec![
            open,
            Doc::indent(vec![Doc::Line, inner]),
            Doc::Line,
            self.take(),
        ])
    }

    fn inline(&mut self, strategy: Option<&Name>, body: &Successor) -> Doc {
        let mut docs = vec![self.take()];
        if strategy.is_some() {
            docs.extend([self.take(), self.take(), self.take()]);
        }
        docs.push(Doc::Blank);
        docs.push(match self.take_if("{") {
            Some(open) => self.enclosed(open, body),
            None => self.inside(body),
        });
        Doc::Concat(docs)
    }

    fn call(&mut self, call: &Call) -> Doc {
        let mut docs = vec![self.take()];
        docs.extend(self.take_if("."));
        if let Some(member) = &call.member {
            docs.push(self.overrides(&call.overrides));
            docs.push(self.take());
            docs.push(self.call(member));
        } else if let Some(arguments) = &call.arguments {
            docs.push(self.arguments(arguments));
            docs.extend(call.leaf.then(|| self.take_if(".")).flatten());
        }
        Doc::Concat(docs)
    }

    fn block_operation(&mut self, operation: &BlockOperation) -> Doc {
        let mut docs = vec![self.take()];
        if let Some(arguments) = &operation.arguments {
            docs.push(self.arguments(arguments));
        }
        docs.push(Doc::Blank);
        docs.push(self.block(&operation.block, operation.repeat));
        if let Some(item) = &operation.remainder {
            docs.push(Doc::Blank);
            docs.push(self.branches(std::slice::from_ref(item.as_ref()), Self::item));
        }
        Doc::Concat(docs)
    }

    fn block(&mut self, block: &Block, repeat: bool) -> Doc {
        let branches = self.branches(&block.items, Self::item);
        if repeat {
            Doc::Concat(vec![branches, self.take()])
        } else {
            branches
        }
    }

    fn item(&mut self, item: &BlockItem) -> Doc {
        match &item.kind {
            BlockItemKind::Group { block, repeat } => self.block(block, *repeat),
            BlockItemKind::Plain(successor) => self.inside(successor),
            BlockItemKind::Sized { size, successor } => self.branch(&[size], successor),
            BlockItemKind::SizedDepth {
                size,
                depth,
                successor,
            } => self.branch(&[size, depth], successor),
            BlockItemKind::Selected {
                selector,
                successor,
                ..
            } => self.branch(&[selector], successor),
        }
    }

    /// `head : successor`, with as many heads as there are.
    fn branch(&mut self, heads: &[&Expr], successor: &Successor) -> Doc {
        let mut docs = Vec::new();
        for (index, head) in heads.iter().enumerate() {
            if index > 0 {
                docs.push(Doc::Blank);
            }
            docs.extend([self.expr(head), Doc::Blank, self.take()]);
        }
        docs.push(self.body(successor, Owner::Branch));
        Doc::Concat(docs)
    }
}

fn has_brackets(operation: &Operation) -> bool {
    matches!(
        operation.kind,
        OperationKind::Block(_) | OperationKind::Scoped(_)
    )
}
