//! Pages and scripts are built in when they change.

fn main() {
    println!("cargo::rerun-if-changed=../../viewer/web/dist");
}
