//! Sizes of the pieces of a split: which items of the pattern are laid out, how often, and how long they are.
//!
//! Rules (measured on CityEngine's runtime), for a length L and items with natural size: absolute a, relative r·L, floating f.
//! - All floats share one stretch factor k = (L − A) / F: what absolute sizes A leave, over the natural floats F.
//! - Counts of repeated groups are raised round-robin, first group first: m steps give group g of G
//!   ⌈(m − g) / G⌉ repetitions. With floats in the block, m is the number that brings k nearest to 1 (F = 0 is
//!   infinitely bad, ties take fewer). k falls as m rises, so only the steps around "natural size = L" are compared.
//! - Without any float, repetitions are added until L is used up; the last one is cut short, so that what stands
//!   after the group keeps its place.
//! - Pieces are laid out from 0; one that crosses L is cut there, later ones are not made; a rest stays empty.
//! - A repeat inside a repeat counts once in each repetition. Sizes of zero or less make no piece.

/// CGA's own limit for the children of one shape.
const MAX_PIECES: f64 = 100_000.0;

/// Sizes nearer than this share of L are equal.
const TOLERANCE: f64 = 1e-9;

/// How a size is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Metres.
    Absolute,
    /// A share of the length.
    Relative,
    /// Metres before stretching.
    Floating,
}

/// An entry of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    /// A piece.
    Size {
        /// The branch it runs.
        branch: i32,
        /// How the size is meant.
        mode: Mode,
        /// The size.
        size: f64,
    },
    /// `{ ... }` or `{ ... }*`.
    Group {
        /// Its entries.
        items: Vec<Self>,
        /// Whether it is repeated.
        repeat: bool,
    },
}

/// A piece.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    /// The branch it runs.
    pub(super) branch: i32,
    /// Where it begins, from 0.
    pub(super) low: f64,
    /// Where it ends, up to L.
    pub(super) high: f64,
}

/// A pattern that would make more than 100 000 pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany;

/// A flat run of pieces, repeated or not.
#[derive(Debug, Default)]
struct Section {
    repeat: bool,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    branch: i32,
    floating: bool,
    size: f64,
}

/// Absolute and floating natural lengths.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    absolute: f64,
    floating: f64,
}

impl Sum {
    fn of<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> Self {
        pieces
            .into_iter()
            .fold(Self::default(), |sum, piece| match piece.floating {
                true => Self {
                    floating: sum.floating + piece.size,
                    ..sum
                },
                false => Self {
                    absolute: sum.absolute + piece.size,
                    ..sum
                },
            })
    }

    fn plus(self, other: Self, times: f64) -> Self {
        Self {
            absolute: self.absolute + other.absolute * times,
            floating: self.floating + other.floating * times,
        }
    }

    fn natural(self) -> f64 {
        self.absolute + self.floating
    }

    /// The stretch factor of floats.
    fn stretch(self, length: f64) -> f64 {
        (length - self.absolute) / self.floating
    }

    /// How far the stretch factor is from 1.
    fn badness(self, length: f64) -> f64 {
        if self.floating > 0.0 {
            (self.stretch(length) - 1.0).abs()
        } else {
            f64::INFINITY
        }
    }
}

