//! The scripts of the benchmarks, as far as they need no server.

use std::path::Path;
use std::process::Command;

#[test]
fn tiles_are_chosen_and_networks_shared_as_computed_by_hand() {
    let output = Command::new("node")
        .args([
            "--test",
            "path/selection.test.mjs",
            "views/simulation.test.mjs",
        ])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"))
        .output()
        .expect("node runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
}
