//! Whether the live path works: the store takes a write, a room ticks. Owns the cached answer.

use crate::clock::now_ms;
use crate::limits::{READY_CACHE, READY_TIMEOUT};
use std::time::Instant;
use thexr_room::template::{self, Template};
use thexr_room::{Boot, Now, Outbox, Room};
use thexr_store::{Store, WriterHandle};
use thexr_world::NoStates;
use tokio::sync::Mutex;

type Answer = Result<(), &'static str>;

/// The last answer and its age; probes that come at the same time wait for one.
#[derive(Default)]
pub struct Ready(Mutex<Option<(Instant, Answer)>>);

impl Ready {
    /// `Err` says what does not work.
    pub async fn check(&self, store: &dyn Store, writer: &WriterHandle) -> Answer {
        let mut last = self.0.lock().await;
        if let Some((at, answer)) = *last
            && at.elapsed() < READY_CACHE
        {
            return answer;
        }
        let answer = works(store, writer).await;
        *last = Some((Instant::now(), answer));
        answer
    }
}

async fn works(store: &dyn Store, writer: &WriterHandle) -> Answer {
    // The path of every command: a store that takes a probe may still be too full for what rooms write.
    let answers = tokio::time::timeout(READY_TIMEOUT, writer.ping()).await;
    if !matches!(answers, Ok(true)) {
        return Err("the group commit does not answer");
    }
    if let Some(reason) = *writer.health().borrow() {
        tracing::warn!(reason = reason.as_str(), "not ready: what rooms write waits");
        return Err("the store cannot take what rooms write");
    }
    match store.probe(now_ms()).await {
        Ok(()) if a_room_ticks() => Ok(()),
        Ok(()) => Err("a room does not tick"),
        Err(error) => {
            tracing::warn!(%error, "not ready: the store cannot be written");
            Err("the store cannot be written")
        }
    }
}

/// A private room, never stored, whose first tick must come out at the next tick.
fn a_room_ticks() -> bool {
    let mut boot = Boot::default();
    let genesis = template::genesis(Template::Empty, 1, 0);
    if boot.fold_tail(&[genesis], &NoStates).is_err() {
        return false;
    }
    let mut room = Room::open(boot);
    let mut outbox = Outbox::default();
    room.tick(Now { tick: 1, at_ms: now_ms() }, &mut outbox);
    outbox.latest.is_some_and(|latest| latest.tick == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rooms::stored;
    use crate::web::room_admin::{self, Wish};
    use std::sync::Arc;
    use thexr_store::{Outcome, RoomBatch, SqliteStore, Writer};

    #[tokio::test]
    async fn a_store_too_full_for_what_rooms_write_is_not_ready() {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(&dir.path().join("thexr.sqlite")).await.unwrap());
        let writer = Writer::spawn(store.clone(), Arc::new(()));
        let wish = Wish {
            name: "A room".into(),
            description: String::new(),
            template: Template::Empty,
            created_by: None,
        };
        let room = room_admin::create(&*store, wish).await.unwrap();
        let epoch = store.open_room(&room, "node", 0, 1).await.unwrap().unwrap().room.epoch;
        assert_eq!(works(&*store, &writer).await, Ok(()));
        store.limit_bytes(Some(1)).await.unwrap();
        let mut large = stored::event_row(&template::genesis(Template::Empty, 1, 0));
        (large.seq, large.ops) = (2, "x".repeat(200_000));
        let batch = RoomBatch { events: vec![large], ..RoomBatch::new(room, epoch, 1) };
        let written = writer.submit(batch);
        writer.health().wait_for(Option::is_some).await.unwrap();
        assert_eq!(works(&*store, &writer).await, Err("the store cannot take what rooms write"));
        store.limit_bytes(None).await.unwrap();
        assert!(matches!(written.await, Ok(Outcome::Committed { .. })));
        assert_eq!(works(&*store, &writer).await, Ok(()));
    }

    #[test]
    fn the_private_room_ticks() {
        assert!(a_room_ticks());
    }
}
