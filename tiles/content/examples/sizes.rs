//! Bytes of GLB files on the wire: `cargo run --release -p gable-content --example sizes -- FILE...`
//!
//! Each file as it is and packed by meshopt for either goal, each in all content codings, with milliseconds where they matter.
#![allow(clippy::print_stdout, reason = "it prints figures")]

use std::time::Instant;

use gable_content::coding::{Coding, Quality, encode, goal};
use gable_content::meshopt::{Goal, compress, decompress};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("| file | bytes | gzip 6 | zstd 9 | br 5 | gzip 9 | zstd 19 | br 11 |");
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    for path in std::env::args().skip(1) {
        let name = path.rsplit('/').next().unwrap_or(&path);
        let bytes = std::fs::read(&path)?;
        row(name, &bytes);
        for (goal, note) in [(Goal::Plain, "plain"), (goal(), "coded")] {
            let start = Instant::now();
            let packed = compress(&bytes, goal)?;
            let packing = start.elapsed();
            row(&format!("{name}, meshopt for {note}"), &packed);
            let start = Instant::now();
            decompress(&packed, usize::MAX)?;
            let unpacking = start.elapsed();
            println!("| packed in {packing:.1?}, unpacked in {unpacking:.1?} |||||||");
        }
    }
    Ok(())
}

fn row(name: &str, bytes: &[u8]) {
    let cells = [Quality::Fast, Quality::Best].map(|quality| {
        [Coding::Gzip, Coding::Zstd, Coding::Brotli].map(|coding| {
            let start = Instant::now();
            let size = encode(coding, quality, bytes).len();
            format!("{size} ({:.1?})", start.elapsed())
        })
    });
    println!(
        "| {name} | {} | {} |",
        bytes.len(),
        cells.concat().join(" | ")
    );
}
