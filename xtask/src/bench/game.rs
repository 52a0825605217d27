//! `cargo xtask bench game`: people who shoot at monsters that hunt them, on a release server, against limits.
//!
//! The room is made by the operator; the players are `thexr bots --behaviour play`. Must not know how they play.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::crowd::{Report, verdict};
use super::generator::Generator;
use super::server::{self, Server};
use super::usage::Sampler;
use super::{http, metrics, table};
use crate::build;
use crate::project::Project;

/// For the list of benches.
pub(super) const ABOUT: &str = "64 players shoot 500 times a second at 200 monsters that hunt them (60 s)";

const PLAYERS: u32 = 64;
const MONSTERS: usize = 200;
const SECONDS: u64 = 60;
/// Edge of the level, metres.
const EDGE_M: f64 = 60.0;
/// How long everyone may take to get in, and to leave and report.
const PATIENCE: Duration = Duration::from_secs(120);
/// Things that one act makes, well below what one may.
const AT_ONCE: usize = 100;

/// A number that has a limit.
struct Limit {
    what: &'static str,
    unit: &'static str,
    max: f64,
    measured: fn(&Found) -> Option<f64>,
}

const LIMITS: [Limit; 7] = [
    Limit { what: "tick, p99", unit: "ms", max: 10.0, measured: |found| found.tick_ms[1] },
    Limit { what: "server", unit: "cores", max: 0.5, measured: |found| found.cores },
    Limit {
        what: "down a player, both lanes",
        unit: "kbit/s",
        max: 400.0,
        measured: |found| found.down_kbit_s,
    },
    Limit { what: "ticks missed", unit: "", max: 0.0, measured: |found| found.ticks_missed },
    Limit { what: "disconnects", unit: "", max: 0.0, measured: |found| found.report.sum("/disconnects") },
    Limit { what: "not let in", unit: "", max: 0.0, measured: |found| found.report.not_let_in() },
    Limit {
        what: "put back, who went where one can",
        unit: "",
        max: 0.0,
        measured: |found| found.report.number("/play/all/moved_back"),
    },
];

/// What one run found.
struct Found {
    report: Report,
    cores: Option<f64>,
    /// p50 and p99.
    tick_ms: [Option<f64>; 2],
    ticks_missed: Option<f64>,
    down_kbit_s: Option<f64>,
}

/// Measures and prints the report, then a verdict for each limit.
///
/// Errors: a build failed, the server or the bots broke.
pub(super) fn run(project: &Project) -> Result<()> {
    build::release_server(project)?;
    let binary = project.server_binary("release");
    let server = Server::start(&binary, server::Options::default())?;
    let room = server.create_empty_room("game")?;
    for ops in level().chunks(AT_ONCE) {
        let act = json!({"command": "transact", "payload": {"ops": ops}}).to_string();
        let path = format!("/api/v1/rooms/{room}/acts");
        let (status, body) = http::request(server.address(), &server.key()?, "POST", &path, &act)?;
        ensure!(status == 200, "the level could not be made: {status} {body}");
    }
    let sampler = Sampler::start(server.process_id());
    let mut bots = Generator::start(bots(&binary, &server, &room)?, "bots")?;
    bots.watch(PATIENCE, true)?;
    let before = server.metrics().unwrap_or_default();
    let finished = bots.finish(Duration::from_secs(SECONDS) + PATIENCE)?;
    let after = server.metrics().unwrap_or_default();
    let report = Report::new(finished.report);
    let usage = sampler.finish(finished.from, finished.to)?;
    let missed = |text: &str| metrics::value(text, "thexr_ticks_missed_total");
    let found = Found {
        cores: report.number("/server/cores").or(usage.map(|usage| usage.cores)),
        tick_ms: [0.5, 0.99].map(|share| {
            metrics::quantile_between(&before, &after, "thexr_tick_seconds", share)
                .map(|seconds| seconds * 1e3)
        }),
        ticks_missed: missed(&after).map(|after| after - missed(&before).unwrap_or(0.0)),
        down_kbit_s: report.number("/down_kbit_s/mean"),
        report,
    };
    print!("{}", table::render(&without_bots(found.report.json())));
    print!("{}", table::render(&found.beside()));
    for Limit { what, unit, max, measured } in &LIMITS {
        println!("{}", verdict(what, unit, *max, measured(&found)));
    }
    Ok(())
}

