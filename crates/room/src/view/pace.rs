//! How much motion a receiver can take: bytes per tick, and whether another frame may be under way. Knows no socket.
//!
//! Learns from the newest tick the receiver says it has; works through any proxy, on top of the kernel's own limit.

use std::collections::VecDeque;

/// Payload of one frame unless the operator raises it, bytes: with every header around it fits one TCP segment.
pub const FRAME_BYTES: usize = 1_360;
/// The least that adaptation leaves, bytes a tick: 32 kbit/s.
pub const FRAME_BYTES_MIN: usize = 200;
/// The most an operator may allow, bytes a tick: 2 Mbit/s.
pub const FRAME_BYTES_MAX: usize = 12_500;
/// Frames under way beyond the usual round trip; with more the next is passed over.
const OUTSTANDING_MAX: usize = 4;
/// Excess of the round trip over its base that means a queue somewhere, ticks (100 ms).
const QUEUE_TICKS: u64 = 2;
/// How long there must be a queue before the budget shrinks, and the time between two cuts, ticks (0.5 s).
const CUT_TICKS: u64 = 10;
/// What a cut leaves.
const CUT: f32 = 0.85;
/// With less than this of motion, bytes a tick, its receiver's line is pressed (163 kbit/s), and with less than that hard pressed (131): who sends
/// something else on it sends less of that, before motion falls below 100 kbit/s.
const PRESSED_BYTES: f32 = 1_020.0;
const HARD_PRESSED_BYTES: f32 = 816.0;
/// The same as shares of what the operator allows, where that is less.
const PRESSED: f32 = 0.75;
const HARD_PRESSED: f32 = 0.6;
/// Growth per tick while all is well: 5 % a second.
const GROWTH: f32 = 1.002_443;
/// The base round trip is the least of this many ticks and as many before them (10 s each).
const BASE_TICKS: u64 = 200;
/// Frames that are remembered as under way; older ones count as arrived.
const UNDER_WAY_MAX: usize = 256;
/// A receiver that talks but has none of what is under way may have lost all of it: it is sent another frame every so many ticks (1 s).
const PROBE_TICKS: u64 = 20;
/// One that has said nothing for so long is sent such frames too, in case it waits for one, ticks (5 s).
const SILENCE_TICKS: u64 = 100;

/// Whether a receiver's line takes all that it is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Strain {
    /// It does.
    #[default]
    None,
    /// It takes less of motion.
    Pressed,
    /// It takes hardly more of it than it must.
    HardPressed,
}

/// The pace of one receiver.
#[derive(Debug, Clone)]
pub struct Pace {
    most: f32,
    budget: f32,
    under_way: VecDeque<u64>,
    /// Least round trips of the running span and the one before, ticks.
    base: [u64; 2],
    base_since: u64,
    queued_since: Option<u64>,
    last_cut: u64,
    last_growth: u64,
    /// Tick of the last acknowledgement, whatever it tells of; none until the first.
    heard: Option<u64>,
}

impl Pace {
    /// A pace of at most `frame_bytes` a tick, within what adaptation and operators may.
    pub fn new(frame_bytes: usize) -> Self {
        let most = frame_bytes.clamp(FRAME_BYTES_MIN, FRAME_BYTES_MAX) as f32;
        Self {
            most,
            budget: most,
            under_way: VecDeque::with_capacity(16),
            base: [u64::MAX; 2],
            base_since: 0,
            queued_since: None,
            last_cut: 0,
            last_growth: 0,
            heard: None,
        }
    }

    /// Bytes of the next frame.
    pub fn budget(&self) -> usize {
        self.budget as usize
    }

    /// Whether the receiver's line takes all that there is.
    pub fn strain(&self) -> Strain {
        let below = |bytes: f32, share: f32| self.budget < bytes.min(share * self.most);
        if below(HARD_PRESSED_BYTES, HARD_PRESSED) {
            Strain::HardPressed
        } else if below(PRESSED_BYTES, PRESSED) {
            Strain::Pressed
        } else {
            Strain::None
        }
    }

    /// The receiver said, by `tick`, that `acked` is the newest tick it has.
    pub fn acked(&mut self, tick: u64, acked: u64) {
        self.heard = Some(tick);
        let mut newest = None;
        while let Some(sent) = self.under_way.pop_front_if(|sent| *sent <= acked) {
            newest = Some(sent);
        }
        let Some(newest) = newest else { return };
        let round_trip = tick.saturating_sub(newest);
        self.note_base(tick, round_trip);
        if round_trip > self.base_ticks() + QUEUE_TICKS {
            let since = *self.queued_since.get_or_insert(tick);
            if tick - since >= CUT_TICKS {
                self.cut(tick);
            }
        } else {
            self.queued_since = None;
            self.grow(tick);
        }
    }

    /// Whether a frame may go out in this tick; what does not is passed over, the next one is newer.
    pub fn may_send(&mut self, tick: u64) -> bool {
        let Some(heard) = self.heard else { return true };
        let usual = if self.base_ticks() == u64::MAX { 0 } else { self.base_ticks() as usize };
        if self.under_way.len() <= usual + OUTSTANDING_MAX {
            return true;
        }
        self.cut(tick);
        let last = self.under_way.back().copied().unwrap_or(0);
        let silent = tick - heard.min(tick);
        tick - last.min(tick) >= PROBE_TICKS && (silent <= PROBE_TICKS || silent > SILENCE_TICKS)
    }

    /// A frame of this tick went out.
    pub fn sent(&mut self, tick: u64) {
        if self.under_way.len() == UNDER_WAY_MAX {
            self.under_way.pop_front();
        }
        self.under_way.push_back(tick);
    }

