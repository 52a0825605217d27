//! Why ops cannot be applied, in the words clients are told.

use crate::entity::Name;
use thexr_wire::EntityId;
use thexr_wire::limits::{
    COMPONENT_BYTES_MAX, COMPONENT_NODES_MAX, ENTITY_COMPONENTS_MAX, ROOM_ENTITIES_MAX,
    ROOM_MEMORY_BYTES_MAX, ROOM_STATE_BYTES_MAX,
};

/// Why ops cannot be applied; the world is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// An op names an entity that does not exist.
    #[error("there is no entity {0}")]
    UnknownEntity(EntityId),
    /// An op creates an entity that exists.
    #[error("the id {0} is taken")]
    IdTaken(EntityId),
    /// Arithmetic on something else than numbers.
    #[error("{0} is not a number")]
    NotANumber(Name),
    /// A list operation on something else than a list.
    #[error("{0} is not a list")]
    NotAList(Name),
    /// An index beyond the list.
    #[error("{0} has no such item")]
    NoSuchItem(Name),
    /// A component is larger than 64 KiB.
    #[error("{0} is larger than {COMPONENT_BYTES_MAX} bytes")]
    ComponentTooLarge(Name),
    /// A component has more than 4,096 values in it.
    #[error("{0} has more than {COMPONENT_NODES_MAX} values in it")]
    TooManyNodes(Name),
    /// An entity would have more than 256 components.
    #[error("an entity has at most {ENTITY_COMPONENTS_MAX} components")]
    TooManyComponents,
    /// The room would have more than 20,000 entities.
    #[error("a room has at most {ROOM_ENTITIES_MAX} entities")]
    TooManyEntities,
    /// The room's state, as text or in memory, would grow beyond its limit.
    #[error("a room's state has at most {ROOM_STATE_BYTES_MAX} bytes, and {ROOM_MEMORY_BYTES_MAX} in memory")]
    StateTooLarge,
    /// A `load` refers to a state that is not there.
    #[error("the saved state is not there")]
    UnknownState,
}

impl FoldError {
    /// The stable reason clients are told.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::UnknownEntity(_) => "unknown_entity",
            Self::IdTaken(_) => "id_taken",
            Self::NotANumber(_) | Self::NotAList(_) | Self::NoSuchItem(_) => "bad_component",
            Self::ComponentTooLarge(_) => "component_too_large",
            Self::TooManyNodes(_) => "too_many_nodes",
            Self::TooManyComponents => "too_many_components",
            Self::TooManyEntities => "room_full_of_entities",
            Self::StateTooLarge => "room_state_too_large",
            Self::UnknownState => "snapshot_not_found",
        }
    }
}
