//! Sizes written `'v` and `~v` in arguments of operations.

use crate::Kernel;

impl Kernel {
    /// The k-th size of an operation in metres: `'v` (bit k of `relative`) is a share of the axis, `~v` (bit k + 8)
    /// the length nearest to v of which a whole number fits, as a repeated split chooses it.
    pub(crate) fn size(&mut self, value: f64, relative: i32, k: u32, axis_size: f64) -> f64 {
        let value = self.finite(value, "size");
        if relative >> k & 1 == 1 {
            return value * axis_size;
        }
        if relative >> (k + 8) & 1 == 1 && value != 0.0 && axis_size != 0.0 {
            return fitting_tile(value.abs(), axis_size.abs()).copysign(value);
        }
        value
    }
}

/// The tile length nearest to `tile` of which a whole number fills `length`: the count n brings the stretch factor
/// length / (n · tile) nearest to 1; see the split solver.
fn fitting_tile(tile: f64, length: f64) -> f64 {
    let fewer = (length / tile).floor().max(1.0);
    let more = fewer + 1.0;
    let stretch = |count: f64| (length / (count * tile) - 1.0).abs();
    length
        / if stretch(more) < stretch(fewer) {
            more
        } else {
            fewer
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_fit_a_whole_number_of_times() {
        assert_eq!(fitting_tile(3.0, 3.9), 3.9);
        assert_eq!(fitting_tile(3.0, 4.1), 2.05);
        assert_eq!(fitting_tile(3.0, 1.0), 1.0);
    }
}
