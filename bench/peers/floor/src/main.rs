//! Servers to measure Thexr against, and the load for them: `peer-floor serve-floor`, `serve-json`, `load`.
//!
//! Owns the words of the command line. The floor is what any server pays for the same frames; the JSON broadcast is
//! what one pays who batches nothing. Must not know Thexr: it shares no code with what it is compared to.

mod broadcast;
mod colyseus;
mod floor;
mod histogram;
mod load;
mod peer;
mod report;
mod socket;
mod stamp;

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand};

/// Open files besides one socket per client.
const FILES_SPARE: u64 = 128;

#[derive(Parser)]
#[command(name = "peer-floor", about = "Servers to measure Thexr against, and the load for them")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// A bare WebSocket loop: reads frames, sends frames of one size at one rate
    ServeFloor {
        /// Address to listen on
        #[arg(long)]
        listen: SocketAddr,
        /// What every client is sent
        #[command(flatten)]
        sends: floor::Sends,
    },
    /// One JSON text frame to everybody for each movement of anybody
    ServeJson {
        /// Address to listen on
        #[arg(long)]
        listen: SocketAddr,
    },
    /// Clients that move and read everything; a report in JSON on stdout
    Load(load::Plan),
}

#[tokio::main]
async fn main() -> Result<()> {
    match Cli::parse().task {
        Task::ServeFloor { listen, sends } => {
            allow_files(floor::CLIENTS_MAX as u64).ok();
            floor::serve(listen, sends).await
        }
        Task::ServeJson { listen } => broadcast::serve(listen).await,
        Task::Load(plan) => {
            allow_files(u64::from(plan.count()))?;
            println!("{}", load::run(plan).await?);
            Ok(())
        }
    }
}

/// Every client is an open file; most systems allow 1024 unless asked for more.
fn allow_files(clients: u64) -> Result<()> {
    let needed = clients + FILES_SPARE;
    let allowed = rlimit::increase_nofile_limit(needed).context("the limit of open files cannot be read")?;
    ensure!(allowed >= needed, "{needed} open files are needed, {allowed} are allowed");
    Ok(())
}
