//! Chance as grammars meet it: what is drawn is the same for the same seed, has the distribution that the language
//! promises, and shapes, seeds and numbers of one stream do not follow from each other.
//!
//! Everything runs with fixed seeds, so a test passes always or never. Distributions are judged by Pearson's chi-squared
//! over 10^5 draws; a true source of chance would fail one such test with a probability of at most 10^-6, any of this
//! file with one below 10^-4.

#[path = "support/grammars.rs"]
mod grammars;
#[path = "support/shapes.rs"]
mod shapes;

use std::collections::BTreeMap;

use gable_kernel::recipe::{InitialShape, Recipe};
use gable_runtime::asset::AssetStore;
use gable_runtime::{Content, Engine, EngineOptions, NativeRules};

/// Standard deviations that a normal variable exceeds with a probability of 10^-6.
const DEVIATIONS: f64 = 4.753_424;

/// Lots with their own seeds, and pieces of each: 10^5 pieces.
const LOTS: u64 = 100;
const PIECES: usize = 1000;

/// The value that chi-squared exceeds with a probability of 10^-6 (Wilson and Hilferty, The distribution of chi-square,
/// 1931); for a few degrees of freedom a larger one, by 15 % for one of them.
fn limit(freedom: usize) -> f64 {
    let k = freedom as f64;
    let spread = 2.0 / (9.0 * k);
    k * (1.0 - spread + DEVIATIONS * spread.sqrt()).powi(3)
}

/// Fails when counts are too far from what is expected of them, by shares that sum to one.
fn expect_shares(what: &str, counts: &[u64], shares: &[f64]) {
    let total = counts.iter().sum::<u64>() as f64;
    let sum: f64 = shares.iter().sum();
    assert!((sum - 1.0).abs() < 1e-9, "{what}: shares sum to {sum}");
    assert_eq!(counts.len(), shares.len(), "{what}");
    let terms = counts.iter().zip(shares).map(|(&count, share)| {
        let expected = total * share;
        assert!(expected >= 5.0, "{what}: {expected} expected");
        (count as f64 - expected).powi(2) / expected
    });
    let (found, limit) = (terms.sum::<f64>(), limit(counts.len() - 1));
    assert!(
        found < limit,
        "{what}: {found:.1} of at most {limit:.1}; {counts:?}"
    );
}

fn expect_even(what: &str, counts: &[u64]) {
    let share = 1.0 / counts.len() as f64;
    expect_shares(what, counts, &vec![share; counts.len()]);
}

/// Counts of numbers from 0 to 1 in equal bins.
fn histogram(values: impl IntoIterator<Item = f64>, bins: usize) -> Vec<u64> {
    let mut counts = vec![0; bins];
    for value in values {
        assert!((0.0..1.0).contains(&value), "{value}");
        counts[(value * bins as f64) as usize] += 1;
    }
    counts
}

/// Fails when the second of two numbers from 0 to 1 can be guessed from the first: counts in a table of 8 by 8.
fn expect_independent(what: &str, pairs: impl IntoIterator<Item = (f64, f64)>) {
    let mut counts = vec![0; 64];
    for (a, b) in pairs {
        counts[(a * 8.0) as usize * 8 + (b * 8.0) as usize] += 1;
    }
    expect_even(what, &counts);
}

struct Runner {
    engine: Engine,
}

impl Runner {
    fn new() -> Self {
        Self {
            engine: Engine::new(EngineOptions::default()).expect("an engine"),
        }
    }

    fn run(&self, text: &str, shapes: Vec<InitialShape>) -> Content {
        let artifact = grammars::compile_text("chance.cga", text);
        let assets = AssetStore::default();
        let first = InitialShape::default();
        let recipe = Recipe {
            shapes,
            ..grammars::recipe_to_measure(&artifact, first, Vec::new(), &assets)
        };
        let rules = NativeRules::load(&self.engine, &artifact.wasm).expect("our own module");
        let content = rules.generate(&recipe, &assets);
        content.unwrap_or_else(|error| panic!("{error}:\n{text}"))
    }

