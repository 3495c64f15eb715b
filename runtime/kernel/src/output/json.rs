//! JSON text, written front to back.
//!
//! Numbers are written as Rust's `Display` writes them: the shortest digits that read back as the same number, the
//! same everywhere.

use std::fmt::Write as _;

/// JSON text under construction.
#[derive(Debug, Default)]
pub(crate) struct Json {
    text: String,
    /// Whether the next element needs a comma before it.
    comma: bool,
}

/// A value that can be written as JSON.
pub(crate) trait Value {
    /// Appends the value.
    fn write(&self, json: &mut Json);
}

impl Json {
    /// The finished text.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    /// An object; `fields` writes its fields.
    pub(crate) fn object(&mut self, fields: impl FnOnce(&mut Self)) {
        self.group('{', '}', fields);
    }

    /// An array; `elements` writes its elements.
    pub(crate) fn array(&mut self, elements: impl FnOnce(&mut Self)) {
        self.group('[', ']', elements);
    }

    /// A field's name; its value must follow.
    pub(crate) fn key(&mut self, name: &str) -> &mut Self {
        self.element(|text| write_string(text, name));
        self.text.push(':');
        self.comma = false;
        self
    }

    /// A field.
    pub(crate) fn field<T: Value + ?Sized>(&mut self, name: &str, value: &T) {
        value.write(self.key(name));
    }

    /// A value that is JSON text already.
    pub(crate) fn raw(&mut self, value: &str) {
        self.display(value);
    }

    fn group(&mut self, open: char, close: char, content: impl FnOnce(&mut Self)) {
        self.element(|text| text.push(open));
        self.comma = false;
        content(self);
        self.text.push(close);
        self.comma = true;
    }

    fn element(&mut self, write: impl FnOnce(&mut String)) {
        if self.comma {
            self.text.push(',');
        }
        write(&mut self.text);
        self.comma = true;
    }

    fn display(&mut self, value: impl std::fmt::Display) {
        self.element(|text| write!(text, "{value}").expect("writing to a string cannot fail"));
    }
}

impl Value for str {
    fn write(&self, json: &mut Json) {
        json.element(|text| write_string(text, self));
    }
}

impl Value for bool {
    fn write(&self, json: &mut Json) {
        json.display(self);
    }
}

impl Value for u32 {
    fn write(&self, json: &mut Json) {
        json.display(self);
    }
}

impl Value for u64 {
    fn write(&self, json: &mut Json) {
        json.display(self);
    }
}

impl Value for usize {
    fn write(&self, json: &mut Json) {
        json.display(self);
    }
}

impl Value for i32 {
    fn write(&self, json: &mut Json) {
        json.display(self);
    }
}

impl Value for f32 {
    fn write(&self, json: &mut Json) {
        if self.is_finite() {
            json.display(self);
        } else {
            json.display("null");
        }
    }
}

impl Value for f64 {
    /// JSON has no words for what is not finite: `null`.
    fn write(&self, json: &mut Json) {
        if self.is_finite() {
            json.display(self);
        } else {
            json.display("null");
        }
    }
}

impl<T: Value> Value for [T] {
    fn write(&self, json: &mut Json) {
        json.array(|json| self.iter().for_each(|value| value.write(json)));
    }
}

impl<T: Value, const N: usize> Value for [T; N] {
    fn write(&self, json: &mut Json) {
        self.as_slice().write(json);
    }
}

impl<T: Value + ?Sized> Value for &T {
    fn write(&self, json: &mut Json) {
        (**self).write(json);
    }
}

impl Value for String {
    fn write(&self, json: &mut Json) {
        self.as_str().write(json);
    }
}

fn write_string(text: &mut String, value: &str) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            c if c < ' ' => {
                write!(text, "\\u{:04x}", u32::from(c)).expect("writing to a string cannot fail");
            }
            c => text.push(c),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let mut json = Json::default();
        json.object(|json| {
            json.field("text", "a \"b\"\\\n\u{1}é");
            json.field("numbers", &[0.1, -2.5e-9, f64::NAN]);
            json.key("objects").array(|json| {
                json.object(|json| json.field("x", &1_u32));
                json.object(|_| {});
            });
            json.field("yes", &true);
        });
        let value: serde_json::Value = serde_json::from_str(&json.finish()).unwrap();
        let expected = serde_json::json!({
            "text": "a \"b\"\\\n\u{1}é", "numbers": [0.1, -2.5e-9, null], "objects": [{"x": 1}, {}], "yes": true
        });
        assert_eq!(value, expected);
    }
}
