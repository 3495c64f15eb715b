//! The server under test with its log, and the world that it serves.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::server::Server;

/// A server, and what it says on standard error.
pub(crate) struct Subject {
    pub(crate) server: Server,
    log: PathBuf,
}

impl Subject {
    /// `gable serve` in a folder.
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::under(
            &mut Command::new(env!("CARGO_BIN_EXE_gable")),
            folder,
            arguments,
        )
    }

    /// The same under a shell that first does what `script` says; it ends with `exec "$0" "$@"`.
    pub(crate) fn after(script: &str, folder: &Path, arguments: &[&str]) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", script, env!("CARGO_BIN_EXE_gable")]);
        Self::under(&mut shell, folder, arguments)
    }

    fn under(command: &mut Command, folder: &Path, arguments: &[&str]) -> Self {
        let log = folder.join("errors.log");
        let file = File::options().create(true).append(true).open(&log);
        let command = command
            .arg("serve")
            .args(arguments)
            .args(["--bind", "127.0.0.1:0"])
            .stderr(file.expect("writable"));
        let server = Server::run(command, folder);
        Self { server, log }
    }

    /// What it has said so far.
    pub(crate) fn log(&self) -> String {
        let bytes = std::fs::read(&self.log).expect("readable");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// It lives, and has had no fault of its own.
    pub(crate) fn is_well(&self) {
        assert_eq!(self.server.get("/healthz", &[]).status, 200);
        let log = self.log();
        assert!(!log.contains("panicked"), "{log}");
    }

    /// A number from `/metrics`.
    pub(crate) fn count(&self, name: &str) -> u64 {
        let page = self.server.get("/metrics", &[]).text();
        let line = page.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.trim().parse().ok());
        number.unwrap_or_else(|| panic!("no {name} in {page}"))
    }

    /// The most memory that it ever held, bytes.
    pub(crate) fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id()));
        let status = status.expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
        number.map_or(0, |kilobytes: u64| kilobytes << 10)
    }

    /// The bytes of all tiles of the world, by address; each is there.
    pub(crate) fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let layer = self.server.layer("lots", "lots");
        let get = |tile: String| {
            let path = format!("{layer}/content/{tile}.glb");
            let answer = self.server.get(&path, &[("accept-encoding", "br")]);
            assert!(
                [200, 404].contains(&answer.status),
                "{path}: {}",
                answer.text()
            );
            (answer.status == 200).then_some((path, answer.bytes))
        };
        let contents: BTreeMap<_, _> = tiles().filter_map(get).collect();
        assert!(contents.len() > 20, "{}", contents.len());
        contents
    }
}

/// All addresses of tiles of three levels.
pub(crate) fn tiles() -> impl Iterator<Item = String> {
    (0..4).flat_map(|level| {
        let wide = 1 << level;
        (0..wide * wide).map(move |tile| format!("{level}/{}/{}", tile % wide, tile / wide))
    })
}

/// Boxes with windows.
pub(crate) const GRAMMAR: &str = "attr LOD = 2\nattr height = 9\nattr kind = 0\n@StartRule\nLot --> extrude(height) Body\n\
    Body --> case LOD < 1: X. else: comp(f) { side: Wall | all: X. }\n\
    Wall --> case LOD < 2: X. else: split(y) { ~3 : split(x) { ~2 : X. }* }*\n";

/// A world of 8 x 8 lots, one in each of the finest tiles; `kind` is the number of the lot.
pub(crate) fn world(folder: &Path, grammar: &str) {
    let square = |x: u32, y: u32| {
        let (west, south) = (f64::from(x) * 0.0006, f64::from(y) * 0.0006);
        let (east, north) = (west + 0.0002, south + 0.0002);
        format!(
            r#"{{"type":"Feature","properties":{{"height":{},"kind":{}}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#,
            6 + x,
            8 * y + x
        )
    };
    let lots: Vec<String> = (0..64).map(|lot| square(lot % 8, lot / 8)).collect();
    let features = format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        lots.join(",")
    );
    write(folder, "lots.geojson", &features);
    write(folder, "lot.cga", grammar);
    write(
        folder,
        "lots.toml",
        "name = 'Lots'\n[[layer]]\nname = 'lots'\nfeatures = 'lots.geojson'\ngrammar = 'lot.cga'\ntile = 66\n",
    );
}

pub(crate) fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("writable");
}
