//! The replay: each request of a trace leaves at its time, says what its client knows, and gets the server's real decision.
//! What clients do with the answer is simulated; what they wait for the server is measured.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use gable_placement::simulate::{Entry, Ledger, Outcome, Sessions, Trace, TraceRequest};
use gable_placement::usage::{self, Origin};
use gable_placement::{DeviceClass, Placement, Report};

use super::learn::{Learned, Module};
use super::remote::{Answer, CONNECTIONS, Edge, Remote};
use crate::failure::Failure;
use crate::progress::Progress;

/// The row of the table.
const NAME: &str = "ours, over HTTP";
/// Seconds between looks at what the server keeps.
const LOOK: f64 = 5.0;
/// When so many and half of all have failed, nobody is asked any more.
const MOST_FAILURES: usize = 20;
const RECIPES: &str = "application/vnd.gable.recipe, model/gltf-binary;q=0.5";
const MESHES: &str = "model/gltf-binary";

/// A trace and the server that answers it.
#[derive(Debug)]
pub(super) struct Replay<'a> {
    remote: &'a Remote,
    trace: &'a Trace,
    tiles: &'a [Learned],
    modules: &'a [Module],
    edge: &'a Edge,
    /// Sessions of this replay are like no other's.
    session: String,
}

/// What became of it.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) outcome: Outcome,
    /// Where content was made, for each request of the trace; a recipe where nobody answered.
    pub(super) answers: Vec<Placement>,
    /// Seconds by which the last of a hundred requests left late.
    pub(super) late_seconds: f64,
    /// Answers of other bytes than were learned.
    pub(super) other_bytes: usize,
    /// What went wrong, once for each request that failed.
    pub(super) failures: Vec<String>,
}

/// A request that is due.
struct Job<'a> {
    place: usize,
    asked: &'a TraceRequest,
    due: Instant,
    client: String,
}

/// What the simulated clients share.
struct Stage<'a> {
    sessions: Sessions<'a>,
    ledger: Ledger,
    /// What each client will say with its next request.
    reports: Vec<Report>,
    answers: Vec<Placement>,
    late: Vec<f64>,
    other_bytes: usize,
    failures: Vec<String>,
}

