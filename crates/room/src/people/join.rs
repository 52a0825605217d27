//! Coming and going: peers, people, who drives, where newcomers stand.

use crate::dice::{roll, unit};
use crate::input::{Join, StoreState};
use crate::log::Log;
use crate::log::draft::Draft;
use crate::motion::output::{Encoded, UserPlace};
use crate::people::People;
use crate::people::changes::Refusal;
use crate::reject::{NOT_INSIDE, ROOM_BUSY, Reject};
use crate::text::clean_line;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use thexr_wire::limits::{
    COORDINATE_MAX_M, EVENT_OPS_MAX, JOINS_PER_TICK_MAX, NICKNAME_CHARS_MAX, QUEUED_TICKS,
};
use thexr_wire::message::{Dialect, Mode, Movements};
use thexr_wire::pose::{Marks, Place, Pose};
use thexr_wire::{EntityId, PeerId, UserId};
use thexr_world::transform::{multiply, rotate_then};
use thexr_world::{Components, Op, Transform, World, schema};

/// Height of a newcomer's head above the spawn point, metres.
const HEAD_HEIGHT_M: f32 = 1.8;
/// Newcomers stand within this distance of the spawn point, metres.
const SPAWN_SCATTER_M: f32 = 1.0;
/// Places rolled for a newcomer, of which the least crowded is taken.
const SPAWN_CANDIDATES: u64 = 12;
/// Canonical JSON of an `avatar` component, bytes.
const AVATAR_BYTES_MAX: usize = 4 * 1024;
/// Places remembered of people who are not here; the lowest ids are forgotten first.
const LAST_POSES_MAX: usize = 10_000;
const AVATAR_COLORS: [&str; 8] =
    ["#3E7BFA", "#E8590C", "#2B8A3E", "#9C36B5", "#E03131", "#1098AD", "#F08C00", "#5F3DC4"];

/// One connection.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub user: UserId,
    pub dialect: Dialect,
    pub mode: Mode,
    pub movements: Movements,
    pub interest: bool,
    /// Wanted to enter, but the room is full of people.
    pub crowded: bool,
    /// Where a spectator looked from last.
    pub camera: Option<Place>,
}

/// Someone with an avatar here, connected or away.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Connections that entered, oldest first.
    pub entered: Vec<PeerId>,
    pub driver: Option<PeerId>,
    pub slot: u16,
    pub pose: Pose,
    pub marks: Marks,
    /// Whom they came with; 0 for nobody.
    pub party: u32,
    /// The pose in every tier, since it changed.
    pub encoded: Option<Encoded>,
    pub sample_ms: u64,
    pub changed_tick: u64,
    pub away_since_ms: Option<i64>,
    /// What peers were told last about being away.
    pub told_away: bool,
    pub place_saved_tick: u64,
}

impl People {
    /// Lets in those who wait, as many as a tick may, and tells the others their place now and then.
    pub fn admit_joins(&mut self, log: &mut Log) {
        for _ in 0..JOINS_PER_TICK_MAX {
            let Some((peer, join)) = self.waiting.pop_front() else { return };
            if let Err(refusal) = self.join(log, peer, *join) {
                self.changes.refused.push((peer, refusal));
            }
        }
        if log.now.tick.is_multiple_of(QUEUED_TICKS) {
            let waiting = self.waiting.iter().enumerate();
            let ours = waiting.filter(|(_, (_, join))| join.payload.dialect == Dialect::Thexr1);
            self.changes.queued.extend(ours.map(|(ahead, (peer, _))| (*peer, ahead)));
        }
    }

    /// A peer goes, admitted or not.
    pub fn depart(&mut self, log: &mut Log, peer: PeerId, lost: bool) {
        self.waiting.retain(|(waiting, _)| *waiting != peer);
        self.leave(log, peer, lost);
    }

    /// Whether a person's next connection is waiting to be admitted.
    fn waits_to_enter(&self, user: &UserId) -> bool {
        self.waiting.iter().any(|(_, join)| join.user == *user && join.payload.mode == Mode::Enter)
    }

