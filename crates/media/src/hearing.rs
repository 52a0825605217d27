//! Who hears whom: of everybody who speaks, the most audible few for each listener. Pure functions.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use thexr_wire::PeerId;

/// Nearer than this nobody gets louder, metres.
const NEAR_M: f32 = 1.0;
/// Farther than this nobody is heard who does not speak to the whole room, metres: 32 dB quieter than beside one.
pub(crate) const REACH_M: f32 = 40.0;
/// How much louder a newcomer must be than who is heard already, decibels: voices do not flicker.
const HYSTERESIS_DB: f32 = 6.0;
/// Who speaks and is not heard counts as so much louder with every second, up to a bound: of equals each gets a turn.
const WAITING_DB_PER_S: f32 = 1.0;
const WAITING_DB_MAX: f32 = 9.0;

/// Somebody who speaks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speaker {
    /// Whose voice.
    pub line: PeerId,
    /// Where their mouth is, metres.
    pub place: [f32; 3],
    /// How loud they are, dBov.
    pub level_db: f32,
    /// Which space they are in: only who is in the same one hears them.
    pub zone: u32,
    /// Heard everywhere in the room, as beside one.
    pub stage: bool,
}

/// Where somebody listens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ear {
    /// Where their head is, metres.
    pub place: [f32; 3],
    /// Which space they are in.
    pub zone: u32,
}

/// How loud a voice arrives, dBov; `None` where it is not heard.
pub fn audibility_db(ear: &Ear, speaker: &Speaker) -> Option<f32> {
    if speaker.stage {
        return Some(speaker.level_db);
    }
    if ear.zone != speaker.zone {
        return None;
    }
    let square: f32 = (0..3).map(|axis| ear.place[axis] - speaker.place[axis]).map(|step| step * step).sum();
    let distance_m = square.sqrt();
    // What is not a number is no place, and within no reach.
    (distance_m <= REACH_M).then(|| speaker.level_db - 20.0 * libm::log10f(distance_m.max(NEAR_M) / NEAR_M))
}

/// Whose voices one listener hears, each in a place that it keeps.
#[derive(Debug, Clone)]
pub struct Slots {
    held: Vec<Option<PeerId>>,
    /// Who is audible and not heard, since when.
    waiting: BTreeMap<PeerId, Instant>,
}

impl Slots {
    /// So many empty slots.
    pub fn new(count: usize) -> Self {
        Self { held: vec![None; count], waiting: BTreeMap::new() }
    }

    /// Whose voice each slot has.
    pub fn held(&self) -> &[Option<PeerId>] {
        &self.held
    }

    /// The slot of a voice.
    pub fn of(&self, line: PeerId) -> Option<usize> {
        self.held.iter().position(|held| *held == Some(line))
    }

    /// Somebody is gone, or must not be heard any more.
    pub fn free(&mut self, line: PeerId) {
        self.held.iter_mut().filter(|held| **held == Some(line)).for_each(|held| *held = None);
        self.waiting.remove(&line);
    }
}

/// Chooses whom a listener hears of `speakers`, in at most `most` slots; who is `barred` is never among them, nor who speaks where
/// they are not heard.
///
/// Who is heard keeps their slot; who has fallen silent keeps it until another needs it. Returns whether anything changed.
pub fn choose(
    ear: &Ear,
    speakers: &[Speaker],
    slots: &mut Slots,
    most: usize,
    barred: impl Fn(PeerId) -> bool,
    now: Instant,
) -> bool {
    let before = slots.held.clone();
    for held in &mut slots.held {
        held.take_if(|line| barred(*line));
    }
    let mut audible: Vec<(f32, PeerId)> = Vec::new();
    for speaker in speakers.iter().filter(|speaker| !barred(speaker.line)) {
        match (audibility_db(ear, speaker), slots.of(speaker.line)) {
            (Some(db), Some(_)) => audible.push((db + HYSTERESIS_DB, speaker.line)),
            (Some(db), None) => {
                let waited_db = waited_db(slots.waiting.get(&speaker.line), now);
                audible.push((db + waited_db, speaker.line));
            }
            (None, Some(slot)) => slots.held[slot] = None,
            (None, None) => {}
        }
    }
    audible.sort_by(|(a_db, a), (b_db, b)| b_db.total_cmp(a_db).then(a.cmp(b)));
    let most = most.min(slots.held.len());
    let mut chosen: Vec<PeerId> = audible.into_iter().map(|(_, line)| line).collect();
    let left: BTreeSet<PeerId> = chosen.split_off(most.min(chosen.len())).into_iter().collect();
    slots.waiting.retain(|line, _| left.contains(line));
    for line in &left {
        slots.waiting.entry(*line).or_insert(now);
    }
    place(&chosen, &left, slots, most);
    slots.held != before
}

