//! Reads the report of a load generator, `thexr bots --json` first of all: numbers by their place.
//!
//! A report may lack any of them (another version, a server that does not say): then there is no number, and what
//! shows it shows a dash. Must not know what is done with them.

use serde_json::Value;

/// Bits of a kilobyte in kilobits: 8 kbit/s are 1 kB/s.
const KBIT_PER_KBYTE: f64 = 8.0;

/// A report.
#[derive(Debug, Clone)]
pub(in crate::bench) struct Report(Value);

impl Report {
    /// Takes what a generator printed.
    pub(in crate::bench) fn new(report: Value) -> Report {
        Report(report)
    }

    /// As it came.
    pub(in crate::bench) fn json(&self) -> &Value {
        &self.0
    }

    /// The number at a JSON pointer (RFC 6901), such as `/pose_age_ms/a/p99`.
    pub(in crate::bench) fn number(&self, pointer: &str) -> Option<f64> {
        self.0.pointer(pointer)?.as_f64()
    }

    /// The sum of the counts by reason at a pointer; none there is zero.
    pub(in crate::bench) fn sum(&self, pointer: &str) -> Option<f64> {
        let counts = self.0.pointer(pointer)?.as_object()?.values().filter_map(Value::as_f64);
        Some(counts.fold(0.0, |sum, count| sum + count))
    }

    /// Those who asked to be let in and were not, or only as spectators (who count as joined).
    pub(in crate::bench) fn not_let_in(&self) -> Option<f64> {
        let spectators = self.number("/spectators").unwrap_or(0.0);
        Some(self.number("/asked")? - self.number("/joined")? + spectators)
    }

    /// Age of poses of a tier (`a` are the near people), p99; a tier in which nobody was has none.
    pub(in crate::bench) fn age_ms_p99(&self, tier: &str) -> Option<f64> {
        let of_tier = |name: &str| self.number(&format!("/pose_age_ms/{tier}/{name}"));
        of_tier("p99").filter(|_| of_tier("count") != Some(0.0))
    }

    /// Frames per second and client, mean.
    pub(in crate::bench) fn frames_hz(&self) -> Option<f64> {
        self.number("/frames_per_s_per_client/mean").filter(|hz| *hz > 0.0)
    }

    /// Payload of WebSocket messages to one client, kB/s, mean.
    pub(in crate::bench) fn down_kbyte_s(&self) -> Option<f64> {
        Some(self.number("/down_kbit_s/mean")? / KBIT_PER_KBYTE)
    }

    /// Payload bytes of one frame down, mean, everything that came with the frames included.
    pub(in crate::bench) fn frame_bytes(&self) -> Option<f64> {
        Some(self.down_kbyte_s()? * 1_000.0 / self.frames_hz()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_found_by_their_place() {
        let report = Report::new(json!({
            "asked": 10, "joined": 8, "spectators": 1,
            "pose_age_ms": {"a": {"count": 3, "p99": 47.5}, "b": {"count": 0, "p99": 0.0}}, "disconnects": {"x": 1, "y": 2},
            "down_kbit_s": {"mean": 160.0}, "frames_per_s_per_client": {"mean": 20.0}, "errors": {},
        }));
        assert_eq!((report.age_ms_p99("a"), report.age_ms_p99("b")), (Some(47.5), None));
        assert_eq!((report.sum("/disconnects"), report.sum("/errors")), (Some(3.0), Some(0.0)));
        assert_eq!((report.not_let_in(), report.frame_bytes()), (Some(3.0), Some(1_000.0)));
    }

    #[test]
    fn what_a_report_lacks_is_no_number() {
        let report = Report::new(json!({"server": null, "down_kbit_s": {"mean": 1.0}}));
        assert_eq!(report.number("/server/cores"), None);
        assert_eq!(
            (report.sum("/disconnects"), report.not_let_in(), report.frame_bytes()),
            (None, None, None)
        );
    }
}
