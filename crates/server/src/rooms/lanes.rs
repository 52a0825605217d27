//! The ways out to one connection: an ordered lane that never drops, and a latest lane where the newest wins.
//!
//! Rooms and the connection's own session put things in at one end; the connection takes them out at the other. Nobody else
//! shares anything of it.

use crate::limits::{ORDERED_QUEUE_BYTES, ORDERED_QUEUE_MESSAGES};
use crate::rooms::delivery::{Delivery, Told};
use crate::socket::outlet::Note;
use futures_util::FutureExt;
use futures_util::task::AtomicWaker;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Context;
use std::time::Instant;
use thexr_room::TickOutput;
use thexr_wire::PeerId;
use tokio::sync::mpsc;

/// A tick's motion and the last durable seq.
#[derive(Debug, Clone)]
pub struct Latest {
    /// Motion.
    pub output: Arc<TickOutput>,
    /// Last durable seq.
    pub seq: u64,
    /// Counts the ticks that were shown: a gap was passed over.
    pub number: u64,
    /// When the tick was over: what goes out much later is late.
    pub published: Instant,
}

/// What a connection takes from its ordered lane.
#[derive(Debug)]
pub enum Outgoing {
    /// From a room.
    Room(Delivery),
    /// From the connection's own session.
    Session(Note),
}

impl Outgoing {
    fn bytes(&self) -> usize {
        match self {
            Self::Room(delivery) => delivery.told.bytes(),
            Self::Session(note) => note.bytes(),
        }
    }
}

#[derive(Debug, Default)]
struct Shared {
    /// Bytes on the ordered lane.
    bytes: AtomicUsize,
    overflowed: AtomicBool,
    /// Of each of the connection's channels the newest tick only; `None` says that its room is gone.
    motion: Mutex<Vec<(PeerId, Option<Latest>)>>,
    /// Of the connection, the only one who waits here.
    waker: AtomicWaker,
}

/// The end where things go in.
#[derive(Debug, Clone)]
pub struct Lanes {
    ordered: mpsc::Sender<Outgoing>,
    shared: Arc<Shared>,
}

/// The end where things come out.
#[derive(Debug)]
pub struct Arrivals {
    ordered: mpsc::Receiver<Outgoing>,
    shared: Arc<Shared>,
}

/// The lanes of a new connection, bounded in messages and bytes.
pub fn lanes() -> (Lanes, Arrivals) {
    let (sender, receiver) = mpsc::channel(ORDERED_QUEUE_MESSAGES);
    let shared = Arc::<Shared>::default();
    (Lanes { ordered: sender, shared: shared.clone() }, Arrivals { ordered: receiver, shared })
}

impl Lanes {
    /// Queues on the ordered lane without waiting; an overflow ends the connection, and nothing follows what did not fit.
    pub fn tell(&self, peer: PeerId, told: Told) {
        if self.has_overflowed() {
            return;
        }
        let outgoing = Outgoing::Room(Delivery { peer, told });
        if !self.has_room_for(&outgoing) || self.ordered.try_send(outgoing).is_err() {
            self.overflow();
        }
        self.shared.waker.wake();
    }

    /// Queues a note of the connection's own session, waiting for its turn; too many bytes end the connection here too.
    pub async fn note(&self, note: Note) {
        if self.has_overflowed() {
            return;
        }
        let outgoing = Outgoing::Session(note);
        if !self.has_room_for(&outgoing) {
            return self.overflow();
        }
        // An error means that the connection is closing.
        let Ok(place) = self.ordered.reserve().await else { return };
        if !self.has_overflowed() {
            place.send(outgoing);
            self.shared.waker.wake();
        }
    }

    /// Replaces the motion that waits for a channel; `None` says that its room is gone.
    pub fn show(&self, peer: PeerId, latest: Option<Latest>) {
        let mut motion = self.shared.motion.lock().unwrap_or_else(PoisonError::into_inner);
        match motion.iter_mut().find(|(waiting, _)| *waiting == peer) {
            Some((_, waiting)) => *waiting = latest,
            None => motion.push((peer, latest)),
        }
        drop(motion);
        self.shared.waker.wake();
    }

    /// Once something did not fit, whatever came after it would be applied over a gap.
    fn overflow(&self) {
        self.shared.overflowed.store(true, Ordering::Release);
        self.shared.waker.wake();
    }

    fn has_overflowed(&self) -> bool {
        self.shared.overflowed.load(Ordering::Acquire)
    }

    fn has_room_for(&self, outgoing: &Outgoing) -> bool {
        let bytes = outgoing.bytes();
        self.shared.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes <= ORDERED_QUEUE_BYTES
    }
}

