//! Places in the text, packed: almost all of them are never looked up.

use super::format::{put_number, put_signed, take_number, take_signed};

/// A place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Site {
    /// Number in the manifest's sources.
    pub source: u32,
    /// Line from 1.
    pub line: u32,
    /// Column from 1, in characters.
    pub column: u32,
}

/// A list of places, read anew at each look.
///
/// A place is two signed numbers in one and a column: twice the difference of the line to that of the place before, plus
/// one where a signed difference of the source follows; then the column. Usually that is two bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sites {
    bytes: Vec<u8>,
}

impl Sites {
    /// Places from their bytes; what cannot be read ends the list.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec(),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The places in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = Site> {
        let (mut rest, mut last) = (&self.bytes[..], Site::default());
        std::iter::from_fn(move || {
            last = next(&mut rest, last)?;
            Some(last)
        })
    }

    /// The place of a number; takes as long as there are places before it.
    pub fn get(&self, number: u32) -> Option<Site> {
        self.iter().nth(number as usize)
    }
}

fn next(rest: &mut &[u8], last: Site) -> Option<Site> {
    let head = take_signed(rest)?;
    let source_step = if head & 1 == 0 { 0 } else { take_signed(rest)? };
    Some(Site {
        source: step(last.source, source_step)?,
        line: step(last.line, head >> 1)?,
        column: u32::try_from(take_number(rest)?).ok()?,
    })
}

fn step(from: u32, by: i64) -> Option<u32> {
    u32::try_from(i64::from(from).checked_add(by)?).ok()
}

impl FromIterator<Site> for Sites {
    fn from_iter<I: IntoIterator<Item = Site>>(sites: I) -> Self {
        let (mut bytes, mut last) = (Vec::new(), Site::default());
        for site in sites {
            let lines = i64::from(site.line) - i64::from(last.line);
            let sources = i64::from(site.source) - i64::from(last.source);
            put_signed(&mut bytes, lines * 2 + i64::from(sources != 0));
            if sources != 0 {
                put_signed(&mut bytes, sources);
            }
            put_number(&mut bytes, u64::from(site.column));
            last = site;
        }
        Self { bytes }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_survive_packing(places in proptest::collection::vec((0..3_u32, any::<u32>(), any::<u32>()), 0..20)) {
            let places: Vec<Site> =
                places.into_iter().map(|(source, line, column)| Site { source, line, column }).collect();
            let sites: Sites = places.iter().copied().collect();
            prop_assert_eq!(sites.iter().collect::<Vec<_>>(), places.clone());
            prop_assert_eq!(sites.get(19), places.get(19).copied());
        }

        #[test]
        fn any_bytes_are_a_list_that_ends(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            prop_assert!(Sites::from_bytes(&bytes).iter().count() <= bytes.len());
        }
    }

    #[test]
    fn neighbouring_places_take_two_bytes() {
        let places = (1..=100).map(|line| Site {
            source: 0,
            line,
            column: 9,
        });
        assert_eq!(places.collect::<Sites>().bytes().len(), 200);
    }
}
