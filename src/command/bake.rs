//! `gable bake`: a world as files.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gable_content::archive::Packing;
use gable_content::coding::Coding;
use gable_tiles::bake::{
    Around, Bake, BakeError, BakeOptions, BakeProgress, BakeReport, LevelReport, Selection,
};
use gable_world::World;

use super::build;
use crate::cli::BakeArguments;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::say::{say, tell};
use crate::table;

/// Runs it.
pub(crate) fn run(arguments: &BakeArguments) -> Result<(), Failure> {
    let archive = arguments
        .output
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("3tz"));
    let codings = codings(&arguments.encoding)?;
    let packing = if archive {
        packing(&codings, !arguments.encoding.is_empty())?
    } else {
        Packing::Stored
    };
    let options = BakeOptions {
        selection: selection(arguments)?,
        codings: if archive { Vec::new() } else { codings },
        threads: arguments
            .threads
            .unwrap_or_else(gable_runtime::cores)
            .max(1),
        most_tiles: arguments.max_tiles,
        clean: arguments.clean,
    };
    let progress = Progress::new();
    progress.phase("opening the world");
    let engine = build::engine(options.threads)?;
    let world = World::open(&arguments.world, &engine)
        .map_err(|error| Failure::Input(error.to_string()))?;
    let stop = stop_at_interrupt()?;
    let tell_progress = |at: BakeProgress| progress.count(at.done, at.tiles, &failures_so_far(at));
    let bake = Bake::new(&world, options, &stop, &tell_progress).map_err(failure)?;
    let report = if archive {
        bake.to_archive(&arguments.output, packing)
    } else {
        bake.to_folder(&arguments.output)
    };
    drop(progress);
    let report = report.map_err(failure)?;
    if arguments.json {
        say!(
            "{}",
            serde_json::to_string_pretty(&report).expect("plain data")
        );
    } else {
        print(&report, &arguments.output);
    }
    for failure in &report.failures {
        tell!("error: {}: {}", failure.tile, failure.reason);
    }
    if report.failures.is_empty() {
        Ok(())
    } else {
        Err(Failure::Grammar)
    }
}

fn failure(error: BakeError) -> Failure {
    match error {
        BakeError::Stopped(_) => Failure::Interrupted(error.to_string()),
        BakeError::NoLayer { .. } | BakeError::Nothing | BakeError::TooMany { .. } => {
            Failure::Usage(error.to_string())
        }
        _ => Failure::Input(error.to_string()),
    }
}

fn failures_so_far(at: BakeProgress) -> String {
    match at.failures {
        0 => String::new(),
        failures => format!(", {failures} failed"),
    }
}

/// True from the first Ctrl-C on; the second ends the program.
fn stop_at_interrupt() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = stop.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .map_err(|error| Failure::Input(format!("cannot start: {error}")))?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            if tokio::signal::ctrl_c().await.is_err() {
                return;
            }
            told.store(true, Ordering::Relaxed);
            tell!("stopping after the tiles that are being made; once more stops at once");
            _ = tokio::signal::ctrl_c().await;
            #[expect(clippy::exit, reason = "what is written is whole at any time")]
            std::process::exit(130);
        });
    });
    Ok(stop)
}

fn codings(names: &[String]) -> Result<Vec<Coding>, Failure> {
    let mut codings = Vec::new();
    for name in names {
        let known = match name.as_str() {
            "none" => Some(Coding::Identity),
            "zst" => Some(Coding::Zstd),
            "gz" => Some(Coding::Gzip),
            name => Coding::from_name(name),
        };
        let coding = known.ok_or_else(|| {
            Failure::Usage(format!(
                "--encoding {name}: expected br, zstd, gzip or none, with commas between"
            ))
        })?;
        if coding != Coding::Identity && !codings.contains(&coding) {
            codings.push(coding);
        }
    }
    Ok(codings)
}

/// How files are stored in an archive.
fn packing(codings: &[Coding], told: bool) -> Result<Packing, Failure> {
    match codings {
        [] if told => Ok(Packing::Stored),
        [] | [Coding::Gzip] => Ok(Packing::Deflate),
        [Coding::Zstd] => Ok(Packing::Zstd),
        _ => Err(Failure::Usage(
            "the files of a .3tz archive have one --encoding: gzip (which all readers know), zstd or none".to_owned(),
        )),
    }
}