    /// What is printed on one lot of 10 by 10 metres.
    fn prints(&self, text: &str, seed: u64) -> Vec<String> {
        self.run(text, vec![lot(10.0, seed)]).summary.prints
    }

    /// How often each key was reported by 10^5 pieces; each does what `piece` says.
    fn counts(&self, piece: &str, more: &str) -> BTreeMap<String, u64> {
        let text = format!("Lot --> split(x) {{ 1 : Piece }}*\nPiece --> {piece} NIL\n{more}");
        let lots = (0..LOTS).map(|seed| lot(PIECES as f64, seed)).collect();
        let reports = self.run(&text, lots).summary.reports;
        let counts = reports.into_iter().map(|(key, report)| (key, report.n));
        counts.collect()
    }

    /// What 10^5 pieces print, lot by lot: numbers from 0 to 1.
    fn numbers(&self, piece: &str) -> Vec<Vec<f64>> {
        let text = format!("Lot --> split(x) {{ 1 : Piece }}*\nPiece --> print({piece}) NIL");
        let of_lot = |seed| {
            let prints = self
                .run(&text, vec![lot(PIECES as f64, seed)])
                .summary
                .prints;
            assert_eq!(prints.len(), PIECES);
            let numbers = prints.iter().map(|line| line.parse().expect("a number"));
            numbers.collect()
        };
        (0..LOTS).map(of_lot).collect()
    }
}

/// A lot of some metres along x and 10 along z.
fn lot(width: f64, seed: u64) -> InitialShape {
    InitialShape {
        polygons: vec![grammars::rectangle(0.0, 0.0, width, 10.0)],
        seed,
        ..InitialShape::default()
    }
}

/// The counts of keys, which are all there are.
fn of_keys<const N: usize>(counts: &BTreeMap<String, u64>, keys: [&str; N]) -> [u64; N] {
    assert!(
        counts.keys().all(|key| keys.contains(&key.as_str())),
        "{counts:?}"
    );
    keys.map(|key| counts.get(key).copied().unwrap_or_default())
}

#[test]
fn the_same_seed_draws_the_same_and_another_one_something_else() {
    let runner = Runner::new();
    let text = "attr a = rand\nLot --> print(a) print(rand(5, 7)) print(listRandom(\"a;b;c;d;e;f;g;h;\")) split(x) { 1 : Piece }*\n\
                Piece --> print(p(0.5)) [ Either ]\nEither --> 50% : A else : B\nA --> print(\"A\" + rand) NIL\nB --> print(\"B\" + rand) NIL";
    let first = runner.prints(text, 3);
    assert_eq!(first.len(), 3 + 10 + 10);
    assert_eq!(first, runner.prints(text, 3));
    assert_ne!(first, runner.prints(text, 4));
}

#[test]
fn what_is_drawn_depends_on_seed_and_place_in_the_tree_alone() {
    let runner = Runner::new();
    let of_b = |text: &str| {
        let prints = runner.prints(text, 3).into_iter();
        let mut of_b = prints.filter(|line| line.starts_with('B'));
        of_b.next().expect("a print of B")
    };
    let plain = of_b("Lot --> [ A ] B\nA --> NIL\nB --> print(\"B\" + rand) NIL");
    // Neither what a sibling draws, nor attributes, nor geometry, nor how deep a sibling's tree is.
    for text in [
        "Lot --> [ A ] B\nA --> print(rand + rand) NIL\nB --> print(\"B\" + rand) NIL",
        "attr a = rand\nattr b = rand\nLot --> print(a + b) [ A ] B\nA --> NIL\nB --> print(\"B\" + rand) NIL",
        "Lot --> [ A ] extrude(7) s(1, 2, 3) B\nA --> NIL\nB --> print(\"B\" + rand) NIL",
        "Lot --> [ A ] B\nA --> split(x) { 1 : C }*\nC --> print(rand) NIL\nB --> print(\"B\" + rand) NIL",
    ] {
        assert_eq!(of_b(text), plain, "{text}");
    }
    // But which child it is.
    assert_ne!(
        of_b("Lot --> [ A ] [ A ] B\nA --> NIL\nB --> print(\"B\" + rand) NIL"),
        plain
    );
    // An attribute's number does not depend on the other attributes.
    let alone = runner.prints("attr a = rand\nLot --> print(a) NIL", 3);
    let with_others = "attr c = rand\nattr a = rand\nattr b = rand\nLot --> print(a) NIL";
    assert_eq!(alone, runner.prints(with_others, 3));
}

