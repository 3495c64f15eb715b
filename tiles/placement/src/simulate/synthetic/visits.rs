//! Traces without geography: Zipf's law, and adversaries.

use super::Visit;
use crate::simulate::random::{Random, Zipf};

const TILES: usize = 8_000;
const REQUESTS_PER_SECOND: f64 = 45.0;
const CLIENTS_AT_A_TIME: u64 = 80;
const ADVERSARY_REQUESTS_PER_SECOND: f64 = 60.0;
const ADVERSARY_GAP: f64 = 4.0;
const SWITCH_SECONDS: f64 = 100.0;

/// Popularity by Zipf's law; every `drift` seconds a tenth of the ranks changes places; clients come and go.
#[expect(clippy::cast_precision_loss, reason = "thousands")]
pub(super) fn zipf(
    requests: usize,
    exponent: f64,
    drift: Option<f64>,
    session: usize,
    random: &mut Random,
) -> Vec<Visit> {
    let law = Zipf::new(TILES, exponent);
    let mut tile_of_rank: Vec<u64> = (0..TILES as u64).collect();
    let leave = (requests / session).max(100) as f64 / requests.max(1) as f64;
    let mut present: Vec<u64> = (0..CLIENTS_AT_A_TIME).collect();
    let mut next = CLIENTS_AT_A_TIME;
    let (mut now, mut changes) = (0.0, 0.0);
    let mut visits = Vec::with_capacity(requests);
    for _ in 0..requests {
        now += random.exponential(1.0 / REQUESTS_PER_SECOND);
        if let Some(drift) = drift
            && now > (changes + 1.0) * drift
        {
            changes += 1.0;
            for _ in 0..TILES / 20 {
                tile_of_rank.swap(random.below(TILES), random.below(TILES));
            }
        }
        let seat = random.below(present.len());
        if random.unit() < leave {
            present[seat] = next;
            next += 1;
        }
        visits.push(Visit {
            at: now,
            tile: tile_of_rank[law.draw(random)],
            client: present[seat],
        });
    }
    visits
}

/// Each tile is asked for so many times, some seconds apart, then never again; without a number, blocks of six times and
/// of one time take turns.
pub(super) fn adversary(requests: usize, times: Option<u32>, random: &mut Random) -> Vec<Visit> {
    let mut visits = Vec::with_capacity(requests + 8);
    let (mut now, mut tile) = (0.0, 0);
    while visits.len() < requests {
        let popular = (now / SWITCH_SECONDS) % 2.0 < 1.0;
        let times = times.unwrap_or(if popular { 6 } else { 1 });
        now += random.exponential(f64::from(times) / ADVERSARY_REQUESTS_PER_SECOND);
        for time in 0..times {
            visits.push(Visit {
                at: now + f64::from(time) * ADVERSARY_GAP * (0.5 + random.unit()),
                tile,
                client: random.below(80) as u64,
            });
        }
        tile += 1;
    }
    visits
}
