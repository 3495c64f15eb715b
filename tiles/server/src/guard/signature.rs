//! URLs that open a world for a while.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use thiserror::Error;

/// Bytes that a key must have at least.
const SHORTEST_KEY: usize = 16;

/// A secret whose HMAC-SHA256 signs URLs.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningKey(..)")
    }
}

/// Why a key or a URL could not be used for signing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SignError {
    /// A secret so short can be guessed.
    #[error(
        "a signing key needs at least {SHORTEST_KEY} bytes, this one has {0}; `openssl rand -hex 32` makes one"
    )]
    ShortKey(usize),
    /// The URL names no world.
    #[error("{0:?} does not begin with a world's name, as /WORLD/tileset.json does")]
    NoWorld(String),
    /// The URL has a signature already.
    #[error("{0:?} is signed already")]
    Signed(String),
}

impl SigningKey {
    /// A key of these bytes.
    ///
    /// # Errors
    /// There are fewer than 16.
    pub fn new(secret: &[u8]) -> Result<Self, SignError> {
        let mac = Hmac::new_from_slice(secret).ok();
        let mac = mac.filter(|_| secret.len() >= SHORTEST_KEY);
        mac.map(Self).ok_or(SignError::ShortKey(secret.len()))
    }

    /// `url` with a query that opens its world until `expires`. `url` may be a path alone.
    ///
    /// # Errors
    /// `url` names no world, or has a signature.
    pub fn sign(&self, url: &str, expires: SystemTime) -> Result<String, SignError> {
        let path_at = match url.find("://") {
            Some(scheme) => url[scheme + 3..].find('/').map(|slash| scheme + 3 + slash),
            None => url.starts_with('/').then_some(0),
        };
        let no_world = || SignError::NoWorld(url.to_owned());
        let path = &url[path_at.ok_or_else(no_world)?..];
        let path = path.split('#').next().unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let world = first_segment(path);
        if world.is_empty() || is_shared(world) {
            return Err(no_world());
        }
        if SignedQuery::read(query).is_some() {
            return Err(SignError::Signed(url.to_owned()));
        }
        let expires = unix_seconds(expires);
        let mut signature = String::with_capacity(64);
        for byte in self.mac(world, expires).finalize().into_bytes() {
            signature.push_str(&format!("{byte:02x}"));
        }
        let (before, fragment) = url.split_once('#').unwrap_or((url, ""));
        let joint = if before.contains('?') { '&' } else { '?' };
        let hash = if fragment.is_empty() { "" } else { "#" };
        Ok(format!(
            "{before}{joint}world={world}&expires={expires}&signature={signature}{hash}{fragment}"
        ))
    }

    /// Whether `query` is signed with this key; takes the same time for any signature.
    pub(super) fn verifies(&self, query: &SignedQuery<'_>) -> bool {
        let mut signature = [0; 32];
        for (index, byte) in signature.iter_mut().enumerate() {
            let digits = query.signature.get(2 * index..2 * index + 2);
            let digits =
                digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
            let value = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            let Some(value) = value else { return false };
            *byte = value;
        }
        let has_all = query.signature.len() == 64;
        has_all
            && self
                .mac(query.world, query.expires)
                .verify_slice(&signature)
                .is_ok()
    }

    fn mac(&self, world: &str, expires: u64) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        // No world's name has a line break, so that no two pairs read alike.
        for part in ["gable url 1\n", world, "\n", &expires.to_string()] {
            mac.update(part.as_bytes());
        }
        mac
    }
}

/// The parts of a query that sign it.
#[derive(Clone, Copy, Debug)]
pub(super) struct SignedQuery<'a> {
    pub(super) world: &'a str,
    /// Seconds since 1970.
    pub(super) expires: u64,
    signature: &'a str,
}

impl<'a> SignedQuery<'a> {
    /// `None` if a part is missing, or there twice, so that nothing is read in two ways.
    pub(super) fn read(query: &'a str) -> Option<Self> {
        let (mut world, mut expires, mut signature) = (None, None, None);
        for pair in query.split('&') {
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            let part = match name {
                "world" => &mut world,
                "expires" => &mut expires,
                "signature" => &mut signature,
                _ => continue,
            };
            if part.replace(value).is_some() {
                return None;
            }
        }
        Some(Self {
            world: world?,
            expires: expires?.parse().ok()?,
            signature: signature?,
        })
    }

    pub(super) fn has_expired(&self, now: SystemTime) -> bool {
        unix_seconds(now) >= self.expires
    }
}

fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_secs()
}

/// The name between a path's first two slashes.
pub(super) fn first_segment(path: &str) -> &str {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split('/').next().unwrap_or_default()
}

/// Whether a path's first segment is that of what all worlds share, named by its hash.
pub(super) fn is_shared(segment: &str) -> bool {
    matches!(segment, "modules" | "assets")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::new(b"0123456789abcdef").unwrap()
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_signed_url_carries_what_is_needed_to_check_it() {
        let signed = key()
            .sign("https://tiles.example/city/tileset.json?v=1#top", at(99))
            .unwrap();
        let (before, fragment) = signed.split_once('#').unwrap();
        let (path, query) = before.split_once('?').unwrap();
        assert_eq!(
            (path, fragment),
            ("https://tiles.example/city/tileset.json", "top")
        );
        assert!(query.starts_with("v=1&world=city&expires=99&signature="));
        let query = SignedQuery::read(query).unwrap();
        assert!(key().verifies(&query));
        assert!(!query.has_expired(at(98)) && query.has_expired(at(99)));
        assert!(
            !SigningKey::new(b"0123456789abcdeF")
                .unwrap()
                .verifies(&query)
        );
    }

    #[test]
    fn any_change_makes_a_signature_false() {
        let signed = key().sign("/city/tileset.json", at(99)).unwrap();
        let query = signed.split_once('?').unwrap().1;
        for (from, to) in [
            ("city", "cita"),
            ("=99", "=100"),
            ("signature=", "signature=0"),
            ("signature=", "signature=+"),
        ] {
            let changed = query.replace(from, to);
            assert!(
                !SignedQuery::read(&changed).is_some_and(|query| key().verifies(&query)),
                "{changed}"
            );
        }
        let cut = &query[..query.len() - 1];
        assert!(!key().verifies(&SignedQuery::read(cut).unwrap()));
        assert!(SignedQuery::read(&format!("{query}&world=other")).is_none());
    }

    #[test]
    fn what_cannot_be_signed_is_said() {
        assert_eq!(
            SigningKey::new(b"short").unwrap_err(),
            SignError::ShortKey(5)
        );
        for url in [
            "",
            "/",
            "city/tileset.json",
            "https://tiles.example",
            "/modules/x.wasm",
        ] {
            assert_eq!(
                key().sign(url, at(9)),
                Err(SignError::NoWorld(url.to_owned()))
            );
        }
        let signed = key().sign("/city/tileset.json", at(9)).unwrap();
        assert_eq!(key().sign(&signed, at(9)), Err(SignError::Signed(signed)));
    }
}
