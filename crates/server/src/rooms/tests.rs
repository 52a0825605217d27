//! Rooms over a real store, without sockets: a guest is a queue. Shared by the unit tests of this module.

use crate::rooms::registry::{Fault, JoinRefusal, Registry, RoomHandle, Services};
use crate::rooms::task::{Awaited, RoomMessage};
use crate::rooms::threads::RoomThreads;
use crate::web::room_admin::{self, Wish};
use serde_json::{Value, json};
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;
use tempfile::TempDir;
use thexr_hall::limits::{ORDERED_QUEUE_BYTES, SHOUT_BYTES_MAX, UNRELEASED_BYTES_END};
use thexr_hall::{Item, Lanes, Ticket};
use thexr_room::template::Template;
use thexr_room::{Input, Join, Message, Request};
use thexr_store::{SqliteStore, Store, StoreError, Writer, WriterHandle};
use thexr_wire::message::{JoinPayload, Mode};
use thexr_wire::phoenix::Vsn;
use thexr_wire::{PeerId, RoomId};
use tokio::sync::oneshot;

const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for something that must come about; panics with `what` otherwise.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("not in time: {what}"))
}

/// A store with one room in it.
pub struct Stage {
    pub store: Arc<SqliteStore>,
    pub writer: WriterHandle,
    pub services: Arc<Services>,
    pub registry: Arc<Registry>,
    pub room: RoomId,
    _dir: TempDir,
}

impl Stage {
    pub async fn set() -> Self {
        Self::set_failing(None).await
    }

    async fn set_failing(fault: Option<Fault>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(&dir.path().join("thexr.sqlite")).await.unwrap());
        let wish = Wish {
            name: "A room".into(),
            description: String::new(),
            template: Template::Empty,
            created_by: None,
        };
        let room = room_admin::create(&*store, wish).await.unwrap();
        let writer = Writer::spawn(store.clone(), Arc::new(()));
        let room_idle = Duration::from_secs(600);
        let services = Arc::new(Services {
            store: store.clone(),
            writer: writer.clone(),
            node: "node".into(),
            state_turns: Arc::new(tokio::sync::Semaphore::new(1)),
            bake_turns: Arc::new(tokio::sync::Semaphore::new(1)),
            room_idle,
            caps: thexr_room::Caps::default(),
            voices: None,
            fault,
        });
        let registry = Registry::new(services.clone(), RoomThreads::start().unwrap());
        Self { store, writer, services, registry, room, _dir: dir }
    }

    async fn handle(&self) -> RoomHandle {
        self.registry.room(&self.room).await.unwrap()
    }

    /// Makes the store full, with a command that waits for space; its ref.
    async fn fill(&self, guest: &mut Guest) -> Value {
        self.store.limit_bytes(Some(0)).await.unwrap();
        let reference = guest.command("create_entity", large("large"));
        let mut health = self.writer.health();
        soon("the store is full", health.wait_for(Option::is_some)).await.unwrap();
        reference
    }

    async fn free(&self) {
        self.store.limit_bytes(None).await.unwrap();
        let mut health = self.writer.health();
        soon("the store has space", health.wait_for(Option::is_none)).await.unwrap();
    }
}

/// What takes more space than a full store has.
fn large(entity: &str) -> Value {
    let note = "x".repeat(60_000);
    json!({"entity": entity, "components": {"a": note, "b": note, "c": note, "d": note}})
}

/// A join as it reaches a room.
pub fn join_message(peer: PeerId, mode: Mode) -> (RoomMessage, Lanes, oneshot::Receiver<bool>) {
    let lanes = Lanes::default();
    let (decided, decision) = oneshot::channel();
    let payload = JoinPayload { mode, ..JoinPayload::default() };
    let join = Box::new(Join::new(crate::auth::new_user_id(), payload, peer.0).unwrap());
    let (pose, decision_here) = (Arc::default(), Awaited(decided));
    let ticket = Ticket { lanes: lanes.clone(), pose, vsn: Vsn::V2, decision: decision_here };
    (RoomMessage::Join { peer, join, ticket }, lanes, decision)
}

/// Someone in a room.
struct Guest {
    peer: PeerId,
    handle: RoomHandle,
    waiting: Lanes,
    last_ref: u64,
}

