//! What can be said about a type only when another one is known.

use gable_grammar::{Code, Diagnostic, Diagnostics, Span};

use super::{Scalar, Term, Type, Types, Variable};

/// A relation between types that waits for one of them.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Constraint {
    /// `result = a + b`: a string when one side is one, else a float.
    Add {
        a: Variable,
        b: Variable,
        result: Variable,
    },
    /// `result = a .+ b`: an array of strings when one side holds such, else of floats.
    EachAdd {
        a: Variable,
        b: Variable,
        result: Variable,
    },
    /// `value` is an element of an array of `element`, or such an array to splice in.
    Spliced { value: Variable, element: Variable },
    /// `value` is a float, or an array of floats or bools.
    Index { value: Variable },
    /// `result` is an element of an array, or an array of such when an index is an array; row and column are the same
    /// variable when there is one index.
    Indexed {
        row: Variable,
        column: Variable,
        element: Variable,
        result: Variable,
    },
    /// `value` is a float or an array of floats.
    Numeric { value: Variable },
    /// `result` is an `element`, or an array of such when `value` is an array.
    Mapped {
        value: Variable,
        element: Scalar,
        result: Variable,
    },
    /// `result` is the sum of an array: a string of strings, else a float.
    Summed { array: Variable, result: Variable },
}

impl Types {
    /// Adds a constraint; `span` is blamed when it cannot hold.
    pub(crate) fn constrain(&mut self, constraint: Constraint, span: Span) {
        self.waiting.push((constraint, span));
    }

    /// Solves what waits, and decides what nothing decides: floats.
    pub(crate) fn solve(&mut self, diagnostics: &mut Diagnostics) {
        let mut waiting = std::mem::take(&mut self.waiting);
        for forced in [false, true] {
            loop {
                let before = waiting.len();
                waiting.retain(
                    |(constraint, span)| match self.attempt(*constraint, forced) {
                        Some(Ok(())) => false,
                        Some(Err(text)) => {
                            diagnostics.push(Diagnostic::error(Code("E0303"), text, *span));
                            false
                        }
                        None => true,
                    },
                );
                if waiting.len() == before {
                    break;
                }
            }
        }
    }

    /// Solves one constraint if it can be solved already, or at any price when `forced`.
    fn attempt(&mut self, constraint: Constraint, forced: bool) -> Option<Result<(), String>> {
        match constraint {
            Constraint::Add { a, b, result } => self.attempt_add(a, b, result, forced),
            Constraint::EachAdd { a, b, result } => self.attempt_each_add(a, b, result, forced),
            Constraint::Spliced { value, element } => match self.term(value) {
                Term::Array(inner) => Some(self.same(inner, element)),
                Term::Scalar(_) => Some(self.same(value, element)),
                _ => forced.then(|| self.same(value, element)),
            },
            Constraint::Indexed {
                row,
                column,
                element,
                result,
            } => {
                let kinds = [self.resolve(row), self.resolve(column)];
                if kinds
                    .iter()
                    .any(|kind| matches!(kind, Some(Type::Array(_))))
                {
                    let strings = Some(Type::Array(Scalar::String));
                    for (side, kind) in [row, column].into_iter().zip(&kinds) {
                        if *kind == strings {
                            return Some(self.same(side, Variable::FLOAT));
                        }
                    }
                    let array = self.array(element);
                    return Some(self.same(array, result));
                }
                if kinds.contains(&None) && !forced {
                    return None;
                }
                let scalars = self
                    .same(row, Variable::FLOAT)
                    .and(self.same(column, Variable::FLOAT));
                Some(scalars.and(self.same(element, result)))
            }
            Constraint::Index { value } => {
                let wanted = "a float or an array of floats or bools";
                self.attempt_float(value, wanted, forced, |ty| {
                    matches!(ty, Type::Array(Scalar::Bool | Scalar::Float) | Type::FLOAT)
                })
            }
            Constraint::Mapped {
                value,
                element,
                result,
            } => match self.resolve(value) {
                Some(Type::Array(_)) => Some(self.bind(result, Type::Array(element))),
                Some(_) => Some(self.bind(result, Type::Scalar(element))),
                None => forced.then(|| self.bind(result, Type::Scalar(element))),
            },
            Constraint::Summed { array, result } => match self.resolve(array) {
                Some(Type::Array(Scalar::String)) => Some(self.same(result, Variable::STRING)),
                Some(Type::Array(_)) => Some(self.same(result, Variable::FLOAT)),
                Some(ty) => Some(Err(format!("expected an array, found a {ty}"))),
                None => forced.then(|| {
                    let floats = self.array(Variable::FLOAT);
                    self.same(array, floats)
                        .and(self.same(result, Variable::FLOAT))
                }),
            },
            Constraint::Numeric { value } => {
                let wanted = "a float or an array of floats";
                self.attempt_float(value, wanted, forced, |ty| ty.scalar() == Scalar::Float)
            }
        }
    }

