//! Plain requests, one after the other: read, answered and written without the protocol library, which would take
//! several times as long as the answer to a frequent one. What is not plain ends here and is the library's from then on.

use std::io::{self, Error};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use axum::body::{Body, HttpBody as _};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, DATE, TRANSFER_ENCODING};
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::connection::{Caller, answer};
use super::head::{Found, Head, no_fields, read};
use super::progress::{InFlight, Watched, Wire};
use super::prompt::Prompt;
use super::{Answers, date};

/// Bytes that are made room for at once.
const ROOM: usize = 2048;
/// How plain requests came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The connection is done.
    Closed,
    /// What comes next, and is still to be read, is not plain.
    Odd,
}

/// What the answer has to look like.
#[derive(Clone, Copy, Debug)]
struct Manner {
    is_head: bool,
    closes: bool,
}

/// What to do next.
enum Step {
    Read,
    Leave,
    Tell(Prompt, Manner, InFlight),
    Ask(Request<Body>, Manner, InFlight),
}

/// A connection as long as its requests are plain.
struct Talk<'a, S, W> {
    stream: &'a mut Watched<W>,
    caller: &'a Arc<Caller<S>>,
    input: BytesMut,
    output: Vec<u8>,
}

/// Answers plain requests until there are no more.
///
/// # Errors
/// The connection is lost, or an answer ended early.
pub(super) async fn converse<S: Answers, W: Wire>(
    stream: &mut Watched<W>,
    caller: &Arc<Caller<S>>,
) -> io::Result<End> {
    let mut talk = Talk {
        stream,
        caller,
        input: BytesMut::with_capacity(ROOM),
        output: Vec::new(),
    };
    loop {
        let closes = match talk.step() {
            Step::Read => !talk.read().await?,
            Step::Leave => {
                talk.stream.unread = talk.input;
                return Ok(End::Odd);
            }
            Step::Tell(prompt, manner, _in_flight) => {
                let closes = manner.closes;
                talk.tell(prompt, manner).await?;
                closes
            }
            Step::Ask(request, manner, in_flight) => {
                // Boxed, so that the future of the frequent case is small.
                Box::pin(talk.ask(request, manner, &in_flight)).await?
            }
        };
        if closes {
            talk.stream.shutdown().await?;
            return Ok(End::Closed);
        }
    }
}

