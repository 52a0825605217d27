//! A room's past states: what is read with the help of snapshots is what folding the whole journal gives.

use super::tests::{room, row, stored};
use super::*;
use thexr_store::SnapshotKind;

const EVENTS: u64 = 2_000;
const SAMPLES: u64 = 1_000;
/// A state is stored after each so many events, in turn an automatic and a named one.
const DISTANCE: u64 = 150;
/// The state of the one seq is brought back at the other.
const RESTORED: (u64, u64) = (500, 1_234);

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Ops that fit a world: things come, change, lose something and go.
fn ops_for(world: &World, numbers: &mut Numbers, seq: u64) -> Value {
    let entity = format!("thing{:02}", numbers.below(40));
    let known = world.entity(&thexr_wire::EntityId::parse(&entity).unwrap()).is_some();
    match numbers.below(6) {
        _ if !known => {
            json!([{"op": "create", "entity": entity, "components": {"n": seq, "position": [seq, 0, 1]}}])
        }
        0 => json!([{"op": "delete", "entity": entity}]),
        1 => json!([{"op": "unset", "entity": entity, "names": ["n"]}]),
        2 => json!([{"op": "set", "entity": entity, "components": {"n": seq}}]),
        _ => {
            json!([{"op": "set", "entity": entity, "components": {"m": {"at": seq}, "position": [0, seq, 2]}}])
        }
    }
}

fn fold(world: &mut World, row: &EventRow, states: &States) {
    let stamp = Stamp { seq: row.seq, at_ms: row.at_ms };
    world.fold(stamp, &ops(row).unwrap(), states).unwrap();
}

/// A journal, and the world after each of its events.
fn lived(numbers: &mut Numbers) -> (Vec<EventRow>, Vec<World>) {
    let (mut rows, mut worlds) = (Vec::new(), vec![World::default()]);
    for seq in 1..=EVENTS {
        let mut world = worlds[worlds.len() - 1].clone();
        let mut states = States::new();
        let ops = if seq == RESTORED.1 {
            let then = worlds[RESTORED.0 as usize].clone();
            let hash = thexr_world::state::hash(&then.to_text());
            states.insert(hash.clone(), Arc::new(then));
            json!([{"op": "load", "snapshot": hash}])
        } else {
            ops_for(&world, numbers, seq)
        };
        let row = EventRow { ops: canonical(&ops), ..row(seq, &ops) };
        fold(&mut world, &row, &states);
        rows.push(row);
        worlds.push(world);
    }
    (rows, worlds)
}

async fn keep(store: &dyn Store, seq: u64, kind: SnapshotKind, world: &World) {
    let part = part_row(world.to_text());
    store.put_parts(&room(), std::slice::from_ref(&part)).await.unwrap();
    let snapshot = SnapshotRow {
        seq,
        at_ms: 0,
        kind,
        name: (kind == SnapshotKind::Named).then(|| format!("at {seq}")),
        hash: part.hash.clone(),
        bytes: part.text.len() as u64,
        parts: vec![part.hash],
        pinned: kind == SnapshotKind::Named,
    };
    store.put_snapshot(&room(), 1, &snapshot, None).await.unwrap();
}

#[tokio::test]
async fn the_state_at_any_seq_is_what_folding_the_journal_up_to_it_gives() {
    let mut numbers = Numbers(7);
    let (rows, worlds) = lived(&mut numbers);
    let (_dir, store, _) = stored(rows).await;
    keep(&store, RESTORED.0, SnapshotKind::Named, &worlds[RESTORED.0 as usize]).await;
    for (index, seq) in (DISTANCE..EVENTS).step_by(DISTANCE as usize).enumerate() {
        let kind = if index % 2 == 0 { SnapshotKind::Auto } else { SnapshotKind::Named };
        keep(&store, seq, kind, &worlds[seq as usize]).await;
    }
    let edges = [0, 1, RESTORED.1 - 1, RESTORED.1, RESTORED.1 + 1, EVENTS];
    let samples: Vec<u64> = (0..SAMPLES).map(|_| numbers.below(EVENTS + 1)).collect();
    for seq in edges.into_iter().chain(samples) {
        let state = state_at(&store, &room(), seq).await.unwrap();
        assert_eq!(state.as_ref(), Some(&worlds[seq as usize]), "{seq}");
    }
}

#[tokio::test]
async fn there_is_no_state_where_the_journal_does_not_reach() {
    let (_dir, store, _) = stored(vec![row(1, &json!([]))]).await;
    assert!(state_at(&store, &room(), 1).await.unwrap().is_some());
    assert!(state_at(&store, &room(), 2).await.unwrap().is_none());
    assert!(state_at(&store, &RoomId::parse("nowhere").unwrap(), 0).await.unwrap().is_none());
}
