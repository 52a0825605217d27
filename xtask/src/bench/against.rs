//! `cargo xtask bench crowd --against`: ours and another server, one right after the other, on the same core.
//!
//! Owns the list of peers and their common table; every peer's measurement is a file below. The peers' sources are in
//! `bench/peers`. Must not know how any of them speaks.

mod colyseus;
mod floor;
mod json;
mod peer;

use anyhow::{Result, ensure};

use super::child;
use super::columns::Columns;
use super::crowd::{Context, Crowd, Measured, measure, number};
use peer::{Seen, TICK_HZ};

/// Where every server runs, ours and theirs: a comparison of costs needs no second core.
const CORES: &str = "0";

/// Seconds of each measurement.
const SECONDS: u64 = 20;

/// Columns of a system's name.
const NAME_COLUMNS: usize = 30;

/// One to compare with.
struct Peer {
    name: &'static str,
    about: &'static str,
    run: fn(&Bench<'_, '_>) -> Result<Vec<Row>>,
}

const PEERS: [Peer; 3] = [
    Peer { name: "floor", about: "a bare WebSocket loop, same frames, same bytes", run: floor::run },
    Peer { name: "colyseus", about: "Colyseus, a map of players patched every 50 ms", run: colyseus::run },
    Peer { name: "json", about: "one JSON frame to everybody for each movement", run: json::run },
];

/// What every comparison needs.
struct Bench<'a, 'b> {
    context: &'a Context<'b>,
    /// The only cores for servers; `None` where programs cannot be pinned.
    cores: Option<&'static str>,
    seconds: u64,
}

/// One line of the table.
struct Row {
    system: String,
    people: u32,
    seen: Seen,
    /// Their processor time divided by ours, with as many people.
    ratio: Option<f64>,
    /// Lines that belong below the table.
    notes: Vec<String>,
}

impl Bench<'_, '_> {
    /// Measures ours with so many people.
    fn ours(&self, people: u32) -> Result<(Row, Measured)> {
        let crowd = Crowd { people, seconds: self.seconds, cores: self.cores, ..Crowd::STROLLING };
        println!("{}", crowd.about());
        let measured = measure(self.context, &crowd)?;
        let seen = Seen::of_ours(&measured);
        Ok((Row::new("thexr", people, seen, Some(1.0)), measured))
    }
}

impl Row {
    fn new(system: impl Into<String>, people: u32, seen: Seen, ratio: Option<f64>) -> Row {
        Row { system: system.into(), people, seen, ratio, notes: Vec::new() }
    }

    /// A row beside ours with as many people.
    fn beside(ours: &Row, system: impl Into<String>, seen: Seen) -> Row {
        let ratio = seen.cores().zip(ours.seen.cores()).filter(|(_, ours)| *ours > 0.0);
        Row::new(system, ours.people, seen, ratio.map(|(theirs, ours)| theirs / ours))
    }

    fn values(&self) -> Vec<String> {
        let seen = &self.seen;
        vec![
            self.people.to_string(),
            number(seen.delivered.map(|share| share * 100.0), 1),
            number(seen.cores(), 3),
            number(seen.rss_mb(), 0),
            number(seen.down_kbyte_s, 1),
            number(seen.age_ms_p99, 0),
            number(self.ratio, 2),
        ]
    }
}

/// The peers' names and what they are.
pub(super) fn list() {
    PEERS.iter().for_each(|peer| println!("{:14} {}", peer.name, peer.about));
}

/// Measures ours beside each peer and prints one table.
///
/// Errors: no such peer, a build failed, a run broke.
pub(super) fn run(context: &Context<'_>, only: Option<&str>) -> Result<()> {
    let wanted = |peer: &&Peer| only.is_none_or(|name| name == peer.name);
    let selected: Vec<&Peer> = PEERS.iter().filter(wanted).collect();
    ensure!(!selected.is_empty(), "no peer `{}`; see --list", only.unwrap_or_default());
    peer::build(context.project)?;
    let cores = child::can_pin().then_some(CORES);
    let bench = Bench { context, cores, seconds: context.seconds(SECONDS) };
    let mut rows = Vec::new();
    let outcome = selected.into_iter().try_for_each(|peer| {
        println!("\n── {}: {}", peer.name, peer.about);
        rows.extend((peer.run)(&bench)?);
        Ok(())
    });
    // What was measured is shown even when a later run broke.
    if !rows.is_empty() {
        print!("{}", render(&rows, bench.cores, bench.seconds));
    }
    outcome
}

fn render(rows: &[Row], cores: Option<&str>, seconds: u64) -> String {
    let place = cores.map_or("servers not pinned (taskset is missing)".to_owned(), |cores| {
        format!("every server on core {cores}")
    });
    let names =
        ["people", "delivered %", "cores", "MB", "kB/s down each", "age p99 ms", "cores / ours"].to_vec();
    let columns = Columns::new(NAME_COLUMNS, names);
    let lines = rows.iter().map(|row| columns.row(&row.system, row.values().into_iter()) + "\n");
    let notes = rows.iter().flat_map(|row| &row.notes).map(|note| format!("{note}\n"));
    format!(
        "\n{seconds} s each, {place}; cores and memory from /proc, bytes are WebSocket payload;\n\
         delivered: of {TICK_HZ} frames a second and client (bare loop: of as many as ours sent, JSON: of every movement to everybody)\n\n{}\n{}\n{}",
        columns.heading(),
        lines.collect::<String>(),
        notes.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::usage::Usage;

    fn seen(cores: Option<f64>) -> Seen {
        Seen { usage: cores.map(|cores| Usage { cores, rss_bytes_peak: 5_000_000 }), ..Seen::default() }
    }

    #[test]
    fn the_ratio_is_theirs_to_ours_and_needs_both() {
        let ours = Row::new("thexr", 800, seen(Some(0.4)), Some(1.0));
        assert_eq!(Row::beside(&ours, "theirs", seen(Some(0.6))).ratio, Some(0.6 / 0.4));
        assert_eq!(Row::beside(&ours, "theirs", seen(None)).ratio, None);
        let nothing = Row::new("thexr", 800, seen(Some(0.0)), Some(1.0));
        assert_eq!(Row::beside(&nothing, "theirs", seen(Some(0.6))).ratio, None);
    }

    #[test]
    fn a_row_shows_a_dash_for_what_was_not_measured() {
        let row = Row::new("thexr", 800, seen(Some(0.4)), None);
        assert_eq!(row.values(), ["800", "-", "0.400", "5", "-", "-", "-"]);
    }
}
