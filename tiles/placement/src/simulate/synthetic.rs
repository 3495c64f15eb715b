//! Synthetic traces: popularity by Zipf's law, viewers walking, adversaries; and what is true of their tiles and clients.

mod visits;
mod walk;

use crate::client::DeviceClass;
use crate::usage::TileView;

use super::random::Random;
use super::trace::{MEASUREMENT_NOISE, Trace, TraceClient, TraceRequest, TraceTile};

/// Shares of phones, laptops, workstations.
type Mix = [f64; 3];

const USUAL: Mix = [0.55, 0.30, 0.15];
/// Medians, deviations of the logarithm, and ranges of what devices are: power relative to an edge core, megabytes a
/// second, seconds of round trip.
const POWER: [(f64, f64, f64, f64); 3] = [
    (0.16, 0.35, 0.08, 0.36),
    (0.48, 0.35, 0.20, 1.04),
    (1.40, 0.25, 0.72, 2.00),
];
const BANDWIDTH: [(f64, f64); 3] = [(1.875, 0.7), (7.5, 0.6), (31.25, 0.5)];
const RTT: [f64; 3] = [0.045, 0.020, 0.010];
const RTT_DEVIATION: f64 = 0.4;
/// How power and bandwidth wander within a session: deviation of the logarithm, seconds.
const POWER_DRIFT: (f64, f64) = (0.20, 60.0);
const BANDWIDTH_DRIFT: (f64, f64) = (0.35, 30.0);
const LAYERS: usize = 4;
/// Edge CPU seconds of one megabyte of mesh.
const WORK_PER_MEGABYTE: f64 = 1.0 / (6.0 * 2.5);
/// Megabytes of mesh of one initial shape.
const MEGABYTES_PER_SHAPE: f64 = 0.002_5;
/// How badly initial shapes predict the mesh: deviation of the logarithm.
const SHAPES_NOISE: f64 = 0.25;

/// Who asked for what: the bones of a trace.
#[derive(Debug, Clone, Copy)]
struct Visit {
    at: f64,
    tile: u64,
    client: u64,
}

/// The traces by name, and what each is.
pub const TRACES: [(&str, &str); 25] = [
    ("zipf-0.6", "popularity by Zipf's law, nearly even"),
    (
        "zipf-0.8",
        "popularity by Zipf's law, as web content has it",
    ),
    ("zipf-1.0", "popularity by Zipf's law, steep"),
    ("zipf-1.1", "popularity by Zipf's law, very steep"),
    ("drift", "Zipf 0.9, every 90 s a tenth of the ranks changes"),
    ("solo", "viewers walk a city alone, most between sights"),
    ("group", "viewers walk a city in groups of up to twelve"),
    ("flash", "as group, and a crowd that gathers at one place"),
    (
        "explore",
        "viewers wander where nobody else is: a long tail",
    ),
    ("mixed", "groups, explorers and a crowd"),
    ("phones", "as group, nine of ten on phones"),
    ("desktops", "as group, half on workstations"),
    (
        "times-1",
        "an adversary: each tile is asked for once, then never",
    ),
    ("times-2", "an adversary: each tile twice, then never"),
    ("times-3", "an adversary: each tile three times, then never"),
    ("times-4", "an adversary: each tile four times, then never"),
    ("times-6", "an adversary: each tile six times, then never"),
    (
        "switch",
        "every 100 s popular tiles turn into single ones, and back",
    ),
    (
        "noisy",
        "Zipf 0.8 with hints that say nothing and noisy measurements",
    ),
    (
        "short",
        "Zipf 0.8 with short sessions: hardly anybody is known",
    ),
    ("overload", "Zipf 0.8 in a quarter of the time on one core"),
    (
        "overload-flash",
        "the crowd in a quarter of the time on one core",
    ),
    (
        "overload-phones",
        "the phones in a quarter of the time on one core",
    ),
    (
        "liars-20",
        "the overload, and one of five lies about its power",
    ),
    (
        "liars-50",
        "the overload, and every second one lies about its power",
    ),
];

