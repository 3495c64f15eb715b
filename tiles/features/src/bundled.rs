//! The bundled cut of real buildings.

use crate::{FeatureError, Features, ReadOptions};

/// Whose data the bundled cut is.
pub const BUNDLED_ATTRIBUTION: &str = "© OpenStreetMap contributors, ODbL 1.0";

/// The bundled buildings, embedded in the program.
///
/// # Errors
/// [`FeatureError::NoPolygons`] if the options' bounds or origin leave nothing of it.
pub fn bundled(options: &ReadOptions) -> Result<Features, FeatureError> {
    crate::parse("bundled.geojson", b"{}", options)
}
