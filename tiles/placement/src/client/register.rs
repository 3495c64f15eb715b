//! All clients that the edge remembers, and what their classes have shown.

use serde::Serialize;

use crate::bounded::Bounded;
use crate::usage::ClientView;
use crate::weights::ClassFactors;

use super::filter::{Drift, LogFilter, MEASUREMENT};
use super::{DeviceClass, EffectiveType, Hints, Report, battery_factor};

const POWER_DRIFT: Drift = Drift {
    deviation: 0.20,
    seconds: 60.0,
};
const BANDWIDTH_DRIFT: Drift = Drift {
    deviation: 0.35,
    seconds: 30.0,
};
/// Deviations of the logarithm within a class.
const POWER_SPREAD: f64 = 0.45;
const BANDWIDTH_SPREAD: f64 = 0.75;
/// How often a claimed class is right.
const TRUST: f64 = 0.8;
/// Shares of phones, laptops, workstations before anybody came, in clients that this belief weighs; what was learned never
/// weighs more than the last number.
const MIX: [f64; 3] = [5.5, 3.0, 1.5];
const MOST_MIX: f64 = 400.0;
/// A client speaks for its class once, after so many measurements; its voice is one step of a running median.
const VOICE_AFTER: u32 = 3;
const FIRST_STEP: f64 = 0.05;
const LAST_STEP: f64 = 0.005;
/// A class's median stays within this factor's logarithm of the first guess.
const MOST_SHIFT: f64 = 1.5;
/// Deviation added when the work of the tile is itself a prediction.
const PREDICTED_WORK: f64 = 0.30;
/// Browsers say 10 Mbit/s for all that is faster.
const DOWNLINK_CAP: f64 = 9.99;
/// Slowest and fastest round trips that are believed, in seconds.
const RTT_RANGE: (f64, f64) = (0.0005, 2.0);

/// What a class has shown: running medians.
#[derive(Debug, Clone, Copy)]
struct ClassPrior {
    power: f64,
    bandwidth: f64,
    rtt: f64,
    first_power: f64,
    first_bandwidth: f64,
    power_voices: u32,
    bandwidth_voices: u32,
}

impl ClassPrior {
    /// Power relative to an edge core, megabytes a second, seconds.
    fn new(power: f64, bandwidth: f64, rtt: f64) -> Self {
        Self {
            power: power.ln(),
            bandwidth: bandwidth.ln(),
            rtt,
            first_power: power.ln(),
            first_bandwidth: bandwidth.ln(),
            power_voices: 0,
            bandwidth_voices: 0,
        }
    }
}

/// One step of a running median; the steps shrink as voices add up.
fn step(median: &mut f64, first: f64, voices: &mut u32, value: f64) {
    *voices = voices.saturating_add(1);
    let size = (FIRST_STEP / f64::from(*voices).sqrt()).max(LAST_STEP);
    let moved = *median + size * (value - *median).signum();
    *median = moved.clamp(first - MOST_SHIFT, first + MOST_SHIFT);
}

#[derive(Debug, Clone)]
pub(crate) struct Client {
    power: LogFilter,
    bandwidth: LogFilter,
    rtt: f64,
    claimed: [f64; 3],
    likely: [f64; 3],
    power_measurements: u32,
    bandwidth_measurements: u32,
    battery: Option<f64>,
    /// The last calibration and generation: clients say them again and again, but they were measured once.
    said: Report,
    /// It was counted in the mix of classes.
    counted: bool,
    minute: i64,
    /// Edge CPU seconds that were spent for it, decayed, and when that was brought up to date.
    pub(crate) spent: f64,
    pub(crate) spent_at: f64,
}

impl Client {
    /// A report without the calibration and the generation that were said before.
    fn news(&mut self, report: &Report) -> Report {
        let said = self.said;
        self.said = Report {
            generation: report.generation.or(said.generation),
            power: report.power.or(said.power),
            ..said
        };
        Report {
            generation: report.generation.filter(|it| said.generation != Some(*it)),
            power: report.power.filter(|it| said.power != Some(*it)),
            ..*report
        }
    }

    /// The class that it most probably belongs to.
    pub(crate) fn class(&self) -> DeviceClass {
        let [phone, laptop, workstation] = self.likely;
        if workstation > phone && workstation > laptop {
            DeviceClass::Workstation
        } else if laptop > phone {
            DeviceClass::Laptop
        } else {
            DeviceClass::Phone
        }
    }

    pub(crate) fn view(&self, factors: &ClassFactors) -> ClientView {
        let factor: f64 = DeviceClass::ALL
            .iter()
            .zip(self.likely)
            .map(|(&class, share)| factors.of(class) * share)
            .sum();
        ClientView {
            slowness: self.power.reciprocal(),
            seconds_per_megabyte: self.bandwidth.reciprocal(),
            rtt: self.rtt,
            device_factor: factor * battery_factor(self.battery),
        }
    }
}

/// A class, for people.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ClassSnapshot {
    /// Which.
    pub class: DeviceClass,
    /// Median power relative to an edge core.
    pub power: f64,
    /// Median megabytes a second.
    pub megabytes_per_second: f64,
    /// Clients that it was learned from.
    pub clients: u32,
}

