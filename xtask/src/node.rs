//! Node.js and the web client's packages: is it there, is it new enough, are the packages those of the lock file.
//!
//! Knows npm; must not know what the packages are for.

use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::project::Project;
use crate::stamp::Stamp;
use crate::step::Step;

/// Held while packages are installed: whoever else needs them waits.
static INSTALLING: Mutex<()> = Mutex::new(());

/// The oldest Node.js that Vite runs on (major, minor).
const NODE_VERSION_MIN: (u32, u32) = (20, 19);

/// Makes sure that `web/node_modules` holds what `web/package-lock.json` says.
///
/// Errors: Node.js is missing or too old, or npm fails.
pub(crate) fn ensure_packages(project: &Project) -> Result<()> {
    let _one_at_a_time = INSTALLING.lock();
    let step = Step::begin("npm packages");
    let inputs = [project.path("web/package.json"), project.path("web/package-lock.json")];
    let installed = project.path("web/node_modules/.package-lock.json");
    let stamp = Stamp::of(project.path("web/node_modules/.thexr-installed"), &inputs, "")?;
    if let Err(error) = require_node() {
        step.failed();
        return Err(error);
    }
    if stamp.is_current(&[installed]) {
        step.up_to_date();
        return Ok(());
    }
    let mut command = npm(project);
    command.args(["ci", "--no-fund", "--no-audit"]);
    if let Err(error) = process::quiet(command, &step) {
        step.failed();
        return Err(error);
    }
    stamp.keep()?;
    step.done("installed");
    Ok(())
}

/// An npm command in `web/`.
pub(crate) fn npm(project: &Project) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(project.path("web"));
    command
}

/// A node command in the repository's folder.
pub(crate) fn node(project: &Project) -> Command {
    let mut command = Command::new("node");
    command.current_dir(project.root());
    command
}

fn require_node() -> Result<()> {
    const ADVICE: &str = "install Node.js 20.19 or newer with npm (https://nodejs.org)";
    let version = process::output(Command::new("node").arg("--version")).context(ADVICE)?;
    let Some(found) = parse_version(&version) else { bail!("{ADVICE}: cannot read its version `{version}`") };
    if found < NODE_VERSION_MIN {
        bail!("{ADVICE}: this is {version}");
    }
    Ok(())
}

/// Reads `v20.19.1` as (20, 19).
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_version_is_compared_by_numbers_and_not_by_text() {
        assert_eq!(parse_version("v20.19.1"), Some((20, 19)));
        assert!(parse_version("v9.0.0").unwrap() < NODE_VERSION_MIN);
        assert!(parse_version("v100.0.0").unwrap() > NODE_VERSION_MIN);
        assert_eq!(parse_version("not a version"), None);
    }
}
