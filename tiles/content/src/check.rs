//! Whether a tileset keeps what it promises: its JSON, volumes and errors, every subtree, every content.

mod content;
mod implicit;
mod volume;

use std::collections::BTreeSet;
use std::fmt;

use gable_tileset::{Content, Tile, Tileset};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Clients may show it wrongly, or not at all.
    Error,
    /// Worse than need be, or not checked.
    Warning,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The file, as it was asked for.
    pub path: String,
    /// What is wrong.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}: {}: {}", self.path, self.text)
    }
}

/// What was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Tilesets, the outermost among them.
    pub tilesets: u64,
    /// Tiles, implicit ones among them.
    pub tiles: u64,
    /// Subtree files.
    pub subtrees: u64,
    /// Content files.
    pub contents: u64,
    /// Bytes of content files.
    pub content_bytes: u64,
    /// Triangles, each instance counted once.
    pub triangles: u64,
    /// Levels of tiles, the root's among them.
    pub levels: u32,
    /// What is wrong, in the order of the walk; at most [`Report::MOST_FINDINGS`].
    pub findings: Vec<Finding>,
    /// How many findings there were beyond those.
    pub further_findings: u64,
}

impl Report {
    /// How many findings are kept.
    pub const MOST_FINDINGS: usize = 1000;

    /// How many findings that are kept have a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }
}

/// How far a check goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Tiles that are looked at; the world may be unbounded.
    pub tiles: u64,
    /// Bytes of a content, unpacked.
    pub content_bytes: usize,
    /// Tilesets inside tilesets.
    pub depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tiles: 1_000_000,
            content_bytes: 1 << 28,
            depth: 16,
        }
    }
}

/// Checks the tileset at `entry` and all that belongs to it. `fetch` gives the bytes of a path, none when there is no
/// such file; paths are `entry`'s with what the tileset says resolved against it.
pub fn check(
    entry: &str,
    limits: Limits,
    fetch: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
) -> Report {
    let mut walk = Walk {
        fetch,
        limits,
        report: Report::default(),
        tilesets: BTreeSet::new(),
        contents: BTreeSet::new(),
        stopped: false,
    };
    match (walk.fetch)(entry) {
        Some(bytes) => walk.tileset(entry, &bytes, 0),
        None => walk.error(entry, "there is no such file"),
    }
    walk.report
}

struct Walk<'a> {
    fetch: &'a mut dyn FnMut(&str) -> Option<Vec<u8>>,
    limits: Limits,
    report: Report,
    /// Tilesets on the way to this one, which must not come again.
    tilesets: BTreeSet<String>,
    /// Contents that were looked at; tiles may share one.
    contents: BTreeSet<String>,
    stopped: bool,
}

