//! How busy the edge is: what one more generation costs those who come after, and who takes more than a fair share.

use crate::client::Register;

/// Seconds over which load is averaged.
const WINDOW: f64 = 10.0;
/// Half-life of what was spent for a client, in seconds.
const SPENT_HALF_LIFE: f64 = 60.0;
/// No job delays more than so many others.
const MOST_DELAYED: f64 = 40.0;

/// The edge at this moment, as the server sees it.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Edge {
    /// Seconds that a generation would wait before it starts.
    pub queue_seconds: f64,
    /// Cores that generate.
    pub cores: u32,
    /// The cache is full: keeping one more tile means dropping others.
    pub cache_full: bool,
}

/// Decayed sums of work and jobs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Load {
    busy: f64,
    jobs: f64,
    at: f64,
    spent: f64,
    spent_at: f64,
}

impl Load {
    pub(crate) fn age(&mut self, now: f64) {
        if now > self.at {
            let kept = (-(now - self.at) / WINDOW).exp();
            self.busy *= kept;
            self.jobs *= kept;
            self.at = now;
        }
    }

    /// Share of the cores that was busy.
    pub(crate) fn utilisation(&self, cores: u32) -> f64 {
        (self.busy / WINDOW / f64::from(cores.max(1))).min(0.95)
    }

    /// Generations a second.
    pub(crate) fn jobs_per_second(&self) -> f64 {
        self.jobs / WINDOW
    }

    /// Seconds that others will wait in sum because of a job of so much work.
    pub(crate) fn delay_of_others(&self, work: f64, edge: &Edge) -> f64 {
        let cores = f64::from(edge.cores.max(1));
        let busy = self.utilisation(edge.cores);
        let chance = if edge.queue_seconds > 0.0 {
            1.0
        } else {
            // The chance that all cores are busy (Sakasegawa's approximation for several servers).
            busy.powf((2.0 * (cores + 1.0)).sqrt() - 1.0)
        };
        let waiting = self.jobs_per_second() * (edge.queue_seconds + work) / (1.0 - busy);
        work / cores * waiting.min(MOST_DELAYED) * chance
    }

    /// A generation was ordered for a client.
    pub(crate) fn spend(&mut self, clients: &mut Register, client: u64, work: f64, now: f64) {
        self.busy += work;
        self.jobs += 1.0;
        self.spent = halved(self.spent, now - self.spent_at) + work;
        self.spent_at = now;
        if let Some(client) = clients.get_mut(client) {
            client.spent = halved(client.spent, now - client.spent_at) + work;
            client.spent_at = now;
        }
    }

    /// Under load, this client already took more than `fair` times its share.
    pub(crate) fn over_share(&self, clients: &Register, client: u64, fair: f64, now: f64) -> bool {
        let Some(spender) = clients.get(client) else {
            return false;
        };
        let share = halved(self.spent, now - self.spent_at) / f64::from(clients.active().max(8));
        spender.spent > 0.0 && halved(spender.spent, now - spender.spent_at) > fair * share
    }
}

fn halved(amount: f64, seconds: f64) -> f64 {
    amount * (-seconds.max(0.0) / SPENT_HALF_LIFE).exp2()
}
