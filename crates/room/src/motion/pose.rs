//! Poses: from a connection's newest sample to the tick's records. Motion is never in the journal.

use crate::log::Log;
use crate::motion::output::{Encoded, Record, TellBodies, TickOutput};
use crate::outbox::Outbox;
use crate::people::People;
use crate::people::person::Person;
use crate::view::viewer::PoseInput;
use std::sync::Arc;
use thexr_wire::limits::{SAMPLE_AGE_MAX_MS, TICK_MS};
use thexr_wire::pose::{Marks, Sample};
use thexr_wire::{EntityId, Tier, UserId};
use thexr_world::Op;

/// Outputs that are kept for being used again; a tick that finds all of them still read makes another.
const OUTPUTS_KEPT: usize = 4;
/// How rarely motion is shown to a room where nobody moves: so many ticks after the last movement, once in so many.
///
/// After two seconds only what waits for its turn in a small budget is left to tell, after ten only refreshes, after
/// twenty only a few of them.
const QUIET: [(u64, u64); 3] = [(400, 80), (200, 20), (40, 5)];
/// Ticks between two savings of the place of someone who moves: 5 s.
const PLACE_SAVE_TICKS: u64 = 100;
/// A sample time that says "now", whenever the tick that takes it in comes.
const SAMPLED_NOW: u64 = u64::MAX;

/// What a room remembers of its motion between two ticks.
#[derive(Debug)]
pub(crate) struct Motion {
    /// Tick of the last movement of anyone, or of anything that happened.
    moved_tick: u64,
    /// Tick that was shown last.
    shown_tick: u64,
    /// The tick before: what is stamped later was not taken in by any tick yet.
    last_tick: u64,
    /// How much the shell sheds.
    shed: u8,
    /// Outputs of earlier ticks, to be used again.
    outputs: Vec<Arc<TickOutput>>,
}

impl Motion {
    /// Of a room that wakes in a tick.
    pub fn new(tick: u64) -> Self {
        Self { moved_tick: tick, shown_tick: 0, last_tick: tick, shed: 0, outputs: Vec::new() }
    }

    /// Whether this tick is shown; ticks may have been skipped before it, perhaps always the same ones.
    fn is_shown(&mut self, tick: u64) -> bool {
        if self.moved_tick > self.last_tick {
            self.moved_tick = tick;
        }
        let rested = QUIET.iter().find(|(after, _)| tick > self.moved_tick + after);
        let shown = rested.is_none_or(|(_, once_in)| tick >= self.shown_tick + once_in);
        if shown {
            self.shown_tick = tick;
        }
        shown
    }

    /// An output that nobody reads any more, or a new one.
    fn spare_output(&mut self) -> Arc<TickOutput> {
        let spare = self.outputs.iter().position(|output| Arc::strong_count(output) == 1);
        spare.map(|at| self.outputs.swap_remove(at)).unwrap_or_default()
    }
}

impl Motion {
    /// Takes a connection's newest pose; `false` when it does not drive anyone. Call before the tick, in peer order.
    pub fn take(&mut self, log: &Log, people: &mut People, input: PoseInput) -> bool {
        // The tick that takes it in is this one or a later one: which, is not known before it comes.
        let next_tick = log.now.tick + 1;
        let Some(peer) = people.peers.get_mut(&input.peer) else { return false };
        let driven = people.persons.get_mut(&peer.user).filter(|person| person.driver == Some(input.peer));
        let Some(person) = driven else {
            if peer.camera.replace(input.pose.head) != Some(input.pose.head) {
                // Who watches from elsewhere is to be shown what is there.
                self.moved_tick = next_tick;
            }
            return false;
        };
        if person.is_from_before(&input.pose.head, next_tick) {
            return true;
        }
        if person.hands != input.hands {
            (person.hands, person.hands_tick) = (input.hands, next_tick);
            self.moved_tick = next_tick;
        }
        let marks = Marks { holding: person.marks.holding, ..input.marks };
        let stays = !marks.jumped && person.marks == marks && person.pose == input.pose;
        if stays && person.stopped {
            // Says only that they are still there.
            return true;
        }
        // That somebody has stopped is told once: otherwise they would be seen to go on.
        person.stopped = stays;
        // Nobody was shown a jump that the same tick takes in together with what came after it.
        let jumped = marks.jumped || (person.marks.jumped && person.changed_tick > self.last_tick);
        person.marks = Marks { jumped, ..marks };
        if jumped {
            person.jumped_tick = next_tick;
        }
        person.sample_ms =
            input.sample_ms.map_or(SAMPLED_NOW, |sample| whole_ms(sample, next_tick * TICK_MS));
        person.pose = input.pose;
        person.changed_tick = next_tick;
        self.moved_tick = next_tick;
        true
    }

