use super::*;
use crate::stage::{output, person};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn at_origin() -> Reference {
    Reference { place: [0.0, 1.8, 0.0, 0.0, 0.0, 0.0, 1.0], own_slot: None, party: 0 }
}

/// The choice when everyone whom `held` knows was told so before: tier, and whether they are new to it.
fn chosen(output: &TickOutput, from: &Reference, held: impl Fn(u16) -> Option<(Tier, bool)>) -> Vec<Choice> {
    let (mut candidates, mut chosen) = (Candidates::default(), Vec::new());
    let held: Vec<Held> = (0..output.records.len() as u16)
        .filter_map(|record| {
            let slot = output.records[usize::from(record)].slot;
            let ((tier, young), spot) = held(slot).zip(output.spot_index(slot))?;
            Some(Held { spot, tier, young })
        })
        .collect();
    choose(output, from, &held, &mut REACH_M.clone(), &mut candidates, &mut chosen);
    chosen
}

fn tiers(output: &TickOutput, from: &Reference) -> BTreeMap<u16, Tier> {
    chosen(output, from, |_| None).into_iter().map(|choice| (choice.slot, choice.tier)).collect()
}

fn on_a_line(metres: &[f32]) -> TickOutput {
    let people = metres.iter().enumerate();
    output(5, people.map(|(slot, z)| person(slot as u16, [0.0, 1.8, *z])).collect())
}

#[test]
fn people_are_told_by_the_ring_they_stand_in() {
    let told = tiers(&on_a_line(&[1.0, 4.9, 5.1, 14.9, 15.1, 39.9, 40.1, 99.9, 100.1]), &at_origin());
    let expected = [Tier::A, Tier::A, Tier::B, Tier::B, Tier::C, Tier::C, Tier::D, Tier::D];
    assert_eq!(told, (0u16..).zip(expected).collect());
}

#[test]
fn whoever_does_not_fit_into_a_ring_is_told_as_the_next_and_the_nearest_keep_it() {
    let close: Vec<f32> = (0..500).map(|n| 1.0 + n as f32 * 0.001).collect();
    let told = tiers(&on_a_line(&close), &at_origin());
    let counts = Tier::ALL.map(|tier| told.values().filter(|told| **told == tier).count());
    assert_eq!(counts, [12, 36, 96, 240, 0]);
    assert_eq!(
        (told[&0], told[&11], told[&12], told[&47], told[&48]),
        (Tier::A, Tier::A, Tier::B, Tier::B, Tier::C)
    );
    assert_eq!(told.get(&400), None, "the farthest are the crowd");
}

#[test]
fn the_outermost_ring_has_a_cap_too() {
    let far: Vec<f32> = (0..300).map(|n| 50.0 + n as f32 * 0.01).collect();
    assert_eq!(tiers(&on_a_line(&far), &at_origin()).len(), 240);
}

