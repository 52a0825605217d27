//! The writer's task: receive, group, append, answer.
//!
//! ```text
//!  submit ─▶ ready ─▶ group ─▶ append ─┬─ Committed, Refused ─▶ answered
//!              ▲                       ├─ Unavailable ─▶ parked
//!              └──── retry delay ◀─────┴─ Unknown ─────▶ parked, in doubt: read before it is tried again
//! ```

use super::queue::{Queue, Ticket, Waiting};
use super::{GroupFigures, Load, Message, WriterObserver};
use crate::limits::{RETRY_DELAY_MAX, RETRY_DELAY_MIN};
use crate::{Outcome, RoomBatch, Store, StoreError, UnavailableReason};
use std::collections::BTreeSet;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

pub(super) struct Task {
    store: Arc<dyn Store>,
    observer: Arc<dyn WriterObserver>,
    inbox: mpsc::UnboundedReceiver<Message>,
    health: watch::Sender<Option<UnavailableReason>>,
    load: Arc<Load>,
    queue: Queue,
    flushes: Vec<oneshot::Sender<()>>,
    /// When what is parked is tried again; `None` while nothing is parked.
    retry_at: Option<Instant>,
    retry_delay: Duration,
    /// No handle is left: what is parked now is tried once more.
    closed: bool,
}

/// What reading told about a batch whose COMMIT was lost.
enum Settled {
    Written,
    ToWrite(Waiting),
    InDoubt(Waiting),
}

impl Task {
    pub fn new(
        store: Arc<dyn Store>,
        observer: Arc<dyn WriterObserver>,
        inbox: mpsc::UnboundedReceiver<Message>,
        health: watch::Sender<Option<UnavailableReason>>,
        load: Arc<Load>,
    ) -> Self {
        Self {
            store,
            observer,
            inbox,
            health,
            load,
            queue: Queue::default(),
            flushes: Vec::new(),
            retry_at: None,
            retry_delay: RETRY_DELAY_MIN,
            closed: false,
        }
    }

    pub async fn run(mut self) {
        while !self.closed {
            self.receive().await;
            self.write_ready().await;
        }
        self.queue.unpark();
        self.write_ready().await;
        self.abandon();
    }

    /// Waits until something is ready or the last handle is gone.
    async fn receive(&mut self) {
        loop {
            self.drain_inbox();
            self.answer_flushes();
            if self.queue.has_ready() || self.closed {
                return;
            }
            tokio::select! {
                message = self.inbox.recv() => self.accept(message),
                () = at(self.retry_at) => self.retry(),
            }
        }
    }

    /// Takes everything that has come in meanwhile: this is what makes groups.
    fn drain_inbox(&mut self) {
        while let Ok(message) = self.inbox.try_recv() {
            self.accept(Some(message));
        }
    }

    fn accept(&mut self, message: Option<Message>) {
        match message {
            Some(Message::Batch(waiting)) => self.queue.push(waiting),
            Some(Message::Flush(done)) => self.flushes.push(done),
            Some(Message::Ping(reply)) => {
                // Whoever asked may have lost patience.
                let _ = reply.send(());
            }
            None => self.closed = true,
        }
    }

    fn retry(&mut self) {
        self.retry_at = None;
        self.queue.unpark();
    }

    fn answer_flushes(&mut self) {
        if self.queue.is_empty() {
            for done in self.flushes.drain(..) {
                // Whoever asked may be gone.
                let _ = done.send(());
            }
        }
    }

    async fn write_ready(&mut self) {
        while self.queue.has_ready() {
            let group = self.queue.take_group();
            let group = self.settle_doubts(group).await;
            self.append(group).await;
            self.recover();
            self.drain_inbox();
            if self.retry_at.is_some_and(|at| at <= Instant::now()) {
                self.retry();
            }
        }
    }

    /// Finds out about batches whose COMMIT was lost; returns those that have to be written (again).
    async fn settle_doubts(&mut self, group: Vec<Waiting>) -> Vec<Waiting> {
        if !group.iter().any(|waiting| waiting.ticket.in_doubt) {
            return group;
        }
        let (mut to_write, mut to_park, mut stuck) = (Vec::new(), Vec::new(), BTreeSet::new());
        for waiting in group {
            if stuck.contains(&waiting.batch.room) {
                to_park.push(waiting);
            } else {
                match self.settle_doubt(waiting).await {
                    Settled::Written => {}
                    Settled::ToWrite(waiting) => to_write.push(waiting),
                    Settled::InDoubt(waiting) => {
                        stuck.insert(waiting.batch.room.clone());
                        to_park.push(waiting);
                    }
                }
            }
        }
        self.queue.park(to_park);
        to_write
    }

