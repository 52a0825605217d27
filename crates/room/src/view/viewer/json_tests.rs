use super::*;
use crate::stage::{looking, output, person};
use crate::view::pace::FRAME_BYTES_MIN;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::pose::{Fingers, HandFingers, Pose, Thumb};

/// A receiver whose frames would be as small as they may: the dialect has a budget of its own.
fn json(telling: Telling) -> Viewer {
    Viewer::new(telling, Some(0), FRAME_BYTES_MIN)
}

fn moved(viewer: &mut Viewer, output: &TickOutput) -> Vec<String> {
    let (mut told, mut bytes) = (Vec::new(), 0);
    viewer.user_moved(output, &mut Scratch::default(), |payload| {
        bytes += payload.len() + AROUND_BYTES;
        let payload: Value = serde_json::from_str(payload).unwrap();
        told.push(payload["payload"]["user_id"].as_str().unwrap().to_owned());
    });
    assert!(bytes <= USER_MOVED_BYTES, "{bytes}");
    told
}

fn batch(viewer: &mut Viewer, output: &TickOutput) -> Vec<String> {
    let Some(text) = viewer.movements(output, &mut Scratch::default()) else { return Vec::new() };
    assert!(text.len() <= MOVEMENTS_BYTES, "{}", text.len());
    let poses: Map<String, Value> = serde_json::from_str(&text).unwrap();
    assert!(poses.values().all(|pose| pose["head"].is_array()));
    poses.into_iter().map(|(user, _)| user).collect()
}

/// Either way of being told.
type Tell = fn(&mut Viewer, &TickOutput) -> Vec<String>;
const BOTH: [Tell; 2] = [moved, batch];

/// People who move in every so many ticks, each in a tick of their own or all in the same.
struct Movers {
    count: u16,
    edge_m: f32,
    every: u64,
    together: bool,
    hands: bool,
    fingers: bool,
}

impl Movers {
    fn heads(count: u16, edge_m: f32, every: u64) -> Self {
        Self { count, edge_m, every, together: false, hands: false, fingers: false }
    }

    fn last_move(&self, slot: u16, tick: u64) -> u64 {
        let phase = if self.together { 0 } else { u64::from(slot) };
        tick - (tick + phase) % self.every.min(tick)
    }

    fn pose(&self, slot: u16, tick: u64) -> Pose {
        let (n, side) = (f32::from(slot), f32::from(self.count).sqrt().ceil());
        let place = |at: f32, turn: f32| (at / side - 0.5) * self.edge_m + turn;
        let angle = tick as f32 * 0.137 + n;
        let (x, z) = (place(n % side, libm::cosf(angle)), place((n / side).floor(), libm::sinf(angle)));
        let rotation = [0.123_4, libm::sinf(angle), -0.234_5, libm::cosf(angle)];
        let place = |dx: f32, y: f32| {
            let [a, b, c, d] = rotation;
            [x + dx, y, z - dx, a, b, c, d]
        };
        let fist = HandFingers { thumb: Thumb { base: 7, tip: 7, spread: 3 }, base: [15; 4], tip: [15; 4] };
        let fingers = self.fingers.then_some(Fingers { left: fist, right: fist });
        let hand = |dx| self.hands.then(|| place(dx, 1.234_5));
        Pose { head: place(0.0, 1.765_4), left: hand(-0.321), right: hand(0.321), fingers }
    }

    fn output(&self, tick: u64) -> TickOutput {
        let record = |slot| {
            let last = self.last_move(slot, tick);
            looking(slot, self.pose(slot, last), last)
        };
        output(tick, (0..self.count).map(record).collect())
    }

    /// How many of the movements in some ticks are told, each once.
    fn told(&self, viewer: &mut Viewer, tell: Tell, ticks: std::ops::Range<u64>) -> f64 {
        let (mut told, mut made) = (0, 0);
        for tick in 1..ticks.end {
            let count = tell(viewer, &self.output(tick)).len();
            if tick >= ticks.start {
                told += count;
                made += (0..self.count).filter(|slot| self.last_move(*slot, tick) == tick).count();
            }
        }
        f64::from(told as u32) / f64::from(made as u32)
    }
}

