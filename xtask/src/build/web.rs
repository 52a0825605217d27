//! The web client: TypeScript and Svelte in, hashed files and a manifest in `web/dist` out.
//!
//! Knows Vite's inputs and outputs; must not know how the client core is made.

use anyhow::Result;

use super::run;
use crate::node;
use crate::project::Project;
use crate::stamp::Stamp;
use crate::step::Step;

/// Everything below `web/` that a build reads.
const INPUTS: [&str; 6] = [
    "web/src",
    "web/public",
    "web/package-lock.json",
    "web/vite.config.ts",
    "web/svelte.config.js",
    "web/tsconfig.json",
];

/// Builds `web/dist` unless it is up to date. The packages and the client core must be there.
pub(super) fn build(project: &Project) -> Result<()> {
    let step = Step::begin("web client");
    let stamp = Stamp::of(project.stamp_file("web"), &INPUTS.map(|input| project.path(input)), "")?;
    if stamp.is_current(&[project.path("web/dist/.vite/manifest.json")]) {
        step.up_to_date();
        return Ok(());
    }
    let mut command = node::npm(project);
    command.args(["run", "--silent", "build"]);
    run(command, step, |step| step.done("built"))?;
    stamp.keep()
}
