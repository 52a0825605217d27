//! Limits of voices and screens: each with its unit, reason and consequence.

use std::time::Duration;

/// Voices one listener hears at once unless set otherwise; further ones are not sent: of more than eight at a time nobody
/// understands one, and eight at 40 kbit/s with their headers fit a budget of 450 kbit/s.
pub const VOICE_SLOTS: usize = 8;
/// Most voices that an operator may set for one listener; above it the configuration is refused.
pub const VOICE_SLOTS_MAX: usize = 16;
/// Characters of an offer; above it `offer_too_large`. Twenty-one media lines of a browser, three of them video, are about 30 kB.
pub const OFFER_CHARS_MAX: usize = 64 * 1024;
/// Media lines of an offer: the voice up, the slots, what is shared, the screens, and the channels; above it `bad_offer`, since
/// each costs memory.
pub const OFFER_LINES_MAX: usize = VOICE_SLOTS_MAX + SCREENS_SEEN_MAX + 5;
/// Peer connections at a time in one process; above it `voice_full`: each takes a third of a megabyte.
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
/// Frames as long as the next one that may be under way or wait on one line; while there are more, it is passed over: the one after it
/// is newer. 0.6 s of them: a long round trip, and browsers acknowledge up to 0.2 s late.
pub const MOTION_FRAMES_UNDER_WAY_MAX: usize = 12;
/// The same in bytes, where an operator allows long frames.
pub const MOTION_BUFFERED_BYTES_MAX: usize = 64 * 1024;
/// Lines of a process that carry motion at a time; further ones are refused `motion_full` and keep to their WebSocket. Each frame is
/// encrypted by the thread that carries the voices, which come first.
pub const MOTION_LINES_MAX: usize = 400;
/// People whom one listener may ask not to hear; of longer lists the rest is heard.
pub const UNHEARD_MAX: usize = 256;
/// Addresses that are remembered of one line; beyond them the oldest is forgotten, and its packets are dropped.
pub const LINE_ADDRESSES_MAX: usize = 8;
/// How long an offer may take to become a connection; then it is forgotten.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// Screens one person sees at once, each a media line of their offer; farther ones are not sent: two fill a view.
pub const SCREENS_SEEN_MAX: usize = 2;
/// Screens of one room onto which something is shared and shown at a time, those of the smallest ids; others stay dark: each
/// is weighed for everybody in the room.
pub const SCREENS_SHARED_MAX: usize = 16;
/// People of one process who share onto screens at a time; what others share is dropped, and their screens stay dark until one
/// ends: of each up to 20 MB of pictures that never become whole are kept.
pub const SHARERS_MAX: usize = 64;
/// Screens of which one person says how they wish to see them; of longer lists nothing counts.
pub const SCREEN_WISHES_MAX: usize = 64;
/// What one person may send to be shown, all layers together, kbit/s: enough for text at 1080p; above it frames are dropped,
/// and what they share stands still until its next keyframe.
pub const SCREEN_KBIT_S_MAX: u64 = 2_500;
/// What of it may come at once, milliseconds' worth: a keyframe is many times as large as what follows it.
pub const SCREEN_BURST_MS: u64 = 2_000;
/// Bytes of one frame; larger ones are dropped: so much goes to one viewer in one go, and voices wait for it (about 3 ms).
pub const SCREEN_FRAME_BYTES_MAX: usize = 256 * 1024;
/// What all screens of a process may be sent down in all, kbit/s: about a fifth of what its thread carries, so that voices never
/// wait; beyond it those who are farther away get the small layer, then nothing.
pub const SCREENS_KBIT_S_MAX: u64 = 200_000;
/// What of it may go out at once, bytes, before voices have their turn again.
pub const SCREENS_BYTES_AT_ONCE: usize = 64 * 1024;
/// Frames that wait for their turn, bytes on the wire, a second's worth: a keyframe for a hundred viewers; beyond it viewers
/// wait for the next keyframe instead.
pub const SCREENS_WAITING_BYTES_MAX: usize = 25 * 1024 * 1024;
/// How often one layer of a sharer is asked for a keyframe at most, whoever and however many want one.
pub const KEYFRAME_EVERY: Duration = Duration::from_secs(1);
/// A layer of which nothing came for so long is not there: others are shown instead. A screen that stands still is told once a second.
pub const LAYER_GONE_AFTER: Duration = Duration::from_secs(3);
/// What the small layer is taken to need before anything has come, kbit/s.
pub const LAYER_LOW_KBIT_S: u64 = 150;
/// What a layer needed most is remembered by this share from second to second, percent: who gets which does not flap.
pub const LAYER_RATE_KEPT_PERCENT: u64 = 90;

const _: () =
    assert!(SCREEN_FRAME_BYTES_MAX as u64 <= SCREEN_KBIT_S_MAX * SCREEN_BURST_MS / 8, "a keyframe passes");
const _: () = assert!(SCREENS_WAITING_BYTES_MAX > SCREEN_FRAME_BYTES_MAX, "whoever waits alone is served");
