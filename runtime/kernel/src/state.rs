//! What a shape passes on to its successors besides geometry. Cheap to copy: large parts are shared until changed.

use std::rc::Rc;

use glam::DVec3;

use crate::frame::Frame;
use crate::kernel::Lineage;

/// The number of an interned string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct StringId(pub u32);

/// Inherited state of a shape.
#[derive(Debug, Clone)]
pub struct State {
    /// Values of attributes and constants, by slot.
    pub attributes: Rc<Vec<Slot>>,
    /// Values of `material.*`, by [`crate::builtin`] storage number.
    pub material: Rc<Material>,
    /// Projections set up for texture coordinates, by set number.
    pub projections: Rc<Vec<Projection>>,
    /// Planes that cut inserted geometry.
    pub trim_planes: Rc<Vec<TrimPlane>>,
    /// `trim.horizontal`.
    pub trim_horizontal: bool,
    /// `trim.vertical`.
    pub trim_vertical: bool,
    /// The seed from which this shape's random stream and its children's seeds are made.
    pub seed: u64,
    /// Numbers drawn so far from this shape's stream.
    pub drawn: u32,
    /// `split.index` and `split.total`.
    pub split: (f64, f64),
    /// `comp.sel`, `comp.index`, `comp.total`.
    pub comp: (StringId, f64, f64),
    /// Where the shape stands in the tree of shapes, for queries about others; none when nobody asks.
    pub(crate) lineage: Option<Rc<Lineage>>,
}

impl State {
    /// The state of an initial shape before its attributes are evaluated.
    pub(crate) fn initial(attributes: usize, material: Rc<Material>) -> Self {
        Self {
            attributes: Rc::new(vec![Slot::Word(0); attributes]),
            material,
            projections: Rc::default(),
            trim_planes: Rc::default(),
            trim_horizontal: false,
            trim_vertical: true,
            seed: 0,
            drawn: 0,
            split: (-1.0, -1.0),
            comp: (StringId(0), -1.0, -1.0),
            lineage: None,
        }
    }
}

/// The value of an attribute slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Slot {
    /// A float.
    Float(f64),
    /// A bool, or the number of a string or an array.
    Word(i32),
}

/// Material attributes of a shape. Which entry is which is the business of [`crate::builtin`].
#[derive(Debug, Clone)]
pub struct Material {
    /// Numbers and truth values.
    pub numbers: [f64; crate::builtin::NUMBERS.len()],
    /// Names and maps.
    pub strings: [StringId; crate::builtin::STRINGS.len()],
    /// Bit k is set when entry k of `numbers` was set explicitly (asset materials are overridden only by those).
    pub numbers_set: u128,
    /// The same for `strings`.
    pub strings_set: u128,
}

impl Material {
    /// The material with what was set explicitly on another one.
    pub(crate) fn overridden(&self, by: &Self) -> Self {
        let mut all = self.clone();
        for (n, number) in all.numbers.iter_mut().enumerate() {
            if by.numbers_set >> n & 1 != 0 {
                *number = by.numbers[n];
            }
        }
        for (n, string) in all.strings.iter_mut().enumerate() {
            if by.strings_set >> n & 1 != 0 {
                *string = by.strings[n];
            }
        }
        all.numbers_set |= by.numbers_set;
        all.strings_set |= by.strings_set;
        all
    }
}

impl PartialEq for Material {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            numbers,
            strings,
            numbers_set,
            strings_set,
        } = self;
        // Entry by entry: a call to compare memory costs more.
        *numbers_set == other.numbers_set
            && *strings_set == other.strings_set
            && numbers.iter().eq(&other.numbers)
            && strings.iter().eq(&other.strings)
    }
}

/// A stored projection, see `setupProjection`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projection {
    /// The set it is for, 0 to 9.
    pub set: u8,
    /// Origin and axes in the world: u along x, v along y, w along z.
    pub frame: Frame,
    /// Size of a tile along u and v, in metres.
    pub size: [f64; 2],
    /// Offset along u and v, in metres.
    pub offset: [f64; 2],
    /// How much of the w coordinate is added to u.
    pub uw: f64,
}

/// A plane that cuts inserted geometry: what lies on the side of `normal` is cut off. It reaches as far as the edge it
/// stands on: geometry wholly before or behind that is not cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrimPlane {
    /// Where the edge begins, in the world.
    pub point: DVec3,
    /// From there to the edge's end.
    pub along: DVec3,
    /// Unit normal, away from what is kept.
    pub normal: DVec3,
    /// Whether `trim.horizontal` (else `trim.vertical`) switches it.
    pub horizontal: bool,
}
