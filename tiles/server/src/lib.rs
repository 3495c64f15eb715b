//! Serves worlds as 3D Tiles 1.1: for each request of a capable client the recipe or the mesh, whichever costs least now.
//!
//! A request goes `http` -> `service` (what is known of the tile, the planner's decision) -> cache or `content` (made
//! once for all who ask, by the `workshop`'s threads). Nothing that is sent depends on when or where it was made: the
//! hash of the recipe is the validator, so that a 304 or a HEAD generates nothing.

mod address;
pub mod bake;
mod calibration;
mod client;
mod content;
mod digest;
mod examples;
pub mod guard;
mod http;
pub mod listen;
mod measure;
mod metrics;
mod options;
mod record;
mod reload;
mod remote;
mod server;
mod service;
mod site;
mod statement;
mod survey;
pub mod trace;
mod upstream;
mod variant;
mod web;
mod workshop;

pub use http::Routes;
pub use measure::{Measured, measure};
pub use options::ServerOptions;
pub use server::{Server, ServerError};
pub use statement::Statement;
