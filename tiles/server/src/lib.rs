//! Serves worlds as 3D Tiles 1.1: for each request of a capable client the recipe or the mesh, whichever costs least now.

pub mod guard;
pub mod listen;
