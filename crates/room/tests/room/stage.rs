//! A stage for transcripts: one room, people who join it, and everything each of them was told.
//!
//! Plays the shell with a store that confirms at once. Knows the room's public interface only.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use thexr_room::template::{Template, genesis};
use thexr_room::{
    Act, Actor, Attached, Boot, Caps, Event, Grant, Input, Join, LoadedState, Member, MemberChange, Message,
    Now, Ordered, Outbox, PastCommand, PoseInput, Remembered, Request, ResumeFrom, Rights, Room, Saved,
    Scratch, Settings, Shown, SnapshotKind, SnapshotOut, StoreState, TickOutput, To, Viewer, encode,
};
use thexr_wire::joints::Hands;
use thexr_wire::limits::{COMMAND_MEMORY_MS, TICK_MS};
use thexr_wire::message::JoinPayload;
use thexr_wire::pose::{Marks, Pose};
use thexr_wire::{EntityId, PeerId, Role, UserId};
use thexr_world::{NoStates, World, state};

/// Where a stage's clock begins, milliseconds since 1970.
pub const START_MS: i64 = 1_700_000_000_000;
const SEED: u64 = 7;

/// A message as a peer reads it: its name and its payload.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// `joined`, `refused`, `reply`, or the name of a push.
    pub name: String,
    /// Payload; of a reply `[ref, ok | error, response]`.
    pub payload: Value,
}

pub struct Stage {
    pub room: Room,
    pub now: Now,
    pub journal: Vec<Event>,
    pub snapshots: Vec<SnapshotOut>,
    /// States are stored with the tick after the one that hands them out; or else the test says so.
    pub keeps: bool,
    pub places: Vec<(UserId, Pose)>,
    pub latest: Outbox,
    /// Motion as it was shown last, and whether the last tick showed none.
    pub motion: Arc<TickOutput>,
    pub quiet: bool,
    pub attached: BTreeMap<PeerId, Attached>,
    /// Who made the room, and what is stored of people and settings.
    pub owner: Option<UserId>,
    pub members: BTreeMap<UserId, (Role, Value)>,
    pub settings: Value,
    /// Everything every tick left behind, in text, for comparing runs; `None` is not kept.
    pub outboxes: Option<Vec<String>>,
    /// States by name, as the store would answer.
    pub named: BTreeMap<String, World>,
    heard: BTreeMap<PeerId, Vec<Heard>>,
    /// What the last tick said, as it was said.
    pub said: Vec<Ordered>,
    /// Slots of things, as those who speak thexr.1 were told of them.
    slots: BTreeMap<String, Value>,
    next_peer: u64,
    next_ref: u64,
    incarnation: u16,
    /// How often ways between walls were asked for.
    pub baked: usize,
}

/// A user id that begins with a readable name.
pub fn user(name: &str) -> UserId {
    UserId::parse(&format!("{name:0<20}")).unwrap()
}

pub fn avatar(name: &str) -> EntityId {
    EntityId::avatar(&user(name))
}

pub fn entity(id: &str) -> EntityId {
    EntityId::parse(id).unwrap()
}

fn boot(journal: &[Event], snapshots: &[SnapshotOut]) -> Boot {
    let newest = snapshots.iter().max_by_key(|snapshot| snapshot.seq);
    let seq = newest.map_or(0, |snapshot| snapshot.seq);
    let world = newest.map(|snapshot| World::from_text(&snapshot.world.to_text()).unwrap());
    let mut boot = Boot { world: world.unwrap_or_default(), seq, seed: SEED, ..Boot::default() };
    let tail: Vec<Event> = journal.iter().filter(|event| event.seq > seq).cloned().collect();
    boot.fold_tail(&tail, &NoStates).unwrap();
    boot
}

fn saved(named: &BTreeMap<String, World>) -> BTreeMap<String, Saved> {
    let kind = |name: &str| if name == "initial" { "initial" } else { "named" };
    let saved = |name: &String| Saved { kind: kind(name), at_ms: START_MS, seq: 1, by: None };
    named.keys().map(|name| (name.clone(), saved(name))).collect()
}

