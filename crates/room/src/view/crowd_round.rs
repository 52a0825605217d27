//! The crowd as one receiver is told it: group after group, all of them once in two seconds, what did not change left out.
//!
//! Knows the tick's groups; who of them is told better is asked of the viewer.

use crate::motion::output::{CrowdGroup, CrowdPlace, TickOutput};

/// Share of a frame that the crowd may take on average.
const SHARE: f32 = 1.0 / 8.0;
/// Share of a frame that the crowd may take at once.
const BURST: usize = 2;
/// Every so many rounds all groups are told, changed or not.
const REFRESH_ROUNDS: u32 = 4;
/// Ticks that a receiver which was passed over catches up with, most.
const CATCH_UP_TICKS: u64 = 4;

/// Where a receiver's round stands.
#[derive(Debug, Default)]
pub(crate) struct CrowdRound {
    /// The last one told or passed over; `None` at the beginning of a round.
    cursor: Option<CrowdPlace>,
    /// This round is over.
    done: bool,
    rounds: u32,
    started: u64,
    /// When the round before began: what changed since then is told.
    before: u64,
    /// Bytes saved up; less than nothing after a large group.
    credit: f32,
    last_tick: u64,
}

/// What of the crowd goes into a frame.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub bytes: usize,
    /// Something of it is news.
    pub changed: bool,
}

impl CrowdRound {
    /// Puts the groups for this tick into `picked`; `told_better` says who is told otherwise.
    pub fn pick(
        &mut self,
        output: &TickOutput,
        budget: usize,
        period_ticks: u32,
        told_better: impl Fn(u16) -> bool,
        picked: &mut Vec<CrowdGroup>,
    ) -> Part {
        let share = (output.crowd_bytes() as f32 / period_ticks as f32).min(budget as f32 * SHARE);
        let ticks = output.tick.saturating_sub(self.last_tick).min(CATCH_UP_TICKS);
        self.last_tick = output.tick;
        self.credit = (self.credit + share * ticks as f32).min(share * CATCH_UP_TICKS as f32);
        let mut part = Part::default();
        while self.credit > 0.0 {
            if self.done && !self.begin_round(output.tick, period_ticks) {
                break;
            }
            let Some((group, last)) = output.crowd_after(self.cursor) else {
                self.done = true;
                continue;
            };
            let mut only_crowd =
                output.group_spots(&group).iter().filter(|spot| !told_better(spot.slot)).peekable();
            let is_crowd = only_crowd.peek().is_some();
            let changed =
                only_crowd.any(|spot| output.records[usize::from(spot.record)].changed_tick >= self.before);
            let for_us = changed || is_crowd && self.rounds.is_multiple_of(REFRESH_ROUNDS);
            if for_us && part.bytes + group.bytes() > budget / BURST {
                break;
            }
            self.cursor = Some(last);
            if for_us {
                self.credit -= group.bytes() as f32;
                part.bytes += group.bytes();
                part.changed |= changed;
                picked.push(group);
            }
        }
        part
    }

    fn begin_round(&mut self, tick: u64, period_ticks: u32) -> bool {
        if tick < self.started + u64::from(period_ticks) {
            return false;
        }
        (self.before, self.started) = (self.started, tick);
        self.rounds = self.rounds.wrapping_add(1);
        (self.cursor, self.done) = (None, false);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::{looking, output};
    use crate::view::interest::CROWD_PERIOD_TICKS;
    use std::collections::BTreeMap;
    use thexr_wire::pose::Pose;

    /// 400 people in 100 x 100 m, each of whom last moved in the tick given.
    fn people(tick: u64, moved: impl Fn(u16) -> u64) -> TickOutput {
        let stand = |n: u16| Pose::standing([f32::from(n % 20) * 5.0, 1.8, f32::from(n / 20) * 5.0]);
        output(tick, (0..400).map(|n| looking(n, stand(n), moved(n))).collect())
    }

    /// Ticks in which each slot was told, over some ticks.
    fn told(
        round: &mut CrowdRound,
        ticks: std::ops::Range<u64>,
        budget: usize,
        moved: impl Fn(u64, u16) -> u64,
    ) -> BTreeMap<u16, Vec<u64>> {
        let mut told: BTreeMap<u16, Vec<u64>> = BTreeMap::new();
        for tick in ticks {
            let output = people(tick, |slot| moved(tick, slot));
            let mut picked = Vec::new();
            let part = round.pick(&output, budget, CROWD_PERIOD_TICKS, |_| false, &mut picked);
            assert!(part.bytes <= budget / BURST);
            for group in picked {
                for spot in output.group_spots(&group) {
                    told.entry(spot.slot).or_default().push(tick);
                }
            }
        }
        told
    }

    #[test]
    fn a_moving_crowd_is_told_whole_every_two_seconds() {
        let told = told(&mut CrowdRound::default(), 1..401, 1_360, |tick, _| tick);
        assert_eq!(told.len(), 400);
        for (slot, ticks) in told {
            let gaps = ticks.windows(2).map(|pair| pair[1] - pair[0]);
            assert!(ticks[0] <= 50 && gaps.max().unwrap() <= 50, "{slot}: {ticks:?}");
        }
    }

    #[test]
    fn with_a_small_budget_the_round_takes_longer_and_nobody_is_left_out() {
        let told = told(&mut CrowdRound::default(), 1..401, 200, |tick, _| tick);
        assert_eq!(told.len(), 400);
    }

    #[test]
    fn a_resting_crowd_is_told_once_and_then_only_refreshed() {
        let told = told(&mut CrowdRound::default(), 1..1_001, 1_360, |_, _| 0);
        assert_eq!(told.len(), 400);
        assert!(told.values().all(|ticks| ticks.len() <= 2 + 25 / REFRESH_ROUNDS as usize), "{told:?}");
    }

    #[test]
    fn one_who_moves_in_a_resting_crowd_is_told_within_two_rounds() {
        let mut round = CrowdRound::default();
        told(&mut round, 1..300, 1_360, |_, _| 0);
        let told = told(&mut round, 300..390, 1_360, |_, slot| if slot == 77 { 300 } else { 0 });
        assert!(told.contains_key(&77));
    }

    #[test]
    fn groups_of_people_who_are_all_told_better_are_left_out() {
        let output = people(5, |_| 5);
        let mut picked = Vec::new();
        let part = CrowdRound::default().pick(&output, 1_360, 1, |_| true, &mut picked);
        assert_eq!((part, picked.len()), (Part::default(), 0));
    }
}
