//! What a server says of itself beside what it learned: what `gable simulate --against` must know to play the same edge.

use gable_placement::Origin;
use serde::{Deserialize, Serialize};

use crate::service::Service;

/// The edge, as `/debug/placement?format=json` names it under `edge`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Version of the server.
    pub version: String,
    /// Threads that generate.
    pub cores: u32,
    /// Bytes that its cache may hold: on disk where it has one, else in memory.
    pub cache_bytes: u64,
    /// Bytes that it holds.
    pub kept_bytes: u64,
    /// The upstream server that answers, if there is one.
    pub origin: Option<Origin>,
}

impl Service {
    /// What this server says of itself.
    pub(crate) fn statement(&self) -> Statement {
        let worlds = self.site.worlds();
        Statement {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            cores: self.workshop.threads(),
            cache_bytes: self.cache_bytes(),
            kept_bytes: self.kept_bytes(),
            origin: worlds.iter().find_map(|served| served.origin()),
        }
    }
}
