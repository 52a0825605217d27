//! Ways of the rooms of a run: one mesh of each room for all of its bots, made beside the connections. Knows no bot.

use crate::limits::BAKE_PAUSE_MS;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use thexr_nav::{Paths, bake_around};
use thexr_wire::RoomId;
use thexr_world::World;
use tokio::time::Instant;

/// Meshes by room.
#[derive(Debug, Default)]
pub(crate) struct Ways(Mutex<BTreeMap<RoomId, Slot>>);

#[derive(Debug, Default)]
struct Slot {
    paths: Option<Arc<Paths>>,
    /// Of which event of the room it is.
    seq: u64,
    is_baking: bool,
    asked: Option<Instant>,
}

/// What a mesh is made of.
pub(crate) struct Wanted {
    pub room: RoomId,
    pub world: World,
    pub seq: u64,
    pub room_ms: f64,
    /// Where somebody stands who needs it, metres.
    pub at: [f32; 3],
}

impl Ways {
    /// The newest mesh of a room, if it is of this event or a later one.
    pub fn of(&self, room: &RoomId, seq: u64) -> Option<(Arc<Paths>, u64)> {
        let rooms = self.open();
        let slot = rooms.get(room).filter(|slot| slot.seq >= seq)?;
        Some((slot.paths.clone()?, slot.seq))
    }

    /// Whether this is the one who is to have a mesh made now; then nobody else is.
    pub fn may_bake(&self, room: &RoomId, seq: u64) -> bool {
        let mut rooms = self.open();
        let slot = rooms.entry(room.clone()).or_default();
        let pause = Duration::from_millis(BAKE_PAUSE_MS as u64);
        let is_due = slot.asked.is_none_or(|asked| asked.elapsed() >= pause);
        let may = !slot.is_baking && is_due && (slot.seq < seq || slot.paths.is_none());
        if may {
            (slot.is_baking, slot.asked) = (true, Some(Instant::now()));
        }
        may
    }

    /// Makes a mesh on a thread of its own.
    pub fn bake(self: &Arc<Self>, wanted: Wanted) {
        let ways = self.clone();
        tokio::task::spawn_blocking(move || {
            let Wanted { room, world, seq, room_ms, at } = wanted;
            // Where there is none the one before is better than none.
            let paths = bake_around(&world, room_ms, at).ok().map(Arc::new);
            let mut rooms = ways.open();
            let slot = rooms.entry(room).or_default();
            slot.paths = paths.or(slot.paths.take());
            (slot.seq, slot.is_baking) = (seq, false);
        });
    }

    /// A bake that panicked has at worst lost a mesh.
    fn open(&self) -> MutexGuard<'_, BTreeMap<RoomId, Slot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
