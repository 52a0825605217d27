//! How far periods are stretched when not everything fits: by a receiver's budget, or because the server sheds.
//!
//! The far gives way first: D, then C, then B. Nobody is dropped. Pure functions of numbers.

use crate::view::interest::{CROWD_PERIOD_TICKS, RINGS};
use thexr_wire::Tier;

/// How much a server that has too much to do may shed; the highest level is [`SHED_MAX`].
#[derive(Debug, Clone, Copy, PartialEq)]
struct Shed {
    b: f32,
    c: f32,
    d: f32,
    crowd: f32,
    /// Each receiver is served in one of so many ticks.
    slice: u64,
}

/// Levels of shedding: stretch D, then C, then B, then slice receivers over ticks.
const SHED: [Shed; 7] = [
    Shed { b: 1.0, c: 1.0, d: 1.0, crowd: 1.0, slice: 1 },
    Shed { b: 1.0, c: 1.0, d: 2.0, crowd: 1.0, slice: 1 },
    Shed { b: 1.0, c: 1.0, d: 4.0, crowd: 2.0, slice: 1 },
    Shed { b: 1.0, c: 2.0, d: 4.0, crowd: 2.0, slice: 1 },
    Shed { b: 2.0, c: 2.0, d: 4.0, crowd: 2.0, slice: 1 },
    Shed { b: 2.0, c: 2.0, d: 4.0, crowd: 2.0, slice: 2 },
    Shed { b: 2.0, c: 4.0, d: 8.0, crowd: 4.0, slice: 4 },
];
/// The highest level of shedding.
pub const SHED_MAX: u8 = SHED.len() as u8 - 1;
/// How far a small budget stretches B, C, D; beyond that priorities decide.
const BUDGET_STRETCH_MAX: [f32; 3] = [3.0, 4.0, 8.0];
/// Bytes of a frame that are no records: its header and half a dozen group headers.
const OVERHEAD_BYTES: f32 = 16.0 + 6.0 * 8.0;

fn shed(level: u8) -> Shed {
    SHED[usize::from(level.min(SHED_MAX))]
}

/// Each receiver is served in one of so many ticks at a level of shedding.
pub fn slice(level: u8) -> u64 {
    shed(level).slice
}

/// Periods and priorities of one receiver for now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Ticks between two records of one person, tiers A to E.
    pub periods: [u32; 5],
    /// Priority of one tick of waiting, tiers A to E: the same for all when they are due.
    pub weights: [f32; 5],
}

impl Default for Rates {
    fn default() -> Self {
        rates(&[0.0; 5], f32::INFINITY, 0)
    }
}

/// Rates for so many people in each tier (those behind the view count half), a budget in bytes per tick, a level of
/// shedding.
pub fn rates(people: &[f32; 5], budget_bytes: f32, level: u8) -> Rates {
    let shed = shed(level);
    let mut stretch = [1.0, shed.b, shed.c, shed.d];
    let period = |tier: usize| RINGS[tier].period_ticks as f32;
    let cost = |tier: usize, stretch: f32| {
        people[tier] * Tier::ALL[tier].record_bytes() as f32 / (period(tier) * stretch)
    };
    let available = (budget_bytes - OVERHEAD_BYTES).max(1.0);
    for tier in [3, 2, 1] {
        let others: f32 =
            (0..4).filter(|other| *other != tier).map(|other| cost(other, stretch[other])).sum();
        if others + cost(tier, stretch[tier]) <= available {
            break;
        }
        let needed = cost(tier, 1.0) / (available - others).max(1.0);
        stretch[tier] = needed.clamp(stretch[tier], BUDGET_STRETCH_MAX[tier - 1].max(stretch[tier]));
    }
    let crowd = CROWD_PERIOD_TICKS as f32 * shed.crowd;
    let mut rates = Rates { periods: [crowd as u32; 5], weights: [RINGS[0].weight / crowd; 5] };
    for tier in 0..4 {
        rates.periods[tier] = libm::ceilf(period(tier) * stretch[tier]) as u32;
        rates.weights[tier] = RINGS[tier].weight / stretch[tier];
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: [f32; 5] = [12.0, 36.0, 96.0, 240.0, 600.0];

    #[test]
    fn full_rings_fit_the_ordinary_budget_at_their_full_rates() {
        assert_eq!(rates(&FULL, crate::view::pace::FRAME_BYTES as f32, 0).periods, [1, 2, 5, 20, 40]);
    }

    // Rule 4.11
    #[test]
    fn a_smaller_budget_stretches_the_far_first() {
        let periods = |budget| rates(&FULL, budget, 0).periods;
        let [a, b, c, d, _] = periods(1_290.0);
        assert!((a, b, c) == (1, 2, 5) && d > 20, "{d}");
        let [_, b, c, d, _] = periods(1_100.0);
        assert!(b == 2 && c > 5 && d == 160, "{c} {d}");
        assert_eq!(periods(200.0), [1, 6, 20, 160, 40]);
    }

    #[test]
    fn whoever_is_due_has_the_same_priority_in_every_tier() {
        for budget in [200.0, 700.0, 1_360.0] {
            for level in 0..=SHED_MAX {
                let Rates { periods, weights } = rates(&FULL, budget, level);
                for (period, weight) in periods.iter().zip(weights).take(4) {
                    let due = *period as f32 * weight;
                    assert!((19.9..45.0).contains(&due), "{budget} {level}: {due}");
                }
            }
        }
    }

    // Rule 4.11
    #[test]
    fn shedding_stretches_d_then_c_then_b_then_slices_receivers() {
        let periods: Vec<[u32; 5]> =
            (0..=SHED_MAX).map(|level| rates(&[0.0; 5], 1e9, level).periods).collect();
        assert_eq!(periods[1][..4], [1, 2, 5, 40]);
        assert_eq!(periods[3][..4], [1, 2, 10, 80]);
        assert_eq!(periods[4][..4], [1, 4, 10, 80]);
        assert_eq!((0..=SHED_MAX).map(slice).collect::<Vec<_>>(), [1, 1, 1, 1, 1, 2, 4]);
        assert_eq!(slice(200), 4, "a level beyond the highest is the highest");
    }
}
