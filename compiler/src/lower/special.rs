//! Functions that depend on types or are composed of Wasm instructions.

use super::Lowerer;
use super::expr::{array_of, local};
use crate::builtins::{KernelFunction, Special};
use crate::ir::{Binary, Expr, ExprKind, Invocation, Scalar, Type, Unary};

/// The string that stands for a null.
const NULL: &str = "\u{e000}";

/// A value as a string.
pub(super) fn text(value: Expr) -> Expr {
    let function = match value.ty {
        Type::Scalar(Scalar::String) => return value,
        Type::Scalar(Scalar::Float) => "string_f",
        Type::Scalar(Scalar::Bool) | Type::Word => "string_b",
        Type::Array(_) => "string_a",
    };
    Expr::kernel(function, vec![value], Type::STRING)
}

impl Lowerer<'_> {
    pub(super) fn special(&mut self, special: Special, arguments: Vec<Expr>, ty: Type) -> Expr {
        use Special as P;
        let mut rest = arguments.into_iter();
        let mut next = || {
            rest.next()
                .expect("elaboration checks the number of arguments")
        };
        match special {
            P::Abs => self.map(next(), 0, ty),
            P::Ceil => self.map(next(), 1, ty),
            P::Floor => self.map(next(), 2, ty),
            P::Rint => self.map(next(), 3, ty),
            P::IsNan => self.map(next(), 4, ty),
            P::IsInf => self.map(next(), 5, ty),
            P::Sqrt => Expr::unary(Unary::SquareRoot, next()),
            P::Min => {
                let left = next();
                self.extreme(Binary::Minimum, left, next())
            }
            P::Max => {
                let left = next();
                self.extreme(Binary::Maximum, left, next())
            }
            P::Clamp => {
                let (value, low) = (next(), next());
                let raised = self.extreme(Binary::Maximum, value, low);
                self.extreme(Binary::Minimum, raised, next())
            }
            P::Rand => self.rand(rest.collect()),
            P::Chance => {
                let draw = Expr::kernel("rand", Vec::new(), Type::FLOAT);
                Expr::binary(Binary::Less, draw, next())
            }
            P::Str => text(next()),
            P::Float => float(next()),
            P::Bool => bool(next()),
            P::FloatArray => convert(rest.next(), Scalar::Float),
            P::BoolArray => convert(rest.next(), Scalar::Bool),
            P::StringArray => convert(rest.next(), Scalar::String),
            P::IsNull => self.is_null(next(), ty),
            P::FindFirst => {
                let (list, value) = (next(), next());
                find_first(list, value, rest.next())
            }
            P::SetElems => {
                let arguments: Vec<Expr> = rest.map(array_of).collect();
                let is_cross = arguments.len() == 4;
                let function = if is_cross {
                    "array_set_cross"
                } else {
                    "array_set"
                };
                Expr::kernel(function, arguments, ty)
            }
            P::Sum => {
                let function = if ty == Type::STRING {
                    "array_sum_s"
                } else {
                    "array_sum_f"
                };
                Expr::kernel(function, vec![next()], ty)
            }
            P::Metadata => {
                let (path, key) = (next(), next());
                metadata(path, key, next(), ty)
            }
            P::NamesToArray => names_to_array(next()),
            P::NamesFromArray => names_from_array(next(), ty),
            P::Print => self.print(next(), ty),
        }
    }

    /// Prints a value and gives it.
    fn print(&mut self, value: Expr, ty: Type) -> Expr {
        let (stored, kept) = self.keep(value);
        let print = Invocation {
            function: KernelFunction::named("print"),
            arguments: vec![text(stored)],
        };
        Expr {
            kind: ExprKind::After(vec![print], Box::new(local(kept, ty))),
            ty,
        }
    }

    /// `abs`, `ceil`, `floor`, `rint`, `isnan`, `isinf` (0 to 5), of a float or of each element.
    fn map(&mut self, value: Expr, function: i32, ty: Type) -> Expr {
        if let Type::Array(_) = value.ty {
            return Expr::kernel("array_map", vec![Expr::word(function), value], ty);
        }
        match function {
            0 => Expr::unary(Unary::Absolute, value),
            1 => Expr::unary(Unary::Ceil, value),
            2 => Expr::unary(Unary::Floor, value),
            3 => Expr::unary(Unary::Nearest, value),
            4 => {
                let (stored, kept) = self.keep(value);
                Expr::binary(Binary::NotEqual, stored, local(kept, Type::FLOAT))
            }
            _ => Expr::binary(
                Binary::Equal,
                Expr::unary(Unary::Absolute, value),
                Expr::float(f64::INFINITY),
            ),
        }
    }

    /// Whether a value, or each element of an array, stands for none.
    fn is_null(&mut self, value: Expr, ty: Type) -> Expr {
        match value.ty {
            Type::STRING => Expr::binary(Binary::WordEqual, value, Expr::string(NULL)),
            Type::Scalar(Scalar::Float) | Type::Array(Scalar::Float) => self.map(value, 4, ty),
            Type::Array(_) => {
                let texts = convert(Some(value), Scalar::String);
                let null = array_of(Expr::string(NULL));
                // 2 is `.==`.
                Expr::kernel("array_each", vec![Expr::word(2), texts, null], ty)
            }
            _ => Expr::bool(false),
        }
    }

    /// The smaller or larger of two values.
    fn extreme(&mut self, operator: Binary, left: Expr, right: Expr) -> Expr {
        let ty = left.ty;
        if ty == Type::FLOAT {
            return Expr::binary(operator, left, right);
        }
        let (left, left_kept) = self.keep(left);
        let (right, right_kept) = self.keep(right);
        // Strings by their order; other types, of which the language compares none, by their text.
        let order = Expr::kernel("compare", vec![text(left), text(right)], Type::Word);
        let test = if operator == Binary::Minimum {
            Binary::WordLessEqual
        } else {
            Binary::WordGreaterEqual
        };
        let condition = Expr::binary(test, order, Expr::word(0));
        let arms = vec![(condition, local(left_kept, ty))];
        Expr {
            kind: ExprKind::Case(arms, Box::new(local(right_kept, ty))),
            ty,
        }
    }

    /// `rand`, `rand(max)`, `rand(low, high)`
    fn rand(&mut self, arguments: Vec<Expr>) -> Expr {
        let draw = Expr::kernel("rand", Vec::new(), Type::FLOAT);
        let mut rest = arguments.into_iter();
        match (rest.next(), rest.next()) {
            (None, _) => draw,
            (Some(max), None) => Expr::binary(Binary::Multiply, max, draw),
            (Some(low), Some(high)) if matches!(low.kind, ExprKind::Float(_)) => {
                let width = Expr::binary(Binary::Subtract, high, low.clone());
                Expr::binary(
                    Binary::Add,
                    low,
                    Expr::binary(Binary::Multiply, width, draw),
                )
            }
            (Some(low), Some(high)) => {
                let (stored, kept) = self.keep(low);
                let width = Expr::binary(Binary::Subtract, high, local(kept, Type::FLOAT));
                Expr::binary(
                    Binary::Add,
                    stored,
                    Expr::binary(Binary::Multiply, width, draw),
                )
            }
        }
    }
}

