//! What a grammar reports of what was clicked: asked for on a thread, since rules are run for it.

use std::sync::mpsc::{Receiver, Sender, channel};

use gable_session::session::Found;

use crate::loader::ThreadLoader;
use crate::source::Reports as Reported;

/// What a grammar reports of a feature.
#[derive(Debug)]
pub(super) struct Reports {
    sender: Sender<Answer>,
    answers: Receiver<Answer>,
    known: Option<Answer>,
}

/// Name of a feature, and what is reported of it.
type Answer = (String, Result<Reported, String>);

impl Default for Reports {
    fn default() -> Self {
        let (sender, answers) = channel();
        Self {
            sender,
            answers,
            known: None,
        }
    }
}

impl Reports {
    /// Asks for them.
    pub(super) fn ask(&self, found: &Found, loader: &ThreadLoader) {
        if let Some(name) = found.name.clone() {
            let sender = self.sender.clone();
            loader.ask_for_reports(found.key, name, move |name, reports| {
                // The window may be gone.
                let _ended = sender.send((name, reports));
            });
        }
    }

    /// Takes what has come; says whether there was anything.
    pub(super) fn hear(&mut self) -> bool {
        let last = self.answers.try_iter().last();
        if let Some((name, reports)) = &last {
            tracing::info!(name, ?reports, "reports");
        }
        let has_come = last.is_some();
        self.known = last.or(self.known.take());
        has_come
    }

    /// What is known of a feature.
    pub(super) fn of(&self, found: Option<&Found>) -> Option<&Result<Reported, String>> {
        let name = found?.name.as_ref()?;
        let known = self.known.as_ref().filter(|(known, _)| known == name);
        known.map(|(_, reports)| reports)
    }
}
