//! What people may make everyone else hear: token buckets of bytes to each hearer, in ticks of the room.
//!
//! A person has a bucket of their own; beyond it all share the room's pool, so that a large change now and then passes and
//! nobody who is refused takes anything from anyone else. Whole numbers only: the same on every machine.

use crate::reject::Reject;
use std::collections::BTreeMap;
use std::ops::Bound;
use thexr_wire::UserId;
use thexr_wire::limits::{EVENT_BYTES_MAX, TICK_MS};

/// What a room may send to all its connections together on account of commands, bytes a second: half of what two cores
/// write to sockets; the rates of people and pool are shares of it.
pub const FANOUT_BYTES_PER_S: u64 = 64 * MIB;
/// Least of a person's own rate, bytes a second to each hearer: a line of chat every few seconds, also in the largest room.
pub const OWN_RATE_MIN: u64 = 128;
/// Most of a person's own rate, bytes a second to each hearer: a thing dragged at 20 Hz takes 8 KiB.
pub const OWN_RATE_MAX: u64 = 16 * KIB;
/// Least of what a person may make each hearer hear at once, bytes: a dozen lines of chat.
pub const OWN_BURST_MIN: u64 = 4 * KIB;
/// Most of what a person may make each hearer hear at once, bytes: twenty people's bursts and the pool stay far below the
/// 8 MiB that may wait for a listener.
pub const OWN_BURST_MAX: u64 = 64 * KIB;
/// A person's burst, in seconds of their rate.
const OWN_BURST_S: u64 = 8;
/// Least of the pool's rate, bytes a second to each hearer.
pub const POOL_RATE_MIN: u64 = 16 * KIB;
/// Most of the pool's rate in a room of one, bytes a second to each hearer: together with its own rate one person alone
/// leaves a line of 1 Mbit/s its motion.
pub const POOL_RATE_MAX: u64 = 64 * KIB;
/// How much the most grows with each hearer, bytes a second: 200 people who write ten times a second are not refused.
pub const POOL_RATE_PER_HEARER: u64 = KIB;
/// What the pool holds, bytes to each hearer: two of the largest transactions and a half, at once.
pub const POOL_BURST: u64 = 3 * MIB;
/// What is told of an event besides its ops and payload, bytes: names, numbers, who did it.
pub const TOLD_BYTES: usize = 160;
/// People whose own bucket is not full (memory); beyond them people draw on the pool alone.
pub const BUCKETS_MAX: usize = 10_000;
/// Buckets looked at in a tick to forget those that are full again.
const SWEPT_PER_TICK: usize = 16;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
/// Levels are kept in this part of a byte, so that a second's rate can be refilled tick by tick.
const PARTS: u64 = 1000 / TICK_MS;

const _: () =
    assert!(POOL_BURST > EVENT_BYTES_MAX as u64, "one largest event passes when the room was quiet");
const _: () =
    assert!(20 * OWN_BURST_MAX + POOL_BURST <= 5 * MIB, "twenty bursts and the pool fit a listener's queue");

/// More than everyone can be told.
pub(crate) const TOO_MUCH: Reject = Reject::at_once(
    "rate_limited",
    "This is more than everyone here can be told of yours right now. Try again in a moment.",
);

/// What has been taken out of a bucket and not refilled yet.
#[derive(Debug, Clone, Copy, Default)]
struct Spent {
    parts: u64,
    tick: u64,
}

impl Spent {
    fn refill(&mut self, rate: u64, tick: u64) {
        let elapsed = tick.saturating_sub(self.tick);
        self.parts = self.parts.saturating_sub(rate.saturating_mul(elapsed));
        self.tick = tick;
    }

    fn has(&self, bytes: u64, burst: u64) -> bool {
        self.parts.saturating_add(bytes.saturating_mul(PARTS)) <= burst * PARTS
    }
}

/// Who pays for what someone makes everyone hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Payer {
    /// A person who is here, and beyond what is theirs the pool.
    Person(UserId),
    /// The pool alone: people who are not here could come in any number.
    Pool,
    /// Nobody: the room itself and its operator.
    Nobody,
}

/// Out of which bucket something is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purse {
    Own,
    Pool,
    /// Nobody pays for what the room itself and its operator do.
    Free,
}