/// A trace by name with about so many requests. None: there is no such name.
#[must_use]
pub fn named(name: &str, requests: usize, seed: u64) -> Option<Trace> {
    let random = &mut Random::new(seed.wrapping_mul(1000) + 17);
    let trace = match name {
        "drift" => zipf(name, requests, 0.9, (Some(90.0), 110), random),
        "solo" | "group" | "flash" | "explore" | "mixed" => {
            let visits = walk::visits(name, requests, random);
            furnish(name, visits, USUAL, random)
        }
        "phones" => furnish(
            name,
            walk::visits("group", requests, random),
            [0.9, 0.08, 0.02],
            random,
        ),
        "desktops" => furnish(
            name,
            walk::visits("group", requests, random),
            [0.1, 0.4, 0.5],
            random,
        ),
        "times-1" | "times-2" | "times-3" | "times-4" | "times-6" | "switch" => {
            let times = name
                .strip_prefix("times-")
                .and_then(|times| times.parse().ok());
            furnish(
                name,
                visits::adversary(requests, times, random),
                USUAL,
                random,
            )
        }
        "noisy" => noisy(zipf(name, requests, 0.8, (None, 110), random), random),
        "short" => zipf(name, requests, 0.8, (None, 25), random),
        "overload" => hurried(zipf(name, requests, 0.8, (None, 110), random)),
        "overload-flash" => {
            let visits = walk::visits("flash", requests, random);
            hurried(furnish(name, visits, USUAL, random))
        }
        "overload-phones" => {
            let visits = walk::visits("group", requests, random);
            hurried(furnish(name, visits, [0.9, 0.08, 0.02], random))
        }
        "liars-20" => liars(named("overload", requests, seed)?, name, 0.2, random),
        "liars-50" => liars(named("overload", requests, seed)?, name, 0.5, random),
        _ => {
            let exponent = name.strip_prefix("zipf-")?.parse().ok()?;
            zipf(name, requests, exponent, (None, 110), random)
        }
    };
    Some(trace)
}

/// Zipf's law; ranks change after so many seconds; requests of a session.
fn zipf(
    name: &str,
    requests: usize,
    exponent: f64,
    (drift, session): (Option<f64>, usize),
    random: &mut Random,
) -> Trace {
    let visits = visits::zipf(requests, exponent, drift, session, random);
    furnish(name, visits, USUAL, random)
}

/// All in a quarter of the time, with one core to generate.
fn hurried(mut trace: Trace) -> Trace {
    for request in &mut trace.requests {
        request.at /= 4.0;
    }
    trace.cores = 1;
    trace
}

fn noisy(mut trace: Trace, random: &mut Random) -> Trace {
    for request in &mut trace.requests {
        request.noise = (request.noise.0.powi(2), request.noise.1.powi(2));
    }
    for client in &mut trace.clients {
        client.claimed = match random.weighted(&[0.3, 0.3, 0.2, 0.2]) {
            0 => None,
            class => Some(DeviceClass::ALL[class - 1]),
        };
        client.calibrated = None;
    }
    trace
}

/// Some clients claim to be weak, and report a quarter of their power.
fn liars(mut trace: Trace, name: &str, share: f64, random: &mut Random) -> Trace {
    name.clone_into(&mut trace.name);
    for client in &mut trace.clients {
        if random.unit() < share {
            client.liar = true;
            client.claimed = Some(DeviceClass::Phone);
            client.calibrated = client.calibrated.map(|power| power * 0.25);
        }
    }
    trace
}

/// Numbers names from 0 in ascending order; the numbers of the list.
fn dense(names: impl Iterator<Item = u64> + Clone) -> (Vec<u32>, usize) {
    let mut sorted: Vec<u64> = names.clone().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let numbers = names
        .map(|name| u32::try_from(sorted.partition_point(|&other| other < name)).unwrap_or(0))
        .collect();
    (numbers, sorted.len())
}

/// Gives tiles and clients their properties.
fn furnish(name: &str, mut visits: Vec<Visit>, mix: Mix, random: &mut Random) -> Trace {
    visits.sort_by(|a, b| a.at.total_cmp(&b.at));
    let (tile_of, tile_count) = dense(visits.iter().map(|visit| visit.tile));
    let (client_of, client_count) = dense(visits.iter().map(|visit| visit.client));
    let modules: Vec<f64> = (0..LAYERS).map(|_| 0.06 + 0.19 * random.unit()).collect();
    let complexity: Vec<f64> = (0..LAYERS).map(|_| random.log_normal(1.0, 0.31)).collect();
    let tiles = (0..tile_count).map(|_| tile(&complexity, random)).collect();
    let mut devices: Vec<Device> = (0..client_count)
        .map(|_| Device::new(random.weighted(&mix), random))
        .collect();
    let clients = devices
        .iter()
        .map(|device| TraceClient {
            class: DeviceClass::ALL[device.class],
            claimed: if random.unit() < 0.1 {
                None
            } else if random.unit() < 0.8 {
                Some(DeviceClass::ALL[device.class])
            } else {
                Some(DeviceClass::ALL[random.weighted(&mix)])
            },
            calibrated: Some(random.log_normal(device.power, MEASUREMENT_NOISE)),
            liar: false,
            mesh_only: false,
        })
        .collect();
    let requests = visits
        .iter()
        .zip(tile_of.iter().zip(&client_of))
        .map(|(visit, (&tile, &client))| {
            let device = &mut devices[client as usize];
            device.wander(visit.at, random);
            TraceRequest {
                at: visit.at,
                tile,
                client,
                power: device.power * device.power_now.exp(),
                megabytes_per_second: device.bandwidth * device.bandwidth_now.exp(),
                rtt: device.rtt,
                noise: (
                    random.log_normal(1.0, MEASUREMENT_NOISE),
                    random.log_normal(1.0, MEASUREMENT_NOISE),
                ),
            }
        })
        .collect();
    Trace {
        name: name.to_owned(),
        tiles,
        clients,
        modules,
        requests,
        cores: 8,
    }
}

