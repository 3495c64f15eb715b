//! Asking another server: which of them answers, how fast, and whether it can be believed.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use gable_cache::Failure;
use gable_content::coding::Coding;
use gable_placement::Origin;
use gable_runtime::hash;
use reqwest::{Client, StatusCode, header};
use tracing::Instrument as _;

use crate::{digest, trace};

/// Servers that hold the worlds: the first that answers is asked.
#[derive(Debug)]
pub(crate) struct Upstream {
    client: Client,
    servers: Vec<Peer>,
    current: AtomicUsize,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Peer {
    /// Without a slash at the end.
    address: String,
    /// Not asked before then.
    down_until: Mutex<Option<Instant>>,
}

/// What answers showed: means that follow the last ten or so.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// Seconds to the first byte of what needs no generation.
    rtt: f64,
    megabytes_per_second: f64,
    hit_rate: f64,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Fetched {
    pub(crate) bytes: Bytes,
    /// The coding that was asked for, or none: small answers are not coded.
    pub(crate) coding: Coding,
    /// The validator, without quotes.
    pub(crate) tag: String,
}

impl Fetched {
    /// Whether its validator names this hash of a recipe, as ours do.
    pub(crate) fn is_tagged(&self, recipe: &[u8; 32]) -> bool {
        self.tag.starts_with(&hash::hex(recipe)[..32])
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UpstreamError {
    /// It says that there is no such thing.
    #[error("the upstream server has nothing at {0}")]
    Missing(String),
    /// No server answers as it should.
    #[error("no upstream server answers as it should: {0}")]
    Down(String),
}

/// No answer is larger.
const LARGEST: usize = 64 << 20;
/// A server that failed is left alone for so long.
const PAUSE: Duration = Duration::from_secs(5);
/// How fast means follow.
const FORGETTING: f64 = 0.1;
/// Transfers below this many bytes say nothing of the throughput.
const TELLING: usize = 20_000;

impl Upstream {
    /// Asks these servers, by address (`http://host:port`).
    ///
    /// # Errors
    /// When the system has no certificates or no address is given.
    pub(crate) fn new(addresses: &[String]) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(3))
            .read_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(60))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let peer = |address: &String| Peer {
            address: address.trim_end_matches('/').to_owned(),
            down_until: Mutex::new(None),
        };
        Ok(Self {
            client,
            servers: addresses.iter().map(peer).collect(),
            current: AtomicUsize::new(0),
            seen: Mutex::new(Seen {
                rtt: Origin::default().rtt,
                megabytes_per_second: Origin::default().megabytes_per_second,
                hit_rate: Origin::default().hit_rate,
            }),
        })
    }

    /// What the planner should expect of it; none while no server answers.
    pub(crate) fn origin(&self) -> Option<Origin> {
        let up = self.servers.iter().any(|server| !server.is_down());
        let seen = *self.seen.lock().expect("no panic while it is held");
        up.then_some(Origin {
            rtt: seen.rtt,
            megabytes_per_second: seen.megabytes_per_second,
            hit_rate: seen.hit_rate,
        })
    }

