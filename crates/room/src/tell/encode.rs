//! A state as newcomers are told it, for both dialects. Pure functions of a view, made to run outside the tick.
//!
//! An avatar's `pose` is where it is right now, not where the world has it. Knows nothing of frames or sockets.

use crate::motion::output::UserPlace;
use crate::outbox::StateView;
use std::collections::BTreeMap;
use std::fmt::Write;
use thexr_wire::json::{write_canonical, write_string};
use thexr_wire::limits::SNAPSHOT_CHUNK_BYTES;
use thexr_wire::{EntityId, UserId};
use thexr_world::Entity;

/// Bytes kept free in a chunk for its own numbers and the frame around it, so that the whole message keeps the limit.
const CHUNK_SPARE_BYTES: usize = 1024;
/// Bytes of a chunk's rows with the commas between them; only a single component makes a row, and its chunk, larger.
const CHUNK_ROWS_BYTES_MAX: usize = SNAPSHOT_CHUNK_BYTES - CHUNK_SPARE_BYTES;
const CHUNK_HEAD: &str = "{\"entities\":[";

/// The payload of `snapshot`: `{entity_id: {component: value}}`.
pub fn snapshot_json(view: &StateView) -> String {
    let mut out = String::with_capacity(view.world.bytes() * 5 / 4 + 64);
    out.push('{');
    for (index, (id, entity)) in view.world.entities().iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(out, "{comma}\"{id}\":{{");
        let pose = live_pose(view, id, entity);
        let mut first = true;
        each_component(entity, pose.as_deref(), |component| {
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            out.push_str(component);
        });
        out.push('}');
    }
    out.push('}');
    out
}

/// The payload of `user_snapshot`: `{user_id: {position, rotation, pose}}`.
pub fn user_snapshot_json(view: &StateView) -> String {
    let places: BTreeMap<&UserId, UserPlace<'_>> =
        view.poses.iter().map(|(user, pose)| (user, UserPlace::of(pose))).collect();
    serde_json::to_string(&places).unwrap_or_else(|error| unreachable!("numbers are JSON: {error}"))
}

/// The payloads of `snapshot_chunk`, at least one, each of at most 16 KiB with its frame unless a single component is larger.
///
/// An entity larger than a chunk is told in several rows of the same id, each with a part of its components.
pub fn snapshot_chunks(view: &StateView) -> Vec<String> {
    let mut chunks = Chunks { closed: Vec::new(), open: CHUNK_HEAD.to_owned(), row: String::new() };
    for (id, entity) in view.world.entities() {
        let mut head = format!("{{\"id\":\"{id}\"");
        if let Some(slot) = view.slots.get(id) {
            let _ = write!(head, ",\"slot\":{slot}");
        }
        let _ = write!(head, ",\"version\":{},\"components\":{{", view.world.version(entity));
        chunks.row.push_str(&head);
        let pose = live_pose(view, id, entity);
        each_component(entity, pose.as_deref(), |component| chunks.component(&head, component));
        chunks.end_row();
    }
    chunks.close()
}

/// Where an avatar is right now, as JSON.
fn live_pose(view: &StateView, id: &EntityId, entity: &Entity) -> Option<String> {
    let pose = view.poses.get(&id.user().filter(|_| entity.is_avatar())?)?;
    Some(serde_json::to_string(pose).unwrap_or_else(|error| unreachable!("numbers are JSON: {error}")))
}

/// Hands out `"name":value` of every component, with the live pose in place of the stored one.
fn each_component(entity: &Entity, pose: Option<&str>, mut each: impl FnMut(&str)) {
    let mut text = String::new();
    for (name, component) in entity.components() {
        text.clear();
        write_string(name, &mut text);
        text.push(':');
        match pose {
            Some(pose) if name == "pose" => text.push_str(pose),
            _ => write_canonical(&component.value, &mut text),
        }
        each(&text);
    }
}

/// Rows on their way into chunks.
struct Chunks {
    closed: Vec<String>,
    open: String,
    /// The row being written, without its end.
    row: String,
}

impl Chunks {
    /// Appends a component to the row; what does not fit begins another row of the same `head`.
    fn component(&mut self, head: &str, component: &str) {
        if self.row.len() > head.len() {
            if self.row.len() + component.len() + "}},".len() > CHUNK_ROWS_BYTES_MAX {
                self.end_row();
                self.row.push_str(head);
            } else {
                self.row.push(',');
            }
        }
        self.row.push_str(component);
    }

    fn end_row(&mut self) {
        self.row.push_str("}}");
        let rows_bytes = self.open.len() - CHUNK_HEAD.len();
        if rows_bytes > 0 && rows_bytes + self.row.len() + ",".len() > CHUNK_ROWS_BYTES_MAX {
            self.closed.push(std::mem::replace(&mut self.open, CHUNK_HEAD.to_owned()));
        } else if rows_bytes > 0 {
            self.open.push(',');
        }
        self.open.push_str(&self.row);
        self.row.clear();
    }

