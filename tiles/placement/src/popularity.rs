//! Will a tile be asked for again, and when: learned from how tiles of the same popularity fared.
//!
//! A tile's popularity is its decayed count of requests, in [`COUNTS`] buckets. For each bucket the hazard of the next
//! request is learned per bucket of age. From that follow the worth of a copy after a request, in units of what a copy
//! saves once ([`Returns::value`]), and the chance of a request per second at a given age ([`Returns::rate`]).

use std::collections::VecDeque;

/// Half-life of a count, in seconds.
pub(crate) const HALF_LIFE: f64 = 180.0;
/// Buckets of the count.
pub(crate) const COUNTS: usize = 12;
/// Buckets of the age, each 1.9 times as long as the one before; the last ends at [`HORIZON`].
const AGES: usize = 12;
/// Ends of the age buckets, in seconds.
const AGE_ENDS: [f64; AGES] = [
    0.5,
    0.95,
    1.805,
    3.4295,
    6.516_05,
    12.380_495,
    23.522_941,
    44.693_587,
    84.917_815,
    161.343_849,
    306.553_313,
    582.451_295,
];
/// Older than this, a copy is worth nothing.
const HORIZON: f64 = AGE_ENDS[AGES - 1];
/// Before anything is known, a tile is believed to be asked for as often as its count says, of which this is the least; and
/// how many observations that belief weighs.
const LEAST: f64 = 0.5;
const BELIEF: f64 = 6.0;
/// What was not observed at an age yet is believed to go on as at the age before, slower by this factor.
const SLOWING: f64 = 0.7;
/// A typical count of each bucket.
const TYPICAL: [f64; COUNTS] = [
    0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.5, 9.0, 12.5, 18.0, 28.0, 50.0,
];
/// Open observations at most; beyond a quarter of that, only some requests are observed.
const OPEN: usize = 1 << 16;
/// The tables are made anew after so many requests; after so many more, old observations count less.
const REFRESH: u64 = 1000;
const FADE_EVERY: u64 = 8000;
const FADE: f64 = 0.8;
/// Costs of keeping, relative to a saving and per second, for which values are tabulated: from 10^-4.5, four a decade.
const RENTS: usize = 19;
/// Shares of requests with a regret, and regrets relative to a saving, for which values are tabulated.
const SHARES: [f64; 5] = [0.2, 0.4, 0.6, 0.8, 1.0];
const REGRETS: [f64; 5] = [0.2, 0.45, 1.0, 2.0, 4.0];
/// Values are found when a round changes them by no more than this.
const SETTLED: f64 = 3e-3;
const ROUNDS: usize = 30;

type Table = [[f64; AGES]; COUNTS];
type Values = [[f64; RENTS]; COUNTS];

/// The bucket of a decayed count.
pub(crate) fn bucket(count: f64) -> usize {
    [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 7.5, 10.5, 15.0, 22.0, 35.0]
        .iter()
        .position(|&end| count < end)
        .unwrap_or(COUNTS - 1)
}

/// A request whose successor is awaited.
#[derive(Debug, Clone, Copy)]
struct Visit {
    at: f64,
    bucket: usize,
    /// Seconds until the next request for the tile; infinite while there was none.
    returned: f64,
}

/// What was learned about returns.
#[derive(Debug, Clone)]
pub(crate) struct Returns {
    events: Table,
    survivals: Table,
    open: VecDeque<Visit>,
    /// Number of the first open visit, and of the next to leave each age bucket.
    first: u64,
    cursors: [u64; AGES],
    seen: u64,
    /// Chance that the next request falls into the bucket; expected seconds kept if dropped at the bucket's end.
    chance: Table,
    kept: Table,
    successor: [[usize; AGES]; COUNTS],
    rates: [[f64; AGES + 1]; COUNTS],
    values: Vec<(bool, Values)>,
}

fn middle(age: usize) -> f64 {
    f64::midpoint(start(age), AGE_ENDS[age])
}

fn start(age: usize) -> f64 {
    if age == 0 { 0.0 } else { AGE_ENDS[age - 1] }
}

impl Returns {
    pub(crate) fn new() -> Self {
        let mut successor = [[0; AGES]; COUNTS];
        for (row, count) in successor.iter_mut().zip(TYPICAL) {
            for (age, next) in row.iter_mut().enumerate() {
                *next = bucket((count + 1.0) * (-middle(age) / HALF_LIFE).exp2());
            }
        }
        let mut returns = Self {
            events: [[0.0; AGES]; COUNTS],
            survivals: [[0.0; AGES]; COUNTS],
            open: VecDeque::new(),
            first: 0,
            cursors: [0; AGES],
            seen: 0,
            chance: [[0.0; AGES]; COUNTS],
            kept: [[0.0; AGES]; COUNTS],
            successor,
            rates: [[0.0; AGES + 1]; COUNTS],
            values: vec![(false, [[0.0; RENTS]; COUNTS]); SHARES.len() * REGRETS.len()],
        };
        returns.refresh();
        returns
    }

