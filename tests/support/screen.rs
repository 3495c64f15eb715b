//! A screen without a monitor (Xvfb), a window of the real command on it, and hands (xdotool).

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A screen that goes away with this value.
pub(crate) struct Screen {
    child: Child,
    display: String,
}

/// A window of `gable view` that is closed with this value.
pub(crate) struct Window<'a> {
    screen: &'a Screen,
    child: Child,
    id: String,
    log: Arc<Mutex<Vec<String>>>,
}

/// Software draws slowly, and machines are busy.
const PATIENCE: Duration = Duration::from_secs(120);
const NAP: Duration = Duration::from_millis(20);

impl Screen {
    pub(crate) fn start() -> Self {
        let mut child = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x900x24",
                "-nolisten",
                "tcp",
                // Else it begins anew whenever its last client goes, and turns away whoever comes meanwhile.
                "-noreset",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        let output = child.stdout.take().expect("it is piped");
        BufReader::new(output)
            .read_line(&mut number)
            .expect("it says its number");
        let screen = Self {
            child,
            display: format!(":{}", number.trim()),
        };
        let start = Instant::now();
        while screen.hands(&["getdisplaygeometry"]).is_empty() {
            assert!(start.elapsed() < PATIENCE, "nobody can use it");
            std::thread::sleep(NAP);
        }
        screen
    }

    fn hands(&self, arguments: &[&str]) -> String {
        let output = Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", &self.display)
            .output()
            .expect("xdotool starts");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Opens a window; waits until it is there.
    pub(crate) fn view(&self, folder: &Path, arguments: &[&str]) -> Window<'_> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gable"))
            .arg("view")
            .args(arguments)
            .env("DISPLAY", &self.display)
            .env("GABLE_CACHE", folder.join("cache/modules"))
            .env("XDG_DATA_HOME", folder.join("data"))
            .env("GABLE_LOG", "warn,gable_desktop=info")
            .env("NO_COLOR", "1")
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let log = Arc::new(Mutex::new(Vec::new()));
        let (errors, lines) = (child.stderr.take().expect("it is piped"), log.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                lines.lock().expect("nobody panics").push(line);
            }
        });
        let id = child.id().to_string();
        let start = Instant::now();
        let id = loop {
            let found = self.hands(&["search", "--pid", &id]);
            if let Some(window) = found.lines().last() {
                break window.to_owned();
            }
            let ended = child.try_wait().expect("it can be asked");
            assert!(
                ended.is_none() && start.elapsed() < PATIENCE,
                "no window: {log:?}"
            );
            std::thread::sleep(NAP);
        };
        let window = Window {
            screen: self,
            child,
            id,
            log,
        };
        window.hands(&["windowfocus", "--sync", &window.id]);
        window
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

impl Window<'_> {
    /// Does something with keys or the mouse.
    pub(crate) fn hands(&self, arguments: &[&str]) {
        self.screen.hands(arguments);
    }

    /// Presses keys, one after the other.
    pub(crate) fn key(&self, keys: &[&str]) {
        for key in keys {
            self.hands(&["key", "--clearmodifiers", key]);
        }
    }

    /// Drags with a button from one pixel to another.
    pub(crate) fn drag(&self, button: &str, from: [i32; 2], to: [i32; 2]) {
        let middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
        self.point(from);
        self.hands(&["mousedown", button]);
        self.point(middle);
        self.point(to);
        self.hands(&["mouseup", button]);
    }

    pub(crate) fn point(&self, [x, y]: [i32; 2]) {
        let (x, y) = (x.to_string(), y.to_string());
        self.hands(&["mousemove", "--window", &self.id, &x, &y]);
    }

    pub(crate) fn resize(&self, [width, height]: [u32; 2]) {
        let (width, height) = (width.to_string(), height.to_string());
        self.hands(&["windowsize", &self.id, &width, &height]);
    }

    /// How many lines it has said.
    pub(crate) fn said(&self) -> usize {
        self.log.lock().expect("nobody panics").len()
    }

    /// All that it has said.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("nobody panics").join("\n")
    }

    /// Waits until a line after the first `from` has this text, and gives that line.
    pub(crate) fn wait_from(&mut self, from: usize, text: &str) -> String {
        let start = Instant::now();
        loop {
            {
                let log = self.log.lock().expect("nobody panics");
                if let Some(line) = log.iter().skip(from).find(|line| line.contains(text)) {
                    return line.clone();
                }
            }
            let ended = self.child.try_wait().expect("it can be asked");
            let log = self.log();
            assert!(
                ended.is_none(),
                "it ended while `{text}` was waited for: {log}"
            );
            assert!(start.elapsed() < PATIENCE, "nothing says `{text}`: {log}");
            std::thread::sleep(NAP);
        }
    }

    /// Waits until any line has this text.
    pub(crate) fn wait(&mut self, text: &str) -> String {
        self.wait_from(0, text)
    }

    /// Ends it as people do; it must end well.
    pub(crate) fn quit(mut self) {
        self.key(&["ctrl+q"]);
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                break status;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "it does not end: {}",
                self.log()
            );
            std::thread::sleep(NAP);
        };
        assert!(status.success(), "{}", self.log());
        assert!(!self.log().contains("panicked"), "{}", self.log());
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}
