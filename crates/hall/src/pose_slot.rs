//! A connection's newest pose, and how far it says it is. Two parties share it: who reads the connection, and the room's tick.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU16, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use thexr_room::{Claiming, PoseInput, Strain};
use thexr_wire::pose::Place;

/// A newest pose with its number among those of its connection; unnumbered ones always count as newer.
type Numbered = (Option<u16>, PoseInput, Claiming);

/// A connection's newest pose: written by the connection, taken by the room's tick; never contended for long.
#[derive(Debug, Default)]
pub struct PoseSlot {
    newest: Mutex<Option<Numbered>>,
    /// Number of the newest pose that was put here, plus one; 0 before the first.
    newest_seq: AtomicU64,
    taken: AtomicU16,
    /// The newest ticks that were shown, each with the newest pose that is in it.
    shown: Mutex<[(u64, u16); 2]>,
    /// Newest tick the client said it has, low 32 bits; above them those of the tick in which it said so.
    acked: AtomicU64,
    camera: Mutex<Option<Place>>,
    simulates: AtomicBool,
    by_datagrams: AtomicBool,
    strain: AtomicU8,
}

impl PoseSlot {
    /// Replaces whatever was there; a pose that was overtaken by a newer one is dropped, but not that it was a jump, nor how little
    /// its sender had heard.
    ///
    /// What it claims is all that its connection claims.
    pub fn put(&self, seq: Option<u16>, mut pose: PoseInput, mut claiming: Claiming) {
        self.simulates.store(claiming.claims.is_some(), Ordering::Relaxed);
        // Frames may come by two ways for a moment, on two threads: one after the other.
        let mut newest_pose = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seq) = seq {
            let newest = self.newest_seq.load(Ordering::Relaxed);
            if newest > 0 && (seq.wrapping_sub((newest - 1) as u16) as i16) <= 0 {
                return;
            }
            self.newest_seq.store(u64::from(seq) + 1, Ordering::Relaxed);
        }
        if let Some((_, dropped, claimed)) = newest_pose.as_ref() {
            pose.marks.jumped |= dropped.marks.jumped;
            claiming.overtaken_tick = claimed.overtaken_tick.or(Some(claimed.heard_tick));
        }
        *newest_pose = Some((seq, pose, claiming));
    }

    /// Whether this connection simulates what its person touches: of that it is not told.
    pub fn simulates(&self) -> bool {
        self.simulates.load(Ordering::Relaxed)
    }

    /// Whether what this connection is told of motion goes by datagrams, and not by its socket.
    pub fn goes_by_datagrams(&self) -> bool {
        self.by_datagrams.load(Ordering::Relaxed)
    }

    /// From now on it does, or no longer.
    pub fn set_by_datagrams(&self, by_datagrams: bool) {
        self.by_datagrams.store(by_datagrams, Ordering::Relaxed);
    }

    /// Whether the connection's line takes all that it is to be sent.
    pub fn strain(&self) -> Strain {
        match self.strain.load(Ordering::Relaxed) {
            0 => Strain::None,
            1 => Strain::Pressed,
            _ => Strain::HardPressed,
        }
    }

    /// What its outlet has seen of that.
    pub fn set_strain(&self, strain: Strain) {
        self.strain.store(strain as u8, Ordering::Relaxed);
    }

    /// Takes the newest pose, if there is one since the last time.
    pub fn take(&self) -> Option<(PoseInput, Claiming)> {
        let (seq, pose, claiming) = self.newest.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        self.taken.store(seq.unwrap_or(0), Ordering::Relaxed);
        Some((pose, claiming))
    }

    /// What the room has taken is in what it shows of this tick.
    pub fn is_shown(&self, tick: u64) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        *shown = [shown[1], (tick, self.taken.load(Ordering::Relaxed))];
    }

    /// Number of the newest pose that is in what the room shows of a tick: its next one may have been shown meanwhile.
    pub fn acknowledged(&self, tick: u64) -> u16 {
        let [before, newest] = *self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.0 <= tick { newest.1 } else { before.1 }
    }

    /// Notes, in a tick (`now`), the newest tick the client says it has.
    pub fn ack(&self, now: u64, tick: u32) {
        self.acked.store(u64::from(now as u32) << 32 | u64::from(tick), Ordering::Relaxed);
    }

    /// When the client has said what its newest tick is, and which, low 32 bits of both; `None` when nothing was said since
    /// `seen`, which is updated.
    pub fn acked_since(&self, seen: &mut u64) -> Option<(u32, u32)> {
        let acked = self.acked.load(Ordering::Relaxed);
        (std::mem::replace(seen, acked) != acked).then_some(((acked >> 32) as u32, acked as u32))
    }

    /// Notes where someone without an avatar looks from.
    pub fn look_from(&self, camera: Place) {
        *self.camera.lock().unwrap_or_else(PoisonError::into_inner) = Some(camera);
    }

    /// Where someone without an avatar looks from, if that has changed.
    pub fn camera(&self) -> Option<Place> {
        self.camera.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use thexr_wire::PeerId;
    use thexr_wire::joints::Hands;
    use thexr_wire::pose::{Marks, Pose};

    fn at(x: f32) -> PoseInput {
        let pose = Pose::standing([x, 1.8, 0.0]);
        PoseInput { peer: PeerId(1), sample_ms: None, marks: Marks::default(), pose, hands: Hands::default() }
    }

    #[test]
    fn a_frame_of_an_earlier_tick_answers_no_pose_of_a_later_one() {
        let slot = PoseSlot::default();
        for (seq, tick) in [(7, 100), (8, 101)] {
            slot.put(Some(seq), at(1.0), Claiming::default());
            slot.take();
            slot.is_shown(tick);
        }
        assert_eq!([100, 101, 102].map(|tick| slot.acknowledged(tick)), [7, 8, 8]);
    }

    #[test]
    fn an_acknowledgement_is_seen_once_also_when_a_later_one_says_the_same() {
        let (slot, mut seen) = (PoseSlot::default(), 0);
        assert_eq!(slot.acked_since(&mut seen), None);
        slot.ack(9, 7);
        assert_eq!((slot.acked_since(&mut seen), slot.acked_since(&mut seen)), (Some((9, 7)), None));
        slot.ack(12, 7);
        assert_eq!((slot.acked_since(&mut seen), slot.acked_since(&mut seen)), (Some((12, 7)), None));
    }

    #[test]
    fn whoever_moves_on_before_the_tick_that_takes_a_jump_has_jumped_in_it_and_only_in_it() {
        let slot = PoseSlot::default();
        let nothing = Claiming::default;
        slot.put(
            Some(1),
            PoseInput { marks: Marks { jumped: true, ..Marks::default() }, ..at(1.0) },
            nothing(),
        );
        slot.put(Some(2), at(1.1), nothing());
        assert_eq!(slot.take().map(|(pose, _)| (pose.pose.head[0], pose.marks.jumped)), Some((1.1, true)));
        slot.put(Some(3), at(1.2), nothing());
        assert_eq!(slot.take().map(|(pose, _)| pose.marks.jumped), Some(false));
    }

    #[test]
    fn what_has_overtaken_others_says_how_little_was_heard_when_the_first_of_them_was_sent() {
        let slot = PoseSlot::default();
        let heard = |heard_tick| Claiming { heard_tick, ..Claiming::default() };
        for (seq, heard_tick) in [(1, 50), (2, 51), (3, 64)] {
            slot.put(Some(seq), at(1.0), heard(heard_tick));
        }
        // It comes too late to say anything.
        slot.put(Some(0), at(1.0), heard(10));
        let taken = || slot.take().map(|(_, claiming)| (claiming.heard_tick, claiming.overtaken_tick));
        assert_eq!(taken(), Some((64, Some(50))));
        slot.put(Some(4), at(1.0), heard(65));
        assert_eq!(taken(), Some((65, None)));
    }

    // Rule 4.4
    #[test]
    fn a_pose_that_a_newer_one_has_overtaken_is_dropped_also_where_numbers_wrap() {
        let slot = PoseSlot::default();
        for (seq, x, newest) in [(65_534, 1.0, 1.0), (1, 2.0, 2.0), (65_535, 3.0, 2.0), (2, 4.0, 4.0)] {
            slot.put(Some(seq), at(x), Claiming::default());
            if newest == x {
                assert_eq!(slot.take().map(|(pose, _)| pose.pose.head[0]), Some(newest));
                slot.is_shown(u64::from(seq));
                assert_eq!(slot.acknowledged(u64::from(seq)), seq);
            } else {
                assert!(slot.take().is_none());
            }
        }
        slot.put(None, at(9.0), Claiming::default());
        assert_eq!(
            slot.take().map(|(pose, _)| pose.pose.head[0]),
            Some(9.0),
            "without numbers the last is the newest"
        );
    }
}
