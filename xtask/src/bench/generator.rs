//! A load generator: a program that says on stderr how many are in and prints one JSON report on stdout.
//!
//! `thexr bots` and `peer-floor load` are such programs. Must not know what is in the report, except how long it
//! measured.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::child::Guarded;
use crate::project::TempFolder;
use crate::step::Step;

/// Lines of stderr shown when the program fails.
const LINES_KEPT_MAX: usize = 20;

/// How often a silent program is looked at.
const POLL: Duration = Duration::from_millis(50);

/// How long the output of a finished program is waited for; a grandchild that holds the pipe must not hang us.
const OUTPUT_GRACE: Duration = Duration::from_secs(2);

/// Progress comes once a second: everyone may have been in for so long when a line says so.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);

/// A running load.
pub(super) struct Generator {
    process: Guarded,
    lines: Receiver<(Instant, String)>,
    kept: VecDeque<String>,
    /// When it was first known that everyone is in.
    all_in: Option<Instant>,
    step: Step,
    output: TempFolder,
}

/// A finished load.
pub(super) struct Finished {
    /// What it printed.
    pub(super) report: Value,
    /// A time in which it measured: not all of it, but nothing else.
    pub(super) from: Instant,
    /// The end of that time.
    pub(super) to: Instant,
}

impl Generator {
    /// Starts it behind a progress line.
    pub(super) fn start(mut command: Command, name: &'static str) -> Result<Generator> {
        let output = TempFolder::new("report")?;
        let (reader, writer) = std::io::pipe().context("cannot open a pipe")?;
        command.stdin(Stdio::null()).stdout(File::create(output.path().join("report"))?).stderr(writer);
        let process = Guarded::spawn(&mut command)?;
        // The command owns the pipe's writing end; as long as it lives the reader never sees the end.
        drop(command);
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(reader).lines().map_while(std::io::Result::ok) {
                if sender.send((Instant::now(), line)).is_err() {
                    return;
                }
            }
        });
        let step = Step::begin(name);
        Ok(Generator { process, lines, kept: VecDeque::new(), all_in: None, step, output })
    }

    /// Reads what it says for this long, or until it has said that everyone is in when `until_all_in`.
    pub(super) fn watch(&mut self, time: Duration, until_all_in: bool) -> Result<()> {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline && !(until_all_in && self.all_in.is_some()) {
            self.read();
            if self.process.ended()?.is_some() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether everyone has been in.
    pub(super) fn is_all_in(&self) -> bool {
        self.all_in.is_some()
    }

    /// Notes that everyone is in now, when somebody else says so before a line does.
    pub(super) fn note_all_in(&mut self) {
        self.all_in.get_or_insert_with(Instant::now);
    }

    /// Whether it is still running.
    pub(super) fn is_running(&mut self) -> Result<bool> {
        Ok(self.process.ended()?.is_none())
    }

    /// Waits for its end and reads the report.
    ///
    /// Errors: it failed, takes longer than `limit`, or printed no JSON.
    pub(super) fn finish(mut self, limit: Duration) -> Result<Finished> {
        let status = self.wait(limit);
        let ended = Instant::now();
        while let Ok((at, line)) = self.lines.recv_timeout(OUTPUT_GRACE) {
            self.take(at, line);
        }
        let report = status.and_then(|status| self.report(status));
        match report {
            Ok(report) => {
                self.step.done("measured");
                let seconds = Duration::from_secs_f64(report["seconds"].as_f64().unwrap_or(0.0).max(0.0));
                let (from, to) = window(self.all_in, ended, seconds);
                Ok(Finished { report, from, to })
            }
            Err(error) => {
                self.step.failed();
                let said: Vec<String> = self.kept.into();
                Err(error.context(said.join("\n")))
            }
        }
    }

    fn wait(&mut self, limit: Duration) -> Result<ExitStatus> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(status) = self.process.ended()? {
                return Ok(status);
            }
            ensure!(Instant::now() < deadline, "the load took longer than {limit:?}");
            self.read();
        }
    }

    /// Waits a moment for the next line.
    fn read(&mut self) {
        match self.lines.recv_timeout(POLL) {
            Ok((at, line)) => self.take(at, line),
            Err(RecvTimeoutError::Timeout) => {}
            // It has closed stderr and is about to end.
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(POLL),
        }
    }

    fn take(&mut self, at: Instant, line: String) {
        if self.all_in.is_none() && says_all_in(&line) {
            self.all_in = Some(at);
        }
        self.step.progress(&line);
        if self.kept.len() == LINES_KEPT_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back(line);
    }

    fn report(&self, status: ExitStatus) -> Result<Value> {
        let text = std::fs::read_to_string(self.output.path().join("report"))?;
        ensure!(status.success(), "the load failed ({status}): {}", text.trim());
        serde_json::from_str(&text).context("the load's report is not JSON")
    }
}

