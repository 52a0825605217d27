//! The thread that carries voices: one socket, one clock, one forwarding unit. Nothing else of the server waits for it.

use crate::limits::{DATAGRAMS_AT_ONCE, MOTION_AT_ONCE, VOICE_SOCKET_BYTES};
use crate::voices::streams::Streams;
use crate::voices::{Ask, Asked};
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use thexr_hall::channels::MotionInlet;
use thexr_media::{Moved, Settings, Sfu, Way};
use thexr_wire::{PeerId, RoomId};
use tokio::net::{TcpListener, UdpSocket};
use tracing::warn;

/// Longest datagram that is read, bytes: more than any network carries in one.
const DATAGRAM_BYTES: usize = 2_048;
/// How often figures are told.
const FIGURES_EVERY: Duration = Duration::from_secs(1);

/// Opens the port of voices; an address of IPv6 takes IPv4 as well, where the system allows it.
///
/// Errors: the port is taken.
pub(crate) fn bind(listen: SocketAddr) -> std::io::Result<std::net::UdpSocket> {
    let socket = socket2::Socket::new(socket2::Domain::for_address(listen), socket2::Type::DGRAM, None)?;
    if listen.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    socket.set_nonblocking(true)?;
    for set in [socket2::Socket::set_recv_buffer_size, socket2::Socket::set_send_buffer_size] {
        // A system that gives less drops sooner when it is busy.
        let _ = set(&socket, VOICE_SOCKET_BYTES);
    }
    socket.bind(&listen.into())?;
    Ok(socket.into())
}

/// Starts the thread; it ends when nobody can ask it anything any more.
///
/// Errors: the system gives no more threads.
pub(crate) fn spawn(
    socket: std::net::UdpSocket,
    listener: Option<std::net::TcpListener>,
    settings: Settings,
    asked: Asked,
    in_use: Arc<Mutex<BTreeSet<RoomId>>>,
) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("voices".into()).spawn(move || {
        runtime.block_on(async move {
            match (UdpSocket::from_std(socket), listener.map(TcpListener::from_std).transpose()) {
                (Ok(socket), Ok(listener)) => {
                    Carrier::new(socket, settings, in_use).run(asked, Streams::new(listener)).await;
                }
                (Err(error), _) | (_, Err(error)) => {
                    warn!(%error, "voices cannot be carried: the socket is none");
                }
            }
        });
    })?;
    Ok(())
}

/// A frame of motion was lost before the thread could take it.
pub(crate) fn count_lost_motion() {
    metrics::counter!("thexr_voice_dropped_total", "reason" => "too_much_motion").increment(1);
}

struct Carrier {
    socket: UdpSocket,
    sfu: Sfu,
    in_use: Arc<Mutex<BTreeSet<RoomId>>>,
    /// Where motion that came by datagrams goes.
    inlets: BTreeMap<PeerId, Box<dyn MotionInlet + Send>>,
    /// As which of our addresses datagrams of each family count: one socket has them all.
    v4: Option<SocketAddr>,
    v6: Option<SocketAddr>,
    /// As which of them streams count.
    stream: Option<SocketAddr>,
    /// Whether the socket is one of IPv6: IPv4 goes by mapped addresses there.
    mapped: bool,
    told: Instant,
}

impl Carrier {
    fn new(socket: UdpSocket, settings: Settings, in_use: Arc<Mutex<BTreeSet<RoomId>>>) -> Self {
        let first = |v4: bool| settings.addresses.iter().find(|address| address.is_ipv4() == v4).copied();
        let mapped = socket.local_addr().is_ok_and(|address| address.is_ipv6());
        let (v4, v6, stream) = (first(true), first(false), settings.stream_addresses.first().copied());
        let (sfu, inlets) = (Sfu::new(settings), BTreeMap::new());
        Self { socket, sfu, in_use, inlets, v4, v6, stream, mapped, told: Instant::now() }
    }

    async fn run(mut self, mut asked: Asked, mut streams: Streams) {
        let mut buffer = [0; DATAGRAM_BYTES];
        let mut frames = Vec::with_capacity(MOTION_AT_ONCE);
        loop {
            let due = self.sfu.due().unwrap_or_else(|| Instant::now() + FIGURES_EVERY);
            let due = due.min(self.told + FIGURES_EVERY);
            tokio::select! {
                ready = self.socket.readable() => match ready {
                    Ok(()) => self.receive(&mut buffer),
                    Err(error) => return warn!(%error, "voices end: their socket is broken"),
                },
                (from, bytes) = streams.next() => {
                    if let Some(to) = self.stream {
                        self.sfu.datagram(Way::Tcp, from, to, &bytes, Instant::now());
                        self.sfu.settle(Instant::now());
                    }
                }
                ask = asked.asks.recv() => match ask {
                    Some(ask) => self.answer(ask),
                    None => return,
                },
                _ = asked.motion.recv_many(&mut frames, MOTION_AT_ONCE), if !asked.motion.is_closed() => {
                    for (line, frame) in frames.drain(..) {
                        self.sfu.send_motion(line, &frame);
                    }
                    self.sfu.settle(Instant::now());
                }
                () = tokio::time::sleep_until(due.into()) => {}
            }
            let now = Instant::now();
            if self.sfu.due().is_some_and(|due| due <= now) {
                self.sfu.tick(now);
            }
            self.send(&streams);
            self.hand_on();
            if now.saturating_duration_since(self.told) >= FIGURES_EVERY {
                self.tell(now);
            }
        }
    }

