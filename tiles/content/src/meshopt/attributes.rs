//! Mode `ATTRIBUTES` of `EXT_meshopt_compression` (its appendix A, mode 0), bitstream version 0.
//!
//! Elements are cut into blocks; in a block, each byte of the element is a row of differences to the element before,
//! in groups of sixteen that take 0, 2, 4 or 8 bits a difference. The element before the first is stored at the end.

use super::MeshoptError;

const HEADER: u8 = 0xa0;
const GROUP: usize = 16;
const TAIL_BYTES: usize = 32;
const MOST_BLOCK_BYTES: usize = 8192;
const MOST_BLOCK_ELEMENTS: usize = 256;

/// Elements of a block.
fn block_elements(stride: usize) -> usize {
    ((MOST_BLOCK_BYTES / stride) & !(GROUP - 1)).min(MOST_BLOCK_ELEMENTS)
}

/// Packs elements of `stride` bytes, a multiple of 4 up to 256.
///
/// # Panics
/// With another stride, or a length that is no multiple of it.
pub(crate) fn encode(bytes: &[u8], stride: usize) -> Vec<u8> {
    assert!(
        stride.is_multiple_of(4) && (4..=256).contains(&stride),
        "stride {stride}"
    );
    assert!(bytes.len().is_multiple_of(stride), "whole elements");
    let mut out = vec![HEADER];
    let mut last = bytes
        .get(..stride)
        .map_or_else(|| vec![0; stride], <[u8]>::to_vec);
    let first = last.clone();
    for block in bytes.chunks(block_elements(stride) * stride) {
        for column in 0..stride {
            let mut before = last[column];
            let mut differences: Vec<u8> = block[column..]
                .iter()
                .step_by(stride)
                .map(|&byte| zigzag(byte.wrapping_sub(std::mem::replace(&mut before, byte))))
                .collect();
            differences.resize(differences.len().next_multiple_of(GROUP), 0);
            encode_row(&differences, &mut out);
        }
        last.copy_from_slice(&block[block.len() - stride..]);
    }
    out.resize(out.len() + TAIL_BYTES.saturating_sub(stride), 0);
    out.extend(first);
    out
}

fn zigzag(difference: u8) -> u8 {
    (difference << 1) ^ (difference.cast_signed() >> 7).cast_unsigned()
}

fn unzigzag(code: u8) -> u8 {
    (code >> 1) ^ (code & 1).wrapping_neg()
}

/// Widths of all groups, two bits each, then the groups.
fn encode_row(differences: &[u8], out: &mut Vec<u8>) {
    let widths = out.len();
    let groups = differences.chunks_exact(GROUP);
    out.resize(widths + groups.len().div_ceil(4), 0);
    for (number, group) in groups.enumerate() {
        let above = |limit: u8| group.iter().filter(|&&code| code >= limit).count();
        let choices = [(8 + above(15), 2), (4 + above(3), 1)];
        let (_, width) =
            choices.into_iter().fold(
                (GROUP, 3),
                |best, choice| if choice.0 < best.0 { choice } else { best },
            );
        let width = if above(1) == 0 { 0 } else { width };
        out[widths + number / 4] |= width << (2 * (number % 4));
        match width {
            0 => {}
            1 => encode_group::<2>(group, out),
            2 => encode_group::<4>(group, out),
            _ => out.extend_from_slice(group),
        }
    }
}

/// `BITS` for each difference, the first highest; those that do not fit say so, and follow as bytes.
fn encode_group<const BITS: usize>(group: &[u8], out: &mut Vec<u8>) {
    let full = (1_u8 << BITS) - 1;
    for part in group.chunks_exact(8 / BITS) {
        out.push(
            part.iter()
                .fold(0, |byte, &code| byte << BITS | code.min(full)),
        );
    }
    out.extend(group.iter().filter(|&&code| code >= full));
}

