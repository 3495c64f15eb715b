//! A collector that takes OTLP over HTTP and keeps the spans.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1 as otlp;
use prost::Message as _;

/// The collector.
pub(crate) struct Collector {
    /// `http://127.0.0.1:PORT`.
    pub(crate) base: String,
    spans: Arc<Mutex<Vec<Span>>>,
}

/// A span, and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    /// `service.name`.
    pub(crate) service: String,
    pub(crate) otlp: otlp::Span,
}

impl Collector {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let spans = Arc::<Mutex<Vec<Span>>>::default();
        let kept = spans.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = kept.clone();
                std::thread::spawn(move || take(&stream, &kept));
            }
        });
        Self { base, spans }
    }

    /// All that came so far.
    pub(crate) fn spans(&self) -> Vec<Span> {
        self.spans.lock().expect("no panic").clone()
    }
}

/// Takes what one connection sends until it ends.
fn take(stream: &TcpStream, kept: &Mutex<Vec<Span>>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
    while let Some((first, length)) = head(&mut reader) {
        assert_eq!(first, "POST /v1/traces HTTP/1.1");
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a whole body");
        let batch = ExportTraceServiceRequest::decode(body.as_slice()).expect("OTLP");
        kept.lock().expect("no panic").extend(spans(batch));
        let answer = ExportTraceServiceResponse::default().encode_to_vec();
        let length = answer.len();
        let mut stream = stream;
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: {length}\r\n\r\n"
        )
        .and_then(|()| stream.write_all(&answer))
        .expect("the server listens");
    }
}

/// The first line of a request and the length of its body; none at the end.
fn head(reader: &mut impl std::io::BufRead) -> Option<(String, usize)> {
    let mut lines = reader.lines().map_while(Result::ok);
    let first = lines.next()?;
    let mut length = 0;
    let mut kind = String::new();
    for line in lines.take_while(|line| !line.is_empty()) {
        let line = line.to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().expect("a length");
        }
        if let Some(value) = line.strip_prefix("content-type: ") {
            value.clone_into(&mut kind);
        }
    }
    assert_eq!(kind, "application/x-protobuf");
    Some((first, length))
}

fn spans(batch: ExportTraceServiceRequest) -> impl Iterator<Item = Span> {
    batch.resource_spans.into_iter().flat_map(|of_one| {
        let resource = of_one.resource.unwrap_or_default();
        let service = text(value(&resource.attributes, "service.name")).unwrap_or_default();
        let spans = of_one.scope_spans.into_iter().flat_map(|scope| scope.spans);
        spans.map(move |otlp| Span {
            service: service.clone(),
            otlp,
        })
    })
}

fn value<'a>(attributes: &'a [KeyValue], name: &str) -> Option<&'a Value> {
    let found = attributes.iter().find(|attribute| attribute.key == name)?;
    found.value.as_ref()?.value.as_ref()
}

fn text(value: Option<&Value>) -> Option<String> {
    match value {
        Some(Value::StringValue(text)) => Some(text.clone()),
        _ => None,
    }
}

impl Span {
    /// An attribute that is text; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> String {
        text(value(&self.otlp.attributes, name)).unwrap_or_default()
    }

    /// An attribute that is a whole number.
    pub(crate) fn count(&self, name: &str) -> Option<i64> {
        match value(&self.otlp.attributes, name) {
            Some(Value::IntValue(number)) => Some(*number),
            _ => None,
        }
    }

    /// An attribute that is a number.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        match value(&self.otlp.attributes, name) {
            Some(Value::DoubleValue(number)) => Some(*number),
            _ => None,
        }
    }

    /// Those that are directly within it, by name.
    pub(crate) fn children(&self, all: &[Self]) -> Vec<Self> {
        let mut children: Vec<_> = all
            .iter()
            .filter(|span| span.is_within(self))
            .cloned()
            .collect();
        children.sort_by(|a, b| a.otlp.name.cmp(&b.otlp.name));
        children
    }

    /// The only one directly within it that has this name.
    pub(crate) fn child(&self, all: &[Self], name: &str) -> Self {
        let mut children = self.children(all);
        children.retain(|child| child.otlp.name == name);
        assert_eq!(children.len(), 1, "{name} in {self:?}: {children:?}");
        children.remove(0)
    }

    fn is_within(&self, parent: &Self) -> bool {
        self.otlp.trace_id == parent.otlp.trace_id
            && self.otlp.parent_span_id == parent.otlp.span_id
    }
}
