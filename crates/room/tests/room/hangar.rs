//! The Hangar from its lobby to the way out, as somebody walks and shoots through it, and what it does when nobody does.

use crate::game::named;
use crate::stage::{Stage, avatar, entity};
use serde_json::{Value, json};
use thexr_room::Actor;
use thexr_room::template::{Template, WorldFile};
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, PeerId};

/// How far somebody goes in a tick, metres: 5 m/s.
const STEP_M: f32 = 0.25;
/// How high heads are above their feet, metres.
const HEAD_M: f32 = 1.6;
/// Ticks between two shots of a pistol.
const SHOT_TICKS: usize = 8;

fn told(stage: &Stage, text: &str) -> bool {
    named(stage, "hud_shown")
        .iter()
        .any(|event| event.payload["text"].as_str().is_some_and(|told| told.contains(text)))
}

/// Things with rules, and what became of the last firings of each that went wrong.
fn refusals(stage: &mut Stage, peer: PeerId) -> Vec<Value> {
    let entities = stage.room.world().entities();
    let with_rules: Vec<EntityId> = entities
        .iter()
        .filter(|(_, entity)| entity.value("rules").is_some())
        .map(|(id, _)| id.clone())
        .collect();
    let mut refused = Vec::new();
    for id in with_rules {
        let told = stage.call(peer, "list_firings", json!({"entity": id})).unwrap();
        let firings = told["firings"].as_array().unwrap().clone();
        refused.extend(firings.into_iter().filter(|firing| firing["outcome"] != "done"));
    }
    refused
}

/// Ada, who plays, and Ben, who waits in the bay.
struct Play {
    stage: Stage,
    ada: PeerId,
    at: [f32; 2],
    feet_m: f32,
    since_shot: usize,
}

impl Play {
    fn begin() -> Self {
        let mut stage = Stage::new(Template::Hangar);
        let (ada, ben) = (stage.enter("ada"), stage.enter("ben"));
        stage.ticks(3);
        let [x, y, z, ..] = stage.standing("ada").head;
        let mut play = Self { stage, ada, at: [x, z], feet_m: y - HEAD_M, since_shot: 0 };
        assert_eq!(play.status(), "lobby");
        play.to(&[[2.4, 5.4]]);
        play.call("collect", json!({"entity": "pistol1"})).unwrap();
        for peer in [ada, ben] {
            play.stage.call(peer, "ready", json!({})).unwrap();
        }
        play.wait(40);
        assert_eq!((play.status(), play.value("bayDoor", "door_state")), ("running".into(), json!("open")));
        play
    }

    fn value(&self, id: &str, name: &str) -> Value {
        self.stage.value(&entity(id), name)
    }

    fn status(&self) -> String {
        self.value("director", "status").as_str().unwrap_or_default().to_owned()
    }

    fn call(&mut self, name: &str, payload: Value) -> Result<Value, String> {
        self.stage.call(self.ada, name, payload)
    }

    /// One tick in which she is where she is.
    fn stay(&mut self) {
        let [x, z] = self.at;
        self.stage.stand(self.ada, Pose::standing([x, self.feet_m + HEAD_M, z]));
        self.stage.tick();
        self.since_shot += 1;
    }

    fn wait(&mut self, ticks: usize) {
        (0..ticks).for_each(|_| self.stay());
    }

    /// Walks along these points; whoever is put back has run into something.
    fn to(&mut self, points: &[[f32; 2]]) {
        for point in points {
            let from = self.at;
            let metres = (point[0] - from[0]).hypot(point[1] - from[1]);
            let steps = (metres / STEP_M).ceil().max(1.0) as usize;
            for step in 1..=steps {
                let part = step as f32 / steps as f32;
                self.at = [0, 1].map(|axis| from[axis] + (point[axis] - from[axis]) * part);
                self.stay();
            }
            let back = named(&self.stage, "user_moved_back").len();
            assert_eq!(back, 0, "something is on the way to {point:?}");
        }
    }

    /// Rises, or falls.
    fn feet_to(&mut self, feet_m: f32, ticks: usize) {
        let from = self.feet_m;
        for tick in 1..=ticks {
            self.feet_m = from + (feet_m - from) * tick as f32 / ticks as f32;
            self.stay();
        }
    }

    /// Where the nearest monster is that lives.
    fn nearest(&self, within_m: f32) -> Option<[f32; 3]> {
        let [x, z] = self.at;
        let away =
            |point: &[f32; 3]| (point[0] - x).hypot(point[2] - z) + 3.0 * (point[1] - self.feet_m).abs();
        let alive = self
            .stage
            .motion
            .monsters
            .iter()
            .filter(|told| self.stage.exists(&told.id) && self.stage.value(&told.id, "dead").is_null());
        let near = alive.map(|told| told.point).filter(|point| away(point) <= within_m);
        near.min_by(|a, b| away(a).total_cmp(&away(b)))
    }