/// Unpacks `count` elements of `stride` bytes.
pub(crate) fn decode(bytes: &[u8], count: usize, stride: usize) -> Result<Vec<u8>, MeshoptError> {
    let fail = |text: &str| MeshoptError::Stream(format!("attributes: {text}"));
    if !stride.is_multiple_of(4) || !(4..=256).contains(&stride) {
        return Err(fail("elements of such a size cannot be packed"));
    }
    let (&header, body) = bytes
        .split_first()
        .ok_or_else(|| fail("there are no bytes"))?;
    if header != HEADER {
        return Err(fail("the first byte is not 0xa0"));
    }
    let body_bytes = body.len().checked_sub(stride.max(TAIL_BYTES));
    let body_bytes = body_bytes.ok_or_else(|| fail("the last element is missing"))?;
    let mut last = body[body.len() - stride..].to_vec();
    let mut rest = &body[..body_bytes];
    // Each 64 elements take a byte in each column at least: what is asked for is bounded by what is there.
    if count
        .div_ceil(64)
        .checked_mul(stride)
        .is_none_or(|least| least > rest.len())
    {
        return Err(fail("there are fewer elements than told"));
    }
    let mut out = vec![0; count * stride];
    for block in out.chunks_mut(block_elements(stride) * stride) {
        let elements = block.len() / stride;
        for column in 0..stride {
            let row = decode_row(&mut rest, elements).ok_or_else(|| fail("they end too early"))?;
            let mut value = last[column];
            for (element, &code) in block.chunks_exact_mut(stride).zip(&row) {
                value = value.wrapping_add(unzigzag(code));
                element[column] = value;
            }
        }
        last.copy_from_slice(&block[block.len() - stride..]);
    }
    if rest.is_empty() {
        Ok(out)
    } else {
        Err(fail("bytes are left over"))
    }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (front, back) = rest.split_at_checked(count)?;
    *rest = back;
    Some(front)
}

fn decode_row(rest: &mut &[u8], elements: usize) -> Option<Vec<u8>> {
    let groups = elements.div_ceil(GROUP);
    let widths = take(rest, groups.div_ceil(4))?;
    let mut row = Vec::with_capacity(groups * GROUP);
    for number in 0..groups {
        match widths[number / 4] >> (2 * (number % 4)) & 3 {
            0 => row.extend([0; GROUP]),
            1 => decode_group::<2>(rest, &mut row)?,
            2 => decode_group::<4>(rest, &mut row)?,
            _ => row.extend_from_slice(take(rest, GROUP)?),
        }
    }
    Some(row)
}

fn decode_group<const BITS: usize>(rest: &mut &[u8], row: &mut Vec<u8>) -> Option<()> {
    let full = (1_u8 << BITS) - 1;
    for byte in take(rest, GROUP * BITS / 8)? {
        row.extend(
            (0..8 / BITS)
                .rev()
                .map(|place| byte >> (place * BITS) & full),
        );
    }
    let start = row.len() - GROUP;
    for code in &mut row[start..] {
        if *code == full {
            *code = *take(rest, 1)?.first()?;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_elements_take_two_bits_for_sixteen_differences() {
        let bytes = [7, 0, 0, 1].repeat(256);
        let packed = encode(&bytes, 4);
        assert_eq!(packed.len(), 1 + 4 * 4 + 32);
        assert_eq!(decode(&packed, 256, 4).unwrap(), bytes);
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(
            words in 1..=64_usize, steps in prop::collection::vec((any::<u8>(), 0..8_u32), 0..900),
        ) {
            let stride = 4 * words;
            // Bytes whose differences are small in some runs and large in others.
            let mut value = 0_u8;
            let mut bytes: Vec<u8> = steps
                .iter()
                .flat_map(|&(step, shift)| { value = value.wrapping_add(step >> shift); [value; 3] })
                .collect();
            bytes.truncate(bytes.len() / stride * stride);
            let packed = encode(&bytes, stride);
            prop_assert_eq!(decode(&packed, bytes.len() / stride, stride).unwrap(), bytes);
        }

        #[test]
        fn hostile_bytes_are_an_error_and_no_panic(
            body in prop::collection::vec(any::<u8>(), 0..400), count: usize, words in 0..70_usize,
        ) {
            let bytes: Vec<u8> = std::iter::once(HEADER).chain(body).collect();
            for count in [count, count % 500] {
                if let Ok(out) = decode(&bytes, count, 4 * words) {
                    prop_assert!(out.len() <= 64 * bytes.len());
                }
            }
        }
    }
}
