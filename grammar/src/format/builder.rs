//! From the tree to a document: the tree says where lines may break, the words are taken in order.

mod declaration;
mod expr;
mod successor;

use super::doc::Doc;
use super::words::Word;
use crate::scan::Token;
use crate::source::SourceId;
use crate::span::Span;

/// Walks the tree and takes the words as it goes.
pub(super) struct Builder<'a> {
    text: &'a str,
    words: &'a [Word],
    at: usize,
}

impl<'a> Builder<'a> {
    /// A builder for the words of one declaration.
    pub(super) fn new(text: &'a str, words: &'a [Word]) -> Self {
        Self { text, words, at: 0 }
    }

    /// Whether all words have been taken.
    pub(super) fn done(&self) -> bool {
        self.at == self.words.len()
    }

    /// The next word's text, empty at the end.
    fn peek(&self) -> &'a str {
        self.peek_at(0)
    }

    fn peek_at(&self, offset: usize) -> &'a str {
        self.words
            .get(self.at + offset)
            .map_or("", |word| word.token.text(self.text))
    }

    /// Takes the next word with its comments.
    fn take(&mut self) -> Doc {
        let Some(word) = self.words.get(self.at) else {
            return Doc::text("");
        };
        self.at += 1;
        let mut docs = self.comments_before(word);
        docs.push(Doc::text(word.token.text(self.text)));
        docs.extend(self.comments_after(word));
        match docs.len() {
            1 => docs.swap_remove(0),
            _ => Doc::Concat(docs),
        }
    }

    fn comments_before(&self, word: &Word) -> Vec<Doc> {
        let text = |comment: &Token| comment_text(comment.text(self.text));
        let above = word.above.iter().map(|comment| Doc::OwnLine(text(comment)));
        let before = word
            .before
            .iter()
            .map(|comment| Doc::text(format!("{} ", text(comment))));
        above.chain(before).collect()
    }

    /// Comments that end the line stay together on it, the last may run to its end.
    fn comments_after(&self, word: &Word) -> Option<Doc> {
        let text = |comment: &Token| comment_text(comment.text(self.text));
        let comments: Vec<String> = word.after.iter().map(text).collect();
        (!comments.is_empty()).then(|| Doc::LineComment(comments.join(" ")))
    }

    /// Takes the next word if it is `text`.
    fn take_if(&mut self, text: &str) -> Option<Doc> {
        (self.peek() == text).then(|| self.take())
    }

    /// Whether a comment ends the line here.
    fn after_comment(&self) -> bool {
        let last = self.at.checked_sub(1).and_then(|last| self.words.get(last));
        last.is_some_and(|word| !word.after.is_empty())
    }

    /// Whether there is a line end in the text before the next word, comments aside.
    fn breaks_here(&self) -> bool {
        let Some(word) = self.words.get(self.at) else {
            return false;
        };
        let start = match self.at.checked_sub(1) {
            Some(before) => self.words[before].token.end,
            None => return false,
        };
        self.text[start..word.token.start].contains(['\n', '\r'])
    }

    /// The place from the next word to the word `text`.
    fn up_to(&self, text: &str) -> Span {
        let rest = &self.words[self.at..];
        let end = rest.iter().find(|word| word.token.text(self.text) == text);
        let end = end.map_or(self.text.len(), |word| word.token.start);
        Span::new(SourceId(0), 0, end)
    }

    /// Takes the words of `span` as they are written, white space and all.
    fn raw(&mut self, span: Span) -> Doc {
        let mut docs = Vec::new();
        let Some(first) = self.words.get(self.at) else {
            return Doc::text("");
        };
        docs.extend(self.comments_before(first));
        let start = first.token.start;
        let mut last = first;
        while let Some(word) = self.words.get(self.at)
            && word.token.start < span.end as usize
        {
            last = word;
            self.at += 1;
        }
        docs.push(Doc::text(
            self.text[start..last.token.end].replace("\r\n", "\n"),
        ));
        docs.extend(self.comments_after(last));
        Doc::Concat(docs)
    }
}

/// A comment with line ends as this formatter writes them and nothing after its end.
pub(super) fn comment_text(comment: &str) -> String {
    comment
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .trim_end()
        .to_owned()
}
