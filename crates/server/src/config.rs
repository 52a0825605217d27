//! Configuration: defaults, then a TOML file, then `THEXR_*` variables, then flags. Owns every setting's name and default.

use crate::limits::SOCKETS_PER_ADDRESS;
use clap::Args;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use thexr_media::limits::{VOICE_SLOTS, VOICE_SLOTS_MAX};
use thexr_room::{Caps, FRAME_BYTES};
use thexr_wire::limits::{ROOM_PEERS_MAX, ROOM_PEOPLE_MAX, TICK_MS};

/// Longest life of a token, hours: 14 days.
pub const TOKEN_HOURS_MAX: u64 = 14 * 24;

/// `THEXR_…` variables that are no settings of the server: they belong to tools beside it.
const NOT_SETTINGS: [&str; 5] = ["bin", "chromium", "config", "log", "operator_key"];

/// Motion told to one person unless set otherwise, kbit/s: every frame fits one TCP segment.
pub const MOTION_KBIT: usize = 218;
/// See [`ConfigError::MotionKbit`].
pub const MOTION_KBIT_MIN: usize = 32;
/// See [`ConfigError::MotionKbit`].
pub const MOTION_KBIT_MAX: usize = 2_000;
/// People that 16-bit slots can name at a time, with as many more at rest.
pub const ROOM_SLOTS: usize = 30_000;

/// Flags of `thexr serve`; each may also stand in the file or as `THEXR_…` in the environment.
#[derive(Debug, Clone, Default, Args, Serialize)]
pub struct Flags {
    /// Address to listen on [default: 127.0.0.1:4000]
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Folder for the database and keys [default: data]
    #[arg(long, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// Configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Another origin whose pages may open sockets, such as https://example.org; may be repeated
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_origins: Vec<String>,
    /// Address of a proxy whose X-Forwarded-For is believed; may be repeated
    #[arg(long = "trust-proxy", value_name = "IP")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted_proxies: Vec<IpAddr>,
    /// Minutes after which an empty room stops [default: 20]
    #[arg(long, value_name = "MINUTES")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_idle_minutes: Option<u64>,
    /// People inside one room; whoever comes beyond them watches [default: 1000]
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people_max: Option<usize>,
    /// Connections of one room, those who watch included [default: 1500]
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peers_max: Option<usize>,
    /// Motion told to one person, kbit/s of payload, 32 to 2000 [default: 218]
    #[arg(long, value_name = "KBIT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub motion_kbit: Option<usize>,
    /// UDP address for voices [default: as --listen]
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice_listen: Option<SocketAddr>,
    /// Address of this server as browsers reach it, for voices; needed behind NAT; may be repeated
    #[arg(long = "voice-address", value_name = "IP")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub voice_addresses: Vec<IpAddr>,
    /// Logs as JSON lines
    #[arg(long)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub log_json: bool,
}

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Folder for the database and keys.
    pub data: PathBuf,
    /// Origins, beside the server's own, whose pages may open sockets.
    pub allowed_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Who may show rooms in a frame: a source list of `frame-ancestors`.
    pub frame_ancestors: String,
    /// Origins, beside the server's own, from which models may be fetched.
    pub model_origins: Vec<String>,
    /// Minutes after which an empty room stops.
    pub room_idle_minutes: u64,
    /// Life of a socket token, hours, at most 336.
    pub token_hours: u64,
    /// Secret that signs tokens, at least 32 bytes; generated and kept in the store when empty.
    pub secret: String,
    /// Seconds of silence after which a socket is closed.
    pub socket_idle_seconds: u64,
    /// People inside one room, those away included; whoever wants to enter beyond them is let in as a spectator.
    pub people_max: usize,
    /// Connections of one room, spectators included; beyond them joins are refused with `room_full`.
    pub peers_max: usize,
    /// Sockets one address (IPv6: /64) may hold at a time; direct loopback connections and the operator's key are exempt.
    pub sockets_per_address: usize,
    /// Motion told to one person, kbit/s of payload, 32 to 2000; adaptation lowers it, never raises it.
    pub motion_kbit: usize,
    /// Whether people can speak with each other.
    pub voices: bool,
    /// UDP address that voices come to; as `listen` unless set.
    pub voice_listen: Option<SocketAddr>,
    /// TCP address that voices come to where networks let no UDP through; none unless set.
    pub voice_tcp_listen: Option<SocketAddr>,
    /// Addresses of this server as browsers reach it; those of its network cards unless set.
    pub voice_addresses: Vec<IpAddr>,
    /// Voices that one person hears at once.
    pub voice_slots: usize,
    /// STUN and TURN servers that browsers may use, as `stun:` and `turn:` addresses.
    pub ice_servers: Vec<String>,
    /// What the TURN servers know as `static-auth-secret`; nobody is told it.
    pub turn_secret: String,
    /// Whether the sample rooms are made in an empty store.
    pub sample_room: bool,
    /// Logs as JSON lines.
    pub log_json: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 4000)),
            data: PathBuf::from("data"),
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            frame_ancestors: "'self'".into(),
            model_origins: Vec::new(),
            room_idle_minutes: 20,
            token_hours: 24,
            secret: String::new(),
            socket_idle_seconds: 60,
            people_max: ROOM_PEOPLE_MAX,
            peers_max: ROOM_PEERS_MAX,
            sockets_per_address: SOCKETS_PER_ADDRESS,
            motion_kbit: MOTION_KBIT,
            voices: true,
            voice_listen: None,
            voice_tcp_listen: None,
            voice_addresses: Vec::new(),
            voice_slots: VOICE_SLOTS,
            ice_servers: Vec::new(),
            turn_secret: String::new(),
            sample_room: true,
            log_json: false,
        }
    }
}

