//! `cargo xtask`: the project's own build tool, so that a newcomer needs to know one command.
//!
//! Owns running, building, testing, checking and measuring the project on a developer's machine and in CI.
//! It starts other tools and reads their output; it must not know what the project does.

mod bench;
mod browser;
mod build;
mod node;
mod process;
mod project;
mod stamp;
mod step;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::project::Project;

/// The project's build tool.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything that changed and start the server
    Run {
        /// Arguments for `thexr serve`
        #[arg(last = true)]
        serve_args: Vec<String>,
    },
    /// Build the WebAssembly modules, the web client and the server
    Build {
        /// As one binary to put on a server, target/release/thexr: optimised, with the web client inside
        #[arg(long)]
        release: bool,
    },
    /// Build the client core and the physics as WebAssembly into web/src
    Wasm,
    /// Build the web client into web/dist
    Web,
    /// Write what TypeScript takes over from Rust: numbers, names, the known components
    Codegen,
    /// Run every check and every test
    Test(test::Options),
    /// Check what no compiler checks: the crate map, dependency rules, headers, sizes, the table of limits
    Tidy(tidy::Options),
    /// Measure: benches of the crates and load reports of the server
    Bench(bench::Options),
    /// Attack a server of our own and judge what honest people feel of it
    Attack(bench::attack::Options),
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    let project = Project::load()?;
    match task {
        Task::Run { serve_args } => {
            build::everything(&project)?;
            return process::become_command(project.server_command(&serve_args));
        }
        Task::Build { release: false } => build::everything(&project)?,
        Task::Build { release: true } => build::release(&project)?,
        Task::Wasm => build::modules(&project)?,
        Task::Web => build::web_with_core(&project)?,
        Task::Codegen => tidy::generated::write(&project)?,
        Task::Test(options) => return test::run(&project.with_lints(), &options),
        Task::Tidy(options) => return tidy::run(&project, &options),
        Task::Bench(options) => bench::run(&project, &options)?,
        Task::Attack(options) => return bench::attack::run(&project, &options),
    }
    Ok(ExitCode::SUCCESS)
}