/// Lays out a pattern on a length.
pub(super) fn solve(items: &[Item], length: f64) -> Result<Vec<Range>, TooMany> {
    if length.is_nan() || length <= 0.0 {
        return Ok(Vec::new());
    }
    let sections = flatten(items, length);
    let fixed = Sum::of(
        sections
            .iter()
            .filter(|s| !s.repeat)
            .flat_map(|s| &s.pieces),
    );
    let repeated: Vec<Sum> = sections
        .iter()
        .filter(|s| s.repeat)
        .map(|s| Sum::of(&s.pieces))
        .collect();
    let any_float = fixed.floating > 0.0 || repeated.iter().any(|sum| sum.floating > 0.0);
    let steps = match any_float {
        true => steps_by_stretch(fixed, &repeated, length)?,
        false => steps_to_fill(fixed, &repeated, length)?,
    };
    let sum = sum_after(fixed, &repeated, steps);
    let stretch = if any_float {
        sum.stretch(length).max(0.0)
    } else {
        0.0
    };
    let count: usize = sections.iter().map(|s| s.pieces.len()).sum();
    if count as f64 * (steps as f64 + 1.0) > 100.0 * MAX_PIECES {
        return Err(TooMany);
    }
    // Without floats the repetition added last gives way to what stands after it.
    let excess = if any_float || steps == 0 {
        0.0
    } else {
        (sum.natural() - length).max(0.0)
    };
    let last_group = if repeated.is_empty() {
        0
    } else {
        (steps + repeated.len() - 1) % repeated.len()
    };
    let mut layout = Layout {
        length,
        stretch,
        at: 0.0,
        ranges: Vec::new(),
    };
    let mut group = 0;
    for section in &sections {
        if !section.repeat {
            layout.add(&section.pieces, f64::INFINITY)?;
            continue;
        }
        let times = repetitions(steps, group, repeated.len());
        for n in 0..times {
            let last = group == last_group && n + 1 == times;
            let room = if last && excess > 0.0 {
                repeated[group].natural() - excess
            } else {
                f64::INFINITY
            };
            layout.add(&section.pieces, room)?;
        }
        group += 1;
    }
    Ok(layout.ranges)
}

/// Pieces laid out so far.
struct Layout {
    length: f64,
    stretch: f64,
    at: f64,
    ranges: Vec<Range>,
}

impl Layout {
    /// Lays out a section in at most `room`.
    fn add(&mut self, pieces: &[Piece], room: f64) -> Result<(), TooMany> {
        let tolerance = self.length * TOLERANCE;
        let end = self.length.min(self.at + room);
        for piece in pieces {
            let size = if piece.floating {
                piece.size * self.stretch
            } else {
                piece.size
            };
            if size <= tolerance || end - self.at <= tolerance {
                continue;
            }
            let mut high = (self.at + size).min(end);
            if self.length - high <= tolerance {
                high = self.length;
            }
            if self.ranges.len() as f64 >= MAX_PIECES {
                return Err(TooMany);
            }
            self.ranges.push(Range {
                branch: piece.branch,
                low: self.at,
                high,
            });
            self.at = high;
        }
        Ok(())
    }
}

/// Repetitions of group `group` of `groups` after `steps` steps.
fn repetitions(steps: usize, group: usize, groups: usize) -> usize {
    (steps + groups - 1 - group) / groups
}

/// Lengths after some steps.
fn sum_after(fixed: Sum, repeated: &[Sum], steps: usize) -> Sum {
    repeated
        .iter()
        .enumerate()
        .fold(fixed, |sum, (group, &part)| {
            sum.plus(part, repetitions(steps, group, repeated.len()) as f64)
        })
}

/// Full rounds of all groups that fit in a length.
fn rounds(fixed: Sum, repeated: &[Sum], length: f64) -> Result<usize, TooMany> {
    let round: f64 = repeated.iter().map(|sum| sum.natural()).sum();
    let rounds = ((length - fixed.natural()) / round).floor();
    if rounds > MAX_PIECES {
        return Err(TooMany);
    }
    Ok(if rounds >= 1.0 { rounds as usize } else { 0 })
}

/// The number of steps whose stretch factor is nearest to 1.
fn steps_by_stretch(fixed: Sum, repeated: &[Sum], length: f64) -> Result<usize, TooMany> {
    if repeated.is_empty() || repeated.iter().all(|sum| sum.natural() <= 0.0) {
        return Ok(0);
    }
    let groups = repeated.len();
    let around = rounds(fixed, repeated, length)? * groups;
    let mut best = (f64::INFINITY, 0);
    for steps in around.saturating_sub(groups)..=around + 2 * groups {
        let badness = sum_after(fixed, repeated, steps).badness(length);
        if badness < best.0 - TOLERANCE || (best.0.is_infinite() && badness.is_finite()) {
            best = (badness, steps);
        }
    }
    Ok(best.1)
}

