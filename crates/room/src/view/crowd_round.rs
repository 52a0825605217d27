//! The crowd as one receiver is told it: group after group, all of them once in two seconds, what did not change left out.
//!
//! Knows the tick's groups; who of them is told better is asked of the viewer.

use crate::motion::output::{CROWD_GROUP_MAX, CrowdGroup, CrowdPlace, TickOutput};
use crate::view::pace::FRAME_BYTES_MIN;
use thexr_wire::Tier;
use thexr_wire::lane::{HEADER_BYTES, SECTION_BYTES};

/// Share of a frame that the crowd may take on average.
const SHARE: f32 = 1.0 / 8.0;
/// Share of a frame that the crowd may take at once; a group is no larger than that.
const BURST: usize = 2;
/// Every so many rounds all groups are told, changed or not.
const REFRESH_ROUNDS: u32 = 4;
/// Ticks of which the share is saved up while there is nothing to tell.
const CATCH_UP_TICKS: f32 = 4.0;

const _: () = assert!(people_max(FRAME_BYTES_MIN) > 0, "the smallest budget has a place for somebody");
const _: () = assert!(
    FRAME_BYTES_MIN - FRAME_BYTES_MIN / BURST
        >= HEADER_BYTES + SECTION_BYTES + Tier::A.group_bytes() + Tier::A.record_bytes(),
    "beside the crowd there is a place for whoever comes first"
);

/// Ticks in which the whole crowd is told once, at most, by people and bytes of a frame, when each of them is alone in their
/// cell (12 bytes each): 24 s for 1,000 people at the smallest budget, 4 s at the usual one.
pub fn crowd_round_ticks(people: usize, budget: usize, period_ticks: u32) -> u64 {
    let bytes = people * (Tier::E.group_bytes() + Tier::E.record_bytes());
    u64::from(period_ticks).max(libm::ceilf(bytes as f32 / (budget as f32 * SHARE)) as u64)
}

/// People in one group of the crowd, so that it fits into its share of a frame.
const fn people_max(budget: usize) -> usize {
    let people = (budget / BURST).saturating_sub(Tier::E.group_bytes()) / Tier::E.record_bytes();
    if people < CROWD_GROUP_MAX { people } else { CROWD_GROUP_MAX }
}

/// Where a receiver's round stands.
#[derive(Debug, Default)]
pub(crate) struct CrowdRound {
    /// The last one told or passed over; `None` at the beginning of a round.
    cursor: Option<CrowdPlace>,
    /// This round is over.
    done: bool,
    started: u64,
    /// When the round before began: what changed since then is told.
    before: u64,
    /// Bytes saved up; less than nothing after a large group.
    credit: f32,
    last_tick: Option<u64>,
    /// The last one who was told again, and bytes saved up for that.
    refreshed: Option<CrowdPlace>,
    refresh_credit: f32,
}

/// What of the crowd goes into a frame.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub bytes: usize,
    /// Something of it is news.
    pub changed: bool,
}

/// What a group has for a receiver.
struct Inside {
    /// Somebody who is not told better.
    is_crowd: bool,
    /// And who has changed.
    changed: bool,
}

impl CrowdRound {
    /// Puts the groups that changed and are to be told in this tick into `picked`; `told_better` says who is told otherwise.
    pub fn pick(
        &mut self,
        output: &TickOutput,
        budget: usize,
        period_ticks: u32,
        told_better: impl Fn(u16) -> bool,
        picked: &mut Vec<CrowdGroup>,
    ) -> Part {
        let whole = output.crowd_bytes(people_max(budget));
        let share = (whole as f32 / period_ticks as f32).min(budget as f32 * SHARE);
        let last_tick = self.last_tick.replace(output.tick);
        let passed =
            last_tick.map_or(1, |last| output.tick.saturating_sub(last)).min(u64::from(period_ticks)) as f32;
        // Every tick that passed counts, also those that were skipped; little is saved up beside them.
        self.credit = (self.credit + share * passed).min(share * passed.max(CATCH_UP_TICKS));
        let refresh_most = (budget / BURST).min(whole) as f32;
        self.refresh_credit =
            (self.refresh_credit + share * passed / REFRESH_ROUNDS as f32).min(refresh_most);
        let mut part = Part::default();
        while self.credit > 0.0 {
            if self.done && !self.begin_round(output.tick, period_ticks) {
                break;
            }
            let Some((group, last)) = output.crowd_after(self.cursor, people_max(budget)) else {
                self.done = true;
                continue;
            };
            let changed = self.inside(output, &group, &told_better).changed;
            if changed && part.bytes + group.bytes() > budget / BURST {
                break;
            }
            self.cursor = Some(last);
            if changed {
                self.credit -= group.bytes() as f32;
                part.bytes += group.bytes();
                part.changed = true;
                picked.push(group);
            }
        }
        part
    }

