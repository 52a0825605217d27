//! Who is told how exactly to one receiver: rings around where it is, with caps, hysteresis and boosts. Pure functions.
//!
//! Knows one tick's output and what the receiver was told before; nothing of bytes or budgets.

use crate::tick_output::TickOutput;
use thexr_wire::Tier;
use thexr_wire::limits::TICK_MS;
use thexr_wire::pose::Place;

/// One ring around a receiver.
#[derive(Debug, Clone, Copy)]
pub struct Ring {
    /// Who is within it, metres.
    pub radius_m: f32,
    /// How many of them; the farthest beyond that are told as the next ring.
    pub people_max: usize,
    /// Ticks between two records of one person.
    pub period_ticks: u32,
    /// Priority of one tick of waiting.
    pub weight: f32,
}

/// Rings of tiers A to D; 480 + 432 + 269 + 84 bytes a tick when all are full.
pub const RINGS: [Ring; 4] = [
    Ring { radius_m: 5.0, people_max: 12, period_ticks: 1, weight: 20.0 },
    Ring { radius_m: 15.0, people_max: 36, period_ticks: 2, weight: 10.0 },
    Ring { radius_m: 40.0, people_max: 96, period_ticks: 5, weight: 4.0 },
    Ring { radius_m: 100.0, people_max: 240, period_ticks: 20, weight: 1.0 },
];
/// People told one by one; everyone else is told as the crowd.
pub const INTEREST_MAX: usize = 12 + 36 + 96 + 240;
/// Ticks in which the whole crowd is told once: 0.5 Hz.
pub const CROWD_PERIOD_TICKS: u32 = 40;
/// Who is in a ring stays in it up to this share of its radius, so that nobody flickers at its edge.
pub const STAY: f32 = 1.2;
/// Nobody falls out of a ring by distance before this time in it, ticks (4 s).
pub const STAY_TICKS: u64 = 4_000 / TICK_MS;
/// Who speaks, holds something or is in one's party counts as if this much nearer: one ring up.
pub const PROMINENT: f32 = 0.35;
/// Half of the angle that counts as seen, cosine (75 degrees): wider than any display, narrow enough to save.
const SEEN_COS: f32 = 0.26;
/// Nearer than this people are told at the full rate wherever one looks, metres.
const ALWAYS_SEEN_M: f32 = 2.0;

const _: () = assert!(
    INTEREST_MAX == RINGS[0].people_max + RINGS[1].people_max + RINGS[2].people_max + RINGS[3].people_max
);

/// Whence a receiver looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reference {
    /// Eyes.
    pub place: Place,
    /// Who is not told: the receiver itself.
    pub own_slot: Option<u16>,
    /// Whom they came with; 0 for nobody.
    pub party: u32,
}

/// How someone was told so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Tier.
    pub tier: Tier,
    /// They are in it for less than [`STAY_TICKS`].
    pub young: bool,
}

/// How someone is told from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Who.
    pub slot: u16,
    /// Index of their record in the output the choice was made from.
    pub record: u16,
    /// How exactly.
    pub tier: Tier,
    /// Outside what the receiver sees: half the rate.
    pub behind: bool,
}

/// Candidates, kept between calls for their memory: effective square of the distance and index of the record.
pub type Candidates = Vec<u64>;

/// How far one has to look around: the outermost ring, and those who stay in it.
pub const REACH_M: f32 = RINGS[3].radius_m * STAY;
/// How much farther than the farthest of the last time one looks in a dense crowd, metres.
const REACH_SPARE_M: f32 = 6.0;
/// Squares of metres in one step of a candidate's key.
const KEY_STEPS: f32 = 1_024.0;

/// Chooses who is told one by one, at most [`INTEREST_MAX`], nearer tiers first; `reach_m` is where the last choice
/// ended and is set to where this one does, so that in a dense crowd few are looked at.
pub fn choose(
    output: &TickOutput,
    from: &Reference,
    held: impl Fn(u16) -> Option<Held>,
    reach_m: &mut f32,
    candidates: &mut Candidates,
    chosen: &mut Vec<Choice>,
) {
    collect(output, from, &held, *reach_m, candidates);
    let mut places = places(candidates);
    if places.iter().sum::<usize>() == candidates.len() && *reach_m < REACH_M {
        // Nobody was left out: there may be a place for someone farther away.
        collect(output, from, &held, REACH_M, candidates);
        places = self::places(candidates);
    }
    let told: usize = places.iter().sum();
    *reach_m = REACH_M;
    if candidates.len() > told {
        let (_, last, _) = candidates.select_nth_unstable(told.saturating_sub(1));
        let farthest_m = libm::sqrtf(square_of(*last));
        *reach_m = (farthest_m * STAY + REACH_SPARE_M).min(REACH_M);
        candidates.truncate(told);
    }
    // Only who is among the nearest so many matters, not the order within.
    let (mut rest, mut nearest) = (&mut candidates[..], told);
    for ring in (1..RINGS.len()).rev() {
        nearest -= places[ring];
        if nearest > 0 && nearest < rest.len() {
            rest.select_nth_unstable(nearest);
        }
        rest = &mut rest[..nearest];
    }
    chosen.clear();
    let view = View::new(&from.place);
    let mut nearest = candidates.iter();
    for (tier, people) in Tier::ALL.into_iter().zip(places) {
        for candidate in nearest.by_ref().take(people) {
            let index = (candidate & 0xffff) as u16;
            let record = &output.records[usize::from(index)];
            let behind = view.is_behind(&record.pose.head);
            chosen.push(Choice { slot: record.slot, record: index, tier, behind });
        }
    }
}

