//! What a newcomer is told of the room, shared by all to whom the same is told, and encoded once, outside the room.

use std::sync::{Arc, OnceLock};
use thexr_room::{Missed, StateView, encode};
use thexr_wire::message::Dialect;

/// Named payloads, in the order in which they are told.
type Payloads = Vec<(&'static str, String)>;

#[derive(Debug)]
enum Source {
    /// The state at a seq.
    State(Arc<StateView>),
    /// What someone who resumes has missed.
    Missed(Arc<Missed>),
}

/// What several newcomers share; encoded by the first who needs it.
#[derive(Debug)]
pub struct SharedState {
    source: Source,
    thexr: OnceLock<Payloads>,
    json: OnceLock<Payloads>,
}

impl SharedState {
    /// A state, not encoded yet.
    pub fn of_state(view: Arc<StateView>) -> Self {
        Self { source: Source::State(view), thexr: OnceLock::new(), json: OnceLock::new() }
    }

    /// A missed tail, not encoded yet.
    pub fn of_missed(missed: Arc<Missed>) -> Self {
        Self { source: Source::Missed(missed), thexr: OnceLock::new(), json: OnceLock::new() }
    }

    /// Whether a newer one makes it worthless: all of it is in that, and nothing else than what the room holds.
    pub(crate) fn is_replaceable(&self) -> bool {
        matches!(&self.source, Source::State(view) if view.presence.is_none())
    }

    /// Its messages in a dialect. Slow for large rooms the first time: call it where blocking is allowed.
    pub fn payloads(&self, dialect: Dialect) -> &[(&'static str, String)] {
        let cell = if dialect == Dialect::Json { &self.json } else { &self.thexr };
        cell.get_or_init(|| match &self.source {
            Source::State(view) => encode::state(view, dialect),
            Source::Missed(missed) => encode::missed(missed),
        })
    }

    /// Whether it is of this state.
    pub(crate) fn is_of_state(&self, view: &Arc<StateView>) -> bool {
        matches!(&self.source, Source::State(known) if Arc::ptr_eq(known, view))
    }

    /// Whether it is of this tail.
    pub(crate) fn is_of_missed(&self, missed: &Arc<Missed>) -> bool {
        matches!(&self.source, Source::Missed(known) if Arc::ptr_eq(known, missed))
    }
}
