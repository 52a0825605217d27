//! Which of the things that move one receiver is told in a frame: near ones in every tick, far ones now and then, all of them in time.

use crate::motion::output::{HELD_TICKS, Moving, TickOutput};
use crate::motion::text::monster_moved;
use crate::view::entry::JUMPED_TICKS;
use thexr_wire::Tier;
use thexr_wire::bodies::{GROUP_BYTES, RECORD_BYTES, mark_jumped};
use thexr_wire::lane::{GROUP_BODIES_MAX, SECTION_BYTES, write_group};
use thexr_wire::pose::Cell;

/// Ticks in which everything that moves is told once, however far away it is.
const FAR_TICKS: u64 = 20;
/// How far away, metres, and how often, every so many ticks, a thing is told in each tier.
type Rings = [(f32, Tier, u64); 4];
const RINGS: Rings =
    [(15.0, Tier::A, 1), (30.0, Tier::B, 2), (60.0, Tier::C, 5), (f32::INFINITY, Tier::D, FAR_TICKS)];
/// The same of monsters: whom one may shoot at is told ten times a second.
const MONSTER_RINGS: Rings =
    [(15.0, Tier::A, 1), (60.0, Tier::B, 2), (100.0, Tier::C, 5), (f32::INFINITY, Tier::D, FAR_TICKS)];
/// One that rests is told again after so many ticks until its place is a fact: the frame may have been lost.
const REFRESH_TICKS: u64 = FAR_TICKS;
/// Who has never been told of a thing has waited for it for so long, ticks.
const UNTOLD_TICKS: u64 = 100;
/// What somebody holds is told as often as it can be to who is nearer; farther away it is told every [`FAR_TICKS`], metres: about
/// where its holder is told once a second only.
const HELD_NEAR_M: f32 = 120.0;
/// What has just come to rest or was put somewhere else goes before what merely moves, by this factor.
const NEWS_PRIORITY: u64 = 8;

/// What a receiver has been told of a thing.
#[derive(Debug, Clone, Copy)]
struct Told {
    slot: u16,
    rests: bool,
    tick: u64,
}

/// One that may be told in this tick.
#[derive(Debug, Clone, Copy)]
struct Due {
    priority: u64,
    index: u16,
    tier: Tier,
    cell: Cell,
    /// It was put somewhere since the receiver was told of it last.
    jumped: bool,
}

/// Who is told.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reader {
    /// Slot of their avatar.
    pub own: Option<u16>,
    /// They simulate what they touch.
    pub simulates: bool,
    /// What they are told may be lost on the way.
    pub lossy: bool,
    /// Where they look from.
    pub from: [f32; 3],
}

/// What one receiver has been told of things that move, or of monsters.
#[derive(Debug, Default)]
pub(crate) struct NearBodies {
    /// It is about monsters.
    monsters: bool,
    /// By slot; those only that the newest output has.
    told: Vec<Told>,
    before: Vec<Told>,
    due: Vec<Due>,
    groups: Vec<(Tier, Cell, usize)>,
}

impl NearBodies {
    /// Nothing has been told of monsters yet.
    pub fn of_monsters() -> Self {
        Self { monsters: true, ..Self::default() }
    }

