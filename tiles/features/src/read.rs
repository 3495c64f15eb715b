//! The way in: files and folders to bytes, bytes to features.

use std::fs;
use std::path::Path;

use crate::source::{self, Source};
use crate::{FeatureError, Features, Format, ReadOptions, format};

/// Reads a file, or a folder of vector tiles. The only function here that does input or output.
///
/// # Errors
/// See [`FeatureError`]; defects of single features are warnings in [`Features`] instead.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Features, FeatureError> {
    let unreadable = |source| FeatureError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let bytes = fs::read(path).map_err(unreadable)?;
    parse(&path.to_string_lossy(), &bytes, options)
}

/// Reads bytes. The name gives the extension and, for vector tiles, the coordinates; messages carry
/// it.
///
/// # Errors
/// As [`read`], less those of the file system.
pub fn parse(name: &str, bytes: &[u8], options: &ReadOptions) -> Result<Features, FeatureError> {
    let by_name = format::by_name(name);
    let by_content = format::by_content(bytes);
    let Some(format) = by_name.or(by_content) else {
        return Err(FeatureError::UnknownFormat {
            name: name.to_owned(),
        });
    };
    let parsed = parse_as(format, name, bytes, options);
    let source = parsed.map_err(|error| match by_content {
        Some(found) if found != format => FeatureError::WrongFormat {
            name: name.to_owned(),
            expected: format,
            found,
        },
        _ => error,
    })?;
    source::localise(name, format, source, options)
}

fn parse_as(
    format: Format,
    name: &str,
    bytes: &[u8],
    _options: &ReadOptions,
) -> Result<Source, FeatureError> {
    match format {
        Format::GeoJson => source::geojson::parse(name, bytes),
        _ => Err(FeatureError::UnknownFormat {
            name: name.to_owned(),
        }),
    }
}
