//! The live line of a run on stderr: rewritten in place for people, line by line for logs. Knows nothing of bots.

use crate::limits::{PROGRESS_DENSE_S, PROGRESS_SPARSE_S};
use crate::own;
use crate::server::Load;
use crate::shared::Shared;
use std::io::{IsTerminal, Write};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior};

const BYTES_PER_MIB: f64 = 1_048_576.0;
/// Rewrites the line; what is too long is cut off instead of wrapped.
const REWRITE: (&str, &str) = ("\r\x1b[?7l\x1b[2K", "\x1b[?7h");

/// What there is to tell of the time since the line before.
#[derive(Debug, Clone, Copy, Default)]
struct News {
    passed_s: u64,
    since_s: f64,
    asked: usize,
    joined: usize,
    failed: usize,
    poses: u64,
    records: u64,
    down_bytes: u64,
    near_p99_ms: f32,
    load: Load,
    bots_cpu_s: Option<f64>,
}

/// Tells how it goes, once a second, until it is aborted.
pub(crate) async fn tell(shared: Arc<Shared>, load: Arc<Mutex<Load>>, asked: usize) {
    let is_live = std::io::stderr().is_terminal();
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    second.tick().await;
    let (began, mut last, mut cpu_s) = (Instant::now(), Instant::now(), own::cpu_seconds());
    loop {
        second.tick().await;
        let passed_s = began.elapsed().as_secs_f64().round() as u64;
        if !is_live && !is_told(passed_s) {
            continue;
        }
        let cpu_now_s = own::cpu_seconds();
        let bots_cpu_s = cpu_s.zip(cpu_now_s).map(|(before, now)| now - before);
        let since_s = last.elapsed().as_secs_f64();
        (last, cpu_s) = (Instant::now(), cpu_now_s);
        let load = *load.lock().unwrap_or_else(PoisonError::into_inner);
        let news = News { passed_s, since_s, asked, load, bots_cpu_s, ..News::of(&shared) };
        show(&news.line(), is_live);
    }
}

/// Ends the live line, so that what follows stands below it.
pub(crate) fn end() {
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
}

/// Whether a second is told to a log: every one of the first minute, then every fifth.
fn is_told(passed_s: u64) -> bool {
    passed_s <= PROGRESS_DENSE_S || passed_s.is_multiple_of(PROGRESS_SPARSE_S)
}

fn show(line: &str, is_live: bool) {
    let mut stderr = std::io::stderr().lock();
    let (before, after) = REWRITE;
    // Progress that nobody can see is no reason to end a run.
    let _ = match is_live {
        true => write!(stderr, "{before}{line}{after}").and_then(|()| stderr.flush()),
        false => writeln!(stderr, "{line}"),
    };
}

impl News {
    fn of(shared: &Shared) -> Self {
        Self {
            joined: shared.joined.load(Ordering::Relaxed),
            failed: shared.failed.load(Ordering::Relaxed),
            poses: shared.poses.swap(0, Ordering::Relaxed),
            records: shared.records.swap(0, Ordering::Relaxed),
            down_bytes: shared.down_bytes.swap(0, Ordering::Relaxed),
            near_p99_ms: shared.recent_near().p99,
            ..Self::default()
        }
    }

    fn line(&self) -> String {
        let Self { passed_s, asked, joined, failed, near_p99_ms, load, .. } = self;
        let since_s = self.since_s.max(f64::MIN_POSITIVE);
        let rate = |count: u64| thousands(count as f64 / since_s);
        let kbit_s = self.down_bytes as f64 * 8.0 / 1_000.0 / since_s / (*joined).max(1) as f64;
        let cores = |cores: Option<f64>| cores.map_or("-".to_owned(), |cores| format!("{cores:.2}"));
        let mib = load.rss_bytes.map_or("-".to_owned(), |bytes| format!("{:.0}", bytes / BYTES_PER_MIB));
        let shed = load.shed_level.map_or("-".to_owned(), |level| level.to_string());
        format!(
            "{passed_s:>4} s  in {joined}/{asked}  failed {failed}  up {}/s  down {}/s  {kbit_s:.0} kbit/s each  \
             near p99 {near_p99_ms:.0} ms  server {} cores {mib} MiB shed {shed}  bots {} cores",
            rate(self.poses),
            rate(self.records),
            cores(load.cores),
            cores(self.bots_cpu_s.map(|seconds| seconds / since_s)),
        )
    }
}

fn thousands(rate: f64) -> String {
    match rate {
        0.0..10_000.0 => format!("{rate:.0}"),
        10_000.0..1e6 => format!("{:.0}k", rate / 1e3),
        _ => format!("{:.1}M", rate / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_rates_of_the_time_since_the_last_one() {
        let load = Load { cores: Some(0.581), rss_bytes: Some(312.0 * BYTES_PER_MIB), shed_level: Some(1.0) };
        let news = News {
            passed_s: 12,
            since_s: 2.0,
            asked: 1_000,
            joined: 998,
            failed: 2,
            poses: 39_000,
            records: 1_956_000,
            down_bytes: 49_900_000,
            near_p99_ms: 84.2,
            load,
            bots_cpu_s: Some(1.5),
        };
        assert_eq!(
            news.line(),
            "  12 s  in 998/1000  failed 2  up 20k/s  down 978k/s  200 kbit/s each  near p99 84 ms  \
             server 0.58 cores 312 MiB shed 1  bots 0.75 cores"
        );
    }

    #[test]
    fn what_is_not_known_is_a_dash() {
        let line = News::default().line();
        assert!(line.ends_with("server - cores - MiB shed -  bots - cores"), "{line}");
    }

    #[test]
    fn a_log_gets_every_second_of_the_first_minute_and_every_fifth_later() {
        assert!((1..=60).all(is_told));
        assert_eq!((61..80).filter(|second| is_told(*second)).collect::<Vec<_>>(), [65, 70, 75]);
    }
}
