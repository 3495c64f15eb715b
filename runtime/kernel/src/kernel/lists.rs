//! String lists: items ended by semicolons, `"a;b;"`.

use std::rc::Rc;

use crate::Kernel;
use crate::kernel::values::{Array, Items};
use crate::limits::Stop;

/// The items of a list; the last may lack its semicolon.
pub(super) fn items(list: &str) -> impl DoubleEndedIterator<Item = &str> {
    let body = list.strip_suffix(';').unwrap_or(list);
    body.split(';')
        .take(if list.is_empty() { 0 } else { usize::MAX })
        .collect::<Vec<_>>()
        .into_iter()
}

/// A list of items.
pub(super) fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    items.into_iter().flat_map(|item| [item, ";"]).collect()
}

/// Whether an item is the one looked for; `*` at either end of the pattern stands for anything.
fn fits(item: &str, pattern: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        _ if pattern == "*" => true,
        (Some(rest), Some(_)) => item.contains(&rest[..rest.len() - 1]),
        (Some(end), None) => item.ends_with(end),
        (None, Some(start)) => item.starts_with(start),
        (None, None) => item == pattern,
    }
}

/// Whether an item fits one of a list of patterns.
fn fits_any(item: &str, patterns: &str) -> bool {
    items(patterns).any(|pattern| fits(item, pattern))
}

impl Kernel {
    /// A list, charged by its length.
    pub(super) fn list(&mut self, id: i32) -> Result<Rc<str>, Stop> {
        let text = self.text(id)?;
        self.charge(1 + text.len() / 8)?;
        Ok(text)
    }

    /// `list_add` of the table.
    pub(crate) fn list_add(&mut self, id: i32, item: i32) -> Result<i32, Stop> {
        let (text, item) = (self.list(id)?, self.list(item)?);
        self.give_text(&list(
            items(&text).chain([item.strip_suffix(';').unwrap_or(&item)]),
        ))
    }

    /// `list_clean` of the table.
    pub(crate) fn list_clean(&mut self, id: i32) -> Result<i32, Stop> {
        let text = self.list(id)?;
        self.give_text(&list(items(&text).filter(|item| !item.is_empty())))
    }

    /// `list_count` of the table.
    pub(crate) fn list_count(&mut self, id: i32, item: i32) -> Result<f64, Stop> {
        let (text, pattern) = (self.list(id)?, self.list(item)?);
        Ok(items(&text).filter(|item| fits(item, &pattern)).count() as f64)
    }

    /// `list_index` of the table.
    pub(crate) fn list_index(&mut self, id: i32, item: i32) -> Result<f64, Stop> {
        let (text, pattern) = (self.list(id)?, self.list(item)?);
        Ok(items(&text)
            .position(|item| fits(item, &pattern))
            .map_or(-1.0, |place| place as f64))
    }

    /// `list_item` of the table.
    pub(crate) fn list_item(&mut self, id: i32, index: f64) -> Result<i32, Stop> {
        let text = self.list(id)?;
        let item = if index >= 0.0 {
            items(&text).nth(index as usize)
        } else {
            None
        };
        self.give_text(item.unwrap_or(""))
    }

    /// `list_first` of the table.
    pub(crate) fn list_first(&mut self, id: i32) -> Result<i32, Stop> {
        self.list_item(id, 0.0)
    }

    /// `list_last` of the table.
    pub(crate) fn list_last(&mut self, id: i32) -> Result<i32, Stop> {
        let text = self.list(id)?;
        self.give_text(items(&text).next_back().unwrap_or(""))
    }

    /// `list_random` of the table.
    pub(crate) fn list_random(&mut self, id: i32) -> Result<i32, Stop> {
        let size = self.list_size(id)?;
        let index = (self.random() * size).floor();
        self.list_item(id, index)
    }

    /// `list_range` of the table.
    pub(crate) fn list_range(&mut self, id: i32, start: f64, end: f64) -> Result<i32, Stop> {
        let text = self.list(id)?;
        let whole = |x: f64| if x > 0.0 { x as usize } else { 0 };
        self.give_text(&list(
            items(&text)
                .collect::<Vec<_>>()
                .into_iter()
                .take(whole(end))
                .skip(whole(start)),
        ))
    }

    /// `list_remove` of the table.
    pub(crate) fn list_remove(&mut self, id: i32, item: i32) -> Result<i32, Stop> {
        let (text, pattern) = (self.list(id)?, self.list(item)?);
        let mut found = false;
        let rest = items(&text).filter(|item| {
            found || {
                found = fits(item, &pattern);
                !found
            }
        });
        let rest = list(rest);
        self.give_text(&rest)
    }

    /// `list_remove_all` of the table.
    pub(crate) fn list_remove_all(&mut self, id: i32, item: i32) -> Result<i32, Stop> {
        let (text, patterns) = (self.list(id)?, self.list(item)?);
        self.charge(text.len() * patterns.len() / 64)?;
        self.give_text(&list(
            items(&text).filter(|item| !fits_any(item, &patterns)),
        ))
    }

    /// `list_retain_all` of the table.
    pub(crate) fn list_retain_all(&mut self, id: i32, item: i32) -> Result<i32, Stop> {
        let (text, patterns) = (self.list(id)?, self.list(item)?);
        self.charge(text.len() * patterns.len() / 64)?;
        self.give_text(&list(items(&text).filter(|item| fits_any(item, &patterns))))
    }

    /// `list_size` of the table.
    pub(crate) fn list_size(&mut self, id: i32) -> Result<f64, Stop> {
        let text = self.list(id)?;
        Ok(items(&text).count() as f64)
    }

    /// `list_terminate` of the table.
    pub(crate) fn list_terminate(&mut self, id: i32) -> Result<i32, Stop> {
        let text = self.list(id)?;
        self.give_text(&list(items(&text)))
    }

    /// `list_to_array` of the table.
    pub(crate) fn list_to_array(&mut self, id: i32) -> Result<i32, Stop> {
        let text = self.list(id)?;
        let ids = items(&text)
            .map(|item| self.intern(item))
            .collect::<Result<Vec<_>, _>>()?;
        self.values.add_array(Array::row(Items::Text(ids)))
    }

    /// `list_from_array` of the table.
    pub(crate) fn list_from_array(&mut self, array: i32) -> Result<i32, Stop> {
        let ids = self.array_strings(array)?;
        let text = list(ids.iter().map(|&id| self.values.string(id)));
        self.charge(1 + text.len() / 8)?;
        self.give_text(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_may_lack_the_last_semicolon() {
        assert_eq!(items("a;b;").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(items("a;b").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(items("a;;").collect::<Vec<_>>(), ["a", ""]);
        assert_eq!(items(";").collect::<Vec<_>>(), [""]);
        assert_eq!(items("").count(), 0);
        assert_eq!(list(items("a;b")), "a;b;");
    }

    #[test]
    fn stars_at_the_ends_stand_for_anything() {
        assert!(fits("window", "win*") && fits("window", "*dow") && fits("window", "*ndo*"));
        assert!(fits("", "*") && fits("x", "**"));
        assert!(!fits("window", "dow*") && !fits("window", "win"));
    }
}
