//! Texts and tables of texts, in the encodings of many years.

use gable_kernel::asset::Table;

use super::Defect;

/// Larger texts are refused: the kernel holds them whole.
const LARGEST_TEXT: usize = 16 << 20;
/// More cells in a row are refused.
const MOST_COLUMNS: usize = 10_000;

/// A text: UTF-8 or UTF-16 with or without byte order mark, else Windows-1252; lines end with `\n`, other control
/// characters but tabs become question marks.
pub(super) fn read(bytes: &[u8]) -> Result<String, Defect> {
    if bytes.len() > LARGEST_TEXT {
        return Err(Defect::new(
            format!(
                "the text has {} bytes, more than {LARGEST_TEXT}",
                bytes.len()
            ),
            "split it into several files",
        ));
    }
    let text = decoded(bytes).replace("\r\n", "\n").replace('\r', "\n");
    let shown = |c: char| match c {
        '\n' | '\t' => c,
        c if c.is_control() => '?',
        c => c,
    };
    Ok(text.chars().map(shown).collect())
}

fn decoded(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|it| unit([it[0], it[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        // Every second byte of a Western text is zero in UTF-16, none in the others.
        [1..=255, 0, 1..=255, 0, ..] => wide(bytes, u16::from_le_bytes),
        [0, 1..=255, 0, 1..=255, ..] => wide(bytes, u16::from_be_bytes),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => bytes.iter().copied().map(windows_1252).collect(),
            }
        }
    }
}

/// The character of a Windows-1252 byte; the five unused bytes keep their number.
fn windows_1252(byte: u8) -> char {
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    let place = byte.checked_sub(0x80).map(usize::from);
    let high = place.and_then(|place| HIGH.chars().nth(place));
    high.unwrap_or(char::from(byte))
}

/// A table: rows are lines, cells are parted by what parts most of the lines alike (semicolons, tabs, commas, or spaces
/// where there is none of these). Quotes keep what is between them together. Short rows are filled up.
pub(super) fn table(text: &str) -> Result<Table, Defect> {
    let first = [';', '\t', ','].map(|separator| rows(text, separator));
    let best = first.into_iter().rev().max_by_key(|rows| alike(rows));
    let rows = match best.filter(|rows| alike(rows) > 0) {
        Some(rows) => rows,
        None => rows(text, ' '),
    };
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    if columns > MOST_COLUMNS || columns.saturating_mul(rows.len()) > LARGEST_TEXT {
        return Err(Defect::new(
            format!("a row has {columns} cells"),
            "check what parts its cells and which quotes are open",
        ));
    }
    let filled = rows.into_iter().flat_map(|mut row| {
        row.resize(columns, String::new());
        row
    });
    Ok(Table {
        cells: filled.collect(),
        columns: u32::try_from(columns).unwrap_or_default(),
    })
}

/// How many rows have as many cells as the first one, if it has several.
fn alike(rows: &[Vec<String>]) -> usize {
    let cells = rows.first().map_or(0, Vec::len);
    let same = rows.iter().filter(|row| row.len() == cells);
    if cells > 1 { same.count() } else { 0 }
}

/// The rows of a table whose cells this character parts. Spaces around cells are not part of them.
fn rows(text: &str, separator: char) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let (mut row, mut cell) = (Vec::new(), String::new());
    let (mut is_open, mut was_quoted) = (false, false);
    let mut rest = text.chars().chain(['\n']).peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if is_open && rest.peek() == Some(&'"') => {
                rest.next();
                cell.push('"');
            }
            '"' if is_open => is_open = false,
            '"' if cell.trim().is_empty() && !was_quoted => {
                cell.clear();
                (is_open, was_quoted) = (true, true);
            }
            c if is_open && rest.peek().is_some() => cell.push(c),
            c if c == separator || c == '\n' => {
                let is_run = separator == ' ' && cell.is_empty() && !was_quoted;
                let done = std::mem::take(&mut cell);
                if !is_run {
                    let is_plain = !std::mem::take(&mut was_quoted);
                    row.push(if is_plain {
                        done.trim().to_owned()
                    } else {
                        done
                    });
                }
                if c == '\n' {
                    let is_blank = row.iter().all(String::is_empty) && row.len() < 2;
                    rows.extend(Some(std::mem::take(&mut row)).filter(|_| !is_blank));
                }
            }
            c if was_quoted && c.is_whitespace() => {}
            c => cell.push(c),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> (u32, Vec<String>) {
        let table = table(text).unwrap();
        (table.columns, table.cells)
    }

    #[test]
    fn encodings_are_told_apart() {
        let wide = |text: &str| {
            text.encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<_>>()
        };
        let expected = "Höhe;€\n2";
        for bytes in [
            expected.as_bytes().to_vec(),
            ["\u{feff}", expected].concat().into_bytes(),
            b"H\xf6he;\x80\r\n2".to_vec(),
            wide(expected),
            wide(&["\u{feff}", expected].concat()),
            expected.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ] {
            assert_eq!(read(&bytes).unwrap(), expected);
        }
        assert_eq!(read(b"a\x01b\rc\td").unwrap(), "a?b\nc\td");
        assert!(read(&vec![b'a'; LARGEST_TEXT + 1]).is_err());
    }

    #[test]
    fn tables_have_the_separator_that_parts_rows_alike() {
        assert_eq!(
            cells("a;b\n1,5;2,5\n"),
            (2, ["a", "b", "1,5", "2,5"].map(str::to_owned).to_vec())
        );
        assert_eq!(cells("a, b c\n\n d,e\n").1, ["a", "b c", "d", "e"]);
        assert_eq!(cells("a\tb\n1\t").1, ["a", "b", "1", ""]);
        assert_eq!(cells("a  b\n1 2").1, ["a", "b", "1", "2"]);
        assert_eq!(cells("a,b,c\nd").1, ["a", "b", "c", "d", "", ""]);
        assert_eq!(
            cells("one\ntwo"),
            (1, vec!["one".to_owned(), "two".to_owned()])
        );
        assert_eq!(cells(""), (0, Vec::new()));
    }

    #[test]
    fn quotes_keep_together() {
        let quoted = "name,text\n\"a,b\" ,\"say \"\"so\"\"\nor so\"\n c\"d, \"\"";
        assert_eq!(
            cells(quoted).1,
            ["name", "text", "a,b", "say \"so\"\nor so", "c\"d", ""]
        );
        assert_eq!(cells("a;b\n1;\"open").1, ["a", "b", "1", "open"]);
    }
}
