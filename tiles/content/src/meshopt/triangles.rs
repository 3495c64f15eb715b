//! Mode `TRIANGLES` of `EXT_meshopt_compression` (its appendix A, mode 1), bitstream version 1.
//!
//! A triangle is a byte when it continues an edge of the last ones and its third corner is new or recent; rarer corners
//! follow as differences to the corner written so before, seven bits to a byte.

use super::MeshoptError;

const HEADER: u8 = 0xe1;
/// Pairs of corner codes that fit the triangle's own byte; the last two are never used.
const PAIRS: [u8; 16] = [
    0x00, 0x76, 0x87, 0x56, 0x67, 0x78, 0xa9, 0x86, 0x65, 0x89, 0x68, 0x98, 0x01, 0x69, 0, 0,
];
const USED_PAIRS: usize = 14;
/// A corner that is written by itself.
const FREE: u8 = 15;
/// In a triangle that continues an edge: the free corner before, less one and plus one.
const BEFORE: u8 = 13;
const AFTER: u8 = 14;

/// The last sixteen of something.
#[derive(Debug)]
struct Recent<T> {
    items: [Option<T>; 16],
    next: usize,
}

impl<T: Copy + PartialEq> Recent<T> {
    fn new() -> Self {
        Self {
            items: [None; 16],
            next: 0,
        }
    }

    fn push(&mut self, item: T) {
        self.items[self.next] = Some(item);
        self.next = (self.next + 1) % 16;
    }

    /// The item that came so many pushes before the last.
    fn get(&self, age: u8) -> Option<T> {
        self.items[(self.next + 15 - usize::from(age)) % 16]
    }

    fn age(&self, found: impl Fn(T) -> bool) -> Option<u8> {
        (0..16).find(|&age| self.get(age).is_some_and(&found))
    }
}

/// What both directions keep.
#[derive(Debug)]
struct State {
    edges: Recent<(u32, u32)>,
    corners: Recent<u32>,
    /// The lowest corner that has not been seen.
    next: u32,
    /// The last free corner.
    last: u32,
}

impl State {
    fn new() -> Self {
        Self {
            edges: Recent::new(),
            corners: Recent::new(),
            next: 0,
            last: 0,
        }
    }

    fn is_next(&mut self, corner: u32) -> bool {
        let is = corner == self.next;
        self.next = self.next.wrapping_add(u32::from(is));
        is
    }

    fn take_next(&mut self) -> u32 {
        self.next = self.next.wrapping_add(1);
        self.next.wrapping_sub(1)
    }

    /// After a triangle that begins by an edge of the last ones; `known` when its third corner was recent.
    fn continued(&mut self, [a, b, c]: [u32; 3], known: bool) {
        if !known {
            self.corners.push(c);
        }
        self.edges.push((c, b));
        self.edges.push((a, c));
    }

    /// After any other triangle.
    fn begun(&mut self, corners: [u32; 3], codes: [u8; 3]) {
        for (corner, code) in corners.into_iter().zip(codes) {
            if code == 0 || code == FREE {
                self.corners.push(corner);
            }
        }
        let [a, b, c] = corners;
        self.edges.push((b, a));
        self.edges.push((c, b));
        self.edges.push((a, c));
    }
}

/// Packs triangles. The corners of one may be turned, which leaves its front where it is.
///
/// # Panics
/// When the number of corners is no multiple of three.
pub(crate) fn encode(corners: &[u32]) -> Vec<u8> {
    assert!(corners.len().is_multiple_of(3), "whole triangles");
    let mut state = State::new();
    let (mut codes, mut data) = (vec![HEADER], Vec::new());
    for triangle in corners.chunks_exact(3) {
        let triangle = [triangle[0], triangle[1], triangle[2]];
        // The oldest edge has no code of its own.
        let found = (0..15).find_map(|age| {
            let edge = state.edges.get(age)?;
            let turned = (0..3).map(|turn| turn_by(triangle, turn));
            turned
                .into_iter()
                .find(|t| (t[0], t[1]) == edge)
                .map(|t| (age, t))
        });
        match found {
            Some((age, triangle)) => codes.push(age << 4 | state.encode_third(triangle, &mut data)),
            None => codes.push(state.encode_whole(triangle, &mut data)),
        }
    }
    codes.extend(data);
    codes.extend(PAIRS);
    codes
}

