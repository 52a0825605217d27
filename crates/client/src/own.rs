//! What one simulates oneself, thing by thing, and how far the room has heard of it.

use std::collections::BTreeMap;
use thexr_physics::{Key, State};
use thexr_wire::EntityId;

/// A thing that is simulated here.
#[derive(Debug, Clone)]
pub(crate) struct Own {
    pub id: EntityId,
    pub slot: u16,
    pub state: State,
    /// Since when it rests, room time.
    pub rests_ms: Option<f64>,
    /// Number of the first frame up that claims it.
    pub claimed_in: Option<u16>,
    /// Number of the first frame up that says it rests.
    pub rested_in: Option<u16>,
    /// The room has heard that it rests, and has said nothing else.
    pub settled: bool,
    /// The replica has it in one's hand still.
    pub hangs: bool,
}

/// Things that are simulated here, by key.
pub(crate) type OwnThings = BTreeMap<Key, Own>;
