//! Connections: accepted, limited, encrypted, served, ended.
//!
//! [`Listener::run`] is an accept loop of our own over hyper, because what keeps a server standing
//! happens below its routes: how many connections there are and from whom, how long a client may take
//! to ask and to read, how a connection ends. Every limit is a field of [`ListenOptions`].
//!
//! ```no_run
//! # async fn example(router: axum::Router) -> Result<(), gable_tiles::listen::ListenError> {
//! use gable_tiles::listen::{ListenOptions, Listener};
//!
//! let listener = Listener::bind(ListenOptions::default())?;
//! println!("http://{}/", listener.address());
//! listener.run_until_signal(router, || {}).await
//! # }
//! ```

mod accept;
mod admission;
mod body;
mod connection;
mod date;
mod descriptors;
mod head;
mod lanes;
mod options;
mod plain;
mod progress;
mod prompt;
mod rate;
mod seldom;
mod temporary_file;
mod tls;
mod visitor;

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use axum::body::Body;
use axum::http::{Request, Response};
use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinSet;

use accept::Acceptor;
use admission::Admission;
use connection::{Protocol, Shared, Stop};
pub use descriptors::raise_descriptor_limit;
pub use head::Head;
use lanes::Lanes;
pub use options::{ConnectionLimits, ListenOptions, RequestRate, StreamLimits, TlsFiles};
pub use prompt::{AtOnce, Prompt};
use rate::RateLimiter;
use seldom::Seldom;
pub use temporary_file::TemporaryFile;
pub use tls::{Tls, TlsError};

/// Files that a process needs besides its connections: content, logs, its runtime.
const OTHER_DESCRIPTORS: u64 = 256 + MOST_TEMPORARY_FILES;
/// Temporary files that may be open at once.
pub(crate) const MOST_TEMPORARY_FILES: u64 = 1024;

/// The address of a request's client, among the request's extensions.
///
/// It is that of the connection's other end or, where that is a trusted proxy, the one the proxy names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Why a listener could not begin, or had to end.
#[derive(Debug, Error)]
pub enum ListenError {
    /// The address could not be listened at.
    #[error("cannot listen at {address}: {source}; is another server there? (port 0 takes any)")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The certificate or its key is of no use.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The process's signals cannot be heard.
    #[error("cannot wait for signals: {0}")]
    Signals(std::io::Error),
}

/// What answers requests: an [`axum::Router`], or one with layers around it; some of them, if it likes, [`AtOnce`].
pub trait Answers:
    tower::Service<
        Request<Body>,
        Response = Response<Body>,
        Error = Infallible,
        Future: Send + 'static,
    > + AtOnce
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> Answers for S where
    S: tower::Service<
            Request<Body>,
            Response = Response<Body>,
            Error = Infallible,
            Future: Send + 'static,
        > + AtOnce
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// Listens at `options.address` and answers with `service` until `shutdown`; then requests in flight get
/// `options.grace` to end.
///
/// # Errors
/// The address is taken or the certificate unusable.
pub async fn serve(
    service: impl Answers,
    options: ListenOptions,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ListenError> {
    Listener::bind(options)?.run(service, shutdown).await;
    Ok(())
}

/// A socket that listens: its address is known, connections wait.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<Arc<Tls>>,
    options: ListenOptions,
}

impl Listener {
    /// Listens at `options.address`, within a Tokio runtime. The process's limit of open files is raised
    /// as far as it goes; where that is too little for `options.limits.connections`, these are fewer.
    ///
    /// # Errors
    /// The address is taken or the certificate unusable.
    pub fn bind(mut options: ListenOptions) -> Result<Self, ListenError> {
        let tls = options.tls.clone().map(Tls::load).transpose()?;
        let descriptors = raise_descriptor_limit();
        let room = descriptors.saturating_sub(OTHER_DESCRIPTORS).max(16);
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        if room < options.limits.connections {
            tracing::warn!(
                wanted = options.limits.connections,
                possible = room,
                "the limit of open files allows fewer connections (ulimit -n, LimitNOFILE=)"
            );
            options.limits.connections = room;
        }
        let address = options.address;
        let listener = listen(&options).map_err(|source| ListenError::Bind { address, source })?;
        let address = listener.local_addr().unwrap_or(address);
        Ok(Self {
            listener,
            address,
            tls: tls.map(Arc::new),
            options,
        })
    }

    /// Where it listens; the port is the real one.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate in use, for rereading it on a call; `None` without TLS.
    pub fn tls(&self) -> Option<&Arc<Tls>> {
        self.tls.as_ref()
    }

    /// How many connections are open, kept up to date while the listener runs.
    pub fn open_connections(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.options.open_connections)
    }

    /// Answers with `service` until `shutdown`; then requests in flight get `options.grace` to end, and
    /// what is left is closed. Dropping the future closes everything at once.
    pub async fn run(self, service: impl Answers, shutdown: impl Future<Output = ()>) {
        let grace = self.options.grace;
        let shared = Arc::new(Shared {
            service,
            protocol: Protocol::new(&self.options),
            limits: self.options.limits,
            admission: Arc::new(Admission::new(&self.options)),
            rates: self.options.rate.map(RateLimiter::new),
            trusted_proxies: self.options.trusted_proxies,
            stop: Stop::default(),
            epoch: Instant::now(),
            refusals: Seldom::default(),
        });
        let mut connections = JoinSet::new();
        let lanes = Lanes::start(self.options.lanes);
        let acceptor = Acceptor::new(self.listener, self.tls, lanes);
        // They serve until the last connection has ended.
        let _lanes = accept::until(shutdown, acceptor, &shared, &mut connections).await;
        shared.stop.begin();
        let ended = tokio::time::timeout(grace, async {
            while connections.join_next().await.is_some() {}
        });
        if ended.await.is_err() {
            let cut = connections.len();
            tracing::warn!(cut, "connections closed with requests in flight");
            connections.shutdown().await;
        }
    }

    /// [`Listener::run`] until SIGINT or SIGTERM, of which `ending` hears; a second signal ends at once.
    ///
    /// # Errors
    /// Signals cannot be heard.
    pub async fn run_until_signal(
        self,
        service: impl Answers,
        ending: impl FnOnce(),
    ) -> Result<(), ListenError> {
        let (first, heard) = tokio::sync::oneshot::channel::<()>();
        let mut signals = Signals::new().map_err(ListenError::Signals)?;
        let open = self.open_connections();
        let impatient = async move {
            signals.next().await;
            tracing::info!("ending; once more to end at once");
            ending();
            let _sent = first.send(());
            signals.next().await;
        };
        tokio::select! {
            () = self.run(service, async { heard.await.unwrap_or_default() }) => {}
            () = impatient => {
                let cut = open.load(Ordering::Relaxed);
                tracing::warn!(cut, "ended at once");
            }
        }
        Ok(())
    }
}

fn listen(options: &ListenOptions) -> std::io::Result<TcpListener> {
    let socket = match options.address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Else a restarted server would wait for connections of the former one to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(options.address)?;
    socket.listen(options.backlog)
}

/// SIGINT and SIGTERM; elsewhere than on Unix, Ctrl-C.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn new() -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
