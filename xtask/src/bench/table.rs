//! Shows a JSON report as a table that a person can read: one row for each number, groups indented.
//!
//! Must not know which numbers a report has, so that a new one needs no change here.

use serde_json::Value;

/// Columns between a name and its value, at least.
const GAP: usize = 2;

/// Decimals of a number that has any: enough for milliseconds and shares.
const DECIMALS: usize = 3;

/// The report as lines `name  value`, values aligned, nested groups indented below their name.
pub(super) fn render(report: &Value) -> String {
    let mut rows = Vec::new();
    collect(report, 0, &mut rows);
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0) + GAP;
    let line =
        |(name, value): &(String, String)| format!("{name:width$}{value}").trim_end().to_owned() + "\n";
    rows.iter().map(line).collect()
}

fn collect(value: &Value, depth: usize, rows: &mut Vec<(String, String)>) {
    let Value::Object(fields) = value else { return };
    for (name, value) in fields {
        let name = format!("{}{}", "  ".repeat(depth + 1), name.replace('_', " "));
        match value {
            Value::Object(_) => {
                rows.push((name, String::new()));
                collect(value, depth + 1, rows);
            }
            _ => rows.push((name, text(value))),
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => {
            let fixed = format!("{:.DECIMALS$}", number.as_f64().unwrap_or_default());
            fixed.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_stand_below_each_other_and_groups_are_indented() {
        let report = json!({"count": 200, "pose_age_ms": {"p50": 12.25, "p99": 80.0}, "disconnects": 0});
        let expected =
            "  count        200\n  disconnects  0\n  pose age ms\n    p50        12.25\n    p99        80\n";
        assert_eq!(render(&report), expected);
    }

    #[test]
    fn what_was_not_measured_shows_as_a_dash() {
        assert_eq!(render(&json!({"rtt_ms": null, "rooms": ["a", "b"]})), "  rooms   a, b\n  rtt ms  -\n");
    }
}
