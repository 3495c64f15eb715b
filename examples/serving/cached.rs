//! What a cached answer costs: CPU of `gable serve` against nginx and `3d-tiles-tools serve` on the same bytes.

use std::process::Command;

use crate::Outcome;
use crate::peers::{self, Peer};

/// How often each is measured.
const ROUNDS: usize = 5;

/// A file to ask for: where it is on Gable, and its coding.
struct File {
    name: &'static str,
    path: String,
    coding: &'static str,
}

/// Prints the table: each file, each server, measured for so many seconds, [`ROUNDS`] times.
pub(crate) fn run(seconds: u64) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let gable = peers::ours(&[])?;
    let files = files(&gable)?;
    for file in &files {
        let bytes = peers::get(&format!("{}{}", gable.base, file.path), file.coding)?;
        std::fs::write(folder.path().join(file.name), bytes)?;
    }
    let nginx = peers::nginx(folder.path())?;
    let tools = peers::tools(folder.path());
    println!(
        "| bytes | server | requests/s | CPU us/request | of nginx |\n|---:|---|---:|---:|---:|"
    );
    for file in &files {
        let length = std::fs::metadata(folder.path().join(file.name))?.len();
        let own = [
            ("nginx", &nginx, format!("/{}", file.name)),
            ("gable serve", &gable, file.path.clone()),
        ];
        let mut rows: Vec<_> = own.into_iter().collect();
        if let Some(tools) = &tools {
            rows.push(("3d-tiles-tools serve", tools, format!("/{}", file.name)));
        }
        // In turn, the best of each: a busy machine only adds.
        let mut best = vec![(0.0, f64::INFINITY); rows.len()];
        for _ in 0..ROUNDS {
            for (best, (_, peer, path)) in best.iter_mut().zip(&rows) {
                let (rate, cost) = measure(peer, path, file.coding, seconds)?;
                if cost < best.1 {
                    *best = (rate, cost);
                }
            }
        }
        for ((name, _, _), (rate, cost)) in rows.iter().zip(&best) {
            println!(
                "| {length} | {name} | {rate:.0} | {cost:.1} | {:.2} |",
                cost / best[0].1
            );
        }
    }
    Ok(())
}

fn files(gable: &Peer) -> Outcome<Vec<File>> {
    let revision = |world: &str, layer: &str| -> Outcome<String> {
        let manifest: serde_json::Value = serde_json::from_slice(&peers::get(
            &format!("{}/{world}/manifest.json", gable.base),
            "identity",
        )?)?;
        let layers = manifest["layers"].as_array().ok_or("no layers")?;
        let layer = layers
            .iter()
            .find(|found| found["name"] == layer)
            .ok_or("no such layer")?;
        Ok(layer["revision"].as_str().unwrap_or_default().to_owned())
    };
    let (city, ground) = (
        revision("endless", "city")?,
        revision("san-francisco", "ground")?,
    );
    let file = |name, path, coding| File { name, path, coding };
    Ok(vec![
        file(
            "small",
            format!("/san-francisco/ground/{ground}/content/4/8/8.glb"),
            "br",
        ),
        file(
            "middle",
            format!("/endless/city/{city}/content/3/4/4.glb"),
            "br",
        ),
        file(
            "large",
            format!("/endless/city/{city}/content/7/64/64.glb"),
            "br",
        ),
    ])
}

/// Requests a second, and microseconds of CPU for each.
fn measure(peer: &Peer, path: &str, coding: &str, seconds: u64) -> Outcome<(f64, f64)> {
    peers::get(&format!("{}{path}", peer.base), coding)?;
    let before = peers::cpu_seconds(peer.id())?;
    let output = Command::new("wrk")
        .args(["-t1", "-c32", "-d"])
        .arg(format!("{seconds}s"))
        .args(["-H", &format!("Accept-Encoding: {coding}")])
        .arg(format!("{}{path}", peer.base))
        .output()?;
    let after = peers::cpu_seconds(peer.id())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return Err(format!("{}: {text}", peer.name).into());
    }
    let line = text
        .lines()
        .find(|line| line.contains("requests in"))
        .ok_or("wrk says nothing")?;
    let requests: f64 = line.split_whitespace().next().unwrap_or_default().parse()?;
    Ok((requests / seconds as f64, (after - before) / requests * 1e6))
}