    fn base_ticks(&self) -> u64 {
        self.base[0].min(self.base[1])
    }

    fn note_base(&mut self, tick: u64, round_trip: u64) {
        if tick - self.base_since.min(tick) >= BASE_TICKS {
            self.base = [u64::MAX, self.base[0]];
            self.base_since = tick;
        }
        self.base[0] = self.base[0].min(round_trip);
    }

    fn cut(&mut self, tick: u64) {
        if tick - self.last_cut.min(tick) >= CUT_TICKS {
            self.budget = (self.budget * CUT).max(FRAME_BYTES_MIN as f32);
            (self.last_cut, self.last_growth) = (tick, tick);
        }
    }

    fn grow(&mut self, tick: u64) {
        let ticks = tick.saturating_sub(self.last_growth).min(BASE_TICKS);
        self.last_growth = tick;
        if self.budget < self.most {
            self.budget = (self.budget * libm::powf(GROWTH, ticks as f32)).min(self.most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends whatever may be sent for some ticks; each frame is acknowledged `delay(tick)` ticks later, in order.
    fn drive(pace: &mut Pace, ticks: std::ops::Range<u64>, delay: impl Fn(u64) -> u64) -> usize {
        let mut arrivals: VecDeque<(u64, u64)> = VecDeque::new();
        let mut sent = 0;
        for tick in ticks {
            while let Some((_, of)) = arrivals.pop_front_if(|(at, _)| *at <= tick) {
                pace.acked(tick, of);
            }
            if pace.may_send(tick) {
                pace.sent(tick);
                sent += 1;
                let after = arrivals.back().map_or(0, |(at, _)| *at);
                arrivals.push_back(((tick + delay(tick)).max(after), tick));
            }
        }
        sent
    }

    #[test]
    fn a_good_line_of_any_length_gets_every_frame_at_the_full_budget() {
        for round_trip in [0, 1, 5, 12] {
            let mut pace = Pace::new(FRAME_BYTES);
            assert_eq!(drive(&mut pace, 1..400, |_| round_trip), 399, "{round_trip}");
            assert_eq!(pace.budget(), FRAME_BYTES);
        }
    }

    #[test]
    fn a_receiver_that_stops_reading_is_sent_a_handful_and_then_a_probe_a_second() {
        let mut pace = Pace::new(FRAME_BYTES);
        drive(&mut pace, 1..100, |_| 2);
        let sent = drive(&mut pace, 100..200, |_| 1_000_000);
        assert!((3..=8).contains(&sent), "{sent}");
        assert!(drive(&mut pace, 200..300, |_| 1_000_000) <= 6);
        assert!(pace.budget() < FRAME_BYTES / 2);
    }

    // Rule 4.11
    #[test]
    fn who_has_lost_a_handful_in_a_row_and_goes_on_talking_is_sent_another_within_a_second() {
        let mut pace = Pace::new(FRAME_BYTES);
        drive(&mut pace, 1..100, |_| 1);
        let mut lost = 0;
        for tick in 100..160 {
            // What it says tells of the last that came.
            pace.acked(tick, 99);
            if pace.may_send(tick) {
                pace.sent(tick);
                lost += 1;
            }
        }
        assert!((5..=9).contains(&lost), "{lost}");
        assert!(drive(&mut pace, 160..200, |_| 1) >= 20, "the line is well again");
    }

    // Rule 4.11
    #[test]
    fn a_queue_shrinks_the_budget_down_to_its_floor_and_a_clear_line_lets_it_grow_again() {
        let mut pace = Pace::new(FRAME_BYTES);
        drive(&mut pace, 1..100, |_| 1);
        drive(&mut pace, 100..600, |_| 4);
        let starved = pace.budget();
        assert!(starved < FRAME_BYTES / 2, "{starved}");
        // The base is the least of the last 10 to 20 s: the line has become what it is now.
        drive(&mut pace, 600..3_000, |_| 4);
        assert_eq!(pace.budget(), FRAME_BYTES);
    }

    // Rule 4.11
    #[test]
    fn a_line_is_pressed_before_motion_falls_below_a_hundred_kilobits_and_not_where_the_operator_allows_little()
     {
        let mut pace = Pace::new(FRAME_BYTES);
        assert_eq!(pace.strain(), Strain::None);
        for (budget, strain) in
            [(1_100.0, Strain::None), (900.0, Strain::Pressed), (700.0, Strain::HardPressed)]
        {
            pace.budget = budget;
            assert_eq!(pace.strain(), strain, "{budget}");
        }
        assert_eq!(Pace::new(FRAME_BYTES_MIN).strain(), Strain::None);
        let mut wide = Pace::new(FRAME_BYTES_MAX);
        wide.budget = 2_000.0;
        assert_eq!(wide.strain(), Strain::None, "320 kbit/s are enough");
    }

    #[test]
    fn growth_is_five_percent_a_second() {
        let mut pace = Pace::new(FRAME_BYTES);
        pace.budget = 400.0;
        drive(&mut pace, 1..21, |_| 0);
        assert!((418.0..=421.0).contains(&pace.budget), "{}", pace.budget);
    }

    #[test]
    fn a_receiver_that_never_acknowledges_is_left_to_the_kernel() {
        let mut pace = Pace::new(FRAME_BYTES);
        assert!((1..1_000).all(|tick| {
            pace.sent(tick);
            pace.may_send(tick)
        }));
    }

    #[test]
    fn no_operator_sets_a_budget_outside_its_range() {
        assert_eq!(Pace::new(1).budget(), FRAME_BYTES_MIN);
        assert_eq!(Pace::new(1_000_000).budget(), FRAME_BYTES_MAX);
    }
}
