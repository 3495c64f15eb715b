//! What `gable serve` is told: flags over environment over `gable.toml`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytesize::ByteSize;
use gable_cache::{CacheOptions, DiskOptions};
use gable_placement::Weights;
use gable_tiles::ServerOptions;
use gable_tiles::guard::{GuardOptions, SigningKey, Token};
use gable_tiles::listen::{ListenOptions, RequestRate, TlsFiles};
use gable_tiles::trace::TraceOptions;
use serde::Deserialize;

use crate::cli::ServeArguments;
use crate::failure::Failure;

/// The file that is read when none is named.
const FILE: &str = "gable.toml";
/// Where OpenTelemetry's own standard says to look for a collector.
const STANDARD_OTLP: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// All settings, as `gable.toml` has them; what is left out has its default.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Settings {
    pub(super) worlds: Vec<PathBuf>,
    bind: Option<std::net::SocketAddr>,
    workers: Option<u32>,
    queue: Option<usize>,
    memory: Option<ByteSize>,
    cache: Option<PathBuf>,
    disk: Option<ByteSize>,
    weights: Option<WeightSettings>,
    pub(super) upstream: Vec<String>,
    tls_certificate: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    tokens: Vec<TokenSettings>,
    signing_keys: Vec<String>,
    rate: Option<f32>,
    connections: Option<usize>,
    connections_per_address: Option<usize>,
    trusted_proxies: Vec<ipnet::IpNet>,
    grace_seconds: Option<u64>,
    record: Option<PathBuf>,
    otlp: Option<String>,
    otlp_sample: Option<f64>,
}

/// A set of prices by name, or each by itself.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum WeightSettings {
    Named(String),
    Each(Weights),
}

/// A token for all worlds, or for some.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum TokenSettings {
    All(String),
    Some { token: String, worlds: Vec<String> },
}

impl Settings {
    /// Reads file and arguments; also gives the file's keys that nobody knows.
    pub(super) fn read(arguments: &ServeArguments) -> Result<(Self, Vec<String>), Failure> {
        let mut unknown = Vec::new();
        let mut settings = match &arguments.config {
            Some(file) => from_file(file, &mut unknown)?,
            None if Path::new(FILE).exists() => from_file(Path::new(FILE), &mut unknown)?,
            None => Self::default(),
        };
        settings.take(arguments);
        Ok((settings, unknown))
    }

    /// Flags and environment win.
    fn take(&mut self, arguments: &ServeArguments) {
        fn over<T: Clone>(own: &mut Option<T>, given: Option<&T>) {
            if let Some(given) = given {
                *own = Some(given.clone());
            }
        }
        fn over_list<T: Clone>(own: &mut Vec<T>, given: &[T]) {
            if !given.is_empty() {
                *own = given.to_vec();
            }
        }
        over_list(&mut self.worlds, &arguments.worlds);
        over_list(&mut self.upstream, &arguments.upstream);
        over_list(&mut self.signing_keys, &arguments.signing_key);
        over_list(&mut self.trusted_proxies, &arguments.trusted_proxy);
        over(&mut self.bind, arguments.bind.as_ref());
        over(&mut self.workers, arguments.workers.as_ref());
        over(&mut self.queue, arguments.queue.as_ref());
        over(&mut self.memory, arguments.memory.as_ref());
        over(&mut self.cache, arguments.cache.as_ref());
        over(&mut self.disk, arguments.disk.as_ref());
        over(
            &mut self.tls_certificate,
            arguments.tls_certificate.as_ref(),
        );
        over(&mut self.tls_key, arguments.tls_key.as_ref());
        over(&mut self.rate, arguments.rate.as_ref());
        over(&mut self.connections, arguments.connections.as_ref());
        over(
            &mut self.connections_per_address,
            arguments.connections_per_address.as_ref(),
        );
        over(&mut self.record, arguments.record.as_ref());
        over(&mut self.otlp, arguments.otlp.as_ref());
        over(&mut self.otlp_sample, arguments.otlp_sample.as_ref());
        over(&mut self.grace_seconds, arguments.grace_seconds.as_ref());
        if let Some(name) = &arguments.weights {
            self.weights = Some(WeightSettings::Named(name.clone()));
        }
        if !arguments.token.is_empty() {
            self.tokens = arguments
                .token
                .iter()
                .cloned()
                .map(TokenSettings::All)
                .collect();
        }
    }

