//! People who play with boxes: one puts them there, then all walk among them, take them and throw them.
//!
//! Knows a person's client and pose only.

use crate::person::Person;
use serde_json::{Value, json};
use thexr_client::State;
use thexr_physics::State as Motion;
use thexr_wire::EntityId;

/// Boxes that one transaction makes.
const BOXES_AT_ONCE: usize = 32;
/// Edge of a box, metres.
const EDGE_M: f32 = 0.4;
/// From one box to the next, metres.
const APART_M: f32 = 0.8;
/// Time from one throw to the next, and from taking to throwing, milliseconds.
const PERIOD_MS: f64 = 2_000.0;
const HOLD_MS: f64 = 800.0;
/// How long everyone walks about before the first box is taken, milliseconds.
const WALK_FIRST_MS: f64 = 4_000.0;

/// Somebody at play.
#[derive(Debug, Default)]
pub(crate) struct Play {
    /// All boxes that there are to be.
    boxes: usize,
    made: usize,
    began_ms: Option<f64>,
    taken: Option<(EntityId, f64)>,
    next_ms: f64,
    throws: u64,
}

impl Play {
    pub fn new(boxes: usize) -> Self {
        Self { boxes, ..Self::default() }
    }

    /// How often something was thrown.
    pub fn throws(&self) -> u64 {
        self.throws
    }
}

fn name(number: usize) -> String {
    format!("box{number:05}")
}

/// The next boxes, in rows about the middle of the room.
fn boxes(from: usize, all: usize) -> Value {
    let side = (all as f32).sqrt().ceil() as usize;
    let middle = side as f32 / 2.0;
    let create = |n: usize| {
        let (x, z) = (((n % side) as f32 - middle) * APART_M, ((n / side) as f32 - middle) * APART_M);
        let components = json!({"shape": {"kind": "box", "size": EDGE_M}, "position": [x, 0.199, z],
            "holdable": {}, "body": {"motion": "dynamic"}});
        json!({"op": "create", "entity": name(n), "components": components})
    };
    json!({"ops": (from..(from + BOXES_AT_ONCE).min(all)).map(create).collect::<Vec<_>>()})
}

impl Person {
    /// One step of play.
    pub(crate) fn play(&mut self, now_ms: f64) {
        let Some(mut play) = self.play.take() else { return };
        if self.client.state() == State::Live && self.client.is_driver() {
            self.play_on(&mut play, now_ms);
        }
        self.play = Some(play);
    }

    fn play_on(&mut self, play: &mut Play, now_ms: f64) {
        if self.number == 0 && play.made < play.boxes {
            if self.asked.is_empty() {
                self.ask("transact", boxes(play.made, play.boxes), now_ms);
                play.made += BOXES_AT_ONCE;
            }
            return;
        }
        let began_ms = *play.began_ms.get_or_insert(now_ms);
        // Each in a circle of their own that meets those of others.
        let angle = (now_ms - began_ms) / 1_300.0 + self.number as f64;
        let middle = [(self.number % 4) as f64 * 3.0 - 4.5, (self.number / 4) as f64 * 4.0 - 2.0];
        let [x, z] = [middle[0] + 1.5 * libm::cos(angle), middle[1] + 1.5 * libm::sin(angle)];
        self.pose.head = [x as f32, 1.7, z as f32, 0.0, 0.0, 0.0, 1.0];
        if now_ms - began_ms < WALK_FIRST_MS + 250.0 * self.number as f64 {
            return;
        }
        match play.taken.take() {
            Some((id, at_ms)) if now_ms >= at_ms => self.throw(play, &id, angle, now_ms),
            taken @ Some(_) => play.taken = taken,
            None if now_ms >= play.next_ms => {
                play.next_ms = now_ms + PERIOD_MS;
                play.taken = self.nearest().map(|id| (id, now_ms + HOLD_MS));
                if let Some((id, _)) = &play.taken {
                    let at = json!({"position": [0, -0.2, 1.0]});
                    self.ask("grab", json!({"entity": id, "hand": "right", "offset": at}), now_ms);
                }
            }
            None => {}
        }
    }

    fn throw(&mut self, play: &mut Play, id: &EntityId, angle: f64, now_ms: f64) {
        let held_by = |id: &EntityId| self.client.replica().world().entity(id)?.value("held_by").cloned();
        if held_by(id).is_none_or(|held_by| held_by["user"] != json!(self.user)) {
            return;
        }
        play.throws += 1;
        let [x, y, z, ..] = self.pose.head;
        let (place, spin) = ([x, y - 0.2, z + 1.0, 0.0, 0.0, 0.0, 1.0], [3.0, 1.0, 2.0]);
        let velocity = [4.0 * libm::cos(3.0 * angle) as f32, 3.0, 4.0 * libm::sin(3.0 * angle) as f32];
        self.client.throw(id, Motion { place, velocity, spin }, now_ms);
        let release = json!({"entity": id, "position": place[..3], "velocity": velocity, "spin": spin});
        self.ask("release", release, now_ms);
    }

    /// The box that lies nearest, as this client has it.
    fn nearest(&self) -> Option<EntityId> {
        let [x, _, z, ..] = self.pose.head;
        let entities = self.client.replica().world().entities();
        let free = entities.iter().filter(|(_, entity)| entity.body().is_some() && entity.parent().is_none());
        let off = |at: [f32; 3]| (at[0] - x) * (at[0] - x) + (at[2] - z) * (at[2] - z);
        let near = free.map(|(id, entity)| (off(entity.transform().position), id));
        near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, id)| id.clone())
    }
}