    /// Adds groups that rest, once each in some rounds, to a frame that goes out: an earlier one may have been lost or have
    /// overtaken somebody's creation, and who was told better until now may have moved before.
    pub fn refresh(
        &mut self,
        output: &TickOutput,
        budget: usize,
        told_better: impl Fn(u16) -> bool,
        picked: &mut Vec<CrowdGroup>,
        part: &mut Part,
    ) {
        while self.refresh_credit > 0.0 {
            let Some((group, last)) = output.crowd_after(self.refreshed, people_max(budget)) else {
                self.refreshed = None;
                return;
            };
            let Inside { is_crowd, changed } = self.inside(output, &group, &told_better);
            let rests = is_crowd && !changed;
            if rests && part.bytes + group.bytes() > budget / BURST {
                return;
            }
            self.refreshed = Some(last);
            // Who is passed over counts too: nobody looks at the whole crowd in one tick.
            self.refresh_credit -= group.bytes() as f32;
            if rests {
                part.bytes += group.bytes();
                picked.push(group);
            }
        }
    }

    fn inside(&self, output: &TickOutput, group: &CrowdGroup, told_better: impl Fn(u16) -> bool) -> Inside {
        let mut only_crowd =
            output.group_spots(group).iter().filter(|spot| !told_better(spot.slot)).peekable();
        let is_crowd = only_crowd.peek().is_some();
        let has_changed = |record: u16| output.records[usize::from(record)].changed_tick >= self.before;
        Inside { is_crowd, changed: only_crowd.any(|spot| has_changed(spot.record)) }
    }

