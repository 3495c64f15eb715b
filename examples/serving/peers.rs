//! The servers under test.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::{Outcome, gable};

/// A server under test: its processes and the address of each file.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    child: Child,
    /// Its address.
    pub(crate) base: String,
}

impl Peer {
    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // SIGTERM: nginx ends its workers.
        let id = self.child.id().to_string();
        let _ended = Command::new("kill").arg(id).status();
        let _status = self.child.wait();
    }
}

/// `gable serve` with the bundled worlds.
pub(crate) fn ours(arguments: &[&str]) -> Outcome<Peer> {
    let (child, base) = gable::serve(arguments)?;
    Ok(Peer {
        name: "gable serve",
        child,
        base,
    })
}

/// nginx, with the files of a folder.
pub(crate) fn nginx(folder: &Path) -> Outcome<Peer> {
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

/// `3d-tiles-tools serve`, if it is on the path (`npm install --global 3d-tiles-tools`).
pub(crate) fn tools(folder: &Path) -> Option<Peer> {
    let base = "http://127.0.0.1:18090".to_owned();
    let child = Command::new("3d-tiles-tools")
        .args(["serve", "--host", "127.0.0.1", "--port", "18090", "--input"])
        .arg(folder)
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

/// The bytes at an address, as they come.
pub(crate) fn get(url: &str, coding: &str) -> Outcome<Vec<u8>> {
    let mut response = ureq::get(url).header("accept-encoding", coding).call()?;
    Ok(response
        .body_mut()
        .with_config()
        .limit(1 << 30)
        .read_to_vec()?)
}

/// CPU seconds of a process and those that it started.
pub(crate) fn cpu_seconds(id: u32) -> Outcome<f64> {
    let mut total = ticks(id)?;
    let children = Command::new("pgrep")
        .args(["-P", &id.to_string()])
        .output()?;
    for child in String::from_utf8_lossy(&children.stdout).split_whitespace() {
        total += cpu_seconds(child.parse()?)? * TICKS;
    }
    Ok(total / TICKS)
}

/// Memory of a process that is in use, in megabytes.
pub(crate) fn resident_megabytes(id: u32) -> Outcome<f64> {
    let text = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    Ok(kilobytes.ok_or("no such process")?.parse::<f64>()? / 1024.0)
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
