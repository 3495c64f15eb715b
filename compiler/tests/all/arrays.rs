//! Arrays as the language has them: each expression and what it prints, rows between `|`.

use crate::support::{compile_files, prints};

fn check(table: &[(&str, &str)]) {
    let prints_all: String = table
        .iter()
        .map(|(text, _)| format!("    print({text})\n"))
        .collect();
    let found = prints(&format!(
        "a = [1,2,3,4]\nb = [1,2,3;4,5,6;7,8,9]\nz = [0,0,0,0,0,0]\nzz = [0,0,0;0,0,0;0,0,0]\n\
         Lot -->\n{prints_all}    X."
    ));
    for ((text, expected), found) in table.iter().zip(&found) {
        let rows: Vec<&str> = found.split_inclusive('\n').map(str::trim).collect();
        assert_eq!(rows.join("|"), *expected, "{text}");
    }
    assert_eq!(found.len(), table.len());
}

#[test]
fn literals_and_ranges() {
    check(&[
        ("[2 : 4]", "(3)[2,3,4]"),
        ("[0.5 : 3]", "(3)[0.5,1.5,2.5]"),
        ("[4 : 2]", "(0)[]"),
        ("[4 : -1 : 2]", "(3)[4,3,2]"),
        ("[1 : -0.5 : 1]", "(1)[1]"),
        ("[1 : 0 : 1]", "(0)[]"),
        ("[\"A\", [\"B\", \"C\"], \"E\"]", "(4)[A,B,C,E]"),
        ("[0:2 ; 3, 3, 3]", "(2x3)|0   1   2|3   3   3"),
        (
            "[[-1;-2], [0:2;3,3,3] ; [0:2;3,3,3], [-1;-2]]",
            "(4x4)|-1   0   1    2|-2   3   3    3|0   1   2   -1|3   3   3   -2",
        ),
    ]);
}

#[test]
fn comparisons_of_whole_arrays() {
    check(&[
        ("[1,2] == [1,2]", "true"),
        ("[\"a\",\"b\"] == [\"a\";\"b\"]", "false"),
        ("[1,2] != [1;2]", "true"),
        ("[1,3] > [1,2]", "true"),
        ("[10] < [9]", "false"),
        ("[\"a\";\"b\"] > [\"a\"]", "true"),
        ("[1,2,3] >= [1,2]", "true"),
        ("[\"a\";\"b\"] >= [\"a\";\"b\"]", "true"),
        ("[1,2;3,4] < [1,2;3,5]", "true"),
    ]);
}

#[test]
fn operators_on_elements() {
    check(&[
        (".![true,false]", "(2)[false,true]"),
        ("[true,false] .|| true", "(2)[true,true]"),
        ("[true,false] .&& [false,true]", "(2)[false,false]"),
        (".+[1,2]", "(2)[1,2]"),
        (".-[1,2]", "(2)[-1,-2]"),
        ("3 .- [1,2]", "(2)[2,1]"),
        ("[4,2] .* 2.5", "(2)[10,5]"),
        ("12 ./ [2,3,4]", "(3)[6,4,3]"),
        ("7 .% [2.7,-3]", "(2)[1.6,1]"),
        ("1 .== [1,2]", "(2)[true,false]"),
        ("[\"a\",\"b\"] .== \"b\"", "(2)[false,true]"),
        ("1.==2", "(1)[false]"),
        ("[1,2;3,4] .> [1,1;3,3]", "(2x2)|false   true|false   true"),
        ("[\"a\",\"b\"] .+ 1", "(2)[a1,b1]"),
        ("\"a\" .+ [1,2;3,4]", "(2x2)|a1   a2|a3   a4"),
        ("[true,false] .+ \"a\"", "(2)[truea,falsea]"),
        ("[\"a\",\"b\"] .+ [false,true]", "(2)[afalse,btrue]"),
        ("isNull([\"a\", \"\\ue000\"])", "(2)[false,true]"),
        ("isNull([1, 0/0])", "(2)[false,true]"),
        ("isNull([true])", "(1)[false]"),
        ("isNull(0/0)", "true"),
        ("\"array: \" + [1,2]", "array: (2)[1,2]"),
    ]);
}

