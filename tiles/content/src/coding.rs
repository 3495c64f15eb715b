//! Content codings of HTTP (RFC 9110, section 8.4.1): which one a client gets, done and undone.

use std::io::{Read as _, Write as _};

use crate::meshopt::Goal;

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Coding {
    /// The bytes as they are.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

/// How long to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// While a client waits: gzip 6, brotli 5, zstd 9.
    Fast,
    /// Once, for what is sent often: gzip 9, brotli 11, zstd 19.
    Best,
}

/// Why bytes cannot be decoded.
#[derive(Debug, thiserror::Error)]
pub enum CodingError {
    /// They are damaged or of another coding.
    #[error("the bytes are no {coding}: {cause}", coding = .coding.name())]
    Damaged {
        /// What they should be.
        coding: Coding,
        /// What the decoder says.
        cause: std::io::Error,
    },
    /// They stand for more than allowed.
    #[error("decoded, there are more than {0} bytes")]
    TooLarge(usize),
}

/// Bodies below this many bytes are sent as they are: headers and frames outweigh what is gained.
const LEAST_BYTES: usize = 200;
/// The largest window that a client of HTTP must support for zstd is 8 MB (RFC 9659).
const ZSTD_WINDOW_LOG: u32 = 23;
/// The window of brotli without an extension: 16 MB at most; 4 MB serve content as well.
const BROTLI_WINDOW_LOG: i32 = 22;
const BUFFER_BYTES: usize = 1 << 14;

impl Coding {
    /// Those that change bytes, the one first that we prefer when a client does not care: on packed meshes brotli is
    /// smallest in both qualities, and zstd is as small as gzip and faster.
    const PREFERRED: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// The name in `Content-Encoding`; `identity` is not sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// The coding of a name, in any case; none for others.
    pub fn from_name(name: &str) -> Option<Self> {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if is("x-gzip") {
            return Some(Self::Gzip);
        }
        let all = [Self::Identity, Self::Gzip, Self::Brotli, Self::Zstd];
        all.into_iter().find(|coding| is(coding.name()))
    }
}

/// The coding for a client that sent this `Accept-Encoding`: the one that it weighs most, and of those the one that we
/// prefer. Without the header the bytes go as they are. Entries that cannot be read count for nothing. A client that
/// refuses everything gets the bytes as they are, as RFC 9110 (section 12.5.3) advises.
pub fn negotiate(accept_encoding: Option<&str>) -> Coding {
    let entries: Vec<(&str, u16)> = accept_encoding
        .unwrap_or("")
        .split(',')
        .filter_map(entry)
        .collect();
    let weight = |wanted: &dyn Fn(&str) -> bool| {
        entries
            .iter()
            .find(|(name, _)| wanted(name))
            .map(|&(_, weight)| weight)
    };
    let weight_of = |coding: Coding| weight(&|name| Coding::from_name(name) == Some(coding));
    // `*` is whatever is not named; identity needs no name, and then comes after all that has a weight.
    let others = weight(&|name| name == "*").unwrap_or(0);
    let mut best = (Coding::Identity, weight_of(Coding::Identity).unwrap_or(0));
    for coding in Coding::PREFERRED.into_iter().rev() {
        let weight = weight_of(coding).unwrap_or(others);
        if weight > 0 && weight >= best.1 {
            best = (coding, weight);
        }
    }
    best.0
}

/// A name and its weight in thousandths.
fn entry(text: &str) -> Option<(&str, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    Some((name, weight.map_or(Some(1000), thousandths)?))
}

fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !matches!(whole, "0" | "1") || fraction.len() > 3 || !digits(fraction) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    let weight = 1000 * u16::from(whole == "1") + fraction;
    (weight <= 1000).then_some(weight)
}

/// Whether a body of a media type and length gets smaller by coding: not images that are packed already, nor archives,
/// nor a few bytes.
pub fn is_worth_coding(content_type: &str, length: usize) -> bool {
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    let known = [
        "model/gltf-binary",
        "application/wasm",
        "application/json",
        "application/javascript",
        "application/octet-stream",
        "application/vnd.gable.recipe",
    ];
    let text =
        essence.starts_with("text/") || essence.ends_with("+json") || essence.ends_with("+xml");
    length >= LEAST_BYTES && (text || known.contains(&essence.as_str()))
}

/// The bytes in a coding. The same input gives the same bytes on every machine.
///
/// # Panics
/// Never: writing to memory does not fail.
pub fn encode(coding: Coding, quality: Quality, bytes: &[u8]) -> Vec<u8> {
    let best = quality == Quality::Best;
    match coding {
        Coding::Identity => bytes.to_vec(),
        Coding::Gzip => {
            let level = flate2::Compression::new(if best { 9 } else { 6 });
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), level);
            writer.write_all(bytes).expect("memory takes it");
            writer.finish().expect("memory takes it")
        }
        Coding::Brotli => {
            let params = brotli::enc::BrotliEncoderParams {
                quality: if best { 11 } else { 5 },
                lgwin: BROTLI_WINDOW_LOG,
                size_hint: bytes.len(),
                ..Default::default()
            };
            let mut writer =
                brotli::CompressorWriter::with_params(Vec::new(), BUFFER_BYTES, &params);
            writer.write_all(bytes).expect("memory takes it");
            writer.into_inner()
        }
        Coding::Zstd => {
            zstd::bulk::compress(bytes, if best { 19 } else { 9 }).expect("memory takes it")
        }
    }
}

