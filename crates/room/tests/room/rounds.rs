//! A game from its lobby to the next round, and where people may go in it.

use crate::game::{named, value, write};
use crate::stage::{Stage, avatar};
use serde_json::{Value, json};
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, PeerId};

fn status(stage: &Stage) -> Value {
    stage.room.world().game().map_or(Value::Null, |game| value(stage, &game.clone(), "status"))
}

fn walk(stage: &mut Stage, peer: PeerId, to: [f32; 2], ticks: usize, from: [f32; 2]) {
    for step in 1..=ticks {
        let part = step as f32 / ticks as f32;
        let [x, z] = [0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * part);
        stage.stand(peer, Pose::standing([x, 1.6, z]));
        stage.tick();
    }
}

/// A game of these settings, which Ada and Ben are in; it is the state the room is reset to.
fn game(settings: Value) -> (Stage, PeerId, PeerId) {
    let mut stage = Stage::empty();
    let (ada, ben) = (stage.enter("ada"), stage.enter("ben"));
    let rules = json!([
        {"when": {"event": "goal"}, "then": [{"do": "win", "text": "Done"}]},
        {"when": {"event": "fall"}, "then": [{"do": "lose"}]},
    ]);
    stage.create(ada, json!({"game": settings, "rules": rules}));
    stage.tick();
    stage.named.insert("initial".into(), stage.room.world().clone());
    (stage, ada, ben)
}

// Rule 3.20
#[test]
fn a_game_waits_until_all_are_ready() {
    let (mut stage, ada, ben) = game(json!({"ready": true}));
    assert_eq!((status(&stage), named(&stage, "game_opened").len()), (json!("lobby"), 1));
    stage.call(ada, "ready", json!({})).unwrap();
    assert_eq!(value(&stage, &avatar("ada"), "ready"), json!(true));
    stage.ticks(3);
    assert_eq!(status(&stage), json!("lobby"), "Ben is not");
    stage.call(ada, "ready", json!({"ready": false})).unwrap();
    stage.call(ben, "ready", json!({})).unwrap();
    stage.call(ada, "ready", json!({})).unwrap();
    stage.tick();
    assert_eq!(status(&stage), json!("running"));
    assert_eq!(named(&stage, "game_began")[0].payload["players"], json!(2));
    assert_eq!(value(&stage, &avatar("ben"), "ready"), Value::Null);
    assert_eq!(stage.call(ada, "ready", json!({})), Err("no_lobby".into()));
    assert_eq!(stage.call(ada, "ready", json!({"ready": "yes"})), Err("bad_payload".into()));
}

#[test]
fn who_is_not_here_any_more_keeps_nobody_waiting() {
    let (mut stage, ada, ben) = game(json!({"ready": true}));
    stage.call(ada, "ready", json!({})).unwrap();
    stage.leave(ben);
    stage.ticks(2);
    assert_eq!(status(&stage), json!("running"));
}

#[test]
fn without_a_lobby_a_game_runs_and_nobody_is_asked() {
    let (mut stage, ada, _) = game(json!({}));
    assert_eq!(status(&stage), json!("running"));
    assert_eq!(stage.call(ada, "ready", json!({})), Err("no_lobby".into()));
    let mut empty = Stage::empty();
    let cleo = empty.enter("cleo");
    assert_eq!(empty.call(cleo, "ready", json!({})), Err("no_game".into()));
}

// Rule 3.20
#[test]
fn when_a_game_is_over_its_end_is_shown_and_then_everyone_begins_anew() {
    for (event, expected, fact) in [("goal", "won", "level_won"), ("fall", "lost", "level_lost")] {
        let (mut stage, ada, _) = game(json!({"reset_ms": 1000, "health": 80}));
        write(
            &mut stage,
            &avatar("ada"),
            json!({"inventory": {"red_key": 1}, "health": 5, "kills": 3, "weapon": "x", "team": "red"}),
        );
        let chest = stage.create(ada, json!({"name": "chest"}));
        stage.call(ada, "event", json!({"event_name": event})).unwrap();
        stage.tick();
        assert_eq!((status(&stage), named(&stage, fact).len()), (json!(expected), 1));
        stage.ticks(10);
        assert!(stage.exists(&chest));
        stage.ticks(20);
        assert!(!stage.exists(&chest), "as it was made");
        let left = ["inventory", "kills", "weapon", "health", "team"]
            .map(|name| value(&stage, &avatar("ada"), name));
        assert_eq!(left[4], json!("red"), "whom one plays with stays");
        assert_eq!(left[..3], [Value::Null, Value::Null, Value::Null]);
        assert_eq!(named(&stage, "user_respawned").len(), 2);
    }
}