impl<S: Answers, W: Wire> Talk<'_, S, W> {
    /// Takes the next request from what was read.
    fn step(&mut self) -> Step {
        if self.input.is_empty() {
            return Step::Read;
        }
        let caller = self.caller;
        let mut space = no_fields();
        let (head, length) = match read(&self.input, &mut space) {
            Found::Plain(head, length) => (head, length),
            Found::Part if self.input.len() < caller.most_header_bytes() => return Step::Read,
            Found::Part | Found::Odd => return Step::Leave,
        };
        let manner = Manner {
            is_head: head.is_head(),
            closes: head.closes() || caller.is_ending(),
        };
        if let Some(prompt) = caller.at_once(&head) {
            let in_flight = caller.progress.begin(false);
            self.input.advance(length);
            return Step::Tell(prompt, manner, in_flight);
        }
        let Some(request) = request(&head) else {
            return Step::Leave;
        };
        let in_flight = caller.progress.begin(false);
        self.input.advance(length);
        Step::Ask(request, manner, in_flight)
    }

    /// Reads on; says whether anything came.
    async fn read(&mut self) -> io::Result<bool> {
        let Self {
            stream,
            caller,
            input,
            ..
        } = self;
        if !input.is_empty() {
            // The rest of a head has to come in time, also where an earlier read brought its beginning.
            caller.progress.has_read();
        }
        input.reserve(ROOM);
        let count = std::future::poll_fn(|context| {
            if input.is_empty() && caller.is_ending() {
                return Poll::Ready(Ok(0));
            }
            pin!(stream.read_buf(&mut *input)).poll(context)
        });
        Ok(count.await? > 0)
    }

    /// Writes an answer that is there.
    async fn tell(&mut self, prompt: Prompt, manner: Manner) -> io::Result<()> {
        let fields = prompt.fields.iter().map(|(name, value)| (name, value));
        self.begin(prompt.status, fields, manner);
        let length = HeaderValue::from(prompt.body.len());
        field(&mut self.output, &CONTENT_LENGTH, length.as_bytes());
        self.output.extend_from_slice(b"\r\n");
        let file = prompt.file.filter(|_| !manner.is_head);
        if let Some(file) = file
            && self.stream.send_file(&self.output, &file).await?
        {
            return Ok(());
        }
        let body = if manner.is_head {
            Bytes::new()
        } else {
            prompt.body
        };
        self.write(body).await
    }

    /// Has a request answered, and writes the answer; says whether that was the last one.
    async fn ask(
        &mut self,
        request: Request<Body>,
        manner: Manner,
        in_flight: &InFlight,
    ) -> io::Result<bool> {
        let response = answer(self.caller, request).await;
        let closes = manner.closes || self.caller.is_ending();
        let manner = Manner { closes, ..manner };
        self.hand_over(response, manner, in_flight).await?;
        Ok(closes)
    }

    async fn hand_over(
        &mut self,
        response: Response<Body>,
        manner: Manner,
        in_flight: &InFlight,
    ) -> io::Result<()> {
        let (parts, mut body) = response.into_parts();
        self.begin(parts.status, parts.headers.iter(), manner);
        let has_body = !manner.is_head
            && !matches!(
                parts.status,
                StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
            );
        let mut is_chunked = false;
        if has_body && !parts.headers.contains_key(CONTENT_LENGTH) {
            match body.size_hint().exact() {
                Some(length) => {
                    let length = HeaderValue::from(length);
                    field(&mut self.output, &CONTENT_LENGTH, length.as_bytes());
                }
                None => {
                    is_chunked = true;
                    field(&mut self.output, &TRANSFER_ENCODING, b"chunked");
                }
            }
        }
        self.output.extend_from_slice(b"\r\n");
        while has_body {
            let frame = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context));
            let Some(frame) = frame.await else { break };
            in_flight.moved();
            let frame = frame.map_err(Error::other)?;
            let data = frame.into_data().unwrap_or_default();
            if is_chunked && !data.is_empty() {
                self.output
                    .extend_from_slice(format!("{:x}\r\n", data.len()).as_bytes());
                self.write(data).await?;
                self.output.extend_from_slice(b"\r\n");
            } else {
                self.write(data).await?;
            }
        }
        if is_chunked {
            self.output.extend_from_slice(b"0\r\n\r\n");
        }
        self.write(Bytes::new()).await
    }

    /// Begins an answer's head.
    fn begin<'f>(
        &mut self,
        status: StatusCode,
        fields: impl Iterator<Item = (&'f HeaderName, &'f HeaderValue)>,
        manner: Manner,
    ) {
        let out = &mut self.output;
        out.clear();
        out.extend_from_slice(b"HTTP/1.1 ");
        out.extend_from_slice(status.as_str().as_bytes());
        out.push(b' ');
        out.extend_from_slice(status.canonical_reason().unwrap_or("").as_bytes());
        out.extend_from_slice(b"\r\n");
        let ours = [CONNECTION, DATE, TRANSFER_ENCODING];
        for (name, value) in fields.filter(|(name, _)| !ours.contains(name)) {
            field(out, name, value.as_bytes());
        }
        date::write(out);
        if manner.closes {
            field(out, &CONNECTION, b"close");
        }
    }

    /// Writes what is in `output`, and the data after it.
    async fn write(&mut self, data: Bytes) -> io::Result<()> {
        let mut all = bytes::Buf::chain(&self.output[..], data);
        if all.has_remaining() {
            self.stream.write_all_buf(&mut all).await?;
            self.stream.flush().await?;
        }
        self.output.clear();
        Ok(())
    }
}

fn field(out: &mut Vec<u8>, name: &HeaderName, value: &[u8]) {
    out.extend_from_slice(name.as_str().as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// The request as routes take it; none where it breaks a rule that only these have.
fn request(head: &Head<'_>) -> Option<Request<Body>> {
    let mut request = Request::new(Body::empty());
    if head.is_head() {
        *request.method_mut() = Method::HEAD;
    }
    *request.uri_mut() = head.target().parse().ok()?;
    let headers = request.headers_mut();
    headers.reserve(16);
    for (name, value) in head.fields() {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_bytes(value).ok()?);
    }
    Some(request)
}
