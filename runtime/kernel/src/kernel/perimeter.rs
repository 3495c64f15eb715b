//! `splitAndSetbackPerimeter`: the edges of each face in a row, a pattern of sizes along them, a depth for each section.
//!
//! The pattern is told like that of a split. Sections then become current one after the other, so that depths can use
//! `split.index`.

use super::comp::Operator;
use super::pieces::Piece;
use super::split::Along;
use super::split_sizes::{Item, solve};
use super::stack::Entry;
use super::values::Items;
use crate::Kernel;
use crate::limits::Stop;
use crate::ops::merge_shapes;
use crate::ops::perimeter::{Row, Section};

/// Sections whose depths are being told.
#[derive(Debug)]
pub(super) struct Perimeter {
    rows: Vec<Row>,
    /// Branch and section.
    sections: Vec<(i32, Section)>,
    current: Option<usize>,
    /// `split.index` and `split.total` of the parent.
    split: (f64, f64),
    remainder: Option<(i32, Operator)>,
}

impl Kernel {
    /// `perimeter_begin` of the table.
    pub(crate) fn perimeter_begin(
        &mut self,
        offset: f64,
        relative: i32,
        first: f64,
        mask: i32,
    ) -> Result<(), Stop> {
        let offset = self.finite(offset, "splitAndSetbackPerimeter");
        let first = self.finite(first, "splitAndSetbackPerimeter");
        self.begin_split(Along::Perimeter {
            offset,
            relative: relative & 1 == 1,
            first,
            mask,
        })
    }

    /// `perimeter_sections` of the table.
    pub(crate) fn perimeter_sections(&mut self) -> Result<(), Stop> {
        let (along, items) = self.end_split()?;
        let Along::Perimeter {
            offset,
            relative,
            first,
            mask,
        } = along
        else {
            return Err(Stop::Misuse("perimeter_sections outside its block"));
        };
        let mask = match mask {
            -1 => None,
            id => match &self.values.array(id)?.items {
                Items::Bool(items) => Some(items.clone()),
                _ => return Err(Stop::Misuse("expected an array of bools")),
            },
        };
        let rows = self.perimeter_rows(first, mask.as_deref())?;
        let sections = self.lay_out(&rows, &items, |length| {
            if relative { offset * length } else { offset }
        })?;
        let split = self.state.split;
        self.push_entry(Entry::Perimeter(Box::new(Perimeter {
            rows,
            sections,
            current: None,
            split,
            remainder: None,
        })))
    }

    /// The pattern along each row.
    fn lay_out(
        &mut self,
        rows: &[Row],
        items: &[Item],
        offset: impl Fn(f64) -> f64,
    ) -> Result<Vec<(i32, Section)>, Stop> {
        let mut sections = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            let length = row.length();
            let Ok(ranges) = solve(items, length) else {
                self.warn("splitAndSetbackPerimeter: more than 100000 sections, none are made");
                return Ok(Vec::new());
            };
            self.charge(ranges.len())?;
            let section = |range: &super::split_sizes::Range| Section {
                row: number,
                start: offset(length) + range.low,
                length: range.high - range.low,
                depth: 0.0,
            };
            sections.extend(ranges.iter().map(|range| (range.branch, section(range))));
        }
        Ok(sections)
    }

    fn perimeter(&mut self) -> Result<&mut Perimeter, Stop> {
        match self.derivation.stack.last_mut() {
            Some(Entry::Perimeter(perimeter)) => Ok(perimeter),
            _ => Err(Stop::Misuse("a section outside a perimeter")),
        }
    }

    /// `comp_next` where sections are told: the next one becomes current.
    pub(super) fn next_section(&mut self) -> Result<i32, Stop> {
        self.charge(1)?;
        let perimeter = self.perimeter()?;
        let next = perimeter.current.map_or(0, |current| current + 1);
        let (total, parent) = (perimeter.sections.len(), perimeter.split);
        if next < total {
            perimeter.current = Some(next);
            self.state.split = (next as f64, total as f64);
            return Ok(1);
        }
        self.state.split = parent;
        Ok(0)
    }

    /// The section whose depth is asked for.
    fn current_section(&mut self) -> Result<&mut (i32, Section), Stop> {
        let perimeter = self.perimeter()?;
        let current = perimeter.current.unwrap_or(usize::MAX);
        let section = perimeter.sections.get_mut(current);
        section.ok_or(Stop::Misuse("no section is current"))
    }

    /// `section_of` of the table.
    pub(crate) fn section_of(&mut self, branch: i32) -> Result<i32, Stop> {
        Ok(i32::from(self.current_section()?.0 == branch))
    }

    /// `section_depth` of the table.
    pub(crate) fn section_depth(&mut self, depth: f64) -> Result<i32, Stop> {
        let depth = self.finite(depth, "splitAndSetbackPerimeter");
        self.current_section()?.1.depth = depth;
        Ok(1)
    }

    /// `perimeter_remainder` of the table.
    pub(crate) fn perimeter_remainder(&mut self, branch: i32, operator: i32) -> Result<(), Stop> {
        let operator = Operator::from_number(operator)?;
        if branch < 0 {
            return Err(Stop::Misuse("a branch is not negative"));
        }
        self.perimeter()?.remainder = Some((branch, operator));
        Ok(())
    }

    /// `perimeter_run` of the table. Sections without depth, and those that deeper ones cover, make no piece.
    pub(crate) fn perimeter_run(&mut self) -> Result<(), Stop> {
        let Some(Entry::Perimeter(perimeter)) = self.derivation.stack.pop() else {
            return Err(Stop::Misuse("perimeter_run outside its block"));
        };
        if self.derivation.progress.dead {
            return self.begin_pieces(Vec::new());
        }
        let (branches, sections): (Vec<i32>, Vec<Section>) = perimeter.sections.into_iter().unzip();
        let total = sections.len() as f64;
        let made = self.set_back_sections(&perimeter.rows, &sections)?;
        let mut pieces = Vec::new();
        for (index, (branch, shape)) in branches.into_iter().zip(made.sections).enumerate() {
            if let Some(shape) = shape {
                pieces.push(Piece {
                    split: Some((index as f64, total)),
                    ..Piece::new(branch, shape)
                });
            }
        }
        if let Some((branch, operator)) = perimeter.remainder {
            let shapes = match operator {
                Operator::All if made.remainder.len() > 1 => {
                    vec![merge_shapes(&made.remainder, &self.shape)]
                }
                _ => made.remainder,
            };
            pieces.extend(shapes.into_iter().map(|shape| Piece::new(branch, shape)));
        }
        self.begin_pieces(pieces)
    }
}