fn selection(arguments: &BakeArguments) -> Result<Selection, Failure> {
    let levels = arguments.levels.as_deref().map(levels).transpose()?;
    let around = arguments.around.as_deref().map(around).transpose()?;
    Ok(Selection {
        layers: arguments.layers.clone(),
        levels,
        around,
    })
}

/// `2..5` or `3`.
fn levels(text: &str) -> Result<std::ops::RangeInclusive<u8>, Failure> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let last = last.strip_prefix('=').unwrap_or(last);
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) if first <= last => Ok(first..=last),
        _ => Err(Failure::Usage(format!(
            "--levels {text}: expected the first and the last level, such as 0..3"
        ))),
    }
}

fn around(text: &str) -> Result<Around, Failure> {
    let numbers: Vec<f64> = text
        .split(',')
        .filter_map(|number| number.trim().parse().ok())
        .collect();
    match numbers[..] {
        [x, y, reach] if reach > 0.0 && numbers.iter().all(|number| number.is_finite()) => {
            Ok(Around { x, y, reach })
        }
        _ => Err(Failure::Usage(format!(
            "--around {text}: expected metres east and north of the world's origin, and how far around, such as 0,0,500"
        ))),
    }
}

fn print(report: &BakeReport, output: &Path) {
    let codings: Vec<&String> = report
        .levels
        .first()
        .map(|level| level.coded_bytes.keys().collect())
        .unwrap_or_default();
    let mut head: Vec<String> = ["layer", "level", "tiles", "made now", "bytes"]
        .map(str::to_owned)
        .to_vec();
    head.extend(codings.iter().map(|name| (*name).clone()));
    head.push("triangles".to_owned());
    let mut rows = vec![head];
    rows.extend(report.levels.iter().map(|level| row(level, &codings)));
    table::print(&rows);
    let size = |bytes: u64| table::bytes(usize::try_from(bytes).unwrap_or(usize::MAX));
    let contents: u64 = report.levels.iter().map(|level| level.bytes).sum();
    say!(
        "{}: {} tiles, {} made now: {} of content, {} subtrees {}, {} textures {}",
        output.display(),
        table::count(report.tiles()),
        table::count(report.made()),
        size(contents),
        table::count(report.subtrees),
        size(report.subtree_bytes),
        table::count(report.textures),
        size(report.texture_bytes),
    );
    if let Some(bytes) = report.archive_bytes {
        say!("the archive has {}", size(bytes));
    }
    if report.removed > 0 {
        say!("{} old files removed", table::count(report.removed));
    }
    say!(
        "{:.1} s, {:.1} s of CPU",
        report.seconds,
        report.cpu_seconds
    );
}

fn row(level: &LevelReport, codings: &[&String]) -> Vec<String> {
    let mut row = vec![
        level.layer.clone(),
        level.level.to_string(),
        table::count(level.tiles),
        table::count(level.made),
        table::count(level.bytes),
    ];
    let coded = codings
        .iter()
        .map(|name| table::count(level.coded_bytes.get(*name).copied().unwrap_or(0)));
    row.extend(coded);
    row.push(table::count(level.triangles));
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_and_mistakes_named() {
        assert_eq!(levels("0..3").ok(), Some(0..=3));
        assert_eq!(levels("0..=3").ok(), Some(0..=3));
        assert_eq!(levels("2").ok(), Some(2..=2));
        assert!(levels("3..2").is_err() && levels("a").is_err() && levels("").is_err());
        let at = around("1, -2,300").ok();
        assert_eq!(
            at.map(|at| [at.x, at.y, at.reach]),
            Some([1.0, -2.0, 300.0])
        );
        assert!(around("1,2").is_err() && around("1,2,-3").is_err() && around("1,2,inf").is_err());
        let names =
            |names: &[&str]| codings(&names.iter().map(|&it| it.to_owned()).collect::<Vec<_>>());
        assert_eq!(
            names(&["br", "gz", "br", "none"]).ok(),
            Some(vec![Coding::Brotli, Coding::Gzip])
        );
        assert!(names(&["lzma"]).is_err());
        assert!(packing(&[Coding::Brotli], true).is_err());
    }
}