impl Walk<'_> {
    fn error(&mut self, path: &str, text: impl Into<String>) {
        self.find(Severity::Error, path, text.into());
    }

    fn warn(&mut self, path: &str, text: impl Into<String>) {
        self.find(Severity::Warning, path, text.into());
    }

    fn find(&mut self, severity: Severity, path: &str, text: String) {
        if self.report.findings.len() >= Report::MOST_FINDINGS {
            self.report.further_findings += 1;
            return;
        }
        let path = path.to_owned();
        self.report.findings.push(Finding {
            severity,
            path,
            text,
        });
    }

    /// Counts a tile; false when there were enough.
    fn count_tile(&mut self, path: &str, level: u32) -> bool {
        if self.report.tiles >= self.limits.tiles {
            if !self.stopped {
                self.stopped = true;
                let text = format!(
                    "there are more than {} tiles; the others were not checked",
                    self.limits.tiles
                );
                self.warn(path, text);
            }
            return false;
        }
        self.report.tiles += 1;
        self.report.levels = self.report.levels.max(level + 1);
        true
    }

    fn tileset(&mut self, path: &str, bytes: &[u8], level: u32) {
        let tileset = match Tileset::from_json(bytes) {
            Ok(tileset) => tileset,
            Err(error) => return self.error(path, error.to_string()),
        };
        if self.tilesets.len() >= self.limits.depth as usize
            || !self.tilesets.insert(path.to_owned())
        {
            return self.error(path, "tilesets lead back to themselves, or too deep");
        }
        self.report.tilesets += 1;
        if tileset.root.geometric_error > tileset.geometric_error {
            self.warn(
                path,
                "the root's geometric error is greater than the tileset's",
            );
        }
        if tileset.root.refine.is_none() {
            self.error(path, "the root does not say how it is refined");
        }
        for name in &tileset.extensions_required {
            if !tileset.extensions_used.contains(name) {
                self.error(
                    path,
                    format!("`{name}` is required, and not among those used"),
                );
            }
        }
        self.tiles(path, &tileset.root, level);
        self.tilesets.remove(path);
    }

    /// A tile and all below it.
    fn tiles(&mut self, path: &str, root: &Tile, level: u32) {
        let mut tiles = vec![(root, level)];
        while let Some((tile, level)) = tiles.pop() {
            if tile.implicit_tiling.is_some() {
                self.implicit(path, tile, level);
                continue;
            }
            if !self.count_tile(path, level) {
                return;
            }
            for content in tile.content.iter().chain(&tile.contents) {
                self.explicit_content(path, tile, content, level);
            }
            for child in &tile.children {
                if child.geometric_error > tile.geometric_error {
                    self.warn(
                        path,
                        "a tile's geometric error is greater than that of the tile around it",
                    );
                }
                if volume::inside(
                    &child.bounding_volume,
                    child.transform.as_ref(),
                    &tile.bounding_volume,
                ) == Some(false)
                {
                    self.warn(
                        path,
                        "a tile's volume reaches out of that of the tile around it",
                    );
                }
                tiles.push((child, level + 1));
            }
        }
    }

    fn explicit_content(&mut self, path: &str, tile: &Tile, content: &Content, level: u32) {
        let reaches_out =
            |volume| volume::inside(volume, None, &tile.bounding_volume) == Some(false);
        if content.bounding_volume.as_ref().is_some_and(reaches_out) {
            self.warn(
                path,
                format!("the volume of `{}` reaches out of its tile's", content.uri),
            );
        }
        let address = resolve(path, &content.uri);
        if !self.contents.insert(address.clone()) {
            return;
        }
        let Some(bytes) = (self.fetch)(&address) else {
            return self.error(&address, format!("there is no such file; {path} names it"));
        };
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
            if !tile.children.is_empty() {
                self.error(
                    path,
                    format!("the tile of the tileset `{}` has children", content.uri),
                );
            }
            // It may come again at another place, but not inside itself.
            self.contents.remove(&address);
            return self.tileset(&address, &bytes, level);
        }
        self.content(&address, &bytes);
    }

    fn content(&mut self, path: &str, bytes: &[u8]) {
        self.report.contents += 1;
        self.report.content_bytes += bytes.len() as u64;
        if !bytes.starts_with(b"glTF")
            && [&b"b3dm"[..], b"i3dm", b"pnts", b"cmpt"]
                .iter()
                .any(|m| bytes.starts_with(m))
        {
            return self.warn(path, "content of 3D Tiles 1.0 was not checked");
        }
        let mut list = Vec::new();
        match content::check(bytes, self.limits.content_bytes, &mut list) {
            Ok(triangles) => self.report.triangles += triangles,
            Err(text) => list.push((Severity::Error, text)),
        }
        for (severity, text) in list {
            self.find(severity, path, text);
        }
    }
}

/// An address that a file tells, as a path like the file's own.
fn resolve(from: &str, uri: &str) -> String {
    let uri = uri.split(['?', '#']).next().unwrap_or("");
    if uri.contains("://") {
        return uri.to_owned();
    }
    let (scheme, from) = match from.find("://") {
        Some(at) => {
            let host = from[at + 3..]
                .find('/')
                .map_or(from.len(), |slash| at + 3 + slash + 1);
            from.split_at(host)
        }
        None => ("", from),
    };
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let folder = if uri.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(uri.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    // A path from the root of a file system stays one.
    let rooted = scheme.is_empty() && from.starts_with('/');
    format!(
        "{scheme}{}{}",
        if rooted { "/" } else { "" },
        parts.join("/")
    )
}

#[cfg(test)]
mod tests;
