//! Strings, lists, arrays and colours through the functions of the table.

use super::*;

/// Runs statements on a kernel in the middle of a rule.
fn within(body: impl Fn(&mut Kernel) -> Result<(), Stop> + 'static) {
    let grammar = Grammar::new().rule("Lot", body);
    assert_eq!(grammar.run().end, Ok(()));
}

pub(super) fn text(k: &mut Kernel, text: &str) -> i32 {
    k.give_text(text).unwrap()
}

pub(super) fn read(k: &Kernel, id: i32) -> String {
    k.text(id).unwrap().to_string()
}

/// An array of floats from rows.
fn floats(k: &mut Kernel, rows: &[&[f64]]) -> i32 {
    k.array_begin(0).unwrap();
    for (n, row) in rows.iter().enumerate() {
        if n > 0 {
            k.array_row().unwrap();
        }
        row.iter().for_each(|&value| k.array_push_f(value).unwrap());
    }
    k.array_end().unwrap()
}

pub(super) fn strings(k: &mut Kernel, items: &[&str]) -> i32 {
    k.array_begin(2).unwrap();
    for item in items {
        let item = text(k, item);
        k.array_push_i(item).unwrap();
    }
    k.array_end().unwrap()
}

pub(super) fn written(k: &mut Kernel, array: i32) -> String {
    let id = k.string_a(array).unwrap();
    read(k, id)
}

#[test]
fn strings_are_searched_and_cut() {
    within(|k| {
        let (house, o, none) = (text(k, "Höuse_o_roof"), text(k, "o"), text(k, "zz"));
        assert_eq!(k.len(house)?, 12.0);
        assert_eq!(
            (
                k.find(house, o, 0.0)?,
                k.find(house, o, 1.0)?,
                k.find(house, o, 9.0)?
            ),
            (6.0, 9.0, -1.0)
        );
        assert_eq!(
            (
                k.find_last(house, o)?,
                k.count(house, o)?,
                k.count(house, none)?
            ),
            (10.0, 3.0, 0.0)
        );
        let under = text(k, "_");
        let (prefix, suffix) = (k.get_prefix(house, under)?, k.get_suffix(house, under)?);
        assert_eq!(
            (read(k, prefix), read(k, suffix)),
            ("Höuse".to_owned(), "roof".to_owned())
        );
        let whole = k.get_suffix(house, none)?;
        assert_eq!(whole, house);
        let replaced = k.replace(house, o, under)?;
        assert_eq!(read(k, replaced), "Höuse___r__f");
        let range = k.get_range(house, under, under)?;
        assert_eq!(read(k, range), "o");
        Ok(())
    });
}

#[test]
fn strings_become_numbers_and_back() {
    within(|k| {
        let five = text(k, "5+6");
        assert_eq!(k.float_s(five)?, 5.0);
        let third = k.string_f(1.0 / 3.0)?;
        assert_eq!(read(k, third), "0.333333333333333");
        let no = text(k, "false");
        assert_eq!((k.bool_s(no)?, k.bool_s(five)?), (0, 1));
        assert_eq!(
            (
                k.compare(no, five)?,
                k.compare(five, no)?,
                k.compare(no, no)?
            ),
            (1, -1, 0)
        );
        let front = text(k, "front");
        assert_eq!((k.token_s(front)?, k.token_s(no)?), (word("front"), -1));
        Ok(())
    });
}

#[test]
fn lists_are_changed_item_by_item() {
    within(|k| {
        let list = text(k, "a;bb;c;bb;");
        let (b, star, at) = (text(k, "bb"), text(k, "b*"), text(k, "a;c"));
        assert_eq!(
            (
                k.list_size(list)?,
                k.list_count(list, star)?,
                k.list_index(list, b)?
            ),
            (4.0, 2.0, 1.0)
        );
        let results = [
            (k.list_add(list, b)?, "a;bb;c;bb;bb;"),
            (k.list_remove(list, star)?, "a;c;bb;"),
            (k.list_remove_all(list, star)?, "a;c;"),
            (k.list_retain_all(list, at)?, "a;c;"),
            (k.list_range(list, 1.0, 3.0)?, "bb;c;"),
            (k.list_item(list, 2.0)?, "c"),
            (k.list_item(list, 9.0)?, ""),
            (k.list_first(list)?, "a"),
            (k.list_last(list)?, "bb"),
            (k.list_terminate(at)?, "a;c;"),
        ];
        for (id, expected) in results {
            assert_eq!(read(k, id), expected);
        }
        let array = k.list_to_array(list)?;
        let back = k.list_from_array(array)?;
        assert_eq!(back, list);
        let random = k.list_random(list)?;
        assert!(k.list_index(list, random)? >= 0.0);
        Ok(())
    });
}

