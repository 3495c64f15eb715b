//! "expected ..., found ...": from the parser's furthest failure to words for people.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::hint;
use super::too_deep;
use crate::diagnostic::{Diagnostic, code};
use crate::parse::check::DEEPEST;
use crate::parse::syntax::Rule;
use crate::scan::{Token, TokenKind};
use crate::source::SourceId;
use crate::span::Span;

/// A declaration that the grammar refused.
pub(in crate::parse) struct Failure<'a> {
    /// The file's text.
    pub(in crate::parse) text: &'a str,
    /// The file.
    pub(in crate::parse) id: SourceId,
    /// The declaration's tokens, without comments.
    pub(in crate::parse) tokens: &'a [Token],
    /// Index of the first token after annotations.
    pub(in crate::parse) body: usize,
    /// Where the piece starts in the file.
    pub(in crate::parse) base: usize,
}

impl Failure<'_> {
    /// Says what was expected and found at the furthest place that the parser reached.
    pub(in crate::parse) fn explain(&self, error: &Error<Rule>) -> Diagnostic {
        let offset = match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => self.base + at,
        };
        let at = self.tokens.partition_point(|token| token.end <= offset);
        let ErrorVariant::ParsingError { positives, .. } = &error.variant else {
            // The parser ran out of stack.
            return too_deep(self.span(at), DEEPEST);
        };
        let place = Place {
            failure: self,
            at,
            expected: positives,
        };
        hint::explain(&place).unwrap_or_else(|| place.plain())
    }

    fn span(&self, at: usize) -> Span {
        match (self.tokens.get(at), self.tokens.last()) {
            (Some(token), _) => Span::new(self.id, token.start, token.end),
            (None, Some(last)) => Span::new(self.id, last.end, last.end),
            (None, None) => Span::new(self.id, self.base, self.base),
        }
    }
}

/// The token at which the parser gave up.
pub(super) struct Place<'a> {
    failure: &'a Failure<'a>,
    at: usize,
    expected: &'a [Rule],
}

impl Place<'_> {
    /// The message without a hint.
    pub(super) fn plain(&self) -> Diagnostic {
        let expected = words(self.expected);
        let title = if expected.is_empty() {
            format!("unexpected {}", self.found())
        } else {
            format!("expected {}, found {}", any_of(&expected), self.found())
        };
        self.error(title)
    }

    /// A message of another wording at this place.
    pub(super) fn error(&self, title: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code::UNEXPECTED, title, self.failure.span(self.at))
    }

    /// What was found, for a message.
    pub(super) fn found(&self) -> String {
        match self.token(0) {
            "" => "the end of the declaration".to_owned(),
            text if text.len() > 40 => "this".to_owned(),
            text => format!("`{text}`"),
        }
    }

    /// Whether the piece is annotations only.
    pub(super) fn only_annotations(&self) -> bool {
        self.failure.body >= self.failure.tokens.len()
    }

    /// Whether the parser would have taken one of these.
    pub(super) fn expects(&self, rules: &[Rule]) -> bool {
        self.expected.iter().any(|rule| rules.contains(rule))
    }

    /// The text of the token `offset` after the failure, empty outside the declaration.
    pub(super) fn token(&self, offset: isize) -> &str {
        self.get(offset)
            .map_or("", |token| token.text(self.failure.text))
    }

    /// The kind of the token `offset` after the failure.
    pub(super) fn kind(&self, offset: isize) -> Option<TokenKind> {
        self.get(offset).map(|token| token.kind)
    }

    fn get(&self, offset: isize) -> Option<&Token> {
        self.failure.tokens.get(self.at.checked_add_signed(offset)?)
    }

    /// Whether the tokens at `offset` and after it touch.
    pub(super) fn touching(&self, offset: isize) -> bool {
        match (self.get(offset), self.get(offset + 1)) {
            (Some(token), Some(next)) => token.end == next.start,
            _ => false,
        }
    }

    /// The innermost open bracket before the failure, empty if there is none.
    pub(super) fn inside(&self) -> &str {
        let mut closed = 0_usize;
        for token in self.failure.tokens[..self.at.min(self.failure.tokens.len())]
            .iter()
            .rev()
        {
            match token.text(self.failure.text) {
                ")" | "]" | "}" => closed += 1,
                open @ ("(" | "[" | "{") if closed == 0 => return open,
                "(" | "[" | "{" => closed -= 1,
                _ => {}
            }
        }
        ""
    }

    /// The text of the `index`th token after the annotations.
    pub(super) fn head(&self, index: usize) -> &str {
        let token = self.failure.tokens.get(self.failure.body + index);
        token.map_or("", |token| token.text(self.failure.text))
    }

    /// The first `-->`, `=`, `:=` or the like outside brackets.
    pub(super) fn separator(&self) -> &str {
        let mut depth = 0_usize;
        for token in &self.failure.tokens[self.failure.body.min(self.failure.tokens.len())..] {
            match token.text(self.failure.text) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                found @ ("-->" | "=" | ":=" | "==") if depth == 0 => return found,
                _ => {}
            }
        }
        ""
    }

    /// The last `case` before the failure that has no `else` yet; percentages do not count.
    pub(super) fn open_case(&self) -> Option<Span> {
        let mut closed = 0_usize;
        for at in (0..self.at.min(self.failure.tokens.len())).rev() {
            match self.failure.tokens[at].text(self.failure.text) {
                ")" | "]" | "}" => closed += 1,
                "(" | "[" | "{" => closed = closed.checked_sub(1)?,
                "else" if closed == 0 => return None,
                "case" if closed == 0 => return Some(self.failure.span(at)),
                _ => {}
            }
        }
        None
    }
}

