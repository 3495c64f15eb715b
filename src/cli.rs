//! The command line as data: what can be typed, and the help that teaches it.

mod view;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use bytesize::ByteSize;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use view::{ViewArguments, ViewQuality};

/// Worlds as instructions: compile geometry grammars (CGA) to WebAssembly and make glTF.
#[derive(Debug, Parser)]
#[command(name = "gable", version, propagate_version = true, max_term_width = 100, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    /// Say more about what is done (or set `GABLE_LOG`, e.g. `GABLE_LOG=trace`)
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "\
Start here:
  gable generate                          a bundled city on bundled real footprints, to city.glb
  gable generate plant -o plant.glb       one bundled grammar on a lot of its own
  gable generate my.cga --features houses.geojson --set roofAngle=35 -o houses.glb
  gable grammars                          the bundled grammars; `gable grammars plant` prints one

RULES is a .cga file, a rule package (.rpk) or a .cga file in one, or the name of a bundled grammar.
Exit codes: 0 done, 1 the grammar has errors, 2 wrong command line, 3 a file is missing or broken,
4 the run was ended by a limit, 130 it was interrupted.";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Report everything that is wrong with grammars
    Check(CheckArguments),
    /// Format grammars
    Fmt(FmtArguments),
    /// Show a stage of the compiler
    Show(ShowArguments),
    /// Compile a grammar to a WebAssembly module
    Compile(CompileArguments),
    /// Run a grammar on features and write a model
    Generate(Box<GenerateArguments>),
    /// Serve worlds as 3D Tiles
    Serve(Box<ServeArguments>),
    /// Look at a world
    #[command(after_help = view::HELP)]
    View(Box<ViewArguments>),
    /// Write a world as a static 3D Tiles tileset, for any web server
    #[command(after_help = BAKE_HELP)]
    Bake(BakeArguments),
    /// Look at tilesets, of ours and of others
    Tiles(TilesArguments),
    /// Look at worlds: layers of features and grammars
    World(WorldArguments),
    /// Sign a URL, which opens its world for a while
    Sign(SignArguments),
    /// List the bundled grammars, or print one
    Grammars(GrammarsArguments),
    /// Play traces of requests against the placement rule, fixed policies and the offline bound
    Simulate(Box<SimulateArguments>),
    /// Print completions for a shell
    #[command(after_help = "For example: gable completions bash > /etc/bash_completion.d/gable")]
    Completions(CompletionsArguments),
}

/// How messages are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageFormat {
    /// For people
    Text,
    /// One JSON array, for editors
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Grammar files, folders of them, rule packages, or names of bundled grammars
    #[arg(required = true, value_name = "RULES")]
    pub(crate) rules: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: MessageFormat,
    /// The same as --format json
    #[arg(long)]
    pub(crate) json: bool,
    /// Warnings are errors, too
    #[arg(long)]
    pub(crate) deny_warnings: bool,
    /// Instead: which features of the language are used, how often, and whether there are these. The exit code is 1 when
    /// one is missing
    #[arg(long, conflicts_with = "deny_warnings")]
    pub(crate) compat: bool,
}

