//! A server, and what is said to it and measured of it.

use std::io::Read as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use gable_content::coding::{Coding, decode};
use gable_session::statement::Statement;
use gable_session::world::World;

use crate::lock;

/// A Gable server, over HTTP.
#[derive(Debug)]
pub struct Connection {
    base: String,
    agent: ureq::Agent,
    statement: Mutex<Statement>,
    /// Bytes that came since the start.
    received: AtomicU64,
}

/// An answer, unpacked.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) bytes: Vec<u8>,
    pub(crate) media_type: String,
    /// The validator, without quotes.
    pub(crate) tag: String,
    pub(crate) placement: String,
    /// Bytes on the wire.
    pub(crate) wire_bytes: u64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// Nobody answers.
    #[error("{base} does not answer: {why}")]
    Silent {
        /// The server.
        base: String,
        /// Why.
        why: String,
    },
    /// The answer is that there is none.
    #[error("{base}{path}: {status} {text}")]
    Refused {
        /// The server.
        base: String,
        /// What was asked for.
        path: String,
        /// The status.
        status: u16,
        /// What the server says.
        text: String,
    },
    /// The answer is not what it should be.
    #[error("{base}{path} is not what it should be: {why}")]
    Wrong {
        /// The server.
        base: String,
        /// What was asked for.
        path: String,
        /// Why.
        why: String,
    },
    /// Nobody wants it any more.
    #[error("it was cancelled")]
    Cancelled,
}

/// No answer is larger, packed or not: bytes.
const LARGEST: usize = 256 << 20;
const CONNECT: Duration = Duration::from_secs(5);
/// A whole answer.
const PATIENCE: Duration = Duration::from_secs(60);
const MOST_IDLE: usize = 32;
/// Bytes that are read at a time.
const PIECE: usize = 64 << 10;

impl Connection {
    /// With a server, by its address (`http://host:port`). Nothing is asked yet.
    #[must_use]
    pub fn new(base: &str, statement: Statement) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(MOST_IDLE)
            .max_idle_connections_per_host(MOST_IDLE)
            .build();
        Self {
            base: base.trim_end_matches('/').to_owned(),
            agent: agent.into(),
            statement: Mutex::new(statement),
            received: AtomicU64::new(0),
        }
    }

    /// Its address.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Bytes that came since the start.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    pub(crate) fn statement(&self) -> MutexGuard<'_, Statement> {
        lock(&self.statement)
    }

    /// The names of its worlds.
    ///
    /// # Errors
    /// [`ConnectionError`]
    pub fn worlds(&self) -> Result<Vec<String>, ConnectionError> {
        let answer = self.get("/worlds.json")?;
        let worlds = serde_json::from_slice(&answer.bytes);
        worlds.map_err(|error| self.wrong("/worlds.json", &error.to_string()))
    }

    /// A world, and the tag of what describes it.
    ///
    /// # Errors
    /// [`ConnectionError`]
    pub fn world(&self, id: &str) -> Result<(World, String), ConnectionError> {
        let paths = ["tileset.json", "manifest.json"].map(|file| format!("/{id}/{file}"));
        let (tileset, manifest) = std::thread::scope(|scope| {
            let tileset = scope.spawn(|| self.get(&paths[0]));
            let manifest = self.get(&paths[1]);
            (tileset.join().expect("it does not panic"), manifest)
        });
        let (tileset, manifest) = (tileset?, manifest?);
        let world = World::read(&tileset.bytes, &manifest.bytes);
        let world = world.map(|world| (world, manifest.tag));
        world.map_err(|error| self.wrong(&paths[1], &error.to_string()))
    }

    /// What is at a path.
    pub(crate) fn get(&self, path: &str) -> Result<Answer, ConnectionError> {
        self.ask(path, &[], &|| false)
    }

    /// What is at a path for these headers, as long as nobody cancels.
    pub(crate) fn ask(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Answer, ConnectionError> {
        let silent = |why: String| ConnectionError::Silent {
            base: self.base.clone(),
            why,
        };
        let mut request = self.agent.get(format!("{}{path}", self.base));
        request = request.header("accept-encoding", "br, zstd, gzip");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let begun = Instant::now();
        let response = request.call().map_err(|error| silent(error.to_string()))?;
        // The first request opens the connection: twice the way.
        let there_and_back = begun.elapsed().as_secs_f64() / 2.0;
        self.statement().round_trip.get_or_insert(there_and_back);
        let text = |name: &str| {
            let value = response.headers().get(name);
            value
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let coding = match text("content-encoding").as_str() {
            "" => Coding::Identity,
            name => Coding::from_name(name)
                .ok_or_else(|| self.wrong(path, &format!("its coding is {name}")))?,
        };
        let (media_type, tag) = (text("content-type"), text("etag"));
        let placement = text("gable-placement");
        let status = response.status().as_u16();
        let (start, before) = (Instant::now(), self.received());
        let mut packed = Vec::new();
        let mut body = response.into_body().into_reader();
        let mut piece = vec![0; PIECE];
        loop {
            if is_cancelled() {
                return Err(ConnectionError::Cancelled);
            }
            let count = body
                .read(&mut piece)
                .map_err(|error| silent(error.to_string()))?;
            if count == 0 {
                break;
            }
            packed.extend_from_slice(&piece[..count]);
            self.received.fetch_add(count as u64, Ordering::Relaxed);
            if packed.len() > LARGEST {
                return Err(self.wrong(path, &format!("it is larger than {LARGEST} bytes")));
            }
        }
        let all = self.received() - before;
        self.statement()
            .transferred(all, start.elapsed().as_secs_f64());
        let bytes = decode(coding, &packed, LARGEST);
        let bytes = bytes.map_err(|error| self.wrong(path, &error.to_string()))?;
        if status != 200 {
            let shown = &bytes[..bytes.len().min(300)];
            return Err(ConnectionError::Refused {
                base: self.base.clone(),
                path: path.to_owned(),
                status,
                text: String::from_utf8_lossy(shown).trim().to_owned(),
            });
        }
        Ok(Answer {
            bytes,
            media_type,
            tag: tag.trim_start_matches("W/").trim_matches('"').to_owned(),
            placement,
            wire_bytes: packed.len() as u64,
        })
    }

    pub(crate) fn wrong(&self, path: &str, why: &str) -> ConnectionError {
        ConnectionError::Wrong {
            base: self.base.clone(),
            path: path.to_owned(),
            why: why.to_owned(),
        }
    }
}
