//! What a client says about itself: standard hints, and the header `Gable-Client`.
//!
//! ```text
//! Gable-Client: id=5f3a9c; class=laptop; power=1.4; battery=0.8; ready=1.2; modules=<16 hex>,<16 hex>; tile=<16 hex>:0.021; mbps=6.2; rtt=0.03
//! ```
//! Or the same as a query, `?client=id=5f3a9c;class=laptop`, without blanks.
//!
//! `id` is random, per session. `power` is the calibration run: seconds of CPU that the server took over those of the
//! client. `ready` are the seconds until it can run recipes, left out if it can. `tile` is the last tile that it generated, the seconds this took, and if it knows (`:0.012`) the CPU seconds of
//! the server that its gas stands for; `mbps` megabytes a second that its network gave, `rtt` seconds. What cannot be read
//! is as if it were not there: a client can only hurt itself.

use std::hash::{Hash as _, Hasher as _};
use std::net::IpAddr;

use gable_placement::{DeviceClass, EffectiveType, Generation, Hints, Report};
use gable_runtime::hash;

/// A client, as one request shows it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Client {
    pub(crate) id: u64,
    pub(crate) hints: Hints,
    pub(crate) report: Option<Report>,
    /// The first eight bytes of the hashes of modules that it holds.
    modules: Vec<u64>,
}

/// The header in which clients speak of themselves.
pub(crate) const FIELD: &str = "gable-client";

/// Modules that are looked at.
const MOST_MODULES: usize = 64;

impl Client {
    /// Reads headers: `text` gives the first value of a field.
    pub(crate) fn of<'a>(text: impl Fn(&str) -> Option<&'a str>, address: IpAddr) -> Self {
        let number = |name: &str| text(name).and_then(number);
        let mut client = Self {
            hints: Hints {
                memory_gigabytes: number("sec-ch-device-memory")
                    .or_else(|| number("device-memory")),
                save_data: text("save-data").is_some_and(|value| value.eq_ignore_ascii_case("on")),
                effective_type: text("ect").and_then(effective_type),
                rtt: number("rtt").map(|milliseconds| milliseconds / 1000.0),
                downlink_megabits: number("downlink"),
                ..Hints::default()
            },
            ..Self::default()
        };
        if text("sec-ch-ua-mobile") == Some("?1") {
            client.hints.class = Some(DeviceClass::Phone);
        }
        if let Some(fields) = text(FIELD) {
            client.read(fields);
        }
        if client.id == 0 {
            client.id = stranger(address, text("user-agent").unwrap_or_default());
        }
        client
    }

    fn read(&mut self, fields: &str) {
        let mut report = Report::default();
        for field in fields.split(';') {
            let Some((name, value)) = field.split_once('=') else {
                continue;
            };
            let value = value.trim();
            match name.trim() {
                "id" => self.id = hash_of(value),
                "class" => self.hints.class = class(value),
                "power" => self.hints.power = number(value),
                "ready" => self.hints.ready = number(value),
                "battery" => self.hints.battery = number(value).filter(|charge| *charge <= 1.0),
                "mbps" => report.megabytes_per_second = number(value),
                "rtt" => report.rtt = number(value),
                "tile" => report.generation = generation(value),
                "modules" => {
                    let list = value.split(',').take(MOST_MODULES);
                    self.modules = list.filter_map(key).collect();
                }
                _ => {}
            }
        }
        report.power = self.hints.power;
        report.battery = self.hints.battery;
        self.report = (report != Report::default()).then_some(report);
    }

    /// Whether it holds a module.
    pub(crate) fn has(&self, module: &[u8; 32]) -> bool {
        self.modules.contains(&hash::key(module))
    }
}

/// A finite number above zero.
fn number(text: &str) -> Option<f64> {
    text.trim()
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite() && *number > 0.0)
}

/// The first sixteen hexadecimal digits of a hash.
fn key(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.get(..16).unwrap_or(text);
    u64::from_str_radix(digits, 16).ok()
}

/// A tile, the seconds that it took, and the edge CPU seconds that it stands for if the client knows.
fn generation(text: &str) -> Option<Generation> {
    let mut parts = text.splitn(3, ':');
    Some(Generation {
        tile: key(parts.next()?)?,
        seconds: number(parts.next()?)?,
        work: parts.next().and_then(number),
    })
}

fn class(text: &str) -> Option<DeviceClass> {
    match text {
        "phone" => Some(DeviceClass::Phone),
        "laptop" => Some(DeviceClass::Laptop),
        "workstation" => Some(DeviceClass::Workstation),
        _ => None,
    }
}

fn effective_type(text: &str) -> Option<EffectiveType> {
    match text {
        "slow-2g" => Some(EffectiveType::Slow2g),
        "2g" => Some(EffectiveType::Second),
        "3g" => Some(EffectiveType::Third),
        "4g" => Some(EffectiveType::Fourth),
        _ => None,
    }
}

/// Those who give no name go by where they come from.
fn stranger(address: IpAddr, agent: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    (address, agent).hash(&mut hasher);
    hasher.finish() | 1
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish() | 1
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;

    fn client(pairs: &[(&'static str, &str)]) -> Client {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        Client::of(text, IpAddr::from([127, 0, 0, 1]))
    }

    #[test]
    fn a_client_is_read_from_its_headers() {
        let module = "00000000000000ff";
        let text = format!(
            "id=x; class=phone; power=0.4; battery=0.05; ready=1.5; modules={module}; tile=00000000000000aa:0.25; mbps=2; rtt=0.06"
        );
        let client = client(&[("gable-client", &text), ("save-data", "on"), ("ect", "3g")]);
        assert_eq!(client.hints.class, Some(DeviceClass::Phone));
        assert_eq!(
            (client.hints.power, client.hints.battery, client.hints.ready),
            (Some(0.4), Some(0.05), Some(1.5))
        );
        assert!(client.hints.save_data);
        let report = client.report.unwrap();
        let generation = Generation {
            tile: 0xaa,
            seconds: 0.25,
            work: None,
        };
        assert_eq!(report.generation, Some(generation));
        assert_eq!(
            (report.megabytes_per_second, report.rtt),
            (Some(2.0), Some(0.06))
        );
        let mut hash = [0; 32];
        hash[7] = 0xff;
        assert!(client.has(&hash) && !client.has(&[1; 32]));
    }

    #[test]
    fn what_cannot_be_read_is_as_if_it_were_not_there() {
        let odd = client(&[
            (
                "gable-client",
                "power=NaN; battery=7; class=toaster; tile=zz:1; =; ;;; mbps=-3",
            ),
            ("rtt", "inf"),
        ]);
        assert_eq!(odd.hints, Hints::default());
        assert!(odd.report.is_none());
        assert_eq!(odd.id, client(&[]).id);
        assert_ne!(odd.id, client(&[("user-agent", "another")]).id);
    }
}