impl CheckArguments {
    /// How to print.
    pub(crate) fn format(&self) -> MessageFormat {
        if self.json {
            MessageFormat::Json
        } else {
            self.format
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct FmtArguments {
    /// Grammar files or folders of them; `-` formats standard input to standard output
    #[arg(required = true, value_name = "RULES")]
    pub(crate) rules: Vec<PathBuf>,
    /// Change nothing; exit with 1 when a file is not formatted
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
#[group(skip)]
#[command(group(ArgGroup::new("stage").args(["ast", "ir", "wat", "manifest"]).required(true)))]
pub(crate) struct ShowArguments {
    /// The grammar
    #[arg(value_name = "RULES")]
    pub(crate) rules: PathBuf,
    /// The syntax tree
    #[arg(long)]
    pub(crate) ast: bool,
    /// The typed intermediate representation
    #[arg(long)]
    pub(crate) ir: bool,
    /// The module as WebAssembly text
    #[arg(long)]
    pub(crate) wat: bool,
    /// Attributes, start rules and assets, as JSON
    #[arg(long)]
    pub(crate) manifest: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CompileArguments {
    /// The grammar
    #[arg(value_name = "RULES")]
    pub(crate) rules: PathBuf,
    /// The module; by default beside the grammar, with the ending .wasm
    #[arg(long, short)]
    pub(crate) output: Option<PathBuf>,
    /// Also write the kernel that the module needs to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) kernel: Option<PathBuf>,
}

/// What a grammar is run on, and how.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct ShapesArguments {
    /// Footprints: GeoJSON, FlatGeobuf, OpenStreetMap PBF, CityJSON, PMTiles, a vector tile or a folder of them.
    /// Without it, the bundled footprints for the bundled city, else one lot (see --lot)
    #[arg(long, short, value_name = "FILE")]
    pub(crate) features: Option<PathBuf>,
    /// The lot when there are no features: `WIDTHxDEPTH` in metres [default: 30x20, or what suits a bundled grammar]
    #[arg(long, value_name = "WxD")]
    pub(crate) lot: Option<String>,
    /// The rule to start with; by default the first marked @`StartRule`
    #[arg(long, value_name = "RULE")]
    pub(crate) start: Option<String>,
    /// Set an attribute, for all shapes
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// Fill an attribute from a property of each feature (same names need no mapping)
    #[arg(long = "map", value_name = "NAME=PROPERTY")]
    pub(crate) map: Vec<String>,
    /// Seed of all random choices
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
#[command(after_help = GENERATE_HELP)]
pub(crate) struct GenerateArguments {
    /// The grammar; without it, the bundled city
    #[arg(value_name = "RULES")]
    pub(crate) rules: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) shapes: ShapesArguments,
    /// Level of detail, given to the attribute LOD
    #[arg(long, value_name = "N")]
    pub(crate) lod: Option<f64>,
    /// Only features that touch this box: west,south,east,north in degrees (or metres of projected data)
    #[arg(long, value_name = "W,S,E,N")]
    pub(crate) bounds: Option<String>,
    /// Only the first N features
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// The layer of vector tiles
    #[arg(long, value_name = "NAME")]
    pub(crate) layer: Option<String>,
    /// Folders where models and textures are looked up, before those beside the grammar
    #[arg(long, value_name = "DIR")]
    pub(crate) assets: Vec<PathBuf>,
    /// The model to write: .glb or .obj; by default the grammar's name with .glb
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Also write the recipe, with which any Gable makes the same bytes
    #[arg(long, value_name = "FILE")]
    pub(crate) recipe: Option<PathBuf>,
    /// Also write what rules report as CSV: a row for each key of all shapes together, then one for each key of each
    /// shape; implies --feature-ids, so that the model has the same numbers
    #[arg(long, value_name = "FILE.csv")]
    pub(crate) reports: Option<PathBuf>,
    /// Textures as separate files beside the model
    #[arg(long)]
    pub(crate) external_textures: bool,
    /// Inserted models as copies instead of instances
    #[arg(long)]
    pub(crate) no_instances: bool,
    /// Integer coordinates (`KHR_mesh_quantization)`: smaller files
    #[arg(long)]
    pub(crate) quantize: bool,
    /// One feature number per footprint, with its attributes and sums of its reports (`EXT_mesh_features`,
    /// `EXT_structural_metadata`); with --json, its reports
    #[arg(long)]
    pub(crate) feature_ids: bool,
    /// The most work that may be done, in units of gas
    #[arg(long, value_name = "UNITS")]
    pub(crate) gas: Option<u64>,
    /// The most shapes that may be created
    #[arg(long, value_name = "N")]
    pub(crate) max_shapes: Option<u32>,
    /// The summary as JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

const GENERATE_HELP: &str = "\
Attributes of the grammar get their values from, first wins: --set, --lod; --map; a property of
the feature with the attribute's name; the grammar's own default.

Examples:
  gable generate
  gable generate perimeter_block --features helsinki.osm.pbf --lod 1 -o helsinki.glb
  gable generate tower.cga --lot 40x40 --set height=120 --json -o tower.obj";

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line, for collectors
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = SERVE_HELP)]
pub(crate) struct ServeArguments {
    /// World files, folders that have a world.toml, or names of bundled worlds; without any, all bundled worlds
    #[arg(value_name = "WORLD")]
    pub(crate) worlds: Vec<PathBuf>,
    /// Settings; by default gable.toml in the current folder, if there is one
    #[arg(long, env = "GABLE_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Address and port to listen at; port 0 takes any [default: 127.0.0.1:8080]
    #[arg(long, env = "GABLE_BIND", value_name = "ADDRESS:PORT")]
    pub(crate) bind: Option<SocketAddr>,
    /// Folder where content is kept between starts; without it, in memory only
    #[arg(long, env = "GABLE_TILES_CACHE", value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
    /// Bytes of content on disk, such as 20GB [default: 8GiB]
    #[arg(long, env = "GABLE_DISK", value_name = "SIZE")]
    pub(crate) disk: Option<ByteSize>,
    /// Bytes of content in memory [default: 256MiB]
    #[arg(long, env = "GABLE_MEMORY", value_name = "SIZE")]
    pub(crate) memory: Option<ByteSize>,
    /// Threads that generate [default: one a core]
    #[arg(long, env = "GABLE_WORKERS", value_name = "N")]
    pub(crate) workers: Option<u32>,
    /// Generations that may wait for them [default: 256]
    #[arg(long, env = "GABLE_QUEUE", value_name = "N")]
    pub(crate) queue: Option<usize>,
    /// What resources cost: a named set (`gable simulate --help` lists them); each price by itself in gable.toml
    #[arg(long, env = "GABLE_WEIGHTS", value_name = "NAME")]
    pub(crate) weights: Option<String>,
    /// Serve the worlds of another Gable server, as an edge; of several the first that answers
    #[arg(
        long,
        env = "GABLE_UPSTREAM",
        value_delimiter = ',',
        value_name = "URL"
    )]
    pub(crate) upstream: Vec<String>,
    /// Certificate chain (PEM) for HTTPS
    #[arg(long, env = "GABLE_TLS_CERTIFICATE", value_name = "FILE")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// Its private key (PEM)
    #[arg(long, env = "GABLE_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Require this bearer token; several may be given
    #[arg(
        long,
        env = "GABLE_TOKEN",
        value_delimiter = ',',
        value_name = "TOKEN",
        hide_env_values = true
    )]
    pub(crate) token: Vec<String>,
    /// Require URLs signed with this key; several while keys are changed
    #[arg(
        long,
        env = "GABLE_SIGNING_KEY",
        value_delimiter = ',',
        value_name = "KEY",
        hide_env_values = true
    )]
    pub(crate) signing_key: Vec<String>,
    /// Requests a second that one client may make [default: any number]
    #[arg(long, env = "GABLE_RATE", value_name = "N")]
    pub(crate) rate: Option<f32>,
    /// Connections at once [default: 16384]
    #[arg(long, env = "GABLE_CONNECTIONS", value_name = "N")]
    pub(crate) connections: Option<usize>,
    /// Connections at once of one client [default: 256]
    #[arg(long, env = "GABLE_CONNECTIONS_PER_ADDRESS", value_name = "N")]
    pub(crate) connections_per_address: Option<usize>,
    /// Networks of proxies whose word on the client's address is taken, such as 10.0.0.0/8
    #[arg(
        long,
        env = "GABLE_TRUSTED_PROXY",
        value_delimiter = ',',
        value_name = "NETWORK"
    )]
    pub(crate) trusted_proxy: Vec<ipnet::IpNet>,
    /// Seconds that requests in flight get to end at shutdown [default: 10]
    #[arg(long, env = "GABLE_GRACE_SECONDS", value_name = "SECONDS")]
    pub(crate) grace_seconds: Option<u64>,
    /// Record requests in this file, for `gable simulate --trace FILE`
    #[arg(long, env = "GABLE_RECORD", value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Export traces to this OpenTelemetry collector, by OTLP over HTTP, such as `http://127.0.0.1:4318`
    /// [default: `OTEL_EXPORTER_OTLP_ENDPOINT`, else none]
    #[arg(long, env = "GABLE_OTLP", value_name = "URL")]
    pub(crate) otlp: Option<String>,
    /// Share of traces that is exported; clients that send `traceparent` decide of theirs [default: 1.0]
    #[arg(long, env = "GABLE_OTLP_SAMPLE", value_name = "SHARE")]
    pub(crate) otlp_sample: Option<f64>,
    /// How logs are written
    #[arg(
        long,
        env = "GABLE_LOG_FORMAT",
        value_enum,
        default_value = "text",
        value_name = "FORMAT"
    )]
    pub(crate) log_format: LogFormat,
    /// Log each request
    #[arg(long, env = "GABLE_ACCESS_LOG")]
    pub(crate) access_log: bool,
}

