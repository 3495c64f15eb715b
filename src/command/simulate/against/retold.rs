//! What the server decided, told again in the simulator: the same answers without the machine on which they were given. Where
//! this differs from the simulator's own, decisions differ; where it differs from HTTP, waits do.

use std::collections::BTreeSet;

use gable_placement::simulate::{Answer, Made, Policy};
use gable_placement::{Placement, Request};

/// The row of the table.
const NAME: &str = "its decisions, simulated waits";

/// Answers by request; a recipe where there was none.
#[derive(Debug)]
pub(super) struct Retold {
    answers: Vec<Placement>,
    next: usize,
    /// Meshes that are being made.
    pending: BTreeSet<u64>,
}

impl Retold {
    pub(super) fn new(answers: Vec<Placement>) -> Self {
        Self {
            answers,
            next: 0,
            pending: BTreeSet::new(),
        }
    }

    fn answer(&self) -> Placement {
        let answer = self.answers.get(self.next);
        answer.copied().unwrap_or(Placement::Recipe)
    }
}

impl Policy for Retold {
    fn name(&self) -> String {
        NAME.to_owned()
    }

    /// A mesh was there when it was sent as kept; one that was waited for is there if the simulator is done sooner.
    fn holds(&self, tile: u64) -> bool {
        match self.answer() {
            Placement::Kept => true,
            Placement::Join => !self.pending.contains(&tile),
            _ => false,
        }
    }

    /// Rent is what the server was seen to keep.
    fn kept_megabytes(&self) -> f64 {
        0.0
    }

    fn is_full(&self) -> bool {
        false
    }

    fn decide(&mut self, _now: f64, request: &Request) -> Answer {
        let placement = self.answer();
        self.next += 1;
        if placement.generates() {
            self.pending.insert(request.tile);
        }
        Answer {
            placement,
            keep: false,
        }
    }

    fn made(&mut self, _now: f64, made: &Made) {
        self.pending.remove(&made.tile);
    }
}