    fn receive(&mut self, buffer: &mut [u8]) {
        for _ in 0..DATAGRAMS_AT_ONCE {
            let (length, from) = match self.socket.try_recv_from(buffer) {
                Ok(received) => received,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                // What an earlier datagram met on its way: nothing of ours.
                Err(_) => continue,
            };
            let from = SocketAddr::new(from.ip().to_canonical(), from.port());
            let Some(to) = (if from.is_ipv4() { self.v4 } else { self.v6 }) else { continue };
            self.sfu.datagram(Way::Udp, from, to, &buffer[..length], Instant::now());
        }
        self.sfu.settle(Instant::now());
    }

    fn send(&mut self, streams: &Streams) {
        let mut unsent = 0;
        while let Some(transmit) = self.sfu.transmit() {
            if transmit.way == Way::Tcp {
                unsent += u64::from(!streams.send(transmit.to, transmit.bytes));
                continue;
            }
            let to = match transmit.to.ip() {
                IpAddr::V4(ip) if self.mapped => {
                    SocketAddr::new(ip.to_ipv6_mapped().into(), transmit.to.port())
                }
                _ => transmit.to,
            };
            // Voices never wait: what the kernel does not take now is lost like on any line.
            unsent += u64::from(self.socket.try_send_to(&transmit.bytes, to).is_err());
        }
        if unsent > 0 {
            metrics::counter!("thexr_voice_dropped_total", "reason" => "unsent").increment(unsent);
        }
    }

    /// Motion that came goes to its rooms, and what goes by datagrams no longer goes by the socket.
    fn hand_on(&mut self) {
        let mut refused = 0;
        while let Some(moved) = self.sfu.moved() {
            match moved {
                Moved::Frame(line, frame) => {
                    let taken = self.inlets.get(&line).is_some_and(|inlet| inlet.take(&frame));
                    refused += u64::from(!taken);
                }
                Moved::Ended(line) => {
                    if let Some(inlet) = self.inlets.remove(&line) {
                        inlet.set_by_datagrams(false);
                    }
                }
            }
        }
        if refused > 0 {
            metrics::counter!("thexr_poses_refused_total").increment(refused);
        }
    }

    fn answer(&mut self, ask: Ask) {
        match ask {
            Ask::Offer { line, room, sdp, answer } => {
                let answered = self.sfu.offer(line, &room, &sdp, Instant::now());
                if let Err(refusal) = &answered {
                    metrics::counter!("thexr_voice_offers_refused_total", "reason" => refusal.reason())
                        .increment(1);
                }
                // Before whoever asked hears of it: their next look finds it so.
                self.note(&room);
                if answer.send(answered).is_err() {
                    self.sfu.close(line);
                    self.note(&room);
                }
            }
            Ask::Close(line) => {
                if let Some(room) = self.sfu.close(line) {
                    self.note(&room);
                }
            }
            Ask::Motion { inlet, answer } => {
                let begun = self.sfu.begin_motion(inlet.peer());
                if begun.is_ok() {
                    inlet.set_by_datagrams(true);
                    self.inlets.insert(inlet.peer(), inlet);
                }
                // Who does not hear of it has gone, and their line with them.
                let _ = answer.send(begun);
            }
            Ask::NoMotion { line, answer } => {
                self.sfu.end_motion(line);
                self.hand_on();
                let _ = answer.send(());
            }
            Ask::Scene(room, scene) => {
                self.sfu.scene(&room, scene, Instant::now());
                self.note(&room);
            }
        }
    }

    /// Whether a room has voices is read by its ticks.
    fn note(&self, room: &RoomId) {
        let mut in_use = self.in_use.lock().unwrap_or_else(PoisonError::into_inner);
        if self.sfu.is_in_use(room) {
            in_use.insert(room.clone());
        } else {
            in_use.remove(room);
        }
    }

    fn tell(&mut self, now: Instant) {
        self.told = now;
        let counts = self.sfu.take_counts();
        metrics::gauge!("thexr_voice_lines").set(self.sfu.connected() as f64);
        metrics::gauge!("thexr_voice_speaking").set(self.sfu.speaking(now) as f64);
        metrics::counter!("thexr_voice_packets_total", "way" => "in").increment(counts.voices_in);
        metrics::counter!("thexr_voice_packets_total", "way" => "out").increment(counts.voices_out);
        metrics::gauge!("thexr_motion_lines").set(self.inlets.len() as f64);
        metrics::counter!("thexr_motion_datagrams_total", "way" => "in").increment(counts.motion_in);
        metrics::counter!("thexr_motion_datagrams_total", "way" => "out").increment(counts.motion_out);
        metrics::gauge!("thexr_screens_shared").set(self.sfu.shared() as f64);
        metrics::counter!("thexr_screen_packets_total", "way" => "in").increment(counts.screens_in);
        metrics::counter!("thexr_screen_packets_total", "way" => "out").increment(counts.screens_out);
        for (reason, count) in counts.dropped {
            metrics::counter!("thexr_voice_dropped_total", "reason" => reason).increment(count);
        }
    }
}
