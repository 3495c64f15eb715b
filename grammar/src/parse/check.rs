//! What is checked on the tokens of a declaration before the grammar reads it: lexical errors, brackets,
//! and nesting, which bounds the parser's recursion.

use super::{message, split};
use crate::diagnostic::Diagnostic;
use crate::scan::{Token, TokenKind};
use crate::source::SourceId;
use crate::span::Span;

/// Deepest nesting of brackets and of chains inside chains.
pub(super) const DEEPEST: usize = 64;

/// The first such problem in a declaration, if any.
pub(super) fn check(text: &str, id: SourceId, tokens: &[Token]) -> Option<Diagnostic> {
    let (_, body) = split::head(text, tokens);
    lexical(text, id, tokens, body).or_else(|| {
        let mut brackets = Brackets {
            text,
            id,
            tokens,
            open: Vec::new(),
            chains: 0,
            inlines: 0,
            partners: vec![0; tokens.len()],
        };
        brackets.check()
    })
}

fn lexical(text: &str, id: SourceId, tokens: &[Token], body: usize) -> Option<Diagnostic> {
    tokens.iter().enumerate().find_map(|(index, token)| {
        let span = Span::new(id, token.start, token.end);
        match token.kind {
            TokenKind::OpenString => Some(message::open_string(Span::new(
                id,
                token.start,
                token.start + 1,
            ))),
            TokenKind::OpenComment => Some(message::open_comment(Span::new(
                id,
                token.start,
                token.start + 2,
            ))),
            // Annotation arguments may hold anything.
            TokenKind::Stray if index >= body => Some(message::stray(token.text(text), span)),
            _ => None,
        }
    })
}

/// A bracket that waits for its partner.
struct Open {
    /// Index of its token.
    token: usize,
    /// Chains that wait for their `else` inside it.
    chains: usize,
}

struct Brackets<'a> {
    text: &'a str,
    id: SourceId,
    tokens: &'a [Token],
    open: Vec<Open>,
    /// Waiting chains outside all brackets and in all open ones.
    chains: usize,
    /// `inline inline inline ...` up to here.
    inlines: usize,
    /// For each closing bracket so far, the index of the one that it closes.
    partners: Vec<usize>,
}

impl Brackets<'_> {
    fn check(&mut self) -> Option<Diagnostic> {
        for at in 0..self.tokens.len() {
            let problem = match self.word(at) {
                "(" | "[" | "{" => {
                    self.open.push(Open {
                        token: at,
                        chains: 0,
                    });
                    None
                }
                ")" | "]" | "}" => self.close(at),
                "case" if at > 0 && self.word(at - 1) == ":" => {
                    self.enter_chain();
                    None
                }
                "%" => {
                    self.percent(at);
                    None
                }
                "else" => {
                    self.leave_chain();
                    None
                }
                "inline" => {
                    self.count_inline(at);
                    None
                }
                _ => None,
            };
            if problem.is_some() {
                return problem;
            }
            if self.open.len() + self.chains + self.inlines > DEEPEST {
                return Some(message::too_deep(self.span(at), DEEPEST));
            }
        }
        let open = self.open.pop()?;
        Some(message::unclosed(
            self.word(open.token),
            self.span(open.token),
            None,
        ))
    }

    fn word(&self, at: usize) -> &str {
        self.tokens
            .get(at)
            .map_or("", |token| token.text(self.text))
    }

    fn span(&self, at: usize) -> Span {
        Span::new(self.id, self.tokens[at].start, self.tokens[at].end)
    }

    fn close(&mut self, at: usize) -> Option<Diagnostic> {
        let Some(open) = self.open.pop() else {
            return Some(message::nothing_to_close(self.word(at), self.span(at)));
        };
        if message::partner(self.word(open.token)) != self.word(at) {
            return Some(message::unclosed(
                self.word(open.token),
                self.span(open.token),
                Some((self.word(at), self.span(at))),
            ));
        }
        self.chains -= open.chains;
        self.partners[at] = open.token;
        None
    }

    /// `50% : 50% : ...` nests like `case : case`: the percentage is all that stands after the colon.
    fn percent(&mut self, at: usize) {
        if self.word(at + 1) != ":" {
            return;
        }
        let start = self.expression(at);
        if start > 0 && self.word(start - 1) == ":" {
            self.enter_chain();
        }
    }

    /// The first token of the expression that ends before `end`.
    fn expression(&self, end: usize) -> usize {
        let mut at = end;
        loop {
            let operand = self.operand(at);
            at = operand;
            while at > 0 && is_operator(self.word(at - 1)) {
                at -= 1;
            }
            if at == operand || self.operand(at) == at {
                return at;
            }
        }
    }

    /// The first token of the operand that ends before `end`, `end` if there is none.
    fn operand(&self, end: usize) -> usize {
        let mut at = end;
        while at > 0 && matches!(self.word(at - 1), ")" | "]" | "}") {
            at = self.partners[at - 1];
        }
        match at.checked_sub(1).map(|before| self.tokens[before].kind) {
            // What brackets call or index.
            Some(TokenKind::Word) => at - 1,
            Some(TokenKind::Number | TokenKind::String) if at == end => at - 1,
            _ => at,
        }
    }

    /// `inline(unify) inline ...` nests though it has no brackets.
    fn count_inline(&mut self, at: usize) {
        let before = |back: usize| at.checked_sub(back).map_or("", |at| self.word(at));
        let nested = before(1) == "inline" || (before(1) == ")" && before(4) == "inline");
        self.inlines = if nested { self.inlines + 1 } else { 0 };
    }

    fn enter_chain(&mut self) {
        self.chains += 1;
        if let Some(open) = self.open.last_mut() {
            open.chains += 1;
        }
    }

    fn leave_chain(&mut self) {
        match self.open.last_mut() {
            Some(open) if open.chains > 0 => {
                open.chains -= 1;
                self.chains -= 1;
            }
            Some(_) => {}
            None => self.chains = self.chains.saturating_sub(1),
        }
    }
}

fn is_operator(word: &str) -> bool {
    let word = word.strip_prefix('.').unwrap_or(word);
    word.starts_with(['+', '*', '/', '%', '<', '>', '!', '&', '~', '\''])
        || matches!(word, "-" | "==" | "||")
}