/// How many are told in each ring: those within it and those whom the ring before had no place for, up to its cap.
fn places(candidates: &Candidates) -> [usize; RINGS.len()] {
    let mut places = [0; RINGS.len()];
    for candidate in candidates {
        let square = square_of(*candidate);
        let ring = RINGS.iter().position(|ring| square <= ring.radius_m * ring.radius_m);
        places[ring.unwrap_or(RINGS.len() - 1)] += 1;
    }
    let mut too_many = 0;
    for (people, ring) in places.iter_mut().zip(RINGS) {
        let wanted = *people + too_many;
        *people = wanted.min(ring.people_max);
        too_many = wanted - *people;
    }
    places
}

/// Everyone within a reach, and those who may count as nearer than they are.
fn collect(
    output: &TickOutput,
    from: &Reference,
    held: &impl Fn(u16) -> Option<Held>,
    reach_m: f32,
    candidates: &mut Candidates,
) {
    candidates.clear();
    let [x, y, z, ..] = from.place;
    let eye = [x, y, z];
    let (far, reach) = (RINGS[3].radius_m * RINGS[3].radius_m, reach_m * reach_m);
    let mut take = |record: u16, slot: u16, mut square: f32| {
        if Some(slot) == from.own_slot {
            return;
        }
        if let Some(held) = held(slot) {
            square /= STAY * STAY;
            if held.young {
                // The last of its ring: it stays as long as there is a place.
                square = square.min(RINGS[held.tier as usize].radius_m * RINGS[held.tier as usize].radius_m);
            }
        }
        if square <= far {
            candidates.push(((square * KEY_STEPS) as u64) << 16 | u64::from(record));
        }
    };
    let is_special = |record: u16| {
        let record = &output.records[usize::from(record)];
        record.prominent || (record.party != 0 && record.party == from.party)
    };
    let no_special = output.special().is_empty();
    output.around(eye, reach_m, |spot| {
        let square = square(spot.point, eye);
        if square <= reach && (no_special || !is_special(spot.record)) {
            take(spot.record, spot.slot, square);
        }
    });
    for spot in output.special().iter().filter(|spot| is_special(spot.record)) {
        take(spot.record, spot.slot, square(spot.point, eye) * (PROMINENT * PROMINENT));
    }
}

/// The effective square of a candidate's distance.
fn square_of(candidate: u64) -> f32 {
    (candidate >> 16) as f32 / KEY_STEPS
}

fn square(a: [f32; 3], b: [f32; 3]) -> f32 {
    let [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    x * x + y * y + z * z
}

/// Where a receiver looks, on the ground.
struct View {
    eye: [f32; 3],
    forward: [f32; 2],
}

impl View {
    fn new(place: &Place) -> Self {
        let [x, y, z, qx, qy, qz, qw] = *place;
        let forward = [2.0 * (qx * qz + qw * qy), 1.0 - 2.0 * (qx * qx + qy * qy)];
        let length = libm::sqrtf(forward[0] * forward[0] + forward[1] * forward[1]);
        // Who looks straight up or down sees all around.
        let forward = if length > 0.2 { forward.map(|axis| axis / length) } else { [0.0; 2] };
        Self { eye: [x, y, z], forward }
    }

    fn is_behind(&self, head: &Place) -> bool {
        if self.forward == [0.0; 2] {
            return false;
        }
        let [dx, dz] = [head[0] - self.eye[0], head[2] - self.eye[2]];
        let distance = libm::sqrtf(dx * dx + dz * dz);
        distance > ALWAYS_SEEN_M && dx * self.forward[0] + dz * self.forward[1] < SEEN_COS * distance
    }
}

#[cfg(test)]
#[path = "interest_tests.rs"]
mod tests;
