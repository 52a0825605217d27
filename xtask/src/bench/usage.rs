//! What a process costs, read from /proc: processor time over a window, and the most memory it ever had.
//!
//! The same meter for our server and for those it is compared to. Knows proc(5); must not know which process it is.

use std::process::Command;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::process;

/// How often a process is looked at.
const SAMPLE_INTERVAL: Duration = Duration::from_millis(200);

/// Clock ticks per second of /proc when the system does not say: what Linux has shown programs for decades.
const CLOCK_TICKS_HZ: f64 = 100.0;

/// A process at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sample {
    at: Instant,
    /// User and system time of all its threads since it started.
    cpu_seconds: f64,
    /// The most resident memory so far.
    rss_bytes_peak: u64,
}

/// What a process cost in a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Usage {
    /// Processor seconds per second.
    pub(super) cores: f64,
    /// The most resident memory until the window's end.
    pub(super) rss_bytes_peak: u64,
}

/// Looks at a process from a thread of its own until it is stopped.
pub(super) struct Sampler {
    stop: Sender<()>,
    thread: JoinHandle<Vec<Sample>>,
}

impl Sampler {
    /// Starts to look.
    pub(super) fn start(process_id: u32) -> Sampler {
        let (stop, stopped) = mpsc::channel();
        let ticks_hz = clock_ticks_hz();
        let thread = std::thread::spawn(move || {
            let mut samples = Vec::new();
            while let Some(sample) = sample(process_id, ticks_hz) {
                samples.push(sample);
                if stopped.recv_timeout(SAMPLE_INTERVAL) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
            }
            samples
        });
        Sampler { stop, thread }
    }

    /// Stops and says what the process cost between two moments; `None` where /proc does not tell.
    pub(super) fn finish(self, from: Instant, to: Instant) -> Result<Option<Usage>> {
        let [usage] = self.finish_windows([(from, to)])?;
        Ok(usage)
    }

    /// The same for several windows.
    pub(super) fn finish_windows<const N: usize>(
        self,
        windows: [(Instant, Instant); N],
    ) -> Result<[Option<Usage>; N]> {
        // It has ended by itself when the process did.
        self.stop.send(()).ok();
        let samples = self.thread.join().map_err(|_| anyhow::anyhow!("the thread that reads /proc broke"))?;
        Ok(windows.map(|(from, to)| usage(&samples, from, to)))
    }
}

/// The cost between the first and the last sample inside the window.
fn usage(samples: &[Sample], from: Instant, to: Instant) -> Option<Usage> {
    let inside: Vec<&Sample> = samples.iter().filter(|sample| sample.at >= from && sample.at <= to).collect();
    let (first, last) = (inside.first()?, inside.last()?);
    let seconds = last.at.duration_since(first.at).as_secs_f64();
    (seconds > 0.0).then(|| Usage {
        cores: (last.cpu_seconds - first.cpu_seconds) / seconds,
        rss_bytes_peak: last.rss_bytes_peak,
    })
}

fn sample(process_id: u32, ticks_hz: f64) -> Option<Sample> {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/{process_id}/{file}")).ok();
    let at = Instant::now();
    let cpu_seconds = cpu_ticks(&read("stat")?)? as f64 / ticks_hz;
    Some(Sample { at, cpu_seconds, rss_bytes_peak: rss_bytes_peak(&read("status")?)? })
}

/// utime and stime of `/proc/PID/stat`; the program's name before them may hold anything, parentheses too.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    // The state is field 3, utime 14, stime 15 (proc(5)).
    let mut fields = fields.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

/// `VmHWM` of `/proc/PID/status`.
fn rss_bytes_peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

fn clock_ticks_hz() -> f64 {
    let said = process::output(Command::new("getconf").arg("CLK_TCK"));
    said.and_then(|text| text.parse().ok()).unwrap_or(CLOCK_TICKS_HZ)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_found_behind_a_name_with_spaces_and_parentheses() {
        let stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 99 0 0 0 730 270 5 6 20 0 9 0 1234 1 2";
        assert_eq!(cpu_ticks(stat), Some(1000));
        assert_eq!(cpu_ticks("42 (a) S 1"), None);
        assert_eq!(cpu_ticks("nonsense"), None);
    }

    #[test]
    fn peak_memory_is_in_kibibytes() {
        assert_eq!(rss_bytes_peak("Name:\ta\nVmHWM:\t    2048 kB\nVmRSS:\t 1024 kB\n"), Some(2 << 20));
        assert_eq!(rss_bytes_peak("Name:\ta\n"), None);
    }

    #[test]
    fn only_what_lies_in_the_window_counts() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let sample =
            |seconds, cpu_seconds| Sample { at: at(seconds), cpu_seconds, rss_bytes_peak: seconds * 100 };
        let samples = [sample(0, 0.0), sample(2, 4.0), sample(4, 5.0), sample(9, 9.0)];
        let found = usage(&samples, at(1), at(5)).unwrap();
        assert_eq!(found, Usage { cores: 0.5, rss_bytes_peak: 400 });
        assert_eq!(usage(&samples, at(5), at(8)), None);
        assert_eq!(usage(&samples, at(3), at(5)), None, "one sample is no window");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_a_cost() {
        let sample = sample(std::process::id(), clock_ticks_hz()).unwrap();
        assert!(sample.rss_bytes_peak > 100_000);
    }
}
