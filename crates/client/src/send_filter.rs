//! Which of the own poses are sent (protocol 4.7): movement starts it, stillness ends it, the final pose always goes.
//!
//! ```text
//! still ──2 cm or 1 degree from the last sent, a jump──▶ moving: every 50 ms
//!   ▲   └─1, 2, 4, 8, 8 s: the pose again                   │
//!   └──────── 200 ms without such a movement: the final pose ┘
//! ```
//!
//! A sample bears the time at which its pose was set. Who moves is sampled only with a pose that is new: the place of the
//! last picture under a later time would be seen as a halt, and the next as a leap.

use crate::hands;
use crate::limits::{
    JOINT_START_M, KEEP_ALIVE_MAX_MS, KEEP_ALIVE_MS, MOVE_START_M, SAMPLE_EARLY_MS, SAMPLE_MS, STILL_MS,
    TURN_START_COS,
};
use thexr_wire::joints::Hands;
use thexr_wire::pose::{Place, Pose};

/// Who moves, since when there was no movement away from where.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Moving {
    anchor: Body,
    since_ms: f64,
}

/// All that is sampled of a person.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Body {
    pose: Pose,
    hands: Hands,
}

/// A pose to send now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Due {
    /// The pose.
    pub pose: Pose,
    /// The hands' joints, where they are tracked.
    pub hands: Hands,
    /// Do not interpolate into it.
    pub jumped: bool,
    /// When the person was there.
    pub at_ms: f64,
}

/// The filter's memory.
#[derive(Debug, Clone)]
pub struct SendFilter {
    /// `None`: still.
    moving: Option<Moving>,
    pose: Option<Pose>,
    hands: Hands,
    jumped: bool,
    /// When the newest pose was set, while it was not sent.
    fresh_ms: Option<f64>,
    sent: Option<(Body, f64)>,
    next_ms: f64,
    /// After how long a pose that did not change is sent again.
    keep_alive_ms: f64,
}

impl Default for SendFilter {
    fn default() -> Self {
        Self {
            moving: None,
            pose: None,
            hands: Hands::default(),
            jumped: false,
            fresh_ms: None,
            sent: None,
            next_ms: f64::MIN,
            keep_alive_ms: KEEP_ALIVE_MS,
        }
    }
}

impl SendFilter {
    /// Takes the newest pose; a jump is remembered until it was sent.
    pub fn set(&mut self, pose: Pose, jumped: bool, now_ms: f64) {
        self.pose = Some(pose);
        self.fresh_ms = Some(now_ms);
        self.jumped |= jumped;
    }

    /// Takes the hands' joints; they travel with the next pose.
    pub fn set_hands(&mut self, hands: Hands) {
        self.hands = hands;
    }

    /// The newest pose.
    pub fn pose(&self) -> Option<&Pose> {
        self.pose.as_ref()
    }

    /// Forgets what was sent: a new connection starts with a pose.
    pub fn restart(&mut self) {
        self.moving = None;
        self.sent = None;
    }

    /// Something beside the pose has changed: the next sample is sent.
    pub fn hurry(&mut self) {
        self.sent = None;
    }

    /// As [`hurry`](Self::hurry), and without waiting for its turn.
    pub fn at_once(&mut self) {
        self.hurry();
        self.next_ms = f64::MIN;
    }

    /// Samples at most every 50 ms and says what is to be sent.
    pub fn sample(&mut self, now_ms: f64) -> Option<Due> {
        let body = Body { pose: self.pose?, hands: self.hands };
        if now_ms + SAMPLE_EARLY_MS < self.next_ms || self.waits_for_a_pose(now_ms) {
            return None;
        }
        // A grid, not a distance: frames of 72 Hz would otherwise sample at 18 Hz.
        self.next_ms =
            if now_ms - self.next_ms < SAMPLE_MS { self.next_ms + SAMPLE_MS } else { now_ms + SAMPLE_MS };
        self.decide(body, now_ms).then(|| {
            self.sent = Some((body, now_ms));
            let at_ms = self.fresh_ms.take().unwrap_or(now_ms);
            let Body { pose, hands } = body;
            Due { pose, hands, jumped: std::mem::take(&mut self.jumped), at_ms }
        })
    }

