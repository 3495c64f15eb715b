//! Answers: status, headers, bytes; validators and ranges.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use gable_content::coding::Coding;
use hyper::body::Frame;

use super::value;
use crate::digest;
use crate::listen::{Prompt, TemporaryFile};

/// Fields of the most frequent answer: one allocation, of a size that allocators have at hand.
const USUAL_FIELDS: usize = 14;

/// An answer under construction.
#[derive(Debug)]
pub(super) struct Reply {
    status: StatusCode,
    /// Few, each once: a list is quicker than a map.
    fields: Vec<(HeaderName, HeaderValue)>,
    bytes: Bytes,
    /// The length is known although there are no bytes, or unknown.
    length: Length,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    OfBytes,
    Unknown,
}

impl Reply {
    pub(super) fn new(status: StatusCode) -> Self {
        Self {
            status,
            fields: Vec::with_capacity(USUAL_FIELDS),
            bytes: Bytes::new(),
            length: Length::OfBytes,
        }
    }

    /// Bytes of a media type.
    pub(super) fn bytes(bytes: Bytes, content_type: &'static str) -> Self {
        let mut reply = Self::new(StatusCode::OK);
        reply.bytes = bytes;
        reply.header(header::CONTENT_TYPE, content_type)
    }

    /// What went wrong, as text for people; not kept by anybody.
    pub(super) fn problem(status: StatusCode, text: &str) -> Self {
        let mut reply = Self::new(status);
        reply.bytes = Bytes::from(format!("error: {text}\n"));
        reply
            .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
            .header(header::CACHE_CONTROL, "no-store")
    }

    /// What a GET would answer, before its bytes are known.
    pub(super) fn unmade(content_type: &'static str) -> Self {
        let mut reply = Self::new(StatusCode::OK).header(header::CONTENT_TYPE, content_type);
        reply.length = Length::Unknown;
        reply
    }

    pub(super) fn header(mut self, name: HeaderName, text: &'static str) -> Self {
        self.set(name, HeaderValue::from_static(text));
        self
    }

    pub(super) fn text(mut self, name: HeaderName, text: &str) -> Self {
        self.set(name, value(text));
        self
    }

    fn set(&mut self, name: HeaderName, value: HeaderValue) {
        match self.fields.iter_mut().find(|(other, _)| *other == name) {
            Some((_, old)) => *old = value,
            None => self.fields.push((name, value)),
        }
    }

    fn get(&self, name: &HeaderName) -> Option<&HeaderValue> {
        let mut fields = self.fields.iter();
        fields
            .find(|(other, _)| other == name)
            .map(|(_, value)| value)
    }

    /// Says the coding; what is coded varies by what clients accept, coded or not.
    pub(super) fn coded(mut self, coding: Coding) -> Self {
        if coding != Coding::Identity {
            let name = HeaderValue::from_static(coding.name());
            self.set(header::CONTENT_ENCODING, name);
        }
        self.header(header::VARY, "accept-encoding")
    }

    /// The strong validator.
    pub(super) fn tagged(self, tag: &str) -> Self {
        self.text(header::ETAG, &format!("\"{tag}\""))
    }

    /// Never changes at this address.
    pub(super) fn forever(self) -> Self {
        self.header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
    }

