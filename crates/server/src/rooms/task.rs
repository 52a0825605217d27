//! The task that owns one room: waits for ticks, messages and the disk; changes the room only between awaits.

use crate::limits::{KEEP_TIMEOUT, ROOM_IDLE_MIN, ROOM_MAILBOX, UNCONFIRMED_TICKS_MAX, UNRELEASED_BYTES_END};
use crate::rooms::delivery::{Broadcast, JoinTicket, SharedState, Told};
use crate::rooms::lanes::Latest;
use crate::rooms::members::Members;
use crate::rooms::pipeline::{self, Stored, TickBatch};
use crate::rooms::registry::{Clock, JoinRefusal, RoomEnd, RoomGauges, Services};
use crate::rooms::shedding::Shedding;
use crate::rooms::unreleased::{Kept, Unreleased, is_refusal};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use thexr_room::{
    Input, LoadRequest, LoadedState, Message, Now, Ordered, Outbox, Reject, Room, StoreState, TickOutput, To,
};
use thexr_store::{LastPose, Outcome, RefusedReason, WriterHandle};
use thexr_wire::limits::TICK_MS;
use thexr_wire::{PeerId, RoomId};
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;
use tracing::{error, info, warn};

/// Messages taken between two looks at the clock and the disk.
const MESSAGES_AT_ONCE: usize = 1_024;
/// More waits for the disk than the room may keep back.
const STORE_SLOW: Reject =
    Reject::at_once("store_slow", "The disk is slow right now. Try again in a moment.");

/// What the rest of the server may tell a room's task.
#[derive(Debug)]
pub enum RoomMessage {
    /// A join with the connection it comes from.
    Join {
        /// The new peer.
        peer: PeerId,
        /// Who and how.
        join: Box<thexr_room::Join>,
        /// The connection.
        ticket: JoinTicket,
    },
    /// Anything else from a peer.
    Input {
        /// The peer.
        peer: PeerId,
        /// What.
        input: Input,
        /// What it added to the room's [`waiting bytes`](RoomGauges::waiting_bytes).
        bytes: usize,
    },
    /// Stop: flush everything, then end. Peers keep their place.
    Stop(oneshot::Sender<()>),
    /// The room was deleted: tell its peers and end.
    Delete,
}

/// One running room.
pub struct RoomTask {
    id: RoomId,
    topic: Arc<str>,
    room: Room,
    epoch: i64,
    clock: Clock,
    services: Arc<Services>,
    gauges: Arc<RoomGauges>,
    inbox: mpsc::Receiver<RoomMessage>,
    mailbox: mpsc::WeakSender<RoomMessage>,
    batches: mpsc::UnboundedSender<TickBatch>,
    outcomes: mpsc::UnboundedReceiver<Stored>,
    writer: WriterHandle,
    members: Members,
    unreleased: Unreleased,
    /// Bytes of commands taken since the last tick.
    taken_bytes: usize,
    unconfirmed: usize,
    durable_seq: u64,
    outbox: Outbox,
    /// Ticks whose motion was shown.
    shown: u64,
    shedding: Shedding,
    last_tick: Option<Instant>,
    idle_since: Instant,
}

/// Where messages to a new room's task go in, and where they come out.
pub fn mailbox() -> (mpsc::Sender<RoomMessage>, mpsc::Receiver<RoomMessage>) {
    mpsc::channel(ROOM_MAILBOX)
}

/// A room and what it needs to run.
pub struct Parts {
    /// Its id.
    pub id: RoomId,
    /// The room.
    pub room: Room,
    /// Fencing token of the store.
    pub epoch: i64,
    /// When its ticks are.
    pub clock: Clock,
    /// Shared services.
    pub services: Arc<Services>,
    /// Figures others read.
    pub gauges: Arc<RoomGauges>,
    /// Messages.
    pub inbox: mpsc::Receiver<RoomMessage>,
    /// The other end of `inbox`, for answers of the pool.
    pub mailbox: mpsc::WeakSender<RoomMessage>,
}