fn turn_by([a, b, c]: [u32; 3], turn: usize) -> [u32; 3] {
    [[a, b, c], [b, c, a], [c, a, b]][turn]
}

impl State {
    fn encode_third(&mut self, [a, b, c]: [u32; 3], data: &mut Vec<u8>) -> u8 {
        let recent = self.corners.age(|corner| corner == c);
        let recent = recent.filter(|age| (1..BEFORE).contains(age));
        let code = match recent {
            Some(age) => age,
            None if self.is_next(c) => 0,
            None if c.wrapping_add(1) == self.last => BEFORE,
            None if c == self.last.wrapping_add(1) => AFTER,
            None => FREE,
        };
        match code {
            FREE => self.encode_free(c, data),
            BEFORE | AFTER => self.last = c,
            _ => {}
        }
        self.continued([a, b, c], recent.is_some());
        code
    }

    fn encode_whole(&mut self, triangle: [u32; 3], data: &mut Vec<u8>) -> u8 {
        let next = self.next;
        let turn = (1..3).find(|&turn| triangle[turn] == next).unwrap_or(0);
        let corners = turn_by(triangle, turn);
        // Numbers begin anew where another primitive begins.
        let anew = corners == [0, 1, 2] && next > 0;
        if anew {
            self.next = 0;
            self.corners = Recent::new();
        }
        let first = if self.is_next(corners[0]) { 0 } else { FREE };
        let mut code = |corner: u32| match self.corners.age(|c| c == corner) {
            Some(age) if age < 14 => age + 1,
            _ if corner == self.next => {
                self.next = self.next.wrapping_add(1);
                0
            }
            _ => FREE,
        };
        let codes = [first, code(corners[1]), code(corners[2])];
        let pair = codes[1] << 4 | codes[2];
        let place = PAIRS[..USED_PAIRS].iter().position(|&known| known == pair);
        let byte = match place {
            Some(place) if first == 0 && !anew => 0xf0 | place as u8,
            _ => {
                data.push(pair);
                0xfe | u8::from(first == FREE)
            }
        };
        for (corner, code) in corners.into_iter().zip(codes) {
            if code == FREE {
                self.encode_free(corner, data);
            }
        }
        self.begun(corners, codes);
        byte
    }

    fn encode_free(&mut self, corner: u32, data: &mut Vec<u8>) {
        let difference = corner.wrapping_sub(self.last);
        let mut code = (difference << 1) ^ (difference.cast_signed() >> 31).cast_unsigned();
        while code > 0x7f {
            data.push(code as u8 | 0x80);
            code >>= 7;
        }
        data.push(code as u8);
        self.last = corner;
    }
}

/// Unpacks `count` corners.
pub(crate) fn decode(bytes: &[u8], count: usize) -> Result<Vec<u32>, MeshoptError> {
    let fail = |text: &str| MeshoptError::Stream(format!("triangles: {text}"));
    let header = bytes.first().ok_or_else(|| fail("there are no bytes"))?;
    if *header != HEADER || !count.is_multiple_of(3) {
        return Err(fail(
            "the first byte is not 0xe1, or they are no whole triangles",
        ));
    }
    let body = bytes.len().checked_sub(1 + PAIRS.len());
    if body.is_none_or(|body| body < count / 3) {
        return Err(fail("there are fewer than told"));
    }
    let (body, pairs) = bytes[1..].split_at(bytes.len() - 1 - PAIRS.len());
    let (codes, data) = body.split_at(count / 3);
    let mut state = State::new();
    let mut data = data.iter();
    let mut corners = Vec::with_capacity(count);
    for &code in codes {
        let triangle = match code {
            ..0xf0 => state.decode_third(code, &mut data),
            _ => state.decode_whole(code, pairs, &mut data),
        };
        corners.extend(
            triangle.ok_or_else(|| fail("they end too early, or name a corner that never was"))?,
        );
    }
    if data.next().is_some() {
        return Err(fail("bytes are left over"));
    }
    Ok(corners)
}

