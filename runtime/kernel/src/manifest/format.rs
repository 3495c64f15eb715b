//! The packed bytes of a manifest; the layout is described at [`super`].

use std::collections::BTreeMap;

use super::{Annotation, Attribute, MAGIC, Manifest, Queries, Rule, Sites, Type};
use crate::recipe::{DecodeError, Value};

/// What a manifest may take when it is read, in bytes: repeated texts are short in a module and long in memory.
const LARGEST: usize = 64 << 20;

// Flags of an attribute, above the type.
const TYPE: u8 = 7;
const SETTABLE: u8 = 8;
const HIDDEN: u8 = 16;
const DEFAULT: u8 = 32;
const ANNOTATED: u8 = 64;
const PREFIXED: u8 = 128;

// Flags of a rule, below the number of parameters.
const RULE_START: u64 = 1;
const RULE_ANNOTATED: u64 = 2;
const RULE_PREFIXED: u64 = 4;

// Tags of values; 0 to 3 are numbers with so many decimals.
const DOUBLE: u8 = 4;
const FALSE: u8 = 5;
const TRUE: u8 = 6;
const TEXT: u8 = 7;
const FLOATS: u8 = 8;
const BOOLS: u8 = 9;
const TEXTS: u8 = 10;

/// Ten to the power of a tag.
const POWERS: [f64; 4] = [1.0, 10.0, 100.0, 1000.0];

/// The word that divided by ten to some power gives this very float, and the power: from `fewest` to 3, the least one
/// that will do. Most numbers that authors write have one.
pub fn decimal(float: f64, fewest: u8) -> Option<(i32, u8)> {
    let powers = (0..).zip(POWERS).skip(usize::from(fewest));
    let word = |(decimals, power): (u8, f64)| {
        let word = (float * power).round_ties_even() as i32;
        ((f64::from(word) / power).to_bits() == float.to_bits()).then_some((word, decimals))
    };
    powers.into_iter().find_map(word)
}

