//! Browser scripts that measure: started on a release server, their lines of numbers shown as rows.
//!
//! Must not know what they measure.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::project::Project;
use crate::{browser, build, node};

/// Builds for release, runs the script and prints its lines, those that `row` knows as rows.
///
/// Errors: a build or the script failed.
pub(super) fn run(project: &Project, script: &str, row: impl Fn(&str) -> Option<String>) -> Result<()> {
    build::release(project)?;
    let chromium = browser::ensure(project)?;
    let mut command = node::node(project);
    command.arg(script).stdout(Stdio::piped());
    command.env("THEXR_BIN", project.server_binary("release")).env("THEXR_CHROMIUM", &chromium);
    let mut script = command.spawn().context("cannot start node")?;
    let output = script.stdout.take().context("the script has no output")?;
    for line in BufReader::new(output).lines() {
        let line = line.context("the script's output broke off")?;
        println!("{}", row(&line).unwrap_or(line));
    }
    let status = script.wait().context("the script is gone")?;
    ensure!(status.success(), "the measuring script failed");
    Ok(())
}

/// The numbers of a line; none of one that is no JSON.
pub(super) fn numbers(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_default()
}