#[test]
fn a_seed_that_is_set_begins_a_stream_and_bounds_stretch_its_numbers() {
    let runner = Runner::new();
    let drawn = |bounds: &str| {
        let text = format!(
            "Lot --> A A\nA --> set(seedian, 5) B\nB --> print(rand{bounds}) print(rand{bounds}) NIL"
        );
        let prints = runner.prints(&text, 3).into_iter();
        let numbers = prints.map(|line| line.parse().expect("a number"));
        numbers.collect::<Vec<f64>>()
    };
    let plain = drawn("");
    assert_eq!(plain[..2], plain[2..], "siblings with the same seed");
    assert_ne!(plain[0], plain[1]);
    for (bounds, low, range) in [
        ("(10)", 0.0, 10.0),
        ("(3, 5)", 3.0, 2.0),
        ("(5, 3)", 5.0, -2.0),
    ] {
        for (stretched, plain) in drawn(bounds).iter().zip(&plain) {
            assert!(
                (stretched - (low + range * plain)).abs() < 1e-12,
                "{bounds}"
            );
        }
    }
}

#[test]
fn rand_is_even_and_siblings_are_independent() {
    let runner = Runner::new();
    let lots = runner.numbers("rand");
    expect_even("rand", &histogram(lots.iter().flatten().copied(), 64));
    let siblings = lots
        .iter()
        .flat_map(|lot| lot.iter().copied().zip(lot[1..].iter().copied()));
    expect_independent("siblings", siblings);
    let seeds = lots
        .windows(2)
        .flat_map(|pair| pair[0].iter().copied().zip(pair[1].iter().copied()));
    expect_independent("lots with consecutive seeds", seeds);
    let second = runner.numbers("0 * rand + rand");
    let pairs = lots
        .iter()
        .flatten()
        .copied()
        .zip(second.iter().flatten().copied());
    expect_independent("the first and the second number of a shape", pairs);
}

#[test]
fn parents_and_children_are_independent() {
    let runner = Runner::new();
    let text = "Lot --> split(x) { 1 : Piece }*\nPiece --> Pair(rand)\nPair(parent) --> print(parent) print(rand) NIL";
    let of_lot = |seed| {
        let prints = runner
            .run(text, vec![lot(PIECES as f64, seed)])
            .summary
            .prints;
        let numbers: Vec<f64> = prints
            .iter()
            .map(|it| it.parse().expect("a number"))
            .collect();
        assert_eq!(numbers.len(), 2 * PIECES);
        numbers
    };
    let numbers: Vec<f64> = (0..LOTS).flat_map(of_lot).collect();
    expect_independent(
        "parent and child",
        numbers.chunks(2).map(|pair| (pair[0], pair[1])),
    );
}

#[test]
fn attributes_and_shapes_with_whole_seeds_are_even() {
    let runner = Runner::new();
    // 10^5 lots, each with the number of its seed: attributes first, then what its start rule draws.
    let text = "attr a = rand\nLot --> report(\"a.\" + floor(a * 32), 1) report(\"r.\" + floor(rand * 32), 1)\n\
                report(\"b.\" + (floor(a * 4) * 4 + floor(rand(4))), 1) NIL";
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for part in 0..10 {
        let lots = (0..10_000)
            .map(|seed| lot(1.0, part * 10_000 + seed))
            .collect();
        for (key, report) in runner.run(text, lots).summary.reports {
            *counts.entry(key).or_default() += report.n;
        }
    }
    for (letter, bins) in [("a", 32), ("r", 32), ("b", 16)] {
        let count = |bin: usize| counts.get(&format!("{letter}.{bin}")).copied();
        let counts: Vec<u64> = (0..bins)
            .map(|bin| count(bin).unwrap_or_default())
            .collect();
        assert_eq!(counts.iter().sum::<u64>(), 100_000);
        expect_even(letter, &counts);
    }
}