/// Meshes of 50 KB to 3 MB, recipes of 1 to 20 KB, work of 5 to 200 ms.
fn tile(complexity: &[f64], random: &mut Random) -> TraceTile {
    let layer = random.below(LAYERS);
    let mesh = random.log_normal(0.35, 0.9).clamp(0.05, 3.0);
    let work = mesh * WORK_PER_MEGABYTE * complexity[layer] * random.log_normal(1.0, 0.25);
    let shapes = mesh / MEGABYTES_PER_SHAPE * random.log_normal(1.0, SHAPES_NOISE);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "thousands"
    )]
    let shapes = shapes.round().max(1.0) as u32;
    TraceTile {
        view: TileView {
            recipe: random.log_normal(0.006, 0.6).clamp(0.001, 0.020),
            mesh,
            work: work.clamp(0.005, 0.2),
        },
        shapes,
        layer: u32::try_from(layer).unwrap_or(0),
        module: u32::try_from(layer).unwrap_or(0),
    }
}

/// The truth about a device.
struct Device {
    class: usize,
    power: f64,
    bandwidth: f64,
    rtt: f64,
    power_now: f64,
    bandwidth_now: f64,
    at: Option<f64>,
}

impl Device {
    fn new(class: usize, random: &mut Random) -> Self {
        let (median, deviation, low, high) = POWER[class];
        let (bandwidth, spread) = BANDWIDTH[class];
        Self {
            class,
            power: random.log_normal(median, deviation).clamp(low, high),
            bandwidth: random.log_normal(bandwidth, spread).clamp(0.25, 125.0),
            rtt: random.log_normal(RTT[class], RTT_DEVIATION),
            power_now: 0.0,
            bandwidth_now: 0.0,
            at: None,
        }
    }

    /// Moves power and bandwidth (Ornstein-Uhlenbeck in the logarithm).
    fn wander(&mut self, now: f64, random: &mut Random) {
        let mut step = |value: &mut f64, (deviation, seconds): (f64, f64)| {
            let kept = self.at.map_or(0.0, |at| (-(now - at) / seconds).exp());
            *value =
                *value * kept + deviation * (1.0 - kept * kept).sqrt() * random.normal(0.0, 1.0);
        };
        step(&mut self.power_now, POWER_DRIFT);
        step(&mut self.bandwidth_now, BANDWIDTH_DRIFT);
        self.at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_makes_a_trace_in_order_and_the_same_again() {
        for (name, _) in TRACES {
            let trace = named(name, 3_000, 5).unwrap();
            assert_eq!(trace.name, name);
            assert!(
                trace.requests.len() > 500,
                "{name}: {}",
                trace.requests.len()
            );
            assert!(trace.requests.is_sorted_by(|a, b| a.at <= b.at), "{name}");
            assert_eq!(trace, named(name, 3_000, 5).unwrap(), "{name}");
            assert_ne!(trace, named(name, 3_000, 6).unwrap(), "{name}");
        }
        assert!(named("zipf-x", 100, 1).is_none() && named("stroll", 100, 1).is_none());
    }

    #[test]
    fn an_adversary_asks_so_many_times_and_never_again() {
        let trace = named("times-3", 9_000, 1).unwrap();
        let mut counts = vec![0; trace.tiles.len()];
        for request in &trace.requests {
            counts[request.tile as usize] += 1;
        }
        assert!(counts.iter().all(|&count| count <= 3));
        let full = counts.iter().filter(|&&count| count == 3).count();
        assert!(full * 10 > counts.len() * 9, "{full} of {}", counts.len());
    }
}
