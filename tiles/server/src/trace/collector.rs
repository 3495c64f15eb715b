//! The way to the collector, and what is said when it is closed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;

/// A collector must have answered by then.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// A collector that goes on failing is told of so often.
const PAUSE: Duration = Duration::from_secs(60);
/// The port of collectors for OTLP over gRPC.
const GRPC: u16 = 4317;

/// Sends batches of spans. The exporter's thread has no runtime, so it borrows the server's.
#[derive(Debug)]
pub(super) struct Collector {
    client: reqwest::Client,
    runtime: Handle,
    /// When it was last said that it fails; none while it does not.
    told: Mutex<Option<Instant>>,
}

impl Collector {
    /// # Errors
    /// When the system has no certificates.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self {
            client,
            runtime: Handle::current(),
            told: Mutex::default(),
        })
    }

    /// Warns of the first failure, then of one a minute; and says when they are over.
    fn tell(&self, collector: &str, trouble: Option<&str>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match (trouble, *told) {
            (None, None) => {}
            (None, Some(_)) => {
                *told = None;
                tracing::info!(collector, "traces are exported again");
            }
            (Some(_), Some(last)) if last.elapsed() < PAUSE => {}
            (Some(reason), _) => {
                *told = Some(Instant::now());
                tracing::warn!(
                    collector,
                    reason,
                    "traces cannot be exported and are lost; requests go on. Is a collector there that takes OTLP over HTTP?"
                );
            }
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let uri = request.uri();
        let port = uri.port_u16();
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        // Without the name and password that may stand before it.
        let (_, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let host = host.to_owned();
        let sent = send(self.client.clone(), request.try_into()?);
        let answer = self.runtime.spawn(sent).await?;
        let mut trouble = match &answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answers {}", answer.status())),
            Err(error) => Some(causes(error)),
        };
        if let (Some(trouble), Some(GRPC)) = (&mut trouble, port) {
            trouble.push_str("; port 4317 is that of gRPC, OTLP over HTTP has 4318");
        }
        self.tell(&host, trouble.as_deref());
        Ok(answer?)
    }
}

async fn send(
    client: reqwest::Client,
    request: reqwest::Request,
) -> Result<Response<Bytes>, reqwest::Error> {
    let answer = client
        .execute(request)
        .await
        .map_err(reqwest::Error::without_url)?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = Response::new(answer.bytes().await?);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// An error and what caused it.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
