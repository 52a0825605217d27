//! Someone at a client: walks about, builds at random, and keeps a record of what was asked and answered.
//!
//! Knows the client's public interface only.

use crate::dice::Dice;
use crate::play::{Play, Player};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use thexr_client::{Client, Detail, Event, Mode, Options, State};
use thexr_physics::Simulation;
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, RoomId, UserId};
use thexr_world::Entity;

/// Metres per second.
const WALK_SPEED: f64 = 1.5;
/// Chance of a command in one step of 10 ms: about two a second.
const COMMAND_CHANCE: f64 = 0.02;
/// Chance of leaving the lobby in one step: after half a second on average.
const ENTER_CHANCE: f64 = 0.02;
/// Commands of a hostile person in one step: four hundred a second.
const HOSTILE_COMMANDS: usize = 4;
/// Commands that leave no event.
const WITHOUT_EVENT: [&str; 5] = ["drive", "list_snapshots", "shout", "block", CARRY];
/// Has motion go by datagrams.
const CARRY: &str = "rtc_motion";

/// A person and the client in front of them.
pub struct Person {
    /// Who the token says they are.
    pub user: UserId,
    /// The client.
    pub client: Client,
    /// Where they stand.
    pub pose: Pose,
    /// Names of commands that wait for an answer, by handle.
    pub asked: BTreeMap<u64, &'static str>,
    /// The longest that an answer took, milliseconds.
    pub slowest_answer_ms: f64,
    /// Commands that were granted and left an event.
    pub granted: usize,
    /// Commands that were refused, with the reason.
    pub refused: Vec<String>,
    /// Everything the client told, as JSON.
    pub heard: Vec<String>,
    /// Facts they heard that were for a few.
    pub whispers: usize,
    asked_ms: BTreeMap<u64, f64>,
    hostile: bool,
    /// What they do instead of building, if they play.
    pub(crate) play: Option<Play>,
    /// What they touch they simulate, if they do.
    physics: Option<Simulation>,
    /// Their motion is to go by datagrams, and they have asked for that since they joined.
    datagrams: Option<bool>,
    dice: Dice,
    direction: f64,
    entered: bool,
    number: u64,
    seqs: BTreeSet<u64>,
}

impl Person {
    /// Someone who wants in; a hostile one wants everything else to break.
    pub fn new(room: &RoomId, user: UserId, seed: u64, number: u64, hostile: bool) -> Self {
        let options = Options {
            room: room.clone(),
            user: None,
            nickname: String::new(),
            avatar: Value::Null,
            mode: Mode::Observe,
            command_id_seed: seed.wrapping_mul(1_000) + number,
            detail: Detail::Full,
        };
        Self {
            user,
            client: Client::new(options),
            pose: Pose::standing([number as f32, 1.8, 0.0]),
            asked: BTreeMap::new(),
            slowest_answer_ms: 0.0,
            asked_ms: BTreeMap::new(),
            hostile,
            whispers: 0,
            granted: 0,
            refused: Vec::new(),
            heard: Vec::new(),
            play: None,
            physics: None,
            datagrams: None,
            dice: Dice::new(seed, 1_000 + number),
            direction: 0.0,
            entered: false,
            number,
            seqs: BTreeSet::new(),
        }
    }

    /// One step of life: look around, enter, walk, now and then build.
    pub fn act(&mut self, now_ms: f64, step_ms: f64) {
        let live = self.client.state() == State::Live;
        if !self.entered && live && self.dice.chance(ENTER_CHANCE) {
            self.entered = true;
            self.client.enter(Mode::Enter, &format!("Person {}", self.number), Value::Null, now_ms);
        }
        if !self.entered {
            return;
        }
        if let Some(play) = &mut self.play {
            let Self { client, pose, user, number, .. } = self;
            let answered = self.asked.is_empty();
            let player = Player { client, pose, user, number: *number, answered };
            if let Some((name, payload)) = play.next(player, now_ms) {
                self.ask(name, payload, now_ms);
            }
            return;
        }
        self.walk(step_ms);
        if live && self.hostile {
            for _ in 0..HOSTILE_COMMANDS {
                let (name, payload) = self.harm();
                self.ask(name, payload, now_ms);
            }
        } else if live && self.dice.chance(COMMAND_CHANCE) {
            let (name, payload) = self.wish(now_ms);
            self.ask(name, payload, now_ms);
        }
    }

