//! Rows of 32-bit words, each different one once, as far as equal ones come close together.

use super::table::{Window, hash_words};

/// The most words of a row: position, normal, tangent, five sets of texture coordinates, feature.
const MAX_WIDTH: usize = 3 + 3 + 4 + 2 * 5 + 1;

/// Rows of one width.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    words: Vec<u32>,
    /// Number of rows; limits keep it far below 2^32.
    pub(crate) count: u32,
    window: Window,
}

impl Rows {
    /// Room for more words.
    pub(crate) fn reserve(&mut self, words: usize) {
        self.words.reserve(words);
    }

    /// All rows so far and their number; the next ones are counted from 0.
    pub(crate) fn take(&mut self) -> (Vec<u32>, u32) {
        self.window.forget();
        (
            std::mem::take(&mut self.words),
            std::mem::take(&mut self.count),
        )
    }

    /// The number of a row: of an equal one that came recently, else of a new one.
    pub(crate) fn share(&mut self, row: &Row) -> u32 {
        // The usual widths, known when this is compiled: without, with texture coordinates; the same with a feature.
        match row.width {
            6 => self.share_row::<6>(row),
            7 => self.share_row::<7>(row),
            8 => self.share_row::<8>(row),
            9 => self.share_row::<9>(row),
            _ => self.share_row::<MAX_WIDTH>(row),
        }
    }

    /// [`Self::share`], where a row has `WIDTH` words, or any number of them when that is the most.
    fn share_row<const WIDTH: usize>(&mut self, row: &Row) -> u32 {
        let width = if WIDTH == MAX_WIDTH { row.width } else { WIDTH };
        let row = &row.words[..width];
        let slot = self.window.slot(hash_words(row));
        let start = *slot as usize * width;
        let known = self.words.get(start..start + width);
        // Word by word: a call to compare memory costs more than these few words.
        let differs = |known: &[u32]| known.iter().zip(row).fold(0, |all, (a, b)| all | (a ^ b));
        if known.is_some_and(|known| differs(known) == 0) {
            return *slot;
        }
        *slot = self.count;
        self.count += 1;
        // By fours, since a call to copy memory costs more too.
        let (fours, rest) = row.as_chunks::<4>();
        for four in fours {
            self.words.extend_from_slice(four);
        }
        for &word in rest {
            self.words.push(word);
        }
        *slot
    }
}

/// A row under construction.
#[derive(Debug, Default)]
pub(crate) struct Row {
    words: [u32; MAX_WIDTH],
    width: usize,
}

impl Row {
    /// Begins another one.
    pub(crate) fn clear(&mut self) {
        self.width = 0;
    }

    /// Appends words.
    pub(crate) fn put<const N: usize>(&mut self, words: [u32; N]) {
        self.words[self.width..self.width + N].copy_from_slice(&words);
        self.width += N;
    }
}
