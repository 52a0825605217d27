//! `cargo xtask bench`: numbers about this machine, with the machine named above them.
//!
//! Owns the list of benches. A new load scenario is a row in `load::SCENARIOS`, a new crowd one in
//! `crowd::scenarios`; a new kernel bench is a bench target in a crate, found by itself. Attacks lie here too, since they
//! share everything but their verdict. Must not know what is measured.

mod against;
mod arrival;
pub(crate) mod attack;
mod child;
mod columns;
mod crowd;
mod crowd_frame;
mod first_frame;
mod game;
mod generator;
mod http;
mod load;
mod machine;
mod metrics;
mod script;
mod server;
mod table;
mod touch_frame;
mod usage;
mod voice_delay;

use anyhow::{Result, ensure};
use clap::Args;

use crate::process;
use crate::project::Project;
use crate::step::Step;

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// A crate with benches or a load scenario; everything but `crowd` without a name
    name: Option<String>,
    /// List the names and stop
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    crowd: crowd::Options,
}

/// Something that can be measured.
enum Bench {
    /// The bench targets of a package.
    Kernels { package: String, name: String },
    /// People in a room of a real server.
    Load(&'static load::Scenario),
    /// A browser that opens a large room.
    FirstFrame,
    /// A newcomer on a slow line.
    Arrival,
    /// Players among monsters.
    Game,
    /// A thousand people and more.
    Crowd,
    /// A browser among many people.
    CrowdFrame,
    /// A browser that simulates what it touches.
    TouchFrame,
    /// Two browsers, one of which speaks.
    VoiceDelay,
}

/// The bench that runs only when it is named: it takes most of an hour.
const CROWD: &str = "crowd";

impl Bench {
    fn name(&self) -> &str {
        match self {
            Bench::Kernels { name, .. } => name,
            Bench::Load(scenario) => scenario.name,
            Bench::FirstFrame => "first-frame",
            Bench::Arrival => "arrival",
            Bench::Game => "game",
            Bench::Crowd => CROWD,
            Bench::CrowdFrame => "crowd-frame",
            Bench::TouchFrame => "touch-frame",
            Bench::VoiceDelay => "voice-delay",
        }
    }

    fn about(&self) -> String {
        match self {
            Bench::Kernels { package, .. } => format!("cargo bench of {package}"),
            Bench::Load(scenario) => scenario.about(),
            Bench::FirstFrame => first_frame::ABOUT.to_owned(),
            Bench::Arrival => arrival::ABOUT.to_owned(),
            Bench::Game => game::ABOUT.to_owned(),
            Bench::Crowd => crowd::ABOUT.to_owned(),
            Bench::CrowdFrame => crowd_frame::ABOUT.to_owned(),
            Bench::TouchFrame => touch_frame::ABOUT.to_owned(),
            Bench::VoiceDelay => voice_delay::ABOUT.to_owned(),
        }
    }

    fn run(&self, project: &Project, options: &Options) -> Result<()> {
        match self {
            Bench::Kernels { package, .. } => run_kernels(project, package),
            Bench::Load(scenario) => load::run(project, scenario),
            Bench::FirstFrame => first_frame::run(project),
            Bench::Arrival => arrival::run(project),
            Bench::Game => game::run(project),
            Bench::Crowd => crowd::run(project, &options.crowd),
            Bench::CrowdFrame => crowd_frame::run(project),
            Bench::TouchFrame => touch_frame::run(project),
            Bench::VoiceDelay => voice_delay::run(project),
        }
    }
}

/// Measures what was asked for and prints it.
///
/// Errors: no such name, a build or a measurement failed.
pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    let benches = all(project);
    let is_crowd = options.name.as_deref() == Some(CROWD);
    ensure!(is_crowd || !options.crowd.any(), "these options belong to `bench {CROWD}`");
    if options.list && is_crowd {
        crowd::list(&options.crowd);
        return Ok(());
    }
    if options.list {
        benches.iter().for_each(|bench| println!("{:14} {}", bench.name(), bench.about()));
        return Ok(());
    }
    let wanted = |bench: &&Bench| match options.name.as_deref() {
        Some(name) => name == bench.name(),
        None => !matches!(bench, Bench::Crowd),
    };
    let selected: Vec<&Bench> = benches.iter().filter(wanted).collect();
    ensure!(!selected.is_empty(), "no bench `{}`; see --list", options.name.as_deref().unwrap_or_default());
    println!("{}", machine::describe());
    for bench in selected {
        println!("\n── {}: {}", bench.name(), bench.about());
        bench.run(project, options)?;
    }
    Ok(())
}

/// Crates with benches first, then the load scenarios.
fn all(project: &Project) -> Vec<Bench> {
    let with_benches = project.packages().iter().filter(|package| package.has_benches);
    let kernels = with_benches.map(|package| Bench::Kernels {
        package: package.name.clone(),
        // Named for what people hear of it.
        name: if package.short_name() == "media" {
            "voice".to_owned()
        } else {
            package.short_name().to_owned()
        },
    });
    kernels
        .chain(load::SCENARIOS.iter().map(Bench::Load))
        .chain([
            Bench::FirstFrame,
            Bench::Arrival,
            Bench::CrowdFrame,
            Bench::TouchFrame,
            Bench::VoiceDelay,
            Bench::Game,
            Bench::Crowd,
        ])
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, Parser};

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn the_options_of_a_crowd_stand_beside_a_name() {
        Cli::command().debug_assert();
        let parsed = |args: &[&str]| Cli::try_parse_from([&["bench"], args].concat());
        let options = parsed(&["crowd", "--only", "hall", "--seconds", "5"]).unwrap().options;
        assert!(options.crowd.any() && options.name.as_deref() == Some(CROWD));
        assert!(!parsed(&["load"]).unwrap().options.crowd.any());
        assert!(parsed(&["--against"]).is_err());
    }
}