impl State {
    fn decode_third(&mut self, code: u8, data: &mut std::slice::Iter<'_, u8>) -> Option<[u32; 3]> {
        let (a, b) = self.edges.get(code >> 4)?;
        let code = code & 15;
        let c = match code {
            0 => self.take_next(),
            BEFORE => self.last.wrapping_sub(1),
            AFTER => self.last.wrapping_add(1),
            FREE => self.decode_free(data)?,
            age => self.corners.get(age)?,
        };
        if code >= BEFORE {
            self.last = c;
        }
        self.continued([a, b, c], (1..BEFORE).contains(&code));
        Some([a, b, c])
    }

    fn decode_whole(
        &mut self,
        code: u8,
        pairs: &[u8],
        data: &mut std::slice::Iter<'_, u8>,
    ) -> Option<[u32; 3]> {
        let pair = match code {
            ..0xfe => pairs[usize::from(code & 15)],
            _ => *data.next()?,
        };
        if code >= 0xfe && pair == 0 {
            self.next = 0;
        }
        let first = if code == 0xff { FREE } else { 0 };
        let codes = [first, pair >> 4, pair & 15];
        let mut corners = [0; 3];
        // Free corners come after those that are next, and ages are counted before any is added.
        for (corner, code) in corners.iter_mut().zip(codes) {
            *corner = match code {
                0 => self.take_next(),
                FREE => 0,
                age => self.corners.get(age - 1)?,
            };
        }
        for (corner, code) in corners.iter_mut().zip(codes) {
            if code == FREE {
                *corner = self.decode_free(data)?;
            }
        }
        self.begun(corners, codes);
        Some(corners)
    }

    fn decode_free(&mut self, data: &mut std::slice::Iter<'_, u8>) -> Option<u32> {
        let mut code = 0_u32;
        for shift in (0..35).step_by(7) {
            let byte = *data.next()?;
            code |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                let difference = (code >> 1) ^ (code & 1).wrapping_neg();
                self.last = self.last.wrapping_add(difference);
                return Some(self.last);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each triangle with its lowest corner first.
    fn canonical(corners: &[u32]) -> Vec<[u32; 3]> {
        let turned = |t: &[u32]| (0..3).map(|turn| turn_by([t[0], t[1], t[2]], turn)).min();
        corners.chunks_exact(3).filter_map(turned).collect()
    }

    #[test]
    fn a_wall_of_quads_takes_two_bytes_a_quad() {
        let quads: Vec<u32> = (0..100)
            .flat_map(|q| [0, 1, 2, 0, 2, 3].map(|k| 4 * q + k))
            .collect();
        let packed = encode(&quads);
        assert_eq!(packed.len(), 1 + 200 + 16);
        assert_eq!(
            canonical(&decode(&packed, quads.len()).unwrap()),
            canonical(&quads)
        );
    }

    #[test]
    fn the_example_of_the_format_reads_as_it_should() {
        // Two primitives after each other: numbers begin anew.
        let corners = [0, 1, 2, 2, 1, 3, 0, 1, 2, 2, 1, 3];
        let packed = encode(&corners);
        assert_eq!(packed[..6], [0xe1, 0xf0, 0x10, 0xfe, 0x10, 0x00]);
        assert_eq!(
            canonical(&decode(&packed, 12).unwrap()),
            canonical(&corners)
        );
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(
            steps in prop::collection::vec((any::<u32>(), 0..32_u32), 0..300), near: bool,
        ) {
            let mut corners: Vec<u32> = steps.iter().map(|&(n, shift)| if near { n % 24 } else { n >> shift }).collect();
            corners.truncate(corners.len() / 3 * 3);
            let packed = encode(&corners);
            let read = decode(&packed, corners.len()).unwrap();
            prop_assert_eq!(canonical(&read), canonical(&corners));
        }

        #[test]
        fn hostile_bytes_are_an_error_and_no_panic(
            body in prop::collection::vec(any::<u8>(), 0..200), count: usize,
        ) {
            let bytes: Vec<u8> = std::iter::once(HEADER).chain(body).collect();
            for count in [count, count % 200, count % 60 * 3] {
                if let Ok(corners) = decode(&bytes, count) {
                    prop_assert!(corners.len() <= 3 * bytes.len());
                }
            }
        }
    }
}
