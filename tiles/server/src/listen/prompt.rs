//! Answers that are there at once.

use std::net::IpAddr;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use bytes::Bytes;

use super::head::Head;
use super::temporary_file::TemporaryFile;

/// An answer that nothing need be waited for.
#[derive(Debug)]
pub struct Prompt {
    /// Its status, one that has a body.
    pub status: StatusCode,
    /// Its fields, without `Date`, `Content-Length` and `Connection`.
    pub fields: Vec<(HeaderName, HeaderValue)>,
    /// Its bytes; HEAD gets their number only.
    pub body: Bytes,
    /// The same bytes once more, if the system can send them by itself.
    pub file: Option<TemporaryFile>,
}

/// Answers some requests at once, by their heads alone. What answers none of them leaves all to
/// [`Answers`](super::Answers), and loses a few microseconds a request.
pub trait AtOnce {
    /// The answer to a request of `peer`; none for what has to be looked at more closely.
    fn at_once(&self, asked: &Head<'_>, peer: IpAddr) -> Option<Prompt> {
        let _ = (asked, peer);
        None
    }
}

impl AtOnce for axum::Router {}

impl<A: AtOnce, B: AtOnce> AtOnce for tower::util::Either<A, B> {
    fn at_once(&self, asked: &Head<'_>, peer: IpAddr) -> Option<Prompt> {
        match self {
            Self::Left(left) => left.at_once(asked, peer),
            Self::Right(right) => right.at_once(asked, peer),
        }
    }
}
