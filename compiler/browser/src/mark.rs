//! What each word of a text is, for colours.

use gable_compiler::{Builtin, builtin};
use gable_grammar::{KEYWORDS, Token, TokenKind, scan};

use crate::offset::Utf16;

/// A piece of text and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// What it is.
    pub kind: Kind,
    /// Where it begins.
    pub start: u32,
    /// Where it has ended.
    pub end: u32,
}

/// What a piece of text is. The page knows these by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A comment.
    Comment,
    /// A text in quotes.
    Text,
    /// A number.
    Number,
    /// A word that the language has for itself.
    Keyword,
    /// An operation of the language.
    Operation,
    /// A function of the language, or a property of the current shape.
    Function,
    /// `@Range` and others.
    Annotation,
    /// The name of a rule, a function or an attribute, where it is declared.
    Declared,
    /// Such a name elsewhere.
    Name,
    /// An operator or a bracket.
    Symbol,
    /// What means nothing, or has no end.
    Wrong,
}

/// All pieces of a text, in order.
pub fn marks(text: &str) -> Vec<Mark> {
    let tokens = scan(text);
    // Comments may stand between any two words.
    let words: Vec<Token> = tokens
        .iter()
        .copied()
        .filter(|token| !token.is_comment())
        .collect();
    let words = Words {
        text,
        tokens: &words,
    };
    let mut offset = Utf16::new(text);
    let mut place = 0;
    let mark = |token: &Token| {
        let kind = if token.is_comment() {
            Kind::Comment
        } else {
            place += 1;
            words.kind(place - 1)
        };
        Mark {
            kind,
            start: offset.of(token.start),
            end: offset.of(token.end),
        }
    };
    tokens.iter().map(mark).collect()
}

/// The words of a text without its comments.
struct Words<'a> {
    text: &'a str,
    tokens: &'a [Token],
}

impl Words<'_> {
    /// The text of a word, empty before the first and after the last.
    fn text(&self, place: usize) -> &str {
        let token = self.tokens.get(place);
        token.map_or("", |token| token.text(self.text))
    }

    fn is_word(&self, place: usize) -> bool {
        let token = self.tokens.get(place);
        token.is_some_and(|token| token.kind == TokenKind::Word)
    }

    fn kind(&self, place: usize) -> Kind {
        match self.tokens[place].kind {
            TokenKind::LineComment | TokenKind::BlockComment => Kind::Comment,
            TokenKind::String => Kind::Text,
            TokenKind::Number => Kind::Number,
            TokenKind::Symbol if self.text(place) == "@" => Kind::Annotation,
            TokenKind::Symbol => Kind::Symbol,
            TokenKind::OpenString | TokenKind::OpenComment | TokenKind::Stray => Kind::Wrong,
            TokenKind::Word => self.kind_of_word(place),
        }
    }

    fn kind_of_word(&self, place: usize) -> Kind {
        let before = place.checked_sub(1).map_or("", |place| self.text(place));
        match before {
            "@" => return Kind::Annotation,
            "attr" | "const" | "style" => return Kind::Declared,
            _ => {}
        }
        if self.is_keyword(place) {
            return Kind::Keyword;
        }
        if self.is_declared(place) {
            return Kind::Declared;
        }
        match builtin(self.text(place)) {
            // The name of an annotation's argument, such as `@Range(min=1)`.
            _ if self.text(place + 1) == "=" => Kind::Name,
            Some(Builtin::Operation) => Kind::Operation,
            Some(Builtin::Function | Builtin::ShapeAttribute) => Kind::Function,
            None => Kind::Name,
        }
    }

    /// Most keywords are names where the grammar does not expect them.
    fn is_keyword(&self, place: usize) -> bool {
        let after = self.text(place + 1);
        let word = self.text(place);
        KEYWORDS.contains(&word)
            && match word {
                "case" | "else" | "true" | "false" => true,
                "version" => after.starts_with('"'),
                "with" => after == "(",
                "inline" => matches!(after, "(" | "{" | "[") || self.is_word(place + 1),
                _ => self.is_word(place + 1),
            }
    }

    /// Whether it is `Name -->` or `Name(parameters) -->`.
    fn is_declared(&self, place: usize) -> bool {
        let mut at = place + 1;
        if self.text(at) == "(" {
            at += 1;
            while self.is_word(at) || self.text(at) == "," {
                at += 1;
            }
            if self.text(at) != ")" {
                return false;
            }
            at += 1;
        }
        self.text(at) == "-->"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a text that are of a kind.
    fn of_kind(text: &str, kind: Kind) -> Vec<String> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let marks = marks(text).into_iter().filter(|mark| mark.kind == kind);
        let word = |mark: Mark| String::from_utf16(&units[mark.start as usize..mark.end as usize]);
        marks.map(|mark| word(mark).expect("whole")).collect()
    }

    const TEXT: &str = r#"
        version "2025.0" // 😀 one
        import facade : "f.cga"
        @Range(min=1, max=2)
        attr style = "a"
        Lot(a, b) --> case style == "b": extrude(rand(1, scope.sx)) /* x */ Roof(2)
            else: facade.Wall
        Roof --> NIL ?
    "#;

    #[test]
    fn words_are_told_apart() {
        let list = |kind| of_kind(TEXT, kind);
        assert_eq!(
            list(Kind::Keyword),
            ["version", "import", "attr", "case", "else"]
        );
        assert_eq!(list(Kind::Annotation), ["@", "Range"]);
        assert_eq!(list(Kind::Declared), ["style", "Lot", "Roof"]);
        assert_eq!(list(Kind::Operation), ["extrude", "NIL"]);
        assert_eq!(list(Kind::Function), ["rand", "scope.sx"]);
        assert_eq!(list(Kind::Comment), ["// 😀 one", "/* x */"]);
        let names = ["facade", "min", "max", "a", "b"];
        assert_eq!(list(Kind::Name)[..5], names);
        assert_eq!(list(Kind::Wrong), ["?"]);
    }

    #[test]
    fn marks_are_in_order_and_any_text_has_them() {
        for text in ["", "\"open", "/* open", "@", "a(", "attr", "é-->(", TEXT] {
            let marks = marks(text);
            assert!(marks.windows(2).all(|two| two[0].end <= two[1].start));
            let length = text.encode_utf16().count() as u32;
            assert!(
                marks
                    .iter()
                    .all(|mark| mark.start < mark.end && mark.end <= length)
            );
        }
    }
}
