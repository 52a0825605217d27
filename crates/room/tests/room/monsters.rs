//! Monsters: whom they hunt, where they do not go, what their blows and their deaths come to, and waves of them.

use crate::game::{go, named, write};
use crate::stage::{Stage, avatar};
use serde_json::{Value, json};
use thexr_room::Actor;
use thexr_wire::monsters::Doing;
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, PeerId};

fn wall(x: f64, z: f64, width: f64, depth: f64) -> Value {
    json!({"shape": {"kind": "box", "width": width, "height": 3, "depth": depth}, "position": [x, 1.5, z]})
}

/// Where a monster was told to be last, and what it was about.
fn told(stage: &Stage, id: &EntityId) -> ([f32; 3], Doing) {
    let told = stage.motion.monsters.iter().find(|told| told.id == *id).expect("it is told");
    let mut doing = Doing::Stands;
    for other in Doing::ALL {
        if thexr_wire::monsters::encode(&told.state, other) == told.bytes {
            doing = other;
        }
    }
    (told.point, doing)
}

fn at(stage: &Stage, id: &EntityId) -> [f32; 3] {
    told(stage, id).0
}

fn away(stage: &Stage, id: &EntityId, [x, z]: [f32; 2]) -> f32 {
    let [mx, _, mz] = at(stage, id);
    (mx - x).hypot(mz - z)
}

/// Ada, ten metres from a monster that looks at her, with nothing between them.
fn hunted(monster: Value) -> (Stage, PeerId, EntityId) {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.create(
        ada,
        json!({"game": {"respawn_ms": 60000, "checked": false}, "spawn_point": true, "position": [0, 0, 40]}),
    );
    go(&mut stage, ada, 0.0, 0.0);
    let monster =
        stage.create(ada, json!({"monster": monster, "position": [0, 0, 10], "rotation": [0, 1, 0, 0]}));
    stage.ticks(3);
    (stage, ada, monster)
}

/// Ticks while somebody stands there.
fn wait(stage: &mut Stage, peer: PeerId, [x, z]: [f32; 2], ticks: usize) {
    for _ in 0..ticks {
        go(stage, peer, x, z);
    }
}

// Rule 4.18
#[test]
fn a_walker_runs_at_whom_it_sees_and_strikes_until_they_are_dead() {
    let (mut stage, ada, monster) = hunted(json!({"kind": "walker"}));
    let begun = away(&stage, &monster, [0.0, 0.0]);
    wait(&mut stage, ada, [0.0, 0.0], 40);
    assert!(away(&stage, &monster, [0.0, 0.0]) < begun - 2.0, "{:?}", at(&stage, &monster));
    assert_eq!(told(&stage, &monster).1, Doing::Walks);
    wait(&mut stage, ada, [0.0, 0.0], 120);
    let blows = named(&stage, "monster_attacked");
    assert!((2..=6).contains(&blows.len()), "{}", blows.len());
    assert_eq!(blows[0].payload, json!({"entity": monster, "target": avatar("ada")}));
    assert_eq!(named(&stage, "user_damaged")[0].payload["by"], json!(monster));
    assert_eq!(named(&stage, "user_damaged")[0].payload["amount"], json!(10));
    wait(&mut stage, ada, [0.0, 0.0], 200);
    assert_eq!(named(&stage, "user_died").len(), 1);
    let blows = named(&stage, "monster_attacked").len();
    assert_eq!(blows, 10, "the dead are left alone");
    let beside = away(&stage, &monster, [0.0, 0.0]);
    assert!((0.8..=2.5).contains(&beside) || beside > 2.5, "{beside}");
}