/// Writes a number.
pub(super) fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Writes a signed number.
pub(super) fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put_number(bytes, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

/// Reads a number.
pub(super) fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// Reads a signed number.
pub(super) fn take_signed(bytes: &mut &[u8]) -> Option<i64> {
    let number = take_number(bytes)?;
    Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

/// The bytes of a manifest.
pub(super) fn write(manifest: &Manifest) -> Vec<u8> {
    let mut writer = Writer {
        bytes: MAGIC.to_vec(),
        texts: BTreeMap::new(),
    };
    writer.bytes.extend(manifest.kernel);
    let Queries {
        intra,
        inter,
        labels,
    } = manifest.queries;
    let flags = [
        intra,
        inter,
        labels,
        manifest.tags,
        manifest.edge_attributes,
    ];
    let flags = flags
        .iter()
        .rev()
        .fold(0, |bits, &flag| bits << 1 | u64::from(flag));
    put_number(&mut writer.bytes, flags);
    writer.list(&manifest.attributes, Writer::attribute);
    writer.list(&manifest.rules, Writer::rule);
    for texts in [&manifest.sources, &manifest.strings, &manifest.assets] {
        writer.list(texts, |writer, text| writer.text(text));
    }
    writer.length(manifest.sites.bytes().len());
    writer.bytes.extend(manifest.sites.bytes());
    writer.bytes
}

struct Writer<'a> {
    bytes: Vec<u8>,
    /// The number of each text that was written.
    texts: BTreeMap<&'a str, u64>,
}

impl<'a> Writer<'a> {
    fn length(&mut self, length: usize) {
        put_number(&mut self.bytes, length as u64);
    }

    fn list<T>(&mut self, items: &'a [T], mut write: impl FnMut(&mut Self, &'a T)) {
        self.length(items.len());
        items.iter().for_each(|item| write(self, item));
    }

    fn text(&mut self, text: &'a str) {
        if let Some(number) = self.texts.get(text) {
            put_number(&mut self.bytes, number << 1 | 1);
            return;
        }
        self.length(text.len() << 1);
        self.bytes.extend(text.as_bytes());
        if !text.is_empty() {
            self.texts.insert(text, self.texts.len() as u64);
        }
    }

    fn name(&mut self, (prefix, name): (Option<&'a str>, &'a str)) {
        prefix.into_iter().for_each(|prefix| self.text(prefix));
        self.text(name);
    }

    fn ty(&mut self, ty: Type) {
        self.bytes.push(tag(ty));
    }

    fn attribute(&mut self, attribute: &'a Attribute) {
        let name = split(&attribute.name);
        let flags = [
            (attribute.settable, SETTABLE),
            (attribute.hidden, HIDDEN),
            (attribute.default.is_some(), DEFAULT),
            (!attribute.annotations.is_empty(), ANNOTATED),
            (name.0.is_some(), PREFIXED),
        ];
        let flags = flags.iter().filter(|(holds, _)| *holds);
        self.bytes
            .push(flags.fold(tag(attribute.ty), |all, (_, flag)| all | flag));
        self.name(name);
        attribute.default.iter().for_each(|value| self.value(value));
        self.annotations(&attribute.annotations);
    }

    fn rule(&mut self, rule: &'a Rule) {
        let name = split(&rule.name);
        let flags = u64::from(rule.start) * RULE_START
            + u64::from(!rule.annotations.is_empty()) * RULE_ANNOTATED
            + u64::from(name.0.is_some()) * RULE_PREFIXED;
        put_number(&mut self.bytes, (rule.params.len() as u64) << 3 | flags);
        self.name(name);
        rule.params.iter().for_each(|ty| self.ty(*ty));
        self.annotations(&rule.annotations);
    }

    /// The list, unless the owner's flags say that there is none.
    fn annotations(&mut self, annotations: &'a [Annotation]) {
        if annotations.is_empty() {
            return;
        }
        self.list(annotations, |writer, annotation| {
            writer.text(&annotation.name);
            writer.list(&annotation.arguments, |writer, (key, value)| {
                writer.text(key);
                writer.value(value);
            });
        });
    }

    fn value(&mut self, value: &'a Value) {
        match value {
            Value::Float(float) => self.float(*float),
            Value::Bool(value) => self.bytes.push(if *value { TRUE } else { FALSE }),
            Value::String(text) => {
                self.bytes.push(TEXT);
                self.text(text);
            }
            Value::FloatArray(rows) => {
                self.rows(FLOATS, rows, |writer, float| writer.float(*float));
            }
            Value::BoolArray(rows) => {
                self.rows(BOOLS, rows, |writer, value| {
                    writer.bytes.push(u8::from(*value));
                });
            }
            Value::StringArray(rows) => self.rows(TEXTS, rows, |writer, text| writer.text(text)),
        }
    }

    fn rows<T>(
        &mut self,
        tag: u8,
        rows: &'a [Vec<T>],
        mut write: impl FnMut(&mut Self, &'a T) + Copy,
    ) {
        self.bytes.push(tag);
        self.list(rows, |writer, row| writer.list(row, &mut write));
    }

    fn float(&mut self, float: f64) {
        if let Some((word, tag)) = decimal(float, 0) {
            self.bytes.push(tag);
            put_signed(&mut self.bytes, i64::from(word));
            return;
        }
        self.bytes.push(DOUBLE);
        self.bytes.extend(float.to_le_bytes());
    }
}

fn tag(ty: Type) -> u8 {
    match ty {
        Type::Float => 0,
        Type::Bool => 1,
        Type::String => 2,
        Type::FloatArray => 3,
        Type::BoolArray => 4,
        Type::StringArray => 5,
    }
}

/// Prefix and name.
fn split(name: &str) -> (Option<&str>, &str) {
    match name.rsplit_once('.') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, name),
    }
}

/// Reads the bytes of a manifest, all of them.
pub(super) fn read(bytes: &[u8]) -> Result<Manifest, DecodeError> {
    let body = bytes
        .strip_prefix(&MAGIC)
        .ok_or(DecodeError::Magic { expected: MAGIC })?;
    let reader = Reader {
        rest: body,
        texts: Vec::new(),
        room: LARGEST,
    };
    reader.manifest().ok_or(DecodeError::Damaged)
}

/// Reads parts; none where the bytes are damaged.
struct Reader<'a> {
    rest: &'a [u8],
    /// The texts so far.
    texts: Vec<&'a str>,
    /// Bytes that what is read may still take.
    room: usize,
}

impl<'a> Reader<'a> {
    fn manifest(mut self) -> Option<Manifest> {
        let kernel = self.bytes(32)?.try_into().ok()?;
        let [intra, inter, labels, tags, edge_attributes] = self.flags()?;
        let manifest = Manifest {
            kernel,
            queries: Queries {
                intra,
                inter,
                labels,
            },
            tags,
            edge_attributes,
            attributes: self.list(Self::attribute)?,
            rules: self.list(Self::rule)?,
            sources: self.list(Self::text)?,
            strings: self.list(Self::text)?,
            assets: self.list(Self::text)?,
            sites: {
                let length = self.length()?;
                Sites::from_bytes(self.bytes(length)?)
            },
        };
        self.rest.is_empty().then_some(manifest)
    }

