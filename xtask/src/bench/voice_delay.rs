//! How long a voice takes from a mouth to an ear, and how much of it is made up where packets are lost, on a release server.
//!
//! The measuring is the browser script's own (`tests/browser/voice_delay.mjs`); this runs it and shows its numbers.

use anyhow::Result;
use serde_json::Value;

use super::script::{self, numbers};
use crate::project::Project;

/// For the list of benches.
pub(super) const ABOUT: &str =
    "Chromium speaks to Chromium by the server, on lines that lose packets (40 tones each)";

/// What the script's lines of numbers begin with.
const MARK: &str = "voice_delay ";

const HEADING: &str = "  line                         heard  mouth to ear p50     p95      limit  made up    limit  \
    in time    whole  machine late";

/// Measures and prints one row for each line.
pub(super) fn run(project: &Project) -> Result<()> {
    println!("{HEADING}");
    script::run(project, "tests/browser/voice_delay.mjs", |line| {
        Some(row(&numbers(line.strip_prefix(MARK)?)))
    })
}

/// One row of the table; absent numbers are shown as 0.
fn row(facts: &Value) -> String {
    let number = |name: &str| facts[name].as_f64().unwrap_or_default();
    let held = |name: &str| if facts[name].as_bool().unwrap_or_default() { "held" } else { "not held" };
    format!(
        "  {:<26} {:>3}/{:<3} {:>14.0} ms {:>4.0} ms {:>7.0} ms {:>6.1} % {:>6.1} % {:>8} {:>8} {:>10.0} ms",
        facts["line"].as_str().unwrap_or_default(),
        number("heard"),
        number("tones"),
        number("p50_ms"),
        number("p95_ms"),
        number("limit_ms"),
        100.0 * number("concealed"),
        100.0 * number("concealed_limit"),
        held("in_time"),
        held("whole"),
        number("late_ms"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_the_scripts_numbers() {
        let facts = serde_json::json!({"line": "10 % lost by both", "heard": 57, "tones": 60, "p50_ms": 116,
            "p95_ms": 135, "limit_ms": 150, "concealed": 0.041, "concealed_limit": 0.02, "in_time": true, "whole": false, "late_ms": 9});
        let shown = row(&facts);
        for part in [
            "10 % lost by both",
            "57/60",
            "116 ms",
            "135 ms",
            "150 ms",
            "4.1 %",
            "2.0 %",
            " held not held",
            " 9 ms",
        ] {
            assert!(shown.contains(part), "{shown}");
        }
    }
}
