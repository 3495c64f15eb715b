//! Files and assets: grammars see the names that the recipe carries, nothing else.

use super::lists::list;
use crate::Kernel;
use crate::abi::token::word;
use crate::asset::Asset;
use crate::limits::Stop;

/// Directory (with its slash), base name and extension of a path.
fn parts(path: &str) -> (&str, &str, &str) {
    let at = path.rfind('/').map_or(0, |at| at + 1);
    let name = &path[at..];
    match name.rfind('.') {
        Some(dot) if dot > 0 => (&path[..at], &name[..dot], &name[dot + 1..]),
        _ => (&path[..at], name, ""),
    }
}

/// Whether a text fits a pattern with `*` and `?`, upper and lower case alike. Linear in both but for the last star.
fn fits(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().map(|c| c.to_ascii_lowercase()).collect();
    let pattern: Vec<char> = pattern.chars().map(|c| c.to_ascii_lowercase()).collect();
    let (mut t, mut p, mut star) = (0, 0, None);
    while t < text.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p).is_some_and(|&c| c == '?' || c == text[t]) {
            (t, p) = (t + 1, p + 1);
        } else if let Some((at, from)) = star {
            (p, t, star) = (at + 1, from + 1, Some((at, from + 1)));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// Whether a name answers a query: every word must fit, `Name=`, `Ext=`, `Path=` name a part of the path.
fn answers(name: &str, query: &str) -> bool {
    let (directory, base, extension) = parts(name);
    query
        .split_whitespace()
        .all(|term| match term.split_once('=') {
            Some(("Name", pattern)) => fits(base, pattern),
            Some(("Ext", pattern)) => fits(extension, pattern.trim_start_matches('.')),
            Some(("Path", pattern)) => fits(directory, pattern),
            Some(("Project", _)) => true,
            _ => fits(name, term) || fits(&name[directory.len()..], term),
        })
}

impl Kernel {
    /// The names of assets that answer a query, in order.
    pub(super) fn search(&mut self, query: i32) -> Result<Vec<String>, Stop> {
        let query = self.text(query)?;
        let length: usize = self
            .assets
            .iter()
            .map(|loaded| 1 + loaded.name.len() / 8)
            .sum();
        self.charge(length)?;
        if query.starts_with('$') {
            self.warn("fileSearch: regular expressions are not supported");
        }
        let names = self.assets.iter().map(|loaded| &loaded.name);
        Ok(names
            .filter(|name| answers(name, &query))
            .cloned()
            .collect())
    }

    /// `file_exists` of the table.
    pub(crate) fn file_exists(&mut self, path: i32) -> Result<i32, Stop> {
        let path = self.text(path)?;
        Ok(i32::from(self.asset(&path).is_some()))
    }

    /// `file_search` of the table.
    pub(crate) fn file_search(&mut self, query: i32) -> Result<i32, Stop> {
        let names = self.search(query)?;
        self.give_text(&list(names.iter().map(String::as_str)))
    }

    /// `file_random` of the table.
    pub(crate) fn file_random(&mut self, query: i32) -> Result<i32, Stop> {
        let names = self.search(query)?;
        let place = (self.random() * names.len() as f64) as usize;
        match names.get(place) {
            Some(name) => self.give_text(name),
            None => {
                let query = self.text(query)?;
                self.warn(format!("fileRandom: no asset fits `{query}`"));
                Ok(0)
            }
        }
    }

    /// `file_part` of the table.
    pub(crate) fn file_part(&mut self, path: i32, part: i32) -> Result<i32, Stop> {
        let path = self.text(path)?;
        let (directory, base, extension) = parts(&path);
        let text = match part {
            0 => base,
            1 => directory,
            2 => extension,
            3 => &path[directory.len()..],
            _ => return Err(Stop::Misuse("a path has four parts")),
        };
        self.give_text(text)
    }

    /// `asset_info` of the table: size or lowest corner of a model's bounding box.
    pub(crate) fn asset_info(&mut self, path: i32, what: i32) -> Result<f64, Stop> {
        let name = self.text(path)?;
        let Some(Asset::Model(model)) = self.asset(&name).map(|id| self.asset_data(id)) else {
            self.warn(format!("assetInfo: there is no model `{name}`"));
            return Ok(0.0);
        };
        let points = &model.points;
        let axis = match word(what) {
            Some("sx" | "tx") => 0,
            Some("sy" | "ty") => 1,
            Some("sz" | "tz") => 2,
            _ => return Err(Stop::Misuse("assetInfo asks for sx, sy, sz, tx, ty or tz")),
        };
        let low = points.iter().map(|p| p[axis]).fold(f64::INFINITY, f64::min);
        let high = points
            .iter()
            .map(|p| p[axis])
            .fold(f64::NEG_INFINITY, f64::max);
        let size = word(what).is_some_and(|word| word.starts_with('s'));
        let (units, value) = (points.len() / 8, if size { high - low } else { low });
        self.charge(units)?;
        Ok(if value.is_finite() { value } else { 0.0 })
    }

    /// `image_info` of the table: width or height in pixels.
    pub(crate) fn image_info(&mut self, path: i32, what: i32) -> Result<f64, Stop> {
        let name = self.text(path)?;
        let Some(Asset::Image(image)) = self.asset(&name).map(|id| self.asset_data(id)) else {
            self.warn(format!("imageInfo: there is no image `{name}`"));
            return Ok(0.0);
        };
        Ok(f64::from(if word(what) == Some("sy") {
            image.height
        } else {
            image.width
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_four_parts() {
        assert_eq!(
            parts("assets/trees/oak.tall.obj"),
            ("assets/trees/", "oak.tall", "obj")
        );
        assert_eq!(parts("oak"), ("", "oak", ""));
        assert_eq!(parts("a/.hidden"), ("a/", ".hidden", ""));
    }

    #[test]
    fn queries_take_stars_question_marks_and_words() {
        assert!(answers("trees/oak.obj", "*.obj"));
        assert!(answers("trees/oak.obj", "oak.???"));
        assert!(answers("trees/oak.obj", "trees* *oak*"));
        assert!(answers("trees/OAK.OBJ", "Name=oak Ext=obj"));
        assert!(!answers("trees/oak.obj", "*.obj elm*"));
        assert!(!answers("trees/oak.obj", "ak.obj"));
    }

    #[test]
    fn many_stars_do_not_hang() {
        assert!(!fits(
            &"a".repeat(2000),
            &"*a".repeat(1000).replace("*a*a", "*a*b")
        ));
    }
}
