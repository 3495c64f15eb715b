//! Requests that no right client sends, byte by byte: an answer that says no, or a closed connection.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::subject::{GRAMMAR, Subject, world};

fn started() -> (tempfile::TempDir, Subject) {
    let folder = tempfile::tempdir().expect("a folder");
    world(folder.path(), GRAMMAR);
    let subject = Subject::start(folder.path(), &["lots.toml"]);
    (folder, subject)
}

/// A connection to the server.
pub(crate) fn connect(subject: &Subject) -> TcpStream {
    let address = subject.server.base.trim_start_matches("http://");
    let stream = TcpStream::connect(address).expect("it listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a time");
    stream
}

/// Sends bytes, and nothing more; all that comes back until the server closes.
fn exchange(subject: &Subject, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(subject);
    // The server may close before it has read all.
    let _sent = stream.write_all(bytes);
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
            panic!("it neither answers nor closes")
        }
        Ok(_) | Err(_) => answer,
    }
}

/// The same, and says that nothing follows.
fn exchange_all(subject: &Subject, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(subject);
    let _sent = stream.write_all(bytes);
    let _closed = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
            panic!("it neither answers nor closes")
        }
        Ok(_) | Err(_) => answer,
    }
}

/// Status of an answer of HTTP/1; 0 for none.
fn status(answer: &[u8]) -> u16 {
    let text = String::from_utf8_lossy(answer);
    let number = text
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.get(2..5)?.parse().ok());
    number.unwrap_or(0)
}

fn request(path: &str, headers: &[u8]) -> Vec<u8> {
    let mut bytes = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n").into_bytes();
    bytes.extend_from_slice(headers);
    bytes.extend_from_slice(b"\r\n");
    bytes
}

#[test]
fn what_is_no_request_is_refused() {
    let (_folder, subject) = started();
    let long = |length: usize| "a".repeat(length);
    let many: String = (0..2000)
        .map(|number| format!("x-{number}: y\r\n"))
        .collect();
    let no_requests: Vec<Vec<u8>> = vec![
        b"\0\0\0\0\r\n\r\n".to_vec(),
        (0..=255).collect(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        b"GET /healthz\r\n\r\n".to_vec(),
        b"GET /healthz HTTP/9.9\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\nhost\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\nho st: a\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\nx: a\0b\r\n\r\n".to_vec(),
        b"GET /\0 HTTP/1.1\r\nhost: a\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\ncontent-length: -1\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\ncontent-length: 99999999999999999999999\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n".to_vec(),
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked, no\r\n\r\nzz\r\n".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage that is no frame of any kind".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\x00\x00\x00\x00\x00\x00".to_vec(),
        request("/", format!("x: {}\r\n", long(1 << 20)).as_bytes()),
        request("/", many.as_bytes()),
        request(&format!("/{}", long(1 << 20)), b""),
    ];
    for bytes in &no_requests {
        let answer = exchange_all(&subject, bytes);
        let status = status(&answer);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
        assert!(
            status == 0 || (400..600).contains(&status),
            "{shown:?}: {status}"
        );
        assert!(answer.len() < 2000, "{shown:?}");
    }
    subject.is_well();
}

#[test]
fn bodies_that_nobody_wants_are_not_read_for_ever() {
    let (_folder, subject) = started();
    let mut large = b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 10485760\r\n\r\n".to_vec();
    large.resize(large.len() + (10 << 20), b'x');
    let answer = exchange(&subject, &large);
    assert!(
        [0, 200, 413].contains(&status(&answer)),
        "{}",
        status(&answer)
    );
    let mut chunks = b"POST /lots/tileset.json HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..160 {
        chunks.extend_from_slice(b"10000\r\n");
        chunks.resize(chunks.len() + 65_536, b'x');
        chunks.extend_from_slice(b"\r\n");
    }
    let answer = exchange(&subject, &chunks);
    assert!(
        [0, 405, 413].contains(&status(&answer)),
        "{}",
        status(&answer)
    );
    assert!(subject.peak() < 512 << 20, "{}", subject.peak());
    subject.is_well();
}

