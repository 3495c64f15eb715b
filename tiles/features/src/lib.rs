//! Reads geographic features: footprints and their attributes, in metres.
//!
//! `bytes -> source (rings in the file's own coordinates) -> local frame -> repair -> features`
//!
//! - [`source`](self) modules, one per [`Format`], turn bytes into rings and properties. They do no
//!   input or output; only [`read`] does.
//! - The [`Frame`] says where the local origin lies on Earth. Coordinates follow the kernel:
//!   right-handed, metres, x = east, y = up, z = south.
//! - Repair makes every polygon simple, correctly oriented and free of slivers. What it changes or
//!   drops is a [`Warning`]; nothing is lost silently.
//! - The [`AttributeMapping`] turns the many names of one thing (`building:levels`, `num_floors`,
//!   `b3_bouwlagen`) into the attributes that a grammar reads (`levels`).
//!
//! ```
//! use gable_features::{ReadOptions, parse};
//!
//! let text = br#"{"type":"Feature","properties":{"height":"12 m"},"geometry":{"type":"Polygon",
//!     "coordinates":[[[24.94,60.17],[24.941,60.17],[24.941,60.171],[24.94,60.17]]]}}"#;
//! let features = parse("house.geojson", text, &ReadOptions::default())?;
//! assert_eq!(features.features[0].value("height").and_then(|v| v.as_number()), Some(12.0));
//! # Ok::<(), gable_features::FeatureError>(())
//! ```

mod bundled;
mod error;
mod feature;
mod format;
mod frame;
mod mapping;
mod place;
mod quantity;
mod read;
mod reference;
mod repair;
mod source;
mod warning;

pub use bundled::{BUNDLED_ATTRIBUTION, bundled};
pub use error::{FeatureError, Location};
pub use feature::{Attributes, EDGE_ATTRIBUTE, Feature, Features, Polygon, Ring, Value};
pub use format::Format;
pub use frame::{Frame, Origin};
pub use mapping::AttributeMapping;
pub use place::{Bounds, ReadOptions};
pub use read::{parse, read};
pub use warning::{Defect, Warning};
