//! What people simulate themselves because they touch or have thrown it: who may, for how long, and what the room makes of it.
//!
//! The first who claims a thing has it. Two acknowledgements keep both sides of one mind, where G. Fiedler ("Networked Physics in
//! Virtual Reality") counts changes of authority: the room believes a claim only of who has heard of its last refusal (the newest
//! tick in a frame up), and a claimant gives up what the room tells them of in a frame that answers their claim (`ack` of a frame
//! down); for of what somebody simulates they are not told.

use crate::bodies::{LOWEST_M, STEPS_PER_TICK};
use crate::limbs::distance;
use crate::log::Log;
use crate::people::People;
use std::collections::{BTreeMap, BTreeSet};
use thexr_physics::{Described, Key, Kind, Places, SPEED_MAX, Simulation, State, TOUCHED_MAX, Things};
use thexr_wire::bodies::Rounded;
use thexr_wire::claims::{CLAIMS_MAX, Claim, Claims, REACH_M};
use thexr_wire::limits::{COORDINATE_MAX_M, SAMPLE_AGE_MAX_MS, TICK_MS};
use thexr_wire::pose::Place;
use thexr_wire::{EntityId, UserId};

/// How far from where the room has it a thing is that one begins to simulate, metres; and so far it may go beyond its speed.
const CLAIM_OFF_M: f32 = 0.5;
/// How late one sees what moves, seconds: a line's delay and the jitter buffer. It has gone on meanwhile.
const SEEN_LATE_S: f32 = 0.4;
/// Who has not heard of the room for a while has pushed it meanwhile, at so many m/s, for so many seconds at most: a line that stalls
/// takes nothing back.
const PUSHED_M_S: f32 = 4.0;
const UNHEARD_MAX_S: f32 = 2.0;
/// Claims of one frame that are refused, at most; the rest of the frame is not read.
const REFUSED_PER_FRAME_MAX: usize = 8;
/// Bodies of a room that people simulate, at most; further ones are the room's.
pub const CLAIMED_MAX: usize = 1_000;
/// How long two people's things may touch, ticks (half a second); then both are the room's.
const CONTESTED_TICKS: u64 = 10;
/// Who is not heard of for so long, ticks, simulates nothing any more: 250 ms, on a bad line up to 550.
const LEASE_TICKS: [u64; 2] = [5, 11];
/// A bad line's share of that: so many times the second longest of its gaps.
const LEASE_GAPS: u64 = 4;
/// Gaps that are remembered of a line.
const GAPS: usize = 32;
/// What was refused to whom is forgotten when they are not heard of for so long, ticks (10 s).
const FORGET_TICKS: u64 = 200;
/// How far from the line on which it hangs a hinged thing is claimed to be, at most, metres.
const HINGE_OFF_M: f32 = 0.05;
/// How near things are that may touch each other, metres.
const TOUCHING_M: f32 = 0.01;

/// What a connection claims in its newest frame.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Claiming {
    /// The newest tick it has heard of, low 32 bits.
    pub heard_tick: u32,
    /// The same of the first frame that this one has overtaken before the room took it, if any: what was lost of a line or a room that
    /// stood still.
    pub overtaken_tick: Option<u32>,
    /// When the frame's pose was sampled, room clock, low 32 bits.
    pub sample_ms: u32,
    /// All that it simulates; `None`: it leaves that to the room.
    pub claims: Option<Claims>,
}

/// A thing that somebody simulates.
#[derive(Debug, Clone)]
pub(crate) struct Claimed {
    by: UserId,
    /// Slot of their avatar.
    pub by_slot: u16,
    /// As it was claimed last.
    pub state: State,
    pub rounded: Rounded,
    /// When it was so, room clock.
    pub at_ms: u64,
    /// Tick that took it in.
    pub tick: u64,
    touched_since: Option<u64>,
}

/// Somebody who simulates something, or would like to.
#[derive(Debug, Default)]
struct Claimant {
    slot: u16,
    keys: BTreeSet<Key>,
    /// What was refused in which tick, until they have heard of it.
    refused: BTreeMap<Key, u64>,
    /// Tick of their newest frame.
    last_frame_tick: u64,
    /// Ticks between their newest frames.
    gaps: [u8; GAPS],
    next_gap: usize,
}

