//! Which rooms run: starts them on demand, restores the crashed, quarantines those that keep crashing, stops them all.

use crate::limits::{PANIC_WINDOW, PANICS_MAX, QUARANTINE, ROOM_MAILBOX_BYTES, ROOMS_RUNNING_MAX};
use crate::rooms::stored;
use crate::rooms::task::{self, Parts, RoomMessage, RoomTask};
use crate::rooms::threads::RoomThreads;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use thexr_room::{Caps, Input, Room};
use thexr_store::{Store, WriterHandle};
use thexr_wire::limits::TICK_MS;
use thexr_wire::{PeerId, RoomId};
use tokio::sync::{mpsc, oneshot};
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
    /// How long an empty room goes on.
    pub room_idle: Duration,
    /// How many a room takes.
    pub caps: Caps,
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
    /// Connections.
    pub peers: AtomicUsize,
    /// Last durable seq.
    pub seq: AtomicU64,
    /// Receivers whose motion went out more than a tick late, since the last tick; connections add, the tick takes away.
    pub late: AtomicUsize,
    /// How much is shed, 0 for nothing.
    pub shed: AtomicUsize,
    /// Bytes of commands on their way to the next tick; connections add, the tick takes away.
    pub waiting_bytes: AtomicUsize,
}

/// How a room's task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomEnd {
    /// Asked to.
    Stopped,
    /// Nobody was here.
    Idle,
    /// The room is deleted.
    Deleted,
    /// A defect of ours.
    Panicked,
    /// The store did not take its events.
    Refused,
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
    /// The store cannot be read.
    StoreUnavailable,
    /// The server is stopping.
    ShuttingDown,
}

