//! Traces as a collector gets them from the real binary.
#![cfg(unix)]

mod collector;
#[path = "../support/server.rs"]
mod server;
#[path = "../faults/subject.rs"]
#[expect(dead_code, reason = "other users take more of it")]
mod subject;

use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use collector::{Collector, Span};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use server::wait_until;
use subject::{GRAMMAR, Subject, world, write};

const BROTLI: (&str, &str) = ("accept-encoding", "br");
const RECIPES: (&str, &str) = (
    "accept",
    "application/vnd.gable.recipe, model/gltf-binary;q=0.5",
);

/// A folder with the world of lots.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    world(folder.path(), GRAMMAR);
    folder
}

/// A server with variables in its environment: `NAME=value ...`.
fn started(environment: &str, folder: &Path, arguments: &[&str]) -> Subject {
    let script = format!("OTEL_BSP_SCHEDULE_DELAY=100 {environment} exec \"$0\" \"$@\"");
    Subject::after(&script, folder, arguments)
}

/// The span of the request with this id, when it has come.
fn request(collector: &Collector, id: &str) -> (Span, Vec<Span>) {
    let find = |spans: &[Span]| {
        let mut found = spans
            .iter()
            .filter(|span| span.text("gable.request_id") == id);
        found.next().cloned()
    };
    wait_until("the span of a request", || {
        find(&collector.spans()).is_some()
    });
    let spans = collector.spans();
    (find(&spans).expect("it has come"), spans)
}

#[test]
fn a_request_is_a_span_that_says_what_was_decided_and_what_took_time() {
    let collector = Collector::start();
    let folder = folder();
    let arguments = ["lots.toml", "--cache", "kept", "--otlp", &collector.base];
    let mut subject = started("", folder.path(), &arguments);
    let layer = subject.server.layer("lots", "lots");
    let path = format!("{layer}/content/3/2/2.glb");
    let walk = ("x-request-id", "walk-1");
    let agent = ("user-agent", "Walker/1.0");
    let signed = path.clone() + "?signature=secret";
    let made = subject.server.get(&signed, &[BROTLI, walk, agent]);
    assert_eq!(made.status, 200);
    let strong = ("gable-client", "id=strong; class=workstation; power=3");
    let tile = format!("{layer}/tile/3/1/1");
    let choice = ("x-request-id", "choice");
    let chosen = subject.server.get(&tile, &[RECIPES, strong, choice]);
    assert_eq!(chosen.status, 200);
    let nowhere = ("x-request-id", "nowhere");
    assert_eq!(subject.server.get("/a/b/c", &[nowhere]).status, 404);
    assert!(subject.server.end().success());

    let (span, spans) = request(&collector, "walk-1");
    assert_eq!(span.service, "gable");
    assert_eq!(span.otlp.name, "GET content");
    assert_eq!(span.otlp.kind, SpanKind::Server as i32);
    assert!(span.otlp.parent_span_id.is_empty());
    for (name, value) in [
        ("http.request.method", "GET"),
        ("http.route", "content"),
        ("url.path", path.as_str()),
        ("url.scheme", "http"),
        ("network.protocol.version", "1.1"),
        ("client.address", "127.0.0.1"),
        ("user_agent.original", "Walker/1.0"),
        ("gable.world", "lots"),
        ("gable.layer", "lots"),
        ("gable.tile", "3/2/2"),
        ("gable.placement", "B"),
        ("gable.reason", "mesh-only-client"),
        ("gable.cache", "Gable; fwd=miss; stored"),
    ] {
        assert_eq!(span.text(name), value, "{name}");
    }
    assert!(layer.ends_with(&span.text("gable.revision")));
    assert_eq!(span.count("http.response.status_code"), Some(200));
    let bytes = i64::try_from(made.bytes.len()).expect("few");
    assert_eq!(span.count("http.response.body.size"), Some(bytes));
    assert!(
        span.number("gable.cost.generate")
            .is_some_and(|cost| cost > 0.0)
    );
    assert!(!format!("{spans:?}").contains("secret"));

    let job = span.child(&spans, "generate");
    assert!(
        job.number("gable.cpu_seconds")
            .is_some_and(|time| time > 0.0)
    );
    assert_eq!(job.count("gable.bytes"), Some(bytes));
    let steps: Vec<_> = job.children(&spans);
    let names: Vec<_> = steps.iter().map(|step| step.otlp.name.as_str()).collect();
    assert_eq!(names, ["code", "pack", "queue", "run"]);
    assert_eq!(steps[0].text("gable.coding"), "br");
    assert!(steps[3].count("gable.gas").is_some_and(|gas| gas > 0));
    assert!(
        steps[3]
            .count("gable.bytes")
            .is_some_and(|plain| plain > bytes)
    );
    for inner in steps {
        assert!(inner.otlp.end_time_unix_nano <= job.otlp.end_time_unix_nano);
        assert!(inner.otlp.start_time_unix_nano >= job.otlp.start_time_unix_nano);
    }

    let (span, _) = request(&collector, "choice");
    assert_eq!(span.otlp.name, "GET tile");
    let costs = chosen.header("gable-placement");
    let said = format!(
        "{}; reason={}",
        span.text("gable.placement"),
        span.text("gable.reason")
    );
    assert!(costs.starts_with(&said), "{costs}: {said}");
    let recipe = span.number("gable.cost.recipe").expect("a price");
    assert!(costs.contains(&format!("recipe={recipe:.3}")), "{costs}");
    let (span, _) = request(&collector, "nowhere");
    assert_eq!(span.otlp.name, "GET none");
    assert_eq!(
        span.otlp.status.unwrap_or_default().code,
        0,
        "404 is no fault of ours"
    );

    // Another start has it on disk only.
    let subject = started("", folder.path(), &arguments);
    let kept = subject
        .server
        .get(&path, &[BROTLI, ("x-request-id", "again")]);
    assert_eq!(kept.bytes, made.bytes);
    let (span, spans) = request(&collector, "again");
    assert_eq!(span.text("gable.cache"), "Gable; hit");
    let read = span.child(&spans, "disk read");
    assert_eq!(read.count("gable.bytes"), Some(bytes));
}

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn traceparent(span: &str, flags: &str) -> String {
    format!("00-{TRACE}-{span}-{flags}")
}

