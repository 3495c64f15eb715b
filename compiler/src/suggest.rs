//! "Did you mean": the known name nearest to an unknown one.

/// The nearest of `candidates`, when it is near enough to be a slip of the pen; ties go to the first.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let letters = name.chars().count();
    let limit = (letters / 3).clamp(usize::from(letters > 1), 3);
    let mut best = None;
    for candidate in candidates.take(10_000) {
        let distance = distance(name, candidate, limit);
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many letters differ, counting case as half a letter rounded down; more than `limit` as `limit + 1`.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    if a.eq_ignore_ascii_case(b) {
        return 0;
    }
    if a.len().abs_diff(b.len()) > limit || a.len() > 200 {
        return limit + 1;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_its_name_and_nonsense_none() {
        let names = ["extrude", "offset", "roofHip", "t"];
        assert_eq!(nearest("extrde", names.into_iter()), Some("extrude"));
        assert_eq!(nearest("Extrude", names.into_iter()), Some("extrude"));
        assert_eq!(nearest("roofhip", names.into_iter()), Some("roofHip"));
        assert_eq!(nearest("banana", names.into_iter()), None);
        assert_eq!(nearest("x", names.into_iter()), None);
    }
}