#[test]
fn whoever_stands_behind_it_or_a_wall_is_not_seen() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.create(ada, wall(0.0, 5.0, 8.0, 0.3));
    go(&mut stage, ada, 0.0, 0.0);
    let back = json!([0, 1, 0, 0]);
    let behind = stage.create(ada, json!({"monster": "walker", "position": [0, 0, 10], "rotation": back}));
    // This one looks the other way: people are behind it.
    let turned = stage.create(ada, json!({"monster": "walker", "position": [0, 0, -10], "rotation": back}));
    wait(&mut stage, ada, [0.0, 0.0], 60);
    assert!(named(&stage, "monster_attacked").is_empty());
    for monster in [&behind, &turned] {
        assert!(away(&stage, monster, [0.0, 0.0]) > 3.0, "{:?}", at(&stage, monster));
    }
}

/// A house around Ada with one door to the north, a monster that sees her through it when it is open.
fn housed() -> (Stage, PeerId, EntityId, EntityId) {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    for (x, z, width, depth) in [
        (-4.0, 0.0, 0.3, 8.0),
        (4.0, 0.0, 0.3, 8.0),
        (0.0, -4.0, 8.0, 0.3),
        (-2.5, 4.0, 3.0, 0.3),
        (2.5, 4.0, 3.0, 0.3),
    ] {
        stage.create(ada, wall(x, z, width, depth));
    }
    let door = json!({"door": {"slide": [0, 3, 0], "duration_ms": 200}, "position": [0, 1.5, 4],
        "shape": {"kind": "box", "width": 2, "height": 3, "depth": 0.1}});
    let door = stage.create(ada, door);
    go(&mut stage, ada, 0.0, 2.0);
    let monster = stage.create(
        ada,
        json!({"monster": {"kind": "walker"}, "position": [0, 0, 12], "rotation": [0, 1, 0, 0]}),
    );
    let zap = json!([{"do": "damage", "on": {"entity": monster}, "amount": 1}]);
    stage.create(ada, json!({"rules": [{"when": {"event": "zap"}, "then": zap}]}));
    (stage, ada, door, monster)
}

#[test]
fn a_closed_door_holds_it_and_an_open_one_does_not() {
    let (mut stage, ada, door, monster) = housed();
    wait(&mut stage, ada, [0.0, 2.0], 5);
    // Now it knows where she is.
    stage.call(ada, "event", json!({"event_name": "zap"})).unwrap();
    wait(&mut stage, ada, [0.0, 2.0], 100);
    assert!(at(&stage, &monster)[2] > 4.3, "{:?}", at(&stage, &monster));
    stage.call(ada, "open", json!({"entity": door})).unwrap();
    let mut came_in = false;
    for _ in 0..240 {
        go(&mut stage, ada, 0.0, 2.0);
        came_in |= at(&stage, &monster)[2] < 3.7;
    }
    assert!(came_in && !named(&stage, "monster_attacked").is_empty(), "{:?}", at(&stage, &monster));
    assert_eq!(stage.baked, 1, "a door that opens needs no new mesh");
}

#[test]
fn a_door_that_is_closed_in_its_face_is_not_walked_through() {
    let (mut stage, ada, door, monster) = housed();
    stage.call(ada, "open", json!({"entity": door})).unwrap();
    for _ in 0..400 {
        go(&mut stage, ada, 0.0, 2.0);
        if at(&stage, &monster)[2] < 5.0 {
            break;
        }
    }
    assert!((4.0..5.0).contains(&at(&stage, &monster)[2]), "{:?}", at(&stage, &monster));
    stage.call(ada, "close", json!({"entity": door})).unwrap();
    wait(&mut stage, ada, [0.0, 2.0], 100);
    assert!(at(&stage, &monster)[2] > 4.0, "{:?}", at(&stage, &monster));
    assert!(named(&stage, "monster_attacked").is_empty(), "nor struck through");
}

