//! Scripts with which pages generate in browsers (`viewer/web`), for pages of this server and to be copied to others.

/// A script's path on the server, and its bytes.
pub(crate) const SCRIPTS: [(&str, &[u8]); 3] = [
    (
        "/gable.js",
        include_bytes!("../../../viewer/web/dist/gable.js"),
    ),
    (
        "/gable-sw.js",
        include_bytes!("../../../viewer/web/dist/gable-sw.js"),
    ),
    (
        "/gable-worker.js",
        include_bytes!("../../../viewer/web/dist/gable-worker.js"),
    ),
];