/// The number of steps that uses a length up.
fn steps_to_fill(fixed: Sum, repeated: &[Sum], length: f64) -> Result<usize, TooMany> {
    if repeated.iter().all(|sum| sum.natural() <= 0.0) {
        return Ok(0);
    }
    let mut steps = rounds(fixed, repeated, length)? * repeated.len();
    while sum_after(fixed, repeated, steps).natural() < length * (1.0 - TOLERANCE) {
        steps += 1;
    }
    Ok(steps)
}

/// Sections of flat pieces with natural sizes in metres.
fn flatten(items: &[Item], length: f64) -> Vec<Section> {
    let mut sections = vec![Section::default()];
    flatten_into(items, length, false, &mut sections);
    sections.retain(|section| !section.pieces.is_empty());
    sections
}

fn flatten_into(items: &[Item], length: f64, inside: bool, sections: &mut Vec<Section>) {
    for item in items {
        match item {
            Item::Size { branch, mode, size } => {
                let size = if *mode == Mode::Relative {
                    size * length
                } else {
                    *size
                };
                let piece = Piece {
                    branch: *branch,
                    floating: *mode == Mode::Floating,
                    size: size.max(0.0),
                };
                sections
                    .last_mut()
                    .expect("there is always a section")
                    .pieces
                    .push(piece);
            }
            Item::Group { items, repeat } if *repeat && !inside => {
                sections.push(Section {
                    repeat: true,
                    pieces: Vec::new(),
                });
                flatten_into(items, length, true, sections);
                sections.push(Section::default());
            }
            Item::Group { items, .. } => flatten_into(items, length, inside, sections),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn absolute(size: f64) -> Item {
        Item::Size {
            branch: 0,
            mode: Mode::Absolute,
            size,
        }
    }

    fn relative(size: f64) -> Item {
        Item::Size {
            branch: 1,
            mode: Mode::Relative,
            size,
        }
    }

    fn floating(size: f64) -> Item {
        Item::Size {
            branch: 2,
            mode: Mode::Floating,
            size,
        }
    }

    fn repeat(items: impl Into<Vec<Item>>) -> Item {
        Item::Group {
            items: items.into(),
            repeat: true,
        }
    }

    fn sizes(items: &[Item], length: f64) -> Vec<f64> {
        let ranges = solve(items, length).unwrap();
        ranges
            .iter()
            .map(|range| (1e6 * (range.high - range.low)).round() / 1e6)
            .collect()
    }

    #[test]
    fn a_repeated_float_takes_the_count_that_stretches_least() {
        // Measured on PRT 3.3 with {~3}*: length, number of parts.
        let measured = [
            (1.0, 1),
            (2.0, 1),
            (3.0, 1),
            (3.5, 1),
            (3.9, 1),
            (3.999, 1),
            (4.001, 2),
            (4.1, 2),
            (4.5, 2),
            (5.0, 2),
            (6.0, 2),
            (7.0, 2),
            (7.199, 2),
            (7.201, 3),
            (7.5, 3),
            (8.0, 3),
            (9.0, 3),
            (10.0, 3),
            (10.285, 3),
            (10.286, 4),
            (10.5, 4),
            (12.0, 4),
            (13.33, 4),
            (13.34, 5),
            (20.0, 7),
            (28.4, 9),
            (28.43, 10),
            (28.5, 10),
            (60.0, 20),
        ];
        for (length, count) in measured {
            assert_eq!(
                sizes(&[repeat([floating(3.0)])], length).len(),
                count,
                "{length}"
            );
        }
    }

    #[test]
    fn floats_share_what_absolute_sizes_leave() {
        assert_eq!(
            sizes(
                &[absolute(1.0), floating(1.0), floating(3.0), relative(0.1)],
                10.0
            ),
            [1.0, 2.0, 6.0, 1.0]
        );
    }

    #[test]
    fn floats_vanish_and_pieces_are_cut_when_there_is_no_room() {
        assert_eq!(
            sizes(&[absolute(0.7), floating(1.0), absolute(0.7)], 1.35),
            [0.7, 0.65]
        );
        assert_eq!(
            sizes(&[absolute(7.0), absolute(7.0), absolute(7.0)], 10.0),
            [7.0, 3.0]
        );
    }

    #[test]
    fn a_rest_is_left_out() {
        assert_eq!(sizes(&[absolute(2.0), absolute(3.0)], 10.0), [2.0, 3.0]);
    }

    #[test]
    fn zero_and_negative_sizes_make_no_piece() {
        assert_eq!(
            sizes(
                &[absolute(0.0), absolute(-2.0), absolute(1.0), floating(0.0)],
                10.0
            ),
            [1.0]
        );
    }

    #[test]
    fn a_repeated_group_vanishes_when_other_floats_fit_better() {
        assert_eq!(sizes(&[floating(8.0), repeat([floating(3.0)])], 8.0), [8.0]);
        assert_eq!(sizes(&[floating(8.0), repeat([floating(3.0)])], 9.0), [9.0]);
        assert_eq!(
            sizes(&[floating(8.0), repeat([floating(3.0)])], 11.0),
            [8.0, 3.0]
        );
    }

    #[test]
    fn absolute_sizes_beside_a_repeat_are_subtracted_first() {
        // The switch from one to two is at (L - abs) / f = 4/3.
        let pattern = [absolute(2.0), repeat([floating(3.0)])];
        assert_eq!(sizes(&pattern, 5.99).len(), 2);
        assert_eq!(sizes(&pattern, 6.01).len(), 3);
    }

    #[test]
    fn several_groups_are_raised_in_turn() {
        // C | T | {~T}* | T | {~T}* | T | C: measured 1+0, 1+1, 2+1, 2+2, 3+2.
        let named = |branch| {
            repeat([Item::Size {
                branch,
                mode: Mode::Floating,
                size: 2.0,
            }])
        };
        let pattern = [
            absolute(1.0),
            absolute(2.0),
            named(7),
            absolute(2.0),
            named(8),
            absolute(2.0),
            absolute(1.0),
        ];
        for (length, counts) in [
            (10.0, (1, 0)),
            (12.0, (1, 1)),
            (14.0, (2, 1)),
            (16.0, (2, 2)),
            (18.0, (3, 2)),
        ] {
            let ranges = solve(&pattern, length).unwrap();
            let count = |branch| ranges.iter().filter(|range| range.branch == branch).count();
            assert_eq!((count(7), count(8)), counts, "{length}");
        }
    }

    #[test]
    fn absolute_repeats_fill_the_length_and_the_last_is_cut() {
        assert_eq!(
            sizes(&[repeat([absolute(3.0)])], 10.0),
            [3.0, 3.0, 3.0, 1.0]
        );
        assert_eq!(sizes(&[repeat([absolute(0.1)])], 1.0).len(), 10);
        assert_eq!(
            sizes(
                &[repeat([absolute(3.0), absolute(1.0)]), absolute(2.0)],
                9.0
            ),
            [3.0, 1.0, 3.0, 2.0]
        );
    }

    #[test]
    fn groups_without_star_are_their_items() {
        let group = Item::Group {
            items: vec![floating(1.0), absolute(2.0)],
            repeat: false,
        };
        assert_eq!(sizes(&[group, floating(1.0)], 10.0), [4.0, 2.0, 4.0]);
    }

    #[test]
    fn pieces_touch_and_end_at_the_length() {
        let ranges = solve(&[repeat([floating(0.3), absolute(0.1)])], 7.77).unwrap();
        assert!(ranges.windows(2).all(|pair| pair[0].high == pair[1].low));
        assert_eq!(ranges.last().map(|range| range.high), Some(7.77));
    }

    #[test]
    fn tiny_repeats_are_refused_and_hostile_lengths_give_nothing() {
        assert_eq!(solve(&[repeat([floating(1e-9)])], 1.0), Err(TooMany));
        assert_eq!(solve(&[repeat([absolute(1e-300)])], 1e300), Err(TooMany));
        assert_eq!(solve(&[repeat([absolute(0.0)])], 1.0), Ok(Vec::new()));
        assert_eq!(solve(&[floating(1.0)], f64::NAN), Ok(Vec::new()));
        assert_eq!(solve(&[floating(1.0)], -3.0), Ok(Vec::new()));
    }
}