fn float(value: Expr) -> Expr {
    match value.ty {
        Type::Scalar(Scalar::Float) => value,
        Type::Scalar(Scalar::String) => Expr::kernel("float_s", vec![value], Type::FLOAT),
        Type::Scalar(Scalar::Bool) | Type::Word => Expr::unary(Unary::FloatOfBool, value),
        Type::Array(_) => Expr::kernel("float_s", vec![text(value)], Type::FLOAT),
    }
}

fn bool(value: Expr) -> Expr {
    match value.ty {
        Type::Scalar(Scalar::Float) => Expr::binary(Binary::NotEqual, value, Expr::float(0.0)),
        Type::Scalar(Scalar::String) => Expr::kernel("bool_s", vec![value], Type::BOOL),
        Type::Scalar(Scalar::Bool) | Type::Word => value,
        Type::Array(_) => Expr::kernel("bool_s", vec![text(value)], Type::BOOL),
    }
}

/// An array of a kind: an empty one, or another array converted.
pub(super) fn convert(value: Option<Expr>, scalar: Scalar) -> Expr {
    let ty = Type::Array(scalar);
    match value {
        None => Expr::zero(ty),
        Some(value) => Expr::kernel(
            "array_convert",
            vec![Expr::word(scalar as i32), array_of(value)],
            ty,
        ),
    }
}

/// An array of strings, of one or of a string list.
fn names_to_array(names: Expr) -> Expr {
    match names.ty {
        Type::STRING => Expr::kernel("list_to_array", vec![names], Type::Array(Scalar::String)),
        _ => names,
    }
}

/// An array of strings, or a string list of it where one is wanted.
fn names_from_array(array: Expr, ty: Type) -> Expr {
    match ty {
        Type::STRING => Expr::kernel("list_from_array", vec![array], ty),
        _ => array,
    }
}

/// What a model's file says under a key, of the default's type.
fn metadata(path: Expr, key: Expr, default: Expr, ty: Type) -> Expr {
    if ty == Type::FLOAT {
        return Expr::kernel("asset_metadata_f", vec![path, key, default], ty);
    }
    let number = Expr::word(ty.manifest() as i32);
    let arguments = vec![path, key, default, number];
    Expr::kernel("asset_metadata_i", arguments, ty)
}

/// Of a string in a string, or of an element in an array.
fn find_first(list: Expr, value: Expr, epsilon: Option<Expr>) -> Expr {
    match list.ty {
        Type::Array(Scalar::Float) => {
            let epsilon = epsilon.unwrap_or(Expr::float(0.0));
            Expr::kernel("array_find_f", vec![list, value, epsilon], Type::FLOAT)
        }
        Type::Array(_) => Expr::kernel("array_find_i", vec![list, value], Type::FLOAT),
        _ => Expr::kernel(
            "find",
            vec![text(list), text(value), Expr::float(0.0)],
            Type::FLOAT,
        ),
    }
}