    fn waits_for_a_pose(&self, now_ms: f64) -> bool {
        let moves = self.moving.is_some_and(|moving| now_ms - moving.since_ms < STILL_MS);
        self.fresh_ms.is_none() && self.sent.is_some() && moves
    }

    fn decide(&mut self, body: Body, now_ms: f64) -> bool {
        let moving = Some(Moving { anchor: body, since_ms: now_ms });
        match (self.moving, self.sent) {
            (Some(Moving { anchor, since_ms }), _) => {
                if self.jumped || anchor.moved(&body) {
                    self.moving = moving;
                } else if now_ms - since_ms >= STILL_MS {
                    self.moving = None;
                }
                self.keep_alive_ms = KEEP_ALIVE_MS;
                true
            }
            (None, Some((sent, sent_ms))) => {
                if self.jumped || sent.moved(&body) {
                    self.moving = moving;
                    return true;
                }
                let again = now_ms - sent_ms >= self.keep_alive_ms;
                if again {
                    self.keep_alive_ms = (2.0 * self.keep_alive_ms).min(KEEP_ALIVE_MAX_MS);
                }
                again
            }
            (None, None) => {
                self.keep_alive_ms = KEEP_ALIVE_MS;
                true
            }
        }
    }
}

impl Body {
    fn moved(&self, other: &Self) -> bool {
        let pairs = [(self.hands.left, other.hands.left), (self.hands.right, other.hands.right)];
        let joints = pairs.into_iter().any(|pair| match pair {
            // Packed alike: most of the time, since nothing else is compared then.
            (a, b) if a == b => false,
            (Some(a), Some(b)) => hands::moved(&a.points(), &b.points(), JOINT_START_M),
            _ => true,
        });
        joints || moved(&self.pose, &other.pose)
    }
}

fn moved(a: &Pose, b: &Pose) -> bool {
    let hand = |a: &Option<Place>, b: &Option<Place>| match (a, b) {
        (Some(a), Some(b)) => place_moved(a, b),
        (a, b) => a.is_some() != b.is_some(),
    };
    place_moved(&a.head, &b.head)
        || hand(&a.left, &b.left)
        || hand(&a.right, &b.right)
        || a.fingers != b.fingers
}

