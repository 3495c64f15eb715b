//! Who may ask for what, and how long an answer may take: a layer around the routes.
//!
//! - **Bearer tokens** ([`Token`]), for all worlds or some.
//! - **Signed URLs** ([`SigningKey::sign`]): `?world=NAME&expires=UNIX&signature=HEX` opens everything of one
//!   world, and the modules and assets that its recipes name. Clients that carry a tileset's query along to
//!   its children (3D Tiles asks them to) need nothing else.
//! - **Request ids**, **time limits** and the answer to **CORS preflights**.
//!
//! With no token and no key everything is open. What is not configured costs nothing.

mod credential;
mod problem;
mod request_id;
mod signature;

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};

use crate::listen::{AtOnce, Head, Prompt};
use crate::web;
pub use credential::Token;
use credential::{Grant, Refusal};
use problem::Problem;
pub use request_id::RequestId;
pub use signature::{SignError, SigningKey};

/// The header of request ids.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the layer does; by default only request ids and a limit of time.
#[derive(Clone, Debug)]
pub struct GuardOptions {
    /// Tokens that open worlds.
    pub tokens: Vec<Token>,
    /// Keys whose signatures open worlds; more than one while keys are changed.
    pub signing_keys: Vec<SigningKey>,
    /// Paths open to everybody. Default `/healthz`, `/readyz`, pages and scripts.
    pub open_paths: Vec<String>,
    /// Time until a handler must have begun its answer. Default 30 s.
    pub time: Option<Duration>,
    /// Whether requests get ids (`X-Request-Id`). Default yes.
    pub request_ids: bool,
}

impl Default for GuardOptions {
    fn default() -> Self {
        Self {
            tokens: Vec::new(),
            signing_keys: Vec::new(),
            open_paths: ["/healthz", "/readyz"]
                .into_iter()
                .map(String::from)
                .chain(web::paths())
                .collect(),
            time: Some(Duration::from_secs(30)),
            request_ids: true,
        }
    }
}

/// The layer: `guard.layer(router)` is what [`crate::listen::serve`] takes.
#[derive(Clone, Debug)]
pub struct Guard {
    options: Arc<GuardOptions>,
}

impl Guard {
    /// A layer that does what `options` say.
    pub fn new(options: GuardOptions) -> Self {
        let options = Arc::new(options);
        Self { options }
    }

    /// Whether everything is open to everybody.
    fn is_open(&self) -> bool {
        self.options.tokens.is_empty() && self.options.signing_keys.is_empty()
    }

    /// What a request may do, or why nothing.
    fn grant(&self, request: &Request<Body>) -> Result<Grant, Refusal> {
        let options = &*self.options;
        let path = request.uri().path();
        if self.is_open() || options.open_paths.iter().any(|open| open == path) {
            return Ok(Grant::Open);
        }
        credential::grant(options, path, request.uri().query(), request.headers())
    }
}

impl<S> tower::Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        let guard = self.clone();
        Guarded { guard, inner }
    }
}

/// A service behind a [`Guard`].
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    guard: Guard,
    inner: S,
}

impl<S> tower::Service<Request<Body>> for Guarded<S>
where
    S: tower::Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let options = &self.guard.options;
        let id = options.request_ids.then(|| {
            let id = RequestId::of(request.headers().get(REQUEST_ID).map(HeaderValue::as_bytes));
            request.extensions_mut().insert(id);
            id
        });
        let (step, grant) = if request.method() == Method::OPTIONS {
            let refused = Some(preflight(request.headers()));
            (Step::Refused { refused }, Grant::Open)
        } else {
            match self.guard.grant(&request) {
                Ok(grant) => {
                    let running = self.inner.call(request);
                    (Step::Running { running }, grant)
                }
                Err(refusal) => {
                    tracing::debug!(path = request.uri().path(), ?refusal, "refused");
                    let refused = Some(Problem::from(refusal).into());
                    (Step::Refused { refused }, Grant::Open)
                }
            }
        };
        Answer {
            step,
            grant,
            id,
            time: options.time,
            alarm: None,
        }
    }
}

impl<S: AtOnce> AtOnce for Guarded<S> {
    fn at_once(&self, asked: &Head<'_>, peer: IpAddr) -> Option<Prompt> {
        if !self.guard.is_open() {
            return None;
        }
        let mut prompt = self.inner.at_once(asked, peer)?;
        if self.guard.options.request_ids {
            let id = RequestId::of(asked.value(REQUEST_ID.as_str()));
            prompt.fields.push((REQUEST_ID, id.header()));
        }
        Some(prompt)
    }
}

pin_project! {
    /// An answer on its way through a [`Guard`].
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Answer<F> {
        #[pin]
        step: Step<F>,
        grant: Grant,
        id: Option<RequestId>,
        time: Option<Duration>,
        // Set only for an answer that is not there at once.
        #[pin]
        alarm: Option<Sleep>,
    }
}

pin_project! {
    #[project = StepNow]
    #[derive(Debug)]
    enum Step<F> {
        Refused { refused: Option<Response<Body>> },
        Running { #[pin] running: F },
    }
}

impl<F> Future for Answer<F>
where
    F: Future<Output = Result<Response<Body>, Infallible>>,
{
    type Output = Result<Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let answered = match this.step.project() {
            StepNow::Refused { refused } => Poll::Ready(refused.take().unwrap_or_default()),
            StepNow::Running { running } => running.poll(context).map(|Ok(response)| response),
        };
        let mut response = match (answered, *this.time) {
            (Poll::Ready(response), _) => response,
            (Poll::Pending, None) => return Poll::Pending,
            (Poll::Pending, Some(time)) => {
                if this.alarm.is_none() {
                    this.alarm.set(Some(sleep(time)));
                }
                if let Some(alarm) = this.alarm.as_mut().as_pin_mut() {
                    ready!(alarm.poll(context));
                }
                tracing::warn!(id = ?this.id, "a request took too long");
                Problem::late(time).into()
            }
        };
        if let Some(id) = this.id {
            response.headers_mut().insert(REQUEST_ID, id.header());
        }
        if *this.grant == Grant::Bearer {
            keep_private(response.headers_mut());
        }
        Poll::Ready(Ok(response))
    }
}

/// Answers what a browser asks before it sends a request with `Authorization` to another origin. It asks
/// without credentials, so this is open to everybody.
fn preflight(asked: &HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    let known = HeaderValue::from_static("GET, HEAD, OPTIONS");
    headers.insert(header::ALLOW, known.clone());
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, known);
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("86400"),
    );
    // `*` would not cover Authorization.
    let wanted = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let wanted = wanted.unwrap_or(HeaderValue::from_static("authorization, *"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted);
    headers.insert(
        header::VARY,
        HeaderValue::from_static("access-control-request-headers"),
    );
    response
}

/// What only a token opened must not be kept by caches that others share: `public` becomes `private`.
/// (A signed URL is a cache's key, and opens what it opened.)
fn keep_private(headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from_static("authorization"));
    let said = headers
        .get(header::CACHE_CONTROL)
        .and_then(|value| value.to_str().ok());
    let private = match said {
        None => "private".to_owned(),
        Some(said) => said.replace("public", "private"),
    };
    if let Ok(private) = HeaderValue::from_str(&private) {
        headers.insert(header::CACHE_CONTROL, private);
    }
}
