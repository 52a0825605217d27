//! The task that owns one room: waits for ticks, messages and the disk; between waits its keeper and audience do the work.

use crate::limits::{KEEP_TIMEOUT, ROOM_IDLE_MIN, ROOM_MAILBOX, SCENE_TICKS};
use crate::rooms::registry::{Clock, JoinRefusal, RoomGauges, Services};
use crate::rooms::states::{self, Kept, StateError};
use crate::rooms::{lease, pipeline};
use crate::voices;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use thexr_hall::{Audience, Batch, Decision, End, Feed, Keeper, Ticket};
use thexr_room::{Act, Input, LoadRequest, LoadedState, Message, Now, PathsWanted, Room, SnapshotOut, To};
use thexr_store::{Outcome, RefusedReason, Store, WriterHandle};
use thexr_wire::limits::TICK_MS;
use thexr_wire::{PeerId, RoomId};
use thexr_world::World;
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;
use tracing::{error, info, warn};

/// Messages taken between two looks at the clock and the disk.
const MESSAGES_AT_ONCE: usize = 1_024;

/// Where a session waits for what becomes of its join.
#[derive(Debug)]
pub struct Awaited(pub oneshot::Sender<bool>);

impl Decision for Awaited {
    fn is_awaited(&self) -> bool {
        !self.0.is_closed()
    }

    fn decide(self, accepted: bool) -> bool {
        self.0.send(accepted).is_ok()
    }
}

/// What became of an act, once that is durable.
#[derive(Debug)]
pub struct Answer {
    /// Granted or refused.
    pub ok: bool,
    /// JSON, as a connection's reply would say it.
    pub response: Arc<str>,
}

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
        ticket: Ticket<Awaited>,
    },
    /// Anything else from a peer.
    Input {
        /// The peer.
        peer: PeerId,
        /// A wish, a goodbye, a lost connection, or a stored state that the room asked for.
        input: Input,
        /// What it added to the room's [`waiting bytes`](RoomGauges::waiting_bytes).
        bytes: usize,
    },
    /// An act that no connection stands behind.
    Act {
        /// What is wanted, by whom and by what right.
        act: Box<Act>,
        /// Where its answer goes.
        answer: oneshot::Sender<Answer>,
        /// What it added to the room's [`waiting bytes`](RoomGauges::waiting_bytes).
        bytes: usize,
    },
    /// What the room holds, once that is durable: a share of it, not a copy.
    View(oneshot::Sender<World>),
    /// Stop: flush everything, then end. Peers keep their place.
    Stop(oneshot::Sender<()>),
    /// The room was deleted: tell its peers and end.
    Delete,
    /// Another room needs the place: end unless someone is inside, watching or at the door; the answer says whether.
    EndIfEmpty(oneshot::Sender<bool>),
}

/// One running room.
pub struct RoomTask {
    id: RoomId,
    keeper: Keeper,
    audience: Audience<Awaited>,
    epoch: i64,
    clock: Clock,
    services: Arc<Services>,
    gauges: Arc<RoomGauges>,
    inbox: mpsc::Receiver<RoomMessage>,
    mailbox: mpsc::WeakSender<RoomMessage>,
    batches: mpsc::UnboundedSender<Batch>,
    outcomes: mpsc::UnboundedReceiver<pipeline::Stored>,
    states: mpsc::UnboundedSender<SnapshotOut>,
    kept: mpsc::UnboundedReceiver<Kept>,
    writer: WriterHandle,
    /// Who waits for the answers of acts, by ticket.
    tickets: BTreeMap<u64, oneshot::Sender<Answer>>,
    next_ticket: u64,
    /// Looks at the room that wait for the disk, oldest first, each with the batches that must be durable before.
    views: VecDeque<(u64, World, oneshot::Sender<World>)>,
    /// Bytes of commands taken since the last tick.
    taken_bytes: usize,
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
    /// Whether its states take all the space they may.
    pub states_full: bool,
    /// When its ticks are.
    pub clock: Clock,
    /// Shared services.
    pub services: Arc<Services>,
    /// Figures others read.
    pub gauges: Arc<RoomGauges>,
    /// What connections, HTTP requests and the pool tell the room, in order.
    pub inbox: mpsc::Receiver<RoomMessage>,
    /// The other end of `inbox`, for answers of the pool.
    pub mailbox: mpsc::WeakSender<RoomMessage>,
}

