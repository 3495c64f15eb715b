//! Regular expressions, as `splitString` and queries of files take them (`"$..."`).
//!
//! Perl's syntax without captures, back references and flags: alternatives, repetition (greedy or not), sets, `\d \w \s`
//! and their opposites, `^ $ \b \B`, looking ahead and behind. A pattern is read into a tree ([`read`]), the tree becomes
//! a program ([`compile`]), and the program runs by trying one way after the other in the order of preference. What was
//! tried without success is not tried again at the same place, so that the work is bounded by the lengths of program and
//! text multiplied (Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009, backtracking with memory).

mod compile;
mod read;

use std::ops::Range;

/// Longer programs are refused.
const MOST_STEPS: usize = 2000;
/// Bits of memory for what was tried; more are refused.
const MOST_MEMORY: usize = 1 << 26;

/// A regular expression, ready to be looked for.
#[derive(Debug, Clone)]
pub struct Pattern {
    steps: Vec<Step>,
}

/// Why a pattern cannot be read or run; a part of a sentence.
pub type Reason = &'static str;

/// A step of a program; numbers are those of steps.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// Passes a character of a set.
    One(Set),
    /// Goes on at the first; if that fails, at the second.
    Fork(usize, usize),
    /// Goes on there.
    Jump(usize),
    /// Goes on if the place is one of these.
    At(Place),
    /// Goes on at the step `end` if what follows this step says so.
    Look(Look, usize),
    /// Found.
    Accept,
}

/// Whether something must be found, or must not, before or after a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    behind: bool,
    wanted: bool,
}

/// Characters by ranges, ends included.
#[derive(Debug, Clone, PartialEq, Default)]
struct Set {
    ranges: Vec<(char, char)>,
    /// Whether all others are meant.
    others: bool,
}

impl Set {
    fn has(&self, c: char) -> bool {
        let inside = self.ranges.iter().any(|&(low, high)| low <= c && c <= high);
        inside != self.others
    }
}

/// A place between characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    End,
    /// Between a character of a word and one that is none.
    Border,
    NoBorder,
}

impl Place {
    fn is_at(self, text: &[char], at: usize) -> bool {
        let is_word = |c: Option<&char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_');
        let border = || is_word(at.checked_sub(1).map(|k| &text[k])) != is_word(text.get(at));
        match self {
            Self::Start => at == 0,
            Self::End => at == text.len(),
            Self::Border => border(),
            Self::NoBorder => !border(),
        }
    }
}

impl Pattern {
    /// Reads a pattern that may be found anywhere in a text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, Reason> {
        Ok(Self {
            steps: compile::program(&read::tree(text)?, false)?,
        })
    }

    /// Reads a pattern that must fit a whole text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read_whole(text: &str) -> Result<Self, Reason> {
        Ok(Self {
            steps: compile::program(&read::tree(text)?, true)?,
        })
    }

    /// Steps of its program: it takes at most so many for each character, but for looking ahead and behind.
    pub(crate) fn length(&self) -> usize {
        self.steps.len()
    }

    /// A search in a text that does at most `work` steps.
    ///
    /// # Errors
    /// When pattern and text together are too long.
    pub fn search<'a>(&'a self, text: &'a [char], work: u64) -> Result<Search<'a>, Reason> {
        let bits = self.steps.len().saturating_mul(text.len() + 1);
        if bits > MOST_MEMORY {
            return Err("the text is too long for this regular expression");
        }
        Ok(Search {
            steps: &self.steps,
            text,
            tried: vec![0; bits / 64 + 1],
            marks: Vec::new(),
            work,
        })
    }
}

/// A search for a pattern in a text.
#[derive(Debug)]
pub struct Search<'a> {
    steps: &'a [Step],
    text: &'a [char],
    /// A bit for each step at each place: whether it was tried.
    tried: Vec<u64>,
    /// The bits that are set.
    marks: Vec<usize>,
    work: u64,
}

impl Search<'_> {
    /// Steps that are left; 0 when the search ended for want of them.
    pub fn work_left(&self) -> u64 {
        self.work
    }

    /// The first place at or after `from` where the pattern is found, and up to where.
    pub fn find(&mut self, from: usize) -> Option<Range<usize>> {
        let found =
            (from..=self.text.len()).find_map(|start| Some(start..self.run(0, start, false)?));
        self.forget(0);
        found
    }

    /// Whether the pattern is found at the very start.
    pub fn starts(&mut self) -> bool {
        let found = self.run(0, 0, false).is_some();
        self.forget(0);
        found
    }

    /// The place up to which the program from a step on goes, if it is successful.
    fn run(&mut self, step: usize, at: usize, backwards: bool) -> Option<usize> {
        let mut open = vec![(step, at)];
        while let Some((mut step, mut at)) = open.pop() {
            while self.is_new(step, at) {
                match &self.steps[step] {
                    Step::One(set) => {
                        let place = if backwards {
                            at.checked_sub(1)
                        } else {
                            Some(at)
                        };
                        let Some(&c) = place.and_then(|place| self.text.get(place)) else {
                            break;
                        };
                        if !set.has(c) {
                            break;
                        }
                        at = if backwards { at - 1 } else { at + 1 };
                        step += 1;
                    }
                    Step::Fork(first, second) => {
                        open.push((*second, at));
                        step = *first;
                    }
                    Step::Jump(next) => step = *next,
                    Step::At(place) if place.is_at(self.text, at) => step += 1,
                    Step::At(_) => break,
                    &Step::Look(look, end) => {
                        // What a look tried is forgotten: from another place the same may lead elsewhere.
                        let before = self.marks.len();
                        let found = self.run(step + 1, at, look.behind).is_some();
                        self.forget(before);
                        if found != look.wanted {
                            break;
                        }
                        step = end;
                    }
                    Step::Accept => return Some(at),
                }
            }
        }
        None
    }

    /// Whether a step was not tried at a place yet; from now on it was.
    fn is_new(&mut self, step: usize, at: usize) -> bool {
        let bit = step * (self.text.len() + 1) + at;
        let (word, mask) = (bit / 64, 1 << (bit % 64));
        if self.work == 0 || self.tried[word] & mask != 0 {
            return false;
        }
        self.work -= 1;
        self.tried[word] |= mask;
        self.marks.push(bit);
        true
    }

    /// Forgets what was tried since there were so many marks.
    fn forget(&mut self, count: usize) {
        for bit in self.marks.drain(count..) {
            self.tried[bit / 64] &= !(1 << (bit % 64));
        }
    }
}

#[cfg(test)]
mod tests;
