//! Voices of several people over a line that loses: real peer connections on both sides, in one thread. Which datagrams are lost is rolled
//! by a seed; what str0m rolls by itself (names, keys) is not.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::change::SdpAnswer;
use str0m::channel::{ChannelConfig, ChannelId, Reliability};
use str0m::format::Codec;
use str0m::media::{Direction, Frequency, MediaKind, MediaTime, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};
use thexr_media::{Person, Scene, Settings, Sfu, Way};
use thexr_wire::{PeerId, RoomId, UserId};

const STEP: Duration = Duration::from_millis(5);
const SLOTS: usize = 4;
/// Who has no line after so long offers anew.
const OFFERS_AGAIN: Duration = Duration::from_secs(10);

fn server() -> SocketAddr {
    "10.0.0.1:4000".parse().unwrap()
}

fn user(number: u64) -> UserId {
    UserId::parse(&format!("person0000000000{number:04}")).unwrap()
}

fn room() -> RoomId {
    RoomId::parse("voices").unwrap()
}

/// Somebody with a microphone and ears.
struct Client {
    id: PeerId,
    address: SocketAddr,
    rtc: Rtc,
    up: Mid,
    down: Vec<Mid>,
    channel: Option<ChannelId>,
    /// Whose voice each slot has, as it was told.
    slots: Vec<Option<String>>,
    /// Packets by slot, and the times of each.
    heard: BTreeMap<usize, Vec<u64>>,
    /// What was in the newest packet: its speaker's number.
    said: Vec<u8>,
    talks: bool,
    spoken: u64,
    began: Instant,
    connected: bool,
    /// Its handshake was given up.
    broken: bool,
}

struct World {
    now: Instant,
    sfu: Sfu,
    clients: Vec<Client>,
    /// Datagrams under way.
    air: BTreeMap<(Instant, u64), (SocketAddr, SocketAddr, Vec<u8>)>,
    number: u64,
    dice: u64,
    /// Of a hundred datagrams so many are lost.
    loss: u64,
    scene: Scene,
}

impl World {
    fn new(seed: u64, loss: u64) -> Self {
        let settings = Settings::new(vec![server()], SLOTS).unwrap();
        #[allow(clippy::disallowed_methods, reason = "where the simulation begins")]
        let now = Instant::now();
        let sfu = Sfu::new(settings);
        Self {
            now,
            sfu,
            clients: Vec::new(),
            air: BTreeMap::new(),
            number: 0,
            dice: seed,
            loss,
            scene: Scene::default(),
        }
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
        let late = Duration::from_millis(20 + self.roll(10));
        self.number += 1;
        self.air.insert((self.now + late, self.number), (from, to, bytes));
    }

