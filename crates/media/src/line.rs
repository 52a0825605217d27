//! One peer connection: its voice up, its slots down, its pictures, and a channel of its own for what is said about both.

use crate::limits::{
    LINE_ADDRESSES_MAX, LINE_CHANNELS_MAX, OFFER_CHARS_MAX, OFFER_LINES_MAX, SCREEN_WISHES_MAX, UNHEARD_MAX,
    VOICE_PACKET_BYTES_MAX, VOICE_PACKETS_PER_S, WISH_BYTES_MAX, WISHES_PER_S,
};
use crate::motion::{Came, MOTION, MotionChannel};
use crate::pace::Pace;
use crate::picture::Pictures;
use crate::retime::Retimed;
use crate::screens::Wants;
use crate::settings::{Refusal, Settings, Way};
use crate::video::Frame;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use str0m::change::SdpOffer;
use str0m::channel::ChannelId;
use str0m::format::Codec;
use str0m::media::{Direction, Frequency, MediaData, MediaKind, MediaTime, Mid, Pt};
use str0m::net::TcpType;
use str0m::{Candidate, Event, IceConnectionState, Rtc};
use thexr_wire::{EntityId, PeerId, RoomId, UserId};

/// Name of the channel on which slots are told and wishes come.
const VOICES: &str = "voices";
/// By which types H.264 goes where an offer names no others: it, and what of it is sent again.
const H264_TYPES: (u8, u8) = (108, 109);
/// The profile of H.264 that every browser has: constrained baseline, level 3.1.
const CONSTRAINED_BASELINE: u32 = 0x42_e0_1f;

/// What a listener asks of its voices and screens.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    /// Whom they do not wish to hear.
    pub unheard: Option<BTreeSet<UserId>>,
    /// Slots that their line can take now.
    pub slots: Option<usize>,
    /// Whether each packet is to carry the one before it as well: their line loses (RFC 2198).
    pub redundant: Option<bool>,
    /// How they wish to see which screens.
    pub screens: Option<Wants>,
}

impl Wish {
    fn is_bounded(&self) -> bool {
        self.unheard.as_ref().is_none_or(|unheard| unheard.len() <= UNHEARD_MAX)
            && self.screens.as_ref().is_none_or(|screens| screens.len() <= SCREEN_WISHES_MAX)
    }
}

/// What came of a line's turn.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A packet of its voice.
    Voice(Packet),
    /// A picture of what it shares.
    Frame(Frame),
    /// It can make nothing of what a slot shows.
    Lost(usize),
    /// It asks something.
    Wish(Wish),
    /// It can be told whose voice is in which slot.
    Open,
    /// A frame of the latest lane, up.
    Motion(Vec<u8>),
    /// A question about the line, which is answered already.
    Probe,
    /// It carries no motion any more.
    MotionEnds,
    /// It was something that is dropped: why.
    Dropped(&'static str),
}

/// A packet of voice on its way from one line to others.
#[derive(Debug, Clone)]
pub(crate) struct Packet {
    pub level_db: Option<i8>,
    pub time: u64,
    pub arrived: Instant,
    pub bytes: Arc<[u8]>,
}

#[derive(Debug)]
struct Slot {
    mid: Mid,
    time: Retimed,
    /// Whose packets came last.
    source: Option<PeerId>,
}

/// A peer connection.
pub(crate) struct Line {
    pub room: RoomId,
    pub ufrag: String,
    pub rtc: Rtc,
    /// When str0m wants to be asked again.
    pub due: Instant,
    pub began: Instant,
    pub connected: bool,
    pub addresses: VecDeque<(Way, SocketAddr)>,
    up: Option<Mid>,
    slots: Vec<Slot>,
    /// What it shares and is shown.
    pub pictures: Pictures,
    opus: Option<Pt>,
    channel: Option<ChannelId>,
    motion: Option<MotionChannel>,
    /// How many it has opened.
    channels: u32,
    /// Whose voices it was told it has.
    told: Vec<Option<UserId>>,
    packets: Pace,
    wishes: Pace,
}

