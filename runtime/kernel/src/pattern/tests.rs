use super::*;
use crate::chance::Random;

const PLENTY: u64 = 1_000_000;

/// All places where a pattern is found, as texts.
fn found(pattern: &str, text: &str) -> Vec<String> {
    let text: Vec<char> = text.chars().collect();
    let pattern = Pattern::read(pattern).unwrap();
    let mut search = pattern.search(&text, PLENTY).unwrap();
    let (mut from, mut all) = (0, Vec::new());
    while let Some(range) = search.find(from) {
        all.push(text[range.clone()].iter().collect());
        from = range.end.max(range.start + 1);
    }
    all
}

fn is_whole(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let pattern = Pattern::read_whole(pattern).unwrap();
    pattern.search(&text, PLENTY).unwrap().starts()
}

#[test]
fn characters_sets_and_classes() {
    assert_eq!(found("a.c", "abc a\nc ac"), ["abc", "a\nc"]);
    assert_eq!(found("[12]\\.png", "1.png 3.png 2xpng"), ["1.png"]);
    assert_eq!(found("[^a-c\\d]+", "ab1xyz-2c"), ["xyz-"]);
    assert_eq!(found("[]x-]+", "a]-x"), ["]-x"]);
    assert_eq!(found("[\\D]+|[[:digit:]]{2}", "ab12c"), ["ab", "12", "c"]);
    assert_eq!(found("\\x41\\u00e4\\s", "Aä\tAä"), ["Aä\t"]);
    assert_eq!(found("\\w+\\W", "öl_a1!"), ["l_a1!"]);
    assert_eq!(found("a{x", "a{x"), ["a{x"]);
}

#[test]
fn repetitions_are_greedy_unless_told() {
    assert_eq!(found("<.+>", "<a><b>"), ["<a><b>"]);
    assert_eq!(found("<.+?>", "<a><b>"), ["<a>", "<b>"]);
    assert_eq!(
        found("a{2,3}", "a aa aaa aaaaa"),
        ["aa", "aaa", "aaa", "aa"]
    );
    assert_eq!(found("a{2,}b?", "ab aab aaa"), ["aab", "aaa"]);
    assert_eq!(found("(ab){2}", "abab ab"), ["abab"]);
    assert_eq!(found("(a*)*b", "aab"), ["aab"]);
    assert_eq!(found("(a|ab)(c|bcd)", "abcd"), ["abcd"]);
}

#[test]
fn places_and_looks() {
    assert_eq!(found("^a|a$", "aaa"), ["a", "a"]);
    assert_eq!(found("\\bcat\\b", "cat concat cat"), ["cat", "cat"]);
    assert_eq!(found("\\B", "abc"), ["", ""]);
    assert_eq!(found("(?<=a)b(?=a)", "abacba"), ["b"]);
    assert_eq!(found("(?<!wall_)\\d", "wall_1 roof_2"), ["2"]);
    assert_eq!(found("(?<=ab+)c", "abbc ac"), ["c"]);
    assert_eq!(found("a(?!b)", "abac"), ["a"]);
}

#[test]
fn whole_texts_try_every_way() {
    assert!(is_whole("a|ab", "ab"));
    assert!(is_whole("textures/[12].png|.*.obj", "x/tower.obj"));
    assert!(!is_whole("[12].png", "textures/1.png"));
    assert!(is_whole("", ""));
}

#[test]
fn wrong_patterns_say_why() {
    for wrong in [
        "(",
        ")",
        "[a",
        "*",
        "a**",
        "a\\",
        "[z-a]",
        "(?i)a",
        "a{3,2}",
        "\\1",
        "\\x4",
        "a++",
        "(a{500}){500}",
        "\\uD800",
    ] {
        assert!(Pattern::read(wrong).is_err(), "{wrong}");
    }
    assert!(Pattern::read(&"(".repeat(10_000)).is_err());
}

#[test]
fn work_is_bounded() {
    let text = vec!['a'; 2000];
    let pattern = Pattern::read("(a|aa)*(a*)*b").unwrap();
    let mut search = pattern.search(&text, 500_000).unwrap();
    assert_eq!(search.find(0), None);
    assert!(
        search.work_left() > 0,
        "what failed once is not tried again"
    );
    let mut search = pattern.search(&text, 100).unwrap();
    assert_eq!((search.find(0), search.work_left()), (None, 0));
    assert!(pattern.search(&vec!['a'; 10_000_000], 100).is_err());
}

#[test]
fn random_patterns_are_read_or_refused_and_end() {
    let letters: Vec<char> = "ab()[]|*+?{}1,2^$.\\dwB-=!<:".chars().collect();
    let random = &mut Random(1);
    let mut good = 0;
    for _ in 0..20_000 {
        let pattern: String = (0..random.below(12))
            .map(|_| letters[random.below(letters.len())])
            .collect();
        let text: Vec<char> = (0..random.below(20))
            .map(|_| letters[random.below(4)])
            .collect();
        let Ok(pattern) = Pattern::read(&pattern) else {
            continue;
        };
        good += 1;
        let mut search = pattern.search(&text, PLENTY).unwrap();
        if let Some(range) = search.find(0) {
            assert!(range.start <= range.end && range.end <= text.len());
        }
        assert!(search.work_left() > 0);
    }
    assert!(good > 1000);
}