impl<'a> Replay<'a> {
    pub(super) fn new(
        remote: &'a Remote,
        trace: &'a Trace,
        tiles: &'a [Learned],
        modules: &'a [Module],
        edge: &'a Edge,
    ) -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let session = format!("{:x}", since.unwrap_or_default().as_nanos());
        Self {
            remote,
            trace,
            tiles,
            modules,
            edge,
            session,
        }
    }

    /// Plays it: takes as long as the trace, and the patience with the last answers.
    pub(super) fn play(&self, progress: &Progress) -> Result<Played, Failure> {
        let stage = Mutex::new(Stage {
            sessions: Sessions::new(self.trace, &self.edge.weights),
            ledger: Ledger::new(self.edge.weights),
            reports: vec![Report::default(); self.trace.clients.len()],
            answers: vec![Placement::Recipe; self.trace.requests.len()],
            late: Vec::with_capacity(self.trace.requests.len()),
            other_bytes: 0,
            failures: Vec::new(),
        });
        let (sender, receiver) = channel();
        let receiver = Mutex::new(receiver);
        std::thread::scope(|scope| {
            for _ in 0..CONNECTIONS {
                scope.spawn(|| self.ask(&receiver, &stage));
            }
            let start = Instant::now();
            let mut looked = 0.0;
            for (place, asked) in self.trace.requests.iter().enumerate() {
                if asked.at - looked >= LOOK {
                    self.look(asked.at - looked, &stage);
                    looked = asked.at;
                    progress.phase(format!(
                        "{} over HTTP: {place} of {} requests",
                        self.trace.name,
                        self.trace.requests.len()
                    ));
                }
                let due = start + Duration::from_secs_f64(asked.at);
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let client = {
                    let mut stage = lock(&stage);
                    if stage.failures.len() > MOST_FAILURES + stage.late.len() / 2 {
                        break;
                    }
                    self.introduce(asked, &mut stage)
                };
                // The receivers live as long as this scope.
                let _sent = sender.send(Job {
                    place,
                    asked,
                    due,
                    client,
                });
            }
            drop(sender);
        });
        let mut stage = stage.into_inner().unwrap_or_else(PoisonError::into_inner);
        stage.late.sort_by(f64::total_cmp);
        let late_seconds = stage.late.get(stage.late.len() * 99 / 100).copied();
        if stage.late.len() == stage.failures.len() {
            let first = stage.failures.first().cloned().unwrap_or_default();
            return Err(Failure::Input(format!("no request was answered: {first}")));
        }
        Ok(Played {
            outcome: stage.ledger.outcome(NAME.to_owned()),
            answers: stage.answers,
            late_seconds: late_seconds.unwrap_or_default(),
            other_bytes: stage.other_bytes,
            failures: stage.failures,
        })
    }

    /// Books the rent of what the server kept meanwhile.
    fn look(&self, seconds: f64, stage: &Mutex<Stage<'_>>) {
        if let Some(megabytes) = self.remote.kept_megabytes() {
            lock(stage).ledger.keep(megabytes * seconds);
        }
    }

    /// What the client says of itself: the header `Gable-Client`. What it has measured it says once.
    fn introduce(&self, asked: &TraceRequest, stage: &mut Stage<'_>) -> String {
        let client = &self.trace.clients[asked.client as usize];
        let mut fields = vec![
            format!("id={}-{}", self.session, asked.client),
            format!("rtt={:.6}", asked.rtt),
        ];
        if let Some(class) = client.claimed {
            let name = match class {
                DeviceClass::Phone => "phone",
                DeviceClass::Laptop => "laptop",
                DeviceClass::Workstation => "workstation",
            };
            fields.push(format!("class={name}"));
        }
        if let Some(power) = client.calibrated {
            fields.push(format!("power={power:.6}"));
        }
        let held = (0..)
            .zip(self.modules)
            .filter(|(number, _)| stage.sessions.holds(asked.client, *number));
        let held: Vec<&str> = held.map(|(_, module)| &module.sha256[..16]).collect();
        if !held.is_empty() {
            fields.push(format!("modules={}", held.join(",")));
        }
        let report = std::mem::take(&mut stage.reports[asked.client as usize]);
        if let Some(made) = report.generation {
            let key = usize::try_from(made.tile)
                .ok()
                .and_then(|tile| self.tiles.get(tile));
            let key = key.map_or("", |tile| tile.key.as_str());
            let work = made
                .work
                .map_or(String::new(), |work| format!(":{work:.9}"));
            fields.push(format!("tile={key}:{:.9}{work}", made.seconds));
        }
        if let Some(megabytes) = report.megabytes_per_second {
            fields.push(format!("mbps={megabytes:.6}"));
        }
        fields.join("; ")
    }

    /// Asks the server for what is due, until nothing more will be.
    fn ask(&self, jobs: &Mutex<Receiver<Job<'_>>>, stage: &Mutex<Stage<'_>>) {
        loop {
            let job = lock(jobs).recv();
            let Ok(Job {
                place,
                asked,
                due,
                client,
            }) = job
            else {
                return;
            };
            let tile = &self.tiles[asked.tile as usize];
            let accept = if self.trace.clients[asked.client as usize].mesh_only {
                MESHES
            } else {
                RECIPES
            };
            let sent = Instant::now();
            let headers = [("accept", accept), ("gable-client", client.as_str())];
            let answer = self.remote.get(&tile.address, &headers);
            let waited = sent.elapsed().as_secs_f64();
            let mut stage = lock(stage);
            stage
                .late
                .push(sent.saturating_duration_since(due).as_secs_f64());
            let booked = answer.and_then(|answer| self.book(asked, &answer, waited, &mut stage));
            match booked {
                Ok(placement) => stage.answers[place] = placement,
                Err(error) => stage.failures.push(error),
            }
        }
    }

    /// Books an answer: the client does what it would do with it, and has waited as long as it really has.
    fn book(
        &self,
        asked: &TraceRequest,
        answer: &Answer,
        waited: f64,
        stage: &mut Stage<'_>,
    ) -> Result<Placement, String> {
        let tile = &self.tiles[asked.tile as usize];
        let placement = happened(answer)
            .ok_or_else(|| format!("{}: the answer does not say who decided", tile.address))?;
        let (mut used, report) = if placement.sends_recipe() {
            stage.sessions.recipe(asked)
        } else {
            stage.sessions.mesh(asked)
        };
        if placement.generates() {
            used = used + usage::generation(&tile.view()).unawaited();
        }
        match placement {
            Placement::Generate | Placement::Join => used.waiting_seconds += waited,
            Placement::Origin => {
                let origin: Origin = self.edge.statement.origin.unwrap_or_default();
                used = used + usage::from_origin(&origin, &tile.view()).unawaited();
                used.waiting_seconds += waited;
            }
            Placement::Recipe | Placement::RecipeAndGenerate | Placement::Kept => {}
        }
        let bytes = if placement.sends_recipe() {
            tile.recipe_bytes
        } else {
            tile.mesh_bytes
        };
        stage.other_bytes += usize::from(answer.bytes.len() as u64 != bytes);
        let next = &mut stage.reports[asked.client as usize];
        next.generation = report.generation.or(next.generation);
        next.megabytes_per_second = report.megabytes_per_second.or(next.megabytes_per_second);
        stage.ledger.book(&Entry {
            placement,
            usage: used,
            device_factor: stage.sessions.client(asked).device_factor,
            liar: self.trace.clients[asked.client as usize].liar,
        });
        Ok(placement)
    }
}

/// Where content was made: what was decided, but for those who found the mesh made by somebody else meanwhile.
fn happened(answer: &Answer) -> Option<Placement> {
    let code = answer.header("gable-placement").split(';').next()?;
    let decided = Placement::ALL
        .into_iter()
        .find(|placement| placement.code() == code)?;
    if decided.sends_recipe() {
        return Some(decided);
    }
    Some(match answer.header("cache-status") {
        "Gable; hit" => Placement::Kept,
        status if status.contains("collapsed") => Placement::Join,
        _ if decided == Placement::Origin => decided,
        _ => Placement::Generate,
    })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
