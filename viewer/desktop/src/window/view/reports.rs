//! What a grammar reports of what was clicked: asked for on a thread, since rules are run for it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use gable_session::session::Found;

use crate::source::{Reports as Reported, Source, Wake};

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
    /// Asks a source.
    pub(super) fn ask(&self, found: &Found, source: &Arc<dyn Source>, wake: &Wake) {
        let Some(name) = found.name.clone() else {
            return;
        };
        let (key, source, wake) = (found.key, source.clone(), wake.clone());
        let sender = self.sender.clone();
        let ask = move || {
            let reports = source.reports(key, &name);
            // The window may be gone.
            let _ended = sender.send((name, reports));
            wake();
        };
        let thread = std::thread::Builder::new().name("gable-reports".to_owned());
        if let Err(error) = thread.spawn(ask) {
            tracing::warn!(%error, "no reports");
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
