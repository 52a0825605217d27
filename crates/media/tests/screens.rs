//! Shared screens over a line that loses: real peer connections on both sides, in one thread, with pictures that say which they are.
//! Which datagrams are lost is rolled by a seed; what str0m rolls by itself (names, keys) is not.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::change::SdpAnswer;
use str0m::channel::{ChannelConfig, ChannelId, Reliability};
use str0m::format::Codec;
use str0m::media::{Direction, Frequency, KeyframeRequestKind, MediaKind, MediaTime, Mid, Rid};
use str0m::media::{Simulcast, SimulcastLayer};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};
use thexr_media::limits::{
    SCREEN_FRAME_BYTES_MAX, SCREENS_BYTES_AT_ONCE, SCREENS_KBIT_S_MAX, SCREENS_SEEN_MAX,
};
use thexr_media::{Person, Scene, Screen, Settings, Sfu, Way};
use thexr_wire::{EntityId, PeerId, RoomId, UserId};

const STEP: Duration = Duration::from_millis(5);
/// How long a datagram is under way.
const LATE: Duration = Duration::from_millis(25);
const LAYERS: [&str; 2] = ["l", "h"];
/// Bytes of a picture of each layer: some 64 and 480 kbit/s at 20 pictures a second.
const PICTURE_BYTES: [usize; 2] = [400, 3_000];
/// Of a keyframe.
const KEYFRAME_BYTES: [usize; 2] = [4_000, 30_000];

fn server() -> SocketAddr {
    "10.0.0.1:4000".parse().unwrap()
}

fn user(number: u64) -> UserId {
    UserId::parse(&format!("person0000000000{number:04}")).unwrap()
}

fn entity(number: u64) -> EntityId {
    EntityId::parse(&format!("screen{number:02}")).unwrap()
}

fn room() -> RoomId {
    RoomId::parse("screens").unwrap()
}

/// A picture as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Picture {
    source: u8,
    layer: u8,
    number: u32,
    is_keyframe: bool,
    time: u64,
}

/// A frame of VP8 as far as a forwarding unit reads it: its tag, a keyframe's start code and size, and then what we put in.
fn vp8(picture: &Picture, bytes: usize) -> Vec<u8> {
    let mut frame = vec![0_u8; bytes];
    frame[0] = if picture.is_keyframe { 0x10 } else { 0x11 };
    if picture.is_keyframe {
        frame[3..10].copy_from_slice(&[0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00]);
    }
    (frame[10], frame[11]) = (picture.source, picture.layer);
    frame[12..16].copy_from_slice(&picture.number.to_be_bytes());
    frame
}

fn read(frame: &[u8], time: u64) -> Picture {
    let number = u32::from_be_bytes(frame[12..16].try_into().unwrap());
    Picture { source: frame[10], layer: frame[11], number, is_keyframe: frame[0] & 1 == 0, time }
}

struct Client {
    id: PeerId,
    address: SocketAddr,
    rtc: Rtc,
    up: Mid,
    down: Vec<Mid>,
    channel: Option<ChannelId>,
    /// Which screen each slot has, as it was told.
    screens: Vec<Option<String>>,
    /// What came, by slot.
    seen: BTreeMap<usize, Vec<Picture>>,
    /// Slots of which pictures can be made.
    decodes: BTreeSet<usize>,
    /// Which layers it sends: how many pictures of each so far, and whether the next is a keyframe.
    sends: [Option<(u32, bool)>; 2],
    /// How large its keyframes are.
    keyframe_bytes: [usize; 2],
    /// Keyframes it was asked for.
    asked: usize,
}

struct World {
    now: Instant,
    sfu: Sfu,
    clients: Vec<Client>,
    air: BTreeMap<(Instant, u64), (SocketAddr, SocketAddr, Vec<u8>)>,
    number: u64,
    dice: u64,
    /// Of a hundred datagrams so many are lost.
    loss: u64,
    scene: Scene,
    /// Most bytes that went out in one step.
    burst: usize,
    steps: u64,
}

impl World {
    fn new(seed: u64, loss: u64) -> Self {
        #[allow(clippy::disallowed_methods, reason = "where the simulation begins")]
        let now = Instant::now();
        let sfu = Sfu::new(Settings::new(vec![server()], 1).unwrap());
        let (clients, air, scene) = Default::default();
        Self { now, sfu, clients, air, number: 0, dice: seed, loss, scene, burst: 0, steps: 0 }
    }

