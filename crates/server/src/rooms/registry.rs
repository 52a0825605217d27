//! Which rooms run: starts them on demand, restores the crashed, quarantines those that keep crashing, stops them all.

use crate::limits::{
    EMPTY_TIMEOUT, PANIC_WINDOW, PANICS_MAX, QUARANTINE, ROOM_IDLE_MIN, ROOM_MAILBOX_BYTES,
    ROOMS_RUNNING_MAX, ROOMS_RUNNING_PER_ADDRESS_MAX,
};
use crate::rooms::task::{self, Answer, Parts, RoomMessage, RoomTask};
use crate::rooms::threads::RoomThreads;
use crate::rooms::{lease, states, stored};
use crate::voices::Voices;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use thexr_hall::End;
use thexr_hall::channels::ROOM_NOT_FOUND;
use thexr_hall::channels::Way;
use thexr_room::{Act, Caps, Input, Room};
use thexr_store::{Store, StoreError, WriterHandle};
use thexr_wire::limits::TICK_MS;
use thexr_wire::{PeerId, RoomId};
use thexr_world::World;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tracing::{error, info};

use futures_util::FutureExt;

/// A hook that tests use to make a room fail; called in every tick.
pub type Fault = Arc<dyn Fn(&RoomId) + Send + Sync>;

/// What every room needs.
pub struct Services {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Its writer.
    pub writer: WriterHandle,
    /// What this server is called among those that share the store.
    pub node: String,
    /// Turns at writing parts of states: [`STATE_WRITES_MAX`](crate::limits::STATE_WRITES_MAX).
    pub state_turns: Arc<Semaphore>,
    /// Whose turn it is to find ways between a room's walls.
    pub bake_turns: Arc<Semaphore>,
    /// How long an empty room goes on.
    pub room_idle: Duration,
    /// How many a room takes.
    pub caps: Caps,
    /// Where voices are carried, unless they are off.
    pub voices: Option<Arc<Voices>>,
    /// See [`Fault`].
    pub fault: Option<Fault>,
}

/// When a room's ticks are.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    first_tick: u64,
    begun: Instant,
}

impl Clock {
    /// A clock whose first tick is now.
    pub fn starting(first_tick: u64) -> Self {
        Self { first_tick, begun: Instant::now() }
    }

    /// The tick we are in.
    pub fn tick(&self) -> u64 {
        self.first_tick + self.begun.elapsed().as_millis() as u64 / TICK_MS
    }

    /// The room clock, milliseconds.
    pub fn room_ms(&self) -> f64 {
        self.first_tick as f64 * TICK_MS as f64 + self.begun.elapsed().as_secs_f64() * 1000.0
    }
}

/// Figures of a room that others may read at any time.
#[derive(Debug, Default)]
pub struct RoomGauges {
    /// People inside.
    pub people: AtomicUsize,
    /// Connections of any kind, those waiting to be admitted included.
    pub peers: AtomicUsize,
    /// Last durable seq.
    pub seq: AtomicU64,
    /// Receivers whose motion went out more than a tick late, since the last tick; connections add, the tick takes away.
    pub late: Arc<AtomicUsize>,
    /// How much is shed, 0 for nothing.
    pub shed: AtomicUsize,
    /// Bytes of commands on their way to the next tick; connections add, the tick takes away.
    pub waiting_bytes: AtomicUsize,
    /// Since when nobody has been inside, watching or at the door, milliseconds of [`GAUGES_BEGUN`]; 0 while someone is.
    empty_since_ms: AtomicU64,
    /// Someone asks the room to end already.
    asked_to_end: AtomicBool,
}

/// Where the time of all rooms' gauges begins.
static GAUGES_BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

impl RoomGauges {
    /// Notes how many are inside, watching or at the door; lobbies do not count.
    pub fn set_watched(&self, watched: usize) {
        let now_ms = (GAUGES_BEGUN.elapsed().as_millis() as u64).max(1);
        if watched > 0 {
            self.empty_since_ms.store(0, Ordering::Relaxed);
        } else if self.empty_since_ms.load(Ordering::Relaxed) == 0 {
            self.empty_since_ms.store(now_ms, Ordering::Relaxed);
        }
    }

