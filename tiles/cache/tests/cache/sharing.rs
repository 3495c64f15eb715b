//! Work is done once for all who ask, and a failure is not repeated at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use gable_cache::{Cache, Failure, FlightError, Flights, Made, Source, Value};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::common::{key, on_disk, open, value};

fn made(number: u64) -> Made {
    Made {
        value: value(number, 1000),
        worth: 1.0,
    }
}

fn failure(lasting: bool) -> Failure {
    Failure {
        class: 500,
        text: "the grammar trapped".into(),
        lasting,
    }
}

/// A task that asks for key 7, whose making waits at a gate.
fn ask_behind(
    gate: &Arc<Notify>,
    cache: &Cache,
) -> JoinHandle<Result<(Value, Source), FlightError<Failure>>> {
    let (cache, gate) = (cache.clone(), Arc::clone(gate));
    let work = || async move {
        gate.notified().await;
        Ok(made(7))
    };
    tokio::spawn(async move { cache.get_or_make(key(7), work).await })
}

/// Lets all other tasks of a single-threaded runtime run until they wait.
async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_tasks_that_ask_one_key_get_one_generation() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = open(folder.path(), 1 << 20, 1 << 20);
    let (runs, gate) = (Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()));
    let ask = |cache: Cache| {
        let (runs, gate) = (Arc::clone(&runs), Arc::clone(&gate));
        let work = || async move {
            runs.fetch_add(1, Ordering::SeqCst);
            gate.notified().await;
            Ok(made(7))
        };
        tokio::spawn(async move { cache.get_or_make(key(7), work).await })
    };
    let tasks: Vec<_> = (0..64).map(|_| ask(cache.clone())).collect();
    while cache.flights().joined() < 63 {
        tokio::task::yield_now().await;
    }
    assert_eq!(cache.statistics().in_flight, 1);
    gate.notify_one();
    let mut makers = 0;
    for task in tasks {
        let (value, source) = task.await.expect("no panic").expect("made");
        assert_eq!(value, made(7).value);
        makers += u32::from(source == Source::Made);
    }
    assert_eq!((runs.load(Ordering::SeqCst), makers), (1, 1));
    assert_eq!(cache.statistics().coalesced, 63);
    assert!(cache.flights().is_empty());
    let (_, source) = cache
        .get_or_make(key(7), || async { panic!("kept") })
        .await
        .expect("kept");
    assert_eq!(source, Source::Kept);
}

#[tokio::test]
async fn the_disconnect_of_the_first_does_not_cancel_the_work() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = on_disk(folder.path(), 1 << 20);
    let gate = Arc::new(Notify::new());
    let first = ask_behind(&gate, &cache);
    settle().await;
    let second = {
        let cache = cache.clone();
        tokio::spawn(async move {
            cache
                .get_or_make(key(7), || async { panic!("joined") })
                .await
        })
    };
    settle().await;
    first.abort();
    assert!(first.await.expect_err("aborted").is_cancelled());
    assert_eq!(cache.flights().len(), 1);
    gate.notify_one();
    let (value, source) = second.await.expect("no panic").expect("made");
    assert_eq!((value, source), (made(7).value, Source::Joined));
    assert_eq!(cache.get(&key(7)).await, Some(made(7).value));
}

#[tokio::test]
async fn work_goes_on_and_is_kept_when_all_have_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = on_disk(folder.path(), 1 << 20);
    let gate = Arc::new(Notify::new());
    let only = ask_behind(&gate, &cache);
    settle().await;
    only.abort();
    gate.notify_one();
    settle().await;
    assert!(cache.contains(&key(7)));
}

#[tokio::test]
async fn a_panic_reaches_all_who_wait_and_frees_the_key() {
    let flights: Arc<Flights<u32, String>> = Arc::default();
    let gate = Arc::new(Notify::new());
    let ask = || {
        let (flights, gate) = (Arc::clone(&flights), Arc::clone(&gate));
        let work = || async move {
            gate.notified().await;
            panic!("a bug")
        };
        tokio::spawn(async move { flights.join(key(1), work).await })
    };
    let waiting = [ask(), ask(), ask()];
    settle().await;
    assert_eq!(flights.len(), 1);
    gate.notify_one();
    for task in waiting {
        let landing = task.await.expect("those who wait do not panic");
        assert_eq!(landing.result, Err(FlightError::Lost));
    }
    assert!(flights.is_empty());
    let landing = flights.join(key(1), || async { Ok(5) }).await;
    assert_eq!((landing.result, landing.joined), (Ok(5), false));
    // Also when the panic comes before there is anything to wait for.
    let work = || -> std::future::Ready<Result<u32, String>> { panic!("a bug") };
    assert_eq!(
        flights.join(key(1), work).await.result,
        Err(FlightError::Lost)
    );
    assert!(flights.is_empty());
}

#[tokio::test]
async fn flights_are_listed_with_their_start() {
    let flights: Arc<Flights<u32, String>> = Arc::default();
    let before = std::time::Instant::now();
    for number in [1, 2] {
        let flights = Arc::clone(&flights);
        tokio::spawn(async move { flights.join(key(number), std::future::pending).await });
    }
    settle().await;
    let mut keys = [key(1), key(2)];
    keys.sort_unstable();
    let list = flights.list();
    assert_eq!(list.iter().map(|(key, _)| *key).collect::<Vec<_>>(), keys);
    for (key, started) in list {
        assert_eq!(flights.started(&key), Some(started));
        assert!(started >= before);
    }
    assert_eq!(flights.started(&key(3)), None);
}

#[tokio::test]
async fn a_failure_is_told_to_all_and_not_repeated_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = on_disk(folder.path(), 1 << 20);
    for _ in 0..10 {
        let result = cache
            .get_or_make(key(1), || async { Err(failure(true)) })
            .await;
        assert_eq!(result, Err(FlightError::Failed(failure(true))));
    }
    assert_eq!(cache.statistics().failure_hits, 9);
    let known = cache.failure(&key(1)).expect("remembered");
    assert_eq!(known.failure, failure(true));
    cache.remove(&key(1));
    assert_eq!(cache.failure(&key(1)), None);
}

#[tokio::test]
async fn a_failure_that_passes_is_not_remembered_and_a_value_ends_one_that_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = on_disk(folder.path(), 1 << 20);
    let result = cache
        .get_or_make(key(1), || async { Err(failure(false)) })
        .await;
    assert_eq!(result, Err(FlightError::Failed(failure(false))));
    let (_, source) = cache
        .get_or_make(key(1), || async { Ok(made(1)) })
        .await
        .expect("made");
    assert_eq!(source, Source::Made);
    cache.fail(key(2), failure(true));
    assert!(cache.failure(&key(2)).is_some());
    assert!(cache.put(key(2), value(2, 10), 1.0));
    assert_eq!(cache.failure(&key(2)), None);
}
