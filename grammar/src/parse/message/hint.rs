//! Mistakes that authors make often, and what to say then.

use super::failure::Place;
use crate::diagnostic::Diagnostic;
use crate::parse::syntax::Rule;
use crate::scan::TokenKind;

/// Looks at a failure and knows what happened, or does not.
type Hint = fn(&Place<'_>) -> Option<Diagnostic>;

/// The more particular first.
const HINTS: [Hint; 18] = [
    digit_first,
    lonely_annotation,
    version_text,
    arrow,
    binding_operator,
    comparison,
    missing_else,
    lonely_else,
    late_case,
    percent_sign,
    single_quotes,
    late_prefix,
    equals_for_arrow,
    arrow_for_equals,
    missing_comma,
    missing_bar,
    single_bar,
    semicolon,
];

/// The message of the first hint that fits.
pub(super) fn explain(place: &Place<'_>) -> Option<Diagnostic> {
    HINTS.iter().find_map(|hint| hint(place))
}

/// `3rdFloor`, `2m`.
fn digit_first(place: &Place<'_>) -> Option<Diagnostic> {
    let glued = |offset| {
        place.kind(offset) == Some(TokenKind::Number)
            && place.kind(offset + 1) == Some(TokenKind::Word)
            && place.touching(offset)
    };
    (glued(-1) || glued(0)).then(|| {
        place
            .plain()
            .help("names cannot begin with a digit, and numbers have no unit")
    })
}

fn lonely_annotation(place: &Place<'_>) -> Option<Diagnostic> {
    place.only_annotations().then(|| {
        place
            .error("expected a declaration after the annotation")
            .help("annotations stand before the attribute, rule or import they describe")
    })
}

fn version_text(place: &Place<'_>) -> Option<Diagnostic> {
    (place.head(0) == "version" && place.expects(&[Rule::assign, Rule::arrow])).then(|| {
        place
            .error(format!("expected a string, found {}", place.found()))
            .help("the version stands in quotes: `version \"2024.0\"`")
    })
}

/// `->`, `=>`, `==>`, `- ->` and what else people write for `-->`.
fn arrow(place: &Place<'_>) -> Option<Diagnostic> {
    let arrow_like = match place.token(0) {
        "-" => matches!(place.token(1), ">" | "-"),
        "=" | "==" => matches!(place.token(1), ">" | ">="),
        ">" | ">=" | "<" => true,
        _ => false,
    };
    let after_equals = place.token(-1) == "=" && matches!(place.token(0), ">" | ">=");
    let defines = place.expects(&[Rule::arrow]) && arrow_like;
    (defines || after_equals).then(|| {
        let title = format!("expected `-->`, found {}", place.found());
        place
            .error(title)
            .help(format!("a rule is written `{} --> ...`", place.head(0)))
    })
}

fn binding_operator(place: &Place<'_>) -> Option<Diagnostic> {
    if place.token(0) != ":=" {
        return None;
    }
    Some(if place.inside() == "{" {
        place
            .plain()
            .help("write `:` for one shape each, `=` for one of all, `=:` for connected ones")
    } else {
        place
            .plain()
            .help("`:=` only binds names in `with ( ... )`; attributes and functions use `=`")
    })
}

fn comparison(place: &Place<'_>) -> Option<Diagnostic> {
    let condition =
        place.token(0) == "=" && place.expects(&[Rule::colon]) && place.open_case().is_some();
    let argument = place.token(0) == "=" && place.inside() == "(";
    (condition || argument).then(|| place.plain().help("`==` compares, `=` defines"))
}

fn missing_else(place: &Place<'_>) -> Option<Diagnostic> {
    if !place.expects(&[Rule::kw_else])
        || !matches!(place.token(0), "" | "}" | "]" | ")" | "|" | ",")
    {
        return None;
    }
    let title = format!("expected `else`, found {}", place.found());
    let problem = place
        .error(title)
        .help("every `case` and every percentage needs a last `else: ...`");
    Some(match place.open_case() {
        Some(case) => problem.also(case, "this `case` has no `else`"),
        None => problem,
    })
}

fn lonely_else(place: &Place<'_>) -> Option<Diagnostic> {
    if place.token(0) != "else" || place.open_case().is_some() {
        return (place.token(-1) == "else" && place.expects(&[Rule::colon])).then(|| {
            let problem = place.error(format!(
                "expected `:` after `else`, found {}",
                place.found()
            ));
            match place.token(0) {
                "case" | "if" => {
                    problem.help("a further test is one more `case ...:` before the `else`")
                }
                _ => problem,
            }
        });
    }
    Some(
        place
            .error("this `else` has no `case` or percentage before it")
            .help("a choice must be the first thing in a rule, a branch or `[ ]`"),
    )
}

fn late_case(place: &Place<'_>) -> Option<Diagnostic> {
    (place.token(0) == "case" && place.token(-1) != "else").then(|| {
        place.error("a `case` cannot follow operations").help(
            "wrap the whole choice in `[ ]`, or give it a rule of its own; `else` takes the operations before it",
        )
    })
}

fn percent_sign(place: &Place<'_>) -> Option<Diagnostic> {
    let number = place.kind(-1) == Some(TokenKind::Number);
    if place.token(0) == ":" && number && place.expects(&[Rule::percent]) {
        let title = format!("expected `%` or an operation, found {}", place.found());
        return Some(place.error(title).help(format!(
            "a chance is written `{}% : ...`; a size stands in a `split`",
            place.token(-1)
        )));
    }
    let late = |at| place.token(at) == "%" && place.token(at + 1) == ":";
    (late(0) || late(1)).then(|| {
        place
            .error("a percentage cannot follow operations")
            .help("wrap the whole choice in `[ ]`, or give it a rule of its own")
    })
}

fn single_quotes(place: &Place<'_>) -> Option<Diagnostic> {
    let quoted = place.token(0) == "'" && (place.token(-2) == "'" || place.token(-1) == "'");
    quoted.then(|| {
        place
            .plain()
            .help("strings stand in double quotes; `'` makes a size relative to the scope")
    })
}

fn late_prefix(place: &Place<'_>) -> Option<Diagnostic> {
    matches!(place.token(0), "'" | "~").then(|| {
        place.plain().help(format!(
            "`{}` can only begin a size or an argument, and applies to all of it",
            place.token(0)
        ))
    })
}

/// `Lot = extrude(10) Mass`.
fn equals_for_arrow(place: &Place<'_>) -> Option<Diagnostic> {
    let function =
        place.separator() == "=" && !matches!(place.head(0), "attr" | "const" | "import");
    let operation =
        matches!(place.token(0), "{" | "[" | "inline") || place.kind(0) == Some(TokenKind::Word);
    (function && operation && place.inside().is_empty() && place.expects(&[Rule::EOI])).then(|| {
        place
            .error(format!(
                "expected the end of the expression, found {}",
                place.found()
            ))
            .help(format!(
                "a rule, which has operations, is written `{} --> ...`",
                place.head(0)
            ))
    })
}

/// `height --> 3 + 4`.
fn arrow_for_equals(place: &Place<'_>) -> Option<Diagnostic> {
    if place.token(0).is_empty() && place.separator() == "-->" && place.expects(&[Rule::percent]) {
        return Some(
            place
                .error("expected operations or a rule, found a value")
                .help(format!(
                    "a function, which has a value, is written `{} = ...`",
                    place.head(0)
                )),
        );
    }
    let operator = matches!(
        place.token(0),
        "+" | "-" | "*" | "/" | "<" | ">" | "<=" | ">=" | "==" | "!=" | "&&" | "||" | "!"
    );
    let literal = matches!(place.kind(0), Some(TokenKind::String | TokenKind::Number));
    let wanted = place.expects(&[
        Rule::operation,
        Rule::EOI,
        Rule::percent,
        Rule::call_operation,
        Rule::callee,
    ]);
    let value = place.separator() == "-->" && place.inside().is_empty();
    (value && wanted && (operator || literal || matches!(place.token(0), "true" | "false"))).then(
        || {
            place
                .error(format!(
                    "expected an operation or a rule, found {}",
                    place.found()
                ))
                .help(format!(
                    "a function, which has a value, is written `{} = ...`",
                    place.head(0)
                ))
        },
    )
}

fn missing_comma(place: &Place<'_>) -> Option<Diagnostic> {
    let starts = matches!(
        place.kind(0),
        Some(TokenKind::Word | TokenKind::Number | TokenKind::String)
    );
    (starts && place.expects(&[Rule::comma]) && place.inside() == "(")
        .then(|| place.plain().help("arguments are separated by commas"))
}

/// `{ a : A, b : B }` and `{ 1 : A 2 : B }`.
fn missing_bar(place: &Place<'_>) -> Option<Diagnostic> {
    let next = place.token(0) == "," || place.kind(0) == Some(TokenKind::Number);
    (next && place.inside() == "{" && place.expects(&[Rule::bar]))
        .then(|| place.plain().help("branches are separated by `|`"))
}

fn single_bar(place: &Place<'_>) -> Option<Diagnostic> {
    let condition = place.expects(&[Rule::colon]) && place.open_case().is_some();
    (place.token(0) == "|" && (condition || place.inside() == "("))
        .then(|| place.plain().help("`||` is the logical or"))
}

fn semicolon(place: &Place<'_>) -> Option<Diagnostic> {
    (place.token(0) == ";").then(|| {
        place
            .error("unexpected `;`")
            .help("nothing stands between operations or after declarations")
    })
}
