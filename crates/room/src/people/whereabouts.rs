//! Where things and limbs are in the room, whatever they hang on.

use crate::bodies::physics::Physics;
use crate::log::Log;
use crate::people::People;
use thexr_wire::EntityId;
use thexr_wire::limits::PARENT_DEPTH_MAX;
use thexr_wire::pose::{Place, Pose};
use thexr_world::Transform;
use thexr_world::transform::{multiply, rotate_then};

/// Where a thing is; nothing for one that hangs on somebody whose place is not known.
pub(crate) fn place(log: &Log, people: &People, physics: &Physics, id: &EntityId) -> Option<Place> {
    let mut entity = log.world.entity(id)?;
    if let Some(place) = physics.place(id) {
        return Some(place);
    }
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

/// Where what hangs on this node of a person is held: a hand that is tracked, else the head.
pub(crate) fn limb(pose: &Pose, node: Option<&str>) -> Place {
    let hand = match node {
        Some("left") => pose.left,
        Some("right") => pose.right,
        _ => None,
    };
    hand.unwrap_or(pose.head)
}

/// A place as a transform without scale.
pub(crate) fn as_transform([x, y, z, qx, qy, qz, qw]: Place) -> Transform {
    Transform { position: [x, y, z], rotation: [qx, qy, qz, qw], ..Transform::default() }
}

/// Between two points, metres.
pub(crate) fn distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).take(3).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
}

/// A matrix without its scale, of known rotation, as a place.
pub(crate) fn placed(matrix: &[f32; 16], [qx, qy, qz, qw]: [f32; 4]) -> Place {
    [matrix[12], matrix[13], matrix[14], qx, qy, qz, qw]
}
