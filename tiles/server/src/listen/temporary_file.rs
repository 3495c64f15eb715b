//! Bytes that the system sends by itself: a file without a name, whose pages go to the network without being copied.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;

/// A temporary file that never changes and that nobody else finds; clones share it. Its pages are in memory, of which the
/// system may take some back. An ordinary file, since those of `memfd_create` are sent page by page, at a sixth more CPU.
#[derive(Clone, Debug)]
pub struct TemporaryFile(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    #[cfg(target_os = "linux")]
    file: std::fs::File,
    length: usize,
}

impl TemporaryFile {
    /// The number of its bytes.
    pub fn len(&self) -> usize {
        self.0.length
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.length == 0
    }

    /// A file of these bytes.
    ///
    /// # Errors
    /// The folder for temporary files cannot be written, its disk is full, or the system does not send files (Linux does).
    #[cfg(target_os = "linux")]
    pub fn new(bytes: &[u8]) -> io::Result<Self> {
        use std::io::Write as _;

        let mut file = tempfile::tempfile()?;
        file.write_all(bytes)?;
        let length = bytes.len();
        Ok(Self(Arc::new(Inner { file, length })))
    }

    #[cfg(not(target_os = "linux"))]
    pub fn new(_bytes: &[u8]) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Sends bytes from `start` on, as many as the socket takes at once.
    #[cfg(target_os = "linux")]
    pub(super) fn send(&self, socket: &TcpStream, start: usize) -> io::Result<usize> {
        let mut offset = start as u64;
        let rest = self.len().saturating_sub(start);
        let sent = rustix::fs::sendfile(socket, &self.0.file, Some(&mut offset), rest)?;
        Ok(sent)
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn send(&self, _socket: &TcpStream, _start: usize) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        use std::os::unix::fs::FileExt as _;

        let file = TemporaryFile::new(b"glTF").unwrap();
        let mut bytes = [0; 4];
        file.0.file.read_exact_at(&mut bytes, 0).unwrap();
        assert_eq!((file.len(), &bytes), (4, b"glTF"));
    }
}
