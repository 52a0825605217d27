//! What voices cost: 200 listeners who hear eight speakers each, against a loop that only encrypts and sends the same packets;
//! how late a packet is at half of that; how long it takes until fifty more have a line; what motion by their datagrams costs.
//!
//! Real peer connections and real datagrams to a socket that nobody reads; the speakers' side is not counted.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};
use str0m::change::SdpAnswer;
use str0m::channel::{ChannelConfig, ChannelId, Reliability};
use str0m::format::Codec;
use str0m::media::{Direction, Frequency, MediaKind, MediaTime, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};
use thexr_media::limits::SCREENS_SEEN_MAX;
use thexr_media::{Person, Scene, Settings, Sfu, Way};
use thexr_wire::lane::Header;
use thexr_wire::{PeerId, RoomId, UserId};

const SLOTS: usize = 8;
const SPEAKERS: usize = 8;
/// A packet of 20 ms at 32 kbit/s.
const PACKET_BYTES: usize = 80;
const PACKET: Duration = Duration::from_millis(20);

struct Client {
    address: SocketAddr,
    rtc: Rtc,
    up: Mid,
    motion: Option<ChannelId>,
    spoken: u64,
}

struct Stage {
    sfu: Sfu,
    clients: Vec<Client>,
    by_address: BTreeMap<SocketAddr, usize>,
    scene: Scene,
    now: Instant,
    offers: Vec<Duration>,
}

fn server() -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], 4_000))
}

fn room() -> RoomId {
    RoomId::parse("voices").unwrap_or_else(|_| unreachable!("an id"))
}

#[allow(clippy::disallowed_methods, reason = "a bench has a clock")]
fn clock() -> Instant {
    Instant::now()
}

/// Memory of this process, bytes.
fn memory() -> usize {
    let figures = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    figures.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).map_or(0, |pages| pages * 4_096)
}

/// Processor time of this thread: on a shared machine others take the clock's.
fn worked() -> Duration {
    let figures = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(figures.split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0))
}

impl Stage {
    fn new() -> Self {
        let settings = Settings::new(vec![server()], SLOTS).unwrap_or_else(|error| panic!("{error}"));
        let (sfu, now) = (Sfu::new(settings), clock());
        let scene = Scene::default();
        Self { sfu, clients: Vec::new(), by_address: BTreeMap::new(), scene, now, offers: Vec::new() }
    }

    /// Somebody comes and offers a line.
    fn come(&mut self) {
        let number = self.clients.len();
        let address = SocketAddr::from(([10, 1, (number / 250) as u8, (number % 250) as u8], 5_000));
        let mut rtc = Rtc::builder().clear_codecs().enable_opus(true, true).enable_vp8(true).build(self.now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap_or_else(|error| panic!("{error}")));
        let mut offer = rtc.sdp_api();
        let up = offer.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        for _ in 0..SLOTS {
            offer.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        }
        // As a page offers them, whether anybody shares or not.
        offer.add_media(MediaKind::Video, Direction::SendOnly, None, None, None);
        for _ in 0..SCREENS_SEEN_MAX {
            offer.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
        }
        offer.add_channel_with_config(ChannelConfig { label: "voices".into(), ..ChannelConfig::default() });
        offer.add_channel_with_config(ChannelConfig {
            label: "motion".into(),
            ordered: false,
            reliability: Reliability::MaxRetransmits { retransmits: 0 },
            ..ChannelConfig::default()
        });
        let Some((offer, pending)) = offer.apply() else { unreachable!("there is something to offer") };
        let sdp = offer.to_sdp_string();
        let begun = clock();
        let line = PeerId(number as u64);
        let answer = self.sfu.offer(line, &room(), &sdp, self.now).unwrap_or_else(|error| panic!("{error}"));
        self.offers.push(begun.elapsed());
        let answer = SdpAnswer::from_sdp_string(&answer).unwrap_or_else(|error| panic!("{error}"));
        rtc.sdp_api().accept_answer(pending, answer).unwrap_or_else(|error| panic!("{error}"));
        self.by_address.insert(address, number);
        self.clients.push(Client { address, rtc, up, motion: None, spoken: 0 });
        let place = [(number % 20) as f32 * 0.5, 1.7, (number / 20) as f32 * 0.5];
        let user =
            UserId::parse(&format!("person0000000000{number:04}")).unwrap_or_else(|_| unreachable!("an id"));
        self.scene.people.push(Person {
            line,
            user,
            ear: place,
            mouth: Some(place),
            zone: 0,
            stage: false,
            most: 16,
        });
        self.sfu.scene(&room(), self.scene.clone(), self.now);
    }

