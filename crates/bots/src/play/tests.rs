//! Minds in rooms small enough to be seen in one's head: what they see here moves as they ask.

use super::arms::{Arms, target};
use super::mind::Mind;
use super::scene::{Monster, Scene, apart, shut};
use super::wish::Wish;
use crate::dice::{Stream, dice};
use crate::limits::{AIM_ERROR, RUN_M_PER_S};
use serde_json::{Value, json};
use thexr_nav::{Paths, bake_around};
use thexr_wire::EntityId;
use thexr_world::{Components, NoStates, Op, Stamp, World};

const OWN: &str = "ada00000000000000000";

fn id(text: &str) -> EntityId {
    EntityId::parse(text).unwrap()
}

/// A room, somebody in it, and time.
struct Room {
    world: World,
    seq: u64,
    mind: Mind,
    now_ms: f64,
    monsters: Vec<Monster>,
    paths: Paths,
    asked: Vec<(&'static str, Value)>,
    shots: usize,
    way_m: f32,
}

impl Room {
    fn new(things: &[(&str, Value)]) -> Self {
        let mut world = World::default();
        let ops: Vec<Op> = things.iter().map(|(id, components)| create(id, components.clone())).collect();
        world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).unwrap();
        let mut mind = Mind::new(dice(1, 1, Stream::Play));
        mind.put([0.0; 3]);
        let paths = bake_around(&world, 0.0, [0.0; 3]).unwrap();
        let (now_ms, monsters, asked) = (1_000.0, Vec::new(), Vec::new());
        Self { world, seq: 1, mind, now_ms, monsters, paths, asked, shots: 0, way_m: 0.0 }
    }

    fn set(&mut self, entity: &str, components: Value) {
        self.seq += 1;
        let op = Op::Set { entity: id(entity), components: map(components) };
        self.world.fold(Stamp { seq: self.seq, at_ms: 0 }, &[op], &NoStates).unwrap();
    }

    /// Twentieths of a second, until something was asked for, or so many.
    fn go(&mut self, steps: usize, until: impl Fn(&Self) -> bool) -> bool {
        for _ in 0..steps {
            if until(self) {
                return true;
            }
            let before = self.mind.feet();
            let shut = shut(&self.world, &self.paths, self.now_ms);
            let scene = Scene {
                world: &self.world,
                own: &id(OWN),
                paths: Some(&self.paths),
                shut: &shut,
                monsters: &self.monsters,
                people: &[],
                room_ms: self.now_ms,
            };
            let step = self.mind.step(&scene, 0.05);
            self.now_ms += 50.0;
            if let Some(pose) = step.pose {
                assert!(pose.validated().is_ok(), "{pose:?}");
            }
            let metres = apart(before, self.mind.feet());
            assert!(metres <= RUN_M_PER_S * 0.05 + 1e-3, "{metres} m in a step");
            self.way_m += metres;
            for wish in step.wishes {
                match wish {
                    Wish::Ask(name, payload) => self.asked.push((name, payload)),
                    Wish::Shoot(_) => self.shots += 1,
                }
            }
        }
        until(self)
    }

    fn has_asked(&self, name: &str, entity: &str) -> bool {
        self.asked.contains(&(leak(name), json!({"entity": entity})))
    }
}

/// The names of commands are constants.
fn leak(name: &str) -> &'static str {
    ["collect", "open", "trigger", "close", "ready"].into_iter().find(|known| *known == name).unwrap()
}

fn map(components: Value) -> Components {
    let Value::Object(map) = components else { unreachable!() };
    map.into_iter().collect()
}

fn create(entity: &str, components: Value) -> Op {
    Op::Create { entity: id(entity), components: map(components) }
}

fn avatar() -> (&'static str, Value) {
    (OWN, json!({"avatar": {}, "health": 100}))
}