/// What of a thing's simulation has come back to the room.
#[derive(Debug)]
pub(crate) struct Returned {
    pub key: Key,
    pub state: State,
    pub rests: bool,
}

/// What claims are judged by.
pub(crate) struct Court<'a> {
    pub log: &'a Log,
    pub people: &'a People,
    pub places: &'a Places,
    pub simulation: &'a mut Simulation,
    /// The key of what is in a slot.
    pub in_slot: &'a dyn Fn(u16) -> Option<Key>,
}

/// What people simulate.
#[derive(Debug, Default)]
pub(crate) struct Claimants {
    pending: BTreeMap<UserId, Claiming>,
    /// Who simulates what they touch.
    simulating: BTreeSet<UserId>,
    claimants: BTreeMap<UserId, Claimant>,
    bodies: BTreeMap<Key, Claimed>,
    begun: Vec<Key>,
    returned: Vec<Returned>,
}

/// What a frame says beside its claims.
struct Heard<'a> {
    user: &'a UserId,
    head: Place,
    /// The newest tick its sender had heard of.
    tick: u64,
    /// The same when they sent the first of what the room has not seen.
    since_tick: u64,
    /// When its bodies were where it says, room clock.
    at_ms: u64,
}

/// Why a claim does not hold.
enum Refused {
    /// They are told where the thing is, until they have heard it.
    Told,
    /// They will hear of it on the ordered lane, or there is nothing to hear.
    Silently,
}

impl Claimants {
    /// Takes all that somebody claims; the newest counts.
    pub fn note(&mut self, user: &UserId, claiming: Claiming) {
        match &claiming.claims {
            None => drop(self.simulating.remove(user)),
            Some(_) if !self.simulating.contains(user) => drop(self.simulating.insert(user.clone())),
            Some(_) => {}
        }
        let claims = claiming.claims.as_ref().is_some_and(|claims| !claims.bodies.is_empty());
        if claims || self.claimants.contains_key(user) {
            self.pending.insert(user.clone(), claiming);
        }
    }

    /// Whether somebody simulates what they touch: the room pushes nothing in their name.
    pub fn simulates(&self, user: &UserId) -> bool {
        self.simulating.contains(user)
    }

    /// Somebody is not here any more.
    pub fn forget(&mut self, gone: impl Fn(&UserId) -> bool) {
        self.simulating.retain(|user| !gone(user));
    }

    /// Whether anything was claimed since the last tick.
    pub fn is_asked(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Whether nobody simulates anything, or waits to hear why not.
    pub fn is_quiet(&self) -> bool {
        self.claimants.values().all(|claimant| claimant.keys.is_empty() && claimant.refused.is_empty())
    }

    /// How many things people simulate.
    pub fn len(&self) -> usize {
        self.bodies.len()
    }

    /// What somebody simulates.
    pub fn get(&self, key: Key) -> Option<&Claimed> {
        self.bodies.get(&key)
    }

    /// What people simulate.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        self.bodies.keys().copied()
    }

    /// What was claimed anew in a tick.
    pub fn told_in(&self, tick: u64) -> impl Iterator<Item = Key> {
        self.bodies.iter().filter(move |(_, body)| body.tick == tick).map(|(key, _)| *key)
    }

