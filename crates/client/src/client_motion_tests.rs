//! How a client shows others and sends its own pose.

use crate::script::{Script, TOM, at, id, patch};
use crate::{AVATAR_ROW, HAND_ROW, Mode, OwnHand, avatar_row, flag, hand_row};
use serde_json::json;
use thexr_wire::Tier;
use thexr_wire::joints::{HandJoints, JOINTS, Joints};
use thexr_wire::pose::{Fingers, Marks, Pose, Sample};

#[test]
fn someone_who_walks_is_shown_between_the_samples() {
    let mut script = Script::live(Mode::Enter);
    for step in 0..20 {
        script.pose(2, at(step as f32 * 0.05), false);
        script.pass(50.0);
    }
    let row = script.client.avatar_rows();
    assert_eq!(row.len(), AVATAR_ROW, "everyone but oneself");
    let index = script.client.replica().index_of(&id(TOM)).unwrap();
    assert_eq!((row[avatar_row::INDEX], row[avatar_row::FLAGS]), (index as f32, 0.0));
    // The newest sample is at 0.95 m, one step old; playback is about 100 ms later.
    assert!((0.85..0.96).contains(&row[avatar_row::HEAD]), "{row:?}");
    assert!(row[avatar_row::AGE_MS] > 0.0, "{row:?}");
}

#[test]
fn someone_is_shown_from_the_first_that_is_told_of_where_they_are() {
    for tier in [Tier::A, Tier::B] {
        let mut script = Script::live(Mode::Enter);
        script.pass(200.0);
        assert!(script.client.avatar_rows().is_empty(), "nobody knows where Tom is");
        script.sample(Sample { slot: 2, tier, age_ms: 0, marks: Marks::default(), pose: at(3.0) });
        script.pass(10.0);
        let row = script.client.avatar_rows();
        assert!((row[2] - 3.0).abs() < 0.02, "not from anywhere else: {}", row[2]);
        assert_eq!(row[1] as u32 >> flag::TIER_SHIFT, tier as u32);
    }
}

#[test]
fn what_hangs_on_someone_who_is_not_shown_is_not_seen_either() {
    let mut script = Script::live(Mode::Enter);
    let hat = json!([{"op": "create", "entity": "hat01", "components": {"parent": {"entity": TOM}, "shape": {"kind": "box"}}}]);
    script.push("state_patch", patch(11, hat));
    script.pass(50.0);
    let at_hat = script.client.replica().index_of(&id("hat01")).unwrap() as usize * 16;
    let size = |script: &Script| script.client.matrices().values()[at_hat];
    assert_eq!(size(&script), 0.0);
    script.pose(2, at(3.0), false);
    script.pass(50.0);
    assert!(size(&script) > 0.99 && script.client.matrices().values()[at_hat + 12] == 3.0);
}

#[test]
fn whoever_blocks_or_is_blocked_is_not_shown() {
    for list in ["blocked", "blocked_by"] {
        let mut script = Script::live(Mode::Enter);
        script.pose(2, at(3.0), false);
        script.pass(50.0);
        assert_eq!(script.client.avatar_rows().len(), AVATAR_ROW);
        script.push("relations", json!({list: [TOM]}));
        script.pass(50.0);
        assert!(script.client.avatar_rows().is_empty() && script.client.is_hidden(&id(TOM).user().unwrap()));
        script.push("relations", json!({}));
        script.pass(50.0);
        assert_eq!(script.client.avatar_rows().len(), AVATAR_ROW);
    }
}

#[test]
fn an_avatar_that_carries_something_has_a_matrix_and_others_cost_none() {
    let mut script = Script::live(Mode::Enter);
    let walk = |script: &mut Script| {
        for step in 0..20 {
            script.pose(2, at(step as f32 * 0.05), false);
            script.pass(50.0);
        }
    };
    walk(&mut script);
    assert!(script.client.matrices().dirty().is_empty(), "nobody looks at the matrix of a mere avatar");
    let hat = json!([{"op": "create", "entity": "hat01", "components": {"parent": {"entity": TOM}}}]);
    script.push("state_patch", patch(11, hat));
    walk(&mut script);
    let index = script.client.replica().index_of(&id(TOM)).unwrap();
    assert!(script.client.matrices().dirty().contains(&index));
    let matrix = &script.client.matrices().values()[index as usize * 16..][..16];
    assert_eq!(matrix[12], script.client.avatar_rows()[2]);
}

#[test]
fn the_tier_and_what_is_said_beside_a_pose_stand_in_its_row() {
    let mut script = Script::live(Mode::Enter);
    let marks = Marks { jumped: false, speaking: true, holding: true };
    script.sample(Sample { slot: 2, tier: Tier::B, age_ms: 0, marks, pose: at(1.0) });
    script.pass(100.0);
    let flags = script.client.avatar_rows()[1] as u32;
    assert_eq!(flags >> flag::TIER_SHIFT, Tier::B as u32);
    assert_eq!(flags & 0xff, flag::SPEAKING | flag::HOLDING);
}

