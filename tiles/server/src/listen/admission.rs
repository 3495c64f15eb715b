//! How many connections there are, and from whom.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::ListenOptions;
use super::visitor::Household;

/// Counts connections and refuses those above the limits.
#[derive(Debug)]
pub(super) struct Admission {
    open: Arc<AtomicUsize>,
    limit: usize,
    limit_per_address: usize,
    /// Only addresses with a connection: as bounded as connections are.
    by_address: Mutex<HashMap<Household, usize>>,
}

/// Why a connection was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Full,
    AddressFull,
}

impl Admission {
    pub(super) fn new(options: &ListenOptions) -> Self {
        Self {
            open: Arc::clone(&options.open_connections),
            limit: options.limits.connections,
            limit_per_address: options.limits.connections_per_address,
            by_address: Mutex::default(),
        }
    }

    /// Takes a connection in; proxies are not counted per address.
    pub(super) fn admit(
        self: &Arc<Self>,
        address: IpAddr,
        is_proxy: bool,
    ) -> Result<Permit, Refusal> {
        if self.open.load(Ordering::Relaxed) >= self.limit {
            return Err(Refusal::Full);
        }
        let household = (!is_proxy).then(|| Household::of(address));
        if let Some(household) = household {
            let mut counts = self
                .by_address
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(household).or_insert(0);
            if *count >= self.limit_per_address {
                return Err(Refusal::AddressFull);
            }
            *count += 1;
        }
        self.open.fetch_add(1, Ordering::Relaxed);
        Ok(Permit {
            admission: Arc::clone(self),
            household,
        })
    }
}

/// A connection's place; given back when dropped.
#[derive(Debug)]
pub(super) struct Permit {
    admission: Arc<Admission>,
    household: Option<Household>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.admission.open.fetch_sub(1, Ordering::Relaxed);
        let Some(household) = self.household else {
            return;
        };
        let counts = &self.admission.by_address;
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&household) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&household);
            }
        }
    }
}