/// Everyone's buckets.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    own: BTreeMap<UserId, Spent>,
    pool: Spent,
    swept: Option<UserId>,
    tick: u64,
    hearers: u64,
}

fn own_rate(hearers: u64) -> u64 {
    (FANOUT_BYTES_PER_S / (hearers * hearers)).clamp(OWN_RATE_MIN, OWN_RATE_MAX)
}

fn own_burst(hearers: u64) -> u64 {
    (own_rate(hearers) * OWN_BURST_S).clamp(OWN_BURST_MIN, OWN_BURST_MAX)
}

fn pool_rate(hearers: u64) -> u64 {
    let most = POOL_RATE_MAX + POOL_RATE_PER_HEARER * hearers;
    (FANOUT_BYTES_PER_S / hearers).clamp(POOL_RATE_MIN, most)
}

impl Budget {
    /// The next tick begins, with so many who hear: the pool fills, and some buckets that are full are forgotten.
    pub fn begin(&mut self, tick: u64, hearers: usize) {
        self.tick = tick;
        self.hearers = hearers.max(1) as u64;
        self.pool.refill(pool_rate(self.hearers), tick);
        let from = self.swept.take().map_or(Bound::Unbounded, Bound::Excluded);
        let looked_at: Vec<UserId> = self
            .own
            .range((from, Bound::Unbounded))
            .take(SWEPT_PER_TICK)
            .map(|(user, _)| user.clone())
            .collect();
        self.swept = looked_at.last().cloned();
        for user in looked_at {
            if self.own_spent(&user).parts == 0 {
                self.own.remove(&user);
            }
        }
    }

    /// Who could pay for so many bytes to each hearer, or that nobody can now.
    pub fn purse(&self, payer: &Payer, bytes: usize) -> Result<Purse, Reject> {
        let bytes = bytes as u64;
        let own = match payer {
            Payer::Nobody => return Ok(Purse::Free),
            Payer::Person(user) => {
                let kept = self.own.len() < BUCKETS_MAX || self.own.contains_key(user);
                kept && self.own_spent(user).has(bytes, own_burst(self.hearers))
            }
            Payer::Pool => false,
        };
        if own {
            Ok(Purse::Own)
        } else if self.pool.has(bytes, POOL_BURST) {
            Ok(Purse::Pool)
        } else {
            Err(TOO_MUCH)
        }
    }

    /// How many bytes to each hearer somebody can pay for at once, about.
    pub fn left(&self, payer: &Payer) -> usize {
        let left = |spent: Spent, burst: u64| burst.saturating_sub(spent.parts.div_ceil(PARTS));
        let pool = left(self.pool, POOL_BURST);
        let most = match payer {
            Payer::Nobody => u64::MAX,
            Payer::Person(user) => pool.max(left(self.own_spent(user), own_burst(self.hearers))),
            Payer::Pool => pool,
        };
        usize::try_from(most).unwrap_or(usize::MAX)
    }

    /// Takes so many bytes to each hearer out of a purse.
    pub fn pay(&mut self, payer: &Payer, purse: Purse, bytes: usize) {
        let parts = (bytes as u64).saturating_mul(PARTS);
        match (purse, payer) {
            (Purse::Own, Payer::Person(user)) => {
                let mut spent = self.own_spent(user);
                spent.parts = spent.parts.saturating_add(parts);
                self.own.insert(user.clone(), spent);
            }
            (Purse::Pool, _) => self.pool.parts = self.pool.parts.saturating_add(parts),
            _ => {}
        }
    }

    /// How many hear what is told.
    pub fn hearers(&self) -> u64 {
        self.hearers.max(1)
    }

