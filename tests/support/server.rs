//! The real server, started as users start it.
#![allow(dead_code, reason = "each user takes what it needs")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A server that ends with this value.
pub(crate) struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) base: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl Server {
    /// Starts `gable serve` with these arguments in a folder, on a free port.
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_at(folder, arguments, "127.0.0.1:0")
    }

    /// The same, at an address.
    pub(crate) fn start_at(folder: &Path, arguments: &[&str], address: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gable"));
        command.arg("serve").args(arguments);
        Self::run(command.args(["--bind", address]), folder)
    }

    /// Starts a command that becomes `gable serve` in a folder.
    pub(crate) fn run(command: &mut Command, folder: &Path) -> Self {
        let mut child = command
            .env("NO_COLOR", "1")
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("it is piped");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("it says where it listens");
        let base = line
            .trim()
            .strip_prefix("Gable serves at ")
            .expect("the first line")
            .trim_end_matches('/');
        Self {
            base: base.to_owned(),
            child,
        }
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a power failure would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it has ended");
    }

    /// Asks it to end (SIGTERM) and waits until it has.
    pub(crate) fn end(&mut self) -> ExitStatus {
        self.terminate();
        self.child.wait().expect("it has ended")
    }

    /// Asks it to end.
    pub(crate) fn terminate(&self) {
        let id = self.child.id().to_string();
        let kill = Command::new("kill").args(["-TERM", &id]).status();
        assert!(kill.is_ok_and(|status| status.success()));
    }

    /// GET with headers.
    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", path, headers)
    }

    /// A request without a body.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(120)))
            .build()
            .into();
        let mut response = agent
            .run(request.body(()).expect("a request"))
            .expect("an answer");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            bytes: response
                .body_mut()
                .with_config()
                .limit(1 << 30)
                .read_to_vec()
                .expect("a body"),
        }
    }

    /// What tiles of a world were seen to cost.
    pub(crate) fn costs(&self, world: &str) -> serde_json::Value {
        self.get(&format!("/{world}/costs.json"), &[]).json()
    }

    /// Address of a layer: `/{world}/{layer}/{revision}`.
    pub(crate) fn layer(&self, world: &str, layer: &str) -> String {
        let manifest = self.get(&format!("/{world}/manifest.json"), &[]).json();
        let layers = manifest["layers"].as_array().expect("layers");
        let found = layers
            .iter()
            .find(|found| found["name"] == layer)
            .expect("the layer");
        format!(
            "/{world}/{layer}/{}",
            found["revision"].as_str().expect("a revision")
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Waits until something holds.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