// Rule 3.21
#[test]
fn nobody_runs_faster_than_people_do() {
    let (mut stage, ada, _) = game(json!({}));
    walk(&mut stage, ada, [0.0, 26.0], 100, [0.0, 0.0]);
    assert_eq!(named(&stage, "user_moved_back").len(), 0, "running");
    walk(&mut stage, ada, [60.0, 26.0], 40, [0.0, 26.0]);
    assert_eq!(named(&stage, "user_moved_back").len(), 1, "30 m/s");
    let at = stage.standing("ada").head;
    assert!(at[0] < 40.0, "{at:?}");
    stage.ticks(50);
    stage.stand(ada, Pose::standing([at[0] + 300.0, 1.6, at[2]]));
    stage.tick();
    assert_eq!(stage.standing("ada").head[..3], at[..3], "nor is anybody far away at once");
    assert_eq!(named(&stage, "user_moved_back").len(), 2);
}

// Rule 3.21
#[test]
fn nobody_goes_through_walls_and_closed_doors_but_through_open_ones_and_about_corners() {
    let (mut stage, ada, _) = game(json!({}));
    let wall = |x: f32| json!({"shape": {"kind": "box", "width": 4, "height": 3, "depth": 0.2}, "position": [x, 1.5, 5]});
    stage.create(ada, wall(-3.0));
    stage.create(ada, wall(3.0));
    let door = json!({"door": {"slide": [0, 3, 0], "duration_ms": 200}, "position": [0, 1.5, 5],
        "shape": {"kind": "box", "width": 2, "height": 3, "depth": 0.2}});
    let door = stage.create(ada, door);
    stage.ticks(3);
    walk(&mut stage, ada, [0.0, 4.0], 30, [0.0, 0.0]);
    assert_eq!(named(&stage, "user_moved_back").len(), 0);
    walk(&mut stage, ada, [0.0, 6.0], 20, [0.0, 4.0]);
    assert_eq!(named(&stage, "user_moved_back").len(), 1);
    assert!(stage.standing("ada").head[2] < 5.5);
    stage.ticks(50);
    let back = stage.standing("ada").head;
    walk(&mut stage, ada, [0.0, 4.0], 5, [back[0], back[2]]);
    stage.call(ada, "open", json!({"entity": door})).unwrap();
    stage.ticks(10);
    walk(&mut stage, ada, [0.0, 6.0], 20, [0.0, 4.0]);
    assert_eq!(named(&stage, "user_moved_back").len(), 1, "it is open");
    assert!((stage.standing("ada").head[2] - 6.0).abs() < 0.01);
    // Around the end of a wall, told rarely.
    walk(&mut stage, ada, [5.5, 6.0], 30, [0.0, 6.0]);
    stage.ticks(4);
    stage.stand(ada, Pose::standing([4.6, 1.6, 4.6]));
    stage.tick();
    assert_eq!(named(&stage, "user_moved_back").len(), 1);
}

#[test]
fn where_there_is_no_game_or_it_says_so_people_go_where_they_like() {
    for settings in [None, Some(json!({"checked": false}))] {
        let mut stage = Stage::empty();
        let ada = stage.enter("ada");
        if let Some(settings) = settings {
            stage.create(ada, json!({"game": settings}));
        }
        stage.tick();
        walk(&mut stage, ada, [300.0, 0.0], 10, [0.0, 0.0]);
        assert!((stage.standing("ada").head[0] - 300.0).abs() < 0.01);
    }
}

// Rule 3.20
#[test]
fn a_round_goes_on_however_it_is_left_and_without_its_thing_there_is_no_game_any_more() {
    let (mut stage, ada, ben) = game(json!({"ready": true}));
    stage.call(ada, "ready", json!({})).unwrap();
    stage.call(ben, "ready", json!({})).unwrap();
    stage.tick();
    assert_eq!(status(&stage), json!("running"));
    stage.leave(ada);
    stage.leave(ben);
    stage.ticks(10);
    assert_eq!(status(&stage), json!("running"), "nobody is in it, and it runs");
    let cleo = stage.enter("cleo");
    assert_eq!(stage.call(cleo, "ready", json!({})), Err("no_lobby".into()));
    let game = stage.room.world().game().unwrap().clone();
    stage.call(cleo, "delete_entity", json!({"entity": game})).unwrap();
    stage.ticks(3);
    assert_eq!(stage.call(cleo, "ready", json!({})), Err("no_game".into()));
    walk(&mut stage, cleo, [300.0, 0.0], 10, [0.0, 0.0]);
    assert!((stage.standing("cleo").head[0] - 300.0).abs() < 0.01, "and people go where they like");
}

