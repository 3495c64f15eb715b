//! `split`: a pattern of sizes is told item by item, then solved, then the mesh is cut.

use super::pieces::Piece;
use super::split_sizes::{Item, Mode, Range, solve};
use super::stack::Entry;
use crate::Kernel;
use crate::abi::token::token;
use crate::limits::Stop;
use crate::mesh::area_along::AreaAlong;
use crate::mesh::tags::drop_tags;

/// Items of one split's text; more are a misuse.
const MAX_ITEMS: usize = 100_000;

/// A split whose sizes are being told.
#[derive(Debug)]
pub(super) struct Split {
    along: Along,
    /// Open groups, the outermost first.
    groups: Vec<Vec<Item>>,
    items: usize,
}

/// What is divided.
#[derive(Debug, Clone, Copy)]
pub(super) enum Along {
    /// An axis of the scope.
    Axis { axis: usize, adjust: bool },
    /// The area, along an axis of the scope.
    Area { axis: usize, adjust: bool },
    /// The edges of faces; see `perimeter`.
    Perimeter {
        offset: f64,
        relative: bool,
        first: f64,
        mask: i32,
    },
    /// A texture coordinate.
    Uv {
        axis: usize,
        unit_space: bool,
        set: u8,
    },
}

/// An axis and whether pieces are adjusted, from their tokens.
fn split_axis(axis: i32, adjust: i32) -> Result<(usize, bool), Stop> {
    let axis = [token("x"), token("y"), token("z")]
        .iter()
        .position(|&word| word == Some(axis));
    let axis = axis.ok_or(Stop::Misuse("split along something else than x, y, z"))?;
    Ok((axis, Some(adjust) != token("noAdjust")))
}

impl Kernel {
    /// `split_begin` of the table.
    pub(crate) fn split_begin(&mut self, axis: i32, adjust: i32) -> Result<(), Stop> {
        let (axis, adjust) = split_axis(axis, adjust)?;
        self.begin_split(Along::Axis { axis, adjust })
    }

    /// `split_area_begin` of the table.
    pub(crate) fn split_area_begin(&mut self, axis: i32, adjust: i32) -> Result<(), Stop> {
        let (axis, adjust) = split_axis(axis, adjust)?;
        self.begin_split(Along::Area { axis, adjust })
    }

    /// `split_uv_begin` of the table.
    pub(crate) fn split_uv_begin(&mut self, axis: i32, space: i32, set: f64) -> Result<(), Stop> {
        let axis = [token("u"), token("v")]
            .iter()
            .position(|&word| word == Some(axis));
        let axis = axis.ok_or(Stop::Misuse("split along something else than u, v"))?;
        let set = self.finite(set, "split").clamp(0.0, 9.0) as u8;
        self.begin_split(Along::Uv {
            axis,
            unit_space: Some(space) == token("unitSpace"),
            set,
        })
    }

    pub(super) fn begin_split(&mut self, along: Along) -> Result<(), Stop> {
        self.push_entry(Entry::Split(Box::new(Split {
            along,
            groups: vec![Vec::new()],
            items: 0,
        })))
    }

    fn split(&mut self) -> Result<&mut Split, Stop> {
        match self.derivation.stack.last_mut() {
            Some(Entry::Split(split)) => Ok(split),
            _ => Err(Stop::Misuse("a split's size outside a split")),
        }
    }

    /// `split_size` of the table.
    pub(crate) fn split_size(&mut self, branch: i32, mode: i32, size: f64) -> Result<(), Stop> {
        let size = self.finite(size, "split");
        let mode = match mode {
            0 => Mode::Absolute,
            1 => Mode::Relative,
            2 => Mode::Floating,
            _ => return Err(Stop::Misuse("a size is absolute, relative or floating")),
        };
        if branch < 0 {
            return Err(Stop::Misuse("a branch is not negative"));
        }
        let split = self.split()?;
        split.items += 1;
        if split.items > MAX_ITEMS {
            return Err(Stop::Misuse("too many sizes in one split"));
        }
        split
            .groups
            .last_mut()
            .ok_or(Stop::Misuse("split_close without split_open"))?
            .push(Item::Size { branch, mode, size });
        self.charge(1)
    }

