//! Several people on lines that lose: real peer connections on both sides, in one thread. Which datagrams are lost is rolled
//! by a seed; what str0m rolls by itself (names, keys) is not.

use crate::air::{Air, received, server, user};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::change::SdpAnswer;
use str0m::channel::{ChannelConfig, ChannelId, Reliability};
use str0m::format::Codec;
use str0m::media::{Direction, Frequency, MediaKind, MediaTime, Mid};
use str0m::{Candidate, Event, Input, Output, Rtc};
use thexr_media::{Person, Scene, Settings, Sfu, Way};
use thexr_wire::{PeerId, RoomId};

pub const STEP: Duration = Duration::from_millis(5);
pub const SLOTS: usize = 4;
/// Who has no line after so long offers anew.
pub const OFFERS_AGAIN: Duration = Duration::from_secs(10);

pub fn room() -> RoomId {
    RoomId::parse("voices").unwrap()
}

/// Somebody with a microphone and ears.
pub struct Client {
    pub id: PeerId,
    pub address: SocketAddr,
    pub rtc: Rtc,
    pub up: Mid,
    pub down: Vec<Mid>,
    pub channel: Option<ChannelId>,
    pub motion: Option<ChannelId>,
    /// Frames of motion that came, and questions that came back.
    pub moved: Vec<Vec<u8>>,
    pub probed: Vec<String>,
    /// Whose voice each slot has, as it was told.
    pub slots: Vec<Option<String>>,
    /// Packets by slot, and the times of each.
    pub heard: BTreeMap<usize, Vec<u64>>,
    /// What was in the newest packet: its speaker's number.
    pub said: Vec<u8>,
    pub talks: bool,
    pub spoken: u64,
    pub began: Instant,
    pub connected: bool,
    /// Its handshake was given up.
    pub broken: bool,
}

pub struct World {
    pub now: Instant,
    pub sfu: Sfu,
    pub clients: Vec<Client>,
    pub air: Air,
    pub scene: Scene,
}

impl World {
    pub fn new(seed: u64, loss: u64) -> Self {
        let settings = Settings::new(vec![server()], SLOTS).unwrap();
        #[allow(clippy::disallowed_methods, reason = "where the simulation begins")]
        let now = Instant::now();
        let sfu = Sfu::new(settings);
        Self { now, sfu, clients: Vec::new(), air: Air::new(seed, loss, 10), scene: Scene::default() }
    }

    /// Somebody comes and offers a connection.
    pub fn come(&mut self, z: f32) -> usize {
        let number = self.clients.len() as u64;
        let client = self.offer(number, 5_000);
        self.clients.push(client);
        let place = [0.0, 1.7, z];
        self.scene.people.push(Person {
            line: PeerId(number),
            user: user(number),
            ear: place,
            mouth: Some(place),
            zone: 0,
            stage: false,
            most: 16,
        });
        self.sfu.scene(&room(), self.scene.clone(), self.now);
        number as usize
    }

    /// A connection from a port of its own, as a browser offers it.
    pub fn offer(&mut self, number: u64, port: u16) -> Client {
        let address = SocketAddr::new([10, 0, 1, number as u8].into(), port);
        let mut rtc = Rtc::builder()
            .clear_codecs()
            .enable_opus(true, true)
            .set_reordering_size_audio(2)
            .build(self.now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        let mut offer = rtc.sdp_api();
        let up = offer.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        let down = (0..SLOTS)
            .map(|_| offer.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None))
            .collect();
        offer.add_channel_with_config(ChannelConfig {
            label: "voices".into(),
            ordered: true,
            reliability: Reliability::Reliable,
            ..ChannelConfig::default()
        });
        offer.add_channel_with_config(ChannelConfig {
            label: "motion".into(),
            ordered: false,
            reliability: Reliability::MaxRetransmits { retransmits: 0 },
            ..ChannelConfig::default()
        });
        let (offer, pending) = offer.apply().unwrap();
        let answer = self.sfu.offer(PeerId(number), &room(), &offer.to_sdp_string(), self.now).unwrap();
        let answer = SdpAnswer::from_sdp_string(&answer).unwrap();
        rtc.sdp_api().accept_answer(pending, answer).unwrap();
        Client {
            id: PeerId(number),
            address,
            rtc,
            up,
            down,
            channel: None,
            motion: None,
            moved: Vec::new(),
            probed: Vec::new(),
            slots: Vec::new(),
            heard: BTreeMap::new(),
            said: Vec::new(),
            talks: false,
            spoken: 0,
            began: self.now,
            connected: false,
            broken: false,
        }
    }

