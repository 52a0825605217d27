//! A report as a table for people: what was not measured is a dash. Knows no more than the report.

use crate::play::{Games, Played};
use crate::report::{Counted, Group, Percentiles, Report, ServerCost, Share, Spread};
use std::collections::BTreeMap;
use std::fmt;

/// Bots of which a table tells one by one, at most; JSON tells of all.
const BOTS_IN_TABLE_MAX: usize = 20;
const BYTES_PER_MIB: f64 = 1_048_576.0;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "bots")?;
        self.write_joins(f)?;
        self.write_motion(f)?;
        self.write_bytes(f)?;
        self.write_server(f)?;
        self.write_slow_readers(f)?;
        self.write_trouble(f)?;
        self.play.iter().try_for_each(|games| write_games(f, games))?;
        let groups = self.by_behaviour.iter();
        groups
            .filter(|_| self.by_behaviour.len() > 1)
            .try_for_each(|(name, group)| write_group(f, name, group))
    }
}

impl Report {
    fn write_joins(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "rooms", self.rooms.join(", "))?;
        row(f, "joined", format_args!("{} of {} in {:.1} s", self.joined, self.asked, self.ramp_seconds))?;
        row(f, "  as spectators", self.spectators)?;
        row(f, "  after a queue", self.queued)?;
        reasons(f, "join errors", &self.join_errors)?;
        row(f, "join, ms", shares(&self.join_ms))?;
        row(f, "measured", format_args!("{:.1} s", self.seconds))
    }

    fn write_motion(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, count) in [
            ("poses sent", self.sent_poses),
            ("frames received", self.received_frames),
            ("records received", self.received_records),
        ] {
            let rate = if self.seconds > 0.0 { count as f64 / self.seconds } else { 0.0 };
            row(f, name, format_args!("{count} ({rate:.0}/s)"))?;
        }
        row(f, "frames/s per client", least(&self.frames_per_s_per_client))?;
        row(f, "frames skipped", or_dash(self.frames_skipped))?;
        for (tier, ages) in self.pose_age_ms.iter().filter(|(_, ages)| ages.count > 0) {
            row(f, &format!("pose age {tier}, ms"), counted(ages))?;
        }
        row(f, "round trip, ms", shares(&self.rtt_ms))?;
        row(f, "commands answered", self.commands_answered)?;
        if self.commands_answered > 0 {
            row(f, "command, ms", shares(&self.command_ms))?;
        }
        Ok(())
    }

    fn write_bytes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, spread) in [
            ("down, kbit/s", &self.down_kbit_s),
            ("  IP, estimated", &self.down_ip_kbit_s),
            ("up, kbit/s", &self.up_kbit_s),
            ("  IP, estimated", &self.up_ip_kbit_s),
        ] {
            row(f, name, most(spread))?;
        }
        Ok(())
    }

    fn write_server(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nothing = ServerCost::default();
        let cost = self.server.as_ref().unwrap_or(&nothing);
        let seconds = |seconds: Option<f64>| or_dash(seconds.map(|seconds| format!("{seconds:.1} s")));
        let cores = |cores: Option<f64>| or_dash(cores.map(|cores| format!("{cores:.2} cores")));
        let mib = |bytes: Option<u64>| {
            or_dash(bytes.map(|bytes| format!("{:.0} MiB", bytes as f64 / BYTES_PER_MIB)))
        };
        row(f, "server CPU", format_args!("{}   {}", seconds(cost.cpu_seconds), cores(cost.cores)))?;
        row(f, "server memory, peak", mib(cost.rss_bytes_peak))?;
        row(f, "server sent", mib(cost.sent_bytes))?;
        row(f, "ticks missed", or_dash(cost.ticks_missed))?;
        row(f, "shed level, peak", or_dash(cost.shed_level_max))?;
        if !cost.disconnects.is_empty() {
            reasons(f, "disconnects, its own", &cost.disconnects)?;
        }
        row(f, "bots' CPU", format_args!("{}   {}", seconds(self.bots_cpu_seconds), cores(self.bots_cores)))
    }

    fn write_slow_readers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(stale) = &self.slow_reader_stale_ms {
            row(f, "slow: stale, ms", format_args!("p50 {:.0}   max {:.0}", stale.p50, stale.max))?;
        }
        if let Some(frames) = &self.slow_reader_stale_frames {
            row(f, "slow: stale frames", format_args!("mean {:.1}   max {:.0}", frames.mean, frames.max))?;
        }
        if let Some(catch_up) = &self.slow_reader_catch_up_ms {
            row(f, "slow: catch up, ms", format_args!("p50 {:.0}   max {:.0}", catch_up.p50, catch_up.max))?;
        }
        Ok(())
    }

    fn write_trouble(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.cuts > 0 {
            row(f, "cut, resumed", format_args!("{}, {}", self.cuts, self.resumes))?;
        }
        reasons(f, "disconnects", &self.disconnects)?;
        reasons(f, "errors", &self.errors)
    }
}

