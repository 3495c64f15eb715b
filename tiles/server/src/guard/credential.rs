//! What a request shows, and what that opens.

use std::collections::BTreeSet;
use std::fmt;
use std::time::SystemTime;

use axum::http::header::{AUTHORIZATION, HeaderMap};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

use super::GuardOptions;
use super::signature::{SignedQuery, first_segment, is_shared};

/// A bearer token (RFC 6750), kept as its hash.
#[derive(Clone)]
pub struct Token {
    hash: [u8; 32],
    /// `None` opens every world, and the server's own pages (metrics).
    worlds: Option<BTreeSet<String>>,
}

impl Token {
    /// A token that opens everything.
    pub fn new(secret: &str) -> Self {
        Self {
            hash: hash(secret.as_bytes()),
            worlds: None,
        }
    }

    /// The same, for these worlds only.
    #[must_use]
    pub fn for_worlds(mut self, worlds: impl IntoIterator<Item = String>) -> Self {
        self.worlds = Some(worlds.into_iter().collect());
        self
    }

    fn opens(&self, path: &str) -> bool {
        let segment = first_segment(path);
        let worlds = self.worlds.as_ref();
        worlds.is_none_or(|worlds| is_shared(segment) || worlds.contains(segment))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Token");
        debug.field("worlds", &self.worlds).finish_non_exhaustive()
    }
}

/// By what a request was let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grant {
    /// Everybody may.
    Open,
    /// A token.
    Bearer,
    /// A signed URL.
    Signed,
}

/// Why a request was not let through, for its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum Refusal {
    #[error("this server asks for a token (Authorization: Bearer ...) or a signed URL")]
    Missing,
    #[error("the token is not known here")]
    UnknownToken,
    #[error("the token or signature is for another world")]
    OtherWorld,
    #[error("the URL's signature has expired; ask for a new one")]
    Expired,
    #[error("the URL's signature is not right; it must be used exactly as it was given")]
    BadSignature,
}

/// What the request's token or else its signature opens.
pub(super) fn grant(
    options: &GuardOptions,
    path: &str,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Grant, Refusal> {
    if let Some(token) = bearer(headers) {
        return by_token(&options.tokens, path, token);
    }
    let signed = query.and_then(SignedQuery::read);
    let Some(signed) = signed.filter(|_| !options.signing_keys.is_empty()) else {
        return Err(Refusal::Missing);
    };
    if !options.signing_keys.iter().any(|key| key.verifies(&signed)) {
        return Err(Refusal::BadSignature);
    }
    if signed.has_expired(SystemTime::now()) {
        return Err(Refusal::Expired);
    }
    let segment = first_segment(path);
    if segment == signed.world || is_shared(segment) {
        Ok(Grant::Signed)
    } else {
        Err(Refusal::OtherWorld)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked(7)?;
    scheme
        .eq_ignore_ascii_case(b"bearer ")
        .then_some(token.trim_ascii())
}

fn by_token(tokens: &[Token], path: &str, offered: &[u8]) -> Result<Grant, Refusal> {
    let offered = hash(offered);
    let mut found = None;
    // All are compared, in the same time whether equal or not.
    for token in tokens {
        if bool::from(token.hash.ct_eq(&offered)) {
            found = Some(token);
        }
    }
    match found {
        None => Err(Refusal::UnknownToken),
        Some(token) if token.opens(path) => Ok(Grant::Bearer),
        Some(_) => Err(Refusal::OtherWorld),
    }
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
