use super::*;
use crate::motion::output::Record;
use crate::stage::{looking, output, person};
use crate::view::crowd_round::crowd_round_ticks;
use crate::view::interest::{CROWD_PERIOD_TICKS, RINGS, STAY};
use crate::view::pace::FRAME_BYTES;
use proptest::prelude::*;
use std::collections::BTreeMap;
use thexr_wire::joints::{HandJoints, Hands, JOINTS, Joints};
use thexr_wire::lane::read_down;
use thexr_wire::pose::Sample;

fn viewer(own_slot: Option<u16>) -> Viewer {
    Viewer::new(Telling::Frames, own_slot, FRAME_BYTES)
}

fn frame(viewer: &mut Viewer, output: &TickOutput) -> Vec<(Tier, u16)> {
    let (mut bytes, mut seen) = (Vec::new(), Vec::new());
    let budget = viewer.budget();
    let shown = viewer.frame(output, 9, 3, &mut Scratch::default(), &mut bytes);
    assert_eq!(shown == Shown::Frame, !bytes.is_empty());
    assert!(bytes.len() <= budget, "{} of {budget} bytes", bytes.len());
    if shown == Shown::Frame {
        let header = read_down(&bytes, &mut |sample: Sample| seen.push((sample.tier, sample.slot))).unwrap();
        assert_eq!((header.tick, header.seq, header.ack), (output.tick as u32, 9, 3));
    }
    seen
}

fn slots(viewer: &mut Viewer, output: &TickOutput) -> Vec<u16> {
    frame(viewer, output).into_iter().map(|(_, slot)| slot).collect()
}

/// Someone a few steps away whose pose changed in a tick.
fn near(slot: u16, changed_tick: u64) -> Record {
    looking(slot, Pose::standing([f32::from(slot) * 0.1, 1.8, 1.0]), changed_tick)
}

#[test]
fn a_peer_is_told_of_everyone_but_itself() {
    let mut viewer = viewer(Some(1));
    assert_eq!(slots(&mut viewer, &output(5, vec![near(0, 5), near(1, 5), near(2, 5)])), [0, 2]);
}

#[test]
fn an_unchanged_avatar_is_left_out_and_refreshed_ever_more_rarely() {
    let mut viewer = viewer(None);
    let told = (5..2_000).filter(|tick| !slots(&mut viewer, &output(*tick, vec![near(0, 5)])).is_empty());
    assert_eq!(told.collect::<Vec<_>>(), [5, 85, 165, 325, 645, 1_045, 1_445, 1_845]);
}

#[test]
fn what_changes_now_and_then_is_told_at_once_however_long_the_viewer_has_been_there() {
    let mut viewer = viewer(None);
    for tick in 1..150_000 {
        // Longer apart than a refresh, and than half of what an entry's 16 bits can tell.
        let changed = tick - tick % if tick < 20_000 { 1_000 } else { 50_000 };
        let told = slots(&mut viewer, &output(tick, vec![near(0, changed)]));
        assert!(changed != tick || told == [0], "tick {tick}");
    }
}

#[test]
fn a_viewer_that_was_not_asked_for_an_hour_begins_anew() {
    let mut viewer = viewer(None);
    slots(&mut viewer, &output(5, vec![near(0, 5)]));
    for tick in [70_000, 70_001 + 65_536, 300_000] {
        assert_eq!(slots(&mut viewer, &output(tick, vec![near(0, 5)])), [0], "tick {tick}");
    }
}

#[test]
fn a_change_in_a_skipped_tick_is_told_in_the_next() {
    let mut viewer = viewer(None);
    slots(&mut viewer, &output(5, vec![near(0, 5), near(1, 5)]));
    assert_eq!(slots(&mut viewer, &output(9, vec![near(0, 5), near(1, 7)])), [1]);
}