impl RoomTask {
    /// Puts a room to work.
    pub fn new(parts: Parts) -> Self {
        let Parts { id, room, epoch, clock, services, gauges, inbox, mailbox } = parts;
        let (batches, outcomes) = pipeline::start(id.clone(), epoch, services.writer.clone());
        let writer = services.writer.clone();
        Self {
            topic: format!("room:{id}").into(),
            durable_seq: room.seq(),
            id,
            room,
            epoch,
            clock,
            services,
            gauges,
            inbox,
            mailbox,
            batches,
            outcomes,
            writer,
            members: Members::default(),
            unreleased: Unreleased::default(),
            taken_bytes: 0,
            unconfirmed: 0,
            outbox: Outbox::default(),
            shown: 0,
            shedding: Shedding::default(),
            last_tick: None,
            idle_since: Instant::now(),
        }
    }

    /// Runs until the room stops, is deleted, crashes or is refused by the store.
    pub async fn run(mut self) -> RoomEnd {
        let mut messages = Vec::with_capacity(MESSAGES_AT_ONCE);
        let mut ticker = tokio::time::interval(Duration::from_millis(TICK_MS));
        // An overrun skips ticks: the room accepts gaps, and catching up would only prolong it.
        ticker.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let end = loop {
            // In no fixed order: a tick that takes longer than a tick must not keep messages out, nor the reverse.
            let ended = tokio::select! {
                stored = self.outcomes.recv() => self.stored(stored),
                _ = ticker.tick() => self.tick(),
                count = self.inbox.recv_many(&mut messages, MESSAGES_AT_ONCE) => {
                    if count == 0 { Some(RoomEnd::Stopped) } else { self.receive_all(&mut messages).await }
                }
            };
            if let Some(end) = ended {
                break end;
            }
        };
        if end == RoomEnd::Idle && tokio::time::timeout(KEEP_TIMEOUT, self.keep_everything()).await.is_err() {
            warn!(room = %self.id, "the idle room's last snapshot was not stored in time; its events are");
        }
        info!(room = %self.id, epoch = self.epoch, ?end, "room ended");
        self.members.say_goodbye(end);
        end
    }

    /// Takes messages in their order; those behind the one that ends the room are dropped with it.
    async fn receive_all(&mut self, messages: &mut Vec<RoomMessage>) -> Option<RoomEnd> {
        for message in messages.drain(..) {
            match message {
                RoomMessage::Join { peer, join, ticket } => self.admit(peer, join, ticket),
                RoomMessage::Input { peer, input, bytes } => {
                    self.taken_bytes += bytes;
                    if matches!(input, Input::Leave | Input::Lost) {
                        self.members.remove(peer);
                    }
                    self.push(peer, input);
                }
                RoomMessage::Delete => return Some(RoomEnd::Deleted),
                RoomMessage::Stop(done) => {
                    self.stop().await;
                    // An error means that whoever stopped us no longer waits.
                    let _ = done.send(());
                    return Some(RoomEnd::Stopped);
                }
            }
        }
        None
    }

    fn admit(&mut self, peer: PeerId, join: Box<thexr_room::Join>, ticket: JoinTicket) {
        self.members.knock(peer, ticket);
        if self.unreleased.is_full() {
            self.members.refuse(peer, JoinRefusal::Busy.to_json());
        } else if let Err(reject) = self.room.push(peer, Input::Join(join)) {
            self.members.refuse(peer, reject.to_json());
        }
    }

    fn push(&mut self, peer: PeerId, input: Input) {
        let command = if let Input::Act { address, .. } = &input { Some(address.clone()) } else { None };
        let full = command.is_some() && self.unreleased.is_full();
        let pushed = if full { Err(STORE_SLOW) } else { self.room.push(peer, input) };
        if let Err(reject) = pushed {
            let (reference, response) = (command.unwrap_or_default(), reject.to_json().to_string().into());
            self.members.tell(peer, Told::Reply { reference, ok: false, response });
        }
    }