#[test]
fn rule_4_8_who_hears_and_does_not_move_acknowledges_what_it_has_heard() {
    let mut script = Script::live(Mode::Observe);
    for step in 0..20 {
        script.pose(2, at(step as f32 * 0.05), false);
        script.pass(50.0);
    }
    let newest = ((script.now_ms + 99_000.0) / 50.0) as u32 - 1;
    assert!((5..=8).contains(&script.acks.len()), "every third frame: {:?}", script.acks);
    assert!(newest - script.acks.last().unwrap() < 3 && script.poses.is_empty());
    let acks = script.acks.len();
    script.pass(2_000.0);
    assert!(script.acks.len() <= acks + 1, "nothing heard, nothing said");
}

#[test]
fn rule_4_8_a_frame_that_comes_alone_is_acknowledged_at_once() {
    let mut script = Script::live(Mode::Observe);
    script.pass(1_000.0);
    for step in 1..=3 {
        script.pose(2, at(step as f32), false);
        script.pass(20.0);
        assert_eq!(script.acks.len(), step);
        script.pass(1_000.0);
    }
}

#[test]
fn an_observers_pose_is_its_camera() {
    let mut script = Script::live(Mode::Observe);
    script.client.set_pose(&at(3.0), false, script.now_ms).unwrap();
    script.pass(100.0);
    assert!(!script.poses.is_empty() && (script.poses[0].1.pose.head[0] - 3.0).abs() < 0.01);
}

#[test]
fn speaking_is_told_at_once_by_someone_who_stands_still() {
    let mut script = Script::live(Mode::Enter);
    script.client.set_pose(&at(3.0), false, script.now_ms).unwrap();
    script.pass(600.0);
    let before = script.poses.len();
    script.client.set_speaking(true);
    script.pass(60.0);
    assert!(script.poses.len() > before && script.poses.last().unwrap().1.marks.speaking);
}

#[test]
fn a_jump_is_shown_as_a_jump() {
    let mut script = Script::live(Mode::Enter);
    script.pose(2, at(0.0), false);
    script.pass(200.0);
    script.pose(2, at(30.0), true);
    let mut seen = Vec::new();
    for _ in 0..30 {
        script.pass(10.0);
        let row = script.client.avatar_rows();
        seen.push((row[2], row[1] as u32 & flag::JUMPED != 0));
    }
    assert!(seen.iter().all(|(x, _)| *x == 0.0 || *x == 30.0), "{seen:?}");
    assert_eq!(seen.iter().filter(|(_, jumped)| *jumped).count(), 1);
}

#[test]
fn poses_of_another_life_and_of_unknown_slots_are_dropped() {
    let mut script = Script::live(Mode::Enter);
    script.pose_of(4, 2, at(9.0), false);
    script.pose(77, at(9.0), false);
    script.pass(500.0);
    assert!(script.client.avatar_rows().is_empty());
    assert_eq!((script.client.stats().records, script.client.stats().unknown_records), (0, 2));
}

// Rule 4.12
#[test]
fn ones_own_record_is_passed_over() {
    let mut script = Script::live(Mode::Enter);
    script.client.set_pose(&at(1.0), false, script.now_ms).unwrap();
    for slot in [1, 2] {
        script.sample(Sample { slot, tier: Tier::B, age_ms: 0, marks: Marks::default(), pose: at(9.0) });
    }
    script.pass(500.0);
    let rows = script.client.avatar_rows();
    let tom = script.client.replica().index_of(&id(TOM)).unwrap();
    assert_eq!((rows.len(), rows[avatar_row::INDEX]), (AVATAR_ROW, tom as f32));
}

#[test]
fn pose_age_is_arrival_minus_sample_time() {
    let mut script = Script::live(Mode::Enter);
    script.pose(2, at(1.0), false);
    let [age] = script.client.ages().percentiles(Tier::E, [0.5]);
    assert_eq!(age, 0.0);
    assert_eq!(script.client.ages().total(), 1);
}

#[test]
fn own_poses_are_sent_with_the_rooms_time_while_driving() {
    let mut script = Script::live(Mode::Enter);
    script.client.set_pose(&at(1.0), false, script.now_ms).unwrap();
    script.pass(10.0);
    assert_eq!(script.poses.len(), 1);
    let (seq, own) = script.poses[0];
    assert_eq!((own.sample_ms, seq), (100_000, 1));
    assert!((own.pose.head[0] - 1.0).abs() < 0.001);
    script.push("driver", json!({"driver": false}));
    script.client.set_pose(&at(2.0), false, script.now_ms).unwrap();
    script.pass(2_000.0);
    assert_eq!(script.poses.len(), 1, "the other connection drives");
}

