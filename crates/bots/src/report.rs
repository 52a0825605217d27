//! What a run found, for machines (serde). Owns the shape and what each number means; adding up is `tally`'s.

use crate::play::Games;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Shares of a distribution, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Percentiles {
    /// Half are at most this.
    pub p50: f32,
    /// 95 of 100 are at most this.
    pub p95: f32,
    /// 99 of 100 are at most this.
    pub p99: f32,
    /// The largest.
    pub max: f32,
}

/// Shares of a distribution and its size, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Counted {
    /// How many there were.
    pub count: u64,
    /// Half are at most this.
    pub p50: f32,
    /// 95 of 100 are at most this.
    pub p95: f32,
    /// 99 of 100 are at most this.
    pub p99: f32,
    /// The largest.
    pub max: f32,
}

/// How something differs between clients, each by its own mean over the measured time.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Spread {
    /// Mean of all clients.
    pub mean: f64,
    /// 95 of 100 clients are at most this.
    pub p95: f64,
    /// The client with the most.
    pub max: f64,
}

/// How much of something everyone gets, and the one who gets least.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Share {
    /// Mean of all clients.
    pub mean: f64,
    /// The client with the least.
    pub min: f64,
}

/// A typical and the worst case, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct TypicalAndWorst {
    /// Half are at most this.
    pub p50: f32,
    /// The largest.
    pub max: f32,
}

/// A mean and the largest.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct MeanAndMost {
    /// Mean of all cases; a fraction even where they are counts.
    pub mean: f64,
    /// The largest.
    pub max: f64,
}

/// What the measured time cost the server, from its `/metrics`; what that does not tell is `None`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ServerCost {
    /// CPU time of its process, seconds.
    pub cpu_seconds: Option<f64>,
    /// The same as cores in use, mean.
    pub cores: Option<f64>,
    /// Most memory in any second, bytes.
    pub rss_bytes_peak: Option<u64>,
    /// Ticks its rooms did not get to.
    pub ticks_missed: Option<u64>,
    /// Most quality shed in any second; 0 is none.
    pub shed_level_max: Option<f64>,
    /// Payload bytes it sent.
    pub sent_bytes: Option<u64>,
    /// Connections that ended, by its own reasons (cuts by flaky bots are among them).
    pub disconnects: BTreeMap<String, u64>,
}

/// How the bots of one behaviour fared.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Group {
    /// Bots asked for.
    pub asked: usize,
    /// Bots that had the whole room.
    pub joined: usize,
    /// From opening a connection to having the whole room.
    pub join_ms: Percentiles,
    /// Ages of the received records of all tiers.
    pub pose_age_ms: Counted,
    /// Pose frames received per second.
    pub frames_per_s_per_client: Share,
    /// Payload from the server, kbit/s.
    pub down_kbit_s: Spread,
}

