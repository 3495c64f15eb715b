//! Answers that say why there is no answer (RFC 9457).

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use axum::http::{HeaderValue, Response, StatusCode};

use super::credential::Refusal;

/// A status, its cause and the cure.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    authenticate: Option<&'static str>,
}

impl Problem {
    /// The handler took longer than `time`.
    pub(super) fn late(time: Duration) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            detail: format!("the answer took longer than {time:?}; try again later"),
            authenticate: None,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        // A challenge only where another token would help (RFC 6750, section 3).
        let (status, authenticate) = match refusal {
            Refusal::Missing => (StatusCode::UNAUTHORIZED, Some("Bearer realm=\"gable\"")),
            Refusal::UnknownToken => {
                let challenge = "Bearer realm=\"gable\", error=\"invalid_token\"";
                (StatusCode::UNAUTHORIZED, Some(challenge))
            }
            Refusal::OtherWorld => {
                let challenge = "Bearer realm=\"gable\", error=\"insufficient_scope\"";
                (StatusCode::FORBIDDEN, Some(challenge))
            }
            Refusal::Expired | Refusal::BadSignature => (StatusCode::FORBIDDEN, None),
        };
        Self {
            status,
            detail: refusal.to_string(),
            authenticate,
        }
    }
}

impl From<Problem> for Response<Body> {
    fn from(problem: Problem) -> Self {
        let body = serde_json::json!({
            "title": problem.status.canonical_reason().unwrap_or_default(),
            "status": problem.status.as_u16(),
            "detail": problem.detail,
        });
        let body = body.to_string();
        let length = HeaderValue::from(body.len());
        let mut response = Self::new(Body::from(body));
        *response.status_mut() = problem.status;
        let headers = response.headers_mut();
        let mut say = |name, value| headers.insert(name, HeaderValue::from_static(value));
        say(CONTENT_TYPE, "application/problem+json");
        say(CACHE_CONTROL, "no-store");
        // Pages of other origins shall be able to read why.
        say(ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        if let Some(challenge) = problem.authenticate {
            say(WWW_AUTHENTICATE, challenge);
        }
        if problem.status == StatusCode::SERVICE_UNAVAILABLE {
            say(RETRY_AFTER, "5");
        }
        headers.insert(CONTENT_LENGTH, length);
        response
    }
}
