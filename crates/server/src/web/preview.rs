//! Pictures of rooms: the blocks a room holds, drawn from its newest stored state alone. Owns the cache.

use crate::app::App;
use crate::limits::{PREVIEW_CACHE, PREVIEW_LOADS_MAX, PREVIEWS_MAX, VIEW_TIMEOUT};
use crate::pages::{Block, Form, Framing, PICTURE_BLOCKS_MAX, Rgb, Svg, thumbnail_svg};
use crate::rooms::states::{StateError, each_part};
use futures_util::future::OptionFuture;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use thexr_room::template::{self, Template};
use thexr_store::Store;
use thexr_wire::RoomId;
use thexr_world::{Components, Entity, World, state};

struct Preview {
    seq: u64,
    made: Instant,
    blocks: Arc<Vec<Block>>,
}

/// Blocks of rooms, kept while the room does not change and refreshed at most every ten seconds when it does.
#[derive(Default)]
pub struct Previews {
    cache: Mutex<BTreeMap<RoomId, Preview>>,
    /// A room loads in its turn, so that many who look at once cost one load; rooms share turns, which bounds all loads.
    turns: [tokio::sync::Mutex<()>; PREVIEW_LOADS_MAX],
}

impl Previews {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<RoomId, Preview>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self, id: &RoomId) -> &tokio::sync::Mutex<()> {
        let sum: usize = id.as_str().bytes().map(usize::from).sum();
        &self.turns[sum % PREVIEW_LOADS_MAX]
    }

    /// The room's blocks, loaded if they are not known; who comes while they load waits for them.
    async fn blocks(&self, id: &RoomId, seq: u64, load: impl Future<Output = Vec<Block>>) -> Arc<Vec<Block>> {
        if let Some(blocks) = self.find(id, seq) {
            return blocks;
        }
        let _turn = self.turn(id).lock().await;
        if let Some(blocks) = self.find(id, seq) {
            return blocks;
        }
        let blocks = Arc::new(load.await);
        self.keep(id, seq, blocks.clone());
        blocks
    }

    fn find(&self, id: &RoomId, seq: u64) -> Option<Arc<Vec<Block>>> {
        let cache = self.lock();
        let preview = cache.get(id)?;
        (preview.seq == seq || preview.made.elapsed() < PREVIEW_CACHE).then(|| preview.blocks.clone())
    }

    fn keep(&self, id: &RoomId, seq: u64, blocks: Arc<Vec<Block>>) {
        let mut cache = self.lock();
        if cache.len() >= PREVIEWS_MAX {
            let oldest = cache.iter().min_by_key(|(_, preview)| preview.made).map(|(id, _)| id.clone());
            oldest.and_then(|id| cache.remove(&id));
        }
        cache.insert(id.clone(), Preview { seq, made: Instant::now(), blocks });
    }

    /// A deleted room has no picture.
    pub fn forget(&self, id: &RoomId) {
        self.lock().remove(id);
    }
}

/// A room's picture; an unreadable room is an empty floor.
pub async fn picture(app: &App, id: &RoomId, last_seq: u64, frame: Framing, label: Option<&str>) -> Svg {
    let blocks = app.previews.blocks(id, last_seq, load(app, id)).await;
    thumbnail_svg(&blocks, frame, label)
}

/// From the running room, else from its newest stored state: however long the journal behind that is, nobody folds it here.
async fn load(app: &App, id: &RoomId) -> Vec<Block> {
    let running = app.rooms.running_room(id);
    let view = running.map(|room| async move { tokio::time::timeout(VIEW_TIMEOUT, room.view()).await.ok()? });
    if let Some(world) = OptionFuture::from(view).await.flatten() {
        return tokio::task::spawn_blocking(move || blocks(&world)).await.unwrap_or_default();
    }
    let mut stored = stored_blocks(app.store.as_ref(), id).await;
    if matches!(stored, Err(StateError::Missing { .. })) {
        // A newer state has taken its place meanwhile, and its parts with it.
        stored = stored_blocks(app.store.as_ref(), id).await;
    }
    stored.unwrap_or_else(|error| {
        tracing::warn!(room = %id, %error, "no picture of the room");
        Vec::new()
    })
}

/// The blocks of a room's newest stored state, of which one part is in memory at a time.
async fn stored_blocks(store: &dyn Store, id: &RoomId) -> Result<Vec<Block>, StateError> {
    let Some(snapshot) = store.newest_snapshot(id).await? else { return Ok(Vec::new()) };
    let add = |mut blocks: Blocks, text: &str| {
        state::each_entity(text, |_, entity| blocks.add(&entity))?;
        Ok(blocks)
    };
    Ok(each_part(store, id, &snapshot.parts, Blocks::default(), add).await?.largest())
}

/// The picture of a template: a room as it would be with one particular seed.
pub fn template_picture(template: Template, frame: Framing) -> Svg {
    const SEED: u64 = 12;
    let mut world = World::default();
    for (id, components) in template::entities(template, SEED) {
        world.put_row(id, 1, components);
    }
    thumbnail_svg(&blocks(&world), frame, None)
}

/// The things of a world that make its picture: top-level shapes but the ground.
#[derive(Default)]
struct Blocks(Vec<Block>);

