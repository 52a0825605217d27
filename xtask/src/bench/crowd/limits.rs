//! Limits and verdicts: what was measured beside what it may be at most.
//!
//! A verdict is a line for people; it never fails anything, because a number depends on the machine.

use super::measure::Measured;

/// Columns of a verdict's name.
const NAME_COLUMNS: usize = 34;

/// A number that has a limit.
pub(super) struct Limit {
    /// What it is, as a person says it.
    pub(super) what: &'static str,
    /// The unit of both numbers; may be empty.
    pub(super) unit: &'static str,
    /// The most it may be.
    pub(super) max: f64,
    /// Where it is found; `None` when it was not measured.
    pub(super) measured: fn(&Measured) -> Option<f64>,
}

impl Limit {
    pub(super) const NOBODY_OUTSIDE: Limit =
        Limit { what: "not let in", unit: "", max: 0.0, measured: |m| m.report.not_let_in() };
    pub(super) const NOBODY_DROPPED: Limit =
        Limit { what: "disconnects", unit: "", max: 0.0, measured: |m| m.report.sum("/disconnects") };
    pub(super) const NEAR_AGE: Limit = Limit {
        what: "pose age of near people (a), p99",
        unit: "ms",
        max: 150.0,
        measured: |m| m.report.age_ms_p99("a"),
    };
    pub(super) const DOWN: Limit = Limit {
        what: "down per client with IP, mean",
        unit: "kbit/s",
        max: 300.0,
        measured: |m| m.report.number("/down_ip_kbit_s/mean"),
    };
    pub(super) const MEMORY: Limit =
        Limit { what: "server's memory, peak", unit: "MB", max: 300.0, measured: Measured::rss_mb };
    pub(super) const NO_TICK_MISSED: Limit =
        Limit { what: "ticks missed", unit: "", max: 0.0, measured: |m| m.ticks_missed };

    /// The server's processor time, in cores.
    pub(super) const fn cores(max: f64) -> Limit {
        Limit { what: "server", unit: "cores", max, measured: Measured::cores }
    }

    /// One line: `ok` or `over`, or a dash when it was not measured.
    pub(super) fn verdict(&self, measured: &Measured) -> String {
        verdict(self.what, self.unit, self.max, (self.measured)(measured))
    }
}

/// A verdict about any number.
pub(in crate::bench) fn verdict(what: &str, unit: &str, max: f64, measured: Option<f64>) -> String {
    let (word, value) = match measured {
        None => ("-", "not measured".to_owned()),
        // A broken number is not within a limit.
        Some(value) => (if value <= max { "ok" } else { "over" }, format!("{} {unit}", short(value))),
    };
    let limit = format!("{} {unit}", short(max));
    format!("  {word:5} {what:NAME_COLUMNS$} {:14} at most {}", value.trim_end(), limit.trim_end())
}

/// Two decimals, without zeros that say nothing.
fn short(value: f64) -> String {
    let fixed = format!("{value:.2}");
    fixed.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_says_ok_over_or_nothing() {
        let words = |measured| {
            let line = verdict("server", "cores", 0.6, measured);
            line.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words(Some(0.6)), "ok server 0.6 cores at most 0.6 cores");
        assert_eq!(words(Some(0.614)), "over server 0.61 cores at most 0.6 cores");
        assert_eq!(words(None), "- server not measured at most 0.6 cores");
        assert_eq!(words(Some(f64::NAN)), "over server NaN cores at most 0.6 cores");
    }

    #[test]
    fn a_count_has_no_unit_and_no_decimals() {
        assert!(verdict("disconnects", "", 0.0, Some(3.0)).ends_with("at most 0"));
        assert_eq!((short(3.0), short(0.05), short(100.0)), ("3".into(), "0.05".into(), "100".into()));
    }
}