#[test]
fn a_small_room_is_told_whole_in_every_tick_itself_included() {
    for tell in BOTH {
        let mut viewer = json(Telling::JsonAll);
        let movers = Movers { hands: true, fingers: true, ..Movers::heads(30, 60.0, 1) };
        (1..50).for_each(|tick| assert_eq!(tell(&mut viewer, &movers.output(tick)).len(), 30));
    }
}

#[test]
fn every_movement_of_a_hundred_at_10_hz_is_told_wherever_they_are() {
    for tell in BOTH {
        for edge_m in [5.0, 100.0, 2_000.0] {
            for together in [false, true] {
                let movers = Movers { together, ..Movers::heads(100, edge_m, 2) };
                let told = movers.told(&mut json(Telling::JsonAll), tell, 40..240);
                assert!(told > 0.999, "{told} with {edge_m} m, together: {together}");
            }
        }
    }
}

#[test]
fn with_hands_of_many_digits_nearly_every_movement_of_a_hundred_at_10_hz_is_told() {
    for together in [false, true] {
        let movers = Movers { together, hands: true, ..Movers::heads(100, 80.0, 2) };
        for tell in BOTH {
            let told = movers.told(&mut json(Telling::JsonAll), tell, 40..240);
            assert!(told > 0.95, "{told}, together: {together}");
        }
    }
}

#[test]
fn beyond_the_budget_the_rings_decide_and_nobody_is_left_out() {
    for tell in BOTH {
        let movers = Movers { hands: true, ..Movers::heads(600, 150.0, 1) };
        let mut viewer = json(Telling::JsonAll);
        let mut told: BTreeMap<String, u32> = BTreeMap::new();
        for tick in 1..=400 {
            tell(&mut viewer, &movers.output(tick))
                .into_iter()
                .for_each(|user| *told.entry(user).or_default() += 1);
        }
        assert_eq!(told.len(), 600);
        let rate = |metres: std::ops::Range<f32>| {
            let place = |slot: u16| movers.pose(slot, 1).head;
            let distance = |slot: &u16| (place(*slot)[0] - place(0)[0]).hypot(place(*slot)[2] - place(0)[2]);
            let there: Vec<u32> = (0..600u16)
                .filter(|slot| metres.contains(&distance(slot)))
                .map(|slot| told[&format!("{slot:020}")])
                .collect();
            there.iter().sum::<u32>() as f32 / there.len() as f32
        };
        let (near, seen, far) = (rate(0.0..12.0), rate(20.0..38.0), rate(130.0..400.0));
        assert!(near > 1.5 * seen && seen > 1.5 * far && far >= 4.0, "{near} {seen} {far}");
    }
}

#[test]
fn everyone_of_thousands_is_told_within_the_stated_time() {
    for (tell, count) in BOTH.into_iter().zip([1_500, 3_000]) {
        let movers = Movers { fingers: true, hands: true, ..Movers::heads(count, 100.0, 1) };
        let mut viewer = json(Telling::JsonAll);
        let mut shown = movers.output(1);
        let mut told = vec![0; usize::from(count)];
        for tick in 1..=900 {
            // The same text: only who is told matters.
            shown.tick = tick;
            shown.records.iter_mut().for_each(|record| record.changed_tick = tick);
            shown.finish();
            for user in tell(&mut viewer, &shown) {
                let last = std::mem::replace(&mut told[user.parse::<usize>().unwrap()], tick);
                assert!(tick - last <= u64::from(crate::TOLD_WITHIN_TICKS), "{user}: {last} to {tick}");
            }
        }
        assert!(told.iter().all(|tick| *tick > 500));
    }
}

#[test]
fn a_server_that_sheds_keeps_json_receivers_to_the_rings() {
    let movers = Movers::heads(100, 100.0, 1);
    let told = |shed| {
        let mut viewer = json(Telling::JsonAll);
        let mut told = 0;
        for tick in 1..200 {
            let mut output = movers.output(tick);
            output.shed = shed;
            told += batch(&mut viewer, &output).len();
        }
        told
    };
    let (all, some, few) = (told(0), told(1), told(crate::SHED_MAX));
    assert!(some < all / 2 && few < some / 2 && few > 200, "{all} {some} {few}");
}

#[test]
fn with_interest_only_those_in_the_rings_are_told() {
    let people =
        || vec![person(0, [0.0, 1.8, 0.0]), person(1, [0.0, 1.8, 3.0]), person(2, [0.0, 1.8, 150.0])];
    for tell in BOTH {
        let told =
            |telling| tell(&mut json(telling), &output(5, people())).into_iter().collect::<BTreeSet<_>>();
        assert_eq!((told(Telling::JsonAll).len(), told(Telling::JsonInterest).len()), (3, 2));
    }
}

