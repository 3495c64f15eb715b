//! What is known about clients: classes, hints, reports; estimates in `filter`, the register of all in `register`.

mod filter;
mod register;

use serde::{Deserialize, Serialize};

pub(crate) use register::Register;
pub use register::{ClassSnapshot, ClientSnapshot};

/// Kinds of devices, by what a second of their CPU means and how strong they usually are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceClass {
    /// Phones and headsets.
    Phone,
    /// Laptops and tablets.
    Laptop,
    /// Workstations and desktops.
    Workstation,
}

impl DeviceClass {
    /// All of them, weakest first.
    pub const ALL: [Self; 3] = [Self::Phone, Self::Laptop, Self::Workstation];
}

/// The value of the `ECT` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EffectiveType {
    /// `slow-2g`
    #[serde(rename = "slow-2g")]
    Slow2g,
    /// `2g`
    #[serde(rename = "2g")]
    Second,
    /// `3g`
    #[serde(rename = "3g")]
    Third,
    /// `4g` or better.
    #[serde(rename = "4g")]
    Fourth,
}

/// What a client says about itself in headers. Hints only shape first guesses (and how much its own CPU and bytes count);
/// what is measured wins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hints {
    /// Its class, if it says one.
    pub class: Option<DeviceClass>,
    /// `Device-Memory`, in gigabytes.
    pub memory_gigabytes: Option<f64>,
    /// `Save-Data: on`.
    pub save_data: bool,
    /// `ECT`.
    pub effective_type: Option<EffectiveType>,
    /// `RTT`, in seconds, or better what the connection itself measured.
    pub rtt: Option<f64>,
    /// `Downlink`, in megabits a second. Browsers say 10 for all that is faster.
    pub downlink_megabits: Option<f64>,
    /// Charge of the battery, 0 to 1; none on mains.
    pub battery: Option<f64>,
    /// Power by the calibration run: edge CPU seconds of the fixed recipe over the seconds that the client took.
    pub power: Option<f64>,
    /// Seconds from this request until it can run recipes, because it still compiles what that takes; none if it can.
    pub ready: Option<f64>,
}

/// A generation that a client has done.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// The tile's key.
    pub tile: u64,
    /// Seconds that it took.
    pub seconds: f64,
    /// Edge CPU seconds that it stands for, if the client knows: the gas that the run used, at the edge's pace. Without it
    /// the planner's own idea of the tile's work is taken, which is less certain.
    #[serde(default)]
    pub work: Option<f64>,
}

/// What a client reports about an answer that it got, or about itself. It changes what this client gets; for others it is
/// one voice in slow medians.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// A generation that it has done.
    pub generation: Option<Generation>,
    /// Megabytes a second of the last transfer that was long enough to tell.
    pub megabytes_per_second: Option<f64>,
    /// Round trip, in seconds.
    pub rtt: Option<f64>,
    /// Power by a calibration run; see [`Hints::power`].
    pub power: Option<f64>,
    /// Charge of the battery, 0 to 1.
    pub battery: Option<f64>,
}

/// How much more a CPU second counts when the battery is low: 1 above 30 %, 10 from 5 % down.
pub(crate) fn battery_factor(charge: Option<f64>) -> f64 {
    match charge {
        Some(charge) if charge < 0.30 => 1.0 + 9.0 * ((0.30 - charge) / 0.25).clamp(0.0, 1.0),
        _ => 1.0,
    }
}