    /// Lets a peer in, perhaps as a spectator, or says why not: the join's response.
    fn join(&mut self, log: &mut Log, peer: PeerId, join: Join) -> Result<(), Refusal> {
        let payload = &join.payload;
        // Who has a place here comes back to it, however full it has become.
        let has_place = self.persons.contains_key(&join.user);
        if !has_place && self.peers.len() >= self.caps.peers_max {
            return Err(self.full());
        }
        let crowded = payload.mode == Mode::Enter && !has_place && self.persons.len() >= self.caps.people_max;
        let mode = if crowded { Mode::Observe } else { payload.mode };
        let slot = match mode {
            Mode::Enter => Some(self.enter(log, peer, &join)?),
            Mode::Observe | Mode::Preview => None,
        };
        let new = Peer {
            user: join.user.clone(),
            dialect: payload.dialect,
            mode,
            movements: payload.movements,
            interest: payload.interest,
            crowded,
            camera: None,
        };
        self.peers.insert(peer, new);
        self.changes.joined(peer, slot, join.resume);
        if mode == Mode::Enter {
            self.changes.presence.joined.push((join.user, peer));
        }
        Ok(())
    }

    /// The refusal of a room that takes no more connections, with how full it is.
    fn full(&self) -> Refusal {
        let load = json!({
            "people": self.persons.len(), "peers": self.peers.len(),
            "people_max": self.caps.people_max, "peers_max": self.caps.peers_max,
        });
        let detail = format!("This room is full: {} people are inside. Try again soon.", self.persons.len());
        let response = json!({"reason": "room_full", "detail": detail, "load": load});
        Refusal { response, at_once: false }
    }

    fn enter(&mut self, log: &mut Log, peer: PeerId, join: &Join) -> Result<u16, Reject> {
        let wanted = Looks::wanted(join)?;
        if self.persons.contains_key(&join.user) {
            come_back(log, &join.user, wanted);
        } else {
            may_admit(log)?;
            self.appear(log, &join.user, wanted)?;
        }
        self.drive(&join.user, peer);
        let person = self.persons.get_mut(&join.user).ok_or(NOT_INSIDE)?;
        person.entered.push(peer);
        person.away_since_ms = None;
        Ok(person.slot)
    }

    /// A new avatar, by a `user_joined` event.
    fn appear(&mut self, log: &mut Log, user: &UserId, looks: Looks) -> Result<(), Reject> {
        let no_slot =
            Reject::new("room_full", "Too many people came and went in the last minute. Try again soon.");
        let slot = self.slots.take(log.now.at_ms).ok_or(no_slot)?;
        let pose = self.last_places.get(user).copied().unwrap_or_else(|| self.spawn_pose(log));
        let nickname = looks.nickname.unwrap_or_else(|| default_nickname(user));
        let avatar = looks.avatar.unwrap_or_else(|| default_avatar(log.seed, user));
        let components = json!({"avatar": avatar, "nickname": nickname, "pose": pose});
        let Value::Object(mut components) = components else { return Err(NOT_INSIDE) };
        components.extend(log.rights.on_avatar(user));
        let mut payload = json!(UserPlace::of(&pose));
        payload["user_id"] = json!(user);
        payload["nickname"] = json!(nickname);
        let ops = vec![Op::Create { entity: EntityId::avatar(user), components }];
        if let Err(error) = log.emit(Draft::user(user, "user_joined", payload, ops)) {
            self.slots.free(log.now.at_ms, slot);
            return Err(Reject::with_detail("room_full", error.to_string()));
        }
        let person = Person {
            entered: Vec::new(),
            driver: None,
            slot,
            pose,
            marks: Marks { jumped: true, ..Marks::default() },
            party: 0,
            encoded: None,
            sample_ms: log.clock_ms(),
            changed_tick: log.now.tick,
            away_since_ms: None,
            told_away: false,
            place_saved_tick: log.now.tick,
        };
        self.persons.insert(user.clone(), person);
        Ok(())
    }

    /// From now on this connection moves the person's avatar.
    pub fn drive(&mut self, user: &UserId, peer: PeerId) {
        let Some(person) = self.persons.get_mut(user) else { return };
        let before = person.driver.replace(peer);
        if let Some(before) = before.filter(|before| *before != peer) {
            self.changes.driver(before, false);
        }
    }

    /// A connection asks to drive and is told so; `false` when nobody is there to be driven.
    pub fn drive_from(&mut self, peer: PeerId) -> bool {
        let Some(user) = self.peers.get(&peer).map(|peer| peer.user.clone()) else { return false };
        self.drive(&user, peer);
        self.changes.driver(peer, true);
        true
    }