/// The bytes that a coding stands for, `limit` of them at most.
///
/// # Errors
/// [`CodingError`] when the bytes are damaged or stand for more.
pub fn decode(coding: Coding, bytes: &[u8], limit: usize) -> Result<Vec<u8>, CodingError> {
    let mut out = Vec::new();
    let most = (limit as u64).saturating_add(1);
    let read = match coding {
        Coding::Identity => bytes.take(most).read_to_end(&mut out),
        Coding::Gzip => flate2::read::MultiGzDecoder::new(bytes)
            .take(most)
            .read_to_end(&mut out),
        Coding::Brotli => brotli::Decompressor::new(bytes, BUFFER_BYTES)
            .take(most)
            .read_to_end(&mut out),
        Coding::Zstd => zstd::stream::read::Decoder::with_buffer(bytes).and_then(|mut decoder| {
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            decoder.take(most).read_to_end(&mut out)
        }),
    };
    read.map_err(|cause| CodingError::Damaged { coding, cause })?;
    if out.len() > limit {
        return Err(CodingError::TooLarge(limit));
    }
    Ok(out)
}

/// Packing for content that will be coded. Zstd stands for all codings: it is the fastest, and they agree on what is
/// worth packing.
#[must_use]
pub fn goal() -> Goal {
    Goal::Coded(|bytes| encode(Coding::Zstd, Quality::Fast, bytes).len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Coding; 4] = [Coding::Identity, Coding::Gzip, Coding::Brotli, Coding::Zstd];

    #[test]
    fn clients_get_what_they_weigh_most() {
        use Coding::{Brotli, Gzip, Identity, Zstd};
        for (header, expected) in [
            ("", Identity),
            ("gzip, deflate, br, zstd", Brotli),
            ("gzip, deflate", Gzip),
            ("GZIP;q=1.0, zstd;q=1", Zstd),
            ("gzip;q=1.0, br;q=0.9", Gzip),
            ("x-gzip", Gzip),
            ("*", Brotli),
            ("br;q=0, *", Zstd),
            ("*;q=0", Identity),
            ("identity;q=0", Identity),
            ("identity;q=0, gzip;q=0.001", Gzip),
            ("identity, gzip;q=0.5", Identity),
            ("identity;q=0.5, gzip;q=0.5", Gzip),
            ("compress, deflate", Identity),
            ("br;q=2, gzip;q=0.1234, zstd;q=x", Identity),
            ("br ; q=0.7 , gzip ; q=0.8", Gzip),
            (",,;q=1,\u{fffd}", Identity),
        ] {
            assert_eq!(negotiate(Some(header)), expected, "{header}");
        }
        assert_eq!(negotiate(None), Identity);
    }

    #[test]
    fn what_is_packed_already_or_short_is_left_alone() {
        assert!(is_worth_coding("model/gltf-binary", 5000));
        assert!(is_worth_coding("application/json; charset=utf-8", 5000));
        assert!(is_worth_coding("application/wasm", 5000));
        assert!(is_worth_coding("image/svg+xml", 5000));
        assert!(!is_worth_coding("image/png", 5000));
        assert!(!is_worth_coding(
            "application/vnd.maxar.archive.3tz+zip",
            5000
        ));
        assert!(!is_worth_coding("application/json", 199));
    }

    #[test]
    fn a_bomb_ends_in_an_error() {
        let zeros = vec![0; 10_000_000];
        for coding in ALL {
            let packed = encode(coding, Quality::Fast, &zeros);
            assert!(
                matches!(
                    decode(coding, &packed, 1 << 20),
                    Err(CodingError::TooLarge(_))
                ),
                "{coding:?}"
            );
            assert_eq!(decode(coding, &packed, zeros.len()).unwrap(), zeros);
        }
    }

    proptest! {
        #[test]
        fn what_is_coded_is_decoded(bytes in prop::collection::vec(0..7_u8, 0..3000), best: bool) {
            let quality = if best { Quality::Best } else { Quality::Fast };
            for coding in ALL {
                let packed = encode(coding, quality, &bytes);
                prop_assert_eq!(decode(coding, &packed, 3000).unwrap(), &bytes[..]);
                prop_assert_eq!(&encode(coding, quality, &bytes), &packed);
            }
        }

        #[test]
        fn hostile_bytes_are_an_error_and_no_panic(
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        ) {
            for coding in ALL {
                let mut packed = encode(coding, Quality::Fast, &b"walls and roofs ".repeat(20));
                for (place, byte) in &damage {
                    let place = place.index(packed.len());
                    packed[place] = *byte;
                }
                if let Ok(out) = decode(coding, &packed, 10_000) {
                    prop_assert!(out.len() <= 10_000);
                }
            }
        }

        #[test]
        fn any_header_gives_a_coding(header in ".{0,60}", weights in "((br|gzip|zstd|\\*|identity)(;q=[0-9.]{0,5})?,){0,5}") {
            let _ = negotiate(Some(&header)).name();
            let coding = negotiate(Some(&weights));
            prop_assert!(coding == Coding::Identity || weights.contains(coding.name()) || weights.contains('*'));
        }
    }
}