#[test]
fn client_edge_and_origin_are_one_trace() {
    let collector = Collector::start();
    let origin_folder = folder();
    let standard = format!(
        "OTEL_SERVICE_NAME=origin OTEL_EXPORTER_OTLP_ENDPOINT={}",
        collector.base
    );
    let origin = started(&standard, origin_folder.path(), &["lots.toml"]);
    let edge_folder = tempfile::tempdir().expect("a folder");
    let settings = format!(
        "upstream = ['{}']\notlp = '{}/'",
        origin.server.base, collector.base
    );
    write(edge_folder.path(), "gable.toml", &settings);
    let edge = started("OTEL_SERVICE_NAME=edge", edge_folder.path(), &[]);
    wait_until("the worlds are mirrored", || {
        edge.server.get("/readyz", &[]).status == 200
    });
    let layer = edge.server.layer("lots", "lots");
    let parent = traceparent("b7ad6b7169203331", "01");
    let ask = |path: &str, id: &str, parent: &str| {
        let headers = [BROTLI, ("x-request-id", id), ("traceparent", parent)];
        let path = format!("{layer}/content/{path}");
        assert_eq!(edge.server.get(&path, &headers).status, 200);
    };
    ask("3/2/2.recipe", "followed", &parent);
    let (there, _) = request(&collector, "followed");
    assert_eq!(there.service, "edge");
    assert_eq!(hex(&there.otlp.trace_id), TRACE);
    assert_eq!(hex(&there.otlp.parent_span_id), "b7ad6b7169203331");
    wait_until("the origin's span", || {
        collector
            .spans()
            .iter()
            .any(|span| span.service == "origin" && hex(&span.otlp.trace_id) == TRACE)
    });
    let spans = collector.spans();
    let fetch = there.child(&spans, "GET upstream");
    assert_eq!(fetch.otlp.kind, SpanKind::Client as i32);
    assert_eq!(
        fetch.text("url.full"),
        format!("{}{layer}/content/3/2/2.recipe", origin.server.base)
    );
    assert_eq!(fetch.text("server.address"), "127.0.0.1");
    assert_eq!(fetch.count("http.response.status_code"), Some(200));
    let here = fetch.child(&spans, "GET recipe");
    assert_eq!(here.service, "origin");
    assert_eq!(here.otlp.kind, SpanKind::Server as i32);

    // A client that does not want its trace is not followed, neither here nor there.
    let before = |service: &str| {
        let spans = collector.spans();
        spans
            .iter()
            .filter(|span| span.service == service && hex(&span.otlp.trace_id) == TRACE)
            .count()
    };
    let counts = (before("edge"), before("origin"));
    ask(
        "3/3/3.recipe",
        "unfollowed",
        &traceparent("00f067aa0ba902b7", "00"),
    );
    ask("3/4/4.recipe", "last", "nonsense");
    let (last, _) = request(&collector, "last");
    assert_ne!(hex(&last.otlp.trace_id), TRACE);
    assert!(last.otlp.parent_span_id.is_empty());
    assert_eq!(counts, (before("edge"), before("origin")));
    // What an edge asks by itself is no part of a request.
    let spans = collector.spans();
    assert!(
        spans
            .iter()
            .all(|span| span.otlp.name != "GET upstream" || !span.otlp.parent_span_id.is_empty())
    );
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_share_of_the_traces_is_exported_and_all_that_clients_ask_for() {
    let collector = Collector::start();
    let folder = folder();
    let arguments = ["lots.toml", "--otlp", &collector.base, "--otlp-sample", "0"];
    let mut subject = started("", folder.path(), &arguments);
    for _ in 0..20 {
        assert_eq!(subject.server.get("/healthz", &[]).status, 200);
    }
    let parent = traceparent("b7ad6b7169203331", "01");
    let headers = [("traceparent", parent.as_str()), ("x-request-id", "wanted")];
    assert_eq!(subject.server.get("/healthz", &headers).status, 200);
    assert!(subject.server.end().success());
    let spans = collector.spans();
    assert_eq!(spans.len(), 1, "{spans:?}");
    assert_eq!(spans[0].text("gable.request_id"), "wanted");
}

#[test]
fn without_a_collector_requests_are_answered_and_the_server_ends_in_time() {
    // It takes connections and says nothing.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = format!("http://{}", listener.local_addr().expect("bound"));
    for (address, words) in [("http://127.0.0.1:1", "Connection refused"), (&silent, "")] {
        let folder = folder();
        let arguments = ["lots.toml", "--otlp", address, "--grace-seconds", "3"];
        let mut subject = started("", folder.path(), &arguments);
        let path = format!("{}/content/3/2/2.glb", subject.server.layer("lots", "lots"));
        for _ in 0..10 {
            let start = Instant::now();
            // More than the queue holds.
            for _ in 0..300 {
                assert_eq!(subject.server.get(&path, &[BROTLI]).status, 200);
            }
            assert!(start.elapsed() < Duration::from_secs(20));
        }
        wait_until("it is told of", || {
            subject.log().contains("traces cannot be exported")
        });
        let log = subject.log();
        assert_eq!(log.matches("traces cannot be exported").count(), 1, "{log}");
        assert!(
            log.contains(words) && log.contains("requests go on"),
            "{log}"
        );
        subject.is_well();
        let start = Instant::now();
        assert!(subject.server.end().success());
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{:?}",
            start.elapsed()
        );
    }
}

