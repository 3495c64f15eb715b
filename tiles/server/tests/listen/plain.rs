//! Plain requests, those that are not, and both on one connection.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use axum::routing::future::RouteFuture;
use axum::routing::get;
use gable_tiles::guard::{Guard, GuardOptions, Token};
use gable_tiles::listen::{AtOnce, Head, ListenOptions, Prompt, TemporaryFile};
use hyper::body::{Body as HttpBody, Frame};
use tokio::io::AsyncWriteExt as _;
use tower::Layer as _;

use crate::server::{read_to_end, start, status};

const LARGE: usize = 3_000_000;

/// Letters that differ from place to place.
fn letters(count: usize) -> Vec<u8> {
    (0..count).map(|place| b'a' + (place % 23) as u8).collect()
}

/// Answers `/now` and `/large` at once, everything else by routes.
#[derive(Clone)]
struct Quick {
    router: Router,
    large: (Bytes, Option<TemporaryFile>),
}

impl Quick {
    fn new() -> Self {
        let large = Bytes::from(letters(LARGE));
        Self {
            router: Router::new()
                .route("/", get(async || "hello"))
                .route("/now", get(async || "by routes"))
                .route("/pieces", get(async || Body::new(Pieces(3))))
                .route("/nothing", get(async || StatusCode::NO_CONTENT)),
            large: (large.clone(), TemporaryFile::new(&large).ok()),
        }
    }
}

impl tower::Service<Request<Body>> for Quick {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.router.call(request)
    }
}

impl AtOnce for Quick {
    fn at_once(&self, asked: &Head<'_>, _: IpAddr) -> Option<Prompt> {
        let (body, file) = match asked.path() {
            "/now" => (Bytes::from_static(b"at once"), None),
            "/large" => self.large.clone(),
            _ => return None,
        };
        Some(Prompt {
            status: StatusCode::OK,
            fields: vec![(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"))],
            body,
            file,
        })
    }
}

/// So many pieces of a body whose length nobody knows.
struct Pieces(usize);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.0 == 0 {
            return Poll::Ready(None);
        }
        self.0 -= 1;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"piece")))))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_at_once_have_what_others_have() {
    let server = start(Quick::new(), ListenOptions::default()).unwrap();
    let answer = server.get("/now?x=1", "").await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert_eq!((status(&answer), body), (200, "at once"));
    for line in [
        "content-type: text/plain",
        "content-length: 7",
        "connection: close",
        "date: ",
    ] {
        assert!(head.contains(line), "{line}: {head}");
    }
    let asked = b"HEAD /now HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = server.exchange(asked).await;
    assert!(
        answer.contains("content-length: 7\r\n") && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_whole_also_to_those_who_read_slowly() {
    let server = start(Quick::new(), ListenOptions::default()).unwrap();
    let mut stream = server.connect().await;
    let asked = "GET /large HTTP/1.1\r\nhost: x\r\n\r\nGET /large HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(asked.as_bytes()).await.unwrap();
    // Until the socket is full.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let answer = read_to_end(&mut stream).await;
    let large = String::from_utf8(letters(LARGE)).unwrap();
    let bodies: Vec<&str> = answer.split("HTTP/1.1 200 OK\r\n").skip(1).collect();
    assert_eq!(bodies.len(), 2);
    for body in bodies {
        let (head, body) = body.split_once("\r\n\r\n").expect("a head");
        assert!(head.contains("content-length: 3000000"), "{head}");
        assert!(body == large, "{} bytes, or others", body.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_take_a_file_is_cut() {
    let mut options = ListenOptions::default();
    options.limits.stall_time = Duration::from_millis(300);
    let server = start(Quick::new(), options).unwrap();
    let mut stream = server.connect().await;
    let asked = "GET /large HTTP/1.1\r\nhost: x\r\n\r\n".repeat(20);
    stream.write_all(asked.as_bytes()).await.unwrap();
    server.wait_for_open(1).await;
    server.wait_for_open(0).await;
    assert!(
        read_to_end(&mut stream).await.len() < 20 * LARGE,
        "all came"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_may_turn_from_plain_to_odd() {
    let server = start(Quick::new(), ListenOptions::default()).unwrap();
    let plain = "GET /now HTTP/1.1\r\nhost: x\r\n\r\n";
    // An empty body is said by many clients, and is more than a head.
    let odd = "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
    let last = "GET /now HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = server
        .exchange(format!("{plain}{odd}{plain}{last}").as_bytes())
        .await;
    let bodies: Vec<&str> = answer
        .split("HTTP/1.1 200 OK\r\n")
        .filter_map(|one| one.split_once("\r\n\r\n"))
        .map(|(_, body)| body)
        .collect();
    assert_eq!(bodies, ["at once", "hello", "by routes", "by routes"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_unknown_length_are_chunked_and_empty_ones_are_not() {
    let server = start(Quick::new(), ListenOptions::default()).unwrap();
    let answer = server.get("/pieces", "").await;
    assert!(
        answer.contains("transfer-encoding: chunked\r\n"),
        "{answer}"
    );
    let body = answer.split_once("\r\n\r\n").expect("a head").1;
    assert_eq!(body, "5\r\npiece\r\n5\r\npiece\r\n5\r\npiece\r\n0\r\n\r\n");
    let answer = server.get("/nothing", "").await;
    assert_eq!(status(&answer), 204);
    assert!(
        !answer.contains("content-length") && !answer.contains("chunked"),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_guarded_is_never_answered_at_once() {
    let options = GuardOptions {
        tokens: vec![Token::new("secret")],
        ..GuardOptions::default()
    };
    let server = start(
        Guard::new(options).layer(Quick::new()),
        ListenOptions::default(),
    )
    .unwrap();
    assert_eq!(status(&server.get("/now", "").await), 401);
    let answer = server.get("/now", "authorization: Bearer secret\r\n").await;
    assert!(answer.ends_with("by routes"), "{answer}");
    let open = start(
        Guard::new(GuardOptions::default()).layer(Quick::new()),
        ListenOptions::default(),
    )
    .unwrap();
    let answer = open.get("/now", "x-request-id: mine\r\n").await;
    assert!(
        answer.contains("x-request-id: mine\r\n") && answer.ends_with("at once"),
        "{answer}"
    );
}