fn wall(at: [f64; 3], width: f64, depth: f64) -> Value {
    json!({"shape": {"kind": "box", "width": width, "height": 3, "depth": depth}, "position": at})
}

/// A wall across the room at z = 6 with a door in it, and walls around.
fn walled() -> Vec<(&'static str, Value)> {
    let door = json!({"door": {"key": "red_key", "duration_ms": 500}, "position": [0, 1.5, 6],
        "shape": {"kind": "box", "width": 2, "height": 3, "depth": 0.2}});
    vec![
        avatar(),
        ("game1", json!({"game": {"health": 100}})),
        ("door1", door),
        ("wall1", wall([-5.5, 1.5, 6.0], 9.0, 0.2)),
        ("wall2", wall([5.5, 1.5, 6.0], 9.0, 0.2)),
        ("side1", wall([-10.0, 1.5, 3.0], 0.2, 20.0)),
        ("side2", wall([10.0, 1.5, 3.0], 0.2, 20.0)),
        ("endx1", wall([0.0, 1.5, -7.0], 20.0, 0.2)),
        ("endx2", wall([0.0, 1.5, 13.0], 20.0, 0.2)),
    ]
}

#[test]
fn in_a_lobby_one_says_that_one_is_ready_and_stays() {
    let mut room = Room::new(&[avatar(), ("game1", json!({"game": {"ready": true}, "status": "lobby"}))]);
    assert!(room.go(20, |room| !room.asked.is_empty()));
    assert_eq!(room.asked, [("ready", json!({}))]);
    room.set(OWN, json!({"ready": true}));
    room.go(200, |_| false);
    assert_eq!((room.asked.len(), room.way_m), (1, 0.0));
}

#[test]
fn a_key_is_fetched_first_and_then_the_door_opened_and_gone_through() {
    let mut things = walled();
    things.push(("key01", json!({"collectable": {"item": "red_key"}, "position": [-6, 0.5, -3]})));
    things.push(("gun01", json!({"gun": {}, "collectable": {"item": "pistol"}, "position": [3, 0.5, 10]})));
    let mut room = Room::new(&things);
    assert!(room.go(200, |room| room.has_asked("collect", "key01")), "{:?}", room.asked);
    assert!(!room.has_asked("open", "door1"));
    room.set(OWN, json!({"inventory": {"red_key": 1}}));
    room.set("key01", json!({"taken": {"until": 1e12}}));
    assert!(room.go(300, |room| room.has_asked("open", "door1")), "{:?}", room.asked);
    assert!(room.mind.feet()[2] < 5.6, "not before it is open");
    room.set("door1", json!({"door_state": "open", "position": [0, 4.5, 6]}));
    assert!(room.go(400, |room| room.has_asked("collect", "gun01")), "{:?}", room.asked);
    assert!(room.mind.feet()[2] > 6.0);
}

#[test]
fn what_is_had_and_what_is_taken_is_not_gone_for() {
    let things = [
        avatar(),
        ("game1", json!({"game": {}})),
        ("heal1", json!({"collectable": {"item": "health"}, "position": [3, 0.5, 0]})),
        (
            "coin1",
            json!({"collectable": {"item": "points"}, "taken": {"until": 1e12}, "position": [0, 0.5, 3]}),
        ),
    ];
    let mut room = Room::new(&things);
    room.go(100, |_| false);
    assert_eq!((room.asked.len(), room.way_m), (0, 0.0));
    room.set(OWN, json!({"health": 30}));
    assert!(room.go(100, |room| room.has_asked("collect", "heal1")));
}