    /// Fetches a path in a coding, or uncoded where the server sees no gain in it, and reads the answer. A server that
    /// fails, has no such thing or sends what cannot be read makes room for the next.
    ///
    /// # Errors
    /// [`UpstreamError`] when those that answer have no such thing, or none answers as it should.
    pub(crate) async fn fetch<T>(
        &self,
        path: &str,
        coding: Coding,
        read: impl Fn(Fetched) -> Result<T, String>,
    ) -> Result<T, UpstreamError> {
        let first = self.current.load(Ordering::Relaxed);
        let mut reason = None;
        let mut missing = false;
        for step in 0..self.servers.len() {
            let number = (first + step) % self.servers.len();
            let server = &self.servers[number];
            if server.is_down() {
                continue;
            }
            let span = trace::fetch(&server.address, path);
            let answer = self.ask(server, path, coding);
            let answer = answer.instrument(span.clone()).await;
            let text = match answer.and_then(|fetched| read(fetched).map_err(Trouble::Answer)) {
                Ok(answer) => {
                    self.current.store(number, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(Trouble::Missing) => {
                    missing = true;
                    continue;
                }
                // It may answer other things as it should.
                Err(Trouble::Answer(text)) => text,
                Err(Trouble::Server(text)) => {
                    server.rest();
                    text
                }
            };
            trace::failed(&span, &text);
            let server = &server.address;
            tracing::warn!(server, path, reason = text, "an upstream server fails");
            reason = Some(format!("{server}: {text}"));
        }
        Err(match reason {
            Some(reason) => UpstreamError::Down(reason),
            None if missing => UpstreamError::Missing(path.to_owned()),
            None => UpstreamError::Down("all were down a moment ago".to_owned()),
        })
    }

    async fn ask(&self, server: &Peer, path: &str, coding: Coding) -> Result<Fetched, Trouble> {
        let start = Instant::now();
        let request = self
            .client
            .get(format!("{}{path}", server.address))
            .header(header::ACCEPT_ENCODING, coding.name())
            .header(digest::WANT, "sha-256=1")
            .headers(trace::headers());
        let mut response = request.send().await.map_err(trouble)?;
        let status = i64::from(response.status().as_u16());
        trace::note("http.response.status_code", status);
        let first_byte = start.elapsed().as_secs_f64();
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Err(Trouble::Missing),
            status @ StatusCode::INTERNAL_SERVER_ERROR => {
                return Err(Trouble::Answer(format!("it answers {status}")));
            }
            status => return Err(Trouble::Server(format!("it answers {status}"))),
        }
        let text = |name: &str| {
            let value = response.headers().get(name);
            value
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let got = text("content-encoding");
        let coding = match got.as_str() {
            "" => Coding::Identity,
            name if name == coding.name() => coding,
            other => {
                return Err(Trouble::Answer(format!(
                    "it sends `{other}`, which was not asked for"
                )));
            }
        };
        let digest = text(digest::DIGEST.as_str());
        let (tag, status) = (
            text("etag").trim_matches('"').to_owned(),
            text("cache-status"),
        );
        let mut bytes = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(trouble)? {
            if bytes.len() + chunk.len() > LARGEST {
                return Err(Trouble::Answer(format!(
                    "its answer is larger than {LARGEST} bytes"
                )));
            }
            bytes.extend_from_slice(&chunk);
        }
        if !digest.is_empty() && digest != digest::of(&bytes) {
            return Err(Trouble::Answer(
                "its bytes do not have their digest".to_owned(),
            ));
        }
        trace::note("gable.bytes", bytes.len() as i64);
        self.learn(
            first_byte,
            start.elapsed().as_secs_f64(),
            bytes.len(),
            &status,
        );
        Ok(Fetched {
            bytes: bytes.freeze(),
            coding,
            tag,
        })
    }

    fn learn(&self, first_byte: f64, total: f64, bytes: usize, cache_status: &str) {
        let mut seen = self.seen.lock().expect("no panic while it is held");
        let follow = |mean: &mut f64, value: f64| *mean += FORGETTING * (value - *mean);
        let hit = cache_status.contains("hit");
        if hit || cache_status.is_empty() {
            follow(&mut seen.rtt, first_byte);
        }
        if !cache_status.is_empty() {
            follow(&mut seen.hit_rate, f64::from(u8::from(hit)));
        }
        if bytes >= TELLING {
            let rate = bytes as f64 / 1e6 / (total - first_byte).max(1e-4);
            follow(&mut seen.megabytes_per_second, rate.min(10_000.0));
        }
    }
}

/// Why one server did not answer.
enum Trouble {
    Missing,
    /// It is of no use for this path: its work fails, or what it sends is not what was asked for.
    Answer(String),
    /// It does not answer.
    Server(String),
}

/// The causes, without the address: the message names the server already.
fn trouble(error: reqwest::Error) -> Trouble {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    Trouble::Server(text)
}

impl Peer {
    fn is_down(&self) -> bool {
        let until = *self.down_until.lock().expect("no panic while it is held");
        until.is_some_and(|until| Instant::now() < until)
    }

    fn rest(&self) {
        *self.down_until.lock().expect("no panic while it is held") = Some(Instant::now() + PAUSE);
    }
}

impl From<UpstreamError> for Failure {
    fn from(error: UpstreamError) -> Self {
        let missing = matches!(error, UpstreamError::Missing(_));
        Self {
            class: if missing { 404 } else { 502 },
            text: error.to_string(),
            lasting: missing,
        }
    }
}
