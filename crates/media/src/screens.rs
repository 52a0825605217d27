//! Who sees which screens, and in which size: the nearest that they wish for, as far as the line of the process reaches. Pure.

use crate::limits::{LAYER_LOW_KBIT_S, SCREENS_SEEN_MAX};
use crate::video::Layer;
use serde::Deserialize;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::limits::SCREEN_REACH_M;
use thexr_wire::{EntityId, PeerId};

/// A screen that is seen already counts as nearer by this factor: who walks between two does not flap.
const HELD_IS_NEARER: f32 = 0.9;

/// A screen onto which somebody shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Screen {
    /// Which.
    pub entity: EntityId,
    /// From which connection.
    pub line: PeerId,
    /// Where it is, metres.
    pub place: [f32; 3],
}

/// How somebody wishes to see a screen; the small layer where they say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Want {
    None,
    Low,
    High,
}

/// What is wished of screens, by screen.
pub(crate) type Wants = BTreeMap<EntityId, Want>;

/// The nearest screens of somebody who is at a place, with their distances in metres, nearest first; `hidden` says from whom they
/// are not to see anything.
pub(crate) fn nearest<'a>(
    ear: [f32; 3],
    held: &[Option<EntityId>],
    wants: &Wants,
    screens: &'a [Screen],
    hidden: impl Fn(PeerId) -> bool,
) -> Vec<(f32, &'a Screen)> {
    let mut near: Vec<(f32, &Screen)> = screens
        .iter()
        .filter(|screen| wants.get(&screen.entity) != Some(&Want::None))
        .map(|screen| {
            let is_held = held.iter().flatten().any(|held| *held == screen.entity);
            (distance(ear, screen.place) * if is_held { HELD_IS_NEARER } else { 1.0 }, screen)
        })
        .filter(|(far, screen)| *far <= SCREEN_REACH_M && !hidden(screen.line))
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.entity.cmp(&b.1.entity)));
    near.truncate(SCREENS_SEEN_MAX);
    near
}

fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum::<f32>().sqrt()
}

/// Puts screens into slots: who has one keeps it.
pub(crate) fn seated(held: &[Option<EntityId>], screens: &[&EntityId]) -> Vec<Option<EntityId>> {
    let stays = |held: &Option<EntityId>| held.clone().filter(|held| screens.contains(&held));
    let mut slots: Vec<Option<EntityId>> = held.iter().map(stays).collect();
    for screen in screens {
        if slots.iter().flatten().any(|held| held == *screen) {
            continue;
        }
        if let Some(free) = slots.iter_mut().find(|slot| slot.is_none()) {
            *free = Some((*screen).clone());
        }
    }
    slots
}

/// Somebody is to see what somebody shares.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ask {
    pub viewer: PeerId,
    pub slot: usize,
    pub source: PeerId,
    pub distance_m: f32,
    pub wants_high: bool,
}

/// What the layers of a source need, kbit/s; `None` for one that is not there.
pub(crate) type Rates = [Option<u64>; 2];

/// Which layer each gets of what they ask for, of a budget in kbit/s. Every source has an equal share of it, so that nobody's
/// viewers take it from those of others; what a source leaves over goes to all. Nearer viewers come first: all get the small
/// layer before anybody gets the large one.
pub(crate) fn grant(asks: &[Ask], rates: &BTreeMap<PeerId, Rates>, budget: u64) -> Vec<Option<Layer>> {
    let mut order: Vec<usize> = (0..asks.len()).collect();
    order.sort_by(|a, b| by_distance(&asks[*a], &asks[*b]));
    let sources: BTreeSet<PeerId> = asks.iter().map(|ask| ask.source).collect();
    let share = budget / (sources.len() as u64).max(1);
    let mut spent = BTreeMap::<PeerId, u64>::new();
    let mut left = budget;
    let mut granted = vec![None; asks.len()];
    // Twice: within each source's share, then of what is left of all.
    for limit in [share, budget] {
        for high in [false, true] {
            for at in &order {
                let ask = &asks[*at];
                let rates = rates.get(&ask.source).copied().unwrap_or_default();
                let Some(layer) = offered(rates, high).filter(|_| ask.wants_high || !high) else { continue };
                if granted[*at].is_some_and(|has| has >= layer) {
                    continue;
                }
                let more = need(rates, Some(layer)).saturating_sub(need(rates, granted[*at]));
                let spent = spent.entry(ask.source).or_default();
                if more <= left && *spent + more <= limit {
                    granted[*at] = Some(layer);
                    *spent += more;
                    left -= more;
                }
            }
        }
    }
    granted
}

fn by_distance(a: &Ask, b: &Ask) -> Ordering {
    a.distance_m.total_cmp(&b.distance_m).then((a.viewer, a.slot).cmp(&(b.viewer, b.slot)))
}

/// The layer that a source has in place of the one that is asked for.
fn offered(rates: Rates, high: bool) -> Option<Layer> {
    match rates {
        [None, Some(_)] => Some(Layer::High),
        [_, Some(_)] if high => Some(Layer::High),
        _ => (!high).then_some(Layer::Low),
    }
}

