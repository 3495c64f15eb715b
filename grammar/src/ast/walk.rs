//! Visits the operations of a successor.

use super::{
    Block, BlockItem, BlockItemKind, Chain, Operation, OperationKind, Successor, SuccessorKind,
};

impl Successor {
    /// Calls `visit` on each operation, outer ones first. Rules that a dynamic import replaces are not looked into.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Operation)) {
        let mut successor = self;
        loop {
            match &successor.kind {
                SuccessorKind::Operations(operations) => {
                    operations
                        .iter()
                        .for_each(|operation| operation.walk(visit));
                    return;
                }
                SuccessorKind::Case(Chain { arms, otherwise })
                | SuccessorKind::Chance(Chain { arms, otherwise }) => {
                    arms.iter().for_each(|(_, body)| body.walk(visit));
                    successor = otherwise;
                }
            }
        }
    }
}

impl Operation {
    fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        match &self.kind {
            OperationKind::Call(_) => {}
            OperationKind::Scoped(body) | OperationKind::Inline { body, .. } => body.walk(visit),
            OperationKind::Block(operation) => {
                operation.block.walk(visit);
                if let Some(item) = &operation.remainder {
                    item.walk(visit);
                }
            }
        }
    }
}

impl Block {
    fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Operation)) {
        self.items.iter().for_each(|item| item.walk(visit));
    }
}

impl BlockItem {
    fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Operation)) {
        match &self.kind {
            BlockItemKind::Group { block, .. } => block.walk(visit),
            BlockItemKind::Sized { successor, .. }
            | BlockItemKind::SizedDepth { successor, .. }
            | BlockItemKind::Selected { successor, .. }
            | BlockItemKind::Plain(successor) => successor.walk(visit),
        }
    }
}
