//! A state as newcomers are told it, for both dialects, and what those who come back have missed. Pure functions, made to
//! run outside the tick.
//!
//! Where people are is motion: json clients are told it as the `pose` of avatars, thexr.1 clients by the latest lane. Knows
//! nothing of frames or sockets.

use crate::motion::output::UserPlace;
use crate::tell::chunks::{Plan, components, write_component};
use crate::tell::patch::{is_coming_or_going, patch, stoc, unheard};
use crate::tell::view::{Missed, Presence, StateView};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use thexr_wire::limits::{RESTATE_PEOPLE_MAX, RESTATE_THINGS_MAX};
use thexr_wire::message::{Dialect, event};
use thexr_wire::{PeerId, UserId};

/// Everything a state is told as in a dialect: names and payloads, in order.
pub fn state(view: &StateView, dialect: Dialect) -> Vec<(&'static str, String)> {
    if dialect == Dialect::Thexr1 {
        return snapshot_chunks(view).into_iter().map(|chunk| (event::SNAPSHOT_CHUNK, chunk)).collect();
    }
    let presence =
        view.presence.as_ref().map(|presence| (event::PRESENCE_STATE, presence_state_json(presence)));
    let state = [(event::SNAPSHOT, snapshot_json(view)), (event::USER_SNAPSHOT, user_snapshot_json(view))];
    presence.into_iter().chain(state).collect()
}

/// Everything someone who resumes is told: where everyone is in parts, the ops, the events; names and payloads, in order.
pub fn missed(missed: &Missed) -> Vec<(&'static str, String)> {
    let view = missed.view();
    let mut told = restate_parts(view);
    let events = missed.events();
    let slot = |id: &thexr_wire::EntityId| Some(view.standing(id)?.slot);
    // Slots of things came with where everyone is.
    let patch = patch(&events, &view.world, slot, &BTreeMap::new());
    told.extend(patch.map(|patch| (event::STATE_PATCH, patch)));
    let facts = events.iter().filter(|event| !is_coming_or_going(event));
    told.extend(facts.map(|event| {
        if missed.hears(event) { (event::STOC, stoc(event)) } else { (event::UNHEARD, unheard(event)) }
    }));
    told
}

/// Slots and places, in parts.
fn restate_parts(view: &StateView) -> Vec<(&'static str, String)> {
    let things: Vec<_> = view.things.iter().collect();
    let (people, things_parts) =
        (view.people.len().div_ceil(RESTATE_PEOPLE_MAX), things.len().div_ceil(RESTATE_THINGS_MAX));
    let count = people.max(things_parts).max(1);
    let part = |index: usize| {
        let people = view.people.iter().skip(index * RESTATE_PEOPLE_MAX).take(RESTATE_PEOPLE_MAX);
        let (mut slots, mut poses, mut away) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for standing in people {
            slots.insert(standing.user.as_str(), standing.slot);
            poses.insert(&standing.user, standing.pose);
            away.extend(standing.away.then_some(&standing.user));
        }
        let things = things.iter().skip(index * RESTATE_THINGS_MAX).take(RESTATE_THINGS_MAX);
        let mut slots: BTreeMap<&str, u16> = slots;
        slots.extend(things.map(|(id, slot)| (id.as_str(), **slot)));
        let part = json!({"incarnation": view.incarnation, "index": index, "count": count, "slots": slots,
            "poses": poses, "away": away});
        (event::RESTATE, part.to_string())
    };
    (0..count).map(part).collect()
}

/// One meta of presence; the ref is never used again in this topic.
pub(crate) fn meta(epoch: u64, peer: PeerId) -> Value {
    json!({"phx_ref": format!("{epoch:06x}{:010x}", peer.0)})
}

/// Adds a meta to those of its person.
pub(crate) fn add_meta(map: &mut Map<String, Value>, user: &UserId, meta: Value) {
    let entry = map.entry(user.to_string()).or_insert_with(|| json!({"metas": []}));
    if let Some(metas) = entry["metas"].as_array_mut() {
        metas.push(meta);
    }
}