#[test]
fn p_is_true_as_often_as_asked() {
    let runner = Runner::new();
    let report = "report(\"often \" + p(0.3), 1) report(\"seldom \" + p(0.01), 1) report(\"never \" + p(0), 1) report(\"always \" + p(1), 1)";
    let counts = runner.counts(report, "");
    let count = |key: &str| counts.get(key).copied().unwrap_or_default();
    expect_shares(
        "p(0.3)",
        &[count("often true"), count("often false")],
        &[0.3, 0.7],
    );
    expect_shares(
        "p(0.01)",
        &[count("seldom true"), count("seldom false")],
        &[0.01, 0.99],
    );
    assert_eq!([count("never true"), count("always false")], [0, 0]);
    assert_eq!(
        [count("never false"), count("always true")],
        [100_000, 100_000]
    );
}

#[test]
fn stochastic_rules_and_values_come_by_their_percentages() {
    let runner = Runner::new();
    let more = "Choose --> 10% : report(\"a\", 1) NIL 25.5% : report(\"b\", 1) NIL (60 / 2)% : report(\"c\", 1) NIL else : report(\"d\", 1) NIL";
    let counts = runner.counts("Choose", more);
    let shares = [0.1, 0.255, 0.3, 0.345];
    expect_shares("a rule", &of_keys(&counts, ["a", "b", "c", "d"]), &shares);
    let more = "choice = 10% : \"a\" 25.5% : \"b\" (60 / 2)% : \"c\" else : \"d\"";
    let counts = runner.counts("report(choice, 1)", more);
    expect_shares("a value", &of_keys(&counts, ["a", "b", "c", "d"]), &shares);
    // What is left of nothing is nothing.
    let more = "choice = 0% : \"a\" 50% : \"b\" 50% : \"c\" else : \"d\"";
    let [a, b, c, d] = of_keys(
        &runner.counts("report(choice, 1)", more),
        ["a", "b", "c", "d"],
    );
    expect_shares("halves", &[b, c], &[0.5, 0.5]);
    assert_eq!([a, d], [0, 0]);
}

#[test]
fn list_random_takes_each_item_as_often() {
    let runner = Runner::new();
    let counts = runner.counts("report(listRandom(\"a;b;c;d;e;f;g;\"), 1)", "");
    let keys = ["a", "b", "c", "d", "e", "f", "g"];
    expect_even("listRandom", &of_keys(&counts, keys));
    // An item that is there twice, twice as often.
    let counts = runner.counts("report(listRandom(\"a;b;a;c;\"), 1)", "");
    expect_shares(
        "listRandom",
        &of_keys(&counts, ["a", "b", "c"]),
        &[0.5, 0.25, 0.25],
    );
}

/// What a scattered point reports: the cell of a grid that it lies in.
fn dots(scatter: &str, cell: &str) -> String {
    format!(
        "at(axis) = case axis == 0 : convert(x, scope, world, pos, 0, 0, 0) case axis == 1 : convert(y, scope, world, pos, 0, 0, 0) \
         else : convert(z, scope, world, pos, 0, 0, 0)\n\
         Lot --> {scatter} {{ Dot }} NIL\nDot --> report(\"\" + {cell}, 1) NIL"
    )
}

