//! The stages of `cargo xtask test`: what each one runs and what it needs on the machine.
//!
//! Adding a stage is adding a row to [`ALL`]. Must not know how results are summed up.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::counts::{self, Counter, Counts};
use crate::process::{self, Outcome};
use crate::project::Project;
use crate::stamp::files_below;
use crate::{browser, build, node, tidy};

/// How long one stage may take; a test that waits for ever then ends with a message. The slowest stage (a cold
/// compile of the workspace on two cores) needs about a third of it.
const STAGE_TIME_MAX: Duration = Duration::from_secs(20 * 60);

/// The tests of the server over its sockets: they wait most of the time, and run beside those that work; without cargo, which
/// lets nobody else run anything meanwhile.
const WAITING_TESTS: &str = "it";

/// Rust tests of a program at a time.
const TEST_THREADS: &str = "6";

/// How long Node waits for one test (or one file of tests) before it fails it.
const NODE_TEST_TIMEOUT_MS: u32 = 300_000;

/// What a stage has to know.
pub(super) struct Context<'a> {
    pub(super) project: &'a Project,
    pub(super) filters: &'a [String],
    pub(super) stage: &'a Stage,
}

/// One stage.
pub(super) struct Stage {
    /// As named on the command line.
    pub(super) name: &'static str,
    /// Shown in the heading and in the list.
    pub(super) about: &'static str,
    /// Whether it can run a part of its tests (or is needed by stages that can).
    pub(super) takes_filters: bool,
    /// How its output is counted; `None` for checks, which count nothing.
    pub(super) counter: Option<Counter>,
    /// Runs it; the counts are those of its own runner.
    pub(super) run: fn(&Context<'_>, Option<&mut Counts>) -> Result<()>,
}

/// All stages, the quick ones first.
pub(super) const ALL: [Stage; 9] = [
    Stage { name: "fmt", about: "Rust is formatted", takes_filters: false, counter: None, run: fmt },
    Stage { name: "tidy", about: "the project's own rules", takes_filters: false, counter: None, run: tidy },
    Stage {
        name: "clippy",
        about: "everything compiles, and no lint warns",
        takes_filters: false,
        counter: None,
        run: clippy,
    },
    Stage {
        name: "cargo",
        about: "Rust tests",
        takes_filters: true,
        counter: Some(counts::libtest),
        run: cargo_tests,
    },
    Stage {
        name: "build",
        about: "core, web client and server",
        takes_filters: true,
        counter: None,
        run: build,
    },
    Stage {
        name: "check",
        about: "TypeScript and Svelte types",
        takes_filters: false,
        counter: None,
        run: check,
    },
    Stage {
        name: "vitest",
        about: "web client unit tests",
        takes_filters: true,
        counter: Some(counts::vitest),
        run: vitest,
    },
    Stage {
        name: "phoenix",
        about: "the unmodified phoenix client",
        takes_filters: true,
        counter: Some(counts::node),
        run: phoenix,
    },
    Stage {
        name: "browser",
        about: "stories in a real browser",
        takes_filters: true,
        counter: Some(counts::node),
        run: browser_stories,
    },
];

impl Context<'_> {
    /// Runs a command as (a part of) this stage: its output streams and is counted.
    fn stream(&self, command: Command, counts: Option<&mut Counts>) -> Result<()> {
        let mut sum = Counts::default();
        let ended = self.watch(command, &mut sum).and_then(|outcome| ended_well(&outcome));
        ended.and(self.counted(counts, sum))
    }

    /// Runs a command and adds what its runner counts.
    fn watch(&self, mut command: Command, sum: &mut Counts) -> Result<Outcome> {
        colour(&mut command);
        process::stream(command, STAGE_TIME_MAX, |line| {
            sum.add(self.stage.counter.and_then(|counter| counter(line)).unwrap_or_default());
        })
    }

    /// Keeps what was counted, where tests are. Errors: a runner that found nothing to run proves nothing; with filters
    /// that is an ordinary answer.
    fn counted(&self, counts: Option<&mut Counts>, sum: Counts) -> Result<()> {
        let Some(counts) = counts else { return Ok(()) };
        counts.add(sum);
        ensure!(sum.total() > 0 || !self.filters.is_empty(), "no test ran");
        Ok(())
    }

