//! How often something may happen.

use std::time::{Duration, Instant};

/// Counts what may happen so often in a second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    per_s: u32,
    second: Instant,
    counted: u32,
}

impl Pace {
    pub fn new(per_s: u32, now: Instant) -> Self {
        Self { per_s, second: now, counted: 0 }
    }

    pub fn allows(&mut self, now: Instant) -> bool {
        if now.saturating_duration_since(self.second) >= Duration::from_secs(1) {
            (self.second, self.counted) = (now, 0);
        }
        self.counted += 1;
        self.counted <= self.per_s
    }
}
