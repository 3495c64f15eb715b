use proptest::prelude::*;

use super::{Annotation, Attribute, MAGIC, Manifest, Queries, Rule, Site, Type};
use crate::recipe::{DecodeError, Value};

fn attribute(name: &str, ty: Type, default: Option<Value>) -> Attribute {
    Attribute {
        name: name.to_owned(),
        ty,
        settable: default.is_some(),
        hidden: false,
        default,
        annotations: Vec::new(),
    }
}

fn manifest() -> Manifest {
    let range = Annotation {
        name: "Range".to_owned(),
        arguments: vec![
            ("min".to_owned(), Value::Float(1.0)),
            ("max".to_owned(), Value::Float(0.1)),
            (String::new(), Value::String("height".to_owned())),
        ],
    };
    let mut height = attribute("height", Type::FloatArray, None);
    height.default = Some(Value::FloatArray(vec![vec![1.5, -0.0], vec![]]));
    height.annotations.push(range.clone());
    let names = Value::StringArray(vec![vec!["x".to_owned()]]);
    Manifest {
        queries: Queries {
            intra: true,
            inter: false,
            labels: true,
        },
        tags: true,
        edge_attributes: true,
        kernel: [9; 32],
        strings: vec![String::new(), "grün".to_owned(), "tree.obj".to_owned()],
        attributes: vec![
            height,
            attribute("a.b.height", Type::Bool, Some(Value::Bool(true))),
            attribute("a.b.names", Type::StringArray, Some(names)),
            attribute(
                "flags",
                Type::BoolArray,
                Some(Value::BoolArray(vec![vec![false, true]])),
            ),
            attribute("", Type::String, None),
        ],
        rules: vec![Rule {
            name: "a.b.Lot".to_owned(),
            params: vec![Type::Bool, Type::Float],
            start: true,
            annotations: vec![range],
        }],
        sources: vec!["a.cga".to_owned()],
        sites: [(0, 1, 2), (0, 1, 200), (1, 7, 3), (0, 2, 1)]
            .map(|(source, line, column)| Site {
                source,
                line,
                column,
            })
            .into_iter()
            .collect(),
        assets: vec!["tree.obj".to_owned()],
    }
}

#[test]
fn manifests_survive_the_round_trip() {
    assert_eq!(Manifest::from_bytes(&manifest().to_bytes()), Ok(manifest()));
}

#[test]
fn every_number_survives_to_the_bit() {
    let numbers = [
        0.0,
        -0.0,
        0.1,
        -12.34,
        0.125,
        0.0625,
        1e300,
        2_147_483_648.0,
        1.0 / 3.0,
        f64::INFINITY,
        f64::MIN_POSITIVE,
    ];
    for number in numbers {
        let manifest = Manifest {
            attributes: vec![attribute("x", Type::Float, Some(Value::Float(number)))],
            ..Manifest::default()
        };
        let read = Manifest::from_bytes(&manifest.to_bytes()).unwrap();
        let Some(Value::Float(found)) = read.attributes[0].default else {
            panic!("it is a float")
        };
        assert_eq!(found.to_bits(), number.to_bits(), "{number}");
    }
}

#[test]
fn a_text_is_written_once() {
    let word = "a long description of what this is";
    let many = Manifest {
        strings: vec![word.to_owned(); 100],
        ..Manifest::default()
    };
    let bytes = many.to_bytes();
    assert!(bytes.len() < 50 + word.len() + 100, "{}", bytes.len());
    assert_eq!(Manifest::from_bytes(&bytes), Ok(many));
}

#[test]
fn bytes_cut_short_or_too_long_are_damaged() {
    let mut bytes = manifest().to_bytes();
    for length in 8..bytes.len() {
        let read = Manifest::from_bytes(&bytes[..length]);
        assert_eq!(read, Err(DecodeError::Damaged), "{length}");
    }
    bytes.push(0);
    assert_eq!(Manifest::from_bytes(&bytes), Err(DecodeError::Damaged));
    assert_eq!(
        Manifest::from_bytes(b""),
        Err(DecodeError::Magic { expected: MAGIC })
    );
}

/// Magic, a hash, no queries, attributes, rules or sources, then the given bytes where strings begin.
fn with_strings(bytes: &[u8]) -> Vec<u8> {
    [&MAGIC[..], &[0; 32], &[0, 0, 0, 0], bytes].concat()
}

#[test]
fn hostile_lengths_and_repeats_take_no_memory() {
    let longest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    for bytes in [&longest[..], &[0xff; 20], &[1, 0xff, 0xff, 0xff, 0x7f]] {
        let read = Manifest::from_bytes(&with_strings(bytes));
        assert_eq!(read, Err(DecodeError::Damaged));
    }
    // A text of 8,000 bytes, and 16,000 times the same again: 128 MB.
    let mut bytes = vec![0x81, 0x7d, 0x80, 0x7d];
    bytes.extend([b'a'; 8000]);
    bytes.extend([1; 16000]);
    bytes.extend([0, 0]);
    let read = Manifest::from_bytes(&with_strings(&bytes));
    assert_eq!(read, Err(DecodeError::Damaged));
    // The same with 1,000 repeats is good.
    let mut bytes = vec![0xe9, 0x07, 0x80, 0x7d];
    bytes.extend([b'a'; 8000]);
    bytes.extend([1; 1000]);
    bytes.extend([0, 0]);
    let read = Manifest::from_bytes(&with_strings(&bytes)).unwrap();
    assert_eq!(read.strings.len(), 1001);
}

#[test]
fn a_text_that_did_not_come_before_is_damage() {
    // Two strings: a new one of one byte, then number 1, which there is not; number 0 there is.
    let bytes = |number: u8| with_strings(&[2, 2, b'x', number << 1 | 1, 0, 0]);
    assert_eq!(Manifest::from_bytes(&bytes(1)), Err(DecodeError::Damaged));
    assert_eq!(Manifest::from_bytes(&bytes(0)).unwrap().strings, ["x", "x"]);
}

proptest! {
    #[test]
    fn changed_bytes_never_panic_and_what_is_read_can_be_written(place in 0_usize..400, value: u8) {
        let mut bytes = manifest().to_bytes();
        let place = 8 + place % (bytes.len() - 8);
        bytes[place] = value;
        if let Ok(read) = Manifest::from_bytes(&bytes) {
            prop_assert!(read.sites.iter().count() <= bytes.len());
            let again = Manifest::from_bytes(&read.to_bytes()).unwrap();
            prop_assert_eq!(again.to_bytes(), read.to_bytes());
        }
    }
}
