//! What a newcomer is told of the room, shared by all newcomers of a tick and encoded once, outside the room.

use std::sync::{Arc, OnceLock};
use thexr_room::{StateView, encode};
use thexr_wire::message::{Dialect, event};

/// Named payloads, in the order in which they are told.
type Payloads = Vec<(&'static str, String)>;

/// A state that several newcomers share; encoded by the first who needs it.
#[derive(Debug)]
pub struct SharedState {
    view: Arc<StateView>,
    chunks: OnceLock<Payloads>,
    json: OnceLock<Payloads>,
}

impl SharedState {
    /// Not encoded yet.
    pub fn new(view: Arc<StateView>) -> Self {
        Self { view, chunks: OnceLock::new(), json: OnceLock::new() }
    }

    /// Its messages in a dialect. Slow for large rooms the first time: call it where blocking is allowed.
    pub fn payloads(&self, dialect: Dialect) -> &[(&'static str, String)] {
        match dialect {
            Dialect::Thexr1 => self.chunks.get_or_init(|| {
                let chunks = encode::snapshot_chunks(&self.view).into_iter();
                chunks.map(|chunk| (event::SNAPSHOT_CHUNK, chunk)).collect()
            }),
            Dialect::Json => self.json.get_or_init(|| {
                let users = encode::user_snapshot_json(&self.view);
                vec![(event::SNAPSHOT, encode::snapshot_json(&self.view)), (event::USER_SNAPSHOT, users)]
            }),
        }
    }

    /// Whether it is of this view.
    pub(crate) fn is_of(&self, view: &Arc<StateView>) -> bool {
        Arc::ptr_eq(&self.view, view)
    }
}
