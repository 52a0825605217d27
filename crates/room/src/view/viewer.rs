//! What one receiver is told of motion: a tick's records, encoded once, copied into one message within its budget.
//!
//! Sans-IO; owned by the receiver's connection. Knows no socket: how far the receiver has come is told to its pace.

use crate::motion::output::{CrowdGroup, Picked, TickOutput};
use crate::view::bodies::{NearBodies, Reader};
use crate::view::crowd_round::{CrowdRound, Part};
use crate::view::entry::{Entry, JUMPED_TICKS};
use crate::view::groups::{GroupId, Groups};
use crate::view::hands::NearHands;
use crate::view::interest::{Candidates, Choice, Held, REACH_M, Reference, choose};
use crate::view::pace::{Pace, Strain};
use crate::view::shares::{Shares, Want};
use crate::view::shots::NearShots;
use crate::view::stretch::{Rates, rates, slice};
use thexr_wire::joints::Hands;
use thexr_wire::lane::{HEADER_BYTES, Header, SECTION_BYTES, SectionKind, write_section};
use thexr_wire::pose::{Marks, Place, Pose};
use thexr_wire::{PeerId, Tier};

mod json;

pub use json::{MOVEMENTS_BYTES, THINGS_BYTES, USER_MOVED_BYTES};

/// Ticks after which a viewer that was not asked begins anew: its ticks are 16 bits (14 minutes are a quarter of them).
const FORGET_TICKS: u64 = 1 << 14;
/// Refreshes alone make at most one frame in this many ticks (1 s).
pub const REFRESH_FRAME_TICKS: u64 = 20;
/// Ticks between two looks at who is near, at least; someone who has hardly moved looks half as often.
pub const QUERY_TICKS: u64 = 5;
/// A move of the receiver after which it looks again as soon as it may, metres: a fifth of the innermost ring.
const QUERY_MOVE_M: f32 = 1.0;
/// Priority of those who speak or hold something, as a multiple.
const PROMINENT_PRIORITY: f32 = 4.0;
/// Ticks of waiting after which somebody comes before everyone who waits for a shorter time (15 s): however many are near or
/// speak, they delay nobody for longer than that.
const OVERDUE_TICKS: u32 = 300;
/// Ticks within which everyone is told who is told one by one, at every budget (20 s; when a receiver is served in every
/// second or fourth tick only, or ticks are skipped, so much longer): who is overdue, and the frames that those before fill.
pub const TOLD_WITHIN_TICKS: u32 = OVERDUE_TICKS + 100;
/// Priority of those who are overdue, before how long they wait; that of others is less.
const OVERDUE_PRIORITY: u32 = 1 << 31;

/// What of every frame people, hands, bodies, monsters and shots are owed while they want something; the rest goes to people first.
const SHARES: [f32; 5] = [0.5, 0.02, 0.3, 0.08, 0.1];
const PEOPLE: usize = 0;
const HANDS: usize = 1;
const BODIES: usize = 2;
const MONSTERS: usize = 3;
const SHOTS: usize = 4;

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

impl Scratch {
    /// Leaves in `due` what fits into so many bytes, by priority, and counts its groups.
    fn fit(&mut self, output: &TickOutput, budget: usize) {
        let Self { due, groups, .. } = self;
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

    /// Appends who is told, one by one, then the crowd.
    fn write_people(&mut self, output: &TickOutput, out: &mut Vec<u8>) {
        let picked = |due: &Due| (due.group, Picked { record: due.record, jumped: due.jumped });
        let added = self.due.iter().map(picked);
        self.groups.write(output, added, out);
        for group in &self.crowd {
            output.write_crowd(group, out);
        }
    }
}

/// An entry that may be told now.
#[derive(Debug, Clone, Copy)]
struct Due {
    priority: u32,
    group: GroupId,
    record: u16,
    entry: u16,
    /// They have jumped since the receiver was told of them last.
    jumped: bool,
}

/// One receiver's view of motion.
#[derive(Debug)]
pub struct Viewer {
    telling: Telling,
    own_slot: Option<u16>,
    /// This connection simulates what its person touches.
    simulates: bool,
    /// What it is told may be lost on the way.
    lossy: bool,
    camera: Option<Place>,
    pace: Pace,
    entries: Vec<Entry>,
    /// Per slot one bit: told one by one since they are in the rings. Who still waits for it is told with the crowd too.
    told_singly: Vec<u64>,
    rates: Rates,
    crowd: CrowdRound,
    hands: NearHands,
    bodies: NearBodies,
    monsters: NearBodies,
    shots: NearShots,
    /// How far away the farthest is whose hands are told, metres.
    exact_m: f32,
    shares: Shares<5>,
    queried: Option<u64>,
    /// Where the last look around began, and how far it went.
    looked_from: [f32; 3],
    reach_m: f32,
    phase: Option<u64>,
    turn: u64,
    last_people_tick: u64,
    incarnation: u16,
}

impl Viewer {
    /// A viewer that has told nothing yet; `own_slot` is where it looks from and, in frames, not told back.
    pub fn new(telling: Telling, own_slot: Option<u16>, frame_bytes: usize) -> Self {
        Self {
            telling,
            own_slot,
            simulates: false,
            lossy: false,
            camera: None,
            pace: Pace::new(frame_bytes),
            entries: Vec::new(),
            told_singly: Vec::new(),
            rates: Rates::default(),
            crowd: CrowdRound::default(),
            hands: NearHands::default(),
            bodies: NearBodies::default(),
            monsters: NearBodies::of_monsters(),
            shots: NearShots::default(),
            exact_m: 0.0,
            shares: Shares::default(),
            queried: None,
            looked_from: [0.0; 3],
            reach_m: REACH_M,
            phase: None,
            turn: 0,
            last_people_tick: 0,
            incarnation: 0,
        }
    }