    /// Since when the room has been empty, for who wants its place; `None` while it is not, or has only just begun to be.
    fn empty_since_ms(&self, settle: Duration) -> Option<u64> {
        let since_ms = self.empty_since_ms.load(Ordering::Relaxed);
        // Whoever had it started must have time to come in.
        let settled_ms = (GAUGES_BEGUN.elapsed().saturating_sub(settle)).as_millis() as u64;
        let free = !self.asked_to_end.load(Ordering::Relaxed);
        (free && since_ms > 0 && since_ms <= settled_ms).then_some(since_ms)
    }
}

/// Why nobody can join a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinRefusal {
    /// There is no such room.
    NotFound,
    /// It crashed too often.
    Quarantined,
    /// Too much at once.
    Busy,
    /// Another server runs it.
    Elsewhere,
    /// The store cannot be read.
    StoreUnavailable,
    /// The server is stopping.
    ShuttingDown,
}

impl JoinRefusal {
    /// The refusal as a join's response.
    pub fn to_json(self) -> Value {
        let (reason, detail) = match self {
            Self::NotFound => ROOM_NOT_FOUND,
            Self::Quarantined => (
                "room_quarantined",
                "This room has failed several times and is closed for ten minutes. Others work.",
            ),
            Self::Busy => ("room_busy", "The server has more to do than it can. Try again in a moment."),
            Self::Elsewhere => {
                ("room_busy", "Another server runs this room right now. Try again in a moment.")
            }
            Self::StoreUnavailable => {
                ("store_unavailable", "The server cannot read its store right now. Try again soon.")
            }
            Self::ShuttingDown => {
                ("shutting_down", "The server is restarting. Your page reconnects by itself.")
            }
        };
        json!({"reason": reason, "detail": detail})
    }
}

/// A running room as connections see it.
#[derive(Debug, Clone)]
pub struct RoomHandle {
    /// Its mailbox.
    pub mailbox: mpsc::Sender<RoomMessage>,
    /// Its clock.
    pub clock: Clock,
    /// Its figures.
    pub gauges: Arc<RoomGauges>,
}

impl Way for RoomHandle {
    fn tick(&self) -> u64 {
        self.clock.tick()
    }

    fn room_ms(&self) -> f64 {
        self.clock.room_ms()
    }
}

impl RoomHandle {
    /// Has an act of so many bytes done, and waits until what came of it is durable; refused at once when the mailbox is
    /// full; `None`: the room has ended meanwhile.
    pub async fn act(&self, act: Act, bytes: usize) -> Option<Answer> {
        let (answer, answered) = oneshot::channel();
        if !self.try_send(RoomMessage::Act { act: Box::new(act), answer, bytes }, bytes) {
            let response = JoinRefusal::Busy.to_json().to_string().into();
            return Some(Answer { ok: false, response });
        }
        answered.await.ok()
    }

    /// What the room holds now, once that is durable; `None`: it has ended meanwhile.
    pub async fn view(&self) -> Option<World> {
        let (answer, answered) = oneshot::channel();
        self.mailbox.send(RoomMessage::View(answer)).await.ok()?;
        answered.await.ok()
    }

    /// Sends a command of so many bytes without waiting; false when the mailbox is full.
    ///
    /// A room that has ended takes it without a word: its goodbye follows on the channel.
    pub fn try_command(&self, peer: PeerId, input: Input, bytes: usize) -> bool {
        self.try_send(RoomMessage::Input { peer, input, bytes }, bytes)
    }

    fn try_send(&self, message: RoomMessage, bytes: usize) -> bool {
        let waiting = &self.gauges.waiting_bytes;
        let fits = waiting.fetch_add(bytes, Ordering::Relaxed) + bytes <= ROOM_MAILBOX_BYTES;
        let full = !fits || matches!(self.mailbox.try_send(message), Err(mpsc::error::TrySendError::Full(_)));
        if full {
            waiting.fetch_sub(bytes, Ordering::Relaxed);
        }
        !full
    }
}

enum Life {
    Starting(Arc<tokio::sync::Mutex<()>>),
    Running(RoomHandle),
}

struct Entry {
    life: Life,
    /// Through which door whoever had it started came; 0 for none.
    door: u64,
}

impl Entry {
    fn running(&self) -> Option<&RoomHandle> {
        if let Life::Running(handle) = &self.life { Some(handle) } else { None }
    }

    /// The room, if it takes messages.
    fn open(&self) -> Option<&RoomHandle> {
        self.running().filter(|handle| !handle.mailbox.is_closed())
    }
}

/// How many rooms may run.
#[derive(Debug, Clone, Copy)]
pub struct RoomCaps {
    /// In all.
    pub running: usize,
    /// Of those started by one address.
    pub per_door: usize,
    /// How long a room must have been empty before another may have its place.
    pub settle: Duration,
}

