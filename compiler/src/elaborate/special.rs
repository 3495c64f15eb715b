//! Types of functions that are not one kernel function.

use gable_grammar::Span;

use super::Elaborator;
use crate::builtins::Special;
use crate::tree::Node;
use crate::ty::{Constraint, Scalar, Type, Variable};

impl Elaborator<'_, '_> {
    /// The type of a special function's result, after saying what is known of its arguments' types.
    pub(super) fn special_type(
        &mut self,
        special: Special,
        arguments: &[Node],
        span: Span,
    ) -> Variable {
        use Special as P;
        let float = |this: &mut Self, node: &Node| {
            this.expect(node, Variable::FLOAT, || {
                ("this function takes floats".to_owned(), None)
            });
        };
        match special {
            P::Abs | P::Ceil | P::Floor | P::Rint => {
                self.types.constrain(
                    Constraint::Numeric {
                        value: arguments[0].ty,
                    },
                    span,
                );
                arguments[0].ty
            }
            P::IsNan | P::IsInf => {
                self.types.constrain(
                    Constraint::Numeric {
                        value: arguments[0].ty,
                    },
                    span,
                );
                let result = self.types.open();
                let constraint = Constraint::Mapped {
                    value: arguments[0].ty,
                    element: Scalar::Bool,
                    result,
                };
                self.types.constrain(constraint, span);
                result
            }
            P::Sqrt | P::Rand | P::Chance => {
                arguments.iter().for_each(|node| float(self, node));
                if special == P::Chance {
                    Variable::BOOL
                } else {
                    Variable::FLOAT
                }
            }
            P::Min | P::Max | P::Clamp => {
                for node in &arguments[1..] {
                    self.expect(node, arguments[0].ty, || {
                        ("arguments have one type".to_owned(), None)
                    });
                }
                arguments[0].ty
            }
            P::Str => Variable::STRING,
            P::Float => Variable::FLOAT,
            P::Bool => Variable::BOOL,
            P::IsNull => {
                let (value, result) = (arguments[0].ty, self.types.open());
                let constraint = Constraint::Mapped {
                    value,
                    element: Scalar::Bool,
                    result,
                };
                self.types.constrain(constraint, span);
                result
            }
            _ => self.array_special_type(special, arguments, span),
        }
    }

    /// The same for functions of arrays, and those that give back their argument.
    fn array_special_type(&mut self, special: Special, arguments: &[Node], span: Span) -> Variable {
        use Special as P;
        match special {
            P::FloatArray => self.types.known(Type::Array(Scalar::Float)),
            P::BoolArray => self.types.known(Type::Array(Scalar::Bool)),
            P::StringArray => self.types.known(Type::Array(Scalar::String)),
            P::FindFirst => {
                if let Some(epsilon) = arguments.get(2) {
                    self.expect(epsilon, Variable::FLOAT, || {
                        ("this function takes floats".to_owned(), None)
                    });
                }
                let constraint = Constraint::Spliced {
                    value: arguments[0].ty,
                    element: arguments[1].ty,
                };
                self.types.constrain(constraint, span);
                Variable::FLOAT
            }
            P::SetElems => {
                let element = self.types.open();
                let array = self.types.array(element);
                self.expect(&arguments[0], array, || {
                    ("`setElems` changes arrays".to_owned(), None)
                });
                let (values, indices) = arguments[1..]
                    .split_last()
                    .expect("the number of arguments is checked");
                for index in indices {
                    let value = index.ty;
                    self.types.constrain(Constraint::Index { value }, span);
                }
                let value = values.ty;
                self.types
                    .constrain(Constraint::Spliced { value, element }, span);
                array
            }
            P::Metadata => {
                for node in &arguments[..2] {
                    self.expect(node, Variable::STRING, || {
                        ("path and key are strings".to_owned(), None)
                    });
                }
                arguments[2].ty
            }
            P::Sum => {
                let result = self.types.open();
                self.types.constrain(
                    Constraint::Summed {
                        array: arguments[0].ty,
                        result,
                    },
                    span,
                );
                result
            }
            _ => arguments[0].ty,
        }
    }
}
