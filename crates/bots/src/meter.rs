//! Reads one bot's counters into the crowd's, and keeps what it did while measuring. Judges nothing.

use crate::bot::Bot;
use crate::limits::SHARE_PERIOD_MS;
use crate::mix::Behaviour;
use crate::shared::{Phase, Shared};
use crate::traffic::Traffic;
use std::ops::Sub;
use std::sync::atomic::Ordering;
use thexr_wire::Tier;

/// A bot's counters at one moment, or how much they grew.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Counters {
    pub traffic: Traffic,
    pub frames: u64,
    pub records: u64,
    pub poses_sent: u64,
    pub bad_messages: u64,
    pub resumes: u64,
}

impl Counters {
    fn of(bot: &Bot) -> Self {
        let stats = bot.client().stats();
        Self {
            traffic: bot.traffic(),
            frames: stats.frames,
            records: stats.records,
            poses_sent: stats.poses_sent,
            bad_messages: stats.bad_messages,
            resumes: stats.resumes,
        }
    }
}

impl Sub for Counters {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            traffic: self.traffic - earlier.traffic,
            frames: self.frames - earlier.frames,
            records: self.records - earlier.records,
            poses_sent: self.poses_sent - earlier.poses_sent,
            bad_messages: self.bad_messages - earlier.bad_messages,
            resumes: self.resumes - earlier.resumes,
        }
    }
}

/// What a bot did while measuring.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Measured {
    /// How long it was measured, seconds.
    pub seconds: f64,
    /// What it did meanwhile.
    pub counters: Counters,
}

/// One bot's meter.
#[derive(Debug)]
pub(crate) struct Meter {
    behaviour: Behaviour,
    number: usize,
    read: Counters,
    seen_ages: u64,
    next_share_ms: f64,
    /// When measuring began, and the counters then.
    start: Option<(f64, Counters)>,
}

impl Meter {
    /// A meter of a bot that has just joined.
    pub fn new(bot: &Bot, behaviour: Behaviour, number: usize) -> Self {
        let seen_ages = bot.client().ages().total();
        Self { behaviour, number, read: Counters::of(bot), seen_ages, next_share_ms: 0.0, start: None }
    }

    /// Ages at every turn, since their ring is short; the rest a few times a second.
    pub fn read(&mut self, bot: &Bot, phase: Phase, now_ms: f64, shared: &Shared) {
        let total_ages = bot.client().ages().total();
        if phase == Phase::Measure && self.start.is_none() {
            // What came before is not part of the measurement.
            self.start = Some((now_ms, Counters::of(bot)));
        } else if total_ages > self.seen_ages {
            self.share_ages(bot, phase, shared);
        }
        self.seen_ages = total_ages;
        if now_ms >= self.next_share_ms {
            self.next_share_ms = now_ms + SHARE_PERIOD_MS;
            self.share(bot, shared);
        }
    }

    /// What the bot did since measuring began; `None` when it did not.
    pub fn measured(&self, bot: &Bot) -> Option<Measured> {
        let (began_ms, start) = self.start?;
        Some(Measured { seconds: (bot.now_ms() - began_ms) / 1_000.0, counters: Counters::of(bot) - start })
    }

    fn share_ages(&self, bot: &Bot, phase: Phase, shared: &Shared) {
        let mut book = shared.book(self.behaviour, self.number);
        for (tier, age_ms) in bot.client().ages().since(self.seen_ages) {
            if tier == Tier::A {
                book.recent_near.add(age_ms);
            }
            if phase == Phase::Measure {
                book.measured[tier as usize].add(age_ms);
            }
        }
    }

    fn share(&mut self, bot: &Bot, shared: &Shared) {
        let now = Counters::of(bot);
        let grown = now - self.read;
        shared.poses.fetch_add(grown.poses_sent, Ordering::Relaxed);
        shared.records.fetch_add(grown.records, Ordering::Relaxed);
        shared.down_bytes.fetch_add(grown.traffic.down_bytes, Ordering::Relaxed);
        self.read = now;
    }
}
