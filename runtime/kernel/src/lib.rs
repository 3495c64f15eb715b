//! The geometry kernel: shapes, scopes, meshes, random numbers, GLB.
