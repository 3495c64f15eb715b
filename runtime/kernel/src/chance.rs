//! Numbers for tests that try many cases, the same in each run.

/// Numbers from a seed: Knuth's linear congruential generator, *The Art of Computer Programming*, volume 2, 3.3.4.
#[derive(Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// From 0 to less than 1.
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number less than `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.next() * count as f64) as usize
    }
}
