//! Why features could not be read. Every message names the file, the place where there is one, the
//! cause and the cure.

use std::fmt;
use std::path::PathBuf;

use crate::Format;

/// A failure to read a file of features. Defects of single features are warnings instead.
#[derive(Debug, thiserror::Error)]
pub enum FeatureError {
    /// The file or folder could not be opened or read.
    #[error("{}: {source}; help: check the path and its permissions", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// Neither the extension nor the content tells the format.
    #[error(
        "{name}: not a known feature format; help: give .geojson, .fgb, .osm.pbf, .mvt (or a \
         folder of them), .pmtiles, .city.json or .city.jsonl"
    )]
    UnknownFormat {
        /// The file.
        name: String,
    },
    /// The content is of another format than the extension promises.
    #[error("{name}: the extension says {expected}, the content is {found}; help: rename the file")]
    WrongFormat {
        /// The file.
        name: String,
        /// By its extension.
        expected: Format,
        /// By its content.
        found: Format,
    },
    /// The content breaks the rules of its format, or ends too early.
    #[error(
        "{name}{location}: {cause}; help: the file is damaged or not {format}: fetch or export it \
         again"
    )]
    Malformed {
        /// The file.
        name: String,
        /// The format it was read as.
        format: Format,
        /// Where in the file.
        location: Location,
        /// What is wrong there.
        cause: String,
    },
    /// A coordinate is NaN, infinite, or outside the range of its reference system.
    #[error("{name}: {feature} has {cause}; help: correct or remove this feature")]
    Coordinate {
        /// The file.
        name: String,
        /// The feature's id.
        feature: String,
        /// The coordinate and its fault.
        cause: String,
    },
    /// The coordinate reference system is unknown or not metric.
    #[error(
        "{name}: {cause}; help: reproject to longitude and latitude (EPSG:4326) or a metric \
         system, for example with ogr2ogr -t_srs EPSG:4326"
    )]
    Reference {
        /// The file.
        name: String,
        /// What is wrong with the reference system.
        cause: String,
    },
    /// The features lie too far apart for one flat local frame.
    #[error(
        "{name}: {feature} lies {kilometres:.0} km from the origin, too far for one flat frame; \
         help: cut the data with bounds (west,south,east,north)"
    )]
    TooFar {
        /// The file.
        name: String,
        /// The first feature too far away.
        feature: String,
        /// Its distance from the origin.
        kilometres: f64,
    },
    /// The file was read, but holds no polygon to build on.
    #[error("{name}: no polygons ({looked_for}); help: {cure}")]
    NoPolygons {
        /// The file.
        name: String,
        /// What was looked for.
        looked_for: String,
        /// What to try.
        cure: String,
    },
    /// A vector tile's coordinates are not in its name.
    #[error("{name}: no tile coordinates in the name; help: name it z-x-y.mvt or z/x/y.mvt")]
    TileName {
        /// The file.
        name: String,
    },
    /// A setting given as text could not be read.
    #[error("`{text}` is no {setting}; help: write {expected}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// What was given.
        text: String,
        /// The form it must have.
        expected: &'static str,
    },
}

/// Where in a file something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// Line and column of a text file, from 1.
    Line {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// Byte of a binary file, from 0.
    Byte(u64),
    /// Feature number, from 0.
    Feature(usize),
    /// The whole file.
    File,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { line, column } => write!(f, ":{line}:{column}"),
            Self::Byte(byte) => write!(f, ": at byte {byte}"),
            Self::Feature(index) => write!(f, ": in feature {index}"),
            Self::File => Ok(()),
        }
    }
}

impl FeatureError {
    /// A [`FeatureError::Malformed`].
    pub(crate) fn malformed(
        name: &str,
        format: Format,
        location: Location,
        cause: impl fmt::Display,
    ) -> Self {
        Self::Malformed {
            name: name.to_owned(),
            format,
            location,
            cause: cause.to_string(),
        }
    }
}