impl Stage {
    /// A room as it is after its creation.
    pub fn new(template: Template) -> Self {
        Self::with_caps(template, Caps::default())
    }

    /// A room that takes so many.
    pub fn with_caps(template: Template, caps: Caps) -> Self {
        let journal = vec![genesis(template, SEED, START_MS)];
        let mut boot = boot(&journal, &[]);
        boot.caps = caps;
        let named = BTreeMap::from([("initial".to_owned(), boot.world.clone())]);
        boot.saved = saved(&named);
        boot.incarnation = 1;
        Self {
            room: Room::open(boot),
            now: Now { tick: 0, at_ms: START_MS },
            journal,
            snapshots: Vec::new(),
            keeps: true,
            places: Vec::new(),
            latest: Outbox::default(),
            motion: Arc::default(),
            quiet: true,
            attached: BTreeMap::new(),
            owner: None,
            members: BTreeMap::new(),
            settings: json!({}),
            outboxes: None,
            named,
            slots: BTreeMap::new(),
            heard: BTreeMap::new(),
            said: Vec::new(),
            next_peer: 1,
            next_ref: 1,
            incarnation: 1,
            baked: 0,
        }
    }

    pub fn empty() -> Self {
        Self::new(Template::Empty)
    }

    /// An empty room that someone made.
    pub fn made_by(name: &str) -> Self {
        let mut stage = Self::empty();
        stage.owner = Some(user(name));
        stage.reopen();
        stage
    }

    /// The room as it is after a crash and a start from what was stored; nobody is connected.
    pub fn reopen(&mut self) {
        let mut boot = boot(&self.journal, &self.snapshots);
        self.incarnation += 1;
        boot.incarnation = self.incarnation;
        boot.tick = self.now.tick;
        boot.saved = saved(&self.named);
        boot.last_poses = self.places.clone();
        boot.rights = self.rights();
        boot.at_ms = self.journal.last().map_or(0, |event| event.at_ms);
        boot.commands = self.journal.iter().filter_map(|event| self.past_command(event)).collect();
        self.room = Room::open(boot);
        self.attached.clear();
        self.heard.clear();
    }

    /// Rights as they are stored, without the rows that a store does not keep.
    fn rights(&self) -> Rights {
        let kept = self.members.iter().filter(|(_, row)| **row != (Role::Visitor, json!({})));
        let members = kept.map(|(user, (role, state))| (user.clone(), Member::from_row(*role, state)));
        Rights::new(self.owner.clone(), Settings::from_json(&self.settings), members)
    }

    fn past_command(&self, event: &Event) -> Option<PastCommand> {
        let Actor::User(user) = &event.actor else { return None };
        let id = event.command_id.clone().filter(|_| event.at_ms > self.now.at_ms - COMMAND_MEMORY_MS)?;
        let reply = Remembered::of(event.seq, &event.payload);
        Some(PastCommand { user: user.clone(), id, at_ms: event.at_ms, reply })
    }

    /// Someone asks to join; the answer comes with the next tick.
    pub fn join(&mut self, name: &str, payload: Value) -> PeerId {
        self.join_with(name, payload, None)
    }

    /// As [`join`](Self::join), with the stored events after `seq` as the tail.
    pub fn resume(&mut self, name: &str, seq: u64) -> PeerId {
        let tail = self.journal.iter().filter(|event| event.seq > seq).cloned().map(Arc::new).collect();
        self.join_with(name, json!({"dialect": "thexr.1"}), Some(ResumeFrom::new(seq, tail)))
    }

    pub fn join_with(&mut self, name: &str, payload: Value, resume: Option<ResumeFrom>) -> PeerId {
        self.knock(name, payload, resume, None)
    }