impl Default for RoomCaps {
    fn default() -> Self {
        Self { running: ROOMS_RUNNING_MAX, per_door: ROOMS_RUNNING_PER_ADDRESS_MAX, settle: ROOM_IDLE_MIN }
    }
}

#[derive(Default)]
struct State {
    rooms: BTreeMap<RoomId, Entry>,
    panics: BTreeMap<RoomId, VecDeque<Instant>>,
    stopping: bool,
}

/// What a room's start needs first.
enum Next {
    /// Nothing: start it.
    Start,
    /// Wait for someone else's start.
    Wait(Arc<tokio::sync::Mutex<()>>),
    /// A place: this room may give its own.
    Ask(RoomId, RoomHandle),
}

impl State {
    /// The room that has been empty for longest, of all or of those that came to run through one door; it is asked only once
    /// at a time. Errors: there is none.
    fn empty_for_longest(&self, settle: Duration, door: Option<u64>) -> Result<Next, JoinRefusal> {
        let of_door = |entry: &Entry| door.is_none_or(|door| entry.door == door);
        let empty = self.rooms.iter().filter(|(_, entry)| of_door(entry)).filter_map(|(id, entry)| {
            let handle = entry.open()?;
            Some((handle.gauges.empty_since_ms(settle)?, id, handle))
        });
        let (_, id, handle) = empty.min_by_key(|(since_ms, ..)| *since_ms).ok_or(JoinRefusal::Busy)?;
        handle.gauges.asked_to_end.store(true, Ordering::Relaxed);
        Ok(Next::Ask(id.clone(), handle.clone()))
    }

    /// What one more room needs, for someone who came through a door.
    fn place(&self, caps: RoomCaps, door: u64) -> Result<Next, JoinRefusal> {
        let of_door = || self.rooms.values().filter(|entry| entry.door == door).count();
        if door != 0 && of_door() >= caps.per_door {
            return self.empty_for_longest(caps.settle, Some(door));
        }
        if self.rooms.len() >= caps.running {
            return self.empty_for_longest(caps.settle, None);
        }
        Ok(Next::Start)
    }
}

/// All running rooms.
pub struct Registry {
    services: Arc<Services>,
    threads: RoomThreads,
    caps: RoomCaps,
    state: Mutex<State>,
    next_peer: AtomicU64,
}

impl Registry {
    /// No room runs yet.
    pub fn new(services: Arc<Services>, threads: RoomThreads) -> Arc<Self> {
        Self::with_caps(services, threads, RoomCaps::default())
    }