    /// Those of which it is told.
    fn list<'a>(&self, output: &'a TickOutput) -> &'a [Moving] {
        if self.monsters { &output.monsters } else { &output.bodies }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.told.clear();
    }

    /// Finds what may be told in this tick, seen from a point; returns its bytes at most, 0 for nothing.
    ///
    /// What a receiver simulates themselves they are not told; what they claim in vain they are told until they have heard it.
    /// What somebody holds is told only if it is farther away than those who are told exactly, `exact_m`: of those one knows where
    /// their hands are.
    pub fn gather(&mut self, output: &TickOutput, reader: Reader, exact_m: f32) -> usize {
        let Reader { own, simulates, from, lossy } = reader;
        self.due.clear();
        std::mem::swap(&mut self.told, &mut self.before);
        self.told.clear();
        let mut before = self.before.iter().peekable();
        let rings = if self.monsters { &MONSTER_RINGS } else { &RINGS };
        let moving = if self.monsters { &output.monsters } else { &output.bodies };
        for (index, body) in moving.iter().enumerate() {
            let slot = body.state.slot;
            while before.next_if(|told| told.slot < slot).is_some() {}
            let told = before.next_if(|told| told.slot == slot).copied();
            self.told.extend(told);
            let refused = own.is_some_and(|own| output.refused.binary_search(&(slot, own)).is_ok());
            let is_theirs = body.by.is_some() && body.by == own && (simulates || body.state.held);
            if !body.news || is_theirs || body.to_refused && !refused {
                continue;
            }
            if body.state.held {
                let square = far_off(body, from);
                let far = square > HELD_NEAR_M * HELD_NEAR_M;
                let has_turn = !far || (output.tick + u64::from(slot)) % FAR_TICKS < HELD_TICKS;
                if square > exact_m * exact_m && has_turn {
                    let (index, tier) = (index as u16, Tier::D);
                    self.due.push(Due { priority: 1, index, tier, cell: body.cell, jumped: false });
                }
                continue;
            }
            let (tier, period) = ring(rings, body, from);
            let waited = told.map_or(UNTOLD_TICKS, |told| output.tick.saturating_sub(told.tick));
            let again = |at: u64| lossy && output.tick < at + u64::from(JUMPED_TICKS);
            let untold = |at: u64| told.is_none_or(|told| told.tick < at) || again(at);
            let jumped = body.jumped_tick.is_some_and(untold);
            let news = refused || jumped || told.is_none_or(|told| told.rests != body.state.rests);
            let period = if body.state.rests { REFRESH_TICKS } else { period };
            if news || waited >= period {
                let priority = waited.max(1) * (FAR_TICKS / period) * if news { NEWS_PRIORITY } else { 1 };
                self.due.push(Due { priority, index: index as u16, tier, cell: body.cell, jumped });
            }
        }
        if self.due.is_empty() { 0 } else { SECTION_BYTES + self.due.len() * (GROUP_BYTES + RECORD_BYTES) }
    }

    /// Leaves in what is due what fits into so many bytes; returns its bytes.
    pub fn fit(&mut self, output: &TickOutput, bytes: usize) -> usize {
        self.due.sort_unstable_by_key(|due| (std::cmp::Reverse(due.priority), due.index));
        self.groups.clear();
        let (mut taken, mut used) = (0, SECTION_BYTES);
        for due in &self.due {
            let group =
                self.groups.iter_mut().rfind(|(tier, cell, _)| (*tier, *cell) == (due.tier, due.cell));
            let group = group.filter(|(_, _, count)| *count < GROUP_BODIES_MAX);
            let more = RECORD_BYTES + if group.is_some() { 0 } else { GROUP_BYTES };
            if used + more > bytes {
                break;
            }
            match group {
                Some((_, _, count)) => *count += 1,
                None => self.groups.push((due.tier, due.cell, 1)),
            }
            (taken, used) = (taken + 1, used + more);
        }
        self.due.truncate(taken);
        let moving = if self.monsters { &output.monsters } else { &output.bodies };
        self.due.sort_unstable_by_key(|due| (due.tier, due.cell, moving[usize::from(due.index)].state.slot));
        if taken == 0 { 0 } else { used }
    }

    /// What is due as text, as far as it fits into so many bytes, noted as told; `None` for nothing.
    pub fn text(&mut self, output: &TickOutput, from: [f32; 3], bytes: usize) -> Option<String> {
        self.gather(output, Reader { from, ..Reader::default() }, f32::INFINITY);
        self.due.sort_unstable_by_key(|due| (std::cmp::Reverse(due.priority), due.index));
        let mut text = String::new();
        let moving = self.list(output);
        let fits = self.due.iter().take_while(|due| {
            let member = moving[usize::from(due.index)].movement();
            let fits = text.len() + member.len() + 2 <= bytes;
            if fits {
                text.push(if text.is_empty() { '{' } else { ',' });
                text.push_str(member);
            }
            fits
        });
        let count = fits.count();
        self.due.truncate(count);
        self.note(output);
        (count > 0).then(|| text + "}")
    }

    /// Hands out what is due of monsters one by one, as far as it fits into so many bytes, noted as told.
    pub fn each_text(
        &mut self,
        output: &TickOutput,
        from: [f32; 3],
        mut bytes: usize,
        mut each: impl FnMut(&str),
    ) {
        self.gather(output, Reader { from, ..Reader::default() }, f32::INFINITY);
        self.due.sort_unstable_by_key(|due| (std::cmp::Reverse(due.priority), due.index));
        let moving = self.list(output);
        let fits = self.due.iter().take_while(|due| {
            let monster = &moving[usize::from(due.index)];
            let text = monster_moved(&monster.id, &monster.state.place.place(), monster.doing, output.at_ms);
            let left = bytes.checked_sub(text.len());
            bytes = left.unwrap_or(0);
            if left.is_some() {
                each(&text);
            }
            left.is_some()
        });
        let count = fits.count();
        self.due.truncate(count);
        self.note(output);
    }

    /// Appends what is due, and notes it as told.
    pub fn write(&mut self, output: &TickOutput, out: &mut Vec<u8>) {
        let moving = self.list(output);
        let mut at = 0;
        while let Some(first) = self.due.get(at) {
            let same = |due: &&Due| (due.tier, due.cell) == (first.tier, first.cell);
            let count = self.due[at..].iter().take(GROUP_BODIES_MAX).take_while(same).count();
            write_group(out, first.tier, count as u8, first.cell);
            for due in &self.due[at..at + count] {
                let mut bytes = moving[usize::from(due.index)].bytes;
                if due.jumped {
                    mark_jumped(&mut bytes);
                }
                out.extend_from_slice(&bytes);
            }
            at += count;
        }
        self.note(output);
    }

    /// Notes what is due as told.
    fn note(&mut self, output: &TickOutput) {
        let moving = if self.monsters { &output.monsters } else { &output.bodies };
        for due in self.due.drain(..) {
            let state = moving[usize::from(due.index)].state;
            let told = Told { slot: state.slot, rests: state.rests, tick: output.tick };
            match self.told.binary_search_by_key(&state.slot, |told| told.slot) {
                Ok(place) => self.told[place] = told,
                Err(place) => self.told.insert(place, told),
            }
        }
    }
}

