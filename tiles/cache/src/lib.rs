//! Where a tile server keeps content that is named by the hash of its input, so that entries never go
//! stale.
//!
//! - **Memory** holds what is hot (W-TinyLFU, weighed in bytes); without a disk it is what is kept, by worth per
//!   byte. [`Cache::get_hot`] neither blocks nor waits.
//! - **Disk** holds what is worth most per byte ([`Density`]), by the caller's own estimate in
//!   micro-dollars. It is bounded, survives `kill -9`, checks what it reads, and never fails a
//!   request: what cannot be kept or read is counted, and made again.
//! - **Flights**: work in flight is joined, not repeated, and goes on when a client leaves.
//! - **Failures** are remembered for some seconds.
//!
//! The disk tier is our own because caches that evict whole blocks of their file, or by recency, cannot
//! keep what is worth most.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! use gable_cache::{Cache, CacheOptions, DiskOptions, Key, Made, Value};
//!
//! let folder = tempfile::tempdir()?;
//! let disk = DiskOptions { folder: folder.path().into(), bytes: 1 << 30 };
//! let cache = Cache::open(&CacheOptions { memory_bytes: 64 << 20, disk: Some(disk) })?;
//! let key = Key::new([7; 32], 0);
//! let work = || async {
//!     let value = Value::plain("content".into());
//!     Ok(Made { value, worth: 120.0 })
//! };
//! let (value, _) = cache.get_or_make(key, work).await?;
//! assert_eq!(cache.get_hot(&key), Some(value));
//! cache.flush();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cache;
mod density;
mod disk;
mod error;
mod evicted;
mod failures;
mod flights;
mod key;
mod memory;
mod statistics;
mod value;

pub use cache::{Cache, CacheOptions, Made, Source};
pub use density::{Density, Refused, Victim};
pub use disk::DiskOptions;
pub use error::CacheError;
pub use evicted::Evicted;
pub use failures::{Failure, Remembered};
pub use flights::{FlightError, Flights, Landing};
pub use key::Key;
pub use statistics::Statistics;
pub use value::{Meta, Value};
