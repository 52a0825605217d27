//! Ours beside the floor: what does the server's own work cost beyond receiving and sending the same frames?

use anyhow::{Context as _, Result};

use super::peer::{self, Load, Running, TICK_HZ};
use super::{Bench, Row};
use crate::bench::child;
use crate::bench::crowd::verdict;

/// People of both.
const PEOPLE: u32 = 1000;

/// Ours may cost so many times the floor, at most.
const RATIO_MAX: f64 = 2.0;

/// Measures ours, then a floor that sends frames as large and as many as ours did.
pub(super) fn run(bench: &Bench<'_, '_>) -> Result<Vec<Row>> {
    let people = bench.context.people(PEOPLE);
    let (mut ours, measured) = bench.ours(people)?;
    let bytes =
        measured.report.frame_bytes().context("the bots' report does not say how large frames are")?;
    let hz = measured.report.frames_hz().unwrap_or(TICK_HZ);
    let binary = peer::binary(bench.context.project);
    let server = Running::start(|address| {
        let mut command = child::pinned(&binary, bench.cores);
        command.args(["serve-floor", "--listen", &address.to_string()]);
        command.args(["--bytes", &format!("{bytes:.0}"), "--hz", &format!("{hz:.2}")]);
        command
    })?;
    let load = Load { peer: "floor", people, rate_hz: measured.crowd.rate_hz, seconds: bench.seconds };
    let clients = server.load(bench.context.project, &load)?;
    let (mut seen, report) = server.finish(&load, clients)?;
    seen.delivered = report.frames_hz().map(|found| found / hz);
    let floor = Row::beside(&ours, format!("bare loop, {bytes:.0} B x {hz:.1} Hz"), seen);
    ours.notes.push(verdict("thexr / bare loop", "", RATIO_MAX, floor.ratio.map(f64::recip)));
    Ok(vec![ours, floor])
}