impl Line {
    /// Answers an offer.
    ///
    /// Errors: it is too long, no offer, or has other media lines than voices and a channel.
    pub fn answer(
        room: &RoomId,
        sdp: &str,
        settings: &Settings,
        now: Instant,
    ) -> Result<(Self, String), Refusal> {
        if sdp.len() > OFFER_CHARS_MAX {
            return Err(Refusal::TooLarge);
        }
        let lines = sdp.lines().filter(|line| line.starts_with("m=")).count();
        if lines == 0 || lines > OFFER_LINES_MAX {
            return Err(Refusal::Bad(format!("1 to {OFFER_LINES_MAX} media lines, not {lines}")));
        }
        // We never send to an address that an offer names: only to those that answer for themselves.
        let without: String = sdp
            .lines()
            .filter(|line| !line.starts_with("a=candidate:"))
            .flat_map(|line| [line.trim_end(), "\r\n"])
            .collect();
        let offer = SdpOffer::from_sdp_string(&without).map_err(|error| Refusal::Bad(error.to_string()))?;
        let mut config = Rtc::builder().clear_codecs().enable_opus(true, true).enable_vp8(true);
        let (h264, resent) = H264_TYPES;
        config.codec_config().add_h264(h264.into(), Some(resent.into()), true, CONSTRAINED_BASELINE);
        let mut rtc = config
            .set_ice_lite(true)
            .set_reordering_size_audio(settings.reordering)
            .set_dtls_cert(settings.certificate.clone())
            .set_sctp_max_message_size(WISH_BYTES_MAX as u32)
            .build(now);
        let by_datagrams =
            settings.addresses.iter().map(|address| Candidate::builder().udp().host(*address).build());
        let by_streams = settings
            .stream_addresses
            .iter()
            .map(|address| Candidate::builder().tcp().host(*address).tcptype(TcpType::Passive).build());
        for candidate in by_datagrams.chain(by_streams) {
            rtc.add_local_candidate(candidate.map_err(|error| Refusal::Bad(error.to_string()))?);
        }
        let answer = rtc.sdp_api().accept_offer(offer).map_err(|error| Refusal::Bad(error.to_string()))?;
        let ufrag = rtc.direct_api().local_ice_credentials().ufrag;
        let line = Self {
            room: room.clone(),
            ufrag,
            rtc,
            due: now,
            began: now,
            connected: false,
            addresses: VecDeque::new(),
            up: None,
            slots: Vec::new(),
            pictures: Pictures::default(),
            opus: None,
            channel: None,
            motion: None,
            channels: 0,
            told: Vec::new(),
            packets: Pace::new(VOICE_PACKETS_PER_S, now),
            wishes: Pace::new(WISHES_PER_S, now),
        };
        Ok((line, answer.to_sdp_string()))
    }

    /// How many slots it has.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Remembers an address that has answered for itself; returns one that is forgotten for it.
    pub fn remember(&mut self, address: (Way, SocketAddr)) -> Option<(Way, SocketAddr)> {
        self.addresses.push_back(address);
        if self.addresses.len() > LINE_ADDRESSES_MAX { self.addresses.pop_front() } else { None }
    }

    /// Takes an event of str0m; `None` where nothing comes of it.
    pub fn event(&mut self, event: Event, most_slots: usize, now: Instant) -> Option<Heard> {
        match event {
            Event::Connected => self.connected = true,
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => self.rtc.disconnect(),
            Event::MediaAdded(media) if media.kind == MediaKind::Audio => match media.direction {
                Direction::RecvOnly | Direction::SendRecv if self.up.is_none() => self.up = Some(media.mid),
                Direction::SendOnly if self.slots.len() < most_slots => {
                    // Only who loses packets pays for sending them twice.
                    self.rtc.direct_api().set_red_send(media.mid, false);
                    self.slots.push(Slot { mid: media.mid, time: Retimed::new(now), source: None });
                }
                _ => {}
            },
            Event::MediaAdded(media) if media.kind == MediaKind::Video => {
                let Self { pictures, rtc, .. } = self;
                pictures.add(&media, rtc, now);
            }
            Event::MediaData(data) if self.pictures.is_shared_by(data.mid) => {
                let frame = self.pictures.frame(data);
                return Some(frame.map_or(Heard::Dropped("unknown_media"), Heard::Frame));
            }
            Event::KeyframeRequest(request) => return self.pictures.lost(&request).map(Heard::Lost),
            Event::MediaData(data) => return self.voice(data, now),
            Event::ChannelOpen(id, label) => {
                self.channels += 1;
                if self.channels > LINE_CHANNELS_MAX {
                    self.rtc.disconnect();
                    return Some(Heard::Dropped("too_many_channels"));
                }
                match label.as_str() {
                    VOICES => {
                        self.channel = Some(id);
                        return Some(Heard::Open);
                    }
                    MOTION => self.motion = Some(MotionChannel::new(id, now)),
                    _ => {}
                }
            }
            Event::ChannelClose(id) if self.channel == Some(id) => self.channel = None,
            Event::ChannelClose(id) if self.motion.as_ref().is_some_and(|motion| motion.id == id) => {
                self.motion = None;
                return Some(Heard::MotionEnds);
            }
            Event::ChannelData(data) if self.channel == Some(data.id) => {
                return Some(self.wish(&data.data, now));
            }
            Event::ChannelData(data) => {
                let Self { motion, rtc, .. } = self;
                let motion = motion.as_mut().filter(|motion| motion.id == data.id);
                return Some(match motion.map(|motion| motion.take(data, rtc, now)) {
                    Some(Came::Frame(frame)) => Heard::Motion(frame),
                    Some(Came::Probe) => Heard::Probe,
                    Some(Came::Dropped(why)) => Heard::Dropped(why),
                    None => Heard::Dropped("unknown_channel"),
                });
            }
            _ => {}
        }
        None
    }