    fn begin_round(&mut self, tick: u64, period_ticks: u32) -> bool {
        if tick < self.started + u64::from(period_ticks) {
            return false;
        }
        (self.before, self.started) = (self.started, tick);
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

    /// People at places, each of whom last moved in the tick given.
    fn crowd(tick: u64, places: &[[f32; 2]], moved: impl Fn(u16) -> u64) -> TickOutput {
        let stand = |(n, [x, z]): (u16, &[f32; 2])| looking(n, Pose::standing([*x, 1.8, *z]), moved(n));
        output(tick, (0u16..).zip(places).map(stand).collect())
    }

    fn spread(count: usize, metres: f32) -> Vec<[f32; 2]> {
        (0..count).map(|n| [(n % 20) as f32 * metres, (n / 20) as f32 * metres]).collect()
    }

    /// Ticks in which each slot was told, over some ticks, when every frame goes out.
    fn told(
        round: &mut CrowdRound,
        ticks: impl IntoIterator<Item = u64>,
        budget: usize,
        places: &[[f32; 2]],
        moved: impl Fn(u64, u16) -> u64,
    ) -> BTreeMap<u16, Vec<u64>> {
        let mut told: BTreeMap<u16, Vec<u64>> = BTreeMap::new();
        for tick in ticks {
            let output = crowd(tick, places, |slot| moved(tick, slot));
            let mut picked = Vec::new();
            let mut part = round.pick(&output, budget, CROWD_PERIOD_TICKS, |_| false, &mut picked);
            assert_eq!(part.changed, !picked.is_empty());
            round.refresh(&output, budget, |_| false, &mut picked, &mut part);
            assert!(part.bytes <= budget / BURST);
            assert_eq!(part.bytes, picked.iter().map(CrowdGroup::bytes).sum::<usize>());
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
        let told = told(&mut CrowdRound::default(), 1..401, 1_360, &spread(400, 5.0), |tick, _| tick);
        assert_eq!(told.len(), 400);
        for (slot, ticks) in told {
            let gaps = ticks.windows(2).map(|pair| pair[1] - pair[0]);
            assert!(ticks[0] <= 50 && gaps.max().unwrap() <= 50, "{slot}: {ticks:?}");
        }
    }

    #[test]
    fn at_every_budget_a_crowd_of_any_shape_is_told_within_a_round() {
        let shapes = [1, 29, 30, 31, 32, 33, 40, 61, 255, 400].map(|count| vec![[1.0, 1.0]; count]);
        let cells = (0..400).map(|n| [(n % 10) as f32 * 8.0, 0.0]).collect();
        let shapes = shapes.into_iter().chain([cells, spread(300, 9.0), spread(90, 2.0)]);
        for places in shapes {
            let mut output = crowd(1, &places, |_| 0);
            for budget in (200..320).chain((320..3_000).step_by(97)).chain([12_500]) {
                let (mut round, mut left) = (CrowdRound::default(), vec![true; places.len()]);
                let bound = crowd_round_ticks(places.len(), budget, CROWD_PERIOD_TICKS);
                for tick in 1..=bound + 1 {
                    output.tick = tick;
                    let mut picked = Vec::new();
                    round.pick(&output, budget, CROWD_PERIOD_TICKS, |_| false, &mut picked);
                    let spots = picked.iter().flat_map(|group| output.group_spots(group));
                    spots.for_each(|spot| left[usize::from(spot.slot)] = false);
                }
                let left = left.iter().filter(|left| **left).count();
                assert_eq!(left, 0, "of {} at {budget} bytes after {bound} ticks", places.len());
            }
        }
    }

    #[test]
    fn a_resting_crowd_is_told_at_first_and_then_everyone_is_refreshed() {
        let mut round = CrowdRound::default();
        let told = told(&mut round, 1..1_001, 1_360, &spread(400, 5.0), |_, _| 0);
        assert_eq!(told.len(), 400);
        for (slot, ticks) in told {
            assert!((5..=9).contains(&ticks.len()) && ticks[0] <= 40, "{slot}: {ticks:?}");
            let gaps = ticks[2..].windows(2).map(|pair| pair[1] - pair[0]);
            assert!(gaps.max().unwrap() <= 180, "{slot}: {ticks:?}");
        }
    }

    #[test]
    fn one_who_moves_in_a_resting_crowd_is_told_within_two_rounds() {
        let (mut round, places) = (CrowdRound::default(), spread(400, 5.0));
        told(&mut round, 1..300, 1_360, &places, |_, _| 0);
        let told = told(&mut round, 300..390, 1_360, &places, |_, slot| if slot == 77 { 300 } else { 0 });
        assert!(told.contains_key(&77));
    }

    #[test]
    fn when_ticks_are_skipped_a_round_takes_as_long_in_ticks() {
        for skipped in [2u64, 3, 7, 19] {
            let ticks = (1..401).step_by(skipped as usize);
            let told = told(&mut CrowdRound::default(), ticks, 1_360, &spread(10, 30.0), |tick, _| tick);
            for (slot, ticks) in told {
                let gaps = ticks.windows(2).map(|pair| pair[1] - pair[0]);
                assert!(gaps.max().unwrap() <= 40 + 2 * skipped, "{slot}, one of {skipped}: {ticks:?}");
            }
        }
    }

    // Rule 4.12
    #[test]
    fn groups_of_people_who_are_all_told_better_are_left_out() {
        let output = crowd(5, &spread(400, 5.0), |_| 5);
        let (mut round, mut picked) = (CrowdRound::default(), Vec::new());
        let mut part = round.pick(&output, 1_360, 1, |_| true, &mut picked);
        round.refresh(&output, 1_360, |_| true, &mut picked, &mut part);
        assert_eq!((part, picked.len()), (Part::default(), 0));
    }
}
