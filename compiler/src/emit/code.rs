//! The code of one function under construction.

use gable_kernel::abi::ValueType;
use wasm_encoder::{BlockType, Function, Ieee32, Ieee64, InstructionSink, ValType};

use crate::builtins::KernelFunction;
use crate::emit::Emitter;
use crate::ir::{LocalId, Type};

/// The Wasm type of values of a type.
pub(super) fn val_type(ty: Type) -> ValType {
    value_type(ty.value_type())
}

/// The same for types of the kernel's table.
pub(super) fn value_type(ty: ValueType) -> ValType {
    match ty {
        ValueType::I32 => ValType::I32,
        ValueType::F64 => ValType::F64,
    }
}

/// Where each local of a body lives: parameters first, then floats, then the rest, which makes the declaration short.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    indices: Vec<u32>,
    floats: u32,
    words: u32,
}

impl Layout {
    /// The layout of locals of which the first `params` are parameters of the Wasm function.
    pub(super) fn new(locals: &[Type], params: usize) -> Self {
        let is_float = |ty: &Type| val_type(*ty) == ValType::F64;
        let rest = &locals[params..];
        let count =
            |n: usize| u32::try_from(n).expect("locals are fewer than bytes of the sources");
        let floats = count(rest.iter().filter(|ty| is_float(ty)).count());
        let words = count(rest.len()) - floats;
        let (mut float, mut word) = (count(params), count(params) + floats);
        let mut indices: Vec<u32> = (0..count(params)).collect();
        for ty in rest {
            let next = if is_float(ty) { &mut float } else { &mut word };
            indices.push(*next);
            *next += 1;
        }
        Self {
            indices,
            floats,
            words,
        }
    }
}

/// A function under construction.
pub(super) struct Code<'e, 'p> {
    pub(super) emitter: &'e mut Emitter<'p>,
    layout: Layout,
    function: Function,
}

impl<'e, 'p> Code<'e, 'p> {
    /// Begins a function.
    pub(super) fn new(emitter: &'e mut Emitter<'p>, layout: Layout) -> Self {
        let mut groups = vec![(layout.floats, ValType::F64), (layout.words, ValType::I32)];
        groups.retain(|(count, _)| *count > 0);
        let function = Function::new(groups);
        Self {
            emitter,
            layout,
            function,
        }
    }

    /// Begins a function that evaluates several bodies, one after the other, in the same locals.
    pub(super) fn shared(emitter: &'e mut Emitter<'p>, layouts: &[Layout]) -> Self {
        let most = |count: fn(&Layout) -> u32| layouts.iter().map(count).max().unwrap_or(0);
        let layout = Layout {
            indices: Vec::new(),
            floats: most(|it| it.floats),
            words: most(|it| it.words),
        };
        Self::new(emitter, layout)
    }

    /// Goes on with the locals of another body, in a function begun with [`Code::shared`].
    pub(super) fn enter(&mut self, locals: &[Type]) {
        let mut layout = Layout::new(locals, 0);
        // Words come after all floats of the function, not only those of this body.
        for index in layout
            .indices
            .iter_mut()
            .filter(|index| **index >= layout.floats)
        {
            *index = *index - layout.floats + self.layout.floats;
        }
        self.layout.indices = layout.indices;
    }

    /// Ends the function.
    pub(super) fn finish(mut self) -> Function {
        self.sink().end();
        self.function
    }

    /// Where instructions go.
    pub(super) fn sink(&mut self) -> InstructionSink<'_> {
        self.function.instructions()
    }

    /// The Wasm local of a local.
    pub(super) fn index(&self, local: LocalId) -> u32 {
        self.layout.indices[local.index()]
    }

    /// Calls a kernel function, its arguments being on the stack.
    pub(super) fn kernel(&mut self, function: KernelFunction) {
        let index = self.emitter.import(function);
        self.sink().call(index);
    }

    /// The same by name.
    pub(super) fn kernel_named(&mut self, name: &str) {
        self.kernel(KernelFunction::named(name));
    }

    pub(super) fn word(&mut self, value: i32) {
        self.sink().i32_const(value);
    }

    /// A float: whole numbers as a converted word and those that fit 32 bits as such, which is shorter.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the comparisons see what the casts lose"
    )]
    pub(super) fn float(&mut self, value: f64) {
        let (whole, single) = (value as i32, value as f32);
        let is_short = (-(1 << 27)..1 << 27).contains(&whole);
        if is_short && f64::from(whole).to_bits() == value.to_bits() {
            self.sink().i32_const(whole).f64_convert_i32_s();
        } else if !value.is_nan() && f64::from(single).to_bits() == value.to_bits() {
            self.sink()
                .f32_const(Ieee32::from(single))
                .f64_promote_f32();
        } else {
            self.sink().f64_const(Ieee64::from(value));
        }
    }

    /// Begins a block whose value has a type.
    pub(super) fn block(&mut self, ty: Type) {
        self.sink().block(BlockType::Result(val_type(ty)));
    }
}
