//! A long time at full load: every kind of request, as fast as the machine goes; memory and errors are watched.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::peers::{self, Peer};

/// Clients, each with a connection of its own.
const CLIENTS: u64 = 16;
/// Times that memory is looked at.
const LOOKS: u64 = 10;

/// What came back.
#[derive(Default)]
struct Tally {
    answers: [AtomicU64; 6],
    bytes: AtomicU64,
    lost: AtomicU64,
}

/// Loads the server for so many seconds and prints its memory as it goes; an error when anything failed or memory grew.
pub(crate) fn run(seconds: u64) -> Outcome<()> {
    // Less memory than the worlds have content, so that what is kept changes all the time.
    let folder = tempfile::tempdir()?;
    let cache = folder.path().display().to_string();
    let settings = [
        "--cache", &cache, "--memory", "32MB", "--disk", "64MB", "--rate", "1000000",
    ];
    let gable = peers::ours(&settings)?;
    let paths = paths(&gable)?;
    println!("{} addresses, {CLIENTS} clients, {seconds} s", paths.len());
    println!(
        "| s | requests | 2xx | 304 | 4xx | 5xx | lost | GB | CPU s | resident MB |\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    );
    let (tally, stop) = (Tally::default(), AtomicBool::new(false));
    let mut resident = Vec::new();
    std::thread::scope(|scope| -> Outcome<()> {
        for number in 0..CLIENTS {
            let (tally, stop, paths, base) = (&tally, &stop, &paths, &gable.base);
            scope.spawn(move || ask_on(base, paths, number, tally, stop));
        }
        let start = Instant::now();
        for look in 1..=LOOKS {
            let until = Duration::from_secs(seconds * look / LOOKS);
            std::thread::sleep(until.saturating_sub(start.elapsed()));
            let memory =
                peers::resident_megabytes(gable.id()).inspect_err(|_| stop.store(true, Relaxed))?;
            resident.push(memory);
            tally.print(start.elapsed(), peers::cpu_seconds(gable.id())?, memory);
        }
        stop.store(true, Relaxed);
        Ok(())
    })?;
    let failures =
        tally.answers[4].load(Relaxed) + tally.answers[5].load(Relaxed) + tally.lost.load(Relaxed);
    if failures > 0 {
        return Err(format!("{failures} requests failed").into());
    }
    // The first third fills what is kept.
    let (early, late) = (resident[2], resident[resident.len() - 1]);
    if late > 1.1 * early {
        return Err(format!("memory has grown from {early:.0} to {late:.0} MB").into());
    }
    Ok(())
}

impl Tally {
    fn print(&self, time: Duration, cpu: f64, memory: f64) {
        let count = |class: usize| self.answers[class].load(Relaxed);
        let total: u64 = (0..6).map(count).sum();
        println!(
            "| {} | {total} | {} | {} | {} | {} | {} | {:.2} | {cpu:.0} | {memory:.0} |",
            time.as_secs(),
            count(2),
            count(3),
            count(4),
            count(5),
            self.lost.load(Relaxed),
            self.bytes.load(Relaxed) as f64 / 1e9,
        );
    }
}

/// Addresses of both worlds: documents, subtrees, and tiles as mesh, recipe and decision.
fn paths(gable: &Peer) -> Outcome<Vec<String>> {
    let mut paths = Vec::new();
    for world in ["endless", "san-francisco"] {
        let bytes = peers::get(&format!("{}/{world}/manifest.json", gable.base), "identity")?;
        let manifest: serde_json::Value = serde_json::from_slice(&bytes)?;
        paths.push(format!("/{world}/tileset.json"));
        paths.push(format!("/{world}/manifest.json"));
        for layer in manifest["layers"].as_array().ok_or("no layers")? {
            let text = |name: &str| layer[name].as_str().unwrap_or_default().to_owned();
            let base = format!("/{world}/{}/{}", text("name"), text("revision"));
            paths.push(format!("{base}/subtrees/0/0/0.subtree"));
            let levels = layer["levels"].as_u64().ok_or("no levels")?;
            for level in 0..levels {
                let middle = 1_u64 << level >> 1;
                for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1), (2, 1), (1, 2)] {
                    let (x, y) = (
                        (middle + x).saturating_sub(1),
                        (middle + y).saturating_sub(1),
                    );
                    paths.push(format!("{base}/content/{level}/{x}/{y}.glb"));
                    paths.push(format!("{base}/content/{level}/{x}/{y}.recipe"));
                    paths.push(format!("{base}/tile/{level}/{x}/{y}"));
                }
            }
        }
    }
    // Only what is there: a 404 would count as a failure.
    let exists = |path: &String| peers::get(&format!("{}{path}", gable.base), "br").is_ok();
    paths.retain(exists);
    Ok(paths)
}

/// One client: asks for one thing after the other, in an order of its own.
fn ask_on(base: &str, paths: &[String], number: u64, tally: &Tally, stop: &AtomicBool) {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .into();
    let mut tags: BTreeMap<usize, String> = BTreeMap::new();
    let mut random = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while !stop.load(Relaxed) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let place = (random >> 8) as usize % paths.len();
        let mut request = agent.get(format!("{base}{}", paths[place])).header(
            "accept-encoding",
            ["br", "zstd", "gzip", "identity"][random as usize & 3],
        );
        if random & 16 == 0 {
            request = request
                .header(
                    "accept",
                    "application/vnd.gable.recipe, model/gltf-binary;q=0.5",
                )
                .header(
                    "gable-client",
                    format!("id=soak-{number}; class=laptop; power=1.2; mbps=6"),
                );
        }
        if random & 96 == 0
            && let Some(tag) = tags.get(&place)
        {
            request = request.header("if-none-match", tag);
        }
        let Ok(mut response) = request.call() else {
            tally.lost.fetch_add(1, Relaxed);
            continue;
        };
        let class = usize::from(response.status().as_u16() / 100).min(5);
        if let Some(tag) = response
            .headers()
            .get("etag")
            .and_then(|tag| tag.to_str().ok())
        {
            tags.insert(place, tag.to_owned());
        }
        match response
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_to_vec()
        {
            Ok(bytes) => {
                tally.answers[class].fetch_add(1, Relaxed);
                tally.bytes.fetch_add(bytes.len() as u64, Relaxed);
            }
            Err(_) => {
                tally.lost.fetch_add(1, Relaxed);
            }
        }
    }
}
