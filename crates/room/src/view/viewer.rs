//! What one receiver is told of motion: a tick's records, encoded once, copied into one message within its budget.
//!
//! Sans-IO; owned by the receiver's connection. Knows no socket: how far the receiver has come is told to its pace.

use crate::motion::output::{CrowdGroup, Record, TickOutput};
use crate::view::crowd_round::{CrowdRound, Part};
use crate::view::entry::Entry;
use crate::view::groups::{GroupId, Groups};
use crate::view::interest::{Candidates, Choice, Held, REACH_M, Reference, choose};
use crate::view::pace::Pace;
use crate::view::stretch::{Rates, rates, slice};
use std::fmt::Write;
use std::sync::Arc;
use thexr_wire::lane::{HEADER_BYTES, Header};
use thexr_wire::pose::{Marks, Place, Pose};
use thexr_wire::{PeerId, Tier};

/// Ticks after which a viewer that was not asked begins anew: its ticks are 16 bits (14 minutes are a quarter of them).
const FORGET_TICKS: u64 = 1 << 14;
/// Refreshes alone make at most one frame in this many ticks (1 s).
pub const REFRESH_FRAME_TICKS: u64 = 20;
/// Ticks between two looks at who is near, at least; someone who has hardly moved looks half as often.
pub const QUERY_TICKS: u64 = 5;
/// A move of the receiver after which it looks again as soon as it may, metres: a fifth of the innermost ring.
const QUERY_MOVE_M: f32 = 1.0;
/// People up to whom json receivers are told everything, whatever their budget: the book's rooms.
pub const JSON_SMALL_ROOM_MAX: usize = 32;
/// Priority of those who speak or hold something, as a multiple.
const PROMINENT_PRIORITY: f32 = 4.0;

/// How a receiver is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Binary frames.
    Frames,
    /// JSON, everyone, those outside the rings rarely.
    JsonAll,
    /// JSON, only those in the rings.
    JsonInterest,
}

/// What came of a tick for a receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// A frame.
    Frame,
    /// There was nothing to tell.
    Nothing,
    /// It has to catch up first, or it is not its turn: the next frame will be newer.
    PassedOver,
}

/// Working memory of viewers; one is enough for all that work in turns.
#[derive(Debug, Default)]
pub struct Scratch {
    candidates: Candidates,
    chosen: Vec<Choice>,
    held: Vec<Held>,
    /// Per record: index of its entry plus one; 0 for none.
    entry_of: Vec<u16>,
    entries: Vec<Entry>,
    due: Vec<Due>,
    groups: Groups,
    crowd: Vec<CrowdGroup>,
}

/// An entry that may be told now.
#[derive(Debug, Clone, Copy)]
struct Due {
    priority: u32,
    group: GroupId,
    record: u16,
    entry: u16,
}

/// One receiver's view of motion.
#[derive(Debug)]
pub struct Viewer {
    telling: Telling,
    own_slot: Option<u16>,
    camera: Option<Place>,
    pace: Pace,
    entries: Vec<Entry>,
    /// Per slot one bit: told one by one.
    told_singly: Vec<u64>,
    rates: Rates,
    crowd: CrowdRound,
    queried: Option<u64>,
    /// Where the last look around began, and how far it went.
    looked_from: [f32; 3],
    reach_m: f32,
    phase: Option<u64>,
    turn: u64,
    last_frame_tick: u64,
    incarnation: u16,
}

impl Viewer {
    /// A viewer that has told nothing yet; `own_slot` is where it looks from and, in frames, not told back.
    pub fn new(telling: Telling, own_slot: Option<u16>, frame_bytes: usize) -> Self {
        Self {
            telling,
            own_slot,
            camera: None,
            pace: Pace::new(frame_bytes),
            entries: Vec::new(),
            told_singly: Vec::new(),
            rates: Rates::default(),
            crowd: CrowdRound::default(),
            queried: None,
            looked_from: [0.0; 3],
            reach_m: REACH_M,
            phase: None,
            turn: 0,
            last_frame_tick: 0,
            incarnation: 0,
        }
    }

    /// Whence a receiver without an avatar looks: an observer's camera, a replay's.
    pub fn look_from(&mut self, camera: Place) {
        self.camera = Some(camera);
    }

    /// The receiver said in one tick that another is the newest it has (low 32 bits of both); `tick` is the newest there is.
    pub fn acked(&mut self, tick: u64, said_low: u32, acked_low: u32) {
        let whole = |low: u32| {
            let behind = (tick as u32).wrapping_sub(low) as i32;
            tick.saturating_add_signed(-i64::from(behind))
        };
        self.pace.acked(whole(said_low), whole(acked_low));
    }

