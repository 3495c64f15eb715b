//! A connection's life, from its first byte to its end.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, RETRY_AFTER};
use axum::http::{HeaderValue, Request, Response, StatusCode, Version};
use bytes::BytesMut;
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use ipnet::IpNet;
use tokio::sync::Notify;

use super::admission::Admission;
use super::body::{Counted, bounded};
use super::head::Head;
use super::plain::{self, End};
use super::progress::{Limit, Progress, Watched, Wire};
use super::prompt::Prompt;
use super::rate::RateLimiter;
use super::seldom::Seldom;
use super::visitor::named_by_proxy;
use super::{Answers, ConnectionLimits, ListenOptions, Peer};

/// What a connection that ends for its idleness gets to say goodbye (HTTP/2's GOAWAY).
const GOODBYE_MILLISECONDS: u64 = 2000;

/// What all connections of a listener share.
pub(super) struct Shared<S> {
    pub(super) service: S,
    pub(super) protocol: Protocol,
    pub(super) limits: ConnectionLimits,
    pub(super) admission: Arc<Admission>,
    pub(super) rates: Option<RateLimiter>,
    pub(super) trusted_proxies: Vec<IpNet>,
    pub(super) stop: Stop,
    pub(super) epoch: Instant,
    pub(super) refusals: Seldom,
}

/// HTTP/1.1 or HTTP/2, as the client begins, with our limits.
pub(super) struct Protocol(Builder<TokioExecutor>);

impl Protocol {
    pub(super) fn new(options: &ListenOptions) -> Self {
        let (limits, streams) = (&options.limits, &options.streams);
        let mut builder = Builder::new(TokioExecutor::new());
        let header_bytes = limits.header_bytes.max(8 << 10);
        // hyper's own time for headers runs between requests too, and costs an allocation for each.
        let mut http1 = builder.http1();
        http1.header_read_timeout(None);
        http1.max_buf_size(usize::try_from(header_bytes).unwrap_or(usize::MAX));
        if limits.header_fields != ConnectionLimits::default().header_fields {
            http1.max_headers(limits.header_fields);
        }
        let mut http2 = builder.http2();
        http2.timer(TokioTimer::new());
        http2.max_concurrent_streams(streams.concurrent);
        http2.max_header_list_size(header_bytes);
        http2.max_pending_accept_reset_streams(streams.pending_resets);
        http2.max_local_error_reset_streams(streams.error_resets);
        http2.max_send_buf_size(streams.send_bytes);
        Self(builder)
    }
}

/// Tells connections to end.
#[derive(Debug, Default)]
pub(super) struct Stop {
    begun: AtomicBool,
    news: Notify,
}

impl Stop {
    pub(super) fn begin(&self) {
        self.begun.store(true, Ordering::SeqCst);
        self.news.notify_waiters();
    }

    fn has_begun(&self) -> bool {
        self.begun.load(Ordering::SeqCst)
    }
}

/// Who asks on a connection.
pub(super) struct Caller<S> {
    shared: Arc<Shared<S>>,
    pub(super) progress: Arc<Progress>,
    address: IpAddr,
    is_proxy: bool,
    ending: AtomicBool,
}

impl<S> Caller<S> {
    /// Whether the connection is to end with the answers that are under way.
    pub(super) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }

    fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    /// Bytes that a request's head may have.
    pub(super) fn most_header_bytes(&self) -> usize {
        usize::try_from(self.shared.limits.header_bytes).unwrap_or(usize::MAX)
    }
}

impl<S: Answers> Caller<S> {
    /// The answer that is there already, for a client that is known without looking closer.
    pub(super) fn at_once(&self, head: &Head<'_>) -> Option<Prompt> {
        if self.is_proxy {
            return None;
        }
        let prompt = self.shared.service.at_once(head, self.address)?;
        let rates = self.shared.rates.as_ref();
        // Who asks too often is told so by `answer`.
        let is_too_much = rates.is_some_and(|rates| rates.take(self.address).is_err());
        (!is_too_much).then_some(prompt)
    }
}

