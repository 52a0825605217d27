//! `thexr bots …`: flags in, a report on stdout. Owns the words of the command line.

use crate::crowd::run;
use crate::delay::Weather;
use crate::limits::{AREA_M, DELAY_MS, JITTER_MS, JOINS_PER_SECOND, LOSS, RATE_HZ_MAX};
use crate::mix::{Behaviour, Mix};
use crate::plan::Plan;
use anyhow::bail;
use clap::Args;
use thexr_wire::RoomId;

/// Bots of a run that says nothing about it.
const COUNT: usize = 10;

/// Which crowd, where, for how long.
#[derive(Debug, Args)]
pub struct Flags {
    /// The room to walk about in; given several times, the bots are dealt over the rooms in turn
    #[arg(long = "room", value_name = "ID", required = true)]
    rooms: Vec<RoomId>,
    /// The server
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4000")]
    url: String,
    /// How many bots [default: the sum of --mix, or 10]
    #[arg(long, short = 'n')]
    count: Option<usize>,
    /// What all of them do: stroll, stand, stage, chatter, flaky, slow or play [default: stroll]
    #[arg(long, value_name = "NAME", conflicts_with = "mix")]
    behaviour: Option<Behaviour>,
    /// How many do what, such as stroll=900,stage=50,stand=20,chatter=10,flaky=10,slow=10; with --count these are shares
    #[arg(long, value_name = "NAME=N,…")]
    mix: Option<Mix>,
    /// Edge of the square they walk in, metres
    #[arg(long, value_name = "METRES", default_value_t = AREA_M)]
    area: f32,
    /// Poses per second of each bot, 1 to 20
    #[arg(long, value_name = "HZ", default_value_t = RATE_HZ_MAX)]
    rate: u32,
    /// Joins begun per second, up to 1000 for a storm
    #[arg(long, value_name = "N", default_value_t = JOINS_PER_SECOND)]
    joins_per_second: u32,
    /// Seconds to measure once everyone is in
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// The operator's key (the file operator.key in the server's data folder): crowds from other machines need it
    #[arg(
        allow_hyphen_values = true,
        long,
        value_name = "KEY",
        env = "THEXR_OPERATOR_KEY",
        hide_env_values = true
    )]
    key: Option<String>,
    /// Seed of walks, habits and bad lines: the same seed does the same things
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Put so many boxes into each room first, to see what joining a full room costs
    #[arg(long, value_name = "N", default_value_t = 0)]
    furnish: usize,
    /// Durable commands per second of each bot, at most 20
    #[arg(long, value_name = "HZ", default_value_t = 0)]
    commands: u32,
    /// Flaky bots: delay of their line, each way, milliseconds
    #[arg(long, value_name = "MS", default_value_t = DELAY_MS)]
    delay_ms: u32,
    /// Flaky bots: up to so many milliseconds more, each message its own
    #[arg(long, value_name = "MS", default_value_t = JITTER_MS)]
    jitter_ms: u32,
    /// Flaky bots: share of messages that come 200 ms late and hold up those behind them, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = LOSS)]
    loss: f64,
    /// Report as one line of JSON
    #[arg(long)]
    json: bool,
}

impl Flags {
    fn plan(self) -> Plan {
        let alike = Mix::only(self.behaviour.unwrap_or_default());
        let count = self.count.or_else(|| self.mix.as_ref().map(Mix::sum)).unwrap_or(COUNT);
        Plan {
            url: self.url,
            rooms: self.rooms,
            count,
            mix: self.mix.unwrap_or(alike),
            area_m: self.area,
            rate_hz: self.rate,
            joins_per_second: self.joins_per_second,
            seconds: self.seconds,
            key: self.key,
            seed: self.seed,
            furnish: self.furnish,
            commands_hz: self.commands,
            weather: Weather { delay_ms: self.delay_ms, jitter_ms: self.jitter_ms, loss: self.loss },
        }
    }
}

/// Runs the crowd and prints the report on stdout, progress on stderr.
///
/// Errors: what [`run`] cannot begin with, and a crowd of which nobody got in (after the report).
pub async fn command(flags: Flags) -> anyhow::Result<()> {
    let json = flags.json;
    let report = run(flags.plan()).await?;
    println!("{}", report.render(json).trim_end());
    if report.joined == 0 {
        bail!("no bot got in");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        flags: Flags,
    }

    fn parse(flags: &[&str]) -> Result<Plan, clap::Error> {
        Cli::try_parse_from([&["bots", "--room", "abcde"], flags].concat()).map(|cli| cli.flags.plan())
    }

    #[test]
    fn a_room_is_enough() {
        let plan = parse(&[]).unwrap();
        assert_eq!((plan.rooms[0].as_str(), plan.url.as_str()), ("abcde", "http://127.0.0.1:4000"));
        assert_eq!((plan.count, plan.rate_hz, plan.area_m), (10, 20, 100.0));
        assert_eq!((plan.mix.clone(), plan.joins_per_second), (Mix::only(Behaviour::Stroll), 50));
        assert!(plan.check().is_ok());
    }

    #[test]
    fn a_key_may_begin_with_a_hyphen() {
        let flags = Cli::try_parse_from(["bots", "--room", "abcde", "--key", "-_x9"]).unwrap().flags;
        assert_eq!(flags.key.as_deref(), Some("-_x9"));
    }

    #[test]
    fn a_room_that_is_none_is_refused() {
        assert!(Cli::try_parse_from(["bots", "--room", "a/b"]).is_err());
        assert!(Cli::try_parse_from(["bots"]).is_err());
    }

    #[test]
    fn rooms_may_be_named_one_after_another() {
        assert_eq!(parse(&["--room", "fghij", "--room", "klmno"]).unwrap().rooms.len(), 3);
    }

    #[test]
    fn a_mix_counts_unless_a_count_is_given() {
        assert_eq!(parse(&["--mix", "stroll=900,stage=50"]).unwrap().count, 950);
        assert_eq!(parse(&["--mix", "stroll=900,stage=50", "-n", "19"]).unwrap().count, 19);
    }

    #[test]
    fn a_behaviour_is_a_mix_of_one() {
        assert_eq!(parse(&["--behaviour", "stage"]).unwrap().mix, Mix::only(Behaviour::Stage));
        let error = parse(&["--behaviour", "dance"]).unwrap_err().to_string();
        assert!(error.contains("stroll, stand, stage"), "{error}");
        assert!(parse(&["--behaviour", "stage", "--mix", "stroll=1"]).is_err());
    }

    #[test]
    fn a_bad_line_is_described_by_its_flags() {
        let weather = parse(&["--delay-ms", "80", "--jitter-ms", "0", "--loss", "0.1"]).unwrap().weather;
        assert_eq!(weather, Weather { delay_ms: 80, jitter_ms: 0, loss: 0.1 });
    }
}
