//! Building the parts in order: the client core and the physics (WebAssembly), the web client, the server.
//!
//! Owns which step needs which; each part's own module knows its tools. Must not know who asked for the build.

mod debian;
mod wasm;
mod web;

use std::time::SystemTime;

use anyhow::Result;

use crate::node;
use crate::process;
use crate::project::Project;
use crate::step::Step;

/// Builds everything that `thexr` needs, and `thexr`.
pub(crate) fn everything(project: &Project) -> Result<()> {
    web_with_core(project)?;
    server(project)
}

/// Builds one binary to put on a server: with the web client inside, made small, and optimised.
pub(crate) fn release(project: &Project) -> Result<()> {
    web_compressed(project, web::SMALL)?;
    release_server(project)
}

/// Builds the web client and the modules inside it.
pub(crate) fn web_with_core(project: &Project) -> Result<()> {
    web_compressed(project, web::QUICK)
}

fn web_compressed(project: &Project, quality: &str) -> Result<()> {
    node::ensure_packages(project)?;
    modules(project)?;
    web::build(project, quality)
}

/// Builds the client core and the physics as WebAssembly into `web/src`.
pub(crate) fn modules(project: &Project) -> Result<()> {
    wasm::build(project, &wasm::CORE)?;
    wasm::build(project, &wasm::PHYSICS)
}

/// Compiles the modules, so that what needs them later waits less. Links nothing into `web/`.
pub(crate) fn compile_modules_ahead(project: &Project) -> Result<()> {
    wasm::compile_ahead(project, &wasm::CORE)?;
    wasm::compile_ahead(project, &wasm::PHYSICS)
}

/// Builds the server binary with the dev profile; cargo itself knows what changed.
fn server(project: &Project) -> Result<()> {
    let step = Step::begin("server");
    let binary = project.server_binary("debug");
    let built_at = || binary.metadata().and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let before = built_at();
    run(project.build_programs(), step, |step| {
        if built_at() == before { step.up_to_date() } else { step.done("built") }
    })
}

/// Builds the server for release, with the web client that is there.
pub(crate) fn release_server(project: &Project) -> Result<()> {
    let step = Step::begin("server");
    let mut command = project.cargo();
    command.args(["build", "--release", "--package", "thexr-server", "--bin", "thexr"]);
    run(command, step, |step| step.done("built for release"))
}

/// Runs a command behind a step and finishes the step either way.
fn run(command: std::process::Command, step: Step, done: impl FnOnce(Step)) -> Result<()> {
    match process::quiet(command, &step) {
        Ok(()) => {
            done(step);
            Ok(())
        }
        Err(error) => {
            step.failed();
            Err(error)
        }
    }
}
