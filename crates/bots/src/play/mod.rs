//! Bots that play: what the replica shows goes into a mind, and what that wants goes out as poses and commands.
//!
//! The mind and what it is made of are pure; here are its connection, its clock and the mesh it walks on.

mod arms;
mod feet;
mod goals;
mod mind;
mod played;
mod ride;
mod scene;
mod ways;
mod wish;

#[cfg(test)]
mod tests;

pub use played::{Games, Played};
pub(crate) use ways::Ways;

use crate::bot::Bot;
use mind::Mind;
use rand::rngs::SmallRng;
use scene::{Monster, Scene};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use thexr_client::rows::monster_row;
use thexr_client::{AVATAR_ROW, Client, Event, State, avatar_row};
use thexr_nav::{Paths, is_fixed};
use thexr_wire::{EntityId, RoomId};
use ways::Wanted;
use wish::Wish;

/// What a monster's row says of one that has fallen.
const FALLEN: f32 = 5.0;
/// A step that was held up for longer goes on as far as this, seconds.
const STEP_S_MAX: f64 = 0.25;
/// From the head of one who arrives to their feet, metres.
const ARRIVAL_HEAD_M: f32 = 1.8;

/// A bot that plays.
pub(crate) struct Play {
    mind: Mind,
    room: RoomId,
    ways: Arc<Ways>,
    paths: Option<Arc<Paths>>,
    /// The event from which on the mesh must be, as far as one knows.
    needs_seq: u64,
    played: Played,
    asked: BTreeMap<u64, &'static str>,
    last_ms: f64,
    jumped: bool,
    /// Whether it is measured now.
    measures: bool,
}

impl Play {
    pub fn new(room: RoomId, dice: SmallRng, ways: Arc<Ways>) -> Self {
        Self {
            mind: Mind::new(dice),
            played: Played::of(&room),
            room,
            ways,
            paths: None,
            needs_seq: 0,
            asked: BTreeMap::new(),
            last_ms: 0.0,
            jumped: true,
            measures: false,
        }
    }

    /// Takes an event of the client; `true`: it was about play alone.
    pub fn hear(&mut self, event: &Event, client: &Client, now_ms: f64) -> bool {
        let room_ms = client.room_ms(now_ms).unwrap_or(0.0);
        match event {
            Event::Joined { pose: Some(pose), .. } => {
                let [x, y, z, ..] = pose.head;
                self.put([x, y - ARRIVAL_HEAD_M, z]);
            }
            Event::Ready | Event::Restated => {
                self.needs_seq = client.replica().seq();
                self.paths = None;
            }
            Event::Event { event, payload, at, .. } => self.fact(event, payload, *at, client),
            Event::Reply { handle, ok, response } => return self.answer(*handle, *ok, response, room_ms),
            _ => {}
        }
        false
    }

    fn put(&mut self, feet: [f32; 3]) {
        self.mind.put(feet);
        self.jumped = true;
    }

    fn fact(&mut self, name: &str, payload: &Value, at_ms: i64, client: &Client) {
        let Some(user) = client.user() else { return };
        self.played.hear(EntityId::avatar(user).as_str(), user.as_str(), name, payload, at_ms);
        let is_me = payload.get("user_id").and_then(Value::as_str) == Some(user.as_str());
        match name {
            "user_respawned" | "user_teleported" | "user_moved_back" if is_me => {
                let number = |at: usize| payload.get("position")?.get(at)?.as_f64();
                if let (Some(x), Some(y), Some(z)) = (number(0), number(1), number(2)) {
                    self.put([x as f32, y as f32, z as f32]);
                }
            }
            "game_began" => self.mind.begin(),
            _ => {}
        }
    }

    fn answer(&mut self, handle: u64, ok: bool, response: &Value, room_ms: f64) -> bool {
        let Some(name) = self.asked.remove(&handle) else { return false };
        if ok {
            self.played.shots += u64::from(name == "shoot");
            self.played.shots_measured += u64::from(name == "shoot" && self.measures);
        } else {
            let reason = response.get("reason").and_then(Value::as_str).unwrap_or("no reason");
            self.played.refuse(name, reason);
            self.mind.refused(name, room_ms);
        }
        true
    }

