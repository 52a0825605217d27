//! How somebody who plays gets about: along ways, never through what is shut, never faster than people run. Owns where they are.

use super::scene::{Scene, apart};
use crate::limits::{PLAY_HEAD_M, RUN_M_PER_S};
use std::f32::consts::FRAC_PI_2;
use thexr_wire::pose::{Place, Pose};

/// How far the eyes may be turned up or down, radians.
const PITCH_MAX: f32 = FRAC_PI_2 - 0.1;
/// The hand with the weapon: right of, below and before the head, metres.
const HAND_M: [f32; 3] = [0.2, -0.35, 0.35];
/// Nearer than this one is there, metres.
const THERE_M: f32 = 0.02;
/// Less than this of a step is none, metres.
const LEAST_M: f32 = 1e-4;

/// Where somebody stands, where they look, and the corners they still have to pass.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feet {
    /// Metres.
    pub at: [f32; 3],
    yaw: f32,
    pitch: f32,
    /// The next corner last.
    way: Vec<[f32; 3]>,
}

impl Feet {
    /// They are somewhere now, and on no way.
    pub fn put(&mut self, at: [f32; 3]) {
        self.at = at;
        self.way.clear();
    }

    /// They take a way whose first corner is where they are.
    pub fn take(&mut self, way: Vec<[f32; 3]>) {
        self.way = way;
        self.way.reverse();
        if self.way.len() > 1 {
            self.way.pop();
        }
    }

    /// They stay where they are.
    pub fn stop(&mut self) {
        self.way.clear();
    }

    /// Whether they are on no way.
    pub fn is_idle(&self) -> bool {
        self.way.is_empty()
    }

    /// Where the eyes are.
    pub fn head(&self) -> [f32; 3] {
        [self.at[0], self.at[1] + PLAY_HEAD_M, self.at[2]]
    }

    /// Walks on for some seconds; what has shut before them ends their way.
    pub fn walk(&mut self, scene: &Scene<'_>, seconds: f32) {
        let mut left_m = (seconds * RUN_M_PER_S).max(0.0);
        while left_m > LEAST_M
            && let Some(next) = self.way.last().copied()
        {
            let metres = apart(self.at, next);
            if metres <= THERE_M {
                self.at[1] = scene.paths.and_then(|paths| paths.floor(next)).unwrap_or(next[1]);
                self.way.pop();
                continue;
            }
            let part = (left_m / metres).min(1.0);
            let to = [0, 1, 2].map(|axis| self.at[axis] + (next[axis] - self.at[axis]) * part);
            if scene.paths.is_some_and(|paths| paths.is_shut(self.at, to, scene.shut)) {
                return self.stop();
            }
            self.look(self.along(next));
            let floor = scene.paths.and_then(|paths| paths.floor(to));
            self.at = [to[0], floor.unwrap_or(to[1]), to[2]];
            left_m -= metres * part;
        }
    }

    /// Walks straight, off the mesh: onto a lift and down from it.
    pub fn step_towards(&mut self, to: [f32; 3], seconds: f32) {
        let metres = apart(self.at, to);
        let part = if metres > 0.0 { (seconds * RUN_M_PER_S / metres).min(1.0) } else { 1.0 };
        self.look(self.along(to));
        self.at = [0, 1, 2].map(|axis| self.at[axis] + (to[axis] - self.at[axis]) * part);
    }

    /// A point ahead, at the height of the eyes.
    fn along(&self, to: [f32; 3]) -> [f32; 3] {
        [to[0], self.head()[1], to[2]]
    }

    /// Turns the eyes to a point.
    pub fn look(&mut self, to: [f32; 3]) {
        let from = self.head();
        let [dx, dy, dz] = [0, 1, 2].map(|axis| to[axis] - from[axis]);
        if dx.hypot(dz) > 1e-3 {
            self.yaw = dx.atan2(dz);
            self.pitch = (-dy).atan2(dx.hypot(dz)).clamp(-PITCH_MAX, PITCH_MAX);
        }
    }

    /// How they stand and look there.
    pub fn pose(&self) -> Pose {
        let ([sin, cos], [half_sin, half_cos]): ([f32; 2], [f32; 2]) =
            (self.yaw.sin_cos().into(), (self.yaw / 2.0).sin_cos().into());
        let [tilt_sin, tilt_cos]: [f32; 2] = (self.pitch / 2.0).sin_cos().into();
        // First down about x, then round about y.
        let rotation = [half_cos * tilt_sin, half_sin * tilt_cos, -half_sin * tilt_sin, half_cos * tilt_cos];
        let [x, y, z] = self.head();
        let place = |[right, up, ahead]: [f32; 3]| -> Place {
            let [qx, qy, qz, qw] = rotation;
            [x + right * cos + ahead * sin, y + up, z - right * sin + ahead * cos, qx, qy, qz, qw]
        };
        Pose { head: place([0.0; 3]), left: None, right: Some(place(HAND_M)), fingers: None }
    }
}