    /// Whether it has a channel for motion.
    pub fn takes_motion(&self) -> bool {
        self.motion.is_some()
    }

    /// Sends a frame of motion; `false` when it is passed over.
    pub fn send_motion(&mut self, frame: &[u8]) -> bool {
        let Self { motion, rtc, .. } = self;
        motion.as_ref().is_some_and(|motion| motion.send(frame, rtc))
    }

    /// Has every packet of voices carry the one before it, or no longer.
    pub fn repeat(&mut self, redundant: bool) {
        for slot in &self.slots {
            self.rtc.direct_api().set_red_send(slot.mid, redundant);
        }
    }

    fn voice(&mut self, data: MediaData, now: Instant) -> Option<Heard> {
        if self.up != Some(data.mid) || data.params.spec().codec != Codec::Opus {
            return Some(Heard::Dropped("unknown_media"));
        }
        if data.data.len() > VOICE_PACKET_BYTES_MAX {
            return Some(Heard::Dropped("packet_too_large"));
        }
        if !self.packets.allows(now) {
            return Some(Heard::Dropped("too_many_packets"));
        }
        let time = data.time.rebase(Frequency::FORTY_EIGHT_KHZ).numer();
        Some(Heard::Voice(Packet {
            level_db: data.ext_vals.audio_level,
            time,
            arrived: data.network_time,
            bytes: data.data,
        }))
    }

    fn wish(&mut self, bytes: &[u8], now: Instant) -> Heard {
        if bytes.len() > WISH_BYTES_MAX || !self.wishes.allows(now) {
            return Heard::Dropped("too_many_wishes");
        }
        match serde_json::from_slice::<Wish>(bytes) {
            Ok(wish) if wish.is_bounded() => Heard::Wish(wish),
            _ => Heard::Dropped("bad_wish"),
        }
    }

    /// Sends a packet of somebody's voice in a slot.
    ///
    /// Errors: the line takes no voices.
    pub fn hear(
        &mut self,
        slot: usize,
        source: PeerId,
        packet: &Packet,
        now: Instant,
    ) -> Result<(), str0m::RtcError> {
        let Self { slots, rtc, opus, .. } = self;
        let Some(Slot { mid, time, source: last }) = slots.get_mut(slot) else { return Ok(()) };
        if *last != Some(source) {
            time.switch();
            *last = Some(source);
        }
        let at = MediaTime::new(time.time(packet.time, packet.arrived), Frequency::FORTY_EIGHT_KHZ);
        let Some(writer) = rtc.writer(*mid) else { return Ok(()) };
        let pt = match *opus {
            Some(pt) => pt,
            None => {
                let found = writer.payload_params().find(|params| params.spec().codec == Codec::Opus);
                let Some(pt) = found.map(|params| params.pt()) else { return Ok(()) };
                *opus.insert(pt)
            }
        };
        let writer = match packet.level_db {
            Some(level_db) => writer.audio_level(level_db, true),
            None => writer,
        };
        // str0m puts what waits in the order of these times, and what had to be waited for came late.
        writer.write(pt, now, at, packet.bytes.clone())
    }

    /// Tells whose voice is in which slot, where that is not what was told last; `true` when it was told now.
    pub fn tell(&mut self, held: Vec<Option<UserId>>) -> bool {
        if self.told == held {
            return false;
        }
        let slots: Vec<Option<&str>> = held.iter().map(|user| user.as_ref().map(UserId::as_str)).collect();
        let said = self.say(&json!({"slots": slots}));
        if said == Some(true) {
            self.told = held;
        }
        said.is_some()
    }

    /// Tells which screen is in which slot, where that is not what was told last; `true` when it was told now.
    pub fn tell_screens(&mut self, held: &[Option<EntityId>]) -> bool {
        if self.pictures.told == held {
            return false;
        }
        let said = self.say(&json!({"screens": held}));
        if said == Some(true) {
            self.pictures.told = held.to_vec();
        }
        said.is_some()
    }

    /// Says something on its channel: whether that takes it, `None` while there is none.
    fn say(&mut self, message: &Value) -> Option<bool> {
        let mut channel = self.channel.and_then(|id| self.rtc.channel(id))?;
        // What a channel does not take now is told with the next choice; a broken one ends with its line.
        Some(matches!(channel.write(false, message.to_string().as_bytes()), Ok(true)))
    }
}
