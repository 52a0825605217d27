//! What a client says to each of the servers, and what it hears from them.
//!
//! Must not know how many clients there are or what is counted.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use clap::ValueEnum;
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;

use crate::socket::{self, Socket};
use crate::{colyseus, stamp};

/// The server at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Peer {
    /// `serve-floor`.
    Floor,
    /// `serve-json`.
    Json,
    /// The Colyseus server in `bench/peers/colyseus`.
    Colyseus,
}

/// What a message was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Heard {
    /// News of others, with its age where it carries one.
    News { age_ms: Option<f64> },
    /// Something else: a hello, a ping, a whole state.
    Else,
}

/// Metres from the middle in which everyone walks in circles.
const RADIUS_M: f64 = 40.0;

/// Seconds of one round: 40 m at a stroll.
const ROUND_S: f64 = 180.0;

/// In JSON a sample's time stands where x stands: milliseconds from the load's start, beyond all places.
const STAMPS_FROM: f64 = 1_000.0;

/// One client's way of speaking.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speaker {
    pub(crate) peer: Peer,
    /// Bytes of a binary frame up.
    pub(crate) up_bytes: usize,
    /// Where on the circle it starts, 0 to 1.
    pub(crate) phase: f64,
    /// When the load started.
    pub(crate) base_us: u64,
}

impl Speaker {
    /// Opens a connection on which moves are welcome.
    pub(crate) async fn connect(&self, address: SocketAddr) -> Result<Socket> {
        let path = match self.peer {
            Peer::Colyseus => colyseus::seat(address).await?,
            Peer::Floor | Peer::Json => "/".to_owned(),
        };
        let mut socket = socket::connect(address, &path).await?;
        if self.peer == Peer::Colyseus {
            let hello = socket.next().await.context("no hello")??;
            anyhow::ensure!(colyseus::is_hello(&hello.into_data()), "something else than a hello");
            socket.send(Message::binary(colyseus::acknowledgement())).await?;
        }
        Ok(socket)
    }

    /// Its next move, sampled now.
    pub(crate) fn movement(&self, now_us: u64) -> Message {
        let seconds = now_us.saturating_sub(self.base_us) as f64 / 1e6;
        let turn = (self.phase + seconds / ROUND_S) * std::f64::consts::TAU;
        let (x, z) = (RADIUS_M * turn.cos(), RADIUS_M * turn.sin());
        match self.peer {
            Peer::Floor => Message::binary(stamp::frame(now_us, self.up_bytes)),
            Peer::Colyseus => {
                let yaw = turn % std::f64::consts::TAU;
                Message::binary(colyseus::movement([x as f32, 0.0, z as f32, yaw as f32]))
            }
            Peer::Json => {
                let (sampled_ms, half) = (STAMPS_FROM + seconds * 1_000.0, turn / 2.0);
                Message::text(format!(
                    "{{\"event\":\"user_moved\",\"position\":[{sampled_ms:.3},0,{z:.3}],\
                     \"rotation\":[0,{:.4},0,{:.4}]}}",
                    half.sin(),
                    half.cos()
                ))
            }
        }
    }

    /// What a message means; `last` is the newest sample this client has seen on the floor.
    pub(crate) fn hear(&self, message: &Message, last: &mut u64, now_us: u64) -> Heard {
        match (self.peer, message) {
            (Peer::Floor, Message::Binary(frame)) => {
                let newer = stamp::read(frame).filter(|stamp| stamp != last);
                *last = newer.unwrap_or(*last);
                Heard::News { age_ms: newer.map(|stamp_us| stamp::age_ms(stamp_us, now_us)) }
            }
            (Peer::Json, Message::Text(text)) => {
                let now_ms = now_us.saturating_sub(self.base_us) as f64 / 1_000.0;
                Heard::News { age_ms: sampled_ms(text).map(|sampled_ms| (now_ms - sampled_ms).max(0.0)) }
            }
            (Peer::Colyseus, Message::Binary(patch)) if colyseus::is_patch(patch) => {
                Heard::News { age_ms: None }
            }
            _ => Heard::Else,
        }
    }
}

/// The time that stands for x, found without reading the rest: this is the load, not the server.
fn sampled_ms(text: &str) -> Option<f64> {
    const BEFORE: &str = "\"position\":[";
    let number = &text[text.find(BEFORE)? + BEFORE.len()..];
    let number: f64 = number[..number.find(',')?].parse().ok()?;
    Some(number - STAMPS_FROM)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaker(peer: Peer) -> Speaker {
        Speaker { peer, up_bytes: 90, phase: 0.25, base_us: 1_000_000 }
    }

    fn age(heard: Heard) -> Option<f64> {
        match heard {
            Heard::News { age_ms } => age_ms,
            Heard::Else => None,
        }
    }

    #[test]
    fn the_floor_hears_the_age_of_each_sample_once() {
        let (speaker, mut last) = (speaker(Peer::Floor), 0);
        let frame = speaker.movement(1_500_000);
        assert_eq!(frame.len(), 90);
        assert_eq!(age(speaker.hear(&frame, &mut last, 1_520_000)), Some(20.0));
        assert_eq!(speaker.hear(&frame, &mut last, 1_570_000), Heard::News { age_ms: None });
    }

    #[test]
    fn a_json_movement_carries_its_time_in_place_of_x() {
        let (speaker, mut last) = (speaker(Peer::Json), 0);
        let said = speaker.movement(1_500_000);
        let age = age(speaker.hear(&said, &mut last, 1_512_500)).unwrap();
        assert!((age - 12.5).abs() < 0.01, "{age}");
        assert_eq!(sampled_ms("{}"), None);
    }

    #[test]
    fn only_patches_are_news_of_a_colyseus_room() {
        let (speaker, mut last) = (speaker(Peer::Colyseus), 0);
        let mut hear = |first: u8| speaker.hear(&Message::binary(vec![first, 0]), &mut last, 0);
        assert_eq!((hear(15), hear(14)), (Heard::News { age_ms: None }, Heard::Else));
    }
}