#[test]
fn elements_by_index() {
    check(&[
        ("a[3]", "4"),
        ("a[-1]", "0"),
        ("a[[0,2]]", "(2)[1,3]"),
        ("a[3:-1:1]", "(3)[4,3,2]"),
        ("a[[0,1;2,3]]", "(2x2)|1   2|3   4"),
        ("b[1,1]", "5"),
        ("b[3]", "4"),
        ("b[1, [0,2]]", "(2)[4,6]"),
        ("b[[0,0,1], 2]", "(3x1)|3|3|6"),
        ("b[0:2, [0,2]]", "(3x2)|1   3|4   6|7   9"),
        ("b[[2,3], -1:1]", "(2x3)|0   7   8|0   0   0"),
        ("b[0, [0,1;2,3]]", "(4)[1,2,3,0]"),
        ("a[[true,false,true]]", "(2)[1,3]"),
        ("a[a .> 1 .&& a .< 4]", "(2)[2,3]"),
        ("a[[false,false,true,true,true]]", "(3)[3,4,0]"),
        ("a[[true,false;true,false]]", "(2)[1,3]"),
        ("b[[false,true,true], 0]", "(2x1)|4|7"),
        ("floatArray[1:4]", "(4)[0,0,0,0]"),
        ("floatArray[1:2, 1:3] .+ 1", "(2x3)|1   1   1|1   1   1"),
    ]);
}

#[test]
fn elements_are_set() {
    check(&[
        ("setElems(z, 2, 1)", "(6)[0,0,1,0,0,0]"),
        ("setElems(z, [1:4], 1)", "(6)[0,1,1,1,1,0]"),
        ("setElems(z, [5,1,3], [1:3])", "(6)[0,2,0,3,0,1]"),
        ("setElems(z, [1,1,1], [1:3])", "(6)[0,3,0,0,0,0]"),
        (
            "setElems(zz, 1, 1, 5)",
            "(3x3)|0   0   0|0   5   0|0   0   0",
        ),
        (
            "setElems(zz, [0,2], [0:2], 1)",
            "(3x3)|1   1   1|0   0   0|1   1   1",
        ),
        (
            "setElems(zz, [2,1], [2,0], [1,2;3,4])",
            "(3x3)|0   0   0|4   0   3|2   0   1",
        ),
        ("setElems([1:7], [1:7] .> 4, 4)", "(7)[1,2,3,4,4,4,4]"),
        ("setElems([1:7], [1:7] .> 4, [3,2,1])", "(7)[1,2,3,4,3,2,1]"),
        ("setElems([1,1], 3, 5)", "(4)[1,1,0,5]"),
        ("setElems([1,1], -1, 5)", "(2)[1,1]"),
        (
            "setElems([1,1], 2, 2, 5)",
            "(3x3)|1   1   0|0   0   0|0   0   5",
        ),
        ("setElems([\"x\"], [true,true], \"y\")", "(2)[y,y]"),
        (
            "setElems(zz, 10, 5)",
            "(4x3)|0   0   0|0   0   0|0   0   0|0   5   0",
        ),
    ]);
}

#[test]
fn element_types_are_checked() {
    for text in [
        "[true] .+ [false]",
        "[1] .&& [true]",
        "[\"a\"] .* 2",
        "[1] .== \"a\"",
        ".![1]",
        ".-[\"a\"]",
        "setElems([1], \"a\", 1)",
        "[1,2][\"a\"]",
    ] {
        let main = format!("Lot --> print({text}) X.");
        let compiled = compile_files(&[("main.cga", &main)]);
        assert!(compiled.artifact.is_none(), "{text}");
    }
}
