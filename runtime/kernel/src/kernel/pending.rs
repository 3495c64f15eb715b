//! Functions of the table, operations on geometry, that are not written yet. To write one: delete its line here, and put the method in the file it
//! belongs to (`impl Kernel` in `ops/*.rs` or `kernel/*.rs`). This file disappears when it is empty.
use crate::Kernel;
use crate::limits::Stop;

#[rustfmt::skip]
impl Kernel {
    // ---- Transformations ----
    pub(crate) fn t(&mut self, _x: f64, _y: f64, _z: f64, _relative: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn s(&mut self, _x: f64, _y: f64, _z: f64, _relative: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn r(&mut self, _about: i32, _x: f64, _y: f64, _z: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn translate(&mut self, _mode: i32, _system: i32, _x: f64, _y: f64, _z: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn rotate(&mut self, _mode: i32, _system: i32, _x: f64, _y: f64, _z: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn center(&mut self, _axes: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn align_scope_to_axes(&mut self, _axes: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn align_scope_to_geometry(&mut self, _up: i32, _face: i32, _face_index: f64, _edge: i32, _edge_index: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn align_scope_to_geometry_bbox(&mut self, _plane: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn rotate_scope(&mut self, _x: f64, _y: f64, _z: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn set_pivot(&mut self, _order: i32, _corner: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn mirror_scope(&mut self, _x: i32, _y: i32, _z: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    // ---- Geometry ----
    pub(crate) fn extrude(&mut self, _direction: i32, _distance: f64, _relative: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn taper(&mut self, _height: f64, _relative: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn envelope(&mut self, _direction: i32, _height: f64, _front_height: f64, _front_angle: f64, _back_height: f64, _back_angle: f64, _right_height: f64, _right_angle: f64, _left_height: f64, _left_angle: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn roof_gable(&mut self, _mode: i32, _value: f64, _overhang_x: f64, _overhang_y: f64, _even: i32, _index: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn roof_hip(&mut self, _mode: i32, _value: f64, _overhang: f64, _even: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn roof_pyramid(&mut self, _mode: i32, _value: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn roof_shed(&mut self, _mode: i32, _value: f64, _index: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn roof_ridge(&mut self, _mode: i32, _value: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn offset(&mut self, _distance: f64, _selector: i32, _relative: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn inner_rect(&mut self) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn insert(&mut self, _path: i32, _up: i32, _alignment: i32, _cleanup: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn primitive_quad(&mut self, _given: i32, _width: f64, _length: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn primitive_disk(&mut self, _vertices: f64, _radius: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn primitive_cube(&mut self, _given: i32, _width: f64, _height: f64, _depth: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn primitive_sphere(&mut self, _sides: f64, _divisions: f64, _radius: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn primitive_cylinder(&mut self, _sides: f64, _radius: f64, _height: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn primitive_cone(&mut self, _sides: f64, _radius: f64, _height: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn cleanup_geometry(&mut self, _what: i32, _tolerance: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn convexify(&mut self, _longest: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn delete_holes(&mut self) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn reverse_normals(&mut self) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn set_normals(&mut self, _mode: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn soften_normals(&mut self, _degrees: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn mirror(&mut self, _x: i32, _y: i32, _z: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn reset_geometry(&mut self) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn trim(&mut self) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    // ---- Looks ----
    pub(crate) fn texture(&mut self, _path: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn setup_projection(&mut self, _set: f64, _axes: i32, _w: f64, _h: f64, _w_offset: f64, _h_offset: f64, _uw: f64, _relative: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn project_uv(&mut self, _set: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn translate_uv(&mut self, _set: f64, _u: f64, _v: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn scale_uv(&mut self, _set: f64, _u: f64, _v: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn rotate_uv(&mut self, _set: f64, _degrees: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn normalize_uv(&mut self, _set: f64, _axes: i32, _faces: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn tile_uv(&mut self, _set: f64, _w: f64, _h: f64, _relative: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn delete_uv(&mut self, _set: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn copy_uv(&mut self, _from: f64, _to: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn set_material(&mut self, _pairs: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn reset_material(&mut self) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    // ---- Geometry queries ----
    pub(crate) fn geometry_area(&mut self, _selector: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn geometry_angle(&mut self, _kind: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn geometry_volume(&mut self) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn geometry_height(&mut self) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn geometry_boundary_length(&mut self) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn geometry_count(&mut self, _what: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn geometry_is(&mut self, _what: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn geometry_is_planar(&mut self, _degrees: f64) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn geometry_is_rectangular(&mut self, _degrees: f64) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn geometry_is_oriented(&mut self, _selector: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn geometry_uv_extent(&mut self, _axis: i32, _set: f64, _space: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn geometry_uv_bound(&mut self, _bound: i32, _set: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn geometry_has_uvs(&mut self, _set: f64) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn convert(&mut self, _axis: i32, _from: i32, _to: i32, _kind: i32, _x: f64, _y: f64, _z: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn geo_coord(&mut self, _axis: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
}
