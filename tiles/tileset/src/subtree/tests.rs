use super::*;
use proptest::prelude::*;

/// A world that is there where a hash says so.
fn patchy(seed: u64) -> impl Fn(TileId) -> bool {
    move |tile: TileId| {
        let number = (u64::from(tile.level()) << 60) ^ tile.morton() ^ seed;
        tile.level() == 0 || number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 62 != 0
    }
}

fn root() -> TileId {
    TileId::new(3, 5, 2).unwrap()
}

#[test]
fn a_dense_world_needs_no_bits() {
    let subtree = Subtree::new(root(), 5, |_| true, |_| true, |_| true);
    let bytes = subtree.to_bytes();
    let text = std::str::from_utf8(&bytes[HEADER_BYTES..]).unwrap();
    assert_eq!(
        text.trim_end(),
        r#"{"tileAvailability":{"constant":1},"contentAvailability":[{"constant":1}],"childSubtreeAvailability":{"constant":1}}"#
    );
    assert_eq!(bytes.len() % 8, 0);
    assert_eq!(Subtree::from_bytes(&bytes, 5), Ok(subtree));
}

#[test]
fn the_bits_lie_as_the_standard_has_them() {
    // Root and north-eastern child; content only in the child; a subtree begins at the child's first.
    let north_east = root().children().unwrap()[3];
    let first = north_east.children().unwrap()[0];
    let subtree = Subtree::new(
        root(),
        2,
        |tile| tile == root() || tile == north_east,
        |tile| tile == north_east,
        |tile| tile == first,
    );
    let bytes = subtree.to_bytes();
    let bits = &bytes[bytes.len() - 24..];
    // Morton: root is bit 0, children bits 1 to 4; the child's first is place 12 of 16.
    assert_eq!((bits[0], bits[8]), (0b1_0001, 0b1_0000));
    assert_eq!((bits[16], bits[17]), (0, 0b0001_0000));
    let read = Subtree::from_bytes(&bytes, 2).unwrap();
    assert!(read.has_tile(root(), north_east) && read.has_content(root(), north_east));
    assert!(!read.has_content(root(), root()) && read.has_child(root(), first));
    assert!(!read.has_tile(root(), first) && !read.has_tile(root(), TileId::ROOT));
}

proptest! {
    #[test]
    fn what_is_written_is_read_and_says_the_same(levels in 1..6_u8, seed: u64) {
        let tile = patchy(seed);
        let subtree = Subtree::new(root(), levels, |id| id == root() || tile(id), patchy(seed + 1), patchy(seed + 2));
        let read = Subtree::from_bytes(&subtree.to_bytes(), levels);
        prop_assert_eq!(read.as_ref(), Ok(&subtree));
        let mut row = vec![root()];
        for _ in 0..levels {
            for &id in &row {
                let there = (root().level()..=id.level())
                    .all(|level| { let at = id.ancestor(level).unwrap(); at == root() || tile(at) });
                prop_assert_eq!(subtree.has_tile(root(), id), there);
            }
            row = row.iter().flat_map(|id| id.children().unwrap()).collect();
        }
    }

    #[test]
    fn damaged_files_are_errors_or_subtrees_that_hold(
        seed: u64, place in 0..400_usize, byte: u8, cut in 0..400_usize,
    ) {
        let subtree = Subtree::new(root(), 4, |id| id == root() || patchy(seed)(id), |_| true, patchy(seed));
        let mut bytes = subtree.to_bytes();
        let place = place % bytes.len();
        bytes[place] = byte;
        if let Ok(read) = Subtree::from_bytes(&bytes, 4) {
            prop_assert_eq!(read.check(), Ok(()));
        }
        let cut = cut % bytes.len();
        prop_assert!(Subtree::from_bytes(&bytes[..cut], 4).is_err());
    }
}

#[test]
fn contradictions_are_named() {
    let file = |json: &str, bits: &[u8]| {
        let mut text = json.as_bytes().to_vec();
        text.resize(text.len().next_multiple_of(8), b' ');
        let mut bytes = MAGIC.to_le_bytes().to_vec();
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend((bits.len() as u64).to_le_bytes());
        bytes.extend(text);
        bytes.extend(bits);
        Subtree::from_bytes(&bytes, 2).unwrap_err().to_string()
    };
    let bits = r#"{"buffers":[{"byteLength":8}],"bufferViews":[{"buffer":0,"byteOffset":0,"byteLength":1}],
        "tileAvailability":{"bitstream":0,"availableCount":2},"childSubtreeAvailability":{"constant":0}}"#;
    assert_eq!(
        file(bits, &[0b10, 0, 0, 0, 0, 0, 0, 0]),
        "the subtree's bits: availableCount is not the number of bits"
    );
    assert_eq!(
        file(bits, &[0b110, 0, 0, 0, 0, 0, 0, 0]),
        "the subtree's bits: a tile lacks its parent"
    );
    assert_eq!(
        file(bits, &[]),
        "the subtree's JSON: a bitstream lies outside the file or is too short"
    );
    let none = r#"{"tileAvailability":{"constant":0},"childSubtreeAvailability":{"constant":0}}"#;
    assert_eq!(file(none, &[]), "the subtree's bits: there is no tile");
    assert_eq!(
        Subtree::from_bytes(b"glTF", 2).unwrap_err().to_string(),
        "no subtree: fewer than 24 bytes"
    );
}
