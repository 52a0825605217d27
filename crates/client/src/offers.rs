//! What the things of the room offer who is here.

use crate::client::Client;
use thexr_wire::{EntityId, UserId};
use thexr_world::{Interaction, interactions};

impl Client {
    /// What one may do with a thing as the room has it; nothing for who has no hands here.
    pub fn interactions(&self, id: &EntityId) -> Vec<Interaction> {
        let here = self.user().filter(|user| self.replica.index_of(&EntityId::avatar(user)).is_some());
        let Some((user, thing)) = here.zip(self.replica.world().entity(id)) else { return Vec::new() };
        let attends = |holder: &str| UserId::parse(holder).is_ok_and(|holder| !self.away.contains(&holder));
        interactions(thing, user, attends)
    }
}