    fn ask(&mut self, name: &'static str, payload: Value, now_ms: f64) {
        let handle = self.client.command(name, payload, now_ms);
        self.asked.insert(handle, name);
        self.asked_ms.insert(handle, now_ms);
    }

    /// Whether they are out to break things.
    pub fn is_hostile(&self) -> bool {
        self.hostile
    }

    /// Whether they have left the lobby.
    pub fn has_entered(&self) -> bool {
        self.entered
    }

    /// From now on what they touch moves at once.
    pub fn predict(&mut self) {
        self.physics = Some(Simulation::default());
        self.client.set_predicting(true);
    }

    /// From now on their motion goes by datagrams, with every join anew.
    pub fn use_datagrams(&mut self) {
        self.datagrams = Some(false);
    }

    /// One frame: the pose goes to the client, events come out.
    pub fn frame(&mut self, now_ms: f64) {
        let known = self.client.set_pose(&self.pose, false, now_ms);
        assert!(known.is_ok(), "people stand somewhere");
        if let Some(physics) = &mut self.physics {
            let orders = self.client.orders(now_ms);
            if !orders.0.is_empty() {
                self.client.report(&physics.run(&orders), now_ms);
            }
        }
        self.client.frame(now_ms);
        while let Some(event) = self.client.poll_event() {
            self.heard.push(serde_json::to_string(&event).unwrap_or_default());
            self.hear(event, now_ms);
        }
        if self.datagrams == Some(false) && self.client.state() == State::Live {
            self.datagrams = Some(true);
            self.ask(CARRY, json!({"on": true}), now_ms);
        }
    }

    fn hear(&mut self, event: Event, now_ms: f64) {
        match event {
            Event::Closed { reason } if reason == "heartbeat_timeout" => {
                panic!("a line that lives is given up")
            }
            Event::Reply { handle, ok, response } => {
                let asked_ms = self.asked_ms.remove(&handle).unwrap_or(now_ms);
                self.slowest_answer_ms = self.slowest_answer_ms.max(now_ms - asked_ms);
                let name = self.asked.remove(&handle);
                let name = name.unwrap_or_else(|| panic!("command {handle} is answered once: {response}"));
                if ok && name == CARRY {
                    self.client.set_datagrams(true);
                }
                match ok {
                    true if WITHOUT_EVENT.contains(&name) => {}
                    true => self.granted += 1,
                    false => self.refused.push(response["reason"].as_str().unwrap_or("none").to_owned()),
                }
            }
            // A new join may tell what an earlier one, of the lobby, has told already.
            Event::Joined { resumed, .. } => {
                if !resumed {
                    self.seqs.clear();
                }
                self.datagrams = self.datagrams.map(|_| false);
            }
            Event::Event { seq, event, payload, .. } if seq > 0 => {
                if let Some(users) = payload["to"]["users"].as_array() {
                    let me = Value::from(self.user.as_str());
                    assert!(
                        users.contains(&me) || payload["user_id"] == me,
                        "{event} of seq {seq} is for others"
                    );
                    self.whispers += 1;
                }
                assert!(self.seqs.insert(seq), "{event} of seq {seq} is told once");
            }
            Event::Desync { detail } => panic!("the room told something that does not fit: {detail}"),
            Event::Fatal { detail } => panic!("the client gave up: {detail}"),
            _ => {}
        }
    }

    fn walk(&mut self, step_ms: f64) {
        self.direction += self.dice.between(-0.1, 0.1);
        let metres = WALK_SPEED * step_ms / 1_000.0;
        let head = &mut self.pose.head;
        head[0] = (head[0] + (libm::cos(self.direction) * metres) as f32).clamp(-20.0, 20.0);
        head[2] = (head[2] + (libm::sin(self.direction) * metres) as f32).clamp(-20.0, 20.0);
        let half = self.direction / 2.0;
        head[3..].copy_from_slice(&[0.0, libm::sin(half) as f32, 0.0, libm::cos(half) as f32]);
    }