#[test]
fn a_wall_that_is_built_is_walked_round_once_the_ways_are_known_anew() {
    let (mut stage, ada, monster) = hunted(json!({"kind": "walker", "health": 1000}));
    wait(&mut stage, ada, [0.0, 0.0], 5);
    assert_eq!(stage.baked, 1);
    stage.create(
        ada,
        json!({"shape": {"kind": "box", "width": 12, "height": 1.2, "depth": 0.3}, "position": [0, 0.6, 5]}),
    );
    wait(&mut stage, ada, [0.0, 0.0], 45);
    assert_eq!(stage.baked, 2);
    let mut crossed_at = None;
    for _ in 0..300 {
        let before = at(&stage, &monster);
        go(&mut stage, ada, 0.0, 0.0);
        let now = at(&stage, &monster);
        if before[2] > 5.0 && now[2] <= 5.0 {
            crossed_at = Some(now[0]);
        }
    }
    let crossed_at: f32 = crossed_at.expect("it comes");
    assert!(crossed_at.abs() > 6.0, "{crossed_at}");
}

#[test]
fn who_builds_all_the_time_has_ways_found_every_two_seconds_at_most() {
    let (mut stage, ada, _) = hunted(json!(true));
    let before = stage.baked;
    for n in 0..120 {
        stage.create(ada, wall(f64::from(n % 10) * 2.0, 20.0, 1.0, 1.0));
    }
    assert!((3..=5).contains(&(stage.baked - before)), "{}", stage.baked - before);
}

#[test]
fn where_nothing_hunts_no_ways_are_looked_for() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.create(ada, wall(0.0, 5.0, 8.0, 0.3));
    stage.ticks(50);
    assert_eq!(stage.baked, 0);
}

#[test]
fn a_spitter_keeps_away_and_throws_fire() {
    let (mut stage, ada, monster) = hunted(json!({"kind": "spitter"}));
    wait(&mut stage, ada, [0.0, 0.0], 120);
    let thrown = named(&stage, "fireball_thrown");
    assert!((1..=3).contains(&thrown.len()), "{}", thrown.len());
    assert_eq!(thrown[0].payload, json!({"entity": monster, "target": avatar("ada")}));
    let hurt = named(&stage, "user_damaged");
    assert!(!hurt.is_empty());
    assert_eq!((&hurt[0].payload["amount"], &hurt[0].payload["by"]), (&json!(15), &json!(monster)));
    assert!(named(&stage, "monster_attacked").is_empty());
    assert!((6.0..=15.5).contains(&away(&stage, &monster, [0.0, 0.0])));
    // Somebody comes near.
    wait(&mut stage, ada, [0.0, 7.0], 80);
    assert!(away(&stage, &monster, [0.0, 7.0]) > 4.5, "{:?}", at(&stage, &monster));
}

// Rule 3.22
#[test]
fn what_hurts_it_is_told_and_whoever_kills_it_has_its_points() {
    let (mut stage, ada, monster) = hunted(json!({"kind": "brute", "speed": 0}));
    let rules = json!({"rules": [
        {"when": {"event": "zap"}, "then": [{"do": "damage", "on": {"entity": monster}, "amount": 120}]},
        {"when": {"event": "monster_died", "target": {"entity": monster}}, "then": [{"do": "emit", "event": "heard"}]}]});
    stage.create(ada, rules);
    for health in [180, 60, 0] {
        stage.call(ada, "event", json!({"event_name": "zap"})).unwrap();
        let hits = named(&stage, "monster_hit");
        let amount = if health == 0 { 60 } else { 120 };
        assert_eq!(
            hits.last().unwrap().payload,
            json!({"entity": monster, "by": avatar("ada"), "amount": amount, "health": health})
        );
    }
    let died = named(&stage, "monster_died");
    assert_eq!(
        (died.len(), &died[0].payload),
        (1, &json!({"entity": monster, "by": avatar("ada"), "kind": "brute"}))
    );
    assert_eq!(
        (stage.value(&avatar("ada"), "kills"), stage.value(&avatar("ada"), "score")),
        (json!(1), json!(50))
    );
    assert_eq!(named(&stage, "heard").len(), 1);
    assert_eq!(told(&stage, &monster).1, Doing::Dies);
    stage.call(ada, "event", json!({"event_name": "zap"})).unwrap();
    assert_eq!(named(&stage, "monster_died").len(), 1, "nothing dies twice");
    stage.ticks(45);
    assert!(!stage.exists(&monster));
    assert!(stage.motion.monsters.is_empty());
}