    /// Everyone talks to the server until all have a line; time is what is said.
    fn connect(&mut self) {
        while self.sfu.connected() < self.clients.len() {
            self.pass();
        }
    }

    fn down(&mut self, to: &SocketAddr, bytes: &[u8]) {
        let Some(at) = self.by_address.get(to).copied() else { return };
        let Ok(contents) = bytes.try_into() else { return };
        let receive = Receive { proto: Protocol::Udp, source: server(), destination: *to, contents };
        let _ = self.clients[at].rtc.handle_input(Input::Receive(self.now, receive));
        self.up(at);
    }

    /// What a client has to say goes to the server.
    fn up(&mut self, at: usize) {
        for (from, bytes) in self.said(at) {
            self.sfu.datagram(Way::Udp, from, server(), &bytes, self.now);
        }
    }

    /// What a client has to say.
    fn said(&mut self, at: usize) -> Vec<(SocketAddr, Vec<u8>)> {
        let (client, mut said) = (&mut self.clients[at], Vec::new());
        while let Ok(output) = client.rtc.poll_output() {
            match output {
                Output::Timeout(_) => break,
                Output::Event(Event::ChannelOpen(id, label)) if label == "motion" => client.motion = Some(id),
                Output::Event(_) => {}
                Output::Transmit(transmit) => said.push((transmit.source, transmit.contents.to_vec())),
            }
        }
        said
    }

    /// Time passes for everyone, and nobody says anything.
    fn pass(&mut self) {
        self.now += Duration::from_millis(10);
        for at in 0..self.clients.len() {
            let _ = self.clients[at].rtc.handle_input(Input::Timeout(self.now));
            self.up(at);
        }
        self.sfu.settle(self.now);
        if self.sfu.due().is_some_and(|due| due <= self.now) {
            self.sfu.tick(self.now);
        }
        while let Some(transmit) = self.sfu.transmit() {
            self.down(&transmit.to, &transmit.bytes);
        }
    }

    /// The datagrams of a speaker's next packet.
    fn speak(&mut self, at: usize) -> Vec<Vec<u8>> {
        let client = &mut self.clients[at];
        client.spoken += 1;
        let _ = client.rtc.handle_input(Input::Timeout(self.now));
        if let Some(writer) = client.rtc.writer(client.up) {
            let opus = writer.payload_params().find(|params| params.spec().codec == Codec::Opus);
            let Some(pt) = opus.map(|params| params.pt()) else { unreachable!("Opus is all there is") };
            let time = MediaTime::new(client.spoken * 960, Frequency::FORTY_EIGHT_KHZ);
            let _ = writer.audio_level(-25, true).write(pt, self.now, time, vec![7; PACKET_BYTES]);
        }
        let mut datagrams = Vec::new();
        while let Ok(output) = client.rtc.poll_output() {
            match output {
                Output::Timeout(_) => break,
                Output::Transmit(transmit) => datagrams.push(transmit.contents.to_vec()),
                Output::Event(_) => {}
            }
        }
        datagrams
    }