const SERVE_HELP: &str = "\
Any client of 3D Tiles 1.1 gets meshes. Clients that understand recipes ask
/WORLD/LAYER/REVISION/tile/LEVEL/X/Y and get the recipe or the mesh, whichever costs least at
that moment; the answer's headers Server-Timing and Gable-Placement say why, and so does the
page /debug/placement. Other pages: /healthz /readyz /metrics.

Flags win over environment, environment over gable.toml (same names, `_` for `-`; see
docs/serving.md).

Examples:
  gable serve                                      the bundled demo worlds at http://127.0.0.1:8080/
  gable serve delft/world.toml --bind 0.0.0.0:80 --cache /var/cache/gable --disk 50GB
  gable serve --upstream https://origin.example    an edge: generates itself or fetches, whichever costs less
  gable serve --otlp http://127.0.0.1:4318         traces of requests to an OpenTelemetry collector";

#[derive(Debug, Args)]
pub(crate) struct BakeArguments {
    /// A world.toml, a folder that has one, or the name of a bundled world
    #[arg(value_name = "WORLD")]
    pub(crate) world: PathBuf,
    /// The folder to bake to, or a .3tz archive; one of an earlier bake is gone on with
    #[arg(long, short, value_name = "DIR|FILE.3tz")]
    pub(crate) output: PathBuf,
    /// Packed siblings beside each file, with commas between: br, zstd, gzip, or none. In an archive, how its files are
    /// packed: gzip, zstd or none [default: none; in an archive, gzip]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) encoding: Vec<String>,
    /// Threads; so many tiles are in memory at once [default: one for each core]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<u32>,
    /// Only this layer; may be given more than once
    #[arg(long = "layer", value_name = "NAME")]
    pub(crate) layers: Vec<String>,
    /// Only these levels, from coarse to fine: 0..3 are the four coarsest
    #[arg(long, value_name = "A..B")]
    pub(crate) levels: Option<String>,
    /// Only tiles that touch a square: its middle in metres east and north of the world's origin, and how far it
    /// reaches to each side
    #[arg(long, value_name = "X,Y,METRES", allow_hyphen_values = true)]
    pub(crate) around: Option<String>,
    /// More tiles than this are refused
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) max_tiles: u64,
    /// Remove what earlier bakes left in the folder and this one does not need: old revisions, other tiles
    #[arg(long)]
    pub(crate) clean: bool,
    /// The summary as JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

