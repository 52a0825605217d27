//! Progress as a person sees it: one line for each step, with the time it took.
//!
//! Knows terminals and clocks; must not know what the steps do.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Columns of the name, so that the outcomes stand below each other.
const NAME_COLUMNS: usize = 14;

/// Characters of a running tool's newest line that are shown; longer lines would wrap and leave litter behind.
const STATUS_CHARS_MAX: usize = 80;

/// Returns the cursor to the first column and clears the line (ECMA-48 CR, EL).
const CLEAR_LINE: &str = "\r\x1b[2K";

/// A running step; it prints its line when it is finished.
pub(crate) struct Step {
    name: &'static str,
    started: Instant,
    terminal: bool,
}

impl Step {
    /// Starts the clock of a step.
    pub(crate) fn begin(name: &'static str) -> Step {
        let step = Step { name, started: Instant::now(), terminal: std::io::stdout().is_terminal() };
        step.progress("");
        step
    }

    /// Shows the newest line of a tool that is at work; only on a terminal, where it is replaced later.
    pub(crate) fn progress(&self, status: &str) {
        if !self.terminal {
            return;
        }
        let status: String =
            status.trim().chars().filter(|c| !c.is_control()).take(STATUS_CHARS_MAX).collect();
        print!("{CLEAR_LINE}… {:NAME_COLUMNS$} {status}", self.name);
        flush();
    }

    /// Prints the step's line: what happened and how long it took.
    pub(crate) fn done(self, outcome: &str) {
        self.print('✓', &format!("{outcome} ({})", elapsed(self.started.elapsed())));
    }

    /// Prints that there was nothing to do.
    pub(crate) fn up_to_date(self) {
        self.done("up to date");
    }

    /// Prints that the step failed; the reason follows as an error.
    pub(crate) fn failed(self) {
        self.print('✗', &format!("failed after {}", elapsed(self.started.elapsed())));
    }

    fn print(&self, mark: char, text: &str) {
        let clear = if self.terminal { CLEAR_LINE } else { "" };
        println!("{clear}{mark} {:NAME_COLUMNS$} {text}", self.name);
        flush();
    }
}

/// Flushes stdout; a closed pipe is no reason to stop a build.
fn flush() {
    std::io::stdout().flush().ok();
}

/// Writes a duration as people say it: `0.4 s`, `2 min 5 s`.
pub(crate) fn elapsed(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{:.1} s", duration.as_secs_f64()),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_times_show_tenths_and_long_ones_minutes() {
        assert_eq!(elapsed(Duration::from_millis(440)), "0.4 s");
        assert_eq!(elapsed(Duration::from_secs(125)), "2 min 5 s");
    }
}
