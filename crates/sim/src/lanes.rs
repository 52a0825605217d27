//! One direction of a connection: an ordered lane like TCP's and a latest lane that loses and overtakes.
//!
//! Knows nothing of what it carries.

use crate::dice::Dice;
use std::collections::BTreeMap;

/// How bad the network is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weather {
    /// One way, milliseconds.
    pub delay_ms: f64,
    /// Added to the delay, up to this many milliseconds.
    pub jitter_ms: f64,
    /// Share of messages of the latest lane that never arrive.
    pub loss: f64,
}

impl Weather {
    /// A quick and steady line.
    pub const FAIR: Self = Self { delay_ms: 5.0, jitter_ms: 1.0, loss: 0.0 };
}

/// Messages on their way.
#[derive(Debug)]
pub struct Lanes<T> {
    /// By time of arrival in microseconds, then in the order they left.
    on_the_way: BTreeMap<(u64, u64), T>,
    sent: u64,
    ordered_until_us: u64,
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self { on_the_way: BTreeMap::new(), sent: 0, ordered_until_us: 0 }
    }
}

impl<T> Lanes<T> {
    /// Sends on the ordered lane: late perhaps, but in order.
    pub fn send(&mut self, message: T, now_ms: f64, weather: &Weather, dice: &mut Dice) {
        self.ordered_until_us = self.ordered_until_us.max(arrival_us(now_ms, weather, dice));
        self.put(self.ordered_until_us, message);
    }

    /// Sends on the latest lane: may be lost, may overtake.
    pub fn send_latest(&mut self, message: T, now_ms: f64, weather: &Weather, dice: &mut Dice) {
        let at_us = arrival_us(now_ms, weather, dice);
        if !dice.chance(weather.loss) {
            self.put(at_us, message);
        }
    }

    /// The next message that has arrived.
    pub fn arrived(&mut self, now_ms: f64) -> Option<T> {
        let ((at_us, _), _) = self.on_the_way.first_key_value()?;
        if *at_us > (now_ms * 1_000.0) as u64 {
            return None;
        }
        self.on_the_way.pop_first().map(|(_, message)| message)
    }

    /// Everything on its way is lost.
    pub fn cut(&mut self) {
        self.on_the_way.clear();
    }

    fn put(&mut self, at_us: u64, message: T) {
        self.sent += 1;
        self.on_the_way.insert((at_us, self.sent), message);
    }
}

fn arrival_us(now_ms: f64, weather: &Weather, dice: &mut Dice) -> u64 {
    ((now_ms + weather.delay_ms + dice.between(0.0, weather.jitter_ms)) * 1_000.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORM: Weather = Weather { delay_ms: 10.0, jitter_ms: 100.0, loss: 0.5 };

    fn received(line: &mut Lanes<u32>) -> Vec<u32> {
        std::iter::from_fn(|| line.arrived(1_000.0)).collect()
    }

    #[test]
    fn the_ordered_lane_keeps_order_and_loses_nothing() {
        let (mut line, mut dice) = (Lanes::default(), Dice::new(1, 1));
        (0..100).for_each(|n| line.send(n, f64::from(n), &STORM, &mut dice));
        assert!(line.arrived(10.0).is_none(), "nothing is faster than the delay");
        assert_eq!(received(&mut line), (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn the_latest_lane_loses_and_overtakes() {
        let (mut line, mut dice) = (Lanes::default(), Dice::new(1, 1));
        (0..100).for_each(|n| line.send_latest(n, f64::from(n), &STORM, &mut dice));
        let seen = received(&mut line);
        assert!((30..70).contains(&seen.len()) && !seen.is_sorted(), "{seen:?}");
    }
}
