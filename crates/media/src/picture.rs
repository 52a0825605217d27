//! The video of one peer connection: what it shares, and the slots in which it is shown screens.

use crate::limits::SCREENS_SEEN_MAX;
use crate::projector::Turn;
use crate::retime::Retimed;
use crate::video::{Frame, Layer};
use std::collections::BTreeSet;
use std::time::Instant;
use str0m::format::CodecExtra;
use str0m::media::{
    Direction, Frequency, KeyframeRequest, KeyframeRequestKind, MediaAdded, MediaData, MediaTime, Mid, Rid,
};
use str0m::{Rtc, RtcError};
use thexr_wire::EntityId;

#[derive(Debug)]
struct Slot {
    mid: Mid,
    time: Retimed,
}

/// What a line has of video.
#[derive(Debug, Default)]
pub(crate) struct Pictures {
    up: Option<Mid>,
    /// By which payload types it comes.
    types: BTreeSet<u8>,
    slots: Vec<Slot>,
    /// By which names the layers of what it shares come; a browser that sends one layer gives it none.
    rids: [Option<Rid>; 2],
    /// Which screens it was told it has.
    pub told: Vec<Option<EntityId>>,
}

impl Pictures {
    /// How many slots it has.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// A media line of video was agreed on; what is beyond our number stays unused.
    pub fn add(&mut self, media: &MediaAdded, rtc: &mut Rtc, now: Instant) {
        match media.direction {
            Direction::RecvOnly | Direction::SendRecv if self.up.is_none() => {
                self.up = Some(media.mid);
                let params = rtc.writer(media.mid).into_iter();
                let types = params.flat_map(|writer| {
                    let both = writer.payload_params().map(|params| (params.pt(), params.resend()));
                    both.collect::<Vec<_>>()
                });
                self.types =
                    types.flat_map(|(pt, resent)| [Some(pt), resent]).flatten().map(|pt| *pt).collect();
            }
            Direction::SendOnly if self.slots.len() < SCREENS_SEEN_MAX => {
                self.slots.push(Slot { mid: media.mid, time: Retimed::video(now) });
                self.told.push(None);
            }
            _ => {}
        }
    }

    /// Whether something comes on the line of what it shares.
    pub fn is_shared_by(&self, mid: Mid) -> bool {
        self.up == Some(mid)
    }

    /// Whether a datagram is a packet of video (RFC 3550; RFC 7983 tells it from all else on the line).
    pub fn is_video(&self, datagram: &[u8]) -> bool {
        matches!(datagram, [first, second, ..] if first >> 6 == 2 && self.types.contains(&(second & 0x7f)))
    }

    /// A picture of what it shares; `None` where it is none that anybody can be shown.
    pub fn frame(&mut self, data: MediaData) -> Option<Frame> {
        let layer = match data.rid.as_deref() {
            Some("l") => Layer::Low,
            Some("h") | None => Layer::High,
            Some(_) => return None,
        };
        let is_keyframe = match data.codec_extra {
            CodecExtra::Vp8(extra) => extra.is_keyframe,
            CodecExtra::H264(extra) => extra.is_keyframe,
            _ => return None,
        };
        self.rids[layer as usize] = data.rid;
        Some(Frame {
            layer,
            is_keyframe,
            is_contiguous: data.contiguous,
            time: data.time.rebase(Frequency::NINETY_KHZ).numer(),
            arrived: data.network_time,
            params: data.params,
            packets: data.seq_range.end().saturating_sub(**data.seq_range.start()) + 1,
            bytes: data.data,
        })
    }

    /// In which slot a keyframe is missed.
    pub fn lost(&self, request: &KeyframeRequest) -> Option<usize> {
        self.slots.iter().position(|slot| slot.mid == request.mid)
    }

    /// Asks whoever shares for a keyframe of a layer.
    pub fn ask_for_keyframe(&self, rtc: &mut Rtc, layer: Layer) {
        let Some(mut writer) = self.up.and_then(|mid| rtc.writer(mid)) else { return };
        let kind = if writer.is_request_keyframe_possible(KeyframeRequestKind::Pli) {
            KeyframeRequestKind::Pli
        } else {
            KeyframeRequestKind::Fir
        };
        // Before anything has come of a layer there is nobody to ask, and it begins with a keyframe.
        let _ = writer.request_keyframe(self.rids[layer as usize], kind);
    }

    /// Shows a picture in a slot; `false` where the line has no such slot, or knows no such codec.
    ///
    /// Errors: the line takes none.
    pub fn show(&mut self, rtc: &mut Rtc, turn: &Turn, now: Instant) -> Result<bool, RtcError> {
        let Turn { slot, switches, frame, .. } = turn;
        let Some(Slot { mid, time }) = self.slots.get_mut(*slot) else { return Ok(false) };
        let Some(writer) = rtc.writer(*mid) else { return Ok(false) };
        let Some(pt) = writer.match_params(frame.params) else { return Ok(false) };
        if *switches {
            time.switch();
        }
        let at = MediaTime::new(time.time(frame.time, frame.arrived), Frequency::NINETY_KHZ);
        // str0m puts what waits in the order of these times, and what was sent to us again came late.
        writer.write(pt, now, at, frame.bytes.clone())?;
        Ok(true)
    }
}
