//! Motion when the room skips ticks: what was said last is what everyone ends up being shown.

use crate::stage::{Stage, user};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use thexr_room::{FRAME_BYTES, FRAME_BYTES_MIN, PoseInput, Scratch, Shown, Telling, TickOutput, Viewer};
use thexr_wire::joints::Hands;
use thexr_wire::lane::read_down;
use thexr_wire::pose::{Marks, Pose, Sample};
use thexr_wire::records::decode_a;
use thexr_wire::{PeerId, Tier};

const TICK_MS: i64 = thexr_wire::limits::TICK_MS as i64;

fn say(stage: &mut Stage, peer: PeerId, x: f32, marks: Marks, sample_ms: Option<u32>) {
    let pose = Pose::standing([x, 1.8, 1.0]);
    stage.room.pose(PoseInput { peer, sample_ms, marks, pose, hands: Hands::default() });
}

fn move_to(stage: &mut Stage, peer: PeerId, x: f32) {
    say(stage, peer, x, Marks::default(), None);
}

/// The next tick that happens is so many ticks after the last one.
fn tick_after(stage: &mut Stage, ticks: u64) {
    stage.tick_after(ticks as i64 * TICK_MS);
}

/// What the bytes of a tick say of a slot, whoever is told.
fn encoded(output: &TickOutput, slot: u16) -> Sample {
    let record = output.in_slot(slot).unwrap();
    decode_a(record.encoded.bytes(Tier::A).try_into().unwrap(), record.cell)
}

#[test]
fn a_pose_that_comes_before_a_gap_is_shown_in_the_tick_behind_it_and_stays() {
    for gap in [1, 2, 3, 8, 81, 500, 20_000] {
        let mut stage = Stage::empty();
        let ada = stage.enter_thexr("ada");
        let mut sees = Viewer::new(Telling::Frames, None, FRAME_BYTES);
        let mut reads = Viewer::new(Telling::JsonAll, None, FRAME_BYTES);
        move_to(&mut stage, ada, 1.0);
        stage.tick();
        stage.seen(&mut sees);
        reads.movements(&stage.motion, &mut Scratch::default());
        move_to(&mut stage, ada, 5.0);
        tick_after(&mut stage, gap);
        assert!((stage.seen(&mut sees)[&0].head[0] - 5.0).abs() < 0.01, "{gap}");
        let read: Value =
            serde_json::from_str(&reads.movements(&stage.motion, &mut Scratch::default()).unwrap()).unwrap();
        assert_eq!(read[user("ada").as_str()]["head"][0], json!(5));
        assert_eq!(stage.motion.records[0].changed_tick, stage.now.tick);
        for _ in 0..171 {
            stage.tick();
            assert!((encoded(&stage.motion, 0).pose.head[0] - 5.0).abs() < 0.01, "{gap}");
        }
    }
}

#[test]
fn the_age_of_a_sample_counts_from_the_tick_that_shows_it() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    stage.ticks(30);
    // Milliseconds before the tick behind a gap of ten, and what is told of them.
    for (n, (back_ms, expected)) in
        [(0i64, 0), (60, 60), (200, 200), (400, 248), (-30, 0)].into_iter().enumerate()
    {
        let shown_ms = (stage.now.tick as i64 + 10) * TICK_MS;
        say(&mut stage, ada, n as f32, Marks::default(), Some((shown_ms - back_ms) as u32));
        tick_after(&mut stage, 10);
        assert_eq!(encoded(&stage.motion, 0).age_ms, expected, "{back_ms} ms back");
    }
    move_to(&mut stage, ada, 9.0);
    tick_after(&mut stage, 10);
    assert_eq!(encoded(&stage.motion, 0).age_ms, 0, "sampled now");
    tick_after(&mut stage, 2);
    assert_eq!(encoded(&stage.motion, 0).age_ms, 100);
}