#[test]
fn whoever_is_not_told_in_the_very_tick_of_a_jump_is_told_of_it_with_the_next_record_and_once() {
    // Told in every tick, in every second, in every fifth and in every twentieth; or passed over altogether.
    for (metres, skipped) in [(2.0, 1), (2.0, 7), (10.0, 1), (25.0, 1), (25.0, 3), (70.0, 1)] {
        let mut viewer = viewer(None);
        let mut marks = Vec::new();
        for tick in (1..=200).filter(|tick| !(101..101 + skipped).contains(tick) || skipped == 1) {
            let jumped_tick = if tick < 101 { 1 } else { 101 };
            let point = [0.0, 1.8, metres + if tick < 101 { 0.0 } else { 3.0 } + tick as f32 * 0.01];
            let mut record = looking(0, Pose::standing(point), tick);
            record.jumped_tick = jumped_tick;
            let mut bytes = Vec::new();
            viewer.frame(&output(tick, vec![record]), 0, 0, &mut Scratch::default(), &mut bytes);
            let mut see = |sample: Sample| marks.extend((tick > 100).then_some(sample.marks.jumped));
            if !bytes.is_empty() {
                read_down(&bytes, &mut see).unwrap();
            }
        }
        assert!(marks.len() > 1 && marks[0], "{metres} m, {skipped} passed over: {marks:?}");
        assert!(!marks[1..].contains(&true), "{metres} m, {skipped} passed over: {marks:?}");
    }
}

// Rule 9.8
#[test]
fn where_records_may_be_lost_a_jump_is_told_with_several_and_where_somebody_came_to_rest_soon_again() {
    let mut viewer = viewer(None);
    viewer.set_lossy(true);
    let (mut marks, mut told) = (Vec::new(), Vec::new());
    for tick in 1..=400 {
        // Walks, jumps, walks on for a second, and stands.
        let moved = tick.min(121);
        let point = [0.0, 1.8, if tick < 101 { 2.0 } else { 5.0 } + moved as f32 * 0.01];
        let mut record = looking(0, Pose::standing(point), moved);
        record.jumped_tick = if tick < 101 { 1 } else { 101 };
        let mut bytes = Vec::new();
        viewer.frame(&output(tick, vec![record]), 0, 0, &mut Scratch::default(), &mut bytes);
        let mut see = |sample: Sample| marks.push(sample.marks.jumped.then_some(tick));
        if !bytes.is_empty() {
            read_down(&bytes, &mut see).unwrap();
            told.push(tick);
        }
    }
    let jumped: Vec<u64> = marks.into_iter().flatten().filter(|tick| *tick > 10).collect();
    assert!(jumped.starts_with(&[101, 102]) && jumped.iter().all(|tick| *tick < 106), "{jumped:?}");
    let again = told.iter().find(|tick| **tick > 121).unwrap();
    assert!(*again <= 121 + REFRESH_FRAME_TICKS, "told again in tick {again}");
}

#[test]
fn refreshes_alone_make_at_most_one_frame_a_second() {
    let mut viewer = viewer(None);
    let staggered = |tick: u64| {
        output(tick, (0..(tick as u16).min(40)).map(|slot| near(slot, u64::from(slot))).collect())
    };
    for tick in 1..60 {
        slots(&mut viewer, &staggered(tick));
    }
    let frames = (100..400).filter(|tick| !slots(&mut viewer, &staggered(*tick)).is_empty()).count();
    assert!((1..=15).contains(&frames), "{frames} frames in 15 s");
}

#[test]
fn another_incarnation_starts_anew() {
    let mut viewer = viewer(None);
    slots(&mut viewer, &output(500, vec![near(0, 400)]));
    let mut restarted = output(3, vec![near(0, 0)]);
    restarted.incarnation = 2;
    assert_eq!(slots(&mut viewer, &restarted), [0]);
}

#[test]
fn a_slot_that_names_someone_else_after_its_rest_is_told_anew() {
    let mut viewer = viewer(None);
    slots(&mut viewer, &output(5, vec![near(0, 5), near(1, 5)]));
    for tick in 6..40 {
        slots(&mut viewer, &output(tick, vec![near(1, 5)]));
    }
    assert_eq!(slots(&mut viewer, &output(45, vec![near(0, 2), near(1, 5)])), [0]);
}

#[test]
fn an_observer_sees_from_where_its_camera_is() {
    let people = || vec![person(0, [0.0, 1.8, 1.0]), person(1, [0.0, 1.8, 60.0])];
    let mut viewer = viewer(None);
    assert_eq!(frame(&mut viewer, &output(5, people())), [(Tier::A, 0), (Tier::D, 1)]);
    viewer.look_from([0.0, 1.8, 62.0, 0.0, 1.0, 0.0, 0.0]);
    let told: BTreeMap<u16, Tier> =
        (6..200).flat_map(|tick| frame(&mut viewer, &output(tick, people()))).map(|(t, s)| (s, t)).collect();
    assert_eq!(told, [(0, Tier::D), (1, Tier::A)].into());
}

