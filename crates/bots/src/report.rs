//! What a run found: numbers for machines (serde) and the same as a table for people.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Shares of a distribution, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Percentiles {
    /// Half are at most this.
    pub p50: f32,
    /// 95 of 100 are at most this.
    pub p95: f32,
    /// 99 of 100 are at most this.
    pub p99: f32,
    /// The largest.
    pub max: f32,
}

/// The result of a run; rates are over the measured seconds, which start when everyone is in.
///
/// Pose age is the arrival of a pose minus its sample time, both on the room's clock: the sender stamps with its own
/// client core's estimate of that clock, the receiver reads it with its own (shortest of the recent round trips of
/// `clock` questions; the error is at most half the difference of the two ways).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// Bots asked for.
    pub asked: usize,
    /// Bots that had the whole room.
    pub joined: usize,
    /// Bots that did not, by reason.
    pub join_errors: BTreeMap<String, u64>,
    /// From the first connection to the last whole room, seconds.
    pub ramp_seconds: f64,
    /// From opening a connection to having the whole room.
    pub join_ms: Percentiles,
    /// Measured time, seconds.
    pub seconds: f64,
    /// Poses sent.
    pub sent_poses: u64,
    /// Pose frames received.
    pub received_frames: u64,
    /// Pose records received.
    pub received_records: u64,
    /// Ages of the received records.
    pub pose_age_ms: Percentiles,
    /// Round trips of `clock` questions, best recent one of each bot.
    pub rtt_ms: Percentiles,
    /// Durable commands accepted.
    pub commands_answered: u64,
    /// From sending a command to its answer, which comes when it is durable.
    pub command_ms: Percentiles,
    /// Payload bytes of WebSocket messages to one client, per second, mean.
    pub down_bytes_per_s_per_client: f64,
    /// Payload bytes of WebSocket messages from one client, per second, mean.
    pub up_bytes_per_s_per_client: f64,
    /// Connections lost while measuring, by reason.
    pub disconnects: BTreeMap<String, u64>,
    /// Desyncs, unreadable messages, failed reconnections, by kind.
    pub errors: BTreeMap<String, u64>,
}

impl Report {
    /// As JSON in one line, or as a table.
    pub fn render(&self, json: bool) -> String {
        if json { serde_json::json!(self).to_string() } else { self.to_string() }
    }

    /// Whether every bot joined and nothing went wrong.
    pub fn is_clean(&self) -> bool {
        self.joined == self.asked && self.disconnects.is_empty() && self.errors.is_empty()
    }
}

fn per_second(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, value: impl fmt::Display) -> fmt::Result {
    writeln!(f, "  {name:<22}{value}")
}

fn reasons(f: &mut fmt::Formatter<'_>, name: &str, counts: &BTreeMap<String, u64>) -> fmt::Result {
    row(f, name, counts.values().sum::<u64>())?;
    for (reason, count) in counts {
        writeln!(f, "    {reason:<20}{count}")?;
    }
    Ok(())
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = |count| per_second(count, self.seconds);
        let kbit = |bytes: f64| bytes * 8.0 / 1_000.0;
        writeln!(f, "bots")?;
        row(f, "joined", format_args!("{} of {} in {:.1} s", self.joined, self.asked, self.ramp_seconds))?;
        reasons(f, "join errors", &self.join_errors)?;
        row(f, "measured", format_args!("{:.1} s", self.seconds))?;
        row(f, "poses sent", format_args!("{} ({:.0}/s)", self.sent_poses, rate(self.sent_poses)))?;
        row(
            f,
            "frames received",
            format_args!("{} ({:.0}/s)", self.received_frames, rate(self.received_frames)),
        )?;
        row(
            f,
            "records received",
            format_args!("{} ({:.0}/s)", self.received_records, rate(self.received_records)),
        )?;
        for (name, ages) in [
            ("join, ms", &self.join_ms),
            ("pose age, ms", &self.pose_age_ms),
            ("round trip, ms", &self.rtt_ms),
        ] {
            let Percentiles { p50, p95, p99, max } = ages;
            row(f, name, format_args!("p50 {p50:.0}   p95 {p95:.0}   p99 {p99:.0}   max {max:.0}"))?;
        }
        let (down, up) = (self.down_bytes_per_s_per_client, self.up_bytes_per_s_per_client);
        row(f, "down per client", format_args!("{down:.0} B/s ({:.1} kbit/s payload)", kbit(down)))?;
        row(f, "up per client", format_args!("{up:.0} B/s ({:.1} kbit/s payload)", kbit(up)))?;
        reasons(f, "disconnects", &self.disconnects)?;
        reasons(f, "errors", &self.errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_survives_json_and_is_one_line() {
        let report = Report {
            asked: 3,
            joined: 2,
            join_errors: [("room_full".to_owned(), 1)].into(),
            seconds: 2.0,
            sent_poses: 80,
            ..Report::default()
        };
        let json = report.render(true);
        assert!(!json.contains('\n'));
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
        let table = report.render(false);
        assert!(
            table.contains("2 of 3") && table.contains("room_full") && table.contains("80 (40/s)"),
            "{table}"
        );
        assert!(!report.is_clean());
    }
}
