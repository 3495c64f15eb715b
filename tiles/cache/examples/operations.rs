//! What the operations of a cache cost here: `cargo run --release -p gable-cache --example operations`.
#![expect(clippy::print_stdout, reason = "prints figures")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use gable_cache::{Cache, CacheError, CacheOptions, DiskOptions, Key, Value};

const ENTRIES: u64 = 100_000;
const LENGTH: usize = 20_000;

fn key(number: u64) -> Key {
    let mut hash = [0; 32];
    let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash[..8].copy_from_slice(&mixed.to_be_bytes());
    hash[8..16].copy_from_slice(&number.to_be_bytes());
    Key::new(hash, 0)
}

fn show(what: &str, elapsed: Duration, count: u64) {
    let each = elapsed.as_secs_f64() * 1e6 / count as f64;
    println!("{what:44} {each:10.3} µs");
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir_in(std::env::args().nth(1).unwrap_or_else(|| ".".into()))?;
    let open = |memory_bytes| -> Result<Cache, CacheError> {
        let disk = DiskOptions {
            folder: folder.path().into(),
            bytes: 1 << 40,
        };
        Cache::open(&CacheOptions {
            memory_bytes,
            disk: Some(disk),
        })
    };
    let cache = open(0)?;
    let value = Value::plain(vec![7; LENGTH].into());
    let start = Instant::now();
    let mut in_put = Duration::ZERO;
    for number in 0..ENTRIES {
        let put = Instant::now();
        cache.put(key(number), value.clone(), 1.0 + (number % 100) as f64);
        in_put += put.elapsed();
        if number % 1000 == 999 {
            cache_waits(&cache);
        }
    }
    while cache.statistics().waiting_bytes > 0 {
        std::thread::yield_now();
    }
    show("put, for the caller", in_put, ENTRIES);
    show("put, until 20 KB are written", start.elapsed(), ENTRIES);
    let start = Instant::now();
    for number in 0..ENTRIES {
        black_box(cache.touch(&key(number), 1.0 + (number % 100) as f64));
    }
    show("touch", start.elapsed(), ENTRIES);
    let start = Instant::now();
    cache.flush();
    println!(
        "{:44} {:10.3} s",
        "flush of 100,000 entries",
        start.elapsed().as_secs_f64()
    );
    drop(cache);

    let start = Instant::now();
    let cache = open(64 << 20)?;
    println!(
        "{:44} {:10.3} s",
        "open of 100,000 entries",
        start.elapsed().as_secs_f64()
    );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()?;
    let reads = 10_000;
    let start = Instant::now();
    runtime.block_on(async {
        for number in 0..reads {
            black_box(cache.get(&key(number)).await);
        }
    });
    show(
        "get of 20 KB from disk, one after the other",
        start.elapsed(),
        reads,
    );
    let start = Instant::now();
    for number in 0..ENTRIES {
        black_box(cache.contains(&key(number)));
    }
    show("contains", start.elapsed(), ENTRIES);

    runtime.block_on(cache.get(&key(1)));
    memory(&cache);
    let statistics = cache.statistics();
    println!("{statistics:?}");
    Ok(())
}

/// Figures of `get_hot`.
fn memory(cache: &Cache) {
    let hot = key(1);
    let gets = 5_000_000;
    let start = Instant::now();
    for _ in 0..gets {
        black_box(cache.get_hot(black_box(&hot)));
    }
    show("get_hot, present", start.elapsed(), gets);
    let absent = key(ENTRIES + 1);
    let start = Instant::now();
    for _ in 0..gets {
        black_box(cache.get_hot(black_box(&absent)));
    }
    show("get_hot, absent", start.elapsed(), gets);
}

/// Lets the writer catch up, so that nothing is refused.
fn cache_waits(cache: &Cache) {
    while cache.statistics().waiting_bytes > 32 << 20 {
        std::thread::yield_now();
    }
}
