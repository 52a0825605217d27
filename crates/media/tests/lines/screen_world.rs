//! People who share onto screens and see them, on lines that lose: their pictures say which they are.

use crate::air::{Air, received, server, user};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::change::SdpAnswer;
use str0m::channel::{ChannelConfig, ChannelId, Reliability};
use str0m::format::Codec;
use str0m::media::{Direction, Frequency, KeyframeRequestKind, MediaKind, MediaTime, Mid, Rid};
use str0m::media::{Simulcast, SimulcastLayer};
use str0m::{Candidate, Event, Input, Output, Rtc};
use thexr_media::limits::SCREENS_SEEN_MAX;
use thexr_media::{Person, Scene, Screen, Settings, Sfu, Way};
use thexr_wire::{EntityId, PeerId, RoomId};

pub const STEP: Duration = Duration::from_millis(5);
pub const LAYERS: [&str; 2] = ["l", "h"];
/// Bytes of a picture of each layer: some 64 and 480 kbit/s at 20 pictures a second.
pub const PICTURE_BYTES: [usize; 2] = [400, 3_000];
/// Of a keyframe.
pub const KEYFRAME_BYTES: [usize; 2] = [4_000, 30_000];

pub fn entity(number: u64) -> EntityId {
    EntityId::parse(&format!("screen{number:02}")).unwrap()
}

pub fn room() -> RoomId {
    RoomId::parse("screens").unwrap()
}

/// A picture as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    pub source: u8,
    pub layer: u8,
    pub number: u32,
    pub is_keyframe: bool,
    pub time: u64,
}

/// A frame of VP8 as far as a forwarding unit reads it: its tag, a keyframe's start code and size, and then what we put in.
pub fn vp8(picture: &Picture, bytes: usize) -> Vec<u8> {
    let mut frame = vec![0_u8; bytes];
    frame[0] = if picture.is_keyframe { 0x10 } else { 0x11 };
    if picture.is_keyframe {
        frame[3..10].copy_from_slice(&[0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00]);
    }
    (frame[10], frame[11]) = (picture.source, picture.layer);
    frame[12..16].copy_from_slice(&picture.number.to_be_bytes());
    frame
}

pub fn read(frame: &[u8], time: u64) -> Picture {
    let number = u32::from_be_bytes(frame[12..16].try_into().unwrap());
    Picture { source: frame[10], layer: frame[11], number, is_keyframe: frame[0] & 1 == 0, time }
}

pub struct Client {
    pub id: PeerId,
    pub address: SocketAddr,
    pub rtc: Rtc,
    pub up: Mid,
    pub down: Vec<Mid>,
    pub channel: Option<ChannelId>,
    /// Which screen each slot has, as it was told.
    pub screens: Vec<Option<String>>,
    /// What came, by slot.
    pub seen: BTreeMap<usize, Vec<Picture>>,
    /// Slots of which pictures can be made.
    pub decodes: BTreeSet<usize>,
    /// Which layers it sends: how many pictures of each so far, and whether the next is a keyframe.
    pub sends: [Option<(u32, bool)>; 2],
    /// How large its keyframes are.
    pub keyframe_bytes: [usize; 2],
    /// Keyframes it was asked for.
    pub asked: usize,
}

pub struct World {
    pub now: Instant,
    pub sfu: Sfu,
    pub clients: Vec<Client>,
    pub air: Air,
    pub scene: Scene,
    /// Most bytes that went out in one step.
    pub burst: usize,
    pub steps: u64,
}

impl World {
    pub fn new(seed: u64, loss: u64) -> Self {
        #[allow(clippy::disallowed_methods, reason = "where the simulation begins")]
        let now = Instant::now();
        let sfu = Sfu::new(Settings::new(vec![server()], 1).unwrap());
        let (clients, scene) = Default::default();
        Self { now, sfu, clients, air: Air::new(seed, loss, 0), scene, burst: 0, steps: 0 }
    }

    pub fn tell_scene(&mut self) {
        self.sfu.scene(&room(), self.scene.clone(), self.now);
    }

    /// Somebody comes, at a place along the room.
    pub fn come(&mut self, z: f32) -> usize {
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
    pub fn share(&mut self, at: usize, screen: u64, z: f32) {
        self.scene.screens.push(Screen {
            entity: entity(screen),
            line: self.clients[at].id,
            place: [0.0, 1.7, z],
        });
        self.tell_scene();
        self.clients[at].sends = [Some((0, true)); 2];
    }

    pub fn offer(&mut self, number: u64, port: u16) -> Client {
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

    pub fn connect(&mut self) {
        for _ in 0..300 {
            self.run(100);
            let connected = self.sfu.connected() == self.clients.len();
            if connected && self.clients.iter().all(|client| client.channel.is_some()) {
                return;
            }
        }
        panic!("no line: {} of {}", self.sfu.connected(), self.clients.len());
    }

    pub fn run(&mut self, ms: u64) {
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
                self.air.send(self.now, (transmit.from, transmit.to, transmit.bytes));
            }
            self.burst = self.burst.max(burst);
        }
    }

    pub fn deliver(&mut self) {
        while let Some(datagram) = self.air.arrived(self.now) {
            let (from, to, bytes) = &datagram;
            if *to == server() {
                self.sfu.datagram(Way::Udp, *from, *to, bytes, self.now);
            } else if let Some(at) = self.clients.iter().position(|client| client.address == *to) {
                self.take(at, received(&datagram, self.now));
            }
        }
    }

    /// Everyone who shares sends a picture of each layer.
    pub fn picture(&mut self) {
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

    pub fn take(&mut self, at: usize, input: Input<'_>) {
        self.clients[at].rtc.handle_input(input).unwrap();
        loop {
            let client = &mut self.clients[at];
            match client.rtc.poll_output().unwrap() {
                Output::Timeout(_) => return,
                Output::Transmit(transmit) => {
                    let datagram = (transmit.source, transmit.destination, transmit.contents.to_vec());
                    self.air.send(self.now, datagram);
                }
                Output::Event(event) => client.event(event),
            }
        }
    }

    pub fn wish(&mut self, at: usize, text: &str) {
        let client = &mut self.clients[at];
        let mut channel = client.rtc.channel(client.channel.unwrap()).unwrap();
        channel.write(false, text.as_bytes()).unwrap();
    }

    /// What somebody has seen since this was asked last, in all slots.
    pub fn seen(&mut self, at: usize) -> Vec<Picture> {
        std::mem::take(&mut self.clients[at].seen).into_values().flatten().collect()
    }

    pub fn dropped(&mut self, why: &str) -> u64 {
        self.sfu.take_counts().dropped.get(why).copied().unwrap_or_default()
    }
}

impl Client {
    pub fn event(&mut self, event: Event) {
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
