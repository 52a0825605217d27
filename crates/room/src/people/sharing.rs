//! Which screens are shared onto, as those need it who carry what is shown there.

use crate::log::Log;
use crate::people::People;
use crate::people::occupancy::Occupancy;
use crate::people::whereabouts::told_place;
use thexr_wire::{EntityId, PeerId};

/// A screen that somebody shares onto.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// The screen.
    pub screen: EntityId,
    /// The connection that moves whoever shares: what is shown comes from it.
    pub peer: PeerId,
    /// Where the screen is, metres.
    pub place: [f32; 3],
}

/// The shared screens; those of people whose connection is lost show nothing, and those that hang nowhere are nowhere.
pub(crate) fn shared<'a>(
    screens: &'a Occupancy,
    people: &'a People,
    log: &'a Log,
) -> impl Iterator<Item = Shared> + 'a {
    screens.taken().filter_map(|(screen, user)| {
        let peer = people.persons.get(user)?.driver?;
        let [x, y, z, ..] = told_place(log, people, screen)?;
        Some(Shared { screen: screen.clone(), peer, place: [x, y, z] })
    })
}
