//! Poses: who may move, what is told, what is kept.

use crate::stage::{Stage, avatar, user};
use serde_json::{Value, json};
use thexr_room::{FRAME_BYTES, PoseInput, Scratch, StoreState, Telling, TickOutput, Viewer};
use thexr_wire::joints::Hands;
use thexr_wire::pose::{Marks, Pose};
use thexr_wire::records::decode_a;
use thexr_wire::{PeerId, Tier};

fn move_to(stage: &mut Stage, peer: PeerId, x: f32) -> bool {
    let pose = Pose::standing([x, 1.8, 0.0]);
    stage.room.pose(PoseInput {
        peer,
        sample_ms: None,
        marks: Marks::default(),
        pose,
        hands: Hands::default(),
    })
}

fn watching(own_slot: Option<u16>) -> Viewer {
    Viewer::new(Telling::Frames, own_slot, FRAME_BYTES)
}

fn json_viewer() -> Viewer {
    Viewer::new(Telling::JsonAll, None, FRAME_BYTES)
}

fn moved_by(viewer: &mut Viewer, output: &TickOutput) -> Vec<String> {
    let mut told = Vec::new();
    viewer.user_moved(output, &mut Scratch::default(), |payload| told.push(payload.to_string()));
    told
}

/// Age of the first avatar's sample, as tier A tells it.
fn age_ms(output: &TickOutput) -> u32 {
    decode_a(output.records[0].encoded.bytes(Tier::A).try_into().unwrap(), [0; 3]).age_ms
}

#[test]
fn rule_4_6_a_movement_is_told_once_to_everyone_but_its_person() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    let bob = stage.enter_thexr("bob");
    let mut seen_by_bob = watching(stage.attached[&bob].own_slot);
    let mut seen_by_ada = watching(stage.attached[&ada].own_slot);
    stage.seen(&mut seen_by_bob);
    stage.seen(&mut seen_by_ada);
    assert!(move_to(&mut stage, ada, 5.0));
    stage.tick();
    let seen = stage.seen(&mut seen_by_bob);
    assert_eq!(seen.len(), 1);
    assert!((seen[&0].head[0] - 5.0).abs() < 0.01);
    assert!(stage.seen(&mut seen_by_ada).is_empty());
    stage.tick();
    assert!(stage.seen(&mut seen_by_bob).is_empty());
    assert_eq!(stage.events(), ["user_joined", "user_joined"], "motion is never in the journal");
}

#[test]
fn of_several_poses_in_one_tick_the_newest_wins() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    (1..5).for_each(|x| assert!(move_to(&mut stage, ada, x as f32)));
    stage.tick();
    assert!((stage.seen(&mut watching(None))[&0].head[0] - 4.0).abs() < 0.01);
}

#[test]
fn rule_2_7_poses_of_a_connection_that_does_not_drive_are_ignored() {
    let mut stage = Stage::empty();
    let first = stage.enter_thexr("ada");
    let second = stage.enter_thexr("ada");
    let watching = stage.enter_with("ada", json!({"mode": "observe", "dialect": "thexr.1"}));
    assert!(!move_to(&mut stage, first, 1.0));
    assert!(!move_to(&mut stage, watching, 1.0));
    assert!(!move_to(&mut stage, PeerId(999), 1.0));
    assert!(move_to(&mut stage, second, 2.0));
    stage.call(first, "drive", json!({})).unwrap();
    assert!(!move_to(&mut stage, second, 3.0));
    assert!(move_to(&mut stage, first, 4.0));
}

#[test]
fn rule_4_5_sample_times_are_clamped_to_the_last_250_ms() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    stage.ticks(20);
    for (back_ms, expected) in [(0i64, 0), (100, 100), (252, 248), (100_000, 248), (-500, 0)] {
        let clock_ms = (stage.now.tick as i64 + 1) * 50;
        let sample_ms = Some((clock_ms - back_ms) as u32);
        // Another place each time: who says the same place again has not moved.
        let pose = Pose::standing([1.0 + back_ms as f32 * 1e-5, 1.0, 1.0]);
        stage.room.pose(PoseInput {
            peer: ada,
            sample_ms,
            marks: Marks::default(),
            pose,
            hands: Hands::default(),
        });
        stage.tick();
        assert_eq!(age_ms(&stage.motion), expected, "{back_ms} ms back");
    }
}

#[test]
fn motion_goes_on_while_the_store_is_away() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    stage.store(StoreState::Unavailable);
    for x in 0..20 {
        assert!(move_to(&mut stage, ada, x as f32));
        stage.tick();
        assert!((stage.seen(&mut watching(None))[&0].head[0] - x as f32).abs() < 0.01);
    }
}