    /// What was refused to whom, with the slot of their avatar.
    pub fn refused(&self) -> impl Iterator<Item = (Key, u16)> {
        let each = |claimant: &'_ Claimant| {
            let slot = claimant.slot;
            claimant.refused.keys().map(move |key| (*key, slot)).collect::<Vec<_>>()
        };
        self.claimants.values().flat_map(each)
    }

    /// Somebody has done something else to a thing: whoever simulates it does so no more; how it was then. They are told so if it is
    /// there still.
    pub fn end(&mut self, key: Key, told_in: Option<u64>) -> Option<State> {
        let body = self.bodies.remove(&key)?;
        if let Some(claimant) = self.claimants.get_mut(&body.by) {
            claimant.keys.remove(&key);
            if let Some(tick) = told_in {
                claimant.refuse(key, tick);
            }
        }
        Some(body.state)
    }

    /// Judges what was claimed since the last tick; what people have begun to simulate, and what has come back.
    pub fn pass(&mut self, court: &mut Court<'_>) -> (Vec<Key>, Vec<Returned>) {
        for (user, claiming) in std::mem::take(&mut self.pending) {
            self.hear(&user, &claiming, court);
        }
        self.end_leases(court);
        self.part_contested(court);
        for Returned { key, state, rests } in &self.returned {
            if let Some(known) = court.places.id(*key).and_then(|id| court.places.get(id)) {
                let Described { solid, state: told, .. } = &known.described;
                let place = solid.hinge.map_or(state.place, |hinge| hinge.hung(&state.place, &told.place));
                court.simulation.put(*key, solid.clone(), State { place, ..*state }, *rests);
            }
        }
        (std::mem::take(&mut self.begun), std::mem::take(&mut self.returned))
    }

    /// Takes a frame's claims: what it does not list is the room's again, of the rest each is judged.
    fn hear(&mut self, user: &UserId, claiming: &Claiming, court: &mut Court<'_>) {
        let Some(person) = court.people.persons.get(user).filter(|person| person.driver.is_some()) else {
            return;
        };
        let (tick, clock_ms) = (court.log.now.tick, court.log.clock_ms());
        let nothing = Claims::default();
        let claims = claiming.claims.as_ref().unwrap_or(&nothing);
        let told = Heard {
            user,
            head: person.pose.head,
            tick: whole(claiming.heard_tick, tick).min(tick),
            since_tick: whole(claiming.overtaken_tick.unwrap_or(claiming.heard_tick), tick).min(tick),
            at_ms: whole(claiming.sample_ms, clock_ms)
                .saturating_sub(u64::from(claims.behind_ms))
                .clamp(clock_ms.saturating_sub(u64::from(SAMPLE_AGE_MAX_MS)), clock_ms),
        };
        let claims = claims.bodies.iter().take(CLAIMS_MAX);
        let mut listed = BTreeSet::new();
        let claims = claims.filter_map(|claim| Some(((court.in_slot)(claim.slot)?, claim)));
        // Each thing once: nothing goes farther by being listed twice.
        let claims: Vec<(Key, &Claim)> = claims.filter(|(key, _)| listed.insert(*key)).collect();
        let claimant = self.claimants.entry(user.clone()).or_default();
        claimant.slot = person.slot;
        claimant.heard_in(tick);
        claimant.refused.retain(|key, since| listed.contains(key) || told.tick < *since);
        let dropped: Vec<Key> = claimant.keys.difference(&listed).copied().collect();
        dropped.into_iter().for_each(|key| self.give_back(key, false));
        let mut refusals = 0;
        for (key, claim) in claims {
            let Err(refused) = self.judge(key, claim, &told, court) else { continue };
            if self.bodies.get(&key).is_some_and(|body| body.by == *user) {
                self.give_back(key, false);
            }
            let (Refused::Told, Some(claimant)) = (refused, self.claimants.get_mut(user)) else { continue };
            claimant.refuse(key, tick);
            refusals += 1;
            if refusals == REFUSED_PER_FRAME_MAX {
                break;
            }
        }
    }

    /// Whether a claim holds; then the thing is where it says.
    fn judge(
        &mut self,
        key: Key,
        claim: &Claim,
        heard: &Heard<'_>,
        court: &mut Court<'_>,
    ) -> Result<(), Refused> {
        let known = court.places.id(key).and_then(|id| Some((id, court.places.get(id)?)));
        let (id, known) = known.ok_or(Refused::Silently)?;
        let solid = &known.described.solid;
        match solid.kind {
            Kind::Free => {}
            // One too many, as it is here.
            Kind::Fixed => return Err(Refused::Told),
            Kind::Steered => return Err(Refused::Silently),
        }
        let place = claim.place.place();
        let beyond = place[..3].iter().any(|metres| metres.abs() > COORDINATE_MAX_M as f32);
        let unhinged = solid.hinge.is_some_and(|hinge| {
            let (is, was) = (hinge.pivot(&place), hinge.pivot(&known.described.state.place));
            distance(&is, &was) > HINGE_OFF_M
        });
        let touched = court.simulation.touched_at(key, solid, place, TOUCHING_M, TOUCHED_MAX + 1);
        if beyond || place[1] < LOWEST_M || unhinged || touched > TOUCHED_MAX {
            return Err(Refused::Told);
        }
        match self.bodies.get(&key) {
            Some(body) if body.by != *heard.user => return Err(Refused::Told),
            Some(body) => {
                let passed_s = heard.at_ms.saturating_sub(body.at_ms) as f32 / 1_000.0;
                if distance(&place, &body.state.place) > SPEED_MAX * passed_s + CLAIM_OFF_M {
                    return Err(Refused::Told);
                }
            }
            None if claim.rests && court.simulation.rounded(key) == Some(claim.place) => {
                // It rests there already: they have not heard yet that it is the room's again.
                return Ok(());
            }
            None => self.may_begin(key, id, &place, heard, court)?,
        }
        let state = State { place, velocity: claim.velocity, spin: claim.spin };
        self.take_in(key, claim.place, state, heard, court);
        if claim.rests {
            // What touches nothing falls, whatever is said of it.
            self.give_back(key, touched > 0 || solid.hinge.is_some());
        }
        Ok(())
    }

    fn may_begin(
        &self,
        key: Key,
        id: &EntityId,
        place: &Place,
        heard: &Heard<'_>,
        court: &Court<'_>,
    ) -> Result<(), Refused> {
        let holdable = court.log.world.entity(id).and_then(|entity| entity.holdable());
        let forbidden = holdable.is_some_and(|holdable| !holdable.policy.moves_by_touch());
        let claimant = self.claimants.get(heard.user);
        let unheard = claimant.and_then(|claimant| claimant.refused.get(&key));
        let unheard = unheard.is_some_and(|since| heard.tick < *since);
        let too_many = claimant.is_some_and(|claimant| claimant.keys.len() >= CLAIMS_MAX);
        let now = court.simulation.state(key).ok_or(Refused::Silently)?;
        let tips = court.places.get(id).is_some_and(|known| known.described.solid.tips(&now.place));
        let unheard_s = court.log.now.tick.saturating_sub(heard.since_tick) as f32 * TICK_MS as f32 / 1_000.0;
        let off_m = CLAIM_OFF_M
            + SEEN_LATE_S * distance(&now.velocity, &[0.0; 3])
            + PUSHED_M_S * unheard_s.min(UNHEARD_MAX_S);
        if forbidden
            || tips
            || unheard
            || too_many
            || self.bodies.len() >= CLAIMED_MAX
            || distance(place, &heard.head) > REACH_M
            || distance(place, &now.place) > off_m
        {
            return Err(Refused::Told);
        }
        Ok(())
    }

    /// What is claimed goes where its claimant has it, and pushes what is in its way.
    fn take_in(
        &mut self,
        key: Key,
        rounded: Rounded,
        state: State,
        heard: &Heard<'_>,
        court: &mut Court<'_>,
    ) {
        let tick = court.log.now.tick;
        let Some(claimant) = self.claimants.get_mut(heard.user) else { return };
        if claimant.keys.insert(key) {
            claimant.refused.remove(&key);
            let known = court.places.id(key).and_then(|id| court.places.get(id));
            let Some(solid) = known.map(|known| known.described.solid.steered()) else { return };
            let from = court.simulation.state(key).unwrap_or(state);
            court.simulation.put(key, solid, State::at(from.place), true);
            self.begun.push(key);
        }
        // What another has just let go of does not come back first.
        self.returned.retain(|returned| returned.key != key);
        court.simulation.steer(key, state.place, STEPS_PER_TICK);
        let before = self.bodies.get(&key);
        let (by, by_slot) = (heard.user.clone(), claimant.slot);
        // Its time does not go back: it would go twice as fast.
        let at_ms = before.map_or(heard.at_ms, |before| heard.at_ms.max(before.at_ms));
        let touched_since = before.and_then(|body| body.touched_since);
        self.bodies.insert(key, Claimed { by, by_slot, state, rounded, at_ms, tick, touched_since });
    }

    /// The room simulates on from where it was claimed to be last.
    fn give_back(&mut self, key: Key, rests: bool) {
        let Some(body) = self.bodies.remove(&key) else { return };
        if let Some(claimant) = self.claimants.get_mut(&body.by) {
            claimant.keys.remove(&key);
        }
        let state = if rests { State::at(body.state.place) } else { body.state };
        self.begun.retain(|begun| *begun != key);
        self.returned.push(Returned { key, state, rests });
    }

    /// Who has gone, or is not heard of, simulates nothing any more.
    fn end_leases(&mut self, court: &Court<'_>) {
        let tick = court.log.now.tick;
        let mut over = Vec::new();
        for (user, claimant) in &mut self.claimants {
            let person = court.people.persons.get(user);
            let here = person.is_some_and(|person| person.driver.is_some() && person.away_since_ms.is_none());
            if !here {
                claimant.refused.clear();
            }
            if !here || tick.saturating_sub(claimant.last_frame_tick) > claimant.lease_ticks() {
                over.extend(claimant.keys.iter().copied());
                if here {
                    // What is still under way from them is not to begin it anew.
                    claimant.keys.clone().into_iter().for_each(|key| claimant.refuse(key, tick));
                }
            }
        }
        over.into_iter().for_each(|key| self.give_back(key, false));
        let forgotten = |claimant: &Claimant| tick.saturating_sub(claimant.last_frame_tick) > FORGET_TICKS;
        self.claimants.retain(|_, claimant| !claimant.keys.is_empty() || !forgotten(claimant));
        for claimant in self.claimants.values_mut() {
            claimant.refused.retain(|_, since| tick.saturating_sub(*since) <= FORGET_TICKS);
        }
    }

    /// Things of two people that keep touching each other are simulated by neither.
    fn part_contested(&mut self, court: &Court<'_>) {
        let holding = self.claimants.values().filter(|claimant| !claimant.keys.is_empty()).count();
        if holding < 2 {
            return;
        }
        let tick = court.log.now.tick;
        let touches = |key: Key, by: &UserId| {
            let others = |other: Key| self.bodies.get(&other).is_some_and(|other| other.by != *by);
            court.simulation.touches_any(key, TOUCHING_M, others)
        };
        let touching: Vec<(Key, bool)> =
            self.bodies.iter().map(|(key, body)| (*key, touches(*key, &body.by))).collect();
        for (key, touches) in touching {
            let Some(body) = self.bodies.get_mut(&key) else { continue };
            if !touches {
                body.touched_since = None;
                continue;
            }
            let since = *body.touched_since.get_or_insert(tick);
            if tick - since < CONTESTED_TICKS {
                continue;
            }
            let by = body.by.clone();
            self.give_back(key, false);
            if let Some(claimant) = self.claimants.get_mut(&by) {
                claimant.refuse(key, tick);
            }
        }
    }
}

