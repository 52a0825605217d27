//! Eight people among 256 boxes, who simulate what they touch and throw: at the end everything lies where everyone sees it.

use thexr_sim::lanes::Weather;
use thexr_sim::{Plan, Report, Sim};

fn run(plan: Plan) -> Report {
    let report = Sim::new(plan).run();
    let share = |share: f64| report.corrections.get((share * report.corrections.len() as f64) as usize);
    eprintln!(
        "throws {} simulated {} corrections {} p50 {:?} p95 {:?} p99 {:?} max {:?} facts {:?} refused {:?}",
        report.throws,
        report.simulated,
        report.corrections.len(),
        share(0.5),
        share(0.95),
        share(0.99),
        report.corrections.last(),
        report.facts,
        report.refused,
    );
    report
}

#[test]
fn what_people_touch_and_throw_they_simulate_and_all_see_it_rest_where_they_do() {
    let report = run(Plan::play(1));
    assert!(report.simulated > 8, "{}", report.simulated);
}

#[test]
fn so_they_do_where_a_quarter_is_lost_and_the_rest_comes_out_of_order() {
    let weather = Weather { delay_ms: 50.0, jitter_ms: 50.0, loss: 0.25 };
    for seed in 2..5 { run(Plan { weather, ..Plan::play(seed) }); }
}
