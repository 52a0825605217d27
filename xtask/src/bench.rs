//! `cargo xtask bench`: numbers about this machine, with the machine named above them.
//!
//! Owns the list of scenarios. A new load scenario is a row in `load::SCENARIOS`; a new kernel bench is a bench
//! target in a crate, found by itself. Must not know what is measured.

mod crowd_frame;
mod first_frame;
mod load;
mod machine;
mod table;

use anyhow::{Result, ensure};
use clap::Args;

use crate::process;
use crate::project::Project;
use crate::step::Step;

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// A crate with benches or a load scenario; everything without a name
    name: Option<String>,
    /// List the names and stop
    #[arg(long)]
    list: bool,
}

/// Something that can be measured.
enum Bench {
    /// The bench targets of a package.
    Kernels { package: String, name: String },
    /// People in a room of a real server.
    Load(&'static load::Scenario),
    /// A browser that opens a large room.
    FirstFrame,
    /// A browser among many people.
    CrowdFrame,
}

impl Bench {
    fn name(&self) -> &str {
        match self {
            Bench::Kernels { name, .. } => name,
            Bench::Load(scenario) => scenario.name,
            Bench::FirstFrame => "first-frame",
            Bench::CrowdFrame => "crowd-frame",
        }
    }

    fn about(&self) -> String {
        match self {
            Bench::Kernels { package, .. } => format!("cargo bench of {package}"),
            Bench::Load(scenario) => scenario.about(),
            Bench::FirstFrame => first_frame::ABOUT.to_owned(),
            Bench::CrowdFrame => crowd_frame::ABOUT.to_owned(),
        }
    }

    fn run(&self, project: &Project) -> Result<()> {
        match self {
            Bench::Kernels { package, .. } => run_kernels(project, package),
            Bench::Load(scenario) => load::run(project, scenario),
            Bench::FirstFrame => first_frame::run(project),
            Bench::CrowdFrame => crowd_frame::run(project),
        }
    }
}

/// Measures what was asked for and prints it.
///
/// Errors: no such name, a build or a measurement failed.
pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    let benches = all(project);
    if options.list {
        benches.iter().for_each(|bench| println!("{:14} {}", bench.name(), bench.about()));
        return Ok(());
    }
    let wanted = |bench: &&Bench| options.name.as_deref().is_none_or(|name| name == bench.name());
    let selected: Vec<&Bench> = benches.iter().filter(wanted).collect();
    ensure!(!selected.is_empty(), "no bench `{}`; see --list", options.name.as_deref().unwrap_or_default());
    println!("{}", machine::describe());
    for bench in selected {
        println!("\n── {}: {}", bench.name(), bench.about());
        bench.run(project)?;
    }
    Ok(())
}

/// Crates with benches first, then the load scenarios.
fn all(project: &Project) -> Vec<Bench> {
    let with_benches = project.packages().iter().filter(|package| package.has_benches);
    let kernels = with_benches.map(|package| Bench::Kernels {
        package: package.name.clone(),
        name: package.short_name().to_owned(),
    });
    kernels
        .chain(load::SCENARIOS.iter().map(Bench::Load))
        .chain([Bench::FirstFrame, Bench::CrowdFrame])
        .collect()
}

fn run_kernels(project: &Project, package: &str) -> Result<()> {
    let mut build = project.cargo();
    build.args(["bench", "--package", package, "--bench", "*", "--no-run"]);
    let step = Step::begin("build");
    process::quiet(build, &step)?;
    step.done("built for release");
    let mut command = project.cargo();
    command.args(["bench", "--quiet", "--package", package, "--bench", "*"]);
    let status = command.status()?;
    ensure!(status.success(), "the benches of {package} failed");
    Ok(())
}