    /// A peer goes: on purpose, or because its connection is lost.
    fn leave(&mut self, log: &mut Log, peer: PeerId, lost: bool) {
        let Some(gone) = self.peers.remove(&peer) else { return };
        self.changes.forget(peer);
        if gone.mode != Mode::Enter {
            return;
        }
        self.changes.presence.left.push((gone.user.clone(), peer));
        let Some(person) = self.persons.get_mut(&gone.user) else { return };
        person.entered.retain(|other| *other != peer);
        if person.driver == Some(peer) {
            person.driver = person.entered.last().copied();
            if let Some(next) = person.driver {
                self.changes.driver(next, true);
            }
        }
        if !person.entered.is_empty() {
            return;
        }
        // A connection may go because the same person's next one takes its place.
        if (lost && gone.dialect == Dialect::Thexr1) || self.waits_to_enter(&gone.user) {
            self.away(log, &gone.user);
        } else {
            self.vanish(log, &gone.user);
        }
    }

    /// The avatar goes, by a `user_left` event; what hung on it stays where it was.
    pub fn vanish(&mut self, log: &mut Log, user: &UserId) {
        let Some(person) = self.persons.remove(user) else { return };
        self.slots.free(log.now.at_ms, person.slot);
        self.keep_place(user, person.pose);
        self.changes.places.push((user.clone(), person.pose));
        let avatar = EntityId::avatar(user);
        let mut ops: Vec<Op> =
            log.world.children(&avatar).flat_map(|child| let_go(&log.world, child, &person.pose)).collect();
        // A set and its unset stay together: the limit is even.
        while ops.len() >= EVENT_OPS_MAX {
            let rest = ops.split_off(EVENT_OPS_MAX);
            let_go_of(log, released, std::mem::replace(&mut ops, rest));
        }
        ops.push(Op::Delete { entity: avatar });
        let_go_of(log, |ops| left(user, ops), ops);
    }

    fn keep_place(&mut self, user: &UserId, pose: Pose) {
        self.last_places.insert(user.clone(), pose);
        while self.last_places.len() > LAST_POSES_MAX {
            self.last_places.pop_first();
        }
    }

    /// A place for a newcomer: of a few rolled within a metre of spawn points (or of the origin), the least crowded.
    fn spawn_pose(&self, log: &Log) -> Pose {
        let points: Vec<Transform> = log
            .world
            .entities()
            .values()
            .filter(|entity| entity.value("spawn_point").is_some())
            .map(|entity| *entity.transform())
            .collect();
        let rolled = (0..SPAWN_CANDIDATES).map(|index| rolled_pose(log, &points, index));
        let room_around = |pose: &Pose| {
            let others = self.persons.values().map(|person| distance_squared(&person.pose, pose));
            others.fold(f32::INFINITY, f32::min)
        };
        rolled.max_by(|a, b| room_around(a).total_cmp(&room_around(b))).unwrap_or(Pose::standing([
            0.0,
            HEAD_HEIGHT_M,
            0.0,
        ]))
    }
}

/// Whether someone new may come now, in the words a join is refused with.
fn may_admit(log: &Log) -> Result<(), Reject> {
    if log.store == StoreState::Slow { Err(ROOM_BUSY) } else { log.may_change() }
}

/// Someone who is inside already connects again, perhaps with another name or colour.
fn come_back(log: &mut Log, user: &UserId, looks: Looks) {
    let id = EntityId::avatar(user);
    let Some(entity) = log.world.entity(&id) else { return };
    let mut changed = Components::new();
    let wanted = [("nickname", looks.nickname.map(Value::from)), ("avatar", looks.avatar)];
    for (name, value) in wanted {
        if let Some(value) = value.filter(|value| entity.value(name) != Some(value)) {
            changed.insert(name.into(), value);
        }
    }
    if !changed.is_empty() && log.may_change().is_ok() {
        // A room filled to its limit keeps the old looks: coming back is worth more than a new name.
        let _ = log.emit(restyling(user, changed));
    }
}

/// Another nickname or avatar of a person who is inside.
pub(crate) fn restyling(user: &UserId, changed: Components) -> Draft {
    let name = if changed.contains_key("nickname") { "user_renamed" } else { "avatar_changed" };
    let mut payload = json!({"user_id": user});
    for (key, value) in &changed {
        payload[key] = value.clone();
    }
    let ops = vec![Op::Set { entity: EntityId::avatar(user), components: changed }];
    Draft::user(user, name, payload, ops)
}

/// Emits ops that let things go; without a place of their own where a limit leaves none.
fn let_go_of(log: &mut Log, draft: impl Fn(Vec<Op>) -> Draft, mut ops: Vec<Op>) {
    if !log.made.is_full() && log.emit(draft(ops.clone())).is_ok() {
        return;
    }
    ops.retain(|op| !matches!(op, Op::Set { .. }));
    log.emit(draft(ops)).unwrap_or_else(|error| unreachable!("what is here can be let go: {error}"));
}

