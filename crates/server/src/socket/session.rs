//! What comes in on one connection: its channels decide, this carries it out: rates, rooms that start, joins that wait.
//!
//! Knows nothing of the transport.

use crate::app::App;
use crate::auth::Purpose;
use crate::limits::JOIN_TIMEOUT;
use crate::rooms::registry::{JoinRefusal, RoomHandle};
use crate::rooms::stored;
use crate::rooms::task::{Awaited, RoomMessage};
use crate::socket::rate::Rates;
use crate::voices::VoiceRefusal;
use serde_json::{Value, json};
use std::sync::Arc;
use thexr_hall::channels::{Asking, Channels, Step, VoiceWish};
use thexr_hall::{Lanes, Signer, Ticket};
use thexr_room::{Input, Join, ResumeFrom};
use thexr_wire::limits::RESUME_BYTES_MAX;
use thexr_wire::message::JoinPayload;
use thexr_wire::phoenix::{FrameError, Incoming, Vsn};
use thexr_wire::{PeerId, RoomId, UserId};
use tokio::sync::oneshot;

/// The incoming half of a connection.
pub struct Session {
    app: Arc<App>,
    user: UserId,
    /// Which address it comes from; 0 for one that has no limits.
    door: u64,
    channels: Channels<RoomHandle>,
    rates: Rates,
}

impl Session {
    /// A session of a person who came through a door; `binary` says whether the transport can carry binary frames down.
    pub fn new(app: Arc<App>, vsn: Vsn, user: UserId, door: u64, lanes: Lanes, binary: bool) -> Self {
        Self { app, user, door, channels: Channels::new(vsn, lanes, binary), rates: Rates::new() }
    }

    /// Which envelope its frames come in.
    pub fn vsn(&self) -> Vsn {
        self.channels.vsn()
    }

    /// Takes a binary message that is a pose, at no more cost than reading it; anything else is a frame to be handled.
    /// Errors: it is no push.
    pub fn binary(&mut self, bytes: &[u8]) -> Result<Option<Incoming>, FrameError> {
        let frame = self.channels.binary(bytes, &self.rates);
        self.count_refused();
        frame
    }

    /// Handles one frame of so many bytes, to its end: joins are handled one after the other.
    pub async fn frame(&mut self, frame: Incoming, bytes: usize) {
        let step = self.channels.frame(frame, bytes, &self.rates);
        self.count_refused();
        match step {
            Step::Done => {}
            Step::Join(asking) => self.join(*asking).await,
            Step::Push { room, peer, input, bytes } => self.push(&room, peer, input, bytes).await,
            Step::Voice { room, peer, reference, wish } => {
                let (ok, response) = match self.voice(room, peer, wish).await {
                    Ok(response) => (true, response),
                    Err(refusal) => (false, refusal),
                };
                self.channels.answer(peer, &reference, ok, &response);
            }
        }
    }

    /// What is asked of voices, and what is to be answered.
    async fn voice(&self, room: RoomId, peer: PeerId, wish: VoiceWish) -> Result<Value, Value> {
        let voices = self.app.voices.as_ref().ok_or_else(|| VoiceRefusal::Off.to_json())?;
        match wish {
            VoiceWish::Begin => Ok(voices.begin(&self.user, crate::clock::now_s())),
            VoiceWish::Offer(sdp) => {
                self.rates
                    .check_offer()
                    .map_err(|too_much| json!({"reason": "rate_limited", "detail": too_much.to_string()}))?;
                let sdp = voices.offer(peer, room, sdp).await.map_err(|refusal| refusal.to_json())?;
                Ok(json!({"sdp": sdp}))
            }
            VoiceWish::Close => {
                voices.close(peer).await;
                Ok(json!({}))
            }
            VoiceWish::Motion(false) => {
                voices.end_motion(peer).await;
                Ok(json!({}))
            }
            VoiceWish::Motion(true) => {
                // Who has left meanwhile has nothing to send.
                let Some(inlet) = self.channels.inlet(peer) else { return Ok(json!({})) };
                voices.begin_motion(Box::new(inlet)).await.map_err(|refusal| refusal.to_json())?;
                Ok(json!({}))
            }
        }
    }

    /// The connection is gone: rooms are told, by the way it went.
    pub async fn end(self) {
        for (room, peer) in self.channels.end() {
            end_voice(&self.app, peer).await;
            // An error means that the room has ended.
            let _ = room.mailbox.send(RoomMessage::Input { peer, input: Input::Lost, bytes: 0 }).await;
        }
    }

    fn count_refused(&mut self) {
        let refused = self.channels.take_refused();
        if refused.rate_limited > 0 {
            metrics::counter!("thexr_pushes_rate_limited_total").increment(refused.rate_limited);
        }
        if refused.poses > 0 {
            metrics::counter!("thexr_poses_refused_total").increment(refused.poses);
        }
    }

    async fn push(&self, room: &RoomHandle, peer: PeerId, input: Input, bytes: usize) {
        let Input::Act { address, .. } = &input else {
            end_voice(&self.app, peer).await;
            // An error means that the room has ended.
            let _ = room.mailbox.send(RoomMessage::Input { peer, input, bytes: 0 }).await;
            return;
        };
        let reference = address.clone();
        if !room.try_command(peer, input, bytes) {
            self.channels.refuse_push(peer, &reference, &JoinRefusal::Busy.to_json());
        }
    }