/// A setting that cannot be.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Unreadable file, unknown name, wrong type.
    #[error("{0}")]
    Unreadable(Box<figment::Error>),
    /// `token_hours` beyond its maximum.
    #[error("token_hours: 1 to {TOKEN_HOURS_MAX}")]
    TokenHours,
    /// A secret too short to sign with.
    #[error("secret: at least 32 bytes, or empty to have one generated")]
    Secret,
    /// A silence shorter than clients' heartbeats.
    #[error("socket_idle_seconds: at least 5")]
    SocketIdle,
    /// Caps that leave nobody in, or more than slots can name.
    #[error("people_max, peers_max: 1 to {ROOM_SLOTS}, and at least as many peers as people")]
    Caps,
    /// No socket for anybody.
    #[error("sockets_per_address: at least 1")]
    Sockets,
    /// `motion_kbit` outside its range.
    #[error("motion_kbit: {MOTION_KBIT_MIN} to {MOTION_KBIT_MAX}")]
    MotionKbit,
    /// More voices at once than a line carries, or none.
    #[error("voice_slots: 1 to {VOICE_SLOTS_MAX}")]
    VoiceSlots,
    /// No address of a server that helps lines through firewalls.
    #[error(
        "ice_servers: addresses such as stun:example.org:3478 or turn:example.org:3478?transport=udp, not {0:?}"
    )]
    IceServer(String),
    /// A relay that nobody could use.
    #[error(
        "ice_servers: a turn: or turns: address needs turn_secret, the static-auth-secret of that server"
    )]
    TurnSecret,
    /// Text that would break the header it goes into, or end its policy early.
    #[error("{0}: printable ASCII without ';' and ','")]
    HeaderText(&'static str),
    /// An origin that no browser sends.
    #[error("{0}: an origin such as https://example.org, not {1:?}")]
    Origin(&'static str, String),
}

/// Whether a text may stand in a header's directive: nothing that ends the line, the directive or the policy.
fn fits_header(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b';' | b','))
}

