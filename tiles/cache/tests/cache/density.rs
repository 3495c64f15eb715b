//! What is worth most per byte stays.

use std::collections::BTreeMap;

use gable_cache::{Density, Refused};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Insert(u8, u64, f64),
    Renew(u8, Option<f64>),
    Remove(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let worth = prop_oneof![
        8 => 0.01..1000.0_f64,
        1 => Just(0.0),
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(-1.0),
    ];
    let step = prop_oneof![
        6 => (any::<u8>(), 0..400_u64, worth.clone()).prop_map(|(k, b, w)| Step::Insert(k, b, w)),
        3 => (any::<u8>(), proptest::option::of(worth)).prop_map(|(k, w)| Step::Renew(k, w)),
        1 => any::<u8>().prop_map(Step::Remove),
    ];
    proptest::collection::vec(step, 1..400)
}

proptest! {
    #[test]
    fn books_agree_with_a_simple_model_and_never_exceed_their_bytes(steps in steps()) {
        const CAPACITY: u64 = 1000;
        let mut density = Density::new(CAPACITY);
        let mut model: BTreeMap<u8, (u64, usize)> = BTreeMap::new();
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Insert(key, bytes, worth) => {
                    model.remove(&key);
                    match density.insert(key, bytes, worth, number as f64, number) {
                        Ok(victims) => {
                            for victim in victims {
                                let (_, item) = model.remove(&victim.key).expect("it was there");
                                prop_assert_eq!(item, victim.item);
                                prop_assert!(victim.idle >= 0.0 && victim.idle <= number as f64);
                            }
                            model.insert(key, (bytes, number));
                        }
                        Err(Refused) => prop_assert!(!density.contains(&key)),
                    }
                }
                Step::Renew(key, worth) => {
                    prop_assert_eq!(density.renew(&key, worth, number as f64), model.contains_key(&key));
                }
                Step::Remove(key) => {
                    prop_assert_eq!(density.remove(&key), model.remove(&key).map(|(_, item)| item));
                }
            }
            prop_assert!(density.bytes() <= CAPACITY);
            prop_assert_eq!(density.bytes(), model.values().map(|(bytes, _)| bytes).sum::<u64>());
            prop_assert_eq!(density.len(), model.len());
            prop_assert_eq!(density.cheapest_first().count(), model.len());
            for (key, item) in density.cheapest_first() {
                prop_assert_eq!(model.get(key).map(|(_, item)| item), Some(item));
                let worth = density.worth(key).expect("there");
                prop_assert!(worth >= 0.0 && worth.is_finite());
            }
        }
    }
}

/// A full set: ten entries of 100 bytes, the entry of key `n` worth `worth(n)`.
fn full(worth: impl Fn(u32) -> f64) -> Density<u32, ()> {
    let mut density = Density::new(1000);
    for key in 0..10 {
        let victims = density.insert(key, 100, worth(key), 0.0, ());
        assert_eq!(victims, Ok(vec![]));
    }
    density
}

#[test]
fn the_cheapest_per_byte_goes_first() {
    let mut density = full(|key| f64::from(10 - key));
    let victims = density
        .insert(99, 150, 100.0, 7.0, ())
        .expect("it is worth more");
    let keys: Vec<u32> = victims.iter().map(|victim| victim.key).collect();
    assert_eq!(keys, [9, 8]);
    assert_eq!(victims[0].idle, 7.0);
}

#[test]
fn a_newcomer_that_would_push_out_more_worth_than_it_brings_is_refused() {
    let mut density = full(|_| 5.0);
    assert_eq!(density.insert(99, 100, 4.9, 0.0, ()), Err(Refused));
    // It would push out two, worth 10 together.
    assert_eq!(density.insert(99, 200, 9.0, 0.0, ()), Err(Refused));
    assert_eq!(density.len(), 10);
    assert!(density.insert(99, 100, 6.0, 0.0, ()).is_ok());
}

#[test]
fn a_renewed_entry_outlives_those_nobody_asks_for() {
    let mut density = full(|_| 5.0);
    for key in 100..200 {
        assert!(density.renew(&3, None, 0.0));
        let _ = density.insert(key, 100, 5.0, 0.0, ());
    }
    assert!(density.contains(&3));
    assert!((0..10).all(|key| key == 3 || !density.contains(&key)));
}

#[test]
fn what_nobody_asks_for_gives_way_to_cheaper_newcomers_in_the_end() {
    let mut density = full(|_| 100.0);
    let refused = (1000..1_000_000)
        .take_while(|key| density.insert(*key, 100, 1.0, 0.0, ()).is_err())
        .count();
    // Ten entries were worth 100 each: about as much worth must have been refused.
    assert!((900..=1100).contains(&refused), "{refused}");
}

#[test]
fn a_scan_of_a_million_keys_asked_once_does_not_flush_what_is_valuable() {
    let mut density = Density::new(100_000_000);
    for key in 0..1000_u32 {
        density
            .insert(key, 100_000, 500.0, 0.0, ())
            .expect("there is room");
    }
    for key in 1_000_000..2_000_000 {
        // Hardly ever asked again: a ten-thousandth of the worth.
        assert_eq!(density.insert(key, 100_000, 0.05, 0.0, ()), Err(Refused));
    }
    assert!((0..1000).all(|key| density.contains(&key)));
    assert!(density.worth(&0).is_some_and(|worth| worth > 400.0));
}