impl RoomTask {
    /// Puts a room to work.
    pub fn new(parts: Parts) -> Self {
        let Parts { id, room, epoch, states_full, clock, services, gauges, inbox, mailbox } = parts;
        let (batches, outcomes) = pipeline::start(id.clone(), epoch, services.writer.clone());
        let (states, kept) = states::start(
            id.clone(),
            epoch,
            states_full,
            services.store.clone(),
            services.state_turns.clone(),
        );
        let writer = services.writer.clone();
        let mut keeper = Keeper::new(room);
        keeper.set_states_full(states_full);
        Self {
            audience: Audience::new(format!("room:{id}").into()),
            keeper,
            id,
            epoch,
            clock,
            services,
            gauges,
            inbox,
            mailbox,
            batches,
            outcomes,
            states,
            kept,
            writer,
            tickets: BTreeMap::new(),
            next_ticket: 0,
            views: VecDeque::new(),
            taken_bytes: 0,
            last_tick: None,
            idle_since: Instant::now(),
        }
    }

    /// Runs until the room stops, is deleted, crashes or is refused by the store.
    pub async fn run(mut self) -> End {
        let mut messages = Vec::with_capacity(MESSAGES_AT_ONCE);
        let mut ticker = tokio::time::interval(Duration::from_millis(TICK_MS));
        // An overrun skips ticks: the room accepts gaps, and catching up would only prolong it.
        ticker.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let end = loop {
            // In no fixed order: a tick that takes longer than a tick must not keep messages out, nor the reverse.
            let ended = tokio::select! {
                stored = self.outcomes.recv() => self.stored(stored),
                kept = self.kept.recv() => self.kept(kept),
                _ = ticker.tick() => self.tick(),
                count = self.inbox.recv_many(&mut messages, MESSAGES_AT_ONCE) => {
                    if count == 0 { Some(End::Stopped) } else { self.receive_all(&mut messages).await }
                }
            };
            if let Some(end) = ended {
                break end;
            }
        };
        if end == End::Idle && tokio::time::timeout(KEEP_TIMEOUT, self.keep_everything()).await.is_err() {
            warn!(room = %self.id, "the idle room's last snapshot was not stored in time; its events are");
        }
        info!(room = %self.id, epoch = self.epoch, ?end, "room ended");
        let refusal = if end == End::Deleted { JoinRefusal::NotFound } else { JoinRefusal::Busy };
        self.audience.end(end, &refusal.to_json());
        end
    }

    /// Takes messages in their order; those behind the one that ends the room are dropped with it.
    async fn receive_all(&mut self, messages: &mut Vec<RoomMessage>) -> Option<End> {
        for message in messages.drain(..) {
            match message {
                RoomMessage::Join { peer, join, ticket } => {
                    self.audience.knock(peer, ticket);
                    self.keeper.push(peer, Input::Join(join));
                }
                RoomMessage::Input { peer, input, bytes } => {
                    self.taken_bytes += bytes;
                    if matches!(input, Input::Leave | Input::Lost) {
                        self.audience.remove(peer);
                    }
                    self.keeper.push(peer, input);
                }
                RoomMessage::Act { act, answer, bytes } => {
                    self.taken_bytes += bytes;
                    self.next_ticket += 1;
                    self.tickets.insert(self.next_ticket, answer);
                    self.keeper.push_act(self.next_ticket, *act);
                }
                RoomMessage::View(answer) => {
                    let world = self.keeper.room().world().clone();
                    self.views.push_back((self.keeper.written(), world, answer));
                }
                RoomMessage::Delete => return Some(End::Deleted),
                RoomMessage::EndIfEmpty(answer) => {
                    let ends = self.audience.watching_or_waiting() == 0;
                    if ends {
                        self.inbox.close();
                    }
                    // An error means that whoever asked no longer waits: the place is free all the same.
                    let _ = answer.send(ends);
                    if ends {
                        return Some(End::Idle);
                    }
                }
                RoomMessage::Stop(done) => {
                    self.stop().await;
                    lease::release(self.services.store.as_ref(), &self.id, self.epoch).await;
                    // An error means that whoever stopped us no longer waits.
                    let _ = done.send(());
                    return Some(End::Stopped);
                }
            }
        }
        self.hand_out();
        None
    }