// Rule 5.5
#[test]
fn shots_and_monsters_are_told_as_events_to_who_speaks_json() {
    use crate::motion::output::{Moving, ToldShot};
    use thexr_wire::EntityId;
    use thexr_wire::bodies::{BodyState, Rounded};
    use thexr_wire::monsters::Doing;
    use thexr_wire::shots::{Met, Shot, ShotKind, encode};
    let id = |name: &str| EntityId::parse(name).unwrap();
    let shot = |number: u64, kind: ShotKind| {
        let shot = Shot {
            slot: 1,
            id: number as u16,
            kind,
            ended: true,
            met: Met::Body,
            age_ms: 50,
            from: [1.0, 1.5, 0.0],
            to: [1.0, 1.5, 9.0],
            speed_m_s: 0,
        };
        ToldShot { number, by: id("spitter1"), shot, bytes: encode(&shot) }
    };
    for singly in [true, false] {
        let (mut viewer, mut told) = (json(Telling::JsonAll), Vec::new());
        let mut output = output(1, vec![person(0, [0.0, 1.6, 0.0])]);
        output.shots.push(shot(1, ShotKind::Bullet));
        viewer.happenings(&output, singly, |_| panic!("what was before one came"));
        output.shots.extend([shot(2, ShotKind::Bullet), shot(3, ShotKind::Fireball)]);
        let place = Rounded::new(&[3.0, 0.0, 4.0, 0.0, 0.0, 0.0, 1.0]);
        output.monsters.push(Moving::monster(id("walker1"), BodyState::new(9, place), Doing::Strikes));
        viewer.happenings(&output, singly, |text| told.push(serde_json::from_str::<Value>(text).unwrap()));
        let names: Vec<&str> = told.iter().map(|told| told["event"].as_str().unwrap()).collect();
        let expected: &[&str] = if singly {
            &["monster_moved", "weapon_discharged", "fireball_moved"]
        } else {
            &["weapon_discharged", "fireball_moved"]
        };
        assert_eq!(names, expected);
        let payload = &told[expected.len() - 2]["payload"];
        assert_eq!(
            (&payload["by"], &payload["met"], &payload["to"]),
            (&"spitter1".into(), &"somebody".into(), &serde_json::json!([1, 1.5, 9]))
        );
        let batched = viewer.thing_movements(&output, !singly);
        assert_eq!(batched.is_some_and(|text| text.contains("walker1")), !singly);
        if singly {
            assert_eq!(told[0]["payload"]["doing"], "strikes");
        }
    }
}

// Rule 4.18
#[test]
fn monsters_have_a_section_of_their_own() {
    use crate::motion::output::Moving;
    use thexr_wire::EntityId;
    use thexr_wire::bodies::{BodyState, Rounded};
    use thexr_wire::lane::{Sink, read_down};
    use thexr_wire::monsters::Doing;
    use thexr_wire::pose::Sample;
    struct Seen(Vec<(u16, Doing)>);
    impl Sink for Seen {
        fn person(&mut self, _: Sample) {}
        fn monster(&mut self, _: Tier, body: &BodyState, doing: Doing) {
            self.0.push((body.slot, doing));
        }
    }
    let mut output = output(1, vec![person(0, [0.0, 1.6, 0.0])]);
    for slot in 10..14u16 {
        let place = Rounded::new(&[f32::from(slot), 0.0, 4.0, 0.0, 0.0, 0.0, 1.0]);
        let monster = EntityId::parse(&format!("monster{slot}")).unwrap();
        output.monsters.push(Moving::monster(monster, BodyState::new(slot, place), Doing::Throws));
    }
    let (mut viewer, mut bytes) = (Viewer::new(Telling::Frames, Some(0), FRAME_BYTES_MIN), Vec::new());
    assert_eq!(viewer.frame(&output, 0, 0, &mut Scratch::default(), &mut bytes), crate::Shown::Frame);
    let mut seen = Seen(Vec::new());
    read_down(&bytes, &mut seen).unwrap();
    assert_eq!(seen.0, (10..14).map(|slot| (slot, Doing::Throws)).collect::<Vec<_>>());
}
