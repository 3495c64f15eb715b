//! Selectors of component splits and of `geometry.area(...)`.

use glam::{DMat3, DVec3};

use super::{Component, EdgeKind, Streets};
use crate::abi::token::word;
use crate::frame::Frame;
use crate::shape::Shape;

/// The systems in which selectors judge a normal.
#[derive(Debug, Clone, Copy)]
pub struct Orientation {
    /// World to the parent's scope; a negative size turns its axis.
    scope_from_world: DMat3,
    /// World to the object system.
    object_from_world: DMat3,
}

impl Orientation {
    /// The systems of a parent shape.
    pub fn new(parent: &Shape, object: &Frame) -> Self {
        let turn = |size: f64| if size < 0.0 { -1.0 } else { 1.0 };
        let size = parent.scope.size;
        let signs = DMat3::from_diagonal(DVec3::new(turn(size.x), turn(size.y), turn(size.z)));
        Self {
            scope_from_world: signs * parent.scope_axes().transpose(),
            object_from_world: object.axes.transpose(),
        }
    }
}

/// Whether a component is chosen by a selector token. Tokens that are no selectors choose nothing.
pub fn matches(component: &Component, parent: &Shape, object: &Frame, selector: i32) -> bool {
    let kind = component.edge_kind;
    match word(selector) {
        Some("all") => true,
        Some("border") => component.border,
        Some("inside") => !component.border,
        Some("eave") => kind == Some(EdgeKind::Eave),
        Some("hip") => kind == Some(EdgeKind::Hip),
        Some("valley") => kind == Some(EdgeKind::Valley),
        Some("ridge") => kind == Some(EdgeKind::Ridge),
        _ => oriented(
            &Orientation::new(parent, object),
            component.normal,
            selector,
        ),
    }
}

/// Whether a normal in the world is chosen by an orientation selector (`front`, `object.left`, `world.up`, `vertical`, ...).
/// Without streets (see [`on_street`]) `street.*` falls back to `object.*`.
pub fn oriented(systems: &Orientation, normal: DVec3, selector: i32) -> bool {
    let Some(name) = word(selector) else {
        return false;
    };
    if matches!(name, "all" | "surface") {
        return true;
    }
    if normal == DVec3::ZERO {
        return false;
    }
    let (system, side) = name.split_once('.').unwrap_or(("scope", name));
    match (system, side) {
        ("scope", "streetSide") => quadrant(systems.object_from_world * normal, "front"),
        ("scope", "noStreetSide") => !quadrant(systems.object_from_world * normal, "front"),
        ("scope", "vertical" | "aslant" | "horizontal" | "nutant") => {
            inclination(systems.scope_from_world * normal) == side
        }
        ("scope", _) => quadrant(systems.scope_from_world * normal, side),
        ("object" | "street", _) => quadrant(systems.object_from_world * normal, side),
        ("world", _) => quadrant(normal, side),
        _ => false,
    }
}

/// Whether a normal at a place (in the world) is chosen by a selector of streets; `None` for other selectors.
pub(crate) fn on_street(
    streets: &Streets,
    normal: DVec3,
    place: DVec3,
    selector: i32,
) -> Option<bool> {
    let matches = |side: &str| streets.matches(normal, place, side);
    match word(selector)? {
        "streetSide" => Some(matches("front")),
        "noStreetSide" => Some(matches("side") || matches("back")),
        name => name.strip_prefix("street.").map(matches),
    }
}

/// Normals this close to the border between two quadrants belong to both (measured: exactly 45 degrees counts for
/// whichever is asked first).
const BORDER: f64 = 1e-6;

fn quadrant(normal: DVec3, side: &str) -> bool {
    let size = normal.abs();
    let largest = |component: f64| component > 0.0 && component >= size.max_element() - BORDER;
    match side {
        "front" | "south" => largest(normal.z),
        "back" | "north" => largest(-normal.z),
        "right" | "east" => largest(normal.x),
        "left" | "west" => largest(-normal.x),
        "top" | "up" => largest(normal.y),
        "bottom" | "down" => largest(-normal.y),
        "side" => largest(size.x) || largest(size.z),
        _ => false,
    }
}

/// The class of the angle between a normal and the ground plane.
fn inclination(normal: DVec3) -> &'static str {
    /// Sines of 11.25 and 78.75 degrees.
    const LOW: f64 = 0.195_090_322_016_128_28;
    const HIGH: f64 = 0.980_785_280_403_230_4;
    let sine = normal.y / normal.length();
    if sine > HIGH || sine <= -HIGH {
        "horizontal"
    } else if sine > LOW {
        "aslant"
    } else if sine > -LOW {
        "vertical"
    } else {
        "nutant"
    }
}