/// People who walk in circles somewhere in a square; positions are a function of the tick.
struct Walkers {
    count: u16,
    edge_m: f32,
}

impl Walkers {
    fn point(&self, slot: u16, tick: u64) -> [f32; 3] {
        let n = f32::from(slot);
        let side = f32::from(self.count).sqrt().ceil();
        let step = self.edge_m / side;
        let (x, z) = ((n % side) * step - self.edge_m / 2.0, (n / side).floor() * step - self.edge_m / 2.0);
        let angle = tick as f32 * 0.07 + n;
        [x + libm::cosf(angle), 1.8, z + libm::sinf(angle)]
    }

    fn output(&self, tick: u64) -> TickOutput {
        let pose = |slot| {
            let angle = tick as f32 * 0.07 + f32::from(slot);
            let [x, y, z] = self.point(slot, tick);
            let head = [x, y, z, 0.0, libm::sinf(angle / 2.0), 0.0, libm::cosf(angle / 2.0)];
            let hand = [x + 0.2, y - 0.5, z, 0.0, 0.0, 0.0, 1.0];
            Pose { head, left: Some(hand), right: Some(hand), fingers: None }
        };
        output(tick, (0..self.count).map(|slot| looking(slot, pose(slot), tick)).collect())
    }
}

/// Longest waits of each slot for its next telling, by the tier it was told in; and who was never told.
fn waits(walkers: &Walkers, viewer: &mut Viewer, ticks: u64) -> (BTreeMap<Tier, u64>, Vec<u16>) {
    let mut last: BTreeMap<u16, (u64, Tier)> = BTreeMap::new();
    let mut longest: BTreeMap<Tier, u64> = BTreeMap::new();
    let note = |longest: &mut BTreeMap<Tier, u64>, tier, wait| {
        let known = longest.entry(tier).or_insert(0);
        *known = (*known).max(wait);
    };
    for tick in 1..=ticks {
        for (tier, slot) in frame(viewer, &walkers.output(tick)) {
            if Some(slot) == viewer.own_slot {
                continue;
            }
            if let Some((before, told)) = last.get(&slot) {
                // In the crowd's round those who are told better come along.
                let worse = tier.max(*told);
                note(&mut longest, worse, tick - before);
            }
            last.insert(slot, (tick, tier));
        }
    }
    for (tick, tier) in last.values() {
        note(&mut longest, *tier, ticks - tick);
    }
    let never = (0..walkers.count).filter(|slot| !last.contains_key(slot) && *slot != 0).collect();
    (longest, never)
}

#[test]
fn in_a_full_field_everyone_is_seen_and_refreshed_within_the_bound_of_their_tier() {
    let walkers = Walkers { count: 1_000, edge_m: 100.0 };
    let (longest, never) = waits(&walkers, &mut viewer(Some(0)), 600);
    assert!(never.is_empty(), "{never:?}");
    // Behind the view half the rate; one more query until a change of tier is noticed; twice for a busy frame.
    for (ring, tier) in RINGS.iter().zip(Tier::ALL) {
        let bound = u64::from(ring.period_ticks) * 2 + u64::from(ring.period_ticks).max(QUERY_TICKS);
        let wait = longest.get(&tier).copied().unwrap_or(0);
        assert!(wait <= bound * 3 / 2, "tier {tier:?}: {wait} ticks, bound {bound}");
    }
    assert!(longest[&Tier::E] <= 140, "{longest:?}");
}

#[test]
fn in_a_dense_hall_everyone_is_seen_too() {
    let walkers = Walkers { count: 1_000, edge_m: 20.0 };
    let (longest, never) = waits(&walkers, &mut viewer(Some(0)), 600);
    assert!(never.is_empty(), "{never:?}");
    // Three rounds: who walks from a cell that is still to come into one that was told waits for the next.
    assert!(longest[&Tier::A] <= 10 && longest[&Tier::E] <= 140, "{longest:?}");
}