/// The words for what was expected, the likely ones only.
fn words(expected: &[Rule]) -> Vec<&'static str> {
    let mut strong: Vec<(u8, &str)> = expected
        .iter()
        .filter_map(|&rule| strong_word(rule))
        .collect();
    strong.sort_unstable();
    strong.dedup();
    let several = strong.len() > 1;
    let declaration = strong.iter().any(|(rank, _)| *rank <= 1);
    strong
        .into_iter()
        .filter(|(rank, _)| match *rank {
            3 => !declaration,
            10 => !several,
            _ => true,
        })
        .map(|(_, word)| word)
        .collect()
}

/// The word for a rule with its rank in the list; a name (3) is left out where an operation or expression
/// can stand, a percent sign (10) where there is anything else; what may always follow (operators, an index, arguments) is not worth saying.
fn strong_word(rule: Rule) -> Option<(u8, &'static str)> {
    Some(match rule {
        Rule::declaration
        | Rule::import
        | Rule::style
        | Rule::attribute
        | Rule::definition
        | Rule::kw_import
        | Rule::kw_attr
        | Rule::kw_const
        | Rule::kw_style
        | Rule::annotation => (0, "a declaration"),
        Rule::operation
        | Rule::scoped
        | Rule::inline
        | Rule::call_operation
        | Rule::callee
        | Rule::successor => (0, "an operation or a rule"),
        Rule::full_expr
        | Rule::expr
        | Rule::term
        | Rule::paren
        | Rule::array
        | Rule::element
        | Rule::argument => (1, "an expression"),
        Rule::ident | Rule::path => (3, "a name"),
        Rule::string => (4, "a string"),
        Rule::assign => (5, "`=`"),
        Rule::arrow => (5, "`-->`"),
        Rule::colon => (6, "`:`"),
        Rule::selection => (6, "`:`"),
        Rule::comma => (7, "`,`"),
        Rule::bar => (7, "`|`"),
        Rule::close_paren => (8, "`)`"),
        Rule::close_bracket => (8, "`]`"),
        Rule::close_brace => (8, "`}`"),
        Rule::percent => (10, "`%`"),
        Rule::kw_else => (9, "`else`"),
        _ => return None,
    })
}

fn any_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
