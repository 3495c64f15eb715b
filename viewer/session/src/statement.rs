//! What a client says about itself with each request: the header `Gable-Client`.

use std::fmt::Write as _;

/// What is known about this client. What was measured is said once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statement {
    /// Random, for the session.
    pub id: String,
    /// `phone`, `laptop` or `workstation`.
    pub class: &'static str,
    /// Seconds of CPU that the server took for the calibration run over those that this client takes.
    pub power: Option<f64>,
    /// How full the battery is, from 0 to 1; none when it is plugged in.
    pub battery: Option<f64>,
    /// Seconds until recipes can be run here; none if they can.
    pub ready: Option<f64>,
    /// The first 16 digits of the hashes of modules that are here.
    pub modules: Vec<String>,
    /// Seconds of a round trip.
    pub round_trip: Option<f64>,
    tile: Option<(String, f64)>,
    megabytes_per_second: Option<f64>,
}

/// A transfer of fewer bytes says nothing of the network.
const TELLING_BYTES: u64 = 20_000;
/// The field has room for so many modules.
const MOST_MODULES: usize = 48;

impl Statement {
    /// A client that says so much from the start.
    #[must_use]
    pub fn new(id: String, class: &'static str) -> Self {
        Self {
            id,
            class,
            ..Self::default()
        }
    }

    /// A recipe was run: the first 16 digits of its hash, and the seconds that it took.
    pub fn generated(&mut self, recipe: &str, seconds: f64) {
        self.tile = Some((recipe.to_owned(), seconds));
    }

    /// So many bytes came in so many seconds, to all transfers together.
    pub fn transferred(&mut self, bytes: u64, seconds: f64) {
        if bytes >= TELLING_BYTES && seconds > 0.0 {
            self.megabytes_per_second = Some(bytes as f64 / 1e6 / seconds);
        }
    }

    /// The header's value for the next request.
    pub fn say(&mut self) -> String {
        let mut text = format!("id={}; class={}", self.id, self.class);
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                write!(text, "; {name}={value}").expect("writing to a string cannot fail");
            }
        };
        let number = |value: Option<f64>| value.map(|value| format!("{value:.4}"));
        add("power", number(self.power));
        add("battery", number(self.battery));
        add("ready", number(self.ready));
        add("rtt", number(self.round_trip));
        add("mbps", number(self.megabytes_per_second.take()));
        let tile = self.tile.take();
        add(
            "tile",
            tile.map(|(recipe, seconds)| format!("{recipe}:{seconds:.5}")),
        );
        let first = self.modules.len().saturating_sub(MOST_MODULES);
        let modules = self.modules[first..].join(",");
        add("modules", (!modules.is_empty()).then_some(modules));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_are_said_once() {
        let mut statement = Statement::new("5f3a".to_owned(), "laptop");
        statement.power = Some(1.4);
        statement.ready = Some(0.5);
        statement.modules = vec!["0123456789abcdef".to_owned(), "fedcba9876543210".to_owned()];
        statement.generated("00112233aabbccdd", 0.021);
        statement.transferred(100, 1.0);
        assert_eq!(
            statement.say(),
            "id=5f3a; class=laptop; power=1.4000; ready=0.5000; tile=00112233aabbccdd:0.02100; modules=0123456789abcdef,fedcba9876543210"
        );
        statement.transferred(6_200_000, 1.0);
        let second = statement.say();
        assert!(
            second.contains("mbps=6.2000") && !second.contains("tile="),
            "{second}"
        );
        assert!(!statement.say().contains("mbps"));
    }
}
