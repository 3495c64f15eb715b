//! The table of features as a document.

use std::fmt::Write as _;

use super::{Feature, Kind, Support, features};

const HEAD: &str = "\
# Which CGA there is

Made by `cargo xtask docs` from the tables of the compiler and the kernel; a test fails when they say something else. What of this a
rule file uses, `gable check --compat` says. [cga.md](cga.md) has what is not a matter of single names.

";

/// The document, Markdown.
pub fn document() -> String {
    let features = features();
    let mut text = HEAD.to_owned();
    summary(&mut text, &features);
    for kind in Kind::ALL {
        let of_kind: Vec<&Feature> = features.iter().filter(|it| it.kind == kind).collect();
        section(&mut text, kind, &of_kind);
    }
    text
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Operation => "Operations",
        Kind::Function => "Functions",
        Kind::Attribute => "Shape attributes",
        Kind::Selector => "Selectors",
        Kind::Annotation => "Annotations",
        Kind::OldForm => "Old ways of writing",
    }
}

fn summary(text: &mut String, features: &[Feature]) {
    text.push_str("| | supported | approximated | missing |\n|---|---:|---:|---:|\n");
    for kind in Kind::ALL {
        let mut counts = [0; 3];
        for feature in features.iter().filter(|it| it.kind == kind) {
            counts[match feature.support {
                Support::Full => 0,
                Support::Approximated(_) => 1,
                Support::Missing => 2,
            }] += 1;
        }
        let [full, near, missing] = counts;
        line(
            text,
            format_args!("| {} | {full} | {near} | {missing} |", title(kind)),
        );
    }
}

fn section(text: &mut String, kind: Kind, features: &[&Feature]) {
    line(text, format_args!("\n## {}", title(kind)));
    let mut lists = String::new();
    let mut groups: Vec<&str> = Vec::new();
    for feature in features {
        if !groups.contains(&feature.group) {
            groups.push(feature.group);
        }
    }
    for group in groups {
        let of_group = || features.iter().filter(|it| it.group == group);
        let full = of_group().filter(|it| it.support == Support::Full && it.instead.is_none());
        let names: Vec<String> = full.map(|it| code(it.name)).collect();
        if !names.is_empty() {
            line(&mut lists, format_args!("- {group}: {}.", names.join(" ")));
        }
    }
    if !lists.is_empty() {
        line(text, format_args!("\n{}", lists.trim_end()));
    }
    let noted = |it: &&&Feature| it.support != Support::Full || it.instead.is_some();
    if features.iter().any(|it| noted(&it)) {
        text.push_str("\n| name | there is | |\n|---|---|---|\n");
    }
    for feature in features.iter().filter(noted) {
        let (name, note) = (code(feature.name), feature.note().replace('|', "\\|"));
        line(
            text,
            format_args!("| {name} | {} | {note} |", feature.support),
        );
    }
}

fn code(name: &str) -> String {
    format!("`{}`", name.replace('|', "\\|"))
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("writing to a string cannot fail");
}