#[test]
fn nobody_writes_how_it_goes_nor_what_others_have_of_it() {
    let (mut stage, ada, _) = game(json!({}));
    let id = stage.room.world().game().unwrap().clone();
    let mut refused = |entity: &EntityId, components: Value| {
        let payload = json!({"entity": entity, "components": components});
        stage.call(ada, "update_components", payload).unwrap_err()
    };
    assert_eq!(refused(&id, json!({"status": "won"})), "server_only");
    for components in
        [json!({"health": 1e6}), json!({"dead": {"until": 1e12}}), json!({"inventory": {"red_key": 1}})]
    {
        assert_eq!(refused(&avatar("ada"), components), "server_only");
    }
    let others = refused(&avatar("ben"), json!({"weapons": {}}));
    assert!(["server_only", "not_yours"].contains(&others.as_str()), "{others}");
    for name in ["level_won", "game_began", "user_moved_back", "monster_hit"] {
        assert_eq!(
            stage.call(ada, "event", json!({"event_name": name})),
            Err("reserved_event".into()),
            "{name}"
        );
    }
    assert_eq!(status(&stage), json!("running"));
}

// Rule 3.21
#[test]
fn a_door_that_has_just_shut_holds_nobody_who_could_not_have_seen_it_yet_and_soon_everybody() {
    for (waits, put_back) in [(2, 0), (14, 1)] {
        let (mut stage, ada, _) = game(json!({}));
        let door = json!({"door": {"slide": [0, 3, 0], "duration_ms": 100, "state": "closed"}, "position": [0, 1.5, 5],
            "shape": {"kind": "box", "width": 40, "height": 3, "depth": 0.2}});
        let door = stage.create(ada, door);
        stage.ticks(3);
        walk(&mut stage, ada, [0.0, 4.5], 40, [0.0, 0.0]);
        stage.call(ada, "open", json!({"entity": door})).unwrap();
        stage.ticks(6);
        stage.call(ada, "close", json!({"entity": door})).unwrap();
        stage.ticks(2 + waits);
        walk(&mut stage, ada, [0.0, 6.0], 5, [0.0, 4.5]);
        assert_eq!(named(&stage, "user_moved_back").len(), put_back, "after {waits} ticks");
    }
}

#[test]
fn who_is_of_a_team_comes_back_where_that_begins() {
    let (mut stage, ada, ben) = game(json!({"respawn_ms": 500, "checked": false}));
    for (team, x) in [("red", 50), ("blue", -50)] {
        stage.create(ada, json!({"spawn_point": {"team": team}, "position": [x, 0, 0]}));
    }
    for (name, team) in [("ada", "red"), ("ben", "blue")] {
        write(&mut stage, &avatar(name), json!({"team": team, "health": 0}));
    }
    stage.ticks(15);
    let [a, b] = ["ada", "ben"].map(|name| stage.standing(name).head[0]);
    assert!((a - 50.0).abs() < 2.0 && (b + 50.0).abs() < 2.0, "{a} {b}");
    stage.leave(ben);
}

#[test]
fn however_many_begin_anew_each_tick_does_a_part_of_it() {
    let (mut stage, ada, _) = game(json!({"reset_ms": 200}));
    for number in 0..100 {
        stage.enter(&format!("guest{number}x"));
    }
    write(&mut stage, &avatar("guest7x"), json!({"score": 9}));
    stage.call(ada, "event", json!({"event_name": "goal"})).unwrap();
    let mut most = 0;
    for _ in 0..30 {
        let before = named(&stage, "user_respawned").len();
        stage.tick();
        most = most.max(named(&stage, "user_respawned").len() - before);
    }
    assert_eq!((named(&stage, "user_respawned").len(), most), (102, 64));
    assert_eq!(value(&stage, &avatar("guest7x"), "score"), Value::Null);
}

#[test]
fn a_room_whose_first_state_could_not_be_read_is_asked_again() {
    let (mut stage, ada, _) = game(json!({"reset_ms": 200}));
    let initial = stage.named.remove("initial").unwrap();
    stage.call(ada, "event", json!({"event_name": "goal"})).unwrap();
    stage.ticks(60);
    assert_eq!(status(&stage), json!("won"));
    stage.named.insert("initial".into(), initial);
    stage.ticks(200);
    assert_eq!((status(&stage), named(&stage, "user_respawned").len()), (json!("running"), 2));
}