    /// Bytes of the next frame, by the receiver's pace.
    pub fn budget(&self) -> usize {
        self.pace.budget()
    }

    /// Appends this receiver's frame of the tick; ticks may be skipped, the newest wins.
    pub fn frame(
        &mut self,
        output: &TickOutput,
        seq: u64,
        ack: u16,
        scratch: &mut Scratch,
        out: &mut Vec<u8>,
    ) -> Shown {
        if !self.begin(output, scratch) {
            return Shown::PassedOver;
        }
        let news = self.gather(output, scratch);
        let crowd = self.pick_crowd(output, scratch);
        if !self.is_worth_a_frame(output, news || crowd.changed, scratch) {
            return Shown::Nothing;
        }
        self.fit(output, scratch, HEADER_BYTES + crowd.bytes);
        Header { incarnation: output.incarnation, tick: output.tick as u32, seq: seq as u32, ack }.write(out);
        let added = scratch.due.iter().map(|due| (due.group, due.record));
        scratch.groups.write(output, added, out);
        for group in &scratch.crowd {
            output.write_crowd(group, out);
        }
        self.told(output, scratch);
        Shown::Frame
    }

    /// Hands out `stoc` payloads of `user_moved` for a json receiver; also its own.
    pub fn user_moved(
        &mut self,
        output: &TickOutput,
        scratch: &mut Scratch,
        mut each: impl FnMut(&Arc<str>),
    ) {
        if self.pick_json(output, scratch, |record| record.user_moved(output.at_ms).len()) {
            let records = scratch.due.iter().map(|due| &output.records[usize::from(due.record)]);
            records.for_each(|record| each(record.user_moved(output.at_ms)));
            self.told(output, scratch);
        }
    }