impl Blocks {
    fn add(&mut self, entity: &Entity) {
        self.0.extend(Some(entity).filter(|entity| entity.parent().is_none()).and_then(block));
    }

    /// As many as a picture shows, the largest first.
    fn largest(self) -> Vec<Block> {
        let mut blocks = self.0;
        let volume = |block: &Block| block.size.iter().product::<f64>();
        blocks.sort_by(|a, b| volume(b).total_cmp(&volume(a)));
        blocks.truncate(PICTURE_BLOCKS_MAX);
        blocks
    }
}

fn blocks(world: &World) -> Vec<Block> {
    let mut blocks = Blocks::default();
    world.entities().values().for_each(|entity| blocks.add(entity));
    blocks.largest()
}

fn block(entity: &Entity) -> Option<Block> {
    let shape = entity.value("shape")?.as_object()?;
    let (form, size) = extent(shape)?;
    let transform = entity.transform();
    let [x, y, z, w] = transform.rotation.map(f64::from);
    let color = entity.value("color").and_then(|color| Rgb::parse(color.as_str()?)).unwrap_or(Rgb::NEUTRAL);
    Some(Block {
        center: transform.position.map(f64::from),
        size: [0, 1, 2].map(|axis| size[axis] * f64::from(transform.scale[axis].abs())),
        yaw_rad: f64::atan2(2.0 * (w * y + x * z), 1.0 - 2.0 * (x * x + y * y)),
        color,
        form,
    })
}

/// Form and size of a shape, with the sizes Babylon's builders take by default.
fn extent(shape: &Components) -> Option<(Form, [f64; 3])> {
    let number =
        |name: &str, default: f64| shape.get(name).and_then(serde_json::Value::as_f64).unwrap_or(default);
    let size = number("size", 1.0);
    let diameter = number("diameter", 1.0);
    Some(match shape.get("kind")?.as_str()? {
        "box" => (Form::Box, [number("width", size), number("height", size), number("depth", size)]),
        "plane" => (Form::Box, [number("width", size), number("height", size), 0.05]),
        "sphere" => (Form::Ball, [diameter; 3]),
        "cylinder" | "cone" => (Form::Cylinder, [diameter, number("height", 2.0), diameter]),
        "capsule" => {
            let width = number("radius", 0.25) * 2.0;
            (Form::Cylinder, [width, number("height", 1.0), width])
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rooms::states::part_row;
    use crate::rooms::stored::tests::{room, row, stored};
    use futures_util::future::join_all;
    use serde_json::json;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use thexr_store::{PartRow, RoomBatch, SnapshotKind, SnapshotRow};

    #[tokio::test]
    async fn many_who_look_at_a_room_at_once_cost_one_load() {
        let (previews, loads) = (Previews::default(), AtomicUsize::new(0));
        let room = RoomId::parse("rooma").unwrap();
        let look = |_| {
            previews.blocks(&room, 1, async {
                loads.fetch_add(1, Ordering::Relaxed);
                // Gives way to everyone else who looks.
                tokio::task::yield_now().await;
                Vec::new()
            })
        };
        join_all((0..50).map(look)).await;
        assert_eq!(loads.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_stored_state_has_the_blocks_of_its_world() {
        let (_dir, store, _) = stored(vec![]).await;
        let mut world = World::default();
        for (id, components) in template::entities(Template::Blocks, 3) {
            world.put_row(id, 1, components);
        }
        assert!(stored_blocks(&store, &room()).await.unwrap().is_empty(), "nothing is stored yet");
        let (first, next) = world.part(None);
        assert!(next.is_none());
        for (seq, text) in [(0, first), (1, "{\"entities\":{\"abcde\"".to_owned())] {
            let part = part_row(text);
            store.put_parts(&room(), std::slice::from_ref(&part)).await.unwrap();
            store
                .append(&[RoomBatch { events: vec![row(1, &json!([]))], ..RoomBatch::new(room(), 1, 1) }])
                .await;
            let snapshot = snapshot(seq, &part);
            store.put_snapshot(&room(), 1, &snapshot, None).await.unwrap();
            let stored = stored_blocks(&store, &room()).await;
            let sizes = |blocks: Vec<Block>| blocks.iter().map(|block| block.size).collect::<Vec<_>>();
            match seq {
                0 => assert_eq!(sizes(stored.unwrap()), sizes(blocks(&world))),
                _ => assert!(stored.is_err(), "a damaged one has none"),
            }
        }
    }

    fn snapshot(seq: u64, part: &PartRow) -> SnapshotRow {
        SnapshotRow {
            seq,
            at_ms: 0,
            kind: SnapshotKind::Auto,
            name: None,
            hash: part.hash.clone(),
            parts: vec![part.hash.clone()],
            bytes: part.text.len() as u64,
            pinned: false,
        }
    }

    #[test]
    fn a_template_has_something_to_show_and_no_floor() {
        let mut world = World::default();
        for (id, components) in template::entities(Template::Blocks, 3) {
            world.put_row(id, 1, components);
        }
        let blocks = blocks(&world);
        assert!((15..=30).contains(&blocks.len()), "{}", blocks.len());
        assert!(blocks.iter().all(|block| block.size[0] < 50.0), "the ground is drawn by the picture itself");
    }
}
