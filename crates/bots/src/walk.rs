//! How a bot moves: from one random point of a square to the next, hands swinging. A function of its seed and time.

use crate::limits::{AREA_M, HEAD_M, WALK_M_PER_S};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use thexr_wire::pose::{Place, Pose};

/// Hands hang this far beside, below and swing this far before the head, metres.
const HAND_M: [f32; 3] = [0.25, -0.7, 0.3];
/// Swings per second.
const SWINGS_PER_S: f32 = 0.9;

/// A walk about a square around the origin.
#[derive(Debug)]
pub struct Walk {
    dice: SmallRng,
    at: [f32; 2],
    to: [f32; 2],
    walked_s: f32,
}

impl Walk {
    /// A walk of its own for every seed.
    pub fn new(seed: u64) -> Self {
        let mut dice = SmallRng::seed_from_u64(seed);
        let (at, to) = (point(&mut dice), point(&mut dice));
        Self { dice, at, to, walked_s: 0.0 }
    }

    /// Walks on for some seconds and returns the pose there.
    pub fn step(&mut self, seconds: f32) -> Pose {
        let [dx, dz] = [self.to[0] - self.at[0], self.to[1] - self.at[1]];
        let distance = dx.hypot(dz);
        let stride = WALK_M_PER_S * seconds;
        if distance <= stride {
            self.at = self.to;
            self.to = point(&mut self.dice);
        } else {
            self.at = [self.at[0] + dx / distance * stride, self.at[1] + dz / distance * stride];
        }
        self.walked_s += seconds;
        self.pose(dx.atan2(dz))
    }

    fn pose(&self, yaw: f32) -> Pose {
        let (sin, cos) = yaw.sin_cos();
        let rotation = [0.0, (yaw / 2.0).sin(), 0.0, (yaw / 2.0).cos()];
        let swing = (self.walked_s * SWINGS_PER_S * std::f32::consts::TAU).sin();
        let place = |[right, up, forward]: [f32; 3]| -> Place {
            let x = self.at[0] + right * cos + forward * sin;
            let z = self.at[1] - right * sin + forward * cos;
            [x, HEAD_M + up, z, rotation[0], rotation[1], rotation[2], rotation[3]]
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

fn point(dice: &mut SmallRng) -> [f32; 2] {
    [0; 2].map(|_| dice.random_range(-AREA_M / 2.0..AREA_M / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_stays_in_its_square_at_walking_speed() {
        let mut walk = Walk::new(7);
        let mut before = walk.step(0.05);
        for _ in 0..20_000 {
            let pose = walk.step(0.05);
            assert!(pose.validated().is_ok());
            let reach = AREA_M / 2.0;
            assert!(pose.head[0].abs() <= reach && pose.head[2].abs() <= reach);
            let moved = (pose.head[0] - before.head[0]).hypot(pose.head[2] - before.head[2]);
            assert!(moved <= WALK_M_PER_S * 0.05 + 1e-4, "{moved}");
            before = pose;
        }
    }

    #[test]
    fn the_same_seed_walks_the_same_way() {
        assert_eq!(Walk::new(3).step(1.0), Walk::new(3).step(1.0));
        assert_ne!(Walk::new(3).step(1.0), Walk::new(4).step(1.0));
    }
}
