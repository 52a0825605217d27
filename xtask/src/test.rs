//! `cargo xtask test`: every check and every test, in the order in which they are quick to fail.
//!
//! Owns the order, the selection, the summary and the closing line. What a stage runs is in `stages`, how a
//! runner's output is counted in `counts`. Must not know what is tested.

mod counts;
mod stages;

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::Args;

use crate::project::Project;
use crate::step;
use counts::Counts;
use stages::Stage;

/// What to run.
#[derive(Args)]
pub(crate) struct Options {
    /// Only tests whose name contains one of these; checks that have no test names are left out
    filters: Vec<String>,
    /// Run only this stage (may be repeated)
    #[arg(long, value_name = "STAGE")]
    only: Vec<String>,
    /// Leave this stage out (may be repeated)
    #[arg(long, value_name = "STAGE")]
    skip: Vec<String>,
    /// List the stages and stop
    #[arg(long)]
    list: bool,
}

/// How a stage ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passed,
    Failed,
    NotRun,
}

/// One line of the summary.
struct SummaryLine {
    stage: &'static str,
    verdict: Verdict,
    duration: Duration,
    counts: Option<Counts>,
}

/// Runs the selected stages until one fails; prints the summary and the closing line.
///
/// Errors: a stage that does not exist was named, or nothing was selected.
pub(crate) fn run(project: &Project, options: &Options) -> Result<ExitCode> {
    if options.list {
        stages::ALL.iter().for_each(|stage| println!("{:10} {}", stage.name, stage.about));
        return Ok(ExitCode::SUCCESS);
    }
    let selected = select(options)?;
    stages::ensure_lints()?;
    let mut lines = Vec::new();
    let failed = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| stages::prepare(project, &selected, || !failed.load(Ordering::Relaxed)));
        for stage in &selected {
            let failed_before = failed.load(Ordering::Relaxed);
            let line =
                if failed_before { not_run(stage) } else { run_stage(project, stage, &options.filters) };
            failed.fetch_or(line.verdict == Verdict::Failed, Ordering::Relaxed);
            lines.push(line);
        }
    });
    let passed = lines.iter().all(|line| line.verdict == Verdict::Passed);
    print!("{}", summary(&lines));
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The stages that the options ask for, in their order.
fn select(options: &Options) -> Result<Vec<&'static Stage>> {
    for name in options.only.iter().chain(&options.skip) {
        ensure!(stages::ALL.iter().any(|stage| stage.name == name), "no stage `{name}`; see --list");
    }
    let wanted = |stage: &&Stage| {
        let named = options.only.is_empty() || options.only.iter().any(|name| name == stage.name);
        let skipped = options.skip.iter().any(|name| name == stage.name);
        named && !skipped && (options.filters.is_empty() || stage.takes_filters)
    };
    let selected: Vec<&Stage> = stages::ALL.iter().filter(wanted).collect();
    ensure!(!selected.is_empty(), "these options select no stage; see --list");
    Ok(selected)
}

fn run_stage(project: &Project, stage: &'static Stage, filters: &[String]) -> SummaryLine {
    println!("\n── {}: {}", stage.name, stage.about);
    let started = Instant::now();
    let mut counts = stage.counter.map(|_| Counts::default());
    let result = (stage.run)(&stages::Context { project, filters, stage }, counts.as_mut());
    let duration = started.elapsed();
    let verdict = if result.is_ok() { Verdict::Passed } else { Verdict::Failed };
    match result {
        Ok(()) => println!("── {} passed in {}", stage.name, step::elapsed(duration)),
        Err(error) => println!("── {} FAILED after {}: {error:#}", stage.name, step::elapsed(duration)),
    }
    SummaryLine { stage: stage.name, verdict, duration, counts }
}

fn not_run(stage: &Stage) -> SummaryLine {
    SummaryLine { stage: stage.name, verdict: Verdict::NotRun, duration: Duration::ZERO, counts: None }
}

/// The table of all stages and, alone on the last line, the sum of the runners' own counts.
///
/// A stage that failed without a failed test of its own (it did not compile, a check found something) counts as
/// one failure, so that the closing line never looks like a success.
fn summary(lines: &[SummaryLine]) -> String {
    let mut text = String::from("\nstage      result    time         passed  failed\n");
    let mut total = Counts::default();
    for line in lines {
        let mut counts = line.counts.unwrap_or_default();
        let uncounted_failure = line.verdict == Verdict::Failed && counts.failed == 0;
        counts.failed += u64::from(uncounted_failure);
        total.add(counts);
        text.push_str(&row(line, counts));
    }
    text.push_str(&format!("\n{} passed, {} failed\n", total.passed, total.failed));
    text
}

fn row(line: &SummaryLine, counts: Counts) -> String {
    let (result, time) = match line.verdict {
        Verdict::Passed => ("ok", step::elapsed(line.duration)),
        Verdict::Failed => ("FAILED", step::elapsed(line.duration)),
        Verdict::NotRun => ("not run", String::new()),
    };
    let numbers = match line.counts {
        Some(_) => format!("{:>6}  {:>6}", counts.passed, counts.failed),
        None => String::new(),
    };
    format!("{:10} {result:9} {time:12} {numbers}", line.stage).trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(filters: &[&str], only: &[&str], skip: &[&str]) -> Options {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Options { filters: owned(filters), only: owned(only), skip: owned(skip), list: false }
    }

    fn line(stage: &'static str, verdict: Verdict, counts: Option<(u64, u64)>) -> SummaryLine {
        let counts = counts.map(|(passed, failed)| Counts { passed, failed });
        SummaryLine { stage, verdict, duration: Duration::from_secs(1), counts }
    }

    fn names(options: &Options) -> Vec<&'static str> {
        select(options).unwrap().iter().map(|stage| stage.name).collect()
    }

    #[test]
    fn the_closing_line_sums_the_runners_counts_and_stands_alone_at_the_end() {
        let lines = [
            line("fmt", Verdict::Passed, None),
            line("cargo", Verdict::Passed, Some((12, 0))),
            line("vitest", Verdict::Failed, Some((3, 2))),
        ];
        assert!(summary(&lines).ends_with("\n\n15 passed, 2 failed\n"));
    }

    #[test]
    fn a_stage_that_fails_without_a_count_is_one_failure() {
        let lines = [line("clippy", Verdict::Failed, None), line("cargo", Verdict::NotRun, None)];
        assert!(summary(&lines).ends_with("\n0 passed, 1 failed\n"));
        let broken = [line("cargo", Verdict::Failed, Some((0, 0)))];
        assert!(summary(&broken).ends_with("\n0 passed, 1 failed\n"));
    }

    #[test]
    fn stages_keep_their_order_whatever_the_order_of_the_options() {
        assert_eq!(names(&options(&[], &["vitest", "fmt"], &[])), ["fmt", "vitest"]);
        assert!(!names(&options(&[], &[], &["browser"])).contains(&"browser"));
    }

    #[test]
    fn a_filter_leaves_out_what_has_no_test_names() {
        let selected = names(&options(&["seat"], &[], &[]));
        assert!(selected.contains(&"cargo") && selected.contains(&"build"));
        assert!(!selected.contains(&"clippy"));
    }

    #[test]
    fn an_unknown_stage_is_an_error() {
        assert!(select(&options(&[], &["cargoo"], &[])).is_err());
        assert!(select(&options(&[], &["fmt"], &["fmt"])).is_err());
    }
}