    fn close(mut self) -> Vec<String> {
        self.closed.push(self.open);
        let count = self.closed.len();
        for (index, chunk) in self.closed.iter_mut().enumerate() {
            let _ = write!(chunk, "],\"index\":{index},\"count\":{count}}}");
        }
        self.closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use thexr_wire::limits::SNAPSHOT_CHUNK_BYTES_MAX;
    use thexr_wire::message::SnapshotChunk;
    use thexr_wire::pose::Pose;
    use thexr_world::{Components, NoStates, Op, Stamp, World};

    const USER: &str = "abcdefghij0123456789";

    fn view(entities: Vec<(&str, Value)>) -> StateView {
        let mut world = World::default();
        for (seq, (id, components)) in entities.into_iter().enumerate() {
            let op = serde_json::from_value(json!({"op": "create", "entity": id, "components": components}))
                .unwrap();
            world.fold(Stamp { seq: seq as u64 + 1, at_ms: 0 }, &[op], &NoStates).unwrap();
        }
        StateView { world, slots: BTreeMap::new(), poses: BTreeMap::new() }
    }

    fn with_a_person() -> StateView {
        let joined_at = Pose::standing([0.0, 1.8, 0.0]);
        let avatar = json!({"avatar": {"color": "#3E7BFA"}, "nickname": "<b>\"Ada\"</b>", "pose": joined_at});
        let mut view = view(vec![("abcde", json!({"position": [1, 2.5, 3]})), (USER, avatar)]);
        let user = UserId::parse(USER).unwrap();
        view.slots.insert(EntityId::avatar(&user), 7);
        view.poses.insert(user, Pose::standing([5.0, 1.8, -3.25]));
        view
    }

    fn replica(chunks: &[String]) -> World {
        let mut world = World::default();
        for (at, text) in chunks.iter().enumerate() {
            let chunk: SnapshotChunk = serde_json::from_str(text).unwrap();
            assert_eq!((chunk.index as usize, chunk.count as usize), (at, chunks.len()));
            for row in chunk.entities {
                world.put_row(row.id, row.version, row.components);
            }
        }
        world
    }

    #[test]
    fn a_snapshot_is_every_component_of_every_entity_with_avatars_where_they_are_now() {
        let snapshot: Value = serde_json::from_str(&snapshot_json(&with_a_person())).unwrap();
        assert_eq!(snapshot["abcde"], json!({"position": [1, 2.5, 3]}));
        assert_eq!(snapshot[USER]["nickname"], "<b>\"Ada\"</b>");
        assert_eq!(snapshot[USER]["pose"], json!({"head": [5.0, 1.8, -3.25, 0.0, 0.0, 0.0, 1.0]}));
    }

    #[test]
    fn a_user_snapshot_is_where_everyone_is_now() {
        let places: Value = serde_json::from_str(&user_snapshot_json(&with_a_person())).unwrap();
        let expected = json!({USER: {"position": [5.0, 1.8, -3.25], "rotation": [0.0, 0.0, 0.0, 1.0],
            "pose": {"head": [5.0, 1.8, -3.25, 0.0, 0.0, 0.0, 1.0]}}});
        assert_eq!(places, expected);
    }

    #[test]
    fn a_row_carries_slot_version_and_live_pose() {
        let chunks = snapshot_chunks(&with_a_person());
        let chunk: SnapshotChunk = serde_json::from_str(&chunks[0]).unwrap();
        assert_eq!((chunks.len(), chunk.index, chunk.count), (1, 0, 1));
        let rows: Vec<_> =
            chunk.entities.iter().map(|row| (row.id.as_str(), row.slot, row.version)).collect();
        assert_eq!(rows, [("abcde", None, 1), (USER, Some(7), 2)]);
        assert_eq!(chunk.entities[1].components["pose"]["head"][0], json!(5.0));
    }

    #[test]
    fn an_empty_room_is_one_empty_chunk() {
        assert_eq!(snapshot_chunks(&view(vec![])), [r#"{"entities":[],"index":0,"count":1}"#]);
        assert_eq!(snapshot_json(&view(vec![])), "{}");
        assert_eq!(user_snapshot_json(&view(vec![])), "{}");
    }

    #[test]
    fn an_entity_without_components_is_told_too() {
        let view = view(vec![("abcde", json!({})), ("fghij", json!({}))]);
        assert_eq!(replica(&snapshot_chunks(&view)).digest(), view.world.digest());
        assert_eq!(snapshot_json(&view), r#"{"abcde":{},"fghij":{}}"#);
    }

    #[test]
    fn many_entities_come_in_chunks_within_the_limit_that_add_up_to_the_world() {
        let mut view = view(vec![]);
        let ops: Vec<Op> = (0..3_000)
            .map(|n| {
                let components = Components::from_iter([("note".into(), json!("é\"".repeat(n % 300)))]);
                Op::Create { entity: EntityId::parse(&format!("e{n:04}")).unwrap(), components }
            })
            .collect();
        view.world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).unwrap();
        let chunks = snapshot_chunks(&view);
        assert!(chunks.len() > 30);
        assert!(chunks.iter().all(|chunk| chunk.len() <= SNAPSHOT_CHUNK_BYTES));
        assert_eq!(replica(&chunks).digest(), view.world.digest());
    }

    #[test]
    fn an_entity_larger_than_a_chunk_comes_in_several_rows() {
        let big: Components = (0..20).map(|n| (format!("c{n}"), json!("x".repeat(65_000)))).collect();
        let view = view(vec![("abcde", Value::Object(big)), ("fghij", json!({"n": 1}))]);
        let chunks = snapshot_chunks(&view);
        assert!(chunks.len() >= 20 && chunks.iter().all(|chunk| chunk.len() <= SNAPSHOT_CHUNK_BYTES_MAX));
        assert_eq!(replica(&chunks).digest(), view.world.digest());
    }
}