impl Guest {
    /// The guest, and what its connection holds on to.
    async fn enter(stage: &Stage) -> (Self, oneshot::Receiver<bool>) {
        let (peer, handle) = (stage.registry.new_peer(), stage.handle().await);
        let (message, waiting, decision) = join_message(peer, Mode::Enter);
        handle.mailbox.send(message).await.unwrap();
        let joined = told(&waiting, |told| matches!(told, Message::Joined { .. }).then_some(()));
        soon("the join", joined).await;
        (Self { peer, handle, waiting, last_ref: 0 }, decision)
    }

    /// The next tick's motion, as its number.
    async fn tick(&mut self) -> u64 {
        let (_, latest) = soon("motion", arrival(&self.waiting, |waiting| waiting.next_motion())).await;
        latest.expect("the room runs").output.tick
    }

    /// Lets more than so many ticks pass.
    async fn ticks(&mut self, count: u64) {
        let begun = self.tick().await;
        while self.tick().await <= begun + count {}
    }

    fn command(&mut self, name: &str, payload: Value) -> Value {
        self.last_ref += 1;
        let reference = json!(self.last_ref);
        let request = Request::decode(name, payload).unwrap();
        let command = Input::Act { address: reference.clone(), request: Box::new(request) };
        assert!(self.handle.try_command(self.peer, command, 1));
        reference
    }

    async fn reply(&mut self, reference: &Value) -> (bool, Value) {
        let reply = told(&self.waiting, |told| match told {
            Message::Reply { reference: of, ok, response, .. } if of == *reference => {
                Some((ok, serde_json::from_str(&response).unwrap()))
            }
            _ => None,
        });
        soon("the reply", reply).await
    }

    async fn ok(&mut self, name: &str, payload: Value) -> Value {
        let reference = self.command(name, payload);
        let (ok, response) = self.reply(&reference).await;
        assert!(ok, "{name}: {response}");
        response
    }

    async fn refusal(&mut self, name: &str, payload: Value) -> String {
        let reference = self.command(name, payload);
        let (ok, response) = self.reply(&reference).await;
        assert!(!ok, "{name}: {response}");
        response["reason"].as_str().unwrap().to_owned()
    }
}

/// Waits for something on a connection's lanes.
async fn arrival<T>(waiting: &Lanes, next: impl Fn(&Lanes) -> Option<T>) -> T {
    let arrived = |context: &mut Context<'_>| {
        waiting.listen(context.waker());
        next(waiting).map_or(Poll::Pending, Poll::Ready)
    };
    poll_fn(arrived).await
}

async fn told<T>(waiting: &Lanes, mut wanted: impl FnMut(Message) -> Option<T>) -> T {
    loop {
        if let Item::Message(_, message) = arrival(waiting, Lanes::next_ordered).await
            && let Some(found) = wanted(message)
        {
            return found;
        }
    }
}

#[tokio::test]
async fn a_newcomer_whose_connection_stopped_waiting_is_not_left_inside() {
    let stage = Stage::set().await;
    let handle = stage.handle().await;
    let (message, _waiting, decision) = join_message(stage.registry.new_peer(), Mode::Enter);
    drop(decision);
    handle.mailbox.send(message).await.unwrap();
    let (mut guest, _decision) = Guest::enter(&stage).await;
    let only_the_guest = async {
        while handle.gauges.peers.load(Ordering::Relaxed) != 1 {
            guest.tick().await;
        }
    };
    soon("only the guest is there", only_the_guest).await;
}

#[tokio::test]
async fn a_state_that_was_saved_just_before_is_what_a_restore_finds() {
    let stage = Stage::set().await;
    let (mut guest, _decision) = Guest::enter(&stage).await;
    guest.ok("save_snapshot", json!({"name": "s"})).await;
    // A room is saved at most once a second.
    guest.ticks(25).await;
    stage.store.limit_bytes(Some(0)).await.unwrap();
    guest.command("create_entity", large("large"));
    let saved = guest.command("save_snapshot", json!({"name": "s"}));
    let mut health = stage.writer.health();
    soon("the store is full", health.wait_for(Option::is_some)).await.unwrap();
    // Before it is saved, nothing is restored: the older state of the name is not what is meant.
    assert_eq!(guest.refusal("restore_snapshot", json!({"name": "s"})).await, "store_unavailable");
    stage.free().await;
    let (ok, response) = guest.reply(&saved).await;
    assert!(ok, "{response}");
    guest.ok("restore_snapshot", json!({"name": "s"})).await;
    guest.ok("update_components", json!({"entity": "large", "components": {"a": 1}})).await;
}