    /// One tick: newest poses, everything queued, then what there is to tell.
    fn tick(&mut self) -> Option<RoomEnd> {
        let begun = Instant::now();
        let missed = self.count_missed(begun);
        self.room.set_store_state(self.store_state());
        self.room.set_shed(self.shedding.level());
        let now = Now { tick: self.clock.tick(), at_ms: crate::clock::now_ms() };
        let ticked = catch_unwind(AssertUnwindSafe(|| {
            self.members.take_poses(|pose| self.room.pose(pose));
            if let Some(fault) = &self.services.fault {
                fault(&self.id);
            }
            self.room.tick(now, &mut self.outbox);
        }));
        if ticked.is_err() {
            error!(room = %self.id, "the room panicked; it is restored from the store");
            return Some(RoomEnd::Panicked);
        }
        self.gauges.waiting_bytes.fetch_sub(std::mem::take(&mut self.taken_bytes), Ordering::Relaxed);
        self.drain();
        self.measure(begun.elapsed(), missed);
        if self.unreleased.bytes() > UNRELEASED_BYTES_END {
            warn!(room = %self.id, "more waits for the disk than the room may keep; it starts anew");
            return Some(RoomEnd::Refused);
        }
        self.is_idle_too_long().then(|| {
            info!(room = %self.id, "nobody was here for a while; the room stops");
            // Whoever asks from here on gets a new start; a join that slipped in is dropped undecided and asks again.
            self.inbox.close();
            RoomEnd::Idle
        })
    }

    fn store_state(&self) -> StoreState {
        if self.writer.health().borrow().is_some() {
            StoreState::Unavailable
        } else if self.unconfirmed > UNCONFIRMED_TICKS_MAX {
            StoreState::Slow
        } else {
            StoreState::Fine
        }
    }

    /// Empties the outbox: motion and refusals go out at once, the rest of the ordered lane when its seq is durable.
    fn drain(&mut self) {
        if let Some(output) = self.outbox.latest.take() {
            self.show_motion(output);
        }
        let events = std::mem::take(&mut self.outbox.events);
        let snapshots = std::mem::take(&mut self.outbox.snapshots);
        let seq = self.room.seq();
        if !events.is_empty() || !snapshots.is_empty() {
            let Now { tick, at_ms } = self.room.now();
            let batch = TickBatch { tick, at_ms, last_seq: seq, events, snapshots };
            // An error means that the pipeline has ended: its outcome follows and ends the room.
            let _ = self.batches.send(batch);
            self.unconfirmed += 1;
        }
        let messages = std::mem::take(&mut self.outbox.ordered);
        let (refusals, messages): (Vec<_>, Vec<_>) =
            messages.into_iter().partition(|ordered| is_refusal(&ordered.message));
        // What is to be fetched may just have been saved: requests wait like messages do.
        self.unreleased.keep(seq, messages, std::mem::take(&mut self.outbox.loads));
        self.release();
        for Ordered { to, message, .. } in refusals {
            self.tell(to, message, &mut Vec::new());
        }
        self.save_places();
    }

    fn show_motion(&mut self, output: Arc<TickOutput>) {
        self.shown += 1;
        let (seq, number, published) = (self.durable_seq, self.shown, Instant::now());
        self.members.show(&Latest { output, seq, number, published });
    }

    /// Takes a tick's outcome; `None` means that the pipeline is gone, and nothing would ever be told again.
    fn stored(&mut self, stored: Option<Stored>) -> Option<RoomEnd> {
        let Some(stored) = stored else {
            error!(room = %self.id, "the room's way to the store broke; it starts anew");
            return Some(RoomEnd::Refused);
        };
        self.unconfirmed -= 1;
        match stored.outcome {
            Outcome::Committed { .. } => {
                self.durable_seq = self.durable_seq.max(stored.last_seq);
                self.release();
                None
            }
            // The row goes before the room is told.
            Outcome::Refused(RefusedReason::NoSuchRoom) => Some(RoomEnd::Deleted),
            Outcome::Refused(reason) => {
                warn!(room = %self.id, reason = reason.as_str(), "the store refused the room's events; it starts anew");
                Some(RoomEnd::Refused)
            }
            Outcome::Unavailable(_) | Outcome::Unknown => {
                warn!(room = %self.id, "the store could not take the room's events; it starts anew");
                Some(RoomEnd::Refused)
            }
        }
    }

    /// Tells what is durable, in order, and fetches what may be fetched now.
    fn release(&mut self) {
        while let Some(Kept { messages, loads, .. }) = self.unreleased.next(self.durable_seq) {
            let mut states: Vec<(*const thexr_room::StateView, Arc<SharedState>)> = Vec::new();
            for Ordered { to, message, .. } in messages {
                self.tell(to, message, &mut states);
            }
            for request in loads {
                self.load(request);
            }
        }
    }

