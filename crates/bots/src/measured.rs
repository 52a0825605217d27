//! Detail tiers, speaking, admission: the few things that are read from the core's and the wire's changing surface.
//!
//! Everything here is one call deep. Knows nothing of behaviours or reports.

use thexr_client::{Client, Event, Mode};
use thexr_wire::lane::{self, HEADER_BYTES};
use thexr_wire::phoenix::decode_server_binary;

/// How closely a receiver is told of someone, nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Near: head, hands and fingers, every tick.
    A,
    /// Close.
    B,
    /// In the middle.
    C,
    /// Far.
    D,
    /// The crowd.
    E,
}

impl Tier {
    /// All, nearest first.
    pub const ALL: [Self; 5] = [Self::A, Self::B, Self::C, Self::D, Self::E];

    /// The letter in reports.
    pub fn name(self) -> &'static str {
        ["a", "b", "c", "d", "e"][self as usize]
    }
}

/// Pose ages after the first `seen`, milliseconds, each with its tier; everything is tier A so far.
pub(crate) fn ages_since(client: &Client, seen: u64) -> impl Iterator<Item = (Tier, f32)> {
    client.ages().since(seen).map(|age_ms| (Tier::A, age_ms))
}

/// Says on the pose lane that this person speaks; the protocol has no flag for it so far.
pub(crate) fn set_speaking(_client: &mut Client, _speaking: bool) {}

/// Whether a join that asked to enter let the bot in as a spectator only; `None` for events that are no joins.
pub(crate) fn is_spectator(event: &Event) -> Option<bool> {
    match event {
        Event::Joined { mode, .. } => Some(*mode == Mode::Observe),
        _ => None,
    }
}

/// Whether an event says that the join waits in a queue; there is none so far.
pub(crate) fn is_queued(_event: &Event) -> bool {
    false
}

/// The tick of a pose frame, low 32 bits; `None` for other messages.
pub(crate) fn frame_tick(message: &[u8]) -> Option<u32> {
    let push = decode_server_binary(message).ok().filter(|push| push.event == lane::EVENT)?;
    let header = lane::read_down(push.data.get(..HEADER_BYTES)?, |_| ());
    header.ok().map(|header| header.tick)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_are_named_in_their_order() {
        assert_eq!(Tier::ALL.map(Tier::name).concat(), "abcde");
        assert!(Tier::ALL.is_sorted());
    }

    #[test]
    fn what_is_no_pose_frame_has_no_tick() {
        assert_eq!(frame_tick(&[]), None);
        assert_eq!(frame_tick(&[1; 40]), None);
    }
}
