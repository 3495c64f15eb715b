//! What `gable view` takes.

use std::path::PathBuf;

use bytesize::ByteSize;
use clap::{Args, ValueEnum};

use super::ShapesArguments;

pub(super) const HELP: &str = "\
For example:
  gable view                                             the bundled city, in a window; keys are listed on `?`
  gable view plant                                       a bundled grammar on a lot of its own
  gable view tower.cga --features houses.geojson         your grammar: save it, and the picture follows
  gable view http://127.0.0.1:8080 --world-name endless  a world of a server
  gable view endless --camera 10,10,1.7,90,0 --screenshot street.png
  gable view --path demo --frames 60                     a flight through the city: times, bytes, memory
Drivers are chosen by WGPU_BACKEND (vulkan, metal, dx12, gl) and WGPU_ADAPTER_NAME.";

#[derive(Debug, Args)]
pub(crate) struct ViewArguments {
    /// A grammar (a .cga file, or the name of a bundled one), a world (a file, a folder that has a world.toml, or the name
    /// of a bundled one), or the address of a server
    #[arg(value_name = "RULES|WORLD|URL")]
    pub(crate) world: Option<String>,
    /// Which of a server's worlds
    #[arg(long, value_name = "NAME")]
    pub(crate) world_name: Option<String>,
    /// Where to look from: metres east, north and up, then heading and pitch in degrees
    #[arg(long, value_name = "X,Y,Z,HEADING,PITCH", allow_hyphen_values = true)]
    pub(crate) camera: Option<gable_view::camera::Camera>,
    /// Open no window: write a picture of the complete view (with --path: of its end)
    #[arg(long, value_name = "FILE.png")]
    pub(crate) screenshot: Option<PathBuf>,
    /// Open no window: fly along a recorded path and print what it took; `demo` is the one of the bundled world
    #[arg(long, value_name = "FILE.json|demo", conflicts_with = "camera")]
    pub(crate) path: Option<PathBuf>,
    /// Frames of the flight, evenly along the path, as fast as they are drawn; without it, by the clock
    #[arg(long, value_name = "N", requires = "path")]
    pub(crate) frames: Option<usize>,
    /// Size of the picture or window in pixels
    #[arg(long, value_name = "WxH", default_value = "1280x720", value_parser = parse_size)]
    pub(crate) size: [u32; 2],
    /// Hours since midnight, by the sun
    #[arg(long, value_name = "HOUR", default_value_t = 15.0)]
    pub(crate) time: f32,
    /// Pixels by which the picture may be wrong
    #[arg(long, value_name = "PIXELS", default_value_t = 16.0)]
    pub(crate) error: f64,
    /// Graphics memory for tiles
    #[arg(long, value_name = "SIZE", default_value = "512MiB")]
    pub(crate) memory: ByteSize,
    /// How much is done for looks [default: medium; in a window that the processor draws: low]
    #[arg(long, value_enum)]
    pub(crate) quality: Option<ViewQuality>,
    /// Seconds that the view may take to be complete
    #[arg(long, value_name = "SECONDS", default_value_t = 120.0)]
    pub(crate) timeout: f64,
    /// Print what it took, as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Where the window's screenshots go
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) pictures: PathBuf,
    /// What a grammar is run on, and how
    #[command(flatten, next_help_heading = "For grammars")]
    pub(crate) shapes: ShapesArguments,
}

/// How much is done for looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ViewQuality {
    /// For slow devices
    Low,
    /// Four samples a pixel, three shadow maps, ambient occlusion
    Medium,
    /// Large shadow maps
    High,
}

/// Sides of pictures are not longer.
const LONGEST_SIDE: u32 = 16_384;

fn parse_size(text: &str) -> Result<[u32; 2], String> {
    let sides = text
        .split_once('x')
        .map(|(width, height)| [width.parse(), height.parse()]);
    match sides {
        Some([Ok(width), Ok(height)])
            if (1..=LONGEST_SIDE).contains(&width) && (1..=LONGEST_SIDE).contains(&height) =>
        {
            Ok([width, height])
        }
        _ => Err(format!(
            "expected width and height in pixels from 1 to {LONGEST_SIDE}, such as 1280x720"
        )),
    }
}