#[test]
fn literals_concatenate_and_make_rows() {
    within(|k| {
        let pair = floats(k, &[&[1.0, 2.0]]);
        k.array_begin(0)?;
        k.array_push_a(pair)?;
        k.array_push_f(3.0)?;
        k.array_push_range(10.0, 5.0, 21.0)?;
        k.array_push_range(1.0, 1.0, 0.0)?;
        k.array_push_range(1.0, 0.0, 5.0)?;
        let row = k.array_end()?;
        assert_eq!(written(k, row), "(6)[1,2,3,10,15,20]");
        k.array_begin(0)?;
        k.array_push_a(pair)?;
        k.array_row()?;
        k.array_push_a(pair)?;
        let table = k.array_end()?;
        assert_eq!(written(k, table), "(2x2)\n1   2\n1   2\n");
        assert_eq!(
            (
                k.array_rows(table)?,
                k.array_columns(table)?,
                k.array_size(table)?
            ),
            (2.0, 2.0, 4.0)
        );
        k.array_begin(0)?;
        k.array_push_a(table)?;
        k.array_push_a(table)?;
        let wide = k.array_end()?;
        assert_eq!(written(k, wide), "(2x4)\n1   2   1   2\n1   2   1   2\n");
        Ok(())
    });
}

#[test]
fn elements_out_of_range_are_zero_false_or_empty() {
    within(|k| {
        let table = floats(k, &[&[1.0, 2.0], &[3.0, 4.0]]);
        assert_eq!(
            (
                k.array_get_f(table, 2.0)?,
                k.array_get_f(table, 4.0)?,
                k.array_get_f(table, -1.0)?
            ),
            (3.0, 0.0, 0.0)
        );
        assert_eq!(
            (
                k.array_at_f(table, 1.0, 1.0)?,
                k.array_at_f(table, 0.0, 2.0)?
            ),
            (4.0, 0.0)
        );
        assert_eq!(k.array_get_f(table, f64::NAN)?, 0.0);
        let names = strings(k, &["a"]);
        let none = k.array_get_i(names, 5.0)?;
        assert_eq!(read(k, none), "");
        Ok(())
    });
}

#[test]
fn arrays_are_picked_filtered_and_crossed() {
    within(|k| {
        let table = floats(k, &[&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]]);
        let places = floats(k, &[&[5.0, 0.0], &[9.0, 1.0]]);
        let picked = k.array_pick(table, places)?;
        assert_eq!(written(k, picked), "(2x2)\n6   1\n0   2\n");
        let two = k.array_of_f(2.0)?;
        let large = k.array_each(6, table, two)?;
        let filtered = k.array_pick(table, large)?;
        assert_eq!(written(k, filtered), "(4)[3,4,5,6]");
        let (rows, columns) = (floats(k, &[&[1.0]]), floats(k, &[&[2.0, 0.0]]));
        let crossed = k.array_pick_cross(table, rows, columns)?;
        assert_eq!(written(k, crossed), "(2)[6,4]");
        let second = floats(k, &[&[0.0], &[1.0]]);
        let one = k.array_of_f(1.0)?;
        let (chosen, first) = (k.array_each(2, second, one)?, floats(k, &[&[0.0]]));
        let crossed = k.array_pick_cross(table, chosen, first)?;
        assert_eq!(written(k, crossed), "(1)[4]");
        let turned = k.array_transpose(table)?;
        assert_eq!(written(k, turned), "(3x2)\n1   4\n2   5\n3   6\n");
        Ok(())
    });
}

#[test]
fn operators_work_element_by_element() {
    within(|k| {
        let (a, b) = (
            floats(k, &[&[1.0, 2.0, 3.0]]),
            floats(k, &[&[4.0, 2.0, 0.0]]),
        );
        for (operator, expected) in [
            (2, "false,true,false"),
            (3, "true,false,true"),
            (4, "true,false,false"),
            (5, "true,true,false"),
            (6, "false,false,true"),
            (7, "false,true,true"),
            (8, "5,4,3"),
            (9, "-3,0,3"),
            (10, "4,4,0"),
            (11, "0.25,1,inf"),
        ] {
            let result = k.array_each(operator, a, b)?;
            assert_eq!(written(k, result), format!("(3)[{expected}]"), "{operator}");
        }
        let negated = k.array_negate(a)?;
        assert_eq!(written(k, negated), "(3)[-1,-2,-3]");
        let names = strings(k, &["x", "y"]);
        let joined = k.array_each(8, names, names)?;
        assert_eq!(written(k, joined), "(2)[xx,yy]");
        Ok(())
    });
}

