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

/// Largest curl of a finger's base or tip, a fist's: 4 bits.
const FINGER_MAX: u8 = 15;
/// Largest curl of a thumb's base or tip: 3 bits.
const THUMB_MAX: u8 = 7;
/// Largest spread of a thumb: 2 bits.
const SPREAD_MAX: u8 = 3;

/// How a thumb is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Thumb {
    /// Curl at its base, 0 (straight) to 7.
    pub base: u8,
    /// Curl of its tip, 0 to 7.
    pub tip: u8,
    /// How far it stands off, 0 (along the hand) to 3.
    pub spread: u8,
}

/// How the fingers of one hand are held: two curls each keep a pinch closed, where one would leave it open by 2 cm.
///
/// In JSON eleven numbers: the thumb's base, tip and spread, then base and tip of the index, middle, ring and little finger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "[u8; 11]", into = "[u8; 11]")]
pub struct HandFingers {
    /// The thumb.
    pub thumb: Thumb,
    /// Curl at the base of index, middle, ring and little finger, 0 (straight) to 15 (fist).
    pub base: [u8; 4],
    /// Curl of the two joints beyond it, which go together, 0 to 15.
    pub tip: [u8; 4],
}

impl HandFingers {
    /// Within what a record holds: a curl of 40 is a fist, not somebody else's bits.
    fn clamped(self) -> Self {
        let Thumb { base, tip, spread } = self.thumb;
        let thumb =
            Thumb { base: base.min(THUMB_MAX), tip: tip.min(THUMB_MAX), spread: spread.min(SPREAD_MAX) };
        let fingers = |curls: [u8; 4]| curls.map(|curl| curl.min(FINGER_MAX));
        Self { thumb, base: fingers(self.base), tip: fingers(self.tip) }
    }
}

impl From<[u8; 11]> for HandFingers {
    fn from([base, tip, spread, fingers @ ..]: [u8; 11]) -> Self {
        let each = |at: usize| std::array::from_fn(|finger| fingers[2 * finger + at]);
        Self { thumb: Thumb { base, tip, spread }, base: each(0), tip: each(1) }
    }
}

impl From<HandFingers> for [u8; 11] {
    fn from(HandFingers { thumb, base, tip }: HandFingers) -> Self {
        std::array::from_fn(|at| match at {
            0 => thumb.base,
            1 => thumb.tip,
            2 => thumb.spread,
            at if at % 2 == 1 => base[(at - 3) / 2],
            at => tip[(at - 3) / 2],
        })
    }
}

/// How the fingers of both hands are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fingers {
    /// Left hand.
    pub left: HandFingers,
    /// Right hand.
    pub right: HandFingers,
}

/// Where a person's head and hands are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// The eyes, placed in the room as the hands are.
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
            fingers: self
                .fingers
                .map(|hands| Fingers { left: hands.left.clamped(), right: hands.right.clamped() }),
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
        let wild = HandFingers {
            thumb: Thumb { base: 8, tip: 255, spread: 4 },
            base: [16, 255, 15, 5],
            tip: [0, 1, 2, 200],
        };
        let fingers = Some(Fingers { left: wild, right: HandFingers::default() });
        let pose = Pose { fingers, ..Pose::standing([1.0; 3]) }.validated().unwrap();
        let left = HandFingers {
            thumb: Thumb { base: 7, tip: 7, spread: 3 },
            base: [15, 15, 15, 5],
            tip: [0, 1, 2, 15],
        };
        let expected = Fingers { left, right: HandFingers::default() };
        assert_eq!(pose.fingers, Some(expected));
    }
}