    /// Everything the server has to send is sent; one in fifty is read by whom it is for. Returns how many there were.
    fn send(&mut self, socket: &UdpSocket, sink: SocketAddr, read: &mut Vec<(SocketAddr, Vec<u8>)>) -> usize {
        let mut sent = 0;
        while let Some(transmit) = self.sfu.transmit() {
            // What the kernel does not take is lost, as on any line.
            let _ = socket.send_to(&transmit.bytes, sink);
            sent += 1;
            if sent % 50 == 0 {
                read.push((transmit.to, transmit.bytes));
            }
        }
        sent
    }
}

/// Processor time and lateness of so many listeners who hear all speakers for so long; at the pace of real time, or as fast as
/// can be.
fn talk(listeners: usize, seconds: u64, paced: bool) -> (f64, usize, Vec<Duration>) {
    let mut stage = Stage::new();
    (0..listeners).for_each(|_| stage.come());
    stage.connect();
    let sink = UdpSocket::bind("127.0.0.1:0").unwrap_or_else(|error| panic!("{error}"));
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap_or_else(|error| panic!("{error}"));
    let sink_address = sink.local_addr().unwrap_or_else(|error| panic!("{error}"));
    let (mut busy, mut packets, mut late, mut read) = (Duration::ZERO, 0, Vec::new(), Vec::new());
    let step = PACKET / SPEAKERS as u32;
    let begun = clock();
    let from = stage.now.max(begun);
    stage.now = from;
    for nth in 0..(seconds * 1_000 / 20) as u32 * SPEAKERS as u32 {
        let due = from + step * nth;
        if paced {
            std::thread::sleep(due.saturating_duration_since(clock()));
        }
        stage.now = due;
        let speaker = nth as usize % SPEAKERS;
        let (address, datagrams) = (stage.clients[speaker].address, stage.speak(speaker));
        let (work, before) = (clock(), worked());
        for datagram in datagrams {
            stage.sfu.datagram(Way::Udp, address, server(), &datagram, due);
        }
        stage.sfu.settle(due);
        if stage.sfu.due().is_some_and(|at| at <= due) {
            stage.sfu.tick(due);
        }
        packets += stage.send(&socket, sink_address, &mut read);
        busy += worked().saturating_sub(before);
        if paced {
            late.push(clock().saturating_duration_since(due.max(work)));
        }
        for (to, bytes) in std::mem::take(&mut read) {
            stage.down(&to, &bytes);
        }
        stage.sfu.settle(due);
        while stage.sfu.transmit().is_some() {}
    }
    (busy.as_secs_f64(), packets, late)
}

/// Processor time, of one core, of so many lines that carry motion both ways for so long: 20 frames of 1,000 bytes down and 20 of 58
/// up in a second; and how many frames came.
fn move_about(lines: usize, seconds: u64) -> (f64, u64) {
    let mut stage = Stage::new();
    (0..lines).for_each(|_| stage.come());
    stage.connect();
    while (0..lines).any(|line| stage.sfu.begin_motion(PeerId(line as u64)).is_err()) {
        stage.pass();
    }
    let mut frame = Vec::new();
    Header::default().write(&mut frame);
    // A section that nobody knows is as long as one that is known.
    frame.extend_from_slice(&[200, 0xd5, 0x03]);
    frame.resize(1_000, 7);
    let (mut busy, mut came) = (Duration::ZERO, 0);
    for _ in 0..seconds * 20 {
        stage.now += Duration::from_millis(50);
        let mut said = Vec::new();
        for at in 0..lines {
            let client = &mut stage.clients[at];
            let _ = client.rtc.handle_input(Input::Timeout(stage.now));
            if let Some(mut channel) = client.motion.and_then(|id| client.rtc.channel(id)) {
                let _ = channel.write(true, &[7; 58]);
            }
            said.extend(stage.said(at));
        }
        let before = worked();
        for (from, bytes) in &said {
            stage.sfu.datagram(Way::Udp, *from, server(), bytes, stage.now);
        }
        stage.sfu.settle(stage.now);
        came += std::iter::from_fn(|| stage.sfu.moved()).count() as u64;
        for line in 0..lines {
            stage.sfu.send_motion(PeerId(line as u64), &frame);
        }
        stage.sfu.settle(stage.now);
        if stage.sfu.due().is_some_and(|due| due <= stage.now) {
            stage.sfu.tick(stage.now);
        }
        let sent: Vec<_> = std::iter::from_fn(|| stage.sfu.transmit()).collect();
        busy += worked().saturating_sub(before);
        for transmit in sent {
            stage.down(&transmit.to, &transmit.bytes);
        }
    }
    (busy.as_secs_f64() / seconds as f64, came + stage.sfu.take_counts().motion_out)
}

