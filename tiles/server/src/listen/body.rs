//! Bodies: of requests, bounded; of answers, counted.

use std::io::{Error, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

use super::ConnectionLimits;
use super::progress::InFlight;

/// A request's body as a router takes it; one without bytes costs nothing.
pub(super) fn bounded(incoming: Incoming, limits: &ConnectionLimits) -> Body {
    if incoming.is_end_stream() {
        return Body::empty();
    }
    Body::new(Bounded {
        incoming,
        left: limits.body_bytes,
        deadline: Box::pin(sleep(limits.body_time)),
    })
}

/// A body that fails beyond a number of bytes or a time.
struct Bounded {
    incoming: Incoming,
    left: u64,
    deadline: Pin<Box<Sleep>>,
}

impl HttpBody for Bounded {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = Pin::new(&mut self.incoming).poll_frame(context);
        if frame.is_pending() {
            ready!(self.deadline.as_mut().poll(context));
            let late = Error::new(ErrorKind::TimedOut, "the request's body took too long");
            return Poll::Ready(Some(Err(late.into())));
        }
        let Some(frame) = ready!(frame).transpose()? else {
            return Poll::Ready(None);
        };
        let length = frame.data_ref().map_or(0, |data| data.len() as u64);
        let Some(left) = self.left.checked_sub(length) else {
            let large = Error::new(ErrorKind::FileTooLarge, "the request's body is too large");
            return Poll::Ready(Some(Err(large.into())));
        };
        self.left = left;
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// An answer's body, with its place among the requests in flight.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) body: Body,
    pub(super) in_flight: InFlight,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if frame.is_ready() {
            self.in_flight.moved();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
