//! One run: a fresh server, a crowd of bots, their report, and the server seen from outside.
//!
//! Must not know which limits apply to the numbers.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use super::{Context, PEOPLE, Report};
use crate::bench::generator::Generator;
use crate::bench::metrics;
use crate::bench::server::{self, Server};
use crate::bench::usage::{Sampler, Usage};

/// How often a server that fills is asked who is in.
const RAMP_POLL: Duration = Duration::from_millis(500);

/// Joins per second when a crowd does not say: what bots do by themselves.
const JOINS_PER_SECOND: u32 = 50;

/// How long a crowd may take to get in beyond its ramp.
const RAMP_PATIENCE: Duration = Duration::from_secs(90);

/// How long bots may take to leave and report.
const END_PATIENCE: Duration = Duration::from_secs(60);

/// More connections than people: whoever comes back may meet an old connection that is not yet given up.
const SPARE_PEERS_PERCENT: u32 = 10;

/// The server's counter of ticks that came too late.
pub(super) const TICKS_MISSED: &str = "thexr_ticks_missed_total";

/// Who is there, where, for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bench) struct Crowd {
    /// All of them, in all rooms.
    pub(in crate::bench) people: u32,
    /// Rooms they are spread over.
    pub(in crate::bench) rooms: u32,
    /// Edge of the square they are in, metres.
    pub(in crate::bench) area_m: u32,
    /// Poses per second of each.
    pub(in crate::bench) rate_hz: u32,
    /// What bots call what they do.
    pub(in crate::bench) behaviour: &'static str,
    /// Joins begun per second, if not as usual.
    pub(in crate::bench) joins_per_second: Option<u32>,
    /// Seconds to measure.
    pub(in crate::bench) seconds: u64,
    /// The only cores for the server, such as `0,1`.
    pub(in crate::bench) cores: Option<&'static str>,
}

impl Crowd {
    /// The crowd most numbers are about.
    pub(in crate::bench) const STROLLING: Crowd = Crowd {
        people: PEOPLE,
        rooms: 1,
        area_m: 100,
        rate_hz: 20,
        behaviour: "stroll",
        joins_per_second: None,
        seconds: 60,
        cores: None,
    };

    /// The crowd as a sentence.
    pub(in crate::bench) fn about(&self) -> String {
        let Crowd { people, rooms, area_m, rate_hz, behaviour, seconds, .. } = self;
        let joins = self.joins_per_second.map(|joins| format!(", {joins} joins/s")).unwrap_or_default();
        let cores = self.cores.map(|cores| format!(", server on core {cores}")).unwrap_or_default();
        let rooms = if *rooms == 1 { "one room".to_owned() } else { format!("{rooms} rooms") };
        format!(
            "  {people} people ({behaviour}) at {rate_hz} Hz for {seconds} s in {rooms} of {area_m} x {area_m} m{joins}{cores}"
        )
    }

    /// How long until everyone is in, at most.
    pub(super) fn ramp_max(&self) -> Duration {
        let joins = self.joins_per_second.unwrap_or(JOINS_PER_SECOND).max(1);
        Duration::from_secs(u64::from(self.people.div_ceil(joins))) + RAMP_PATIENCE
    }

    /// How long the whole run may take.
    pub(super) fn time_max(&self) -> Duration {
        self.ramp_max() + Duration::from_secs(self.seconds) + END_PATIENCE
    }

    /// How the server for it is started.
    pub(super) fn server_options(&self) -> server::Options {
        let peers = self.people + self.people * SPARE_PEERS_PERCENT / 100;
        let limits =
            ["--people-max".into(), self.people.to_string(), "--peers-max".into(), peers.to_string()];
        // A thousand are let in without asking.
        let args = if self.people > PEOPLE { limits.to_vec() } else { Vec::new() };
        server::Options { args, cores: self.cores }
    }

    /// The bots that are this crowd, in rooms made for them.
    pub(super) fn bots(&self, context: &Context<'_>, server: &Server) -> Result<Command> {
        let mut command = Command::new(&context.binary);
        command.args(["bots", "--json", "--url", &server.url(), "--key", &server.key()?]);
        for number in 1..=self.rooms {
            let room = server.create_room(&format!("crowd {number}"), self.about().trim())?;
            command.args(["--room", &room]);
        }
        command.args(["--behaviour", self.behaviour]);
        let numbers = [
            ("--count", u64::from(self.people)),
            ("--rate", u64::from(self.rate_hz)),
            ("--seconds", self.seconds),
            ("--area", u64::from(self.area_m)),
        ];
        for (option, value) in numbers {
            command.args([option, &value.to_string()]);
        }
        if let Some(joins) = self.joins_per_second {
            command.args(["--joins-per-second", &joins.to_string()]);
        }
        Ok(command)
    }
}

