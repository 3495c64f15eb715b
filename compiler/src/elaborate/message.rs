//! Messages that several checks share.

use gable_grammar::ast::Name;
use gable_grammar::{Code, Diagnostic, Span};

use super::{Elaborator, Scope};
use crate::suggest::nearest;

impl<'a> Elaborator<'_, 'a> {
    /// Reports a wrong number of arguments.
    pub(super) fn report_arity(
        &mut self,
        name: &Name,
        found: usize,
        mut possible: Vec<usize>,
        declared: Option<Span>,
    ) {
        possible.sort_unstable();
        possible.dedup();
        let words: Vec<String> = possible.iter().map(ToString::to_string).collect();
        let last = words.last().map_or("no", String::as_str);
        let expected = match words.as_slice() {
            [init @ .., _] if !init.is_empty() => format!("{} or {last}", init.join(", ")),
            _ => last.to_owned(),
        };
        let plural = if expected == "1" { "" } else { "s" };
        let title = format!(
            "`{}` takes {expected} argument{plural}, found {found}",
            name.text
        );
        let mut diagnostic = Diagnostic::error(Code("E0401"), title, name.span);
        if let Some(span) = declared {
            diagnostic = diagnostic.also(span, "declared here");
        }
        self.diagnostics.push(diagnostic);
    }

    /// Reports a name that means nothing in an expression.
    pub(super) fn report_unknown_value(&mut self, scope: &Scope<'a>, name: &Name, what: &str) {
        let known = scope
            .names
            .iter()
            .map(|(name, _)| *name)
            .chain(self.symbols.value_names(scope.instance));
        let builtin = crate::builtins::FUNCTIONS.iter().map(|(name, _)| *name);
        let attributes = gable_kernel::builtin::BUILTINS
            .iter()
            .map(|entry| entry.name);
        let title = format!("there is no {what} `{}`", name.text);
        let mut diagnostic = Diagnostic::error(Code("E0201"), title, name.span);
        diagnostic.help = nearest(&name.text, known.chain(builtin).chain(attributes))
            .map(|name| format!("did you mean `{name}`?"));
        self.diagnostics.push(diagnostic);
    }
}