    pub fn run(&mut self, ms: u64) {
        let until = self.now + Duration::from_millis(ms);
        while self.now < until {
            self.now += STEP;
            self.deliver();
            self.talk();
            for at in 0..self.clients.len() {
                let now = self.now;
                self.take(at, Input::Timeout(now));
            }
            self.sfu.settle(self.now);
            if self.sfu.due().is_some_and(|due| due <= self.now) {
                self.sfu.tick(self.now);
            }
            while let Some(transmit) = self.sfu.transmit() {
                self.air.send(self.now, (transmit.from, transmit.to, transmit.bytes));
            }
        }
    }

    /// Runs until everybody has a line, on both sides, and where nothing is lost its channel as well. Whose handshake has lost too much
    /// offers anew, as browsers do.
    pub fn connect(&mut self) {
        for _ in 0..600 {
            self.run(100);
            let ours = self.sfu.connected() == self.clients.len();
            let has_line =
                |client: &Client| client.connected && (self.air.loss > 0 || client.channel.is_some());
            if ours && self.clients.iter().all(has_line) {
                return;
            }
            for at in 0..self.clients.len() {
                let Client { began, connected, broken, address, .. } = &self.clients[at];
                if *broken || !connected && self.now - *began > OFFERS_AGAIN {
                    self.clients[at] = self.offer(at as u64, address.port() + 1);
                }
            }
        }
        panic!("no line after a minute: {} of {}", self.sfu.connected(), self.clients.len());
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

    /// Everyone who talks says a packet of 20 ms with their own number in it.
    pub fn talk(&mut self) {
        let now = self.now;
        for client in self.clients.iter_mut().filter(|client| client.talks) {
            client.spoken += STEP.as_millis() as u64;
            if !client.spoken.is_multiple_of(20) {
                continue;
            }
            let Some(writer) = client.rtc.writer(client.up) else { continue };
            let pt = writer.payload_params().find(|params| params.spec().codec == Codec::Opus).unwrap().pt();
            let time = MediaTime::new(1_000 * client.id.0 + client.spoken * 48, Frequency::FORTY_EIGHT_KHZ);
            writer.audio_level(-30, true).write(pt, now, time, vec![client.id.0 as u8; 40]).unwrap();
        }
    }

    /// Something comes to a client; a line that stands never breaks by it.
    pub fn take(&mut self, at: usize, input: Input<'_>) {
        let client = &mut self.clients[at];
        let taken = client.rtc.handle_input(input).is_ok() && self.poll(at);
        let client = &mut self.clients[at];
        client.broken |= !taken;
        assert!(taken || !client.connected, "the line of {:?} broke", client.id);
    }

    /// Takes everything out of a client; `false` when it has given up.
    pub fn poll(&mut self, at: usize) -> bool {
        loop {
            let client = &mut self.clients[at];
            let Ok(output) = client.rtc.poll_output() else { return false };
            match output {
                Output::Timeout(_) => return true,
                Output::Transmit(transmit) => {
                    let datagram = (transmit.source, transmit.destination, transmit.contents.to_vec());
                    self.air.send(self.now, datagram);
                }
                Output::Event(Event::MediaData(data)) => {
                    let slot = client.down.iter().position(|mid| *mid == data.mid).unwrap();
                    client.heard.entry(slot).or_default().push(data.time.numer());
                    client.said.push(data.data[0]);
                }
                Output::Event(Event::Connected) => client.connected = true,
                Output::Event(Event::ChannelOpen(id, label)) if label == "motion" => client.motion = Some(id),
                Output::Event(Event::ChannelOpen(id, _)) => client.channel = Some(id),
                Output::Event(Event::ChannelData(data)) if client.motion == Some(data.id) => {
                    if data.binary {
                        client.moved.push(data.data);
                    } else {
                        client.probed.push(String::from_utf8(data.data).unwrap());
                    }
                }
                Output::Event(Event::ChannelData(data)) => {
                    let told: serde_json::Value = serde_json::from_slice(&data.data).unwrap();
                    client.slots = serde_json::from_value(told["slots"].clone()).unwrap();
                }
                Output::Event(_) => {}
            }
        }
    }

    pub fn wish(&mut self, at: usize, text: &str) {
        let client = &mut self.clients[at];
        let mut channel = client.rtc.channel(client.channel.unwrap()).unwrap();
        channel.write(false, text.as_bytes()).unwrap();
    }

    /// Packets that somebody has heard of a speaker since this was asked last.
    pub fn heard(&mut self, at: usize, speaker: u8) -> usize {
        let said = std::mem::take(&mut self.clients[at].said);
        said.iter().filter(|said| **said == speaker).count()
    }
}