    /// A number below `below` (SplitMix64).
    fn roll(&mut self, below: u64) -> u64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.dice;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }

    fn send(&mut self, from: SocketAddr, to: SocketAddr, bytes: Vec<u8>) {
        if self.roll(100) < self.loss {
            return;
        }
        self.number += 1;
        self.air.insert((self.now + LATE, self.number), (from, to, bytes));
    }

    fn tell_scene(&mut self) {
        self.sfu.scene(&room(), self.scene.clone(), self.now);
    }

    /// Somebody comes, at a place along the room.
    fn come(&mut self, z: f32) -> usize {
        let number = self.clients.len() as u64;
        let client = self.offer(number, 5_000);
        self.clients.push(client);
        let (line, place) = (PeerId(number), [0.0, 1.7, z]);
        let person =
            Person { line, user: user(number), ear: place, mouth: None, zone: 0, stage: false, most: 16 };
        self.scene.people.push(person);
        self.tell_scene();
        number as usize
    }

    /// Somebody shares onto a screen at a place, and sends.
    fn share(&mut self, at: usize, screen: u64, z: f32) {
        self.scene.screens.push(Screen {
            entity: entity(screen),
            line: self.clients[at].id,
            place: [0.0, 1.7, z],
        });
        self.tell_scene();
        self.clients[at].sends = [Some((0, true)); 2];
    }

    fn offer(&mut self, number: u64, port: u16) -> Client {
        let address = SocketAddr::new([10, 0, 1, number as u8].into(), port);
        let mut rtc = Rtc::builder().clear_codecs().enable_opus(true, false).enable_vp8(true).build(self.now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        let mut offer = rtc.sdp_api();
        offer.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        let mut layers = Simulcast::new();
        LAYERS.iter().for_each(|rid| layers.add_send_layer(SimulcastLayer::new(rid)));
        let up = offer.add_media(MediaKind::Video, Direction::SendOnly, None, None, Some(layers));
        let down = (0..SCREENS_SEEN_MAX)
            .map(|_| offer.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None))
            .collect();
        offer.add_channel_with_config(ChannelConfig {
            label: "voices".into(),
            ordered: true,
            reliability: Reliability::Reliable,
            ..ChannelConfig::default()
        });
        let (offer, pending) = offer.apply().unwrap();
        let answer = self.sfu.offer(PeerId(number), &room(), &offer.to_sdp_string(), self.now).unwrap();
        assert!(answer.contains("a=simulcast:recv"), "{answer}");
        rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(&answer).unwrap()).unwrap();
        let (channel, screens, seen, decodes) = Default::default();
        let (sends, keyframe_bytes) = ([None; 2], KEYFRAME_BYTES);
        Client {
            id: PeerId(number),
            address,
            rtc,
            up,
            down,
            channel,
            screens,
            seen,
            decodes,
            sends,
            keyframe_bytes,
            asked: 0,
        }
    }

    fn connect(&mut self) {
        for _ in 0..300 {
            self.run(100);
            let connected = self.sfu.connected() == self.clients.len();
            if connected && self.clients.iter().all(|client| client.channel.is_some()) {
                return;
            }
        }
        panic!("no line: {} of {}", self.sfu.connected(), self.clients.len());
    }

    fn run(&mut self, ms: u64) {
        let until = self.now + Duration::from_millis(ms);
        while self.now < until {
            self.now += STEP;
            self.deliver();
            self.steps += 1;
            if self.steps.is_multiple_of(10) {
                self.picture();
            }
            for at in 0..self.clients.len() {
                let now = self.now;
                self.take(at, Input::Timeout(now));
            }
            self.sfu.settle(self.now);
            if self.sfu.due().is_some_and(|due| due <= self.now) {
                self.sfu.tick(self.now);
            }
            let mut burst = 0;
            while let Some(transmit) = self.sfu.transmit() {
                burst += transmit.bytes.len();
                self.send(transmit.from, transmit.to, transmit.bytes);
            }
            self.burst = self.burst.max(burst);
        }
    }

    fn deliver(&mut self) {
        while let Some(entry) = self.air.first_entry()
            && entry.key().0 <= self.now
        {
            let (from, to, bytes) = entry.remove();
            if to == server() {
                self.sfu.datagram(Way::Udp, from, to, &bytes, self.now);
                continue;
            }
            let Some(at) = self.clients.iter().position(|client| client.address == to) else { continue };
            let contents = bytes.as_slice().try_into().unwrap();
            let receive = Receive { proto: Protocol::Udp, source: from, destination: to, contents };
            self.take(at, Input::Receive(self.now, receive));
        }
    }

    /// Everyone who shares sends a picture of each layer.
    fn picture(&mut self) {
        let now = self.now;
        for client in &mut self.clients {
            for layer in 0..2 {
                let Some((number, is_keyframe)) = client.sends[layer] else { continue };
                client.sends[layer] = Some((number + 1, false));
                let time = 700_000 * (client.id.0 + 1) + 4_500 * u64::from(number);
                let picture =
                    Picture { source: client.id.0 as u8, layer: layer as u8, number, is_keyframe, time };
                let bytes = if is_keyframe { client.keyframe_bytes[layer] } else { PICTURE_BYTES[layer] };
                let writer = client.rtc.writer(client.up).unwrap().rid(Rid::from(LAYERS[layer]));
                let params = writer.payload_params().find(|params| params.spec().codec == Codec::Vp8);
                let (pt, at) = (params.unwrap().pt(), MediaTime::new(time, Frequency::NINETY_KHZ));
                writer.write(pt, now, at, vp8(&picture, bytes)).unwrap();
            }
        }
    }

    fn take(&mut self, at: usize, input: Input<'_>) {
        self.clients[at].rtc.handle_input(input).unwrap();
        loop {
            let client = &mut self.clients[at];
            match client.rtc.poll_output().unwrap() {
                Output::Timeout(_) => return,
                Output::Transmit(transmit) => {
                    self.send(transmit.source, transmit.destination, transmit.contents.to_vec());
                }
                Output::Event(event) => client.event(event),
            }
        }
    }

    fn wish(&mut self, at: usize, text: &str) {
        let client = &mut self.clients[at];
        let mut channel = client.rtc.channel(client.channel.unwrap()).unwrap();
        channel.write(false, text.as_bytes()).unwrap();
    }

    /// What somebody has seen since this was asked last, in all slots.
    fn seen(&mut self, at: usize) -> Vec<Picture> {
        std::mem::take(&mut self.clients[at].seen).into_values().flatten().collect()
    }

    fn dropped(&mut self, why: &str) -> u64 {
        self.sfu.take_counts().dropped.get(why).copied().unwrap_or_default()
    }
}

