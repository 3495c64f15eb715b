//! The figures of docs/benchmarks.md: `cargo xtask bench`.
//!
//! Times are minima over many runs (a busy machine only ever adds), on one core. Ratios are between things measured in
//! turn in this one run.
#![allow(clippy::print_stdout, reason = "it prints figures")]
#![allow(clippy::cast_precision_loss, reason = "figures are rounded for people")]

#[path = "../tests/support/grammars.rs"]
mod support;

#[path = "support/measure.rs"]
mod measure;

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use gable_compiler::{Options, compile};
use gable_grammar::{Source, SourceId, parse};
use gable_runtime::{Engine, EngineOptions, NativeRules, Rules};

use measure::{engine, shortest};

fn main() {
    sizes();
    front_end();
    generation();
    latency();
}

fn brotli(bytes: &[u8]) -> usize {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 24);
    writer.write_all(bytes).expect("memory takes it");
    writer.into_inner().len()
}

fn sizes() {
    println!("## Sizes\n");
    println!("| what | own text | with imports | module | brotli | module / text with imports |");
    println!("|---|---:|---:|---:|---:|---:|");
    let kernel = gable_runtime::KERNEL;
    println!(
        "| kernel.wasm | | | {} | {} | |",
        kernel.len(),
        brotli(kernel)
    );
    for (name, path) in support::bundled() {
        let size = |path: &Path| std::fs::metadata(path).expect("readable").len();
        let artifact = support::compile_file(&path);
        let sources = artifact.manifest.sources.iter();
        let text: u64 = sources.map(|source| size(Path::new(source))).sum();
        let ratio = artifact.wasm.len() as f64 / text as f64;
        println!(
            "| {name} | {} | {text} | {} | {} | {ratio:.2} |",
            size(&path),
            artifact.wasm.len(),
            brotli(&artifact.wasm)
        );
    }
}

/// A large file: the bundled perimeter block again and again under other rule names, to about 200 KB.
fn large_file() -> String {
    let (_, path) = support::bundled()
        .into_iter()
        .find(|(name, _)| name == "fractal")
        .expect("it is bundled");
    let text = std::fs::read_to_string(path).expect("readable");
    let mut file = String::new();
    let mut copy = 0;
    while file.len() < 200_000 {
        file.push_str(&renamed(&text, copy));
        copy += 1;
    }
    file
}

/// The text with `_N` after every name that it declares.
fn renamed(text: &str, copy: usize) -> String {
    let source = Source::from_bytes("x.cga", text.as_bytes());
    let (file, _) = parse(&source, SourceId(0));
    use gable_grammar::ast::DeclarationKind as Kind;
    let names: Vec<String> = file
        .declarations
        .iter()
        .filter_map(|declaration| match &declaration.kind {
            Kind::Attribute(attribute) => Some(attribute.name.text.clone()),
            Kind::Function(function) => Some(function.name.text.clone()),
            Kind::Rule(rule) => Some(rule.name.text.clone()),
            Kind::Import(_) | Kind::Style(_) => None,
        })
        .collect();
    let mut out = String::new();
    let mut word = String::new();
    for character in text.chars().chain(['\n']) {
        if character.is_alphanumeric() || character == '_' {
            word.push(character);
            continue;
        }
        out.push_str(&word);
        if names.contains(&word) {
            out.push_str(&format!("_{copy}"));
        }
        word.clear();
        out.push(character);
    }
    out.replace("version \"", "// version \"")
}

