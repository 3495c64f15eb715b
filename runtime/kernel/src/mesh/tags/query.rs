//! Queries of tags: subtags between dots, where `?` stands for one subtag and `*` for one or more.

/// Whether a query names a tag or the beginning of one: `Facade` also means `Facade.Front`.
pub(crate) fn matches(query: &str, tag: &str) -> bool {
    let query: Vec<&str> = query.split('.').collect();
    let tag: Vec<&str> = tag.split('.').collect();
    let (mut at_query, mut at_tag) = (0, 0);
    // The last `*`, and how many subtags it and what is before it stand for.
    let mut star: Option<(usize, usize)> = None;
    while at_query < query.len() {
        let subtag = tag.get(at_tag);
        let fits =
            subtag.is_some_and(|subtag| query[at_query] == "?" || query[at_query] == *subtag);
        match (query[at_query], star) {
            ("*", _) if subtag.is_some() => {
                star = Some((at_query, at_tag + 1));
                (at_query, at_tag) = (at_query + 1, at_tag + 1);
            }
            _ if fits => (at_query, at_tag) = (at_query + 1, at_tag + 1),
            (_, Some((place, taken))) if subtag.is_some() => {
                star = Some((place, taken + 1));
                (at_query, at_tag) = (place + 1, taken + 1);
            }
            _ => return false,
        }
    }
    true
}

/// A tag as it is kept: without what has a meaning in queries.
pub(crate) fn without_wildcards(name: &str) -> String {
    name.replace(['?', '*'], "")
}

#[cfg(test)]
mod tests {
    use super::{matches, without_wildcards};

    #[test]
    fn a_query_names_a_tag_or_its_beginning() {
        for (query, tag, expected) in [
            ("Facade", "Facade", true),
            ("Facade", "Facade.Front", true),
            ("Facade", "Facade.TypeA.Side.Left", true),
            ("Facade", "Facades", false),
            ("Facade.Front", "Facade", false),
            ("facade", "Facade", false),
            ("", "Facade", false),
        ] {
            assert_eq!(matches(query, tag), expected, "{query} {tag}");
        }
    }

    #[test]
    fn wildcards_stand_for_subtags() {
        for (query, tag, expected) in [
            ("?.Front", "Facade.Front", true),
            ("?.Front", "Front", false),
            ("?.Front", "A.B.Front", false),
            ("Facade.?", "Facade", false),
            ("Facade.*", "Facade", false),
            ("Facade.*", "Facade.A.B", true),
            ("Facade.*.Left", "Facade.Left", false),
            ("Facade.*.Left", "Facade.A.Left", true),
            ("Facade.*.Left", "Facade.A.B.Left", true),
            ("Facade.*.Left", "Facade.A.Left.Low", true),
            ("*.a.*.b", "x.a.y.a.z.b", true),
            ("*.a.?.b", "x.a.y.a.z.b", true),
            ("*.a.b", "x.a.c.a.c", false),
            ("*", "Facade", true),
            ("*.*", "Facade", false),
            ("?.?", "a.b.c", true),
        ] {
            assert_eq!(matches(query, tag), expected, "{query} {tag}");
        }
    }

    #[test]
    fn wildcards_are_no_part_of_names() {
        assert_eq!(without_wildcards("a?.*b"), "a.b");
    }
}