impl JoinRefusal {
    /// The refusal as a join's response.
    pub fn to_json(self) -> Value {
        let (reason, detail) = match self {
            Self::NotFound => ("room_not_found", "There is no room here. It may have been deleted."),
            Self::Quarantined => (
                "room_quarantined",
                "This room has failed several times and is closed for ten minutes. Others work.",
            ),
            Self::Busy => ("room_busy", "The server has more to do than it can. Try again in a moment."),
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

impl RoomHandle {
    /// Sends a command of so many bytes without waiting; false when the mailbox is full.
    ///
    /// A room that has ended takes it without a word: its goodbye follows on the channel.
    pub fn try_command(&self, peer: PeerId, input: Input, bytes: usize) -> bool {
        let waiting = &self.gauges.waiting_bytes;
        let fits = waiting.fetch_add(bytes, Ordering::Relaxed) + bytes <= ROOM_MAILBOX_BYTES;
        let full = !fits
            || matches!(
                self.mailbox.try_send(RoomMessage::Input { peer, input, bytes }),
                Err(mpsc::error::TrySendError::Full(_))
            );
        if full {
            waiting.fetch_sub(bytes, Ordering::Relaxed);
        }
        !full
    }
}

enum Entry {
    Starting(Arc<tokio::sync::Mutex<()>>),
    Running(RoomHandle),
}

#[derive(Default)]
struct State {
    rooms: BTreeMap<RoomId, Entry>,
    panics: BTreeMap<RoomId, VecDeque<Instant>>,
    stopping: bool,
}

/// All running rooms.
pub struct Registry {
    services: Arc<Services>,
    threads: RoomThreads,
    state: Mutex<State>,
    next_peer: AtomicU64,
}

impl Registry {
    /// No room runs yet.
    pub fn new(services: Arc<Services>, threads: RoomThreads) -> Arc<Self> {
        Arc::new(Self { services, threads, state: Mutex::default(), next_peer: AtomicU64::new(1) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An id for a new connection to a room.
    pub fn new_peer(&self) -> PeerId {
        PeerId(self.next_peer.fetch_add(1, Ordering::Relaxed))
    }

    /// The room, started if it was not running. Those who ask at the same time wait for one start.
    pub async fn room(self: &Arc<Self>, id: &RoomId) -> Result<RoomHandle, JoinRefusal> {
        loop {
            let gate = {
                let mut state = self.state();
                if state.stopping {
                    return Err(JoinRefusal::ShuttingDown);
                }
                if is_quarantined(&mut state, id) {
                    return Err(JoinRefusal::Quarantined);
                }
                match state.rooms.get(id) {
                    Some(Entry::Running(handle)) if !handle.mailbox.is_closed() => return Ok(handle.clone()),
                    Some(Entry::Starting(gate)) => Some(gate.clone()),
                    _ if state.rooms.len() >= ROOMS_RUNNING_MAX => return Err(JoinRefusal::Busy),
                    _ => None,
                }
            };
            match gate {
                Some(gate) => drop(gate.lock().await),
                None => {
                    if let Some(result) = self.start_once(id).await {
                        return result;
                    }
                }
            }
        }
    }

    /// Starts a room unless someone else has begun to; `None` then.
    async fn start_once(self: &Arc<Self>, id: &RoomId) -> Option<Result<RoomHandle, JoinRefusal>> {
        let gate = Arc::new(tokio::sync::Mutex::new(()));
        let _closed = gate.clone().try_lock_owned().ok()?;
        {
            let mut state = self.state();
            match state.rooms.get(id) {
                Some(Entry::Running(handle)) if !handle.mailbox.is_closed() => return None,
                Some(Entry::Starting(_)) => return None,
                _ => state.rooms.insert(id.clone(), Entry::Starting(gate)),
            };
        }
        let _begun = Begun { registry: self, id };
        let started = self.start(id).await;
        Some(started.and_then(|handle| self.started(id, handle)))
    }

    /// Makes a started room known, unless the server has begun to stop meanwhile; the room ends with its handle then.
    fn started(&self, id: &RoomId, handle: RoomHandle) -> Result<RoomHandle, JoinRefusal> {
        let mut state = self.state();
        if state.stopping {
            return Err(JoinRefusal::ShuttingDown);
        }
        state.rooms.insert(id.clone(), Entry::Running(handle.clone()));
        Ok(handle)
    }

    async fn start(self: &Arc<Self>, id: &RoomId) -> Result<RoomHandle, JoinRefusal> {
        let unavailable = |error: thexr_store::StoreError| {
            error!(room = %id, %error, "the room cannot be read");
            JoinRefusal::StoreUnavailable
        };
        let store = &self.services.store;
        let stored = store.open_room(id, crate::clock::now_ms()).await.map_err(unavailable)?;
        let Some(stored) = stored else {
            self.state().panics.remove(id);
            return Err(JoinRefusal::NotFound);
        };
        let snapshots = store.list_snapshots(id).await.map_err(unavailable)?;
        let epoch = stored.room.epoch;
        let caps = self.services.caps;
        let boot = stored::boot(store.as_ref(), stored, &snapshots, caps).await.map_err(|error| {
            error!(room = %id, %error, "the room's journal does not read back");
            JoinRefusal::StoreUnavailable
        })?;
        let (mailbox, inbox) = task::mailbox();
        let clock = Clock::starting(boot.tick + 1);
        let gauges = Arc::<RoomGauges>::default();
        gauges.seq.store(boot.seq, Ordering::Relaxed);
        info!(room = %id, seq = boot.seq, incarnation = boot.incarnation, "room started");
        let parts = Parts {
            id: id.clone(),
            room: Room::open(boot),
            epoch,
            clock,
            services: self.services.clone(),
            gauges: gauges.clone(),
            inbox,
            mailbox: mailbox.downgrade(),
        };
        self.supervise(id.clone(), RoomTask::new(parts));
        Ok(RoomHandle { mailbox, clock, gauges })
    }

    /// Runs a room's task and notes how it ended; a panic anywhere in it costs this room only.
    fn supervise(self: &Arc<Self>, id: RoomId, task: RoomTask) {
        let registry = self.clone();
        self.threads.spawn(async move {
            let end = AssertUnwindSafe(task.run()).catch_unwind().await.unwrap_or(RoomEnd::Panicked);
            metrics::counter!("thexr_room_ends_total", "end" => format!("{end:?}").to_lowercase())
                .increment(1);
            let mut state = registry.state();
            match end {
                RoomEnd::Panicked => {
                    state.panics.entry(id.clone()).or_default().push_back(Instant::now());
                }
                RoomEnd::Deleted => drop(state.panics.remove(&id)),
                RoomEnd::Stopped | RoomEnd::Idle | RoomEnd::Refused => {}
            }
            if matches!(state.rooms.get(&id), Some(Entry::Running(handle)) if handle.mailbox.is_closed()) {
                state.rooms.remove(&id);
            }
        });
    }

    /// People inside right now, by room; rooms that do not run are empty.
    pub fn people(&self) -> BTreeMap<RoomId, usize> {
        let state = self.state();
        let running = state.rooms.iter().filter_map(|(id, entry)| match entry {
            Entry::Running(handle) => Some((id.clone(), handle.gauges.people.load(Ordering::Relaxed))),
            Entry::Starting(_) => None,
        });
        running.collect()
    }

    /// The most that any room sheds.
    pub fn shed(&self) -> usize {
        let state = self.state();
        let running = state.rooms.values().filter_map(|entry| match entry {
            Entry::Running(handle) => Some(handle.gauges.shed.load(Ordering::Relaxed)),
            Entry::Starting(_) => None,
        });
        running.max().unwrap_or(0)
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
                match state.rooms.get(id) {
                    Some(Entry::Running(handle)) => Ok(handle.mailbox.clone()),
                    Some(Entry::Starting(gate)) => Err(gate.clone()),
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
            let running = state.rooms.values().filter_map(|entry| match entry {
                Entry::Running(handle) => Some(handle.clone()),
                Entry::Starting(_) => None,
            });
            running.collect()
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

/// A start that has begun: however it ends, nobody waits for it for ever.
struct Begun<'a> {
    registry: &'a Registry,
    id: &'a RoomId,
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        let mut state = self.registry.state();
        if matches!(state.rooms.get(self.id), Some(Entry::Starting(_))) {
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
