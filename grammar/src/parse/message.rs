//! The words of syntax messages.

mod failure;
mod hint;

pub(super) use failure::Failure;

use crate::diagnostic::{Diagnostic, code};
use crate::span::Span;

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
    let character = character.chars().next().unwrap_or_default();
    let problem = Diagnostic::error(
        code::STRAY_CHARACTER,
        format!("unexpected character {character:?}"),
        span,
    );
    let help = match character {
        '&' => "`&&` is the logical and",
        '^' => "a power is written `pow(base, exponent)`",
        '?' => "a choice is written `case condition: a else: b`",
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2018}' | '\u{2019}' | '`' => {
            "strings stand in straight double quotes: \"...\""
        }
        '\u{2013}' | '\u{2014}' | '\u{2212}' => "a minus sign is written `-`, an arrow `-->`",
        '\0' => "this is no text file, or it is in UTF-16: save it as UTF-8",
        _ => return problem,
    };
    problem.help(help)
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

pub(super) fn rule_argument(span: Span) -> Diagnostic {
    Diagnostic::error(
        code::NAMED_ARGUMENT,
        "expected an argument, found a rule",
        span,
    )
    .help("`import(Rule --> operations).Other` replaces a rule of an import for one call")
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

pub(super) fn no_selector(operation: &str, span: Span) -> Diagnostic {
    let head = if matches!(operation, "split" | "splitArea") {
        "size"
    } else {
        "selector"
    };
    Diagnostic::error(
        code::NO_SELECTOR,
        format!("expected `{head} :` in a branch of `{operation}`"),
        span,
    )
    .help(format!("a branch is written `{head} : ...`"))
}

pub(super) fn empty_branch(span: Span) -> Diagnostic {
    Diagnostic::error(code::EMPTY_BRANCH, "there is nothing in this branch", span)
        .help("write `NIL` for nothing, or remove the `|`")
}

pub(super) fn too_many(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error(
        code::TOO_MANY,
        format!("more than {limit} problems; the rest of the file was not read"),
        span,
    )
}
