//! What has come to rest, and when that becomes a fact: the place where a thing lies is in the log, so it survives everything.

use std::collections::BTreeMap;
use thexr_physics::Key;

/// How long a body lies still until its place is a fact, ticks: what is touched again at once makes none.
const REST_TICKS: u64 = 20;
/// Bodies whose places become facts in one tick, at most, about 1 KiB to everyone who hears of it; the others wait, and are told to rest meanwhile.
pub const RESTED_PER_TICK: usize = 8;

/// Bodies that rest and whose places are no facts yet, with since when.
#[derive(Debug, Default)]
pub(crate) struct Resting {
    since: BTreeMap<Key, u64>,
}

impl Resting {
    pub fn came_to_rest(&mut self, key: Key, tick: u64) {
        self.since.insert(key, tick);
    }

    pub fn woke(&mut self, key: Key) {
        self.since.remove(&key);
    }

    pub fn has(&self, key: Key) -> bool {
        self.since.contains_key(&key)
    }

    pub fn keys(&self) -> impl Iterator<Item = Key> {
        self.since.keys().copied()
    }

    pub fn is_empty(&self) -> bool {
        self.since.is_empty()
    }

    /// Those whose places are to be facts now, the longest at rest first.
    pub fn due(&mut self, tick: u64) -> Vec<Key> {
        let mut due: Vec<(u64, Key)> = self
            .since
            .iter()
            .map(|(key, since)| (*since, *key))
            .filter(|(since, _)| since + REST_TICKS <= tick)
            .collect();
        due.sort_unstable();
        due.truncate(RESTED_PER_TICK);
        due.iter().for_each(|(_, key)| {
            self.since.remove(key);
        });
        due.into_iter().map(|(_, key)| key).collect()
    }
}
