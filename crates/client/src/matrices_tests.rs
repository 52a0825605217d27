use super::*;
use crate::replica::StatePatch;
use serde_json::{Value, json};

struct Stage {
    replica: Replica,
    matrices: Matrices,
    seq: u64,
    pose: Option<Pose>,
}

impl Stage {
    fn new() -> Self {
        Self { replica: Replica::new(false), matrices: Matrices::default(), seq: 0, pose: None }
    }

    fn ops(&mut self, ops: Value) {
        let Value::Array(ops) = ops else { panic!("ops are a list") };
        self.seq += 1;
        let patch = StatePatch {
            seq: self.seq,
            at: 0,
            runs: vec![(self.seq, ops.len())],
            ops,
            slots: BTreeMap::new(),
        };
        self.replica.apply(patch).unwrap();
    }

    fn create(&mut self, id: &str, components: Value) {
        self.ops(json!([{"op": "create", "entity": id, "components": components}]));
    }

    fn set(&mut self, id: &str, components: Value) {
        self.ops(json!([{"op": "set", "entity": id, "components": components}]));
    }

    fn frame(&mut self, room_ms: f64) -> Vec<u32> {
        let stale = std::mem::take(&mut self.replica.stale);
        let pose = |_: &EntityId| self.pose;
        let scene = Scene { replica: &self.replica, pose: &pose, moved: &[], room_ms, whole: false };
        self.matrices.update(&scene, stale);
        let mut dirty = self.matrices.dirty().to_vec();
        dirty.sort_unstable();
        dirty
    }

    fn place(&self, id: &str) -> [f32; 3] {
        let at = self.replica.index_of(&EntityId::parse(id).unwrap()).unwrap() as usize * MATRIX;
        self.matrices.values()[at + 12..at + 15].try_into().unwrap()
    }
}

fn near(a: [f32; 3], b: [f32; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-3)
}

#[test]
fn a_child_follows_its_parent_and_only_what_changed_is_computed() {
    let mut stage = Stage::new();
    stage.create("aaaaa", json!({"position": [10, 0, 0]}));
    stage.create("bbbbb", json!({"position": [1, 0, 0], "parent": {"entity": "aaaaa"}}));
    stage.create("ccccc", json!({"position": [5, 5, 5]}));
    assert_eq!(stage.frame(0.0), [0, 1, 2]);
    assert_eq!(stage.place("bbbbb"), [11.0, 0.0, 0.0]);
    assert!(stage.frame(50.0).is_empty());
    stage.set("aaaaa", json!({"position": [20, 0, 0]}));
    assert_eq!(stage.frame(100.0), [0, 1]);
    assert_eq!(stage.place("bbbbb"), [21.0, 0.0, 0.0]);
    stage.set("aaaaa", json!({"color": "#FF0000"}));
    assert!(stage.frame(150.0).is_empty());
}

