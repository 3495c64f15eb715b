//! Random numbers: the seed of a shape is made from its path in the shape tree, never from the order of evaluation.
//!
//! The mixer is `SplitMix64`'s finaliser (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
//! ```text
//! child seed  = mix(parent seed, CHILD + number of the child)      53 bits, so that `seedian` can name it
//! n-th number = mix(seed, DRAW + n) / 2^64                         53 bits, in [0, 1)
//! attribute   = mix(initial seed, hash of its name)                a stream of its own
//! ```

use crate::Kernel;
use crate::limits::Stop;

/// Separates the seeds of children from numbers drawn.
const CHILD: u64 = 0x4348_494C_0000_0000;
/// Separates numbers drawn from the seeds of children.
const DRAW: u64 = 0x4452_4157_0000_0000;
/// The golden ratio's fraction: consecutive inputs land far apart.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
/// Seeds of shapes other than initial ones fit a float.
const SEED_BITS: u32 = 53;

/// `SplitMix64`'s finaliser.
fn finalize(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number that depends on all bits of both.
fn mix(seed: u64, word: u64) -> u64 {
    finalize(finalize(seed.wrapping_add(GOLDEN)).wrapping_add(word.wrapping_mul(GOLDEN)))
}

/// The seed of the n-th child of a shape.
pub(crate) fn child_seed(seed: u64, child: u32) -> u64 {
    mix(seed, CHILD + u64::from(child)) >> (64 - SEED_BITS)
}

/// The seed of an attribute's own stream.
pub(crate) fn attribute_seed(seed: u64, name: &str) -> u64 {
    mix(seed, hash(name.as_bytes())) >> (64 - SEED_BITS)
}

/// FNV-1a, 64 bits.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

/// The n-th number in [0, 1) of a seed's stream.
pub(crate) fn draw(seed: u64, n: u32) -> f64 {
    let bits = mix(seed, DRAW + u64::from(n)) >> 11;
    bits as f64 * (1.0 / (1_u64 << 53) as f64)
}

/// The seed that `set(seedian, value)` means: whole numbers name themselves, others their bits.
pub(crate) fn seed_from_float(value: f64) -> u64 {
    if value.is_nan() {
        0
    } else if value == value.trunc() && value.abs() < 9e18 {
        (value as i64).cast_unsigned()
    } else {
        value.to_bits()
    }
}

impl Kernel {
    /// A number in [0, 1) from the current shape's stream.
    pub(crate) fn random(&mut self) -> f64 {
        let value = draw(self.state.seed, self.state.drawn);
        self.state.drawn = self.state.drawn.wrapping_add(1);
        value
    }

    /// `rand` of the table.
    pub(crate) fn rand(&mut self) -> Result<f64, Stop> {
        Ok(self.random())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pearson's statistic of counts against equal expectation.
    fn chi_squared(counts: &[u32]) -> f64 {
        let expected = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
        counts
            .iter()
            .map(|&n| (f64::from(n) - expected) * (f64::from(n) - expected) / expected)
            .sum()
    }

    fn histogram(values: impl Iterator<Item = f64>) -> [u32; 64] {
        let mut counts = [0; 64];
        for value in values {
            assert!((0.0..1.0).contains(&value));
            counts[(value * 64.0) as usize] += 1;
        }
        counts
    }

    /// With 63 degrees of freedom the 99.99 percentile is 115.
    const LIMIT: f64 = 115.0;

    #[test]
    fn numbers_of_one_stream_are_uniform() {
        assert!(chi_squared(&histogram((0..64_000).map(|n| draw(1, n)))) < LIMIT);
    }

    #[test]
    fn first_numbers_of_consecutive_seeds_are_uniform() {
        assert!(chi_squared(&histogram((0..64_000).map(|seed| draw(seed, 0)))) < LIMIT);
    }

    #[test]
    fn first_numbers_of_siblings_are_uniform() {
        assert!(chi_squared(&histogram((0..64_000).map(|n| draw(child_seed(7, n), 0)))) < LIMIT);
    }

    #[test]
    fn neighbouring_numbers_are_independent() {
        let mut counts = [0_u32; 64];
        for n in 0..64_000 {
            let (a, b) = (draw(3, n), draw(3, n + 1));
            counts[(a * 8.0) as usize * 8 + (b * 8.0) as usize] += 1;
        }
        assert!(chi_squared(&counts) < LIMIT);
    }

    #[test]
    fn seeds_of_children_fit_a_float() {
        let seed = child_seed(u64::MAX, 12);
        assert_eq!(seed_from_float(seed as f64), seed);
    }
}