/// What one run found.
pub(in crate::bench) struct Measured {
    pub(in crate::bench) crowd: Crowd,
    pub(in crate::bench) report: Report,
    /// The server as /proc shows it, inside the measured time.
    pub(in crate::bench) usage: Option<Usage>,
    /// Mean duration of a tick in the measured time.
    pub(super) tick_ms: Option<f64>,
    /// Ticks that came too late, from the server's start to the crowd's end.
    pub(super) ticks_missed: Option<f64>,
}

impl Measured {
    /// The server's processor time, in cores: the server's own word, or else what /proc says.
    pub(super) fn cores(&self) -> Option<f64> {
        self.report.number("/server/cores").or(self.usage.map(|usage| usage.cores))
    }

    /// The server's memory at its peak, likewise.
    pub(super) fn rss_mb(&self) -> Option<f64> {
        let seen = || self.usage.map(|usage| usage.rss_bytes_peak as f64);
        self.report.number("/server/rss_bytes_peak").or_else(seen).map(|bytes| bytes / 1e6)
    }

    /// What we measured beside the bots' report, as a report.
    pub(super) fn beside(&self) -> Value {
        let usage =
            self.usage.map(|usage| json!({"cores": usage.cores, "rss_bytes_peak": usage.rss_bytes_peak}));
        json!({"from_outside": {
            "proc": usage.unwrap_or(Value::Null),
            "tick_ms_mean": self.tick_ms,
            "ticks_missed_in_all": self.ticks_missed,
        }})
    }
}

/// Waits until the bots or the server say that everyone is in, or nobody is awaited any more.
pub(super) fn wait_until_all_in(bots: &mut Generator, server: &Server, crowd: &Crowd) -> Result<()> {
    let deadline = Instant::now() + crowd.ramp_max();
    while !bots.is_all_in() && bots.is_running()? && Instant::now() < deadline {
        bots.watch(RAMP_POLL, true)?;
        if people(server) >= f64::from(crowd.people) {
            bots.note_all_in();
        }
    }
    Ok(())
}

/// People inside whose connection is there: a person whose place is only kept is not in.
pub(super) fn people(server: &Server) -> f64 {
    let text = server.metrics().unwrap_or_default();
    let value = |name: &str| metrics::value(&text, name).unwrap_or(0.0);
    value("thexr_people").min(value("thexr_connections"))
}

/// Runs a crowd on a fresh server.
///
/// Errors: the server or the bots broke.
pub(in crate::bench) fn measure(context: &Context<'_>, crowd: &Crowd) -> Result<Measured> {
    let server = Server::start(&context.binary, crowd.server_options())?;
    let sampler = Sampler::start(server.process_id());
    let mut bots = Generator::start(crowd.bots(context, &server)?, "bots")?;
    wait_until_all_in(&mut bots, &server, crowd)?;
    let before = server.metrics().unwrap_or_default();
    let finished = bots.finish(crowd.time_max())?;
    let after = server.metrics().unwrap_or_default();
    let report = Report::new(finished.report);
    let missed = metrics::value(&after, TICKS_MISSED).or(report.number("/server/ticks_missed"));
    Ok(Measured {
        crowd: *crowd,
        usage: sampler.finish(finished.from, finished.to)?,
        tick_ms: metrics::mean_between(&before, &after, "thexr_tick_seconds")
            .map(|seconds| seconds * 1_000.0),
        ticks_missed: missed,
        report,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(report: Value, usage: Option<Usage>) -> Measured {
        let (crowd, report) = (Crowd::STROLLING, Report::new(report));
        Measured { crowd, report, usage, tick_ms: None, ticks_missed: None }
    }

    #[test]
    fn the_servers_own_word_counts_before_what_is_seen_from_outside() {
        let usage = Some(Usage { cores: 0.5, rss_bytes_peak: 2_000_000 });
        let both = measured(json!({"server": {"cores": 0.4, "rss_bytes_peak": 1_000_000}}), usage);
        assert_eq!((both.cores(), both.rss_mb()), (Some(0.4), Some(1.0)));
        let mute = measured(json!({"server": null}), usage);
        assert_eq!((mute.cores(), mute.rss_mb()), (Some(0.5), Some(2.0)));
        let nothing = measured(json!({}), None);
        assert_eq!((nothing.cores(), nothing.rss_mb()), (None, None));
    }

    #[test]
    fn only_a_crowd_beyond_a_thousand_asks_for_more_room() {
        assert!(Crowd::STROLLING.server_options().args.is_empty());
        let double = Crowd { people: 2000, ..Crowd::STROLLING };
        assert_eq!(double.server_options().args, ["--people-max", "2000", "--peers-max", "2200"]);
    }
}
