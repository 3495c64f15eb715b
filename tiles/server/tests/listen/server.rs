//! A server at a port of its own, and clients that need not behave.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gable_tiles::listen::{Answers, ListenError, ListenOptions, Listener, Tls};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// For what must happen but may take its time on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs until it is told to stop, or dropped.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) task: JoinHandle<()>,
    open: Arc<AtomicUsize>,
}

/// Starts a server; options may change all but the address.
pub(crate) fn start(service: impl Answers, options: ListenOptions) -> Result<Running, ListenError> {
    let listener = Listener::bind(ListenOptions {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        ..options
    })?;
    let (stop, stopped) = oneshot::channel();
    Ok(Running {
        address: listener.address(),
        tls: listener.tls().cloned(),
        open: listener.open_connections(),
        stop: Some(stop),
        task: tokio::spawn(listener.run(service, async {
            let _told_or_dropped = stopped.await;
        })),
    })
}

impl Running {
    /// How many connections are open.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Waits until so many connections are open.
    pub(crate) async fn wait_for_open(&self, count: usize) {
        let all = async {
            while self.open() != count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = timeout(PATIENCE, all).await;
        waited.unwrap_or_else(|_| panic!("{} connections open, not {count}", self.open()));
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("connects")
    }

    /// Sends bytes on a new connection and reads until the server closes it.
    pub(crate) async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        // The server may have closed before all was sent.
        let _sent = stream.write_all(bytes).await;
        read_to_end(&mut stream).await
    }

    /// The answer to a plain GET with these header lines.
    pub(crate) async fn get(&self, path: &str, headers: &str) -> String {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n");
        self.exchange(request.as_bytes()).await
    }
}

/// All that comes until the end, however the end comes.
pub(crate) async fn read_to_end(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut all = Vec::new();
    let end = timeout(PATIENCE, stream.read_to_end(&mut all)).await;
    let _closed_or_reset = end.expect("the server closes the connection");
    String::from_utf8_lossy(&all).into_owned()
}

/// The head of one answer on a connection that stays open.
pub(crate) async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = timeout(PATIENCE, stream.read_u8())
            .await
            .expect("an answer in time");
        head.push(byte.expect("an answer"));
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// The status of an answer's text; 0 where there is none.
pub(crate) fn status(answer: &str) -> u16 {
    let word = answer
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3));
    word.and_then(|word| word.parse().ok()).unwrap_or(0)
}