#[test]
fn a_jump_is_not_lost_in_what_the_same_tick_takes_in_after_it() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    move_to(&mut stage, ada, 1.0);
    stage.tick();
    assert!(!encoded(&stage.motion, 0).marks.jumped);
    say(&mut stage, ada, 40.0, Marks { jumped: true, ..Marks::default() }, None);
    move_to(&mut stage, ada, 40.1);
    tick_after(&mut stage, 4);
    assert!(encoded(&stage.motion, 0).marks.jumped);
    move_to(&mut stage, ada, 40.2);
    stage.tick();
    assert!(!encoded(&stage.motion, 0).marks.jumped);
}

#[test]
fn what_one_speaks_or_holds_is_shown_behind_a_gap() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    let pen = stage.create(ada, json!({"color": "#E76F51"}));
    stage.ticks(3);
    say(&mut stage, ada, 0.5, Marks { speaking: true, ..Marks::default() }, None);
    tick_after(&mut stage, 9);
    assert!(encoded(&stage.motion, 0).marks.speaking && stage.motion.records[0].prominent);
    let parent = json!({"entity": user("ada"), "node": "right"});
    stage.push(ada, "reparent", json!({"entity": pen, "parent": parent}));
    tick_after(&mut stage, 9);
    let Marks { holding, speaking, .. } = encoded(&stage.motion, 0).marks;
    assert!(holding && speaking && stage.motion.records[0].prominent);
}

#[test]
fn a_room_that_ticks_in_odd_ticks_only_is_shown_as_often_as_another() {
    for step in [1u64, 2, 6, 14] {
        let mut stage = Stage::empty();
        let ada = stage.enter_thexr("ada");
        let watches = stage.enter_with("cam", json!({"mode": "observe", "dialect": "thexr.1"}));
        stage.tick_after(TICK_MS * if stage.now.tick.is_multiple_of(2) { 1 } else { 2 });
        let start = stage.now.tick;
        let mut shown = Vec::new();
        while stage.now.tick < start + 1_000 {
            tick_after(&mut stage, step);
            shown.extend((!stage.quiet).then_some(stage.now.tick - start));
        }
        let gaps: Vec<u64> = shown.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.iter().all(|gap| *gap < 80 + step), "one of {step}: {gaps:?}");
        assert!(shown.iter().filter(|tick| **tick > 420).count() >= 6, "one of {step}: {shown:?}");
        let watch = |stage: &mut Stage, x| move_to(stage, watches, x);
        watch(&mut stage, 3.0);
        tick_after(&mut stage, step);
        assert!(!stage.quiet, "a camera that moved is shown what is there");
        (0..10).for_each(|_| tick_after(&mut stage, step));
        move_to(&mut stage, ada, 3.0);
        tick_after(&mut stage, step);
        assert!(!stage.quiet);
    }
}

#[test]
fn places_are_kept_whichever_ticks_are_skipped() {
    for step in [1u64, 3, 7, 130] {
        let mut stage = Stage::empty();
        let ada = stage.enter_thexr("ada");
        move_to(&mut stage, ada, 1.0);
        tick_after(&mut stage, step);
        move_to(&mut stage, ada, 2.0);
        (0..200u64.div_ceil(step)).for_each(|_| tick_after(&mut stage, step));
        assert_eq!(stage.places.last().map(|(_, pose)| pose.head[0]), Some(2.0), "{step}");
        let kept = stage.places.len();
        (0..300).for_each(|_| tick_after(&mut stage, step));
        assert_eq!(stage.places.len(), kept, "who rests is kept once");
    }
}

/// Whoever is told something, and what they know by now.
struct Receiver {
    viewer: Viewer,
    own_slot: Option<u16>,
    json: bool,
    knows: BTreeMap<u16, (Tier, Pose)>,
}

impl Receiver {
    fn new(telling: Telling, own_slot: Option<u16>, bytes: usize) -> Self {
        let viewer = Viewer::new(telling, own_slot, bytes);
        Self { viewer, own_slot, json: telling != Telling::Frames, knows: BTreeMap::new() }
    }

