//! TLS: which HTTP is spoken, certificates that change, files that are of no use.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::server::{Running, read_to_end, start, status};
use axum::Router;
use axum::routing::get;
use gable_tiles::listen::{ListenOptions, TlsFiles};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

fn write_certificate(folder: &Path) -> (TlsFiles, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = TlsFiles {
        certificate: folder.join("certificate.pem"),
        key: folder.join("key.pem"),
    };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    (files, made.cert.der().clone())
}

fn serve(files: TlsFiles, handshake_time: Duration) -> Running {
    let mut options = ListenOptions {
        tls: Some(files),
        ..ListenOptions::default()
    };
    options.limits.handshake_time = handshake_time;
    start(Router::new().route("/", get(async || "hello")), options).unwrap()
}

async fn connect(
    server: &Running,
    trusted: &CertificateDer<'static>,
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let mut config =
        ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    let name = ServerName::try_from("localhost").unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    connector.connect(name, server.connect().await).await
}

async fn get_root(mut stream: TlsStream<TcpStream>) -> String {
    let request = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    read_to_end(&mut stream).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_chooses_http2_or_http1() {
    let folder = tempfile::tempdir().unwrap();
    let (files, certificate) = write_certificate(folder.path());
    let server = serve(files, Duration::from_secs(60));
    let stream = connect(&server, &certificate, &["h2", "http/1.1"])
        .await
        .unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) = hyper::client::conn::http2::handshake(
        hyper_util::rt::TokioExecutor::new(),
        hyper_util::rt::TokioIo::new(stream),
    )
    .await
    .unwrap();
    tokio::spawn(connection);
    let request = axum::http::Request::get("https://localhost/");
    let request = request.body(axum::body::Body::empty()).unwrap();
    let response = sender.send_request(request).await.unwrap();
    assert_eq!(response.version(), axum::http::Version::HTTP_2);
    assert_eq!(response.status(), 200);

    let stream = connect(&server, &certificate, &["http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    assert!(get_root(stream).await.ends_with("hello"));
    let stream = connect(&server, &certificate, &[]).await.unwrap();
    assert_eq!(status(&get_root(stream).await), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_used_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (files, old) = write_certificate(folder.path());
    let server = serve(files.clone(), Duration::from_secs(60));
    let tls = server.tls.as_ref().unwrap();
    let (_, new) = write_certificate(folder.path());
    assert!(connect(&server, &new, &[]).await.is_err());
    tls.reload().unwrap();
    assert!(connect(&server, &old, &[]).await.is_err());
    assert!(connect(&server, &new, &[]).await.is_ok());
    std::fs::write(&files.certificate, "no certificate").unwrap();
    let error = tls.reload().unwrap_err().to_string();
    assert!(
        error.contains("certificate.pem: no certificate (PEM)"),
        "{error}"
    );
    assert!(connect(&server, &new, &[]).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_no_use_are_named_with_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let (files, _) = write_certificate(folder.path());
    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    let (others, _) = write_certificate(&other);
    let missing = folder.path().join("missing.pem");
    let cases = [
        (
            &files.certificate,
            &missing,
            "missing.pem: no private key (PEM)",
        ),
        (&missing, &files.key, "missing.pem: no certificate (PEM)"),
        (
            &files.certificate,
            &files.certificate,
            "certificate.pem: no private key",
        ),
        (&files.certificate, &others.key, "key.pem"),
    ];
    for (certificate, key, cause) in cases {
        let tls = TlsFiles {
            certificate: certificate.clone(),
            key: key.clone(),
        };
        let options = ListenOptions {
            tls: Some(tls),
            ..ListenOptions::default()
        };
        let error = start(Router::new(), options).unwrap_err().to_string();
        assert!(error.contains(cause), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_does_not_come_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let (files, certificate) = write_certificate(folder.path());
    let server = serve(files, Duration::from_secs(3));
    let mut silent = server.connect().await;
    let mut plain = server.connect().await;
    plain
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert!(!read_to_end(&mut plain).await.starts_with("HTTP"));
    assert!(
        get_root(connect(&server, &certificate, &[]).await.unwrap())
            .await
            .ends_with("hello")
    );
    assert_eq!(read_to_end(&mut silent).await, "");
    server.wait_for_open(0).await;
}
