//! How a room begins: from nothing (a template), or from what the store kept.

use crate::log::memory::Remembered;
use crate::log::ring::cost;
use crate::outbox::Event;
use crate::rights::Rights;
use std::collections::BTreeMap;
use thexr_wire::UserId;
use thexr_wire::limits::{ROOM_PEERS_MAX, ROOM_PEOPLE_MAX};
use thexr_wire::pose::Pose;
use thexr_world::{FoldError, Op, Stamp, States, World};

/// A stored snapshot as the room knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// `initial`, `named` or `before`: what the last restore replaced.
    pub kind: &'static str,
    /// Room time of saving, milliseconds.
    pub at_ms: i64,
    /// The last event it contains.
    pub seq: u64,
    /// Who saved it, or restored what replaced it; nobody is known for the beginning.
    pub by: Option<UserId>,
}

/// A command answered before the restart.
#[derive(Debug, Clone, PartialEq)]
pub struct PastCommand {
    /// Who sent it; others may have used the same id.
    pub user: UserId,
    /// The client's id.
    pub id: String,
    /// Room time of its event, milliseconds; ten minutes later it is forgotten.
    pub at_ms: i64,
    /// What was answered.
    pub reply: Remembered,
}

/// How many a room takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// People inside; whoever wants to enter beyond them is let in as a spectator.
    pub people_max: usize,
    /// Connections, spectators included; beyond them joins are refused with `room_full`.
    pub peers_max: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self { people_max: ROOM_PEOPLE_MAX, peers_max: ROOM_PEERS_MAX }
    }
}

/// Everything a room starts from.
#[derive(Debug, Clone, Default)]
pub struct Boot {
    /// State as of `seq`.
    pub world: World,
    /// Last seq of the journal.
    pub seq: u64,
    /// Seq of the newest stored snapshot.
    pub snapshot_seq: u64,
    /// Ops and payloads of the events since, bytes of JSON.
    pub tail_bytes: usize,
    /// Grows with each start, also across processes: what makes presence refs unique.
    pub epoch: u64,
    /// Last tick; the next is later.
    pub tick: u64,
    /// Time of the last event, milliseconds; time never goes back behind it.
    pub at_ms: i64,
    /// Which life of the room this is.
    pub incarnation: u16,
    /// Seed of its dice.
    pub seed: u64,
    /// Commands of the last ten minutes.
    pub commands: Vec<PastCommand>,
    /// Where people were, those seen longest ago first.
    pub last_poses: Vec<(UserId, Pose)>,
    /// Snapshots that can be restored, by name.
    pub saved: BTreeMap<String, Saved>,
    /// Who may do what.
    pub rights: Rights,
    /// How many it takes.
    pub caps: Caps,
}

/// Stored events do not lead from the state before them to the present.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TailError {
    /// An event is missing, comes again or comes too early.
    #[error("event {expected} was to come next, and {found} came")]
    Gap {
        /// The seq that goes on where the state stands.
        expected: u64,
        /// The seq that came.
        found: u64,
    },
    /// Ops that do not fit the state before them.
    #[error("event {seq} does not fit the state before it: {source}")]
    Fold {
        /// Which event.
        seq: u64,
        /// What is wrong with the first op that does not fit.
        source: FoldError,
    },
}

impl Boot {
    /// Folds the next stored event; `bytes` is the length of its ops and payload as JSON.
    pub fn follow(
        &mut self,
        stamp: Stamp,
        ops: &[Op],
        bytes: usize,
        states: &dyn States,
    ) -> Result<(), TailError> {
        let Stamp { seq, at_ms } = stamp;
        if self.seq.checked_add(1) != Some(seq) {
            return Err(TailError::Gap { expected: self.seq.saturating_add(1), found: seq });
        }
        self.world.fold_again(stamp, ops, states).map_err(|source| TailError::Fold { seq, source })?;
        self.seq = seq;
        self.at_ms = self.at_ms.max(at_ms);
        self.tail_bytes += bytes;
        Ok(())
    }

    /// Folds the journal's tail into a snapshot.
    pub fn fold_tail(&mut self, tail: &[Event], states: &dyn States) -> Result<(), TailError> {
        tail.iter().try_for_each(|event| {
            let stamp = Stamp { seq: event.seq, at_ms: event.at_ms };
            self.follow(stamp, &event.ops, cost(&event.ops, &event.payload), states)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use thexr_world::NoStates;

    fn follow(boot: &mut Boot, seq: u64) -> Result<(), TailError> {
        boot.follow(Stamp { seq, at_ms: seq as i64 }, &[], 100, &NoStates)
    }

    #[test]
    fn a_tail_goes_on_without_gaps_where_the_state_stands() {
        for wrong in [0, 4, 5, 7, 9, u64::MAX] {
            let mut boot = Boot { seq: 5, ..Boot::default() };
            assert_eq!(follow(&mut boot, wrong), Err(TailError::Gap { expected: 6, found: wrong }));
            assert_eq!((boot.seq, boot.tail_bytes), (5, 0));
        }
        let mut boot = Boot { seq: 5, at_ms: 6, ..Boot::default() };
        follow(&mut boot, 6).unwrap();
        follow(&mut boot, 7).unwrap();
        assert_eq!((boot.seq, boot.at_ms, boot.tail_bytes), (7, 7, 200));
        assert_eq!(follow(&mut boot, 7), Err(TailError::Gap { expected: 8, found: 7 }), "twice");
        assert!(follow(&mut Boot { seq: u64::MAX, ..Boot::default() }, 0).is_err());
    }

    #[test]
    fn an_event_that_does_not_fit_says_which_one_it_is() {
        let delete = Op::Delete { entity: thexr_wire::EntityId::parse("abcde").unwrap() };
        let mut boot = Boot::default();
        let error = boot.follow(Stamp { seq: 1, at_ms: 0 }, &[delete], 1, &NoStates).unwrap_err();
        assert!(matches!(error, TailError::Fold { seq: 1, .. }));
        assert_eq!(boot.seq, 0);
    }
}
