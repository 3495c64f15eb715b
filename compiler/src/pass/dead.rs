//! Drops rules, functions and attributes that no root needs.
//!
//! Roots are the rules a recipe may start with and the attributes of the main file.

use crate::ir::{
    AttributeId, Expr, ExprKind, FunctionId, Program, RuleId, Step, walk_steps, walk_steps_mut,
};

/// Drops what is dead and renumbers the rest.
pub(crate) fn drop_dead(program: &mut Program) {
    let live = Live::of(program);
    let attributes = compact(&mut program.attributes, &live.attributes);
    let functions = compact(&mut program.functions, &live.functions);
    let rules = compact(&mut program.rules, &live.rules);
    program.for_each_expr_mut(&mut |expr| renumber(expr, &attributes, &functions));
    for rule in &mut program.rules {
        drop_sets(&mut rule.steps, &live.attributes);
        walk_steps_mut(&mut rule.steps, &mut |step| match step {
            Step::Call(_, id, _) => *id = RuleId(rules[id.index()]),
            Step::SetAttribute(_, id, _) => *id = AttributeId(attributes[id.index()]),
            Step::Reset(_, ids) => {
                ids.retain(|id| live.attributes[id.index()]);
                ids.iter_mut()
                    .for_each(|id| *id = AttributeId(attributes[id.index()]));
            }
            _ => {}
        });
    }
}

/// Drops what sets attributes that nothing reads.
fn drop_sets(steps: &mut Vec<Step<Expr>>, live: &[bool]) {
    steps.retain(|step| !matches!(step, Step::SetAttribute(_, id, _) if !live[id.index()]));
    for step in steps {
        for list in step.parts_mut().1 {
            drop_sets(list, live);
        }
    }
}

/// Keeps the live entries; answers the new number of each.
fn compact<T>(table: &mut Vec<T>, live: &[bool]) -> Vec<u32> {
    let mut next = 0;
    let mut numbers = Vec::with_capacity(live.len());
    for live in live {
        numbers.push(next);
        next += u32::from(*live);
    }
    let mut live = live.iter();
    table.retain(|_| *live.next().expect("one mark for each entry"));
    numbers
}

fn renumber(expr: &mut Expr, attributes: &[u32], functions: &[u32]) {
    match &mut expr.kind {
        ExprKind::Attribute(id) => *id = AttributeId(attributes[id.index()]),
        ExprKind::Call(id, _) => *id = FunctionId(functions[id.index()]),
        _ => {}
    }
    for operand in expr.operands_mut() {
        renumber(operand, attributes, functions);
    }
}

/// What is needed, and what of it is still to be looked into.
struct Live {
    attributes: Vec<bool>,
    functions: Vec<bool>,
    rules: Vec<bool>,
    work: Vec<Item>,
}

#[derive(Clone, Copy)]
enum Item {
    Attribute(AttributeId),
    Function(FunctionId),
    Rule(RuleId),
}

impl Live {
    fn of(program: &Program) -> Self {
        let mut live = Self {
            attributes: vec![false; program.attributes.len()],
            functions: vec![false; program.functions.len()],
            rules: vec![false; program.rules.len()],
            work: Vec::new(),
        };
        for (index, _) in program
            .rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| rule.root)
        {
            live.mark(Item::Rule(RuleId::new(index)));
        }
        for (index, _) in program
            .attributes
            .iter()
            .enumerate()
            .filter(|(_, it)| it.main && it.settable)
        {
            live.mark(Item::Attribute(AttributeId::new(index)));
        }
        while let Some(item) = live.work.pop() {
            live.look_into(program, item);
        }
        live
    }

    fn mark(&mut self, item: Item) {
        let mark = match item {
            Item::Attribute(id) => &mut self.attributes[id.index()],
            Item::Function(id) => &mut self.functions[id.index()],
            Item::Rule(id) => &mut self.rules[id.index()],
        };
        if !std::mem::replace(mark, true) {
            self.work.push(item);
        }
    }

    fn look_into(&mut self, program: &Program, item: Item) {
        let body = match item {
            Item::Attribute(id) => &program.attributes[id.index()].body,
            Item::Function(id) => &program.functions[id.index()].body,
            Item::Rule(id) => {
                walk_steps(&program.rules[id.index()].steps, &mut |step| {
                    match step {
                        Step::Call(_, id, _) => self.mark(Item::Rule(*id)),
                        Step::SetNamed(_, prefix, ..) => self.mark_named(program, prefix),
                        _ => {}
                    }
                    step.parts()
                        .0
                        .into_iter()
                        .for_each(|expr| self.mark_expr(expr));
                });
                return;
            }
        };
        body.exprs().for_each(|expr| self.mark_expr(expr));
    }

    /// Any attribute below a prefix may be set by name.
    fn mark_named(&mut self, program: &Program, prefix: &str) {
        for (index, attribute) in program.attributes.iter().enumerate() {
            if attribute.settable && attribute.name.starts_with(prefix) {
                self.mark(Item::Attribute(AttributeId::new(index)));
            }
        }
    }

    fn mark_expr(&mut self, expr: &Expr) {
        expr.walk(&mut |expr| match expr.kind {
            ExprKind::Attribute(id) => self.mark(Item::Attribute(id)),
            ExprKind::Call(id, _) => self.mark(Item::Function(id)),
            _ => {}
        });
    }
}
