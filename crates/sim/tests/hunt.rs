//! Temporary.
use thexr_sim::line::Weather;
use thexr_sim::{Plan, Sim};
#[test]
fn hunt() {
    let mut failed = Vec::new();
    let mut total = (0, 0, 0, std::collections::BTreeMap::<String, usize>::new());
    for seed in 2000..2120u64 {
        let plan = Plan {
            people: if seed % 3 == 0 { vec![0, 0, 0, 1, 1, 2, 3, 4] } else { (0..8).collect() },
            crashes_ms: if seed % 2 == 0 { vec![2_000.0, 6_000.0, 9_000.0, 15_000.0] } else { vec![] },
            commit: [(2.0, 30.0), (60.0, 400.0), (0.0, 1.0)][seed as usize % 3],
            drop_every_ms: [Some(1_500.0), Some(6_000.0)][seed as usize % 2],
            redial_ms: [(50.0, 1_500.0), (50.0, 40_000.0)][seed as usize / 2 % 2],
            weather: Weather { delay_ms: 40.0, jitter_ms: 60.0, loss: 0.1 },
            storm_ms: 20_000.0 + 40_000.0 * (seed % 2) as f64,
            seed,
        };
        match std::panic::catch_unwind(|| Sim::new(plan).run()) {
            Ok(r) => {
                total.0 += r.granted;
                total.1 += r.resumes;
                total.2 += r.departures;
                for (k, v) in r.refused {
                    *total.3.entry(k).or_default() += v;
                }
            }
            Err(_) => failed.push(seed),
        }
    }
    println!("{total:?}");
    assert!(failed.is_empty(), "{failed:?}");
}
