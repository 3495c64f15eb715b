//! The head of a plain request: HTTP/1.1, GET or HEAD, nothing after it. All others are the protocol library's.

use std::mem::MaybeUninit;

use httparse::{Header, Request, Status};

/// Fields that a plain request may have.
pub(super) const MOST_FIELDS: usize = 64;

/// Space for the fields of a head.
pub(super) type Fields<'a> = [MaybeUninit<Header<'a>>; MOST_FIELDS];

/// What [`read`] needs.
pub(super) fn no_fields<'a>() -> Fields<'a> {
    [const { MaybeUninit::uninit() }; MOST_FIELDS]
}

/// The head of a plain request, as it lies in what was read.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    is_head: bool,
    target: &'a str,
    fields: &'a [Header<'a>],
}

impl<'a> Head<'a> {
    /// Whether it is HEAD; else it is GET.
    pub fn is_head(&self) -> bool {
        self.is_head
    }

    /// Path and query, beginning with `/`.
    pub fn target(&self) -> &'a str {
        self.target
    }

    /// The path.
    pub fn path(&self) -> &'a str {
        self.target
            .split_once('?')
            .map_or(self.target, |(path, _)| path)
    }

    /// What follows the first `?`.
    pub fn query(&self) -> &'a str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The names and values of all fields, as they came.
    pub fn fields(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.fields.iter().map(|field| (field.name, field.value))
    }

    /// The first value of a field; the name's case does not matter.
    pub fn value(&self, name: &str) -> Option<&'a [u8]> {
        self.fields()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The same as text; none where it is not of visible ASCII.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
        let value = self.value(name)?;
        str::from_utf8(value.iter().all(is_plain).then_some(value)?).ok()
    }

    /// Whether the client wants the connection closed after the answer.
    pub(super) fn closes(&self) -> bool {
        let fields = self
            .fields()
            .filter(|(name, _)| name.eq_ignore_ascii_case("connection"));
        let mut options = fields.flat_map(|(_, value)| value.split(|byte| *byte == b','));
        options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
    }
}

/// What lies at the beginning of what was read.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// A head and its length in bytes.
    Plain(Head<'a>, usize),
    /// The beginning of a head.
    Part,
    /// Anything else: another version or method, a body, an upgrade, an error.
    Odd,
}

/// Looks at what was read.
pub(super) fn read<'a>(bytes: &'a [u8], space: &'a mut Fields<'a>) -> Found<'a> {
    let mut request = Request::new(&mut []);
    let length = match request.parse_with_uninit_headers(bytes, space) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Found::Part,
        Err(_) => return Found::Odd,
    };
    let is_head = match request.method {
        Some("GET") => false,
        Some("HEAD") => true,
        _ => return Found::Odd,
    };
    let target = request.path.unwrap_or_default();
    let fields: &'a [Header<'a>] = request.headers;
    // httparse takes `#` and what is not ASCII; neither is sent by those who keep to the standard.
    let is_sane = target.starts_with('/')
        && target
            .bytes()
            .all(|byte| matches!(byte, b'!'..=b'~') && byte != b'#');
    if request.version != Some(1) || !is_sane || fields.iter().any(is_odd) {
        return Found::Odd;
    }
    let head = Head {
        is_head,
        target,
        fields,
    };
    Found::Plain(head, length)
}

/// Fields by which a request is more than its head.
fn is_odd(field: &Header<'_>) -> bool {
    let name = field.name;
    match name.len() {
        2 => name.eq_ignore_ascii_case("te"),
        6 => name.eq_ignore_ascii_case("expect"),
        7 => name.eq_ignore_ascii_case("upgrade") || name.eq_ignore_ascii_case("trailer"),
        10 => name.eq_ignore_ascii_case("connection") && !is_known_manner(field.value),
        14 => name.eq_ignore_ascii_case("content-length"),
        17 => name.eq_ignore_ascii_case("transfer-encoding"),
        _ => false,
    }
}

fn is_known_manner(value: &[u8]) -> bool {
    value.eq_ignore_ascii_case(b"keep-alive") || value.eq_ignore_ascii_case(b"close")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> String {
        match read(text.as_bytes(), &mut no_fields()) {
            Found::Plain(head, length) => format!("{} {length}", head.path()),
            Found::Part => "part".to_owned(),
            Found::Odd => "odd".to_owned(),
        }
    }

    #[test]
    fn plain_requests_are_read_and_all_others_are_not() {
        let get = "GET /a?b HTTP/1.1\r\nHost: x\r\n";
        for (text, what) in [
            (format!("{get}\r\n"), "/a 30"),
            (format!("{get}\r\nGET /next"), "/a 30"),
            (format!("{get}Connection: keep-alive\r\n\r\n"), "/a 54"),
            (format!("{get}Connection: Close\r\n\r\n"), "/a 49"),
            (get.to_owned(), "part"),
            (String::new(), "part"),
            ("PRI * HT".to_owned(), "part"),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), "odd"),
            ("GET /a HTTP/1.0\r\n\r\n".to_owned(), "odd"),
            ("GET http://x/a HTTP/1.1\r\n\r\n".to_owned(), "odd"),
            ("GET /a#b HTTP/1.1\r\n\r\n".to_owned(), "odd"),
            ("POST /a HTTP/1.1\r\n\r\n".to_owned(), "odd"),
            ("nonsense\r\n\r\n".to_owned(), "odd"),
            (format!("{get}Content-Length: 0\r\n\r\n"), "odd"),
            (format!("{get}transfer-encoding: chunked\r\n\r\n"), "odd"),
            (format!("{get}Expect: 100-continue\r\n\r\n"), "odd"),
            (format!("{get}Upgrade: h2c\r\n\r\n"), "odd"),
            (format!("{get}Connection: upgrade\r\n\r\n"), "odd"),
            (
                format!("{get}{}\r\n", "a: b\r\n".repeat(MOST_FIELDS)),
                "odd",
            ),
        ] {
            assert_eq!(found(&text), what, "{text:?}");
        }
    }

    #[test]
    fn fields_are_found_in_any_case() {
        let text = b"GET /a?c=none HTTP/1.1\r\nACCEPT: x\r\naccept: y\r\nodd: \xff\r\n\r\n";
        let mut space = no_fields();
        let Found::Plain(head, _) = read(text, &mut space) else {
            panic!("it is plain");
        };
        assert_eq!((head.path(), head.query()), ("/a", "c=none"));
        assert_eq!(head.text("Accept"), Some("x"));
        assert_eq!(
            (head.text("odd"), head.value("odd")),
            (None, Some(&b"\xff"[..]))
        );
        assert_eq!(head.value("missing"), None);
        assert!(!head.is_head() && !head.closes());
    }
}