    pub(super) fn server(&self) -> Result<ServerOptions, Failure> {
        let defaults = ServerOptions::default();
        let weights = match &self.weights {
            None => defaults.weights,
            Some(WeightSettings::Each(weights)) => *weights,
            Some(WeightSettings::Named(name)) => Weights::named(name).ok_or_else(|| {
                let names: Vec<&str> = Weights::NAMES.to_vec();
                Failure::Usage(format!(
                    "weights: there is no set `{name}` (there are: {})",
                    names.join(", ")
                ))
            })?,
        };
        let disk = self.cache.clone().map(|folder| DiskOptions {
            folder,
            bytes: self.disk.unwrap_or(ByteSize::gib(8)).as_u64(),
        });
        if disk.is_none() && self.disk.is_some() {
            return Err(Failure::Usage(
                "disk: say where with --cache DIR (or `cache` in gable.toml)".to_owned(),
            ));
        }
        Ok(ServerOptions {
            workers: self.workers.unwrap_or(defaults.workers).max(1),
            queue: self.queue.unwrap_or(defaults.queue),
            cache: CacheOptions {
                memory_bytes: self
                    .memory
                    .map_or(defaults.cache.memory_bytes, |size| size.as_u64()),
                disk,
            },
            weights,
            record: self.record.clone(),
            ..defaults
        })
    }

    pub(super) fn listen(&self) -> Result<ListenOptions, Failure> {
        let mut options = ListenOptions::default();
        if let Some(address) = self.bind {
            options.address = address;
        }
        options.tls = match (&self.tls_certificate, &self.tls_key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some(TlsFiles {
                certificate: certificate.clone(),
                key: key.clone(),
            }),
            _ => {
                return Err(Failure::Usage(
                    "TLS needs both --tls-certificate and --tls-key".to_owned(),
                ));
            }
        };
        if let Some(connections) = self.connections {
            options.limits.connections = connections;
        }
        if let Some(connections) = self.connections_per_address {
            options.limits.connections_per_address = connections;
        }
        options.rate = self.rate.map(|per_second| RequestRate {
            per_second,
            burst: 4.0 * per_second,
            ..RequestRate::default()
        });
        options.trusted_proxies.clone_from(&self.trusted_proxies);
        if let Some(seconds) = self.grace_seconds {
            options.grace = Duration::from_secs(seconds);
        }
        Ok(options)
    }

    /// Where traces go, if they are wanted: an empty address says that they are not.
    pub(super) fn traces(&self) -> Option<TraceOptions> {
        let standard = || std::env::var(STANDARD_OTLP).ok();
        let collector = self.otlp.clone().or_else(standard)?;
        (!collector.is_empty()).then(|| TraceOptions {
            collector,
            sample: self.otlp_sample.unwrap_or(1.0),
        })
    }

    pub(super) fn guard(&self) -> Result<GuardOptions, Failure> {
        let token = |settings: &TokenSettings| match settings {
            TokenSettings::All(token) => Token::new(token),
            TokenSettings::Some { token, worlds } => {
                Token::new(token).for_worlds(worlds.iter().cloned())
            }
        };
        let key = |text: &String| {
            SigningKey::new(text.as_bytes())
                .map_err(|error| Failure::Usage(format!("signing key: {error}")))
        };
        Ok(GuardOptions {
            tokens: self.tokens.iter().map(token).collect(),
            signing_keys: self
                .signing_keys
                .iter()
                .map(key)
                .collect::<Result<_, _>>()?,
            ..GuardOptions::default()
        })
    }
}

fn from_file(file: &Path, unknown: &mut Vec<String>) -> Result<Settings, Failure> {
    let text =
        std::fs::read_to_string(file).map_err(|error| Failure::file("read", file, &error))?;
    let wrong = |error: toml::de::Error| Failure::Input(format!("{}: {error}", file.display()));
    let parsed = toml::Deserializer::parse(&text).map_err(wrong)?;
    let name = |path: serde_ignored::Path<'_>| unknown.push(format!("{}: {path}", file.display()));
    serde_ignored::deserialize(parsed, name).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_and_what_nobody_knows_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gable.toml");
        let text = "worlds = ['a.toml']\nmemory = '64MiB'\nweights = 'latency'\ncolour = 'red'\ntokens = ['abc', { token = 'x', worlds = ['a'] }]";
        std::fs::write(&file, text).unwrap();
        let mut unknown = Vec::new();
        let settings = from_file(&file, &mut unknown).unwrap();
        assert_eq!(settings.memory, Some(ByteSize::mib(64)));
        assert_eq!(settings.tokens.len(), 2);
        assert_eq!(unknown, [format!("{}: colour", file.display())]);
        assert_eq!(
            settings.server().unwrap().weights,
            Weights::named("latency").unwrap()
        );
        std::fs::write(&file, "bind = 7").unwrap();
        let message = format!("{:?}", from_file(&file, &mut unknown).unwrap_err());
        assert!(message.contains("line 1"), "{message}");
    }
}
