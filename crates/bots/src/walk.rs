//! How a bot moves: about a square, on a stage, or not at all; hands swinging. A function of its dice and time.
//!
//! A step is one sine and a few products and allocates nothing: there are thousands of walkers on a shared core.

use crate::limits::{HEAD_M, SHUFFLE_M, SHUFFLE_M_PER_S, STAGE_RADIUS_M, WALK_M_PER_S};
use rand::RngExt;
use rand::rngs::SmallRng;
use std::f32::consts::TAU;
use thexr_wire::pose::{Place, Pose};

/// Hands hang this far beside, below and swing this far before the head, metres.
const HAND_M: [f32; 3] = [0.25, -0.7, 0.3];
/// Swings per second.
const SWINGS_PER_S: f32 = 0.9;

/// Where someone is going.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From one random point of the square to the next.
    Stroll,
    /// To the stage in the centre; there from foot to foot.
    Stage,
    /// Stays where it began, hands still.
    Stand,
}

/// A walk about a square around the origin.
#[derive(Debug)]
pub struct Walk {
    dice: SmallRng,
    way: Way,
    reach_m: f32,
    arrived: bool,
    at: [f32; 2],
    to: [f32; 2],
    /// Sine and cosine of the direction, and its rotation about Y: they change with the goal only.
    heading: [f32; 2],
    rotation: [f32; 2],
    walked_s: f32,
}

impl Walk {
    /// A walk that begins somewhere in a square with this edge, metres.
    pub fn new(way: Way, area_m: f32, mut dice: SmallRng) -> Self {
        let reach_m = area_m / 2.0;
        let at = [0; 2].map(|_| dice.random_range(-reach_m..=reach_m));
        let mut walk = Self {
            dice,
            way,
            reach_m,
            arrived: false,
            at,
            to: at,
            heading: [0.0, 1.0],
            rotation: [0.0, 1.0],
            walked_s: 0.0,
        };
        walk.turn();
        walk
    }

    /// Walks on for some seconds and returns the pose there.
    pub fn step(&mut self, seconds: f32) -> Pose {
        if self.way == Way::Stand {
            return self.pose(0.0);
        }
        let [dx, dz] = [self.to[0] - self.at[0], self.to[1] - self.at[1]];
        let distance_m = (dx * dx + dz * dz).sqrt();
        let on_stage = self.way == Way::Stage && self.arrived;
        let stride_m = seconds * if on_stage { SHUFFLE_M_PER_S } else { WALK_M_PER_S };
        if distance_m <= stride_m {
            self.at = self.to;
            self.arrived = true;
            self.turn();
        } else {
            let part = stride_m / distance_m;
            self.at = [self.at[0] + dx * part, self.at[1] + dz * part];
        }
        self.walked_s = (self.walked_s + seconds) % (1.0 / SWINGS_PER_S);
        self.pose((self.walked_s * SWINGS_PER_S * TAU).sin())
    }

    /// Chooses the next goal and faces it.
    fn turn(&mut self) {
        self.to = match self.way {
            Way::Stroll => [0; 2].map(|_| self.dice.random_range(-self.reach_m..=self.reach_m)),
            Way::Stage if self.arrived => self.near(),
            Way::Stage => self.in_disc([0.0; 2], self.stage_m()),
            // Looks somewhere, and stays.
            Way::Stand => self.in_disc(self.at, SHUFFLE_M),
        };
        let yaw = (self.to[0] - self.at[0]).atan2(self.to[1] - self.at[1]);
        self.heading = yaw.sin_cos().into();
        self.rotation = (yaw / 2.0).sin_cos().into();
    }

    fn stage_m(&self) -> f32 {
        STAGE_RADIUS_M.min(self.reach_m)
    }

    /// A point a step or two away, on the stage.
    fn near(&mut self) -> [f32; 2] {
        let [x, z] = self.in_disc(self.at, SHUFFLE_M);
        let pull = (self.stage_m() / (x * x + z * z).sqrt().max(f32::MIN_POSITIVE)).min(1.0);
        [x * pull, z * pull]
    }

