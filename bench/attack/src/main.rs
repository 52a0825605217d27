//! `thexr-attack`: hostile clients of one server, and honest ones beside them that tell what they felt of it.
//!
//! Owns the words of the command line. Speaks the public protocol over real sockets and knows nothing of the server's
//! insides. `cargo xtask attack` starts the server, runs this and judges the report.

mod attacks;
mod ground;
mod honest;
mod hostile;
mod http;
mod phase;
mod phrase;
mod report;
mod samples;
mod socket;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand};
use serde_json::json;

/// Open files of the largest attack, and some more.
const FILES: u64 = 4_096;

#[derive(Parser)]
#[command(name = "thexr-attack", about = "Hostile clients and an honest witness beside them")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// The attacks as JSON: name, about, seconds, and how the server is to be started
    List,
    /// One attack on a fresh server; a report in JSON on stdout
    Run(Plan),
}

/// What is attacked, and for how long it is watched before.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Plan {
    /// Which attack
    name: String,
    /// The server, on loopback
    #[arg(long)]
    address: SocketAddr,
    /// The operator's key: makes rooms and visitors without limits
    #[arg(long)]
    key: String,
    /// Seconds without an attack
    #[arg(long, default_value_t = 8)]
    baseline: u64,
    /// Seconds of the attack, instead of its own
    #[arg(long)]
    seconds: Option<u64>,
}

impl Plan {
    fn baseline(&self) -> Duration {
        Duration::from_secs(self.baseline)
    }
}

fn main() -> Result<()> {
    match Cli::parse().task {
        Task::List => {
            let row = |attack: &attacks::Attack| json!({"name": attack.name, "about": attack.about, "seconds": attack.seconds, "server": attack.server});
            println!("{}", attacks::ALL.iter().map(row).collect::<serde_json::Value>());
            Ok(())
        }
        Task::Run(plan) => {
            ensure!(plan.address.ip().is_loopback(), "attacks go to loopback only");
            let allowed =
                rlimit::increase_nofile_limit(FILES).context("the limit of open files cannot be read")?;
            ensure!(allowed >= FILES, "{FILES} open files are needed, {allowed} are allowed");
            println!("{}", report::run(&plan)?);
            Ok(())
        }
    }
}
