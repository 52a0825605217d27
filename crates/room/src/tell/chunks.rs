//! A state as thexr.1 newcomers are told it: cut into chunks first, by sizes that the world knows, and each chunk spelt when
//! it goes out, so that nobody's state lies whole in memory. Pure functions, made to run outside the tick.

use crate::tell::view::StateView;
use std::fmt::Write;
use thexr_wire::EntityId;
use thexr_wire::json::{write_canonical, write_string};
use thexr_wire::limits::SNAPSHOT_CHUNK_BYTES;
use thexr_world::{Component, Entity};

/// Bytes kept free in a chunk for its own numbers and the frame around it, so that the whole message keeps the limit.
const CHUNK_SPARE_BYTES: usize = 1024;
/// Bytes of a chunk's rows with the commas between them; only a single component makes a row, and its chunk, larger.
const CHUNK_ROWS_BYTES_MAX: usize = SNAPSHOT_CHUNK_BYTES - CHUNK_SPARE_BYTES;
/// What ends a row.
const ROW_END: &str = "}}";

/// Where a chunk begins.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Start {
    entity: EntityId,
    /// An entity larger than a chunk is told in several rows of the same id, each with a part of its components.
    component: usize,
}

/// How a state is cut.
#[derive(Debug)]
pub struct Plan(Vec<Option<Start>>);

impl Plan {
    /// Cuts a state; slow for large rooms.
    pub fn new(view: &StateView) -> Self {
        let mut starts = vec![None];
        while let Some(next) = rows(view, starts.last().and_then(Option::as_ref), &mut None) {
            starts.push(Some(next));
        }
        Self(starts)
    }

    /// How many chunks there are, at least one.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The payload of a `snapshot_chunk` of the state that was cut, at most 16 KiB with its frame unless a single component
    /// is larger; `None` beyond the last.
    pub fn chunk(&self, view: &StateView, index: usize) -> Option<String> {
        let from = self.0.get(index)?.as_ref();
        let mut text = Some(String::with_capacity(SNAPSHOT_CHUNK_BYTES));
        if let Some(text) = &mut text {
            text.push_str("{\"entities\":[");
        }
        rows(view, from, &mut text);
        let mut text = text?;
        let _ = write!(text, "],\"index\":{index},\"count\":{}}}", self.count());
        Some(text)
    }
}

/// Writes the rows of one chunk, if there is anything to write to; where the next one begins.
fn rows(view: &StateView, from: Option<&Start>, out: &mut Option<String>) -> Option<Start> {
    let entities = view.world.entities().iter_from(|id| from.is_some_and(|start| *id < start.entity));
    let mut first = from.map_or(0, |start| start.component);
    let mut bytes = 0;
    for (id, entity) in entities {
        let head = head(view, id, entity);
        let components: Vec<(&str, &Component)> = components(entity).collect();
        loop {
            let (row_bytes, count) = fitting(head.len(), &components[first..]);
            if bytes > 0 && bytes + row_bytes + ",".len() > CHUNK_ROWS_BYTES_MAX {
                return Some(Start { entity: id.clone(), component: first });
            }
            let comma = if bytes > 0 { "," } else { "" };
            if let Some(out) = out {
                out.push_str(comma);
                out.push_str(&head);
                write_row(&components[first..first + count], out);
            }
            bytes += comma.len() + row_bytes;
            first += count;
            if first >= components.len() {
                break;
            }
        }
        first = 0;
    }
    None
}

/// How a row begins.
fn head(view: &StateView, id: &EntityId, entity: &Entity) -> String {
    let mut head = format!("{{\"id\":\"{id}\"");
    if let Some(slot) = view.slot(id) {
        let _ = write!(head, ",\"slot\":{slot}");
    }
    let _ = write!(head, ",\"version\":{},\"components\":{{", view.world.version(entity));
    head
}

/// Every component but where an avatar was when it was stored.
pub(super) fn components(entity: &Entity) -> impl Iterator<Item = (&str, &Component)> {
    let is_avatar = entity.is_avatar();
    let all = entity.components().iter().map(|(name, component)| (name.as_str(), component));
    all.filter(move |(name, _)| !(is_avatar && *name == "pose"))
}

/// Bytes of a row with as many of these components as fit, but one at least, and how many they are.
fn fitting(head_bytes: usize, components: &[(&str, &Component)]) -> (usize, usize) {
    let (mut bytes, mut count) = (head_bytes, 0);
    let mut name_text = String::new();
    for (name, component) in components {
        name_text.clear();
        write_string(name, &mut name_text);
        let one = name_text.len() + ":".len() + component.bytes;
        if count > 0 && bytes + one + ROW_END.len() + ",".len() > CHUNK_ROWS_BYTES_MAX {
            break;
        }
        bytes += one + if count > 0 { ",".len() } else { 0 };
        count += 1;
    }
    (bytes + ROW_END.len(), count)
}

fn write_row(components: &[(&str, &Component)], out: &mut String) {
    for (index, (name, component)) in components.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_component(name, component, out);
    }
    out.push_str(ROW_END);
}

/// `"name":value`.
pub(super) fn write_component(name: &str, component: &Component, out: &mut String) {
    write_string(name, out);
    out.push(':');
    write_canonical(&component.value, out);
}
