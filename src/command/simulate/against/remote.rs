//! The server of a replay: what it says of itself and of its worlds. Requests go to the address that was given and to no
//! other.

use std::time::Duration;

use gable_content::coding::{Coding, decode};
use gable_placement::{Settings, Weights};
use gable_session::world::World;
use gable_tiles::Statement;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// An answer takes no longer, waiting for a generation included.
const PATIENCE: Duration = Duration::from_secs(30);
/// Connections that stay open: one for each of the replay's threads.
pub(super) const CONNECTIONS: usize = 64;
/// The most bytes of an answer.
const MOST_BYTES: u64 = 512 << 20;

/// A running server.
#[derive(Debug)]
pub(super) struct Remote {
    address: String,
    agent: ureq::Agent,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) headers: ureq::http::HeaderMap,
    /// As they were on the wire.
    pub(super) bytes: Vec<u8>,
}

impl Answer {
    /// A header, or nothing.
    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|it| it.to_str().ok()).unwrap_or_default()
    }

    /// What the bytes stand for.
    pub(super) fn plain(&self) -> Result<Vec<u8>, String> {
        let name = self.header("content-encoding");
        let coding = match name {
            "" => Some(Coding::Identity),
            name => Coding::from_name(name),
        };
        let coding = coding.ok_or_else(|| format!("its coding `{name}` is not known"))?;
        let limit = usize::try_from(MOST_BYTES).unwrap_or(usize::MAX);
        decode(coding, &self.bytes, limit).map_err(|error| error.to_string())
    }
}

/// The server as an edge.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) weights: Weights,
    pub(super) settings: Settings,
    pub(super) statement: Statement,
    /// Tiles that it remembers.
    pub(super) remembered: usize,
}

impl Edge {
    /// The preset that its weights are.
    pub(super) fn weights_name(&self) -> &'static str {
        let preset = |name: &&str| Weights::named(name).as_ref() == Some(&self.weights);
        Weights::NAMES.into_iter().find(preset).unwrap_or("its own")
    }
}

/// What `/debug/placement` says, of which this is read.
#[derive(Debug, Deserialize)]
struct Page {
    planner: Planner,
    edge: Statement,
}

#[derive(Debug, Deserialize)]
struct Planner {
    weights: Weights,
    settings: Settings,
    tiles: usize,
}

impl Remote {
    /// A server by its address.
    pub(super) fn new(address: &str) -> Result<Self, Failure> {
        let address = address.trim_end_matches('/');
        if !address.starts_with("http://") && !address.starts_with("https://") {
            return Err(Failure::Usage(format!(
                "--against {address}: expected the address of a running `gable serve`, such as http://127.0.0.1:8080"
            )));
        }
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .max_idle_connections(CONNECTIONS)
            .max_idle_connections_per_host(CONNECTIONS)
            .build();
        Ok(Self {
            address: address.to_owned(),
            agent: agent.into(),
        })
    }

    /// An answer with status 200; else what went wrong.
    pub(super) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Result<Answer, String> {
        let mut request = self.agent.get(format!("{}{path}", self.address));
        request = request.header("accept-encoding", "br");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.call().map_err(|error| error.to_string())?;
        let bytes = response
            .body_mut()
            .with_config()
            .limit(MOST_BYTES)
            .read_to_vec()
            .map_err(|error| error.to_string())?;
        if response.status() != 200 {
            let text = String::from_utf8_lossy(&bytes[..bytes.len().min(300)]).into_owned();
            return Err(format!(
                "{path}: {} {}",
                response.status().as_u16(),
                text.trim()
            ));
        }
        let headers = response.headers().clone();
        Ok(Answer { headers, bytes })
    }

    /// The same as a failure that names the server.
    pub(super) fn fetch(&self, path: &str) -> Result<Answer, Failure> {
        let answer = self.get(path, &[]);
        answer.map_err(|error| Failure::Input(format!("{}: {error}", self.address)))
    }

    fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, String> {
        let plain = self.get(path, &[])?.plain()?;
        serde_json::from_slice(&plain).map_err(|error| format!("{path}: {error}"))
    }

    fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.read(path).map_err(|error| self.other(&error))
    }

    /// What the server is like.
    pub(super) fn edge(&self) -> Result<Edge, Failure> {
        let address = &self.address;
        let asked = self.agent.get(format!("{address}/healthz")).call();
        asked.map_err(|error| {
            Failure::Input(format!(
                "no server answers at {address}: {error}; start one with `gable serve`, or correct --against"
            ))
        })?;
        let page: Page = self.read("/debug/placement?format=json").map_err(|error| {
            Failure::Input(format!(
                "{address} is no Gable server of this version: {error}; --against is the address that `gable serve` prints"
            ))
        })?;
        Ok(Edge {
            weights: page.planner.weights,
            settings: page.planner.settings,
            remembered: page.planner.tiles,
            statement: page.edge,
        })
    }

    /// Megabytes that the server keeps now.
    #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
    pub(super) fn kept_megabytes(&self) -> Option<f64> {
        let page: Page = self.read("/debug/placement?format=json").ok()?;
        Some(page.edge.kept_bytes as f64 / 1e6)
    }

    /// A world by name; without a name, the only one.
    pub(super) fn world(&self, name: Option<&str>) -> Result<World, Failure> {
        let address = &self.address;
        let worlds: Vec<String> = self.json("/worlds.json")?;
        let there = worlds.join(", ");
        let name = match (name, worlds.as_slice()) {
            (Some(name), _) if worlds.iter().any(|world| world == name) => name,
            (Some(name), _) => {
                return Err(Failure::Usage(format!(
                    "there is no world `{name}` at {address} (there are: {there}); name one of these with --world"
                )));
            }
            (None, [only]) => only,
            (None, []) => {
                return Err(Failure::Input(format!(
                    "{address} serves no world yet; wait until its /readyz says ready"
                )));
            }
            (None, _) => {
                return Err(Failure::Usage(format!(
                    "{address} serves several worlds ({there}); name one with --world"
                )));
            }
        };
        let file = |file: &str| {
            self.fetch(&format!("/{name}/{file}"))?
                .plain()
                .map_err(|error| self.other(&error))
        };
        let world = World::read(&file("tileset.json")?, &file("manifest.json")?);
        world.map_err(|error| self.other(&error.to_string()))
    }

    /// It does not speak as this version does.
    fn other(&self, why: &str) -> Failure {
        Failure::Input(format!(
            "{}: {why}; replay with the version of Gable that serves there",
            self.address
        ))
    }
}
