//! How far features reach: measured once, by running each at its coarsest.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use gable_kernel::recipe::Recipe;
use gable_runtime::Rules;
use gable_runtime::asset::AssetStore;

/// The least and greatest x, y, z of content: metres, y up.
pub(crate) type Extent = [[f64; 3]; 2];

/// Runs recipes on all cores and says how far the content of each reaches (none when it is empty), or why there is none.
pub(crate) fn measure(
    rules: &Rules,
    assets: &AssetStore,
    count: usize,
    recipe: impl Fn(usize) -> Recipe + Sync,
) -> Vec<Result<Option<Extent>, String>> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(count));
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return;
            }
            let content = rules.generate(&recipe(number), assets);
            let result = match content {
                Ok(content) => Ok(content.summary.extent),
                Err(error) => Err(error.to_string()),
            };
            results
                .lock()
                .expect("no panic while it is held")
                .push((number, result));
        }
    };
    // Results are put in order below, so that the number of threads shows nowhere.
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = cores.min(rules.concurrent_runs()).min(count);
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut results = results.into_inner().expect("no panic while it is held");
    results.sort_unstable_by_key(|&(number, _)| number);
    results.into_iter().map(|(_, result)| result).collect()
}

/// The box around both.
pub(crate) fn union(a: Extent, b: Extent) -> Extent {
    let low = std::array::from_fn(|axis| a[0][axis].min(b[0][axis]));
    let high = std::array::from_fn(|axis| a[1][axis].max(b[1][axis]));
    [low, high]
}
