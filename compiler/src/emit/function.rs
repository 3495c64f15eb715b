//! The module's functions.

use gable_kernel::abi::ValueType;
use wasm_encoder::{Function as WasmFunction, ValType};

use super::Emitter;
use super::code::{Code, Layout, val_type};
use crate::ir::{self, Type};

/// A finished function.
pub(super) struct Emitted {
    pub(super) name: String,
    pub(super) params: Vec<ValType>,
    pub(super) result: Option<ValType>,
    pub(super) code: WasmFunction,
}

impl Emitter<'_> {
    /// All functions of the module, in the order of their numbers.
    pub(super) fn functions(&mut self) -> Vec<Emitted> {
        let program = self.program;
        let mut emitted = vec![self.generate(), self.attributes()];
        emitted.extend(self.helper_functions());
        emitted.extend(
            program
                .functions
                .iter()
                .map(|function| self.function(function)),
        );
        emitted.extend(program.rules.iter().map(|rule| self.rule(rule)));
        let resets: Vec<_> = self.resets.keys().copied().collect();
        emitted.extend(resets.into_iter().map(|id| self.reset(id)));
        emitted
    }

    /// The dispatch loop.
    fn generate(&mut self) -> Emitted {
        let program = self.program;
        let mut code = Code::new(self, Layout::default());
        code.dispatch("next_rule", 1 + program.rules.len(), |code, index| {
            let target = match index.checked_sub(1) {
                None => code.emitter.attributes_index(),
                Some(rule) => code.emitter.rule_index(ir::RuleId::new(rule)),
            };
            code.sink().call(target);
        });
        let code = code.finish();
        Emitted {
            name: "generate".to_owned(),
            params: Vec::new(),
            result: None,
            code,
        }
    }

    /// Evaluates all attributes that have no value from outside, but for those whose default is in the manifest.
    fn attributes(&mut self) -> Emitted {
        let program = self.program;
        let order = program.order.iter();
        let evaluated: Vec<_> = order
            .map(|id| (Self::slot(*id), &program.attributes[id.index()]))
            .filter(|(_, attribute)| attribute.default.is_none())
            .collect();
        let layouts: Vec<Layout> = evaluated
            .iter()
            .map(|(_, it)| Layout::new(&it.body.locals, 0))
            .collect();
        let mut code = Code::shared(self, &layouts);
        for (slot, attribute) in evaluated {
            code.enter(&attribute.body.locals);
            code.attribute(slot, attribute);
        }
        let code = code.finish();
        Emitted {
            name: "attributes".to_owned(),
            params: Vec::new(),
            result: None,
            code,
        }
    }

    /// Evaluates one attribute anew.
    fn reset(&mut self, id: ir::AttributeId) -> Emitted {
        let attribute = &self.program.attributes[id.index()];
        let mut code = Code::new(self, Layout::new(&attribute.body.locals, 0));
        code.attribute(Self::slot(id), attribute);
        let code = code.finish();
        Emitted {
            name: format!("reset {}", attribute.name),
            params: Vec::new(),
            result: None,
            code,
        }
    }

    fn function(&mut self, function: &ir::Function) -> Emitted {
        let locals = &function.body.locals;
        let mut code = Code::new(self, Layout::new(locals, function.params));
        if function.counted {
            let site = code.emitter.site(function.span);
            code.word(site);
            code.kernel_named("enter");
        }
        code.bindings(&function.body);
        code.expr(&function.body.value);
        if function.counted {
            code.kernel_named("leave");
        }
        let code = code.finish();
        Emitted {
            name: function.name.clone(),
            params: locals[..function.params]
                .iter()
                .map(|ty| val_type(*ty))
                .collect(),
            result: Some(val_type(function.body.value.ty)),
            code,
        }
    }

    fn rule(&mut self, rule: &ir::Rule) -> Emitted {
        let mut code = Code::new(self, Layout::new(&rule.locals, 0));
        for (ty, n) in rule.locals[..rule.params].iter().zip(0..) {
            code.word(n);
            let is_float = ty.value_type() == ValueType::F64;
            code.kernel_named(if is_float { "param_f" } else { "param_i" });
            let index = code.index(ir::LocalId(n.cast_unsigned()));
            code.sink().local_set(index);
        }
        code.steps(&rule.steps);
        let code = code.finish();
        Emitted {
            name: rule.name.clone(),
            params: Vec::new(),
            result: None,
            code,
        }
    }
}

impl Code<'_, '_> {
    /// Evaluates an attribute unless it has a value from outside.
    fn attribute(&mut self, slot: i32, attribute: &ir::Attribute) {
        self.word(slot);
        self.kernel_named("attribute_begin");
        self.sink().i32_eqz().if_(wasm_encoder::BlockType::Empty);
        self.bindings(&attribute.body);
        self.word(slot);
        self.expr(&attribute.body.value);
        self.kernel_named(if attribute.ty == Type::FLOAT {
            "set_attribute_f"
        } else {
            "set_attribute_i"
        });
        self.sink().end();
    }

    fn bindings(&mut self, body: &ir::Body) {
        for (local, value) in &body.bindings {
            self.expr(value);
            let index = self.index(*local);
            self.sink().local_set(index);
        }
    }
}
