//! Where things are in the room, also while they fall or fly.

use crate::bodies::physics::Physics;
use crate::log::Log;
use crate::people::People;
use crate::people::whereabouts::told_place;
use thexr_wire::EntityId;
use thexr_wire::pose::Place;

/// Where a thing is; nothing for one that hangs on somebody whose place is not known.
pub(crate) fn place(log: &Log, people: &People, physics: &Physics, id: &EntityId) -> Option<Place> {
    physics.place(id).or_else(|| told_place(log, people, id))
}