impl Client {
    fn event(&mut self, event: Event) {
        match event {
            Event::MediaData(data) => {
                let Some(slot) = self.down.iter().position(|mid| *mid == data.mid) else { return };
                let picture = read(&data.data, data.time.numer());
                // As a decoder does: it begins with a keyframe, and wants one where packets are missing.
                let begun = self.decodes.contains(&slot);
                if !(picture.is_keyframe || begun && data.contiguous) {
                    self.decodes.remove(&slot);
                    let mut writer = self.rtc.writer(data.mid).unwrap();
                    writer.request_keyframe(None, KeyframeRequestKind::Pli).unwrap();
                    return;
                }
                self.decodes.insert(slot);
                self.seen.entry(slot).or_default().push(picture);
            }
            Event::KeyframeRequest(request) => {
                self.asked += 1;
                let layer = LAYERS.iter().position(|rid| request.rid == Some(Rid::from(*rid))).unwrap();
                if let Some((_, is_keyframe)) = &mut self.sends[layer] {
                    *is_keyframe = true;
                }
            }
            Event::ChannelOpen(id, _) => self.channel = Some(id),
            Event::ChannelData(data) => {
                let told: serde_json::Value = serde_json::from_slice(&data.data).unwrap();
                if let Some(screens) = told.get("screens") {
                    self.screens = serde_json::from_value(screens.clone()).unwrap();
                }
            }
            _ => {}
        }
    }
}

/// Whether what came can be drawn: it begins with a keyframe, each picture follows the one before or is a keyframe, and times go on.
fn is_drawable(pictures: &[Picture]) -> bool {
    pictures.first().is_none_or(|first| first.is_keyframe)
        && pictures.windows(2).all(|pair| {
            let [before, after] = [pair[0], pair[1]];
            let of_one = (before.source, before.layer) == (after.source, after.layer);
            let follows = after.is_keyframe || of_one && after.number == before.number + 1;
            follows && after.time > before.time
        })
}

