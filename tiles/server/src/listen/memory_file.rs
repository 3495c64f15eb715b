//! Bytes that the system sends by itself: a file in memory, whose pages go to the network without being copied.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;

/// A file in memory that never changes; clones share it.
#[derive(Clone, Debug)]
pub struct MemoryFile(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    #[cfg(target_os = "linux")]
    file: std::fs::File,
    length: usize,
}

impl MemoryFile {
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
    /// The system has no files in memory (only Linux has), or no more.
    #[cfg(target_os = "linux")]
    pub fn new(bytes: &[u8]) -> io::Result<Self> {
        use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
        use std::io::Write as _;

        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let mut file = std::fs::File::from(memfd_create("gable-content", flags)?);
        file.write_all(bytes)?;
        fcntl_add_seals(
            &file,
            SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE,
        )?;
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
    fn what_was_written_is_read_and_stays() {
        use std::io::Write as _;
        use std::os::unix::fs::FileExt as _;

        let file = MemoryFile::new(b"glTF").unwrap();
        let mut bytes = [0; 4];
        file.0.file.read_exact_at(&mut bytes, 0).unwrap();
        assert_eq!((file.len(), &bytes), (4, b"glTF"));
        assert!((&file.0.file).write_all(b"x").is_err());
    }
}
