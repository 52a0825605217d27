//! One direction of a bad line, as a program on top of TCP sees it: late and uneven, but whole and in order.
//!
//! A lost message is not missing: it arrives one retransmission (about 200 ms) later, and everything behind it waits
//! for it, which is what loss does to a stream. Whole messages are lost or not, segments are not modelled. Times are
//! arguments; knows nothing of what it carries.

use crate::limits::RETRANSMIT_MS;
use rand::RngExt;
use rand::rngs::SmallRng;
use std::collections::VecDeque;
use std::time::Duration;

/// How bad a line is, each way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weather {
    /// One way, milliseconds.
    pub delay_ms: u32,
    /// Added to the delay, up to this many milliseconds.
    pub jitter_ms: u32,
    /// Share of messages that have to be sent again, 0 to 1.
    pub loss: f64,
}

/// Messages on their way in one direction.
#[derive(Debug)]
pub struct DelayLine<T> {
    weather: Weather,
    dice: SmallRng,
    on_the_way: VecDeque<(Duration, T)>,
    last: Duration,
}

impl<T> DelayLine<T> {
    /// An empty line whose delays are a function of the dice.
    pub fn new(weather: Weather, dice: SmallRng) -> Self {
        Self { weather, dice, on_the_way: VecDeque::new(), last: Duration::ZERO }
    }

    /// Sends at `now` (time since any start, the same in every call).
    pub fn send(&mut self, message: T, now: Duration) {
        let Weather { delay_ms, jitter_ms, loss } = self.weather;
        let jitter_ms = self.dice.random_range(0.0..=f64::from(jitter_ms));
        let again_ms = if self.dice.random_bool(loss) { RETRANSMIT_MS } else { 0 };
        let late = Duration::from_millis(u64::from(delay_ms) + again_ms);
        self.last = self.last.max(now + late + Duration::from_secs_f64(jitter_ms / 1_000.0));
        self.on_the_way.push_back((self.last, message));
    }

    /// The next message that has arrived.
    pub fn arrived(&mut self, now: Duration) -> Option<T> {
        self.on_the_way.pop_front_if(|(at, _)| *at <= now).map(|(_, message)| message)
    }

    /// When the next message arrives.
    pub fn next(&self) -> Option<Duration> {
        self.on_the_way.front().map(|(at, _)| *at)
    }

    /// Messages on their way.
    pub fn len(&self) -> usize {
        self.on_the_way.len()
    }

    /// Everything on its way is lost with the connection.
    pub fn cut(&mut self) {
        self.on_the_way.clear();
        self.last = Duration::ZERO;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::{Stream, dice};

    const STORM: Weather = Weather { delay_ms: 50, jitter_ms: 50, loss: 0.25 };

    /// Sends one message every 50 ms and returns when each arrived, in milliseconds.
    fn arrivals(seed: u64) -> Vec<(u64, u64)> {
        let mut line = DelayLine::new(STORM, dice(seed, 0, Stream::Up));
        let mut seen = Vec::new();
        for ms in 0..20_000 {
            let now = Duration::from_millis(ms);
            if ms % 50 == 0 && ms < 10_000 {
                line.send(ms, now);
            }
            seen.extend(std::iter::from_fn(|| line.arrived(now)).map(|sent| (sent, ms)));
        }
        seen
    }

    #[test]
    fn a_line_keeps_order_loses_nothing_and_is_late_within_bounds() {
        let seen = arrivals(1);
        let sent: Vec<u64> = seen.iter().map(|(sent, _)| *sent).collect();
        assert_eq!(sent, (0..10_000).step_by(50).collect::<Vec<_>>());
        let late: Vec<u64> = seen.iter().map(|(sent, at)| at - sent).collect();
        assert!(late.iter().all(|ms| (50..=301).contains(ms)), "{late:?}");
        let waited = late.iter().filter(|ms| **ms > 101).count();
        assert!(
            (100..190).contains(&waited),
            "a quarter of 200 is sent again, and what follows waits: {waited}"
        );
    }

    #[test]
    fn a_line_is_a_function_of_its_seed() {
        assert_eq!(arrivals(5), arrivals(5));
        assert_ne!(arrivals(5), arrivals(6));
    }

    #[test]
    fn a_cut_loses_what_is_on_its_way() {
        let mut line = DelayLine::new(STORM, dice(1, 0, Stream::Up));
        line.send(1, Duration::ZERO);
        assert!(line.next().is_some() && line.len() == 1);
        line.cut();
        assert_eq!((line.arrived(Duration::MAX), line.next()), (None, None));
    }
}
