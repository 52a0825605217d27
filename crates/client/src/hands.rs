//! The hands of one person joint by joint, as the room tells them of whoever is near. Owns what is shown of them and when.
//!
//! Joints are played at the time at which the avatar is played. Not told for a while, or no longer tracked, they are forgotten, and
//! a model hand takes their place that is bent as the fingers of the pose say.

use crate::fingers::{self, Points};
use crate::limits::{FINGERS_EASE_MS, HANDS_FORGET_MS, SAME_SAMPLE_MS};
use thexr_wire::joints::HandJoints;
use thexr_wire::pose::Fingers;

/// The two newest samples of a hand.
#[derive(Debug)]
struct Samples {
    before: Option<(f64, Box<Points>)>,
    newest: (f64, Box<Points>),
    told_ms: f64,
}

/// Both hands of one person.
#[derive(Debug, Default)]
pub(crate) struct ShownHands {
    /// Left, right.
    hands: [Option<Samples>; 2],
    /// The model hands as they were shown last, and when: curls come in steps, fingers do not.
    model: [Option<(f64, Box<Points>)>; 2],
}

impl ShownHands {
    /// Takes a sample of room time `at_ms`, told at `room_ms`; one that is not newer says only that the hand is still known.
    pub fn take(&mut self, hand: &HandJoints, at_ms: f64, room_ms: f64) {
        let points = || Box::new(hand.joints.points());
        match &mut self.hands[usize::from(hand.right)] {
            Some(known) => {
                known.told_ms = room_ms;
                if at_ms > known.newest.0 + SAME_SAMPLE_MS {
                    known.before = Some(std::mem::replace(&mut known.newest, (at_ms, points())));
                }
            }
            none => *none = Some(Samples { before: None, newest: (at_ms, points()), told_ms: room_ms }),
        }
    }

    /// Forgets both.
    pub fn clear(&mut self) {
        self.hands = [None, None];
    }

    /// What a hand looks like at `played_ms`: its joints where they are known, else a model hand with these fingers.
    pub fn show(&mut self, right: bool, fingers: Option<&Fingers>, played_ms: f64, room_ms: f64) -> Points {
        let (hand, model) = (&mut self.hands[usize::from(right)], &mut self.model[usize::from(right)]);
        if hand.as_ref().is_some_and(|known| room_ms - known.told_ms > HANDS_FORGET_MS) {
            *hand = None;
        }
        if let Some(known) = hand {
            *model = None;
            return known.at(played_ms);
        }
        let target = fingers::model(fingers, right);
        let Some((shown_ms, shown)) = model else {
            *model = Some((room_ms, Box::new(target)));
            return target;
        };
        let left = libm::exp(-(room_ms - *shown_ms).max(0.0) / FINGERS_EASE_MS) as f32;
        *shown_ms = room_ms;
        **shown = between(&target, shown, left);
        **shown
    }
}

/// Points on the way from `a` (0) to `b` (1).
fn between(a: &Points, b: &Points, way: f32) -> Points {
    std::array::from_fn(|joint| {
        std::array::from_fn(|axis| a[joint][axis] + (b[joint][axis] - a[joint][axis]) * way)
    })
}

impl Samples {
    /// Between the two samples; held before the one and behind the other.
    fn at(&self, played_ms: f64) -> Points {
        let (newest_ms, newest) = &self.newest;
        let Some((before_ms, before)) = &self.before else { return **newest };
        let t = ((played_ms - before_ms) / (newest_ms - before_ms)).clamp(0.0, 1.0) as f32;
        between(before, newest, t)
    }
}

/// Whether a joint is elsewhere by more than `metres` on an axis.
pub(crate) fn moved(a: &Points, b: &Points, metres: f32) -> bool {
    a.iter().flatten().zip(b.iter().flatten()).any(|(a, b)| (a - b).abs() >= metres)
}

#[cfg(test)]
mod tests {
    use super::*;
    use thexr_wire::joints::{JOINTS, Joints};
    use thexr_wire::pose::{HandFingers, Thumb};

    fn hand(x: f32) -> HandJoints {
        HandJoints { slot: 1, age_ms: 0, right: true, joints: Joints::pack(&[[x, 0.0, 0.0]; JOINTS]) }
    }

    /// Where a joint of the index finger is shown on the x axis.
    fn shown(hands: &mut ShownHands, played_ms: f64, room_ms: f64) -> f32 {
        hands.show(true, None, played_ms, room_ms)[7][0]
    }

    #[test]
    fn a_hand_is_played_between_its_samples_and_held_behind_them() {
        let mut hands = ShownHands::default();
        hands.take(&hand(0.0), 1_000.0, 1_050.0);
        hands.take(&hand(0.1), 1_050.0, 1_100.0);
        hands.take(&hand(0.2), 1_000.0, 1_100.0);
        let seen = [900.0, 1_025.0, 1_050.0, 1_200.0].map(|ms| shown(&mut hands, ms, 1_200.0));
        let expected = [0.0, 0.05, 0.1, 0.1];
        assert!(seen.iter().zip(expected).all(|(x, right)| (x - right).abs() < 0.001), "{seen:?}");
    }

    #[test]
    fn a_hand_that_is_not_told_any_more_is_forgotten_and_one_that_rests_is_not() {
        let mut hands = ShownHands::default();
        for second in 0..10 {
            hands.take(&hand(0.1), 1_000.0, 1_000.0 + f64::from(second) * 1_000.0);
        }
        assert!((shown(&mut hands, 10_000.0, 10_100.0) - 0.1).abs() < 0.001);
        let at_rest = fingers::model(None, true);
        assert_eq!(hands.show(true, None, 10_000.0, 10_001.0 + HANDS_FORGET_MS), at_rest);
    }

    #[test]
    fn fingers_that_are_told_by_curls_bend_evenly_and_arrive() {
        let fist = HandFingers { thumb: Thumb { base: 7, tip: 7, spread: 0 }, base: [15; 4], tip: [15; 4] };
        let (open, closed) = (Fingers::default(), Fingers { left: fist, right: fist });
        let mut hands = ShownHands::default();
        let mut seen = vec![hands.show(true, Some(&open), 0.0, 0.0)[9][1]];
        seen.extend((1..40).map(|frame| hands.show(true, Some(&closed), 0.0, f64::from(frame) * 16.0)[9][1]));
        let longest = seen.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f32::max);
        assert!(seen.is_sorted() && longest < 0.04, "{seen:?}");
        assert!((seen[39] - fingers::model(Some(&closed), true)[9][1]).abs() < 0.001);
        assert_eq!(hands.show(true, Some(&closed), 0.0, -1e300).len(), JOINTS, "a clock that goes back");
    }
}