    /// A request for a tile of this bucket. The number is for [`Self::returned`]; none if this one is not observed.
    pub(crate) fn visit(&mut self, bucket: usize, now: f64) -> Option<u64> {
        let crowding = self.open.len() * 8 / OPEN;
        let stride = 1u64 << crowding.saturating_sub(1).min(8);
        if self.open.len() >= OPEN || !self.seen.is_multiple_of(stride) {
            return None;
        }
        self.open.push_back(Visit {
            at: now,
            bucket,
            returned: f64::INFINITY,
        });
        Some(self.first + self.open.len() as u64 - 1)
    }

    /// The tile of that visit is asked for again.
    pub(crate) fn returned(&mut self, visit: u64, now: f64) {
        let place = visit.checked_sub(self.first).map(usize::try_from);
        if let Some(Ok(place)) = place
            && let Some(visit) = self.open.get_mut(place)
        {
            visit.returned = visit.returned.min(now - visit.at);
        }
    }

    /// Time passes. Returns and absences are both booked when an age bucket ends, so that what is still open does not
    /// bias the hazard.
    pub(crate) fn advance(&mut self, now: f64) {
        let end = self.first + self.open.len() as u64;
        for (age, cursor) in self.cursors.iter_mut().enumerate() {
            while *cursor < end {
                let place = usize::try_from(*cursor - self.first).unwrap_or(usize::MAX);
                let Some(visit) = self.open.get(place) else {
                    break;
                };
                if visit.at + AGE_ENDS[age] > now {
                    break;
                }
                if visit.returned > AGE_ENDS[age] {
                    self.survivals[visit.bucket][age] += 1.0;
                } else if visit.returned > start(age) || age == 0 {
                    self.events[visit.bucket][age] += 1.0;
                }
                *cursor += 1;
            }
        }
        while self.first < self.cursors[AGES - 1] {
            self.open.pop_front();
            self.first += 1;
        }
        self.seen += 1;
        if self.seen.is_multiple_of(REFRESH) || [100, 300, 600].contains(&self.seen) {
            if self.seen.is_multiple_of(FADE_EVERY) {
                for row in self.events.iter_mut().chain(&mut self.survivals) {
                    for number in row {
                        *number *= FADE;
                    }
                }
            }
            self.refresh();
        }
    }

    /// Chance of another request within the horizon, for people.
    pub(crate) fn chances(&self) -> [f64; COUNTS] {
        self.chance.map(|row| row.iter().sum())
    }

    /// Requests a second to expect of a tile at this age, at the best moment to drop it: what a copy earns, in savings.
    pub(crate) fn rate(&self, bucket: usize, age: f64) -> f64 {
        if age >= HORIZON {
            return 0.0;
        }
        let place = AGE_ENDS.iter().position(|&end| age < end);
        self.rates[bucket][place.unwrap_or(AGES)]
    }

