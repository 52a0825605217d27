//! States on their way into the store and out of it, part by part: encoded on the pool, beside everything else that is
//! written, and with one part in memory at a time.

use crate::limits::{STATE_PATIENCE, STATE_RETRY};
use serde_json::json;
use std::sync::Arc;
use thexr_room::{SnapshotKind, SnapshotOut};
use thexr_store::limits::STATE_BYTES_MAX;
use thexr_store::{PartRow, RoomRow, SnapshotRow, Store, StoreError};
use thexr_wire::json::canonical;
use thexr_wire::{EntityId, RoomId};
use thexr_world::{Op, World, state};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep};

/// A state cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A part's text is no state.
    #[error(transparent)]
    Text(#[from] state::StateError),
    /// A state, or a part of one, that is referred to and not there.
    #[error("the state {hash} is missing")]
    Missing {
        /// Its hash, or the part's.
        hash: String,
    },
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A defect of ours.
    #[error("a state was handled in an unexpected way")]
    Defect,
}

/// What became of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The number it was handed out with.
    pub number: u64,
    /// Whether it is stored.
    pub kept: bool,
    /// Whether the room's states take all the space they may now; as before when the store does not say.
    pub full: bool,
}

/// Starts what stores a room's states, one after the other: states in, answers out. Ends when the sender is dropped.
///
/// Both channels are unbounded: a room has at most three states on their way (its automatic one, those around a restore), and
/// a last one at its stop.
pub fn start(
    room: RoomId,
    epoch: i64,
    mut full: bool,
    store: Arc<dyn Store>,
    turns: Arc<Semaphore>,
) -> (mpsc::UnboundedSender<SnapshotOut>, mpsc::UnboundedReceiver<Kept>) {
    let (states, mut inbox) = mpsc::unbounded_channel::<SnapshotOut>();
    let (answers, kept) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(state) = inbox.recv().await {
            let number = state.number;
            let kept = Keeping { store: store.as_ref(), room: &room, turns: &turns }.keep(epoch, state).await;
            if let Err(error) = &kept {
                tracing::warn!(%room, %error, "a state could not be stored; the journal has what is in it");
            }
            if let Ok(Some(row)) = store.room(&room).await {
                full = is_full(&row);
            }
            if answers.send(Kept { number, kept: kept.is_ok(), full }).is_err() {
                return;
            }
        }
    });
    (states, kept)
}

/// Whether a room's states take all the space they may.
pub fn is_full(room: &RoomRow) -> bool {
    room.state_bytes >= STATE_BYTES_MAX
}

/// Where a room's states go.
struct Keeping<'a> {
    store: &'a dyn Store,
    room: &'a RoomId,
    turns: &'a Semaphore,
}

impl Keeping<'_> {
    async fn keep(&self, epoch: i64, state: SnapshotOut) -> Result<(), StateError> {
        let SnapshotOut { seq, at_ms, kind, name, pinned, before, world, .. } = state;
        let (parts, bytes) = self.put(Arc::new(world)).await?;
        let kind = match kind {
            SnapshotKind::Auto => thexr_store::SnapshotKind::Auto,
            SnapshotKind::Named => thexr_store::SnapshotKind::Named,
        };
        let hash = state::hash_of_parts(&parts);
        let inverse = before.map(|event| (event, load_of(&hash)));
        let row = SnapshotRow { seq, at_ms, kind, name, hash, parts, bytes, pinned };
        let inverse = inverse.as_ref().map(|(event, ops)| (*event, ops.as_str()));
        patiently(|| self.in_turn(self.store.put_snapshot(self.room, epoch, &row, inverse))).await
    }

    /// Stores the parts that the room does not have; the hashes of all, and the bytes of their texts.
    async fn put(&self, world: Arc<World>) -> Result<(Vec<String>, u64), StateError> {
        let (mut hashes, mut bytes, mut from) = (Vec::new(), 0, None::<EntityId>);
        loop {
            let world = world.clone();
            let encode = move || {
                let (text, next) = world.part(from.as_ref());
                (part_row(text), next)
            };
            let (part, next) = tokio::task::spawn_blocking(encode).await.map_err(|_| StateError::Defect)?;
            bytes += part.text.len() as u64;
            hashes.push(part.hash.clone());
            let known = &hashes[hashes.len() - 1..];
            if !patiently(|| self.store.missing_parts(self.room, known)).await?.is_empty() {
                let part = [part];
                patiently(|| self.in_turn(self.store.put_parts(self.room, &part))).await?;
            }
            let Some(next) = next else { return Ok((hashes, bytes)) };
            from = Some(next);
        }
    }

    /// A write, when it is this room's turn.
    async fn in_turn<T>(&self, write: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        // Closed by nobody.
        let _turn = self.turns.acquire().await;
        write.await
    }
}

/// What undoes a restore: loading the state with this hash.
fn load_of(hash: &str) -> String {
    canonical(&json!([Op::Load { snapshot: hash.to_owned() }]))
}

