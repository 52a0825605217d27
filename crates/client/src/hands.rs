//! The hands of one person joint by joint, as the room tells them of whoever is near. Owns what is shown of them and when not.
//!
//! Played at the time at which the avatar is played. Not told for a while, or no longer tracked, they are forgotten: whoever
//! draws them falls back to the fingers of the pose.

use crate::limits::{HANDS_FORGET_MS, SAME_SAMPLE_MS};
use thexr_wire::joints::{HandJoints, JOINTS};

/// The joints of a hand in its frame, metres.
pub(crate) type Points = [[f32; 3]; JOINTS];

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

    /// Hands out what each hand looks like at `played_ms`, with whether it is the right one.
    pub fn show(&mut self, played_ms: f64, room_ms: f64, mut each: impl FnMut(bool, &Points)) {
        for (right, hand) in [false, true].into_iter().zip(&mut self.hands) {
            if hand.as_ref().is_some_and(|known| room_ms - known.told_ms > HANDS_FORGET_MS) {
                *hand = None;
            }
            if let Some(known) = hand {
                each(right, &known.at(played_ms));
            }
        }
    }
}

impl Samples {
    /// Between the two samples; held before the one and behind the other.
    fn at(&self, played_ms: f64) -> Points {
        let (newest_ms, newest) = &self.newest;
        let Some((before_ms, before)) = &self.before else { return **newest };
        let t = ((played_ms - before_ms) / (newest_ms - before_ms)).clamp(0.0, 1.0) as f32;
        std::array::from_fn(|joint| {
            std::array::from_fn(|axis| before[joint][axis] + (newest[joint][axis] - before[joint][axis]) * t)
        })
    }
}

/// Whether a joint is elsewhere by more than `metres` on an axis.
pub(crate) fn moved(a: &Points, b: &Points, metres: f32) -> bool {
    a.iter().flatten().zip(b.iter().flatten()).any(|(a, b)| (a - b).abs() >= metres)
}

#[cfg(test)]
mod tests {
    use super::*;
    use thexr_wire::joints::Joints;

    fn hand(x: f32) -> HandJoints {
        HandJoints { slot: 1, age_ms: 0, right: true, joints: Joints::pack(&[[x, 0.0, 0.0]; JOINTS]) }
    }

    fn shown(hands: &mut ShownHands, played_ms: f64, room_ms: f64) -> Option<f32> {
        let mut x = None;
        hands.show(played_ms, room_ms, |right, points| {
            assert!(right);
            x = Some(points[7][0]);
        });
        x
    }

    #[test]
    fn a_hand_is_played_between_its_samples_and_held_behind_them() {
        let mut hands = ShownHands::default();
        hands.take(&hand(0.0), 1_000.0, 1_050.0);
        hands.take(&hand(0.1), 1_050.0, 1_100.0);
        hands.take(&hand(0.2), 1_000.0, 1_100.0);
        let seen = [900.0, 1_025.0, 1_050.0, 1_200.0].map(|ms| shown(&mut hands, ms, 1_200.0).unwrap());
        let expected = [0.0, 0.05, 0.1, 0.1];
        assert!(seen.iter().zip(expected).all(|(x, right)| (x - right).abs() < 0.001), "{seen:?}");
    }

    #[test]
    fn a_hand_that_is_not_told_any_more_is_forgotten_and_one_that_rests_is_not() {
        let mut hands = ShownHands::default();
        for second in 0..10 {
            hands.take(&hand(0.1), 1_000.0, 1_000.0 + f64::from(second) * 1_000.0);
        }
        assert!(shown(&mut hands, 10_000.0, 10_100.0).is_some());
        assert_eq!(shown(&mut hands, 10_000.0, 10_001.0 + HANDS_FORGET_MS), None);
    }
}
