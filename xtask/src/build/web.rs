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
const INPUTS: [&str; 8] = [
    "web/src",
    "web/compressed.ts",
    "web/together.ts",
    "web/public",
    "web/package-lock.json",
    "web/vite.config.ts",
    "web/svelte.config.js",
    "web/tsconfig.json",
];

/// Brotli's quality, of 0 to 11, while one works on the client: a second.
pub(super) const QUICK: &str = "5";
/// The same where it is shipped: an eighth fewer bytes for 20 s.
pub(super) const SMALL: &str = "11";

/// Builds `web/dist` unless it is up to date, with files compressed so well. The packages and the client core must be there.
pub(super) fn build(project: &Project, quality: &str) -> Result<()> {
    let step = Step::begin("web client");
    let stamp = Stamp::of(project.stamp_file("web"), &INPUTS.map(|input| project.path(input)), quality)?;
    if stamp.is_current(&[project.path("web/dist/.vite/manifest.json")]) {
        step.up_to_date();
        return Ok(());
    }
    let mut command = node::npm(project);
    command.args(["run", "--silent", "build"]).env("XTASK_BROTLI_QUALITY", quality);
    run(command, step, |step| step.done("built"))?;
    stamp.keep()
}
