//! Where declarations start.

use std::ops::Range;

use crate::scan::{Token, TokenKind};

/// Splits tokens (without comments) into declarations, each with the annotations before it.
///
/// Nothing is left out: what belongs to no declaration becomes a piece that fails to parse.
pub(crate) fn split(text: &str, tokens: &[Token]) -> Vec<Range<usize>> {
    let lookahead = Lookahead {
        text,
        tokens,
        dynamic: dynamic_imports(text, tokens),
    };
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let end = lookahead.end_of_declaration(at);
        pieces.push(at..end);
        at = end;
    }
    pieces
}

/// Whether the tokens of a piece are `version ...`, and the index of its first token after annotations.
pub(super) fn head(text: &str, tokens: &[Token]) -> (bool, usize) {
    let lookahead = Lookahead {
        text,
        tokens,
        dynamic: Vec::new(),
    };
    let body = lookahead.after_annotations(0);
    let version = lookahead.word(body) == Some("version")
        && lookahead.kind(body + 1) == Some(TokenKind::String);
    (version, body)
}

/// For each token, whether it opens the parentheses of a dynamic import: `(...).Rule`.
fn dynamic_imports(text: &str, tokens: &[Token]) -> Vec<bool> {
    let mut dynamic = vec![false; tokens.len()];
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.text(text) {
            "(" => open.push(at),
            ")" => {
                let next = tokens.get(at + 1).map(|next| next.text(text));
                if let Some(from) = open.pop() {
                    dynamic[from] = next == Some(".");
                }
            }
            _ => {}
        }
    }
    dynamic
}

struct Lookahead<'a> {
    text: &'a str,
    tokens: &'a [Token],
    dynamic: Vec<bool>,
}

impl Lookahead<'_> {
    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    fn text(&self, at: usize) -> &str {
        self.tokens
            .get(at)
            .map_or("", |token| token.text(self.text))
    }

    fn word(&self, at: usize) -> Option<&str> {
        (self.kind(at) == Some(TokenKind::Word)).then(|| self.text(at))
    }

    /// A word that can name a declaration or parameter.
    fn name(&self, at: usize) -> bool {
        self.word(at)
            .is_some_and(|word| !matches!(word, "case" | "else" | "true" | "false"))
    }

    fn after_annotations(&self, mut at: usize) -> usize {
        while self.text(at) == "@" && self.word(at + 1).is_some() {
            at = self.after_arguments(at + 2);
        }
        at
    }

    /// Past the balanced parentheses at `at`, if there are any.
    fn after_arguments(&self, at: usize) -> usize {
        if self.text(at) != "(" {
            return at;
        }
        let mut depth = 0;
        for index in at..self.tokens.len() {
            match self.text(index) {
                "(" => depth += 1,
                ")" => depth -= 1,
                "@" | "-->" => break,
                _ => {}
            }
            if depth == 0 {
                return index + 1;
            }
        }
        at + 1
    }

    fn end_of_declaration(&self, start: usize) -> usize {
        let head = self.after_annotations(start);
        if head >= self.tokens.len() {
            return head;
        }
        let import = self.word(head) == Some("import");
        let keyword = matches!(
            self.word(head),
            Some("attr" | "const" | "start" | "extension" | "style" | "import")
        );
        // The name after a keyword is no new declaration.
        let mut at = head + 1 + usize::from(keyword && self.word(head + 1).is_some());
        let mut open = Vec::new();
        while at < self.tokens.len() && !self.starts_declaration(at, &open, import) {
            match self.text(at) {
                "(" | "[" | "{" => open.push(at),
                ")" | "]" | "}" => drop(open.pop()),
                _ => {}
            }
            at += 1;
        }
        at
    }

    /// Whether a declaration starts at `at`. Keywords and `name -->` are unmistakable and count inside
    /// brackets too, where they mean that one was not closed, but for rules that imports override; `name =` only
    /// counts outside.
    fn starts_declaration(&self, at: usize, open: &[usize], import: bool) -> bool {
        if self.glued(at) {
            return false;
        }
        let depth = open.len();
        let named = self.name(at + 1);
        match self.text(at) {
            "@" => named,
            "attr" | "const" if named => depth == 0 || matches!(self.text(at + 2), "=" | "("),
            "import" if named => depth == 0 || matches!(self.text(at + 2), ":" | "("),
            "version" => self.kind(at + 1) == Some(TokenKind::String),
            "style" => named && depth == 0 && self.ends_operand(at - 1),
            "start" | "extension" if named => self.definition(at + 1) == Some("-->"),
            _ if self.name(at) => match self.definition(at) {
                Some("-->") => {
                    let dynamic = open.last().is_some_and(|open| self.dynamic[*open]);
                    !((import || dynamic) && matches!(self.text(at - 1), "(" | ","))
                }
                Some(_) => depth == 0 && self.ends_operand(at - 1),
                None => false,
            },
            _ => false,
        }
    }

    /// Whether a word touches the number before it: `3rdFloor` is one mistake, not two declarations.
    fn glued(&self, at: usize) -> bool {
        let (before, token) = (self.tokens[at - 1], self.tokens[at]);
        before.kind == TokenKind::Number && before.end == token.start
    }

    /// `-->` or `=` when `at` is the name of `name (parameters) with (...) -->` or `... =`.
    fn definition(&self, at: usize) -> Option<&str> {
        let mut next = at + 1;
        if self.text(next) == "(" {
            next += 1;
            while self.name(next) || self.text(next) == "," {
                next += 1;
            }
            if self.text(next) != ")" {
                return None;
            }
            next += 1;
        }
        if self.text(next) == "with" && self.text(next + 1) == "(" {
            return Some("=");
        }
        matches!(self.text(next), "-->" | "=").then(|| self.text(next))
    }

    /// Whether a body can end with the token at `at`.
    fn ends_operand(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(TokenKind::Number | TokenKind::String) => true,
            Some(TokenKind::Word) => !matches!(self.text(at), "case" | "else" | "with" | "inline"),
            _ => matches!(self.text(at), ")" | "]" | "}" | "*" | "." | "-->"),
        }
    }
}
