//! The records of one frame by groups: counted while they are chosen, then written group after group without sorting them.

use crate::motion::output::{Picked, TickOutput};
use thexr_wire::Tier;

/// Records of one tier that are relative to one cell: the cell's index in the tick, times the tiers, plus the tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GroupId(u32);

const TIERS: u32 = Tier::ALL.len() as u32;

impl GroupId {
    pub fn new(tier: Tier, base: u16) -> Self {
        Self(u32::from(base) * TIERS + tier as u32)
    }

    pub fn tier(self) -> Tier {
        Tier::ALL[(self.0 % TIERS) as usize]
    }

    fn base(self) -> u16 {
        (self.0 / TIERS) as u16
    }
}

/// Who is told in one frame, by groups. The same memory serves frame after frame; only groups that were opened are cleared.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    /// Per group: its records so far, then where the next one goes.
    counts: Vec<u16>,
    opened: Vec<GroupId>,
    /// Of what was added, headers included.
    pub bytes: usize,
    /// Records in the order of their groups.
    ordered: Vec<Picked>,
}

impl Groups {
    /// Forgets the frame before; there are so many cells.
    pub fn begin(&mut self, bases: usize) {
        for group in self.opened.drain(..) {
            self.counts[group.0 as usize] = 0;
        }
        self.counts.resize(self.counts.len().max(bases * TIERS as usize), 0);
        self.bytes = 0;
    }

    /// Bytes of one more record, and of its group's header unless one is open that has a place for it.
    pub fn cost(&self, group: GroupId) -> usize {
        let tier = group.tier();
        let opens = usize::from(self.counts[group.0 as usize]).is_multiple_of(tier.group_records_max());
        tier.record_bytes() + if opens { tier.group_bytes() } else { 0 }
    }

    /// Counts one more record.
    pub fn add(&mut self, group: GroupId) {
        self.bytes += self.cost(group);
        let count = &mut self.counts[group.0 as usize];
        if *count == 0 {
            self.opened.push(group);
        }
        *count += 1;
    }

    /// Appends what was added, group after group: each record with its group.
    pub fn write(
        &mut self,
        output: &TickOutput,
        added: impl ExactSizeIterator<Item = (GroupId, Picked)>,
        out: &mut Vec<u8>,
    ) {
        self.opened.sort_unstable();
        let mut next = 0;
        for group in &self.opened {
            let count = &mut self.counts[group.0 as usize];
            next += std::mem::replace(count, next);
        }
        self.ordered.clear();
        self.ordered.resize(added.len(), Picked::default());
        for (group, picked) in added {
            let at = &mut self.counts[group.0 as usize];
            self.ordered[usize::from(*at)] = picked;
            *at += 1;
        }
        let mut start = 0;
        for group in &self.opened {
            let end = usize::from(self.counts[group.0 as usize]);
            output.write_records(group.tier(), group.base(), &self.ordered[start..end], out);
            start = end;
        }
    }
}