/// A time in which nothing but measuring happened. Without a line that says when everyone was in, the program's end
/// tells: it measured last.
fn window(all_in: Option<Instant>, ended: Instant, seconds: Duration) -> (Instant, Instant) {
    match all_in {
        Some(from) => (from, (from + seconds.saturating_sub(PROGRESS_INTERVAL)).min(ended)),
        None => {
            let to = ended.checked_sub(PROGRESS_INTERVAL).unwrap_or(ended);
            (to.checked_sub(seconds.saturating_sub(PROGRESS_INTERVAL)).unwrap_or(to), to)
        }
    }
}

/// Whether a progress line such as `3 s  in 8/10  failed 2` says that nobody is awaited any more.
fn says_all_in(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let people = |word: &str| {
        let (inside, asked) = word.split_once('/')?;
        Some((inside.parse::<u64>().ok()?, asked.parse::<u64>().ok()?))
    };
    let Some((inside, asked)) = words.find_map(people) else { return false };
    let failed = words.find(|word| *word == "failed").and_then(|_| words.next()?.parse().ok()).unwrap_or(0);
    asked > 0 && inside + failed >= asked
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Generator {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Generator::start(command, "test").unwrap()
    }

    #[test]
    fn everyone_is_in_when_nobody_is_awaited() {
        assert!(says_all_in("   3 s  in 10/10  failed 0  up 3/s"));
        assert!(says_all_in("   3 s  in 8/10  failed 2  up 3/s"));
        assert!(!says_all_in("   3 s  in 8/10  failed 1  up 3/s"));
        assert!(says_all_in("in 10/10"));
        assert!(!says_all_in("up 20/s  down 9/s") && !says_all_in("") && !says_all_in("in 0/0"));
    }

    #[test]
    fn the_window_lies_within_the_measured_time() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let ten = Duration::from_secs(10);
        assert_eq!(window(Some(at(5)), at(16), ten), (at(5), at(14)));
        assert_eq!(window(Some(at(5)), at(9), ten), (at(5), at(9)));
        assert_eq!(window(None, at(16), ten), (at(6), at(15)));
    }

    #[test]
    fn a_report_is_read_and_its_progress_too() {
        let mut load = shell("echo '1 s  in 2/2  failed 0' >&2; echo '{\"seconds\": 2}'");
        load.watch(Duration::from_secs(60), true).unwrap();
        let finished = load.finish(Duration::from_secs(60)).unwrap();
        assert_eq!(finished.report["seconds"], 2);
    }

    #[test]
    fn a_load_that_fails_says_why() {
        let failed = shell("echo no room >&2; exit 3").finish(Duration::from_secs(60));
        assert!(format!("{:#}", failed.err().unwrap()).contains("no room"));
        let mute = shell("exit 0").finish(Duration::from_secs(60));
        assert!(format!("{:#}", mute.err().unwrap()).contains("not JSON"));
    }

    #[test]
    fn a_load_that_never_ends_is_stopped() {
        let error = shell("exec sleep 600").finish(Duration::from_millis(1)).err().unwrap();
        assert!(format!("{error:#}").contains("longer than"));
    }
}
