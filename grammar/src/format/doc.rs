//! A small document model with line breaking, after Wadler's "A prettier printer" (2003).

/// Columns that a line should not exceed.
const WIDTH: usize = 100;

/// Text with possible line breaks.
#[derive(Debug, Clone)]
pub(super) enum Doc {
    /// Text as it is; may hold line ends (strings, annotations).
    Text(String),
    /// A blank; nothing at the start of a line.
    Blank,
    /// A blank, or a line end in a broken group.
    Line,
    /// Nothing, or a line end in a broken group.
    SoftLine,
    /// Always a line end.
    HardLine,
    /// Comments at the end of a line; whatever follows goes to the next line.
    LineComment(String),
    /// A comment on a line of its own.
    OwnLine(String),
    /// One after another.
    Concat(Vec<Self>),
    /// On one line if it fits, else all its own `Line`s break.
    Group(Box<Self>),
    /// Breaks inside are indented by so many more columns.
    Indent(usize, Box<Self>),
    /// Pieces with a blank between them, or a line end where the next does not fit.
    Fill(Vec<Self>),
}

impl Doc {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn group(docs: Vec<Self>) -> Self {
        Self::Group(Box::new(Self::Concat(docs)))
    }

    pub(super) fn indent(docs: Vec<Self>) -> Self {
        Self::Indent(4, Box::new(Self::Concat(docs)))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Flat,
    Broken,
}

type Entry<'a> = (usize, Mode, &'a Doc);

/// Lays a document out.
pub(super) fn print(doc: &Doc) -> String {
    let mut printer = Printer {
        text: String::new(),
        column: 0,
        wants_break: false,
    };
    let mut stack = vec![(0, Mode::Broken, doc)];
    while let Some((indent, mode, doc)) = stack.pop() {
        printer.step(indent, mode, doc, &mut stack);
    }
    printer.text
}

struct Printer {
    text: String,
    column: usize,
    /// A comment has ended the line, the next text starts a new one.
    wants_break: bool,
}

impl Printer {
    fn step<'a>(&mut self, indent: usize, mode: Mode, doc: &'a Doc, stack: &mut Vec<Entry<'a>>) {
        match doc {
            Doc::Text(text) => self.text(indent, text),
            Doc::Blank => self.blank(),
            Doc::Line if mode == Mode::Flat => self.blank(),
            Doc::SoftLine if mode == Mode::Flat => {}
            Doc::Line | Doc::SoftLine | Doc::HardLine => self.line(indent),
            Doc::LineComment(comment) => {
                self.blank();
                self.text(indent, comment);
                self.wants_break = true;
            }
            Doc::OwnLine(comment) => {
                if !self.at_line_start() {
                    self.line(indent);
                }
                self.text(indent, comment);
                self.wants_break = true;
            }
            Doc::Concat(docs) => stack.extend(docs.iter().rev().map(|doc| (indent, mode, doc))),
            Doc::Group(doc) => {
                let flat = mode == Mode::Flat || self.fits((indent, Mode::Flat, doc), stack);
                stack.push((indent, if flat { Mode::Flat } else { Mode::Broken }, doc));
            }
            Doc::Indent(columns, doc) => stack.push((indent + columns, mode, doc)),
            Doc::Fill(docs) => self.fill(indent, docs, stack),
        }
    }

    /// Prints all pieces; each is tried on the line so far.
    fn fill<'a>(&mut self, indent: usize, docs: &'a [Doc], stack: &mut Vec<Entry<'a>>) {
        for (index, doc) in docs.iter().enumerate() {
            if index > 0 {
                if self.fits_after_blank(indent, doc) {
                    self.blank();
                } else {
                    self.line(indent);
                }
            }
            let flat = self.fits((indent, Mode::Flat, doc), &[]);
            let base = stack.len();
            stack.push((indent, if flat { Mode::Flat } else { Mode::Broken }, doc));
            while stack.len() > base {
                if let Some((indent, mode, doc)) = stack.pop() {
                    self.step(indent, mode, doc, stack);
                }
            }
        }
    }

    fn fits_after_blank(&self, indent: usize, doc: &Doc) -> bool {
        !self.wants_break && room(self.column + 1, (indent, Mode::Flat, doc), &[])
    }

    fn fits(&self, entry: Entry<'_>, rest: &[Entry<'_>]) -> bool {
        !self.wants_break && room(self.column, entry, rest)
    }

    fn text(&mut self, indent: usize, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.wants_break {
            self.line(indent);
        }
        self.text.push_str(text);
        self.column = match text.rfind('\n') {
            Some(at) => text[at + 1..].chars().count(),
            None => self.column + text.chars().count(),
        };
    }

    fn at_line_start(&self) -> bool {
        let line = self.text.rfind('\n').map_or(0, |at| at + 1);
        self.text[line..].trim().is_empty()
    }

    fn blank(&mut self) {
        if !self.wants_break && !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
            self.column += 1;
        }
    }

    fn line(&mut self, indent: usize) {
        self.wants_break = false;
        self.text.truncate(self.text.trim_end_matches(' ').len());
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
    }
}

/// Whether `entry`, laid out flat, and what follows it up to the next line end have room.
fn room(column: usize, entry: Entry<'_>, rest: &[Entry<'_>]) -> bool {
    let mut column = column;
    let mut commented = false;
    let mut rest = rest.iter().rev();
    let mut own = vec![entry];
    let mut outside = false;
    loop {
        let (indent, mode, doc) = match own.pop() {
            Some(entry) => entry,
            None => match rest.next() {
                Some(&entry) => {
                    outside = true;
                    entry
                }
                None => return true,
            },
        };
        match doc {
            // A comment ends the line: fine at the end of the group, not inside.
            Doc::Text(_) if commented => return outside,
            Doc::Text(text) => {
                if text.contains('\n') && !outside {
                    return false;
                }
                column += text
                    .split('\n')
                    .next()
                    .map_or(0, |line| line.chars().count());
                if text.contains('\n') {
                    return column <= WIDTH;
                }
            }
            Doc::Blank => column += 1,
            Doc::Line if mode == Mode::Flat => column += 1,
            Doc::SoftLine if mode == Mode::Flat => {}
            Doc::Line | Doc::SoftLine => return true,
            Doc::HardLine | Doc::OwnLine(_) => return outside,
            Doc::LineComment(_) => commented = true,
            Doc::Concat(docs) => own.extend(docs.iter().rev().map(|doc| (indent, mode, doc))),
            Doc::Group(doc) => own.push((indent, mode, doc)),
            Doc::Indent(columns, doc) => own.push((indent + columns, mode, doc)),
            Doc::Fill(docs) => {
                column += docs.len().saturating_sub(1);
                own.extend(docs.iter().rev().map(|doc| (indent, mode, doc)));
            }
        }
        if column > WIDTH {
            return false;
        }
    }
}
