//! How long a newcomer looks at nothing: a browser opens a room of 10,000 entities on a release server.
//!
//! The measuring is the browser story's own (`tests/browser/first_frame.test.mjs`); this only runs it and shows its line.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::project::Project;
use crate::{browser, build, node};

/// For the list of benches.
pub(super) const ABOUT: &str = "Chromium at 320x240 opens a room of 10,000 entities (three runs)";

/// Runs of the story: the first also pays for cold caches.
const RUNS: usize = 3;

/// Measures and prints one line for each run.
pub(super) fn run(project: &Project) -> Result<()> {
    build::release(project)?;
    let chromium = browser::ensure(project)?;
    for _ in 0..RUNS {
        let mut command = node::node(project);
        command.args(["--test", "tests/browser/first_frame.test.mjs"]).current_dir(project.path(""));
        command.env("THEXR_BIN", project.server_binary("release")).env("THEXR_CHROMIUM", &chromium);
        let output = command.stderr(Stdio::inherit()).output().context("cannot start node")?;
        let text = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "the browser story failed:\n{text}");
        let line =
            text.lines().find(|line| line.contains("first_frame_ms")).context("the story said no time")?;
        println!("  {}", line.trim_start_matches(['#', ' ', 'ℹ']));
    }
    Ok(())
}
