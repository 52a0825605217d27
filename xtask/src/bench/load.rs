//! Load reports: a release server on loopback, a fresh data folder, and `thexr bots` as the people in a room.
//!
//! A new scenario is a row in [`SCENARIOS`]. Must not know how bots move or what they measure: their report is
//! shown as it comes.

use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::server::{self, Server};
use super::table;
use crate::build;
use crate::project::Project;
use crate::step::Step;

/// People who move in one room.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    count: u32,
    rate_hz: u32,
    seconds: u32,
    /// Boxes in the room before anyone joins.
    furnish: u32,
    /// Durable commands per second of each.
    commands_hz: u32,
}

/// What can be measured with people.
pub(super) const SCENARIOS: [Scenario; 3] = [
    Scenario { name: "load", count: 200, rate_hz: 20, seconds: 20, furnish: 0, commands_hz: 0 },
    Scenario { name: "join", count: 20, rate_hz: 20, seconds: 5, furnish: 10_000, commands_hz: 0 },
    Scenario { name: "commands", count: 100, rate_hz: 1, seconds: 15, furnish: 0, commands_hz: 20 },
];

impl Scenario {
    pub(super) fn about(&self) -> String {
        let Scenario { count, rate_hz, seconds, furnish, commands_hz, .. } = self;
        format!(
            "{count} people at {rate_hz} Hz for {seconds} s in one room with {furnish} more boxes, {commands_hz} commands/s each"
        )
    }
}

/// Measures one scenario and prints its report.
pub(super) fn run(project: &Project, scenario: &Scenario) -> Result<()> {
    build::release_server(project)?;
    let server = Server::start(&project.server_binary("release"), server::Options::default())?;
    let room = server.create_room(scenario.name, &scenario.about())?;
    let step = Step::begin("bots");
    let output = bots(project, &server, &room, scenario).output().context("cannot start the bots")?;
    if !output.status.success() {
        step.failed();
        bail!("thexr bots: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    step.done("measured");
    let report: Value = serde_json::from_slice(&output.stdout).context("the bots' report is not JSON")?;
    print!("{}", table::render(&report));
    Ok(())
}

fn bots(project: &Project, server: &Server, room: &str, scenario: &Scenario) -> Command {
    let mut command = Command::new(project.server_binary("release"));
    command.args(["bots", "--json", "--url", &server.url(), "--room", room]);
    for (option, value) in [
        ("--count", scenario.count),
        ("--rate", scenario.rate_hz),
        ("--seconds", scenario.seconds),
        ("--furnish", scenario.furnish),
        ("--commands", scenario.commands_hz),
    ] {
        command.arg(option).arg(value.to_string());
    }
    command
}
