//! Text to syntax tree.
//!
//! The file is split at declaration starts, so that one bad rule gives one message and the others still
//! compile. Each piece is checked for brackets and nesting, read by the pest grammar, and its pairs are
//! built into the tree. Everything here is total: any text gives a tree and diagnostics.

mod build;
mod check;
mod message;
mod split;

use pest::Parser as _;

use crate::ast::{Annotation, File};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::scan::{Token, TokenKind, scan};
use crate::source::{Source, SourceId};
use crate::span::Span;
use build::Builder;
pub(crate) use split::split;

/// The derived parser.
mod syntax {
    /// Reads one declaration.
    #[derive(Debug, pest_derive::Parser)]
    #[grammar = "grammar.pest"]
    pub(super) struct Syntax;
}
use syntax::{Rule, Syntax};

/// Reads a file. What could not be understood is left out of the tree and reported.
///
/// # Examples
/// ```
/// use gable_grammar::{Source, SourceId, parse};
/// let source = Source::from_bytes("house.cga", b"Lot --> extrude(10) House");
/// let (file, diagnostics) = parse(&source, SourceId(0));
/// assert_eq!(file.declarations.len(), 1);
/// assert!(!diagnostics.has_errors());
/// ```
pub fn parse(source: &Source, id: SourceId) -> (File, Diagnostics) {
    let text = source.text.as_str();
    let tokens: Vec<Token> = scan(text).into_iter().filter(|t| !t.is_comment()).collect();
    let blanked = blank(text, &tokens);
    let mut reader = Reader {
        text,
        blanked: &blanked,
        id,
        file: File {
            version: None,
            declarations: Vec::new(),
            span: Span::new(id, 0, text.len()),
        },
        long_string: tokens
            .iter()
            .copied()
            .find(|token| token.kind == TokenKind::String && token.text(text).contains('\n')),
        pending: Vec::new(),
        problems: 0,
        diagnostics: Diagnostics::default(),
    };
    for piece in split(text, &tokens) {
        if reader.problems == MOST_PROBLEMS {
            let place = Span::new(id, tokens[piece.start].start, tokens[piece.start].end);
            reader.report(message::too_many(place, MOST_PROBLEMS));
            break;
        }
        reader.read(&tokens[piece]);
    }
    (reader.file, reader.diagnostics)
}

/// After so many problems the rest of the file is not read.
const MOST_PROBLEMS: usize = 500;

/// What has been read so far.
struct Reader<'a> {
    text: &'a str,
    /// The text with blanks for everything between tokens.
    blanked: &'a str,
    id: SourceId,
    file: File,
    /// The first string that goes on over a line end, the likely one to lack its quote.
    long_string: Option<Token>,
    /// Annotations before `version`, which belong to the file's first declaration.
    pending: Vec<Annotation>,
    diagnostics: Diagnostics,
    /// How many there are.
    problems: usize,
}

impl Reader<'_> {
    fn report(&mut self, problem: Diagnostic) {
        self.problems += 1;
        self.diagnostics.push(problem);
    }

    /// Reads the declaration that `tokens` spell.
    fn read(&mut self, tokens: &[Token]) {
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
            return;
        };
        if let Some(problem) = check::check(self.text, self.id, tokens) {
            self.report(match self.long_string {
                Some(string) if problem.code == code::OPEN_STRING => {
                    let quote = Span::new(self.id, string.start, string.start + 1);
                    problem.also(quote, "or here: this string goes on over the line end")
                }
                _ => problem,
            });
            return;
        }
        let piece = &self.blanked[first.start..last.end];
        let (version, body) = split::head(self.text, tokens);
        let rule = if version {
            Rule::version_line
        } else {
            Rule::declaration
        };
        let mut builder = Builder::new(self.text, self.id, first.start, tokens);
        match Syntax::parse(rule, piece) {
            Ok(pairs) if version => match builder.version(pairs) {
                Ok((annotations, version)) => {
                    self.pending.extend(annotations);
                    self.file.version = Some(version);
                }
                Err(problem) => self.report(*problem),
            },
            Ok(pairs) => match builder.declaration(pairs, std::mem::take(&mut self.pending)) {
                Ok(declarations) => self.file.declarations.extend(declarations),
                Err(problem) => self.report(*problem),
            },
            Err(error) => {
                let failure = message::Failure {
                    text: self.text,
                    id: self.id,
                    tokens,
                    body,
                    base: first.start,
                };
                self.report(failure.explain(&error));
            }
        }
    }
}

/// The text with a blank for every byte between tokens, so that places stay.
fn blank(text: &str, tokens: &[Token]) -> String {
    let mut blanked = String::with_capacity(text.len());
    for token in tokens {
        blanked.extend(std::iter::repeat_n(' ', token.start - blanked.len()));
        blanked.push_str(token.text(text));
    }
    blanked
}
