//! What a load found, in the words of `thexr bots --json` where both mean the same.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::histogram::Histogram;

/// What one client counted while everyone was in.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counted {
    /// Movements sent.
    pub(crate) sent: u64,
    /// Messages with news of others.
    pub(crate) frames: u64,
    /// Payload bytes of all messages received.
    pub(crate) bytes: u64,
}

/// What one client brings home.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Why it did not get in.
    pub(crate) join_error: Option<String>,
    /// What it counted.
    pub(crate) counted: Counted,
    /// How its connection was lost.
    pub(crate) disconnects: BTreeMap<String, u64>,
}

/// Adds up what all clients bring home.
pub(crate) fn report(asked: u32, seconds: f64, outcomes: &[Outcome], ages: &Histogram) -> Value {
    let inside: Vec<&Counted> =
        outcomes.iter().filter(|o| o.join_error.is_none()).map(|o| &o.counted).collect();
    let sum = |part: fn(&Counted) -> u64| inside.iter().map(|counted| part(counted)).sum::<u64>();
    let (joined, least) = (inside.len(), inside.iter().map(|counted| counted.frames).min().unwrap_or(0));
    let each = |total: u64| total as f64 / seconds / joined.max(1) as f64;
    json!({
        "asked": asked,
        "joined": joined,
        "join_errors": tally(outcomes.iter().filter_map(|o| o.join_error.as_ref()).map(|reason| (reason, 1))),
        "seconds": seconds,
        "sent": sum(|counted| counted.sent),
        "received_frames": sum(|counted| counted.frames),
        "frames_per_s_per_client": {"mean": each(sum(|counted| counted.frames)), "min": least as f64 / seconds},
        "down_kbit_s": {"mean": each(sum(|counted| counted.bytes)) * 8.0 / 1_000.0},
        "age_ms": ages.report(),
        "disconnects": tally(outcomes.iter().flat_map(|o| o.disconnects.iter().map(|(reason, n)| (reason, *n)))),
    })
}

fn tally<'a>(reasons: impl Iterator<Item = (&'a String, u64)>) -> BTreeMap<&'a str, u64> {
    let mut counts = BTreeMap::new();
    reasons.for_each(|(reason, number)| *counts.entry(reason.as_str()).or_default() += number);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_adds_up_those_who_got_in() {
        let inside = |frames| Outcome {
            counted: Counted { sent: 40, frames, bytes: 1_000 },
            disconnects: [("closed".to_owned(), 1)].into(),
            ..Outcome::default()
        };
        let refused = Outcome { join_error: Some("timeout".to_owned()), ..Outcome::default() };
        let report = report(3, 2.0, &[inside(20), inside(40), refused], &Histogram::default());
        assert_eq!((report["asked"].as_u64(), report["joined"].as_u64()), (Some(3), Some(2)));
        assert_eq!(report["frames_per_s_per_client"], json!({"mean": 15.0, "min": 10.0}));
        assert_eq!(report["down_kbit_s"]["mean"], 4.0);
        assert_eq!(report["disconnects"], json!({"closed": 2}));
        assert_eq!(report["join_errors"], json!({"timeout": 1}));
        assert!(report["age_ms"].is_null());
    }
}
