//! From a tick to the journal: submits batches in order, brings outcomes back.

use crate::rooms::stored::{event_row, member_row, place_row};
use thexr_hall::Batch;
use thexr_store::{Outcome, RoomBatch, UnavailableReason, WriterHandle};
use thexr_wire::RoomId;
use thexr_wire::json::canonical;
use tokio::sync::{mpsc, oneshot};

/// A tick's outcome.
#[derive(Debug)]
pub struct Stored {
    /// The tick's last seq.
    pub last_seq: u64,
    /// How it ended.
    pub outcome: Outcome,
}

/// Starts a room's pipeline: batches in, outcomes out, both in the order of ticks. Ends when the sender is dropped.
///
/// Both channels are unbounded, the room bounds what it puts in: above 20 unconfirmed ticks it takes no commands.
pub fn start(
    room: RoomId,
    epoch: i64,
    writer: WriterHandle,
) -> (mpsc::UnboundedSender<Batch>, mpsc::UnboundedReceiver<Stored>) {
    let (batches, inbox) = mpsc::unbounded_channel();
    let (submitted, waiting) = mpsc::unbounded_channel();
    let (stored, outcomes) = mpsc::unbounded_channel();
    tokio::spawn(submit(room, epoch, writer, inbox, submitted));
    tokio::spawn(collect(waiting, stored));
    (batches, outcomes)
}

type Waiting = (u64, oneshot::Receiver<Outcome>);

async fn submit(
    room: RoomId,
    epoch: i64,
    writer: WriterHandle,
    mut inbox: mpsc::UnboundedReceiver<Batch>,
    submitted: mpsc::UnboundedSender<Waiting>,
) {
    while let Some(batch) = inbox.recv().await {
        let Batch { tick, at_ms, last_seq, events, places, members, settings } = batch;
        let events = events.iter().map(event_row).collect();
        let places = places.iter().map(|(user, pose)| place_row(user, pose, at_ms)).collect();
        let members = members.iter().map(member_row).collect();
        let settings = settings.as_ref().map(canonical);
        let room = room.clone();
        let batch = RoomBatch { room, epoch, tick, events, places, members, settings };
        if submitted.send((last_seq, writer.submit(batch))).is_err() {
            return;
        }
    }
}

async fn collect(mut waiting: mpsc::UnboundedReceiver<Waiting>, stored: mpsc::UnboundedSender<Stored>) {
    while let Some((last_seq, outcome)) = waiting.recv().await {
        let outcome = outcome.await.unwrap_or(Outcome::Unavailable(UnavailableReason::Stopped));
        if stored.send(Stored { last_seq, outcome }).is_err() {
            return;
        }
    }
}
