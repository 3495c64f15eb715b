//! What a cached answer costs: CPU of `gable serve` against nginx and `3d-tiles-tools serve` on the same bytes.
//!
//! ```sh
//! cargo build --release && cargo run --release --example serving -- [SECONDS]
//! ```
//! Needs `nginx` and `wrk` (Debian packages); `3d-tiles-tools` (npm) is measured when `npx --no 3d-tiles-tools` finds it.
//! The figure is CPU time of the server's process, user and system, over the number of requests: the network and the
//! client are left out, and a busy machine changes it little.

#![allow(clippy::print_stdout, reason = "it prints figures")]

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A server under test: its processes and the address of each file.
struct Peer {
    name: &'static str,
    child: Child,
    base: String,
}

impl Drop for Peer {
    fn drop(&mut self) {
        // SIGTERM: nginx ends its workers.
        let id = self.child.id().to_string();
        let _ended = Command::new("kill").arg(id).status();
        let _status = self.child.wait();
    }
}

/// A file to ask for: where it is on Gable, and its coding.
struct File {
    name: &'static str,
    path: String,
    coding: &'static str,
}

fn main() -> Outcome<()> {
    let seconds: u64 = std::env::args().nth(1).map_or(Ok(5), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let gable = start_gable()?;
    let files = files(&gable)?;
    for file in &files {
        let bytes = get(&format!("{}{}", gable.base, file.path), file.coding)?;
        std::fs::write(folder.path().join(file.name), bytes)?;
    }
    let nginx = start_nginx(folder.path())?;
    let tools = start_tools(folder.path());
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
        // Twice, in turn, the better of both: a busy machine only adds.
        let mut best = vec![(0.0, f64::INFINITY); rows.len()];
        for _ in 0..2 {
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

fn start_gable() -> Outcome<Peer> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/release/gable");
    let built =
        std::env::var_os("CARGO_TARGET_DIR").map(|folder| Path::new(&folder).join("release/gable"));
    let mut child = Command::new(built.unwrap_or(program))
        .args(["serve", "--bind", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    let base = line
        .trim()
        .strip_prefix("Gable serves at ")
        .ok_or("it does not start")?;
    Ok(Peer {
        name: "gable serve",
        base: base.trim_end_matches('/').to_owned(),
        child,
    })
}

fn files(gable: &Peer) -> Outcome<Vec<File>> {
    let revision = |world: &str, layer: &str| -> Outcome<String> {
        let manifest: serde_json::Value = serde_json::from_slice(&get(
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

fn start_nginx(folder: &Path) -> Outcome<Peer> {
    let base = "http://127.0.0.1:18089".to_owned();
    let log = folder.join("error.log");
    let settings = format!(
        "daemon off; worker_processes auto; pid {folder}/pid; error_log {log}; events {{ worker_connections 1024; }}\n\
         http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=1000;\n\
         default_type model/gltf-binary; server {{ listen 127.0.0.1:18089 reuseport; root {folder};\n\
         location / {{ add_header Cache-Control 'public, max-age=31536000, immutable'; add_header Access-Control-Allow-Origin '*'; }} }} }}\n",
        folder = folder.display(),
        log = log.display(),
    );
    let file = folder.join("nginx.conf");
    std::fs::write(&file, settings)?;
    // Its workers may run as another user.
    Command::new("chmod")
        .args(["-R", "a+rX"])
        .arg(folder)
        .status()?;
    let child = Command::new("nginx")
        .arg("-c")
        .arg(&file)
        .stderr(Stdio::null())
        .spawn()?;
    wait_for(&format!("{base}/small"))?;
    Ok(Peer {
        name: "nginx",
        child,
        base,
    })
}

fn start_tools(folder: &Path) -> Option<Peer> {
    let base = "http://127.0.0.1:18090".to_owned();
    let child = Command::new("npx")
        .args(["--no", "3d-tiles-tools", "serve", "-s"])
        .arg(folder)
        .args(["-p", "18090"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let peer = Peer {
        name: "3d-tiles-tools serve",
        child,
        base,
    };
    wait_for(&format!("{}/small", peer.base)).ok()?;
    Some(peer)
}

fn wait_for(url: &str) -> Outcome<()> {
    for _ in 0..100 {
        if get(url, "identity").is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err(format!("{url} does not answer").into())
}

fn get(url: &str, coding: &str) -> Outcome<Vec<u8>> {
    let mut response = ureq::get(url).header("accept-encoding", coding).call()?;
    Ok(response
        .body_mut()
        .with_config()
        .limit(1 << 30)
        .read_to_vec()?)
}

/// Requests a second, and microseconds of CPU for each.
fn measure(peer: &Peer, path: &str, coding: &str, seconds: u64) -> Outcome<(f64, f64)> {
    get(&format!("{}{path}", peer.base), coding)?;
    let before = cpu_seconds(peer.child.id())?;
    let output = Command::new("wrk")
        .args(["-t1", "-c32", "-d"])
        .arg(format!("{seconds}s"))
        .args(["-H", &format!("Accept-Encoding: {coding}")])
        .arg(format!("{}{path}", peer.base))
        .output()?;
    let after = cpu_seconds(peer.child.id())?;
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

/// CPU seconds of a process and those that it started.
fn cpu_seconds(id: u32) -> Outcome<f64> {
    let mut total = ticks(id)?;
    let children = Command::new("pgrep")
        .args(["-P", &id.to_string()])
        .output()?;
    for child in String::from_utf8_lossy(&children.stdout).split_whitespace() {
        total += cpu_seconds(child.parse()?)? * TICKS;
    }
    Ok(total / TICKS)
}

/// Ticks of the clock in a second, on Linux.
const TICKS: f64 = 100.0;

fn ticks(id: u32) -> Outcome<f64> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    // After the name, which may have blanks: the 12th and 13th fields.
    let fields: Vec<&str> = text
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    Ok(fields[11].parse::<f64>()? + fields[12].parse::<f64>()?)
}
