//! Tokens with the comments that belong to them.

use crate::scan::{Token, TokenKind, scan};

/// A token, what stands on lines of its own before it, and what follows it on its line.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// The token.
    pub(super) token: Token,
    /// Comments on lines of their own before it.
    pub(super) above: Vec<Token>,
    /// Block comments before it on its line.
    pub(super) before: Vec<Token>,
    /// Comments after it that end the line.
    pub(super) after: Vec<Token>,
}

/// The words of a text, and the comments after the last one that stand on lines of their own.
pub(super) fn words(text: &str) -> (Vec<Word>, Vec<Token>) {
    let mut words: Vec<Word> = Vec::new();
    let mut comments = Vec::new();
    for token in scan(text) {
        if token.is_comment() {
            comments.push(token);
        } else {
            let (above, before) = attach(text, words.last_mut(), comments, Some(token));
            comments = Vec::new();
            words.push(Word {
                token,
                above,
                before,
                after: Vec::new(),
            });
        }
    }
    let (above, _) = attach(text, words.last_mut(), comments, None);
    (words, above)
}

/// Deals out the comments between two words: those on the line of the last word and ending it, those on
/// their own lines, and those before the next word on its line.
fn attach(
    text: &str,
    last: Option<&mut Word>,
    mut comments: Vec<Token>,
    next: Option<Token>,
) -> (Vec<Token>, Vec<Token>) {
    let same_line = |end: usize, start: usize| !text[end..start].contains(['\n', '\r']);
    let mut before = Vec::new();
    let mut start = next.map_or(text.len(), |token| token.start);
    while next.is_some()
        && let Some(comment) = comments.pop_if(|comment| {
            comment.kind == TokenKind::BlockComment && same_line(comment.end, start)
        })
    {
        start = comment.start;
        before.insert(0, comment);
    }
    if let Some(last) = last {
        let mut end = last.token.end;
        let mut on_line = 0;
        for comment in &comments {
            if !same_line(end, comment.start) {
                break;
            }
            end = comment.end;
            on_line += 1;
        }
        last.after.extend(comments.drain(..on_line));
    }
    (comments, before)
}