    /// `split_open` of the table.
    pub(crate) fn split_open(&mut self) -> Result<(), Stop> {
        let split = self.split()?;
        if split.groups.len() >= 64 {
            return Err(Stop::Misuse("groups of a split are nested too deep"));
        }
        split.groups.push(Vec::new());
        Ok(())
    }

    /// `split_close` of the table.
    pub(crate) fn split_close(&mut self, repeat: i32) -> Result<(), Stop> {
        let groups = &mut self.split()?.groups;
        let items = groups
            .pop()
            .ok_or(Stop::Misuse("split_close without split_open"))?;
        let outer = groups
            .last_mut()
            .ok_or(Stop::Misuse("split_close without split_open"))?;
        outer.push(Item::Group {
            items,
            repeat: repeat != 0,
        });
        Ok(())
    }

    /// `split_run` of the table.
    pub(crate) fn split_run(&mut self) -> Result<(), Stop> {
        let (along, items) = self.end_split()?;
        let pieces = self.cut(along, &items)?;
        self.begin_pieces(pieces)
    }

    /// Takes a split whose sizes have been told from the stack.
    pub(super) fn end_split(&mut self) -> Result<(Along, Vec<Item>), Stop> {
        let Some(Entry::Split(mut split)) = self.derivation.stack.pop() else {
            return Err(Stop::Misuse("split_run outside a split"));
        };
        match (split.groups.pop(), split.groups.is_empty()) {
            (Some(items), true) => Ok((split.along, items)),
            _ => Err(Stop::Misuse("split_open without split_close")),
        }
    }

    /// The pieces of the current shape with their branches.
    fn cut(&mut self, along: Along, items: &[Item]) -> Result<Vec<Piece>, Stop> {
        if self.derivation.progress.dead {
            return Ok(Vec::new());
        }
        let mut mesh = self.mesh_in_scope()?;
        if matches!(along, Along::Area { .. }) {
            drop_tags(&mut mesh);
        }
        let area = match along {
            Along::Area { axis, .. } => {
                let mirrored = self.shape.scope.size[axis] < 0.0;
                let sign = if mirrored { -1.0 } else { 1.0 };
                Some(AreaAlong::new(&mesh, axis, sign))
            }
            _ => None,
        };
        let length = match along {
            Along::Axis { axis, .. } => self.shape.scope.size[axis].abs(),
            Along::Area { .. } => area.as_ref().map_or(0.0, AreaAlong::total),
            Along::Perimeter { .. } => {
                return Err(Stop::Misuse("split_run for sections of a perimeter"));
            }
            Along::Uv {
                axis,
                unit_space,
                set,
            } => crate::ops::pieces::uv_length(&mesh, set, axis, unit_space),
        };
        let Ok(ranges) = solve(items, length) else {
            self.warn("split: more than 100000 pieces, none are made");
            return Ok(Vec::new());
        };
        self.charge(ranges.len() * (1 + mesh.corners.len() / 8))?;
        let mut bounds: Vec<(f64, f64)> = ranges
            .iter()
            .map(|&Range { low, high, .. }| (low, high))
            .collect();
        if let (Some(area), Along::Area { axis, .. }) = (&area, along) {
            self.charge((1 + ranges.len()) * area.work())?;
            let far = self.shape.scope.size[axis].abs();
            // The ends are those of the scope.
            let place = |at: f64| match at {
                _ if at <= 0.0 => 0.0,
                _ if at >= length => far,
                _ => area.place(at),
            };
            for (low, high) in &mut bounds {
                (*low, *high) = (place(*low), place(*high));
            }
        }
        let shapes = match along {
            Along::Axis { axis, adjust } | Along::Area { axis, adjust } => {
                crate::ops::pieces::slabs(&self.shape, &mesh, axis, &bounds, adjust)
            }
            Along::Perimeter { .. } => Vec::new(),
            Along::Uv {
                axis,
                unit_space,
                set,
            } => crate::ops::pieces::uv_slabs(&self.shape, &mesh, set, axis, unit_space, &bounds),
        };
        let total = shapes.len() as f64;
        let piece = |(index, (range, shape)): (usize, (&Range, _))| Piece {
            split: Some((index as f64, total)),
            ..Piece::new(range.branch, shape)
        };
        Ok(ranges.iter().zip(shapes).enumerate().map(piece).collect())
    }
}
