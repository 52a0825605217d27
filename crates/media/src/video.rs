//! Which of the frames that come a slot shows: one source, one layer of it, from a keyframe on and without a gap. Pure.

use crate::limits::{LAYER_GONE_AFTER, LAYER_RATE_KEPT_PERCENT};
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::format::PayloadParams;
use thexr_wire::PeerId;

/// One of the two sizes in which something is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Layer {
    Low,
    High,
}

/// One picture of what somebody shares.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub layer: Layer,
    pub is_keyframe: bool,
    /// Nothing is missing between it and the one before.
    pub is_contiguous: bool,
    /// Its source's time, 90 kHz.
    pub time: u64,
    pub arrived: Instant,
    pub params: PayloadParams,
    pub packets: u64,
    pub bytes: Arc<[u8]>,
}

/// What becomes of a frame in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    /// It is not for this slot, or nothing can be made of it there.
    No,
    /// It follows the last one.
    On,
    /// It is the first of another layer or source.
    Switch,
}

/// What a slot shows, and what it is to show.
///
/// ```text
/// dark --want(s, l)--> waits --keyframe of (s, l)--> shows --gap, frame left out--> waits
///                                                     | want(s, other layer): shows on until that has a keyframe
///   any --want(None), want(another source)--> dark, waits
/// ```
#[derive(Debug, Clone, Default)]
pub(crate) struct Showing {
    wanted: Option<(PeerId, Layer)>,
    shown: Option<(PeerId, Layer)>,
}

impl Showing {
    /// What it is to show from now on; of another source nothing is shown any more.
    pub fn want(&mut self, wanted: Option<(PeerId, Layer)>) {
        self.wanted = wanted;
        self.shown = self.shown.filter(|(source, _)| wanted.is_some_and(|(wanted, _)| wanted == *source));
    }

    /// Of which source and layer a keyframe is missing.
    pub fn waits_for(&self) -> Option<(PeerId, Layer)> {
        self.wanted.filter(|wanted| self.shown != Some(*wanted))
    }

    /// What it shows.
    pub fn shown(&self) -> Option<(PeerId, Layer)> {
        self.shown
    }

    /// Something of what it shows has been left out: nothing more can be made of it before a keyframe.
    pub fn breaks(&mut self) {
        self.shown = None;
    }

    /// A frame comes.
    pub fn take(&mut self, source: PeerId, frame: &Frame) -> Pass {
        let of = Some((source, frame.layer));
        if frame.is_keyframe && self.wanted == of && self.shown != of {
            self.shown = of;
            return Pass::Switch;
        }
        if self.shown != of {
            return Pass::No;
        }
        if frame.is_keyframe || frame.is_contiguous {
            return Pass::On;
        }
        self.breaks();
        Pass::No
    }
}

/// What comes of one layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stream {
    seen: Instant,
    second: Instant,
    /// Bytes in this second.
    bytes: u64,
    kbit_s: u64,
    /// One of its frames was dropped here: the next does not follow it.
    pub has_gap: bool,
}

impl Stream {
    pub fn new(now: Instant) -> Self {
        Self { seen: now, second: now, bytes: 0, kbit_s: 0, has_gap: false }
    }

    pub fn count(&mut self, bytes: usize, now: Instant) {
        self.seen = now;
        self.bytes += bytes as u64;
        let passed_ms = now.saturating_duration_since(self.second).as_millis() as u64;
        if passed_ms < 1_000 {
            return;
        }
        let kept = self.kbit_s * LAYER_RATE_KEPT_PERCENT / 100;
        self.kbit_s = kept.max(self.bytes * 8 / passed_ms);
        (self.second, self.bytes) = (now, 0);
    }

    /// What it needs, kbit/s; `None` where nothing has come of it lately.
    pub fn rate(&self, now: Instant) -> Option<u64> {
        (now.saturating_duration_since(self.seen) < LAYER_GONE_AFTER)
            .then(|| self.kbit_s.max(self.bytes * 8 / 1_000))
    }
}

/// So many bytes in a second, and what of them may come at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    bytes_per_s: u64,
    depth: i64,
    left: i64,
    filled: Instant,
}

impl Bucket {
    pub fn new(kbit_s: u64, depth: usize, now: Instant) -> Self {
        let depth = depth as i64;
        Self { bytes_per_s: kbit_s * 1_000 / 8, depth, left: depth, filled: now }
    }

    /// What may be taken now, bytes; nothing below 0.
    pub fn left(&mut self, now: Instant) -> i64 {
        let passed = now.saturating_duration_since(self.filled);
        let gained = passed.as_micros() as i64 * self.bytes_per_s as i64 / 1_000_000;
        if gained > 0 {
            self.left = self.depth.min(self.left.saturating_add(gained));
            self.filled = now;
        }
        self.left
    }

    pub fn take(&mut self, bytes: usize) {
        self.left -= bytes as i64;
    }

