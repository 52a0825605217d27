//! The `thexr` binary: flags, logs, and which command to run.

use clap::{Parser, Subcommand};
use std::io::Write;
use thexr_server::config::{Config, Flags};
use thexr_server::doctor::{self, Finding};
use thexr_server::room_command::{self, Place, RoomCommand};
use thexr_server::serve;
use tracing_subscriber::EnvFilter;

/// Immersive rooms on the web, on your own server.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the website and its rooms
    ///
    /// Everything is kept in one data folder: the database, and the operator's key. Settings may also stand in a TOML
    /// file (--config) or in the environment as THEXR_LISTEN, THEXR_DATA, THEXR_ALLOWED_ORIGINS and so on; flags win
    /// over the environment, which wins over the file. THEXR_LOG sets what is logged, such as info or thexr=debug.
    #[command(after_long_help = SETTINGS)]
    Serve(Flags),
    /// Let people without bodies walk about in a room and report how it went
    Bots(thexr_bots::Flags),
    /// Look whether voices can come to this server: port, addresses, STUN and TURN servers
    ///
    /// With the same settings as `serve`; it changes nothing, and works beside a running server.
    Doctor(Flags),
    /// List, create and delete rooms
    Room {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        command: RoomCommand,
    },
}

/// Settings that have no flag.
const SETTINGS: &str = "\
Settings for the file or the environment only:
  frame_ancestors = \"'self'\"      who may show rooms in a frame (CSP source list)
  model_origins = []              origins, beside the server's own, from which rooms may show models
  token_hours = 24                life of a socket token, at most 336
  secret = \"\"                     signs tokens, at least 32 bytes; generated and kept in the store when empty
  socket_idle_seconds = 60        a socket that says nothing for so long is closed
  voices = true                   people can speak with each other
  voice_slots = 8                 voices that one person hears at once, 1 to 16
  voice_tcp_listen = \"ADDR\"       a TCP port for voices where networks let no UDP through
  ice_servers = []                STUN and TURN servers for people behind firewalls, \"turn:turn.example.org:3478\"
  turn_secret = \"\"                what these TURN servers know as static-auth-secret
  sample_room = true              an empty store gets the rooms Welcome, Workshop and The Hangar

Example:
  thexr serve --listen 0.0.0.0:4000 --data /var/lib/thexr --trust-proxy 127.0.0.1";

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Runtime::new()?;
    match cli.command {
        Command::Serve(flags) => {
            let config = Config::load(&flags)?;
            start_logs(config.log_json);
            runtime.block_on(serve::run(config))
        }
        Command::Doctor(flags) => {
            let found = runtime.block_on(doctor::examine(&Config::load(&flags)?));
            let mut out = std::io::stdout().lock();
            for finding in &found {
                writeln!(out, "{finding}")?;
            }
            let bad = found.iter().filter(|finding| matches!(finding, Finding::Bad(_))).count();
            anyhow::ensure!(bad == 0, "{bad} of these keep voices from coming");
            Ok(())
        }
        Command::Bots(flags) => runtime.block_on(thexr_bots::command(flags)),
        Command::Room { place, command } => runtime.block_on(room_command::run(place, command)),
    }
}

fn start_logs(json: bool) {
    let filter = EnvFilter::try_from_env("THEXR_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if json { builder.json().init() } else { builder.init() }
}