    async fn settle_doubt(&mut self, mut waiting: Waiting) -> Settled {
        if !waiting.ticket.in_doubt {
            return Settled::ToWrite(waiting);
        }
        match self.store.holds(&waiting.batch).await {
            Ok(true) => {
                self.answer_held(waiting);
                Settled::Written
            }
            Ok(false) => {
                waiting.ticket.in_doubt = false;
                Settled::ToWrite(waiting)
            }
            Err(error) => {
                tracing::warn!(%error, room = %waiting.batch.room, "a batch stays in doubt");
                self.postpone_until_retry(reason(&error));
                Settled::InDoubt(waiting)
            }
        }
    }

    fn answer_held(&self, waiting: Waiting) {
        let last_seq =
            waiting.batch.last_seq().expect("only a batch with events can be found in the journal");
        self.answer(waiting.ticket, Outcome::Committed { last_seq });
    }

    async fn append(&mut self, group: Vec<Waiting>) {
        if group.is_empty() {
            return;
        }
        let (batches, tickets): (Vec<_>, Vec<_>) =
            group.into_iter().map(|waiting| (waiting.batch, waiting.ticket)).unzip();
        let start = Instant::now();
        let outcomes = self.store.append(&batches).await;
        let mut figures = measured(start.elapsed(), &batches);
        assert_eq!(outcomes.len(), batches.len(), "a store answers every batch");
        let mut postponed = Vec::new();
        for ((batch, ticket), outcome) in batches.into_iter().zip(tickets).zip(outcomes) {
            self.decide(Waiting { batch, ticket }, outcome, &mut figures, &mut postponed);
        }
        figures.postponed = postponed.len();
        self.queue.park(postponed);
        figures.waiting = self.load.batches();
        self.observer.group_ended(&figures);
    }

    fn decide(
        &mut self,
        mut waiting: Waiting,
        outcome: Outcome,
        figures: &mut GroupFigures,
        postponed: &mut Vec<Waiting>,
    ) {
        match outcome {
            Outcome::Committed { .. } => {
                figures.committed += 1;
                self.answer(waiting.ticket, outcome);
            }
            Outcome::Refused(_) => {
                figures.refused += 1;
                self.answer(waiting.ticket, outcome);
            }
            Outcome::Unavailable(reason) => {
                self.postpone_until_retry(reason);
                postponed.push(waiting);
            }
            Outcome::Unknown => {
                waiting.ticket.in_doubt = true;
                self.postpone_until_retry(UnavailableReason::ConnectionLost);
                postponed.push(waiting);
            }
        }
    }

    fn answer(&self, ticket: Ticket, outcome: Outcome) {
        self.load.remove(ticket.bytes);
        ticket.reply(outcome);
    }

    /// Sets the time of the next retry, unless one is set: new failures of other rooms must not push it back.
    fn postpone_until_retry(&mut self, reason: UnavailableReason) {
        if self.retry_at.is_none() {
            self.retry_at = Some(Instant::now() + self.retry_delay);
            self.retry_delay = (self.retry_delay * 2).min(RETRY_DELAY_MAX);
        }
        // Waiting behind another batch is no cause of its own.
        if reason != UnavailableReason::Behind {
            self.health.send_if_modified(|health| health.replace(reason) != Some(reason));
        }
    }

    /// Once nothing is parked any more, the store is well.
    fn recover(&mut self) {
        if !self.queue.has_parked() {
            self.retry_at = None;
            self.retry_delay = RETRY_DELAY_MIN;
            self.health.send_if_modified(|health| health.take().is_some());
        }
    }

    /// Nobody can wait any longer for what could not be written with the last try.
    fn abandon(mut self) {
        self.queue.unpark();
        while self.queue.has_ready() {
            for waiting in self.queue.take_group() {
                tracing::error!(room = %waiting.batch.room, "a batch is lost: the store was unavailable to the end");
                self.answer(waiting.ticket, Outcome::Unavailable(UnavailableReason::Stopped));
            }
        }
        self.answer_flushes();
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}

fn measured(duration: Duration, batches: &[RoomBatch]) -> GroupFigures {
    GroupFigures {
        duration,
        batches: batches.len(),
        events: batches.iter().map(|batch| batch.events.len()).sum(),
        bytes: batches.iter().map(RoomBatch::bytes).sum(),
        committed: 0,
        refused: 0,
        postponed: 0,
        waiting: 0,
    }
}

fn reason(error: &StoreError) -> UnavailableReason {
    match error {
        StoreError::Unavailable { reason, .. } => *reason,
        _ => UnavailableReason::Io,
    }
}