fn rolled_pose(log: &Log, points: &[Transform], index: u64) -> Pose {
    let (seed, stream, first) = (log.seed, log.seq + 1, index * 3);
    let chosen = points.get(roll(seed, stream, first) as usize % points.len().max(1));
    let place = chosen.copied().unwrap_or_default();
    let angle = unit(seed, stream, first + 1) * std::f32::consts::TAU;
    let distance = libm::sqrtf(unit(seed, stream, first + 2)) * SPAWN_SCATTER_M;
    let [x, y, z] = place.position;
    let [qx, qy, qz, qw] = place.rotation;
    let (x, z) = (x + libm::cosf(angle) * distance, z + libm::sinf(angle) * distance);
    let pose =
        Pose { head: [x, y + HEAD_HEIGHT_M, z, qx, qy, qz, qw], left: None, right: None, fingers: None };
    pose.validated().unwrap_or(Pose::standing([0.0, HEAD_HEIGHT_M, 0.0]))
}

fn distance_squared(a: &Pose, b: &Pose) -> f32 {
    (0..3).map(|axis| a.head[axis] - b.head[axis]).map(|metres| metres * metres).sum()
}

/// Ops that leave a thing that hangs on a person where it is now, in the room.
pub(crate) fn let_go(world: &World, child: &EntityId, pose: &Pose) -> Vec<Op> {
    let Some(entity) = world.entity(child) else { return Vec::new() };
    let hand = match entity.parent().and_then(|parent| parent.node.as_deref()) {
        Some("left") => pose.left,
        Some("right") => pose.right,
        _ => None,
    };
    let [x, y, z, qx, qy, qz, qw] = hand.unwrap_or(pose.head);
    let held = Transform { position: [x, y, z], rotation: [qx, qy, qz, qw], ..Transform::default() };
    let local = entity.transform();
    let matrix = multiply(&local.matrix(), &held.matrix());
    let within = |metres: f32| metres.clamp(-COORDINATE_MAX_M as f32, COORDINATE_MAX_M as f32);
    let components = Components::from_iter([
        ("position".into(), json!([12, 13, 14].map(|at| within(matrix[at])))),
        ("rotation".into(), json!(rotate_then(local.rotation, held.rotation))),
    ]);
    let unset = Op::Unset { entity: child.clone(), names: vec!["parent".into()] };
    vec![Op::Set { entity: child.clone(), components }, unset]
}

/// Things that come off someone who holds more than one event can let go.
fn released(ops: Vec<Op>) -> Draft {
    let things: BTreeSet<&EntityId> = ops.iter().filter_map(Op::entity).collect();
    Draft::server("transaction_applied", json!({"entities": things}), ops)
}

fn left(user: &UserId, ops: Vec<Op>) -> Draft {
    Draft::user(user, "user_left", json!({"user_id": user}), ops)
}

/// How someone wants to appear.
struct Looks {
    nickname: Option<String>,
    avatar: Option<Value>,
}

impl Looks {
    fn wanted(join: &Join) -> Result<Self, Reject> {
        let nickname = join.payload.nickname.as_deref().filter(|name| !name.trim().is_empty());
        Ok(Self {
            nickname: nickname.map(check_nickname).transpose()?,
            avatar: join.payload.avatar.clone().map(check_avatar).transpose()?,
        })
    }
}

/// A nickname: 1 to 40 characters on one line.
pub(crate) fn check_nickname(text: &str) -> Result<String, Reject> {
    clean_line(text, "nickname", NICKNAME_CHARS_MAX, "nickname_too_long")
}

/// An avatar: an object with a colour and what else its client draws.
pub(crate) fn check_avatar(avatar: Value) -> Result<Value, Reject> {
    let Value::Object(mut avatar) = avatar else { return Err(Reject::bad_payload("avatar: an object")) };
    if let Some(color) = avatar.remove("color") {
        avatar.insert("color".into(), schema::check("color", color)?);
    }
    let avatar = Value::Object(avatar);
    let too_deep = thexr_wire::json::deeper_than(&avatar, thexr_wire::limits::JSON_DEPTH_MAX);
    if too_deep || avatar.to_string().len() > AVATAR_BYTES_MAX {
        return Err(Reject::bad_payload("avatar: at most 4096 bytes"));
    }
    Ok(avatar)
}

fn default_nickname(user: &UserId) -> String {
    format!("Guest {}", &user.as_str()[..4])
}

fn default_avatar(seed: u64, user: &UserId) -> Value {
    let stream =
        user.as_str().bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    json!({"color": AVATAR_COLORS[roll(seed, stream, 0) as usize % AVATAR_COLORS.len()]})
}