#[test]
fn arrays_are_compared_sorted_searched_and_summed() {
    within(|k| {
        let a = floats(k, &[&[3.0, 1.0, 2.0], &[0.0, 0.0, -1.0]]);
        let same = floats(k, &[&[3.0, 1.0, 2.0], &[0.0, 0.0, -1.0]]);
        let flat = floats(k, &[&[3.0, 1.0, 2.0, 0.0, 0.0, -1.0]]);
        assert_eq!((k.array_equal(a, same)?, k.array_equal(a, flat)?), (1, 0));
        let places = k.array_sort_indices(a)?;
        assert_eq!(written(k, places), "(2x3)\n1   2   0\n2   0   1\n");
        let rows = k.array_sort_row_indices(a)?;
        assert_eq!(written(k, rows), "(2)[1,0]");
        assert_eq!(
            (k.array_find_f(a, 2.04, 0.05)?, k.array_find_f(a, 7.0, 0.0)?),
            (2.0, -1.0)
        );
        assert_eq!(k.array_sum_f(a)?, 5.0);
        let names = strings(k, &["a", "b", "c"]);
        let b = text(k, "b");
        assert_eq!(k.array_find_i(names, b)?, 1.0);
        let sum = k.array_sum_s(names)?;
        assert_eq!(read(k, sum), "abc");
        Ok(())
    });
}

#[test]
fn set_elements_grow_an_array() {
    within(|k| {
        let (row, places, values) = (
            floats(k, &[&[1.0, 2.0]]),
            floats(k, &[&[0.0, 4.0]]),
            floats(k, &[&[9.0]]),
        );
        let grown = k.array_set(row, places, values)?;
        assert_eq!(written(k, grown), "(5)[9,2,0,0,9]");
        assert_eq!(written(k, row), "(2)[1,2]");
        let table = floats(k, &[&[1.0, 2.0], &[3.0, 4.0]]);
        let grown = k.array_set(table, places, values)?;
        assert_eq!(written(k, grown), "(3x2)\n9   2\n3   4\n9   0\n");
        Ok(())
    });
}

#[test]
fn elements_are_converted() {
    within(|k| {
        let names = strings(k, &["1.5", "x", "0"]);
        let numbers = k.array_convert(0, names)?;
        assert_eq!(written(k, numbers), "(3)[1.5,nan,0]");
        let bools = k.array_convert(1, names)?;
        assert_eq!(written(k, bools), "(3)[true,true,false]");
        let back = k.array_convert(2, bools)?;
        assert_eq!(written(k, back), "(3)[true,true,false]");
        let floors = k.array_map(2, numbers)?;
        assert_eq!(written(k, floors), "(3)[1,nan,0]");
        let nans = k.array_map(4, numbers)?;
        assert_eq!(written(k, nans), "(3)[false,true,false]");
        Ok(())
    });
}

#[test]
fn huge_ranges_are_left_out() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.array_begin(0)?;
            k.array_push_range(0.0, 1e-300, 1e300)?;
            k.array_push_range(0.0, f64::NAN, 1.0)?;
            let array = k.array_end()?;
            assert_eq!(k.array_size(array)?, 0.0);
            Ok(())
        })
        .run();
    assert_eq!(run.end, Ok(()));
    assert_eq!(run.warnings().len(), 1);
}

#[test]
fn arrays_of_ragged_rows_are_filled_up() {
    within(|k| {
        let ragged = floats(k, &[&[1.0], &[2.0, 3.0], &[]]);
        assert_eq!(written(k, ragged), "(2x2)\n1   0\n2   3\n");
        let empty = floats(k, &[&[]]);
        assert_eq!(
            (
                k.array_size(empty)?,
                k.array_rows(empty)?,
                k.array_columns(empty)?
            ),
            (0.0, 0.0, 0.0)
        );
        Ok(())
    });
}

#[test]
fn angles_are_in_degrees() {
    within(|k| {
        assert_eq!(
            (k.sin(90.0)?, k.cos(180.0)?, k.tan(45.0)?),
            (1.0, -1.0, 1.0)
        );
        assert_eq!((k.atan2(1.0, -1.0)?, k.acos(0.0)?), (135.0, 90.0));
        assert_eq!((k.remainder(-7.0, 3.0)?, k.pow(2.0, 10.0)?), (-1.0, 1024.0));
        assert!(k.asin(2.0)?.is_nan());
        Ok(())
    });
}

#[test]
fn colours_have_seven_channels() {
    within(|k| {
        let teal = text(k, "#00808040");
        let channels: Vec<f64> = (0..7)
            .map(|channel| k.color_part(teal, channel).unwrap())
            .collect();
        let expected = [
            0.0,
            128.0 / 255.0,
            128.0 / 255.0,
            64.0 / 255.0,
            180.0,
            1.0,
            128.0 / 255.0,
        ];
        assert_eq!(channels, expected);
        let hex = k.color_hex_hsv(3, 180.0, 1.0, 128.0 / 255.0, 0.0)?;
        assert_eq!(read(k, hex), "#008080");
        let hex = k.color_hex_rgb(4, 2.0, -1.0, 0.5, 1.0)?;
        assert_eq!(read(k, hex), "#FF0080FF");
        let ramp = text(k, "greenToRed");
        let middle = k.color_ramp(ramp, 0.5)?;
        assert_eq!(read(k, middle), "#FFFF00");
        Ok(())
    });
}
