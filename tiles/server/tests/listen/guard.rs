//! What is guarded opens to the right token or signature only, and everything is said to the client.

use std::time::{Duration, SystemTime};

use crate::server::{Running, start, status};
use axum::Router;
use axum::extract::Extension;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use axum::routing::get;
use gable_tiles::guard::{Guard, GuardOptions, RequestId, SigningKey, Token};
use gable_tiles::listen::ListenOptions;
use tower::Layer as _;

fn guarded(options: GuardOptions) -> Running {
    let public = |name: HeaderName, text| async move { ([(name, "public, max-age=60")], text) };
    let router = Router::new()
        .route("/", get(async || "page"))
        .route("/healthz", get(async || "well"))
        .route("/metrics", get(async || "figures"))
        .route(
            "/{world}/tileset.json",
            get(move || public(CACHE_CONTROL, "tiles")),
        )
        .route("/modules/{name}", get(async || "module"))
        .route(
            "/id",
            get(async |Extension(id): Extension<RequestId>| id.to_string()),
        )
        .route("/never", get(async || std::future::pending::<()>().await));
    start(Guard::new(options).layer(router), ListenOptions::default()).unwrap()
}

fn key(secret: &str) -> SigningKey {
    SigningKey::new(secret.as_bytes()).unwrap()
}

fn locked() -> Running {
    guarded(GuardOptions {
        tokens: vec![
            Token::new("everything"),
            Token::new("harbour").for_worlds(["harbour".to_owned()]),
        ],
        signing_keys: vec![key("the key of this year"), key("the key of last year")],
        ..GuardOptions::default()
    })
}

fn in_an_hour() -> SystemTime {
    SystemTime::now() + Duration::from_secs(3600)
}

