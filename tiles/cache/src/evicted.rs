//! A bounded list of what went, for those who learn from it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::Key;

/// An entry that had to go for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evicted {
    /// Its key.
    pub key: Key,
    /// Time since it was last put, touched or read.
    pub idle: Duration,
}

/// Evictions remembered when nobody asks for them; older ones are forgotten.
const LIMIT: usize = 65_536;

#[derive(Debug, Default)]
pub(crate) struct EvictedList(Mutex<VecDeque<Evicted>>);

impl EvictedList {
    pub(crate) fn add(&self, evicted: Evicted) {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if list.len() == LIMIT {
            list.pop_front();
        }
        list.push_back(evicted);
    }

    pub(crate) fn take(&self) -> Vec<Evicted> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}
