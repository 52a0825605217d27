//! Many crowds, one row of a Markdown table each, printed as they come: what was measured stays when a later one breaks.
//!
//! Must not know which crowds these are.

use anyhow::Result;

use super::Context;
use super::measure::{Crowd, Measured, measure};
use crate::bench::child;
use crate::bench::columns::Columns;

/// Crowds that are compared with each other.
pub(super) struct Group {
    pub(super) about: &'static str,
    /// What makes each one different, and the crowd.
    pub(super) rows: &'static [(&'static str, Crowd)],
}

/// A number of a run: its name, its decimals, where it is found.
struct Column {
    name: &'static str,
    decimals: usize,
    value: fn(&Measured) -> Option<f64>,
}

/// What a row tells.
const COLUMNS: [Column; 13] = [
    Column { name: "people", decimals: 0, value: |m| m.report.number("/joined") },
    Column { name: "not in", decimals: 0, value: |m| m.report.not_let_in() },
    Column { name: "lost", decimals: 0, value: |m| m.report.sum("/disconnects") },
    Column { name: "cores", decimals: 3, value: Measured::cores },
    Column { name: "MB", decimals: 0, value: Measured::rss_mb },
    Column { name: "tick ms", decimals: 2, value: |m| m.tick_ms },
    Column { name: "down kbit/s", decimals: 0, value: |m| m.report.number("/down_kbit_s/mean") },
    Column { name: "with IP", decimals: 0, value: |m| m.report.number("/down_ip_kbit_s/mean") },
    Column { name: "age a p99", decimals: 0, value: |m| m.report.age_ms_p99("a") },
    Column { name: "b", decimals: 0, value: |m| m.report.age_ms_p99("b") },
    Column { name: "c", decimals: 0, value: |m| m.report.age_ms_p99("c") },
    Column { name: "d", decimals: 0, value: |m| m.report.age_ms_p99("d") },
    Column { name: "e", decimals: 0, value: |m| m.report.age_ms_p99("e") },
];

/// Columns of what makes a row different.
const LABEL_COLUMNS: usize = 14;

/// Measures a group and prints its table.
pub(super) fn run(context: &Context<'_>, group: &Group) -> Result<()> {
    if group.rows.iter().any(|(_, crowd)| crowd.cores.is_some()) && !child::can_pin() {
        println!("not measured: taskset is missing");
        return Ok(());
    }
    println!("\n{}", group.about);
    let names = COLUMNS.iter().map(|column| column.name);
    let columns = Columns::new(LABEL_COLUMNS, names.collect());
    let mut table = vec![columns.heading()];
    for (label, crowd) in group.rows {
        let crowd = context.adjusted(crowd);
        println!("{}", crowd.about());
        let measured = measure(context, &crowd)?;
        let values = COLUMNS.iter().map(|column| number((column.value)(&measured), column.decimals));
        table.push(columns.row(label, values));
        println!("{}", table[table.len() - 1]);
    }
    println!("\n{}", table.join("\n"));
    Ok(())
}

/// A number with its decimals, or a dash.
pub(in crate::bench) fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.decimals$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_the_columns_decimals_and_nothing_is_a_dash() {
        assert_eq!(number(Some(0.6149), 3), "0.615");
        assert_eq!(number(Some(160.4), 0), "160");
        assert_eq!(number(None, 3), "-");
    }
}