/// Frames that go out as datagrams.
fn datagrams(script: &mut Script) -> Vec<Vec<u8>> {
    std::iter::from_fn(|| script.client.poll_datagram()).collect()
}

// Rule 9.8
#[test]
fn own_poses_go_by_datagrams_or_by_the_socket_and_after_another_join_by_the_socket() {
    let mut script = Script::live(Mode::Enter);
    let move_to = |script: &mut Script, x: f32| {
        script.client.set_pose(&at(x), false, script.now_ms).unwrap();
        let before = script.poses.len();
        script.pass(60.0);
        (script.poses.len() - before, datagrams(script).len())
    };
    assert_eq!(move_to(&mut script, 1.0), (1, 0));
    script.client.set_datagrams(true);
    assert_eq!(move_to(&mut script, 2.0), (0, 1));
    script.client.set_datagrams(false);
    assert_eq!(move_to(&mut script, 3.0), (1, 0));
    script.client.set_datagrams(true);
    script.client.closed(script.now_ms);
    script.open();
    script.accept(10, json!({}));
    script.snapshot();
    script.sent();
    assert_eq!(move_to(&mut script, 4.0), (1, 0));
}

// Rule 9.8
#[test]
fn where_poses_may_be_lost_all_say_that_one_jumped_until_the_room_has_one_of_them() {
    let mut script = Script::live(Mode::Enter);
    script.client.set_datagrams(true);
    let step = |script: &mut Script, x: f32, jumped: bool| {
        script.client.set_pose(&at(x), jumped, script.now_ms).unwrap();
        script.pass(60.0);
        for frame in datagrams(script) {
            script.up(&frame);
        }
        let (seq, own) = *script.poses.last().unwrap();
        (seq, own.marks.jumped)
    };
    step(&mut script, 1.0, false);
    let (seq, first) = step(&mut script, 9.0, true);
    let marks = [0.1, 0.2, 0.3].map(|more| step(&mut script, 9.0 + more, false).1);
    assert!(first && marks == [true; 3], "{first}, {marks:?}");
    script.ack = seq - 1;
    script.pose(2, at(3.0), false);
    assert!(step(&mut script, 9.4, false).1, "an earlier one says nothing of the jump");
    script.client.set_datagrams(false);
    script.client.set_pose(&at(9.45), false, script.now_ms).unwrap();
    script.pass(60.0);
    assert!(script.poses.last().unwrap().1.marks.jumped, "nor does another way");
    script.client.set_datagrams(true);
    script.ack = seq + 2;
    script.pose(2, at(3.1), false);
    assert!(!step(&mut script, 9.5, false).1);
}

#[test]
fn a_frame_of_the_room_counts_whatever_it_comes_by() {
    let mut script = Script::live(Mode::Enter);
    script.pose(2, at(1.0), false);
    script.pass(200.0);
    script.datagram(2, at(1.1));
    script.pass(200.0);
    let seen = script.client.avatar_rows()[avatar_row::HEAD];
    assert!(seen > 1.09, "{seen}");
    assert_eq!(script.client.stats().datagrams, 1);
    script.client.receive_datagram(b"noise", script.now_ms);
    assert_eq!(script.client.stats().bad_messages, 1);
}

#[test]
fn an_unusable_pose_is_refused_and_counted() {
    let mut script = Script::live(Mode::Enter);
    assert!(script.client.set_pose(&at(f32::NAN), false, script.now_ms).is_err());
    assert_eq!(script.client.stats().bad_poses, 1);
}

#[test]
fn only_the_newest_pose_waits_to_be_sent() {
    let mut script = Script::live(Mode::Enter);
    for step in 1..10 {
        script.now_ms += 50.0;
        script.client.set_pose(&at(step as f32), false, script.now_ms).unwrap();
    }
    script.sent();
    assert_eq!(script.poses.len(), 1);
    assert!((script.poses[0].1.pose.head[0] - 9.0).abs() < 0.001);
}

/// Tom with tracked hands.
fn tom(tracked: bool) -> Sample {
    let hand = Some(at(1.0).head);
    let fingers = tracked.then(Fingers::default);
    let pose = Pose { left: hand, right: hand, fingers, ..at(1.0) };
    Sample { slot: 2, tier: Tier::A, age_ms: 0, marks: Marks::default(), pose }
}

