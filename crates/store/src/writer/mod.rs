//! The writer: one task that owns the group commit.
//!
//! It commits back to back and has no timer: while one transaction reaches the disk, everything that all rooms submit
//! collects, and goes into the next one. A lone batch is written at once; under load groups grow by themselves, and the
//! price of an fsync is shared by all who waited for it.
//!
//! Owns order (per room, also under failure), retries and the bounds of the queue. Does not know a backend, nor what is
//! in a batch.

mod queue;
mod task;

use crate::limits::{QUEUE_BATCHES_MAX, QUEUE_BYTES_MAX};
use crate::{Outcome, RoomBatch, Store, UnavailableReason};
use queue::Waiting;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// Watches the writer at work, for metrics; called from the writer's task, must not block.
pub trait WriterObserver: Send + Sync + 'static {
    /// One transaction (or, after a failure, one for each of its batches) has ended.
    fn group_ended(&self, figures: &GroupFigures);
}

/// Watches nothing.
impl WriterObserver for () {
    fn group_ended(&self, _: &GroupFigures) {}
}

/// What one group commit took and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupFigures {
    /// From BEGIN to the answer of COMMIT, fsync included.
    pub duration: Duration,
    /// Batches in the group.
    pub batches: usize,
    /// Their events.
    pub events: usize,
    /// Their bytes, estimated.
    pub bytes: usize,
    /// Batches that are durable now.
    pub committed: usize,
    /// Batches that were refused for good.
    pub refused: usize,
    /// Batches that wait for another try.
    pub postponed: usize,
    /// Batches that wait behind this group, those postponed included.
    pub waiting: usize,
}

/// The group commit of a store.
pub struct Writer;

impl Writer {
    /// Starts the writer's task on the current tokio runtime; it ends after the last handle is dropped, when everything
    /// submitted is decided or, if the store is unavailable then, has had one more try.
    pub fn spawn(store: Arc<dyn Store>, observer: Arc<dyn WriterObserver>) -> WriterHandle {
        let (sender, inbox) = mpsc::unbounded_channel();
        let (health_sender, health) = watch::channel(None);
        let load = Arc::new(Load::default());
        tokio::spawn(task::Task::new(store, observer, inbox, health_sender, Arc::clone(&load)).run());
        WriterHandle { sender, load, health }
    }
}

/// Hands batches to the writer; cheap to clone.
#[derive(Clone)]
pub struct WriterHandle {
    /// Unbounded as a channel: `load` bounds what is in it and in the task's queue together.
    sender: mpsc::UnboundedSender<Message>,
    load: Arc<Load>,
    health: watch::Receiver<Option<UnavailableReason>>,
}

enum Message {
    Batch(Waiting),
    Flush(oneshot::Sender<()>),
    Ping(oneshot::Sender<()>),
}

impl WriterHandle {
    /// Queues a batch and returns where its outcome will be told; never blocks, callable from a room's tick.
    ///
    /// The outcome is `Committed`, `Refused` or, only if the batch was not taken, `Unavailable` with `QueueFull` or
    /// `Stopped`: while the store is unavailable the batch stays queued, see [`health`](Self::health). A receiver that
    /// ends without an outcome means that the writer's task died: treat it as `Unavailable(Stopped)`.
    /// Batches of one room are written in the order of submission.
    pub fn submit(&self, batch: RoomBatch) -> oneshot::Receiver<Outcome> {
        let (reply, outcome) = oneshot::channel();
        let waiting = Waiting::new(batch, reply);
        if !self.load.add(waiting.ticket.bytes) {
            waiting.ticket.reply(Outcome::Unavailable(UnavailableReason::QueueFull));
            return outcome;
        }
        if let Err(mpsc::error::SendError(Message::Batch(waiting))) =
            self.sender.send(Message::Batch(waiting))
        {
            self.load.remove(waiting.ticket.bytes);
            waiting.ticket.reply(Outcome::Unavailable(UnavailableReason::Stopped));
        }
        outcome
    }

    /// Returns once nothing waits any more. While the store is unavailable that may take for ever: bound it.
    pub async fn flush(&self) {
        let (reply, done) = oneshot::channel();
        if self.sender.send(Message::Flush(reply)).is_ok() {
            // An error means that the task is gone, and then nothing waits either.
            let _ = done.await;
        }
    }

    /// Returns once the writer has looked into its queue, at the latest after the transaction that runs; `false` = its
    /// task is gone. A disk that hangs makes this hang: bound it.
    pub async fn ping(&self) -> bool {
        let (reply, answered) = oneshot::channel();
        self.sender.send(Message::Ping(reply)).is_ok() && answered.await.is_ok()
    }

    /// Why batches are being retried at present; `None` = the store takes everything.
    pub fn health(&self) -> watch::Receiver<Option<UnavailableReason>> {
        self.health.clone()
    }
}

/// How much waits, in the channel and in the task together.
#[derive(Default)]
struct Load {
    batches: AtomicUsize,
    bytes: AtomicUsize,
}

impl Load {
    /// Counts a batch in, unless that would pass a bound.
    fn add(&self, bytes: usize) -> bool {
        let batches = self.batches.fetch_add(1, Ordering::Relaxed) + 1;
        let total = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let fits = batches <= QUEUE_BATCHES_MAX && total <= QUEUE_BYTES_MAX;
        if !fits {
            self.remove(bytes);
        }
        fits
    }

    fn remove(&self, bytes: usize) {
        self.batches.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn batches(&self) -> usize {
        self.batches.load(Ordering::Relaxed)
    }
}