#[test]
fn the_smallest_budget_starves_nobody() {
    let walkers = Walkers { count: 400, edge_m: 60.0 };
    let mut viewer = Viewer::new(Telling::Frames, Some(0), 200);
    let (longest, never) = waits(&walkers, &mut viewer, 2_000);
    assert!(never.is_empty(), "{never:?}");
    assert!(longest.values().all(|wait| *wait <= 700), "{longest:?}");
}

#[test]
fn the_highest_level_of_shedding_drops_nobody() {
    let walkers = Walkers { count: 300, edge_m: 60.0 };
    let mut viewer = viewer(Some(0));
    let mut seen = std::collections::BTreeSet::new();
    let mut frames = 0;
    for tick in 1..=800 {
        let mut output = walkers.output(tick);
        output.shed = crate::view::stretch::SHED_MAX;
        let told = slots(&mut viewer, &output);
        frames += usize::from(!told.is_empty());
        seen.extend(told);
    }
    assert_eq!(seen.len(), 299);
    assert!(frames <= 200, "one tick in four: {frames}");
}

#[test]
fn a_field_of_a_thousand_costs_what_the_design_says() {
    let walkers = Walkers { count: 1_000, edge_m: 100.0 };
    let mut viewer = viewer(Some(500));
    let mut bytes = 0;
    for tick in 1..=400 {
        let mut out = Vec::new();
        viewer.frame(&walkers.output(tick), 1, 1, &mut Scratch::default(), &mut out);
        bytes += if tick > 100 { out.len() } else { 0 };
    }
    let kbit_per_s = bytes as f64 * 8.0 / 1_000.0 / 15.0;
    assert!((60.0..=218.0).contains(&kbit_per_s), "{kbit_per_s} kbit/s");
}

#[test]
fn who_comes_nearer_is_told_better_at_once() {
    let mut viewer = viewer(None);
    let mut tiers = Vec::new();
    for tick in 1..=1_200u64 {
        let z = 110.0 - tick as f32 * 0.09;
        let told = frame(&mut viewer, &output(tick, vec![looking(0, Pose::standing([0.0, 1.8, z]), tick)]));
        for (tier, _) in told {
            if tiers.last() != Some(&tier) {
                tiers.push(tier);
            }
        }
    }
    assert_eq!(tiers, [Tier::E, Tier::D, Tier::C, Tier::B, Tier::A]);
}

#[test]
fn whom_one_walks_up_to_is_told_better_at_once_also_when_they_have_rested_for_long() {
    let mut viewer = viewer(None);
    let mut told = Vec::new();
    for tick in 1_000..=2_200u64 {
        let z = 110.0 - (tick - 1_000) as f32 * 0.09;
        viewer.look_from(Pose::standing([0.0, 1.8, z]).head);
        let rests = looking(0, Pose::standing([0.0, 1.8, 0.0]), 1);
        for (tier, _) in frame(&mut viewer, &output(tick, vec![rests])) {
            if told.last().is_none_or(|(last, _)| *last != tier) {
                told.push((tier, z));
            }
        }
    }
    for (tier, ring) in [Tier::A, Tier::B, Tier::C, Tier::D].into_iter().zip(RINGS) {
        let (_, at_m) = told.iter().find(|(told, _)| *told == tier).unwrap();
        // Whoever is in a ring already counts as a little nearer.
        let edge_m = ring.radius_m - 2.0..=ring.radius_m * STAY;
        assert!(edge_m.contains(at_m), "{tier:?} from {at_m} m: {told:?}");
    }
}

#[test]
fn rest_is_not_taken_for_a_slow_line() {
    let mut viewer = viewer(None);
    let full = viewer.budget();
    for tick in 1..=4_000u64 {
        // A room that moves, then rests for half a minute at a time: frames are rare, and answered in the next tick.
        let shown = tick % 1_200 < 600 || tick.is_multiple_of(80);
        if shown && !frame(&mut viewer, &output(tick, vec![near(0, tick)])).is_empty() {
            viewer.acked(tick, tick as u32 + 1, tick as u32);
        }
    }
    assert_eq!(viewer.budget(), full);
}

