//! A client's copy of the room, made of nothing but what its peer was told. Knows no room.

use crate::stage::Heard;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use thexr_wire::EntityId;
use thexr_wire::message::SnapshotChunk;
use thexr_world::{NoStates, Op, Stamp, World};

#[derive(Default)]
pub struct Replica {
    pub world: World,
    pub seq: u64,
    pub slots: BTreeMap<EntityId, u16>,
    pub events: Vec<u64>,
    /// It was told versions: the json dialect is not.
    pub versioned: bool,
}

impl Replica {
    /// Applies messages in order; panics when one does not fit what came before.
    pub fn apply(&mut self, heard: Vec<Heard>) {
        for Heard { name, payload } in heard {
            match name.as_str() {
                // Who resumes is told what leads to that seq.
                "joined" if payload["resumed"] == false => self.seq = payload["seq"].as_u64().unwrap(),
                "snapshot_chunk" => self.chunk(payload),
                "snapshot" => self.snapshot(payload),
                "state_patch" => self.patch(payload),
                "stoc" => self.event(&payload),
                "unheard" => self.seq = payload["seq"].as_u64().unwrap(),
                "restate" => self.restate(payload),
                _ => {}
            }
        }
    }

    fn chunk(&mut self, payload: Value) {
        let chunk: SnapshotChunk = serde_json::from_value(payload).unwrap();
        if chunk.index == 0 {
            self.world = World::default();
            self.slots.clear();
            self.versioned = true;
        }
        for row in chunk.entities {
            self.slots.extend(row.slot.map(|slot| (row.id.clone(), slot)));
            self.world.put_row(row.id, row.version, row.components);
        }
    }

    fn snapshot(&mut self, payload: Value) {
        self.world = World::default();
        self.versioned = false;
        let entities: BTreeMap<EntityId, serde_json::Map<String, Value>> =
            serde_json::from_value(payload).unwrap();
        for (id, components) in entities {
            self.world.put_row(id, self.seq, components);
        }
    }

    fn patch(&mut self, payload: Value) {
        let mut ops = payload["ops"].as_array().unwrap().iter();
        let at_ms = payload["at"].as_i64().unwrap();
        for run in payload["runs"].as_array().unwrap() {
            let (seq, count) = (run[0].as_u64().unwrap(), run[1].as_u64().unwrap() as usize);
            assert!(seq > self.seq, "op of seq {seq} told at {}", self.seq);
            let run: Vec<Op> = ops.by_ref().take(count).map(|op| self.read(op)).collect();
            assert_eq!(run.len(), count);
            self.world.fold(Stamp { seq, at_ms }, &run, &NoStates).unwrap();
            self.seq = seq;
        }
        assert!(ops.next().is_none(), "ops beyond the runs");
    }

    fn read(&mut self, op: &Value) -> Op {
        if let Some(slot) = op.get("slot").and_then(Value::as_u64) {
            let id: EntityId = serde_json::from_value(op["entity"].clone()).unwrap();
            self.slots.insert(id, slot as u16);
        }
        let mut op = op.clone();
        op.as_object_mut().unwrap().remove("slot");
        serde_json::from_value(op).unwrap()
    }

    fn event(&mut self, payload: &Value) {
        let seq = payload["seq"].as_u64().unwrap();
        self.events.push(seq);
        self.seq = self.seq.max(seq);
    }

    fn restate(&mut self, payload: Value) {
        let slots = payload.get("slots").cloned().unwrap_or(json!({}));
        let slots: BTreeMap<_, _> = serde_json::from_value(slots).unwrap();
        if payload["index"].as_u64().unwrap_or(0) == 0 {
            self.slots.clear();
        }
        self.slots.extend(slots);
    }
}