#[test]
fn what_takes_its_health_otherwise_kills_it_too() {
    let (mut stage, _, monster) = hunted(json!(true));
    write(&mut stage, &monster, json!({"health": 0}));
    stage.ticks(2);
    assert_eq!(
        named(&stage, "monster_died")[0].payload,
        json!({"entity": monster, "by": null, "kind": "walker"})
    );
}

#[test]
fn who_is_hit_from_behind_flinches_and_turns_on_them() {
    let (mut stage, ada, monster) = hunted(json!({"kind": "walker", "health": 1000}));
    // Behind it.
    wait(&mut stage, ada, [0.0, 22.0], 2);
    let rules = json!({"rules": [{"when": {"event": "zap"}, "then": [{"do": "damage", "on": {"entity": monster}, "amount": 1}]}]});
    stage.create(ada, rules);
    stage.call(ada, "event", json!({"event_name": "zap"})).unwrap();
    stage.tick();
    assert_eq!(told(&stage, &monster).1, Doing::Hurts);
    wait(&mut stage, ada, [0.0, 22.0], 100);
    assert!(away(&stage, &monster, [0.0, 22.0]) < 7.0, "{:?}", at(&stage, &monster));
}

#[test]
fn nobody_is_hunted_who_is_away() {
    let (mut stage, ada, monster) = hunted(json!(true));
    stage.lose(ada);
    stage.tick();
    let here = at(&stage, &monster);
    stage.ticks(60);
    assert!(named(&stage, "monster_attacked").is_empty());
    let ben = stage.enter("ben");
    go(&mut stage, ben, 30.0, -30.0);
    assert!((at(&stage, &monster)[2] - here[2]).abs() < 0.5);
}

#[test]
fn they_do_not_stand_in_each_other() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    go(&mut stage, ada, 0.0, 0.0);
    write(&mut stage, &avatar("ada"), json!({"health": 100000}));
    let monsters: Vec<EntityId> = (0..8)
        .map(|_| {
            stage.create(
                ada,
                json!({"monster": {"damage": 0}, "position": [0, 0, 8], "rotation": [0, 1, 0, 0]}),
            )
        })
        .collect();
    wait(&mut stage, ada, [0.0, 0.0], 160);
    for (n, a) in monsters.iter().enumerate() {
        for b in &monsters[n + 1..] {
            let [x, _, z] = at(&stage, b);
            assert!(away(&stage, a, [x, z]) > 0.35, "{:?} {:?}", at(&stage, a), at(&stage, b));
        }
        assert!(away(&stage, a, [0.0, 0.0]) < 4.0);
    }
}

#[test]
fn after_a_stop_they_go_on_from_where_they_were() {
    let (mut stage, ada, monster) = hunted(json!({"kind": "walker"}));
    wait(&mut stage, ada, [0.0, 0.0], 40);
    let before = at(&stage, &monster);
    assert!(before[2] < 9.0);
    assert!(named(&stage, "bodies_kept").is_empty(), "where they go is no fact");
    stage.room.set_ending();
    stage.tick();
    assert_eq!(named(&stage, "bodies_kept").len(), 1);
    stage.reopen();
    let ada = stage.enter("ada");
    go(&mut stage, ada, 0.0, -30.0);
    let after = at(&stage, &monster);
    assert!((before[2] - after[2]).abs() < 0.6, "{before:?} {after:?}");
}