    /// As [`join_with`](Self::join_with), at a door that others may share; everyone else has a door of their own.
    pub fn knock(
        &mut self,
        name: &str,
        payload: Value,
        resume: Option<ResumeFrom>,
        door: Option<u64>,
    ) -> PeerId {
        let peer = PeerId(self.next_peer);
        self.next_peer += 1;
        let payload: JoinPayload = serde_json::from_value(payload).unwrap();
        let join = Join::new(user(name), payload, door.unwrap_or(peer.0));
        let join = join.map(|join| Input::Join(Box::new(join.resuming(resume))));
        if let Err(reject) = join.and_then(|join| self.room.push(peer, join)) {
            // The shell answers at once.
            let refused = Heard { name: "refused".into(), payload: reject.to_json() };
            self.heard.entry(peer).or_default().push(refused);
        }
        peer
    }

    /// Someone is in, speaking json, and has read what there was to read.
    pub fn enter(&mut self, name: &str) -> PeerId {
        self.enter_with(name, json!({}))
    }

    /// Someone is in, speaking thexr.1, and has read what there was to read.
    pub fn enter_thexr(&mut self, name: &str) -> PeerId {
        self.enter_with(name, json!({"dialect": "thexr.1"}))
    }

    pub fn enter_with(&mut self, name: &str, payload: Value) -> PeerId {
        let peer = self.join(name, payload);
        self.tick();
        assert!(self.attached.contains_key(&peer), "{:?}", self.heard.get(&peer));
        self.hear(peer);
        peer
    }

    pub fn lose(&mut self, peer: PeerId) {
        self.room.push(peer, Input::Lost).unwrap();
        self.attached.remove(&peer);
    }

    pub fn leave(&mut self, peer: PeerId) {
        self.room.push(peer, Input::Leave).unwrap();
        self.attached.remove(&peer);
    }

    /// Queues a push; returns its ref.
    pub fn push(&mut self, peer: PeerId, name: &str, payload: Value) -> Value {
        let reference = json!(self.next_ref.to_string());
        self.next_ref += 1;
        match Request::decode(name, payload) {
            Ok(request) => {
                let input = Input::Act { address: reference.clone(), request: Box::new(request) };
                self.room.push(peer, input).unwrap();
            }
            // As a shell does: such a refusal needs no room.
            Err(reject) => {
                let payload = json!([reference, "error", reject.to_json()]);
                self.heard.entry(peer).or_default().push(Heard { name: "reply".into(), payload });
            }
        }
        reference
    }

    /// One push and one tick, a second one where a state is stored meanwhile: the response, or the reason of the refusal.
    /// Other messages stay to be heard.
    pub fn call(&mut self, peer: PeerId, name: &str, payload: Value) -> Result<Value, String> {
        let reference = self.push(peer, name, payload);
        self.tick();
        if self.keeps && self.room.is_keeping() {
            self.tick();
        }
        self.answer(peer, &reference)
    }

