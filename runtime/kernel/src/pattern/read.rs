//! The text of a pattern to a tree.

use super::{Look, Place, Reason, Set};

/// Parentheses in parentheses deeper than this are refused.
const DEEPEST: usize = 50;

/// A pattern, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tree {
    One(Set),
    At(Place),
    /// One after the other.
    All(Vec<Self>),
    /// The first that fits.
    Either(Vec<Self>),
    Repeat {
        part: Box<Self>,
        least: usize,
        /// None for no end.
        most: Option<usize>,
        /// Whether more are tried first.
        greedy: bool,
    },
    Look(Look, Box<Self>),
}

const DIGITS: &[(char, char)] = &[('0', '9')];
const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
const SPACE: &[(char, char)] = &[('\t', '\r'), (' ', ' ')];
/// Sets by name, `[:name:]`.
const NAMED: &[(&str, &[(char, char)])] = &[
    ("alnum", &[('0', '9'), ('A', 'Z'), ('a', 'z')]),
    ("alpha", &[('A', 'Z'), ('a', 'z')]),
    ("digit", DIGITS),
    ("lower", &[('a', 'z')]),
    ("punct", &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]),
    ("space", SPACE),
    ("upper", &[('A', 'Z')]),
];

/// Reads a pattern.
pub(super) fn tree(text: &str) -> Result<Tree, Reason> {
    let mut reader = Reader {
        text: text.chars().collect(),
        at: 0,
        depth: 0,
    };
    let tree = reader.either()?;
    match reader.peek() {
        None => Ok(tree),
        Some(_) => Err("a `)` closes nothing"),
    }
}