    /// One step: looks, decides, moves and asks.
    pub fn step(&mut self, bot: &mut Bot, measures: bool) {
        self.measures = measures;
        if measures {
            bot.note_lanes();
        }
        let now_ms = bot.now_ms();
        let seconds = ((now_ms - self.last_ms) / 1_000.0).clamp(0.0, STEP_S_MAX) as f32;
        self.last_ms = now_ms;
        let client = bot.client_mut();
        let Some(room_ms) = client.room_ms(now_ms) else { return };
        if client.state() != State::Live || !client.is_driver() {
            return;
        }
        self.find_ways(client, room_ms);
        let Some(own) = client.user().map(EntityId::avatar) else { return };
        let (monsters, people) = (monsters(client), people(client));
        let world = client.replica().world();
        let paths = self.paths.as_deref();
        let shut = paths.map(|paths| scene::shut(world, paths, room_ms)).unwrap_or_default();
        let scene =
            Scene { world, own: &own, paths, shut: &shut, monsters: &monsters, people: &people, room_ms };
        let step = self.mind.step(&scene, seconds);
        if let Some(pose) = step.pose {
            let jumped = std::mem::take(&mut self.jumped);
            // A mind makes usable poses only; its tests say so.
            let _ = bot.set_pose(&pose, jumped);
        }
        for wish in step.wishes {
            self.ask(bot.client_mut(), wish, now_ms);
        }
    }

    fn ask(&mut self, client: &mut Client, wish: Wish, now_ms: f64) {
        let (name, payload) = match wish {
            Wish::Ask(name, payload) => (name, payload),
            Wish::Shoot(shot) => {
                let at = client.aimed_ms(shot.origin, shot.direction, now_ms);
                let at = at.map(|ms| ms.max(0.0).round());
                ("shoot", json!({"origin": shot.origin, "direction": shot.direction, "at": at}))
            }
        };
        self.asked.insert(client.command(name, payload, now_ms), name);
    }

    /// Has a mesh made where what is fixed has changed, and takes it once it is there.
    fn find_ways(&mut self, client: &mut Client, room_ms: f64) {
        let changes = client.replica_mut().take_changes();
        let replica = client.replica();
        let world = replica.world();
        let is_new = |index: &u32| {
            let Some(id) = replica.id_of(*index) else { return false };
            let Some(paths) = self.paths.as_ref() else { return false };
            let known = paths.is_of(id);
            let is_gate = paths.gates().any(|gate| gate == id);
            match world.entity(id) {
                None => known || is_gate,
                Some(entity) if entity.is_avatar() || is_gate => false,
                Some(_) => known || is_fixed(world, id, room_ms),
            }
        };
        if changes.keys().any(is_new) {
            self.needs_seq = replica.seq();
        }
        if let Some((paths, _)) = self.ways.of(&self.room, self.needs_seq) {
            self.paths = Some(paths);
        } else if self.ways.may_bake(&self.room, self.needs_seq) {
            let (room, world, seq) = (self.room.clone(), world.clone(), replica.seq());
            self.ways.bake(Wanted { room, world, seq, room_ms, at: self.mind.feet() });
        }
    }

    /// What became of it.
    pub fn into_played(mut self, bot: &mut Bot) -> Played {
        self.played.lanes = bot.take_lanes();
        self.played
    }
}

fn monsters(client: &Client) -> Vec<Monster> {
    let rows = client.monster_rows().chunks_exact(monster_row::FLOATS);
    let living = rows.filter(|row| row[monster_row::DOING] != FALLEN);
    let seen = |row: &[f32]| {
        let entity = client.replica().id_of(row[monster_row::INDEX] as u32)?.clone();
        Some(Monster { entity, at: [0, 1, 2].map(|axis| row[monster_row::PLACE + axis]) })
    };
    living.filter_map(seen).collect()
}

fn people(client: &Client) -> Vec<[f32; 3]> {
    let rows = client.avatar_rows().chunks_exact(AVATAR_ROW);
    rows.map(|row| [0, 1, 2].map(|axis| row[avatar_row::HEAD + axis])).collect()
}
