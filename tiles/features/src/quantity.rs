//! Lengths as people write them in map data.

/// Metres in a foot.
const FOOT: f64 = 0.3048;

/// Reads a length in metres, or a bare count.
///
/// Understands `12`, `12.5`, `12,5`, `12 m`, `12m`, `1200 cm`, `0.1 km`, `40'`, `40 ft`, `5'6"`, and
/// lists (`3;4`), of which the greatest counts. Nothing for anything else.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let parts: Option<Vec<f64>> = text.split(';').map(|part| single(part.trim())).collect();
    parts?.into_iter().reduce(f64::max)
}

fn single(text: &str) -> Option<f64> {
    if let Some((feet, inches)) = text.split_once('\'') {
        let inches = inches
            .trim()
            .trim_end_matches('"')
            .trim_end_matches("''")
            .trim();
        let inches = if inches.is_empty() {
            0.0
        } else {
            number(inches)?
        };
        return Some((number(feet)? + inches / 12.0) * FOOT);
    }
    let end = text
        .find(|c: char| c.is_alphabetic() && c != 'e' && c != 'E')
        .unwrap_or(text.len());
    let (value, unit) = text.split_at(end);
    let metres = match unit.trim().to_ascii_lowercase().trim_end_matches('.') {
        "" | "m" | "meter" | "meters" | "metre" | "metres" => 1.0,
        "cm" => 0.01,
        "mm" => 0.001,
        "km" => 1000.0,
        "ft" | "foot" | "feet" => FOOT,
        "in" | "inch" | "inches" => FOOT / 12.0,
        "yd" => 3.0 * FOOT,
        "mi" => 1609.344,
        _ => return None,
    };
    Some(number(value)? * metres)
}

/// A finite decimal number; a comma may stand for the point.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    // `inf` and `nan` are numbers to Rust, not to us.
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | 'e' | 'E');
    if !text.chars().all(plain) {
        return None;
    }
    let text = if text.contains('.') {
        text.to_owned()
    } else {
        text.replacen(',', ".", 1)
    };
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_in_the_units_that_people_use() {
        let cases = [
            ("12", 12.0),
            (" 12.5 ", 12.5),
            ("12,5", 12.5),
            ("12 m", 12.0),
            ("12m", 12.0),
            ("12 Metres", 12.0),
            ("1200 cm", 12.0),
            ("0.1 km", 100.0),
            ("40'", 12.192),
            ("40 ft", 12.192),
            ("5'6\"", 1.6764),
            ("-1", -1.0),
            ("1e2", 100.0),
            ("3;4", 4.0),
        ];
        for (text, metres) in cases {
            let found = parse(text);
            assert!(
                found.is_some_and(|value| (value - metres).abs() < 1e-9),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn what_is_no_length_is_refused() {
        for text in [
            "",
            "tall",
            "12 storeys",
            "NaN",
            "inf",
            "1e999",
            "3-4",
            "~12",
            "'",
            "3;x",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