    /// Some thing this client knows, or one that nobody does.
    fn thing(&mut self) -> EntityId {
        let world = self.client.replica().world();
        let things: Vec<&EntityId> = world.entities().keys().filter(|id| id.user().is_none()).collect();
        self.dice
            .choose(&things)
            .map(|id| EntityId::clone(id))
            .unwrap_or_else(|| EntityId::avatar(&self.user))
    }

    /// Much to hear, much to store, much to remember, much to look at.
    fn harm(&mut self) -> (&'static str, Value) {
        let thing = self.thing();
        let number = self.dice.below(1_000);
        let entities: Vec<String> = (0..200).map(|n| format!("m{}x{number}x{n}", self.number)).collect();
        match self.dice.below(10) {
            0..=2 => ("duplicate_entity", json!({"entity": thing})),
            3 => ("update_components", json!({"entity": thing, "components": {"much": "x".repeat(60_000)}})),
            4 => ("shout", json!({"much": "x".repeat(15_000)})),
            5 => {
                let create = |id| json!({"op": "create", "entity": id, "components": {"ttl": 1_000, "keep_while": self.user}});
                ("transact", json!({"ops": entities.iter().map(create).collect::<Vec<_>>()}))
            }
            6 => ("save_snapshot", json!({"name": format!("s{}", number % 3)})),
            // Nobody who is here: whom one blocks one does not see.
            7 => ("block", json!({"user_id": format!("{:020}", number + 1_000)})),
            8 => ("delete_entity", json!({"entity": thing})),
            _ => ("say", json!({"text": "x".repeat(1_000)})),
        }
    }

    /// What one does with one's body: with things of the kind it takes, and where there is none near with any other.
    fn deed(&mut self, number: usize) -> (&'static str, Value) {
        let [own_x, _, own_z, ..] = self.pose.head;
        let near = |entity: &Entity| {
            let [x, _, z] = entity.transform().position;
            (x - own_x).abs() < 3.0 && (z - own_z).abs() < 3.0
        };
        let user = Value::from(self.user.as_str());
        let seat = self.fitting(|entity| entity.seat().is_some() && near(entity));
        let tool = self.fitting(|entity| {
            entity.holdable().is_some() && (near(entity) || entity.value("held_by").is_some())
        });
        let held =
            self.fitting(|entity| entity.value("held_by").is_some_and(|held_by| held_by["user"] == user));
        let ruled = self.fitting(|entity| entity.rules().is_some() && near(entity));
        let hand = if number.is_multiple_of(2) { "left" } else { "right" };
        let [x, _, z, ..] = self.pose.head.map(f32::round);
        match number {
            0..12 => ("create_entity", json!({"components": {"position": [x, 1, z], "seat": true}})),
            12..22 => {
                let policy = ["deny", "ask", "allow", "steal"][number % 4];
                let mut components = json!({"position": [x, 1, z], "holdable": {"policy": policy}});
                if !number.is_multiple_of(3) {
                    components["shape"] = json!({"kind": "box", "size": 0.4});
                    components["body"] = json!("dynamic");
                }
                ("create_entity", json!({"components": components}))
            }
            22..36 => ("sit", json!({"entity": seat})),
            36 => ("open", json!({"entity": ruled})),
            37 => ("collect", json!({"entity": ruled})),
            38..40 => ("trigger", json!({"entity": ruled})),
            40..50 => ("stand", json!({})),
            50..75 => ("grab", json!({"entity": tool, "hand": hand})),
            75..94 => {
                let velocity = [x % 5.0, if number < 80 { 0.0 } else { 3.0 }, z % 5.0];
                ("release", json!({"entity": held, "velocity": velocity, "spin": [number % 7, 1, 0]}))
            }
            _ => ("hand_over", json!({"entity": held})),
        }
    }

    /// A thing of a kind, as this client knows it; any where there is none.
    fn fitting(&mut self, fits: impl Fn(&Entity) -> bool) -> EntityId {
        let entities = self.client.replica().world().entities();
        let fitting: Vec<&EntityId> =
            entities.iter().filter(|(_, entity)| fits(entity)).map(|(id, _)| id).collect();
        let chosen = self.dice.choose(&fitting).map(|id| EntityId::clone(id));
        chosen.unwrap_or_else(|| self.thing())
    }