const BAKE_HELP: &str = "\
Each file has the address and the bytes that `gable serve` gives it below /WORLD/. Point any web server at the folder,
and any 3D Tiles client at its tileset.json.

A bake that was interrupted goes on where it was when the same command is run again: files are there whole or not at
all. When the world has changed, its content gets new addresses; the old one stays for those who still read it, until a
run with --clean. Tiles that cannot be made are listed, the tileset does not announce them, and the exit code is 1.

Examples:
  gable bake san-francisco -o public/sf
  gable bake san-francisco -o public/sf --encoding br,gzip     # for nginx: brotli_static on; gzip_static on;
  gable bake delft/world.toml -o delft.3tz
  gable bake endless -o part --around 0,0,1000 --levels 0..9   # of a world without an end
  gable tiles check public/sf";

#[derive(Debug, Args)]
pub(crate) struct TilesArguments {
    /// What to do
    #[command(subcommand)]
    pub(crate) command: TilesCommand,
}

/// The subcommands of `gable tiles`.
#[derive(Debug, Subcommand)]
pub(crate) enum TilesCommand {
    /// Check whether a tileset and all its content keep what they promise
    #[command(after_help = TILES_HELP)]
    Check(TilesCheckArguments),
}

#[derive(Debug, Args)]
pub(crate) struct TilesCheckArguments {
    /// A folder with a tileset.json, such a file, a .3tz archive, or an address (http://...)
    #[arg(value_name = "TILESET")]
    pub(crate) tileset: String,
    /// Look at no more tiles than this
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub(crate) max_tiles: u64,
    /// As JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

const TILES_HELP: &str = "\
Checked are the JSON, that tiles lie inside those around them, every bit of every subtree against the files that there
are, and each content's structure, accessors, indices and extensions. The exit code is 1 when there is an error.

Examples:
  gable tiles check public/sf
  gable tiles check delft.3tz --json
  gable tiles check http://127.0.0.1:8080/san-francisco/tileset.json";

#[derive(Debug, Args)]
pub(crate) struct WorldArguments {
    /// What to do
    #[command(subcommand)]
    pub(crate) command: WorldCommand,
}

/// The subcommands of `gable world`.
#[derive(Debug, Subcommand)]
pub(crate) enum WorldCommand {
    /// Report what a world is made of, and whether its tiles can be made
    #[command(after_help = WORLD_HELP)]
    Check(WorldCheckArguments),
}

#[derive(Debug, Args)]
pub(crate) struct WorldCheckArguments {
    /// A world.toml, a folder that has one, or the name of a bundled world
    #[arg(required = true, value_name = "WORLD")]
    pub(crate) worlds: Vec<PathBuf>,
    /// As JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

const WORLD_HELP: &str = "\
For each level of each layer, the tile with the most initial shapes is generated. The exit code
is 1 when a tile cannot be made, or when features had to be left out because the grammar fails
on them.

A world.toml:

