//! What was put is what is read, now and after a restart, and never more than the bound.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::common::{bytes_on_disk, files, key, on_disk, open, value};
use gable_cache::{Cache, CacheError, CacheOptions, Key, Statistics, Value};
use proptest::prelude::*;

const BLOCK: u64 = 4096;

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(future)
}

#[derive(Clone, Debug)]
enum Step {
    Put(u64, usize, f64),
    Get(u64),
    Touch(u64, f64),
    Remove(u64),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0..60_u64, 0..20_000_usize, 0.0..100.0).prop_map(|(n, l, w)| Step::Put(n, l, w)),
        6 => (0..60_u64).prop_map(Step::Get),
        2 => (0..60_u64, 0.0..100.0).prop_map(|(n, w)| Step::Touch(n, w)),
        1 => (0..60_u64).prop_map(Step::Remove),
        1 => Just(Step::Reopen),
    ];
    proptest::collection::vec(step, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]

    #[test]
    fn a_cache_agrees_with_a_simple_model(steps in steps(), memory in prop_oneof![Just(0), Just(50_000)]) {
        const BOUND: u64 = 30 * BLOCK;
        let folder = tempfile::tempdir().expect("a folder");
        let mut cache = open(folder.path(), BOUND, memory);
        // What was last put for a key: the cache may have less, never something else.
        let mut put: BTreeMap<u64, Value> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Put(number, length, worth) => {
                    let there = cache.contains(&key(number));
                    // A key names one content.
                    let value = put.entry(number).or_insert_with(|| value(number, length));
                    let kept = cache.put(key(number), value.clone(), worth);
                    prop_assert!(!kept || cache.contains(&key(number)));
                    prop_assert!(kept || memory > 0 || !there || worth <= 0.0);
                }
                Step::Get(number) => {
                    let there = cache.contains(&key(number));
                    let got = block_on(cache.get(&key(number)));
                    prop_assert_eq!(got.is_some(), there);
                    prop_assert!(got.is_none() || got.as_ref() == put.get(&number));
                }
                Step::Touch(number, worth) => {
                    let there = cache.contains(&key(number));
                    prop_assert!(there || !cache.touch(&key(number), worth));
                }
                Step::Remove(number) => {
                    cache.remove(&key(number));
                    prop_assert!(!cache.contains(&key(number)));
                    prop_assert_eq!(block_on(cache.get(&key(number))), None);
                }
                Step::Reopen => {
                    cache.flush();
                    let before = cache.statistics();
                    prop_assert!(bytes_on_disk(folder.path()) <= BOUND);
                    let names = files(folder.path()).len();
                    drop(cache);
                    cache = open(folder.path(), BOUND, memory);
                    let after = cache.statistics();
                    prop_assert_eq!(after.damaged, 0);
                    prop_assert_eq!(before.disk_entries, names as u64);
                    prop_assert_eq!((before.disk_entries, before.disk_bytes), (after.disk_entries, after.disk_bytes));
                }
            }
            prop_assert!(cache.statistics().disk_bytes <= BOUND);
        }
        prop_assert_eq!(cache.statistics().disk_errors, 0);
        prop_assert_eq!(cache.statistics().damaged, 0);
    }
}

#[tokio::test]
async fn what_was_put_is_there_at_once_and_after_a_restart_with_its_facts() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = on_disk(folder.path(), 1 << 30);
    for number in 0..300 {
        assert!(cache.put(key(number), value(number, number as usize * 10), 1.0));
        assert_eq!(
            cache.get(&key(number)).await,
            Some(value(number, number as usize * 10))
        );
    }
    cache.flush();
    drop(cache);
    let cache = on_disk(folder.path(), 1 << 30);
    for number in 0..300 {
        assert_eq!(
            cache.get(&key(number)).await,
            Some(value(number, number as usize * 10))
        );
    }
    let statistics = cache.statistics();
    assert_eq!((statistics.disk_hits, statistics.disk_entries), (300, 300));
}

#[test]
fn what_has_aged_to_nothing_outlives_a_restart_while_there_is_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = on_disk(folder.path(), 3 * BLOCK);
    assert!(cache.put(key(1), value(1, 100), 1.0));
    assert!(cache.put(key(2), value(2, 5000), 100.0));
    // Refused, since it would push out what is worth more; but the residents pay for it.
    assert!(!cache.put(key(3), value(3, 9000), 30.0));
    cache.flush();
    drop(cache);
    let cache = on_disk(folder.path(), 3 * BLOCK);
    assert!(cache.contains(&key(1)) && cache.contains(&key(2)));
    assert_eq!(cache.statistics().disk_entries, 2);
}

#[tokio::test]
async fn a_hit_on_disk_is_in_memory_afterwards() {
    let folder = tempfile::tempdir().expect("a folder");
    on_disk(folder.path(), 1 << 30).put(key(1), value(1, 5000), 1.0);
    let cache = open(folder.path(), 1 << 30, 1 << 20);
    assert_eq!(cache.get_hot(&key(1)), None);
    assert!(cache.get(&key(1)).await.is_some());
    assert_eq!(cache.get_hot(&key(1)), Some(value(1, 5000)));
    assert_eq!(cache.get(&key(2)).await, None);
    let statistics = cache.statistics();
    assert_eq!(
        (
            statistics.disk_hits,
            statistics.memory_hits,
            statistics.misses
        ),
        (1, 1, 1)
    );
}

