//! Reads geographic features: footprints and their attributes in metres.
