//! Placement: whether a tile's content is made by the client, by this edge or by the origin, and what is worth keeping.
//!
//! The rule minimises money: what each answer uses ([`usage`]) times what the operator pays ([`Weights`]). [`decide`] is
//! the rule, a pure function. [`Planner`] holds what was learned (clients, tiles, returns, load) and calls it for each
//! request; [`Shelf`] says which tiles a bounded cache holds.
//!
//! Units: seconds; megabytes of 10^6 bytes; micro-dollars. *Work* of a tile is the CPU seconds that one core of this edge
//! needs for it; *power* of a client is how many seconds of such work it does in a second (1: as fast as an edge core).
//!
//! No I/O, no clock, no thread: time comes in as a number, and the same calls give the same answers.

mod bounded;
mod client;
mod load;
mod panel;
mod planner;
mod popularity;
mod rule;
mod shelf;
pub mod simulate;
mod tile;
pub mod usage;
mod weights;

pub use client::{
    ClassSnapshot, ClientSnapshot, DeviceClass, EffectiveType, Generation, Hints, Report,
};
pub use load::Edge;
pub use planner::{Planner, Request, Snapshot, Tally, TileSnapshot};
pub use rule::{Cached, Costs, Decision, Observation, Placement, Reason, Settings, State, decide};
pub use shelf::{Offer, Shelf};
pub use usage::Origin;
pub use weights::{ClassFactors, Weights};
