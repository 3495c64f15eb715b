//! The formatter: one layout for all grammars.
//!
//! Words, comments and their order stay; white space changes. A rule's body goes to the lines below
//! `Name -->` unless all of it fits on one; each `case`, `else` and percentage has a line; branches of a
//! block that does not fit get a line each, with the bars aligned. Lines aim at 100 columns. Formatting
//! what was formatted changes nothing.

mod builder;
mod doc;
mod words;

use crate::ast::{Annotation, Declaration};
use crate::diagnostic::Diagnostics;
use crate::parse::{parse, split};
use crate::scan::Token;
use crate::source::{Source, SourceId};
use crate::span::Span;
use builder::{Builder, comment_text};
use words::{Word, words};

/// The text of a grammar in the one layout, with `\n` line ends.
///
/// # Errors
/// What `parse` finds wrong; text that does not parse is not touched.
///
/// # Examples
/// ```
/// use gable_grammar::{Source, SourceId, format};
/// let source = Source::from_bytes("lot.cga", b"Lot-->extrude( 10 )House // tall");
/// assert_eq!(format(&source, SourceId(0)).unwrap(), "Lot --> extrude(10) House // tall\n");
/// ```
pub fn format(source: &Source, id: SourceId) -> Result<String, Diagnostics> {
    let (file, diagnostics) = parse(source, id);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let text = source.text.as_str();
    let (words, last) = words(text);
    let tokens: Vec<Token> = words.iter().map(|word| word.token).collect();
    let mut sheet = Sheet::new(text);
    let mut declarations = file.declarations.as_slice();
    let annotations: Vec<&Annotation> = file
        .declarations
        .iter()
        .flat_map(|d| &d.annotations)
        .collect();
    for piece in split(text, &tokens) {
        let mut piece = words[piece].to_vec();
        let (Some(start), Some(end)) = (piece.first(), piece.last().map(|word| word.token.end))
        else {
            continue;
        };
        let range = start.token.start..end;
        let count = declarations
            .iter()
            .take_while(|d| d.span.end as usize <= end)
            .count();
        let (here, rest) = declarations.split_at(count);
        declarations = rest;
        let inside = |span: Span| range.contains(&(span.start as usize));
        let annotations: Vec<_> = annotations
            .iter()
            .copied()
            .filter(|a| inside(a.span))
            .collect();
        sheet.comments(&std::mem::take(&mut piece[0].above));
        let here: Vec<&Declaration> = here.iter().collect();
        sheet.piece(&piece, &annotations, &here);
    }
    sheet.comments(&last);
    Ok(sheet.result)
}

/// The lines written so far.
struct Sheet<'a> {
    text: &'a str,
    result: String,
    /// Where the last thing written ends in the old text.
    end: usize,
}

impl<'a> Sheet<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            result: String::new(),
            end: 0,
        }
    }

    /// Comments on lines of their own between declarations.
    fn comments(&mut self, comments: &[Token]) {
        for comment in comments {
            let text = comment_text(comment.text(self.text));
            self.push(comment.start, comment.end, &text);
        }
    }

    fn piece(
        &mut self,
        words: &[Word],
        annotations: &[&Annotation],
        declarations: &[&Declaration],
    ) {
        let mut builder = Builder::new(self.text, words);
        let doc = builder.declarations(annotations, declarations);
        assert!(
            builder.done(),
            "the builder takes all words of a declaration"
        );
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return;
        };
        let start = first.before.first().map_or(first.token.start, |c| c.start);
        let end = last.after.last().map_or(last.token.end, |c| c.end);
        self.push(start, end, doc::print(&doc).trim_end());
    }

    /// Writes something that stood at `start..end`; one blank line stays where there were any.
    fn push(&mut self, start: usize, end: usize, written: &str) {
        if !self.result.is_empty() && has_blank_line(&self.text[self.end..start]) {
            self.result.push('\n');
        }
        self.result.push_str(written);
        self.result.push('\n');
        self.end = end;
    }
}

/// Whether the white space between two things holds more than one line end.
fn has_blank_line(between: &str) -> bool {
    let ends = between.replace("\r\n", "\n");
    ends.matches(['\n', '\r']).count() > 1
}