/// Serves the requests of one connection.
pub(super) async fn converse<S: Answers, W: Wire>(
    stream: W,
    address: IpAddr,
    is_proxy: bool,
    shared: Arc<Shared<S>>,
) {
    let progress = Arc::new(Progress::new(shared.epoch));
    let caller = Arc::new(Caller {
        shared: Arc::clone(&shared),
        progress: Arc::clone(&progress),
        address,
        is_proxy,
        ending: AtomicBool::new(false),
    });
    let stream = Watched {
        stream,
        progress: Arc::clone(&progress),
        unread: BytesMut::new(),
    };
    let mut http = pin!(speak(stream, Arc::clone(&caller)));
    let mut stop = pin!(shared.stop.news.notified());
    // Not set yet.
    let mut alarm_at = 0;
    let mut alarm = pin!(tokio::time::sleep_until(moment(shared.epoch, alarm_at)));
    let mut listens = false;
    let mut goodbye_until = None;
    std::future::poll_fn(|context| {
        // Once is enough to be woken; locks are not for every request.
        listens = listens || stop.as_mut().poll(context).is_pending();
        if shared.stop.has_begun() {
            caller.end();
        }
        if let Poll::Ready(end) = http.as_mut().poll(context) {
            if let Err(error) = end {
                tracing::debug!(%address, %error, "connection failed");
            }
            return Poll::Ready(());
        }
        loop {
            let (mut deadline, limit) = progress.deadline(&shared.limits);
            if limit == Limit::Idle {
                deadline = goodbye_until.unwrap_or(deadline);
            }
            let now = progress.now();
            if now >= deadline {
                if limit == Limit::Idle && goodbye_until.is_none() {
                    goodbye_until = Some(now + GOODBYE_MILLISECONDS);
                    caller.end();
                    if http.as_mut().poll(context).is_ready() {
                        return Poll::Ready(());
                    }
                    continue;
                }
                tracing::debug!(%address, ?limit, "connection cut");
                return Poll::Ready(());
            }
            // A later deadline is seen when the alarm goes off; until then it need not be looked at.
            if now < alarm_at && deadline >= alarm_at {
                return Poll::Pending;
            }
            alarm_at = deadline;
            alarm.as_mut().reset(moment(shared.epoch, deadline));
            if alarm.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
        }
    })
    .await;
}

fn moment(epoch: Instant, milliseconds: u64) -> tokio::time::Instant {
    (epoch + Duration::from_millis(milliseconds)).into()
}

/// Plain requests as long as they are plain, then whatever else HTTP knows.
async fn speak<S: Answers, W: Wire>(
    mut stream: Watched<W>,
    caller: Arc<Caller<S>>,
) -> Result<(), axum::BoxError> {
    match plain::converse(&mut stream, &caller).await? {
        End::Closed => Ok(()),
        // Boxed, since most connections never get here.
        End::Odd => Box::pin(speak_on(stream, caller)).await,
    }
}

/// Everything that the protocol library knows.
async fn speak_on<S: Answers, W: Wire>(
    stream: Watched<W>,
    caller: Arc<Caller<S>>,
) -> Result<(), axum::BoxError> {
    let shared = Arc::clone(&caller.shared);
    let asker = Arc::clone(&caller);
    let service = service_fn(move |request| answer_body(Arc::clone(&asker), request));
    let http = shared
        .protocol
        .0
        .serve_connection(TokioIo::new(stream), service);
    let mut http = pin!(http);
    let mut told = false;
    std::future::poll_fn(|context| {
        if !told && caller.is_ending() {
            told = true;
            http.as_mut().graceful_shutdown();
        }
        http.as_mut().poll(context)
    })
    .await
}

/// Answers one request that may have a body.
async fn answer_body<S: Answers>(
    caller: Arc<Caller<S>>,
    request: Request<Incoming>,
) -> Result<Response<Counted>, Infallible> {
    let in_flight = caller.progress.begin(request.version() == Version::HTTP_2);
    let limits = &caller.shared.limits;
    let response = if request.body().size_hint().lower() > limits.body_bytes {
        let text = "the request's body is too large";
        problem(StatusCode::PAYLOAD_TOO_LARGE, text)
    } else {
        let request = request.map(|incoming| bounded(incoming, limits));
        answer(&caller, request).await
    };
    Ok(response.map(|body| Counted { body, in_flight }))
}

/// Answers one request.
pub(super) async fn answer<S: Answers>(
    caller: &Caller<S>,
    mut request: Request<Body>,
) -> Response<Body> {
    let shared = &caller.shared;
    let address = if caller.is_proxy {
        named_by_proxy(request.headers(), &shared.trusted_proxies, caller.address)
    } else {
        caller.address
    };
    if let Some(refusal) = refusal(shared, address) {
        return refusal;
    }
    request.extensions_mut().insert(Peer(address));
    let mut service = shared.service.clone();
    let Ok(()) = std::future::poll_fn(|context| service.poll_ready(context)).await;
    let Ok(response) = service.call(request).await;
    response
}

/// Requests that no route sees.
fn refusal<S>(shared: &Shared<S>, address: IpAddr) -> Option<Response<Body>> {
    let wait = shared.rates.as_ref()?.take(address).err()?;
    let text = "too many requests from this address";
    let mut response = problem(StatusCode::TOO_MANY_REQUESTS, text);
    let headers = response.headers_mut();
    headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
    Some(response)
}

fn problem(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(axum::http::header::CONTENT_TYPE, kind);
    let anyone = HeaderValue::from_static("*");
    headers.insert(axum::http::header::ACCESS_CONTROL_ALLOW_ORIGIN, anyone);
    response
}