    /// Shoots at the nearest until something has happened.
    fn fight(&mut self, ticks: usize, done: impl Fn(&Stage) -> bool) {
        if !self.fights(ticks, done) {
            let left: Vec<_> = self.stage.motion.monsters.iter().map(|told| told.point).collect();
            panic!("nothing has come of it; she is at {:?}, monsters at {left:?}", self.at);
        }
    }

    /// Shoots at the nearest, whether or not something happens.
    fn fights(&mut self, ticks: usize, done: impl Fn(&Stage) -> bool) -> bool {
        for _ in 0..ticks {
            if done(&self.stage) {
                return true;
            }
            let prey = self.nearest(40.0).filter(|_| self.since_shot >= SHOT_TICKS);
            let Some(prey) = prey else {
                self.stay();
                continue;
            };
            self.since_shot = 0;
            let from = [self.at[0], self.feet_m + HEAD_M - 0.1, self.at[1]];
            let direction = [prey[0] - from[0], prey[1] + 1.1 - from[1], prey[2] - from[2]];
            let length = direction.iter().map(|part| part * part).sum::<f32>().sqrt();
            let direction = direction.map(|part| part / length);
            if self.call("shoot", json!({"origin": from, "direction": direction})) == Err("no_ammo".into()) {
                self.call("reload", json!({})).unwrap();
            }
        }
        false
    }

    /// What a good player has by skill: she does not die, and does not run out of shots.
    fn is_good(&mut self) {
        let has = json!({"health": 100_000, "inventory": {"bullets": 5_000}});
        let ops = json!({"ops": [{"op": "merge", "entity": avatar("ada"), "components": has}]});
        self.stage.act(Actor::Operator, "transact", ops).unwrap();
    }

    fn has(&self, item: &str) -> bool {
        !self.stage.value(&avatar("ada"), "inventory")[item].is_null()
    }

    fn is_open(&self, door: &str) -> bool {
        self.value(door, "door_state") == json!("open")
    }
}

fn is_dead(stage: &Stage, id: &str) -> bool {
    !stage.exists(&entity(id)) || !stage.value(&entity(id), "dead").is_null()
}

#[test]
fn somebody_plays_it_to_the_end_and_it_begins_anew() {
    let mut play = Play::begin();
    assert!(told(&play.stage, "sealed"));
    play.is_good();

    // B: two walkers, and what is behind the panel.
    play.to(&[[2.4, 5.4], [0.0, 9.6], [0.0, 14.4]]);
    play.fight(600, |stage| is_dead(stage, "walker1") && is_dead(stage, "walker2"));
    play.to(&[[0.0, 19.5], [-1.8, 19.5]]);
    play.call("open", json!({"entity": "panel"})).unwrap();
    play.wait(30);
    play.to(&[[-5.4, 19.0]]);
    play.call("collect", json!({"entity": "secretArmour"})).unwrap();
    assert!(play.stage.value(&avatar("ada"), "score").as_f64() >= Some(100.0));
    play.to(&[[-3.2, 19.5], [0.0, 19.5]]);

    // C: three waves, then the key.
    play.to(&[[0.0, 28.3]]);
    assert!(told(&play.stage, "The hall is awake"));
    play.fight(6_000, |stage| !named(stage, "waves_over").is_empty());
    assert_eq!(named(&play.stage, "wave_began").len(), 3);
    play.to(&[[1.6, 31.4]]);
    let entities = play.stage.room.world().entities();
    let key = entities.iter().find(|(_, entity)| entity.value("name") == Some(&json!("Red key")));
    let key = key.map(|(id, _)| id.clone()).expect("the key is there");
    play.call("collect", json!({"entity": key})).unwrap();
    assert!(play.has("red_key"));

    // D: the red door opens for her; a brute, the blue key.
    play.to(&[[-2.0, 31.6], [-7.8, 31.6]]);
    assert!(!play.is_open("redDoor"));
    play.to(&[[-10.2, 30.0]]);
    play.wait(35);
    assert!(play.is_open("redDoor"));
    play.fight(1_200, |stage| is_dead(stage, "brute1"));
    play.to(&[[-13.6, 30.0], [-22.6, 30.0]]);
    play.call("collect", json!({"entity": "blueKey"})).unwrap();
    play.to(&[[-16.7, 29.3]]);
    play.call("collect", json!({"entity": "shotgun1"})).unwrap();
    play.call("switch_weapon", json!({"weapon": "pistol"})).unwrap();

    // E: up with the lift, to the lever.
    play.to(&[[-14.0, 33.0], [-13.8, 38.4]]);
    play.call("trigger", json!({"entity": "liftButton1"})).unwrap();
    play.feet_to(4.0, 56);
    assert_eq!(play.value("liftPad", "lift_state"), json!("up"));
    play.to(&[[-10.2, 38.4]]);
    play.wait(5);
    assert_eq!(play.stage.motion.monsters.len(), 3, "two spitters for two people, and the guardian");
    play.fight(1_200, |stage| stage.motion.monsters.len() == 1);
    play.to(&[[-10.2, 42.6], [9.2, 42.4]]);
    assert!(!play.is_open("blastDoor"));
    play.call("trigger", json!({"entity": "lever"})).unwrap();
    play.wait(60);
    assert!(play.is_open("blastDoor"));

    // Down through the gap of the rail, and through both doors to F.
    play.to(&[[-10.2, 42.6], [-10.2, 27.9], [-7.6, 27.9]]);
    play.feet_to(0.0, 20);
    play.to(&[[-7.4, 29.6], [7.4, 28.8], [8.0, 29.6], [8.0, 35.0], [14.4, 35.0]]);
    play.wait(35);
    assert!(play.is_open("blueDoor"));
    // She looks for those who do not come.
    let rounds = [[17.6, 35.4], [17.6, 41.8], [17.6, 35.4], [17.6, 27.4], [22.0, 25.6], [17.6, 27.4]];
    let over = |stage: &Stage| named(stage, "waves_over").len() >= 2;
    for at in rounds.into_iter().cycle().take(30) {
        play.to(&[at]);
        if play.fights(300, over) {
            break;
        }
    }
    assert!(over(&play.stage));
    if play.at[0] < 20.0 {
        play.to(&[[17.6, 27.4]]);
    }
    play.wait(60);
    assert!(play.is_open("yardDoor"));

    // G: the guardian, and back to the ship.
    play.to(&[[23.0, 25.6], [23.0, 21.6]]);
    play.fight(3_000, |stage| is_dead(stage, "guardian"));
    play.wait(50);
    assert!(play.is_open("exitDoor"));
    play.fight(1_200, |stage| stage.motion.monsters.is_empty());
    play.to(&[[20.8, 18.0], [20.4, 12.0], [17.6, 9.6], [11.6, 7.8], [-1.2, 8.0]]);
    assert_eq!(play.status(), "running");
    play.to(&[[-2.6, 8.0]]);
    play.wait(2);
    assert_eq!((play.status(), named(&play.stage, "level_won").len()), ("won".into(), 1));
    let ada = play.ada;
    assert_eq!(refusals(&mut play.stage, ada), Vec::<Value>::new());

    play.wait(410);
    assert_eq!(play.status(), "lobby");
    assert!(!play.is_open("bayDoor") && play.stage.exists(&entity("guardian")));
    assert_eq!(play.stage.value(&avatar("ada"), "weapons"), Value::Null);
}

