//! What newcomers and those who come back are told, cut at one seq: shares of the room, to be spelt outside the tick.

use crate::log::missed::ResumeFrom;
use crate::outbox::{Event, Hearers};
use std::sync::Arc;
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, PeerId, UserId};
use thexr_world::World;
use thexr_world::shared::Shared;

/// Someone with an avatar, at the moment of the cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The person; their avatar's entity has the same id.
    pub user: UserId,
    /// Motion slot.
    pub slot: u16,
    /// Where they are.
    pub pose: Pose,
    /// Their connection is lost for the moment.
    pub away: bool,
}

/// Everything a newcomer needs; a share of the world, not a copy.
#[derive(Debug, Clone, Default)]
pub struct StateView {
    /// All entities, avatars included, as they were at the cut.
    pub world: World,
    /// Which life of the room this is.
    pub incarnation: u16,
    /// Everyone inside, by id.
    pub people: Vec<Standing>,
    /// Slots of things that move.
    pub things: Shared<EntityId, u16>,
    /// Connections that are inside, for json newcomers.
    pub presence: Option<Presence>,
}

/// Who is inside with which connections.
#[derive(Debug, Clone, Default)]
pub struct Presence {
    /// Which start of the room this is: part of what names a connection.
    pub epoch: u64,
    /// Connections by person.
    pub connections: Vec<(UserId, PeerId)>,
}

impl StateView {
    /// The slot of an avatar or of a thing that moves.
    pub fn slot(&self, id: &EntityId) -> Option<u16> {
        self.standing(id).map(|standing| standing.slot).or_else(|| self.things.get(id).copied())
    }

    /// The person whose avatar this is.
    pub fn standing(&self, id: &EntityId) -> Option<&Standing> {
        let at = self.people.binary_search_by(|standing| standing.user.as_str().cmp(id.as_str()));
        at.ok().and_then(|at| self.people.get(at))
    }
}

/// What someone who takes up an earlier connection has missed.
#[derive(Debug)]
pub struct Missed {
    view: Arc<StateView>,
    /// Last seq that was not missed.
    after: u64,
    /// Older events than the room remembered.
    older: Vec<Arc<Event>>,
    /// Events the room remembered, the same for all of a tick.
    newer: Arc<[Arc<Event>]>,
    /// Who missed it.
    hearer: UserId,
}

impl Missed {
    /// What happened since `from` up to the cut of `view`.
    pub(crate) fn new(
        view: Arc<StateView>,
        from: ResumeFrom,
        newer: Arc<[Arc<Event>]>,
        hearer: UserId,
    ) -> Self {
        Self { view, after: from.seq(), older: from.into_events().collect(), newer, hearer }
    }

    /// Whether everyone who missed the same is told the same of it.
    pub(crate) fn is_for_everyone(&self) -> bool {
        self.each_event().all(|event| event.hearers == Hearers::Everyone)
    }

    /// Whether who missed it heard of an event, or would have.
    pub(crate) fn hears(&self, event: &Event) -> bool {
        event.hearers.hear(&self.hearer)
    }

    /// The room as it was at the cut.
    pub fn view(&self) -> &StateView {
        &self.view
    }

    /// The events, in order.
    pub(crate) fn events(&self) -> Vec<Arc<Event>> {
        self.each_event().cloned().collect()
    }

    fn each_event(&self) -> impl Iterator<Item = &Arc<Event>> {
        let first = self.newer.first().map_or(u64::MAX, |event| event.seq);
        let older = self.older.iter().filter(move |event| event.seq < first);
        older.chain(self.newer.iter()).filter(|event| event.seq > self.after)
    }
}