#[test]
fn rule_5_2_json_clients_are_told_of_movements_each_or_batched() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.enter("bob");
    let (mut each, mut batched) = (json_viewer(), json_viewer());
    moved_by(&mut each, &stage.motion);
    batched.movements(&stage.motion, &mut Scratch::default());
    move_to(&mut stage, ada, 5.0);
    stage.tick();
    let moved = moved_by(&mut each, &stage.motion);
    assert_eq!(moved.len(), 1);
    let moved: Value = serde_json::from_str(&moved[0]).unwrap();
    let id = user("ada");
    assert_eq!(
        (moved["event"].clone(), moved["payload"]["user_id"].clone()),
        (json!("user_moved"), json!(id))
    );
    assert_eq!(moved["payload"]["position"][0], json!(5));
    assert_eq!(moved["payload"]["rotation"], json!([0, 0, 0, 1]));
    assert_eq!(moved["payload"]["pose"]["head"][0], json!(5));
    let batch: Value =
        serde_json::from_str(&batched.movements(&stage.motion, &mut Scratch::default()).unwrap()).unwrap();
    assert_eq!(batch, json!({id.as_str(): {"head": moved["payload"]["pose"]["head"]}}));
    stage.tick();
    assert_eq!(batched.movements(&stage.motion, &mut Scratch::default()), None);
}

#[test]
fn a_pose_that_is_no_pose_cannot_get_in() {
    for bad in [f32::NAN, f32::INFINITY, 1e9] {
        assert!(Pose::standing([bad, 0.0, 0.0]).validated().is_err());
        let mut frame = Vec::new();
        let own = thexr_wire::lane::Own {
            sample_ms: 0,
            marks: Marks::default(),
            pose: Pose::standing([bad, 1.0, 1.0]),
            hands: Hands::default(),
        };
        thexr_wire::lane::write_up(0, 0, &own, &mut frame);
        let read = thexr_wire::lane::read_up(&frame).map(|up| up.own.unwrap());
        assert!(read.is_err() || read.is_ok_and(|own| own.pose.head.iter().all(|number| number.is_finite())));
    }
    assert!(serde_json::from_str::<Pose>(r#"{"head": [NaN, 0, 0, 0, 0, 0, 1]}"#).is_err());
    let huge = serde_json::from_str::<Pose>(r#"{"head": [1e39, 0, 0, 0, 0, 0, 1]}"#);
    assert!(huge.is_err() || huge.is_ok_and(|pose| pose.validated().is_err()), "infinite as f32");
}

#[test]
fn places_of_those_who_moved_are_handed_out_every_5_s_and_at_leave() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    let bob = stage.enter_thexr("bob");
    for n in 0..220 {
        move_to(&mut stage, ada, n as f32 * 0.1);
        stage.tick();
    }
    assert_eq!(
        stage.places.iter().map(|(who, _)| who.clone()).collect::<Vec<_>>(),
        [user("ada"), user("ada")]
    );
    stage.leave(bob);
    stage.tick();
    assert_eq!(stage.places.last().map(|(who, _)| who.clone()), Some(user("bob")));
    let places = stage.room.places();
    assert_eq!(places.len(), 1, "at a stop: of everyone who is here");
    assert!((places[0].1.head[0] - 21.9).abs() < 0.01);
}

#[test]
fn rule_2_5_a_joiner_is_told_where_everyone_is_right_now() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    move_to(&mut stage, ada, 33.0);
    stage.tick();
    let bob = stage.join("bob", json!({"dialect": "thexr.1"}));
    let cyd = stage.join("cyd", json!({}));
    stage.tick();
    let chunk = stage.hear_only(bob, "snapshot_chunk").remove(0);
    let row =
        chunk["entities"].as_array().unwrap().iter().find(|row| row["id"] == json!(user("ada"))).unwrap();
    assert_eq!((row["components"].get("pose"), row["slot"].clone()), (None, json!(0)));
    assert_ne!(stage.value(&avatar("ada"), "pose")["head"][0], json!(33.0), "motion is not state");
    let seen = stage.seen(&mut Viewer::new(Telling::Frames, stage.attached[&bob].own_slot, 1_360));
    assert!((seen[&0].head[0] - 33.0).abs() < 0.01, "motion tells it at once");
    let heard = stage.hear(cyd);
    let snapshot = heard.iter().find(|heard| heard.name == "snapshot").unwrap();
    assert_eq!(snapshot.payload[user("ada").as_str()]["pose"]["head"][0], json!(33.0));
    let places = heard.iter().find(|heard| heard.name == "user_snapshot").unwrap();
    assert_eq!(places.payload[user("ada").as_str()]["position"][0], json!(33.0));
}

#[test]
fn an_old_sample_in_a_fresh_room_counts_from_the_rooms_first_moment() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    stage.tick();
    assert_eq!(stage.now.tick, 2);
    let long_ago = Some(0u32.wrapping_sub(10_000));
    let pose = Pose::standing([1.0; 3]);
    assert!(stage.room.pose(PoseInput {
        peer: ada,
        sample_ms: long_ago,
        marks: Marks::default(),
        pose,
        hands: Hands::default()
    }));
    stage.tick();
    assert_eq!(age_ms(&stage.motion), 148, "tick 3 is at 150 ms");
}

