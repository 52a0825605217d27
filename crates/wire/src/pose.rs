//! A person's pose: head, hands, fingers, and what makes one usable. Knows nothing of records, rooms or time.

use crate::quant;
use crate::tier::Tier;
use serde::{Deserialize, Serialize};

/// A point and an orientation: `[x, y, z, qx, qy, qz, qw]`, metres, unit quaternion, left-handed, Y up.
pub type Place = [f32; 7];

/// Edge of a cell, metres: positions inside a record are relative to their cell's low corner.
pub const CELL_M: f32 = 64.0;
/// Reach of a hand on each axis from the head, metres; farther hands are clamped.
pub const HAND_REACH_M: f32 = 1.28;

/// Largest curl (a fist): 5 bits.
const CURL_MAX: u8 = 31;
/// Largest spread: 3 bits.
const SPREAD_MAX: u8 = 7;

/// Curl and spread of the fingers of both hands.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Fingers {
    /// Curl 0 (straight) to 31 (fist), left thumb to little finger, then right.
    pub curl: [u8; 10],
    /// Spread 0 to 7, in the same order.
    pub spread: [u8; 10],
}

impl Fingers {
    /// Within what a record holds: a curl of 40 is a fist, not somebody else's bits.
    fn clamped(self) -> Self {
        Self {
            curl: self.curl.map(|curl| curl.min(CURL_MAX)),
            spread: self.spread.map(|s| s.min(SPREAD_MAX)),
        }
    }
}

/// Where a person's head and hands are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// Head.
    pub head: Place,
    /// Left hand, if tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Place>,
    /// Right hand, if tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<Place>,
    /// Fingers, if tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingers: Option<Fingers>,
}

/// A cell of the grid, in units of [`CELL_M`].
pub type Cell = [i16; 3];

/// Why a pose cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PoseError {
    /// A number is NaN or infinite.
    #[error("a pose holds finite numbers only")]
    NotFinite,
    /// A coordinate is beyond the largest room.
    #[error("a pose lies within {} m of the origin", crate::limits::COORDINATE_MAX_M)]
    OutOfBounds,
    /// A quaternion has no direction.
    #[error("a rotation is a quaternion of non-zero length")]
    NoRotation,
}

/// What is said of a person beside the pose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// They jumped (teleport, spawn): do not interpolate into this sample.
    pub jumped: bool,
    /// They speak.
    pub speaking: bool,
    /// They hold something.
    pub holding: bool,
}

/// A person's pose as it travels, and as a receiver reads it from a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Slot of the avatar (0 on the way up: the server knows who sends).
    pub slot: u16,
    /// How exactly it was told.
    pub tier: Tier,
    /// Age of the sample at the frame's tick, milliseconds, in steps of 4; tiers C to E tell none: 0.
    pub age_ms: u32,
    /// Beside the pose.
    pub marks: Marks,
    /// The pose, already as every receiver decodes it.
    pub pose: Pose,
}

fn checked(place: &Place) -> Result<Place, PoseError> {
    if !place.iter().all(|number| number.is_finite()) {
        return Err(PoseError::NotFinite);
    }
    if place[..3].iter().any(|metres| metres.abs() as f64 > crate::limits::COORDINATE_MAX_M) {
        return Err(PoseError::OutOfBounds);
    }
    let rotation = quant::normalize([place[3], place[4], place[5], place[6]]).ok_or(PoseError::NoRotation)?;
    let [x, y, z] = [place[0], place[1], place[2]];
    Ok([x, y, z, rotation[0], rotation[1], rotation[2], rotation[3]])
}

impl Pose {
    /// A pose that stands at a point with head and no hands, looking along +Z.
    pub fn standing(position: [f32; 3]) -> Self {
        let [x, y, z] = position;
        Self { head: [x, y, z, 0.0, 0.0, 0.0, 1.0], left: None, right: None, fingers: None }
    }

    /// The pose with unit quaternions and fingers within their range, or why it is unusable.
    pub fn validated(&self) -> Result<Self, PoseError> {
        Ok(Self {
            head: checked(&self.head)?,
            left: self.left.as_ref().map(checked).transpose()?,
            right: self.right.as_ref().map(checked).transpose()?,
            fingers: self.fingers.map(Fingers::clamped),
        })
    }

    /// The cell of the head.
    pub fn cell(&self) -> Cell {
        [0, 1, 2].map(|axis| libm::floorf(self.head[axis] / CELL_M) as i16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pose_with_nan_is_refused() {
        let pose = Pose::standing([0.0, f32::NAN, 0.0]);
        assert_eq!(pose.validated(), Err(PoseError::NotFinite));
    }

    #[test]
    fn a_pose_without_rotation_is_refused() {
        let pose = Pose { head: [0.0; 7], ..Pose::standing([0.0; 3]) };
        assert_eq!(pose.validated(), Err(PoseError::NoRotation));
    }

    #[test]
    fn fingers_beyond_their_range_are_clamped() {
        let fingers = Some(Fingers {
            curl: [255, 32, 31, 5, 0, 1, 2, 3, 4, 200],
            spread: [255, 8, 7, 5, 0, 1, 2, 3, 4, 9],
        });
        let pose = Pose { fingers, ..Pose::standing([1.0; 3]) }.validated().unwrap();
        let expected =
            Fingers { curl: [31, 31, 31, 5, 0, 1, 2, 3, 4, 31], spread: [7, 7, 7, 5, 0, 1, 2, 3, 4, 7] };
        assert_eq!(pose.fingers, Some(expected));
    }
}
