//! A light scan of grammar text into tokens, comments included.
//!
//! It serves what the grammar proper cannot: finding declaration starts, checking brackets and nesting
//! before the parser recurses, naming what was found in a message, the formatter, and editors that colour text. The words
//! are those of `grammar.pest`.

/// What a [`Token`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A word or a dotted path, a leaf's trailing dot not included.
    Word,
    /// A number.
    Number,
    /// A string, quotes included.
    String,
    /// `// ...` or `# ...`, without the line end.
    LineComment,
    /// `/* ... */`.
    BlockComment,
    /// An operator or bracket.
    Symbol,
    /// A string without its closing quote.
    OpenString,
    /// A block comment without its end.
    OpenComment,
    /// A character that means nothing outside strings and comments.
    Stray,
}

/// A piece of text between white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Token {
    /// Its text.
    pub fn text(self, text: &str) -> &str {
        &text[self.start..self.end]
    }

    /// Whether it is a comment with an end.
    pub fn is_comment(self) -> bool {
        matches!(self.kind, TokenKind::LineComment | TokenKind::BlockComment)
    }
}

/// The tokens of `text`, in order, comments included, white space left out.
pub fn scan(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 4);
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if is_space(first) {
            at += first.len_utf8();
            continue;
        }
        let (kind, length) = token(&text[at..], first);
        tokens.push(Token {
            kind,
            start: at,
            end: at + length,
        });
        at += length;
    }
    tokens
}

/// Words that the grammar has for itself: `case`, `else`, `true` and `false` always, the others only where it expects them.
pub const KEYWORDS: &[&str] = &[
    "attr",
    "case",
    "const",
    "else",
    "extends",
    "extension",
    "false",
    "import",
    "inline",
    "start",
    "style",
    "true",
    "version",
    "with",
];

/// White space as `grammar.pest` has it.
pub(crate) fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\r' | '\n' | '\u{0b}' | '\u{0c}' | '\u{a0}' | '\u{feff}'
    )
}

fn token(rest: &str, first: char) -> (TokenKind, usize) {
    match first {
        '"' => string(rest),
        '#' => (TokenKind::LineComment, line(rest)),
        '/' if rest.starts_with("//") => (TokenKind::LineComment, line(rest)),
        '/' if rest.starts_with("/*") => match rest[2..].find("*/") {
            Some(end) => (TokenKind::BlockComment, end + 4),
            None => (TokenKind::OpenComment, rest.len()),
        },
        c if starts_word(c) => (TokenKind::Word, path(rest)),
        c if c.is_ascii_digit() => (TokenKind::Number, number(rest)),
        '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            (TokenKind::Number, number(rest))
        }
        c => match symbol(rest.as_bytes()) {
            0 => (TokenKind::Stray, c.len_utf8()),
            length => (TokenKind::Symbol, length),
        },
    }
}

/// The length of the operator or bracket at the start, 0 if there is none.
fn symbol(rest: &[u8]) -> usize {
    match rest {
        [b'-', b'-', b'>', ..] => 3,
        [b'.', b'=' | b'!' | b'<' | b'>', b'=', ..] => 3,
        [b'.', b'&', b'&', ..] | [b'.', b'|', b'|', ..] => 3,
        [b':' | b'=' | b'!' | b'<' | b'>', b'=', ..] => 2,
        [b'=', b':', ..] | [b'&', b'&', ..] | [b'|', b'|', ..] => 2,
        [
            b'.',
            b'+' | b'-' | b'*' | b'/' | b'%' | b'<' | b'>' | b'!',
            ..,
        ] => 2,
        [
            b'=' | b'<' | b'>' | b'!' | b'+' | b'-' | b'*' | b'/' | b'%' | b':' | b'|',
            ..,
        ] => 1,
        [
            b'{' | b'}' | b'(' | b')' | b'[' | b']' | b',' | b';' | b'\'' | b'~' | b'@' | b'.',
            ..,
        ] => 1,
        _ => 0,
    }
}

fn starts_word(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn continues_word(c: char) -> bool {
    starts_word(c) || c.is_ascii_digit() || c == '$'
}

fn line(rest: &str) -> usize {
    rest.find(['\n', '\r']).unwrap_or(rest.len())
}

fn string(rest: &str) -> (TokenKind, usize) {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return (TokenKind::String, at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    (TokenKind::OpenString, rest.len())
}

fn word(rest: &str) -> usize {
    rest.find(|c| !continues_word(c)).unwrap_or(rest.len())
}

fn path(rest: &str) -> usize {
    let mut end = word(rest);
    while let Some(after) = rest[end..].strip_prefix('.')
        && after.starts_with(starts_word)
    {
        end += 1 + word(after);
    }
    end
}

fn number(rest: &str) -> usize {
    let digits = |at: usize| {
        rest[at..]
            .find(|c: char| !c.is_ascii_digit())
            .map_or(rest.len(), |n| at + n)
    };
    let mut end = digits(0);
    if let Some(after) = rest[end..].strip_prefix('.')
        && !element_wise(after)
    {
        end = digits(end + 1);
    }
    if let Some(after) = rest[end..].strip_prefix(['e', 'E']) {
        let sign = usize::from(after.starts_with(['+', '-']));
        if after[sign..].starts_with(|c: char| c.is_ascii_digit()) {
            end = digits(end + 1 + sign);
        }
    }
    end
}

/// Whether a dot before `after` belongs to an element-wise operator: `1.==x` is `1 .== x`.
fn element_wise(after: &str) -> bool {
    after.starts_with(['+', '-', '*', '%', '<', '>'])
        || (after.starts_with('/') && !after.starts_with("//") && !after.starts_with("/*"))
        || ["==", "!=", "&&", "||"]
            .iter()
            .any(|operator| after.starts_with(operator))
}

#[cfg(test)]
mod tests {
    use super::KEYWORDS;

    #[test]
    fn keywords_are_those_of_the_grammar() {
        let text = include_str!("grammar.pest");
        let lines = text.lines().filter(|line| line.starts_with("kw_"));
        let mut words: Vec<&str> = lines.filter_map(|line| line.split('"').nth(1)).collect();
        // These two are operations.
        words.retain(|word| !matches!(*word, "comp" | "splitAndSetbackPerimeter"));
        words.extend(["true", "false"]);
        words.sort_unstable();
        assert_eq!(words, KEYWORDS);
    }
}