#[test]
fn rule_4_10_who_holds_something_or_speaks_is_prominent_and_a_party_is_a_party() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    let bob = stage.enter_thexr("bob");
    let prominent = |stage: &Stage| {
        let records = stage.motion.records.iter();
        records.map(|record| (record.slot, record.prominent)).collect::<std::collections::BTreeMap<_, _>>()
    };
    let pen = stage.call(ada, "create_entity", json!({"components": {"color": "#E76F51"}})).unwrap();
    assert_eq!(prominent(&stage), [(0, false), (1, false)].into());
    let parent = json!({"entity": user("ada"), "node": "right"});
    stage.call(ada, "reparent", json!({"entity": pen["entity"], "parent": parent})).unwrap();
    assert_eq!(prominent(&stage), [(0, true), (1, false)].into());
    let speaking = Marks { speaking: true, ..Marks::default() };
    let pose = Pose::standing([1.0, 1.8, 0.0]);
    assert!(stage.room.pose(PoseInput {
        peer: bob,
        sample_ms: None,
        marks: speaking,
        pose,
        hands: Hands::default()
    }));
    stage.call(ada, "reparent", json!({"entity": pen["entity"], "parent": null})).unwrap();
    assert_eq!(prominent(&stage), [(0, false), (1, true)].into());
    for (peer, who) in [(ada, "ada"), (bob, "bob")] {
        let payload = json!({"entity": user(who), "components": {"party": "red"}});
        stage.call(peer, "update_components", payload).unwrap();
    }
    let parties: Vec<u32> = stage.motion.records.iter().map(|record| record.party).collect();
    assert!(parties[0] != 0 && parties[0] == parties[1], "{parties:?}");
}

#[test]
fn someone_who_rests_is_told_as_before_with_the_age_of_their_last_sample() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    stage.ticks(20);
    move_to(&mut stage, ada, 5.0);
    stage.tick();
    for expected in [0, 48, 100, 148, 200, 248, 248] {
        assert_eq!(age_ms(&stage.motion), expected);
        assert!((stage.motion.records[0].pose.head[0] - 5.0).abs() < 0.01);
        stage.tick();
    }
}

#[test]
fn rule_4_6_who_says_again_where_they_are_has_stopped_which_is_told_once() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    stage.enter_thexr("bob");
    move_to(&mut stage, ada, 5.0);
    stage.tick();
    assert!(move_to(&mut stage, ada, 5.0));
    stage.tick();
    let stopped = stage.now.tick;
    assert_eq!(stage.motion.records[0].changed_tick, stopped);
    stage.ticks(20);
    for _ in 0..3 {
        assert!(move_to(&mut stage, ada, 5.0));
        stage.tick();
        assert_eq!(stage.motion.records[0].changed_tick, stopped);
    }
    assert!(move_to(&mut stage, ada, 5.1));
    stage.tick();
    assert_eq!(stage.motion.records[0].changed_tick, stage.now.tick);
}

#[test]
fn motion_of_a_room_where_nobody_moves_is_shown_rarely_until_someone_does() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    let shown = |stage: &mut Stage, ticks: usize| {
        (0..ticks)
            .filter(|_| {
                stage.tick();
                !stage.quiet
            })
            .count()
    };
    assert_eq!(shown(&mut stage, 40), 40);
    assert!((30..=34).contains(&shown(&mut stage, 160)), "whatever waits for a budget is told");
    shown(&mut stage, 10);
    assert_eq!(shown(&mut stage, 200), 10);
    move_to(&mut stage, ada, 3.0);
    assert_eq!(shown(&mut stage, 40), 40);
}