#[test]
fn a_receiver_behind_is_passed_over_and_then_told_the_newest() {
    let walkers = Walkers { count: 20, edge_m: 8.0 };
    let mut viewer = viewer(Some(0));
    for tick in 1..=20 {
        frame(&mut viewer, &walkers.output(tick));
        viewer.acked(tick, tick as u32, tick as u32 - 1);
    }
    let mut scratch = Scratch::default();
    let mut shown =
        |viewer: &mut Viewer, tick| viewer.frame(&walkers.output(tick), 1, 1, &mut scratch, &mut vec![]);
    let passed_over = (21..=60).filter(|tick| shown(&mut viewer, *tick) == Shown::PassedOver).count();
    assert!(passed_over >= 30, "{passed_over}");
    viewer.acked(60, 60, 30);
    assert_eq!(shown(&mut viewer, 61), Shown::Frame);
}

#[test]
fn who_leaves_the_rings_before_their_last_movement_was_told_is_told_as_the_crowd() {
    let mut viewer = Viewer::new(Telling::Frames, None, 200);
    let walkers = Walkers { count: 250, edge_m: 60.0 };
    let (leaver, mut moved_at, mut told_at) = (250, u64::MAX, None);
    for tick in 1..1_000 {
        let mut records = walkers.output(tick).records;
        let changed = if tick >= moved_at { moved_at } else { tick };
        let x = if tick >= moved_at { 81.0 } else { 75.0 };
        records.push(looking(leaver, Pose::standing([x, 1.8, 0.0]), changed));
        if tick == moved_at.saturating_add(120) {
            assert_eq!(told_at, None, "it is not their turn yet");
            viewer.look_from(Pose::standing([-60.0, 1.8, 0.0]).head);
        }
        if slots(&mut viewer, &output(tick, records)).contains(&leaver) && tick > 300 {
            if moved_at == u64::MAX { moved_at = tick + 1 } else { told_at = told_at.or(Some(tick)) }
        }
    }
    let (gone, told) = (moved_at + 120, told_at.unwrap());
    assert!(
        (gone..gone + 170).contains(&told),
        "moved in {moved_at}, left the rings in {gone}, told in {told}"
    );
}

/// Nobody moves from their place, everyone changes in every tick: what is told is a matter of budgets alone.
struct Scene {
    count: u16,
    edge_m: f32,
    /// One of so many speaks.
    speaks: u16,
}

