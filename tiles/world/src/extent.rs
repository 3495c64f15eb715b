//! How far features reach: measured once, by running each at its coarsest.

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
    let threads = (gable_runtime::cores() as usize).min(rules.concurrent_runs());
    gable_runtime::in_parallel(count, threads, |number| {
        match rules.generate(&recipe(number), assets) {
            Ok(content) => Ok(content.summary.extent),
            Err(error) => Err(error.to_string()),
        }
    })
}

/// The box around both.
pub(crate) fn union(a: Extent, b: Extent) -> Extent {
    let low = std::array::from_fn(|axis| a[0][axis].min(b[0][axis]));
    let high = std::array::from_fn(|axis| a[1][axis].max(b[1][axis]));
    [low, high]
}