    /// One of some types, a float when nothing says which.
    fn attempt_float(
        &mut self,
        value: Variable,
        wanted: &str,
        forced: bool,
        fits: impl FnOnce(Type) -> bool,
    ) -> Option<Result<(), String>> {
        match self.resolve(value) {
            Some(ty) if fits(ty) => Some(Ok(())),
            Some(ty) => Some(Err(format!("expected {wanted}, found a {ty}"))),
            None => forced.then(|| self.same(value, Variable::FLOAT)),
        }
    }

    fn attempt_each_add(
        &mut self,
        a: Variable,
        b: Variable,
        result: Variable,
        forced: bool,
    ) -> Option<Result<(), String>> {
        let sides = [a, b].map(|side| self.resolve(side).map(Type::scalar));
        if sides.contains(&Some(Scalar::String)) {
            return Some(self.bind(result, Type::Array(Scalar::String)));
        }
        match sides {
            [Some(Scalar::Float), Some(Scalar::Float)] => {
                Some(self.bind(result, Type::Array(Scalar::Float)))
            }
            [Some(_), Some(_)] => Some(Err("`.+` adds floats or joins strings".to_owned())),
            _ if !forced => None,
            [Some(Scalar::Bool), None] | [None, Some(Scalar::Bool)] => {
                Some(self.bind(result, Type::Array(Scalar::String)))
            }
            _ => {
                let open = [a, b].into_iter().zip(sides);
                let open: Vec<_> = open.filter(|(_, side)| side.is_none()).collect();
                let floats = open
                    .into_iter()
                    .try_for_each(|(side, _)| self.same(side, Variable::FLOAT));
                Some(floats.and_then(|()| self.bind(result, Type::Array(Scalar::Float))))
            }
        }
    }

    fn attempt_add(
        &mut self,
        a: Variable,
        b: Variable,
        result: Variable,
        forced: bool,
    ) -> Option<Result<(), String>> {
        let (left, right) = (self.resolve(a), self.resolve(b));
        if [left, right].contains(&Some(Type::STRING)) {
            return Some(self.same(result, Variable::STRING));
        }
        let float = (left, right) == (Some(Type::FLOAT), Some(Type::FLOAT))
            || self.resolve(result) == Some(Type::FLOAT);
        if float
            || (forced
                && [left, right]
                    .iter()
                    .all(|ty| ty.is_none_or(|ty| ty == Type::FLOAT)))
        {
            let operands = self
                .same(a, Variable::FLOAT)
                .and(self.same(b, Variable::FLOAT));
            return Some(operands.and(self.same(result, Variable::FLOAT)));
        }
        match (left, right) {
            (Some(left), Some(right)) => Some(Err(format!("cannot add a {left} and a {right}"))),
            _ => forced.then(|| self.same(result, Variable::STRING)),
        }
    }

    fn bind(&mut self, variable: Variable, ty: Type) -> Result<(), String> {
        let known = self.known(ty);
        self.same(variable, known)
    }

    fn same(&mut self, a: Variable, b: Variable) -> Result<(), String> {
        self.unify(a, b).map_err(|_| {
            let (found, expected) = (self.settled(a), self.settled(b));
            format!("expected a {expected}, found a {found}")
        })
    }
}