/// The state that an event refers to.
pub async fn by_hash(store: &dyn Store, room: &RoomId, hash: &str) -> Result<World, StateError> {
    let row = store.snapshot_by_hash(room, hash).await?;
    let row = row.ok_or_else(|| StateError::Missing { hash: hash.to_owned() })?;
    read(store, room, &row.parts).await
}

/// A part as it is stored.
pub fn part_row(text: String) -> PartRow {
    PartRow { hash: state::hash(&text), text: text.into() }
}

/// A state whose parts these are.
pub async fn read(store: &dyn Store, room: &RoomId, parts: &[String]) -> Result<World, StateError> {
    let add = |mut world: World, text: &str| {
        world.add_part(text)?;
        Ok(world)
    };
    each_part(store, room, parts, World::default(), add).await
}

/// The same, for a room that is like this: what both have lies in memory once.
pub async fn read_beside(
    store: &dyn Store,
    room: &RoomId,
    parts: &[String],
    present: World,
) -> Result<World, StateError> {
    let add = |(mut world, present): (World, World), text: &str| {
        world.add_part_beside(text, &present)?;
        Ok((world, present))
    };
    Ok(each_part(store, room, parts, (World::default(), present), add).await?.0)
}

/// Takes the texts of some parts one after the other, on the pool.
pub async fn each_part<T: Send + 'static>(
    store: &dyn Store,
    room: &RoomId,
    parts: &[String],
    begun: T,
    take: impl Fn(T, &str) -> Result<T, StateError> + Copy + Send + 'static,
) -> Result<T, StateError> {
    let mut taken = begun;
    for hash in parts {
        let text = store.part(room, hash).await?;
        let text = text.ok_or_else(|| StateError::Missing { hash: hash.clone() })?;
        let next = tokio::task::spawn_blocking(move || take(taken, &text)).await;
        taken = next.map_err(|_| StateError::Defect)??;
    }
    Ok(taken)
}

/// Tries again for a while as long as the store is unavailable.
async fn patiently<T, F: Future<Output = Result<T, StoreError>>>(
    work: impl Fn() -> F,
) -> Result<T, StateError> {
    let begun = Instant::now();
    loop {
        match work().await {
            Err(StoreError::Unavailable { .. }) if begun.elapsed() < STATE_PATIENCE => {
                sleep(STATE_RETRY).await
            }
            done => return Ok(done?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rooms::stored::tests::{room, stored};

    fn state(number: u64, kind: SnapshotKind, name: Option<&str>, world: &World) -> SnapshotOut {
        let (name, world) = (name.map(str::to_owned), world.clone());
        let before = (kind == SnapshotKind::Auto).then_some(2);
        SnapshotOut { number, seq: 1, at_ms: 7, kind, name, pinned: true, before, world }
    }

    #[tokio::test]
    async fn a_large_state_is_stored_in_parts_and_comes_back() {
        let (_dir, store, _) = stored(vec![]).await;
        let mut world = World::default();
        for n in 0..400 {
            let id = EntityId::parse(&format!("thing{n:03}")).unwrap();
            world.put_row(id, 1, serde_json::Map::from_iter([("note".into(), json!("x".repeat(10_000)))]));
        }
        let turns = Semaphore::new(1);
        let keeping = Keeping { store: &store, room: &room(), turns: &turns };
        let (hashes, bytes) = keeping.put(Arc::new(world.clone())).await.unwrap();
        assert!(hashes.len() > 5 && bytes > 4_000_000, "{} parts, {bytes} bytes", hashes.len());
        assert_eq!(read(&store, &room(), &hashes).await.unwrap(), world);
        let missing = [hashes[0].clone(), "00".into()];
        assert!(matches!(read(&store, &room(), &missing).await, Err(StateError::Missing { .. })));
    }

    #[tokio::test]
    async fn each_state_is_answered_and_the_one_before_an_event_says_what_undoes_it() {
        let event = |seq| crate::rooms::stored::tests::row(seq, &json!([]));
        let (_dir, store, opened) = stored(vec![event(1), event(2)]).await;
        let store: Arc<dyn Store> = Arc::new(store);
        let (states, mut kept) =
            start(room(), opened.room.epoch, false, store.clone(), Arc::new(Semaphore::new(1)));
        let world = World::default();
        states.send(state(1, SnapshotKind::Auto, None, &world)).unwrap();
        states.send(state(2, SnapshotKind::Named, Some("mine"), &world)).unwrap();
        for number in [1, 2] {
            assert_eq!(kept.recv().await, Some(Kept { number, kept: true, full: false }));
        }
        let saved = store.snapshot_by_name(&room(), "mine").await.unwrap().unwrap();
        let events = store.events(&room(), 1, usize::MAX).await.unwrap();
        assert_eq!(events[0].inverse, Some(load_of(&saved.hash)));

        // Somebody else has opened the room.
        store.open_room(&room(), "node", 0, 1).await.unwrap();
        states.send(state(3, SnapshotKind::Named, Some("late"), &world)).unwrap();
        assert_eq!(kept.recv().await, Some(Kept { number: 3, kept: false, full: false }));
        assert_eq!(store.snapshot_by_name(&room(), "late").await.unwrap(), None);
    }
}
