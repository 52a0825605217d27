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

/// Squares of metres in one step of a candidate's key.
const KEY_STEPS: f32 = 1_024.0;

/// Chooses who is told one by one, the nearest first; at most [`INTEREST_MAX`].
pub fn choose(
    output: &TickOutput,
    from: &Reference,
    held: impl Fn(u16) -> Option<Held>,
    candidates: &mut Candidates,
    chosen: &mut Vec<Choice>,
) {
    candidates.clear();
    chosen.clear();
    let reach_m = RINGS[3].radius_m;
    let [x, y, z, ..] = from.place;
    let far = reach_m * reach_m;
    output.around([x, y, z], reach_m * STAY, |spot| {
        if Some(spot.slot) == from.own_slot {
            return;
        }
        let mut square = square(spot.point, [x, y, z]);
        if spot.prominent || (spot.party != 0 && spot.party == from.party) {
            square *= PROMINENT * PROMINENT;
        }
        if held(spot.slot).is_some() {
            square /= STAY * STAY;
        }
        if square <= far {
            candidates.push(((square * KEY_STEPS) as u64) << 16 | u64::from(spot.record));
        }
    });
    if candidates.len() > INTEREST_MAX {
        candidates.select_nth_unstable(INTEREST_MAX - 1);
        candidates.truncate(INTEREST_MAX);
    }
    candidates.sort_unstable();
    let view = View::new(&from.place);
    let mut counts = [0; RINGS.len()];
    for candidate in candidates.iter() {
        let index = (candidate & 0xffff) as u16;
        let record = &output.records[usize::from(index)];
        let square = (candidate >> 16) as f32 / KEY_STEPS;
        let Some(tier) = tier(square, held(record.slot), &mut counts) else { continue };
        let behind = view.is_behind(&record.pose.head);
        chosen.push(Choice { slot: record.slot, record: index, tier, behind });
    }
}

/// The ring of an effective distance, or the one a newcomer to it must stay in, or the next with a place; `None` when
/// all these are full: the crowd.
fn tier(square: f32, held: Option<Held>, counts: &mut [usize; RINGS.len()]) -> Option<Tier> {
    let mut first = RINGS.iter().position(|ring| square <= ring.radius_m * ring.radius_m)?;
    if let Some(held) = held.filter(|held| held.young) {
        first = first.min(held.tier as usize);
    }
    let ring = (first..RINGS.len()).find(|ring| counts[*ring] < RINGS[*ring].people_max)?;
    counts[ring] += 1;
    Some(Tier::ALL[ring])
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
