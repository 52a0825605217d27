//! Who is told how exactly to one receiver: rings around where it is, with caps, hysteresis and boosts. Pure functions.
//!
//! Knows one tick's output and what the receiver was told before; nothing of bytes or budgets.

use crate::motion::output::{Spot, TickOutput};
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
    /// The own avatar's head; without one the camera, or else the entrance.
    pub place: Place,
    /// Who is not told: the receiver itself.
    pub own_slot: Option<u16>,
    /// Whom they came with; 0 for nobody.
    pub party: u32,
}

/// How someone was told so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Index of their spot in the output that is chosen from.
    pub spot: u16,
    /// How exactly they were told since the last choice.
    pub tier: Tier,
    /// They are in it for less than [`STAY_TICKS`].
    pub young: bool,
}

/// How someone is told from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Motion slot of the person who is told.
    pub slot: u16,
    /// Index of their record in the output the choice was made from.
    pub record: u16,
    /// How exactly.
    pub tier: Tier,
    /// Outside what the receiver sees: half the rate.
    pub behind: bool,
}

/// Working memory of [`choose`].
#[derive(Debug, Default)]
pub struct Candidates {
    /// Effective square of the distance, then the index of the spot.
    keys: Vec<u64>,
    /// Per spot: where in `keys` it may stand.
    places: Vec<u16>,
}

/// How far one has to look around: the outermost ring, and those who stay in it.
pub const REACH_M: f32 = RINGS[3].radius_m * STAY;
/// How much farther than the farthest of the last time one looks in a dense crowd, metres: a walker's way meanwhile.
const REACH_SPARE_M: f32 = 1.5;
/// Squares of metres in one step of a candidate's key.
const KEY_STEPS: f32 = 1_024.0;

/// Chooses who is told one by one, at most [`INTEREST_MAX`], nearer tiers first; `reach_m` is where the last choice
/// ended and is set to where this one does, so that in a dense crowd few are looked at.
pub fn choose(
    output: &TickOutput,
    from: &Reference,
    held: &[Held],
    reach_m: &mut f32,
    candidates: &mut Candidates,
    chosen: &mut Vec<Choice>,
) {
    candidates.collect(output, from, held, *reach_m);
    let mut places = places(&candidates.keys);
    if places.iter().sum::<usize>() == candidates.keys.len() && *reach_m < REACH_M {
        // Nobody was left out: there may be a place for someone farther away.
        candidates.collect(output, from, held, REACH_M);
        places = self::places(&candidates.keys);
    }
    let keys = &mut candidates.keys;
    let told: usize = places.iter().sum();
    *reach_m = REACH_M;
    if keys.len() > told {
        let (_, last, _) = keys.select_nth_unstable(told.saturating_sub(1));
        let farthest_m = libm::sqrtf(square_of(*last));
        *reach_m = (farthest_m * STAY + REACH_SPARE_M).min(REACH_M);
        keys.truncate(told);
    }
    // Only who is among the nearest so many matters, not the order within.
    let (mut rest, mut nearest) = (&mut keys[..], told);
    for ring in (1..RINGS.len()).rev() {
        nearest -= places[ring];
        if nearest > 0 && nearest < rest.len() {
            rest.select_nth_unstable(nearest);
        }
        rest = &mut rest[..nearest];
    }
    chosen.clear();
    let view = View::new(&from.place);
    let mut nearest = keys.iter();
    for (tier, people) in Tier::ALL.into_iter().zip(places) {
        for key in nearest.by_ref().take(people) {
            let Spot { point, slot, record } = *output.spot(spot_of(*key));
            chosen.push(Choice { slot, record, tier, behind: view.is_behind(point) });
        }
    }
}

/// How many are told in each ring: those within it and those whom the ring before had no place for, up to its cap.
fn places(keys: &[u64]) -> [usize; RINGS.len()] {
    let mut places = [0; RINGS.len()];
    for key in keys {
        let square = square_of(*key);
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

impl Candidates {
    /// Everyone within a reach, those who may count as much nearer than they are, and those told so far a little nearer.
    fn collect(&mut self, output: &TickOutput, from: &Reference, held: &[Held], reach_m: f32) {
        self.keys.clear();
        self.places.resize(output.records.len(), 0);
        let [x, y, z, ..] = from.place;
        let (eye, reach) = ([x, y, z], reach_m * reach_m);
        for (first, row) in output.rows_around(eye, reach_m) {
            for (index, spot) in (first..).zip(row) {
                let square = square(spot.point, eye);
                if square <= reach && Some(spot.slot) != from.own_slot {
                    self.places[usize::from(index)] = self.keys.len() as u16;
                    self.keys.push(key(square, index));
                }
            }
        }
        for index in output.special() {
            let spot = output.spot(index);
            let record = &output.records[usize::from(spot.record)];
            let counts = record.prominent || record.party == from.party;
            if counts && Some(spot.slot) != from.own_slot {
                let nearer = |square: f32| square * (PROMINENT * PROMINENT);
                if !self.change(index, nearer) {
                    self.places[usize::from(index)] = self.keys.len() as u16;
                    self.keys.push(key(nearer(square(spot.point, eye)), index));
                }
            }
        }
        // Last, so that it is the ring they count to whose edge holds them.
        for held in held {
            self.change(held.spot, |square| {
                let square = square / (STAY * STAY);
                let edge = RINGS[held.tier as usize].radius_m;
                // The last of its ring: it stays as long as there is a place.
                if held.young { square.min(edge * edge) } else { square }
            });
        }
        let outermost = key(RINGS[3].radius_m * RINGS[3].radius_m, u16::MAX);
        self.keys.retain(|key| *key <= outermost);
    }

    /// Changes the square of someone's distance; `false` when they are none of the candidates.
    fn change(&mut self, spot: u16, square: impl Fn(f32) -> f32) -> bool {
        let place = usize::from(self.places[usize::from(spot)]);
        match self.keys.get_mut(place).filter(|key| spot_of(**key) == spot) {
            Some(found) => {
                *found = key(square(square_of(*found)), spot);
                true
            }
            None => false,
        }
    }
}

/// A candidate's key: the nearer, the smaller.
fn key(square: f32, spot: u16) -> u64 {
    ((square * KEY_STEPS) as u64) << 16 | u64::from(spot)
}

/// The effective square of a candidate's distance.
fn square_of(key: u64) -> f32 {
    (key >> 16) as f32 / KEY_STEPS
}

fn spot_of(key: u64) -> u16 {
    key as u16
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

    fn is_behind(&self, [x, _, z]: [f32; 3]) -> bool {
        if self.forward == [0.0; 2] {
            return false;
        }
        let [dx, dz] = [x - self.eye[0], z - self.eye[2]];
        let distance = libm::sqrtf(dx * dx + dz * dz);
        distance > ALWAYS_SEEN_M && dx * self.forward[0] + dz * self.forward[1] < SEEN_COS * distance
    }
}

#[cfg(test)]
#[path = "interest_tests.rs"]
mod tests;