/// Puts who is chosen into slots: those who have one keep it, then the empty ones go, then those of the silent, then those of
/// whoever must make room.
fn place(chosen: &[PeerId], left: &BTreeSet<PeerId>, slots: &mut Slots, most: usize) {
    // Beyond the most nobody is heard, not even who was.
    for held in &mut slots.held[most..] {
        *held = None;
    }
    for line in chosen {
        if slots.of(*line).is_some() {
            continue;
        }
        let rank = |held: &Option<PeerId>| match held {
            None => Some(0),
            Some(line) if chosen.contains(line) => None,
            Some(line) if left.contains(line) => Some(2),
            Some(_) => Some(1),
        };
        let best = (0..most).filter_map(|at| Some((rank(&slots.held[at])?, at))).min();
        if let Some((_, at)) = best {
            slots.held[at] = Some(*line);
        }
    }
    // Who lost to others is not heard, even where nobody needed their slot.
    for held in &mut slots.held {
        held.take_if(|line| left.contains(line));
    }
}

fn waited_db(since: Option<&Instant>, now: Instant) -> f32 {
    let waited = since.map_or(Duration::ZERO, |since| now.saturating_duration_since(*since));
    (waited.as_secs_f32() * WAITING_DB_PER_S).min(WAITING_DB_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[allow(clippy::disallowed_methods, reason = "where tests begin")]
    fn start() -> Instant {
        Instant::now()
    }

    const EAR: Ear = Ear { place: [0.0, 1.7, 0.0], zone: 0 };

    fn at(line: u64, z: f32, level_db: f32) -> Speaker {
        Speaker { line: PeerId(line), place: [0.0, 1.7, z], level_db, zone: 0, stage: false }
    }

    fn heard(slots: &Slots) -> BTreeSet<u64> {
        slots.held().iter().flatten().map(|line| line.0).collect()
    }

    #[test]
    fn the_nearest_and_loudest_are_heard() {
        let mut slots = Slots::new(2);
        let speakers = [at(1, 2.0, -30.0), at(2, 30.0, -30.0), at(3, 4.0, -25.0), at(4, 1.0, -50.0)];
        assert!(choose(&EAR, &speakers, &mut slots, 2, |_| false, start()));
        assert_eq!(heard(&slots), [1, 3].into());
    }

    #[test]
    fn each_doubling_of_the_distance_costs_six_decibels_and_beyond_reach_there_is_nothing() {
        let db = |z| audibility_db(&EAR, &at(1, z, -30.0));
        assert_eq!(db(0.2), Some(-30.0));
        let lost = db(4.0).zip(db(8.0)).map(|(near, far)| near - far);
        assert!(lost.is_some_and(|lost| (lost - 6.02).abs() < 0.01), "{lost:?}");
        assert_eq!((db(REACH_M + 0.1), db(f32::NAN)), (None, None));
    }

    #[test]
    fn a_private_table_is_heard_by_those_at_it_and_a_stage_by_all() {
        let there = Speaker { zone: 7, ..at(1, 1.0, -30.0) };
        assert_eq!(audibility_db(&EAR, &there), None);
        assert_eq!(audibility_db(&Ear { zone: 7, ..EAR }, &there), Some(-30.0));
        let stage = Speaker { stage: true, ..at(2, 900.0, -30.0) };
        assert_eq!(audibility_db(&Ear { zone: 7, ..EAR }, &stage), Some(-30.0));
    }

    #[test]
    fn who_goes_to_a_private_table_or_out_of_reach_while_they_speak_is_not_heard_any_more() {
        let now = start();
        for gone in [Speaker { zone: 7, ..at(1, 2.0, -30.0) }, at(1, REACH_M + 1.0, -30.0)] {
            let mut slots = Slots::new(2);
            choose(&EAR, &[at(1, 2.0, -30.0)], &mut slots, 2, |_| false, now);
            assert_eq!(heard(&slots), [1].into());
            assert!(choose(&EAR, &[gone], &mut slots, 2, |_| false, now));
            assert!(heard(&slots).is_empty(), "{gone:?}");
        }
    }

    #[test]
    fn who_is_heard_keeps_their_slot_against_one_who_is_hardly_louder_and_while_silent() {
        let now = start();
        let mut slots = Slots::new(2);
        choose(&EAR, &[at(1, 2.0, -30.0), at(2, 2.0, -30.0)], &mut slots, 2, |_| false, now);
        let before = slots.held().to_vec();
        let louder = [at(1, 2.0, -30.0), at(2, 2.0, -30.0), at(3, 2.0, -26.0)];
        assert!(!choose(&EAR, &louder, &mut slots, 2, |_| false, now));
        assert!(!choose(&EAR, &[at(1, 2.0, -30.0)], &mut slots, 2, |_| false, now));
        assert_eq!(slots.held(), before);
        // A newcomer takes the place of the silent one.
        assert!(choose(&EAR, &[at(1, 2.0, -30.0), at(3, 2.0, -40.0)], &mut slots, 2, |_| false, now));
        assert_eq!(heard(&slots), [1, 3].into());
        assert_eq!(slots.of(PeerId(1)), before.iter().position(|held| *held == Some(PeerId(1))));
    }

    #[test]
    fn of_twelve_equal_voices_each_is_heard_within_a_minute() {
        let mut now = start();
        let mut slots = Slots::new(8);
        let speakers: Vec<_> = (0..12).map(|line| at(line, 2.0, -30.0)).collect();
        let mut heard_ever = BTreeSet::new();
        let mut changes = 0;
        for _ in 0..300 {
            now += Duration::from_millis(200);
            changes += u32::from(choose(&EAR, &speakers, &mut slots, 8, |_| false, now));
            heard_ever.extend(heard(&slots));
        }
        assert_eq!(heard_ever.len(), 12);
        assert!(changes < 30, "voices flicker: {changes} changes in a minute");
    }

    #[test]
    fn fewer_slots_leave_the_most_audible_in_theirs() {
        let now = start();
        let mut slots = Slots::new(4);
        let speakers = [at(1, 9.0, -30.0), at(2, 1.0, -30.0), at(3, 5.0, -30.0)];
        choose(&EAR, &speakers, &mut slots, 4, |_| false, now);
        assert!(choose(&EAR, &speakers, &mut slots, 1, |_| false, now));
        assert_eq!(heard(&slots), [2].into());
        assert!(choose(&EAR, &speakers, &mut slots, 4, |_| false, now));
        assert_eq!(heard(&slots), [1, 2, 3].into());
    }

    proptest! {
        #[test]
        fn whatever_is_said_no_barred_voice_is_heard_none_twice_and_none_beyond_the_most(
            turns in prop::collection::vec(
                (prop::collection::vec((0_u64..20, 0.0_f32..60.0, -70.0_f32..0.0, 0_u32..2), 0..24), 0_usize..9, 0_u64..20),
                1..12,
            ),
        ) {
            let mut now = start();
            let mut slots = Slots::new(8);
            for (said, most, barred) in turns {
                now += Duration::from_millis(200);
                let mut once = BTreeSet::new();
                let speakers: Vec<_> = said
                    .into_iter()
                    .filter(|(line, ..)| once.insert(*line))
                    .map(|(line, z, db, zone)| Speaker { zone, ..at(line, z, db) })
                    .collect();
                let changed = slots.held().to_vec();
                let told = choose(&EAR, &speakers, &mut slots, most, |line| line.0 == barred, now);
                prop_assert_eq!(told, changed != slots.held());
                prop_assert!(slots.of(PeerId(barred)).is_none());
                let held: Vec<_> = slots.held().iter().flatten().collect();
                prop_assert!(held.len() <= most && held.len() == held.iter().collect::<BTreeSet<_>>().len());
                let out_of_reach = |s: &&Speaker| audibility_db(&EAR, s).is_none();
                prop_assert!(speakers.iter().filter(out_of_reach).all(|s| slots.of(s.line).is_none()));
                // Nobody waits for a slot that nobody has.
                let audible = speakers.iter().filter(|s| s.line.0 != barred && audibility_db(&EAR, s).is_some());
                let missing = audible.filter(|s| slots.of(s.line).is_none()).count();
                prop_assert!(missing == 0 || held.len() == most);
            }
        }
    }
}
