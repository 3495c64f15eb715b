//! The table of kernel functions.

use super::{AbiValue, Function, ValueType};
use crate::Kernel;
use crate::limits::Stop;

/// Declares the table, the Wasm exports and the native dispatcher from one list.
macro_rules! abi {
    ($( $(#[doc = $doc:literal])+ fn $name:ident ( $($arg:ident : $ty:ident),* $(,)? ) $(-> $result:ident)? ; )*) => {
        /// Every function that a grammar may import, in the order of their numbers.
        pub const FUNCTIONS: &[Function] = &[
            $( Function {
                name: stringify!($name),
                export: concat!("k_", stringify!($name)),
                params: &[$(abi!(@type $ty)),*],
                result: abi!(@result $($result)?),
                doc: concat!($($doc),+),
            } ),*
        ];

        /// Calls a function by its number in [`FUNCTIONS`]: how natively built kernels are linked to a module.
        ///
        /// # Errors
        /// The [`Stop`] that ends the run.
        ///
        /// # Panics
        /// When number or arguments do not fit the table; the linker checks them first.
        pub fn call(kernel: &mut Kernel, number: usize, arguments: &[AbiValue]) -> Result<Option<AbiValue>, Stop> {
            /// One adaptor for each function.
            type Adaptor = fn(&mut Kernel, &[AbiValue]) -> Result<Option<AbiValue>, Stop>;
            const ADAPTORS: &[Adaptor] = &[
                $( |kernel, arguments| {
                    let mut rest = arguments.iter();
                    $( let $arg = abi!(@take $ty rest); )*
                    debug_assert!(rest.next().is_none(), "the linker checked the arity");
                    let result = kernel.$name($($arg),*)?;
                    Ok(abi!(@give result $($result)?))
                } ),*
            ];
            ADAPTORS[number](kernel, arguments)
        }

        #[cfg(all(target_arch = "wasm32", feature = "module"))]
        mod exports {
            $( #[expect(unsafe_code, reason = "exporting a function by name is how Wasm links")]
            #[unsafe(export_name = concat!("k_", stringify!($name)))]
            extern "C" fn $name($($arg: $ty),*) $(-> $result)? {
                crate::wasm::with(|kernel| kernel.$name($($arg),*))
            } )*
        }
    };
    (@type i32) => { ValueType::I32 };
    (@type f64) => { ValueType::F64 };
    (@result) => { None };
    (@result $ty:ident) => { Some(abi!(@type $ty)) };
    (@take i32 $rest:ident) => {
        match $rest.next() { Some(AbiValue::I32(v)) => *v, other => panic!("expected i32, found {other:?}") }
    };
    (@take f64 $rest:ident) => {
        match $rest.next() { Some(AbiValue::F64(v)) => *v, other => panic!("expected f64, found {other:?}") }
    };
    (@give $value:ident) => { { let () = $value; None } };
    (@give $value:ident i32) => { Some(AbiValue::I32($value)) };
    (@give $value:ident f64) => { Some(AbiValue::F64($value)) };
}

abi! {
    // ---- The machine ----
    /// The next thing to run: -1 nothing (or the end of an inline derivation), 0 attributes, n > 0 rule n - 1.
    fn next_rule() -> i32;
    /// Marks the place in the text (a number in the manifest's sites) and charges one unit of gas.
    fn op(site: i32);
    /// Enters a recursive function: charges gas and counts depth.
    fn enter(site: i32);
    /// Leaves a recursive function.
    fn leave();
    /// Adds a float to the arguments of the next rule call.
    fn arg_f(value: f64);
    /// Adds a bool, string or array to the arguments of the next rule call.
    fn arg_i(value: i32);
    /// Creates a child shape that rule `rule` (number in the manifest) will rewrite, with the pending arguments.
    fn call_rule(rule: i32);
    /// Creates a leaf with a symbol (string); pending arguments are dropped.
    fn leaf(symbol: i32);
    /// The n-th argument of the running rule, a float.
    fn param_f(n: i32) -> f64;
    /// The n-th argument of the running rule, not a float.
    fn param_i(n: i32) -> i32;
    /// `[`
    fn push();
    /// `]`
    fn pop();
    /// `NIL`
    fn nil();
    /// Begins `inline`: children created until `inline_end` are derived at once. Strategy is a token, or -1 for `modify`.
    fn inline_begin(strategy: i32);
    /// Starts deriving the children; the module then runs its dispatch loop until `next_rule` answers -1.
    fn inline_derive();
    /// Merges the derived leaves into the current shape.
    fn inline_end();
    /// Begins a boolean operation: 0 union, 1 subtract, 2 intersect. Then an inline derivation gives the first operand.
    fn boolean_begin(operation: i32);
    /// The shape before is current again, for an inline derivation that gives the second operand.
    fn boolean_next();
    /// Combines the operands; the first gives attributes and scope.
    fn boolean_end();

    // ---- Attributes ----
    /// Begins evaluating attribute `slot`: its own random stream. Answers 1 when a value was given from outside
    /// (already stored: skip the evaluation). Attributes with a default in the manifest have their value before.
    fn attribute_begin(slot: i32) -> i32;
    /// The value of a float attribute on the current shape.
    fn attribute_f(slot: i32) -> f64;
    /// The value of any other attribute on the current shape.
    fn attribute_i(slot: i32) -> i32;
    /// `set` of a float attribute; inherited by children created later.
    fn set_attribute_f(slot: i32, value: f64);
    /// `set` of any other attribute.
    fn set_attribute_i(slot: i32, value: i32);
    /// The value of a float shape attribute, by its number in `builtin::BUILTINS`.
    fn builtin_f(number: i32) -> f64;
    /// The value of a bool or string shape attribute.
    fn builtin_i(number: i32) -> i32;
    /// Sets a float shape attribute.
    fn set_builtin_f(number: i32, value: f64);
    /// Sets a bool or string shape attribute.
    fn set_builtin_i(number: i32, value: i32);
    /// `set(sel(name), value)`: a float attribute of the grammar whose name is prefix and name, else of the shape.
    fn set_named_f(prefix: i32, name: i32, value: f64);
    /// The same for any other value; `kind` is the number of its type in the manifest.
    fn set_named_i(prefix: i32, name: i32, kind: i32, value: i32);

    // ---- Blocks ----
    /// The next piece becomes current; answers its branch, or -1 with the parent current again.
    fn next_piece() -> i32;
    /// Begins a split along an axis token, `adjust` or `noAdjust`.
    fn split_begin(axis: i32, adjust: i32);
    /// Begins a split by area along an axis token, `adjust` or `noAdjust`.
    fn split_area_begin(axis: i32, adjust: i32);
    /// Begins a split along u or v, in `uvSpace` or `unitSpace`, of a set.
    fn split_uv_begin(axis: i32, space: i32, set: f64);
    /// Adds an item: mode 0 absolute, 1 relative, 2 floating.
    fn split_size(branch: i32, mode: i32, size: f64);
    /// `{`
    fn split_open();
    /// `}`, with 1 for `}*`.
    fn split_close(repeat: i32);
    /// Cuts; then `next_piece`.
    fn split_run();
    /// Begins a component split: kind and alignment tokens.
    fn comp_begin(kind: i32, align: i32);
    /// The next component becomes current; 0 when there is none left and the parent is current again.
    fn comp_next() -> i32;
    /// Whether the current component matches a selector token.
    fn comp_token(selector: i32) -> i32;
    /// Whether the current component has this index (0-based; negative and large ones wrap in setback only).
    fn comp_index(index: f64) -> i32;
    /// Gives the current component to a branch; operator 0 `:`, 1 `=`, 2 `=:`; selector (a token or -1) names it
    /// for `comp.sel`. The next `comp_next` goes on with the next component.
    fn comp_assign(branch: i32, operator: i32, selector: i32);
    /// Makes the pieces; then `next_piece`.
    fn comp_run();
    /// The same in an inline derivation for `modify`: what no branch is given is kept.
    fn modify_run();
    /// Begins a setback by one distance; edges are then selected like components.
    fn setback_begin(distance: f64, relative: i32);
    /// Begins a setback by an array of distances, in face-edge order.
    fn setback_array_begin(distances: i32);
    /// Begins a setback by a common distance, so that the remainder has an area: what each edge moves at least and at most, by
    /// arrays in face-edge order, -1 for none.
    fn setback_to_area_begin(area: f64, least: i32, most: i32);
    /// The set of texture coordinates that selectors `uv...` of a setback look at; 0 without.
    fn setback_uv_set(set: f64);
    /// Gives the remainder to a branch; operator as in `comp_assign`.
    fn setback_remainder(branch: i32, operator: i32);
    /// Makes the pieces; then `next_piece`.
    fn setback_run();
    /// Begins splitAndSetbackPerimeter: where the pattern starts (relative 1: in parts of the length), the first edge, which
    /// edges take part (an array of bools in face-edge order, -1 for all). Sizes are told as those of a split.
    fn perimeter_begin(offset: f64, relative: i32, first: f64, mask: i32);
    /// Lays the sections out. `comp_next` then makes each current with its `split.index`, until `section_of` its branch has
    /// found it and `section_depth` told its depth; `comp_assign` is called after that.
    fn perimeter_sections();
    /// Whether the current section belongs to a branch.
    fn section_of(branch: i32) -> i32;
    /// How deep the current section is; answers 1.
    fn section_depth(depth: f64) -> i32;
    /// Gives the remainder to a branch; operator as in `comp_assign`.
    fn perimeter_remainder(branch: i32, operator: i32);
    /// Makes the pieces; then `next_piece`.
    fn perimeter_run();
    /// Begins shapeL; then `region` for its branches and `region_run`.
    fn shape_l_begin(front: f64, left: f64, relative: i32);
    /// Begins shapeU.
    fn shape_u_begin(front: f64, right: f64, left: f64, relative: i32);
    /// Begins shapeO.
    fn shape_o_begin(front: f64, right: f64, back: f64, left: f64, relative: i32);
    /// Begins innerRectangle, along `scope` or `edge`.
    fn inner_rectangle_begin(alignment: i32);
    /// Gives a region (token `shape` or `remainder`) to a branch; operator as in `comp_assign`.
    fn region(branch: i32, region: i32, operator: i32);
    /// Makes the pieces; then `next_piece`.
    fn region_run();
    /// Scatters n points: domain, distribution and centre tokens, standard deviation (bit 0 of relative).
    fn scatter_run(domain: i32, n: f64, distribution: i32, center: i32, deviation: f64, relative: i32);

    // ---- Transformations ----
    /// Moves along the scope's axes.
    fn t(x: f64, y: f64, z: f64, relative: i32);
    /// Sets the scope's size.
    fn s(x: f64, y: f64, z: f64, relative: i32);
    /// Rotates about the scope's origin or centre (token), by degrees about the pivot's axes.
    fn r(about: i32, x: f64, y: f64, z: f64);
    /// `translate(abs|rel, system, x, y, z)`.
    fn translate(mode: i32, system: i32, x: f64, y: f64, z: f64);
    /// `rotate(abs|rel, system, x, y, z)`.
    fn rotate(mode: i32, system: i32, x: f64, y: f64, z: f64);
    /// Centres in the shape before it on the stack.
    fn center(axes: i32);
    /// `alignScopeToAxes`.
    fn align_scope_to_axes(axes: i32);
    /// `alignScopeToGeometry`: up token, face and edge each as a token, or -1 with an index.
    fn align_scope_to_geometry(up: i32, face: i32, face_index: f64, edge: i32, edge_index: f64);
    /// `alignScopeToGeometryBBox`.
    fn align_scope_to_geometry_bbox(plane: i32);
    /// `rotateScope`.
    fn rotate_scope(x: f64, y: f64, z: f64);
    /// `setPivot(order, corner)`.
    fn set_pivot(order: i32, corner: f64);
    /// `mirrorScope`.
    fn mirror_scope(x: i32, y: i32, z: i32);

    // ---- Geometry ----
    /// `extrude(type, distance)`; type also a token x, y, z, world.x and so on of old files.
    fn extrude(direction: i32, distance: f64, relative: i32);
    /// `taper(height)`.
    fn taper(height: f64, relative: i32);
    /// `envelope`: direction token, maximal height, then height and angle of front, back, right, left.
    fn envelope(direction: i32, height: f64, front_height: f64, front_angle: f64, back_height: f64, back_angle: f64,
        right_height: f64, right_angle: f64, left_height: f64, left_angle: f64);
    /// `envelope`: height and angle of each edge by arrays in face-edge order; others have height 0 and angle 90.
    fn envelope_by_edge(direction: i32, height: f64, heights: i32, angles: i32);
    /// `roofGable`: byAngle or byHeight, value, overhangs, even, edge index (-1 for none).
    fn roof_gable(mode: i32, value: f64, overhang_x: f64, overhang_y: f64, even: i32, index: f64);
    /// `roofHip`.
    fn roof_hip(mode: i32, value: f64, overhang: f64, even: i32);
    /// `roofPyramid`.
    fn roof_pyramid(mode: i32, value: f64);
    /// `roofShed`.
    fn roof_shed(mode: i32, value: f64, index: f64);
    /// `roofRidge`.
    fn roof_ridge(mode: i32, value: f64);
    /// `roof(gable|hip|pyramid|shed, angle, overhang)` of old files.
    fn roof(kind: i32, angle: f64, overhang: f64);
    /// `offset(distance, all|inside|border)`.
    fn offset(distance: f64, selector: i32, relative: i32);
    /// `innerRect`.
    fn inner_rect();
    /// `i(path, up, alignment, cleanup)`.
    fn insert(path: i32, up: i32, alignment: i32, cleanup: i32);
    /// `insertAlongUV(set, path, height, direction, alignment)`.
    fn insert_along_uv(set: f64, path: i32, height: f64, direction: i32, alignment: i32);
    /// `primitiveQuad`; given = 0 fits the scope.
    fn primitive_quad(given: i32, width: f64, length: f64);
    /// `primitiveDisk`; radius 0 fits the scope.
    fn primitive_disk(vertices: f64, radius: f64);
    /// `primitiveCube`; given = 0 fits the scope.
    fn primitive_cube(given: i32, width: f64, height: f64, depth: f64);
    /// `primitiveSphere`; radius 0 fits the scope.
    fn primitive_sphere(sides: f64, divisions: f64, radius: f64);
    /// `primitiveCylinder`; radius 0 fits the scope.
    fn primitive_cylinder(sides: f64, radius: f64, height: f64);
    /// `primitiveCone`; radius 0 fits the scope.
    fn primitive_cone(sides: f64, radius: f64, height: f64);
    /// `cleanupGeometry(what, tolerance)`.
    fn cleanup_geometry(what: i32, tolerance: f64);
    /// `convexify(longest cut)`; infinity for no limit.
    fn convexify(longest: f64);
    /// `footprint`.
    fn footprint_of_geometry();
    /// `rectify(degrees)`.
    fn rectify(degrees: f64);
    /// `reduceGeometry(share)`.
    fn reduce_geometry(share: f64);
    /// `deleteHoles`.
    fn delete_holes();
    /// `reverseNormals`.
    fn reverse_normals();
    /// `setNormals(mode)`.
    fn set_normals(mode: i32);
    /// `softenNormals(angle)`.
    fn soften_normals(degrees: f64);
    /// `mirror`.
    fn mirror(x: i32, y: i32, z: i32);
    /// `resetGeometry`.
    fn reset_geometry();
    /// `trim`.
    fn trim();

    // ---- Looks ----
    /// `color("#rrggbb")`.
    fn color(hex: i32);
    /// `color(r, g, b)`.
    fn color_rgb(r: f64, g: f64, b: f64);
    /// `color(r, g, b, opacity)`.
    fn color_rgbo(r: f64, g: f64, b: f64, opacity: f64);
    /// `texture(path)`.
    fn texture(path: i32);
    /// `setupProjection(set, axes, w, h, w offset, h offset, uw)`; sizes are w, h, offsets.
    fn setup_projection(set: f64, axes: i32, w: f64, h: f64, w_offset: f64, h_offset: f64, uw: f64, relative: i32);
    /// `projectUV`.
    fn project_uv(set: f64);
    /// `translateUV`, `offsetUV`.
    fn translate_uv(set: f64, u: f64, v: f64);
    /// `scaleUV`.
    fn scale_uv(set: f64, u: f64, v: f64);
    /// `rotateUV`.
    fn rotate_uv(set: f64, degrees: f64);
    /// `normalizeUV(set, uv|u|v|uvUniform, separatePerFace|collectiveAllFaces)`.
    fn normalize_uv(set: f64, axes: i32, faces: i32);
    /// `tileUV(set, w, h)`.
    fn tile_uv(set: f64, w: f64, h: f64, relative: i32);
    /// `deleteUV`.
    fn delete_uv(set: f64);
    /// `copyUV`.
    fn copy_uv(from: f64, to: f64);
    /// `setMaterial(array)`.
    fn set_material(pairs: i32);
    /// `resetMaterial(shape|geometry|all)`.
    fn reset_material(target: i32);

    // ---- Output ----
    /// `report(key, float)`.
    fn report_f(key: i32, value: f64);
    /// `report(key, bool)`.
    fn report_b(key: i32, value: i32);
    /// `report(key, string)`.
    fn report_s(key: i32, value: i32);
    /// `print(value)`, of a value made into a string.
    fn print(text: i32);

    // ---- Random numbers ----
    /// A number in [0, 1) from the current shape's stream.
    fn rand() -> f64;

    // ---- Mathematics, in degrees ----
    /// Sine.
    fn sin(x: f64) -> f64;
    /// Cosine.
    fn cos(x: f64) -> f64;
    /// Tangent.
    fn tan(x: f64) -> f64;
    /// Arc sine.
    fn asin(x: f64) -> f64;
    /// Arc cosine.
    fn acos(x: f64) -> f64;
    /// Arc tangent.
    fn atan(x: f64) -> f64;
    /// Arc tangent of y / x.
    fn atan2(y: f64, x: f64) -> f64;
    /// Exponential.
    fn exp(x: f64) -> f64;
    /// Natural logarithm.
    fn ln(x: f64) -> f64;
    /// Decimal logarithm.
    fn log10(x: f64) -> f64;
    /// Power.
    fn pow(base: f64, exponent: f64) -> f64;
    /// Remainder with the sign of the dividend.
    fn remainder(a: f64, b: f64) -> f64;

    // ---- Strings ----
    /// A float as a string.
    fn string_f(value: f64) -> i32;
    /// A bool as a string.
    fn string_b(value: i32) -> i32;
    /// An array as a string.
    fn string_a(value: i32) -> i32;
    /// Concatenation.
    fn concat(a: i32, b: i32) -> i32;
    /// -1, 0 or 1 as a sorts before, with or after b, by Unicode code points.
    fn compare(a: i32, b: i32) -> i32;
    /// A string as a float.
    fn float_s(text: i32) -> f64;
    /// A string as a bool.
    fn bool_s(text: i32) -> i32;
    /// A string as a token, for `sel`; -1 when it is none.
    fn token_s(text: i32) -> i32;
    /// `len`.
    fn len(text: i32) -> f64;
    /// `substring`.
    fn substring(text: i32, start: f64, end: f64) -> i32;
    /// `find(text, match, n)`.
    fn find(text: i32, pattern: i32, n: f64) -> f64;
    /// `count(text, match)`.
    fn count(text: i32, pattern: i32) -> f64;
    /// `replace(text, old, new)`.
    fn replace(text: i32, old: i32, new: i32) -> i32;
    /// `getPrefix`.
    fn get_prefix(text: i32, pattern: i32) -> i32;
    /// `getSuffix`.
    fn get_suffix(text: i32, pattern: i32) -> i32;
    /// `getRange`.
    fn get_range(text: i32, left: i32, right: i32) -> i32;
    /// `findLast`.
    fn find_last(text: i32, pattern: i32) -> f64;
    /// `splitString`.
    fn split_string(text: i32, delimiter: i32) -> i32;

    // ---- String lists, "a;b;" ----
    /// `listAdd`.
    fn list_add(list: i32, item: i32) -> i32;
    /// `listClean`.
    fn list_clean(list: i32) -> i32;
    /// `listCount`.
    fn list_count(list: i32, item: i32) -> f64;
    /// `listIndex`.
    fn list_index(list: i32, item: i32) -> f64;
    /// `listItem`.
    fn list_item(list: i32, index: f64) -> i32;
    /// `listFirst`.
    fn list_first(list: i32) -> i32;
    /// `listLast`.
    fn list_last(list: i32) -> i32;
    /// `listRandom`.
    fn list_random(list: i32) -> i32;
    /// `listRange`.
    fn list_range(list: i32, start: f64, end: f64) -> i32;
    /// `listRemove`.
    fn list_remove(list: i32, item: i32) -> i32;
    /// `listRemoveAll`.
    fn list_remove_all(list: i32, item: i32) -> i32;
    /// `listRetainAll`.
    fn list_retain_all(list: i32, item: i32) -> i32;
    /// `listSize`.
    fn list_size(list: i32) -> f64;
    /// `listTerminate`.
    fn list_terminate(list: i32) -> i32;
    /// `listToArray`.
    fn list_to_array(list: i32) -> i32;
    /// `listFromArray`.
    fn list_from_array(array: i32) -> i32;

    // ---- Colours ----
    /// A part of a colour: channel 0 r, 1 g, 2 b, 3 o, 4 h, 5 s, 6 v.
    fn color_part(hex: i32, channel: i32) -> f64;
    /// `colorRGBOToHex`; parts = 3 or 4.
    fn color_hex_rgb(parts: i32, r: f64, g: f64, b: f64, o: f64) -> i32;
    /// `colorHSVOToHex`; parts = 3 or 4.
    fn color_hex_hsv(parts: i32, h: f64, s: f64, v: f64, o: f64) -> i32;
    /// `colorRamp(name, value)`.
    fn color_ramp(name: i32, value: f64) -> i32;

    // ---- Arrays ----
    /// Begins an array literal (they nest): kind 0 float, 1 bool, 2 string.
    fn array_begin(kind: i32);
    /// Adds a float.
    fn array_push_f(value: f64);
    /// Adds a bool or string.
    fn array_push_i(value: i32);
    /// Adds the elements of an array.
    fn array_push_a(array: i32);
    /// Adds start, start + step, ... up to end.
    fn array_push_range(start: f64, step: f64, end: f64);
    /// `;`: ends a row.
    fn array_row();
    /// Ends the literal.
    fn array_end() -> i32;
    /// Element by linear index: a float.
    fn array_get_f(array: i32, index: f64) -> f64;
    /// Element by linear index: a bool or string.
    fn array_get_i(array: i32, index: f64) -> i32;
    /// Element by row and column: a float.
    fn array_at_f(array: i32, row: f64, column: f64) -> f64;
    /// Element by row and column: a bool or string.
    fn array_at_i(array: i32, row: f64, column: f64) -> i32;
    /// Elements picked by an array of indices (or filtered by a bool array).
    fn array_pick(array: i32, indices: i32) -> i32;
    /// The cross product of rows and columns, both arrays of indices, or of bools that say which.
    fn array_pick_cross(array: i32, rows: i32, columns: i32) -> i32;
    /// An element-wise operator (number in `BinaryOperator` order from Or = 0 to Remainder = 12) on two arrays.
    fn array_each(operator: i32, a: i32, b: i32) -> i32;
    /// Negates or inverts each element.
    fn array_negate(array: i32) -> i32;
    /// `abs`, `ceil`, `floor`, `rint`, `isnan`, `isinf` (0 to 5) of each element.
    fn array_map(function: i32, array: i32) -> i32;
    /// A one-element array from a scalar: a float.
    fn array_of_f(value: f64) -> i32;
    /// A one-element array from a scalar: kind 1 bool, 2 string.
    fn array_of_i(kind: i32, value: i32) -> i32;
    /// Converts the elements to a kind.
    fn array_convert(kind: i32, array: i32) -> i32;
    /// 1 when dimensions and elements are equal.
    fn array_equal(a: i32, b: i32) -> i32;
    /// `size`.
    fn array_size(array: i32) -> f64;
    /// `nRows`.
    fn array_rows(array: i32) -> f64;
    /// `nColumns`.
    fn array_columns(array: i32) -> f64;
    /// `findFirst(array, value)`: a float, within epsilon.
    fn array_find_f(array: i32, value: f64, epsilon: f64) -> f64;
    /// `findFirst(array, value)`: bool or string.
    fn array_find_i(array: i32, value: i32) -> f64;
    /// `setElems(array, index array, value array)`.
    fn array_set(array: i32, indices: i32, values: i32) -> i32;
    /// `setElems(array, row array, column array, value array)`.
    fn array_set_cross(array: i32, rows: i32, columns: i32, values: i32) -> i32;
    /// -1, 0, 1 as array `a` comes before, with, after `b`: row by row, then the one with fewer columns, then with
    /// fewer rows.
    fn array_compare(a: i32, b: i32) -> i32;
    /// `sortIndices`.
    fn array_sort_indices(array: i32) -> i32;
    /// `sortRowIndices`.
    fn array_sort_row_indices(array: i32) -> i32;
    /// `sum` of floats, or the count of trues.
    fn array_sum_f(array: i32) -> f64;
    /// `sum` of strings: their concatenation.
    fn array_sum_s(array: i32) -> i32;
    /// `transpose`.
    fn array_transpose(array: i32) -> i32;

    // ---- Geometry queries ----
    /// `geometry.area`; selector token, `all` for none.
    fn geometry_area(selector: i32) -> f64;
    /// `geometry.angle`.
    fn geometry_angle(kind: i32) -> f64;
    /// `geometry.volume`.
    fn geometry_volume() -> f64;
    /// `geometry.height`.
    fn geometry_height() -> f64;
    /// `geometry.boundaryLength`.
    fn geometry_boundary_length() -> f64;
    /// `geometry.nFaces`, `nEdges`, `nVertices`, `nHoles` (0 to 3).
    fn geometry_count(what: i32) -> f64;
    /// `geometry.isConcave`, `isClosedSurface`, `isInstanced` (0 to 2).
    fn geometry_is(what: i32) -> i32;
    /// `geometry.isPlanar(tolerance)`.
    fn geometry_is_planar(degrees: f64) -> i32;
    /// `geometry.isRectangular(tolerance)`.
    fn geometry_is_rectangular(degrees: f64) -> i32;
    /// `geometry.isOriented(selector)`.
    fn geometry_is_oriented(selector: i32) -> i32;
    /// `geometry.du`, `dv` (0, 1) of a set in uvSpace or unitSpace.
    fn geometry_uv_extent(axis: i32, set: f64, space: i32) -> f64;
    /// `geometry.uMin`, `uMax`, `vMin`, `vMax` (0 to 3) of a set.
    fn geometry_uv_bound(bound: i32, set: f64) -> f64;
    /// `geometry.hasUVs(set)`.
    fn geometry_has_uvs(set: f64) -> i32;
    /// `geometry.groups`.
    fn geometry_groups() -> i32;
    /// `geometry.materials`.
    fn geometry_materials() -> i32;

    // ---- Tags ----
    /// `tag(name, auto|faces|edges|vertices)`.
    fn tag(name: i32, components: i32);
    /// `deleteTags`: a query (a string; -1 for any tag), and all, faces, edges or vertices.
    fn delete_tags(query: i32, components: i32);
    /// `setTagsFromEdgeAttrs`.
    fn set_tags_from_edge_attributes();
    /// `geometry.hasTags`; arguments as in `delete_tags`.
    fn geometry_has_tags(query: i32, components: i32) -> i32;
    /// `geometry.tags`: an array of strings, sorted; arguments as in `delete_tags`.
    fn geometry_tags(query: i32, components: i32) -> i32;
    /// Whether the current component (or else the current shape) has a tag that matches a query, with e or v (else all) one of its
    /// edges or vertices.
    fn is_tagged(query: i32, part: i32) -> i32;
    /// `edgeAttr.getFloat`.
    fn edge_attribute_f(name: i32) -> f64;
    /// `edgeAttr.getBool`.
    fn edge_attribute_b(name: i32) -> i32;
    /// `edgeAttr.getString`.
    fn edge_attribute_s(name: i32) -> i32;
    /// `convert(axis, from, to, pos|orient, x, y, z)`.
    fn convert(axis: i32, from: i32, to: i32, kind: i32, x: f64, y: f64, z: f64) -> f64;
    /// `getTreeKey`.
    fn tree_key() -> i32;

    // ---- Other shapes ----
    /// Whether the geometry is inside (question 0) other shapes, overlaps (1) or touches (2) them: those of `target`, with a
    /// label (a string), or any.
    fn occlusion(question: i32, target: i32, label: i32) -> i32;
    /// From the scope to the nearest of shapes with a label, in metres; infinity when there is none.
    fn minimum_distance(target: i32, label: i32) -> f64;
    /// How many of the shapes with a label come before the current one in an order.
    fn context_compare(target: i32, label: i32, order: i32) -> f64;
    /// How many shapes have a label.
    fn context_count(target: i32, label: i32) -> f64;
    /// Others find the current shape, as it is, by a label.
    fn label(label: i32);
    /// `getGeoCoord`.
    fn geo_coord(axis: i32) -> f64;

    // ---- Files and assets: only what the recipe carries ----
    /// `assetInfo(path, what)`.
    fn asset_info(path: i32, what: i32) -> f64;
    /// `imageInfo(path, sx|sy)`.
    fn image_info(path: i32, what: i32) -> f64;
    /// `fileExists`.
    fn file_exists(path: i32) -> i32;
    /// `filesSearch`: an array.
    fn file_search(query: i32) -> i32;
    /// `fileRandom`.
    fn file_random(query: i32) -> i32;
    /// `fileBasename`, `fileDirectory`, `fileExtension`, `fileName` (0 to 3).
    fn file_part(path: i32, part: i32) -> i32;
    /// `assetsSortRatio`, `assetsSortSize`, `imagesSortRatio` (measure 0, 1, 2): an array, the best match of the scope first;
    /// `max_scaling` above 0 drops what would be scaled by more.
    fn assets_sort(assets: i32, axes: i32, measure: i32, max_scaling: f64) -> i32;
    /// `assetBestRatio` and its kin: one of the `best` best (0: all) files that answer a query, by axes as a string.
    fn asset_pick(query: i32, axes: i32, measure: i32, best: f64, max_scaling: f64) -> i32;
    /// `assetNamingInfos(path, g|m)`.
    fn asset_names(path: i32, what: i32) -> i32;
    /// `assetMetadata(path, key, default)` of a float.
    fn asset_metadata_f(path: i32, key: i32, default: f64) -> f64;
    /// `assetMetadata(path, key, default)` of another type, numbered as in manifests.
    fn asset_metadata_i(path: i32, key: i32, default: i32, ty: i32) -> i32;
    /// `readTextFile`.
    fn read_text(path: i32) -> i32;
    /// `readStringTable`, `readFloatTable`, `readMaterial` (what 0, 1, 2).
    fn read_table(path: i32, what: i32) -> i32;
    /// `getMaterial(used|shape|geometry, changed|all)`.
    fn get_material(source: i32, mode: i32) -> i32;
}
