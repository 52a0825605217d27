//! Limits of voices: each with its unit, reason and consequence.

use std::time::Duration;

/// Voices one listener hears at once unless set otherwise; further ones are not sent: of more than eight at a time nobody
/// understands one, and eight at 40 kbit/s with their headers fit a budget of 450 kbit/s.
pub const VOICE_SLOTS: usize = 8;
/// Most voices that an operator may set for one listener; above it the configuration is refused.
pub const VOICE_SLOTS_MAX: usize = 16;
/// Characters of an offer; above it `offer_too_large`. Eighteen media lines of a browser are about 20 kB.
pub const OFFER_CHARS_MAX: usize = 64 * 1024;
/// Media lines of an offer: the voice up, the slots, and the channels; above it `bad_offer`, since each costs memory.
pub const OFFER_LINES_MAX: usize = VOICE_SLOTS_MAX + 4;
/// Peer connections at a time in one process; above it `voice_full`: each takes up to half a megabyte, most of it by what encrypts it.
pub const VOICE_LINES_MAX: usize = 4_000;
/// Speakers of one room that are weighed for its listeners at a time, the loudest; others wait until one falls silent.
pub const ROOM_SPEAKERS_MAX: usize = 256;
/// How often who hears whom is looked at in a room where nobody begins to speak.
pub const CHOICE_EVERY: Duration = Duration::from_millis(200);
/// After somebody begins to speak it is looked at this soon at the earliest: no more than a packet, so that no syllable is lost.
pub const CHOICE_SOONEST: Duration = Duration::from_millis(20);
/// Pairs of a listener and a speaker that are weighed in a room in a second, a few percent of a core; above it who hears whom is
/// looked at more rarely: a thousand who click and clack are heard a quarter of a second late.
pub const WEIGHED_PER_S: u32 = 1_000_000;
/// Bytes of one packet of voice; longer ones are dropped: 510 kbit/s of Opus are 1,275 bytes in 20 ms.
pub const VOICE_PACKET_BYTES_MAX: usize = 1_275;
/// Packets of voice of one line in a second; further ones are dropped. Opus sends 50, at most 400 of 2.5 ms; nobody needs those.
pub const VOICE_PACKETS_PER_S: u32 = 110;
/// Channels of one line, each of which costs memory; above it the line ends.
pub const LINE_CHANNELS_MAX: u32 = 4;
/// Bytes of a message on a line's own channel; longer ones are dropped.
pub const WISH_BYTES_MAX: usize = 8 * 1024;
/// Messages on a line's own channel in a second; further ones are dropped.
pub const WISHES_PER_S: u32 = 10;
/// Frames of motion of one line in a second; further ones are dropped. A page sends at most one a tick, 20 in a second, and says between
/// them how far it has come.
pub const MOTION_FRAMES_PER_S: u32 = 60;
/// Questions about a line, each answered by itself, in a second; further ones are dropped.
pub const PROBES_PER_S: u32 = 10;
/// Bytes of such a question; longer ones are dropped.
pub const PROBE_BYTES_MAX: usize = 32;
/// Bytes of motion that may be under way or wait on one line; while there are more, frames are passed over: the next one is newer. Half a
/// second of full frames, since browsers acknowledge up to 0.2 s late.
pub const MOTION_BUFFERED_BYTES_MAX: usize = 16 * 1024;
/// Lines of a process that carry motion at a time; further ones are refused `motion_full` and keep to their WebSocket. Each frame is
/// encrypted by the thread that carries the voices, which come first.
pub const MOTION_LINES_MAX: usize = 400;
/// People whom one listener may ask not to hear; of longer lists the rest is heard.
pub const UNHEARD_MAX: usize = 256;
/// Addresses that are remembered of one line; beyond them the oldest is forgotten, and its packets are dropped.
pub const LINE_ADDRESSES_MAX: usize = 8;
/// How long an offer may take to become a connection; then it is forgotten.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
