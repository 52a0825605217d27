//! Starting other programs: quietly behind a progress line, or streaming while somebody counts.
//!
//! Knows processes and pipes; must not know which tool prints what.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, PipeReader, Write};
use std::process::{Child, Command, ExitCode, ExitStatus};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::step::{self, Step};

/// Lines of a quiet tool's output shown when it fails: enough for a compiler's errors; older ones are dropped.
const OUTPUT_LINES_KEPT_MAX: usize = 400;

/// How long the output of a finished program is waited for; a grandchild that holds the pipe must not hang us.
const OUTPUT_GRACE: Duration = Duration::from_secs(5);

/// How often a silent program is looked at.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// How a streamed program ended.
pub(crate) enum Outcome {
    /// It ended by itself.
    Ended(ExitStatus),
    /// It was stopped because it took longer than it may.
    TimedOut,
}

/// Runs a program behind the step's progress line and shows its output only when it fails.
///
/// Errors: the program is missing or ended with a failure.
pub(crate) fn quiet(mut command: Command, step: &Step) -> Result<()> {
    let name = describe(&command);
    let mut kept = VecDeque::new();
    let outcome = lines(&mut command, None, |line| {
        step.progress(line);
        if kept.len() == OUTPUT_LINES_KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(line.to_owned());
    })?;
    match outcome {
        Outcome::Ended(status) if status.success() => Ok(()),
        _ => {
            step.progress("");
            println!();
            kept.iter().for_each(|line| println!("{line}"));
            bail!("`{name}` failed")
        }
    }
}

/// Runs a program, prints its output as it comes and hands every line to `observe`.
pub(crate) fn stream(
    mut command: Command,
    limit: Duration,
    mut observe: impl FnMut(&str),
) -> Result<Outcome> {
    lines(&mut command, Some(limit), |line| {
        let mut out = io::stdout().lock();
        writeln!(out, "{line}").and_then(|()| out.flush()).ok();
        observe(line);
    })
}

/// A program that runs beside others; its output is kept until it has ended.
pub(crate) struct Beside(JoinHandle<Result<(Outcome, Vec<String>)>>);

/// Starts a program beside others.
pub(crate) fn beside(mut command: Command, limit: Duration) -> Beside {
    Beside(std::thread::spawn(move || {
        let mut kept = Vec::new();
        let outcome = lines(&mut command, Some(limit), |line| kept.push(line.to_owned()))?;
        Ok((outcome, kept))
    }))
}

impl Beside {
    /// Waits for its end, then prints its output and hands every line to `observe`.
    pub(crate) fn end(self, mut observe: impl FnMut(&str)) -> Result<Outcome> {
        let (outcome, kept) = self.0.join().map_err(|_| anyhow!("the reader of an output panicked"))??;
        for line in &kept {
            println!("{line}");
            observe(line);
        }
        Ok(outcome)
    }
}

/// Runs a program and returns what it printed to stdout, trimmed; `None` when it is missing or fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(std::process::Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Replaces this process by the command, so that signals and the exit code are the command's own.
#[cfg(unix)]
pub(crate) fn become_command(mut command: Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(error).with_context(|| format!("cannot start `{}`", describe(&command)))
}

/// Runs the command to its end and passes its exit code on; Ctrl-C reaches both through the console.
#[cfg(not(unix))]
pub(crate) fn become_command(mut command: Command) -> Result<ExitCode> {
    let status = command.status().with_context(|| format!("cannot start `{}`", describe(&command)))?;
    Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}

/// A cargo command without the variables that `cargo run` set for this program; build scripts would see them
/// change and build again.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let of_this_package = |name: &OsStr| {
        let name = name.to_string_lossy();
        name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
    };
    std::env::vars_os().filter(|(name, _)| of_this_package(name)).for_each(|(name, _)| {
        command.env_remove(name);
    });
    command
}

/// The command as one would type it.
fn describe(command: &Command) -> String {
    let program = command.get_program();
    let program = std::path::Path::new(program).file_name().unwrap_or(program);
    std::iter::once(program)
        .chain(command.get_args())
        .map(|part| part.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Starts the command with stdout and stderr in one pipe and calls `on_line` for each line.
fn lines(command: &mut Command, limit: Option<Duration>, mut on_line: impl FnMut(&str)) -> Result<Outcome> {
    let (reader, writer) = io::pipe().context("cannot open a pipe")?;
    command.stdin(std::process::Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().with_context(|| format!("cannot start `{}`", describe(command)))?;
    // The command owns the pipe's writing ends; as long as they live the reader never sees the end.
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    follow(&mut child, &read_in_background(reader), limit, &mut on_line)
}

/// Reads lines on a thread of their own, so that the caller can watch the clock too.
fn read_in_background(reader: PipeReader) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
            line.clear();
            if sender.send(text).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Passes lines on until the child has ended and its output too, or the limit is over.
fn follow(
    child: &mut Child,
    lines: &Receiver<String>,
    limit: Option<Duration>,
    on_line: &mut dyn FnMut(&str),
) -> Result<Outcome> {
    let started = Instant::now();
    let mut ended: Option<(ExitStatus, Instant)> = None;
    loop {
        match lines.recv_timeout(POLL_INTERVAL) {
            Ok(line) => on_line(&line),
            Err(RecvTimeoutError::Disconnected) => return Ok(Outcome::Ended(child.wait()?)),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if ended.is_none() {
            ended = child.try_wait()?.map(|status| (status, Instant::now()));
        }
        if let Some((status, at)) = ended
            && at.elapsed() > OUTPUT_GRACE
        {
            on_line("note: a program it started is still running and holds its output open");
            return Ok(Outcome::Ended(status));
        }
        if limit.is_some_and(|limit| started.elapsed() > limit) {
            child.kill().and_then(|()| child.wait())?;
            on_line(&format!("stopped: it took longer than {}", step::elapsed(started.elapsed())));
            return Ok(Outcome::TimedOut);
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn every_line_of_both_outputs_is_observed_and_the_exit_code_kept() {
        let mut seen = Vec::new();
        let outcome = lines(&mut shell("echo one; echo two >&2; printf three; exit 7"), None, |l| {
            seen.push(l.to_owned())
        });
        assert_eq!(seen, ["one", "two", "three"]);
        assert!(matches!(outcome.unwrap(), Outcome::Ended(status) if status.code() == Some(7)));
    }

    #[test]
    fn a_program_beside_others_tells_its_lines_at_its_end() {
        let beside = beside(shell("echo one; exit 3"), Duration::from_secs(60));
        let mut seen = Vec::new();
        let outcome = beside.end(|line| seen.push(line.to_owned())).unwrap();
        assert_eq!(seen, ["one"]);
        assert!(matches!(outcome, Outcome::Ended(status) if status.code() == Some(3)));
    }

    #[test]
    fn a_program_that_hangs_is_stopped_at_its_limit() {
        let outcome = lines(&mut shell("exec sleep 600"), Some(Duration::from_millis(1)), |_| {}).unwrap();
        assert!(matches!(outcome, Outcome::TimedOut));
    }

    #[test]
    fn a_missing_program_is_an_error_that_names_it() {
        let error = lines(&mut Command::new("no-such-program"), None, |_| {}).err().unwrap();
        assert!(format!("{error:#}").contains("no-such-program"));
    }
}
