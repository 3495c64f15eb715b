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
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;

use super::admission::Admission;
use super::body::{Counted, bounded};
use super::progress::{Limit, Progress, Watched};
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
struct Caller<S> {
    shared: Arc<Shared<S>>,
    progress: Arc<Progress>,
    address: IpAddr,
    is_proxy: bool,
}

/// Serves the requests of one connection.
pub(super) async fn converse<S, IO>(
    stream: IO,
    address: IpAddr,
    is_proxy: bool,
    shared: Arc<Shared<S>>,
) where
    S: Answers,
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let progress = Arc::new(Progress::new(shared.epoch));
    let caller = Arc::new(Caller {
        shared: Arc::clone(&shared),
        progress: Arc::clone(&progress),
        address,
        is_proxy,
    });
    let stream = Watched {
        stream,
        progress: Arc::clone(&progress),
    };
    let service = service_fn(move |request| answer(Arc::clone(&caller), request));
    let http = shared
        .protocol
        .0
        .serve_connection(TokioIo::new(stream), service);
    let mut http = pin!(http);
    let mut stop = pin!(shared.stop.news.notified());
    let (mut alarm_at, _) = progress.deadline(&shared.limits);
    let mut alarm = pin!(tokio::time::sleep_until(moment(shared.epoch, alarm_at)));
    let mut listens = false;
    let mut ending = false;
    let mut goodbye_until = None;
    std::future::poll_fn(|context| {
        // Once is enough to be woken; locks are not for every request.
        listens = listens || stop.as_mut().poll(context).is_pending();
        if !ending && shared.stop.has_begun() {
            ending = true;
            http.as_mut().graceful_shutdown();
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
                    http.as_mut().graceful_shutdown();
                    if http.as_mut().poll(context).is_ready() {
                        return Poll::Ready(());
                    }
                    continue;
                }
                tracing::debug!(%address, ?limit, "connection cut");
                return Poll::Ready(());
            }
            // A later deadline is seen when the alarm goes off.
            if deadline < alarm_at || alarm.is_elapsed() {
                alarm_at = deadline;
                alarm.as_mut().reset(moment(shared.epoch, deadline));
            }
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

/// Answers one request.
async fn answer<S: Answers>(
    caller: Arc<Caller<S>>,
    request: Request<Incoming>,
) -> Result<Response<Counted>, Infallible> {
    let shared = &caller.shared;
    let in_flight = caller.progress.begin(request.version() == Version::HTTP_2);
    let (mut parts, incoming) = request.into_parts();
    let address = if caller.is_proxy {
        named_by_proxy(&parts.headers, &shared.trusted_proxies, caller.address)
    } else {
        caller.address
    };
    let refusal = refusal(shared, address, &incoming);
    let response = if let Some(refusal) = refusal {
        refusal
    } else {
        parts.extensions.insert(Peer(address));
        let body = bounded(incoming, &shared.limits);
        let mut service = shared.service.clone();
        let Ok(()) = std::future::poll_fn(|context| service.poll_ready(context)).await;
        let Ok(response) = service.call(Request::from_parts(parts, body)).await;
        response
    };
    Ok(response.map(|body| Counted { body, in_flight }))
}

/// Requests that no route sees.
fn refusal<S>(shared: &Shared<S>, address: IpAddr, incoming: &Incoming) -> Option<Response<Body>> {
    if let Some(Err(wait)) = shared.rates.as_ref().map(|rates| rates.take(address)) {
        let text = "too many requests from this address";
        let mut response = plain(StatusCode::TOO_MANY_REQUESTS, text);
        let seconds = wait.as_secs() + 1;
        let headers = response.headers_mut();
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        return Some(response);
    }
    if incoming.size_hint().lower() > shared.limits.body_bytes {
        let text = "the request's body is too large";
        return Some(plain(StatusCode::PAYLOAD_TOO_LARGE, text));
    }
    None
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
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