#[test]
fn no_path_leaves_the_worlds() {
    let (folder, subject) = started();
    let secret = "this is nobody's business";
    std::fs::write(folder.path().join("secret"), secret).expect("writable");
    let layer = subject.server.layer("lots", "lots");
    let names = ["secret", "lots.toml", "lot.cga", "etc/passwd"];
    let ups = [
        "/..",
        "/../..",
        "/../../../../../../..",
        "/.",
        "//",
        "/lots/..",
        "/lots/assets/..",
        "/modules/..",
        "/assets/../..",
        "/%2e%2e",
        "/%2e%2e%2f%2e%2e",
        "/..%2f..",
        "/.%2e",
        "/..%5c..",
        "/..\\..",
        "/%252e%252e",
        "/..;",
        "/%c0%ae%c0%ae",
        "/%00/..",
        "/lots/lots/../..",
        "file://",
        "http://127.0.0.1/..",
        "",
        "/lots/tileset.json/..",
        "/%",
        "/%zz/..",
        "/..%00",
    ];
    let content = format!("{layer}/content/0/0/..");
    for up in ups.iter().copied().chain([content.as_str()]) {
        for name in names {
            let answer = exchange(&subject, &request(&format!("{up}/{name}"), b""));
            let text = String::from_utf8_lossy(&answer);
            assert!([400, 404].contains(&status(&answer)), "{up}/{name}: {text}");
            assert!(
                !text.contains(secret) && !text.contains("@StartRule") && !text.contains("root:"),
                "{text}"
            );
        }
    }
    subject.is_well();
}

#[test]
fn absurd_headers_change_nothing() {
    let (_folder, subject) = started();
    let layer = subject.server.layer("lots", "lots");
    let path = format!("{layer}/content/3/0/0.glb");
    let truth = subject
        .server
        .get(&path, &[("accept-encoding", "identity")]);
    let tag = truth.header("etag").trim_matches('"').to_owned();
    let length = truth.bytes.len();
    let long = |text: &str| text.repeat(20_000 / text.len());
    let headers = [
        format!("range: bytes=0-{}", u64::MAX),
        format!("range: bytes={}-{}", length - 1, u64::MAX),
        format!("range: bytes={}-", u64::MAX),
        format!("range: bytes=-{}", u64::MAX),
        format!("range: bytes={}", long("0-0,")),
        "range: bytes=-".to_owned(),
        "range: bytes=9-1".to_owned(),
        "range: lines=0-9".to_owned(),
        format!("range: bytes={}-", long("9")),
        format!("if-none-match: {}", long("\"x\",")),
        format!("if-none-match: {tag}"),
        format!("if-none-match: \"x{tag}x\""),
        format!("if-none-match: \"{tag}"),
        "if-none-match: ,,,\"".to_owned(),
        "if-range: nonsense\r\nrange: bytes=0-1".to_owned(),
        format!("accept-encoding: {}", long("br;q=0.1,")),
        "accept-encoding: br;q=99999999999999999999, gzip;q=-1, zstd;q=nan, ;;;q=".to_owned(),
        format!("accept: {}", long("application/vnd.gable.recipe;q=0,")),
        format!("gable-client: {}", long("modules=ffffffffffffffff,;")),
        "gable-client: id=; power=1e308; battery=1e-308; mbps=1e308; rtt=1e308; tile=ffffffffffffffff:1e308".to_owned(),
        "gable-client: power=1e-308; mbps=1e-308; rtt=1e-308; tile=0:1e-308; class=workstation".to_owned(),
        "gable-client: power=NaN; battery=inf; mbps=-1; tile=\u{fffd}\u{fffd}:0; modules=\u{fffd}".to_owned(),
        "device-memory: 1e999\r\nrtt: -0\r\ndownlink: 1e308\r\nect: 9g\r\nsave-data: maybe".to_owned(),
        "x-request-id: \u{1f600}\r\nx-forwarded-for: 999.999.999.999, ::::\r\nforwarded: for=".to_owned(),
        "want-content-digest: \u{1f600}".to_owned(),
    ];
    for header in &headers {
        for path in [
            &path,
            &path.replace("/content/", "/tile/").replace(".glb", ""),
        ] {
            let mut asked = header.clone().into_bytes();
            asked.extend_from_slice(b"\r\n");
            let answer = exchange(&subject, &request(path, &asked));
            let shown = header.get(..80).unwrap_or(header);
            let split = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
            let (head, body) =
                answer.split_at(split.unwrap_or_else(|| panic!("no answer to {shown}")) + 4);
            let head = String::from_utf8_lossy(head).to_ascii_lowercase();
            match status(&answer) {
                200 => assert!(
                    head.contains("content-encoding")
                        || head.contains("gable.recipe")
                        || body == truth.bytes,
                    "{shown}: {head}"
                ),
                206 => assert!(
                    !body.is_empty() && truth.bytes.windows(body.len()).any(|part| part == body),
                    "{shown}: {head}"
                ),
                304 | 400 | 416 => {}
                other => panic!("{shown}: {other}"),
            }
        }
    }
    // What they said is remembered, and must not spoil what others get.
    assert!(
        subject
            .server
            .get(&path, &[("accept-encoding", "identity")])
            .bytes
            == truth.bytes
    );
    assert_eq!(subject.server.get("/debug/placement", &[]).status, 200);
    subject.is_well();
}
