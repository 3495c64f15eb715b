//! GLB files packed by meshopt: `cargo run -p gable-content --example pack -- FOLDER FILE...`
//!
//! Writes each file into the folder, and next to it what comes back when it is unpacked (`NAME.unpacked.glb`).

use std::path::Path;

use gable_content::coding::goal;
use gable_content::meshopt::{compress, decompress};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: pack FOLDER FILE...")?;
    for path in arguments {
        let packed = compress(&std::fs::read(&path)?, goal())?;
        let name = Path::new(&path).file_stem().ok_or("a file")?;
        let target = Path::new(&folder).join(name);
        std::fs::write(target.with_extension("glb"), &packed)?;
        let unpacked = decompress(&packed, 1 << 30)?;
        std::fs::write(target.with_extension("unpacked.glb"), unpacked)?;
    }
    Ok(())
}
