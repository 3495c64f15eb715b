//! A person at a browser: headless Chromium, which opens pages one after the other and keeps what it has seen.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A browser that ends with this value.
pub(crate) struct Visitor {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Visitor {
    pub(crate) fn new() -> Self {
        let mut child = Command::new("node")
            .arg("browser/visit.mjs")
            // So that requests of service workers are seen, too.
            .env("PW_EXPERIMENTAL_SERVICE_WORKER_NETWORK_EVENTS", "1")
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node runs");
        let orders = child.stdin.take().expect("it is piped");
        let answers = BufReader::new(child.stdout.take().expect("it is piped"));
        Self {
            child,
            orders,
            answers,
        }
    }

    /// Opens a page, waits until its view is complete, and tells what was seen; the picture is kept.
    pub(crate) fn open(&mut self, address: &str, picture: &str) -> Value {
        self.order(&json!({ "open": address, "picture": place(picture) }))
    }

    /// What the page gets that is open when it asks for an address: status and SHA-256.
    pub(crate) fn ask(&mut self, address: &str) -> Value {
        self.order(&json!({ "ask": address }))
    }

    /// Waits until the page that is open has got content with this in its address.
    pub(crate) fn look(&mut self, part: &str, picture: &str) -> Value {
        self.order(&json!({ "look": part, "picture": place(picture) }))
    }

    /// From now on the browser keeps so many bytes at most of an origin.
    pub(crate) fn room(&mut self, origin: &str, bytes: u64) {
        self.order(&json!({ "room": bytes, "of": origin }));
    }

    /// Empties the browser's own cache: what is kept then was kept by us.
    pub(crate) fn forget(&mut self) {
        self.order(&json!({ "forget": true }));
    }

    fn order(&mut self, order: &Value) -> Value {
        writeln!(self.orders, "{order}").expect("it listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("it answers");
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        assert!(answer["broken"].is_null(), "{order}: {answer}");
        answer
    }
}

fn place(picture: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join(format!("target/artefacts/{picture}.png"));
    path.to_string_lossy().into_owned()
}

impl Drop for Visitor {
    fn drop(&mut self) {
        // It may have ended already; its browser ends with it.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}