#[test]
fn nothing_is_refused_while_two_people_stand_there() {
    let mut play = Play::begin();
    play.wait(1_200);
    let ada = play.ada;
    assert_eq!(refusals(&mut play.stage, ada), Vec::<Value>::new());
    assert!(named(&play.stage, "rule_dropped").is_empty());
    assert_eq!(play.value("director", "elapsed"), json!(60));
    assert_eq!(play.value("guardian", "health"), json!(1_200), "for two people");
    assert_eq!(play.stage.baked, 1, "doors need no new mesh");
    assert!(
        !named(&play.stage, "hud_shown").iter().any(|event| event.payload["seconds"] == json!(10)),
        "there are ways"
    );
}

#[test]
fn doors_of_the_story_open_for_nobody_who_only_asks() {
    let mut play = Play::begin();
    play.to(&[[8.6, 7.6]]);
    assert_eq!(play.call("open", json!({"entity": "exitDoor"})), Err("needs_key".into()));
    play.to(&[[0.0, 9.6], [0.0, 12.2]]);
    play.call("close", json!({"entity": "bayDoor"})).unwrap();
    play.wait(90);
    assert!(play.is_open("bayDoor"), "what is open stays open");
}

#[test]
fn after_twenty_minutes_it_is_lost() {
    let mut play = Play::begin();
    for _ in 0..1_205 {
        play.stage.tick_after(1_000);
    }
    assert!(told(&play.stage, "Five minutes left"));
    assert_eq!(named(&play.stage, "level_lost").len(), 1);
}

#[test]
fn when_everyone_has_left_it_is_as_it_was_made() {
    let mut play = Play::begin();
    play.stage.leave(play.ada);
    let ben = *play.stage.attached.keys().next().unwrap();
    play.stage.ticks(2);
    assert_eq!(play.status(), "running", "Ben is here");
    play.stage.leave(ben);
    play.stage.ticks(5);
    assert!(play.value("bayDoor", "door_state").is_null());
}

#[test]
fn its_file_is_short_and_edited_by_hand() {
    let text = include_str!("../../../../worlds/hangar.json");
    let file = WorldFile::read(text).unwrap();
    assert!(file.entities.len() <= 450 && text.len() <= 300 * 1024);
    let lines = text.lines().filter(|line| line.starts_with("    {\"id\": ")).count();
    assert_eq!(lines, file.entities.len(), "one line each");
    let lights = file.entities.values().filter(|components| components.contains_key("light")).count();
    assert!(lights <= 16);
}
