//! Whether the live path works: the store takes a write, a room ticks. Owns the cached answer.

use crate::clock::now_ms;
use crate::limits::READY_CACHE;
use std::time::Instant;
use thexr_room::template::{self, Template};
use thexr_room::{Boot, Now, Outbox, Room};
use thexr_store::Store;
use thexr_world::NoStates;
use tokio::sync::Mutex;

type Answer = Result<(), &'static str>;

/// The last answer and its age; probes that come at the same time wait for one.
#[derive(Default)]
pub struct Ready(Mutex<Option<(Instant, Answer)>>);

impl Ready {
    /// `Err` says what does not work.
    pub async fn check(&self, store: &dyn Store) -> Answer {
        let mut last = self.0.lock().await;
        if let Some((at, answer)) = *last
            && at.elapsed() < READY_CACHE
        {
            return answer;
        }
        let answer = match store.probe(now_ms()).await {
            Ok(()) if a_room_ticks() => Ok(()),
            Ok(()) => Err("a room does not tick"),
            Err(error) => {
                tracing::warn!(%error, "not ready: the store cannot be written");
                Err("the store cannot be written")
            }
        };
        *last = Some((Instant::now(), answer));
        answer
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
    outbox.latest.tick == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_private_room_ticks() {
        assert!(a_room_ticks());
    }
}