    fn tell(
        &mut self,
        to: To,
        message: Message,
        states: &mut Vec<(*const thexr_room::StateView, Arc<SharedState>)>,
    ) {
        match message {
            Message::Joined { attached, response } => {
                let To::Peer(peer) = to else { return };
                if !self.members.welcome(peer, attached, response) {
                    self.push(peer, Input::Leave);
                }
            }
            Message::Refused { response, .. } => {
                let To::Peer(peer) = to else { return };
                self.members.refuse(peer, response);
            }
            Message::Reply { reference, ok, response, .. } => {
                let To::Peer(peer) = to else { return };
                self.members.tell(peer, Told::Reply { reference, ok, response });
            }
            Message::Push { event, payload } => match to {
                To::Peer(peer) => self.members.tell(peer, Told::Push { event, payload }),
                _ => {
                    let broadcast = Arc::new(Broadcast::new(self.topic.clone(), event, payload));
                    self.members.tell_all(to, || Told::Broadcast(broadcast.clone()));
                }
            },
            Message::State(view) => {
                // Newcomers of one tick share one view: encode it once.
                let key = Arc::as_ptr(&view);
                let known = states.iter().find(|(seen, _)| std::ptr::eq(*seen, key));
                let state = known.map(|(_, state)| state.clone()).unwrap_or_else(|| {
                    let state = Arc::new(SharedState::new(view));
                    states.push((key, state.clone()));
                    state
                });
                match to {
                    To::Peer(peer) => self.members.tell(peer, Told::State(state)),
                    _ => self.members.tell_all(to, || Told::State(state.clone())),
                }
            }
            Message::Missed(missed) => {
                let To::Peer(peer) = to else { return };
                self.members.tell(peer, Told::Missed(missed));
            }
            Message::Close => {
                let To::Peer(peer) = to else { return };
                self.members.close(peer);
            }
        }
    }

    /// Fetches a stored state on the pool; the answer comes back through the mailbox, in order.
    fn load(&self, LoadRequest { request, name }: LoadRequest) {
        let (store, id, mailbox) = (self.services.store.clone(), self.id.clone(), self.mailbox.clone());
        tokio::spawn(async move {
            let row = match store.snapshot_by_name(&id, &name).await {
                Ok(row) => row,
                Err(error) => {
                    warn!(room = %id, %error, "a saved state could not be read");
                    None
                }
            };
            let parse = move || {
                let row = row?;
                let world = Arc::new(thexr_world::World::from_text(&row.state).ok()?);
                Some(LoadedState { hash: row.hash, world })
            };
            let state = tokio::task::spawn_blocking(parse).await.unwrap_or_default();
            if let Some(mailbox) = mailbox.upgrade() {
                let input = Input::StateLoaded { request, state };
                // An error means that the room has stopped: nobody waits for the state.
                let _ = mailbox.send(RoomMessage::Input { peer: PeerId(0), input, bytes: 0 }).await;
            }
        });
    }

    fn save_places(&mut self) {
        let places = std::mem::take(&mut self.outbox.last_poses);
        if !places.is_empty() {
            tokio::spawn(save(self.services.clone(), self.id.clone(), places, self.room.now().at_ms));
        }
    }

    /// Ticks that could not be held since the last one.
    fn count_missed(&mut self, now: Instant) -> bool {
        let since = self.last_tick.replace(now).map_or(0, |last| (now - last).as_millis() as u64);
        // Half a tick early or late is the timer's, not the room's.
        let missed = ((since + TICK_MS / 2) / TICK_MS).saturating_sub(1);
        if missed > 0 {
            metrics::counter!("thexr_ticks_missed_total").increment(missed);
        }
        missed > 0
    }

