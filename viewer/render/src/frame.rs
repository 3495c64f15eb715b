//! What one picture shows.

use glam::{DVec3, Vec3};

use crate::tiles::TileHandle;

/// Where a picture is seen from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// In the world's frame, metres.
    pub eye: DVec3,
    /// Of any length.
    pub forward: Vec3,
    /// What is up in the picture; not along `forward`.
    pub up: Vec3,
    /// From the lower to the upper edge, radians.
    pub field_of_view: f32,
    /// Nothing nearer is drawn; metres.
    pub near: f32,
}

/// How much of a tile is drawn. A tile that appears and one that vanishes, both at the same share, cover every pixel
/// once.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Fade {
    /// All of it.
    #[default]
    Full,
    /// It appears: this share of its pixels, from 0 to 1.
    In(f32),
    /// It vanishes: all but this share of its pixels, from 0 to 1.
    Out(f32),
}

impl Fade {
    /// As shaders have it.
    pub(crate) fn number(self) -> f32 {
        match self {
            Self::Full => 1.0,
            Self::In(share) => share.clamp(0.0, 1.0),
            Self::Out(share) => share.clamp(0.0, 1.0) - 2.0,
        }
    }

    /// Whether it casts shadows: of two tiles that take each other's place, one does.
    pub(crate) fn casts_shadows(self) -> bool {
        match self {
            Self::Full => true,
            Self::In(share) => share >= 0.5,
            Self::Out(share) => share < 0.5,
        }
    }

    /// Whether there are pixels of it.
    pub(crate) fn is_seen(self) -> bool {
        match self {
            Self::Full => true,
            Self::In(share) => share > 0.0,
            Self::Out(share) => share < 1.0,
        }
    }
}

/// A tile in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// Which one. Nothing is drawn of a tile that was removed or is not ready.
    pub handle: TileHandle,
    /// How much of it.
    pub fade: Fade,
    /// A linear colour laid over its own, and how much of it.
    pub tint: Option<[f32; 4]>,
}

/// Where the sun stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sun {
    /// Towards it; of any length.
    pub direction: Vec3,
}

impl Sun {
    /// A sun at a bearing clockwise from north and a height above the horizon, both in radians.
    #[must_use]
    pub fn at(bearing: f32, height: f32) -> Self {
        let (east, north) = bearing.sin_cos();
        let (up, flat) = height.sin_cos();
        Self {
            direction: Vec3::new(east * flat, north * flat, up),
        }
    }
}

/// How the air hides what is far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Haze {
    /// Metres at which little of a thing's own colour is left.
    pub visibility: f32,
    /// Where it is thickest: height in the world's frame, metres.
    pub base: f64,
}

/// A plane under the world, to the horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ground {
    /// In the world's frame, metres.
    pub height: f64,
    /// Linear.
    pub color: [f32; 3],
}

/// A picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame<'a> {
    /// Where it is seen from.
    pub camera: Camera,
    /// What is drawn, each once.
    pub tiles: &'a [Shown],
    /// What lights it.
    pub sun: Sun,
    /// What hides it.
    pub haze: Haze,
    /// What it stands on.
    pub ground: Option<Ground>,
    /// Stops brighter than the eye would choose.
    pub exposure: f32,
    /// How far from the eye there are shadows, metres.
    pub shadow_reach: f32,
    /// Lines instead of surfaces, where [`Capabilities::wireframe`](crate::Capabilities::wireframe) says so.
    pub wireframe: bool,
    /// A tile's feature that is highlighted.
    pub selected: Option<(TileHandle, u32)>,
}

impl<'a> Frame<'a> {
    /// A clear afternoon.
    #[must_use]
    pub fn new(camera: Camera, tiles: &'a [Shown]) -> Self {
        Self {
            camera,
            tiles,
            sun: Sun::at(3.9, 0.75),
            haze: Haze {
                visibility: 30_000.0,
                base: 0.0,
            },
            ground: None,
            exposure: 0.0,
            shadow_reach: 800.0,
            wireframe: false,
            selected: None,
        }
    }
}

/// What a picture took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FrameStatistics {
    /// Parts drawn, in any pass.
    pub draws: u32,
    /// Calls that drew them.
    pub calls: u32,
    /// Triangles seen.
    pub triangles: u64,
    /// Instances seen.
    pub instances: u64,
    /// Parts left out because they lie outside the picture.
    pub culled: u32,
}
