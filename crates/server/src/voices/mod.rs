//! Voices: the thread that carries them, and the ways to it.

mod addresses;
mod carry;
mod scene;
mod streams;
mod turn;

pub(crate) use addresses::offered;
pub(crate) use carry::bind;
pub use scene::of_room;

use crate::config::Config;
use crate::limits::{MOTION_WAITING_MAX, VOICE_ASKS_MAX};
use anyhow::Context;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use thexr_hall::channels::MotionInlet;
use thexr_media::limits::SCREENS_SEEN_MAX;
use thexr_media::{Refusal, Scene, Settings};
use thexr_wire::{PeerId, RoomId, UserId};
use tokio::sync::{mpsc, oneshot};

/// What the voices' thread is asked.
pub(crate) enum Ask {
    /// A connection offers a line.
    Offer { line: PeerId, room: RoomId, sdp: String, answer: oneshot::Sender<Result<String, Refusal>> },
    /// A connection has none any more.
    Close(PeerId),
    /// Who stands where.
    Scene(RoomId, Scene),
    /// A connection's motion is to go by its line's datagrams.
    Motion { inlet: Box<dyn MotionInlet + Send>, answer: oneshot::Sender<Result<(), Refusal>> },
    /// It is to go by its socket again.
    NoMotion { line: PeerId, answer: oneshot::Sender<()> },
}

/// The ways out of what the voices' thread is asked.
pub(crate) struct Asked {
    pub asks: mpsc::Receiver<Ask>,
    /// Frames of motion to be sent.
    pub motion: mpsc::Receiver<(PeerId, Vec<u8>)>,
}

/// Why somebody's wish about voices is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoiceRefusal {
    /// The operator has turned them off, or their port could not be opened.
    #[error("This server carries no voices.")]
    Off,
    /// More is asked than the thread can do.
    #[error("Too many people ask for voices at once; try again in a few seconds.")]
    Busy,
    /// The offer cannot be answered.
    #[error(transparent)]
    Offer(#[from] Refusal),
}

impl VoiceRefusal {
    /// As a reply says it.
    pub fn to_json(&self) -> Value {
        let reason = match self {
            Self::Off => "voice_off",
            Self::Busy => "voice_busy",
            Self::Offer(refusal) => refusal.reason(),
        };
        json!({"reason": reason, "detail": self.to_string()})
    }
}

/// The way to the voices' thread.
pub struct Voices {
    asks: mpsc::Sender<Ask>,
    motion: mpsc::Sender<(PeerId, Vec<u8>)>,
    in_use: Arc<Mutex<BTreeSet<RoomId>>>,
    slots: usize,
    ice_servers: Vec<String>,
    turn_secret: String,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Voices {
    /// Opens the port and starts the thread; `None` where voices are off. `http` is where pages are served, once that is known.
    ///
    /// Errors: the port is taken, or the thread cannot be started.
    pub fn start(config: &Config, http: SocketAddr) -> anyhow::Result<Option<Self>> {
        if !config.voices {
            return Ok(None);
        }
        let listen = config.voice_listen.unwrap_or(http);
        let socket = carry::bind(listen).with_context(|| {
            format!("cannot listen on {listen} (UDP) for voices; choose another with --voice-listen, or set voices = false")
        })?;
        let address = socket.local_addr()?;
        let addresses = addresses::offered(address, &config.voice_addresses)?;
        let mut settings = Settings::new(addresses, config.voice_slots)?;
        let mut listener = None;
        if let Some(listen) = config.voice_tcp_listen {
            let opened = std::net::TcpListener::bind(listen).with_context(|| {
                format!("cannot listen on {listen} (TCP) for voices; choose another voice_tcp_listen, or leave it out")
            })?;
            opened.set_nonblocking(true)?;
            settings.stream_addresses = addresses::offered(opened.local_addr()?, &config.voice_addresses)?;
            listener = Some(opened);
        }
        let (asks, asked) = mpsc::channel(VOICE_ASKS_MAX);
        let (motion, moves) = mpsc::channel(MOTION_WAITING_MAX);
        let asked = Asked { asks: asked, motion: moves };
        let in_use = Arc::<Mutex<BTreeSet<RoomId>>>::default();
        carry::spawn(socket, listener, settings, asked, in_use.clone())
            .context("starting the voices' thread")?;
        Ok(Some(Self {
            asks,
            motion,
            in_use,
            slots: config.voice_slots,
            ice_servers: config.ice_servers.clone(),
            turn_secret: config.turn_secret.clone(),
            address,
        }))
    }

    /// How somebody reaches the voices: `{slots, screens, ice_servers}`.
    pub fn begin(&self, user: &UserId, now_s: i64) -> Value {
        let servers = turn::ice_servers(&self.ice_servers, &self.turn_secret, user, now_s);
        json!({"slots": self.slots, "screens": SCREENS_SEEN_MAX, "ice_servers": servers})
    }

    /// A connection offers a line; the answer.
    ///
    /// Errors: there is no answer to it, or no time for one.
    pub async fn offer(&self, line: PeerId, room: RoomId, sdp: String) -> Result<String, VoiceRefusal> {
        let (answer, answered) = oneshot::channel();
        self.asks.try_send(Ask::Offer { line, room, sdp, answer }).map_err(|_| VoiceRefusal::Busy)?;
        Ok(answered.await.map_err(|_| VoiceRefusal::Off)??)
    }

    /// A connection has no line any more: it must be heard, however much else is asked.
    pub async fn close(&self, line: PeerId) {
        // An error means that the thread has ended, and every line with it.
        let _ = self.asks.send(Ask::Close(line)).await;
    }

    /// A connection's motion goes by its line's datagrams from now on.
    ///
    /// Errors: it has no such line, or too many go so.
    pub async fn begin_motion(&self, inlet: Box<dyn MotionInlet + Send>) -> Result<(), VoiceRefusal> {
        let (answer, answered) = oneshot::channel();
        let ask = Ask::Motion { inlet, answer };
        self.asks.try_send(ask).map_err(|_| VoiceRefusal::Busy)?;
        Ok(answered.await.map_err(|_| VoiceRefusal::Off)??)
    }

    /// It goes by its socket again, once this is over.
    pub async fn end_motion(&self, line: PeerId) {
        let (answer, answered) = oneshot::channel();
        // An error means that the thread has ended, and every line with it.
        if self.asks.send(Ask::NoMotion { line, answer }).await.is_ok() {
            let _ = answered.await;
        }
    }

    /// Sends a frame of motion by a line; what the thread has no time for is lost, as on any line that is too slow.
    pub fn send_motion(&self, line: PeerId, frame: Vec<u8>) {
        if self.motion.try_send((line, frame)).is_err() {
            carry::count_lost_motion();
        }
    }

    /// Whether anybody in a room has a line.
    pub fn is_in_use(&self, room: &RoomId) -> bool {
        self.in_use.lock().unwrap_or_else(PoisonError::into_inner).contains(room)
    }

    /// Who stands where in a room now; the next one follows soon, so one that finds no place is left out.
    pub fn scene(&self, room: &RoomId, scene: Scene) {
        let _ = self.asks.try_send(Ask::Scene(room.clone(), scene));
    }
}