struct Reader {
    text: Vec<char>,
    at: usize,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += usize::from(c.is_some());
        c
    }

    /// Passes a text if it comes next.
    fn take(&mut self, wanted: &str) -> bool {
        let rest = self.text[self.at..].iter().copied();
        let length = wanted.chars().count();
        let is_next = rest.take(length).eq(wanted.chars());
        self.at += if is_next { length } else { 0 };
        is_next
    }

    fn either(&mut self) -> Result<Tree, Reason> {
        let mut ways = vec![self.all()?];
        while self.take("|") {
            ways.push(self.all()?);
        }
        Ok(match ways.len() {
            1 => ways.swap_remove(0),
            _ => Tree::Either(ways),
        })
    }

    fn all(&mut self) -> Result<Tree, Reason> {
        let mut parts = Vec::new();
        while let Some(c) = self.peek() {
            if c == '|' || c == ')' {
                break;
            }
            let part = self.part()?;
            parts.push(self.repeated(part)?);
        }
        Ok(Tree::All(parts))
    }

    fn part(&mut self) -> Result<Tree, Reason> {
        Ok(match self.next() {
            Some('(') => return self.group(),
            Some('[') => Tree::One(self.set()?),
            Some('.') => Tree::One(Set {
                others: true,
                ..Set::default()
            }),
            Some('^') => Tree::At(Place::Start),
            Some('$') => Tree::At(Place::End),
            Some('*' | '+' | '?') => return Err("there is nothing to repeat"),
            Some('\\') => match self.peek() {
                Some('b') => self.place(Place::Border),
                Some('B') => self.place(Place::NoBorder),
                _ => Tree::One(self.escape()?),
            },
            Some(c) => Tree::One(only(c)),
            None => return Err("it ends too early"),
        })
    }

    fn place(&mut self, place: Place) -> Tree {
        self.at += 1;
        Tree::At(place)
    }

    /// What follows a `(`.
    fn group(&mut self) -> Result<Tree, Reason> {
        const LOOKS: [(&str, bool, bool); 4] = [
            ("?=", false, true),
            ("?!", false, false),
            ("?<=", true, true),
            ("?<!", true, false),
        ];
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("its parentheses are nested too deep");
        }
        let look = LOOKS.iter().find(|(mark, ..)| self.take(mark));
        if look.is_none() && !self.take("?:") && self.peek() == Some('?') {
            return Err("`(?` begins something that is not supported");
        }
        let part = self.either()?;
        if !self.take(")") {
            return Err("a `(` is not closed");
        }
        self.depth -= 1;
        Ok(match look {
            Some(&(_, behind, wanted)) => Tree::Look(Look { behind, wanted }, Box::new(part)),
            None => part,
        })
    }

    /// A part with what says how often it comes.
    fn repeated(&mut self, part: Tree) -> Result<Tree, Reason> {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.counts() {
                Some(counts) => counts,
                None => return Ok(part),
            },
            _ => return Ok(part),
        };
        self.at += 1;
        if most.is_some_and(|most| most < least) {
            return Err("a repetition ends before it begins");
        }
        let greedy = !self.take("?");
        if self.peek() == Some('+') {
            return Err("repetitions with `+` behind them are not supported");
        }
        Ok(Tree::Repeat {
            part: Box::new(part),
            least,
            most,
            greedy,
        })
    }

    /// `{2}`, `{2,}`, `{2,5}` up to before the brace; a brace with anything else in it stands for itself.
    fn counts(&mut self) -> Option<(usize, Option<usize>)> {
        let start = self.at;
        self.at += 1;
        let least = self.number();
        let most = if self.take(",") { self.number() } else { least };
        let is_open = most.is_none() && self.text[self.at - 1] == ',';
        match (least, self.peek()) {
            (Some(least), Some('}')) if most.is_some() || is_open => Some((least, most)),
            _ => {
                self.at = start;
                None
            }
        }
    }

    fn number(&mut self) -> Option<usize> {
        let start = self.at;
        let mut number: usize = 0;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            number = number.saturating_mul(10).saturating_add(digit as usize);
            self.at += 1;
        }
        (self.at > start).then_some(number)
    }

    /// What follows a `[`.
    fn set(&mut self) -> Result<Set, Reason> {
        let others = self.take("^");
        let mut ranges = Vec::new();
        let mut is_first = true;
        loop {
            if self.peek() == Some(']') && !is_first {
                self.at += 1;
                return Ok(Set { ranges, others });
            }
            is_first = false;
            let named = NAMED
                .iter()
                .find(|(name, _)| self.take(&format!("[:{name}:]")));
            if let Some((_, named)) = named {
                ranges.extend_from_slice(named);
                continue;
            }
            let low = self.member()?;
            let is_range = self.peek() == Some('-')
                && self.text.get(self.at + 1).is_some_and(|&next| next != ']');
            match low.ranges[..] {
                [(low, end)] if is_range && low == end => {
                    self.at += 1;
                    let high = self.member()?;
                    match high.ranges[..] {
                        [(high, end)] if high == end && low <= high => ranges.push((low, high)),
                        _ => return Err("a range of characters ends before it begins"),
                    }
                }
                _ => ranges.extend(low.listed()),
            }
        }
    }

    fn member(&mut self) -> Result<Set, Reason> {
        match self.next() {
            Some('\\') => self.escape(),
            Some(c) => Ok(only(c)),
            None => Err("a `[` is not closed"),
        }
    }

    /// What follows a `\`.
    fn escape(&mut self) -> Result<Set, Reason> {
        let class = |ranges: &[(char, char)], others| Set {
            ranges: ranges.to_vec(),
            others,
        };
        Ok(match self.next() {
            Some('d') => class(DIGITS, false),
            Some('D') => class(DIGITS, true),
            Some('w') => class(WORD, false),
            Some('W') => class(WORD, true),
            Some('s') => class(SPACE, false),
            Some('S') => class(SPACE, true),
            Some('t') => only('\t'),
            Some('n') => only('\n'),
            Some('r') => only('\r'),
            Some('f') => only('\u{c}'),
            Some('v') => only('\u{b}'),
            Some('x') => only(self.code(2)?),
            Some('u') => only(self.code(4)?),
            Some(c) if c.is_ascii_alphanumeric() => {
                return Err("a `\\` stands before a letter or digit without a meaning");
            }
            Some(c) => only(c),
            None => return Err("it ends with a `\\`"),
        })
    }

    /// A character by its number in so many hexadecimal digits.
    fn code(&mut self, digits: usize) -> Result<char, Reason> {
        let mut code = 0;
        for _ in 0..digits {
            let digit = self.next().and_then(|c| c.to_digit(16));
            code = code * 16 + digit.ok_or("a character's number needs hexadecimal digits")?;
        }
        char::from_u32(code).ok_or("there is no character of this number")
    }
}

fn only(c: char) -> Set {
    Set {
        ranges: vec![(c, c)],
        others: false,
    }
}

impl Set {
    /// Its ranges, without `others`.
    fn listed(mut self) -> Vec<(char, char)> {
        if !self.others {
            return self.ranges;
        }
        // The ranges of such sets are sorted and apart.
        let mut next = '\0';
        let mut listed = Vec::new();
        for (low, high) in self.ranges.drain(..) {
            let before = char::from_u32(u32::from(low).saturating_sub(1));
            listed.extend(before.filter(|&end| next <= end).map(|end| (next, end)));
            next = char::from_u32(u32::from(high) + 1).unwrap_or(char::MAX);
        }
        listed.push((next, char::MAX));
        listed
    }
}
