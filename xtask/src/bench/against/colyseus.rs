//! Ours beside Colyseus: as many people, as many movements, everyone told of everyone by its shared patch.
//!
//! The crowd's clients decode nothing; a few real ones among them tell how old movements are. npm is asked for the
//! pinned packages only here, never in tests.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::peer::{Load, Running};
use super::{Bench, Row};
use crate::bench::child;
use crate::bench::generator::Generator;
use crate::project::Project;
use crate::stamp::Stamp;
use crate::step::Step;
use crate::{node, process};

/// People of both.
const PEOPLE: u32 = 800;

/// Real clients among them: enough to tell ages, too few to take the crowd's processor time.
const WITNESSES: u32 = 3;

/// Movements per second of each.
const RATE_HZ: u32 = 20;

/// The witnesses come when everyone is in, and must be done before the crowd leaves.
const WITNESSES_MARGIN_S: u64 = 4;

/// How long the witnesses may take beyond what they measure.
const PATIENCE: Duration = Duration::from_secs(60);

/// Measures ours, then Colyseus.
pub(super) fn run(bench: &Bench<'_, '_>) -> Result<Vec<Row>> {
    let project = bench.context.project;
    ensure_packages(project)?;
    let people = bench.context.people(PEOPLE).max(2 * WITNESSES);
    let (ours, _) = bench.ours(people)?;
    let server = Running::start(|address| {
        let mut command = child::pinned("node", bench.cores);
        command.arg("server.mjs").arg(address.port().to_string()).current_dir(folder(project));
        command
    })?;
    let load =
        Load { peer: "colyseus", people: people - WITNESSES, rate_hz: RATE_HZ, seconds: bench.seconds };
    let mut clients = server.load(project, &load)?;
    clients.watch(PATIENCE, true)?;
    ensure!(clients.is_all_in(), "the crowd did not get in");
    let seconds = bench.seconds.saturating_sub(WITNESSES_MARGIN_S).max(1);
    let witnesses = Generator::start(witnesses(project, &server, seconds), "witnesses")?;
    let (mut seen, _) = server.finish(&load, clients)?;
    let ages = witnesses.finish(PATIENCE)?.report;
    seen.age_ms_p99 = ages["age_ms"]["p99"].as_f64();
    let mut theirs = Row::beside(&ours, format!("Colyseus {}", version(project)?), seen);
    let node = process::output(Command::new("node").arg("--version")).unwrap_or_default();
    theirs
        .notes
        .push(format!("  Colyseus on Node {node}; ages from {WITNESSES} real clients among the crowd"));
    Ok(vec![ours, theirs])
}

fn witnesses(project: &Project, server: &Running, seconds: u64) -> Command {
    let mut command = node::node(project);
    let url = format!("http://{}", server.address);
    let (count, seconds) = (WITNESSES.to_string(), seconds.to_string());
    command.args(["witness.mjs", &url, &count, &seconds]).current_dir(folder(project));
    command
}

fn folder(project: &Project) -> PathBuf {
    project.path("bench/peers/colyseus")
}

/// The version that is installed.
fn version(project: &Project) -> Result<String> {
    let text = std::fs::read_to_string(folder(project).join("node_modules/@colyseus/core/package.json"))?;
    let package: serde_json::Value = serde_json::from_str(&text)?;
    Ok(package["version"].as_str().context("a package has a version")?.to_owned())
}

/// Makes sure that `node_modules` holds what the lock file says.
fn ensure_packages(project: &Project) -> Result<()> {
    let step = Step::begin("npm packages");
    let inputs = [folder(project).join("package.json"), folder(project).join("package-lock.json")];
    let installed = folder(project).join("node_modules/.package-lock.json");
    let stamp = Stamp::of(folder(project).join("node_modules/.thexr-installed"), &inputs, "")?;
    if stamp.is_current(&[installed]) {
        step.up_to_date();
        return Ok(());
    }
    let mut command = node::npm(project);
    command.args(["ci", "--no-fund", "--no-audit"]).current_dir(folder(project));
    if let Err(error) = process::quiet(command, &step) {
        step.failed();
        return Err(error);
    }
    stamp.keep()?;
    step.done("installed");
    Ok(())
}
