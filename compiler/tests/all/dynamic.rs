//! Calls through an import that change its attributes and rules.

use crate::support::{compile_files, prints_of, rendered};

const PART: &str = "attr height = 10\nattr angle = case height > 10 : 0 else : 30\nconst twice = height * 2\n\
                    Lot --> print(height + \",\" + angle + \",\" + twice) Roof\n\
                    extension Roof --> print(\"own \" + height) R.";

fn with_part(main: &str) -> Vec<String> {
    prints_of(&[("main.cga", main), ("part.cga", PART)])
}

#[test]
fn given_attributes_change_those_that_depend_on_them() {
    let main = "import p : \"part.cga\"\nLot --> p(height = 20).Lot p.Lot";
    assert_eq!(with_part(main), ["20,0,40", "10,30,20", "own 20", "own 10"]);
}

#[test]
fn values_are_those_of_the_caller() {
    let main = "import p : \"part.cga\"\nattr base = 3\nLot --> set(base, 4) Building(5)\n\
                Building(h) --> p(height = h + base, angle = p.height).Lot";
    assert_eq!(with_part(main), ["9,10,18", "own 9"]);
}

#[test]
fn without_overrides_all_is_evaluated_anew() {
    let main = "import p : \"part.cga\"\nLot --> set(p.height, 20) p().Lot p.Lot";
    assert_eq!(
        with_part(main),
        ["10,30,20", "20,30,20", "own 10", "own 20"]
    );
}

#[test]
fn overrides_of_the_import_itself_and_propagation_stay() {
    let main = "import p : \"part.cga\" (angle = 7, Roof --> print(\"main\") R.)\nattr height = 3\n\
                Lot --> p().Lot set(height, 4) p().Lot p(height = 5).Lot p(angle = 6).Lot";
    assert_eq!(
        with_part(main),
        [
            "3,7,6", "4,7,8", "5,7,10", "4,6,8", "main", "main", "main", "main"
        ]
    );
}

#[test]
fn attributes_are_evaluated_on_the_current_shape() {
    let part = "attr size = scope.sx\nA(n) --> print(n + \":\" + size) X.";
    let main = "import p : \"part.cga\"\nLot --> p.A(0) s(5, 0, 5) p().A(scope.sx) p.A(2)";
    assert_eq!(
        prints_of(&[("main.cga", main), ("part.cga", part)]),
        ["0:30", "5:5", "2:30"]
    );
}

#[test]
fn imports_of_the_import_are_evaluated_anew_too() {
    let inner = "attr height = 1\nA --> print(height) X.";
    let part = "import q : \"inner.cga\"\nattr height = 2\nstart A --> set(height, 50) q.A";
    let main = "import p : \"part.cga\"\nLot --> set(p.q.height, 9) p.A p(height = 3).A p(height = 4).start p(height = 5).q.A";
    let files = [("main.cga", main), ("part.cga", part), ("inner.cga", inner)];
    assert_eq!(prints_of(&files), ["5", "9", "3", "4"]);
}

#[test]
fn rules_given_in_a_call_replace_those_of_the_import_for_that_call() {
    let main = "import p : \"part.cga\"\nLot --> p(Roof --> print(\"hip\") H.).Lot p.Lot p(height = 20, Roof --> Mine).Lot\n\
                Mine --> print(\"mine \" + p.height) M.";
    assert_eq!(
        with_part(main),
        [
            "10,30,20", "10,30,20", "20,0,40", "hip", "own 10", "mine 20"
        ]
    );
}

#[test]
fn rules_given_in_a_call_see_its_parameters_and_locals() {
    let main = "import p : \"part.cga\"\nLot --> B(1, \"a\") B(2, \"b\")\n\
                B(n, s) with ( m := n * 10 ) --> p(height = n, Roof --> print(s + m + n) R.).Lot";
    assert_eq!(with_part(main), ["1,30,2", "2,30,4", "a101", "b202"]);
}

#[test]
fn rules_given_in_a_call_may_give_rules_in_a_call() {
    let main = "import p : \"part.cga\"\nLot --> B(1)\n\
                B(n) --> p(Roof --> p(height = n + 1, Roof --> print(\"inner \" + n + p.height) R.).Lot).Lot";
    assert_eq!(with_part(main), ["10,30,20", "2,30,4", "inner 12"]);
}

#[test]
fn replaced_rules_reach_the_rules_that_an_import_gives_its_own_imports() {
    let inner = "A --> Top\nextension Top --> print(\"inner\") X.";
    let part = "import q : \"inner.cga\" (Top --> Cap)\nCap --> Roof\nextension Roof --> print(\"part\") X.\nA --> q.A";
    let main = "import p : \"part.cga\"\nLot --> p.A p(Roof --> print(\"main\") X.).A";
    let files = [("main.cga", main), ("part.cga", part), ("inner.cga", inner)];
    assert_eq!(prints_of(&files), ["part", "main"]);
}