#[test]
fn a_smaller_bound_keeps_what_is_worth_most_per_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = on_disk(folder.path(), 100 * BLOCK);
    for number in 0..100 {
        assert!(cache.put(key(number), value(number, 4000), 1.0 + number as f64));
    }
    drop(cache);
    let cache = on_disk(folder.path(), 10 * BLOCK);
    cache.flush();
    assert_eq!(files(folder.path()).len(), 10);
    assert!((90..100).all(|number| cache.contains(&key(number))));
}

#[test]
fn what_a_touch_said_is_known_after_a_graceful_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = on_disk(folder.path(), 10 * BLOCK);
    for number in 0..10 {
        assert!(cache.put(key(number), value(number, 10), 5.0));
    }
    assert!(cache.touch(&key(3), 500.0));
    assert!(cache.touch(&key(4), 0.01));
    cache.flush();
    drop(cache);
    let cache = on_disk(folder.path(), 10 * BLOCK);
    assert!(
        cache.put(key(10), value(10, 10), 0.1),
        "only entry 4 is worth less"
    );
    assert!(!cache.contains(&key(4)));
    assert!(
        !cache.put(key(11), value(11, 40_000), 499.0),
        "it would take all"
    );
    assert!(cache.contains(&key(3)));
}

#[tokio::test]
async fn a_scan_of_many_keys_asked_once_does_not_flush_what_is_valuable() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = open(folder.path(), 100 * BLOCK, 1 << 20);
    for number in 0..100 {
        assert!(cache.put(key(number), value(number, 4000), 1000.0));
    }
    let scanned = value(0, 4000);
    for number in 1000..1_001_000 {
        cache.put(key(number), scanned.clone(), 0.01);
    }
    for number in 0..100 {
        assert_eq!(cache.get(&key(number)).await, Some(value(number, 4000)));
    }
    let statistics = cache.statistics();
    assert_eq!((statistics.refused, statistics.evicted), (1_000_000, 0));
    assert!(statistics.memory_bytes <= 1 << 20);
}

#[test]
fn evicted_entries_are_listed_with_their_idle_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = on_disk(folder.path(), 2 * BLOCK);
    for (number, worth) in [(0, 1.0), (1, 2.0), (2, 3.0), (3, 4.0)] {
        assert!(cache.put(key(number), value(number, 100), worth));
    }
    let evicted: Vec<Key> = cache
        .take_evicted()
        .iter()
        .map(|evicted| evicted.key)
        .collect();
    assert_eq!(evicted, [key(0), key(1)]);
    assert_eq!(cache.take_evicted(), []);
    assert_eq!(cache.statistics().evicted, 2);
}

#[tokio::test]
async fn without_a_disk_memory_keeps_what_is_asked_for_and_stays_within_its_bytes() {
    let cache = Cache::open(&CacheOptions {
        memory_bytes: 100_000,
        disk: None,
    })
    .expect("no folder");
    let asked = value(1, 10_000);
    cache.put(key(1), asked.clone(), 1.0);
    for number in 2..2000 {
        assert_eq!(cache.get(&key(1)).await, Some(asked.clone()));
        cache.put(key(number), value(number, 10_000), 1.0);
    }
    cache.flush();
    let statistics = cache.statistics();
    assert!(
        statistics.memory_bytes <= 100_000,
        "{}",
        statistics.memory_bytes
    );
    assert!(statistics.memory_entries >= 8);
    let evicted = cache.take_evicted();
    assert_eq!(evicted.len() as u64, statistics.evicted);
    assert_eq!(statistics.evicted + statistics.memory_entries, 1999);
    assert!(
        evicted
            .iter()
            .all(|evicted| evicted.idle < Duration::from_hours(1))
    );
}

#[test]
fn a_value_worth_nothing_is_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = open(folder.path(), 1 << 20, 1 << 20);
    for worth in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
        assert!(!cache.put(key(1), value(1, 10), worth));
        assert!(!cache.contains(&key(1)));
    }
    assert_eq!(cache.statistics().refused, 4);
}

#[test]
fn two_servers_do_not_share_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = on_disk(folder.path(), 1 << 20);
    let error =
        Cache::open(&crate::common::options(folder.path(), 1 << 20, 0)).expect_err("in use");
    assert!(matches!(error, CacheError::InUse { .. }), "{error}");
    assert!(error.to_string().contains("stop that server"), "{error}");
    drop(first);
    on_disk(folder.path(), 1 << 20);
}

#[test]
fn statistics_go_through_json() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = on_disk(folder.path(), 1 << 20);
    cache.put(key(1), value(1, 10), 1.0);
    let statistics = cache.statistics();
    let text = serde_json::to_string(&statistics).expect("numbers");
    assert_eq!(
        serde_json::from_str::<Statistics>(&text).expect("the same"),
        statistics
    );
    assert_eq!((statistics.puts, statistics.disk_entries), (1, 1));
}