    /// One tick: newest poses, everything queued, then what there is to tell.
    fn tick(&mut self) -> Option<End> {
        let begun = Instant::now();
        let missed = self.count_missed(begun);
        let now = Now { tick: self.clock.tick(), at_ms: crate::clock::now_ms() };
        let unavailable = self.writer.health().borrow().is_some();
        let ticked = catch_unwind(AssertUnwindSafe(|| {
            self.audience.take_poses(|pose, claiming| self.keeper.pose(pose, claiming));
            if let Some(fault) = &self.services.fault {
                fault(&self.id);
            }
            self.keeper.tick(now, crate::clock::monotonic(), unavailable);
        }));
        if ticked.is_err() {
            error!(room = %self.id, "the room panicked; it is restored from the store");
            return Some(End::Panicked);
        }
        self.show_voices(now.tick);
        self.gauges.waiting_bytes.fetch_sub(std::mem::take(&mut self.taken_bytes), Ordering::Relaxed);
        self.hand_out();
        self.measure(begun.elapsed(), missed);
        if self.keeper.is_overfull() {
            warn!(room = %self.id, "more waits for the disk than the room may keep; it starts anew");
            return Some(End::Refused);
        }
        self.is_idle_too_long().then(|| {
            info!(room = %self.id, "nobody was here for a while; the room stops");
            // Whoever asks from here on gets a new start; a join that slipped in is dropped undecided and asks again.
            self.inbox.close();
            End::Idle
        })
    }

    /// Tells the voices who stands where, now and then, in a room that has any.
    fn show_voices(&self, tick: u64) {
        let Some(voices) = self.services.voices.as_ref().filter(|_| tick.is_multiple_of(SCENE_TICKS)) else {
            return;
        };
        if voices.is_in_use(&self.id) {
            let strained = self.audience.strained().collect();
            voices.scene(&self.id, voices::of_room(self.keeper.room(), &strained));
        }
    }

    /// Hands what the keeper gives to the store, to the audience and to the pool.
    fn hand_out(&mut self) {
        let durable = self.keeper.written() - self.keeper.unconfirmed();
        while let Some((_, world, answer)) = self.views.pop_front_if(|(batch, ..)| *batch <= durable) {
            // An error means that whoever asked no longer waits.
            let _ = answer.send(world);
        }
        while let Some(feed) = self.keeper.take() {
            match feed {
                Feed::Motion(motion) => self.audience.show(&motion),
                Feed::Tell(To::Ticket(ticket), Message::Reply { ok, response, .. }) => {
                    if let Some(answer) = self.tickets.remove(&ticket) {
                        // An error means that whoever asked no longer waits.
                        let _ = answer.send(Answer { ok, response });
                    }
                }
                Feed::Tell(to, message) => {
                    if let Some(gone) = self.audience.tell(to, message) {
                        self.keeper.push(gone, Input::Leave);
                    }
                }
                // An error means that the pipeline has ended: its outcome follows and ends the room.
                Feed::Write(batch) => drop(self.batches.send(batch)),
                Feed::Bake(wanted) => self.bake(wanted),
                Feed::Load(request) => self.load(request),
                // The same.
                Feed::Keep(state) => drop(self.states.send(state)),
            }
        }
    }

    /// Takes a tick's outcome; `None` means that the pipeline is gone, and nothing would ever be told again.
    fn stored(&mut self, stored: Option<pipeline::Stored>) -> Option<End> {
        let Some(pipeline::Stored { last_seq, outcome }) = stored else {
            error!(room = %self.id, "the room's way to the store broke; it starts anew");
            return Some(End::Refused);
        };
        match outcome {
            Outcome::Committed { .. } => {
                self.keeper.stored(thexr_hall::Stored { last_seq });
                self.hand_out();
                None
            }
            // The row goes before the room is told.
            Outcome::Refused(RefusedReason::NoSuchRoom) => Some(End::Deleted),
            Outcome::Refused(reason) => {
                warn!(room = %self.id, reason = reason.as_str(), "the store refused the room's events; it starts anew");
                Some(End::Refused)
            }
            Outcome::Unavailable(_) | Outcome::Unknown => {
                warn!(room = %self.id, "the store could not take the room's events; it starts anew");
                Some(End::Refused)
            }
        }
    }

    /// Takes what became of a state; `None` means that nothing would ever be told of one again.
    fn kept(&mut self, kept: Option<Kept>) -> Option<End> {
        let Some(Kept { number, kept, full }) = kept else {
            error!(room = %self.id, "the room's way to the store broke; it starts anew");
            return Some(End::Refused);
        };
        self.keeper.set_states_full(full);
        self.keeper.kept(number, kept);
        None
    }