#[tokio::test]
async fn while_the_store_is_full_refusals_and_motion_go_on_and_afterwards_everything_does() {
    let stage = Stage::set().await;
    let (mut guest, _decision) = Guest::enter(&stage).await;
    let waits = stage.fill(&mut guest).await;
    assert_eq!(guest.refusal("say", json!({"text": "anyone?"})).await, "store_unavailable");
    guest.ticks(2).await;
    let (message, waiting, decision) = join_message(stage.registry.new_peer(), Mode::Enter);
    guest.handle.mailbox.send(message).await.unwrap();
    assert_eq!(soon("the decision", decision).await, Ok(false));
    let refused =
        told(
            &waiting,
            |told| if let Message::Refused { response, .. } = told { Some(response) } else { None },
        );
    assert_eq!(soon("the refusal", refused).await["reason"], "store_unavailable");
    stage.free().await;
    let (ok, response) = guest.reply(&waits).await;
    assert!(ok, "{response}");
    guest.ok("say", json!({"text": "we are back"})).await;
}

#[tokio::test]
async fn while_the_store_is_full_a_room_keeps_back_a_bounded_number_of_bytes() {
    let stage = Stage::set().await;
    let (mut guest, _decision) = Guest::enter(&stage).await;
    stage.fill(&mut guest).await;
    let mut shouted = 0;
    let refused = async {
        loop {
            for _ in 0..100 {
                guest.command("shout", json!({"much": "x".repeat(SHOUT_BYTES_MAX - 100)}));
            }
            shouted += 100 * SHOUT_BYTES_MAX;
            guest.tick().await;
            while let Some(item) = guest.waiting.next_ordered() {
                if let Item::Message(_, Message::Reply { ok: false, .. }) = item {
                    return;
                }
            }
        }
    };
    soon("a shout is refused", refused).await;
    assert!(shouted < UNRELEASED_BYTES_END && ORDERED_QUEUE_BYTES < UNRELEASED_BYTES_END, "{shouted}");
}

#[tokio::test]
async fn a_room_that_another_server_runs_is_busy_here_until_it_is_let_go() {
    let stage = Stage::set().await;
    let now_ms = crate::clock::now_ms();
    let elsewhere = stage.store.open_room(&stage.room, "other", now_ms, 600_000).await.unwrap().unwrap();
    let refusal = stage.registry.room(&stage.room).await.unwrap_err();
    assert_eq!(refusal, JoinRefusal::Elsewhere);
    assert_eq!(refusal.to_json()["reason"], "room_busy");
    stage.store.release(&stage.room, elsewhere.room.epoch).await.unwrap();
    assert!(stage.registry.room(&stage.room).await.is_ok());
}

#[tokio::test]
async fn a_server_holds_the_rooms_it_runs_and_lets_them_go_when_it_stops() {
    let stage = Stage::set().await;
    stage.handle().await;
    let open = async || stage.store.open_room(&stage.room, "other", crate::clock::now_ms(), 1).await;
    assert!(matches!(open().await, Err(StoreError::Held { by, .. }) if by == "node"));
    stage.registry.stop().await;
    assert!(open().await.unwrap().is_some());
}

#[tokio::test]
async fn a_room_that_is_deleted_while_it_starts_ends() {
    let stage = Stage::set().await;
    let (started, ()) = tokio::join!(stage.registry.room(&stage.room), stage.registry.delete(&stage.room));
    soon("the room ends", started.unwrap().mailbox.closed()).await;
}

#[tokio::test]
async fn the_panics_of_a_deleted_room_are_forgotten() {
    let stage = Stage::set_failing(Some(Arc::new(|_| panic!("sabotage, as the test wants it")))).await;
    let quarantined = async {
        loop {
            match stage.registry.room(&stage.room).await {
                Ok(handle) => handle.mailbox.closed().await,
                Err(refusal) => return refusal,
            }
            // The end is noted by the task's supervisor, which is next in line.
            tokio::task::yield_now().await;
        }
    };
    assert_eq!(soon("quarantine", quarantined).await, JoinRefusal::Quarantined);
    stage.registry.delete(&stage.room).await;
    assert!(stage.registry.room(&stage.room).await.is_ok());
}