fn front_end() {
    let text = large_file();
    let source = Source::from_bytes("large.cga", text.as_bytes());
    let parsing = shortest(20, || parse(&source, SourceId(0)));
    let compiling = shortest(10, || {
        compile(source.clone(), &support::Disk, &Options::default())
    });
    let compiled = compile(source.clone(), &support::Disk, &Options::default());
    let module = compiled
        .artifact
        .expect("the large file compiles")
        .wasm
        .len();
    let rate = |time: Duration| text.len() as f64 / 1e6 / time.as_secs_f64();
    println!("\n## Front end, a grammar of {} bytes\n", text.len());
    println!("| stage | ms | MB/s of text |");
    println!("|---|---:|---:|");
    println!(
        "| parse | {:.1} | {:.1} |",
        parsing.as_secs_f64() * 1e3,
        rate(parsing)
    );
    println!(
        "| text to module ({module} bytes) | {:.1} | {:.1} |",
        compiling.as_secs_f64() * 1e3,
        rate(compiling)
    );
}

fn generation() {
    let engine = engine();
    let watched = Engine::new(EngineOptions::default()).expect("an engine");
    let assets = support::assets();
    println!("\n## Generation, one core, five footprints, full detail\n");
    println!(
        "| grammar | triangles | stored | instances | bytes | gas | ms | triangles/s | ms natively | Wasm / native | ms with a clock |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (name, path) in support::bundled() {
        let artifact = support::compile_file(&path);
        let rules = Rules::load(&engine, &artifact.wasm).expect("our own modules are accepted");
        let recipe = support::recipe(&artifact, support::footprints(), &assets, Some(2.0));
        let content = rules.generate(&recipe, &assets).expect("it runs");
        let wasm = shortest(15, || rules.generate(&recipe, &assets).expect("it runs"));
        let rules = Rules::load(&watched, &artifact.wasm).expect("our own modules are accepted");
        let clock = shortest(15, || rules.generate(&recipe, &assets).expect("it runs"));
        let natively = NativeRules::load(&engine, &artifact.wasm).expect("natively");
        let native = shortest(15, || natively.generate(&recipe, &assets).expect("it runs"));
        let counts = content.summary.counts;
        println!(
            "| {name} | {} | {} | {} | {} | {} | {:.2} | {:.2} M | {:.2} | {:.2} | {:.2} |",
            counts.drawn_triangles,
            counts.triangles,
            counts.instances,
            content.bytes.len(),
            content.summary.gas,
            wasm.as_secs_f64() * 1e3,
            counts.drawn_triangles as f64 / wasm.as_secs_f64() / 1e6,
            native.as_secs_f64() * 1e3,
            wasm.as_secs_f64() / native.as_secs_f64(),
            clock.as_secs_f64() * 1e3,
        );
    }
}

fn latency() {
    let engine = engine();
    let text = "attr height = 12\n@StartRule\nLot --> extrude(height) comp(f) { top: roofHip(30) Roof. | side: Wall }\n\
        Wall --> split(y) { ~3 : Floor }*\nFloor --> split(x) { 0.5 : Pier. | { ~1.5 : Window | ~0.8 : Pier. }* | 0.5 : Pier. }\n\
        Window --> split(z) { ~1 : color(\"#88aacc\") Glass. }\n";
    let artifact = support::compile_text("small.cga", text);
    let rules = Rules::load(&engine, &artifact.wasm).expect("our own modules are accepted");
    let assets = gable_runtime::asset::AssetStore::default();
    let recipe = support::recipe(
        &artifact,
        vec![support::rectangle(0.0, 0.0, 14.0, 10.0)],
        &assets,
        None,
    );
    let content = rules.generate(&recipe, &assets).expect("it runs");
    let mut times: Vec<Duration> = (0..2000)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(rules.generate(&recipe, &assets).expect("it runs"));
            start.elapsed()
        })
        .collect();
    times.sort();
    let at = |share: f64| times[(share * (times.len() - 1) as f64) as usize].as_secs_f64() * 1e6;
    println!(
        "\n## From recipe to bytes, a small building ({} triangles, {} bytes)\n",
        content.summary.counts.triangles,
        content.bytes.len()
    );
    println!("| minimum | median | 99 % |");
    println!("|---:|---:|---:|");
    println!(
        "| {:.0} \u{b5}s | {:.0} \u{b5}s | {:.0} \u{b5}s |",
        at(0.0),
        at(0.5),
        at(0.99)
    );
}
