//! Clients that behave are served while others do not; each limit holds.

use std::sync::Arc;
use std::time::Duration;

use crate::server::{PATIENCE, read_head, read_to_end, start, status};
use axum::body::{Body, Bytes};
use axum::extract::Extension;
use axum::routing::{get, post};
use axum::{Router, http::Request};
use gable_tiles::listen::{
    ConnectionLimits, ListenOptions, Peer, RequestRate, raise_descriptor_limit,
};
use http_body_util::BodyExt as _;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Notify;
use tokio::time::timeout;

const SOON: Duration = Duration::from_millis(300);
const BIG: usize = 64 << 20;

fn router() -> Router {
    let big = Bytes::from(vec![b'x'; BIG]);
    Router::new()
        .route("/", get(async || "hello"))
        .route("/big", get(move || async move { Body::from(big) }))
        .route("/echo", post(async |body: Bytes| body))
        .route(
            "/peer",
            get(async |Extension(Peer(address)): Extension<Peer>| address.to_string()),
        )
}

/// Options whose limits `change` sets.
fn limited(change: impl FnOnce(&mut ConnectionLimits)) -> ListenOptions {
    let mut options = ListenOptions::default();
    options.limits.connections_per_address = usize::MAX;
    change(&mut options.limits);
    options
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_headers_hold_nobody_up_and_are_cut() {
    let server = start(router(), limited(|limits| limits.header_time = SOON)).unwrap();
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = server.connect().await;
        slow.push(tokio::spawn(async move {
            // A byte now and then keeps no connection alive.
            while stream.write_all(b"G").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }));
    }
    let silent = server.connect().await;
    for _ in 0..20 {
        assert!(server.get("/", "").await.ends_with("hello"));
    }
    for task in slow {
        timeout(PATIENCE, task).await.expect("cut").unwrap();
    }
    server.wait_for_open(0).await;
    drop(silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_header_on_a_kept_connection_is_cut_too() {
    let server = start(router(), limited(|limits| limits.header_time = SOON)).unwrap();
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(status(&read_head(&mut stream).await), 200);
    // Between requests it may take its time,
    tokio::time::sleep(2 * SOON).await;
    assert_eq!(server.open(), 1);
    // within one not.
    stream.write_all(b"GET / HT").await.unwrap();
    assert_eq!(read_to_end(&mut stream).await, "hello");
    server.wait_for_open(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_connections_live_beside_one_that_is_served() {
    // Both ends are in this process; 10,000 need 20,000 files and some.
    let room = usize::try_from(raise_descriptor_limit()).unwrap_or(usize::MAX);
    let count = 10_000.min(room.saturating_sub(1000) / 2);
    println!("{count} connections");
    let server = start(
        router(),
        limited(|limits| limits.header_time = PATIENCE * 5),
    )
    .unwrap();
    let mut held = Vec::new();
    for _ in 0..count {
        held.push(server.connect().await);
    }
    server.wait_for_open(count).await;
    for _ in 0..20 {
        assert!(server.get("/", "").await.ends_with("hello"));
    }
    for stream in held.iter_mut().step_by(100) {
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        assert_eq!(status(&read_head(stream).await), 200);
    }
    assert_eq!(server.open(), count);
    drop(held);
    server.wait_for_open(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_too_many_is_told_and_old_ones_live() {
    let server = start(router(), limited(|limits| limits.connections = 2)).unwrap();
    let mut old = server.connect().await;
    let other = server.connect().await;
    server.wait_for_open(2).await;
    let answer = read_to_end(&mut server.connect().await).await;
    assert_eq!(status(&answer), 503);
    assert!(answer.contains("retry-after: 5") && answer.ends_with("too many connections\n"));
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    assert!(answer.contains(&format!("content-length: {}\r\n", body.len())));
    old.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(status(&read_head(&mut old).await), 200);
    drop(other);
    server.wait_for_open(1).await;
    assert_eq!(status(&server.get("/", "").await), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_its_share_of_connections() {
    let server = start(
        router(),
        limited(|limits| limits.connections_per_address = 3),
    )
    .unwrap();
    let held = [
        server.connect().await,
        server.connect().await,
        server.connect().await,
    ];
    server.wait_for_open(3).await;
    assert_eq!(status(&read_to_end(&mut server.connect().await).await), 503);
    drop(held);
    server.wait_for_open(0).await;
    assert_eq!(status(&server.get("/", "").await), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_refused_and_hurts_nobody() {
    let server = start(router(), limited(|limits| limits.header_time = SOON)).unwrap();
    let mut preface_and_garbage = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    preface_and_garbage.extend([0xff; 4096]);
    let garbage: &[&[u8]] = &[
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET  / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
        b"GET / HTTP/1.1\r\nx: \x01\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"POST /echo HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSX\r\n\r\n",
        &preface_and_garbage,
    ];
    for bytes in garbage {
        let answer = server.exchange(bytes).await;
        let refused = answer.is_empty()
            || (400..500).contains(&status(&answer))
            || !answer.starts_with("HTTP");
        assert!(refused, "{}: {answer}", bytes.escape_ascii());
        assert!(server.get("/", "").await.ends_with("hello"));
    }
    server.wait_for_open(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_after_a_request_does_not_take_its_answer() {
    let server = start(router(), limited(|_| ())).unwrap();
    let answer = server
        .exchange(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n\x01\x02\r\n\r\n")
        .await;
    assert_eq!(status(&answer), 200);
    assert!(answer.contains("\r\n\r\nhelloHTTP/1.1 400"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pipelined_requests_are_all_answered() {
    let server = start(router(), limited(|_| ())).unwrap();
    let mut many = "GET / HTTP/1.1\r\nhost: x\r\n\r\n".repeat(500);
    many.push_str("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    let answer = server.exchange(many.as_bytes()).await;
    assert_eq!(answer.matches("hello").count(), 501);
}

#[tokio::test(flavor = "multi_thread")]
async fn large_headers_and_bodies_are_refused() {
    let server = start(router(), limited(|limits| limits.body_time = SOON)).unwrap();
    let long = format!("x: {}\r\n", "y".repeat(64 << 10));
    assert_eq!(status(&server.get("/", &long).await), 431);
    assert_eq!(status(&server.get("/", &"x: y\r\n".repeat(150)).await), 431);
    let path = format!("/{}", "p".repeat(100_000));
    assert!(matches!(status(&server.get(&path, "").await), 414 | 431));

    let declared = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n";
    assert_eq!(status(&server.exchange(declared).await), 413);
    let mut chunked = b"POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n".to_vec();
    for _ in 0..20 {
        chunked.extend(b"1000\r\n");
        chunked.extend([b'z'; 4096]);
        chunked.extend(b"\r\n");
    }
    chunked.extend(b"0\r\n\r\n");
    let answer = server.exchange(&chunked).await;
    assert!(
        answer.is_empty() || (400..500).contains(&status(&answer)),
        "{answer}"
    );
    let slow =
        b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\nconnection: close\r\n\r\n1234";
    assert_eq!(status(&server.exchange(slow).await), 400);
    let right =
        b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\nconnection: close\r\n\r\n1234";
    assert!(server.exchange(right).await.ends_with("1234"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_nothing_is_cut() {
    let server = start(router(), limited(|limits| limits.stall_time = SOON)).unwrap();
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /big HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    server.wait_for_open(1).await;
    server.wait_for_open(0).await;
    assert!(read_to_end(&mut stream).await.len() < BIG, "all came");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_a_little_now_and_then_is_cut() {
    let options = limited(|limits| limits.answer_time = SOON * 3);
    let server = start(router(), options).unwrap();
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /big HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut little = vec![0; 1024];
    let cut = timeout(PATIENCE, async {
        while stream.read(&mut little).await.is_ok_and(|count| count > 0) && server.open() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    cut.await.expect("cut");
    server.wait_for_open(0).await;
}

type Http2 = hyper::client::conn::http2::SendRequest<Body>;

async fn http2(
    stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
) -> Http2 {
    let handshake =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (sender, connection) = handshake.await.unwrap();
    tokio::spawn(connection);
    sender
}

fn request(path: &str) -> Request<Body> {
    Request::get(format!("http://x{path}"))
        .body(Body::empty())
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn http2_is_spoken_without_being_asked_and_many_requests_share_a_connection() {
    let server = start(router(), limited(|_| ())).unwrap();
    let sender = http2(server.connect().await).await;
    let answers = (0..300).map(|_| {
        let mut sender = sender.clone();
        tokio::spawn(async move {
            sender.ready().await.unwrap();
            let response = sender.send_request(request("/")).await.unwrap();
            response.into_body().collect().await.unwrap().to_bytes()
        })
    });
    for answer in answers.collect::<Vec<_>>() {
        assert_eq!(answer.await.unwrap(), "hello");
    }
    assert_eq!(server.open(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_http2_client_that_reads_nothing_is_cut() {
    let server = start(router(), limited(|limits| limits.idle_time = SOON)).unwrap();
    let mut sender = http2(server.connect().await).await;
    let response = sender.send_request(request("/big")).await.unwrap();
    server.wait_for_open(0).await;
    assert!(response.into_body().collect().await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_http2_client_that_reads_slowly_is_not_idle() {
    let idle_time = Duration::from_secs(3);
    let server = start(router(), limited(|limits| limits.idle_time = idle_time)).unwrap();
    let mut sender = http2(server.connect().await).await;
    let mut body = sender
        .send_request(request("/big"))
        .await
        .unwrap()
        .into_body();
    let begun = std::time::Instant::now();
    let mut length = 0;
    while begun.elapsed() < 2 * idle_time {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let frame = timeout(PATIENCE, body.frame()).await.expect("a frame");
        length += frame.unwrap().unwrap().into_data().unwrap().len();
    }
    assert!(length < BIG, "read too fast to show anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_resets_ends_its_connection_alone() {
    let server = start(router(), limited(|_| ())).unwrap();
    let mut flood = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    for stream in (1_u32..20_001).step_by(2) {
        // GET http / of authority "x", then RST_STREAM with CANCEL.
        flood.extend(b"\0\0\x06\x01\x05");
        flood.extend(stream.to_be_bytes());
        flood.extend(b"\x82\x86\x84\x41\x01x");
        flood.extend(b"\0\0\x04\x03\0");
        flood.extend(stream.to_be_bytes());
        flood.extend(b"\0\0\0\x08");
    }
    // Read to its end, which comes while this side is still open.
    let answer = server.exchange(&flood).await;
    assert!(answer.len() < 200_000, "{} bytes", answer.len());
    server.wait_for_open(0).await;
    assert!(server.get("/", "").await.ends_with("hello"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_too_often_is_told_when_to_come_back() {
    let mut options = limited(|_| ());
    options.rate = Some(RequestRate {
        per_second: 0.001,
        burst: 3.0,
        addresses: 100,
    });
    options.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    let server = start(router(), options).unwrap();
    for expected in [200, 200, 200, 429] {
        let answer = server.get("/", "x-forwarded-for: 203.0.113.7\r\n").await;
        assert_eq!(status(&answer), expected, "{answer}");
        assert_eq!(answer.contains("retry-after: "), expected == 429);
    }
    let other = server.get("/", "x-forwarded-for: 203.0.113.8\r\n").await;
    assert_eq!(status(&other), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_trusted_proxy_may_say_whose_a_request_is() {
    let server = start(router(), limited(|_| ())).unwrap();
    let header = "x-forwarded-for: 203.0.113.7\r\n";
    assert!(server.get("/peer", header).await.ends_with("\r\n127.0.0.1"));
    let mut options = limited(|_| ());
    options.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let server = start(router(), options).unwrap();
    assert!(
        server
            .get("/peer", header)
            .await
            .ends_with("\r\n203.0.113.7")
    );
    assert!(
        server
            .get("/peer", "forwarded: for=203.0.113.9\r\n")
            .await
            .ends_with("\r\n203.0.113.9")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_closed() {
    let server = start(router(), limited(|limits| limits.idle_time = SOON)).unwrap();
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert!(read_to_end(&mut stream).await.ends_with("hello"));
    let mut sender = http2(server.connect().await).await;
    let response = sender.send_request(request("/")).await.unwrap();
    assert_eq!(
        response.into_body().collect().await.unwrap().to_bytes(),
        "hello"
    );
    server.wait_for_open(0).await;
}

/// A route that tells when a request came, and answers when told.
fn gated() -> (Router, Arc<Notify>, Arc<Notify>) {
    let (came, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (says, waits) = (Arc::clone(&came), Arc::clone(&go));
    let handler = move || async move {
        says.notify_one();
        waits.notified().await;
        "done"
    };
    (Router::new().route("/", get(handler)), came, go)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_lets_a_running_request_end() {
    let (router, came, go) = gated();
    let mut server = start(router, limited(|_| ())).unwrap();
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    came.notified().await;
    let mut idle = server.connect().await;
    server.wait_for_open(2).await;
    server.stop.take().unwrap().send(()).unwrap();
    assert_eq!(read_to_end(&mut idle).await, "");
    assert!(
        tokio::net::TcpStream::connect(server.address)
            .await
            .is_err()
    );
    assert!(!server.task.is_finished());
    go.notify_one();
    assert!(read_to_end(&mut stream).await.ends_with("done"));
    timeout(PATIENCE, server.task).await.expect("ends").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_does_not_wait_for_ever() {
    let (router, came, _go) = gated();
    let mut options = limited(|_| ());
    options.grace = SOON;
    let mut server = start(router, options).unwrap();
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    came.notified().await;
    server.stop.take().unwrap().send(()).unwrap();
    timeout(PATIENCE, &mut server.task)
        .await
        .expect("ends")
        .unwrap();
    assert_eq!(read_to_end(&mut stream).await, "");
    assert_eq!(server.open(), 0);
}