#[test]
fn replaced_rules_reach_rules_that_call_themselves() {
    let part = "attr height = 0\nA(n) --> case n == 0 : Top else : A(n - 1)\nextension Top --> print(height) X.";
    let main = "import p : \"part.cga\"\nLot --> p(height = 3, Top --> print(\"top \" + p.height) X.).A(3) p(height = 4).A(2)";
    assert_eq!(
        prints_of(&[("main.cga", main), ("part.cga", part)]),
        ["4", "top 3"]
    );
}

#[test]
fn what_is_wrong_in_such_a_call_is_named() {
    let main = "import part : \"part.cga\"\nLot --> part(heigt = 1).Lot part(twice = 1).Lot part(height = 1, height = 2).Lot \
                part(Rof --> X.).Lot part(Roof(x) --> X.).Lot part(height = 1).Lat\nA --> prt().Lot part(height = \"a\").Lot";
    let compiled = compile_files(&[("main.cga", main), ("part.cga", PART)]);
    insta::assert_snapshot!(rendered(&compiled));
}

#[test]
fn an_attribute_may_be_given_from_what_the_import_declares() {
    let main = "import p : \"part.cga\"\nattr height = p.height + 1\nLot --> p.Lot";
    assert_eq!(with_part(main), ["11,0,22", "own 11"]);
    let main = "import p : \"part.cga\" (height = p.height * 3)\nLot --> p.Lot p().Lot";
    assert_eq!(with_part(main), ["30,0,60", "30,0,60", "own 30", "own 30"]);
}

#[test]
fn a_replaced_rule_can_be_called_by_the_rule_that_replaced_it() {
    let main = "import p : \"part.cga\" (Roof --> Mine)\nLot --> p.Lot\nextension Mine --> print(\"mine\") p.Roof";
    assert_eq!(with_part(main), ["10,30,20", "mine", "own 10"]);
    let main = "import p : \"part.cga\" (Roof --> print(\"mine\") p.Roof)\nLot --> p.Lot";
    assert_eq!(with_part(main), ["10,30,20", "mine", "own 10"]);
}

#[test]
fn importers_declare_rules_that_an_import_lacks() {
    let part = "A --> B(1) C";
    let main = "import p : \"part.cga\"\nattr a = 7\nLot --> p.A\np.B(n) --> print(\"B\" + (n + a)) X.\np.C --> print(\"C\") X.";
    assert_eq!(
        prints_of(&[("main.cga", main), ("part.cga", part)]),
        ["B8", "C"]
    );
}

#[test]
fn rules_with_dots_are_of_the_file_when_no_import_has_that_name() {
    let part = "A --> NIL";
    let main = "import garden : \"part.cga\"\nLot --> lawn.Tile(2) gardens.Tree\nlawn.Tile(n) --> print(n) X.\n\
                gardens.Tree --> print(\"tree\") X.";
    let files = [("main.cga", main), ("part.cga", part)];
    assert_eq!(prints_of(&files), ["2", "tree"]);
    let compiled = compile_files(&files);
    let warnings: Vec<_> = compiled.diagnostics.iter().map(|it| it.code.0).collect();
    assert_eq!(warnings, ["W0205"], "{:?}", compiled.diagnostics);
}

#[test]
fn overrides_reach_imports_of_the_import() {
    let inner = "attr height = 1\nA --> print(height) X.";
    let part = "import q : \"inner.cga\"\nA --> q.A";
    let main = "import p : \"part.cga\" (q.height = 5)\nLot --> p.A p(q.height = 6).A";
    let files = [("main.cga", main), ("part.cga", part), ("inner.cga", inner)];
    assert_eq!(prints_of(&files), ["5", "6"]);
}

#[test]
fn overrides_do_not_change_what_another_style_declares() {
    let part = "attr height = 1\nattr width = 2\nA --> print(height + \",\" + width) Top\nextension Top --> print(\"own\") X.\n\
                style Tall\nattr height = 10";
    let main = "import p (Tall) : \"part.cga\" (height = 5, Top --> print(\"main\") X.)\nattr width = 3\nLot --> p.A";
    assert_eq!(
        prints_of(&[("main.cga", main), ("part.cga", part)]),
        ["10,3", "main"]
    );
}

#[test]
fn calls_that_replace_rules_make_a_bounded_number_of_copies() {
    // Each file's rules call the next one twice with another rule: two to the power of twelve copies.
    let names: Vec<String> = (0..13).map(|n| format!("{n}.cga")).collect();
    let texts: Vec<String> = (0..13)
        .map(|n| {
            let call = "p(Top --> X.).A ".repeat(2);
            format!(
                "import p : \"{}.cga\"\nA --> {call}\nextension Top --> NIL",
                n + 1
            )
        })
        .collect();
    let mut files: Vec<(&str, &str)> = names
        .iter()
        .zip(&texts)
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    files.push(("13.cga", "A --> Top\nextension Top --> NIL"));
    let compiled = compile_files(&files);
    let codes: Vec<_> = compiled.diagnostics.iter().map(|it| it.code.0).collect();
    assert_eq!(codes, ["E0207"]);
}
