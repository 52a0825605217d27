//! What honest people may feel of an attack, and whether they felt more.
//!
//! Everything is in relation to the same people's baseline a moment before, on the same machine; what was not measured
//! does not hold.

use serde_json::{Value, json};

use super::seen::Seen;
use crate::bench::crowd::verdict;

/// A number that has a limit.
struct Limit {
    what: &'static str,
    unit: &'static str,
    max: f64,
    measured: fn(&Seen) -> Option<f64>,
}

/// For everyone who is in the room.
const LIMITS: [Limit; 8] = [
    Limit { what: "ping p99, beyond baseline", unit: "ms", max: 100.0, measured: Seen::ping_added_ms },
    Limit {
        what: "worst motion gap, beyond baseline",
        unit: "ms",
        max: 250.0,
        measured: Seen::motion_added_ms,
    },
    Limit {
        what: "slowest durable, beyond baseline",
        unit: "ms",
        max: 500.0,
        measured: Seen::durable_added_ms,
    },
    Limit { what: "witness refused", unit: "", max: 0.0, measured: Seen::refused },
    Limit { what: "witness disconnected", unit: "", max: 0.0, measured: Seen::lost },
    Limit { what: "slow listener disconnected", unit: "", max: 0.0, measured: Seen::slow_lost },
    // A full room, and the start of another one beside it.
    Limit { what: "memory, beyond a fresh server", unit: "MB", max: 264.0, measured: Seen::memory_added_mb },
    Limit {
        what: "server down",
        unit: "",
        max: 0.0,
        measured: |seen| Some(f64::from(u8::from(seen.is_down()))),
    },
];

/// For those who come while it lasts.
const DOOR_LIMITS: [Limit; 2] = [
    Limit { what: "slowest join, beyond baseline", unit: "ms", max: 1_000.0, measured: Seen::join_added_ms },
    Limit { what: "newcomers not let in", unit: "", max: 0.0, measured: Seen::not_let_in },
];

/// A limit and what was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Verdict {
    what: &'static str,
    unit: &'static str,
    max: f64,
    measured: Option<f64>,
}

/// All verdicts about one attack.
pub(super) fn verdicts(seen: &Seen) -> Vec<Verdict> {
    let door = DOOR_LIMITS.iter().filter(|_| seen.has_newcomers());
    let judge = |limit: &Limit| {
        let Limit { what, unit, max, measured } = limit;
        Verdict { what, unit, max: *max, measured: measured(seen) }
    };
    LIMITS.iter().chain(door).map(judge).collect()
}

impl Verdict {
    /// Whether nobody felt it.
    pub(super) fn holds(&self) -> bool {
        self.measured.is_some_and(|measured| measured <= self.max)
    }

    /// For people.
    pub(super) fn line(&self) -> String {
        verdict(self.what, self.unit, self.max, self.measured)
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        json!({"what": self.what, "unit": self.unit, "max": self.max, "measured": self.measured, "holds": self.holds()})
    }
}

#[cfg(test)]
mod tests {
    use super::super::seen::tests::seen;
    use super::*;
    use crate::bench::usage::Usage;

    fn report(ping_p99: f64) -> Value {
        let times = |value: f64| json!({"p99": value, "max": value});
        let stages = |attack: f64| json!({"baseline": times(10.0), "attack": times(attack)});
        json!({"alive": true, "slow_listener": {"lost": {"attack": {}}}, "witness": {
            "ping_ms": stages(ping_p99), "motion_gap_ms": stages(20.0), "durable_ms": stages(30.0),
            "refused": {"attack": {}}, "lost": {"attack": {}}}})
    }

    fn measured(report: Value) -> Seen {
        let usage = Some(Usage { cores: 0.1, rss_bytes_peak: 50_000_000 });
        Seen { fresh: usage, before: usage, during: usage, ..seen(report) }
    }

    fn broken(seen: &Seen) -> Vec<&'static str> {
        verdicts(seen).iter().filter(|verdict| !verdict.holds()).map(|verdict| verdict.what).collect()
    }

    #[test]
    fn an_attack_that_nobody_felt_breaks_nothing() {
        assert_eq!(broken(&measured(report(110.0))), [""; 0]);
    }

    #[test]
    fn a_limit_is_broken_by_what_the_attack_added() {
        assert_eq!(broken(&measured(report(110.1))), ["ping p99, beyond baseline"]);
        let mut refused = report(10.0);
        refused["witness"]["refused"]["attack"]["rate_limited"] = 2.into();
        assert_eq!(broken(&measured(refused)), ["witness refused"]);
    }

    #[test]
    fn what_was_not_measured_does_not_hold() {
        let mut mute = report(10.0);
        mute["witness"]["motion_gap_ms"]["attack"]["max"] = Value::Null;
        assert_eq!(broken(&measured(mute)), ["worst motion gap, beyond baseline"]);
        assert_eq!(broken(&seen(report(10.0))), ["memory, beyond a fresh server"]);
    }

    #[test]
    fn newcomers_are_judged_where_there_are_any() {
        let mut with = report(10.0);
        with["newcomers"] = json!({"join_ms": {"baseline": {"max": 20.0}, "attack": {"max": 3_000.0}},
            "refused": {"attack": {"room_full": 3}}});
        assert_eq!(broken(&measured(with)), ["slowest join, beyond baseline", "newcomers not let in"]);
    }
}