impl Claimant {
    /// A claim of theirs does not hold: they are told where the thing is until they have heard of it. Of very many the oldest is
    /// forgotten.
    fn refuse(&mut self, key: Key, tick: u64) {
        if self.refused.len() >= CLAIMS_MAX && !self.refused.contains_key(&key) {
            let oldest = self.refused.iter().min_by_key(|(_, since)| **since).map(|(key, _)| *key);
            oldest.map(|oldest| self.refused.remove(&oldest));
        }
        self.refused.insert(key, tick);
    }

    /// A frame of theirs has come.
    fn heard_in(&mut self, tick: u64) {
        let gap = tick.saturating_sub(self.last_frame_tick);
        if self.last_frame_tick > 0 && gap <= LEASE_TICKS[1] {
            self.gaps[self.next_gap] = gap as u8;
            self.next_gap = (self.next_gap + 1) % GAPS;
        }
        self.last_frame_tick = tick;
    }

    /// For how long they are not missed: the 95th of a hundred gaps is about the second longest of these.
    fn lease_ticks(&self) -> u64 {
        let (mut longest, mut second) = (0, 0);
        for gap in self.gaps {
            if gap > longest {
                (longest, second) = (gap, longest);
            } else {
                second = second.max(gap);
            }
        }
        (LEASE_GAPS * u64::from(second)).clamp(LEASE_TICKS[0], LEASE_TICKS[1])
    }
}

/// A number of which the low bits are known: the one nearest to another.
fn whole(low: u32, near: u64) -> u64 {
    near.saturating_add_signed(i64::from(low.wrapping_sub(near as u32) as i32))
}