impl Scene {
    /// Longest times between two tellings of anyone one by one and of anyone in the crowd, ticks; all are told.
    fn longest(&self, viewer: &mut Viewer, ticks: u64) -> [u64; 2] {
        let walkers = Walkers { count: self.count, edge_m: self.edge_m };
        let mut shown = walkers.output(1);
        shown.records.iter_mut().for_each(|record| record.prominent = record.slot % self.speaks == 0);
        let mut told = vec![0; usize::from(self.count)];
        let mut longest = [0, 0];
        for tick in 1..=ticks {
            shown.tick = tick;
            shown.records.iter_mut().for_each(|record| record.changed_tick = tick);
            shown.finish();
            for (_, slot) in frame(viewer, &shown) {
                let singly = usize::from(!is_in(&viewer.told_singly, slot));
                longest[singly] =
                    (tick - std::mem::replace(&mut told[usize::from(slot)], tick)).max(longest[singly]);
            }
        }
        for (slot, told) in (0u16..).zip(told).filter(|(slot, _)| Some(*slot) != viewer.own_slot) {
            let singly = usize::from(!is_in(&viewer.told_singly, slot));
            longest[singly] = longest[singly].max(ticks - told);
        }
        longest
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    // Rule 4.11
    #[test]
    fn at_every_budget_everyone_is_told_within_the_stated_time(
        count in 1u16..700, edge_m in prop::sample::select(vec![2.0f32, 10.0, 40.0, 100.0, 400.0]),
        budget in prop_oneof![200usize..260, 200usize..1_500, 200usize..12_501],
        own in prop::option::of(0u16..700), speaks in prop::sample::select(vec![1u16, 2, 17, 1_000]),
    ) {
        let mut viewer = Viewer::new(Telling::Frames, own.filter(|own| *own < count), budget);
        let scene = Scene { count, edge_m, speaks };
        let crowd_bound = 2 * crowd_round_ticks(usize::from(count), budget, CROWD_PERIOD_TICKS) + 1;
        let [singly, crowd] = scene.longest(&mut viewer, crowd_bound.max(1_000));
        prop_assert!(singly <= u64::from(TOLD_WITHIN_TICKS), "{singly} ticks");
        prop_assert!(crowd <= crowd_bound, "{crowd} ticks, bound {crowd_bound}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_frame_exceeds_its_budget_and_the_same_ticks_give_the_same_bytes(
        count in 1u16..600, edge_m in 3.0f32..200.0, budget in 200usize..3_000, own in prop::option::of(0u16..600),
        skip in 1usize..4,
    ) {
        let walkers = Walkers { count, edge_m };
        let ticks: Vec<TickOutput> = (1..120).step_by(skip).map(|tick| walkers.output(tick)).collect();
        let run = || {
            let mut viewer = Viewer::new(Telling::Frames, own, budget);
            let mut all = Vec::new();
            for output in &ticks {
                let before = all.len();
                viewer.frame(output, 1, 1, &mut Scratch::default(), &mut all);
                assert!(all.len() - before <= budget);
            }
            all
        };
        prop_assert_eq!(run(), run());
    }
}

/// All that a frame tells: people, and of hands whose and which.
#[derive(Default)]
struct Heard {
    people: Vec<u16>,
    hands: Vec<(u16, bool)>,
}

impl thexr_wire::lane::Sink for Heard {
    fn person(&mut self, sample: Sample) {
        self.people.push(sample.slot);
    }

    fn hand(&mut self, hand: &HandJoints) {
        self.hands.push((hand.slot, hand.right));
    }
}

/// People in a row, a metre apart from slot 0 on, who move all the time and whose hands are tracked.
fn handed(tick: u64, count: u16, hands_tick: u64) -> TickOutput {
    let joints = Joints::pack(&[[0.0; 3]; JOINTS]);
    let mut output = TickOutput::default();
    output.begin(1, tick, tick as i64 * 50);
    for n in 0..count {
        let mut record = looking(n, Pose::standing([f32::from(n), 1.8, 0.001 * tick as f32]), tick);
        record.hands_tick = hands_tick;
        output.add(record, &Hands { left: Some(joints), right: Some(joints) }, 0);
    }
    output.finish();
    output
}

fn heard(viewer: &mut Viewer, output: &TickOutput) -> Heard {
    let (mut bytes, mut heard) = (Vec::new(), Heard::default());
    if viewer.frame(output, 9, 3, &mut Scratch::default(), &mut bytes) == Shown::Frame {
        assert!(bytes.len() <= viewer.budget(), "{} bytes", bytes.len());
        thexr_wire::lane::read_down(&bytes, &mut heard).unwrap();
    }
    heard
}

// Rule 4.13
#[test]
fn hands_are_told_joint_by_joint_of_the_nearest_two_within_two_metres() {
    let mut viewer = viewer(Some(3));
    let first = heard(&mut viewer, &handed(5, 10, 5));
    assert_eq!(first.hands, [(2, false), (2, true), (4, false), (4, true)]);
    assert_eq!(first.people.len(), 9);
    let resting = heard(&mut viewer, &handed(6, 10, 5));
    assert!(resting.hands.is_empty() && !resting.people.is_empty(), "hands that rest are not told again");
    assert_eq!(heard(&mut viewer, &handed(25, 10, 5)).hands.len(), 4, "but every second");
    let alone = [person(0, [0.0, 1.8, 0.0]), person(1, [2.5, 1.8, 0.0])];
    let mut far = output(40, alone.into());
    far.begin(1, 40, 2_000);
    let joints = Joints::pack(&[[0.0; 3]; JOINTS]);
    for n in 0..2 {
        let record = looking(n, Pose::standing([2.5 * f32::from(n), 1.8, 0.0]), 40);
        far.add(record, &Hands { left: None, right: Some(joints) }, 0);
    }
    far.finish();
    assert!(heard(&mut Viewer::new(Telling::Frames, Some(0), FRAME_BYTES), &far).hands.is_empty());
}

// Rule 4.14
#[test]
fn people_and_hands_are_told_at_every_budget_and_hands_give_way_first() {
    for budget in [200, 300, 600, FRAME_BYTES] {
        let mut viewer = Viewer::new(Telling::Frames, Some(3), budget);
        let (mut told, mut hands, mut frames) = (std::collections::BTreeSet::new(), Vec::new(), 0);
        for tick in 5..405 {
            viewer.acked(tick, tick as u32, tick as u32 - 1);
            let heard = heard(&mut viewer, &handed(tick, 60, tick));
            frames += usize::from(!heard.people.is_empty());
            told.extend(heard.people);
            hands.extend(heard.hands);
        }
        assert_eq!(told.len(), 59, "everyone is told at {budget} bytes");
        assert!(frames > 300, "people in {frames} of 400 frames at {budget} bytes");
        let whose: std::collections::BTreeSet<_> = hands.iter().collect();
        assert_eq!(whose.len(), 4, "all four hands at {budget} bytes");
        assert!(hands.len() < 4 * 400 * budget / FRAME_BYTES + 40, "{} hands at {budget} bytes", hands.len());
    }
}

/// What a frame tells: people and things.
#[derive(Default)]
struct Told {
    people: Vec<u16>,
    things: Vec<u16>,
}

impl thexr_wire::lane::Sink for Told {
    fn person(&mut self, sample: Sample) {
        self.people.push(sample.slot);
    }

    fn body(&mut self, _: Tier, body: &thexr_wire::bodies::BodyState) {
        self.things.push(body.slot);
    }
}

// Rule 4.14
#[test]
fn a_crowd_and_many_things_that_move_are_all_told_at_every_budget() {
    for bytes in (crate::view::pace::FRAME_BYTES_MIN..320).step_by(29).chain([1_360]) {
        let mut viewer = Viewer::new(Telling::Frames, Some(0), bytes);
        let (mut people, mut things) = (vec![false; 300], vec![false; 200]);
        for tick in 1..=800 {
            let stand = |slot: u16| {
                let place = [f32::from(slot % 20) * 6.0, 1.8, f32::from(slot / 20) * 6.0];
                looking(slot, Pose::standing(place), tick)
            };
            let mut output = output(tick, (0..300).map(stand).collect());
            for slot in 0..200u16 {
                let place = [f32::from(slot) * 0.3, 0.5, 1.0, 0.0, 0.0, 0.0, 1.0];
                let place = thexr_wire::bodies::Rounded::new(&place);
                let state = thexr_wire::bodies::BodyState::new(1_000 + slot, place);
                let id = thexr_wire::EntityId::parse(&format!("thing{slot:03}")).unwrap();
                output.bodies.push(crate::motion::output::Moving::new(id, state));
            }
            let mut frame = Vec::new();
            if viewer.frame(&output, 9, 3, &mut Scratch::default(), &mut frame) != Shown::Frame {
                continue;
            }
            assert!(frame.len() <= bytes, "{} of {bytes}", frame.len());
            let mut told = Told::default();
            read_down(&frame, &mut told).unwrap();
            told.people.iter().for_each(|slot| people[usize::from(*slot)] = true);
            told.things.iter().for_each(|slot| things[usize::from(*slot) - 1_000] = true);
        }
        // Oneself is told with the crowd at most.
        let missing = people[1..].iter().chain(&things).filter(|told| !**told).count();
        assert_eq!(missing, 0, "at {bytes} bytes");
    }
}

// Rule 4.14
#[test]
fn what_moves_is_told_in_every_tick_also_where_nobody_does() {
    let mut viewer = Viewer::new(Telling::Frames, Some(0), 1_360);
    let mut told_in = 0;
    for tick in 1..=100 {
        let stands = |slot: u16| looking(slot, Pose::standing([f32::from(slot), 1.8, 0.0]), 1);
        let mut output = output(tick, (0..3).map(stands).collect());
        let place = thexr_wire::bodies::Rounded::new(&[tick as f32 * 0.01, 0.5, 1.0, 0.0, 0.0, 0.0, 1.0]);
        let id = thexr_wire::EntityId::parse("rolls").unwrap();
        let state = thexr_wire::bodies::BodyState::new(1_000, place);
        output.bodies.push(crate::motion::output::Moving::new(id, state));
        viewer.acked(tick, tick as u32, tick as u32);
        let mut frame = Vec::new();
        if viewer.frame(&output, 9, 3, &mut Scratch::default(), &mut frame) == Shown::Frame {
            let mut told = Told::default();
            read_down(&frame, &mut told).unwrap();
            told_in += told.things.len();
        }
    }
    assert!(told_in >= 98, "in {told_in} of 100");
}