#[test]
fn what_a_grammar_does_wrong_is_an_error_of_its_span() {
    let collector = Collector::start();
    let folder = tempfile::tempdir().expect("a folder");
    // The last lot has no end at the finest level, which the trial run does not see.
    let grammar = "attr LOD = 2\nattr kind = 0\n@StartRule\nLot --> case LOD < 2: extrude(9) X. else: Fine\n\
        Fine --> case kind < 63: extrude(9) X. else: Endless\nEndless --> Endless\n";
    world(folder.path(), grammar);
    let subject = started("", folder.path(), &["lots.toml", "--otlp", &collector.base]);
    let layer = subject.server.layer("lots", "lots");
    let path = format!("{layer}/content/3/7/7.glb");
    let answer = subject.server.get(&path, &[("x-request-id", "wrong")]);
    assert_eq!(answer.status, 500, "{}", answer.text());
    let (span, spans) = request(&collector, "wrong");
    assert_eq!(span.text("error.type"), "500");
    let run = span.child(&spans, "generate").child(&spans, "run");
    let of = |span: &Span| span.otlp.status.clone().unwrap_or_default();
    let wrong = StatusCode::Error as i32;
    assert_eq!((of(&span).code, of(&run).code), (wrong, wrong));
    assert!(of(&run).message.contains("endless recursion"), "{run:?}");
}

#[test]
fn wrong_settings_are_told_with_their_cure() {
    let folder = folder();
    for (arguments, words) in [
        (
            ["--otlp", "localhost:4318"],
            "such as http://127.0.0.1:4318",
        ),
        (
            ["--otlp", "collector"],
            "traces cannot be sent to `collector`",
        ),
        (["--otlp-sample", "1.5"], "from 0 (none) to 1 (all)"),
    ] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_gable"))
            .args(["serve", "lots.toml"])
            .args(arguments)
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
            .current_dir(folder.path())
            .output()
            .expect("the command starts");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(words), "{text}");
    }
}
