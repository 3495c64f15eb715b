//! Functions that stand for instructions which occur many times, to make the module small.
//!
//! The first emission counts what each helper would save; those that save more than they cost are in the second. A
//! helper takes constants (or none) and calls the kernel, so that what a module does, and in which order, is the same
//! with and without.

use std::collections::BTreeMap;

use gable_kernel::abi::ValueType;

use super::Emitter;
use super::code::{Code, Layout, value_type};
use super::function::Emitted;
use crate::builtins::KernelFunction;

/// A constant on its way to the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Constant {
    Word(i32),
    /// The bits of a float.
    Float(u64),
}

/// A function that stands for other instructions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Helper {
    /// A word divided by ten to this power, which is what most numbers are that authors write.
    Decimal(u8),
    /// A call of a kernel function with these arguments.
    Call(KernelFunction, Vec<Constant>),
    /// `op` and a call of a kernel function; takes the site and the arguments.
    Operation(KernelFunction),
}

/// How many bytes a call is reckoned to take.
pub(super) const CALL: usize = 2;

/// The word that divided by ten to some power, from 1, gives this very float; and the power.
pub(super) fn decimal(float: f64) -> Option<(i32, u8)> {
    gable_kernel::manifest::decimal(float, 1)
}

/// How many bytes `i32.const` of a word takes.
pub(super) fn word_size(word: i32) -> usize {
    let bits = 33 - (word ^ (word >> 31)).leading_zeros() as usize;
    1 + bits.div_ceil(7)
}

impl Helper {
    /// How many bytes it adds to a module.
    fn cost(&self) -> usize {
        // A type's number, the body's size, no locals, the end.
        const FRAME: usize = 4;
        match self {
            Self::Decimal(_) => FRAME + 9,
            Self::Call(_, arguments) => FRAME + CALL + constants_size(arguments),
            // Possibly a new type, too.
            Self::Operation(function) => {
                let params = function.entry().params.len() + 1;
                FRAME + 2 * CALL + 2 * params + 3 + params
            }
        }
    }

    /// Its parameters and result.
    fn signature(&self) -> (Vec<ValueType>, Option<ValueType>) {
        match self {
            Self::Decimal(_) => (vec![ValueType::I32], Some(ValueType::F64)),
            Self::Call(function, _) => (Vec::new(), function.entry().result),
            Self::Operation(function) => {
                let rest = function.entry().params;
                ([&[ValueType::I32], rest].concat(), function.entry().result)
            }
        }
    }

    /// A name for people.
    fn name(&self) -> String {
        match self {
            Self::Decimal(power) => format!("decimal:{power}"),
            Self::Call(function, arguments) => {
                let show = |constant: &Constant| match constant {
                    Constant::Word(word) => word.to_string(),
                    Constant::Float(bits) => f64::from_bits(*bits).to_string(),
                };
                let arguments: Vec<_> = arguments.iter().map(show).collect();
                format!("{}:{}", function.entry().name, arguments.join(":"))
            }
            Self::Operation(function) => format!("op:{}", function.entry().name),
        }
    }
}

/// How many bytes constants take, decimals being helped.
pub(super) fn constants_size(constants: &[Constant]) -> usize {
    let size = |constant: &Constant| match constant {
        Constant::Word(word) => word_size(*word),
        Constant::Float(bits) => super::code::float_size(f64::from_bits(*bits)),
    };
    constants.iter().map(size).sum()
}

/// The helpers worth having, by number, from what each saves at its uses: those that save most come first.
pub(super) fn choose(saved: &BTreeMap<Helper, usize>) -> BTreeMap<Helper, u32> {
    let gain = |helper: &Helper, saved: usize| saved.checked_sub(helper.cost() + 1);
    let mut chosen: Vec<_> = saved
        .iter()
        .filter_map(|(helper, saved)| Some((gain(helper, *saved)?, helper)))
        .collect();
    chosen.sort_by_key(|(gain, _)| std::cmp::Reverse(*gain));
    let helpers = chosen.into_iter().map(|(_, helper)| helper.clone());
    helpers.zip(0..).collect()
}

impl Emitter<'_> {
    /// The functions of the chosen helpers, in the order of their numbers.
    pub(super) fn helper_functions(&mut self) -> Vec<Emitted> {
        let mut helpers: Vec<_> = self
            .helpers
            .iter()
            .map(|(it, n)| (*n, it.clone()))
            .collect();
        helpers.sort_unstable();
        let emit = |(_, helper): (u32, Helper)| self.helper(&helper);
        helpers.into_iter().map(emit).collect()
    }

    fn helper(&mut self, helper: &Helper) -> Emitted {
        let (params, result) = helper.signature();
        let mut code = Code::new(self, Layout::default());
        match helper {
            Helper::Decimal(power) => {
                let scale = 10_i32.pow(u32::from(*power));
                code.sink()
                    .local_get(0)
                    .f64_convert_i32_s()
                    .i32_const(scale)
                    .f64_convert_i32_s()
                    .f64_div();
            }
            Helper::Call(function, arguments) => {
                arguments
                    .iter()
                    .for_each(|constant| code.constant(*constant));
                code.call_import(*function);
            }
            Helper::Operation(function) => {
                code.sink().local_get(0);
                code.call_import(KernelFunction::named("op"));
                for (_, index) in params[1..].iter().zip(1..) {
                    code.sink().local_get(index);
                }
                code.call_import(*function);
            }
        }
        Emitted {
            name: helper.name(),
            params: params.into_iter().map(value_type).collect(),
            result: result.map(value_type),
            code: code.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_give_back_the_very_float() {
        assert_eq!(decimal(0.1), Some((1, 1)));
        assert_eq!(decimal(-2.55), Some((-255, 2)));
        assert_eq!(decimal(1.0 / 3.0), None);
        assert_eq!(decimal(-0.0), None);
        assert_eq!(decimal(f64::NAN), None);
        assert_eq!(decimal(f64::INFINITY), None);
        for thousandths in -2000..2000 {
            let float: f64 = format!("{thousandths}e-3").parse().unwrap();
            let (word, power) = decimal(float).unwrap();
            let again = f64::from(word) / f64::from(10_i32.pow(u32::from(power)));
            assert_eq!(again.to_bits(), float.to_bits(), "{float}");
        }
    }

    #[test]
    fn sizes_of_words_are_those_of_signed_leb128() {
        for (word, size) in [
            (0, 2),
            (63, 2),
            (-64, 2),
            (64, 3),
            (-65, 3),
            (8191, 3),
            (8192, 4),
        ] {
            assert_eq!(word_size(word), size, "{word}");
        }
    }
}
