//! Numbers as CGA writes and reads them (measured on CityEngine's runtime).

/// At most 15 significant digits without trailing zeros; no point in whole numbers; exponents (at least two digits)
/// from 1e16 up and below 1e-6.
pub(crate) fn format(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_infinite() {
        return format!("{sign}inf");
    }
    if value == 0.0 {
        return format!("{sign}0");
    }
    let scientific = format!("{:.14e}", value.abs());
    let (mantissa, exponent) = scientific
        .split_once('e')
        .expect("Rust writes floats with an e when asked to");
    let exponent: i32 = exponent.parse().expect("Rust writes whole exponents");
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    if !(-6..16).contains(&exponent) {
        let rest = if digits.len() > 1 { &digits[1..] } else { "0" };
        let exponent_sign = if exponent < 0 { "-" } else { "" };
        return format!(
            "{sign}{}.{rest}e{exponent_sign}{:02}",
            &digits[..1],
            exponent.abs()
        );
    }
    if exponent < 0 {
        return format!(
            "{sign}0.{}{digits}",
            "0".repeat((-exponent - 1).unsigned_abs() as usize)
        );
    }
    let whole = exponent.unsigned_abs() as usize + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits}{}", "0".repeat(whole - digits.len()));
    }
    format!("{sign}{}.{}", &digits[..whole], &digits[whole..])
}

/// The number that a text begins with; NaN when it begins with none.
pub(crate) fn parse(text: &str) -> f64 {
    let text = text.trim_start();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    if unsigned.starts_with("inf") {
        return sign * f64::INFINITY;
    }
    let whole = digits(unsigned);
    let mut end = whole;
    if unsigned[whole..].starts_with('.') {
        end = whole + 1 + digits(&unsigned[whole + 1..]);
    }
    if end == 0 || &unsigned[..end] == "." {
        return f64::NAN;
    }
    if unsigned[end..].starts_with(['e', 'E']) {
        let exponent = &unsigned[end + 1..];
        let skip = usize::from(exponent.starts_with(['+', '-']));
        let length = digits(&exponent[skip..]);
        if length > 0 {
            end += 1 + skip + length;
        }
    }
    sign * unsigned[..end].parse::<f64>().unwrap_or(f64::NAN)
}

/// Number of leading decimal digits.
fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_measured() {
        let table = [
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.333333333333333"),
            (1e20, "1.0e20"),
            (1e-7, "1.0e-07"),
            (123_456_789.123, "123456789.123"),
            (1e15, "1000000000000000"),
            (1e16, "1.0e16"),
            (123_456.7, "123456.7"),
            (-0.0, "-0"),
            (f64::NAN, "nan"),
            (f64::INFINITY, "inf"),
            (2.0, "2"),
            (100_000.0, "100000"),
            (0.000_012_34, "0.00001234"),
            (100_000_000.5, "100000000.5"),
        ];
        for (value, text) in table {
            assert_eq!(format(value), text);
        }
    }

    #[test]
    fn more_numbers_are_written_by_the_same_rule() {
        let table = [
            (-1.5, "-1.5"),
            (0.0, "0"),
            (f64::NEG_INFINITY, "-inf"),
            (1.5e300, "1.5e300"),
            (-2.5e-10, "-2.5e-10"),
            (1e16, "1.0e16"),
            (0.999_999_999_999_999_9, "1"),
            (5e-324, "4.94065645841247e-324"),
        ];
        for (value, text) in table {
            assert_eq!(format(value), text);
        }
    }

    #[test]
    fn the_leading_number_is_read() {
        let table = [
            ("5+6", 5.0),
            (" -1.5e2x", -150.0),
            ("1e", 1.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("+3", 3.0),
            ("-inf", f64::NEG_INFINITY),
        ];
        for (text, value) in table {
            assert_eq!(parse(text), value, "{text}");
        }
        for text in ["", "abc", ".", "-", "e5", "é"] {
            assert!(parse(text).is_nan(), "{text}");
        }
    }
}
