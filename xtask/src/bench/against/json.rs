//! Ours beside the naive broadcast: one JSON frame to everybody for each movement, until it no longer holds.
//!
//! Its bytes grow with the square of the people, so it is measured where it still holds; larger numbers are
//! arithmetic and say so.

use anyhow::{Context as _, Result};

use super::peer::{self, Load, Running, Seen};
use super::{Bench, Row};
use crate::bench::child;
use crate::bench::crowd::Report;

/// Crowds that are tried, smallest first.
const PEOPLE: [u32; 7] = [50, 75, 100, 125, 150, 200, 300];

/// Movements per second of each.
const RATE_HZ: u32 = 20;

/// It holds while so much is delivered, and no later than this.
const DELIVERED_MIN: f64 = 0.99;
const AGE_MS_MAX: f64 = 1_000.0;

/// People for whom bytes are reckoned.
const PEOPLE_RECKONED: u32 = 1000;

/// Measures the broadcast with more and more people, then ours with as many as held.
pub(super) fn run(bench: &Bench<'_, '_>) -> Result<Vec<Row>> {
    let (mut held, mut beyond): (Option<(u32, Seen)>, _) = (None, None);
    for people in PEOPLE {
        let seen = broadcast(bench, people)?;
        if !holds(&seen) {
            beyond = Some((people, seen));
            break;
        }
        held = Some((people, seen));
    }
    let (people, seen) = held.or(beyond).context("nothing was tried")?;
    let (ours, _) = bench.ours(people)?;
    let mut theirs = Row::beside(&ours, "JSON broadcast, holds", seen);
    theirs.notes.extend(reckoned(people, &seen));
    let broken = beyond.map(|(people, seen)| Row::new("JSON broadcast, does not hold", people, seen, None));
    Ok([ours, theirs].into_iter().chain(broken).collect())
}

fn broadcast(bench: &Bench<'_, '_>, people: u32) -> Result<Seen> {
    let binary = peer::binary(bench.context.project);
    let server = Running::start(|address| {
        let mut command = child::pinned(&binary, bench.cores);
        command.args(["serve-json", "--listen", &address.to_string()]);
        command
    })?;
    println!("  {people} people at {RATE_HZ} Hz");
    let load = Load { peer: "json", people, rate_hz: RATE_HZ, seconds: bench.seconds };
    let clients = server.load(bench.context.project, &load)?;
    let (mut seen, report) = server.finish(&load, clients)?;
    seen.delivered = delivered(&report);
    Ok(seen)
}

/// Every movement is due to everybody who is in, the mover included.
fn delivered(report: &Report) -> Option<f64> {
    let due = report.number("/sent")? * report.number("/joined")?;
    // What was under way when counting began arrives too.
    (due > 0.0).then_some((report.number("/received_frames")? / due).min(1.0))
}

fn holds(seen: &Seen) -> bool {
    seen.delivered.is_some_and(|share| share >= DELIVERED_MIN)
        && seen.age_ms_p99.is_some_and(|age_ms| age_ms <= AGE_MS_MAX)
}

/// What larger crowds would be sent: each client hears of everyone, so its bytes grow as the people do.
fn reckoned(people: u32, seen: &Seen) -> Option<String> {
    let each = seen.down_kbyte_s? * f64::from(PEOPLE_RECKONED) / f64::from(people);
    let all_gbit_s = each * f64::from(PEOPLE_RECKONED) * 8.0 / 1e6;
    Some(format!(
        "  JSON broadcast with {PEOPLE_RECKONED} people: {each:.0} kB/s each, {all_gbit_s:.1} Gbit/s in all \
         (arithmetic, not measured)"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn seen(delivered: f64, age_ms: f64) -> Seen {
        Seen { delivered: Some(delivered), age_ms_p99: Some(age_ms), ..Seen::default() }
    }

    #[test]
    fn it_holds_while_nearly_everything_arrives_in_time() {
        assert!(holds(&seen(0.995, 200.0)));
        assert!(!holds(&seen(0.98, 20.0)) && !holds(&seen(1.0, 2_000.0)) && !holds(&Seen::default()));
    }

    #[test]
    fn every_movement_is_due_to_everybody() {
        let report = |received| Report::new(json!({"sent": 100, "joined": 10, "received_frames": received}));
        assert_eq!((delivered(&report(1_000)), delivered(&report(500))), (Some(1.0), Some(0.5)));
        assert_eq!(delivered(&Report::new(json!({}))), None);
    }

    #[test]
    fn bytes_of_larger_crowds_are_called_arithmetic() {
        let note = reckoned(100, &Seen { down_kbyte_s: Some(250.0), ..Seen::default() }).unwrap();
        assert!(note.contains("2500 kB/s each, 20.0 Gbit/s in all (arithmetic, not measured)"), "{note}");
    }
}
