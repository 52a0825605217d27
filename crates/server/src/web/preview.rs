//! Pictures of rooms: the blocks a room holds, drawn from its newest stored state alone. Owns the cache.

use crate::app::App;
use crate::limits::{PREVIEW_CACHE, PREVIEW_LOADS_MAX, PREVIEWS_MAX, VIEW_TIMEOUT};
use crate::pages::{Block, Form, Framing, Rgb, Svg, share_png, thumbnail_svg};
use crate::rooms::states::{StateError, each_part};
use crate::web::drawn::Pictures;
use axum::body::Bytes;
use futures_util::future::OptionFuture;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use thexr_room::template::{self, Template};
use thexr_store::Store;
use thexr_wire::limits::PARENT_DEPTH_MAX;
use thexr_wire::{EntityId, RoomId};
use thexr_world::transform::{Matrix, multiply, rotate_then, turned};
use thexr_world::{Entity, Transform, World, state};

/// Blocks of a room that are kept for its pictures.
const BLOCKS_KEPT_MAX: usize = 160;

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
    /// The same as files.
    files: Pictures,
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
        self.files.forget(id);
    }
}

/// A room's picture; an unreadable room is an empty floor.
pub async fn picture(app: &App, id: &RoomId, last_seq: u64, frame: Framing, label: Option<&str>) -> Svg {
    let blocks = app.previews.blocks(id, last_seq, load(app, id)).await;
    thumbnail_svg(&blocks, frame, label)
}

/// The same as a PNG file for previews of links; without a room that of the plaza. `None`: too many wait for theirs.
pub async fn shared_picture(app: &App, room: Option<(&RoomId, u64)>) -> Option<Bytes> {
    let draw = async {
        let blocks = match room {
            Some((id, last_seq)) => app.previews.blocks(id, last_seq, load(app, id)).await,
            None => Arc::new(template_blocks(Template::Plaza)),
        };
        tokio::task::spawn_blocking(move || share_png(&blocks)).await.unwrap_or_default().into()
    };
    app.previews.files.drawn(room.map(|(id, _)| id), draw).await
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
        state::each_entity(text, |id, entity| blocks.add(&id, &entity))?;
        Ok(blocks)
    };
    Ok(each_part(store, id, &snapshot.parts, Blocks::default(), add).await?.largest())
}

/// The picture of a template: a room as it would be with one particular seed.
pub fn template_picture(template: Template, frame: Framing) -> Svg {
    thumbnail_svg(&template_blocks(template), frame, None)
}

fn template_blocks(template: Template) -> Vec<Block> {
    const SEED: u64 = 12;
    let mut world = World::default();
    for (id, components) in template::entities(template, SEED) {
        world.put_row(id, 1, components);
    }
    blocks(&world)
}

/// A thing's place among others.
struct Placed {
    parent: Option<EntityId>,
    transform: Transform,
}

/// The things of a world that make its picture: shapes but the ground, and where all things are, as far as parts hang on them.
#[derive(Default)]
struct Blocks {
    shapes: Vec<(EntityId, Form, [f64; 3], Rgb)>,
    places: BTreeMap<EntityId, Placed>,
}

impl Blocks {
    fn add(&mut self, id: &EntityId, entity: &Entity) {
        // People are no part of the room.
        if entity.is_avatar() {
            return;
        }
        let parent = entity.parent().map(|parent| parent.entity.clone());
        self.places.insert(id.clone(), Placed { parent, transform: *entity.transform() });
        let shape = entity.value("shape").and_then(serde_json::Value::as_object);
        if let Some((form, size)) = shape.and_then(extent) {
            self.shapes.push((id.clone(), form, size, color(entity)));
        }
    }

    /// The largest, a few more than a picture shows: which of them it shows depends on where they are.
    fn largest(self) -> Vec<Block> {
        let placed = self.shapes.iter().filter_map(|(id, form, size, color)| {
            let (matrix, rotation, scale) = self.place(id)?;
            Some(block(*form, *size, *color, matrix, rotation, scale))
        });
        let mut blocks: Vec<Block> = cut_open(placed.collect());
        let volume = |block: &Block| block.size.iter().product::<f64>();
        blocks.sort_by(|a, b| volume(b).total_cmp(&volume(a)));
        blocks.truncate(BLOCKS_KEPT_MAX);
        blocks
    }

    /// Where a thing is in the room; nothing for what hangs on something that is not there, such as a person.
    fn place(&self, id: &EntityId) -> Option<(Matrix, [f32; 4], [f32; 3])> {
        let mut at = self.places.get(id)?;
        let Transform { rotation, scale, .. } = at.transform;
        let mut place = (at.transform.matrix(), rotation, scale);
        for _ in 0..PARENT_DEPTH_MAX {
            let Some(parent) = &at.parent else { return Some(place) };
            at = self.places.get(parent)?;
            let above = &at.transform;
            let scale = [0, 1, 2].map(|axis| place.2[axis] * above.scale[axis]);
            place = (multiply(&place.0, &above.matrix()), rotate_then(place.1, above.rotation), scale);
        }
        None
    }
}