// Rule 4.13
#[test]
fn a_near_hand_is_shown_joint_by_joint_until_it_is_not_tracked_or_not_told_any_more() {
    let mut script = Script::live(Mode::Enter);
    let joints = Joints::pack(&[[0.02, 0.0, 0.1]; JOINTS]);
    let hand = HandJoints { slot: 2, age_ms: 0, right: true, joints };
    // Whether the right hand's joints are the tracked ones; the left one is a model's all the time.
    let tracked = |script: &Script| {
        let rows: Vec<&[f32]> = script.client.hand_rows().chunks(HAND_ROW).collect();
        assert_eq!((rows.len(), rows[0][hand_row::RIGHT], rows[1][hand_row::RIGHT]), (2, 0.0, 1.0));
        assert_eq!(rows[1][hand_row::INDEX], script.client.avatar_rows()[0], "under the same index");
        let point = &rows[1][hand_row::POINTS..];
        (point[0] - 0.02).abs() < 0.001 && (point[2] - 0.1).abs() < 0.001
    };
    script.hand(tom(true), &hand);
    script.pass(10.0);
    assert!(tracked(&script));
    script.pass(3_000.0);
    assert!(!tracked(&script), "not told for seconds");
    script.hand(tom(true), &hand);
    script.pass(10.0);
    assert!(tracked(&script));
    script.pass(90.0);
    script.sample(tom(false));
    script.pass(300.0);
    assert!(!tracked(&script), "they hold controllers now");
}

#[test]
fn people_without_hands_and_those_who_are_far_have_no_joints() {
    let mut script = Script::live(Mode::Enter);
    script.sample(Sample { pose: at(1.0), ..tom(false) });
    script.pass(10.0);
    assert_eq!(script.client.hand_rows(), [0.0; 0]);
    script.sample(Sample { tier: Tier::B, ..tom(false) });
    script.pass(100.0);
    assert_eq!((script.client.avatar_rows().len(), script.client.hand_rows()), (AVATAR_ROW, &[][..]));
}

#[test]
fn tracked_hands_and_controllers_tell_how_fingers_are_held_and_a_desktop_does_not() {
    let mut script = Script::live(Mode::Enter);
    let hands = Pose { fingers: None, ..tom(true).pose };
    let mut fingers = |pose: &Pose, right: OwnHand| {
        script.client.set_hands([OwnHand::Still, right]);
        script.client.set_pose(pose, true, script.now_ms).unwrap();
        script.pass(60.0);
        script.poses.last().unwrap().1.pose.fingers
    };
    let pressed = |trigger| OwnHand::Controller { trigger, squeeze: 0.0 };
    let (open, closed) = (fingers(&hands, pressed(0.0)).unwrap(), fingers(&hands, pressed(1.0)).unwrap());
    assert!(closed.right.base[0] > open.right.base[0] && closed.left == open.left);
    assert!(fingers(&hands, OwnHand::Joints(Box::new([[0.1; 3]; JOINTS]))).is_some());
    assert_eq!(fingers(&hands, OwnHand::Still), None);
    assert_eq!(fingers(&at(1.0), pressed(1.0)), None, "there is no hand to hold it");
}

#[test]
fn ones_own_hands_are_drawn_as_they_are_tracked_or_bent_as_a_controller_is_pressed() {
    let mut script = Script::live(Mode::Enter);
    assert!(script.client.own_joints().is_empty(), "no headset");
    let mut drawn = |left: OwnHand, right: OwnHand| {
        script.client.set_hands([left, right]);
        script.client.own_joints().to_vec()
    };
    let joints = OwnHand::Joints(Box::new([[0.5; 3]; JOINTS]));
    let hands = drawn(joints, OwnHand::Still);
    assert_eq!(hands.len(), 2 * 3 * JOINTS);
    assert!(hands[..3 * JOINTS].iter().all(|part| *part == 0.5), "the left one comes first");
    let pressed = drawn(OwnHand::Still, OwnHand::Controller { trigger: 1.0, squeeze: 1.0 });
    assert_ne!(hands[3 * JOINTS..], pressed[3 * JOINTS..], "a fist is no hand at rest");
}

#[test]
fn fingers_that_move_are_sent_though_head_and_hands_rest() {
    let mut script = Script::live(Mode::Enter);
    let pose = tom(true).pose;
    let sent = |script: &mut Script, bent_m: f32| {
        let before = script.poses.len();
        for _ in 0..8 {
            script
                .client
                .set_hands([OwnHand::Still, OwnHand::Joints(Box::new([[0.0, bent_m, 0.1]; JOINTS]))]);
            script.client.set_pose(&pose, false, script.now_ms).unwrap();
            script.pass(50.0);
        }
        script.poses.len() - before
    };
    sent(&mut script, 0.0);
    assert_eq!(sent(&mut script, 0.002), 0, "a tremble is no movement");
    assert!(sent(&mut script, 0.03) >= 3);
    let (_, own) = script.poses.last().unwrap();
    let point = own.hands.right.unwrap().points()[24];
    assert!(own.hands.left.is_none() && (point[1] - 0.03).abs() < 0.001);
}
