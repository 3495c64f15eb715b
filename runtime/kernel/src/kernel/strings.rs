//! Functions on strings. Positions count characters (Unicode scalar values) from 0.

use crate::Kernel;
use crate::abi::token::token;
use crate::kernel::number;
use crate::kernel::values::{Array, Items};
use crate::limits::Stop;
use crate::pattern::Pattern;

/// Steps of a search that cost one unit of gas.
const STEPS_OF_GAS: u64 = 8;

/// Byte positions of non-overlapping matches; none of an empty pattern.
fn matches<'a>(text: &'a str, pattern: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(pattern)
        .filter(move |_| !pattern.is_empty())
        .map(|(at, _)| at)
}

/// The position in characters of a byte position.
fn position(text: &str, byte: usize) -> f64 {
    text[..byte].chars().count() as f64
}

/// Characters from `start` to before `end`, both clamped to the string.
fn substring(text: &str, start: f64, end: f64) -> String {
    let clamp = |x: f64| if x > 0.0 { x.floor() as usize } else { 0 };
    let (start, end) = (clamp(start), clamp(end));
    text.chars().take(end).skip(start).collect()
}

/// The text between the end of the first `left` and the start of the last `right`; where one is not there, the text up
/// to its end; nothing when they overlap.
fn range<'a>(text: &'a str, left: &str, right: &str) -> &'a str {
    let start = matches(text, left).next().map_or(0, |at| at + left.len());
    let end = text
        .rfind(right)
        .filter(|_| !right.is_empty())
        .unwrap_or(text.len());
    text.get(start..end).unwrap_or("")
}

/// `bool("...")`: f, false and zeros are false, everything else true.
fn truth(text: &str) -> bool {
    let zero = text.parse::<f64>().is_ok_and(|value| value == 0.0);
    !(zero || text.eq_ignore_ascii_case("f") || text.eq_ignore_ascii_case("false"))
}

impl Kernel {
    /// Two texts, charged by their length.
    pub(super) fn texts(
        &mut self,
        a: i32,
        b: i32,
    ) -> Result<(std::rc::Rc<str>, std::rc::Rc<str>), Stop> {
        let (a, b) = (self.text(a)?, self.text(b)?);
        self.charge(1 + (a.len() + b.len()) / 32)?;
        Ok((a, b))
    }

    /// `string_f` of the table.
    pub(crate) fn string_f(&mut self, value: f64) -> Result<i32, Stop> {
        self.give_text(&number::format(value))
    }

    /// `string_b` of the table.
    pub(crate) fn string_b(&mut self, value: i32) -> Result<i32, Stop> {
        self.give_text(if value != 0 { "true" } else { "false" })
    }

    /// `concat` of the table.
    pub(crate) fn concat(&mut self, a: i32, b: i32) -> Result<i32, Stop> {
        let (a, b) = self.texts(a, b)?;
        self.give_text(&[&*a, &*b].concat())
    }

    /// `compare` of the table.
    pub(crate) fn compare(&mut self, a: i32, b: i32) -> Result<i32, Stop> {
        let (a, b) = self.texts(a, b)?;
        Ok(a.cmp(&b) as i32)
    }

    /// `float_s` of the table.
    pub(crate) fn float_s(&mut self, text: i32) -> Result<f64, Stop> {
        Ok(number::parse(&self.text(text)?))
    }

    /// `bool_s` of the table.
    pub(crate) fn bool_s(&mut self, text: i32) -> Result<i32, Stop> {
        Ok(i32::from(truth(&self.text(text)?)))
    }

    /// `token_s` of the table.
    pub(crate) fn token_s(&mut self, text: i32) -> Result<i32, Stop> {
        Ok(token(&self.text(text)?).unwrap_or(-1))
    }

    /// `len` of the table.
    pub(crate) fn len(&mut self, text: i32) -> Result<f64, Stop> {
        let text = self.text(text)?;
        Ok(position(&text, text.len()))
    }

    /// `substring` of the table.
    pub(crate) fn substring(&mut self, text: i32, start: f64, end: f64) -> Result<i32, Stop> {
        let text = self.text(text)?;
        let (start, end) = (
            self.finite(start, "substring"),
            self.finite(end, "substring"),
        );
        self.charge(text.len() / 32)?;
        self.give_text(&substring(&text, start, end))
    }

    /// `find` of the table.
    pub(crate) fn find(&mut self, text: i32, pattern: i32, n: f64) -> Result<f64, Stop> {
        let (text, pattern) = self.texts(text, pattern)?;
        if n.is_nan() || n < 0.0 {
            return Ok(-1.0);
        }
        Ok(matches(&text, &pattern)
            .nth(n as usize)
            .map_or(-1.0, |at| position(&text, at)))
    }

    /// `find_last` of the table.
    pub(crate) fn find_last(&mut self, text: i32, pattern: i32) -> Result<f64, Stop> {
        let (text, pattern) = self.texts(text, pattern)?;
        let place = text.rfind(&*pattern).filter(|_| !pattern.is_empty());
        Ok(place.map_or(-1.0, |at| position(&text, at)))
    }