fn layers_of(pictures: &[Picture]) -> Vec<u8> {
    let mut layers: Vec<u8> = pictures.iter().map(|picture| picture.layer).collect();
    layers.dedup();
    layers
}

// Rule 9.9
#[test]
fn what_somebody_shares_is_seen_by_those_near_in_the_size_they_wish_and_they_are_told_where() {
    let mut world = World::new(1, 0);
    let (ada, ben, eve, far) = (world.come(0.0), world.come(3.0), world.come(9.0), world.come(70.0));
    world.connect();
    world.share(ada, 7, 5.0);
    world.wish(eve, r#"{"screens":{"screen07":"high"}}"#);
    world.run(2_000);
    for (at, layer) in [(ben, 0), (eve, 1)] {
        let seen = world.seen(at);
        let last = *seen.last().unwrap();
        assert!(is_drawable(&seen) && seen.len() > 20, "{seen:?}");
        assert_eq!((last.source, last.layer), (ada as u8, layer));
        assert_eq!(world.clients[at].screens, [Some("screen07".to_owned()), None]);
    }
    assert!(world.seen(ada).is_empty() && world.clients[ada].screens.is_empty(), "nobody is sent their own");
    assert!(world.seen(far).is_empty() && world.clients[far].screens.is_empty());
    assert_eq!(world.sfu.shared(), 1);
}

// Rule 9.9
#[test]
fn what_the_room_does_not_say_is_shared_is_dropped_and_counted_and_so_is_what_comes_after_its_end() {
    let mut world = World::new(2, 0);
    let (ada, ben) = (world.come(0.0), world.come(3.0));
    world.connect();
    world.clients[ada].sends = [Some((0, true)); 2];
    world.run(1_000);
    assert!(world.seen(ben).is_empty() && world.dropped("not_shared") > 20);
    world.share(ada, 1, 5.0);
    world.run(1_000);
    assert!(world.seen(ben).len() > 10);
    world.scene.screens.clear();
    world.tell_scene();
    world.run(100);
    world.seen(ben);
    world.run(500);
    assert!(world.seen(ben).is_empty() && world.dropped("not_shared") > 10);
    assert_eq!((world.clients[ben].screens.clone(), world.sfu.shared()), (vec![None, None], 0));
}

#[test]
fn a_viewer_changes_between_the_sizes_at_keyframes_and_never_sees_a_broken_picture() {
    let mut world = World::new(3, 0);
    let (ada, ben) = (world.come(0.0), world.come(3.0));
    world.connect();
    world.share(ada, 1, 5.0);
    for want in ["low", "high", "low", "none", "high"] {
        world.wish(ben, &format!(r#"{{"screens":{{"screen01":"{want}"}}}}"#));
        world.run(2_500);
    }
    let seen = world.seen(ben);
    assert!(is_drawable(&seen));
    assert_eq!(layers_of(&seen), [0, 1, 0, 1]);
}

#[test]
fn who_comes_late_sees_at_once_what_is_shared_already() {
    let mut world = World::new(4, 0);
    let (ada, _) = (world.come(0.0), world.come(3.0));
    world.connect();
    world.share(ada, 1, 5.0);
    world.run(3_000);
    let cy = world.come(4.0);
    world.connect();
    world.run(1_300);
    let seen = world.seen(cy);
    assert!(is_drawable(&seen) && seen.len() > 5, "{seen:?}");
}

#[test]
fn a_line_that_loses_one_in_twenty_shows_whole_pictures_and_most_of_them() {
    for seed in [5, 6] {
        let mut world = World::new(seed, 0);
        let (ada, ben) = (world.come(0.0), world.come(3.0));
        world.connect();
        world.loss = 5;
        world.share(ada, 1, 5.0);
        world.wish(ben, r#"{"screens":{"screen01":"high"}}"#);
        world.run(10_000);
        let seen = world.seen(ben);
        assert!(is_drawable(&seen), "seed {seed}: {seen:?}");
        assert!(seen.len() > 120, "seed {seed}: {} of 200", seen.len());
    }
}

// Rule 9.9
#[test]
fn however_many_ask_for_keyframes_the_sharer_is_asked_once_a_second() {
    let mut world = World::new(7, 0);
    let ada = world.come(0.0);
    let viewers: Vec<usize> = (1..6).map(|at| world.come(at as f32)).collect();
    world.connect();
    world.share(ada, 1, 5.0);
    world.run(2_000);
    world.clients[ada].asked = 0;
    for _ in 0..500 {
        for at in &viewers {
            let Client { rtc, down, .. } = &mut world.clients[*at];
            let mut writer = rtc.writer(down[0]).unwrap();
            writer.request_keyframe(None, KeyframeRequestKind::Pli).unwrap();
        }
        world.run(10);
    }
    assert!((3..=6).contains(&world.clients[ada].asked), "{} in five seconds", world.clients[ada].asked);
}

// Rule 9.9
#[test]
fn who_blocks_or_is_blocked_sees_nothing_of_it_from_the_next_look_on() {
    let mut world = World::new(8, 0);
    let (ada, ben, eve) = (world.come(0.0), world.come(3.0), world.come(4.0));
    world.connect();
    world.share(ada, 1, 5.0);
    world.run(1_500);
    assert!(world.seen(ben).len() > 10);
    world.scene.part(&user(ben as u64), &user(ada as u64));
    world.tell_scene();
    world.run(100);
    world.seen(ben);
    world.seen(eve);
    world.run(1_000);
    assert!(world.seen(ben).is_empty() && world.seen(eve).len() > 10);
    assert_eq!(world.clients[ben].screens, [None, None]);
}

#[test]
fn somebody_who_stands_among_three_screens_sees_the_two_nearest_each_in_its_slot() {
    let mut world = World::new(9, 0);
    let sharers = [0.0, 10.0, 30.0].map(|z| world.come(z));
    let ben = world.come(5.0);
    world.connect();
    for (at, z) in sharers.into_iter().zip([0.0, 10.0, 30.0]) {
        world.share(at, at as u64, z);
    }
    world.run(1_500);
    assert_eq!(world.clients[ben].screens, [Some("screen00".to_owned()), Some("screen01".to_owned())]);
    for slot in 0..2 {
        let seen = world.clients[ben].seen[&slot].clone();
        assert!(is_drawable(&seen) && seen.iter().all(|picture| picture.source == slot as u8));
    }
    world.scene.people[ben].ear = [0.0, 1.7, 25.0];
    world.tell_scene();
    world.run(1_500);
    assert_eq!(world.clients[ben].screens, [Some("screen02".to_owned()), Some("screen01".to_owned())]);
}

#[test]
fn a_large_keyframe_for_thirty_goes_out_in_turns_and_reaches_all() {
    let mut world = World::new(10, 0);
    let ada = world.come(0.0);
    let viewers: Vec<usize> = (0..30).map(|at| world.come(1.0 + at as f32 * 0.1)).collect();
    world.connect();
    world.clients[ada].keyframe_bytes = [200_000, 200_000];
    world.burst = 0;
    world.share(ada, 1, 5.0);
    world.run(4_000);
    let step_bytes = SCREENS_KBIT_S_MAX as usize / 8 * 5;
    let most = SCREENS_BYTES_AT_ONCE + step_bytes + SCREEN_FRAME_BYTES_MAX;
    assert!(world.burst < most * 11 / 10, "{} in one step", world.burst);
    for at in viewers {
        let seen = world.seen(at);
        assert!(is_drawable(&seen) && seen.len() > 10, "{at}: {}", seen.len());
    }
}

// Rule 9.9
#[test]
fn who_sends_too_much_is_not_forwarded_and_nobody_sees_a_broken_picture_by_it() {
    let mut world = World::new(11, 0);
    let (ada, ben) = (world.come(0.0), world.come(3.0));
    world.connect();
    world.share(ada, 1, 5.0);
    world.run(1_000);
    world.sfu.take_counts();
    // Every picture of hers is a keyframe of 30 kB: 5 Mbit/s.
    for _ in 0..100 {
        world.clients[ada].sends.iter_mut().flatten().for_each(|sends| sends.1 = true);
        world.run(50);
    }
    let counts = world.sfu.take_counts();
    assert!(counts.dropped["too_much_video"] > 20 && counts.screens_in > 100, "{counts:?}");
    world.clients[ada].keyframe_bytes = [SCREEN_FRAME_BYTES_MAX + 1; 2];
    world.clients[ada].sends.iter_mut().flatten().for_each(|sends| sends.1 = true);
    world.run(2_000);
    assert!(world.dropped("frame_too_large") >= 2);
    let seen = world.seen(ben);
    assert!(is_drawable(&seen), "{seen:?}");
    world.clients[ada].keyframe_bytes = KEYFRAME_BYTES;
    world.run(4_000);
    let seen = world.seen(ben);
    assert!(seen.len() > 40, "it goes on once it is bearable: {}", seen.len());
}

// Rule 9.9
#[test]
fn twenty_who_all_send_more_than_they_may_are_bounded_and_the_honest_one_beside_them_is_seen() {
    let mut world = World::new(14, 0);
    let (ada, ben) = (world.come(0.0), world.come(0.5));
    let hostile: Vec<usize> = (0..20).map(|_| world.come(39.0)).collect();
    world.connect();
    world.share(ada, 1, 1.0);
    for (nth, at) in hostile.iter().enumerate() {
        world.share(*at, 10 + nth as u64, 39.0);
    }
    world.burst = 0;
    world.sfu.take_counts();
    for _ in 0..60 {
        for at in &hostile {
            world.clients[*at].sends.iter_mut().flatten().for_each(|sends| sends.1 = true);
        }
        world.run(50);
    }
    let counts = world.sfu.take_counts();
    assert!(counts.dropped["too_much_video"] > 200, "{counts:?}");
    let most = SCREENS_BYTES_AT_ONCE + SCREENS_KBIT_S_MAX as usize / 8 * 5 + SCREEN_FRAME_BYTES_MAX;
    assert!(world.burst < most * 2, "{} in one step", world.burst);
    let seen: Vec<Picture> = world.seen(ben).into_iter().filter(|of| of.source == ada as u8).collect();
    assert!(is_drawable(&seen) && seen.len() > 45, "{} of 60", seen.len());
}

#[test]
fn a_line_that_offers_no_video_is_shown_none_and_told_of_none() {
    let mut world = World::new(15, 0);
    let ada = world.come(0.0);
    let mut rtc = Rtc::builder().clear_codecs().enable_opus(true, false).build(world.now);
    let mut offer = rtc.sdp_api();
    offer.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
    let offer = offer.apply().unwrap().0.to_sdp_string();
    let answer = world.sfu.offer(PeerId(50), &room(), &offer, world.now).unwrap();
    assert!(!answer.contains("m=video"));
    world.connect();
    world.share(ada, 1, 1.0);
    world.run(500);
    assert_eq!(world.sfu.take_counts().screens_out, 0);
}

#[test]
fn a_sharer_whose_line_is_made_anew_is_seen_again() {
    let mut world = World::new(12, 0);
    let (ada, ben) = (world.come(0.0), world.come(3.0));
    world.connect();
    world.share(ada, 1, 5.0);
    world.run(1_000);
    assert!(world.seen(ben).len() > 5);
    let anew = world.offer(ada as u64, 6_000);
    world.clients[ada] = anew;
    world.connect();
    world.clients[ada].sends = [Some((0, true)); 2];
    world.run(2_000);
    let seen = world.seen(ben);
    assert!(is_drawable(&seen) && seen.len() > 10, "{seen:?}");
}

#[test]
fn wishes_that_are_none_are_dropped_and_change_nothing() {
    let mut world = World::new(13, 0);
    let (ada, ben) = (world.come(0.0), world.come(3.0));
    world.connect();
    world.share(ada, 1, 5.0);
    world.run(500);
    let many: Vec<String> = (0..65).map(|at| format!(r#""wishes{at}":"low""#)).collect();
    let many = format!(r#"{{"screens":{{{}}}}}"#, many.join(","));
    for wish in
        [r#"{"screens":{"screen01":"huge"}}"#, r#"{"screens":{"!":"low"}}"#, r#"{"screens":7}"#, &many]
    {
        world.wish(ben, wish);
    }
    world.run(300);
    assert_eq!(world.dropped("bad_wish"), 4);
    world.seen(ben);
    world.run(500);
    assert!(world.seen(ben).len() > 5);
}