/// Seconds that a loop takes which only encrypts the same packets with the same cipher, and sends them.
fn bare(packets: usize) -> f64 {
    let provider = str0m::crypto::from_feature_flags();
    let mut cipher = provider.srtp_provider.aead_aes_256_gcm().create_cipher([7; 32], true);
    let sink = UdpSocket::bind("127.0.0.1:0").unwrap_or_else(|error| panic!("{error}"));
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap_or_else(|error| panic!("{error}"));
    let to = sink.local_addr().unwrap_or_else(|error| panic!("{error}"));
    let (head, payload) = ([8_u8; 24], [7_u8; PACKET_BYTES]);
    let begun = worked();
    for number in 0..packets {
        let mut iv = [0; 12];
        iv[..8].copy_from_slice(&(number as u64).to_be_bytes());
        let mut datagram = vec![0; head.len() + PACKET_BYTES + 16];
        datagram[..head.len()].copy_from_slice(&head);
        let _ = cipher.encrypt(&iv, &head, &payload, &mut datagram[head.len()..]);
        let _ = socket.send_to(&datagram, to);
    }
    worked().saturating_sub(begun).as_secs_f64()
}

fn percentile(mut times: Vec<Duration>, part: f64) -> f64 {
    times.sort_unstable();
    let at = ((times.len() as f64 * part) as usize).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}

fn main() {
    // First: what is freed later is used again.
    let (before, mut stage) = (memory(), Stage::new());
    (0..200).for_each(|_| stage.come());
    stage.connect();
    println!(
        "memory of a line, half of what both its sides take: {} kB",
        memory().saturating_sub(before) / 400 / 1_000
    );
    let seconds = 10;
    let (mut cores, mut ratios) = (Vec::new(), Vec::new());
    for round in 1..=3 {
        let (busy, packets, _) = talk(200, seconds, false);
        let floor = bare(packets);
        let core = busy / seconds as f64;
        println!(
            "200 listeners, {SLOTS} slots, round {round}: {packets} packets in {seconds} s of voices, {core:.2} of a core (limit 1), {:.0} packets/s a core, {:.2} x a bare loop (limit 2.5)",
            packets as f64 / busy,
            busy / floor,
        );
        cores.push(core);
        ratios.push(busy / floor);
    }
    let (_, packets, late) = talk(100, seconds, true);
    println!(
        "100 listeners at the pace of voices: {packets} packets, the last copy of one is sent {:.2} ms after it came at the median, {:.2} at p99 (limit 5)",
        percentile(late.clone(), 0.5),
        percentile(late, 0.99),
    );
    for _ in 0..3 {
        let (core, frames) = move_about(200, seconds);
        println!(
            "motion of 200 people by datagrams, 20 frames a second up and down: {core:.2} of a core, {frames} frames of {} arrived, the kernel's part not counted",
            200 * 20 * 2 * seconds
        );
    }
    let mut stage = Stage::new();
    let begun = clock();
    (0..50).for_each(|_| stage.come());
    stage.connect();
    println!(
        "50 more lines, both sides on one core: {:.2} s (limit 5); an offer is answered in {:.2} ms at the median, {:.2} at the most",
        begun.elapsed().as_secs_f64(),
        percentile(stage.offers.clone(), 0.5),
        percentile(stage.offers, 1.0),
    );
}
