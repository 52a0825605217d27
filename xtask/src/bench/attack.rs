//! `cargo xtask attack`: hostile clients against a server of our own, and an honest witness beside them who is asked how
//! it was.
//!
//! The attacks and the witness are `thexr-attack` (`bench/attack`); here a fresh server is started for each, looked at
//! from outside, and judged in relation to the witness' own baseline in the same run. Unlike a bench, an attack that
//! somebody felt is a failure. Must not know what an attack does.

mod judge;
mod seen;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};

use super::columns::Columns;
use super::crowd::{Report, number};
use super::generator::Generator;
use super::server::{self, Server};
use super::usage::Sampler;
use super::{machine, table};
use crate::process;
use crate::project::Project;
use crate::step::Step;
use seen::{COLUMNS, Seen};

/// How long an attack may prepare before the baseline begins.
const PREPARE_TIMEOUT: Duration = Duration::from_secs(200);

/// How long a run may take beyond what it measures.
const END_PATIENCE: Duration = Duration::from_secs(60);

/// How long a server is fresh: two looks at it.
const FRESH: Duration = Duration::from_millis(700);

/// Columns of an attack's name.
const NAME_COLUMNS: usize = 14;

/// Which attacks, on what.
#[derive(Args)]
pub(crate) struct Options {
    /// Only this attack; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// List the attacks and stop
    #[arg(long)]
    list: bool,
    /// Attack this thexr instead of building one
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Build for development instead of release: quick, and no measurement
    #[arg(long)]
    dev: bool,
    /// Seconds of each attack instead of its own
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
    /// Seconds without an attack before it
    #[arg(long, value_name = "N", default_value_t = 8)]
    baseline: u64,
    /// Where the reports go [default: target/attack.json]
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// An attack as its program describes it.
struct Attack {
    name: String,
    about: String,
    seconds: u64,
    server_args: Vec<String>,
}

/// The programs, and how long each part lasts.
struct Bench<'a> {
    server: &'a Path,
    attacker: &'a Path,
    options: &'a Options,
}