fn place_moved(a: &Place, b: &Place) -> bool {
    let distance: f32 = (0..3).map(|axis| (a[axis] - b[axis]) * (a[axis] - b[axis])).sum();
    let turn: f32 = (3..7).map(|part| a[part] * b[part]).sum::<f32>().abs();
    distance >= MOVE_START_M * MOVE_START_M || turn <= TURN_START_COS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f32) -> Pose {
        Pose::standing([x, 1.8, 0.0])
    }

    /// Runs the filter at 100 frames a second; returns when it sent what.
    fn run(filter: &mut SendFilter, from_ms: u32, to_ms: u32, x: impl Fn(u32) -> f32) -> Vec<(u32, f32)> {
        let frames = (from_ms..to_ms).step_by(10);
        frames
            .filter_map(|ms| {
                filter.set(at(x(ms)), false, f64::from(ms));
                filter.sample(f64::from(ms)).map(|due| (ms, due.pose.head[0]))
            })
            .collect()
    }

    // Rule 4.7
    #[test]
    fn a_pose_is_sent_at_once_and_again_ever_more_rarely_down_to_once_in_eight_seconds() {
        let mut filter = SendFilter::default();
        let sent = run(&mut filter, 0, 31_010, |_| 0.0);
        let at: Vec<_> = sent.iter().map(|(ms, _)| *ms).collect();
        assert_eq!(at, [0, 1_000, 3_000, 7_000, 15_000, 23_000, 31_000]);
        let moved = run(&mut filter, 31_010, 33_000, |_| 1.0);
        let last = moved.last().unwrap().0;
        assert!(moved.len() < 10 && moved[moved.len() - 2].0 + 1_000 == last, "begins anew: {moved:?}");
    }

    // Rule 4.7
    #[test]
    fn less_than_two_centimetres_start_nothing() {
        let mut filter = SendFilter::default();
        assert_eq!(run(&mut filter, 0, 900, |ms| if ms < 500 { 0.0 } else { 0.019 }).len(), 1);
        assert_eq!(run(&mut filter, 900, 910, |_| 0.021).len(), 1);
    }

    // Rule 4.7
    #[test]
    fn one_degree_starts_sending() {
        let turned = |degrees: f32| {
            let half = degrees.to_radians() / 2.0;
            let mut pose = at(0.0);
            pose.head[4] = libm::sinf(half);
            pose.head[6] = libm::cosf(half);
            pose
        };
        assert!(!moved(&at(0.0), &turned(0.9)));
        assert!(moved(&at(0.0), &turned(1.1)));
    }

    // Rule 4.7
    #[test]
    fn a_walker_is_sent_at_twenty_hertz() {
        let sent = run(&mut SendFilter::default(), 0, 2_000, |ms| ms as f32 / 1000.0);
        assert_eq!(sent.len(), 40);
    }

    // Rule 4.7
    #[test]
    fn the_final_pose_is_sent_and_then_it_is_quiet() {
        let mut filter = SendFilter::default();
        let x = |ms: u32| (ms.min(1_000) as f32) / 1_000.0;
        let sent = run(&mut filter, 0, 2_000, x);
        let (last_ms, last_x) = *sent.last().unwrap();
        assert_eq!(last_x, 1.0);
        assert!((1_200..=1_250).contains(&last_ms), "{last_ms}");
    }

    #[test]
    fn slow_drift_is_sent_too() {
        let sent = run(&mut SendFilter::default(), 0, 1_000, |ms| ms as f32 * 0.000_05);
        assert!(sent.last().unwrap().1 > 0.02, "{sent:?}");
    }

    #[test]
    fn a_jump_is_told_once() {
        let mut filter = SendFilter::default();
        run(&mut filter, 0, 500, |_| 0.0);
        filter.set(at(0.0), true, 490.0);
        filter.set(at(0.0), false, 495.0);
        assert!(filter.sample(500.0).unwrap().jumped);
        filter.set(at(0.0), false, 550.0);
        assert!(!filter.sample(550.0).unwrap().jumped);
    }

    #[test]
    fn between_two_slow_pictures_nothing_is_sampled_and_each_bears_the_time_of_its_picture() {
        let mut filter = SendFilter::default();
        let mut sent = Vec::new();
        for ms in (0..1_500_u32).step_by(10) {
            let now_ms = f64::from(ms);
            // 140 ms a picture, seen 20 ms after it was drawn; timers in between.
            if ms % 140 == 0 {
                filter.set(at(ms as f32 / 1_000.0), false, now_ms - 20.0);
            }
            sent.extend(filter.sample(now_ms).map(|due| (due.at_ms, due.pose.head[0])));
        }
        assert_eq!(sent.len(), 11, "{sent:?}");
        assert!(
            sent.iter().all(|(at_ms, x)| (*x - (*at_ms as f32 + 20.0) / 1_000.0).abs() < 1e-6),
            "{sent:?}"
        );
    }

    #[test]
    fn the_final_pose_is_sent_when_no_more_pictures_come() {
        let mut filter = SendFilter::default();
        run(&mut filter, 0, 500, |ms| ms as f32 / 1_000.0);
        let last = (500..2_000).step_by(10).filter_map(|ms| filter.sample(f64::from(ms)));
        let last: Vec<_> = last.collect();
        assert!(!last.is_empty() && last.iter().all(|due| due.pose.head[0] == 0.49), "{last:?}");
        assert!(last.last().unwrap().at_ms >= 690.0);
    }

    #[test]
    fn a_hand_that_appears_is_a_movement() {
        let mut with_hand = at(0.0);
        with_hand.left = Some(with_hand.head);
        assert!(moved(&at(0.0), &with_hand));
    }
}