fn bots(binary: &std::path::Path, server: &Server, room: &str) -> Result<Command> {
    let mut command = Command::new(binary);
    command.args(["bots", "--json", "--behaviour", "play", "--url", &server.url(), "--key", &server.key()?]);
    command.args(["--room", room, "--count", &PLAYERS.to_string(), "--seconds", &SECONDS.to_string()]);
    Ok(command)
}

/// The report without a line for each of the bots.
fn without_bots(report: &Value) -> Value {
    let mut report = report.clone();
    if let Some(play) = report.get_mut("play").and_then(Value::as_object_mut) {
        play.remove("by_bot");
    }
    report
}

impl Found {
    fn beside(&self) -> Value {
        let per_lane = |name: &str| self.report.number(&format!("/play/{name}"));
        json!({"seen": {
            "tick_ms": {"p50": self.tick_ms[0], "p99": self.tick_ms[1]},
            "shots_per_s": per_lane("shots_per_s"),
            "ordered_kbit_s": per_lane("ordered_kbit_s"),
            "latest_kbit_s": per_lane("latest_kbit_s"),
        }})
    }
}

/// A floor with walls on it, a gun for everyone, and monsters that nothing kills and that hardly hurt.
fn level() -> Vec<Value> {
    let half = EDGE_M / 2.0;
    let create =
        |id: String, components: Value| json!({"op": "create", "entity": id, "components": components});
    let wall = |x: f64, z: f64, width: f64, depth: f64| json!({"shape": {"kind": "box", "width": width, "height": 3, "depth": depth}, "position": [x, 1.5, z]});
    let mut ops = vec![create("thegame".into(), json!({"game": {"health": 100, "respawn_ms": 2000}}))];
    // As many as spawn points: of several who take one in the same tick one has it.
    ops.extend((0..8).map(|n| {
        let turn = (f64::from(n) + 0.5) * std::f64::consts::FRAC_PI_4;
        let gun = json!({"gun": {"kind": "hitscan", "damage": 1, "rate": 8},
            "collectable": {"item": "rifle", "amount": 1_000_000, "respawn_ms": 1},
            "position": [6.0 * turn.sin(), 1.0, 6.0 * turn.cos()]});
        create(format!("gun{n:03}"), gun)
    }));
    for (n, (x, z, width, depth)) in [
        (0.0, half, EDGE_M, 0.3),
        (0.0, -half, EDGE_M, 0.3),
        (half, 0.0, 0.3, EDGE_M),
        (-half, 0.0, 0.3, EDGE_M),
    ]
    .into_iter()
    .enumerate()
    {
        ops.push(create(format!("outer{n:03}"), wall(x, z, width, depth)));
    }
    for n in 0..16 {
        let (x, z) = (f64::from(n % 4) * 12.0 - 18.0, f64::from(n / 4) * 12.0 - 18.0);
        let (width, depth) = if n % 2 == 0 { (5.0, 0.3) } else { (0.3, 5.0) };
        ops.push(create(format!("inner{n:03}"), wall(x, z, width, depth)));
    }
    ops.extend((0..8).map(|n| {
        let turn = f64::from(n) * std::f64::consts::FRAC_PI_4;
        let at = [8.0 * turn.sin(), 0.0, 8.0 * turn.cos()];
        create(format!("point{n:03}"), json!({"spawn_point": {}, "position": at}))
    }));
    ops.extend((0..MONSTERS).map(|n| {
        let kind = ["walker", "walker", "brute", "spitter"][n % 4];
        let turn = n as f64 * 2.399;
        let metres = 8.0 + 18.0 * (n as f64 / MONSTERS as f64).sqrt();
        let at = [metres * turn.sin(), 0.0, metres * turn.cos()];
        let monster = json!({"kind": kind, "health": 100_000, "damage": 0.01, "sight": 60});
        create(format!("monster{n:03}"), json!({"monster": monster, "position": at}))
    }));
    ops
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_has_all_its_monsters_and_ids_are_told_apart() {
        let ops = level();
        let ids: std::collections::BTreeSet<&str> =
            ops.iter().filter_map(|op| op["entity"].as_str()).collect();
        assert_eq!(ids.len(), ops.len());
        let monsters = ops.iter().filter(|op| op["components"]["monster"].is_object());
        assert_eq!(monsters.count(), MONSTERS);
    }

    #[test]
    fn a_report_is_shown_without_its_bots() {
        let shown = without_bots(&json!({"play": {"all": {"shots": 3}, "by_bot": [{"shots": 3}]}}));
        assert_eq!(shown, json!({"play": {"all": {"shots": 3}}}));
    }
}