  name = \"Delft\"
  [[layer]]
  name = \"buildings\"
  features = \"delft.city.jsonl\"    # beside the file: GeoJSON, FlatGeobuf, OSM PBF, CityJSON, PMTiles
  grammar = \"city\"                # a bundled grammar, or a .cga beside the file
  set = { highRiseFrom = 40 }       # attributes for all features
  map = { height = \"eaves\" }      # attributes from properties of the features
  tile = 128.0                      # metres: side of the finest tiles
  detail = [0, 1, 2]                # the grammar's LOD from coarse to fine, one level of tiles each
  error = 1.0                       # metres: the smallest thing that the finest level leaves out
  [[layer]]
  name = \"ground\"
  cells = { side = 256.0, levels = 6 }   # squares of a grid around the origin, 2^(levels-1) a side
  grammar = \"ground\"";

#[derive(Debug, Args)]
#[command(after_help = SIGN_HELP)]
pub(crate) struct SignArguments {
    /// Address of anything in the world, such as <https://tiles.example/delft/tileset.json>; a path will do
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    /// The key that the server was given with --signing-key
    #[arg(
        long,
        env = "GABLE_SIGNING_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    pub(crate) key: String,
    /// How long it opens the world: a number and s, m, h or d
    #[arg(long, default_value = "1h", value_parser = duration, value_name = "TIME")]
    pub(crate) expires: Duration,
}

const SIGN_HELP: &str = "\
The signature opens everything of one world: clients of 3D Tiles carry a tileset's query along to its tiles. It cannot be
taken back; to close all URLs at once, give the server another key.

Examples:
  gable serve --signing-key \"$(cat key)\"
  gable sign http://127.0.0.1:8080/endless/tileset.json --key \"$(cat key)\" --expires 7d";

/// A time such as `90s`, `30m`, `1h`, `7d`.
fn duration(text: &str) -> Result<Duration, String> {
    let expected = || "expected a number and s, m, h or d, such as 90s, 1h or 7d".to_owned();
    let unit = match text.chars().next_back() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3600,
        Some('d') => 86_400,
        _ => return Err(expected()),
    };
    let number: u32 = text[..text.len() - 1].parse().map_err(|_| expected())?;
    Ok(Duration::from_secs(u64::from(number) * unit))
}

#[derive(Debug, Args)]
pub(crate) struct GrammarsArguments {
    /// Print this one
    pub(crate) name: Option<String>,
    /// Write all bundled grammars, models and textures to this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) copy_to: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = SIMULATE_HELP)]
pub(crate) struct SimulateArguments {
    /// A trace by name, or a recorded one: a file of JSON lines. May be given several times
    #[arg(long, short, value_name = "NAME|FILE")]
    pub(crate) trace: Vec<String>,
    /// What resources cost: a preset by name, or a JSON file. May be given several times
    #[arg(long, short, value_name = "NAME|FILE")]
    pub(crate) weights: Vec<String>,
    /// Room of the edge's cache as a share of all meshes of the trace. May be given several times
    #[arg(long, short, value_name = "SHARE")]
    pub(crate) cache: Vec<f64>,
    /// Length of the synthetic traces [default: 15000; 60000 with --all]
    #[arg(long, short = 'n', value_name = "N")]
    pub(crate) requests: Option<usize>,
    /// Seed of the synthetic traces
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// All traces, all weights, caches of 1, 5, 20 and 50 %, at full length: some minutes
    #[arg(long)]
    pub(crate) all: bool,
    /// Everything that was measured, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// A picture of it, as SVG
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,
    /// Write the trace as JSON lines instead of playing it; with --against, with the tiles of the world there
    #[arg(long, value_name = "FILE")]
    pub(crate) write_trace: Option<PathBuf>,
    /// Play the traces over HTTP, too: the address of a running `gable serve` that has learned nothing yet
    #[arg(long, value_name = "URL", conflicts_with_all = ["all", "plot"])]
    pub(crate) against: Option<String>,
    /// The world there whose tiles are asked for; may be left out when there is only one
    #[arg(long, value_name = "NAME", requires = "against")]
    pub(crate) world: Option<String>,
    /// Only tiles of this layer; may be given more than once
    #[arg(long = "layer", value_name = "NAME", requires = "against")]
    pub(crate) layers: Vec<String>,
    /// Only tiles of these levels, from coarse to fine: 4..7 are four levels
    #[arg(long, value_name = "A..B", value_parser = levels, requires = "against")]
    pub(crate) levels: Option<(u8, u8)>,
    /// How long each trace takes over HTTP; it is made of as many requests as that takes, or with --requests hurried [default: 120]
    #[arg(long, value_name = "SECONDS", requires = "against")]
    pub(crate) seconds: Option<f64>,
    /// What was learned of tiles is kept in this file for the next replay
    #[arg(long, value_name = "FILE", requires = "against")]
    pub(crate) learned: Option<PathBuf>,
    /// Only learn the tiles and say how many bytes and CPU seconds they are
    #[arg(long, requires = "against")]
    pub(crate) prepare: bool,
}

/// Levels such as `4..7`, the last included.
fn levels(text: &str) -> Result<(u8, u8), String> {
    let expected = || "expected two levels, the coarser first, such as 4..7".to_owned();
    let (first, last) = text.split_once("..").ok_or_else(expected)?;
    let levels = first.parse().ok().zip(last.parse().ok());
    levels
        .filter(|(first, last)| first <= last)
        .ok_or_else(expected)
}

const SIMULATE_HELP: &str = "\
For each request of a trace, somebody makes the tile's content: the client from the recipe, this
edge, or its origin. The simulator charges what each choice uses (CPU of device, edge and
origin, megabytes, room in the cache, seconds that users wait) at the operator's weights, and
divides by a lower bound that no policy can beat, whatever it knows of the future. `ours` is the
rule that `gable serve` runs, the very same code. `clairvoyant` knows the future and obeys the
cache.

Traces: zipf-0.6 zipf-0.8 zipf-1.0 zipf-1.1 (any zipf-X) drift solo group flash explore mixed
        phones desktops times-1 times-2 times-3 times-4 times-6 switch noisy short overload
        overload-flash overload-phones liars-20 liars-50
Weights: balanced latency egress battery edgecpu flatrate edgeonly

Examples:
  gable simulate
  gable simulate --trace flash --weights latency --cache 0.01 --cache 0.2
  gable simulate --all --plot placement.svg --json placement.json
  gable simulate --trace group --write-trace group.jsonl     shows the format of recorded traces
  gable simulate --trace group.jsonl --weights mine.json
  gable simulate --against http://127.0.0.1:8080 --world endless --trace zipf-0.8 --seconds 60

With --against, a trace's tiles are tiles of a world that is served there, with their true sizes and work (recipes
come from the server, content is made here to see what it takes). The simulator plays that trace, then simulated
clients ask the server: they say what clients say (Gable-Client), get its real decisions, and wait as long as it
makes them wait; only their own generation is not done. Prices, cores and room are the server's.";

#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}