    /// The filters as one regular expression that matches any of them literally.
    fn filter_pattern(&self) -> Option<String> {
        let escape = |filter: &String| {
            filter
                .chars()
                .flat_map(|c| if c.is_alphanumeric() || c == '_' { vec![c] } else { vec!['\\', c] })
                .collect()
        };
        let escaped: Vec<String> = self.filters.iter().map(escape).collect();
        (!escaped.is_empty()).then(|| escaped.join("|"))
    }
}

/// Errors: a command failed or was stopped.
fn ended_well(outcome: &Outcome) -> Result<()> {
    match outcome {
        Outcome::TimedOut => bail!("it did not end in time"),
        Outcome::Ended(status) => {
            ensure!(status.success(), "see the output above");
            Ok(())
        }
    }
}

/// Runners see a pipe; whether there are colours depends on what is at its other end.
fn colour(command: &mut Command) {
    let ((set, unset), when) = match std::io::stdout().is_terminal() {
        true => (("FORCE_COLOR", "NO_COLOR"), "always"),
        false => (("NO_COLOR", "FORCE_COLOR"), "never"),
    };
    command.env(set, "1").env_remove(unset).env("CARGO_TERM_COLOR", when);
}

fn fmt(context: &Context<'_>, _: Option<&mut Counts>) -> Result<()> {
    ensure_component("rustfmt", "fmt")?;
    let mut command = context.project.cargo();
    command.args(["fmt", "--all", "--check"]);
    context.stream(command, None)
}

fn tidy(context: &Context<'_>, _: Option<&mut Counts>) -> Result<()> {
    let findings = tidy::check(context.project)?;
    findings.iter().for_each(|finding| println!("{finding}"));
    ensure!(findings.is_empty(), "{} findings", findings.len());
    Ok(())
}

fn clippy(context: &Context<'_>, _: Option<&mut Counts>) -> Result<()> {
    let mut command = context.project.workspace("test");
    command.args(["--all-targets", "--no-run"]);
    context.stream(command, None)
}

fn cargo_tests(context: &Context<'_>, counts: Option<&mut Counts>) -> Result<()> {
    let names = || context.project.packages().iter().flat_map(|package| &package.tests);
    ensure!(names().any(|name| name == WAITING_TESTS), "no tests `{WAITING_TESTS}`: correct WAITING_TESTS");
    let mut working = vec!["--lib", "--bins"];
    names().filter(|name| *name != WAITING_TESTS).for_each(|name| working.extend(["--test", name]));
    let mut sum = Counts::default();
    let waiting = process::beside(compiled(context, WAITING_TESTS)?, STAGE_TIME_MAX);
    let worked = context.watch(libtest(context, &working), &mut sum);
    let waited = waiting.end(|line| sum.add(counts::libtest(line).unwrap_or_default()));
    let ended = [worked, waited].into_iter().try_for_each(|outcome| ended_well(&outcome?));
    ended.and(context.counted(counts, sum))
}

/// A run of some of the workspace's Rust tests.
fn libtest(context: &Context<'_>, which: &[&str]) -> Command {
    let mut command = context.project.workspace("test");
    command.args(which).args(["--no-fail-fast", "--"]).args(context.filters);
    as_tests(&mut command);
    command
}

/// A run of the integration tests of this name by themselves; they are compiled first.
fn compiled(context: &Context<'_>, name: &str) -> Result<Command> {
    let mut build = context.project.workspace("test");
    // With everything else, as it was compiled before: see `Project::build_programs`.
    build.args(["--all-targets", "--no-run", "--message-format=json"]);
    let told =
        process::output(&mut build).context("the tests do not compile: `cargo test --no-run` says why")?;
    let artifacts = told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let executable = |told: &Value| {
        let is_it = told["target"]["name"] == name && told["profile"]["test"] == true;
        let (file, manifest) = (told["executable"].as_str()?, told["manifest_path"].as_str()?);
        is_it.then(|| (PathBuf::from(file), PathBuf::from(manifest)))
    };
    let (file, manifest) = artifacts.filter_map(|told| executable(&told)).next().context("no executable")?;
    let mut command = Command::new(file);
    command.current_dir(manifest.parent().unwrap_or(context.project.root())).args(context.filters);
    as_tests(&mut command);
    Ok(command)
}