async fn with_token(server: &Running, path: &str, token: &str) -> String {
    server
        .get(path, &format!("authorization: Bearer {token}\r\n"))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_tokens_and_keys_everything_is_open() {
    let server = guarded(GuardOptions::default());
    for path in ["/", "/city/tileset.json", "/metrics"] {
        let answer = server.get(path, "").await;
        assert_eq!(status(&answer), 200, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_the_page_are_open_and_the_rest_asks_for_a_token() {
    let server = locked();
    for path in ["/", "/healthz"] {
        assert_eq!(status(&server.get(path, "").await), 200);
    }
    for path in [
        "/city/tileset.json",
        "/metrics",
        "/modules/x.wasm",
        "/nowhere",
        "//",
        "/healthz/",
    ] {
        let answer = server.get(path, "").await;
        assert_eq!(status(&answer), 401, "{answer}");
        assert!(
            answer.contains("www-authenticate: Bearer realm=\"gable\"\r\n"),
            "{answer}"
        );
        assert!(answer.contains("content-type: application/problem+json"));
        assert!(answer.contains("access-control-allow-origin: *"));
        assert!(answer.contains("asks for a token"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_its_worlds_and_what_they_share() {
    let server = locked();
    for path in [
        "/city/tileset.json",
        "/harbour/tileset.json",
        "/metrics",
        "/modules/x.wasm",
    ] {
        assert_eq!(status(&with_token(&server, path, "everything").await), 200);
    }
    for path in ["/harbour/tileset.json", "/modules/x.wasm"] {
        assert_eq!(status(&with_token(&server, path, "harbour").await), 200);
    }
    for path in [
        "/city/tileset.json",
        "/metrics",
        "/%68arbour/tileset.json",
        "/harbour2/tileset.json",
    ] {
        let answer = with_token(&server, path, "harbour").await;
        assert_eq!(status(&answer), 403, "{path}: {answer}");
        assert!(answer.contains("insufficient_scope") && answer.contains("another world"));
    }
    for token in [
        "",
        "Everything",
        "everything2",
        "everythin",
        "harbour,everything",
    ] {
        let answer = with_token(&server, "/city/tileset.json", token).await;
        assert_eq!(status(&answer), 401, "{token}: {answer}");
    }
    let basic = server
        .get("/city/tileset.json", "authorization: Basic everything\r\n")
        .await;
    assert_eq!(status(&basic), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_token_opened_is_not_for_shared_caches() {
    let server = locked();
    let answer = with_token(&server, "/city/tileset.json", "everything").await;
    assert!(
        answer.contains("cache-control: private, max-age=60\r\n"),
        "{answer}"
    );
    assert!(answer.contains("vary: authorization\r\n"));
    let signed = key("the key of this year")
        .sign("/city/tileset.json", in_an_hour())
        .unwrap();
    let answer = server.get(&signed, "").await;
    assert!(
        answer.contains("cache-control: public, max-age=60\r\n"),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_query_opens_its_world_and_modules_and_nothing_else() {
    let server = locked();
    for secret in ["the key of this year", "the key of last year"] {
        let signed = key(secret)
            .sign("/city/tileset.json", in_an_hour())
            .unwrap();
        let query = signed.split_once('?').unwrap().1;
        for path in ["/city/tileset.json", "/modules/x.wasm"] {
            let answer = server.get(&format!("{path}?{query}"), "").await;
            assert_eq!(status(&answer), 200, "{answer}");
        }
        for path in ["/harbour/tileset.json", "/metrics"] {
            let answer = server.get(&format!("{path}?{query}"), "").await;
            assert_eq!(status(&answer), 403, "{answer}");
        }
        let moved = query.replace("world=city", "world=harbour");
        let answer = server
            .get(&format!("/harbour/tileset.json?{moved}"), "")
            .await;
        assert_eq!(status(&answer), 403);
        assert!(answer.contains("not right"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_and_foreign_signatures_are_told_apart() {
    let server = locked();
    let past = SystemTime::now() - Duration::from_secs(10);
    let signed = key("the key of this year")
        .sign("/city/tileset.json", past)
        .unwrap();
    let answer = server.get(&signed, "").await;
    assert_eq!(status(&answer), 403);
    assert!(answer.contains("has expired"), "{answer}");
    let signed = key("the key of somebody else")
        .sign("/city/tileset.json", in_an_hour())
        .unwrap();
    let answer = server.get(&signed, "").await;
    assert_eq!(status(&answer), 403);
    assert!(answer.contains("not right"), "{answer}");
    let broken = "/city/tileset.json?world=city&expires=x&signature=y";
    assert_eq!(status(&server.get(broken, "").await), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_has_one_id_everywhere() {
    let server = guarded(GuardOptions::default());
    let answer = server.get("/id", "x-request-id: trace-7\r\n").await;
    assert!(answer.contains("x-request-id: trace-7\r\n") && answer.ends_with("trace-7"));
    let answer = server.get("/id", "x-request-id: not sane\r\n").await;
    let made = answer.rsplit("\r\n").next().unwrap();
    assert_eq!(made.len(), 16);
    assert!(
        answer.contains(&format!("x-request-id: {made}\r\n")),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_never_answers_is_given_up() {
    let server = guarded(GuardOptions {
        time: Some(Duration::from_millis(50)),
        ..GuardOptions::default()
    });
    let answer = server.get("/never", "").await;
    assert_eq!(status(&answer), 503);
    assert!(answer.contains("retry-after: ") && answer.contains("took longer than 50ms"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_is_answered_without_credentials() {
    let server = locked();
    let preflight = b"OPTIONS /city/tileset.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\norigin: http://y\r\n\
        access-control-request-method: GET\r\naccess-control-request-headers: authorization\r\n\r\n";
    let answer = server.exchange(preflight).await;
    assert_eq!(status(&answer), 204);
    assert!(answer.contains("access-control-allow-origin: *\r\n"));
    assert!(answer.contains("access-control-allow-headers: authorization\r\n"));
}