    /// The response: 304 when the client has it, 206 when it wants a part, without bytes for HEAD.
    pub(super) fn finish(mut self, head_only: bool, asked: &HeaderMap) -> Response {
        if self.status == StatusCode::OK && self.is_known(asked) {
            self.status = StatusCode::NOT_MODIFIED;
            self.bytes = Bytes::new();
            self.length = Length::Unknown;
            self.fields.retain(|(name, _)| {
                *name != header::CONTENT_TYPE && *name != header::CONTENT_ENCODING
            });
        } else if self.has_validator() {
            self.set(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
            self.cut(asked);
        }
        if self.length == Length::OfBytes && self.status != StatusCode::NO_CONTENT {
            let length = HeaderValue::from(self.bytes.len());
            self.set(header::CONTENT_LENGTH, length);
        }
        if self.status == StatusCode::OK
            && !self.bytes.is_empty()
            && asked.contains_key(digest::WANT)
        {
            let digest = value(&digest::of(&self.bytes));
            self.set(digest::DIGEST, digest);
        }
        let body = if self.length == Length::Unknown && head_only {
            Body::new(Untold)
        } else if head_only || self.bytes.is_empty() {
            Body::empty()
        } else {
            Body::from(self.bytes)
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.reserve(self.fields.len() + COMMON.len());
        for (name, value) in self.fields.into_iter().chain(COMMON) {
            headers.insert(name, value);
        }
        response
    }

    /// The whole of an answer with a validator, for a client that asks for no part of it and does not have it.
    pub(super) fn prompt(mut self, file: Option<TemporaryFile>) -> Prompt {
        self.fields
            .push((header::ACCEPT_RANGES, HeaderValue::from_static("bytes")));
        self.fields.extend(COMMON);
        Prompt {
            status: self.status,
            fields: self.fields,
            body: self.bytes,
            file,
        }
    }

    fn has_validator(&self) -> bool {
        self.status == StatusCode::OK
            && self.length == Length::OfBytes
            && self.get(&header::ETAG).is_some()
    }

    /// Whether `If-None-Match` names this answer.
    fn is_known(&self, asked: &HeaderMap) -> bool {
        let tag = self.get(&header::ETAG);
        let tag = tag.and_then(|tag| tag.to_str().ok());
        tag.is_some_and(|tag| is_known(asked, tag))
    }

    /// Cuts to the part that is asked for: a single range (RFC 9110, section 14); others get the whole.
    fn cut(&mut self, asked: &HeaderMap) {
        let condition = asked.get(header::IF_RANGE);
        if condition.is_some_and(|tag| Some(tag) != self.get(&header::ETAG)) {
            return;
        }
        let text = asked
            .get(header::RANGE)
            .and_then(|value| value.to_str().ok());
        let Some(range) = text.and_then(|text| text.strip_prefix("bytes=")) else {
            return;
        };
        let length = self.bytes.len();
        match part(range, length) {
            Part::Whole => {}
            Part::Nothing => {
                self.status = StatusCode::RANGE_NOT_SATISFIABLE;
                self.bytes = Bytes::new();
                let text = format!("bytes */{length}");
                self.set(header::CONTENT_RANGE, value(&text));
            }
            Part::From(start, end) => {
                self.status = StatusCode::PARTIAL_CONTENT;
                self.bytes = self.bytes.slice(start..end);
                let text = format!("bytes {start}-{}/{length}", end - 1);
                self.set(header::CONTENT_RANGE, value(&text));
            }
        }
    }
}

/// A body that HEAD does not get, of a length that is not known: so nobody says that it is 0.
struct Untold;

impl HttpBody for Untold {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }
}

/// Whether `If-None-Match` names a validator (with its quotes).
pub(super) fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let lists = asked.get_all(header::IF_NONE_MATCH).iter();
    lists.filter_map(|list| list.to_str().ok()).any(|list| {
        let same = |part: &str| part == "*" || part.strip_prefix("W/").unwrap_or(part) == tag;
        list.split(',').map(str::trim).any(same)
    })
}

/// A part of so many bytes.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Nothing,
    /// From, and up to (without).
    From(usize, usize),
}

fn part(range: &str, length: usize) -> Part {
    let Some((first, last)) = range.trim().split_once('-') else {
        return Part::Whole;
    };
    let number = |text: &str| {
        text.parse::<usize>()
            .ok()
            .filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
    };
    match (number(first), number(last)) {
        (None, Some(0)) if first.is_empty() => Part::Nothing,
        (None, Some(count)) if first.is_empty() && length > 0 => {
            Part::From(length.saturating_sub(count), length)
        }
        (Some(first), _) if first >= length => Part::Nothing,
        (Some(first), None) if last.is_empty() => Part::From(first, length),
        (Some(first), Some(last)) if first <= last => Part::From(first, last.min(length - 1) + 1),
        _ => Part::Whole,
    }
}

/// Any page may use what is served here, see how long it took, and why.
const COMMON: [(HeaderName, HeaderValue); 5] = [
    (
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    ),
    (
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(
            "etag, server-timing, cache-status, content-location, link, gable-placement",
        ),
    ),
    (
        HeaderName::from_static("timing-allow-origin"),
        HeaderValue::from_static("*"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_as_the_standard_says() {
        assert_eq!(part("0-3", 10), Part::From(0, 4));
        assert_eq!(part("8-99", 10), Part::From(8, 10));
        assert_eq!(part("4-", 10), Part::From(4, 10));
        assert_eq!(part("4-18446744073709551615", 10), Part::From(4, 10));
        assert_eq!(part("-3", 10), Part::From(7, 10));
        assert_eq!(part("-99", 10), Part::From(0, 10));
        assert_eq!(
            (part("10-", 10), part("-0", 10)),
            (Part::Nothing, Part::Nothing)
        );
        for odd in ["3-2", "a-b", "1", "0-1,3-4", "--1", "99999999999999999999-"] {
            assert_eq!(part(odd, 10), Part::Whole, "{odd}");
        }
    }

    #[test]
    fn who_has_it_already_gets_no_bytes() {
        let reply = || Reply::bytes(Bytes::from_static(b"abc"), "text/plain").tagged("x1");
        let mut asked = HeaderMap::new();
        for (list, status) in [
            ("\"x1\"", 304),
            ("\"a\", W/\"x1\"", 304),
            ("*", 304),
            ("\"x2\"", 200),
        ] {
            asked.insert(header::IF_NONE_MATCH, HeaderValue::from_static(list));
            assert_eq!(reply().finish(false, &asked).status(), status, "{list}");
        }
    }
}
