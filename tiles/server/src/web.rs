//! Pages and scripts for browsers: `viewer/web/dist`, as it was built.

use std::sync::OnceLock;

use bytes::Bytes;
use gable_content::coding::{Coding, Quality, decode, encode};
use gable_runtime::hash;
use include_dir::{Dir, include_dir};

static DIST: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../viewer/web/dist");

/// The ending of files that are kept in Brotli.
const PACKED: &str = ".br";

/// Files are never larger, unpacked.
const LARGEST: usize = 64 << 20;

/// A page or a script.
#[derive(Debug)]
pub(crate) struct File {
    /// Where it is served.
    pub(crate) path: String,
    /// What it is.
    pub(crate) media_type: &'static str,
    /// Changes with its bytes.
    pub(crate) tag: String,
    /// Its bytes, in Brotli if it is packed.
    bytes: Bytes,
    is_packed: bool,
    /// For those who do not take Brotli, once somebody has asked.
    plain: OnceLock<Bytes>,
    zipped: OnceLock<Bytes>,
}

impl File {
    fn new(path: String, media_type: &'static str, bytes: Bytes, is_packed: bool) -> Self {
        Self {
            path,
            media_type,
            tag: hash::hex(&hash::sha256(&bytes))[..16].to_owned(),
            bytes,
            is_packed,
            plain: OnceLock::new(),
            zipped: OnceLock::new(),
        }
    }

    /// JSON that was packed in Brotli.
    pub(crate) fn packed_json(path: &str, bytes: Vec<u8>) -> Self {
        Self::new(path.to_owned(), JSON, bytes.into(), true)
    }

    /// Its bytes for somebody who likes this coding best, and the coding that they have.
    pub(crate) fn coded(&self, coding: Coding) -> (Bytes, Coding) {
        match (self.is_packed, coding) {
            (false, _) => (self.bytes.clone(), Coding::Identity),
            (true, Coding::Brotli) => (self.bytes.clone(), Coding::Brotli),
            (true, Coding::Gzip) => {
                let zip = || encode(Coding::Gzip, Quality::Fast, &self.plain()).into();
                (self.zipped.get_or_init(zip).clone(), Coding::Gzip)
            }
            (true, _) => (self.plain(), Coding::Identity),
        }
    }

    fn plain(&self) -> Bytes {
        let unpack = || match decode(Coding::Brotli, &self.bytes, LARGEST) {
            Ok(bytes) => bytes.into(),
            Err(error) => panic!("{} is packed as it was built: {error}", self.path),
        };
        self.plain.get_or_init(unpack).clone()
    }
}

/// Where they are served.
pub(crate) fn paths() -> impl Iterator<Item = String> {
    names().map(|(name, _)| path(unpacked(name).0))
}

/// All of them.
pub(crate) fn files() -> impl Iterator<Item = File> {
    names().map(|(name, bytes)| {
        let (name, is_packed) = unpacked(name);
        let bytes = Bytes::from_static(bytes);
        File::new(path(name), media_type(name), bytes, is_packed)
    })
}

fn names() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let name = |file: &'static include_dir::File<'static>| file.path().to_str();
    DIST.files()
        .filter_map(move |file| Some((name(file)?, file.contents())))
}

/// The name of a file without the ending of those that are packed, and whether it is.
fn unpacked(name: &str) -> (&str, bool) {
    let plain = name.strip_suffix(PACKED);
    (plain.unwrap_or(name), plain.is_some())
}

/// `play.html` is served at `/play`, `index.html` at `/`, others at their names.
fn path(name: &str) -> String {
    let page = name.strip_suffix(".html");
    let name = page.map_or(name, |page| if page == "index" { "" } else { page });
    format!("/{name}")
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => HTML,
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => JSON,
        Some("txt") => "text/plain; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        _ => "application/octet-stream",
    }
}

const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_paths_without_endings() {
        let all: Vec<File> = files().collect();
        let at = |path: &str| all.iter().find(|file| file.path == path);
        assert!(at("/").is_some_and(|file| file.media_type.starts_with("text/html")));
        assert!(at("/gable.js").is_some_and(|file| file.media_type.starts_with("text/javascript")));
        assert!(all.iter().all(|file| !file.path.ends_with(PACKED)));
        assert!(paths().eq(all.iter().map(|file| file.path.clone())));
    }

    #[test]
    fn what_is_packed_is_the_same_in_each_coding() {
        let all: Vec<File> = files().collect();
        let file = all.iter().find(|file| file.path == "/home.js");
        let file = file.expect("it is there");
        let (plain, coding) = file.coded(Coding::Identity);
        assert_eq!(coding, Coding::Identity);
        for wanted in [Coding::Brotli, Coding::Gzip] {
            let (bytes, coding) = file.coded(wanted);
            assert_eq!(coding, wanted);
            assert!(bytes.len() < plain.len());
            assert_eq!(decode(coding, &bytes, LARGEST).expect("it is good"), plain);
        }
    }
}