#[test]
fn beyond_so_many_they_are_statues_until_there_is_room() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    go(&mut stage, ada, 0.0, 0.0);
    for row in 0..3 {
        let create = |n: usize| {
            json!({"op": "create", "entity": format!("m{:05}", row * 100 + n),
                "components": {"monster": {"damage": 0}, "position": [n as f64 * 0.9 - 45.0, 0, 30 + row], "rotation": [0, 1, 0, 0]}})
        };
        let ops: Vec<Value> = (0..100).map(create).collect();
        stage.act(Actor::Operator, "transact", json!({"ops": ops})).unwrap();
    }
    stage.ticks(2);
    assert_eq!(stage.motion.monsters.len(), 256);
    let first = EntityId::parse("m00000").unwrap();
    stage.act(Actor::Operator, "transact", json!({"ops": [{"op": "delete", "entity": first}]})).unwrap();
    stage.ticks(2);
    assert_eq!(stage.motion.monsters.len(), 256);
    wait(&mut stage, ada, [0.0, 0.0], 40);
}

#[test]
fn what_no_ways_can_be_found_for_is_said_to_makers_once() {
    let mut stage = Stage::made_by("ada");
    let ada = stage.enter("ada");
    go(&mut stage, ada, 0.0, 0.0);
    stage.create(ada, json!({"monster": true, "position": [0, 0, 8], "rotation": [0, 1, 0, 0]}));
    stage.create(ada, json!({"monster": true, "position": [500, 0, 8], "rotation": [0, 1, 0, 0]}));
    stage.ticks(100);
    let told = named(&stage, "hud_shown");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].payload["text"].as_str().unwrap().contains("200 m"));
}

#[test]
fn a_monster_in_a_wall_or_of_no_kind_harms_nobody() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    go(&mut stage, ada, 0.0, 0.0);
    stage.create(ada, wall(0.0, 8.0, 6.0, 6.0));
    let walled = stage.create(ada, json!({"monster": true, "position": [0, 0, 8], "rotation": [0, 1, 0, 0]}));
    wait(&mut stage, ada, [0.0, 0.0], 60);
    let [x, _, z] = at(&stage, &walled);
    assert!(x.abs() < 3.0 && (z - 8.0).abs() < 3.0, "it stays there: {x} {z}");
    let refused = stage.call(ada, "create_entity", json!({"components": {"monster": {"kind": "dragon"}}}));
    assert_eq!(refused, Err("bad_component".into()));
    let refused = stage.call(ada, "create_entity", json!({"components": {"spawner": {"kind": "dragon"}}}));
    assert_eq!(refused, Err("bad_component".into()));
}

/// A room with two spawners and waves that begin when somebody says so.
fn wavy(waves: Value) -> (Stage, PeerId, EntityId) {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    go(&mut stage, ada, 0.0, 0.0);
    write(&mut stage, &avatar("ada"), json!({"health": 1000000}));
    for (x, group) in [(-15, "north"), (15, "north"), (0, "south")] {
        stage.create(ada, json!({"spawner": {"kind": "walker", "group": group}, "position": [x, 0, 15]}));
    }
    let waves = stage.create(
        ada,
        json!({"waves": waves, "rules": [
        {"when": {"event": "begin"}, "then": [{"do": "waves"}]},
        {"when": {"event": "cull"}, "then": [{"do": "damage", "on": {"tag": "none"}, "amount": 1}]},
        {"when": {"event": "waves_over", "target": "self"}, "then": [{"do": "emit", "event": "done"}]}]}),
    );
    stage.call(ada, "event", json!({"event_name": "begin"})).unwrap();
    (stage, ada, waves)
}

/// Kills all that live; how many did.
fn cull(stage: &mut Stage) -> usize {
    let world = stage.room.world();
    let live = world
        .entities()
        .iter()
        .filter(|(_, entity)| entity.value("monster").is_some() && entity.value("dead").is_none());
    let live: Vec<EntityId> = live.map(|(id, _)| id.clone()).collect();
    live.iter().for_each(|id| write(stage, id, json!({"health": 0})));
    live.len()
}

