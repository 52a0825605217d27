//! Adds up what the bots bring home. Knows no network and no clock.

use crate::backlog::Found;
use crate::histogram::Histogram;
use crate::meter::Measured;
use crate::mix::Behaviour;
use crate::play::{Games, Played};
use crate::report::{Group, MeanAndMost, Report, Share, Spread, TypicalAndWorst};
use crate::server::Watched;
use crate::shared::Shared;
use crate::writing::Answers;
use std::collections::BTreeMap;
use thexr_wire::Tier;

/// What one bot brings home.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub behaviour: Behaviour,
    pub join_error: Option<String>,
    pub join_ms: Option<f32>,
    pub is_spectator: bool,
    pub was_queued: bool,
    pub answers: Answers,
    pub measured: Option<Measured>,
    pub rtt_ms: Option<f64>,
    pub found: Found,
    pub cuts: u64,
    pub played: Option<Played>,
    pub disconnects: BTreeMap<String, u64>,
    pub errors: BTreeMap<String, u64>,
}

/// What the crowd as a whole knows.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub rooms: Vec<String>,
    pub ramp_seconds: f64,
    pub seconds: f64,
    pub watched: Option<Watched>,
    pub bots_cpu_seconds: Option<f64>,
}

/// Counts one more of a reason.
pub(crate) fn count(counts: &mut BTreeMap<String, u64>, reason: impl Into<String>) {
    *counts.entry(reason.into()).or_default() += 1;
}

/// The report of a run.
pub(crate) fn report(run: Run, shared: &Shared, outcomes: Vec<Outcome>) -> Report {
    let ages = Behaviour::ALL.map(|behaviour| shared.take_measured(behaviour));
    let mut report = Report { asked: outcomes.len(), rooms: run.rooms, ..Report::default() };
    (report.ramp_seconds, report.seconds) = (run.ramp_seconds, run.seconds);
    report.bots_cpu_seconds = run.bots_cpu_seconds;
    report.bots_cores = run.bots_cpu_seconds.filter(|_| run.seconds > 0.0).map(|cpu| cpu / run.seconds);
    if let Some(Watched { cost, frames_skipped }) = run.watched {
        (report.server, report.frames_skipped) = (Some(cost), frames_skipped);
    }
    // With none but bad lines and slow readers, theirs are the only times there are.
    let none_steady = !outcomes.iter().any(|outcome| outcome.behaviour.is_steady());
    let counts = |behaviour: Behaviour| none_steady || behaviour.is_steady();
    add_bytes(&mut report, &outcomes);
    add_times(&mut report, &outcomes, counts);
    add_ages(&mut report, &ages, counts);
    for behaviour in Behaviour::ALL {
        let of_it = |outcome: &&Outcome| outcome.behaviour == behaviour;
        let group: Vec<&Outcome> = outcomes.iter().filter(of_it).collect();
        if !group.is_empty() {
            let group = self::group(&group, &ages[behaviour as usize]);
            report.by_behaviour.insert(behaviour.name().to_owned(), group);
        }
    }
    add_counts(&mut report, outcomes);
    report
}

fn add_counts(report: &mut Report, outcomes: Vec<Outcome>) {
    let (mut answers, mut found, mut played) = (Answers::default(), Found::default(), Vec::new());
    for outcome in outcomes {
        match outcome.join_error {
            Some(reason) => count(&mut report.join_errors, reason),
            None => report.joined += 1,
        }
        report.spectators += usize::from(outcome.is_spectator);
        report.queued += usize::from(outcome.was_queued);
        report.cuts += outcome.cuts;
        if let Some(Measured { counters, .. }) = outcome.measured {
            report.sent_poses += counters.poses_sent;
            report.received_frames += counters.frames;
            report.received_records += counters.records;
            report.resumes += counters.resumes;
            if counters.bad_messages > 0 {
                *report.errors.entry("unreadable messages".into()).or_default() += counters.bad_messages;
            }
        }
        add_reasons(&mut report.disconnects, outcome.disconnects);
        add_reasons(&mut report.errors, outcome.errors);
        played.extend(outcome.played);
        answers.take(outcome.answers);
        found.take(outcome.found);
    }
    report.play = Games::of(played, report.seconds);
    report.commands_answered = answers.count;
    report.command_ms = answers.times.percentiles();
    report.slow_reader_stale_ms = typical_and_worst(&found.stale);
    report.slow_reader_catch_up_ms = typical_and_worst(&found.catch_up);
    report.slow_reader_stale_frames = (found.catch_up.count() > 0).then(|| MeanAndMost {
        mean: found.stale_frames as f64 / found.catch_up.count() as f64,
        max: found.stale_frames_max as f64,
    });
}