/// Runs what was asked for; the exit code says whether an honest person felt any of it.
///
/// Errors: no such attack, a build failed.
pub(crate) fn run(project: &Project, options: &Options) -> Result<ExitCode> {
    let folder = if options.dev { "debug" } else { "release" };
    build(project, options)?;
    let attacker =
        project.server_binary(folder).with_file_name(format!("thexr-attack{}", std::env::consts::EXE_SUFFIX));
    let all = list(&attacker)?;
    if options.list {
        all.iter().for_each(|attack| println!("{:NAME_COLUMNS$} {}", attack.name, attack.about));
        return Ok(ExitCode::SUCCESS);
    }
    let unknown = options.only.iter().find(|name| !all.iter().any(|attack| attack.name == **name));
    ensure!(unknown.is_none(), "no attack `{}`; see --list", unknown.map_or("", String::as_str));
    let server = match &options.binary {
        Some(binary) => std::path::absolute(binary)?,
        None => project.server_binary(folder),
    };
    let bench = Bench { server: &server, attacker: &attacker, options };
    let machine = machine::describe();
    println!("{machine}");
    let selected = all.iter().filter(|attack| options.only.is_empty() || options.only.contains(&attack.name));
    let (mut rows, mut reports, mut felt) = (Vec::new(), serde_json::Map::new(), false);
    for attack in selected {
        println!("\n── {}: {}", attack.name, attack.about);
        let (row, report) = bench.attack(attack);
        felt |= report["felt"] != false;
        rows.push(row);
        reports.insert(attack.name.clone(), report);
    }
    let file = options.json.clone().unwrap_or_else(|| project.target().join("attack.json"));
    let all = json!({"machine": machine, "dev": options.dev, "attacks": reports});
    std::fs::write(&file, format!("{all:#}\n"))
        .with_context(|| format!("cannot write {}", file.display()))?;
    println!("\n{}\n{}\n\nreports: {}", columns().heading(), rows.join("\n"), file.display());
    Ok(if felt { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn build(project: &Project, options: &Options) -> Result<()> {
    let mut packages = vec!["--package", "thexr-attack"];
    if options.binary.is_none() && !options.list {
        packages.extend(["--package", "thexr-server"]);
    }
    let step = Step::begin("programs");
    let mut command = project.cargo();
    command.args(["build", "--bins"]).args(packages).args((!options.dev).then_some("--release"));
    process::quiet(command, &step)?;
    step.done("built");
    Ok(())
}

/// The attacks as their program lists them.
fn list(attacker: &Path) -> Result<Vec<Attack>> {
    let text = process::output(Command::new(attacker).arg("list")).context("the attacks cannot be listed")?;
    let rows: Vec<Value> = serde_json::from_str(&text).context("the list of attacks is not JSON")?;
    rows.iter().map(|row| Attack::read(row).context("a row of the list of attacks lacks a field")).collect()
}

fn columns() -> Columns {
    Columns::new(NAME_COLUMNS, COLUMNS.iter().map(|column| column.name).chain(["felt"]).collect())
}

impl Attack {
    fn read(row: &Value) -> Option<Attack> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Some(Attack {
            name: text(&row["name"])?,
            about: text(&row["about"])?,
            seconds: row["seconds"].as_u64()?,
            server_args: row["server"].as_array()?.iter().map(text).collect::<Option<_>>()?,
        })
    }
}

impl Bench<'_> {
    /// Runs one attack and prints what was seen; a row of the table and a report. A run that broke was felt.
    fn attack(&self, attack: &Attack) -> (String, Value) {
        let seen = match self.measure(attack) {
            Ok(seen) => seen,
            Err(error) => {
                println!("  broke: {error:#}");
                let values = COLUMNS.iter().map(|_| "-".to_owned()).chain(["broke".to_owned()]);
                return (
                    columns().row(&attack.name, values),
                    json!({"felt": true, "broke": format!("{error:#}")}),
                );
            }
        };
        print!("{}", table::render(&seen.json()));
        let verdicts = judge::verdicts(&seen);
        verdicts.iter().for_each(|verdict| println!("{}", verdict.line()));
        let felt = verdicts.iter().any(|verdict| !verdict.holds());
        let values = COLUMNS.iter().map(|column| number((column.value)(&seen), column.decimals));
        let row = columns().row(&attack.name, values.chain([if felt { "FELT" } else { "no" }.to_owned()]));
        let mut report = seen.json();
        report["verdicts"] = verdicts.iter().map(judge::Verdict::json).collect();
        report["felt"] = felt.into();
        (row, report)
    }

    /// A fresh server, its baseline, and the attack.
    fn measure(&self, attack: &Attack) -> Result<Seen> {
        let options = server::Options { args: attack.server_args.clone(), cores: None };
        let mut server = Server::start(self.server, options)?;
        let sampler = Sampler::start(server.process_id());
        let started = Instant::now();
        // What an attack prepares is its own work already.
        std::thread::sleep(FRESH);
        let mut command = Command::new(self.attacker);
        command.args([
            "run",
            &attack.name,
            "--address",
            &server.address().to_string(),
            "--key",
            &server.key()?,
        ]);
        let seconds = self.options.seconds.unwrap_or(attack.seconds);
        for (option, value) in [("--seconds", seconds), ("--baseline", self.options.baseline)] {
            command.args([option, &value.to_string()]);
        }
        let baseline = Duration::from_secs(self.options.baseline);
        let mut attacker = Generator::start(command, "attack")?;
        attacker.watch(PREPARE_TIMEOUT + baseline, true)?;
        let disk_before = server.disk_bytes();
        let finished = attacker.finish(Duration::from_secs(seconds) + END_PATIENCE)?;
        let (from, to) = (finished.from, finished.to);
        let before = (from.checked_sub(baseline).unwrap_or(from), from);
        let fresh = (started, started + FRESH);
        let [fresh, before, during] = sampler.finish_windows([fresh, before, (from, to)])?;
        Ok(Seen {
            fresh,
            before,
            during,
            disk_growth_bytes: server.disk_bytes().saturating_sub(disk_before),
            running: server.is_running()?,
            report: Report::new(finished.report),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_the_list_is_an_attack() {
        let row = json!({"name": "nodes", "about": "a", "seconds": 15, "server": ["--peers-max", "20"]});
        let attack = Attack::read(&row).unwrap();
        assert_eq!((attack.name.as_str(), attack.seconds), ("nodes", 15));
        assert_eq!(attack.server_args, ["--peers-max", "20"]);
        assert!(Attack::read(&json!({"name": "nodes"})).is_none());
    }
}