    /// The `movements` payload of a tick, `{user_id: pose}`; `None` when there is nothing to tell.
    pub fn movements(&mut self, output: &TickOutput, scratch: &mut Scratch) -> Option<String> {
        if !self.pick_json(output, scratch, |record| record.movement().len() + 1) {
            return None;
        }
        let mut text = String::from("{");
        for (at, due) in scratch.due.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let _ = write!(text, "{comma}{}", output.records[usize::from(due.record)].movement());
        }
        self.told(output, scratch);
        text.push('}');
        Some(text)
    }

    /// Looks at who is near when it is time; `false` when nothing goes out in this tick.
    fn begin(&mut self, output: &TickOutput, scratch: &mut Scratch) -> bool {
        let forgotten =
            self.queried.is_some_and(|queried| output.tick.saturating_sub(queried) > FORGET_TICKS);
        // In another incarnation slots mean other people.
        if self.incarnation != output.incarnation || forgotten {
            self.entries.clear();
            self.told_singly.clear();
            self.crowd = CrowdRound::default();
            self.queried = None;
            self.incarnation = output.incarnation;
        }
        // Spreads receivers over ticks: by their slots, observers by when they came.
        let phase = *self.phase.get_or_insert(self.own_slot.map_or(output.tick, u64::from));
        // Turns are counted, not ticks: an overloaded room skips ticks, perhaps always the same ones.
        self.turn = self.turn.wrapping_add(1);
        if !(self.turn + phase).is_multiple_of(slice(output.shed)) || !self.pace.may_send(output.tick) {
            return false;
        }
        if self.should_look(output, phase) {
            self.query(output, scratch);
            self.queried = Some(output.tick);
        }
        true
    }

    /// Whether it is time to look at who is near: staggered, and sooner for who moves.
    fn should_look(&self, output: &TickOutput, phase: u64) -> bool {
        let Some(queried) = self.queried else { return true };
        let passed = output.tick.saturating_sub(queried);
        if passed >= 2 * QUERY_TICKS {
            return true;
        }
        let its_turn = passed > 0 && (output.tick + phase).is_multiple_of(2 * QUERY_TICKS);
        let own =
            self.own_slot.and_then(|slot| output.in_slot(slot)).map(|own| own.pose.head).or(self.camera);
        let moved = own.is_some_and(|[x, y, z, ..]| {
            let [dx, dy, dz] = [x - self.looked_from[0], y - self.looked_from[1], z - self.looked_from[2]];
            dx * dx + dy * dy + dz * dz > QUERY_MOVE_M * QUERY_MOVE_M
        });
        its_turn || (passed >= QUERY_TICKS && moved)
    }

    fn query(&mut self, output: &TickOutput, scratch: &mut Scratch) {
        let from = self.reference(output);
        let [x, y, z, ..] = from.place;
        self.looked_from = [x, y, z];
        let Scratch { candidates, chosen, held, entry_of, entries, .. } = scratch;
        self.hold(output, held, entry_of);
        choose(output, &from, held, &mut self.reach_m, candidates, chosen);
        if self.telling != Telling::Frames {
            self.choose_for_json(output, chosen);
        }
        let passed = self.queried.map_or(0, |queried| output.tick.saturating_sub(queried));
        let before = |choice: &Choice| {
            let at = usize::from(entry_of[usize::from(choice.record)]).checked_sub(1)?;
            Some(&self.entries[at])
        };
        entries.clear();
        entries.extend(
            chosen.iter().map(|choice| Entry::of(choice, before(choice), output.tick as u16, passed)),
        );
        std::mem::swap(&mut self.entries, entries);
        self.note_who_is_told_singly(output);
        let mut people = [0.0; 5];
        for entry in &self.entries {
            people[entry.tier() as usize] += if entry.is_behind() { 0.5 } else { 1.0 };
        }
        self.rates = rates(&people, self.pace.budget() as f32, output.shed);
    }

    /// Lists those in the rings so far, and where the entry of each record is.
    fn hold(&self, output: &TickOutput, held: &mut Vec<Held>, entry_of: &mut Vec<u16>) {
        held.clear();
        entry_of.clear();
        entry_of.resize(output.records.len(), 0);
        let passed = self.queried.map_or(0, |queried| output.tick.saturating_sub(queried));
        for (index, entry) in self.entries.iter().enumerate() {
            let Some(record) = output.record_index(entry.slot) else { continue };
            entry_of[record] = index as u16 + 1;
            // Those told as the rest are in no ring.
            let tier = entry.tier();
            if tier < Tier::E {
                let young = u64::from(entry.stays) > passed;
                held.extend(output.spot_index(entry.slot).map(|spot| Held { spot, tier, young }));
            }
        }
    }

    /// Json receivers know no crowd and no view: everyone is told, in small rooms as if near.
    fn choose_for_json(&self, output: &TickOutput, chosen: &mut Vec<Choice>) {
        let small = output.records.len() <= JSON_SMALL_ROOM_MAX;
        for choice in chosen.iter_mut() {
            (choice.behind, choice.tier) = (false, if small { Tier::A } else { choice.tier });
        }
        if self.telling != Telling::JsonAll {
            return;
        }
        let mut in_rings: Vec<u16> = chosen.iter().map(|choice| choice.record).collect();
        in_rings.sort_unstable();
        let tier = if small { Tier::A } else { Tier::E };
        for (record, found) in (0u16..).zip(&output.records) {
            if in_rings.binary_search(&record).is_err() {
                chosen.push(Choice { slot: found.slot, record, tier, behind: false });
            }
        }
    }

    fn note_who_is_told_singly(&mut self, output: &TickOutput) {
        self.told_singly.clear();
        self.told_singly.resize(output.slots_len().div_ceil(64), 0);
        for slot in self.entries.iter().map(|entry| usize::from(entry.slot)) {
            self.told_singly[slot / 64] |= 1 << (slot % 64);
        }
    }

    fn reference(&self, output: &TickOutput) -> Reference {
        let own = self.own_slot.and_then(|slot| output.in_slot(slot));
        let entrance = || Pose::standing([0.0, 1.8, 0.0]).head;
        let place = own.map(|own| own.pose.head).or(self.camera).unwrap_or_else(entrance);
        let own_slot = self.own_slot.filter(|_| self.telling == Telling::Frames);
        Reference { place, own_slot, party: own.map_or(0, |own| own.party) }
    }

    /// Puts everyone who may be told now into `due`; returns whether any of them has changed.
    fn gather(&self, output: &TickOutput, scratch: &mut Scratch) -> bool {
        scratch.due.clear();
        let tick = output.tick as u32;
        let mut news = false;
        for (index, entry) in self.entries.iter().enumerate() {
            if !entry.may_be_told(tick) {
                continue;
            }
            let Some(changed) = output.changed_in(entry.slot) else { continue };
            let waited = entry.waited(tick);
            let is_new = entry.is_fresh() || tick.wrapping_sub(changed) < waited;
            if !is_new && !entry.should_refresh(tick, changed) {
                continue;
            }
            let Some(record) = output.record_index(entry.slot) else { continue };
            news |= is_new;
            let found = output.brief(record);
            // Who is new is due at once, and more so with every tick that has no place for them.
            let waited = if entry.is_fresh() { waited + entry.period(&self.rates) } else { waited };
            let prominent = if found.prominent { PROMINENT_PRIORITY } else { 1.0 };
            let priority = self.rates.weights[entry.tier() as usize] * waited as f32 * prominent;
            scratch.due.push(Due {
                priority: (priority * 64.0) as u32,
                group: GroupId::new(entry.tier(), found.base),
                record: record as u16,
                entry: index as u16,
            });
        }
        news
    }

    fn pick_crowd(&mut self, output: &TickOutput, scratch: &mut Scratch) -> Part {
        scratch.crowd.clear();
        let own = usize::from(self.own_slot.is_some_and(|slot| output.in_slot(slot).is_some()));
        if output.records.len() <= self.entries.len() + own {
            return Part::default();
        }
        let Self { crowd, told_singly, own_slot, pace, rates, .. } = self;
        let told_better = |slot: u16| {
            let bits = told_singly.get(usize::from(slot) / 64).copied().unwrap_or(0);
            Some(slot) == *own_slot || bits >> (slot % 64) & 1 == 1
        };
        crowd.pick(output, pace.budget(), rates.periods[Tier::E as usize], told_better, &mut scratch.crowd)
    }

    /// Refreshes alone are told once a second.
    fn is_worth_a_frame(&self, output: &TickOutput, news: bool, scratch: &Scratch) -> bool {
        let something = !scratch.due.is_empty() || !scratch.crowd.is_empty();
        something && (news || output.tick >= self.last_frame_tick + REFRESH_FRAME_TICKS)
    }

    /// Leaves in `due` what fits into the budget, by priority, and counts its groups.
    fn fit(&self, output: &TickOutput, scratch: &mut Scratch, taken_bytes: usize) {
        let Scratch { due, groups, .. } = scratch;
        let budget = self.pace.budget().saturating_sub(taken_bytes);
        groups.begin(output.bases_len());
        due.iter().for_each(|due| groups.add(due.group));
        if groups.bytes <= budget {
            return;
        }
        due.sort_unstable_by_key(|due| u64::from(u32::MAX - due.priority) << 16 | u64::from(due.record));
        groups.begin(output.bases_len());
        due.retain(|due| {
            let fits = groups.bytes + groups.cost(due.group) <= budget;
            if fits {
                groups.add(due.group);
            }
            fits
        });
    }

    /// Leaves in `due` what a json receiver is told in this tick; `false` when that is nothing.
    fn pick_json(
        &mut self,
        output: &TickOutput,
        scratch: &mut Scratch,
        bytes_of: impl Fn(&Record) -> usize,
    ) -> bool {
        if !self.begin(output, scratch) {
            return false;
        }
        scratch.crowd.clear();
        let news = self.gather(output, scratch);
        if !self.is_worth_a_frame(output, news, scratch) {
            return false;
        }
        let due = &mut scratch.due;
        if output.records.len() > JSON_SMALL_ROOM_MAX {
            due.sort_unstable_by_key(|due| (std::cmp::Reverse(due.priority), due.record));
            let (mut bytes, budget) = (0, self.pace.budget());
            let fits = due.iter().take_while(|due| {
                bytes += bytes_of(&output.records[usize::from(due.record)]);
                bytes <= budget
            });
            // One always: a budget below a single pose would tell nobody for ever.
            let count = fits.count().max(1);
            due.truncate(count);
        }
        due.sort_unstable_by_key(|due| due.record);
        true
    }

    /// Notes what is left in `due` as told.
    fn told(&mut self, output: &TickOutput, scratch: &Scratch) {
        for due in &scratch.due {
            self.entries[usize::from(due.entry)].told(output.tick as u32, &self.rates);
        }
        self.last_frame_tick = output.tick;
        self.pace.sent(output.tick);
    }
}

/// A connection's newest pose on its way into a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoseInput {
    /// Who sends.
    pub peer: PeerId,
    /// Sample time on the room clock, low 32 bits; `None` means now.
    pub sample_ms: Option<u32>,
    /// Beside the pose; `holding` is the room's to say.
    pub marks: Marks,
    /// The pose, validated.
    pub pose: Pose,
}

#[cfg(test)]
#[path = "viewer_tests.rs"]
mod tests;
