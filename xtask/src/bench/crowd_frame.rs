//! What a picture costs among many: a browser in rooms of 10, 100 and 1000 walking people on a release server.
//!
//! The measuring is the browser script's own (`tests/browser/crowd_frame.mjs`); this runs it and shows its numbers.

use anyhow::Result;
use serde_json::Value;

use super::script::{self, numbers};
use crate::project::Project;

/// For the list of benches.
pub(super) const ABOUT: &str = "Chromium at 320x240 among 10, 100 and 1000 walking people";

/// What the script's lines of numbers begin with.
const MARK: &str = "crowd_frame ";

const HEADING: &str = "  people   fps   JS mean     p95   systems    render   near/mid/far (of them unseen)";

/// Measures and prints one row for each number of people.
pub(super) fn run(project: &Project) -> Result<()> {
    println!("{HEADING}");
    script::run(project, "tests/browser/crowd_frame.mjs", |line| {
        Some(row(&numbers(line.strip_prefix(MARK)?)))
    })
}

/// One row of the table; absent numbers are shown as 0.
fn row(facts: &Value) -> String {
    let number = |path: &str| facts.pointer(path).and_then(Value::as_f64).unwrap_or_default();
    format!(
        "{:>8} {:>5.1} {:>6.2} ms {:>4.2} ms {:>6.2} ms {:>6.2} ms   {}/{}/{} ({})",
        number("/drawn"),
        number("/fps"),
        number("/total/mean_ms"),
        number("/total/p95_ms"),
        number("/systems/mean_ms"),
        number("/render/mean_ms"),
        number("/figures/near"),
        number("/figures/mid"),
        number("/figures/far"),
        number("/figures/unseen"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_the_scripts_numbers() {
        let facts = serde_json::json!({
            "people": 100, "drawn": 100, "fps": 59.94,
            "systems": {"mean_ms": 0.5, "p95_ms": 1.0}, "render": {"mean_ms": 1.25, "p95_ms": 2.0},
            "total": {"mean_ms": 1.75, "p95_ms": 3.0},
            "figures": {"near": 9, "mid": 30, "far": 61, "unseen": 12}
        });
        let shown = row(&facts);
        assert!(
            shown.contains("59.9") && shown.contains("1.75 ms") && shown.contains("9/30/61 (12)"),
            "{shown}"
        );
    }
}
