//! Who a bot is, where it goes, and why it is not there. Owns words; knows no socket.

use crate::delay::Weather;
use crate::limits::RATE_HZ_MAX;
use crate::visitors::Visitor;
use thexr_client::{Detail, Mode};
use thexr_wire::RoomId;

/// Who a bot is and what it does.
#[derive(Debug, Clone)]
pub struct BotOptions {
    /// The server, such as `http://127.0.0.1:4000`.
    pub url: String,
    /// The room.
    pub room: RoomId,
    /// Who it is.
    pub visitor: Visitor,
    /// The operator's key: an address holds only so many sockets without it.
    pub key: Option<String>,
    /// Nickname to enter with.
    pub nickname: String,
    /// Enter or observe.
    pub mode: Mode,
    /// How much of the room it keeps.
    pub detail: Detail,
    /// Poses per second, at most 20.
    pub rate_hz: u32,
    /// Makes its command ids: no two connections of one person may share it.
    pub seed: u64,
    /// The bad line it sits behind, if any.
    pub weather: Option<Weather>,
    /// Makes the delays of that line.
    pub line_seed: u64,
}

impl BotOptions {
    /// A bot that enters at full rate over a good line and keeps the whole room.
    pub fn new(url: &str, room: RoomId, visitor: Visitor) -> Self {
        let seed = visitor
            .user_id
            .as_str()
            .bytes()
            .fold(7, |seed: u64, byte| seed.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte));
        Self {
            url: url.trim_end_matches('/').to_owned(),
            room,
            nickname: format!("bot {}", &visitor.user_id.as_str()[..4]),
            visitor,
            key: None,
            mode: Mode::Enter,
            detail: Detail::Full,
            rate_hz: RATE_HZ_MAX,
            seed,
            weather: None,
            line_seed: 0,
        }
    }

    /// Where the socket opens; holds the token, so it belongs into no message.
    pub(crate) fn socket_url(&self) -> Result<String, BotError> {
        let base = match self.url.split_once("://") {
            Some(("http", rest)) => format!("ws://{rest}"),
            Some(("https", rest)) => format!("wss://{rest}"),
            _ => return Err(BotError::Url(self.url.clone())),
        };
        Ok(format!("{base}/socket/websocket?vsn=2.0.0&token={}", self.visitor.token))
    }
}

/// Why a bot is not in the room.
#[derive(Debug, thiserror::Error)]
pub enum BotError {
    /// The address is not `http://…` or `https://…`.
    #[error("{0} is not an http or https address")]
    Url(String),
    /// The WebSocket did not open.
    #[error("connect: {0}")]
    Connect(String),
    /// The room refused the join.
    #[error("{reason}: {detail}")]
    Join {
        /// Stable reason.
        reason: String,
        /// For people.
        detail: String,
    },
    /// The connection ended.
    #[error("closed: {0}")]
    Closed(String),
    /// The server speaks another protocol, or the replica never agreed.
    #[error("fatal: {0}")]
    Fatal(String),
    /// It took too long.
    #[error("timeout")]
    Timeout,
}

impl BotError {
    /// A short reason to count by.
    pub fn reason(&self) -> String {
        match self {
            Self::Join { reason, .. } => reason.clone(),
            other => other.to_string(),
        }
    }

    /// The kind alone.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Url(_) => "url",
            Self::Connect(_) => "connect",
            Self::Join { .. } => "join",
            Self::Closed(_) => "closed",
            Self::Fatal(_) => "fatal",
            Self::Timeout => "timeout",
        }
    }
}

/// A command the room did not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Refused {
    /// Stable reason.
    pub reason: String,
    /// For people.
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use thexr_wire::UserId;

    fn options(url: &str) -> BotOptions {
        let visitor =
            Visitor { user_id: UserId::parse("abcdefghij0123456789").unwrap(), token: "a.b-c_d".into() };
        BotOptions::new(url, RoomId::parse("abcde").unwrap(), visitor)
    }

    #[test]
    fn the_sockets_address_follows_the_servers() {
        let url = options("http://127.0.0.1:4000/").socket_url().unwrap();
        assert_eq!(url, "ws://127.0.0.1:4000/socket/websocket?vsn=2.0.0&token=a.b-c_d");
        assert!(options("https://thexr.example").socket_url().unwrap().starts_with("wss://thexr.example/"));
        assert!(matches!(options("thexr.example").socket_url(), Err(BotError::Url(_))));
    }
}