#[test]
fn waves_come_out_of_the_spawners_of_their_group_one_after_the_other() {
    let (mut stage, ada, waves) =
        wavy(json!({"group": "north", "count": 2, "pause_ms": 1000, "per_player": 2}));
    stage.ticks(4);
    assert_eq!(named(&stage, "wave_began")[0].payload, json!({"entity": waves, "wave": 1, "of": 2}));
    let hud = named(&stage, "hud_shown");
    assert_eq!(hud[0].payload["text"], json!("Wave 1 of 2"));
    assert_eq!(named(&stage, "monster_spawned").len(), 2, "each spawner one");
    assert_eq!(
        stage.value(&waves, "waves_state"),
        json!({"wave": 1, "of": 2, "left": 2, "alive": 2, "next_at": null})
    );
    stage.ticks(15);
    // One person, two spawners, the first wave, two per player.
    assert_eq!(named(&stage, "monster_spawned").len(), 4);
    assert_eq!(cull(&mut stage), 4);
    stage.ticks(3);
    assert_eq!(named(&stage, "wave_ended").len(), 1);
    assert_eq!(named(&stage, "wave_began").len(), 1, "after a pause");
    stage.ticks(25);
    assert_eq!(named(&stage, "wave_began").len(), 2);
    wait(&mut stage, ada, [0.0, -40.0], 80);
    assert_eq!(named(&stage, "monster_spawned").len(), 12);
    assert_eq!(cull(&mut stage), 8);
    stage.ticks(4);
    assert_eq!(named(&stage, "waves_over")[0].payload, json!({"entity": waves}));
    assert_eq!(named(&stage, "done").len(), 1);
    assert_eq!(stage.value(&waves, "waves_state"), Value::Null);
    stage.call(ada, "event", json!({"event_name": "begin"})).unwrap();
    stage.ticks(2);
    assert_eq!(named(&stage, "wave_began").len(), 3, "and may begin again");
}

#[test]
fn waves_wait_while_nobody_is_here_and_survive_a_restart() {
    let (mut stage, ada, waves) = wavy(json!({"group": "north", "count": 1, "per_player": 10}));
    stage.ticks(20);
    stage.lose(ada);
    stage.tick();
    let came = named(&stage, "monster_spawned").len();
    stage.ticks(40);
    assert_eq!(named(&stage, "monster_spawned").len(), came);
    stage.reopen();
    assert_eq!(stage.value(&waves, "waves_state")["left"], json!(20 - came));
    let ada = stage.enter("ada");
    wait(&mut stage, ada, [0.0, -40.0], 200);
    assert_eq!(named(&stage, "monster_spawned").len(), 20);
    assert_eq!(stage.value(&waves, "waves_state")["alive"], json!(20));
}

#[test]
fn waves_without_a_component_a_spawner_or_an_end_come_to_nothing() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let thing = stage.create(
        ada,
        json!({"rules": [{"name": "w", "when": {"event": "begin"}, "then": [{"do": "waves"}]}]}),
    );
    stage.call(ada, "event", json!({"event_name": "begin"})).unwrap();
    let told = stage.call(ada, "list_firings", json!({"entity": thing})).unwrap();
    assert_eq!(told["firings"][0]["reason"], json!("no_waves"));
    stage
        .call(ada, "update_components", json!({"entity": thing, "components": {"waves": {"group": "none"}}}))
        .unwrap();
    stage.call(ada, "event", json!({"event_name": "begin"})).unwrap();
    stage.ticks(3);
    assert_eq!((named(&stage, "wave_began").len(), named(&stage, "waves_over").len()), (0, 1));
    let (mut stage, ada, waves) = wavy(json!({"group": "north", "per_player": 100}));
    wait(&mut stage, ada, [0.0, -40.0], 700);
    assert_eq!(named(&stage, "monster_spawned").len(), 64, "no more at once");
    stage.call(ada, "delete_entity", json!({"entity": waves})).unwrap();
    stage.ticks(20);
    assert_eq!(named(&stage, "monster_spawned").len(), 64);
}