#[test]
fn nobody_is_told_of_themselves() {
    let from = Reference { own_slot: Some(1), ..at_origin() };
    assert_eq!(tiers(&on_a_line(&[1.0, 0.0, 2.0]), &from).keys().copied().collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn height_counts_as_distance() {
    let output = output(5, vec![person(0, [0.0, 9.0, 0.0])]);
    assert_eq!(tiers(&output, &at_origin())[&0], Tier::B);
}

#[test]
fn who_speaks_or_holds_something_and_ones_party_are_told_one_ring_nearer() {
    let stand = |slot, z, prominent, party| {
        let mut record = person(slot, [0.0, 1.8, z]);
        (record.prominent, record.party) = (prominent, party);
        record
    };
    let people = vec![
        stand(0, 12.0, true, 0),
        stand(1, 30.0, true, 0),
        stand(2, 90.0, true, 0),
        stand(3, 12.0, false, 7),
        stand(4, 12.0, false, 8),
    ];
    let told = tiers(&output(5, people), &Reference { party: 7, ..at_origin() });
    assert_eq!(told.into_values().collect::<Vec<_>>(), [Tier::A, Tier::B, Tier::C, Tier::A, Tier::B]);
}

#[test]
fn who_is_in_a_ring_stays_until_a_fifth_beyond_it() {
    let held = |_| Some((Tier::A, false));
    let told = |metres| chosen(&on_a_line(&[metres]), &at_origin(), held)[0].tier;
    assert_eq!((told(5.9), told(6.1)), (Tier::A, Tier::B));
}

#[test]
fn in_a_dense_crowd_one_looks_no_farther_than_one_has_to_and_chooses_the_same() {
    let spread = |n: u16| [f32::from(n % 32) * 3.0 - 48.0, 1.8, f32::from(n / 32) * 3.0 - 48.0];
    let people = (0..1_000).map(|n| {
        let mut record = person(n, spread(n));
        record.prominent = n == 0;
        record
    });
    let output = output(5, people.collect());
    let sorted = |mut chosen: Vec<Choice>| {
        chosen.sort_by_key(|choice| choice.slot);
        chosen
    };
    let far = chosen(&output, &at_origin(), |_| None);
    assert!(far.iter().any(|choice| choice.slot == 0), "67 m away and heard");
    let (mut reach_m, mut candidates, mut near) = (REACH_M, Candidates::default(), Vec::new());
    choose(&output, &at_origin(), &[], &mut reach_m, &mut candidates, &mut near);
    assert!(reach_m < 60.0, "{reach_m}");
    choose(&output, &at_origin(), &[], &mut reach_m, &mut candidates, &mut near);
    assert_eq!(sorted(near.clone()), sorted(far.clone()));
    let mut too_near_m = 5.0;
    choose(&output, &at_origin(), &[], &mut too_near_m, &mut candidates, &mut near);
    assert_eq!(sorted(near), sorted(far));
}

#[test]
fn nobody_falls_out_of_a_ring_within_four_seconds_unless_it_is_full() {
    let held = |slot| (slot == 0).then_some((Tier::A, true));
    let told = chosen(&on_a_line(&[14.0]), &at_origin(), held);
    assert_eq!(told[0].tier, Tier::A);
    let mut crowded = vec![14.0];
    crowded.extend((0..12).map(|n| 1.0 + n as f32 * 0.1));
    let told = chosen(&on_a_line(&crowded), &at_origin(), held);
    assert_eq!(told.iter().find(|choice| choice.slot == 0).unwrap().tier, Tier::B);
}

#[test]
fn when_everyone_stands_still_and_the_rings_are_full_those_in_them_stay_in_them() {
    for (nearest_m, all_speak) in [(1.0, false), (1.0, true), (60.0, true), (90.0, true)] {
        let people = (0..600).map(|n| {
            let mut record = person(n, [0.0, 1.8, nearest_m + f32::from(n) * 0.3]);
            record.prominent = all_speak;
            record
        });
        let output = output(5, people.collect());
        let mut told: BTreeMap<u16, (Tier, u64)> = BTreeMap::new();
        for query in 0..100u64 {
            let held = |slot| told.get(&slot).map(|(tier, since)| (*tier, query * 5 - since < STAY_TICKS));
            let chosen = chosen(&output, &at_origin(), held);
            let stay =
                |slot, tier| told.get(&slot).filter(|(told, _)| *told == tier).map(|(_, since)| *since);
            let choice = |choice: &Choice| {
                (choice.slot, (choice.tier, stay(choice.slot, choice.tier).unwrap_or(query * 5)))
            };
            let now: BTreeMap<u16, (Tier, u64)> = chosen.iter().map(choice).collect();
            let left = told.keys().find(|slot| !now.contains_key(slot));
            assert_eq!(left, None, "from {nearest_m} m, speaking {all_speak}: query {query}");
            told = now;
        }
    }
}

#[test]
fn someone_who_dances_on_the_edge_of_a_ring_changes_tier_once() {
    let (mut told, mut since, mut changes) = (None, 0u64, 0);
    for query in 0..200u64 {
        let metres = 5.0 + if query % 2 == 0 { 0.4 } else { -0.4 };
        let held = |_| told.map(|tier| (tier, query * 5 - since < STAY_TICKS));
        let tier = chosen(&on_a_line(&[metres]), &at_origin(), held)[0].tier;
        if told != Some(tier) {
            (told, since, changes) = (Some(tier), query * 5, changes + 1);
        }
    }
    assert!(changes <= 2, "{changes} changes");
}

#[test]
fn those_out_of_sight_are_told_at_half_the_rate_but_not_those_at_arms_length() {
    let told = chosen(&on_a_line(&[3.0, -3.0, -1.5]), &at_origin(), |_| None);
    let behind: BTreeMap<u16, bool> = told.into_iter().map(|choice| (choice.slot, choice.behind)).collect();
    assert_eq!(behind, [(0, false), (1, true), (2, false)].into());
    let turned = Reference { place: [0.0, 1.8, 0.0, 0.0, 1.0, 0.0, 0.0], ..at_origin() };
    assert!(chosen(&on_a_line(&[3.0, -3.0]), &turned, |_| None).iter().any(|c| c.slot == 0 && c.behind));
}

proptest! {
    #[test]
    fn the_caps_hold_the_nearest_come_first_and_the_same_people_give_the_same_choice(
        points in prop::collection::vec(prop::array::uniform2(-60.0f32..60.0), 1..700),
        eye in prop::array::uniform2(-60.0f32..60.0),
    ) {
        let people = points.iter().enumerate().map(|(slot, [x, z])| person(slot as u16, [*x, 1.8, *z]));
        let output = output(5, people.collect());
        let place = [eye[0], 1.8, eye[1], 0.0, 0.0, 0.0, 1.0];
        let from = Reference { place, own_slot: None, party: 0 };
        let told = chosen(&output, &from, |_| None);
        for (ring, tier) in RINGS.iter().zip(Tier::ALL) {
            prop_assert!(told.iter().filter(|choice| choice.tier == tier).count() <= ring.people_max);
        }
        let distance = |slot: u16| (points[slot as usize][0] - eye[0]).hypot(points[slot as usize][1] - eye[1]);
        let farthest_told = told.iter().map(|choice| distance(choice.slot)).fold(0.0, f32::max);
        let left_out = (0..points.len() as u16).filter(|slot| !told.iter().any(|choice| choice.slot == *slot));
        for slot in left_out {
            prop_assert!(distance(slot) >= farthest_told - 0.05 || distance(slot) > 99.9);
        }
        prop_assert_eq!(&told, &chosen(&output, &from, |_| None));
    }
}
