//! Pages and scripts for browsers: `viewer/web/dist`, as it was built.

use include_dir::{Dir, include_dir};

static DIST: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../viewer/web/dist");

/// The ending of files that are kept in Brotli.
const PACKED: &str = ".br";

/// A page or a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// Where it is served.
    pub(crate) path: String,
    /// What it is.
    pub(crate) media_type: &'static str,
    /// Its bytes, in Brotli if it is packed.
    pub(crate) bytes: &'static [u8],
    /// Whether they are in Brotli.
    pub(crate) is_packed: bool,
}

/// All of them: `play.html` is served at `/play`, `index.html` at `/`, others at their names.
pub(crate) fn files() -> impl Iterator<Item = File> {
    DIST.files().map(|file| {
        let name = file.path().to_str().unwrap_or_default();
        let plain = name.strip_suffix(PACKED);
        let is_packed = plain.is_some();
        let name = plain.unwrap_or(name);
        let page = name.strip_suffix(".html");
        let path = page.map_or(name, |page| if page == "index" { "" } else { page });
        File {
            path: format!("/{path}"),
            media_type: media_type(name),
            bytes: file.contents(),
            is_packed,
        }
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => HTML,
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        _ => "application/octet-stream",
    }
}

pub(crate) const HTML: &str = "text/html; charset=utf-8";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_paths_without_endings() {
        let all: Vec<File> = files().collect();
        let at = |path: &str| all.iter().find(|file| file.path == path);
        let script = at("/gable.js").expect("it is there");
        assert!(!script.is_packed && script.media_type.starts_with("text/javascript"));
        assert!(all.iter().all(|file| !file.path.ends_with(PACKED)));
    }
}