    /// The answer to a push, taken out of what its peer heard.
    pub fn answer(&mut self, peer: PeerId, reference: &Value) -> Result<Value, String> {
        let heard = self.heard.entry(peer).or_default();
        let is_answer = |heard: &Heard| heard.name == "reply" && heard.payload[0] == *reference;
        let at =
            heard.iter().position(is_answer).unwrap_or_else(|| panic!("no reply {reference}: {heard:?}"));
        let reply = heard.remove(at).payload;
        if reply[1] == "ok" {
            return Ok(reply[2].clone());
        }
        assert!(reply[2]["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{reply}");
        Err(reply[2]["reason"].as_str().unwrap().to_owned())
    }

    /// What someone without a connection does, and its answer.
    pub fn act(&mut self, actor: Actor, name: &str, payload: Value) -> Result<Value, String> {
        let ticket = self.push_act(actor, name, payload)?;
        self.tick();
        self.answer(ticket, &Value::Null)
    }

    /// Queues what someone without a connection does; its answer is heard as by the peer that is returned.
    pub fn push_act(&mut self, actor: Actor, name: &str, payload: Value) -> Result<PeerId, String> {
        let grant = if actor.user().is_some() { Grant::Role } else { Grant::All };
        let request = Request::decode(name, payload).map_err(|reject| reject.reason.to_owned())?;
        let Request { command, id } = request;
        let ticket = 1_000_000 + self.next_ref;
        self.next_ref += 1;
        self.room.push_act(ticket, Act { actor, grant, command, id }).unwrap();
        Ok(PeerId(ticket))
    }

    /// An entity made by a person; returns its id.
    pub fn create(&mut self, peer: PeerId, components: Value) -> EntityId {
        let made = self.call(peer, "create_entity", json!({"components": components})).unwrap();
        entity(made["entity"].as_str().unwrap())
    }

    pub fn tick(&mut self) {
        self.tick_after(TICK_MS as i64);
    }

    pub fn ticks(&mut self, count: usize) {
        (0..count).for_each(|_| self.tick());
    }

    /// One tick, `ms` after the last one.
    pub fn tick_after(&mut self, ms: i64) {
        self.now = Now { tick: self.now.tick + (ms as u64 / TICK_MS).max(1), at_ms: self.now.at_ms + ms };
        let mut out = Outbox::default();
        self.room.tick(self.now, &mut out);
        if let Some(outboxes) = &mut self.outboxes {
            outboxes.push(state::hash(&format!("{out:?}")));
        }
        self.said = std::mem::take(&mut out.ordered);
        for message in self.said.clone() {
            self.deliver(message);
        }
        self.journal.append(&mut out.events);
        for snapshot in std::mem::take(&mut out.snapshots) {
            if let (SnapshotKind::Named, Some(name)) = (snapshot.kind, &snapshot.name) {
                self.named.insert(name.clone(), snapshot.world.clone());
            }
            if self.keeps {
                self.room.push(PeerId(0), Input::StateKept { number: snapshot.number, kept: true }).unwrap();
            }
            self.snapshots.push(snapshot);
        }
        self.places.append(&mut out.last_poses);
        for MemberChange { user, role, state } in std::mem::take(&mut out.members) {
            self.members.insert(user, (role, state));
        }
        self.settings = out.settings.take().unwrap_or(std::mem::take(&mut self.settings));
        for load in std::mem::take(&mut out.loads) {
            let loaded = self
                .named
                .get(&load.name)
                .map(|world| LoadedState::new(state::hash(&world.to_text()), Arc::new(world.clone())));
            let input = Input::StateLoaded { request: load.request, state: loaded };
            self.room.push(PeerId(0), input).unwrap();
        }
        if let Some(wanted) = out.paths.take() {
            self.baked += 1;
            self.room.push(PeerId(0), Input::Baked(wanted.bake())).unwrap();
        }
        self.quiet = out.latest.is_none();
        if let Some(motion) = &out.latest {
            self.motion = motion.clone();
        }
        self.latest = out;
    }

    fn deliver(&mut self, ordered: Ordered) {
        let receivers: Vec<PeerId> = match ordered.to {
            To::Peer(peer) => vec![peer],
            To::Ticket(ticket) => return self.tell(PeerId(ticket), &ordered.message),
            To::All => self.attached.keys().copied().collect(),
            To::Speaking(dialect) => {
                let speaks = |(_, attached): &(&PeerId, &Attached)| attached.dialect == dialect;
                self.attached.iter().filter(speaks).map(|(peer, _)| *peer).collect()
            }
        };
        for peer in receivers {
            self.tell(peer, &ordered.message);
        }
    }

    fn tell(&mut self, peer: PeerId, message: &Message) {
        let dialect = self.attached.get(&peer).map(|attached| attached.dialect);
        let heard = self.heard.entry(peer).or_default();
        let mut hear = |name: &str, payload: Value| heard.push(Heard { name: name.into(), payload });
        match message {
            Message::Joined { attached, response } => {
                self.attached.insert(peer, *attached);
                hear("joined", response.clone());
            }
            Message::Refused { response, .. } => hear("refused", response.clone()),
            Message::Reply { reference, ok, response, .. } => {
                let status = if *ok { "ok" } else { "error" };
                hear("reply", json!([reference, status, parse(response)]));
            }
            Message::Push { event, payload } => {
                let payload = parse(payload);
                if let Some(slots) = payload["slots"].as_object() {
                    self.slots.extend(slots.clone());
                }
                hear(event, payload);
            }
            Message::ToSome { peers, payload, .. } if peers.contains(&peer) => hear("stoc", parse(payload)),
            Message::ToSome { unheard, .. } if dialect == Some(thexr_wire::message::Dialect::Thexr1) => {
                hear("unheard", parse(unheard))
            }
            Message::ToSome { .. } => {}
            Message::Shout { payload } => hear("shout", parse(payload)),
            Message::State(view) => {
                for (name, payload) in encode::state(view, dialect.unwrap()) {
                    hear(name, parse(&payload));
                }
            }
            Message::Missed(missed) => {
                for (name, payload) in encode::missed(missed) {
                    hear(name, parse(&payload));
                }
            }
            Message::Close => {
                hear("close", Value::Null);
                self.attached.remove(&peer);
            }
        }
    }

    /// Everything a peer was told since the last time it was asked.
    pub fn hear(&mut self, peer: PeerId) -> Vec<Heard> {
        self.heard.remove(&peer).unwrap_or_default()
    }

    /// What a peer was told under one name; the rest is dropped.
    pub fn hear_only(&mut self, peer: PeerId, name: &str) -> Vec<Value> {
        let heard = self.hear(peer);
        heard.into_iter().filter(|heard| heard.name == name).map(|heard| heard.payload).collect()
    }

    /// The names of what a peer was told, in order.
    pub fn hear_names(&mut self, peer: PeerId) -> Vec<String> {
        self.hear(peer).into_iter().map(|heard| heard.name).collect()
    }

    /// A component's value, null when it or its entity is not there.
    pub fn value(&self, id: &EntityId, component: &str) -> Value {
        let entity = self.room.world().entity(id);
        entity.and_then(|entity| entity.value(component)).cloned().unwrap_or(Value::Null)
    }

    /// The version of something that is there.
    pub fn version(&self, id: &EntityId) -> u64 {
        let world = self.room.world();
        world.version(world.entity(id).unwrap())
    }

    /// Where someone is.
    pub fn standing(&self, name: &str) -> Pose {
        let places = self.room.places();
        places.into_iter().find(|(id, _)| *id == user(name)).unwrap().1
    }

    /// The slot of a thing, if somebody was told of it while they were here.
    pub fn slot(&self, id: &EntityId) -> Option<u16> {
        Some(self.slots.get(id.as_str())?.as_u64()? as u16)
    }

    /// Someone is there now.
    pub fn stand(&mut self, peer: PeerId, pose: Pose) {
        let input =
            PoseInput { peer, sample_ms: None, marks: Marks::default(), pose, hands: Hands::default() };
        assert!(self.room.pose(input));
    }

    pub fn exists(&self, id: &EntityId) -> bool {
        self.room.world().entity(id).is_some()
    }

    /// Names of the journal's events after the first (`room_created`).
    pub fn events(&self) -> Vec<&str> {
        self.journal[1..].iter().map(|event| event.name.as_str()).collect()
    }

    pub fn last_event(&self) -> &Event {
        self.journal.last().unwrap()
    }

    pub fn store(&mut self, state: StoreState) {
        self.room.set_store_state(state);
    }

    /// Poses of the newest tick by slot, as a viewer with `own_slot` is told them.
    pub fn seen(&self, viewer: &mut Viewer) -> BTreeMap<u16, Pose> {
        let (mut bytes, mut seen) = (Vec::new(), BTreeMap::new());
        if viewer.frame(&self.motion, 0, 0, &mut Scratch::default(), &mut bytes) == Shown::Frame {
            let mut see = |sample: thexr_wire::pose::Sample| {
                seen.insert(sample.slot, sample.pose);
            };
            thexr_wire::lane::read_down(&bytes, &mut see).unwrap();
        }
        seen
    }
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