/// Tests as they run here.
fn as_tests(command: &mut Command) {
    colour(command);
    command.env("RUST_BACKTRACE", "1");
    if std::env::var_os("RUST_TEST_THREADS").is_none() {
        command.env("RUST_TEST_THREADS", TEST_THREADS);
    }
}

fn build(context: &Context<'_>, _: Option<&mut Counts>) -> Result<()> {
    build::everything(context.project)
}

fn check(context: &Context<'_>, _: Option<&mut Counts>) -> Result<()> {
    node::ensure_packages(context.project)?;
    build::modules(context.project)?;
    let mut command = node::npm(context.project);
    command.args(["run", "--silent", "check"]);
    context.stream(command, None)
}

fn vitest(context: &Context<'_>, counts: Option<&mut Counts>) -> Result<()> {
    node::ensure_packages(context.project)?;
    build::modules(context.project)?;
    let mut command = node::npm(context.project);
    command.args(["run", "--silent", "test", "--"]);
    if let Some(pattern) = context.filter_pattern() {
        command.args(["--testNamePattern", &pattern, "--passWithNoTests"]);
    }
    context.stream(command, counts)
}

fn phoenix(context: &Context<'_>, counts: Option<&mut Counts>) -> Result<()> {
    build::everything(context.project)?;
    let mut command = node_tests(context, "tests/phoenix")?;
    command.env("THEXR_BIN", context.project.server_binary("debug"));
    context.stream(command, counts)
}

fn browser_stories(context: &Context<'_>, counts: Option<&mut Counts>) -> Result<()> {
    build::everything(context.project)?;
    let chromium = browser::ensure(context.project)?;
    let mut command = node_tests(context, "tests/browser")?;
    command.env("THEXR_BIN", context.project.server_binary("debug"));
    command.env("THEXR_CHROMIUM", chromium);
    context.stream(command, counts)
}

/// Node's test runner over the `*.test.mjs` files of a folder, one file at a time: a browser without a GPU
/// leaves no cores to a second one.
///
/// Files are named one by one because Node 20 and 22 read a folder's name differently.
fn node_tests(context: &Context<'_>, folder: &str) -> Result<Command> {
    let is_test = |file: &PathBuf| file.to_string_lossy().ends_with(".test.mjs");
    let files: Vec<PathBuf> =
        files_below(&[context.project.path(folder)]).into_iter().filter(is_test).collect();
    ensure!(!files.is_empty(), "no *.test.mjs in {folder}");
    let mut command = node::node(context.project);
    command.args(["--test", "--test-reporter=spec", "--test-concurrency=1"]);
    command.arg(format!("--test-timeout={NODE_TEST_TIMEOUT_MS}"));
    if let Some(pattern) = context.filter_pattern() {
        command.arg(format!("--test-name-pattern={pattern}"));
    }
    command.args(files);
    Ok(command)
}

/// Fetches what later stages need while the earlier ones compile, and compiles what becomes WebAssembly, which mostly keeps one
/// core busy; nothing more once it `is_needed` no longer. What fails here is tried again, and told, where it is needed.
pub(super) fn prepare(project: &Project, selected: &[&Stage], is_needed: impl Fn() -> bool) {
    let wanted = |names: &[&str]| is_needed() && selected.iter().any(|stage| names.contains(&stage.name));
    let in_browsers = ["build", "check", "vitest", "phoenix", "browser"];
    if wanted(&in_browsers) {
        node::ensure_packages(project).ok();
    }
    if wanted(&["browser"]) {
        browser::ensure(project).ok();
    }
    if wanted(&in_browsers) {
        build::compile_modules_ahead(project).ok();
    }
}

/// Makes sure that what compiles and lints is there.
pub(super) fn ensure_lints() -> Result<()> {
    ensure_component("clippy", "clippy")
}

/// Makes sure that a part of the Rust tool chain is there; minimal installations come without some.
fn ensure_component(component: &str, subcommand: &str) -> Result<()> {
    let answers = || process::output(process::cargo().args([subcommand, "--version"])).is_some();
    if answers() {
        return Ok(());
    }
    process::output(Command::new("rustup").args(["component", "add", component]));
    ensure!(answers(), "install {component} (`rustup component add {component}`)");
    Ok(())
}