fn presence_state_json(presence: &Presence) -> String {
    let mut map = Map::new();
    for (user, peer) in &presence.connections {
        add_meta(&mut map, user, meta(presence.epoch, *peer));
    }
    Value::Object(map).to_string()
}

/// The payload of `snapshot`: `{entity_id: {component: value}}`.
pub fn snapshot_json(view: &StateView) -> String {
    let mut out = String::with_capacity(view.world.bytes() * 5 / 4 + 64);
    out.push('{');
    for (index, (id, entity)) in view.world.entities().iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(out, "{comma}\"{id}\":{{");
        let mut first = true;
        for (name, component) in components(entity) {
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            write_component(name, component, &mut out);
        }
        if let Some(standing) = view.standing(id) {
            let comma = if first { "" } else { "," };
            let pose = serde_json::to_string(&standing.pose);
            let pose = pose.unwrap_or_else(|error| unreachable!("numbers are JSON: {error}"));
            let _ = write!(out, "{comma}\"pose\":{pose}");
        }
        out.push('}');
    }
    out.push('}');
    out
}

/// The payload of `user_snapshot`: `{user_id: {position, rotation, pose}}`.
pub fn user_snapshot_json(view: &StateView) -> String {
    let people = view.people.iter();
    let places: BTreeMap<&UserId, UserPlace<'_>> =
        people.map(|standing| (&standing.user, UserPlace::of(&standing.pose))).collect();
    serde_json::to_string(&places).unwrap_or_else(|error| unreachable!("numbers are JSON: {error}"))
}

/// The payloads of `snapshot_chunk`, all of them.
pub fn snapshot_chunks(view: &StateView) -> Vec<String> {
    let plan = Plan::new(view);
    (0..plan.count()).filter_map(|index| plan.chunk(view, index)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tell::view::Standing;
    use thexr_wire::EntityId;
    use thexr_wire::limits::{SNAPSHOT_CHUNK_BYTES, SNAPSHOT_CHUNK_BYTES_MAX};
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
        StateView { world, ..StateView::default() }
    }

    fn with_a_person() -> StateView {
        let joined_at = Pose::standing([0.0, 1.8, 0.0]);
        let avatar = json!({"avatar": {"color": "#3E7BFA"}, "nickname": "<b>\"Ada\"</b>", "pose": joined_at});
        let mut view = view(vec![("abcde", json!({"position": [1, 2.5, 3]})), (USER, avatar)]);
        let user = UserId::parse(USER).unwrap();
        view.people.push(Standing { user, slot: 7, pose: Pose::standing([5.0, 1.8, -3.25]), away: false });
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
    fn a_row_carries_slot_and_version_and_leaves_places_to_motion() {
        let chunks = snapshot_chunks(&with_a_person());
        let chunk: SnapshotChunk = serde_json::from_str(&chunks[0]).unwrap();
        assert_eq!((chunks.len(), chunk.index, chunk.count), (1, 0, 1));
        let rows: Vec<_> =
            chunk.entities.iter().map(|row| (row.id.as_str(), row.slot, row.version)).collect();
        assert_eq!(rows, [("abcde", None, 1), (USER, Some(7), 2)]);
        assert_eq!(chunk.entities[1].components.keys().collect::<Vec<_>>(), ["avatar", "nickname"]);
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
    fn chunks_may_be_spelt_one_by_one_in_any_order() {
        let mut view = with_a_person();
        let big: Components = (0..250).map(|n| (format!("c{n}\""), json!("é".repeat(n * 3)))).collect();
        let op = Op::Create { entity: EntityId::parse("large").unwrap(), components: big };
        view.world.fold(Stamp { seq: 3, at_ms: 0 }, &[op], &NoStates).unwrap();
        let (plan, all) = (Plan::new(&view), snapshot_chunks(&view));
        assert!(all.len() > 5 && plan.count() == all.len());
        for index in (0..all.len()).rev() {
            assert_eq!(plan.chunk(&view, index).as_ref(), Some(&all[index]));
        }
        assert_eq!(plan.chunk(&view, all.len()), None);
        assert!(all.iter().all(|chunk| chunk.len() <= SNAPSHOT_CHUNK_BYTES));
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
