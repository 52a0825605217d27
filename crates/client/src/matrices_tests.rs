use super::*;
use crate::replica::StatePatch;
use serde_json::json;

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
        let scene = Scene { replica: &self.replica, pose: &pose, room_ms, whole: false };
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
