//! Motion on a line: a channel on which nothing is sent twice. Frames are the latest lane's, and a part of one counts without the
//! others; texts are questions about the line itself, which come back as they are. Knows no room.

use crate::limits::{
    MOTION_BUFFERED_BYTES_MAX, MOTION_FRAMES_PER_S, MOTION_FRAMES_UNDER_WAY_MAX, PROBE_BYTES_MAX,
    PROBES_PER_S,
};
use crate::pace::Pace;
use std::time::Instant;
use str0m::Rtc;
use str0m::channel::{ChannelData, ChannelId};
use thexr_wire::lane::{PART_BYTES_MAX, UP_BYTES_MAX, parts};

/// Name of the channel: unordered, without a second try.
pub(crate) const MOTION: &str = "motion";

/// What came on it.
#[derive(Debug)]
pub(crate) enum Came {
    /// A frame of the latest lane.
    Frame(Vec<u8>),
    /// A question, which is answered.
    Probe,
    /// Too much, or too long: why.
    Dropped(&'static str),
}

/// A line's channel of motion.
#[derive(Debug)]
pub(crate) struct MotionChannel {
    pub id: ChannelId,
    frames: Pace,
    probes: Pace,
}

impl MotionChannel {
    pub fn new(id: ChannelId, now: Instant) -> Self {
        Self { id, frames: Pace::new(MOTION_FRAMES_PER_S, now), probes: Pace::new(PROBES_PER_S, now) }
    }

    /// What came on it.
    pub fn take(&mut self, data: ChannelData, rtc: &mut Rtc, now: Instant) -> Came {
        match (data.binary, data.data.len()) {
            (true, length) if length > UP_BYTES_MAX => Came::Dropped("motion_too_large"),
            (true, _) if !self.frames.allows(now) => Came::Dropped("too_much_motion"),
            (true, _) => Came::Frame(data.data),
            (false, length) if length > PROBE_BYTES_MAX || !self.probes.allows(now) => {
                Came::Dropped("too_many_probes")
            }
            (false, _) => {
                // One that finds no place is lost like any other.
                let _ = rtc.channel(self.id).map(|mut channel| channel.write(false, &data.data));
                Came::Probe
            }
        }
    }

    /// Sends a frame down, in parts that are datagrams; `false` when it is passed over: the next one is newer.
    pub fn send(&self, frame: &[u8], rtc: &mut Rtc) -> bool {
        let Some(mut channel) = rtc.channel(self.id) else { return false };
        let Ok(parts) = parts(frame, PART_BYTES_MAX) else { return false };
        let most = (MOTION_FRAMES_UNDER_WAY_MAX * frame.len()).min(MOTION_BUFFERED_BYTES_MAX);
        channel.buffered_amount() <= most
            && parts.iter().all(|part| matches!(channel.write(true, part), Ok(true)))
    }
}