    fn in_disc(&mut self, [x, z]: [f32; 2], radius_m: f32) -> [f32; 2] {
        let (sin, cos) = self.dice.random_range(0.0..TAU).sin_cos();
        let distance_m = radius_m * self.dice.random_range(0.0_f32..=1.0).sqrt();
        [x + distance_m * sin, z + distance_m * cos]
    }

    fn pose(&self, swing: f32) -> Pose {
        let ([sin, cos], [half_sin, half_cos]) = (self.heading, self.rotation);
        let place = |[right, up, forward]: [f32; 3]| -> Place {
            let x = self.at[0] + right * cos + forward * sin;
            let z = self.at[1] - right * sin + forward * cos;
            [x, HEAD_M + up, z, 0.0, half_sin, 0.0, half_cos]
        };
        let [side, down, reach] = HAND_M;
        Pose {
            head: place([0.0; 3]),
            left: Some(place([-side, down, reach * swing])),
            right: Some(place([side, down, -reach * swing])),
            fingers: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::{Stream, dice};

    fn walk(way: Way, area_m: f32, number: u64) -> Walk {
        Walk::new(way, area_m, dice(7, number, Stream::Walk))
    }

    fn distance(a: &Pose, b: &Pose) -> f32 {
        (a.head[0] - b.head[0]).hypot(a.head[2] - b.head[2])
    }

    fn from_centre(pose: &Pose) -> f32 {
        pose.head[0].hypot(pose.head[2])
    }

    #[test]
    fn a_stroll_stays_in_its_square_at_walking_speed() {
        let mut walk = walk(Way::Stroll, 40.0, 1);
        let mut before = walk.step(0.05);
        for _ in 0..20_000 {
            let pose = walk.step(0.05);
            assert!(pose.validated().is_ok());
            assert!(pose.head[0].abs() <= 20.0 && pose.head[2].abs() <= 20.0);
            let moved = distance(&before, &pose);
            assert!(moved <= WALK_M_PER_S * 0.05 + 1e-4, "{moved}");
            before = pose;
        }
    }

    #[test]
    fn a_crowd_converges_on_the_stage_and_stays_there_moving() {
        for number in 0..50 {
            let mut walk = walk(Way::Stage, 100.0, number);
            for _ in 0..1_100 {
                walk.step(0.05);
            }
            let mut before = walk.step(0.05);
            let mut way_m = 0.0;
            for _ in 0..2_000 {
                let pose = walk.step(0.05);
                assert!(pose.validated().is_ok());
                assert!(from_centre(&pose) <= STAGE_RADIUS_M + 1e-3, "{}", from_centre(&pose));
                way_m += distance(&before, &pose);
                before = pose;
            }
            assert!(way_m > 20.0, "100 s of shuffling: {way_m} m");
        }
    }

    #[test]
    fn a_stage_fits_into_a_small_square() {
        let mut walk = walk(Way::Stage, 2.0, 1);
        (0..2_000).for_each(|_| assert!(from_centre(&walk.step(0.05)) <= 2.0));
    }

    #[test]
    fn who_stands_keeps_still() {
        let mut walk = walk(Way::Stand, 40.0, 1);
        let first = walk.step(0.05);
        assert!((0..100).all(|_| walk.step(0.05) == first) && first.validated().is_ok());
    }

    #[test]
    fn the_same_seed_walks_the_same_way_and_forward() {
        assert_eq!(walk(Way::Stroll, 40.0, 3).step(1.0), walk(Way::Stroll, 40.0, 3).step(1.0));
        assert_ne!(walk(Way::Stroll, 40.0, 3).step(1.0), walk(Way::Stroll, 40.0, 4).step(1.0));
        let mut walk = walk(Way::Stroll, 40.0, 5);
        let (a, b) = (walk.step(0.05), walk.step(0.05));
        let yaw = 2.0 * a.head[4].atan2(a.head[6]);
        let ahead = (b.head[0] - a.head[0]) * yaw.sin() + (b.head[2] - a.head[2]) * yaw.cos();
        assert!((ahead - distance(&a, &b)).abs() < 1e-4);
    }
}
