//! `gable view --path`: a recorded flight, and what it took.

use std::path::Path as FilePath;

use gable_desktop::flight::{Flight, Pace, Percentiles};
use gable_desktop::headless::Headless;
use gable_session::scenery::Scenery;
use gable_view::path::Path;
use gable_world::library::bundle;

use super::{failure, patience};
use crate::cli::ViewArguments;
use crate::failure::Failure;
use crate::say::say;

/// Stands for the path that is bundled with a world.
const DEMO: &str = "demo";

/// Reads a path.
pub(super) fn read(file: &FilePath, world: &str) -> Result<Path, Failure> {
    let text = if file == FilePath::new(DEMO) {
        let text = bundle::path(world);
        text.map(str::to_owned).ok_or_else(|| {
            Failure::Usage(format!(
                "--path demo: no path is bundled for `{world}`; name one of the bundled worlds ({}), or a file",
                bundle::worlds().join(", ")
            ))
        })?
    } else {
        std::fs::read_to_string(file).map_err(|error| Failure::file("read", file, &error))?
    };
    Path::from_json(&text).map_err(|error| Failure::Input(format!("{}: {error}", file.display())))
}

/// Flies along it.
pub(super) fn fly(
    viewer: &mut Headless,
    path: &Path,
    scenery: &Scenery,
    arguments: &ViewArguments,
) -> Result<(), Failure> {
    let pace = arguments.frames.map_or(Pace::Clock, Pace::Frames);
    let flight = viewer
        .fly(path, pace, scenery, patience(arguments))
        .map_err(failure)?;
    if let Some(file) = &arguments.screenshot {
        viewer.write(file).map_err(failure)?;
    }
    if arguments.json {
        say!("{}", serde_json::to_string(&flight).expect("plain data"));
    } else {
        print(&flight);
    }
    Ok(())
}

fn print(flight: &Flight) {
    let [width, height] = flight.size;
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let percentiles = |numbers: &Percentiles| {
        let Percentiles {
            p50,
            p95,
            p99,
            most,
        } = numbers;
        format!("{p50:.1}, {p95:.1}, {p99:.1}, {most:.1}")
    };
    say!("{}, {width}x{height}", flight.device);
    if let Some(first) = flight.first_tile {
        say!("first tile after              {first:.2} s");
    }
    say!(
        "complete view after           {:.2} s",
        flight.complete_view
    );
    say!(
        "frames                        {} in {:.1} s, {:.0} % of them complete",
        flight.frames,
        flight.seconds,
        flight.complete_frames * 100.0
    );
    say!(
        "frame (50, 95, 99 %, most)    {} ms; of these streaming {} ms",
        percentiles(&flight.frame_milliseconds),
        percentiles(&flight.stream_milliseconds)
    );
    say!(
        "first view, nothing new       {:.1} ms, {:.1} times the sky alone ({:.1} ms)",
        flight.still_milliseconds,
        flight.still_milliseconds / flight.empty_milliseconds.max(1e-3),
        flight.empty_milliseconds
    );
    say!(
        "triangles (50 %, most)        {:.0}, {:.0} in {:.0}, {:.0} calls",
        flight.triangles.p50,
        flight.triangles.most,
        flight.calls.p50,
        flight.calls.most
    );
    say!(
        "tiles                         {} generated here, {} as meshes, {} failures",
        flight.generated,
        flight.meshes,
        flight.failures
    );
    say!(
        "over the network              {:.2} MB",
        megabytes(flight.wire_bytes)
    );
    say!(
        "to the device                 {:.1} MB, at most {:.2} MB in a frame",
        megabytes(flight.uploaded_bytes),
        megabytes(flight.most_uploaded_in_a_frame)
    );
    say!(
        "graphics memory               {:.1} MB, {:.1} MB per million triangles",
        megabytes(flight.graphics_bytes),
        flight.graphics_bytes_per_million_triangles / 1e6
    );
}
