//! What a receiver of the json dialect is told of motion: everything for everyone while it fits, beyond that whom the rings
//! put first.
//!
//! Knows no crowd, no view and no acknowledgements: its budget is what the dialect may take, whatever frames may.

use super::{Due, Scratch, Telling, Viewer};
use crate::motion::output::{Record, TickOutput};
use crate::view::interest::{Choice, RINGS};
use crate::view::stretch::{self, Rates};
use std::fmt::Write;
use std::sync::Arc;
use thexr_wire::Tier;

/// Payload of one `movements`, bytes a tick (1.5 Mbit/s): everything of 100 people at 10 Hz; of more, those who are near or
/// wait for long come first.
pub const MOVEMENTS_BYTES: usize = 9_375;
/// Payloads of `user_moved` in one tick, bytes (3 Mbit/s), each with what is around it: as [`MOVEMENTS_BYTES`], for who is
/// told singly.
pub const USER_MOVED_BYTES: usize = 18_750;
/// Payload of a `movements` of things, bytes a tick (0.5 Mbit/s): some 40 that move near by; the others wait for their turn.
pub const THINGS_BYTES: usize = 3_125;
/// Payloads of `monster_moved` in one tick, bytes (1 Mbit/s), and of shots: those near by; the others wait for their turn or are missed.
pub const MONSTERS_BYTES: usize = 6_250;
/// See [`MONSTERS_BYTES`].
pub const SHOTS_BYTES: usize = 6_250;
/// What is around a payload of `user_moved`, bytes: `[null,null,"room:…","stoc",…]`.
const AROUND_BYTES: usize = 48;

/// Periods and priorities of a json receiver: at once whatever fits, by the rings what does not; a server with too much to
/// do keeps to the rings' periods.
pub(super) fn rates(shed: u8) -> Rates {
    let stretched = stretch::rates(&[0.0; RINGS.len() + 1], f32::INFINITY, shed);
    if shed > 0 { stretched } else { Rates { periods: [1; RINGS.len() + 1], ..stretched } }
}

impl Viewer {
    /// Hands out `stoc` payloads of `user_moved` for a json receiver; also its own.
    pub fn user_moved(
        &mut self,
        output: &TickOutput,
        scratch: &mut Scratch,
        mut each: impl FnMut(&Arc<str>),
    ) {
        let bytes_of = |record: &Record| record.user_moved(output.at_ms).len() + AROUND_BYTES;
        if self.pick_json(output, scratch, USER_MOVED_BYTES, bytes_of) {
            let records = scratch.due.iter().map(|due| &output.records[usize::from(due.record)]);
            records.for_each(|record| each(record.user_moved(output.at_ms)));
            self.told(output, scratch);
            self.pace.sent(output.tick);
        }
    }

    /// The `movements` payload of a tick, `{user_id: pose}`; `None` when there is nothing to tell.
    pub fn movements(&mut self, output: &TickOutput, scratch: &mut Scratch) -> Option<String> {
        // A comma each, or the second brace.
        let bytes_of = |record: &Record| record.movement().len() + 1;
        if !self.pick_json(output, scratch, MOVEMENTS_BYTES - 1, bytes_of) {
            return None;
        }
        let mut text = String::from("{");
        for (at, due) in scratch.due.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let _ = write!(text, "{comma}{}", output.records[usize::from(due.record)].movement());
        }
        self.told(output, scratch);
        self.pace.sent(output.tick);
        text.push('}');
        Some(text)
    }

    /// The `movements` payload of things that move, `{entity: {position, rotation}}`; `None` when there is nothing to tell. Monsters are
    /// among them for who is told in batches.
    pub fn thing_movements(&mut self, output: &TickOutput, batched: bool) -> Option<String> {
        let nothing = output.bodies.is_empty() && output.monsters.is_empty();
        if nothing || !output.tick.is_multiple_of(stretch::slice(output.shed)) {
            return None;
        }
        let from = self.looks_from(output);
        let bodies = self.bodies.text(output, from, THINGS_BYTES);
        let left = THINGS_BYTES - bodies.as_ref().map_or(0, String::len);
        let monsters = if batched { self.monsters.text(output, from, left) } else { None };
        match (bodies, monsters) {
            (Some(bodies), Some(monsters)) => {
                Some(format!("{},{}", &bodies[..bodies.len() - 1], &monsters[1..]))
            }
            (bodies, monsters) => bodies.or(monsters),
        }
    }

    /// Hands out `stoc` payloads of what happens on the way and is no fact: `weapon_discharged`, `fireball_moved`, and to who is told singly
    /// `monster_moved`.
    pub fn happenings(&mut self, output: &TickOutput, singly: bool, mut each: impl FnMut(&str)) {
        if !output.tick.is_multiple_of(stretch::slice(output.shed)) {
            return;
        }
        let from = self.looks_from(output);
        if singly && !output.monsters.is_empty() {
            self.monsters.each_text(output, from, MONSTERS_BYTES, &mut each);
        }
        if self.shots.gather(output, from, false) > 0 {
            self.shots.texts(output, SHOTS_BYTES, each);
        }
    }

    fn looks_from(&self, output: &TickOutput) -> [f32; 3] {
        let [x, y, z, ..] = self.reference(output).place;
        [x, y, z]
    }

    /// Everyone is told but, to who asked for it, those outside the rings.
    pub(super) fn choose_for_json(&self, output: &TickOutput, chosen: &mut Vec<Choice>) {
        for choice in chosen.iter_mut() {
            choice.behind = false;
        }
        if self.telling != Telling::JsonAll {
            return;
        }
        let mut in_rings: Vec<u16> = chosen.iter().map(|choice| choice.record).collect();
        in_rings.sort_unstable();
        for (record, found) in (0u16..).zip(&output.records) {
            if in_rings.binary_search(&record).is_err() {
                chosen.push(Choice { slot: found.slot, record, tier: Tier::E, behind: false });
            }
        }
    }

    /// Leaves in `due` what a json receiver is told in this tick; `false` when that is nothing.
    fn pick_json(
        &mut self,
        output: &TickOutput,
        scratch: &mut Scratch,
        budget: usize,
        bytes_of: impl Fn(&Record) -> usize,
    ) -> bool {
        if !self.begin(output, scratch) {
            return false;
        }
        let news = self.gather(output, scratch);
        let due = &mut scratch.due;
        if due.is_empty() || !(news || self.may_refresh(output)) {
            return false;
        }
        if fitting(due, output, budget, &bytes_of) < due.len() {
            due.sort_unstable_by_key(|due| (std::cmp::Reverse(due.priority), due.record));
            let count = fitting(due, output, budget, &bytes_of);
            due.truncate(count);
        }
        due.sort_unstable_by_key(|due| due.record);
        true
    }
}

/// How many of those who are due fit, in their order; no more than these and the next are written as text.
fn fitting(due: &[Due], output: &TickOutput, budget: usize, bytes_of: impl Fn(&Record) -> usize) -> usize {
    let mut bytes = 0;
    let fits = due.iter().take_while(|due| {
        bytes += bytes_of(&output.records[usize::from(due.record)]);
        bytes <= budget
    });
    fits.count()
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