/// A client, for people.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ClientSnapshot {
    /// The class that it most probably belongs to.
    pub class: DeviceClass,
    /// Power relative to an edge core.
    pub power: f64,
    /// Deviation of the logarithm of the power.
    pub power_deviation: f64,
    /// Megabytes a second.
    pub megabytes_per_second: f64,
    /// Deviation of the logarithm of the above.
    pub bandwidth_deviation: f64,
    /// Round trip, in seconds.
    pub rtt: f64,
    /// How much a second of its CPU counts.
    pub device_factor: f64,
    /// Edge CPU seconds spent for it in about the last minute.
    pub edge_seconds: f64,
}

/// The clients, newest first in memory, and their classes.
#[derive(Debug, Clone)]
pub(crate) struct Register {
    clients: Bounded<Client>,
    classes: [ClassPrior; 3],
    mix: [f64; 3],
    minute: i64,
    active: [u32; 2],
}

impl Register {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            clients: Bounded::new(capacity),
            classes: [
                ClassPrior::new(0.16, 15.0 / 8.0, 0.045),
                ClassPrior::new(0.48, 60.0 / 8.0, 0.020),
                ClassPrior::new(1.40, 250.0 / 8.0, 0.010),
            ],
            mix: MIX,
            minute: 0,
            active: [0, 0],
        }
    }

    /// The client of a request, its estimates brought to this moment.
    pub(crate) fn touch(&mut self, id: u64, hints: &Hints, now: f64) -> &mut Client {
        #[expect(clippy::cast_possible_truncation, reason = "saturates")]
        let minute = (now / 60.0).floor() as i64;
        if minute != self.minute {
            let follows = minute == self.minute + 1;
            self.active = [0, if follows { self.active[0] } else { 0 }];
            self.minute = minute;
        }
        let prior = (&self.classes, &self.mix);
        let client = self
            .clients
            .touch(id, || introduce(prior, hints, minute - 1, now));
        if client.power_measurements > 0 && !client.counted {
            client.counted = true;
            count(&mut self.mix, &client.likely);
        }
        if client.minute != minute {
            client.minute = minute;
            self.active[0] = self.active[0].saturating_add(1);
        }
        client.power.age(now);
        client.bandwidth.age(now);
        if let Some(rtt) = hints.rtt {
            smooth_rtt(&mut client.rtt, rtt);
        }
        if hints.battery.is_some() {
            client.battery = hints.battery;
        }
        client
    }

    /// A client's report. Nobody's who is not known. `work`: that of the generation, and whether it is certain.
    pub(crate) fn report(&mut self, id: u64, report: &Report, work: Option<(f64, bool)>, now: f64) {
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        client.power.age(now);
        client.bandwidth.age(now);
        let report = client.news(report);
        let mut measured = false;
        if let Some(power) = report.power {
            client.power.observe(power, MEASUREMENT);
            measured = true;
        }
        if let (Some(generation), Some((work, known))) = (report.generation, work) {
            let extra = if known { 0.0 } else { PREDICTED_WORK };
            client
                .power
                .observe(work / generation.seconds, MEASUREMENT.hypot(extra));
            measured = true;
        }
        if measured {
            client.power_measurements = client.power_measurements.saturating_add(1);
            client.likely = likely(&self.classes, &client.claimed, &client.power);
        }
        if let Some(megabytes) = report.megabytes_per_second {
            client.bandwidth.observe(megabytes, MEASUREMENT);
            client.bandwidth_measurements = client.bandwidth_measurements.saturating_add(1);
        }
        if let Some(rtt) = report.rtt {
            smooth_rtt(&mut client.rtt, rtt);
        }
        if report.battery.is_some() {
            client.battery = report.battery;
        }
        let class = &mut self.classes[client.class() as usize];
        if measured && client.power_measurements == VOICE_AFTER {
            let (first, value) = (class.first_power, client.power.level());
            step(&mut class.power, first, &mut class.power_voices, value);
        }
        if report.megabytes_per_second.is_some() && client.bandwidth_measurements == VOICE_AFTER {
            let (first, value) = (class.first_bandwidth, client.bandwidth.level());
            step(
                &mut class.bandwidth,
                first,
                &mut class.bandwidth_voices,
                value,
            );
        }
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Client> {
        self.clients.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Client> {
        self.clients.get_mut(id)
    }

    pub(crate) fn len(&self) -> usize {
        self.clients.len()
    }

    /// About how many clients asked within a minute.
    pub(crate) fn active(&self) -> u32 {
        self.active[0].max(self.active[1])
    }

    pub(crate) fn classes(&self) -> [ClassSnapshot; 3] {
        DeviceClass::ALL.map(|class| {
            let prior = &self.classes[class as usize];
            ClassSnapshot {
                class,
                power: prior.power.exp(),
                megabytes_per_second: prior.bandwidth.exp(),
                clients: prior.power_voices,
            }
        })
    }

    pub(crate) fn snapshot(&self, id: u64, factors: &ClassFactors) -> Option<ClientSnapshot> {
        let client = self.clients.get(id)?;
        Some(ClientSnapshot {
            class: client.class(),
            power: client.power.mean().exp(),
            power_deviation: client.power.variance().sqrt(),
            megabytes_per_second: client.bandwidth.mean().exp(),
            bandwidth_deviation: client.bandwidth.variance().sqrt(),
            rtt: client.rtt,
            device_factor: client.view(factors).device_factor,
            edge_seconds: client.spent,
        })
    }
}

fn smooth_rtt(rtt: &mut f64, measured: f64) {
    if measured.is_finite() && measured > 0.0 {
        *rtt += 0.5 * (measured.clamp(RTT_RANGE.0, RTT_RANGE.1) - *rtt);
    }
}

/// A client that was never seen: what its hints and its class suggest.
fn introduce(
    (classes, mix): (&[ClassPrior; 3], &[f64; 3]),
    hints: &Hints,
    minute: i64,
    now: f64,
) -> Client {
    let class = hints.class.or_else(|| {
        hints
            .memory_gigabytes
            .filter(|&memory| memory <= 4.0)
            .map(|_| DeviceClass::Phone)
    });
    let clients: f64 = mix.iter().sum();
    let mut claimed = mix.map(|share| share / clients);
    if let Some(class) = class {
        claimed = claimed.map(|share| share * (1.0 - TRUST));
        claimed[class as usize] += TRUST;
    }
    let (mean, variance) = mixture(&claimed, &classes.map(|c| c.power), POWER_SPREAD);
    let mut power = LogFilter::new(mean, variance, POWER_DRIFT, now);
    let mut measurements = 0;
    let mut likely_now = claimed;
    if let Some(calibrated) = hints.power {
        power.observe(calibrated, MEASUREMENT);
        measurements = 1;
        likely_now = likely(classes, &claimed, &power);
    }
    let (mut mean, variance) =
        mixture(&likely_now, &classes.map(|c| c.bandwidth), BANDWIDTH_SPREAD);
    if hints.save_data {
        mean -= std::f64::consts::LN_2;
    }
    let mut bandwidth = LogFilter::new(mean, variance, BANDWIDTH_DRIFT, now);
    if let Some(megabits) = hints.downlink_megabits.filter(|&m| m < DOWNLINK_CAP) {
        bandwidth.observe(megabits / 8.0, 0.5);
    } else if let Some(megabits) = hints.effective_type.and_then(typical_megabits) {
        bandwidth.observe(megabits / 8.0, 0.5);
    }
    let rtt: f64 = classes.iter().zip(likely_now).map(|(c, p)| c.rtt * p).sum();
    Client {
        power,
        bandwidth,
        rtt: hints
            .rtt
            .filter(|rtt| *rtt > 0.0)
            .map_or(rtt, |rtt| rtt.clamp(RTT_RANGE.0, RTT_RANGE.1)),
        claimed,
        likely: likely_now,
        power_measurements: measurements,
        bandwidth_measurements: 0,
        battery: hints.battery,
        said: Report {
            power: hints.power,
            ..Report::default()
        },
        counted: false,
        minute,
        spent: 0.0,
        spent_at: now,
    }
}

/// One more client of probably these classes.
fn count(mix: &mut [f64; 3], likely: &[f64; 3]) {
    for (share, more) in mix.iter_mut().zip(likely) {
        *share += more;
    }
    let sum: f64 = mix.iter().sum();
    if sum > MOST_MIX {
        *mix = mix.map(|share| share * MOST_MIX / sum);
    }
}

/// Megabits a second that an effective type stands for; the best type says nothing.
fn typical_megabits(kind: EffectiveType) -> Option<f64> {
    match kind {
        EffectiveType::Slow2g => Some(0.04),
        EffectiveType::Second => Some(0.06),
        EffectiveType::Third => Some(0.4),
        EffectiveType::Fourth => None,
    }
}

/// Mean and variance of a mixture of classes.
fn mixture(shares: &[f64; 3], means: &[f64; 3], spread: f64) -> (f64, f64) {
    let mean: f64 = shares.iter().zip(means).map(|(p, m)| p * m).sum();
    let variance = shares
        .iter()
        .zip(means)
        .map(|(p, m)| p * ((m - mean) * (m - mean) + spread * spread))
        .sum();
    (mean, variance)
}

/// The probability of each class, given what was claimed and the power that was measured.
fn likely(classes: &[ClassPrior; 3], claimed: &[f64; 3], power: &LogFilter) -> [f64; 3] {
    let variance = POWER_SPREAD * POWER_SPREAD + power.level_variance();
    let mut shares = [0.0; 3];
    for (place, share) in shares.iter_mut().enumerate() {
        let distance = power.level() - classes[place].power;
        *share = claimed[place] * (-0.5 * distance * distance / variance).exp();
    }
    let sum: f64 = shares.iter().sum();
    if sum > 0.0 {
        shares.map(|share| share / sum)
    } else {
        *claimed
    }
}
