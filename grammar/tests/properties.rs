//! Properties over random text: parsing and formatting are total, formatting keeps the tree.

use gable_grammar::{Source, SourceId, format, parse};
use proptest::prelude::*;

const WORDS: [&str; 64] = [
    "-->",
    "=",
    ":=",
    "=:",
    "==",
    "!=",
    "<",
    ">",
    "<=",
    ">=",
    "&&",
    "||",
    "!",
    "+",
    "-",
    "*",
    "/",
    "%",
    ":",
    "|",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    "'",
    "~",
    "@",
    ".",
    ".+",
    ".==",
    "case",
    "else",
    "else:",
    "attr",
    "const",
    "import",
    "style",
    "version",
    "start",
    "extension",
    "with",
    "inline",
    "true",
    "comp",
    "split(x)",
    "splitAndSetbackPerimeter",
    "A",
    "b.c",
    "Wall.",
    "f(1)",
    "12",
    ".5",
    "1.",
    "30%:",
    "\"text\"",
    "\"",
    "// c\n",
    "/* c */",
    "/*",
    "\n",
];

/// What may stand between any two words.
const COMMENTS: [&str; 8] = [
    "/* c */",
    "/* c\n d */",
    "\n/* c */\n",
    "/* c */ /* d */",
    "// c\n",
    "\n# c\n",
    "\n",
    "\n\n",
];

fn check(text: &str) {
    let source = Source::from_bytes("a.cga", text.as_bytes());
    let (file, diagnostics) = parse(&source, SourceId(0));
    for declaration in &file.declarations {
        assert!(
            source.text.get(declaration.span.range()).is_some(),
            "spans fit the text"
        );
    }
    for diagnostic in diagnostics.iter() {
        assert!(
            source.text.get(diagnostic.primary.span.range()).is_some(),
            "spans fit the text"
        );
    }
    let Ok(once) = format(&source, SourceId(0)) else {
        assert!(
            diagnostics.has_errors(),
            "only errors keep text from being formatted"
        );
        return;
    };
    let again = Source::from_bytes("a.cga", once.as_bytes());
    let (second, problems) = parse(&again, SourceId(0));
    assert!(!problems.has_errors(), "{text:?}\n{once}");
    assert_eq!(second.to_string(), file.to_string(), "{text:?}\n{once}");
    assert_eq!(format(&again, SourceId(0)).as_ref(), Ok(&once), "{text:?}");
}

/// Text that is a grammar, so that the formatter has something to do.
fn grammar() -> impl Strategy<Value = String> {
    let expr = prop_oneof![
        Just("1".to_owned()),
        Just("a.b".to_owned()),
        Just("\"s\"".to_owned()),
        Just("true".to_owned()),
        Just("1.".to_owned())
    ]
    .prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            (
                inner.clone(),
                "[-+*/%<>]|==|&&|[|][|]|[.][*]",
                inner.clone()
            )
                .prop_map(|(a, o, b)| format!("{a}{}{b}", format_args!(" {o} "))),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("-{a}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("f({a},// c\n{b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a},{b}:{a};{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(case {a}:{b} else:{a})")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("(({a})%:{b} /* c */ else:{a})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("comp(f){{{a}:{b}|all={a}}}")),
        ]
    });
    let successor = (expr.clone(), Just("A".to_owned())).prop_map(|(e, a)| format!("t({e}){a}"));
    let successor = successor.prop_recursive(5, 32, 4, move |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            two.clone().prop_map(|(a, b)| format!("[{a}]\n[{b}]")),
            (expr.clone(), two.clone()).prop_map(|(e, (a, b))| format!("case {e}:{a} else:{b}")),
            (expr.clone(), two.clone())
                .prop_map(|(e, (a, b))| format!("({e})%:{a} 5% : {b} else : {a}")),
            (expr.clone(), two.clone()).prop_map(|(e, (a, b))| format!(
                "split(x){{ ~{e}:{a}|{{'1:{b}}}*|# c\n{e}:{b} }}*"
            )),
            (expr.clone(), two)
                .prop_map(|(e, (a, b))| format!("comp(f){{ {e}={a} | top:{b} }}Wall.")),
            inner.prop_map(|a| format!("inline {{ {a} }}")),
        ]
    });
    prop::collection::vec(successor, 1..4).prop_map(|rules| {
        rules
            .iter()
            .map(|rule| format!("@Hidden R(a,b)-->\n{rule}\n# c\n\n"))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_tree_and_diagnostics(text in "\\PC*") {
        check(&text);
    }

    #[test]
    fn token_soup_gives_a_tree_and_diagnostics(
        words in prop::collection::vec(prop::sample::select(WORDS.as_slice()), 0..60),
        separator in prop::sample::select([" ", ""].as_slice()),
    ) {
        check(&words.join(separator));
    }

    #[test]
    fn damaged_grammars_give_a_tree_and_diagnostics(
        from in 0.0..1.0, length in 0_usize..40, word in prop::sample::select(WORDS.as_slice())
    ) {
        let text = include_str!("every_construct.cga");
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the text")]
        let start = text.floor_char_boundary((from * text.len() as f64) as usize);
        let end = text.floor_char_boundary(start + length);
        check(&format!("{}{}", &text[..start], &text[end..]));
        check(&format!("{}{word}{}", &text[..start], &text[end..]));
        check(&format!("{}{}", &text[..end], &text[start..]));
    }

    #[test]
    fn comments_and_line_ends_may_stand_anywhere(
        places in prop::collection::vec((0.0..1.0, prop::sample::select(COMMENTS.as_slice())), 1..12)
    ) {
        let text = include_str!("every_construct.cga");
        let gaps: Vec<usize> = text.match_indices([' ', '\n', '(', ')', ',', '|', ':']).map(|(at, _)| at).collect();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the text")]
        let mut places: Vec<(usize, &str)> =
            places.iter().map(|&(at, comment)| (gaps[(at * gaps.len() as f64) as usize], comment)).collect();
        places.sort_by_key(|&(at, _)| std::cmp::Reverse(at));
        let mut text = text.to_owned();
        for (at, comment) in places {
            text.insert_str(at, comment);
        }
        check(&text);
    }

    #[test]
    fn formatting_grammars_keeps_their_tree(text in grammar()) {
        check(&text);
    }
}
