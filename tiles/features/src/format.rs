//! Which format a file has: by its extension, else by its first bytes.

use std::fmt;

/// A format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 7946, or its 2008 predecessor with a `crs`.
    GeoJson,
    /// FlatGeobuf, version 3.
    FlatGeobuf,
    /// OpenStreetMap protocol buffers.
    OsmPbf,
    /// One Mapbox vector tile, plain or gzipped, or a folder of them.
    VectorTile,
    /// A PMTiles archive, version 3, of vector tiles.
    PmTiles,
    /// One CityJSON object.
    CityJson,
    /// CityJSON text sequence: a header line, then one feature a line.
    CityJsonSeq,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GeoJson => "GeoJSON",
            Self::FlatGeobuf => "FlatGeobuf",
            Self::OsmPbf => "OpenStreetMap PBF",
            Self::VectorTile => "a vector tile",
            Self::PmTiles => "PMTiles",
            Self::CityJson => "CityJSON",
            Self::CityJsonSeq => "CityJSONSeq",
        })
    }
}

/// What the name promises; nothing where the extension is unknown or used by several formats.
pub(crate) fn by_name(name: &str) -> Option<Format> {
    let name = name.to_ascii_lowercase();
    let endings: [(&[&str], Format); 7] = [
        (&[".city.jsonl", ".jsonl"], Format::CityJsonSeq),
        (&[".city.json", ".cityjson"], Format::CityJson),
        (&[".geojson"], Format::GeoJson),
        (&[".fgb"], Format::FlatGeobuf),
        (&[".pbf.mvt", ".mvt", ".mvt.gz"], Format::VectorTile),
        (&[".osm.pbf"], Format::OsmPbf),
        (&[".pmtiles"], Format::PmTiles),
    ];
    let found = endings
        .iter()
        .find(|(list, _)| list.iter().any(|ending| name.ends_with(ending)));
    found.map(|(_, format)| *format)
}

/// What the first bytes prove.
pub(crate) fn by_content(bytes: &[u8]) -> Option<Format> {
    if bytes.starts_with(b"fgb\x03fgb") {
        return Some(Format::FlatGeobuf);
    }
    if bytes.starts_with(b"PMTiles\x03") {
        return Some(Format::PmTiles);
    }
    // Length of the blob header, field 1 of length 9.
    if bytes.get(4..15) == Some(b"\x0a\x09OSMHeader") {
        return Some(Format::OsmPbf);
    }
    // Field 3 (layer) of a tile, or gzip.
    if bytes.first() == Some(&0x1a) || bytes.starts_with(&[0x1f, 0x8b]) {
        return Some(Format::VectorTile);
    }
    by_json(bytes)
}

/// Tells the JSON formats apart by the words near the start.
fn by_json(bytes: &[u8]) -> Option<Format> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1 << 16)]);
    let head = head.trim_start_matches('\u{feff}').trim_start();
    if !head.starts_with('{') {
        return None;
    }
    let first_line = head.lines().next().unwrap_or_default();
    if first_line.contains("\"CityJSON\"") && first_line.trim_end().ends_with('}') {
        let more = head.lines().skip(1).any(|line| !line.trim().is_empty());
        return Some(if more {
            Format::CityJsonSeq
        } else {
            Format::CityJson
        });
    }
    let geojson = [
        "\"FeatureCollection\"",
        "\"Feature\"",
        "\"Polygon\"",
        "\"MultiPolygon\"",
    ];
    if head.contains("\"CityJSON\"") {
        Some(Format::CityJson)
    } else if geojson.iter().any(|word| head.contains(word)) {
        Some(Format::GeoJson)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_names_the_format_whatever_its_case() {
        assert_eq!(by_name("a/B.OSM.PBF"), Some(Format::OsmPbf));
        assert_eq!(by_name("delft.city.jsonl"), Some(Format::CityJsonSeq));
        assert_eq!(by_name("x.city.json"), Some(Format::CityJson));
        assert_eq!(by_name("x.json"), None);
        assert_eq!(by_name("x.pbf"), None);
    }

    #[test]
    fn the_content_tells_the_json_formats_apart() {
        assert_eq!(
            by_content(b" {\"type\": \"FeatureCollection\""),
            Some(Format::GeoJson)
        );
        assert_eq!(
            by_content(b"{\n\"type\": \"CityJSON\",\n"),
            Some(Format::CityJson)
        );
        let lines = b"{\"type\":\"CityJSON\"}\n{\"type\":\"CityJSONFeature\"}\n";
        assert_eq!(by_content(lines), Some(Format::CityJsonSeq));
        assert_eq!(by_content(b"hello"), None);
        assert_eq!(by_content(b""), None);
    }
}