/// In which tier and how often a thing is told to who is at a point.
fn ring(rings: &Rings, body: &Moving, from: [f32; 3]) -> (Tier, u64) {
    let square = far_off(body, from);
    let ring = rings.iter().find(|(radius, _, _)| square <= radius * radius).unwrap_or(&rings[3]);
    (ring.1, ring.2)
}

/// Square of how far away a thing is, metres.
fn far_off(body: &Moving, from: [f32; 3]) -> f32 {
    let off: [f32; 3] = std::array::from_fn(|axis| body.point[axis] - from[axis]);
    off.iter().map(|metres| metres * metres).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use thexr_wire::EntityId;
    use thexr_wire::bodies::{BodyState, Rounded, read};

    /// Things in a row, a metre apart from each other.
    fn row(tick: u64, count: u16, first_m: f32, rests: impl Fn(u16) -> bool) -> TickOutput {
        let mut output = TickOutput::default();
        output.begin(1, tick, 0);
        for slot in 0..count {
            let place = [first_m + f32::from(slot), 0.5, 0.0, 0.0, 0.0, 0.0, 1.0];
            let state = BodyState { rests: rests(slot), ..BodyState::new(slot, Rounded::new(&place)) };
            output.bodies.push(Moving::new(EntityId::parse(&format!("thing{slot:03}")).unwrap(), state));
        }
        output.finish();
        output
    }

    /// Slots that a frame of so many bytes tells.
    fn told(bodies: &mut NearBodies, output: &TickOutput, bytes: usize) -> Vec<u16> {
        let mut section = Vec::new();
        let most = bodies.gather(output, Reader::default(), 15.0);
        let used = bodies.fit(output, bytes.min(most));
        bodies.write(output, &mut section);
        assert!(
            used <= bytes && section.len() + SECTION_BYTES == used.max(SECTION_BYTES),
            "{used} {}",
            section.len()
        );
        let mut slots = Vec::new();
        read(&section, |_, body| slots.push(body.slot)).unwrap();
        slots
    }

    // Rule 4.16
    #[test]
    fn near_things_are_told_in_every_tick_and_far_ones_now_and_then() {
        let mut bodies = NearBodies::default();
        let mut times: BTreeMap<u16, usize> = BTreeMap::new();
        for tick in 1..=100 {
            for slot in told(&mut bodies, &row(tick, 100, 0.0, |_| false), 10_000) {
                *times.entry(slot).or_default() += 1;
            }
        }
        assert_eq!([5, 25, 50, 90].map(|slot| times[&slot]), [100, 50, 20, 5]);
    }

    // Rule 4.16
    #[test]
    fn what_is_held_is_told_now_and_then_to_those_who_do_not_know_the_hands_of_its_holder() {
        let held = |tick: u64| {
            let mut output = row(tick, 150, 0.0, |_| false);
            for body in &mut output.bodies {
                let state = BodyState { held: true, ..body.state };
                *body = Moving::new(body.id.clone(), state);
            }
            output
        };
        let (mut bodies, mut times) = (NearBodies::default(), BTreeMap::<u16, usize>::new());
        for tick in (HELD_TICKS..=100).step_by(HELD_TICKS as usize) {
            for slot in told(&mut bodies, &held(tick), 10_000) {
                *times.entry(slot).or_default() += 1;
            }
        }
        let of = |slot: u16| times.get(&slot).copied().unwrap_or(0);
        assert_eq!([of(5), of(14), of(25), of(140)], [0, 0, 25, 5]);
    }

    #[test]
    fn at_every_budget_all_are_told_in_time() {
        for bytes in (SECTION_BYTES + GROUP_BYTES + RECORD_BYTES..200).chain([400, 1_000]) {
            let (mut bodies, mut seen) = (NearBodies::default(), [false; 60]);
            for tick in 1..=120 {
                for slot in told(&mut bodies, &row(tick, 60, 1.0, |_| false), bytes) {
                    seen[usize::from(slot)] = true;
                }
            }
            assert!(seen.iter().all(|seen| *seen), "at {bytes} bytes: {seen:?}");
        }
    }

    #[test]
    fn rest_is_told_at_once_and_then_rarely() {
        let mut bodies = NearBodies::default();
        (1..10).for_each(|tick| assert_eq!(told(&mut bodies, &row(tick, 3, 0.0, |_| false), 1_000).len(), 3));
        let rests = |tick| row(tick, 3, 0.0, |slot| slot == 1);
        assert_eq!(told(&mut bodies, &rests(10), 1_000), [0, 1, 2]);
        for tick in 11..30 {
            assert_eq!(told(&mut bodies, &rests(tick), 1_000), [0, 2], "{tick}");
        }
        assert_eq!(told(&mut bodies, &rests(30), 1_000), [0, 1, 2], "once more, in case it was lost");
        assert_eq!(told(&mut bodies, &row(31, 3, 0.0, |_| false), 1_000), [0, 1, 2]);
    }

    #[test]
    fn what_was_put_elsewhere_in_a_tick_that_was_passed_over_is_told_to_have_been_and_once() {
        for metres in [2.0, 20.0, 90.0] {
            let mut bodies = NearBodies::default();
            let mut marks = Vec::new();
            for tick in (1..=100).filter(|tick| !(40..44).contains(tick)) {
                let mut output = row(tick, 1, metres, |_| false);
                output.bodies[0].jumped_tick = (tick >= 41).then_some(41);
                let mut section = Vec::new();
                bodies.gather(&output, Reader::default(), 15.0);
                bodies.fit(&output, 1_000);
                bodies.write(&output, &mut section);
                if tick > 40 {
                    read(&section, |_, body| marks.push(body.jumped)).unwrap();
                }
            }
            assert!(marks.len() > 1 && marks[0] && !marks[1..].contains(&true), "{metres} m: {marks:?}");
        }
    }

    #[test]
    fn as_text_all_are_told_in_time_too_however_little_fits() {
        let (mut bodies, mut seen) = (NearBodies::default(), std::collections::BTreeSet::new());
        for tick in 1..=120 {
            let output = row(tick, 20, 1.0, |_| false);
            let Some(text) = bodies.text(&output, [0.0; 3], 200) else { continue };
            let told: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
            assert!(text.len() <= 200 && !told.is_empty());
            assert!(told.values().all(|place| place["position"].is_array() && place["rotation"].is_array()));
            seen.extend(told.into_keys());
        }
        assert_eq!(seen.len(), 20);
        assert_eq!(bodies.text(&row(121, 0, 0.0, |_| false), [0.0; 3], 200), None);
    }

    #[test]
    fn when_nothing_moves_nothing_is_told() {
        let mut bodies = NearBodies::default();
        told(&mut bodies, &row(1, 5, 0.0, |_| false), 1_000);
        assert_eq!(bodies.gather(&row(2, 0, 0.0, |_| false), Reader::default(), 0.0), 0);
        assert!(bodies.told.is_empty());
    }
}