    fn look(&mut self, output: &TickOutput) {
        let mut scratch = Scratch::default();
        if self.json {
            let Some(text) = self.viewer.movements(output, &mut scratch) else { return };
            let poses: BTreeMap<String, Pose> = serde_json::from_str(&text).unwrap();
            for record in &output.records {
                let pose = poses.get(record.user.as_str()).map(|pose| (Tier::A, *pose));
                self.knows.extend(pose.map(|pose| (record.slot, pose)));
            }
            return;
        }
        let mut bytes = Vec::new();
        if self.viewer.frame(output, 0, 0, &mut scratch, &mut bytes) == Shown::Frame {
            let mut learn = |sample: Sample| {
                let known = self.knows.get(&sample.slot).map(|(_, known)| *known);
                let near = |known: &Pose| {
                    (0..3).all(|axis| (known.head[axis] - sample.pose.head[axis]).abs() < 0.26)
                };
                // Of someone known better the crowd says nothing new within its half metre.
                let pose = known.filter(|known| sample.tier == Tier::E && near(known)).unwrap_or(sample.pose);
                self.knows.insert(sample.slot, (sample.tier, pose));
            };
            read_down(&bytes, &mut learn).unwrap();
        }
    }

    fn check(&self, truth: &BTreeMap<u16, f32>) -> Result<(), TestCaseError> {
        for (slot, x) in truth.iter().filter(|(slot, _)| self.json || Some(**slot) != self.own_slot) {
            let (tier, known) = self.knows[slot];
            let within = if tier == Tier::E { 0.6 } else { 0.04 };
            prop_assert!(
                (known.head[0] - x).abs() < within,
                "slot {slot} is at {x}, known {tier:?} {known:?}"
            );
        }
        Ok(())
    }
}

#[derive(Debug, Clone)]
enum Step {
    Move { who: usize, x: f32 },
    Tick { ticks: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let x = prop_oneof![-4.0f32..4.0, -60.0f32..60.0, 150.0f32..400.0];
    let ticks = prop_oneof![6 => 1u64..5, 2 => 5u64..100, 1 => 100u64..1_000, 1 => 16_000u64..70_000];
    prop_oneof![
        (0..PEOPLE.len(), x).prop_map(|(who, x)| Step::Move { who, x }),
        ticks.prop_map(|ticks| Step::Tick { ticks })
    ]
}

const PEOPLE: [&str; 6] = ["ada", "bob", "cyd", "dan", "eve", "fay"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn at_random_gaps_everyone_ends_being_told_the_last_pose_of_everyone(
        script in prop::collection::vec(step(), 1..80), rest in 1u64..40, blinks in 1usize..4,
    ) {
        let mut stage = Stage::empty();
        let peers = PEOPLE.map(|name| stage.enter_thexr(name));
        let slot = |n: usize| n as u16;
        let mut receivers: Vec<Receiver> = (0..PEOPLE.len())
            .flat_map(|n| [FRAME_BYTES_MIN, FRAME_BYTES].map(|bytes| Receiver::new(Telling::Frames, Some(slot(n)), bytes)))
            .collect();
        receivers.push(Receiver::new(Telling::Frames, None, FRAME_BYTES_MIN));
        receivers.push(Receiver::new(Telling::JsonAll, Some(0), FRAME_BYTES));
        let mut truth: BTreeMap<u16, f32> =
            stage.motion.records.iter().map(|record| (record.slot, record.pose.head[0])).collect();
        for (at, step) in script.into_iter().enumerate() {
            match step {
                Step::Move { who, x } => {
                    move_to(&mut stage, peers[who], x);
                    truth.insert(slot(who), x);
                }
                Step::Tick { ticks } => {
                    tick_after(&mut stage, ticks);
                    for (n, receiver) in receivers.iter_mut().enumerate() {
                        // Not everyone is asked in every tick.
                        if !stage.quiet && (at + n).is_multiple_of(blinks) {
                            receiver.look(&stage.motion);
                        }
                    }
                }
            }
        }
        for _ in 0..400u64.div_ceil(rest).max(20) {
            tick_after(&mut stage, rest);
            if !stage.quiet {
                receivers.iter_mut().for_each(|receiver| receiver.look(&stage.motion));
            }
        }
        for receiver in &receivers {
            receiver.check(&truth)?;
        }
    }
}
