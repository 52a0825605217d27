//! How long a newcomer waits for lobby, room and first step, on a release server.
//!
//! The measuring is the browser script's own (`tests/browser/arrival.mjs`); this runs it and shows its numbers.

use anyhow::Result;
use serde_json::Value;

use super::script::{self, numbers};
use crate::project::Project;

/// For the list of benches.
pub(super) const ABOUT: &str =
    "Chromium at 1280x720 walks into Welcome, as it is and slowed down (three rounds)";

/// What the script's lines of numbers begin with.
const MARK: &str = "arrival ";

const HEADING: &str = "  line                           visit      lobby        room     walking   download";

/// Measures and prints one row for each visit.
pub(super) fn run(project: &Project) -> Result<()> {
    println!("{HEADING}");
    script::run(project, "tests/browser/arrival.mjs", |line| Some(row(&numbers(line.strip_prefix(MARK)?))))
}

/// One row of the table; absent numbers are shown as 0.
fn row(facts: &Value) -> String {
    let text = |name: &str| facts[name].as_str().unwrap_or_default().to_owned();
    let number = |name: &str| facts[name].as_f64().unwrap_or_default();
    format!(
        "  {:<30} {:<6} {:>6.0} ms {:>8.0} ms {:>8.0} ms {:>7.0} kB",
        text("line"),
        text("visit"),
        number("lobby_ms"),
        number("room_ms"),
        number("walking_ms"),
        number("kilobytes"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_the_scripts_numbers() {
        let facts = serde_json::json!({"line": "as it is", "visit": "first", "lobby_ms": 310, "room_ms": 1_720,
            "walking_ms": 1_790, "kilobytes": 626});
        let shown = row(&facts);
        for part in ["as it is", "first", "310 ms", "1720 ms", "1790 ms", "626 kB"] {
            assert!(shown.contains(part), "{shown}");
        }
    }
}