fn need(rates: Rates, layer: Option<Layer>) -> u64 {
    match layer {
        None => 0,
        Some(layer) => rates[layer as usize].unwrap_or(LAYER_LOW_KBIT_S).max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entity(number: u64) -> EntityId {
        EntityId::parse(&format!("screen{number:02}")).unwrap()
    }

    fn screen(number: u64, z: f32) -> Screen {
        Screen { entity: entity(number), line: PeerId(100 + number), place: [0.0, 1.7, z] }
    }

    fn seen(ear_z: f32, held: &[Option<EntityId>], wants: &Wants, screens: &[Screen]) -> Vec<EntityId> {
        let near = nearest([0.0, 1.7, ear_z], held, wants, screens, |line| line == PeerId(199));
        near.into_iter().map(|(_, screen)| screen.entity.clone()).collect()
    }

    fn ask(viewer: u64, source: u64, distance_m: f32, wants_high: bool) -> Ask {
        Ask { viewer: PeerId(viewer), slot: 0, source: PeerId(source), distance_m, wants_high }
    }

    #[test]
    fn one_sees_the_two_nearest_within_forty_metres_that_one_wishes_for() {
        let screens = [screen(1, 3.0), screen(2, 60.0), screen(3, 20.0), screen(4, 9.0)];
        assert_eq!(seen(0.0, &[], &Wants::new(), &screens), [entity(1), entity(4)]);
        let wants = Wants::from([(entity(1), Want::None), (entity(3), Want::High)]);
        assert_eq!(seen(0.0, &[], &wants, &screens), [entity(4), entity(3)]);
        assert_eq!(seen(99.0, &[], &wants, &screens), [entity(2)]);
        assert!(seen(0.0, &[], &wants, &[screen(99, 1.0)]).is_empty(), "whom they must not see");
    }

    #[test]
    fn who_stands_between_screens_keeps_those_they_see() {
        let screens = [screen(1, -10.0), screen(2, 10.5), screen(3, 10.0), screen(4, 43.0)];
        let held = [Some(entity(1)), Some(entity(2))];
        assert_eq!(seen(0.0, &held, &Wants::new(), &screens), [entity(1), entity(2)]);
        assert_eq!(seen(0.0, &[], &Wants::new(), &screens), [entity(1), entity(3)]);
        let held = [Some(entity(4)), None];
        assert_eq!(seen(0.0, &held, &Wants::new(), &screens[3..]), [entity(4)]);
        assert!(seen(0.0, &[], &Wants::new(), &screens[3..]).is_empty());
    }

    #[test]
    fn a_screen_stays_in_its_slot_while_others_come_and_go() {
        let [a, b, c] = [1, 2, 3].map(entity);
        assert_eq!(seated(&[None, None], &[&a, &b]), [Some(a.clone()), Some(b.clone())]);
        assert_eq!(seated(&[Some(a.clone()), Some(b.clone())], &[&b, &c]), [Some(c), Some(b.clone())]);
        assert_eq!(seated(&[Some(a), Some(b.clone())], &[&b]), [None, Some(b)]);
    }

    #[test]
    fn all_get_the_small_layer_before_the_nearest_get_the_large_one_and_the_farthest_go_without() {
        let rates = BTreeMap::from([(PeerId(1), [Some(200), Some(1_000)])]);
        let asks: Vec<Ask> = (0..5).map(|at| ask(10 + at, 1, 5.0 - at as f32, true)).collect();
        let layers = |budget| grant(&asks, &rates, budget);
        let (low, high) = (Some(Layer::Low), Some(Layer::High));
        assert_eq!(layers(10_000), [high; 5]);
        assert_eq!(layers(2_700), [low, low, low, high, high]);
        assert_eq!(layers(700), [None, None, low, low, low]);
        assert_eq!(layers(100), [None; 5]);
    }

    #[test]
    fn nobodys_viewers_take_the_line_from_those_of_another() {
        let rates = BTreeMap::from([(PeerId(1), [Some(100), None]), (PeerId(2), [Some(100), None])]);
        let mut asks: Vec<Ask> = (0..50).map(|at| ask(10 + at, 1, 1.0, true)).collect();
        asks.push(ask(99, 2, 30.0, true));
        let granted = grant(&asks, &rates, 1_000);
        assert_eq!(granted[50], Some(Layer::Low), "however near the fifty stand");
        assert_eq!(granted.iter().flatten().count(), 10, "and what is left is theirs");
    }

    #[test]
    fn where_there_is_one_layer_that_is_the_one() {
        let rates = BTreeMap::from([(PeerId(1), [None, Some(900)]), (PeerId(2), [Some(100), None])]);
        let asks = [ask(10, 1, 1.0, false), ask(11, 2, 1.0, true), ask(12, 3, 1.0, true)];
        let granted = grant(&asks, &rates, 2_000);
        assert_eq!(granted, [Some(Layer::High), Some(Layer::Low), Some(Layer::Low)]);
        assert_eq!(grant(&asks, &rates, 400)[0], None, "and costs what it costs");
    }

    proptest! {
        #[test]
        fn whatever_is_asked_the_budget_holds_and_nobody_gets_more_than_they_wish(
            asked in prop::collection::vec((0..40_u64, 0..6_u64, 0.0_f32..40.0, any::<bool>()), 0..80),
            needs in prop::collection::vec((prop::option::of(1..400_u64), prop::option::of(300..2_500_u64)), 6),
            budget in 0..20_000_u64,
        ) {
            let asks: Vec<Ask> = asked.iter().map(|(v, s, d, high)| ask(*v, *s, *d, *high)).collect();
            let rates: BTreeMap<PeerId, Rates> =
                needs.iter().enumerate().map(|(at, (low, high))| (PeerId(at as u64), [*low, *high])).collect();
            let granted = grant(&asks, &rates, budget);
            let spent: u64 = asks.iter().zip(&granted).map(|(ask, layer)| need(rates[&ask.source], *layer)).sum();
            prop_assert!(spent <= budget);
            for (ask, layer) in asks.iter().zip(&granted) {
                let has_low = rates[&ask.source][0].is_some();
                prop_assert!(*layer != Some(Layer::High) || ask.wants_high || !has_low);
            }
        }
    }
}