    fn own_spent(&self, user: &UserId) -> Spent {
        let mut spent = self.own.get(user).copied().unwrap_or_default();
        spent.refill(own_rate(self.hearers), self.tick);
        spent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn someone(n: usize) -> Payer {
        Payer::Person(UserId::parse(&format!("{n:020}")).unwrap())
    }

    /// People who each want to tell so many bytes so often a second, for so many seconds: bytes that passed, and refusals.
    fn play(people: usize, hearers: usize, bytes: usize, hz: u64, seconds: u64) -> (u64, u64) {
        let mut budget = Budget::default();
        let (mut passed, mut refused) = (0, 0);
        for tick in 0..seconds * 20 {
            budget.begin(tick, hearers);
            for payer in (0..people).map(someone) {
                for _ in 0..(tick + 1) * hz / 20 - tick * hz / 20 {
                    match budget.purse(&payer, bytes) {
                        Ok(purse) => {
                            budget.pay(&payer, purse, bytes);
                            passed += bytes as u64;
                        }
                        Err(_) => refused += 1,
                    }
                }
            }
        }
        (passed, refused)
    }

    #[test]
    fn twenty_hostile_people_cannot_fill_a_listeners_queue_at_once_nor_a_line_of_4_mbit() {
        for bytes in [200, 16 * 1024, 900 * 1024] {
            let (first, _) = play(20, 21, bytes, 200, 1);
            assert!(first < 5 * MIB, "{bytes}: {first} at once");
            let (long, refused) = play(20, 21, bytes, 200, 100);
            assert!((long - first) / 99 < 500 * 1024, "{bytes}: {} a second", (long - first) / 99);
            assert!(refused > 0);
        }
    }

    #[test]
    fn one_hostile_person_leaves_a_line_of_1_mbit_its_motion() {
        for hearers in [2, 20, 100, 1_000] {
            let (first, _) = play(1, hearers, 2_000, 200, 60);
            let (long, _) = play(1, hearers, 2_000, 200, 160);
            assert!((long - first) / 100 < 190 * 1024, "{hearers} hear {} a second", (long - first) / 100);
        }
        let (first, _) = play(1, 2, 2_000, 200, 60);
        let (long, _) = play(1, 2, 2_000, 200, 160);
        assert!((long - first) / 100 * 8 < 780_000, "with 218 kbit/s of motion less than 1 Mbit/s");
    }

    #[test]
    fn who_drags_a_thing_is_never_refused() {
        for (builders, hearers) in [(1, 2), (5, 20), (10, 90), (20, 200)] {
            assert_eq!(
                play(builders, hearers, 400, 20, 120).1,
                0,
                "{builders} builders, {hearers} hear them"
            );
        }
    }

    #[test]
    fn many_who_write_often_and_little_are_not_refused() {
        assert_eq!(play(100, 100, 300, 20, 60).1, 0);
        assert_eq!(play(200, 200, 280, 10, 60).1, 0);
        assert_eq!(play(1_000, 1_000, 300, 1, 10).1, 0, "everyone at once says something now and then");
    }

    #[test]
    fn a_largest_transaction_passes_now_and_then() {
        for hearers in [1, 20, 1_000] {
            let mut budget = Budget::default();
            for n in 0..4 {
                budget.begin(n * 20 * 20, hearers);
                let purse = budget.purse(&someone(1), EVENT_BYTES_MAX + TOLD_BYTES).unwrap();
                budget.pay(&someone(1), purse, EVENT_BYTES_MAX + TOLD_BYTES);
            }
        }
    }

    // Rule 6.5
    #[test]
    fn an_empty_pool_takes_nothing_from_what_is_a_persons_own() {
        let mut budget = Budget::default();
        budget.begin(0, 20);
        while let Ok(purse) = budget.purse(&someone(1), 10_000) {
            budget.pay(&someone(1), purse, 10_000);
        }
        assert!(budget.purse(&someone(1), 10_000).is_err());
        assert_eq!(budget.purse(&someone(2), 10_000).unwrap(), Purse::Own);
        assert_eq!(budget.purse(&Payer::Nobody, usize::MAX).unwrap(), Purse::Free);
        assert!(budget.purse(&Payer::Pool, POOL_BURST as usize).is_err());
    }

    #[test]
    fn who_has_a_full_bucket_again_is_forgotten_and_the_number_of_buckets_is_bounded() {
        let mut budget = Budget::default();
        budget.begin(0, 10);
        for n in 0..BUCKETS_MAX + 50 {
            if let Ok(purse) = budget.purse(&someone(n), 100) {
                budget.pay(&someone(n), purse, 100);
            }
        }
        assert_eq!(budget.own.len(), BUCKETS_MAX);
        (1..=(BUCKETS_MAX / SWEPT_PER_TICK) as u64 + 2).for_each(|tick| budget.begin(tick, 10));
        assert_eq!(budget.own.len(), 0);
    }
}