#[test]
fn a_spin_depends_on_the_rooms_time_alone() {
    let quarter_ms = 1_000.0;
    let spin = json!({"spin": [0, std::f32::consts::FRAC_PI_2, 0]});
    let at = |frames: &[f64]| {
        let mut stage = Stage::new();
        stage.create("aaaaa", spin.clone());
        stage.create("bbbbb", json!({"position": [0, 0, 1], "parent": {"entity": "aaaaa"}}));
        frames.iter().for_each(|ms| assert_eq!(stage.frame(*ms), [0, 1]));
        stage.place("bbbbb")
    };
    assert!(near(at(&[quarter_ms]), [1.0, 0.0, 0.0]));
    assert_eq!(at(&[10.0, 300.0, quarter_ms]), at(&[quarter_ms]));
    let year_ms = 3.15e10;
    let (a, b) = (at(&[year_ms]), at(&[year_ms + 10.0]));
    let step = (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum::<f32>().sqrt();
    assert!((step - 0.0157).abs() < 1e-4, "a year later it still turns evenly: {step}");
}

#[test]
fn an_entity_stops_where_it_is_without_spin() {
    let mut stage = Stage::new();
    stage.create("aaaaa", json!({"spin": [0, 1, 0]}));
    stage.frame(0.0);
    stage.ops(json!([{"op": "unset", "entity": "aaaaa", "names": ["spin"]}]));
    assert_eq!(stage.frame(500.0), [0]);
    assert!(stage.frame(600.0).is_empty());
}

#[test]
fn a_missing_parent_counts_as_none_until_it_comes() {
    let mut stage = Stage::new();
    stage.create("bbbbb", json!({"position": [1, 0, 0], "parent": {"entity": "aaaaa"}}));
    stage.frame(0.0);
    assert_eq!(stage.place("bbbbb"), [1.0, 0.0, 0.0]);
    stage.create("aaaaa", json!({"position": [10, 0, 0]}));
    assert_eq!(stage.frame(0.0), [0, 1]);
    assert_eq!(stage.place("bbbbb"), [11.0, 0.0, 0.0]);
    stage.ops(json!([{"op": "delete", "entity": "aaaaa"}]));
    assert_eq!(stage.frame(0.0), [0]);
    assert_eq!(stage.place("bbbbb"), [1.0, 0.0, 0.0]);
}

#[test]
fn a_ring_of_parents_is_cut_and_does_not_hang() {
    let mut stage = Stage::new();
    stage.create("aaaaa", json!({"position": [1, 0, 0], "parent": {"entity": "bbbbb"}}));
    stage.create("bbbbb", json!({"position": [2, 0, 0], "parent": {"entity": "aaaaa"}}));
    stage.create("ccccc", json!({"position": [4, 0, 0], "parent": {"entity": "ccccc"}}));
    assert_eq!(stage.frame(0.0), [0, 1, 2]);
    assert_eq!(stage.place("bbbbb"), [2.0, 0.0, 0.0]);
    assert_eq!(stage.place("aaaaa"), [3.0, 0.0, 0.0]);
    assert_eq!(stage.place("ccccc"), [4.0, 0.0, 0.0]);
}

#[test]
fn an_animation_leads_from_where_it_was_to_its_target() {
    let mut stage = Stage::new();
    stage.create("aaaaa", json!({"position": [0, 0, 0]}));
    stage.frame(0.0);
    stage.set("aaaaa", json!({"animate": {"position": [0, 3, 0], "duration_ms": 1000}}));
    stage.frame(100.0);
    assert!(near(stage.place("aaaaa"), [0.0, 0.0, 0.0]));
    stage.frame(600.0);
    assert!(near(stage.place("aaaaa"), [0.0, 1.5, 0.0]));
    stage.set("aaaaa", json!({"animate": {"position": [0, 0, 0], "duration_ms": 1000}}));
    stage.frame(600.0);
    assert!(near(stage.place("aaaaa"), [0.0, 1.5, 0.0]), "it turns round where it is");
    stage.frame(1_600.0);
    assert!(near(stage.place("aaaaa"), [0.0, 0.0, 0.0]));
    assert!(stage.frame(1_700.0).is_empty(), "a finished animation costs nothing");
}

#[test]
fn a_newcomer_sees_the_end_of_an_animation() {
    let mut stage = Stage::new();
    stage.create("aaaaa", json!({"animate": {"position": [0, 3, 0], "duration_ms": 1000}}));
    stage.frame(0.0);
    assert!(near(stage.place("aaaaa"), [0.0, 3.0, 0.0]));
}

/// A door that turns a quarter about Y within a second, from room time 1000 on, with a handle a metre from its hinge.
fn door(repeat: &str) -> Stage {
    let mut stage = Stage::new();
    let quarter = [0.0, std::f32::consts::FRAC_1_SQRT_2, 0.0, std::f32::consts::FRAC_1_SQRT_2];
    let animate =
        json!({"to": {"rotation": quarter}, "start_ms": 1000, "duration_ms": 1000, "repeat": repeat});
    stage.create("doors", json!({"position": [5, 0, 0], "animate": animate}));
    stage.create("grips", json!({"position": [0, 0, 1], "parent": {"entity": "doors"}}));
    stage
}

fn grip(stage: &Stage) -> [f32; 3] {
    stage.place("grips")
}

#[test]
fn a_door_half_open_looks_the_same_to_who_was_there_and_to_who_joins_late() {
    let tick_ms = 50.0;
    let mut there = door("once");
    let mut ms = 0.0;
    while ms <= 1_500.0 {
        there.frame(ms);
        ms += 17.0;
    }
    let mut late = door("once");
    let stale = std::mem::take(&mut late.replica.stale);
    let pose = |_: &EntityId| None;
    let scene = Scene { replica: &late.replica, pose: &pose, moved: &[], room_ms: ms - 17.0, whole: true };
    late.matrices.update(&scene, stale);
    assert_eq!(grip(&there), grip(&late), "at the same moment to the bit");
    let half = 0.5_f32.sqrt();
    let mut at_half = door("once");
    at_half.frame(1_500.0);
    assert!(near(grip(&at_half), [5.0 + half, 0.0, half]));
    let apart = |a: [f32; 3], b: [f32; 3]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt();
    late.frame(ms - 17.0 + tick_ms);
    let in_a_tick = std::f32::consts::FRAC_PI_2 * 0.05;
    assert!(apart(grip(&there), grip(&late)) <= in_a_tick + 1e-4, "a tick apart by what a tick moves");
}

#[test]
fn an_animation_on_the_clock_carries_its_children_and_costs_nothing_before_and_after() {
    let mut stage = door("once");
    stage.create("still", json!({}));
    assert_eq!(stage.frame(0.0), [0, 1, 2]);
    assert!(near(grip(&stage), [5.0, 0.0, 1.0]));
    assert!(stage.frame(900.0).is_empty());
    assert_eq!(stage.frame(1_400.0), [0, 1]);
    assert_eq!(stage.frame(2_300.0), [0, 1], "the frame that reaches the end");
    assert!(near(grip(&stage), [6.0, 0.0, 0.0]));
    assert!(stage.frame(2_400.0).is_empty());
}

#[test]
fn an_animation_that_was_over_before_anyone_looked_is_at_its_end() {
    let mut stage = door("once");
    stage.frame(50_000.0);
    assert!(near(grip(&stage), [6.0, 0.0, 0.0]));
    assert!(stage.frame(50_050.0).is_empty());
}

#[test]
fn a_swing_and_a_loop_go_on_for_ever() {
    let place = |repeat: &str, ms: f64| {
        let mut stage = door(repeat);
        stage.frame(ms);
        assert_eq!(stage.frame(ms), [0, 1], "{repeat} at {ms}");
        grip(&stage)
    };
    assert!(near(place("swing", 3_000.0 + 2_000_000.0), [5.0, 0.0, 1.0]));
    assert!(near(place("swing", 2_250.0), place("swing", 1_750.0)));
    assert!(near(place("loop", 2_250.0), place("once", 1_250.0)));
    assert!(near(place("loop", 9e12 + 250.0), place("once", 1_250.0)));
}

#[test]
fn a_room_that_is_taken_back_in_time_moves_as_it_did() {
    let mut stage = door("once");
    stage.frame(1_250.0);
    let quarter_way = grip(&stage);
    stage.frame(60_000.0);
    assert_eq!(stage.frame(1_250.0), [0, 1]);
    assert_eq!(grip(&stage), quarter_way);
    stage.frame(0.0);
    assert!(near(grip(&stage), [5.0, 0.0, 1.0]));
}

#[test]
fn taking_an_animation_away_leaves_the_entity_at_its_own_place() {
    let mut stage = door("swing");
    stage.frame(1_500.0);
    stage.ops(json!([{"op": "unset", "entity": "doors", "names": ["animate"]}]));
    assert_eq!(stage.frame(1_600.0), [0, 1]);
    assert!(near(grip(&stage), [5.0, 0.0, 1.0]));
    assert!(stage.frame(1_700.0).is_empty());
}

#[test]
fn what_hangs_on_a_hand_follows_the_hand() {
    let mut stage = Stage::new();
    let user = "abcdefghij0123456789";
    stage.create(user, json!({"avatar": {}}));
    stage.create("bbbbb", json!({"position": [0, 0, 1], "parent": {"entity": user, "node": "left"}}));
    stage.create("ccccc", json!({"position": [0, 1, 0], "parent": {"entity": user}}));
    let mut pose = Pose::standing([5.0, 1.8, 5.0]);
    pose.left = Some([4.0, 1.0, 5.0, 0.0, 0.0, 0.0, 1.0]);
    stage.pose = Some(pose);
    stage.frame(0.0);
    assert!(near(stage.place("bbbbb"), [4.0, 1.0, 6.0]));
    assert!(near(stage.place("ccccc"), [5.0, 2.8, 5.0]));
}

#[test]
fn an_index_that_means_another_entity_now_keeps_nothing_of_the_old_one() {
    let mut stage = Stage::new();
    stage.create("aaaaa", json!({"position": [1, 0, 0], "spin": [0, 1, 0]}));
    stage.create("bbbbb", json!({"position": [0, 2, 0], "parent": {"entity": "aaaaa"}}));
    stage.frame(0.0);
    stage.ops(json!([{"op": "delete", "entity": "aaaaa"}]));
    stage.replica.take_changes();
    stage.create("ccccc", json!({"position": [5, 0, 0]}));
    assert_eq!(stage.frame(50.0), [0, 1]);
    assert_eq!((stage.place("bbbbb"), stage.place("ccccc")), ([0.0, 2.0, 0.0], [5.0, 0.0, 0.0]));
    stage.set("ccccc", json!({"position": [6, 0, 0]}));
    assert_eq!(stage.frame(100.0), [0], "nothing hangs on it, and it does not spin");
}

#[test]
fn a_child_goes_with_whom_it_hangs_on_now() {
    let mut stage = Stage::new();
    for (id, x) in [("aaaaa", 1), ("bbbbb", 2)] {
        stage.create(id, json!({"position": [x, 0, 0]}));
    }
    stage.create("ccccc", json!({"position": [0, 1, 0], "parent": {"entity": "aaaaa"}}));
    stage.frame(0.0);
    stage.set("ccccc", json!({"parent": {"entity": "bbbbb"}}));
    assert_eq!(stage.frame(50.0), [2]);
    stage.set("aaaaa", json!({"position": [9, 0, 0]}));
    assert_eq!(stage.frame(100.0), [0], "it left the first");
    stage.set("bbbbb", json!({"position": [3, 0, 0]}));
    assert_eq!(stage.frame(150.0), [1, 2]);
    assert_eq!(stage.place("ccccc"), [3.0, 1.0, 0.0]);
    stage.ops(json!([{"op": "unset", "entity": "ccccc", "names": ["parent"]}]));
    assert_eq!(stage.frame(200.0), [2]);
    assert_eq!(stage.place("ccccc"), [0.0, 1.0, 0.0]);
}

#[test]
fn what_a_hand_takes_follows_it_before_the_room_answers_and_is_as_told_after() {
    let mut stage = Stage::new();
    let user = "abcdefghij0123456789";
    stage.create(user, json!({"avatar": {}}));
    stage.create("balls", json!({"position": [0, 1, 3], "spin": [0, 1, 0], "scale": [2, 2, 2]}));
    stage.create("ropes", json!({"position": [0, -1, 0], "parent": {"entity": "balls"}}));
    let ball = EntityId::parse("balls").unwrap();
    let mut pose = Pose::standing([5.0, 1.8, 5.0]);
    pose.right = Some([4.0, 1.0, 5.0, 0.0, 0.0, 0.0, 1.0]);
    stage.pose = Some(pose);
    stage.frame(0.0);
    let foresee = |stage: &mut Stage, foreseen: Option<Foreseen>| {
        stage.matrices.foresee(ball.clone(), foreseen);
        stage.replica.stale.insert(ball.clone());
    };
    let (position, rotation) = ([0.0, 0.0, 0.5], [0.0, 0.0, 0.0, 1.0]);
    let parent = Some((EntityId::parse(user).unwrap(), Limb::Right));
    foresee(&mut stage, Some(Foreseen { parent, position, rotation }));
    stage.frame(50.0);
    assert!(near(stage.place("balls"), [4.0, 1.0, 5.5]));
    assert!(near(stage.place("ropes"), [4.0, -1.0, 5.5]), "what hangs on it comes along, in its scale");
    foresee(&mut stage, Some(Foreseen { parent: None, position: [1.0, 1.0, 1.0], rotation }));
    stage.frame(100.0);
    assert!(near(stage.place("balls"), [1.0, 1.0, 1.0]));
    stage.set("balls", json!({"position": [9, 1, 9]}));
    stage.frame(150.0);
    assert!(near(stage.place("balls"), [1.0, 1.0, 1.0]), "what is told meanwhile waits");
    foresee(&mut stage, None);
    stage.frame(200.0);
    assert!(near(stage.place("balls"), [9.0, 1.0, 9.0]));
}
