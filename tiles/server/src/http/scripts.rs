//! Scripts with which pages generate in browsers (`viewer/web`), for pages of this server and to be copied to others.

use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::Response;
use bytes::Bytes;
use gable_runtime::hash;

use super::reply::Reply;

const SCRIPTS: [(&str, &[u8]); 3] = [
    (
        "/gable.js",
        include_bytes!("../../../../viewer/web/dist/gable.js"),
    ),
    (
        "/gable-sw.js",
        include_bytes!("../../../../viewer/web/dist/gable-sw.js"),
    ),
    (
        "/gable-worker.js",
        include_bytes!("../../../../viewer/web/dist/gable-worker.js"),
    ),
];

/// Where they are.
pub(super) fn paths() -> impl Iterator<Item = &'static str> {
    SCRIPTS.iter().map(|(path, _)| *path)
}

/// The script at a path. Browsers ask again for each, so that all are of one version.
pub(super) async fn script(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let script = SCRIPTS.iter().find(|(path, _)| *path == uri.path());
    let reply = match script {
        Some((_, bytes)) => {
            Reply::bytes(Bytes::from_static(bytes), "text/javascript; charset=utf-8")
                .tagged(&hash::hex(&hash::sha256(bytes))[..16])
                .header(header::CACHE_CONTROL, "no-cache")
        }
        None => Reply::problem(StatusCode::NOT_FOUND, "there is no such script"),
    };
    reply.finish(method == Method::HEAD, &headers)
}
