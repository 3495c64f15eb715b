//! What the operator pays: the price of each resource.

use serde::{Deserialize, Serialize};

use crate::client::DeviceClass;
use crate::usage::Usage;

/// Prices in micro-dollars. A placement costs the sum of what it uses, times these.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// One CPU second of a client's device, before its [`ClassFactors`].
    pub device_second: f64,
    /// One CPU second of this edge.
    pub edge_second: f64,
    /// One CPU second of the origin.
    pub origin_second: f64,
    /// One megabyte (10^6 bytes) from this edge to a client.
    pub megabyte_out: f64,
    /// One megabyte from the origin to this edge.
    pub megabyte_from_origin: f64,
    /// One second that a user waits.
    pub waiting_second: f64,
    /// One megabyte kept for one second.
    pub megabyte_second_kept: f64,
    /// How much a device second counts on each class of device.
    pub class_factors: ClassFactors,
}

/// How much one CPU second counts on a class of device: a phone's drains a battery, a workstation's nobody notices.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClassFactors {
    /// Phones and headsets.
    pub phone: f64,
    /// Laptops and tablets.
    pub laptop: f64,
    /// Workstations, desktops, and machines like them.
    pub workstation: f64,
}

impl Default for ClassFactors {
    fn default() -> Self {
        Self {
            phone: 1.0,
            laptop: 0.5,
            workstation: 0.08,
        }
    }
}

impl ClassFactors {
    /// The factor of one class.
    #[must_use]
    pub fn of(&self, class: DeviceClass) -> f64 {
        match class {
            DeviceClass::Phone => self.phone,
            DeviceClass::Laptop => self.laptop,
            DeviceClass::Workstation => self.workstation,
        }
    }
}

impl Default for Weights {
    fn default() -> Self {
        preset([60.0, 20.0, 15.0, 20.0, 5.0, 100.0])
    }
}

/// Device, edge, origin, out, from origin, waiting; the rent of a kept megabyte is the same in all.
fn preset(price: [f64; 6]) -> Weights {
    let [
        device_second,
        edge_second,
        origin_second,
        megabyte_out,
        megabyte_from_origin,
        waiting_second,
    ] = price;
    Weights {
        device_second,
        edge_second,
        origin_second,
        megabyte_out,
        megabyte_from_origin,
        waiting_second,
        megabyte_second_kept: 0.0024,
        class_factors: ClassFactors::default(),
    }
}

impl Weights {
    /// The presets: `balanced` is the default; the others stress one resource each.
    pub const NAMES: [&'static str; 7] = [
        "balanced", "latency", "egress", "battery", "edgecpu", "flatrate", "edgeonly",
    ];

    /// A preset by name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(preset(match name {
            "balanced" => return Some(Self::default()),
            // Users wait unwillingly.
            "latency" => [60.0, 20.0, 15.0, 20.0, 5.0, 500.0],
            // Traffic is dear.
            "egress" => [60.0, 20.0, 15.0, 85.0, 20.0, 50.0],
            // Devices must last.
            "battery" => [400.0, 20.0, 15.0, 5.0, 2.0, 100.0],
            // The edge is small.
            "edgecpu" => [200.0, 400.0, 40.0, 2.0, 1.0, 100.0],
            // Traffic is nearly free.
            "flatrate" => [100.0, 20.0, 15.0, 1.0, 1.0, 100.0],
            // No origin worth asking, and edge CPU is scarce.
            "edgeonly" => [100.0, 600.0, 15.0, 2.0, 1e6, 100.0],
            _ => return None,
        }))
    }

    /// What a usage costs, in micro-dollars. `device_factor` is the client's: class, battery.
    #[inline]
    #[must_use]
    pub fn price(&self, usage: &Usage, device_factor: f64) -> f64 {
        self.device_second * device_factor * usage.device_seconds
            + self.edge_second * usage.edge_seconds
            + self.origin_second * usage.origin_seconds
            + self.megabyte_out * usage.megabytes_out
            + self.megabyte_from_origin * usage.megabytes_from_origin
            + self.waiting_second * usage.waiting_seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_preset_and_balanced_is_the_default() {
        for name in Weights::NAMES {
            assert!(Weights::named(name).is_some(), "{name}");
        }
        assert_eq!(Weights::named("balanced"), Some(Weights::default()));
        assert_eq!(Weights::named("golden"), None);
    }

    #[test]
    fn a_setting_may_name_only_what_differs_and_unknown_names_are_refused() {
        let weights: Weights = serde_json::from_str(r#"{"megabyte_out": 85}"#).unwrap();
        assert_eq!(
            weights,
            Weights {
                megabyte_out: 85.0,
                ..Weights::default()
            }
        );
        assert!(serde_json::from_str::<Weights>(r#"{"megabyte_outt": 85}"#).is_err());
    }
}