/// The result of a run; rates are over the measured seconds, which start when everyone is in.
///
/// Pose age is the arrival of a pose minus its sample time, both on the room's clock: the sender stamps with its own
/// client core's estimate of that clock, the receiver reads it with its own (shortest of the recent round trips of
/// `clock` questions; the error is at most half the difference of the two ways).
///
/// Times and frame rates are those of bots on good lines that read at once; what flaky lines and slow readers see is
/// in `by_behaviour` (only when there are no others, it stands here). Sums and bytes are of all bots.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// Bots asked for.
    pub asked: usize,
    /// Bots that had the whole room, spectators included.
    pub joined: usize,
    /// Those of them that a crowded room let in as spectators only.
    pub spectators: usize,
    /// Bots that were told to wait in a queue.
    pub queued: usize,
    /// Bots that did not get in, by reason.
    pub join_errors: BTreeMap<String, u64>,
    /// From the first connection to the last whole room, seconds.
    pub ramp_seconds: f64,
    /// From opening a connection to having the whole room.
    pub join_ms: Percentiles,
    /// Measured time, seconds.
    pub seconds: f64,
    /// Poses sent.
    pub sent_poses: u64,
    /// Pose frames received.
    pub received_frames: u64,
    /// Pose records received.
    pub received_records: u64,
    /// Ages of the received records by tier, `a` (near) to `e` (crowd).
    pub pose_age_ms: BTreeMap<String, Counted>,
    /// Round trips of `clock` questions, best recent one of each bot.
    pub rtt_ms: Percentiles,
    /// Durable commands accepted.
    pub commands_answered: u64,
    /// From sending a command to its answer, which comes when it is durable.
    pub command_ms: Percentiles,
    /// Payload of WebSocket messages to a client, kbit/s.
    pub down_kbit_s: Spread,
    /// Payload of WebSocket messages from a client, kbit/s.
    pub up_kbit_s: Spread,
    /// The same to a client in IP bytes, estimated: payload + WebSocket header (2, 4 or 10 bytes) + 52 bytes of IP and
    /// TCP headers per segment of up to 1448 bytes, every message beginning its own; neither TLS nor bare
    /// acknowledgements. kbit/s.
    pub down_ip_kbit_s: Spread,
    /// The same from a client, where the WebSocket header has 4 bytes more (the mask). kbit/s.
    pub up_ip_kbit_s: Spread,
    /// Pose frames received per second; a room has 20 ticks a second.
    pub frames_per_s_per_client: Share,
    /// Frames the server passed over because a newer one was there; `None`: it does not tell.
    pub frames_skipped: Option<u64>,
    /// What the measured time cost the server; `None`: its `/metrics` could not be read.
    pub server: Option<ServerCost>,
    /// Ages of the frames that a slow reader finds after a pause, up to the first fresh one; `None`: no such frame.
    pub slow_reader_stale_ms: Option<TypicalAndWorst>,
    /// How many frames it finds after a pause before the first fresh one.
    pub slow_reader_stale_frames: Option<MeanAndMost>,
    /// From reading on to the first fresh frame.
    pub slow_reader_catch_up_ms: Option<TypicalAndWorst>,
    /// Connections that flaky bots cut themselves, while measuring.
    pub cuts: u64,
    /// Rejoins that went on where the bot was, while measuring.
    pub resumes: u64,
    /// Connections lost while measuring, by reason; the bots' own cuts are none of them.
    pub disconnects: BTreeMap<String, u64>,
    /// Desyncs, unreadable messages, failed reconnections, refused commands, by kind.
    pub errors: BTreeMap<String, u64>,
    /// CPU time of the bots' own process while measuring, seconds; `None` where it cannot be read.
    pub bots_cpu_seconds: Option<f64>,
    /// The same as cores in use, mean. Near the number of cores, the bots measure themselves.
    pub bots_cores: Option<f64>,
    /// The rooms, in the order they were dealt.
    pub rooms: Vec<String>,
    /// What those who play did; `None`: nobody did.
    #[serde(default)]
    pub play: Option<Games>,
    /// The same by behaviour.
    pub by_behaviour: BTreeMap<String, Group>,
}

impl Report {
    /// As JSON in one line, or as a table.
    pub fn render(&self, json: bool) -> String {
        if json { serde_json::json!(self).to_string() } else { self.to_string() }
    }

    /// Whether every bot joined and nothing went wrong.
    pub fn is_clean(&self) -> bool {
        self.joined == self.asked && self.disconnects.is_empty() && self.errors.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report {
            asked: 3,
            joined: 2,
            join_errors: [("room_full".to_owned(), 1)].into(),
            seconds: 2.0,
            sent_poses: 80,
            pose_age_ms: [("a".to_owned(), Counted { count: 5, p50: 20.5, p95: 40.0, p99: 41.0, max: 41.5 })]
                .into(),
            down_kbit_s: Spread { mean: 0.1, p95: 0.2, max: 0.3 },
            server: Some(ServerCost { cores: Some(0.58), ..ServerCost::default() }),
            rooms: vec!["abcde".into(), "fghij".into()],
            by_behaviour: [("stroll".to_owned(), Group { asked: 3, ..Group::default() })].into(),
            ..Report::default()
        }
    }

    #[test]
    fn a_report_survives_json_and_is_one_line() {
        let json = report().render(true);
        assert!(!json.contains('\n'));
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report());
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(value["frames_skipped"].is_null() && value["server"]["ticks_missed"].is_null());
    }

    #[test]
    fn the_table_says_what_was_found_and_a_dash_for_what_was_not() {
        let table = report().render(false);
        for part in ["2 of 3", "room_full", "80 (40/s)", "0.58 cores", "abcde, fghij", "p99 41"] {
            assert!(table.contains(part), "{part} in\n{table}");
        }
        let skipped = table.lines().find(|line| line.contains("frames skipped")).unwrap();
        assert!(skipped.trim_end().ends_with('-'), "{table}");
    }

    #[test]
    fn a_clean_report_has_everyone_in_and_nothing_wrong() {
        assert!(!report().is_clean());
        let clean = Report { asked: 2, join_errors: BTreeMap::new(), ..report() };
        assert!(clean.is_clean());
        let broken = Report { errors: [("desync: gap".to_owned(), 1)].into(), ..clean };
        assert!(!broken.is_clean());
    }
}
