//! Progress on a terminal; silent elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line that says what is being done.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A line, shown only when standard error is a terminal.
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
            .expect("the template is valid");
        bar.set_style(style);
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar }
    }

    /// Shows how many of how many are done, and when the rest will be.
    pub(crate) fn count(&self, done: u64, of: u64, note: &str) {
        if self.bar.length() != Some(of) {
            let style = ProgressStyle::with_template(
                "{bar:30} {human_pos} of {human_len} tiles{msg} ({elapsed}, {eta} to go)",
            )
            .expect("the template is valid");
            self.bar.set_style(style);
            self.bar.set_length(of);
        }
        self.bar.set_message(note.to_owned());
        // Threads may tell out of order.
        self.bar.set_position(done.max(self.bar.position()));
    }

    /// Says what is done now.
    pub(crate) fn phase(&self, text: impl Into<String>) {
        self.bar.set_message(text.into());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
