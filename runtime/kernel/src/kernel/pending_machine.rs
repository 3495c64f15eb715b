//! Functions of the table that are not written yet. To write one: delete its line here, and put the method in the file it
//! belongs to (`impl Kernel` in `ops/*.rs` or `kernel/*.rs`). This file disappears when it is empty.
use crate::Kernel;
use crate::limits::Stop;

#[rustfmt::skip]
impl Kernel {
    // ---- The machine ----
    // ---- Attributes ----
    // ---- Blocks ----
    pub(crate) fn comp_begin(&mut self, _kind: i32, _align: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn comp_next(&mut self) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn comp_token(&mut self, _selector: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn comp_index(&mut self, _index: f64) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn comp_assign(&mut self, _branch: i32, _operator: i32, _selector: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn comp_run(&mut self) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn setback_begin(&mut self, _distance: f64, _relative: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn setback_array_begin(&mut self, _distances: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn setback_remainder(&mut self, _branch: i32, _operator: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn setback_run(&mut self) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn shape_l_begin(&mut self, _front: f64, _left: f64, _relative: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn shape_u_begin(&mut self, _front: f64, _right: f64, _left: f64, _relative: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn shape_o_begin(&mut self, _front: f64, _right: f64, _back: f64, _left: f64, _relative: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn inner_rectangle_begin(&mut self, _alignment: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn region(&mut self, _branch: i32, _region: i32, _operator: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn region_run(&mut self) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn scatter_run(&mut self, _domain: i32, _n: f64, _distribution: i32, _center: i32, _deviation: f64, _relative: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    // ---- Output ----
    // ---- Random numbers ----
    // ---- Mathematics, in degrees ----
    pub(crate) fn sin(&mut self, _x: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn cos(&mut self, _x: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn tan(&mut self, _x: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn asin(&mut self, _x: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn acos(&mut self, _x: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn atan(&mut self, _x: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn atan2(&mut self, _y: f64, _x: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn exp(&mut self, _x: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn ln(&mut self, _x: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn log10(&mut self, _x: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn pow(&mut self, _base: f64, _exponent: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn remainder(&mut self, _a: f64, _b: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    // ---- Strings ----
    pub(crate) fn string_f(&mut self, _value: f64) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn string_b(&mut self, _value: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn string_a(&mut self, _value: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn concat(&mut self, _a: i32, _b: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn compare(&mut self, _a: i32, _b: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn float_s(&mut self, _text: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn bool_s(&mut self, _text: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn token_s(&mut self, _text: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn substring(&mut self, _text: i32, _start: f64, _end: f64) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn find(&mut self, _text: i32, _pattern: i32, _n: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn count(&mut self, _text: i32, _pattern: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn replace(&mut self, _text: i32, _old: i32, _new: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn get_prefix(&mut self, _text: i32, _pattern: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn get_suffix(&mut self, _text: i32, _pattern: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn get_range(&mut self, _text: i32, _left: i32, _right: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn find_last(&mut self, _text: i32, _pattern: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn split_string(&mut self, _text: i32, _delimiter: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    // ---- String lists, "a;b;" ----
    pub(crate) fn list_add(&mut self, _list: i32, _item: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_clean(&mut self, _list: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_count(&mut self, _list: i32, _item: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_index(&mut self, _list: i32, _item: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_item(&mut self, _list: i32, _index: f64) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_first(&mut self, _list: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_last(&mut self, _list: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_random(&mut self, _list: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_range(&mut self, _list: i32, _start: f64, _end: f64) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_remove(&mut self, _list: i32, _item: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_remove_all(&mut self, _list: i32, _item: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_retain_all(&mut self, _list: i32, _item: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_size(&mut self, _list: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_terminate(&mut self, _list: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_to_array(&mut self, _list: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn list_from_array(&mut self, _array: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    // ---- Colours ----
    // ---- Arrays ----
    pub(crate) fn array_begin(&mut self, _kind: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_push_f(&mut self, _value: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_push_i(&mut self, _value: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_push_a(&mut self, _array: i32) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_push_range(&mut self, _start: f64, _step: f64, _end: f64) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_row(&mut self) -> Result<(), Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_end(&mut self) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_get_f(&mut self, _array: i32, _index: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_get_i(&mut self, _array: i32, _index: f64) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_at_f(&mut self, _array: i32, _row: f64, _column: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_at_i(&mut self, _array: i32, _row: f64, _column: f64) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_pick(&mut self, _array: i32, _indices: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_pick_cross(&mut self, _array: i32, _rows: i32, _columns: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_each(&mut self, _operator: i32, _a: i32, _b: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_negate(&mut self, _array: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_map(&mut self, _function: i32, _array: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_of_f(&mut self, _value: f64) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_of_i(&mut self, _kind: i32, _value: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_convert(&mut self, _kind: i32, _array: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_equal(&mut self, _a: i32, _b: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_size(&mut self, _array: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_rows(&mut self, _array: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_columns(&mut self, _array: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_find_f(&mut self, _array: i32, _value: f64, _epsilon: f64) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_find_i(&mut self, _array: i32, _value: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_set(&mut self, _array: i32, _indices: i32, _values: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_sort_indices(&mut self, _array: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_sort_row_indices(&mut self, _array: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_sum_f(&mut self, _array: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_sum_s(&mut self, _array: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn array_transpose(&mut self, _array: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    // ---- Files and assets: only what the recipe carries ----
    pub(crate) fn asset_info(&mut self, _path: i32, _what: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn image_info(&mut self, _path: i32, _what: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn file_exists(&mut self, _path: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn file_search(&mut self, _query: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn file_random(&mut self, _query: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn file_part(&mut self, _path: i32, _part: i32) -> Result<i32, Stop> { Err(Stop::Misuse("not yet")) }
    pub(crate) fn len(&mut self, _text: i32) -> Result<f64, Stop> { Err(Stop::Misuse("not yet")) }
}
