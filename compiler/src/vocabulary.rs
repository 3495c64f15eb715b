//! What the language has a name for, as editors mark it.

use crate::builtins;

/// What the language itself calls by a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builtin {
    /// Changes the current shape.
    Operation,
    /// Gives a value.
    Function,
    /// A property of the current shape: `scope.sx`.
    ShapeAttribute,
}

/// What the language itself calls by this name; none for names that grammars give.
pub fn builtin(name: &str) -> Option<Builtin> {
    let is_operation = builtins::operation(name).is_some() || builtins::is_operation_word(name);
    let is_function = builtins::function(name).is_some() || builtins::special(name).is_some();
    match (is_operation, is_function) {
        (true, _) => Some(Builtin::Operation),
        (false, true) => Some(Builtin::Function),
        (false, false) => builtins::shape_attribute(name).map(|_| Builtin::ShapeAttribute),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_language_are_told_from_others() {
        for name in ["extrude", "split", "comp", "i", "union"] {
            assert_eq!(builtin(name), Some(Builtin::Operation), "{name}");
        }
        for name in ["rand", "sin", "min", "geometry.area", "listRandom"] {
            assert_eq!(builtin(name), Some(Builtin::Function), "{name}");
        }
        assert_eq!(builtin("scope.sx"), Some(Builtin::ShapeAttribute));
        for name in ["House", "height", "scope", ""] {
            assert_eq!(builtin(name), None, "{name}");
        }
    }
}
