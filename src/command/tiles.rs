//! `gable tiles`: tilesets, ours and others'.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gable_content::archive::Reader;
use gable_content::check::{Limits, Report, Severity, check};
use serde::Serialize;

use crate::cli::{TilesArguments, TilesCheckArguments, TilesCommand};
use crate::failure::Failure;
use crate::progress::Progress;
use crate::say::{say, tell};
use crate::table;

/// Runs it.
pub(crate) fn run(arguments: &TilesArguments) -> Result<(), Failure> {
    match &arguments.command {
        TilesCommand::Check(arguments) => run_check(arguments),
    }
}

fn run_check(arguments: &TilesCheckArguments) -> Result<(), Failure> {
    let limits = Limits {
        tiles: arguments.max_tiles,
        ..Limits::default()
    };
    let report = look(&arguments.tileset, limits)?;
    if arguments.json {
        say!(
            "{}",
            serde_json::to_string_pretty(&ReportJson::new(&report)).expect("plain data")
        );
    } else {
        print(&report);
    }
    if report.count(Severity::Error) > 0 {
        return Err(Failure::Grammar);
    }
    Ok(())
}

/// Checks a folder, a file or an address.
fn look(tileset: &str, limits: Limits) -> Result<Report, Failure> {
    let progress = Progress::new();
    progress.phase("checking");
    if tileset.starts_with("http://") || tileset.starts_with("https://") {
        return look_at_address(tileset, limits);
    }
    let path = Path::new(tileset);
    if path.is_dir() {
        return Ok(look_at_file(&path.join("tileset.json"), limits));
    }
    let file = File::open(path).map_err(|error| Failure::file("read", path, &error))?;
    if path
        .extension()
        .is_none_or(|ending| !ending.eq_ignore_ascii_case("3tz"))
    {
        return Ok(look_at_file(path, limits));
    }
    let mut reader = Reader::open(file, limits.content_bytes as u64)
        .map_err(|error| Failure::Input(format!("{tileset}: {error}")))?;
    Ok(check("tileset.json", limits, &mut |name| {
        reader.get(name).unwrap_or_else(|error| {
            tell!("{tileset}: {name}: {error}");
            None
        })
    }))
}

fn look_at_file(file: &Path, limits: Limits) -> Report {
    // What the tileset names lies in its folder; `..` leads nowhere else.
    let folder: PathBuf = file.parent().unwrap_or(Path::new("")).to_owned();
    let entry = file.file_name().unwrap_or_default().to_string_lossy();
    check(&entry, limits, &mut |name| {
        std::fs::read(folder.join(name.trim_start_matches('/'))).ok()
    })
}

fn look_at_address(address: &str, limits: Limits) -> Result<Report, Failure> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .into();
    let get = |address: &str| -> Result<Vec<u8>, ureq::Error> {
        let mut response = agent.get(address).call()?;
        let body = response.body_mut().with_config();
        body.limit(limits.content_bytes as u64).read_to_vec()
    };
    // A server that does not answer is no fault of its tileset.
    let first =
        get(address).map_err(|error| Failure::Input(format!("cannot read {address}: {error}")))?;
    Ok(check(address, limits, &mut |name| {
        if name == address {
            return Some(first.clone());
        }
        get(name)
            .inspect_err(|error| tracing::debug!(name, %error, "no answer"))
            .ok()
    }))
}

/// A report as JSON.
#[derive(Debug, Serialize)]
struct ReportJson<'a> {
    tilesets: u64,
    tiles: u64,
    levels: u32,
    subtrees: u64,
    contents: u64,
    content_bytes: u64,
    triangles: u64,
    errors: usize,
    warnings: usize,
    findings: Vec<FindingJson<'a>>,
    further_findings: u64,
}

#[derive(Debug, Serialize)]
struct FindingJson<'a> {
    severity: &'static str,
    path: &'a str,
    text: &'a str,
}

impl<'a> ReportJson<'a> {
    fn new(report: &'a Report) -> Self {
        let findings = report.findings.iter().map(|finding| FindingJson {
            severity: match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            path: &finding.path,
            text: &finding.text,
        });
        Self {
            tilesets: report.tilesets,
            tiles: report.tiles,
            levels: report.levels,
            subtrees: report.subtrees,
            contents: report.contents,
            content_bytes: report.content_bytes,
            triangles: report.triangles,
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            findings: findings.collect(),
            further_findings: report.further_findings,
        }
    }
}

fn print(report: &Report) {
    let counts = [
        ("tilesets", report.tilesets),
        ("tiles", report.tiles),
        ("levels", u64::from(report.levels)),
        ("subtrees", report.subtrees),
        ("contents", report.contents),
        ("content bytes", report.content_bytes),
        ("triangles", report.triangles),
        ("errors", report.count(Severity::Error) as u64),
        ("warnings", report.count(Severity::Warning) as u64),
    ];
    let rows: Vec<Vec<String>> = counts
        .iter()
        .map(|&(name, count)| vec![name.to_owned(), table::count(count)])
        .collect();
    table::print(&rows);
    for finding in &report.findings {
        tell!("{finding}");
    }
    if report.further_findings > 0 {
        tell!("and {} more", table::count(report.further_findings));
    }
}
