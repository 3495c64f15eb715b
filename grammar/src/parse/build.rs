//! Builds the tree from the parser's pairs.
//!
//! Brackets nest at most as deep as `check` allows, chains and operators are read by loops; the depth of
//! the tree they make is bounded here, because whoever walks the tree recurses.

mod declaration;
mod expr;
mod successor;

use pest::iterators::{Pair, Pairs};

use super::message;
use super::syntax::Rule;
use crate::ast::Name;
use crate::diagnostic::Diagnostic;
use crate::scan::Token;
use crate::source::SourceId;
use crate::span::Span;

/// Deepest tree: `else` chains, operators and brackets above one another.
const DEEPEST: usize = 1000;

/// A node or the one problem that keeps the declaration from being built.
type Built<T> = Result<T, Box<Diagnostic>>;

/// Builds one declaration.
pub(super) struct Builder<'a> {
    text: &'a str,
    id: SourceId,
    /// Where the piece starts in the file.
    base: usize,
    tokens: &'a [Token],
    /// Nodes above the one being built.
    depth: usize,
}

impl<'a> Builder<'a> {
    /// A builder for the piece that starts at `base` and consists of `tokens`.
    pub(super) fn new(text: &'a str, id: SourceId, base: usize, tokens: &'a [Token]) -> Self {
        Self {
            text,
            id,
            base,
            tokens,
            depth: 0,
        }
    }

    /// Where a pair is, without the white space and comments that the parser may have put at its end.
    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        let (start, end) = (self.base + span.start(), self.base + span.end());
        Span::new(self.id, start, self.trimmed(start, end))
    }

    fn trimmed(&self, start: usize, end: usize) -> usize {
        let last = self.text.as_bytes()[..end].last();
        if last.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b')' | b'"' | b']' | b'}'))
        {
            return end;
        }
        let after = self.tokens.partition_point(|token| token.start < end);
        let token_end = after
            .checked_sub(1)
            .map_or(start, |last| self.tokens[last].end);
        token_end.clamp(start, end)
    }

    fn name(&self, pair: &Pair<'_, Rule>) -> Name {
        Name {
            text: pair.as_str().to_owned(),
            span: self.span(pair),
        }
    }

    /// Builds below `levels` more nodes.
    fn below<T>(
        &mut self,
        levels: usize,
        span: Span,
        build: impl FnOnce(&mut Self) -> Built<T>,
    ) -> Built<T> {
        if self.depth + levels > DEEPEST {
            return Err(Box::new(message::too_long(span, DEEPEST)));
        }
        self.depth += levels;
        let built = build(self);
        self.depth -= levels;
        built
    }
}

/// The parts of a pair that mean something; keywords and punctuation left out.
fn parts<'i>(pair: Pair<'i, Rule>) -> impl Iterator<Item = Pair<'i, Rule>> {
    meaningful(pair.into_inner())
}

fn meaningful<'i>(pairs: Pairs<'i, Rule>) -> impl Iterator<Item = Pair<'i, Rule>> {
    pairs.filter(|pair| !is_punctuation(pair.as_rule()))
}

fn is_punctuation(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::EOI
            | Rule::assign
            | Rule::arrow
            | Rule::colon
            | Rule::comma
            | Rule::bar
            | Rule::percent
            | Rule::close_paren
            | Rule::close_bracket
            | Rule::close_brace
            | Rule::kw_version
            | Rule::kw_import
            | Rule::kw_style
            | Rule::kw_extends
            | Rule::kw_attr
            | Rule::kw_start
            | Rule::kw_extension
            | Rule::kw_with
            | Rule::kw_case
            | Rule::kw_else
            | Rule::kw_inline
    )
}

/// The next part, which the grammar says is there.
fn next<'i>(parts: &mut impl Iterator<Item = Pair<'i, Rule>>) -> Pair<'i, Rule> {
    parts.next().expect("the grammar has this part")
}
