//! The words of syntax messages.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::syntax::Rule;
use crate::diagnostic::{Diagnostic, code};
use crate::scan::Token;
use crate::source::SourceId;
use crate::span::Span;

/// A declaration that the grammar refused.
pub(super) struct Failure<'a> {
    pub(super) text: &'a str,
    pub(super) id: SourceId,
    pub(super) tokens: &'a [Token],
    /// Index of the first token after annotations.
    pub(super) body: usize,
    /// Where the piece starts in the file.
    pub(super) base: usize,
}

impl Failure<'_> {
    /// Says what was expected and found at the furthest place the parser reached.
    pub(super) fn explain(&self, error: &Error<Rule>) -> Diagnostic {
        let offset = match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => self.base + at,
        };
        let at = self.tokens.partition_point(|token| token.end <= offset);
        let span = self.tokens.get(at).map_or_else(
            || Span::new(self.id, offset, offset),
            |t| Span::new(self.id, t.start, t.end),
        );
        let found = self.tokens.get(at).map_or("the end", |t| t.text(self.text));
        let expected = match &error.variant {
            ErrorVariant::ParsingError { positives, .. } => format!("{positives:?}"),
            ErrorVariant::CustomError { message } => message.clone(),
        };
        let _ = self.body;
        Diagnostic::error(
            code::UNEXPECTED,
            format!("expected {expected}, found `{found}`"),
            span,
        )
    }
}

/// The closing bracket of an opening one.
pub(super) fn partner(open: &str) -> &'static str {
    match open {
        "(" => ")",
        "[" => "]",
        _ => "}",
    }
}

pub(super) fn open_string(span: Span) -> Diagnostic {
    Diagnostic::error(code::OPEN_STRING, "this string has no closing quote", span)
        .label("starts here")
        .help("add a `\"` at its end; a quote inside a string is written `\\\"`")
}

pub(super) fn open_comment(span: Span) -> Diagnostic {
    Diagnostic::error(code::OPEN_COMMENT, "this comment has no end", span)
        .label("starts here")
        .help("add `*/` at its end")
}

pub(super) fn stray(character: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        code::STRAY_CHARACTER,
        format!(
            "unexpected character {:?}",
            character.chars().next().unwrap_or_default()
        ),
        span,
    )
}

pub(super) fn unclosed(open: &str, span: Span, found: Option<(&str, Span)>) -> Diagnostic {
    let problem = Diagnostic::error(
        code::OPEN_BRACKET,
        format!("this `{open}` is never closed"),
        span,
    );
    match found {
        Some((close, place)) => problem.also(
            place,
            format!("expected `{}`, found `{close}`", partner(open)),
        ),
        None => problem.help(format!("add `{}` where it ends", partner(open))),
    }
}

pub(super) fn nothing_to_close(close: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        code::NOTHING_TO_CLOSE,
        format!("this `{close}` closes nothing"),
        span,
    )
    .help("remove it, or add the opening bracket before it")
}

pub(super) fn too_deep(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error(
        code::TOO_DEEP,
        format!("more than {limit} brackets or chains inside one another"),
        span,
    )
    .help("give the inner part a name: a rule or a function of its own")
}

pub(super) fn too_long(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error(
        code::TOO_LONG,
        format!("more than {limit} `else` branches or operators above one another"),
        span,
    )
    .help("give a part of it a name: a rule or a function of its own")
}

pub(super) fn named_argument(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        code::NAMED_ARGUMENT,
        format!("arguments have no names, found `{name} =`"),
        span,
    )
    .help("write only the value; `==` compares; `import(attribute = value).Rule` sets attributes of an import")
}

pub(super) fn unnamed_assignment(span: Span) -> Diagnostic {
    Diagnostic::error(
        code::UNNAMED_ASSIGNMENT,
        "expected `attribute = value`, found a value",
        span,
    )
    .help("`import(attribute = value).Rule` calls a rule of an import with other attributes")
}

pub(super) fn block_after_leaf(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        code::UNEXPECTED_BLOCK,
        format!("`{name}.` is a leaf and takes no block"),
        span,
    )
}

pub(super) fn size_needs_colon(found: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        code::SIZE_NEEDS_COLON,
        format!("expected `:` after a size, found `{found}`"),
        span,
    )
    .help("`=` and `=:` select components; a split writes `size : ...`")
}
