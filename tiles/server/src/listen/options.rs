//! What a listener may be told, with its defaults.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use ipnet::IpNet;

/// How a server listens and what it takes from its clients.
#[derive(Clone, Debug)]
pub struct ListenOptions {
    /// Where; port 0 takes any free one. Default 127.0.0.1:8080.
    pub address: SocketAddr,
    /// Connections that the system holds until they are accepted. Default 4096 (the system may cap it).
    pub backlog: u32,
    /// Certificate and key; without them HTTP is in the clear.
    pub tls: Option<TlsFiles>,
    /// What a connection may take.
    pub limits: ConnectionLimits,
    /// HTTP/2's own limits.
    pub streams: StreamLimits,
    /// Requests that one client may make; `None` (the default) is any number.
    pub rate: Option<RequestRate>,
    /// Proxies whose word on the client's address (`Forwarded`, `X-Forwarded-For`) is taken, and that may
    /// open any number of connections. Default none.
    pub trusted_proxies: Vec<IpNet>,
    /// What requests in flight get to end after a shutdown began. Default 10 s.
    pub grace: Duration,
    /// Threads that serve connections, each its own; 0 leaves them to the caller's runtime. Default: one a core.
    pub lanes: usize,
    /// A gauge of open connections; share it to watch it.
    pub open_connections: Arc<AtomicUsize>,
}

impl Default for ListenOptions {
    fn default() -> Self {
        Self {
            address: (Ipv4Addr::LOCALHOST, 8080).into(),
            backlog: 4096,
            tls: None,
            limits: ConnectionLimits::default(),
            streams: StreamLimits::default(),
            rate: None,
            trusted_proxies: Vec::new(),
            grace: Duration::from_secs(10),
            lanes: std::thread::available_parallelism().map_or(1, NonZero::get),
            open_connections: Arc::default(),
        }
    }
}

/// Two PEM files, read again when either changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by those that sign it.
    pub certificate: PathBuf,
    /// Its private key (PKCS #8, PKCS #1 or SEC 1).
    pub key: PathBuf,
}

/// What connections may take, of number, time and bytes.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// Connections open at once; a newer one is told 503. Default 16 384.
    pub connections: usize,
    /// Connections open at once from one address (of IPv6: one /64 network). Default 256.
    pub connections_per_address: usize,
    /// Time for a request's header from its first byte, and for a connection's first request from its
    /// beginning. Default 10 s.
    pub header_time: Duration,
    /// Time for a TLS handshake. Default 10 s.
    pub handshake_time: Duration,
    /// How long a connection without a request is kept. Default 75 s.
    pub idle_time: Duration,
    /// How long a client may take no byte at all of what waits for it. Default 30 s.
    pub stall_time: Duration,
    /// Time for one answer, from its last sign of life to all of it being taken. Default 300 s.
    pub answer_time: Duration,
    /// Bytes of a request's header (HTTP/2: of its decoded list). At least 8 KiB. Default 32 KiB.
    pub header_bytes: u32,
    /// Header fields of a request (HTTP/1). Default 100; another number costs an allocation a request.
    pub header_fields: usize,
    /// Bytes of a request's body. Default 64 KiB.
    pub body_bytes: u64,
    /// Time for a request's body. Default 10 s.
    pub body_time: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: 16_384,
            connections_per_address: 256,
            header_time: Duration::from_secs(10),
            handshake_time: Duration::from_secs(10),
            idle_time: Duration::from_secs(75),
            stall_time: Duration::from_secs(30),
            answer_time: Duration::from_secs(300),
            header_bytes: 32 << 10,
            header_fields: 100,
            body_bytes: 64 << 10,
            body_time: Duration::from_secs(10),
        }
    }
}

/// Limits of HTTP/2 connections. Two more are the protocol library's (h2) and not set here: how many
/// CONTINUATION frames a header may have, and how many bytes of DATA a window of ours allows (64 KiB).
#[derive(Clone, Copy, Debug)]
pub struct StreamLimits {
    /// Requests at once on a connection. Default 128.
    pub concurrent: u32,
    /// Streams opened and reset by the client before they were taken up; one more ends the connection
    /// ("rapid reset", CVE-2023-44487). Default 20, hyper's own.
    pub pending_resets: usize,
    /// Streams that we reset for the client's errors; one more ends the connection (`MadeYouReset`,
    /// CVE-2025-8671). Default 1024, hyper's own.
    pub error_resets: usize,
    /// Bytes of answers held per stream until the client takes them. Default 256 KiB.
    pub send_bytes: usize,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self {
            concurrent: 128,
            pending_resets: 20,
            error_resets: 1024,
            send_bytes: 256 << 10,
        }
    }
}

/// A token bucket for each client address (of IPv6: each /64 network).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RequestRate {
    /// Requests a second that go on for ever.
    pub per_second: f32,
    /// Requests at once after a pause. At least 1.
    pub burst: f32,
    /// Addresses remembered, in 32 bytes each. Default 65 536.
    pub addresses: usize,
}

impl Default for RequestRate {
    fn default() -> Self {
        Self {
            per_second: 500.0,
            burst: 2000.0,
            addresses: 65_536,
        }
    }
}