    /// `count` of the table.
    pub(crate) fn count(&mut self, text: i32, pattern: i32) -> Result<f64, Stop> {
        let (text, pattern) = self.texts(text, pattern)?;
        Ok(matches(&text, &pattern).count() as f64)
    }

    /// `replace` of the table.
    pub(crate) fn replace(&mut self, text: i32, old: i32, new: i32) -> Result<i32, Stop> {
        let (text, old) = self.texts(text, old)?;
        let new = self.text(new)?;
        if old.is_empty() {
            return self.give_text(&text);
        }
        let length = text
            .len()
            .saturating_add(matches(&text, &old).count().saturating_mul(new.len()));
        if length > self.recipe.limits.values as usize {
            return Err(Stop::Values);
        }
        self.charge(length / 32)?;
        self.give_text(&text.replace(&*old, &new))
    }

    /// `get_prefix` of the table.
    pub(crate) fn get_prefix(&mut self, text: i32, pattern: i32) -> Result<i32, Stop> {
        let (text, pattern) = self.texts(text, pattern)?;
        let end = matches(&text, &pattern).next().unwrap_or(text.len());
        self.give_text(&text[..end])
    }

    /// `get_suffix` of the table.
    pub(crate) fn get_suffix(&mut self, text: i32, pattern: i32) -> Result<i32, Stop> {
        let (text, pattern) = self.texts(text, pattern)?;
        let place = text.rfind(&*pattern).filter(|_| !pattern.is_empty());
        self.give_text(&text[place.map_or(0, |at| at + pattern.len())..])
    }

    /// `get_range` of the table.
    pub(crate) fn get_range(&mut self, text: i32, left: i32, right: i32) -> Result<i32, Stop> {
        let (text, left) = self.texts(text, left)?;
        let right = self.text(right)?;
        self.give_text(range(&text, &left, &right))
    }

    /// `split_string` of the table.
    pub(crate) fn split_string(&mut self, text: i32, delimiter: i32) -> Result<i32, Stop> {
        let (text, delimiter) = self.texts(text, delimiter)?;
        let mut items = Vec::new();
        let mut add = |kernel: &mut Self, part: &str| {
            kernel.charge(1)?;
            items.push(kernel.intern(part)?);
            Ok(())
        };
        if let Some(expression) = delimiter.strip_prefix('$') {
            for part in self.split_by(&text, expression)? {
                add(self, &part)?;
            }
        } else {
            text.split(&*delimiter)
                .try_for_each(|part| add(self, part))?;
        }
        self.values.add_array(Array::row(Items::Text(items)))
    }

    /// The parts of a text between what a regular expression finds; the whole text after a warning.
    fn split_by(&mut self, text: &str, expression: &str) -> Result<Vec<String>, Stop> {
        let characters: Vec<char> = text.chars().collect();
        let pattern = Pattern::read(expression);
        let budget = self.gas_left().saturating_mul(STEPS_OF_GAS);
        let search = pattern.as_ref().map_err(|&reason| reason);
        let mut search = match search.and_then(|pattern| pattern.search(&characters, budget)) {
            Ok(search) => search,
            Err(reason) => {
                self.warn(format!(
                    "splitString: the regular expression `{expression}` cannot be used, {reason}"
                ));
                return Ok(vec![text.to_owned()]);
            }
        };
        let mut parts = Vec::new();
        let (mut start, mut from) = (0, 0);
        while let Some(found) = search.find(from) {
            parts.push(characters[start..found.start].iter().collect());
            start = found.end;
            // Where nothing is found between two characters, the next may be after the second.
            from = found.end.max(found.start + 1);
            if from > characters.len() {
                break;
            }
        }
        parts.push(characters[start..].iter().collect());
        let steps = budget - search.work_left();
        self.charge(usize::try_from(steps / STEPS_OF_GAS).unwrap_or(usize::MAX))?;
        match search.work_left() {
            0 => Err(Stop::Gas),
            _ => Ok(parts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn substrings_are_clamped() {
        assert_eq!(substring("häuser", 1.0, 3.0), "äu");
        assert_eq!(substring("house", -5.0, 99.0), "house");
        assert_eq!(substring("house", 3.0, 3.0), "");
        assert_eq!(substring("house", 4.0, 2.0), "");
    }

    #[test]
    fn ranges_fall_back_to_prefix_and_suffix() {
        assert_eq!(range("a(b)c)", "(", ")"), "b)c");
        assert_eq!(range("a(b", "(", ")"), "b");
        assert_eq!(range("a)b", "(", ")"), "a");
        assert_eq!(range("ab", "(", ")"), "ab");
        assert_eq!(range(")(", "(", ")"), "");
    }

    #[test]
    fn only_f_false_and_zeros_are_false() {
        for text in ["f", "false", "0", "0.0", "-0.00"] {
            assert!(!truth(text), "{text}");
        }
        for text in ["t", "true", "1", "no", "0x"] {
            assert!(truth(text), "{text}");
        }
    }

    #[test]
    fn matches_do_not_overlap() {
        assert_eq!(matches("aaaa", "aa").collect::<Vec<_>>(), [0, 2]);
        assert_eq!(matches("aaaa", "").count(), 0);
    }
}
