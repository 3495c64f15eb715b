//! Taking connections in: errors never end it, what is too much is refused cheaply.

use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::Answers;
use super::admission::Permit;
use super::connection::{self, Shared};
use super::lanes::Lanes;
use super::tls::Tls;
use super::visitor::is_within;

/// How often the certificate's files are looked at.
const TLS_INTERVAL: Duration = Duration::from_secs(10);

/// What a connection that is one too many gets.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-type: text/plain\r\n\
    content-length: 21\r\nconnection: close\r\n\r\ntoo many connections\n";

/// A listening socket that waits after errors.
#[derive(Debug)]
pub(super) struct Acceptor {
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    /// After an error such as "too many open files": the wait, and when it ends.
    pause: Duration,
    not_before: Option<Instant>,
    lanes: Lanes,
}

impl Acceptor {
    pub(super) fn new(listener: TcpListener, tls: Option<Arc<Tls>>, lanes: Lanes) -> Self {
        Self {
            listener,
            tls,
            pause: Duration::ZERO,
            not_before: None,
            lanes,
        }
    }

    /// The next connection, or an error to log; may be dropped and called again.
    async fn next(&mut self) -> std::io::Result<(TcpStream, SocketAddr)> {
        loop {
            if let Some(moment) = self.not_before {
                sleep_until(moment).await;
                self.not_before = None;
            }
            match self.listener.accept().await {
                Ok(accepted) => {
                    self.pause = Duration::ZERO;
                    return Ok(accepted);
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    self.pause = (self.pause * 2).clamp(ms(10), ms(1000));
                    self.not_before = Some(Instant::now() + self.pause);
                    return Err(error);
                }
            }
        }
    }
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Whether the client went before it was accepted, which is no trouble of ours.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted
    )
}

/// Accepts until `shutdown`; each connection becomes a task of `connections` on one of the lanes, which are given back.
pub(super) async fn until<S: Answers>(
    shutdown: impl Future<Output = ()>,
    mut acceptor: Acceptor,
    shared: &Arc<Shared<S>>,
    connections: &mut JoinSet<()>,
) -> Lanes {
    let mut shutdown = pin!(shutdown);
    let mut reread = interval(TLS_INTERVAL);
    reread.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => return acceptor.lanes,
            Some(_) = connections.join_next() => {}
            accepted = acceptor.next() => match accepted {
                Ok((stream, peer)) => take(stream, peer, &mut acceptor, shared, connections),
                Err(error) => if let Some(more) = shared.refusals.due(shared.epoch) {
                    tracing::error!(%error, more, "no connection can be accepted now");
                },
            },
            _ = reread.tick(), if acceptor.tls.is_some() => {
                if let Some(tls) = &acceptor.tls {
                    tls.reload_if_changed();
                }
            }
        }
    }
}

fn take<S: Answers>(
    stream: TcpStream,
    peer: SocketAddr,
    acceptor: &mut Acceptor,
    shared: &Arc<Shared<S>>,
    connections: &mut JoinSet<()>,
) {
    let is_proxy = is_within(&shared.trusted_proxies, peer.ip());
    let permit = match shared.admission.admit(peer.ip(), is_proxy) {
        Ok(permit) => permit,
        Err(refusal) => {
            if let Some(more) = shared.refusals.due(shared.epoch) {
                tracing::warn!(%peer, ?refusal, more, "connection refused");
            }
            refuse(stream, acceptor.tls.is_some());
            return;
        }
    };
    // Small answers should not wait for acknowledgements of earlier ones.
    let _no_delay = stream.set_nodelay(true);
    let tls = acceptor.tls.as_ref().map(|tls| tls.acceptor());
    let shared = Arc::clone(shared);
    // Its events are to wake the thread that serves it.
    let Ok(stream) = stream.into_std() else {
        return;
    };
    let serve = async move {
        let _permit: Permit = permit;
        let stream = match TcpStream::from_std(stream) {
            Ok(stream) => stream,
            Err(error) => return tracing::debug!(%peer, %error, "a connection is lost"),
        };
        let address = peer.ip().to_canonical();
        let Some(tls) = tls else {
            return connection::converse(stream, address, is_proxy, shared).await;
        };
        match timeout(shared.limits.handshake_time, tls.accept(stream)).await {
            Ok(Ok(stream)) => connection::converse(stream, address, is_proxy, shared).await,
            Ok(Err(error)) => tracing::debug!(%peer, %error, "TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "TLS handshake took too long"),
        }
    };
    connections.spawn_on(serve, &acceptor.lanes.next());
}

/// Tells the client if that needs no waiting, and closes.
fn refuse(stream: TcpStream, encrypted: bool) {
    if encrypted {
        return;
    }
    if let Ok(mut stream) = stream.into_std() {
        let _told = stream.write(FULL);
        let _closed = stream.shutdown(std::net::Shutdown::Write);
    }
}
