//! Where things are in the room, whatever they hang on, as far as components and people say it.

use crate::limbs::{as_transform, limb, placed};
use crate::log::Log;
use crate::people::People;
use thexr_wire::EntityId;
use thexr_wire::limits::PARENT_DEPTH_MAX;
use thexr_wire::pose::Place;
use thexr_world::transform::{multiply, rotate_then};

/// Where a thing is as its components say it; nothing for one that hangs on somebody whose place is not known.
pub(crate) fn told_place(log: &Log, people: &People, id: &EntityId) -> Option<Place> {
    let mut entity = log.world.entity(id)?;
    let mut matrix = entity.transform().matrix();
    let mut rotation = entity.transform().rotation;
    for _ in 0..PARENT_DEPTH_MAX {
        let Some(parent) = entity.parent() else { return Some(placed(&matrix, rotation)) };
        entity = log.world.entity(&parent.entity)?;
        // Where a person is is told in the room, whatever they ride on.
        let limb = parent.entity.user().filter(|_| entity.is_avatar()).map(|user| {
            people.persons.get(&user).map(|person| as_transform(limb(&person.pose, parent.node.as_deref())))
        });
        let local = match limb {
            Some(limb) => limb?,
            None => *entity.transform(),
        };
        matrix = multiply(&matrix, &local.matrix());
        rotation = rotate_then(rotation, local.rotation);
        if entity.is_avatar() {
            return Some(placed(&matrix, rotation));
        }
    }
    None
}
