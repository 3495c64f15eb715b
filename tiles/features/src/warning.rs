//! What was repaired, changed or dropped, feature by feature.

use std::fmt;

/// A repair or a drop.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// The feature's id, or the file's name where no feature is concerned.
    pub feature: String,
    /// What was found and what was done about it.
    pub defect: Defect,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.feature, self.defect)
    }
}

/// A defect of the source and its cure.
#[derive(Clone, Debug, PartialEq)]
pub enum Defect {
    /// A ring's last point is not its first, where the format says that it must be.
    UnclosedRing,
    /// Corners within a millimetre of their predecessor.
    RepeatedPoints(usize),
    /// Corners where the ring runs back over itself.
    Spikes(usize),
    /// Fewer than three corners, or no area, are left of a ring.
    DegenerateRing,
    /// A ring touches or crosses itself.
    SelfIntersection {
        /// The simple polygons made of it.
        pieces: usize,
    },
    /// A hole touches, crosses or repeats the outer ring or another hole.
    HoleCrossing {
        /// The simple polygons made of it.
        pieces: usize,
    },
    /// A hole lies outside the outer ring.
    HoleOutside,
    /// A polygon is smaller than [`crate::ReadOptions::MINIMUM_AREA`].
    Sliver {
        /// In square metres.
        area: f64,
    },
    /// A polygon crosses itself too often, or could not be made simple.
    Tangled,
    /// A feature has no polygon (any more).
    NoPolygon,
    /// Features that are points, lines or nothing.
    OtherGeometry {
        /// How many.
        count: usize,
    },
    /// A value could not be read as a number with a unit, or makes no sense.
    UnreadableValue {
        /// The source's name for it.
        property: String,
        /// The source's text.
        text: String,
    },
    /// A multipolygon's member ways do not close.
    OpenMembers {
        /// Ways left over.
        ways: usize,
    },
    /// Referenced objects that the file does not hold.
    MissingMembers {
        /// How many.
        count: usize,
    },
    /// A feature of a vector tile breaks the format.
    BrokenTileFeature {
        /// In which way.
        cause: &'static str,
    },
}

impl Defect {
    /// A short name for counting.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnclosedRing => "unclosed-ring",
            Self::RepeatedPoints(_) => "repeated-points",
            Self::Spikes(_) => "spikes",
            Self::DegenerateRing => "degenerate-ring",
            Self::SelfIntersection { .. } => "self-intersection",
            Self::HoleCrossing { .. } => "hole-crossing",
            Self::HoleOutside => "hole-outside",
            Self::Sliver { .. } => "sliver",
            Self::Tangled => "tangled",
            Self::NoPolygon => "no-polygon",
            Self::OtherGeometry { .. } => "other-geometry",
            Self::UnreadableValue { .. } => "unreadable-value",
            Self::OpenMembers { .. } => "open-members",
            Self::MissingMembers { .. } => "missing-members",
            Self::BrokenTileFeature { .. } => "broken-tile-feature",
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnclosedRing => write!(f, "unclosed ring; closed"),
            Self::RepeatedPoints(count) => write!(f, "repeated points ({count}); removed"),
            Self::Spikes(count) => write!(f, "spikes of no width ({count}); removed"),
            Self::DegenerateRing => write!(f, "ring without area; dropped"),
            Self::SelfIntersection { pieces } => {
                write!(
                    f,
                    "self-intersecting ring; rebuilt as simple polygons ({pieces})"
                )
            }
            Self::HoleCrossing { pieces } => {
                write!(
                    f,
                    "hole crosses another ring; cut out, leaving simple polygons ({pieces})"
                )
            }
            Self::HoleOutside => write!(f, "hole outside its polygon; dropped"),
            Self::Sliver { area } => write!(f, "sliver of {area:.3} square metres; dropped"),
            Self::Tangled => write!(f, "polygon crosses itself too often; dropped"),
            Self::NoPolygon => write!(f, "no usable polygon; feature left out"),
            Self::OtherGeometry { count } => {
                write!(f, "features that are no polygons ({count}); left out")
            }
            Self::UnreadableValue { property, text } => {
                write!(
                    f,
                    "`{property}` is `{text}`, which is no sensible number; ignored"
                )
            }
            Self::OpenMembers { ways } => {
                write!(f, "member ways that form no closed ring ({ways}); left out")
            }
            Self::MissingMembers { count } => {
                write!(f, "members that are not in the file ({count}); left out")
            }
            Self::BrokenTileFeature { cause } => write!(f, "{cause}; left out"),
        }
    }
}
