//! How far a connection has come, so that one that stands still is found out.
//!
//! Kept as a few numbers that reads, writes and requests leave behind; no timer is touched for a request
//! that goes as it should. The connection's task looks at them after each step and sets its one alarm to
//! the earliest limit.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, Interest, ReadBuf};
use tokio::net::TcpStream;

use super::ConnectionLimits;
use super::seldom::milliseconds;
use super::temporary_file::TemporaryFile;

/// Bytes from which on a write of HTTP/2 is taken for a part of an answer.
const ANSWERS_FROM: usize = 1024;

/// What is known of a connection. Times are milliseconds since the server began, plus one; 0 is "not".
#[derive(Debug)]
pub(super) struct Progress {
    epoch: Instant,
    /// Requests that were taken up and whose answers are not all handed over.
    in_flight: AtomicU32,
    /// HTTP/2, where bytes need not belong to a request.
    multiplexed: AtomicBool,
    /// Since when a request's header is coming in.
    reading_since: AtomicU64,
    /// When a request was last taken up, or an answer last moved.
    moved_at: AtomicU64,
    /// Since when output waits for the client.
    writing_since: AtomicU64,
    /// Since when the client takes not a byte.
    stalled_since: AtomicU64,
}

/// Which limit a connection runs into, when nothing moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// A header takes too long.
    Header,
    /// No request came.
    Idle,
    /// The client does not read.
    Stall,
    /// The client reads too slowly, or the answer does not come.
    Answer,
}

impl Progress {
    pub(super) fn new(epoch: Instant) -> Self {
        let progress = Self {
            epoch,
            in_flight: AtomicU32::new(0),
            multiplexed: AtomicBool::new(false),
            reading_since: AtomicU64::new(0),
            moved_at: AtomicU64::new(0),
            writing_since: AtomicU64::new(0),
            stalled_since: AtomicU64::new(0),
        };
        let now = progress.now();
        // The first request has to come in as much time as a header.
        progress.reading_since.store(now, Relaxed);
        progress.moved_at.store(now, Relaxed);
        progress
    }

    pub(super) fn now(&self) -> u64 {
        milliseconds(self.epoch.elapsed()) + 1
    }

    /// A request's header is complete.
    pub(super) fn begin(self: &Arc<Self>, multiplexed: bool) -> InFlight {
        self.in_flight.fetch_add(1, Relaxed);
        if self.multiplexed.load(Relaxed) != multiplexed {
            self.multiplexed.store(multiplexed, Relaxed);
        }
        self.reading_since.store(0, Relaxed);
        self.moved();
        InFlight(Arc::clone(self))
    }

    fn moved(&self) {
        self.moved_at.store(self.now(), Relaxed);
    }

    /// When the connection runs into a limit unless something moves until then.
    pub(super) fn deadline(&self, limits: &ConnectionLimits) -> (u64, Limit) {
        let moved = self.moved_at.load(Relaxed);
        let mut earliest = if self.in_flight.load(Relaxed) > 0 {
            (moved + milliseconds(limits.answer_time), Limit::Answer)
        } else {
            (moved + milliseconds(limits.idle_time), Limit::Idle)
        };
        let since = [
            (&self.reading_since, limits.header_time, Limit::Header),
            (&self.writing_since, limits.answer_time, Limit::Answer),
            (&self.stalled_since, limits.stall_time, Limit::Stall),
        ];
        for (since, time, limit) in since {
            let since = since.load(Relaxed);
            let deadline = since + milliseconds(time);
            // Output that waits is not idleness.
            if since != 0 && (deadline < earliest.0 || earliest.1 == Limit::Idle) {
                earliest = (deadline, limit);
            }
        }
        earliest
    }

    pub(super) fn has_read(&self) {
        let waits = self.in_flight.load(Relaxed) == 0 && !self.multiplexed.load(Relaxed);
        if waits && self.reading_since.load(Relaxed) == 0 {
            self.reading_since.store(self.now(), Relaxed);
        }
    }

    fn has_written(&self, count: usize, all: bool) {
        clear(&self.stalled_since);
        // HTTP/2 takes answers over whole and sends them as the client makes room; smaller writes could be
        // nothing but its acknowledgements of the client's pings.
        if count >= ANSWERS_FROM && self.multiplexed.load(Relaxed) {
            self.moved();
        }
        if !all {
            self.begin_if_not(&self.writing_since);
        }
    }