/// What has ceilings is shown without what lies above its walls' lower part, so that one looks into it as into a doll's house.
fn cut_open(mut blocks: Vec<Block>) -> Vec<Block> {
    /// A ceiling is so wide, so thin and so far up at least or most, metres.
    const WIDE_M: f64 = 4.0;
    const THIN_M: f64 = 0.6;
    const UP_M: f64 = 2.4;
    /// Where it is cut, metres above the floor.
    const CUT_M: f64 = 1.5;
    let low = |block: &Block| block.center[1] - block.size[1] / 2.0;
    let is_ceiling = |block: &&Block| {
        let [wide, high, deep] = block.size;
        wide.min(deep) >= WIDE_M && high <= THIN_M && low(block) >= UP_M && block.form == Form::Box
    };
    if blocks.iter().filter(is_ceiling).count() < 2 {
        return blocks;
    }
    blocks.retain(|block| low(block) < CUT_M - 0.1);
    for block in blocks.iter_mut().filter(|block| block.form != Form::Ball) {
        let (low, high) = (low(block), block.center[1] + block.size[1] / 2.0);
        let high = high.min(CUT_M);
        (block.center[1], block.size[1]) = ((low + high) / 2.0, high - low);
    }
    blocks
}

fn blocks(world: &World) -> Vec<Block> {
    let mut blocks = Blocks::default();
    world.entities().iter().for_each(|(id, entity)| blocks.add(id, entity));
    blocks.largest()
}

fn color(entity: &Entity) -> Rgb {
    entity.value("color").and_then(|color| Rgb::parse(color.as_str()?)).unwrap_or(Rgb::NEUTRAL)
}

fn block(
    form: Form,
    size: [f64; 3],
    color: Rgb,
    matrix: Matrix,
    rotation: [f32; 4],
    scale: [f32; 3],
) -> Block {
    /// Something lies when its own upward axis rises less than this, and leans when less than that: sines.
    const LIES: f64 = 0.3;
    const LEANS: f64 = 0.9;
    let axis = |unit: [f32; 3]| turned(unit, rotation).map(f64::from);
    let [right, up, ahead] = [axis([1.0, 0.0, 0.0]), axis([0.0, 1.0, 0.0]), axis([0.0, 0.0, 1.0])];
    let size = [0, 1, 2].map(|axis| size[axis] * f64::from(scale[axis].abs()));
    let center = [matrix[12], matrix[13], matrix[14]].map(f64::from);
    let upright = Block { center, size, yaw_rad: f64::atan2(ahead[0], ahead[2]), color, form };
    if form == Form::Ball || up[1].abs() > LEANS {
        return upright;
    }
    if form == Form::Cylinder && up[1].abs() < LIES {
        let size = [size[0], size[2], size[1]];
        return Block { size, yaw_rad: f64::atan2(up[0], up[2]), form: Form::Wheel, ..upright };
    }
    // What leans is drawn as the box around it.
    let around = [0, 1, 2].map(|part| {
        (right[part] * size[0]).abs() + (up[part] * size[1]).abs() + (ahead[part] * size[2]).abs()
    });
    Block { size: around, yaw_rad: 0.0, form: Form::Box, ..upright }
}

/// Form and size of a shape, with the sizes Babylon's builders take by default.
fn extent(shape: &serde_json::Map<String, serde_json::Value>) -> Option<(Form, [f64; 3])> {
    let number =
        |name: &str, default: f64| shape.get(name).and_then(serde_json::Value::as_f64).unwrap_or(default);
    let size = number("size", 1.0);
    let diameter = number("diameter", 1.0);
    let widest = number("diameterTop", diameter).max(number("diameterBottom", diameter));
    Some(match shape.get("kind")?.as_str()? {
        "box" => (Form::Box, [number("width", size), number("height", size), number("depth", size)]),
        "plane" => (Form::Box, [number("width", size), number("height", size), 0.05]),
        "sphere" => (Form::Ball, ["diameterX", "diameterY", "diameterZ"].map(|name| number(name, diameter))),
        "cylinder" => (Form::Cylinder, [widest, number("height", 2.0), widest]),
        "cone" => {
            let wide = number("diameterBottom", diameter);
            (Form::Cone, [wide, number("height", 2.0), wide])
        }
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

    #[test]
    fn a_card_of_the_fullest_template_weighs_little_enough_for_a_page_of_them() {
        let svg = template_picture(Template::Plaza, Framing::Card);
        assert!(svg.as_str().len() < 32 * 1024, "{}", svg.as_str().len());
    }

    #[test]
    fn parts_are_where_what_they_hang_on_has_them_and_lying_tubes_lie() {
        let mut world = World::default();
        let half = std::f64::consts::FRAC_1_SQRT_2;
        for (id, components) in [
            ("tubAA", json!({"position": [5, 0, 0], "rotation": [0, half, 0, half], "scale": [2, 2, 2]})),
            (
                "leafA",
                json!({"shape": {"kind": "sphere", "diameterX": 1, "diameterY": 3, "diameterZ": 1},
                "position": [0, 1, 1], "parent": {"entity": "tubAA"}}),
            ),
            ("lostA", json!({"shape": {"kind": "box"}, "parent": {"entity": "nooneA"}})),
            (
                "sunAA",
                json!({"shape": {"kind": "cylinder", "diameter": 4, "height": 0.5}, "rotation": [half, 0, 0, half]}),
            ),
        ] {
            let serde_json::Value::Object(components) = components else { unreachable!() };
            world.put_row(EntityId::parse(id).unwrap(), 1, components);
        }
        let blocks = blocks(&world);
        assert_eq!(blocks.len(), 2, "what hangs on nothing that is there is nowhere");
        let [ball, sun] =
            [Form::Ball, Form::Wheel].map(|form| blocks.iter().find(|block| block.form == form).unwrap());
        assert_eq!(ball.center.map(f64::round), [7.0, 2.0, 0.0]);
        assert_eq!((ball.size, sun.size), ([2.0, 6.0, 2.0], [4.0, 4.0, 0.5]));
    }
}
