//! What a picture costs somebody who walks through a wall of boxes and simulates them, on a release server.
//!
//! The measuring is the browser script's own (`tests/browser/touch_frame.mjs`); this runs it and shows its numbers.

use anyhow::Result;
use serde_json::Value;

use super::script::{self, numbers};
use crate::project::Project;

/// For the list of benches.
pub(super) const ABOUT: &str = "Chromium at 320x240 walks through walls of 16 and 64 boxes";

/// What the script's lines of numbers begin with.
const MARK: &str = "touch_frame ";

const HEADING: &str = "  boxes  in motion  pictures   orders, steps, report p50     p95   steps p50     p95";

/// Measures and prints one row for each wall.
pub(super) fn run(project: &Project) -> Result<()> {
    println!("{HEADING}");
    script::run(project, "tests/browser/touch_frame.mjs", |line| {
        Some(row(&numbers(line.strip_prefix(MARK)?)))
    })
}

/// One row of the table; absent numbers are shown as 0.
fn row(facts: &Value) -> String {
    let number = |path: &str| facts.pointer(path).and_then(Value::as_f64).unwrap_or_default();
    format!(
        "{:>7} {:>10} {:>9} {:>24.2} ms {:>4.2} ms {:>8.2} ms {:>4.2} ms",
        number("/boxes"),
        number("/most"),
        number("/pictures"),
        number("/all/p50_ms"),
        number("/all/p95_ms"),
        number("/run/p50_ms"),
        number("/run/p95_ms"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_the_scripts_numbers() {
        let facts = serde_json::json!({"boxes": 64, "most": 60, "pictures": 200,
            "all": {"p50_ms": 0.75, "p95_ms": 1.5}, "run": {"p50_ms": 0.5, "p95_ms": 1.25}});
        let shown = row(&facts);
        assert!(shown.contains("0.75 ms") && shown.contains("1.25 ms") && shown.contains("64"), "{shown}");
    }
}
