//! Certificate and key: read from PEM files, read again when these change.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use thiserror::Error;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig, crypto};

use super::TlsFiles;

/// Why a certificate or key cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The file cannot be read, or holds no such PEM section.
    #[error("{}: no {what}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What was sought in it.
        what: &'static str,
        /// What is wrong.
        source: pem::Error,
    },
    /// They do not belong together, or are of a kind that is not supported.
    #[error("{} with the key {}: {source}", certificate.display(), key.display())]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What is wrong.
        source: rustls::Error,
    },
}

/// The certificate in use.
pub struct Tls {
    files: TlsFiles,
    config: RwLock<Arc<ServerConfig>>,
    seen: Mutex<Stamp>,
}

/// Time and length of both files, by which a change is seen.
type Stamp = [Option<(SystemTime, u64)>; 2];

impl fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Tls");
        debug.field("files", &self.files).finish_non_exhaustive()
    }
}

impl Tls {
    pub(super) fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let seen = Mutex::new(stamp(&files));
        let config = RwLock::new(Arc::new(read(&files)?));
        Ok(Self {
            files,
            config,
            seen,
        })
    }

    /// Reads certificate and key again, for connections from now on.
    ///
    /// # Errors
    /// They cannot be used; the former ones stay in use.
    pub fn reload(&self) -> Result<(), TlsError> {
        let config = Arc::new(read(&self.files)?);
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    pub(super) fn reload_if_changed(&self) {
        let now = stamp(&self.files);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == now {
            return;
        }
        *seen = now;
        match self.reload() {
            Ok(()) => tracing::info!(files = ?self.files, "certificate read again"),
            Err(error) => tracing::error!(%error, "the certificate changed and is of no use"),
        }
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&config))
    }
}

fn stamp(files: &TlsFiles) -> Stamp {
    [&files.certificate, &files.key].map(|path| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    })
}

fn read(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let certificates = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .and_then(|list| {
            if list.is_empty() {
                Err(pem::Error::NoItemsFound)
            } else {
                Ok(list)
            }
        })
        .map_err(file_error(&files.certificate, "certificate (PEM)"))?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(file_error(&files.key, "private key (PEM)"))?;
    let provider = Arc::new(crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(certificates, key)
        })
        .map_err(|source| TlsError::Pair {
            certificate: files.certificate.clone(),
            key: files.key.clone(),
            source,
        })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn file_error(path: &Path, what: &'static str) -> impl FnOnce(pem::Error) -> TlsError {
    let path = path.to_owned();
    move |source| TlsError::File { path, what, source }
}
