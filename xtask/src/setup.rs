//! What the tests need beyond Rust: Node with the packages of `tests/package.json`, Chromium, drivers of Vulkan and OpenGL, test data.

use anyhow::{Result, ensure};

use crate::shell::{answers, command, root, run as start};

/// Installs what is missing where it may (as root on Debian and its kin), else says what to install.
pub(crate) fn run() -> Result<()> {
    let mut missing = Vec::new();
    if !answers("node", &["--version"]) || !answers("npm", &["--version"]) {
        missing.push(("Node 20 or newer with npm", "nodejs npm"));
    }
    if !answers("chromium", &["--version"]) {
        missing.push(("Chromium", "chromium"));
    }
    if !answers("pip3", &["--version"]) && !answers("pip", &["--version"]) {
        missing.push(("pip", "python3-pip"));
    }
    if !answers("vulkaninfo", &["--summary"]) {
        missing.push((
            "a Vulkan driver (such as lavapipe) with vulkaninfo",
            "mesa-vulkan-drivers vulkan-tools",
        ));
    }
    if !answers("sh", &["-c", "ldconfig -p | grep -q libEGL.so.1"]) {
        missing.push((
            "OpenGL by way of EGL (libEGL.so.1), with a driver (such as llvmpipe)",
            "libegl1 libegl-mesa0 libgl1-mesa-dri",
        ));
    }
    if !answers("Xvfb", &["-help"]) || !answers("xdotool", &["--version"]) {
        missing.push((
            "a screen without a monitor (Xvfb), hands for it (xdotool), and libraries of X11",
            "xvfb xdotool libxkbcommon-x11-0 libxcursor1 libxi6 libxrandr2",
        ));
    }
    if !missing.is_empty() && may_install() {
        start(command("apt-get", &["update", "-qq"]).env("DEBIAN_FRONTEND", "noninteractive"))?;
        for (_, packages) in &missing {
            let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
            arguments.extend(packages.split(' '));
            start(command("apt-get", &arguments).env("DEBIAN_FRONTEND", "noninteractive"))?;
        }
        missing.clear();
    }
    let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
    ensure!(
        missing.is_empty(),
        "the tests need {}: please install, or run as root on Debian",
        names.join(", ")
    );
    start(
        command("npm", &["ci", "--no-audit", "--no-fund", "--silent"])
            .current_dir(root().join("tests")),
    )?;
    start(&mut command("sh", &["tests/fetch-data.sh"]))
}

fn may_install() -> bool {
    answers("apt-get", &["--version"]) && answers("sh", &["-c", "test $(id -u) = 0"])
}