impl Config {
    /// Puts the layers together and checks them.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = &flags.config {
            figment = figment.merge(Toml::file_exact(file));
        }
        let figment = figment.merge(Env::prefixed("THEXR_").ignore(&NOT_SETTINGS));
        let figment = figment.merge(Serialized::defaults(flags));
        let config: Self = figment.extract().map_err(|error| ConfigError::Unreadable(Box::new(error)))?;
        config.checked()
    }

    /// How many a room takes.
    pub fn caps(&self) -> Caps {
        Caps { people_max: self.people_max, peers_max: self.peers_max }
    }

    /// Bytes of one frame of motion: 218 kbit/s are 1360.
    pub fn motion_frame_bytes(&self) -> usize {
        match self.motion_kbit {
            MOTION_KBIT => FRAME_BYTES,
            kbit => kbit * 1_000 / 8 * TICK_MS as usize / 1_000,
        }
    }

    fn checked(self) -> Result<Self, ConfigError> {
        if !(1..=TOKEN_HOURS_MAX).contains(&self.token_hours) {
            return Err(ConfigError::TokenHours);
        }
        if !self.secret.is_empty() && self.secret.len() < 32 {
            return Err(ConfigError::Secret);
        }
        if self.socket_idle_seconds < 5 {
            return Err(ConfigError::SocketIdle);
        }
        if self.people_max == 0 || self.people_max > self.peers_max || self.peers_max > ROOM_SLOTS {
            return Err(ConfigError::Caps);
        }
        if self.sockets_per_address == 0 {
            return Err(ConfigError::Sockets);
        }
        if !(MOTION_KBIT_MIN..=MOTION_KBIT_MAX).contains(&self.motion_kbit) {
            return Err(ConfigError::MotionKbit);
        }
        if !(1..=VOICE_SLOTS_MAX).contains(&self.voice_slots) {
            return Err(ConfigError::VoiceSlots);
        }
        let is_turn = |url: &String| url.starts_with("turn:") || url.starts_with("turns:");
        let is_ice = |url: &&String| !is_turn(url) && !url.starts_with("stun:");
        if let Some(odd) = self.ice_servers.iter().find(is_ice) {
            return Err(ConfigError::IceServer(odd.clone()));
        }
        if self.turn_secret.is_empty() && self.ice_servers.iter().any(is_turn) {
            return Err(ConfigError::TurnSecret);
        }
        if !fits_header(&self.frame_ancestors) {
            return Err(ConfigError::HeaderText("frame_ancestors"));
        }
        let odd = |origin: &&String| origin.is_empty() || origin.contains(' ') || !fits_header(origin);
        for (name, origins) in
            [("allowed_origins", &self.allowed_origins), ("model_origins", &self.model_origins)]
        {
            if let Some(origin) = origins.iter().find(odd) {
                return Err(ConfigError::Origin(name, origin.clone()));
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_defaults() {
        let listen = "127.0.0.1:5000".parse().ok();
        let config = Config::load(&Flags { listen, ..Flags::default() }).unwrap();
        assert_eq!(config.listen.port(), 5000);
        assert_eq!(config.room_idle_minutes, 20);
    }

    #[test]
    fn impossible_settings_are_refused() {
        let short = Config { secret: "short".into(), ..Config::default() };
        assert!(matches!(short.checked(), Err(ConfigError::Secret)));
        let long = Config { token_hours: 337, ..Config::default() };
        assert!(matches!(long.checked(), Err(ConfigError::TokenHours)));
        let closed = Config { sockets_per_address: 0, ..Config::default() };
        assert!(matches!(closed.checked(), Err(ConfigError::Sockets)));
    }

    #[test]
    fn caps_that_leave_nobody_in_and_budgets_out_of_range_are_refused() {
        let caps = |people_max, peers_max| Config { people_max, peers_max, ..Config::default() }.checked();
        for (people, peers) in [(0, 10), (10, 9), (40_000, 40_000)] {
            assert!(matches!(caps(people, peers), Err(ConfigError::Caps)), "{people} {peers}");
        }
        assert!(caps(5_000, 6_000).is_ok());
        for motion_kbit in [0, 31, 2_001] {
            let config = Config { motion_kbit, ..Config::default() };
            assert!(matches!(config.checked(), Err(ConfigError::MotionKbit)));
        }
        assert_eq!(Config::default().motion_frame_bytes(), 1_360);
        assert_eq!(Config { motion_kbit: 2_000, ..Config::default() }.motion_frame_bytes(), 12_500);
    }

    #[test]
    fn voices_by_no_slots_and_relays_without_a_secret_are_refused() {
        for voice_slots in [0, VOICE_SLOTS_MAX + 1] {
            let config = Config { voice_slots, ..Config::default() };
            assert!(matches!(config.checked(), Err(ConfigError::VoiceSlots)));
        }
        let by = |url: &str, turn_secret: &str| {
            Config { ice_servers: vec![url.into()], turn_secret: turn_secret.into(), ..Config::default() }
                .checked()
        };
        assert!(by("stun:a.example:3478", "").is_ok() && by("turn:a.example", "s").is_ok());
        assert!(matches!(by("turns:a.example", ""), Err(ConfigError::TurnSecret)));
        for odd in ["", "a.example", "https://a.example"] {
            assert!(matches!(by(odd, "s"), Err(ConfigError::IceServer(_))), "{odd}");
        }
    }

    #[test]
    fn settings_that_would_break_a_header_are_refused() {
        for text in
            ["'self'\nx: y", "'self'; script-src *", "'self', default-src *", "https://bücher.example"]
        {
            let config = Config { frame_ancestors: text.into(), ..Config::default() };
            assert!(matches!(config.checked(), Err(ConfigError::HeaderText("frame_ancestors"))), "{text}");
        }
        let good = Config { frame_ancestors: "'self' https://a.example".into(), ..Config::default() };
        assert!(good.checked().is_ok());
        for text in ["", "https://a.example https://b.example", "https://a.example\r\n"] {
            let config = Config { allowed_origins: vec![text.into()], ..Config::default() };
            assert!(matches!(config.checked(), Err(ConfigError::Origin(..))), "{text}");
            let config = Config { model_origins: vec![text.into()], ..Config::default() };
            assert!(matches!(config.checked(), Err(ConfigError::Origin("model_origins", _))), "{text}");
        }
    }

    #[test]
    fn the_operators_key_in_the_environment_is_no_setting() {
        // The environment belongs to a process: another test runs in one that has the variable.
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "config::tests::flags_win_over_defaults"])
            .env("THEXR_OPERATOR_KEY", "a key for thexr room")
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success() && told.contains("1 passed"), "{told}");
    }

    #[test]
    fn the_example_file_holds_every_setting_with_its_default() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/thexr.toml");
        let written: Config = Figment::from(Toml::file_exact(file)).extract().unwrap();
        assert_eq!(written, Config::default());
    }

    #[test]
    fn a_missing_file_is_an_error() {
        let flags = Flags { config: Some("no/such/file.toml".into()), ..Flags::default() };
        assert!(Config::load(&flags).is_err());
    }
}
