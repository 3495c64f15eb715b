//! Lots: what a grammar is tried on.

use serde::Deserialize;

/// A lot.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Lot {
    /// Its form.
    pub shape: LotShape,
    /// Its front, metres.
    pub width: f64,
    /// Metres from the front to the back.
    pub depth: f64,
}

/// The form of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LotShape {
    /// As `gable generate --lot WIDTHxDEPTH` has it.
    Rectangle,
    /// A quarter of the rectangle is missing, at the back on the right.
    Corner,
    /// The middle of the rectangle is missing.
    Court,
}

/// The longest side, metres.
const LONGEST: f64 = 1e6;

impl Lot {
    /// Its outline, counter-clockwise from above, the first edge at the front (+z), then its hole, clockwise.
    ///
    /// # Errors
    /// When a side is not a length.
    pub fn rings(&self) -> Result<Vec<Vec<[f64; 3]>>, String> {
        let Self {
            shape,
            width,
            depth,
        } = *self;
        if [width, depth]
            .iter()
            .any(|side| !(*side > 0.0 && *side <= LONGEST))
        {
            return Err(format!(
                "a lot of {width} by {depth} m: sides are more than 0 and at most {LONGEST} m"
            ));
        }
        let ring = |corners: &[[f64; 2]]| corners.iter().map(|[x, z]| [*x, 0.0, *z]).collect();
        let front = [[0.0, depth], [width, depth]];
        Ok(match shape {
            LotShape::Rectangle => vec![ring(&[front[0], front[1], [width, 0.0], [0.0, 0.0]])],
            LotShape::Corner => {
                let middle = [width / 2.0, depth / 2.0];
                vec![ring(&[
                    front[0],
                    front[1],
                    [width, middle[1]],
                    middle,
                    [middle[0], 0.0],
                    [0.0, 0.0],
                ])]
            }
            LotShape::Court => {
                let [left, right] = [width / 3.0, width * 2.0 / 3.0];
                let [back, near] = [depth / 3.0, depth * 2.0 / 3.0];
                let outer = ring(&[front[0], front[1], [width, 0.0], [0.0, 0.0]]);
                let hole = ring(&[[left, near], [left, back], [right, back], [right, near]]);
                vec![outer, hole]
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twice the area, positive when counter-clockwise from above.
    fn area(ring: &[[f64; 3]]) -> f64 {
        let next = ring.iter().cycle().skip(1);
        let crosses = ring
            .iter()
            .zip(next)
            .map(|(a, b)| a[2] * b[0] - a[0] * b[2]);
        crosses.sum()
    }

    fn areas(shape: LotShape) -> Vec<f64> {
        let lot = Lot {
            shape,
            width: 30.0,
            depth: 20.0,
        };
        let rings = lot.rings().expect("a lot");
        rings.iter().map(|ring| area(ring)).collect()
    }

    #[test]
    fn outlines_turn_left_and_holes_right() {
        assert_eq!(areas(LotShape::Rectangle), [1200.0]);
        assert_eq!(areas(LotShape::Corner), [900.0]);
        let court = areas(LotShape::Court);
        assert_eq!(court[0], 1200.0);
        assert!((court[1] + 1200.0 / 9.0).abs() < 1e-9, "{court:?}");
    }

    #[test]
    fn sides_are_lengths() {
        for (width, depth) in [(0.0, 5.0), (5.0, -1.0), (f64::NAN, 5.0), (5.0, 1e7)] {
            let shape = LotShape::Rectangle;
            assert!(
                Lot {
                    shape,
                    width,
                    depth
                }
                .rings()
                .is_err()
            );
        }
    }
}