#[test]
fn monsters_in_view_are_shot_at_and_kept_away_from_and_none_behind_a_wall() {
    let mut things = walled();
    things[0].1["weapons"] = json!({"pistol": {"damage": 5, "rate": 10, "ammo": "bullets", "capacity": 0}});
    things[0].1["weapon"] = json!("pistol");
    things[0].1["inventory"] = json!({"bullets": 100});
    let mut room = Room::new(&things);
    room.monsters = vec![Monster { entity: id("mons1"), at: [2.0, 0.0, 9.0] }];
    room.go(40, |_| false);
    assert_eq!(room.shots, 0, "behind a wall");
    room.monsters[0].at = [2.0, 0.0, 3.0];
    room.mind.put([0.0; 3]);
    room.go(100, |_| false);
    assert!((40..=52).contains(&room.shots), "ten a second for five: {}", room.shots);
    assert!(apart(room.mind.feet(), [2.0, 0.0, 3.0]) > 3.6, "{:?}", room.mind.feet());
}

#[test]
fn shots_are_off_by_no_more_than_people_are_and_differ() {
    let mut things = walled();
    things[0].1["weapons"] = json!({"pistol": {"rate": 20, "capacity": 0}});
    things[0].1["weapon"] = json!("pistol");
    things[0].1["inventory"] = json!({"bullets": 1000});
    let mut room = Room::new(&things);
    let monster = Monster { entity: id("mons1"), at: [0.0, 0.0, 5.0] };
    room.monsters = vec![monster.clone()];
    let (own, paths) = (id(OWN), &room.paths);
    let (mut arms, mut dice) = (Arms::default(), dice(1, 2, Stream::Play));
    let mut seen = Vec::new();
    for step in 0..100 {
        let room_ms = 1_000.0 + 50.0 * f64::from(step);
        let scene = Scene {
            world: &room.world,
            own: &own,
            paths: Some(paths),
            shut: &[],
            monsters: &room.monsters,
            people: &[],
            room_ms,
        };
        assert_eq!(target(&scene, [0.0; 3]), Some(&monster));
        let Some(shot) = arms.shoot(&scene, [0.0, 1.7, 0.0], &monster, &mut dice) else { continue };
        let to = [0, 1, 2].map(|axis| [0.0, 0.8, 5.0][axis] - shot.origin[axis]);
        let metres = to.iter().map(|part| part * part).sum::<f32>().sqrt();
        let cos: f32 = (0..3).map(|axis| to[axis] / metres * shot.direction[axis]).sum();
        assert!(cos.min(1.0).acos() < 2.0 * AIM_ERROR, "{shot:?}");
        seen.push(shot.direction);
    }
    seen.dedup();
    assert!(seen.len() > 80, "{}", seen.len());
}

#[test]
fn the_dead_do_nothing_until_they_are_put_somewhere() {
    let mut room = Room::new(&walled());
    room.set(OWN, json!({"dead": {"until": 1e12}}));
    room.go(100, |_| false);
    assert_eq!((room.asked.len(), room.way_m), (0, 0.0));
}

#[test]
fn a_lift_is_ridden_up_and_left_on_the_floor_above() {
    let lift = json!({"lift": {"height": 3, "speed": 1.5}, "position": [0, 0.05, 5], "shape": {"kind": "box", "width": 2, "height": 0.1, "depth": 2}});
    let upper =
        json!({"shape": {"kind": "box", "width": 6, "height": 0.2, "depth": 6}, "position": [0, 3.0, 9.2]});
    let things = [avatar(), ("game1", json!({"game": {}})), ("lift1", lift), ("floor", upper)];
    let mut room = Room::new(&things);
    assert!(room.go(400, |room| room.has_asked("open", "lift1")), "{:?}", room.asked);
    let way = json!({"from": {"position": [0, 0.05, 5]}, "to": {"position": [0, 3.05, 5]}, "start_ms": room.now_ms, "duration_ms": 2000, "ease": "smooth"});
    room.set("lift1", json!({"position": [0, 3.05, 5], "animate": way, "lift_state": "up"}));
    let up = |room: &Room| room.mind.feet()[1] > 2.9 && apart(room.mind.feet(), [0.0, 0.0, 5.0]) > 1.3;
    assert!(room.go(200, up), "{:?}", room.mind.feet());
}