    /// What a copy is worth after a request, in savings: `rent` is the price of keeping it per second, relative to a
    /// saving; `share` and `regret`: how often making it costs more than the cheapest answer, and how much, in savings.
    pub(crate) fn value(&mut self, bucket: usize, rent: f64, share: f64, regret: f64) -> f64 {
        let share = [0.3, 0.5, 0.7, 0.9]
            .iter()
            .filter(|&&end| share >= end)
            .count();
        let regret = [0.3, 0.67, 1.41, 2.83]
            .iter()
            .filter(|&&end| regret >= end)
            .count();
        let table = share * REGRETS.len() + regret;
        if !self.values[table].0 {
            let (share, regret) = (SHARES[share], REGRETS[regret]);
            self.values[table].1 = self.solve(share, regret, self.values[table].1);
            self.values[table].0 = true;
        }
        let row = &self.values[table].1[bucket];
        let place = (rent.max(1e-12).log10() + 4.5) * 4.0;
        if place <= 0.0 {
            return row[0];
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative"
        )]
        let low = place as usize;
        if low >= RENTS - 1 {
            return row[RENTS - 1];
        }
        #[expect(clippy::cast_precision_loss, reason = "below 19")]
        let part = place - low as f64;
        row[low] * (1.0 - part) + row[low + 1] * part
    }

    /// The fixed point: keep until the best age bucket; after each return decide again; an absent copy can be made again.
    fn solve(&self, share: f64, regret: f64, mut values: Values) -> Values {
        for _ in 0..ROUNDS {
            let mut next: Values = [[0.0; RENTS]; COUNTS];
            for count in 0..COUNTS {
                let mut earned = [0.0; RENTS];
                for age in 0..AGES {
                    let after = &values[self.successor[count][age]];
                    for place in 0..RENTS {
                        // A later request pays the regret, or does without the copy: the lesser of both. Regrets differ
                        // from client to client; they are taken as exponentially distributed.
                        let again = share * regret * (1.0 - (-after[place] / regret).exp());
                        earned[place] += self.chance[count][age] * (1.0 + again);
                        let net = earned[place] - self.kept[count][age] * rent_at(place);
                        next[count][place] = next[count][place].max(net);
                    }
                }
            }
            let change = values.iter().flatten().zip(next.iter().flatten());
            let most = change.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            values = next;
            if most < SETTLED {
                break;
            }
        }
        values
    }

    fn refresh(&mut self) {
        for (count, typical) in TYPICAL.into_iter().enumerate() {
            let mut alive = 1.0;
            let (mut came, mut seconds) = (0.0, 0.0);
            let mut rate = typical.max(LEAST) * std::f64::consts::LN_2 / HALF_LIFE;
            for (age, end) in AGE_ENDS.into_iter().enumerate() {
                let (events, survivals) = (self.events[count][age], self.survivals[count][age]);
                let width = end - start(age);
                let believed = 1.0 - (-rate * width).exp();
                let hazard = (events + BELIEF * believed) / (events + survivals + BELIEF);
                rate = -SLOWING * (1.0 - hazard).max(1e-9).ln() / width;
                let chance = alive * hazard;
                alive -= chance;
                came += chance;
                seconds += chance * middle(age);
                self.chance[count][age] = chance;
                self.kept[count][age] = seconds + (1.0 - came) * end;
            }
            self.refresh_rates(count);
        }
        for (valid, _) in &mut self.values {
            *valid = false;
        }
    }

    /// For each age the best ratio of returns to seconds over all ages to drop at: an index in the sense of Gittins.
    fn refresh_rates(&mut self, count: usize) {
        let chance = &self.chance[count];
        for from in 0..AGES {
            let before: f64 = chance[..from].iter().sum();
            let tail = (1.0 - before).max(1e-9);
            let (mut came, mut seconds, mut best) = (0.0, 0.0, 0.0f64);
            for (age, chance) in chance.iter().enumerate().skip(from) {
                came += chance / tail;
                seconds += chance / tail * (middle(age) - start(from));
                let kept = seconds + (1.0 - came) * (AGE_ENDS[age] - start(from));
                best = best.max(came / kept.max(1e-3));
            }
            self.rates[count][from] = best;
        }
    }
}

/// The rent of a place in the tables.
fn rent_at(place: usize) -> f64 {
    // 10^(place/4 - 4.5)
    const TABLE: [f64; RENTS] = [
        3.162_277_66e-5,
        5.623_413_25e-5,
        1e-4,
        1.778_279_41e-4,
        3.162_277_66e-4,
        5.623_413_25e-4,
        1e-3,
        1.778_279_41e-3,
        3.162_277_66e-3,
        5.623_413_25e-3,
        1e-2,
        1.778_279_41e-2,
        3.162_277_66e-2,
        5.623_413_25e-2,
        0.1,
        0.177_827_941,
        0.316_227_766,
        0.562_341_325,
        1.0,
    ];
    TABLE[place]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tiles of the lowest bucket that return after so many seconds, or never.
    fn taught(gap: Option<f64>) -> Returns {
        let mut returns = Returns::new();
        for second in 0..3000 {
            let now = f64::from(second);
            returns.advance(now);
            let visit = returns.visit(0, now).unwrap();
            if let Some(gap) = gap {
                returns.returned(visit, now + gap);
            }
        }
        returns
    }

    #[test]
    fn tiles_that_return_are_worth_keeping_and_others_are_not() {
        let (mut back, mut gone) = (taught(Some(2.5)), taught(None));
        assert!(back.chances()[0] > 0.95, "{:?}", back.chances());
        assert!(gone.chances()[0] < 0.05, "{:?}", gone.chances());
        assert!(back.value(0, 1e-3, 1.0, 1.0) > 0.9);
        assert!(gone.value(0, 1e-3, 1.0, 1.0) < 0.05);
    }

    #[test]
    fn what_did_not_come_when_all_others_did_is_worth_little() {
        let returns = taught(Some(2.5));
        assert!(returns.rate(0, 1.0) > 0.2);
        assert!(returns.rate(0, 1.0) > 5.0 * returns.rate(0, 100.0));
        assert!(returns.rate(0, 1e4) == 0.0);
    }

    #[test]
    fn a_higher_rent_lowers_the_value() {
        let mut returns = taught(Some(20.0));
        let values = [1e-5, 1e-3, 1e-2, 3e-2].map(|rent| returns.value(0, rent, 0.5, 1.0));
        assert!(
            values.is_sorted_by(|a, b| a >= b) && values[0] > values[3],
            "{values:?}"
        );
    }

    #[test]
    fn a_flood_of_tiles_leaves_open_observations_bounded() {
        let mut returns = Returns::new();
        for n in 0..300_000 {
            let now = f64::from(n) * 1e-4;
            returns.advance(now);
            returns.visit(n as usize % COUNTS, now);
        }
        assert!(returns.open.len() <= OPEN);
    }
}