fn write_group(f: &mut fmt::Formatter<'_>, name: &str, group: &Group) -> fmt::Result {
    writeln!(f, "{name}")?;
    row(f, "joined", format_args!("{} of {}", group.joined, group.asked))?;
    row(f, "join, ms", shares(&group.join_ms))?;
    row(f, "pose age, ms", counted(&group.pose_age_ms))?;
    row(f, "frames/s per client", least(&group.frames_per_s_per_client))?;
    row(f, "down, kbit/s", most(&group.down_kbit_s))
}

fn write_games(f: &mut fmt::Formatter<'_>, games: &Games) -> fmt::Result {
    let Played { rounds_begun, won, lost, round_s, .. } = &games.all;
    writeln!(f, "play")?;
    row(f, "rounds", format_args!("{rounds_begun} begun, {won} won, {lost} lost"))?;
    if !round_s.is_empty() {
        let rounds: Vec<String> = round_s.iter().map(|seconds| format!("{seconds:.0}")).collect();
        row(f, "  each, s", rounds.join(", "))?;
    }
    row(f, "shots/s", format_args!("{:.0}", games.shots_per_s))?;
    row(f, "ordered, kbit/s", format_args!("{:.0}", games.ordered_kbit_s))?;
    for (name, kbit_s) in games.ordered_by_message_kbit_s.iter().filter(|(_, kbit_s)| **kbit_s >= 1.0) {
        row(f, &format!("  {name}"), format_args!("{kbit_s:.0}"))?;
    }
    row(f, "latest, kbit/s", format_args!("{:.0}", games.latest_kbit_s))?;
    write_played(f, "all", &games.all)?;
    reasons(f, "refused", &games.all.refused)?;
    if games.by_bot.len() > BOTS_IN_TABLE_MAX {
        return Ok(());
    }
    let each = games.by_bot.iter().enumerate();
    each.take(games.by_bot.len())
        .try_for_each(|(number, played)| write_played(f, &format!("bot {number}"), played))
}

fn write_played(f: &mut fmt::Formatter<'_>, name: &str, played: &Played) -> fmt::Result {
    let Played { kills, deaths, shots, hits, items, doors, moved_back, .. } = played;
    let did =
        format!("{kills} kills, {deaths} deaths, {shots} shots, {hits} hits, {items} items, {doors} doors");
    row(f, name, format_args!("{did}, put back {moved_back} times"))
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, value: impl fmt::Display) -> fmt::Result {
    writeln!(f, "  {name:<22}{value}")
}

fn reasons(f: &mut fmt::Formatter<'_>, name: &str, counts: &BTreeMap<String, u64>) -> fmt::Result {
    row(f, name, counts.values().sum::<u64>())?;
    counts.iter().try_for_each(|(reason, count)| writeln!(f, "    {reason:<20}{count}"))
}

fn or_dash(value: Option<impl fmt::Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

fn shares(Percentiles { p50, p95, p99, max }: &Percentiles) -> String {
    format!("p50 {p50:.0}   p95 {p95:.0}   p99 {p99:.0}   max {max:.0}")
}

fn counted(Counted { count, p50, p95, p99, max }: &Counted) -> String {
    format!("{}   of {count}", shares(&Percentiles { p50: *p50, p95: *p95, p99: *p99, max: *max }))
}

fn most(Spread { mean, p95, max }: &Spread) -> String {
    format!("mean {mean:.1}   p95 {p95:.1}   max {max:.1}")
}

fn least(Share { mean, min }: &Share) -> String {
    format!("mean {mean:.1}   min {min:.1}")
}