    async fn join(&mut self, asking: Asking) {
        let room = match self.app.rooms.room_for(&asking.room, self.door).await {
            Ok(room) => room,
            Err(refusal) => return self.channels.refuse_join(&asking, &refusal.to_json()),
        };
        let resume = self.resume(&asking.room, &asking.payload).await;
        match Join::new(self.user.clone(), asking.payload.clone(), self.door_of_room()) {
            Ok(join) => self.enter(asking, room, join.resuming(resume)).await,
            Err(reject) => self.channels.refuse_join(&asking, &reject.to_json()),
        }
    }

    /// Joins of one address take turns with those of others; without one, each person has a door of their own.
    fn door_of_room(&self) -> u64 {
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        if self.door == 0 { self.user.as_str().bytes().fold(0xcbf2_9ce4_8422_2325, mix) } else { self.door }
    }

    /// Missed history, when the client shows a token for it.
    async fn resume(&self, room: &RoomId, payload: &JoinPayload) -> Option<ResumeFrom> {
        let resume = payload.resume.as_ref()?;
        if !self.app.tokens.may_resume(&resume.token, &self.user, room, crate::clock::now_s()) {
            return None;
        }
        // A store that cannot be read costs a full snapshot, nothing else.
        let rows = self.app.store.events_after(room, resume.seq, RESUME_BYTES_MAX).await.ok()??;
        let events = stored::events(&rows).ok()?;
        Some(ResumeFrom::new(resume.seq, events.into_iter().map(Arc::new).collect()))
    }

    async fn enter(&mut self, asking: Asking, room: RoomHandle, join: Join) {
        let (peer, id) = (self.app.rooms.new_peer(), asking.room.clone());
        let mut opened = self.channels.open(asking, peer, room.gauges.late.clone());
        let replaced = opened.replaced.take();
        let ticket = |decided| Ticket {
            lanes: self.channels.lanes().clone(),
            pose: opened.pose.clone(),
            vsn: self.channels.vsn(),
            decision: Awaited(decided),
        };
        let (decided, decision) = oneshot::channel();
        ask(&room, peer, join.clone(), ticket(decided)).await;
        let asked_at = tokio::time::Instant::now();
        let deadline = asked_at + JOIN_TIMEOUT;
        let mut asked = (room, await_decision(decision, deadline));
        if let Some((old, old_peer)) = replaced {
            end_voice(&self.app, old_peer).await;
            let goodbye = RoomMessage::Input { peer: old_peer, input: Input::Leave, bytes: 0 };
            // An error means that the room has ended.
            let _ = old.mailbox.send(goodbye).await;
        }
        let mut decided = asked.1.await;
        if let Decided::Dropped = decided {
            // The room stopped or crashed with the join in its mailbox: its next life decides.
            let room = match self.app.rooms.room_for(&id, self.door).await {
                Ok(room) => room,
                Err(refusal) => return self.channels.undecided(peer, refusal.to_json()),
            };
            let (sender, decision) = oneshot::channel();
            ask(&room, peer, join, ticket(sender)).await;
            decided = await_decision(decision, deadline).await;
            asked.0 = room;
        }
        metrics::histogram!("thexr_join_seconds", "outcome" => decided.outcome())
            .record(asked_at.elapsed().as_secs_f64());
        match decided {
            Decided::Accepted => self.channels.joined(opened, asked.0),
            // The room has told the outlet why.
            Decided::Refused => {}
            Decided::Dropped | Decided::Late => {
                let goodbye = RoomMessage::Input { peer, input: Input::Leave, bytes: 0 };
                // It must arrive, however full the mailbox is: nobody else would ever take the newcomer out again.
                tokio::spawn(async move { asked.0.mailbox.send(goodbye).await });
                self.channels.undecided(peer, JoinRefusal::Busy.to_json());
            }
        }
    }
}

/// Whoever is gone has no line for voices any more.
async fn end_voice(app: &App, peer: PeerId) {
    if let Some(voices) = &app.voices {
        voices.close(peer).await;
    }
}

/// How a join went.
enum Decided {
    Accepted,
    Refused,
    /// The room ended without a decision.
    Dropped,
    /// It took too long.
    Late,
}

impl Decided {
    /// As it is counted.
    fn outcome(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Dropped => "dropped",
            Self::Late => "late",
        }
    }
}

async fn ask(room: &RoomHandle, peer: PeerId, join: Join, ticket: Ticket<Awaited>) {
    // An error means that the room has ended meanwhile; the missing decision says so.
    let _ = room.mailbox.send(RoomMessage::Join { peer, join: Box::new(join), ticket }).await;
}

async fn await_decision(mut decision: oneshot::Receiver<bool>, deadline: tokio::time::Instant) -> Decided {
    let decided = match tokio::time::timeout_at(deadline, &mut decision).await {
        Ok(decided) => decided.ok(),
        Err(_) => {
            // From here on the room cannot accept any more; it may have done so just now.
            decision.close();
            let Ok(decided) = decision.try_recv() else { return Decided::Late };
            Some(decided)
        }
    };
    match decided {
        Some(true) => Decided::Accepted,
        Some(false) => Decided::Refused,
        None => Decided::Dropped,
    }
}

/// Signs this person's resume tokens.
pub struct ResumeTokens {
    app: Arc<App>,
    user: UserId,
}

impl ResumeTokens {
    /// A signer for a connection's person.
    pub fn of(app: &Arc<App>, user: &UserId) -> Box<Self> {
        Box::new(Self { app: app.clone(), user: user.clone() })
    }
}

impl Signer for ResumeTokens {
    fn resume_token(&self, room: &RoomId) -> String {
        self.app.tokens.sign(Purpose::Resume, &self.user, Some(room), crate::clock::now_s())
    }
}

/// Who a handshake's token belongs to.
pub fn user_of(app: &App, token: &str) -> Option<UserId> {
    app.tokens.user(Purpose::Socket, token, crate::clock::now_s())
}
