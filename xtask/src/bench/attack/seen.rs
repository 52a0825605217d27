//! What was seen of one attack, by honest people and from outside.
//!
//! Must not know which of it is too much.

use serde_json::{Value, json};

use crate::bench::crowd::Report;
use crate::bench::usage::Usage;

/// One attack.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// What the attack's program tells.
    pub(super) report: Report,
    /// The server just after its start.
    pub(super) fresh: Option<Usage>,
    /// The server in the baseline.
    pub(super) before: Option<Usage>,
    /// The server in the attack.
    pub(super) during: Option<Usage>,
    /// How much its files have grown in the attack.
    pub(super) disk_growth_bytes: u64,
    /// Whether it still runs.
    pub(super) running: bool,
}

/// A number of the table: its name, its decimals, where it is found.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) decimals: usize,
    pub(super) value: fn(&Seen) -> Option<f64>,
}

/// What a row tells; `+` is beyond the baseline, or a fresh server.
pub(super) const COLUMNS: [Column; 11] = [
    Column { name: "+ping p99", decimals: 0, value: Seen::ping_added_ms },
    Column { name: "+motion max", decimals: 0, value: Seen::motion_added_ms },
    Column { name: "+durable max", decimals: 0, value: Seen::durable_added_ms },
    Column { name: "+join max", decimals: 0, value: Seen::join_added_ms },
    Column { name: "refused", decimals: 0, value: Seen::refused },
    Column { name: "lost", decimals: 0, value: Seen::lost },
    Column { name: "slow lost", decimals: 0, value: Seen::slow_lost },
    Column { name: "MB", decimals: 0, value: Seen::memory_mb },
    Column { name: "+MB", decimals: 0, value: Seen::memory_added_mb },
    Column { name: "disk +MB", decimals: 0, value: |seen| Some(seen.disk_growth_bytes as f64 / 1e6) },
    Column { name: "cores", decimals: 2, value: |seen| seen.during.map(|usage| usage.cores) },
];

impl Seen {
    /// 99th of a hundred pings, beyond that of the baseline: a stall of a second holds up five of them.
    pub(super) fn ping_added_ms(&self) -> Option<f64> {
        self.added("/witness/ping_ms", "p99")
    }

    /// The longest time without news of somebody who walks nearby, beyond the longest of the baseline.
    pub(super) fn motion_added_ms(&self) -> Option<f64> {
        self.added("/witness/motion_gap_ms", "max")
    }

    /// The slowest durable command, beyond the slowest of the baseline: there are only two a second.
    pub(super) fn durable_added_ms(&self) -> Option<f64> {
        self.added("/witness/durable_ms", "max")
    }

    /// The slowest join of a newcomer, beyond the slowest of the baseline.
    pub(super) fn join_added_ms(&self) -> Option<f64> {
        self.added("/newcomers/join_ms", "max")
    }

    /// Whether newcomers were looked at.
    pub(super) fn has_newcomers(&self) -> bool {
        self.report.json()["newcomers"].is_object()
    }

    /// Refusals and missing answers of the witness.
    pub(super) fn refused(&self) -> Option<f64> {
        self.report.sum("/witness/refused/attack")
    }

    /// Connections of the witness that ended.
    pub(super) fn lost(&self) -> Option<f64> {
        self.report.sum("/witness/lost/attack")
    }

    /// Connections of the slow listener that ended.
    pub(super) fn slow_lost(&self) -> Option<f64> {
        self.report.sum("/slow_listener/lost/attack")
    }

    /// Newcomers who were not let in.
    pub(super) fn not_let_in(&self) -> Option<f64> {
        self.report.sum("/newcomers/refused/attack")
    }

    /// The server's memory at its peak.
    pub(super) fn memory_mb(&self) -> Option<f64> {
        self.during.map(|usage| usage.rss_bytes_peak as f64 / 1e6)
    }

    /// The same beyond that of a fresh server: what an attack prepares is its work too.
    pub(super) fn memory_added_mb(&self) -> Option<f64> {
        Some(self.memory_mb()? - self.fresh?.rss_bytes_peak as f64 / 1e6)
    }

    /// Whether the server is gone or does not answer.
    pub(super) fn is_down(&self) -> bool {
        !self.running || self.report.json()["alive"] != true
    }

    /// All of it.
    pub(super) fn json(&self) -> Value {
        let usage = |usage: Option<Usage>| {
            usage.map(|usage| json!({"cores": usage.cores, "memory_bytes_peak": usage.rss_bytes_peak}))
        };
        let mut all = self.report.json().clone();
        all["server"] = json!({
            "fresh": usage(self.fresh),
            "baseline": usage(self.before),
            "attack": usage(self.during),
            "disk_growth_bytes": self.disk_growth_bytes,
            "running": self.running,
        });
        all
    }

    /// How much more in the attack than in the baseline; less is nothing.
    fn added(&self, what: &str, share: &str) -> Option<f64> {
        let number = |stage: &str| self.report.number(&format!("{what}/{stage}/{share}"));
        Some((number("attack")? - number("baseline")?).max(0.0))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::bench::attack) fn seen(report: Value) -> Seen {
        Seen {
            report: Report::new(report),
            fresh: None,
            before: None,
            during: None,
            disk_growth_bytes: 0,
            running: true,
        }
    }

    #[test]
    fn what_was_added_is_beyond_the_baseline_of_the_same_run() {
        let times = |p99: f64, max: f64| json!({"p99": p99, "max": max});
        let seen = seen(json!({"witness": {
            "ping_ms": {"baseline": times(5.0, 9.0), "attack": times(45.0, 900.0)},
            "motion_gap_ms": {"baseline": times(60.0, 120.0), "attack": times(61.0, 110.0)},
        }}));
        assert_eq!(seen.ping_added_ms(), Some(40.0));
        assert_eq!(seen.motion_added_ms(), Some(0.0), "less is nothing");
        assert_eq!(seen.durable_added_ms(), None);
    }

    #[test]
    fn memory_is_a_peak_so_what_came_before_is_taken_away() {
        let usage = |megabytes: u64| Some(Usage { cores: 0.1, rss_bytes_peak: megabytes * 1_000_000 });
        let seen = Seen { fresh: usage(40), before: usage(90), during: usage(240), ..seen(json!({})) };
        assert_eq!((seen.memory_mb(), seen.memory_added_mb()), (Some(240.0), Some(200.0)));
    }

    #[test]
    fn a_server_that_does_not_answer_is_down() {
        assert!(seen(json!({"alive": false})).is_down() && seen(json!({})).is_down());
        assert!(!seen(json!({"alive": true})).is_down());
        assert!(Seen { running: false, ..seen(json!({"alive": true})) }.is_down());
    }
}
