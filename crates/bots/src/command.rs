//! `thexr bots …`: flags in, a report on stdout. Owns the words of the command line.

use crate::crowd::{Plan, run};
use crate::limits::RATE_HZ_MAX;
use anyhow::bail;
use clap::Args;
use thexr_wire::RoomId;

/// Which crowd, where, for how long.
#[derive(Debug, Args)]
pub struct Flags {
    /// The room to walk about in
    #[arg(long, value_name = "ID")]
    room: RoomId,
    /// The server
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4000")]
    url: String,
    /// How many bots
    #[arg(long, short = 'n', default_value_t = 10)]
    count: usize,
    /// Poses per second of each bot, 1 to 20
    #[arg(long, value_name = "HZ", default_value_t = RATE_HZ_MAX)]
    rate: u32,
    /// Seconds to measure once everyone is in
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// The operator's key (the file operator.key in the server's data folder): crowds from other machines need it
    #[arg(long, value_name = "KEY", env = "THEXR_OPERATOR_KEY", hide_env_values = true)]
    key: Option<String>,
    /// Seed of the walks: the same seed walks the same ways
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Put so many boxes into the room first, to see what joining a full room costs
    #[arg(long, value_name = "N", default_value_t = 0)]
    furnish: usize,
    /// Durable commands per second of each bot, at most 20
    #[arg(long, value_name = "HZ", default_value_t = 0)]
    commands: u32,
    /// Report as one line of JSON
    #[arg(long)]
    json: bool,
}

/// Runs the crowd and prints the report on stdout, progress on stderr.
///
/// Errors: what [`run`] cannot begin with, and a crowd of which nobody got in (after the report).
pub async fn command(flags: Flags) -> anyhow::Result<()> {
    let Flags { room, url, count, rate: rate_hz, seconds, key, seed, furnish, commands: commands_hz, json } =
        flags;
    let report = run(Plan { url, room, count, rate_hz, seconds, key, seed, furnish, commands_hz }).await?;
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

    #[test]
    fn a_room_is_enough() {
        let Flags { room, url, count, rate, json, .. } =
            Cli::try_parse_from(["bots", "--room", "abcde"]).unwrap().flags;
        assert_eq!((room.as_str(), url.as_str()), ("abcde", "http://127.0.0.1:4000"));
        assert_eq!((count, rate, json), (10, 20, false));
    }

    #[test]
    fn a_room_that_is_none_is_refused() {
        assert!(Cli::try_parse_from(["bots", "--room", "a/b"]).is_err());
        assert!(Cli::try_parse_from(["bots"]).is_err());
    }
}