    fn wish(&mut self, now_ms: f64) -> (&'static str, Value) {
        let thing = self.thing();
        let number = self.dice.below(100);
        match self.dice.below(30) {
            0 if number < 50 => ("create_entity", json!({"components": ruled(number)})),
            0..=5 => ("create_entity", json!({"components": {"position": [number, 1, 2], "goals": 0}})),
            // A door that takes ten minutes to open, one metre a second.
            6..=9 if number >= 60 => {
                let start_ms = self.client.room_ms(now_ms).unwrap_or_default().round();
                let animate =
                    json!({"to": {"position": [600, 1, 0]}, "start_ms": start_ms, "duration_ms": 600_000});
                let components = json!({"position": [0, 1, 0], "animate": animate});
                ("update_components", json!({"entity": thing, "components": components}))
            }
            6..=9 => {
                ("update_components", json!({"entity": thing, "components": {"note": number, "goals": null}}))
            }
            10..=13 => {
                ("transact", json!({"ops": [{"op": "inc", "entity": thing, "components": {"visits": 1}}]}))
            }
            14 => ("delete_entity", json!({"entity": thing})),
            15 => ("duplicate_entity", json!({"entity": thing})),
            16 => ("reparent", json!({"entity": thing, "parent": self.thing()})),
            17 => ("update_components", json!({"entity": thing, "components": {"ttl": 500 + 20 * number}})),
            18 => match number {
                0..60 => ("say", json!({"text": "psst", "to": {"users": [format!("{:020}", number % 8)]}})),
                60..80 => ("say", json!({"text": "anyone near?", "to": {"near": 10}})),
                _ => ("say", json!({"text": format!("number {number}")})),
            },
            19 => ("set_nickname", json!({"nickname": format!("N{number}")})),
            20 => ("update_components", json!({"entity": thing, "components": {"position": "nowhere"}})),
            21 => ("create_entity", json!({"components": {"keep_while": self.user, "seat": true}})),
            22 if number < 40 => ("save_snapshot", json!({"name": format!("s{}", number % 3)})),
            22 if number < 50 => ("restore_snapshot", json!({"name": "s1"})),
            22 => ("list_snapshots", json!({})),
            23 => ("drive", json!({})),
            _ => self.deed(number),
        }
    }
}

/// A thing whose rules go off when people come by, say something, build or use it: steps, some of them later, that set off others.
fn ruled(number: usize) -> Value {
    let rules = match number % 5 {
        0 => json!([
            {"when": {"entered": "self", "within_m": 2}, "then": [
                {"do": "open"}, {"do": "give", "item": "coin"}, {"do": "inc", "components": {"visits": 1}},
                {"do": "animate", "by": {"position": [0, 1, 0]}, "duration_ms": 300, "delay_ms": 200},
                {"do": "hud", "text": "{actor} came", "to": "all"}]},
            {"when": {"left": "self", "within_m": 2}, "if": {"has": "coin"}, "then": [{"do": "take", "item": "coin"}, {"do": "close"}]}]),
        1 => json!([
            {"when": {"event": "message_said"}, "cooldown_ms": 500, "then": [{"do": "emit", "event": "echo"}]},
            {"when": {"event": "echo"}, "then": [{"do": "spawn", "from": "self", "ttl_ms": 700, "components": {"rules": []}}]}]),
        2 => json!([
            {"when": {"component": "visits", "of": "anything", "at_least": 3}, "then": [
                {"do": "set", "on": "target", "components": {"color": "#FF8800"}},
                {"do": "push", "component": "seen", "value": "{target.visits}"}]}]),
        3 => json!([
            {"when": {"event": "entity_created"}, "chance": 0.3, "then": [{"do": "heal", "amount": 3}, {"do": "close"}]},
            {"when": {"used": "self"}, "then": [{"do": "open"}, {"do": "close", "delay_ms": 400}]}]),
        _ => json!([{"when": {"entered": "self", "within_m": 1}, "then": [{"do": "collect"}]}]),
    };
    json!({"position": [number % 8, 1, 1], "rules": rules, "door": {"slide": [0, 2, 0], "duration_ms": 200},
        "collectable": {"item": "coin"}, "shape": {"kind": "box", "size": 1}})
}
