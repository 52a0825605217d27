//! Sockets: places on things, each with room for one other thing. What is in one says so, and hangs on it.

use crate::entity::Entity;
use crate::fold::World;
use crate::transform::{numbers, rotation};
use crate::typed::Offset;
use serde_json::Value;
use thexr_wire::EntityId;

/// Of a thing: in which socket it is.
pub const IN_SOCKET: &str = "in_socket";

/// A `socket`, as far as it is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Socket<'a> {
    /// The tag of what fits; nothing: whatever people hold.
    pub accepts: Option<&'a str>,
    /// Where what is in it lies, in its entity's space.
    pub offset: Offset,
}

impl<'a> Socket<'a> {
    /// The socket of an entity that has one.
    pub fn of(entity: &'a Entity) -> Option<Self> {
        let value = entity.value("socket").filter(|value| value.as_bool() != Some(false))?;
        let offset = value.get("offset");
        let part = |name: &str| offset.and_then(|offset| offset.get(name));
        Some(Self {
            accepts: value.get("accepts").and_then(Value::as_str),
            offset: Offset {
                position: part("position").and_then(numbers).unwrap_or_default(),
                rotation: offset
                    .and_then(|offset| rotation(offset, "rotation"))
                    .unwrap_or([0.0, 0.0, 0.0, 1.0]),
            },
        })
    }

    /// Whether a thing is of the kind that fits.
    pub fn fits(&self, thing: &Entity) -> bool {
        let Some(wanted) = self.accepts else { return true };
        match thing.value("tag") {
            Some(Value::String(tag)) => tag == wanted,
            Some(Value::Array(tags)) => tags.iter().any(|tag| tag == wanted),
            _ => false,
        }
    }
}

/// Things that hang on a socket and are looked through for one that is in it, at most; one with more of them takes nothing.
pub const SOCKET_CHILDREN_MAX: usize = 64;

/// Whether something is in a socket, or so much hangs on its entity that nobody looks.
pub fn is_full(world: &World, socket: &EntityId) -> bool {
    let is_in = |id: &EntityId| {
        let says = world.entity(id).and_then(|entity| entity.value(IN_SOCKET)?.as_str());
        says == Some(socket.as_str())
    };
    let mut children = world.children(socket);
    children.by_ref().take(SOCKET_CHILDREN_MAX).any(is_in) || children.next().is_some()
}