    fn flags(&mut self) -> Option<[bool; 5]> {
        let flags = self.number()?;
        (flags < 1 << 5).then(|| std::array::from_fn(|bit| flags >> bit & 1 == 1))
    }

    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    fn byte(&mut self) -> Option<u8> {
        Some(self.bytes(1)?[0])
    }

    fn number(&mut self) -> Option<u64> {
        take_number(&mut self.rest)
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn list<T>(&mut self, read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let length = self.length()?;
        self.items(length, read)
    }

    fn items<T>(
        &mut self,
        length: usize,
        mut read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        self.take_room(length.checked_mul(size_of::<T>())?)?;
        (0..length).map(|_| read(self)).collect()
    }

    fn take_room(&mut self, bytes: usize) -> Option<()> {
        self.room = self.room.checked_sub(bytes)?;
        Some(())
    }

    fn text(&mut self) -> Option<String> {
        let text = self.text_slice()?;
        self.take_room(text.len())?;
        Some(text.to_owned())
    }

    fn text_slice(&mut self) -> Option<&'a str> {
        let head = self.length()?;
        if head & 1 == 1 {
            return self.texts.get(head >> 1).copied();
        }
        let text = std::str::from_utf8(self.bytes(head >> 1)?).ok()?;
        if !text.is_empty() {
            self.texts.push(text);
        }
        Some(text)
    }

    fn name(&mut self, has_prefix: bool) -> Option<String> {
        if !has_prefix {
            return self.text();
        }
        let (prefix, name) = (self.text_slice()?, self.text_slice()?);
        self.take_room(prefix.len() + 1 + name.len())?;
        Some([prefix, name].join("."))
    }

    fn ty(&mut self) -> Option<Type> {
        Type::ALL.get(usize::from(self.byte()?)).copied()
    }

    fn attribute(&mut self) -> Option<Attribute> {
        let flags = self.byte()?;
        let has = |flag: u8| flags & flag != 0;
        Some(Attribute {
            name: self.name(has(PREFIXED))?,
            ty: *Type::ALL.get(usize::from(flags & TYPE))?,
            settable: has(SETTABLE),
            hidden: has(HIDDEN),
            default: if has(DEFAULT) {
                Some(self.value()?)
            } else {
                None
            },
            annotations: self.annotations(has(ANNOTATED))?,
        })
    }

    fn rule(&mut self) -> Option<Rule> {
        let flags = self.number()?;
        let params = usize::try_from(flags >> 3).ok()?;
        Some(Rule {
            name: self.name(flags & RULE_PREFIXED != 0)?,
            params: self.items(params, Self::ty)?,
            start: flags & RULE_START != 0,
            annotations: self.annotations(flags & RULE_ANNOTATED != 0)?,
        })
    }

    fn annotations(&mut self, are_there: bool) -> Option<Vec<Annotation>> {
        if !are_there {
            return Some(Vec::new());
        }
        self.list(|reader| {
            Some(Annotation {
                name: reader.text()?,
                arguments: reader.list(|reader| Some((reader.text()?, reader.value()?)))?,
            })
        })
    }

    fn value(&mut self) -> Option<Value> {
        Some(match self.byte()? {
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            TEXT => Value::String(self.text()?),
            FLOATS => Value::FloatArray(self.rows(|reader| {
                let tag = reader.byte()?;
                reader.float(tag)
            })?),
            BOOLS => Value::BoolArray(self.rows(|reader| match reader.byte()? {
                0 => Some(false),
                1 => Some(true),
                _ => None,
            })?),
            TEXTS => Value::StringArray(self.rows(Self::text)?),
            tag => Value::Float(self.float(tag)?),
        })
    }

    fn rows<T>(&mut self, read: impl FnMut(&mut Self) -> Option<T> + Copy) -> Option<Vec<Vec<T>>> {
        self.list(|reader| reader.list(read))
    }

    fn float(&mut self, tag: u8) -> Option<f64> {
        if tag == DOUBLE {
            return Some(f64::from_le_bytes(self.bytes(8)?.try_into().ok()?));
        }
        let power = POWERS.get(usize::from(tag))?;
        Some(take_signed(&mut self.rest)? as f64 / power)
    }
}
