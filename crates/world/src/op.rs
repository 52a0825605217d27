//! Ops: the only ways a world changes. Owns their shape on the wire and in the journal; applying them is the fold's.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use smol_str::SmolStr;
use thexr_wire::EntityId;
use thexr_wire::json::memory;

/// Component name → value.
pub type Components = Map<String, Value>;

/// One state change; a deterministic function of the event that carries it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Op {
    /// A new entity.
    Create {
        /// Its id.
        entity: EntityId,
        /// Its components.
        components: Components,
    },
    /// The entity and all its components go.
    Delete {
        /// The entity that goes; it must exist.
        entity: EntityId,
    },
    /// Replaces each named component.
    Set {
        /// The entity that is changed; it must exist.
        entity: EntityId,
        /// New values.
        components: Components,
    },
    /// JSON merge patch (RFC 7386) inside each named component.
    Merge {
        /// The entity that is changed; it must exist.
        entity: EntityId,
        /// Name → patch; a null inside it removes a key.
        components: Components,
    },
    /// Removes components; absent ones are ignored.
    Unset {
        /// The entity that loses them; it must exist.
        entity: EntityId,
        /// Component names.
        names: Vec<SmolStr>,
    },
    /// Adds to number components (absent counts as 0).
    Inc {
        /// The entity that holds the numbers; it must exist.
        entity: EntityId,
        /// Name → amount.
        components: Components,
    },
    /// Subtracts from number components (absent counts as 0).
    Dec {
        /// The entity that holds the numbers; it must exist.
        entity: EntityId,
        /// Name → amount.
        components: Components,
    },
    /// Adds, but not above: name → [amount, max].
    IncMax {
        /// The entity that holds the numbers; it must exist.
        entity: EntityId,
        /// Name → [amount, max].
        components: Components,
    },
    /// Subtracts, but not below: name → [amount, min].
    DecMin {
        /// The entity that holds the numbers; it must exist.
        entity: EntityId,
        /// Name → [amount, min].
        components: Components,
    },
    /// Appends to a list component (absent counts as empty).
    Push {
        /// The entity that holds the list; it must exist.
        entity: EntityId,
        /// Component name.
        component: SmolStr,
        /// Appended value.
        value: Value,
    },
    /// Removes the last item of a list component; an empty list stays empty.
    Pop {
        /// The entity that holds the list; it must exist.
        entity: EntityId,
        /// Component name.
        component: SmolStr,
    },
    /// Replaces one item of a list component.
    IndexSet {
        /// The entity that holds the list; it must exist.
        entity: EntityId,
        /// Component name.
        component: SmolStr,
        /// From 0.
        index: usize,
        /// New item.
        value: Value,
    },
    /// Replaces everything but people with an immutable stored state.
    Load {
        /// Hex SHA-256 of the state's canonical text.
        snapshot: String,
    },
}

impl Op {
    /// The entity it changes; `None` for `load`.
    pub fn entity(&self) -> Option<&EntityId> {
        match self {
            Self::Create { entity, .. }
            | Self::Delete { entity }
            | Self::Set { entity, .. }
            | Self::Merge { entity, .. }
            | Self::Unset { entity, .. }
            | Self::Inc { entity, .. }
            | Self::Dec { entity, .. }
            | Self::IncMax { entity, .. }
            | Self::DecMin { entity, .. }
            | Self::Push { entity, .. }
            | Self::Pop { entity, .. }
            | Self::IndexSet { entity, .. } => Some(entity),
            Self::Load { .. } => None,
        }
    }

    /// Bytes of memory that its values take, about.
    pub fn memory(&self) -> usize {
        match self {
            Self::Create { components, .. }
            | Self::Set { components, .. }
            | Self::Merge { components, .. }
            | Self::Inc { components, .. }
            | Self::Dec { components, .. }
            | Self::IncMax { components, .. }
            | Self::DecMin { components, .. } => components.values().map(memory).sum(),
            Self::Push { value, .. } | Self::IndexSet { value, .. } => memory(value),
            Self::Delete { .. } | Self::Unset { .. } | Self::Pop { .. } | Self::Load { .. } => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ops_have_the_documented_shape() {
        let op: Op = serde_json::from_value(
            json!({"op": "inc_max", "entity": "abcde", "components": {"ammo": [5, 20]}}),
        )
        .unwrap();
        assert_eq!(op.entity().unwrap().as_str(), "abcde");
        let back = serde_json::to_value(&op).unwrap();
        assert_eq!(back, json!({"op": "inc_max", "entity": "abcde", "components": {"ammo": [5, 20]}}));
    }
}