    /// Encodes everyone who moved, once per tier, and makes everyone findable; `tell_bodies` adds the things that move, and what people
    /// carry. A room in which only that is to be told, and nobody moves, rests.
    pub fn show(
        &mut self,
        log: &Log,
        people: &mut People,
        tell_bodies: Option<TellBodies<'_>>,
        bodies_move: bool,
        out: &mut Outbox,
    ) {
        let tick = log.now.tick;
        out.latest = None;
        if bodies_move {
            self.moved_tick = tick;
        }
        let is_shown = self.is_shown(tick);
        let last_tick = std::mem::replace(&mut self.last_tick, tick);
        if !is_shown {
            return;
        }
        let clock_ms = log.clock_ms();
        let mut latest = self.spare_output();
        // Ours alone: it is new, or nobody reads it any more.
        let Some(output) = Arc::get_mut(&mut latest) else { return };
        output.begin(log.incarnation, tick, log.now.at_ms);
        output.shed = self.shed;
        for (user, person) in &mut people.persons {
            if person.changed_tick > last_tick {
                person.take_in(tick, clock_ms);
            }
            if person.hands_tick > last_tick {
                person.hands_tick = tick;
            }
            let encoded = person.encode(clock_ms);
            let mut record =
                Record::new(person.slot, user.clone(), person.changed_tick, person.pose, encoded);
            record.prominent = person.marks.speaking || person.marks.holding;
            record.party = person.party;
            record.hands_tick = person.hands_tick;
            record.jumped_tick = person.jumped_tick;
            output.add(record, &person.hands, person.age_ms(clock_ms));
        }
        if let Some(tell) = tell_bodies {
            tell(output);
        }
        output.finish();
        if self.outputs.len() < OUTPUTS_KEPT {
            self.outputs.push(latest.clone());
        }
        out.latest = Some(latest);
    }

    /// How much the shell sheds, 0 for nothing: it alone knows whether there is time for everything.
    pub fn set_shed(&mut self, level: u8) {
        self.shed = level;
    }

    /// What people hold and whom they came with, after anything has changed.
    pub fn look_at_people(&mut self, log: &Log, people: &mut People) {
        if log.made.has_events() || !people.changes.joined.is_empty() {
            // Who comes is seen by everyone at once, and sees everyone, also in a room that rests.
            self.moved_tick = log.now.tick;
        }
        if !log.made.events.iter().flat_map(|event| &event.ops).any(concerns_people) {
            return;
        }
        for (user, person) in &mut people.persons {
            let avatar = EntityId::avatar(user);
            let held = |id: &EntityId| {
                let parent = log.world.entity(id).and_then(|entity| entity.parent());
                parent.is_some_and(|parent| parent.node.is_some())
            };
            let holding = log.world.children(&avatar).any(held);
            let party = log.world.entity(&avatar).and_then(|entity| entity.value("party"));
            let party = party.and_then(|value| value.as_str()).map_or(0, party_number);
            if (holding, party) != (person.marks.holding, person.party) {
                (person.marks.holding, person.party) = (holding, party);
                person.changed_tick = log.now.tick;
            }
        }
    }
}

/// Hands out places to keep: those of people who moved, every 5 s, and of those who left.
pub(crate) fn save_places(log: &Log, people: &mut People, out: &mut Outbox) {
    out.last_poses.append(&mut people.changes.places);
    let tick = log.now.tick;
    for (user, person) in &mut people.persons {
        if person.changed_tick > person.place_saved_tick && tick >= person.place_saved_tick + PLACE_SAVE_TICKS
        {
            person.place_saved_tick = tick;
            out.last_poses.push((UserId::clone(user), person.pose));
        }
    }
}

impl Person {
    /// What has changed since the last tick belongs to this one.
    fn take_in(&mut self, tick: u64, clock_ms: u64) {
        self.changed_tick = tick;
        if self.marks.jumped {
            self.jumped_tick = tick;
        }
        self.encoded = None;
        let oldest_ms = clock_ms.saturating_sub(u64::from(SAMPLE_AGE_MAX_MS));
        self.sample_ms = self.sample_ms.clamp(oldest_ms, clock_ms);
    }

    /// How old the newest sample is, as far as it is told.
    fn age_ms(&self, clock_ms: u64) -> u32 {
        clock_ms.saturating_sub(self.sample_ms).min(u64::from(SAMPLE_AGE_MAX_MS)) as u32
    }

    /// The pose in every tier, encoded anew only when something of it has changed.
    fn encode(&mut self, clock_ms: u64) -> Encoded {
        let age_ms = self.age_ms(clock_ms);
        let Self { slot, marks, pose, .. } = *self;
        let encoded = self.encoded.get_or_insert_with(|| {
            Encoded::new(&Sample { slot, tier: Tier::A, age_ms, marks, pose }, pose.cell())
        });
        encoded.set_age((age_ms / 4) as u8);
        *encoded
    }
}

/// A sample time of which the low bits are known: the one nearest to the room clock. A fresh room's clock is younger than
/// the oldest sample.
fn whole_ms(sample_low: u32, clock_ms: u64) -> u64 {
    let ahead = sample_low.wrapping_sub(clock_ms as u32) as i32;
    clock_ms.saturating_add_signed(i64::from(ahead))
}

/// Whether an op may change what someone holds or whom they came with.
fn concerns_people(op: &Op) -> bool {
    let named = |name: &str| name == "parent" || name == "party";
    match op {
        Op::Create { components, .. } | Op::Set { components, .. } | Op::Merge { components, .. } => {
            components.keys().any(|name| named(name))
        }
        Op::Unset { names, .. } => names.iter().any(|name| named(name)),
        Op::Delete { .. } | Op::Load { .. } => true,
        _ => false,
    }
}

/// A party's name as a number that is not 0 (FNV-1a): only whether two are the same matters.
fn party_number(name: &str) -> u32 {
    let hash = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    name.bytes().fold(0x811c_9dc5, hash).max(1)
}