    /// Fetches a stored state; the answer comes back through the mailbox, in order.
    fn load(&self, LoadRequest { request, name }: LoadRequest) {
        let (store, id, mailbox) = (self.services.store.clone(), self.id.clone(), self.mailbox.clone());
        let present = self.keeper.room().world().clone();
        tokio::spawn(async move {
            let state = loaded(store.as_ref(), &id, &name, present).await.unwrap_or_else(|error| {
                warn!(room = %id, %error, "a saved state could not be read");
                None
            });
            if let Some(mailbox) = mailbox.upgrade() {
                let input = Input::StateLoaded { request, state };
                // An error means that the room has stopped: nobody waits for the state.
                let _ = mailbox.send(RoomMessage::Input { peer: PeerId(0), input, bytes: 0 }).await;
            }
        });
    }

    /// Finds ways on the pool, a room after the other; the answer comes back through the mailbox, in order.
    fn bake(&self, wanted: PathsWanted) {
        let (turns, id, mailbox) = (self.services.bake_turns.clone(), self.id.clone(), self.mailbox.clone());
        tokio::spawn(async move {
            // Closed by nobody.
            let _turn = turns.acquire().await;
            let number = wanted.number();
            let baked = tokio::task::spawn_blocking(move || wanted.bake()).await.unwrap_or_else(|_| {
                error!(room = %id, "finding ways between the room's walls panicked");
                PathsWanted::failed(number)
            });
            if let Some(mailbox) = mailbox.upgrade() {
                let input = Input::Baked(baked);
                // An error means that the room has stopped: nobody walks in it any more.
                let _ = mailbox.send(RoomMessage::Input { peer: PeerId(0), input, bytes: 0 }).await;
            }
        });
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
        self.keeper.measured(self.audience.watching(), late, missed);
        self.gauges.shed.store(usize::from(self.keeper.shed()), Ordering::Relaxed);
        metrics::histogram!("thexr_tick_seconds").record(took.as_secs_f64());
        metrics::histogram!("thexr_mailbox_depth").record(self.inbox.len() as f64);
        self.gauges.people.store(self.keeper.room().people_inside(), Ordering::Relaxed);
        self.gauges.peers.store(self.keeper.room().peer_count(), Ordering::Relaxed);
        self.gauges.set_watched(self.audience.watching_or_waiting());
        self.gauges.seq.store(self.keeper.durable_seq(), Ordering::Relaxed);
    }

    fn is_idle_too_long(&mut self) -> bool {
        let at_rest = self.keeper.room().is_idle() && self.keeper.is_settled() && self.audience.is_empty();
        if !at_rest || !self.inbox.is_empty() {
            self.idle_since = Instant::now();
        }
        self.idle_since.elapsed() >= self.services.room_idle.max(ROOM_IDLE_MIN)
    }

    /// Everything into the store: the tick's rest, a snapshot, everyone's place.
    async fn stop(&mut self) {
        self.keeper.set_ending();
        if self.tick().is_none_or(|end| end == End::Idle) {
            self.keep_everything().await;
        }
    }

    async fn keep_everything(&mut self) {
        self.keeper.keep_everything();
        self.hand_out();
        while self.keeper.unconfirmed() > 0 || self.keeper.keeping() > 0 {
            let ended = tokio::select! {
                stored = self.outcomes.recv() => self.stored(stored),
                kept = self.kept.recv() => self.kept(kept),
            };
            if ended.is_some() {
                return;
            }
        }
    }
}

/// The newest state of a name; `None` when there is none.
async fn loaded(
    store: &dyn Store,
    room: &RoomId,
    name: &str,
    present: World,
) -> Result<Option<LoadedState>, StateError> {
    let Some(row) = store.snapshot_by_name(room, name).await? else { return Ok(None) };
    let world = Arc::new(states::read_beside(store, room, &row.parts, present).await?);
    let look = move || LoadedState::new(row.hash, world);
    Ok(Some(tokio::task::spawn_blocking(look).await.map_err(|_| StateError::Defect)?))
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
            states_full: false,
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
        assert_eq!(soon("the end", task.run()).await, End::Refused);
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
        assert_eq!(task.tick(), Some(End::Idle));
        assert!(mailbox.is_closed(), "whoever comes now asks for the next life of the room");
    }
}
