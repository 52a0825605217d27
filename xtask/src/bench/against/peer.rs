//! A server that is no thexr, its load, and what both show: the same numbers for each of them.
//!
//! Must not know which server it is.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Result;

use super::super::child::{self, Guarded};
use super::super::crowd::{Measured, Report};
use super::super::generator::{Finished, Generator};
use super::super::usage::{Sampler, Usage};
use crate::process;
use crate::project::Project;
use crate::step::Step;

/// Ticks per second of a room, and patches per second of a peer's.
pub(super) const TICK_HZ: f64 = 20.0;

/// How long a load may take beyond what it measures: the ramp and the end.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is compared; what a system does not say is `None`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    /// The server as /proc shows it.
    pub(super) usage: Option<Usage>,
    /// Share of what was due that arrived, 0 to 1.
    pub(super) delivered: Option<f64>,
    /// WebSocket payload to one client, kB/s.
    pub(super) down_kbyte_s: Option<f64>,
    /// From a movement to its arrival elsewhere; for ours among near people.
    pub(super) age_ms_p99: Option<f64>,
}

impl Seen {
    pub(super) fn of_ours(measured: &Measured) -> Seen {
        let report = &measured.report;
        Seen {
            usage: measured.usage,
            delivered: report.frames_hz().map(|hz| hz / TICK_HZ),
            down_kbyte_s: report.down_kbyte_s(),
            age_ms_p99: report.age_ms_p99("a"),
        }
    }

    pub(super) fn cores(&self) -> Option<f64> {
        self.usage.map(|usage| usage.cores)
    }

    pub(super) fn rss_mb(&self) -> Option<f64> {
        self.usage.map(|usage| usage.rss_bytes_peak as f64 / 1e6)
    }
}

/// Builds the peers that are ours to build, and their load.
pub(super) fn build(project: &Project) -> Result<()> {
    let step = Step::begin("peers");
    let mut command = project.cargo();
    command.args(["build", "--release", "--package", "peer-floor"]);
    process::quiet(command, &step)?;
    step.done("built for release");
    Ok(())
}

/// The program with the floor, the naive broadcast and the load.
pub(super) fn binary(project: &Project) -> PathBuf {
    project.target().join("release").join(format!("peer-floor{}", std::env::consts::EXE_SUFFIX))
}

/// A running peer under the same meter as ours.
pub(super) struct Running {
    process: Guarded,
    sampler: Sampler,
    pub(super) address: SocketAddr,
}

/// The clients of a peer.
pub(super) struct Load {
    /// What the load calls the peer.
    pub(super) peer: &'static str,
    pub(super) people: u32,
    pub(super) rate_hz: u32,
    pub(super) seconds: u64,
}

impl Running {
    /// Starts a server that is told its address by `command` and waits until it listens.
    pub(super) fn start(command: impl FnOnce(SocketAddr) -> Command) -> Result<Running> {
        let address = child::free_address()?;
        let mut process = Guarded::spawn(command(address).stdout(Stdio::null()))?;
        process.wait_until(|| child::listens(address))?;
        let sampler = Sampler::start(process.id());
        Ok(Running { process, sampler, address })
    }

    /// Starts the clients.
    pub(super) fn load(&self, project: &Project, load: &Load) -> Result<Generator> {
        let mut command = Command::new(binary(project));
        command.args(["load", "--address", &self.address.to_string(), "--peer", load.peer]);
        let numbers = [
            ("--count", u64::from(load.people)),
            ("--rate", u64::from(load.rate_hz)),
            ("--seconds", load.seconds),
        ];
        for (option, value) in numbers {
            command.args([option, &value.to_string()]);
        }
        Generator::start(command, "load")
    }

    /// Waits for the clients' report and ends the server. What was delivered and how old it was is filled in as far
    /// as the report says it.
    pub(super) fn finish(self, load: &Load, clients: Generator) -> Result<(Seen, Report)> {
        let finished = clients.finish(Duration::from_secs(load.seconds) + PATIENCE)?;
        let Finished { report, from, to } = finished;
        let (usage, report) = (self.sampler.finish(from, to)?, Report::new(report));
        drop(self.process);
        let seen = Seen {
            usage,
            delivered: report.frames_hz().map(|hz| hz / TICK_HZ),
            down_kbyte_s: report.down_kbyte_s(),
            age_ms_p99: report.number("/age_ms/p99"),
        };
        Ok((seen, report))
    }
}
