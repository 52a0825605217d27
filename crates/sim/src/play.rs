//! People who play with boxes: one puts them there, then all walk among them, take them and throw them.
//!
//! Knows a client and a pose only.

use serde_json::{Value, json};
use thexr_client::{Client, State};
use thexr_physics::State as Motion;
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, UserId};

/// People who have boxes of their own.
const PEOPLE: usize = 8;
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
    /// Each among boxes of their own, instead of all among all.
    apart: bool,
    made: usize,
    began_ms: Option<f64>,
    taken: Option<(EntityId, f64)>,
    next_ms: f64,
    throws: u64,
}

impl Play {
    pub fn new(boxes: usize, apart: bool) -> Self {
        Self { boxes, apart, ..Self::default() }
    }

    /// How often something was thrown.
    pub fn throws(&self) -> u64 {
        self.throws
    }
}

fn name(number: usize) -> String {
    format!("box{number:05}")
}

/// About where somebody goes in circles.
fn middle(number: u64, apart: bool) -> [f64; 2] {
    let [x, z] = if apart { [14.0, 14.0] } else { [3.0, 4.0] };
    [((number % 4) as f64 - 1.5) * x, ((number / 4) as f64 - 0.5) * z]
}

/// The next boxes, in rows about the middle of the room or of each one's circle.
fn boxes(from: usize, all: usize, apart: bool) -> Value {
    let (rows, people) = if apart { (all / PEOPLE, PEOPLE) } else { (all, 1) };
    let side = (rows as f32).sqrt().ceil() as usize;
    let half = side as f32 / 2.0;
    let create = |n: usize| {
        let [x, z] = if apart { middle((n % people) as u64, apart) } else { [0.0; 2] };
        let at = n / people;
        let x = x as f32 + ((at % side) as f32 - half) * APART_M;
        let z = z as f32 + ((at / side) as f32 - half) * APART_M;
        let components = json!({"shape": {"kind": "box", "size": EDGE_M}, "position": [x, 0.199, z],
            "holdable": {}, "body": {"motion": "dynamic"}});
        json!({"op": "create", "entity": name(n), "components": components})
    };
    json!({"ops": (from..(from + BOXES_AT_ONCE).min(all)).map(create).collect::<Vec<_>>()})
}

/// What somebody at play goes by.
pub(crate) struct Player<'a> {
    pub client: &'a mut Client,
    pub pose: &'a mut Pose,
    pub user: &'a UserId,
    pub number: u64,
    /// Nothing that they have asked for waits for an answer.
    pub answered: bool,
}

impl Play {
    /// One step of play; what is asked for.
    pub fn next(&mut self, mut player: Player<'_>, now_ms: f64) -> Option<(&'static str, Value)> {
        if player.client.state() != State::Live || !player.client.is_driver() {
            return None;
        }
        if player.number == 0 && self.made < self.boxes {
            let made = self.made;
            self.made += if player.answered { BOXES_AT_ONCE } else { 0 };
            return player.answered.then(|| ("transact", boxes(made, self.boxes, self.apart)));
        }
        let passed_ms = now_ms - *self.began_ms.get_or_insert(now_ms);
        let angle = player.walk(passed_ms, self.apart);
        if passed_ms < WALK_FIRST_MS + 250.0 * player.number as f64 {
            return None;
        }
        match self.taken.take() {
            Some((id, at_ms)) if now_ms >= at_ms => self.throw(&mut player, &id, angle, now_ms),
            Some(taken) => {
                self.taken = Some(taken);
                None
            }
            None if now_ms >= self.next_ms => {
                self.next_ms = now_ms + PERIOD_MS;
                let id = player.nearest()?;
                self.taken = Some((id.clone(), now_ms + HOLD_MS));
                let at = json!({"position": [0, -0.2, 1.0]});
                Some(("grab", json!({"entity": id, "hand": "right", "offset": at})))
            }
            None => None,
        }
    }

    fn throw(
        &mut self,
        player: &mut Player<'_>,
        id: &EntityId,
        angle: f64,
        now_ms: f64,
    ) -> Option<(&'static str, Value)> {
        let held_by = player.client.replica().world().entity(id)?.value("held_by")?;
        if held_by["user"] != json!(player.user) {
            return None;
        }
        self.throws += 1;
        let [x, y, z, ..] = player.pose.head;
        let (place, spin) = ([x, y - 0.2, z + 1.0, 0.0, 0.0, 0.0, 1.0], [3.0, 1.0, 2.0]);
        let velocity = [4.0 * libm::cos(3.0 * angle) as f32, 3.0, 4.0 * libm::sin(3.0 * angle) as f32];
        player.client.throw(id, Motion { place, velocity, spin }, now_ms);
        let release = json!({"entity": id, "position": place[..3], "velocity": velocity, "spin": spin});
        Some(("release", release))
    }
}

impl Player<'_> {
    /// Goes in a circle of their own that meets those of others; at which angle they are.
    fn walk(&mut self, passed_ms: f64, apart: bool) -> f64 {
        let angle = passed_ms / 1_300.0 + self.number as f64;
        let middle = middle(self.number, apart);
        let [x, z] = [middle[0] + 1.5 * libm::cos(angle), middle[1] + 1.5 * libm::sin(angle)];
        self.pose.head = [x as f32, 1.7, z as f32, 0.0, 0.0, 0.0, 1.0];
        angle
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
