//! What a newcomer is told of the room, shared by all to whom the same is told, and spelt outside the room.
//!
//! A state goes out in parts. Of a thexr.1 client's only the last few lie in memory: who reads slowly has its next part spelt
//! again, instead of keeping all of them for itself.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use thexr_room::{Missed, Plan, StateView, encode};
use thexr_wire::message::{Dialect, event};

/// Parts kept of a state on its way, 16 KiB each: connections that are told it side by side are seldom further apart.
const PARTS_KEPT: usize = 32;

/// A named payload.
pub type Part = (&'static str, Arc<str>);

#[derive(Debug)]
enum Source {
    /// The state at a seq.
    State(Arc<StateView>),
    /// What someone who resumes has missed.
    Missed(Arc<Missed>),
}

/// What several newcomers share; prepared by the first who needs it.
#[derive(Debug)]
pub struct SharedState {
    source: Source,
    plan: OnceLock<Plan>,
    /// The newest parts by the plan.
    recent: Mutex<VecDeque<(usize, Arc<str>)>>,
    /// Everything, where there is no plan: missed events, and states for the json dialect.
    whole: OnceLock<Vec<Part>>,
}

impl SharedState {
    fn of(source: Source) -> Self {
        Self { source, plan: OnceLock::new(), recent: Mutex::default(), whole: OnceLock::new() }
    }

    /// A state, not encoded yet.
    pub fn of_state(view: Arc<StateView>) -> Self {
        Self::of(Source::State(view))
    }

    /// A missed tail, not encoded yet.
    pub fn of_missed(missed: Arc<Missed>) -> Self {
        Self::of(Source::Missed(missed))
    }

    /// Whether a newer one makes it worthless: all of it is in that, and nothing else than what the room holds.
    pub(crate) fn is_replaceable(&self) -> bool {
        matches!(&self.source, Source::State(view) if view.presence.is_none())
    }

    /// Does what is slow for large rooms before there are parts; how many there are then. Call it where blocking is allowed.
    pub fn prepare(&self, dialect: Dialect) -> usize {
        match &self.source {
            Source::State(view) if dialect == Dialect::Thexr1 => {
                self.plan.get_or_init(|| Plan::new(view)).count()
            }
            Source::State(view) => self.whole(|| encode::state(view, dialect)).len(),
            Source::Missed(missed) => self.whole(|| encode::missed(missed)).len(),
        }
    }

    /// A part in a dialect; `None` beyond the last. Slow for large rooms unless it was [prepared](Self::prepare).
    pub fn part(&self, dialect: Dialect, index: usize) -> Option<Part> {
        match &self.source {
            Source::State(view) if dialect == Dialect::Thexr1 => {
                let plan = self.plan.get_or_init(|| Plan::new(view));
                Some((event::SNAPSHOT_CHUNK, self.chunk(view, plan, index)?))
            }
            Source::State(view) => self.whole(|| encode::state(view, dialect)).get(index).cloned(),
            Source::Missed(missed) => self.whole(|| encode::missed(missed)).get(index).cloned(),
        }
    }

    fn chunk(&self, view: &StateView, plan: &Plan, index: usize) -> Option<Arc<str>> {
        let recent = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, part)) = recent().iter().find(|(kept, _)| *kept == index) {
            return Some(part.clone());
        }
        let part: Arc<str> = plan.chunk(view, index)?.into();
        let mut recent = recent();
        if recent.len() == PARTS_KEPT {
            recent.pop_front();
        }
        recent.push_back((index, part.clone()));
        Some(part)
    }

    fn whole(&self, encode: impl FnOnce() -> Vec<(&'static str, String)>) -> &[Part] {
        let shared = |(name, payload): (&'static str, String)| (name, payload.into());
        self.whole.get_or_init(|| encode().into_iter().map(shared).collect())
    }

    /// Whether it is of this state.
    pub(crate) fn is_of_state(&self, view: &Arc<StateView>) -> bool {
        matches!(&self.source, Source::State(known) if Arc::ptr_eq(known, view))
    }

    /// Whether it is of this tail.
    pub(crate) fn is_of_missed(&self, missed: &Arc<Missed>) -> bool {
        matches!(&self.source, Source::Missed(known) if Arc::ptr_eq(known, missed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use thexr_world::World;

    fn large() -> SharedState {
        let mut world = World::default();
        for n in 0..200 {
            let id = thexr_wire::EntityId::parse(&format!("large{n:03}")).unwrap();
            let note = json!({"note": "x".repeat(15_000)});
            world.put_row(id, 1, note.as_object().unwrap().clone());
        }
        SharedState::of_state(Arc::new(StateView { world, ..StateView::default() }))
    }

    #[test]
    fn of_a_large_state_only_the_newest_parts_lie_in_memory_and_who_is_slow_gets_the_same_ones() {
        let state = large();
        let count = state.prepare(Dialect::Thexr1);
        let parts: Vec<Part> = (0..count).map(|index| state.part(Dialect::Thexr1, index).unwrap()).collect();
        assert!(count > 100 && state.part(Dialect::Thexr1, count).is_none());
        assert_eq!(state.recent.lock().unwrap().len(), PARTS_KEPT);
        assert!(state.whole.get().is_none());
        assert!((0..count).all(|index| state.part(Dialect::Thexr1, index).as_ref() == Some(&parts[index])));
        let side_by_side = [0, 1].map(|_| state.part(Dialect::Thexr1, 7).unwrap().1);
        assert!(Arc::ptr_eq(&side_by_side[0], &side_by_side[1]));
    }

    #[test]
    fn the_dialects_are_told_apart() {
        let state = large();
        assert_eq!(state.prepare(Dialect::Json), 2);
        assert_eq!(state.part(Dialect::Json, 0).unwrap().0, event::SNAPSHOT);
        assert_eq!(state.part(Dialect::Thexr1, 0).unwrap().0, event::SNAPSHOT_CHUNK);
    }
}