fn add_reasons(all: &mut BTreeMap<String, u64>, more: BTreeMap<String, u64>) {
    more.into_iter().for_each(|(reason, number)| *all.entry(reason).or_default() += number);
}

fn add_bytes(report: &mut Report, outcomes: &[Outcome]) {
    let kbit_s = |bytes: fn(&Measured) -> u64| {
        let each =
            measured(outcomes).map(|measured| bytes(measured) as f64 * 8.0 / 1_000.0 / measured.seconds);
        spread(each.collect())
    };
    report.down_kbit_s = kbit_s(|measured| measured.counters.traffic.down_bytes);
    report.down_ip_kbit_s = kbit_s(|measured| measured.counters.traffic.down_ip_bytes);
    report.up_kbit_s = kbit_s(|measured| measured.counters.traffic.up_bytes);
    report.up_ip_kbit_s = kbit_s(|measured| measured.counters.traffic.up_ip_bytes);
}

fn add_times(report: &mut Report, outcomes: &[Outcome], counts: impl Fn(Behaviour) -> bool) {
    let steady: Vec<&Outcome> = outcomes.iter().filter(|outcome| counts(outcome.behaviour)).collect();
    report.join_ms = histogram(steady.iter().filter_map(|outcome| outcome.join_ms)).percentiles();
    report.rtt_ms =
        histogram(steady.iter().filter_map(|outcome| outcome.rtt_ms.map(|ms| ms as f32))).percentiles();
    report.frames_per_s_per_client = frames_per_s(&steady);
}

fn add_ages(
    report: &mut Report,
    ages: &[[Histogram; Tier::ALL.len()]; Behaviour::ALL.len()],
    counts: impl Fn(Behaviour) -> bool,
) {
    for tier in Tier::ALL {
        let mut all = Histogram::default();
        for behaviour in Behaviour::ALL.into_iter().filter(|behaviour| counts(*behaviour)) {
            all.take(&mut ages[behaviour as usize][tier as usize].clone());
        }
        report.pose_age_ms.insert(tier.name().to_owned(), all.counted());
    }
}

fn group(outcomes: &[&Outcome], ages: &[Histogram; Tier::ALL.len()]) -> Group {
    let mut all_ages = Histogram::default();
    ages.iter().for_each(|tier| all_ages.take(&mut tier.clone()));
    let down =
        outcomes.iter().filter_map(|outcome| outcome.measured.as_ref()).filter(|one| one.seconds > 0.0);
    let kbit_s = |one: &Measured| one.counters.traffic.down_bytes as f64 * 8.0 / 1_000.0 / one.seconds;
    Group {
        asked: outcomes.len(),
        joined: outcomes.iter().filter(|outcome| outcome.join_error.is_none()).count(),
        join_ms: histogram(outcomes.iter().filter_map(|outcome| outcome.join_ms)).percentiles(),
        pose_age_ms: all_ages.counted(),
        frames_per_s_per_client: frames_per_s(outcomes),
        down_kbit_s: spread(down.map(kbit_s).collect()),
    }
}

fn measured(outcomes: &[Outcome]) -> impl Iterator<Item = &Measured> {
    outcomes.iter().filter_map(|outcome| outcome.measured.as_ref()).filter(|measured| measured.seconds > 0.0)
}

fn frames_per_s(outcomes: &[&Outcome]) -> Share {
    let all = outcomes.iter().filter_map(|outcome| outcome.measured).filter(|one| one.seconds > 0.0);
    let rates: Vec<f64> = all.map(|one| one.counters.frames as f64 / one.seconds).collect();
    Share { mean: mean(&rates), min: rates.into_iter().reduce(f64::min).unwrap_or_default() }
}

fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let rank = (share * values.len() as f64).ceil() as usize;
        values.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    };
    Spread { mean: mean(&values), p95: at(0.95), max: at(1.0) }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn histogram(values: impl Iterator<Item = f32>) -> Histogram {
    let mut histogram = Histogram::default();
    values.for_each(|value| histogram.add(value));
    histogram
}

fn typical_and_worst(times: &Histogram) -> Option<TypicalAndWorst> {
    let shares = times.percentiles();
    (times.count() > 0).then_some(TypicalAndWorst { p50: shares.p50, max: shares.max })
}

#[cfg(test)]
#[path = "tally_tests.rs"]
mod tests;