    /// As [`new`](Self::new), with so many rooms at a time.
    pub fn with_caps(services: Arc<Services>, threads: RoomThreads, caps: RoomCaps) -> Arc<Self> {
        lease::keep(&services);
        Arc::new(Self { services, threads, caps, state: Mutex::default(), next_peer: AtomicU64::new(1) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stopping(&self) -> bool {
        self.state().stopping
    }

    /// An id for a new connection to a room.
    pub fn new_peer(&self) -> PeerId {
        PeerId(self.next_peer.fetch_add(1, Ordering::Relaxed))
    }

    /// The room, started if it was not running. Those who ask at the same time wait for one start.
    pub async fn room(self: &Arc<Self>, id: &RoomId) -> Result<RoomHandle, JoinRefusal> {
        self.room_for(id, 0).await
    }

    /// As [`room`](Self::room), for someone who came through a door: at their share or at the cap, the room that has been
    /// empty for longest gives its place.
    pub async fn room_for(self: &Arc<Self>, id: &RoomId, door: u64) -> Result<RoomHandle, JoinRefusal> {
        loop {
            let next = {
                let mut state = self.state();
                if state.stopping {
                    return Err(JoinRefusal::ShuttingDown);
                }
                if is_quarantined(&mut state, id) {
                    return Err(JoinRefusal::Quarantined);
                }
                match state.rooms.get(id) {
                    Some(Entry { life: Life::Starting(gate), .. }) => Next::Wait(gate.clone()),
                    Some(Entry { life: Life::Running(handle), .. }) if !handle.mailbox.is_closed() => {
                        return Ok(handle.clone());
                    }
                    // Its own last life still has the place.
                    Some(_) => Next::Start,
                    None => state.place(self.caps, door)?,
                }
            };
            match next {
                Next::Wait(gate) => drop(gate.lock().await),
                Next::Ask(id, handle) => self.ask_to_end(&id, &handle).await,
                Next::Start => {
                    if let Some(result) = self.start_once(id, door).await {
                        return result;
                    }
                }
            }
        }
    }

    /// Has a room end unless someone is there by now.
    async fn ask_to_end(&self, id: &RoomId, handle: &RoomHandle) {
        let _asking = Asking(&handle.gauges);
        let (answer, answered) = oneshot::channel();
        let asked = handle.mailbox.try_send(RoomMessage::EndIfEmpty(answer)).is_ok();
        if asked && let Ok(Ok(true)) = tokio::time::timeout(EMPTY_TIMEOUT, answered).await {
            info!(room = %id, "an empty room ends for the next one");
            self.forget(id);
        }
    }

    /// Gives the place of a room that has ended to others.
    fn forget(&self, id: &RoomId) {
        let mut state = self.state();
        if state.rooms.get(id).is_some_and(|entry| entry.running().is_some() && entry.open().is_none()) {
            state.rooms.remove(id);
        }
    }

    /// Starts a room unless someone else has begun to, or has taken the last place; `None` then.
    async fn start_once(self: &Arc<Self>, id: &RoomId, door: u64) -> Option<Result<RoomHandle, JoinRefusal>> {
        let gate = Arc::new(tokio::sync::Mutex::new(()));
        let _closed = gate.clone().try_lock_owned().ok()?;
        {
            let mut state = self.state();
            match state.rooms.get(id) {
                Some(Entry { life: Life::Starting(_), .. }) => return None,
                Some(entry) if entry.open().is_some() => return None,
                None if state.rooms.len() >= self.caps.running => return None,
                _ => state.rooms.insert(id.clone(), Entry { life: Life::Starting(gate), door }),
            };
        }
        let _begun = Begun { registry: self, id };
        let started = self.start(id).await;
        Some(started.and_then(|handle| self.started(id, door, handle)))
    }

    /// Makes a started room known, unless the server has begun to stop meanwhile; the room ends with its handle then.
    fn started(&self, id: &RoomId, door: u64, handle: RoomHandle) -> Result<RoomHandle, JoinRefusal> {
        let mut state = self.state();
        if state.stopping {
            return Err(JoinRefusal::ShuttingDown);
        }
        state.rooms.insert(id.clone(), Entry { life: Life::Running(handle.clone()), door });
        Ok(handle)
    }

    async fn start(self: &Arc<Self>, id: &RoomId) -> Result<RoomHandle, JoinRefusal> {
        let Services { store, node, caps, .. } = self.services.as_ref();
        let stored = match store.open_room(id, node, crate::clock::now_ms(), lease::lease_ms()).await {
            Ok(Some(stored)) => stored,
            Ok(None) => {
                self.state().panics.remove(id);
                return Err(JoinRefusal::NotFound);
            }
            Err(StoreError::Held { by, .. }) => {
                info!(room = %id, %by, "another server runs the room");
                return Err(JoinRefusal::Elsewhere);
            }
            Err(error) => {
                error!(room = %id, %error, "the room cannot be read");
                return Err(JoinRefusal::StoreUnavailable);
            }
        };
        let (epoch, states_full) = (stored.room.epoch, states::is_full(&stored.room));
        let boot = match stored::boot(store.as_ref(), stored, *caps).await {
            Ok(boot) => boot,
            Err(error) => {
                error!(room = %id, %error, "the room's journal does not read back");
                lease::release(store.as_ref(), id, epoch).await;
                return Err(JoinRefusal::StoreUnavailable);
            }
        };
        let (mailbox, inbox) = task::mailbox();
        let clock = Clock::starting(boot.tick + 1);
        let gauges = Arc::<RoomGauges>::default();
        gauges.seq.store(boot.seq, Ordering::Relaxed);
        info!(room = %id, seq = boot.seq, incarnation = boot.incarnation, "room started");
        let parts = Parts {
            id: id.clone(),
            room: Room::open(boot),
            epoch,
            states_full,
            clock,
            services: self.services.clone(),
            gauges: gauges.clone(),
            inbox,
            mailbox: mailbox.downgrade(),
        };
        self.supervise(id.clone(), epoch, RoomTask::new(parts));
        Ok(RoomHandle { mailbox, clock, gauges })
    }

    /// Runs a room's task and notes how it ended; a panic anywhere in it costs this room only.
    fn supervise(self: &Arc<Self>, id: RoomId, epoch: i64, task: RoomTask) {
        let registry = self.clone();
        self.threads.spawn(async move {
            let end = AssertUnwindSafe(task.run()).catch_unwind().await.unwrap_or(End::Panicked);
            metrics::counter!("thexr_room_ends_total", "end" => format!("{end:?}").to_lowercase())
                .increment(1);
            // A server that stops has let its rooms go, and closes the store.
            if !registry.is_stopping() {
                lease::release(registry.services.store.as_ref(), &id, epoch).await;
            }
            let mut state = registry.state();
            match end {
                End::Panicked => {
                    state.panics.entry(id.clone()).or_default().push_back(Instant::now());
                }
                End::Deleted => drop(state.panics.remove(&id)),
                End::Stopped | End::Idle | End::Refused => {}
            }
            drop(state);
            registry.forget(&id);
        });
    }

    /// The room, if it runs.
    pub fn running_room(&self, id: &RoomId) -> Option<RoomHandle> {
        self.state().rooms.get(id).and_then(Entry::open).cloned()
    }

    /// People inside right now, by room; rooms that do not run are empty.
    pub fn people(&self) -> BTreeMap<RoomId, usize> {
        let state = self.state();
        let running = state.rooms.iter().filter_map(|(id, entry)| Some((id, entry.running()?)));
        running.map(|(id, handle)| (id.clone(), handle.gauges.people.load(Ordering::Relaxed))).collect()
    }

    /// The most that any room sheds.
    pub fn shed(&self) -> usize {
        let state = self.state();
        let running = state.rooms.values().filter_map(Entry::running);
        running.map(|handle| handle.gauges.shed.load(Ordering::Relaxed)).max().unwrap_or(0)
    }

    /// How many rooms run.
    pub fn running(&self) -> usize {
        self.state().rooms.len()
    }

    /// Ends a deleted room: its peers are told, its task goes.
    pub async fn delete(&self, id: &RoomId) {
        loop {
            let found = {
                let mut state = self.state();
                state.panics.remove(id);
                match state.rooms.get(id).map(|entry| &entry.life) {
                    Some(Life::Running(handle)) => Ok(handle.mailbox.clone()),
                    Some(Life::Starting(gate)) => Err(gate.clone()),
                    None => return,
                }
            };
            match found {
                Ok(mailbox) => {
                    // An error means that the room has ended already.
                    let _ = mailbox.send(RoomMessage::Delete).await;
                    return;
                }
                // It may have been read before it was deleted.
                Err(gate) => drop(gate.lock().await),
            }
        }
    }

    /// Stops all rooms, each with everything in the store; nobody can start one any more.
    pub async fn stop(&self) {
        let handles: Vec<RoomHandle> = {
            let mut state = self.state();
            state.stopping = true;
            state.rooms.values().filter_map(|entry| entry.running().cloned()).collect()
        };
        let stop = |handle: RoomHandle| async move {
            let (done, stopped) = oneshot::channel();
            if handle.mailbox.send(RoomMessage::Stop(done)).await.is_ok() {
                // An error means that the task ended otherwise.
                let _ = stopped.await;
            }
        };
        futures_util::future::join_all(handles.into_iter().map(stop)).await;
    }
}

/// A room that is asked to end. If it goes on, it looked empty and was not, or is too busy to say so: it goes to the end of
/// the line, even when whoever asked has gone.
struct Asking<'a>(&'a RoomGauges);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.empty_since_ms.store(0, Ordering::Relaxed);
        self.0.asked_to_end.store(false, Ordering::Relaxed);
    }
}

/// A start that has begun: however it ends, nobody waits for it for ever.
struct Begun<'a> {
    registry: &'a Registry,
    id: &'a RoomId,
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        let mut state = self.registry.state();
        if state.rooms.get(self.id).is_some_and(|entry| entry.running().is_none()) {
            state.rooms.remove(self.id);
        }
    }
}

fn is_quarantined(state: &mut State, id: &RoomId) -> bool {
    let Some(panics) = state.panics.get_mut(id) else { return false };
    let horizon = if panics.len() >= PANICS_MAX { QUARANTINE } else { PANIC_WINDOW };
    while panics.front().is_some_and(|at| at.elapsed() > horizon) {
        panics.pop_front();
    }
    let full = panics.len() >= PANICS_MAX;
    if panics.is_empty() {
        state.panics.remove(id);
    }
    full
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
