//! Offsets into text: bytes here, UTF-16 units in JavaScript.

/// Turns ascending byte offsets into UTF-16 offsets, reading the text once.
#[derive(Debug)]
pub(crate) struct Utf16<'a> {
    text: &'a str,
    byte: usize,
    unit: u32,
}

impl<'a> Utf16<'a> {
    /// Begins at the start of a text.
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            byte: 0,
            unit: 0,
        }
    }

    /// The UTF-16 offset of a byte; one inside a character is that of the character.
    pub(crate) fn of(&mut self, byte: usize) -> u32 {
        let byte = self.text.floor_char_boundary(byte);
        if byte < self.byte {
            *self = Self::new(self.text);
        }
        let between = &self.text[self.byte..byte];
        let units = between.chars().map(|c| c.len_utf16() as u32);
        self.unit += units.sum::<u32>();
        self.byte = byte;
        self.unit
    }
}

#[cfg(test)]
mod tests {
    use super::Utf16;

    #[test]
    fn characters_count_as_javascript_counts_them() {
        let text = "aü€😀z";
        let mut units = Utf16::new(text);
        let bytes = text.char_indices().map(|(byte, _)| byte);
        let found: Vec<u32> = bytes.map(|byte| units.of(byte)).collect();
        assert_eq!(found, [0, 1, 2, 3, 5]);
        assert_eq!(units.of(4), 2, "inside the third, going back");
        assert_eq!(units.of(1000), 6);
    }
}
