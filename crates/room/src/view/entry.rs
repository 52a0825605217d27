//! Someone whom a receiver is told of one by one: how exactly, when last, and not before when.

use crate::view::interest::{Choice, STAY_TICKS};
use crate::view::stretch::Rates;
use thexr_wire::Tier;

/// Ticks after which an unchanged avatar is told again: 4 s, in case its last record overtook its creation.
pub const REFRESH_TICKS: u32 = 80;
/// The same where records may be lost: half a second, since the one that says where somebody came to rest may have been.
pub const LOSSY_REFRESH_TICKS: u32 = 10;
/// Where records may be lost, whoever jumped is told so in all records of so many ticks: one of them arrives.
pub(crate) const JUMPED_TICKS: u32 = 4;
/// Later refreshes wait as long as the avatar has rested, at most so many ticks (20 s).
pub const REFRESH_TICKS_MAX: u32 = 400;

/// Someone whom the receiver is told of one by one; 8 bytes, since every frame reads those of its receiver from far away
/// memory. Ticks are low bits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub slot: u16,
    /// Not before this tick.
    next: u16,
    /// Tick of the last telling; of its beginning while it is fresh.
    told: u16,
    /// Tier and marks.
    state: u8,
    /// Ticks until distance may move it to a farther tier.
    pub stays: u8,
}

/// Bits of [`Entry::state`] beside the tier.
const TIER_BITS: u8 = 7;
const BEHIND: u8 = 8;
const FRESH: u8 = 16;

const _: () = assert!(size_of::<Entry>() == 8 && STAY_TICKS <= u8::MAX as u64);

impl Entry {
    /// The entry of a choice, going on from the one before, which was looked at so many ticks ago.
    pub fn of(choice: &Choice, before: Option<&Self>, tick: u16, passed: u64) -> Self {
        let Choice { slot, tier, behind, .. } = *choice;
        let state = tier as u8 | if behind { BEHIND } else { 0 };
        let anew = Self { slot, next: tick, told: tick, state, stays: STAY_TICKS as u8 };
        let Some(before) = before else { return Self { state: state | FRESH, ..anew } };
        let anew = Self { told: before.told, state: state | before.state & FRESH, ..anew };
        match tier.cmp(&before.tier()) {
            // Who comes nearer is told at once, also at rest: so far they were told less exactly.
            std::cmp::Ordering::Less => Self { state: anew.state | FRESH, ..anew },
            // Who goes farther is told when their time has come.
            std::cmp::Ordering::Greater => Self { next: before.next, ..anew },
            std::cmp::Ordering::Equal => {
                let stays = u64::from(before.stays).saturating_sub(passed) as u8;
                Self { next: before.next, stays, ..anew }
            }
        }
    }

    pub fn tier(&self) -> Tier {
        Tier::ALL[usize::from(self.state & TIER_BITS)]
    }

    pub fn is_behind(&self) -> bool {
        self.state & BEHIND != 0
    }

    pub fn is_fresh(&self) -> bool {
        self.state & FRESH != 0
    }

    /// Ticks between two tellings.
    pub fn period(&self, rates: &Rates) -> u32 {
        rates.periods[self.tier() as usize] << u32::from(self.is_behind())
    }

    /// Whether a pose that changed in a tick was not told yet.
    pub fn is_news(&self, tick: u32, changed: u32) -> bool {
        self.is_fresh() || tick.wrapping_sub(changed) < self.waited(tick)
    }

    /// Whether it is time to tell someone who rests since `changed` once more; sooner where records may be lost.
    pub fn should_refresh(&self, tick: u32, changed: u32, lossy: bool) -> bool {
        let soonest = if lossy { LOSSY_REFRESH_TICKS } else { REFRESH_TICKS };
        let waited = self.waited(tick);
        let rested_when_told = tick.wrapping_sub(changed).saturating_sub(waited);
        waited >= rested_when_told.clamp(soonest, REFRESH_TICKS_MAX)
    }

    /// Ticks since the last telling.
    pub fn waited(&self, tick: u32) -> u32 {
        u32::from((tick as u16).wrapping_sub(self.told))
    }

    /// Whether it may be told in a tick.
    pub fn may_be_told(&self, tick: u32) -> bool {
        (tick as u16).wrapping_sub(self.next) as i16 >= 0
    }

    /// Notes that it is told in a tick.
    pub fn told(&mut self, tick: u32, rates: &Rates) {
        let period = self.period(rates);
        // The first time only a part of the period, so that people are spread over its ticks.
        let wait = if self.is_fresh() { period - u32::from(self.slot) * 7 % period } else { period };
        self.told = tick as u16;
        self.next = self.told.wrapping_add(wait as u16);
        self.state &= !FRESH;
    }
}