    /// Somebody comes and offers a connection.
    fn come(&mut self, z: f32) -> usize {
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
        });
        self.sfu.scene(&room(), self.scene.clone(), self.now);
        number as usize
    }

    /// A connection from a port of its own, as a browser offers it.
    fn offer(&mut self, number: u64, port: u16) -> Client {
        let address = SocketAddr::new([10, 0, 1, number as u8].into(), port);
        let mut rtc = Rtc::builder()
            .clear_codecs()
            .enable_opus(true, false)
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

    fn run(&mut self, ms: u64) {
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
                self.send(transmit.from, transmit.to, transmit.bytes);
            }
        }
    }

    /// Runs until everybody has a line, on both sides, and where nothing is lost its channel as well. Whose handshake has lost too much
    /// offers anew, as browsers do.
    fn connect(&mut self) {
        for _ in 0..600 {
            self.run(100);
            let ours = self.sfu.connected() == self.clients.len();
            let has_line = |client: &Client| client.connected && (self.loss > 0 || client.channel.is_some());
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

    /// Everyone who talks says a packet of 20 ms with their own number in it.
    fn talk(&mut self) {
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
    fn take(&mut self, at: usize, input: Input<'_>) {
        let client = &mut self.clients[at];
        let taken = client.rtc.handle_input(input).is_ok() && self.poll(at);
        let client = &mut self.clients[at];
        client.broken |= !taken;
        assert!(taken || !client.connected, "the line of {:?} broke", client.id);
    }

    /// Takes everything out of a client; `false` when it has given up.
    fn poll(&mut self, at: usize) -> bool {
        loop {
            let client = &mut self.clients[at];
            let Ok(output) = client.rtc.poll_output() else { return false };
            match output {
                Output::Timeout(_) => return true,
                Output::Transmit(transmit) => {
                    self.send(transmit.source, transmit.destination, transmit.contents.to_vec());
                }
                Output::Event(Event::MediaData(data)) => {
                    let slot = client.down.iter().position(|mid| *mid == data.mid).unwrap();
                    client.heard.entry(slot).or_default().push(data.time.numer());
                    client.said.push(data.data[0]);
                }
                Output::Event(Event::Connected) => client.connected = true,
                Output::Event(Event::ChannelOpen(id, _)) => client.channel = Some(id),
                Output::Event(Event::ChannelData(data)) => {
                    let told: serde_json::Value = serde_json::from_slice(&data.data).unwrap();
                    client.slots = serde_json::from_value(told["slots"].clone()).unwrap();
                }
                Output::Event(_) => {}
            }
        }
    }

    fn wish(&mut self, at: usize, text: &str) {
        let client = &mut self.clients[at];
        let mut channel = client.rtc.channel(client.channel.unwrap()).unwrap();
        channel.write(false, text.as_bytes()).unwrap();
    }

    /// Packets that somebody has heard of a speaker since this was asked last.
    fn heard(&mut self, at: usize, speaker: u8) -> usize {
        let said = std::mem::take(&mut self.clients[at].said);
        said.iter().filter(|said| **said == speaker).count()
    }
}

// Rule 9.4
#[test]
fn two_people_hear_each_other_and_are_told_who_it_is() {
    let mut world = World::new(1, 0);
    let (ada, ben) = (world.come(0.0), world.come(2.0));
    world.connect();
    world.clients[ada].talks = true;
    world.run(1_000);
    let heard = world.heard(ben, ada as u8);
    assert!((45..=50).contains(&heard), "{heard} packets of a second");
    assert_eq!(world.clients[ben].slots.iter().flatten().collect::<Vec<_>>(), [user(0).as_str()]);
    assert_eq!(world.heard(ada, ada as u8), 0, "nobody hears themselves");
    // Silence costs nothing.
    world.clients[ada].talks = false;
    world.run(1_000);
    world.sfu.take_counts();
    world.run(1_000);
    assert_eq!(world.sfu.take_counts().voices_out, 0);
}

#[test]
fn a_line_that_loses_one_in_ten_loses_little_more_of_a_voice() {
    for seed in [3, 4] {
        let mut world = World::new(seed, 10);
        let (ada, ben) = (world.come(0.0), world.come(2.0));
        world.connect();
        world.clients[ada].talks = true;
        world.run(4_000);
        let heard = world.heard(ben, ada as u8);
        // 81 of 100 pass both ways.
        assert!(heard > 140, "seed {seed}: {heard} packets of 200");
    }
}

#[test]
fn of_twelve_who_all_talk_each_hears_the_four_nearest_and_times_never_go_back() {
    let mut world = World::new(7, 1);
    let everyone: Vec<_> = [0.0, 1.5, 3.0, 6.0, 12.0]
        .into_iter()
        .chain((0..7).map(|number| 30.0 + number as f32))
        .map(|z| world.come(z))
        .collect();
    world.connect();
    for at in &everyone {
        world.clients[*at].talks = true;
    }
    world.run(2_000);
    everyone.iter().for_each(|at| world.clients[*at].said.clear());
    world.run(1_000);
    let first = world.clients[0].said.clone();
    for speaker in 1..=4 {
        assert!(first.iter().filter(|said| **said == speaker).count() > 40, "{speaker} in {first:?}");
    }
    assert!(first.iter().filter(|said| **said > 4).count() < 10);
    for client in &world.clients {
        for times in client.heard.values() {
            assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
        }
    }
}

// Rule 9.5
#[test]
fn a_voice_that_is_blocked_muted_or_not_wished_for_is_not_sent() {
    let mut world = World::new(9, 0);
    let (ada, ben, eve) = (world.come(0.0), world.come(1.0), world.come(2.0));
    world.connect();
    world.clients[ada].talks = true;
    world.run(500);
    assert!(world.heard(ben, 0) > 10 && world.heard(eve, 0) > 10);
    world.scene.part(&user(0), &user(1));
    world.sfu.scene(&room(), world.scene.clone(), world.now);
    world.run(60);
    world.heard(ben, 0);
    world.run(500);
    assert_eq!(world.heard(ben, 0), 0, "blocked");
    world.wish(eve, &format!("{{\"unheard\":[\"{}\"]}}", user(0)));
    world.run(100);
    world.heard(eve, 0);
    world.run(500);
    assert_eq!(world.heard(eve, 0), 0, "not wished for");
    world.wish(eve, "{\"unheard\":[]}");
    world.run(500);
    assert!(world.heard(eve, 0) > 10, "wished for again");
    world.scene.people[ada].mouth = None;
    world.sfu.scene(&room(), world.scene.clone(), world.now);
    world.run(60);
    world.heard(eve, 0);
    world.run(500);
    assert_eq!(world.heard(eve, 0), 0, "muted for all");
}

#[test]
fn who_leaves_frees_their_slot_and_an_offer_anew_takes_the_place_of_the_earlier_one() {
    let mut world = World::new(11, 0);
    let (ada, ben) = (world.come(0.0), world.come(2.0));
    world.connect();
    world.clients[ada].talks = true;
    world.run(500);
    assert_eq!(world.clients[ben].slots.iter().flatten().count(), 1);
    world.clients[ben] = world.offer(ben as u64, 6_000);
    world.connect();
    world.run(500);
    assert!(world.heard(ben, 0) > 10, "heard on the new line");
    assert_eq!((world.sfu.lines(), world.clients[ben].slots.iter().flatten().count()), (2, 1));
    world.sfu.close(PeerId(ada as u64));
    world.run(600);
    assert_eq!((world.clients[ben].slots.iter().flatten().count(), world.sfu.lines()), (0, 1));
    world.sfu.close(PeerId(ben as u64));
    assert!(world.sfu.lines() == 0 && !world.sfu.is_in_use(&room()));
}

// Rule 9.3
#[test]
fn the_line_of_somebody_who_is_not_in_the_room_any_more_ends() {
    let mut world = World::new(12, 0);
    world.come(0.0);
    world.come(1.0);
    world.run(21_000);
    world.scene.people.remove(1);
    world.sfu.scene(&room(), world.scene.clone(), world.now);
    assert_eq!(world.sfu.lines(), 1);
}

#[test]
fn fewer_slots_are_kept_to_as_a_listener_asks() {
    let mut world = World::new(13, 0);
    let _everyone: Vec<_> = (0..5).map(|number| world.come(number as f32)).collect();
    world.connect();
    (1..5).for_each(|at| world.clients[at].talks = true);
    world.run(500);
    assert_eq!(world.clients[0].slots.iter().flatten().count(), 4);
    world.wish(0, "{\"slots\":2}");
    world.run(500);
    assert_eq!(world.clients[0].slots.iter().flatten().count(), 2);
}

// Rule 9.6
#[test]
fn whatever_comes_in_from_anywhere_is_dropped_counted_and_harms_nobody() {
    let mut world = World::new(17, 0);
    let (ada, ben) = (world.come(0.0), world.come(2.0));
    world.connect();
    world.clients[ada].talks = true;
    let stranger: SocketAddr = "10.9.9.9:9".parse().unwrap();
    let known = world.clients[ada].address;
    for round in 0..400_u64 {
        let length = world.roll(1_600) as usize;
        let mut bytes: Vec<u8> = (0..length).map(|_| world.roll(256) as u8).collect();
        // What looks like STUN, DTLS, RTP and RTCP.
        if let Some(first) = bytes.first_mut() {
            *first = [0, 1, 22, 23, 128, 144, 255][round as usize % 7];
        }
        let from = if round % 2 == 0 { stranger } else { known };
        world.sfu.datagram(Way::Udp, from, server(), &bytes, world.now);
        world.run(5);
    }
    let dropped = world.sfu.take_counts().dropped;
    assert!(dropped.values().sum::<u64>() > 100, "{dropped:?}");
    world.clients[ben].said.clear();
    world.run(1_000);
    assert!(world.heard(ben, 0) > 40, "the honest are still heard");
    let now = world.now;
    for (sdp, reason) in [
        (String::new(), "bad_offer"),
        ("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n".into(), "bad_offer"),
        ("m=audio\r\n".repeat(40), "bad_offer"),
        ("\u{0}".repeat(70_000), "offer_too_large"),
    ] {
        let refusal = world.sfu.offer(PeerId(99), &room(), &sdp, now).unwrap_err();
        assert_eq!(refusal.reason(), reason, "{refusal}");
    }
    for wish in
        ["", "[]", "{\"unheard\":\"everyone\"}", "{\"slots\":-1}", "{\"slots\":99999}", "{\"more\":1}"]
    {
        world.wish(ben, wish);
    }
    world.run(300);
    assert!(world.heard(ben, 0) > 5);
}

#[test]
fn a_line_that_opens_channel_after_channel_ends_and_no_other_does() {
    let mut world = World::new(18, 0);
    let (eve, _) = (world.come(0.0), world.come(2.0));
    world.connect();
    for _ in 0..20 {
        let config = ChannelConfig { label: "more".into(), ..ChannelConfig::default() };
        world.clients[eve].rtc.direct_api().create_data_channel(config);
    }
    world.run(1_000);
    assert_eq!(world.sfu.lines(), 1);
}

#[test]
fn an_answer_names_our_addresses_and_nobody_elses() {
    let mut world = World::new(19, 0);
    world.come(0.0);
    let offer = |rtc: &mut Rtc| {
        let mut offer = rtc.sdp_api();
        offer.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        offer.apply().unwrap().0.to_sdp_string()
    };
    let mut rtc = Rtc::builder().build(world.now);
    rtc.add_local_candidate(Candidate::host("192.0.2.77:7".parse().unwrap(), "udp").unwrap());
    let sdp = offer(&mut rtc);
    assert!(sdp.contains("192.0.2.77"));
    let answer = world.sfu.offer(PeerId(5), &room(), &sdp, world.now).unwrap();
    assert!(
        answer.contains("10.0.0.1 4000") && !answer.contains("192.0.2.77") && !answer.contains("10.0.1.")
    );
    world.run(1_000);
    let to_strangers = world.air.values().any(|(_, to, _)| to.ip().to_string() == "192.0.2.77");
    assert!(!to_strangers, "nothing is sent to an address that only an offer names");
}

#[test]
fn an_offer_that_never_connects_is_forgotten() {
    let mut world = World::new(23, 100);
    world.come(0.0);
    world.run(19_000);
    assert_eq!(world.sfu.lines(), 1);
    world.run(3_000);
    assert_eq!(world.sfu.lines(), 0);
}