    fn measure(&mut self, took: Duration, missed: bool) {
        let late = self.gauges.late.swap(0, Ordering::Relaxed);
        self.shedding.tick(self.members.watching(), late, missed);
        self.gauges.shed.store(usize::from(self.shedding.level()), Ordering::Relaxed);
        metrics::histogram!("thexr_tick_seconds").record(took.as_secs_f64());
        metrics::histogram!("thexr_mailbox_depth").record(self.inbox.len() as f64);
        self.gauges.people.store(self.room.people_inside(), Ordering::Relaxed);
        self.gauges.peers.store(self.room.peer_count(), Ordering::Relaxed);
        self.gauges.seq.store(self.durable_seq, Ordering::Relaxed);
    }

    fn is_idle_too_long(&mut self) -> bool {
        if !self.room.is_idle() || !self.members.is_empty() || self.unconfirmed > 0 || !self.inbox.is_empty()
        {
            self.idle_since = Instant::now();
        }
        self.idle_since.elapsed() >= self.services.room_idle.max(ROOM_IDLE_MIN)
    }

    /// Everything into the store: the tick's rest, a snapshot, everyone's place.
    async fn stop(&mut self) {
        if self.tick().is_none_or(|end| end == RoomEnd::Idle) {
            self.keep_everything().await;
        }
    }

    async fn keep_everything(&mut self) {
        let snapshots: Vec<_> = self.room.final_snapshot().into_iter().collect();
        if !snapshots.is_empty() {
            let Now { tick, at_ms } = self.room.now();
            let batch = TickBatch { tick, at_ms, last_seq: self.room.seq(), events: Vec::new(), snapshots };
            if self.batches.send(batch).is_ok() {
                self.unconfirmed += 1;
            }
        }
        save(self.services.clone(), self.id.clone(), self.room.places(), self.room.now().at_ms).await;
        while self.unconfirmed > 0 {
            let stored = self.outcomes.recv().await;
            if self.stored(stored).is_some() {
                return;
            }
        }
    }
}

async fn save(
    services: Arc<Services>,
    room: RoomId,
    places: Vec<(thexr_wire::UserId, thexr_wire::pose::Pose)>,
    at_ms: i64,
) {
    let row = |(user, pose): (thexr_wire::UserId, thexr_wire::pose::Pose)| LastPose {
        room: room.clone(),
        user,
        pose: thexr_wire::json::canonical(&serde_json::json!(pose)),
        at_ms,
    };
    let rows: Vec<LastPose> = places.into_iter().map(row).collect();
    if rows.is_empty() {
        return;
    }
    if let Err(error) = services.store.save_last_poses(&rows).await {
        warn!(%room, %error, "places of people could not be saved");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rooms::tests::{Stage, join_message, soon};
    use thexr_wire::message::Mode;

    fn task(stage: &Stage) -> (RoomTask, mpsc::Sender<RoomMessage>) {
        let (sender, inbox) = mailbox();
        let parts = Parts {
            id: stage.room.clone(),
            room: Room::open(thexr_room::Boot::default()),
            epoch: 1,
            clock: Clock::starting(1),
            services: stage.services.clone(),
            gauges: Arc::default(),
            inbox,
            mailbox: sender.downgrade(),
        };
        (RoomTask::new(parts), sender)
    }

    #[tokio::test]
    async fn a_room_whose_pipeline_is_gone_ends() {
        let stage = Stage::set().await;
        let (mut task, _mailbox) = task(&stage);
        task.outcomes = mpsc::unbounded_channel().1;
        assert_eq!(soon("the end", task.run()).await, RoomEnd::Refused);
    }

    #[tokio::test]
    async fn a_room_does_not_stop_while_someone_is_at_the_door() {
        let stage = Stage::set().await;
        let (mut task, mailbox) = task(&stage);
        let long_ago = |task: &mut RoomTask| {
            let idle = stage.services.room_idle + Duration::from_secs(1);
            task.idle_since = Instant::now().checked_sub(idle).unwrap();
        };
        let (message, _waiting, _decision) = join_message(PeerId(1), Mode::Enter);
        mailbox.try_send(message).unwrap();
        long_ago(&mut task);
        assert_eq!(task.tick(), None);
        task.inbox.try_recv().unwrap();
        assert_eq!(task.tick(), None, "its time begins anew");
        long_ago(&mut task);
        assert_eq!(task.tick(), Some(RoomEnd::Idle));
        assert!(mailbox.is_closed(), "whoever comes now asks for the next life of the room");
    }
}
