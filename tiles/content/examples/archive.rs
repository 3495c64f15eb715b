//! A folder as a 3tz archive, and an archive or folder checked:
//! `cargo run -p gable-content --example archive -- FOLDER [FILE.3tz]`
#![allow(clippy::print_stdout, reason = "it prints what it finds")]

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use gable_content::archive::{Packing, Reader, Writer};
use gable_content::check::{Limits, Report, check};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let folder = arguments.next().ok_or("usage: archive FOLDER [FILE.3tz]")?;
    let mut read = |path: &str| std::fs::read(folder.join(path)).ok();
    print(&check("tileset.json", Limits::default(), &mut read));
    let Some(target) = arguments.next() else {
        return Ok(());
    };
    let mut writer = Writer::new(BufWriter::new(File::create(&target)?));
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.sort();
    for file in files {
        let path = file.strip_prefix(&folder)?.to_string_lossy().into_owned();
        writer.add(&path, &std::fs::read(&file)?, Packing::Deflate)?;
    }
    writer.finish()?;
    let mut reader = Reader::open(File::open(&target)?, 1 << 30)?;
    let mut read = |path: &str| reader.get(path).ok().flatten();
    print(&check("tileset.json", Limits::default(), &mut read));
    Ok(())
}

fn print(report: &Report) {
    for finding in &report.findings {
        println!("{finding}");
    }
    let Report {
        tiles,
        subtrees,
        contents,
        content_bytes,
        triangles,
        ..
    } = report;
    println!(
        "{tiles} tiles, {subtrees} subtrees, {contents} contents of {content_bytes} bytes, {triangles} triangles"
    );
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
