//! What an answer uses, in seconds and megabytes. One home for the cost model: the rule prices what it expects with these
//! functions, the simulator prices what happened.

use serde::{Deserialize, Serialize};

/// Edge CPU seconds to send bytes that are there.
pub const SERVE_SECONDS: f64 = 0.0004;
/// Seconds until the first byte of what is there leaves.
const FIRST_BYTE_SECONDS: f64 = 0.0005;
/// Seconds that a client as fast as an edge core needs to unpack (brotli, meshopt) one megabyte of mesh as it is sent:
/// measured in Node on the meshes of the bundled worlds.
const DECODE_SECONDS_PER_MEGABYTE: f64 = 0.03;
/// Seconds that a client as fast as an edge core needs to compile a module.
const COMPILE_SECONDS: f64 = 0.030;
/// Origin CPU seconds to send a mesh that is there.
const ORIGIN_SERVE_SECONDS: f64 = 0.0005;

/// What one answer uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// CPU seconds of the client's device.
    pub device_seconds: f64,
    /// CPU seconds of this edge.
    pub edge_seconds: f64,
    /// CPU seconds of the origin.
    pub origin_seconds: f64,
    /// Megabytes from this edge to the client.
    pub megabytes_out: f64,
    /// Megabytes from the origin to this edge.
    pub megabytes_from_origin: f64,
    /// Seconds from the client's request to content on its screen.
    pub waiting_seconds: f64,
}

impl Usage {
    /// The same, but nobody waits for it.
    #[must_use]
    pub fn unawaited(self) -> Self {
        Self {
            waiting_seconds: 0.0,
            ..self
        }
    }
}

impl std::ops::Add for Usage {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        Self {
            device_seconds: self.device_seconds + other.device_seconds,
            edge_seconds: self.edge_seconds + other.edge_seconds,
            origin_seconds: self.origin_seconds + other.origin_seconds,
            megabytes_out: self.megabytes_out + other.megabytes_out,
            megabytes_from_origin: self.megabytes_from_origin + other.megabytes_from_origin,
            waiting_seconds: self.waiting_seconds + other.waiting_seconds,
        }
    }
}

/// A client as the cost model sees it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClientView {
    /// Seconds that it needs for one edge CPU second of generation: the reciprocal of its power.
    pub slowness: f64,
    /// Seconds that it needs to receive one megabyte.
    pub seconds_per_megabyte: f64,
    /// Round trip to this edge, in seconds.
    pub rtt: f64,
    /// How much a second of its CPU counts: class and battery.
    pub device_factor: f64,
}

/// A tile as the cost model sees it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TileView {
    /// Megabytes of the recipe.
    pub recipe: f64,
    /// Megabytes of the encoded mesh.
    pub mesh: f64,
    /// Edge CPU seconds to generate it.
    pub work: f64,
}

/// The server that this edge may ask for meshes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// Round trip, in seconds.
    pub rtt: f64,
    /// Megabytes a second.
    pub megabytes_per_second: f64,
    /// How often it has the mesh, 0 to 1.
    pub hit_rate: f64,
}

impl Default for Origin {
    fn default() -> Self {
        Self {
            rtt: 0.070,
            megabytes_per_second: 125.0,
            hit_rate: 0.7,
        }
    }
}

/// The recipe is sent, the client generates.
#[inline]
#[must_use]
pub fn recipe(client: &ClientView, tile: &TileView) -> Usage {
    let generation = tile.work * client.slowness;
    Usage {
        device_seconds: generation,
        megabytes_out: tile.recipe,
        waiting_seconds: client.rtt + tile.recipe * client.seconds_per_megabyte + generation,
        ..Usage::default()
    }
}

/// What comes on top the first time that a client needs a module, of so many megabytes.
#[inline]
#[must_use]
pub fn module(client: &ClientView, megabytes: f64) -> Usage {
    let compiling = COMPILE_SECONDS * client.slowness;
    Usage {
        device_seconds: compiling,
        megabytes_out: megabytes,
        waiting_seconds: megabytes * client.seconds_per_megabyte + compiling,
        ..Usage::default()
    }
}

/// What comes on top of [`recipe`] when the client can run it only so many seconds after it asked.
#[inline]
#[must_use]
pub fn starting(client: &ClientView, tile: &TileView, seconds: f64) -> Usage {
    let arrival = client.rtt + tile.recipe * client.seconds_per_megabyte;
    Usage {
        waiting_seconds: (seconds - arrival).max(0.0),
        ..Usage::default()
    }
}

/// A mesh that is there is sent.
#[inline]
#[must_use]
pub fn mesh(client: &ClientView, tile: &TileView) -> Usage {
    let decoding = tile.mesh * DECODE_SECONDS_PER_MEGABYTE * client.slowness;
    Usage {
        device_seconds: decoding,
        edge_seconds: SERVE_SECONDS,
        megabytes_out: tile.mesh,
        waiting_seconds: client.rtt
            + tile.mesh * client.seconds_per_megabyte
            + FIRST_BYTE_SECONDS
            + decoding,
        ..Usage::default()
    }
}

/// What comes on top of [`mesh`] when the edge must generate it first and somebody waits for that.
#[inline]
#[must_use]
pub fn generation(tile: &TileView) -> Usage {
    Usage {
        edge_seconds: tile.work,
        waiting_seconds: tile.work,
        ..Usage::default()
    }
}

/// What comes on top of [`mesh`] when it must come from the origin first.
#[inline]
#[must_use]
pub fn from_origin(origin: &Origin, tile: &TileView) -> Usage {
    let generation = (1.0 - origin.hit_rate) * tile.work;
    Usage {
        origin_seconds: generation + ORIGIN_SERVE_SECONDS,
        megabytes_from_origin: tile.mesh,
        waiting_seconds: origin.rtt + tile.mesh / origin.megabytes_per_second + generation,
        ..Usage::default()
    }
}