    fn has_stalled(&self) {
        self.begin_if_not(&self.writing_since);
        self.begin_if_not(&self.stalled_since);
    }

    fn has_flushed(&self) {
        clear(&self.writing_since);
        clear(&self.stalled_since);
    }

    fn begin_if_not(&self, since: &AtomicU64) {
        if since.load(Relaxed) == 0 {
            since.store(self.now(), Relaxed);
        }
    }
}

fn clear(since: &AtomicU64) {
    if since.load(Relaxed) != 0 {
        since.store(0, Relaxed);
    }
}

/// A request between its header and the end of its answer, however that comes.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Progress>);

impl InFlight {
    /// A part of the answer was handed over.
    pub(super) fn moved(&self) {
        self.0.moved();
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.moved();
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}

/// A stream of bytes between a client and us.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// The socket, if bytes go to it as they are.
    fn socket(&self) -> Option<&TcpStream>;
}

impl Wire for TcpStream {
    fn socket(&self) -> Option<&TcpStream> {
        Some(self)
    }
}

impl Wire for tokio_rustls::server::TlsStream<TcpStream> {
    fn socket(&self) -> Option<&TcpStream> {
        None
    }
}

/// A stream of bytes that leaves its traces in [`Progress`].
#[derive(Debug)]
pub(super) struct Watched<S> {
    pub(super) stream: S,
    pub(super) progress: Arc<Progress>,
    /// Bytes that were read and given back: they are read again first.
    pub(super) unread: BytesMut,
}

impl<S: Wire> Watched<S> {
    /// Sends a head and the file behind it without copying the file; says whether it could: not through TLS.
    ///
    /// # Errors
    /// The connection is lost.
    pub(super) async fn send_file(
        &mut self,
        head: &[u8],
        file: &TemporaryFile,
    ) -> std::io::Result<bool> {
        let Some(socket) = self.stream.socket() else {
            return Ok(false);
        };
        // With the word that more follows, so that both leave in the same packets.
        let mut told = begin_packet(socket, head);
        if told < head.len() {
            self.write_all(&head[told..]).await?;
        }
        told = 0;
        while told < file.len() {
            told +=
                std::future::poll_fn(|context| self.poll_send_file(context, file, told)).await?;
        }
        self.progress.has_flushed();
        Ok(true)
    }

    fn poll_send_file(
        &self,
        context: &mut Context<'_>,
        file: &TemporaryFile,
        start: usize,
    ) -> Poll<std::io::Result<usize>> {
        let Some(socket) = self.stream.socket() else {
            return Poll::Ready(Err(std::io::ErrorKind::Unsupported.into()));
        };
        loop {
            let writable = socket.poll_write_ready(context);
            if writable.is_pending() {
                self.progress.has_stalled();
            }
            ready!(writable)?;
            match socket.try_io(Interest::WRITABLE, || file.send(socket, start)) {
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Ok(0) => return Poll::Ready(Err(std::io::ErrorKind::WriteZero.into())),
                Ok(count) => {
                    self.progress
                        .has_written(count, start + count == file.len());
                    return Poll::Ready(Ok(count));
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

/// Gives the system the beginning of what is to be sent, as much as it takes at once.
#[cfg(target_os = "linux")]
fn begin_packet(socket: &TcpStream, bytes: &[u8]) -> usize {
    use rustix::net::{SendFlags, send};
    let flags = SendFlags::MORE | SendFlags::NOSIGNAL;
    let sent = socket.try_io(Interest::WRITABLE, || Ok(send(socket, bytes, flags)?));
    // An error comes again with the next write.
    sent.unwrap_or(0)
}

#[cfg(not(target_os = "linux"))]
fn begin_packet(_socket: &TcpStream, _bytes: &[u8]) -> usize {
    0
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        if !self.unread.is_empty() {
            let count = self.unread.len().min(buffer.remaining());
            buffer.put_slice(&self.unread[..count]);
            self.unread.advance(count);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.progress.has_read();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> Watched<S> {
    fn note(&self, written: &Poll<std::io::Result<usize>>, length: usize) {
        match written {
            Poll::Ready(Ok(count)) => self.progress.has_written(*count, *count == length),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.progress.has_stalled(),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(&written, bytes.len());
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.note(&written, slices.iter().map(|slice| slice.len()).sum());
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        match flushed {
            Poll::Ready(_) => self.progress.has_flushed(),
            Poll::Pending => self.progress.has_stalled(),
        }
        flushed
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