#[test]
fn the_same_room_has_the_same_story() {
    let story = || {
        let (mut stage, ada, _) = wavy(json!({"group": "north", "count": 2, "per_player": 4}));
        stage.outboxes = Some(Vec::new());
        let ben = stage.enter("ben");
        for n in 0..300u16 {
            let turn = f32::from(n) * 0.02;
            stage.stand(ada, Pose::standing([6.0 * libm::sinf(turn), 1.6, 6.0 * libm::cosf(turn)]));
            go(&mut stage, ben, 3.0, 2.0 - turn);
        }
        let journal: Vec<String> = stage.journal.iter().map(|event| format!("{event:?}")).collect();
        (journal, stage.outboxes.take().unwrap())
    };
    let (first, second) = (story(), story());
    assert!(first.0.iter().any(|event| event.contains("monster_attacked")));
    assert_eq!(first, second);
}

/// Ada has a gun in hand.
fn armed(stage: &mut Stage, damage: u32) {
    let gun = json!({"kind": "hitscan", "damage": damage, "rate": 4, "pellets": 1, "spread": 0, "ammo": "none",
        "capacity": 6, "reload_ms": 100, "speed": 60, "range": 60, "sound": "shot", "loaded": 6});
    write(stage, &avatar("ada"), json!({"weapons": {"gun": gun}, "weapon": "gun"}));
}

#[test]
fn who_hears_a_shot_comes_to_see() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.create(ada, json!({"game": {}}));
    armed(&mut stage, 1);
    stage.create(ada, wall(0.0, 5.0, 8.0, 0.3));
    go(&mut stage, ada, 0.0, 0.0);
    let monster =
        stage.create(ada, json!({"monster": "walker", "position": [0, 0, 10], "rotation": [0, 1, 0, 0]}));
    wait(&mut stage, ada, [0.0, 0.0], 20);
    let shoot = json!({"origin": [0, 1.5, -0.3], "direction": [0, 0, -1], "at": (stage.now.tick * 50)});
    stage.call(ada, "shoot", shoot).unwrap();
    wait(&mut stage, ada, [0.0, 0.0], 120);
    assert!(away(&stage, &monster, [0.0, 0.0]) < 4.0, "{:?}", at(&stage, &monster));
}

#[test]
fn a_shot_meets_a_monster_where_it_was_seen() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.create(ada, json!({"game": {"checked": false}}));
    armed(&mut stage, 100);
    go(&mut stage, ada, -2.0, 0.0);
    // It runs across from left to right: by now it is elsewhere.
    let turned = json!([0, 0.7, 0, 0.714]);
    let monster = stage.create(
        ada,
        json!({"monster": {"kind": "walker", "speed": 4}, "position": [-6, 0, 10], "rotation": turned}),
    );
    let ben = stage.enter("ben");
    let mut seen = Vec::new();
    for _ in 0..30 {
        stage.stand(ada, Pose::standing([-2.0, 1.6, 0.0]));
        go(&mut stage, ben, 12.0, 10.0);
        seen.push((stage.now.tick * 50, at(&stage, &monster)));
    }
    let (at_ms, [x, _, z]) = seen[seen.len() - 7];
    assert!((x - at(&stage, &monster)[0]).abs() > 1.0, "it has run on");
    let away = (x + 2.0).hypot(z - 0.3);
    let shoot =
        json!({"origin": [-2, 1.2, 0.3], "direction": [(x + 2.0) / away, 0, (z - 0.3) / away], "at": at_ms});
    stage.call(ada, "shoot", shoot).unwrap();
    stage.tick();
    let died = named(&stage, "monster_died");
    assert_eq!((died.len(), &died[0].payload["by"]), (1, &json!(avatar("ada"))));
}