impl Arrivals {
    /// Has the task woken by whatever arrives from now on, an overflow included: look after calling this.
    pub fn listen(&self, context: &Context<'_>) {
        self.shared.waker.register(context.waker());
    }

    /// Something did not fit: the connection must end.
    pub fn has_overflowed(&self) -> bool {
        self.shared.overflowed.load(Ordering::Acquire)
    }

    /// Nothing more is taken, so that nobody waits for a place.
    pub fn close(&mut self) {
        self.ordered.close();
    }

    /// The next message of the ordered lane.
    pub fn next_ordered(&mut self) -> Option<Outgoing> {
        if self.shared.bytes.load(Ordering::Acquire) == 0 {
            return None;
        }
        // Not `try_recv`, which waits for a message that is being put in just now; its sender wakes us when it is there.
        let outgoing = tokio::task::unconstrained(self.ordered.recv()).now_or_never()??;
        self.shared.bytes.fetch_sub(outgoing.bytes(), Ordering::Relaxed);
        Some(outgoing)
    }

    /// The next channel that has motion, and its newest tick.
    pub fn next_motion(&self) -> Option<(PeerId, Option<Latest>)> {
        self.shared.motion.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(payload: &str) -> Told {
        Told::Push { event: "stoc", payload: payload.into() }
    }

    fn latest(tick: u64) -> Option<Latest> {
        let mut output = TickOutput::default();
        output.begin(1, tick, 0);
        Some(Latest { output: Arc::new(output), seq: 0, number: tick, published: Instant::now() })
    }

    #[test]
    fn of_a_channels_motion_only_the_newest_tick_waits() {
        let (lanes, arrivals) = lanes();
        (1..=9).for_each(|tick| lanes.show(PeerId(1), latest(tick)));
        lanes.show(PeerId(2), latest(4));
        lanes.show(PeerId(2), None);
        let next = || arrivals.next_motion().map(|(peer, latest)| (peer, latest.map(|l| l.output.tick)));
        let mut seen = [next(), next()];
        seen.sort();
        assert_eq!(seen, [Some((PeerId(1), Some(9))), Some((PeerId(2), None))]);
        assert!(arrivals.next_motion().is_none());
    }

    #[tokio::test]
    async fn behind_a_message_that_did_not_fit_nothing_follows() {
        let (lanes, mut arrivals) = lanes();
        for _ in 0..ORDERED_QUEUE_MESSAGES {
            lanes.tell(PeerId(1), push("{}"));
        }
        assert!(!arrivals.has_overflowed());
        lanes.tell(PeerId(1), push("{\"did not\":\"fit\"}"));
        assert!(arrivals.has_overflowed());
        for _ in 0..3 {
            arrivals.next_ordered().unwrap();
        }
        lanes.tell(PeerId(1), push("{}"));
        lanes.note(Note::Frame("{}".into())).await;
        let left = std::iter::from_fn(|| arrivals.next_ordered()).count();
        assert_eq!(left, ORDERED_QUEUE_MESSAGES - 3, "only what was queued before");
    }

    #[test]
    fn more_bytes_than_may_wait_are_an_overflow_and_what_was_taken_no_longer_counts() {
        let (lanes, mut arrivals) = lanes();
        let half = "x".repeat(ORDERED_QUEUE_BYTES / 2);
        for _ in 0..3 {
            lanes.tell(PeerId(1), push(&half));
            arrivals.next_ordered().unwrap();
        }
        lanes.tell(PeerId(1), push(&half));
        assert!(!arrivals.has_overflowed());
        lanes.tell(PeerId(1), push(&half));
        assert!(arrivals.has_overflowed());
    }

    #[test]
    fn whoever_listens_is_woken_by_both_lanes_and_by_an_overflow() {
        let causes: [fn(&Lanes); 3] = [
            |lanes| lanes.tell(PeerId(1), push("{}")),
            |lanes| lanes.show(PeerId(1), None),
            |lanes| lanes.tell(PeerId(1), push(&"x".repeat(ORDERED_QUEUE_BYTES))),
        ];
        for cause in causes {
            let (lanes, arrivals) = lanes();
            let (waker, woken) = futures_test_waker();
            arrivals.listen(&Context::from_waker(&waker));
            assert!(!woken.load(Ordering::Relaxed));
            cause(&lanes);
            assert!(woken.load(Ordering::Relaxed));
        }
    }

    struct Flag(Arc<AtomicBool>);

    impl std::task::Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    /// A waker and whether it was used.
    fn futures_test_waker() -> (std::task::Waker, Arc<AtomicBool>) {
        let woken = Arc::<AtomicBool>::default();
        (Arc::new(Flag(woken.clone())).into(), woken)
    }
}
