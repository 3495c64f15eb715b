//! Steps of rules.

use gable_grammar::Span;
use wasm_encoder::BlockType;

use super::code::Code;
use crate::ir::{AttributeId, Block, Expr, RuleId, Selection, Step, Type};

impl Code<'_, '_> {
    pub(super) fn steps(&mut self, steps: &[Step<Expr>]) {
        steps.iter().for_each(|step| self.step(step));
    }

    /// Marks the place and charges gas.
    fn op(&mut self, site: Span) {
        let number = self.emitter.site(site);
        self.word(number);
        self.kernel_named("op");
    }

    fn step(&mut self, step: &Step<Expr>) {
        match step {
            Step::Operation(site, invocation) => {
                self.op(*site);
                self.invocation(invocation);
            }
            Step::SetAttribute(site, id, value) => {
                self.op(*site);
                self.word(super::Emitter::slot(*id));
                self.expr(value);
                self.kernel_named(if value.ty == Type::FLOAT {
                    "set_attribute_f"
                } else {
                    "set_attribute_i"
                });
            }
            Step::SetNamed(site, prefix, name, value) => self.set_named(*site, prefix, name, value),
            Step::Reset(site, attributes) => self.reset(*site, attributes),
            Step::SetShapeAttribute(site, number, value) => {
                self.op(*site);
                self.word(*number);
                self.expr(value);
                self.kernel_named(if value.ty == Type::FLOAT {
                    "set_builtin_f"
                } else {
                    "set_builtin_i"
                });
            }
            Step::Report(site, key, value) => {
                self.op(*site);
                self.expr(key);
                self.expr(value);
                self.kernel_named(match value.ty {
                    Type::FLOAT => "report_f",
                    Type::STRING => "report_s",
                    _ => "report_b",
                });
            }
            Step::Call(site, id, arguments) => {
                self.op(*site);
                self.call_rule(*id, arguments);
            }
            Step::Leaf(site, symbol) => {
                self.op(*site);
                let number = self.emitter.strings.number(symbol);
                self.word(number);
                self.kernel_named("leaf");
            }
            Step::Let(local, value) => {
                self.expr(value);
                let index = self.index(*local);
                self.sink().local_set(index);
            }
            Step::Scoped(steps) => {
                self.kernel_named("push");
                self.steps(steps);
                self.kernel_named("pop");
            }
            Step::Case(arms, otherwise) => self.case_steps(arms, otherwise),
            Step::Inline(site, strategy, steps) => self.inline(*site, *strategy, steps),
            Step::Block(site, block) => {
                self.op(*site);
                self.block_steps(block);
            }
        }
    }

    /// Sets an attribute whose name is known at run time.
    fn set_named(&mut self, site: Span, prefix: &str, name: &Expr, value: &Expr) {
        self.op(site);
        let prefix = self.emitter.strings.number(prefix);
        self.word(prefix);
        self.expr(name);
        if value.ty == Type::FLOAT {
            self.expr(value);
            self.kernel_named("set_named_f");
        } else {
            self.word(value.ty.manifest() as i32);
            self.expr(value);
            self.kernel_named("set_named_i");
        }
    }

    /// Evaluates attributes anew.
    fn reset(&mut self, site: Span, attributes: &[AttributeId]) {
        self.op(site);
        for id in attributes {
            let index = self.emitter.reset_index(*id);
            self.sink().call(index);
        }
    }

    fn call_rule(&mut self, id: RuleId, arguments: &[Expr]) {
        for argument in arguments {
            self.expr(argument);
            self.kernel_named(if argument.ty == Type::FLOAT {
                "arg_f"
            } else {
                "arg_i"
            });
        }
        self.word(i32::try_from(id.index()).expect("rules are fewer than bytes of the sources"));
        self.kernel_named("call_rule");
    }

    /// Derives what the steps make at once, by the same dispatch loop.
    fn inline(&mut self, site: Span, strategy: i32, steps: &[Step<Expr>]) {
        self.op(site);
        self.word(strategy);
        self.kernel_named("inline_begin");
        self.steps(steps);
        self.kernel_named("inline_derive");
        let generate = self.emitter.generate_index();
        self.sink().call(generate);
        self.kernel_named("inline_end");
    }

    /// Arms one in the other, which is short; a long chain one after the other in one block, which does not nest.
    fn case_steps(&mut self, arms: &[(Expr, Vec<Step<Expr>>)], otherwise: &[Step<Expr>]) {
        let is_long = arms.len() > super::LONG_CHAIN;
        if is_long {
            self.sink().block(BlockType::Empty);
        }
        for (index, (condition, steps)) in arms.iter().enumerate() {
            self.expr(condition);
            self.sink().if_(BlockType::Empty);
            self.steps(steps);
            if is_long {
                self.sink().br(1).end();
            } else if index + 1 < arms.len() || !otherwise.is_empty() {
                self.sink().else_();
            }
        }
        self.steps(otherwise);
        let open = if is_long { 1 } else { arms.len() };
        for _ in 0..open {
            self.sink().end();
        }
    }

    fn block_steps(&mut self, block: &Block<Expr>) {
        block
            .begin
            .iter()
            .for_each(|invocation| self.invocation(invocation));
        if !block.selections.is_empty() {
            self.select(&block.selections);
        }
        self.invocation(&block.run);
        self.pieces(&block.branches);
    }

    /// Goes through the components and gives each to the first branch whose condition holds.
    fn select(&mut self, selections: &[Selection<Expr>]) {
        self.sink().loop_(BlockType::Empty);
        self.kernel_named("comp_next");
        self.sink().if_(BlockType::Empty);
        for selection in selections {
            self.expr(&selection.condition);
            self.sink().if_(BlockType::Empty);
            self.word(selection.branch.cast_signed());
            self.word(selection.operator);
            self.word(selection.selector);
            self.kernel_named("comp_assign");
            // Out of this arm and the outer one, to the loop's head.
            self.sink().br(2).end();
        }
        self.sink().br(1).end().end();
    }

    /// Runs the branch of each piece.
    fn pieces(&mut self, branches: &[Vec<Step<Expr>>]) {
        if let [steps] = branches {
            self.sink().loop_(BlockType::Empty);
            self.kernel_named("next_piece");
            self.sink().i32_eqz().if_(BlockType::Empty);
            self.steps(steps);
            self.sink().br(1).end().end();
            return;
        }
        self.dispatch("next_piece", branches.len(), |code, index| {
            code.steps(&branches[index]);
        });
    }

    /// Asks the kernel for a number again and again and runs the arm of that number; any other number ends it.
    pub(super) fn dispatch(
        &mut self,
        number: &str,
        count: usize,
        mut arm: impl FnMut(&mut Self, usize),
    ) {
        let arms = u32::try_from(count).expect("branches are fewer than bytes of the sources");
        self.sink().loop_(BlockType::Empty);
        // One block for each arm, which begins where the block ends, and one around them to leave by.
        for _ in 0..=arms {
            self.sink().block(BlockType::Empty);
        }
        self.kernel_named(number);
        self.sink().br_table(0..arms, arms).end();
        for index in 0..count {
            arm(self, index);
            let open = arms - u32::try_from(index).expect("less than the count");
            self.sink().br(open).end();
        }
        self.sink().end();
    }
}
