//! The code of one function under construction.

use gable_kernel::abi::ValueType;
use wasm_encoder::{BlockType, Function, Ieee32, Ieee64, InstructionSink, ValType};

use super::Emitter;
use super::helper::{CALL, Constant, Helper, constants_size, decimal, word_size};
use crate::builtins::KernelFunction;
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
    /// The site of an `op` that is not written yet: it may become part of a helper's call.
    site: Option<i32>,
    /// Constants after it, not written yet.
    constants: Vec<Constant>,
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
            site: None,
            constants: Vec::new(),
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
        self.flush();
        self.function.instructions()
    }

    /// Writes what is not written yet.
    fn flush(&mut self) {
        if let Some(site) = self.site.take() {
            self.constant(Constant::Word(site));
            self.call_import(KernelFunction::named("op"));
        }
        for constant in std::mem::take(&mut self.constants) {
            self.constant(constant);
        }
    }

    /// The Wasm local of a local.
    pub(super) fn index(&self, local: LocalId) -> u32 {
        self.layout.indices[local.index()]
    }

    /// Calls a kernel function, its arguments being on the stack.
    pub(super) fn kernel(&mut self, function: KernelFunction) {
        if let ("op", [Constant::Word(site)]) = (function.entry().name, &self.constants[..]) {
            let site = *site;
            self.constants.clear();
            self.flush();
            self.site = Some(site);
            return;
        }
        match self
            .constants
            .len()
            .checked_sub(function.entry().params.len())
        {
            Some(0) => self.kernel_constant(function),
            Some(others) => {
                let arguments = self.constants.split_off(others);
                self.flush();
                self.constants = arguments;
                self.kernel_constant(function);
            }
            None => {
                self.flush();
                self.call_import(function);
            }
        }
    }

    /// Calls a kernel function whose arguments are the constants not written yet: by a helper, if there is one.
    fn kernel_constant(&mut self, function: KernelFunction) {
        let arguments = std::mem::take(&mut self.constants);
        let size = constants_size(&arguments);
        let call = Helper::Call(function, arguments.clone());
        let operation = Helper::Operation(function);
        if size > 0 {
            self.emitter.want(&call, size);
        }
        let chosen = self.emitter.helper_index(&call);
        if self.site.is_some() {
            self.emitter.want(&operation, CALL);
            let index = self.emitter.helper_index(&operation);
            if let Some(index) = index.filter(|_| size < CALL || chosen.is_none()) {
                let site = self.site.take().map(Constant::Word);
                let constants = site.into_iter().chain(arguments);
                constants.for_each(|constant| self.constant(constant));
                self.function.instructions().call(index);
                return;
            }
        }
        self.flush();
        if let Some(index) = chosen {
            self.function.instructions().call(index);
            return;
        }
        arguments
            .into_iter()
            .for_each(|constant| self.constant(constant));
        self.call_import(function);
    }

    /// Calls a kernel function by its import, at once.
    pub(super) fn call_import(&mut self, function: KernelFunction) {
        let index = self.emitter.import(function);
        self.function.instructions().call(index);
    }

    /// The same as [`Code::kernel`] by name.
    pub(super) fn kernel_named(&mut self, name: &str) {
        self.kernel(KernelFunction::named(name));
    }

    pub(super) fn word(&mut self, value: i32) {
        self.constants.push(Constant::Word(value));
    }

    pub(super) fn float(&mut self, value: f64) {
        self.constants.push(Constant::Float(value.to_bits()));
    }

    /// Writes a constant at once.
    pub(super) fn constant(&mut self, constant: Constant) {
        let float = match constant {
            Constant::Word(word) => {
                self.function.instructions().i32_const(word);
                return;
            }
            Constant::Float(bits) => f64::from_bits(bits),
        };
        let plain = Form::plain(float);
        if let Some((word, power)) = decimal(float) {
            let helper = Helper::Decimal(power);
            let saved = plain.size().saturating_sub(word_size(word) + CALL);
            if saved > 0 {
                self.emitter.want(&helper, saved);
                if let Some(index) = self.emitter.helper_index(&helper) {
                    self.function.instructions().i32_const(word).call(index);
                    return;
                }
            }
        }
        let mut sink = self.function.instructions();
        match plain {
            Form::Whole(word) => sink.i32_const(word).f64_convert_i32_s(),
            Form::Single(single) => sink.f32_const(Ieee32::from(single)).f64_promote_f32(),
            Form::Double => sink.f64_const(Ieee64::from(float)),
        };
    }

    /// Begins a block whose value has a type.
    pub(super) fn block(&mut self, ty: Type) {
        self.sink().block(BlockType::Result(val_type(ty)));
    }
}

/// How a float is written without help.
enum Form {
    /// As a converted word.
    Whole(i32),
    /// As one of 32 bits.
    Single(f32),
    /// In full.
    Double,
}

impl Form {
    /// The shortest form.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the comparisons see what the casts lose"
    )]
    fn plain(value: f64) -> Self {
        let (whole, single) = (value as i32, value as f32);
        let is_short = (-(1 << 27)..1 << 27).contains(&whole);
        if is_short && f64::from(whole).to_bits() == value.to_bits() {
            Self::Whole(whole)
        } else if !value.is_nan() && f64::from(single).to_bits() == value.to_bits() {
            Self::Single(single)
        } else {
            Self::Double
        }
    }

    /// In bytes.
    fn size(&self) -> usize {
        match self {
            Self::Whole(word) => word_size(*word) + 1,
            Self::Single(_) => 6,
            Self::Double => 9,
        }
    }
}

/// How many bytes a float takes, decimals being helped.
pub(super) fn float_size(float: f64) -> usize {
    let plain = Form::plain(float).size();
    decimal(float).map_or(plain, |(word, _)| plain.min(word_size(word) + CALL))
}