    /// Whether this connection simulates what its person touches: of that it is not told, another one of theirs is.
    pub fn set_simulating(&mut self, simulates: bool) {
        self.simulates = simulates;
    }

    /// Whether what it is told may be lost on the way: what matters is then told more than once.
    pub fn set_lossy(&mut self, lossy: bool) {
        self.lossy = lossy;
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

    /// Whether the receiver's line takes all that there is.
    pub fn strain(&self) -> Strain {
        self.pace.strain()
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
        let budget = self.pace.budget() - HEADER_BYTES;
        let kept = self.keep_for_things(output, budget);
        let for_people = budget - kept.iter().sum::<usize>();
        let people = self.choose_people(output, budget, for_people, scratch);
        if people == 0 {
            // Who wants nothing saves nothing up: it would take the others' place for ever.
            self.shares.wants_nothing(PEOPLE);
        }
        let left = budget - people;
        let shots = self.shots.fit(left.saturating_sub(kept[HANDS] + kept[BODIES] + kept[MONSTERS]));
        let left = left - shots;
        let monsters = self.monsters.fit(output, left.saturating_sub(kept[HANDS] + kept[BODIES]));
        let left = left - monsters;
        let bodies = self.bodies.fit(output, left.saturating_sub(kept[HANDS]));
        let hands = self.hands.fit(left - bodies);
        if people + hands + bodies + monsters + shots == 0 {
            return Shown::Nothing;
        }
        Header { incarnation: output.incarnation, tick: output.tick as u32, seq: seq as u32, ack }.write(out);
        if people > 0 {
            self.shares.took(PEOPLE, people);
            write_section(SectionKind::People, out, |out| scratch.write_people(output, out));
            self.told(output, scratch);
        }
        if bodies > 0 {
            self.shares.took(BODIES, bodies);
            write_section(SectionKind::Bodies, out, |out| self.bodies.write(output, out));
        }
        if monsters > 0 {
            self.shares.took(MONSTERS, monsters);
            write_section(SectionKind::Monsters, out, |out| self.monsters.write(output, out));
        }
        if shots > 0 {
            self.shares.took(SHOTS, shots);
            write_section(SectionKind::Shots, out, |out| self.shots.write(output, out));
        }
        if hands > 0 {
            self.shares.took(HANDS, hands);
            write_section(SectionKind::Joints, out, |out| self.hands.write(output, out));
        }
        self.pace.sent(output.tick);
        Shown::Frame
    }

    /// Leaves in `scratch` who is told; returns the bytes of their section, 0 when there is nothing to tell.
    ///
    /// The crowd's groups are as large as the whole frame has place for, whatever is kept for others; the rest has what is left.
    fn choose_people(
        &mut self,
        output: &TickOutput,
        budget: usize,
        for_people: usize,
        scratch: &mut Scratch,
    ) -> usize {
        let news = self.gather(output, scratch);
        let Some(crowd) = self.pick_crowd(output, news, budget, scratch) else { return 0 };
        let taken = SECTION_BYTES + crowd.bytes;
        scratch.fit(output, for_people.saturating_sub(taken));
        taken + scratch.groups.bytes
    }

    /// Bytes that people must leave to each of the others in this tick: 0 when there are none to tell.
    fn keep_for_things(&mut self, output: &TickOutput, budget: usize) -> [usize; 5] {
        let hands = self.hands.gather(output);
        let [x, y, z, ..] = self.reference(output).place;
        let reader =
            Reader { own: self.own_slot, simulates: self.simulates, lossy: self.lossy, from: [x, y, z] };
        let bodies = self.bodies.gather(output, reader, self.exact_m);
        let monsters = self.monsters.gather(output, reader, self.exact_m);
        let shots = self.shots.gather(output, reader.from, self.lossy);
        if hands + bodies + monsters + shots == 0 {
            return [0; 5];
        }
        // How much people want is known when they are chosen: it is more than there is, as a rule.
        let want = |all: usize| Want { urgent: 0, all };
        let wants = [want(usize::MAX), want(hands), want(bodies), want(monsters), want(shots)];
        let kept = self.shares.keep(budget, &SHARES, &wants);
        [0, kept[HANDS], kept[BODIES], kept[MONSTERS], kept[SHOTS]]
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
            self.hands.clear();
            self.bodies.clear();
            self.monsters.clear();
            self.shots.clear();
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
        let tick = output.tick as u32;
        entries.clear();
        entries.extend(chosen.iter().map(|choice| Entry::of(choice, before(choice), tick as u16, passed)));
        std::mem::swap(&mut self.entries, entries);
        self.note_who_is_told_singly(output);
        if self.telling != Telling::Frames {
            self.rates = json::rates(output.shed);
            return;
        }
        let hands_known = chosen.iter().filter(|choice| choice.tier <= Tier::B);
        let away = hands_known.map(|choice| {
            let [hx, hy, hz, ..] = output.records[usize::from(choice.record)].pose.head;
            (hx - x) * (hx - x) + (hy - y) * (hy - y) + (hz - z) * (hz - z)
        });
        self.exact_m = libm::sqrtf(away.fold(0.0, f32::max));
        let exactly = self.entries.iter().filter(|entry| entry.tier() == Tier::A);
        self.hands.look(output, self.looked_from, exactly.map(|entry| entry.slot));
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

    fn note_who_is_told_singly(&mut self, output: &TickOutput) {
        self.told_singly.clear();
        self.told_singly.resize(output.slots_len().div_ceil(64), 0);
        for entry in self.entries.iter().filter(|entry| !entry.is_fresh()) {
            put_in(&mut self.told_singly, entry.slot);
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
            let is_new = entry.is_news(tick, changed);
            if !is_new && !entry.should_refresh(tick, changed, self.lossy) {
                continue;
            }
            let Some(record) = output.record_index(entry.slot) else { continue };
            news |= is_new;
            let found = output.brief(record);
            let since = if self.lossy { entry.waited(tick).max(JUMPED_TICKS) } else { entry.waited(tick) };
            let jumped = tick.wrapping_sub(found.jumped) < since;
            scratch.due.push(Due {
                priority: self.priority(entry, tick, found.prominent),
                group: GroupId::new(entry.tier(), found.base),
                record: record as u16,
                entry: index as u16,
                jumped,
            });
        }
        news
    }

    fn priority(&self, entry: &Entry, tick: u32, prominent: bool) -> u32 {
        let waited = entry.waited(tick);
        if waited >= OVERDUE_TICKS {
            return OVERDUE_PRIORITY + waited;
        }
        // Who is new is due at once, and more so with every tick that has no place for them.
        let waited = if entry.is_fresh() { waited + entry.period(&self.rates) } else { waited };
        let prominent = if prominent { PROMINENT_PRIORITY } else { 1.0 };
        (self.rates.weights[entry.tier() as usize] * waited as f32 * prominent * 64.0) as u32
    }

    /// What of the crowd goes into this frame; `None` when there is nothing to tell at all.
    fn pick_crowd(
        &mut self,
        output: &TickOutput,
        news: bool,
        budget: usize,
        scratch: &mut Scratch,
    ) -> Option<Part> {
        let Scratch { crowd: picked, due, .. } = scratch;
        picked.clear();
        let refreshes = self.may_refresh(output);
        let own = usize::from(self.own_slot.is_some_and(|slot| output.in_slot(slot).is_some()));
        let all_singly = output.records.len() <= self.entries.len() + own;
        let Self { crowd, told_singly, own_slot, rates, .. } = self;
        let mut part = Part::default();
        if !all_singly {
            let told_better = |slot: u16| Some(slot) == *own_slot || is_in(told_singly, slot);
            part = crowd.pick(output, budget, rates.periods[Tier::E as usize], told_better, picked);
            if news || part.changed || refreshes {
                crowd.refresh(output, budget, told_better, picked, &mut part);
            }
        }
        let something = !due.is_empty() || !picked.is_empty();
        (something && (news || part.changed || refreshes)).then_some(part)
    }

    /// Refreshes alone are told once a second.
    fn may_refresh(&self, output: &TickOutput) -> bool {
        output.tick >= self.last_people_tick + REFRESH_FRAME_TICKS
    }

    /// Notes what is left in `due` as told.
    fn told(&mut self, output: &TickOutput, scratch: &Scratch) {
        for due in &scratch.due {
            let entry = &mut self.entries[usize::from(due.entry)];
            entry.told(output.tick as u32, &self.rates);
            put_in(&mut self.told_singly, entry.slot);
        }
        self.last_people_tick = output.tick;
    }
}

/// Whether a set of slots, one bit each, has a slot.
fn is_in(slots: &[u64], slot: u16) -> bool {
    slots.get(usize::from(slot) / 64).is_some_and(|bits| bits >> (slot % 64) & 1 == 1)
}

fn put_in(slots: &mut [u64], slot: u16) {
    slots[usize::from(slot) / 64] |= 1 << (slot % 64);
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
    /// The hands' joints, where they are tracked.
    pub hands: Hands,
}

#[cfg(test)]
#[path = "viewer_tests.rs"]
mod tests;
