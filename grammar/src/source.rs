//! Grammar files as text, and the door through which imports come in.

use std::path::{Component, Path};

use crate::span::{Position, Span};

/// A handle of a [`Source`] in a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// One grammar file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path it is known by, in messages and for resolving its imports; `/` separates.
    pub path: String,
    /// Its text, decoded.
    pub text: String,
}

impl Source {
    /// A source from bytes: UTF-8 with or without byte order mark, else Windows-1252, the 8-bit
    /// encoding that old grammar files use.
    pub fn from_bytes(path: impl Into<String>, bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|&byte| windows_1252(byte)).collect(),
        };
        Self {
            path: path.into(),
            text,
        }
    }

    /// Line and column of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        let before = &self.text.as_bytes()[..(offset as usize).min(self.text.len())];
        let line_start = before
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(0, |i| i + 1);
        let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
        let column = before[line_start..]
            .iter()
            .filter(|&&b| b & 0xc0 != 0x80)
            .count()
            + 1;
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position {
            line: clamp(line),
            column: clamp(column),
        }
    }
}

/// The character of a Windows-1252 byte; the five unused bytes keep their number.
fn windows_1252(byte: u8) -> char {
    const HIGH: [u16; 32] = [
        0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8d, 0x017d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013,
        0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178,
    ];
    match byte {
        0x80..=0x9f => char::from_u32(u32::from(HIGH[usize::from(byte - 0x80)]))
            .expect("the table holds characters"),
        _ => char::from(byte),
    }
}

/// The sources of one program, addressed by [`SourceId`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceMap {
    sources: Vec<Source>,
}

impl SourceMap {
    /// Adds a source.
    pub fn add(&mut self, source: Source) -> SourceId {
        let id = SourceId(u32::try_from(self.sources.len()).expect("fewer than 2^32 sources"));
        self.sources.push(source);
        id
    }

    /// The source of a handle that this map gave.
    pub fn source(&self, id: SourceId) -> &Source {
        &self.sources[id.0 as usize]
    }

    /// All sources, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.sources
            .iter()
            .zip(0..)
            .map(|(source, index)| (SourceId(index), source))
    }

    /// Line and column of the start of a span.
    pub fn position(&self, span: Span) -> Position {
        self.source(span.source).position(span.start)
    }
}

/// Gives the text of imported files; the caller decides where they live.
pub trait Sources {
    /// The file that `path`, as written in an `import` of the file `importer`, names.
    ///
    /// The returned [`Source::path`] is the file's one canonical name: two imports of the same file
    /// return the same path.
    ///
    /// # Errors
    /// A sentence saying why there is no such file, shown to the author.
    fn import(&self, importer: &str, path: &str) -> Result<Source, String>;
}

/// A path without `.` and `..`, with `/`: the one name of a file.
pub fn normal(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if parts.last().is_some_and(|part| part != "..") => {
                parts.pop();
            }
            Component::RootDir => parts.push(String::new()),
            other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts.join("/")
}
