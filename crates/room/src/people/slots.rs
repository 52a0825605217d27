//! Motion slots: small numbers that name moving entities on the latest lane, never reused while an old meaning may live.

use std::collections::VecDeque;
use thexr_wire::limits::SLOT_REST_MS;

/// Slots that only people get, so that a room full of things can still be entered (and left and entered again, for a minute).
pub const PEOPLE_SLOTS_RESERVED: usize = 16_384;
/// All there are.
const SLOTS: usize = 1 << 16;

/// Hands out 16-bit slots, lowest first; a freed one rests 60 s.
#[derive(Debug, Default)]
pub struct Slots {
    next: u32,
    /// Since when which slots of people rest.
    resting: VecDeque<(i64, u16)>,
    /// The same of things: they wear out their own share only.
    things_resting: VecDeque<(i64, u16)>,
    /// How many things have, or let rest.
    of_things: usize,
}

impl Slots {
    /// A slot that means nothing to anyone, or `None` when all 65,536 are in use or resting.
    pub fn take(&mut self, now_ms: i64) -> Option<u16> {
        if let Some(slot) = rested(&mut self.resting, now_ms) {
            return Some(slot);
        }
        if let Ok(slot) = u16::try_from(self.next) {
            self.next += 1;
            return Some(slot);
        }
        let slot = rested(&mut self.things_resting, now_ms)?;
        self.of_things -= 1;
        Some(slot)
    }

    /// The same for what is no person: `None` already when things have, or let rest, all that are not kept for people.
    pub fn take_for_a_thing(&mut self, now_ms: i64) -> Option<u16> {
        if let Some(slot) = rested(&mut self.things_resting, now_ms) {
            return Some(slot);
        }
        if self.of_things >= SLOTS - PEOPLE_SLOTS_RESERVED {
            return None;
        }
        let slot = self.take(now_ms)?;
        self.of_things += 1;
        Some(slot)
    }

    /// Gives a person's slot back.
    pub fn free(&mut self, now_ms: i64, slot: u16) {
        self.resting.push_back((now_ms, slot));
    }

    /// Gives a thing's slot back.
    pub fn free_of_a_thing(&mut self, now_ms: i64, slot: u16) {
        self.things_resting.push_back((now_ms, slot));
    }
}

fn rested(resting: &mut VecDeque<(i64, u16)>, now_ms: i64) -> Option<u16> {
    let (since_ms, _) = resting.front()?;
    if now_ms - since_ms < SLOT_REST_MS { None } else { resting.pop_front().map(|(_, slot)| slot) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_freed_slot_rests_a_minute() {
        let mut slots = Slots::default();
        assert_eq!(slots.take(0), Some(0));
        slots.free(0, 0);
        assert_eq!(slots.take(SLOT_REST_MS - 1), Some(1));
        assert_eq!(slots.take(SLOT_REST_MS), Some(0));
    }

    #[test]
    fn things_leave_slots_to_people() {
        let mut slots = Slots::default();
        let things = (0..).take_while(|_| slots.take_for_a_thing(0).is_some()).count();
        assert_eq!(things, SLOTS - PEOPLE_SLOTS_RESERVED);
        for _ in 0..PEOPLE_SLOTS_RESERVED {
            assert!(slots.take(0).is_some());
        }
        assert_eq!(slots.take(0), None);
    }

    #[test]
    fn a_thing_that_begins_and_stops_to_move_for_ever_takes_no_slot_from_people() {
        let mut slots = Slots::default();
        let mut moved = 0;
        while let Some(slot) = slots.take_for_a_thing(0) {
            slots.free_of_a_thing(0, slot);
            moved += 1;
        }
        assert_eq!(moved, SLOTS - PEOPLE_SLOTS_RESERVED, "then it rests");
        assert!((0..PEOPLE_SLOTS_RESERVED).all(|_| slots.take(1).is_some()));
        let again = (0..).take_while(|_| slots.take_for_a_thing(SLOT_REST_MS).is_some()).count();
        assert_eq!(again, SLOTS - PEOPLE_SLOTS_RESERVED, "a minute later they are there again");
    }

    #[test]
    fn more_than_65536_joins_in_a_minute_are_refused_not_confused() {
        let mut slots = Slots::default();
        for expected in 0..=u16::MAX {
            assert_eq!(slots.take(0), Some(expected));
            slots.free(0, expected);
        }
        assert_eq!(slots.take(1), None);
        assert_eq!(slots.take(SLOT_REST_MS), Some(0));
    }
}
