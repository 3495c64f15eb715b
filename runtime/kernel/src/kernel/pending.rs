//! Functions of the table, operations on geometry, that are not written yet. To write one: delete its line here, and put the method in the file it
//! belongs to (`impl Kernel` in `ops/*.rs` or `kernel/*.rs`). This file disappears when it is empty.
use crate::Kernel;
use crate::limits::Stop;

#[rustfmt::skip]
impl Kernel {
    // ---- Transformations ----
    // ---- Geometry ----
    // ---- Looks ----
    // ---- Geometry queries ----
    pub(crate) fn geo_coord(&mut self, _axis: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
}