#[test]
fn scattered_points_are_even_on_surfaces() {
    let runner = Runner::new();
    // An L of 400 square metres, in cells of 25.
    let l = |seed| InitialShape {
        polygons: shapes::polygons("L30x20"),
        seed,
        ..InitialShape::default()
    };
    let text = dots(
        "scatter(surface, 1000, uniform)",
        "(floor(at(0) / 5) + 6 * floor(at(2) / 5))",
    );
    let reports = runner
        .run(&text, (0..LOTS).map(l).collect())
        .summary
        .reports;
    let counts: Vec<u64> = reports.values().map(|report| report.n).collect();
    assert_eq!(counts.len(), 16, "{reports:?}");
    expect_even("on an L", &counts);
}

#[test]
fn scattered_points_are_even_in_volumes_and_scopes() {
    let runner = Runner::new();
    for domain in ["volume", "scope"] {
        let text = dots(
            &format!("extrude(10) scatter({domain}, 1000, uniform)"),
            "(floor(at(0) / 2.5) + 4 * floor(at(1) / 2.5) + 16 * floor(at(2) / 2.5))",
        );
        let lots = (0..LOTS).map(|seed| lot(10.0, seed)).collect();
        let reports = runner.run(&text, lots).summary.reports;
        let counts: Vec<u64> = reports.values().map(|report| report.n).collect();
        assert_eq!(counts.len(), 64, "{reports:?}");
        expect_even(domain, &counts);
    }
}

#[test]
fn gaussian_points_gather_around_their_centre() {
    let runner = Runner::new();
    // By default around the middle, with 0.16 of the size as deviation; nothing lies outside.
    for (scatter, center, deviation) in [
        ("scatter(scope, 1000, gaussian)", 5.0, 1.6),
        ("scatter(scope, 1000, gaussian, left, 3)", 0.0, 3.0),
        ("scatter(scope, 1000, gaussian, right, '0.2)", 10.0, 2.0),
    ] {
        let text = dots(scatter, "floor(at(0))");
        let lots = (0..LOTS).map(|seed| lot(10.0, seed)).collect();
        let reports = runner.run(&text, lots).summary.reports;
        let density = |x: f64| (-0.5 * ((x - center) / deviation).powi(2)).exp();
        let whole = integral(density, 0.0, 10.0);
        // Cells with few points are taken together with their neighbours.
        let (mut counts, mut shares) = (Vec::new(), Vec::new());
        let (mut count, mut share) = (0, 0.0);
        for cell in 0..10 {
            count += reports.get(&cell.to_string()).map_or(0, |report| report.n);
            let low = f64::from(cell);
            share += integral(density, low, low + 1.0) / whole;
            if share > 0.01 {
                counts.push(std::mem::take(&mut count));
                shares.push(std::mem::take(&mut share));
            }
        }
        *counts.last_mut().expect("cells") += count;
        *shares.last_mut().expect("cells") += share;
        assert_eq!(counts.iter().sum::<u64>(), 100_000, "{reports:?}");
        expect_shares(scatter, &counts, &shares);
    }
}

/// Simpson's rule in a thousand steps.
fn integral(f: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    let step = (high - low) / 1000.0;
    let weight = |k: u32| match k {
        0 | 1000 => 1.0,
        k if k % 2 == 1 => 4.0,
        _ => 2.0,
    };
    let terms = (0..=1000).map(|k| weight(k) * f(low + step * f64::from(k)));
    terms.sum::<f64>() * step / 3.0
}

#[test]
fn the_tests_can_fail() {
    let skewed = [1000, 1300, 1000, 700];
    assert!(std::panic::catch_unwind(|| expect_even("skewed", &skewed)).is_err());
    let follows = || (0..10_000).map(|k| (f64::from(k) / 10_000.0, f64::from(k) / 10_000.0));
    assert!(std::panic::catch_unwind(|| expect_independent("copies", follows())).is_err());
    // What chi-squared exceeds with this probability, by integration.
    for (freedom, exact) in [(1, 23.928), (3, 30.665), (15, 56.493), (63, 131.370)] {
        let excess = limit(freedom) / exact;
        assert!((1.0..1.16).contains(&excess), "{freedom}: {excess}");
    }
}
