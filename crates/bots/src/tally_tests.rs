use super::*;
use crate::meter::Counters;
use crate::report::ServerCost;
use crate::traffic::Traffic;

fn one(behaviour: Behaviour, poses_sent: u64, down_bytes: u64) -> Outcome {
    let traffic = Traffic { down_bytes, down_ip_bytes: 2 * down_bytes, ..Traffic::default() };
    let counters = Counters { traffic, poses_sent, frames: 40, resumes: 1, ..Counters::default() };
    Outcome {
        behaviour,
        measured: Some(Measured { seconds: 2.0, counters }),
        disconnects: [("closed: 1012".to_owned(), 1)].into(),
        join_ms: Some(10.0),
        ..Outcome::default()
    }
}

fn refused() -> Outcome {
    Outcome { join_error: Some("room_full".into()), ..Outcome::default() }
}

#[test]
fn a_report_adds_up_what_the_bots_bring_home() {
    let mut second = one(Behaviour::Stroll, 2, 3_000);
    (second.is_spectator, second.was_queued) = (true, true);
    second.errors = [("desync: gap".to_owned(), 2)].into();
    let outcomes = vec![one(Behaviour::Stroll, 40, 1_000), second, refused()];
    let report = report(Run { seconds: 2.0, ..Run::default() }, &Shared::default(), outcomes);
    assert_eq!((report.asked, report.joined, report.sent_poses, report.received_frames), (3, 2, 42, 80));
    assert_eq!((report.spectators, report.queued, report.resumes), (1, 1, 2));
    assert_eq!(report.join_errors, [("room_full".to_owned(), 1)].into());
    assert_eq!(report.disconnects, [("closed: 1012".to_owned(), 2)].into());
    assert_eq!(report.errors, [("desync: gap".to_owned(), 2)].into());
    assert_eq!(report.down_kbit_s, Spread { mean: 8.0, p95: 12.0, max: 12.0 });
    assert_eq!(report.down_ip_kbit_s.mean, 16.0);
    assert_eq!(report.frames_per_s_per_client, Share { mean: 20.0, min: 20.0 });
    assert_eq!(report.pose_age_ms.keys().map(String::as_str).collect::<String>(), "abcde");
    assert_eq!((report.server, report.frames_skipped, report.slow_reader_stale_ms), (None, None, None));
}

#[test]
fn flaky_lines_and_slow_readers_have_times_of_their_own() {
    let shared = Shared::default();
    shared.book(Behaviour::Stroll, 0).measured[0].add(20.0);
    shared.book(Behaviour::Flaky, 1).measured[0].add(400.0);
    let flaky = Outcome { join_ms: Some(900.0), cuts: 3, ..one(Behaviour::Flaky, 1, 1) };
    let outcomes = vec![one(Behaviour::Stroll, 1, 1), flaky];
    let report = report(Run::default(), &shared, outcomes);
    assert_eq!((report.pose_age_ms["a"].count, report.pose_age_ms["a"].max), (1, 20.0));
    assert_eq!((report.join_ms.max, report.cuts), (10.0, 3));
    let flaky = &report.by_behaviour["flaky"];
    assert_eq!((flaky.asked, flaky.pose_age_ms.max, flaky.join_ms.max), (1, 400.0, 900.0));
    assert_eq!(report.by_behaviour.len(), 2);
}

#[test]
fn a_crowd_of_bad_lines_alone_has_their_times() {
    let shared = Shared::default();
    shared.book(Behaviour::Flaky, 1).measured[3].add(400.0);
    let report = report(Run::default(), &shared, vec![one(Behaviour::Flaky, 1, 1)]);
    assert_eq!((report.pose_age_ms["d"].max, report.join_ms.max), (400.0, 10.0));
}

#[test]
fn what_slow_readers_found_is_told_per_pause() {
    let mut found = Found { stale_frames: 6, stale_frames_max: 5, ..Found::default() };
    [3_000.0, 10.0, 20.0].into_iter().for_each(|ms| found.stale.add(ms));
    [40.0, 60.0].into_iter().for_each(|ms| found.catch_up.add(ms));
    let slow = Outcome { behaviour: Behaviour::Slow, found, ..Outcome::default() };
    let report = report(Run::default(), &Shared::default(), vec![slow]);
    assert_eq!(report.slow_reader_stale_ms, Some(TypicalAndWorst { p50: 21.0, max: 3_000.0 }));
    assert_eq!(report.slow_reader_stale_frames, Some(MeanAndMost { mean: 3.0, max: 5.0 }));
    assert_eq!(report.slow_reader_catch_up_ms.map(|ms| ms.max), Some(60.0));
}

#[test]
fn the_servers_figures_and_our_own_are_passed_on() {
    let cost = ServerCost { cores: Some(0.5), ..ServerCost::default() };
    let watched = Some(Watched { cost: cost.clone(), frames_skipped: Some(7) });
    let run = Run { watched, seconds: 4.0, bots_cpu_seconds: Some(2.0), ..Run::default() };
    let report = report(run, &Shared::default(), vec![]);
    assert_eq!((report.server, report.frames_skipped, report.bots_cores), (Some(cost), Some(7), Some(0.5)));
}

#[test]
fn a_report_of_a_run_round_trips() {
    let shared = Shared::default();
    shared.book(Behaviour::Stroll, 0).measured[0].add(20.3);
    let run = Run { rooms: vec!["abcde".into()], ramp_seconds: 0.1, seconds: 2.0, ..Run::default() };
    let report = report(run, &shared, vec![one(Behaviour::Stroll, 7, 12_345), refused()]);
    assert_eq!(serde_json::from_str::<Report>(&report.render(true)).unwrap(), report);
}