    /// When something may be taken again.
    pub fn ready(&self) -> Instant {
        let missing = (1 - self.left).max(0) as u64;
        self.filled + Duration::from_micros(missing * 1_000_000 / self.bytes_per_s + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use str0m::Rtc;

    #[allow(clippy::disallowed_methods, reason = "where tests begin")]
    fn start() -> Instant {
        Instant::now()
    }

    fn frame(layer: Layer, is_keyframe: bool, is_contiguous: bool) -> Frame {
        let mut config = Rtc::builder().clear_codecs().enable_vp8(true);
        let params = *config.codec_config().params().first().unwrap();
        let bytes = [0; 8].into();
        Frame { layer, is_keyframe, is_contiguous, time: 0, arrived: start(), params, packets: 1, bytes }
    }

    const ADA: PeerId = PeerId(1);
    const BEN: PeerId = PeerId(2);

    #[test]
    fn a_slot_begins_with_a_keyframe_and_goes_on_without_gaps() {
        let mut slot = Showing::default();
        assert_eq!(slot.take(ADA, &frame(Layer::Low, true, true)), Pass::No, "nobody wants it");
        slot.want(Some((ADA, Layer::Low)));
        assert_eq!(slot.waits_for(), Some((ADA, Layer::Low)));
        assert_eq!(slot.take(ADA, &frame(Layer::Low, false, true)), Pass::No);
        assert_eq!(slot.take(ADA, &frame(Layer::Low, true, false)), Pass::Switch);
        assert_eq!(slot.take(ADA, &frame(Layer::Low, false, true)), Pass::On);
        assert_eq!(slot.take(ADA, &frame(Layer::High, true, true)), Pass::No, "the other layer");
        assert_eq!(slot.take(ADA, &frame(Layer::Low, false, false)), Pass::No, "a gap");
        assert_eq!(slot.take(ADA, &frame(Layer::Low, false, true)), Pass::No);
        assert_eq!(slot.waits_for(), Some((ADA, Layer::Low)));
        assert_eq!(slot.take(ADA, &frame(Layer::Low, true, true)), Pass::Switch);
    }

    #[test]
    fn the_other_layer_takes_over_at_its_own_keyframe_and_the_first_is_shown_until_then() {
        let mut slot = Showing::default();
        slot.want(Some((ADA, Layer::Low)));
        slot.take(ADA, &frame(Layer::Low, true, true));
        slot.want(Some((ADA, Layer::High)));
        assert_eq!(slot.take(ADA, &frame(Layer::Low, false, true)), Pass::On);
        assert_eq!(slot.take(ADA, &frame(Layer::High, false, true)), Pass::No);
        assert_eq!(slot.waits_for(), Some((ADA, Layer::High)));
        assert_eq!(slot.take(ADA, &frame(Layer::High, true, true)), Pass::Switch);
        assert_eq!(slot.take(ADA, &frame(Layer::Low, false, true)), Pass::No);
        assert_eq!((slot.waits_for(), slot.shown()), (None, Some((ADA, Layer::High))));
    }

    #[test]
    fn of_another_source_or_of_none_nothing_more_is_shown_at_once() {
        let mut slot = Showing::default();
        slot.want(Some((ADA, Layer::Low)));
        slot.take(ADA, &frame(Layer::Low, true, true));
        slot.want(Some((BEN, Layer::Low)));
        assert_eq!(slot.take(ADA, &frame(Layer::Low, false, true)), Pass::No);
        assert_eq!(slot.take(BEN, &frame(Layer::Low, true, true)), Pass::Switch);
        slot.want(None);
        assert_eq!(slot.take(BEN, &frame(Layer::Low, false, true)), Pass::No);
        assert_eq!((slot.waits_for(), slot.shown()), (None, None));
    }

    #[test]
    fn what_a_layer_needs_is_its_last_loud_second_and_nothing_once_it_is_silent() {
        let now = start();
        let mut stream = Stream::new(now);
        let at = |ms| now + Duration::from_millis(ms);
        (1..=10).for_each(|step| stream.count(12_500, at(step * 100)));
        assert_eq!(stream.rate(at(1_000)), Some(1_000));
        (11..=20).for_each(|step| stream.count(10, at(step * 100)));
        assert_eq!(stream.rate(at(2_000)), Some(900));
        assert_eq!(stream.rate(at(5_100)), None);
    }

    #[test]
    fn a_bucket_gives_what_flows_into_it_and_at_once_no_more_than_it_holds() {
        let now = start();
        let mut bucket = Bucket::new(8, 500, now);
        assert_eq!(bucket.left(now), 500);
        bucket.take(1_500);
        assert!(bucket.left(now + Duration::from_millis(900)) < 0);
        let ready = bucket.ready();
        assert!(bucket.left(ready) > 0 && ready <= now + Duration::from_millis(1_010));
        assert_eq!(bucket.left(now + Duration::from_secs(60)), 500);
    }
}
