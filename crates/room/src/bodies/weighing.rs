//! People weigh on what tips under their feet, be what they touch simulated by themselves or by the room.

use crate::people::People;
use std::collections::BTreeMap;
use thexr_physics::{Key, Simulation};
use thexr_wire::UserId;

/// From the eyes to where somebody begins to weigh on what is below, metres: their knees are no ground of theirs.
const BELOW_EYES_M: f32 = 0.5;
/// Who is within this of something that tips may stand on it, metres.
const NEAR_M: f32 = 2.0;
/// People who weigh on things at a time, at most: each is looked below in every step. Further ones weigh nothing.
const WEIGHING_MAX: usize = 64;

/// Who weighs on things, under which key.
#[derive(Debug, Default)]
pub(crate) struct Weighing {
    people: BTreeMap<UserId, Key>,
    given: Key,
}

impl Weighing {
    /// Has everyone who is near anything that tips weigh on it where they are.
    pub fn follow(&mut self, people: &People, simulation: &mut Simulation, tick: u64) {
        if !simulation.has_tipping() && self.people.is_empty() {
            return;
        }
        let is_here =
            |user: &UserId| people.persons.get(user).is_some_and(|person| person.away_since_ms.is_none());
        self.people.retain(|user, key| {
            let here = is_here(user);
            if !here {
                simulation.weigh(*key, None);
            }
            here
        });
        for (user, person) in &people.persons {
            let known = self.people.get(user).copied();
            // Who stands still weighs on where they do.
            let stands = person.changed_tick < tick && (known.is_some() || simulation.awake_len() == 0);
            if person.away_since_ms.is_some() || stands {
                continue;
            }
            let [x, y, z, ..] = person.pose.head;
            let above = [x, y - BELOW_EYES_M, z];
            match (simulation.is_near_tipping(above, NEAR_M), known) {
                (true, None) if self.people.len() >= WEIGHING_MAX => {}
                (true, known) => {
                    let key = known.unwrap_or_else(|| {
                        self.given += 1;
                        self.people.insert(user.clone(), self.given);
                        self.given
                    });
                    simulation.weigh(key, Some(above));
                }
                (false, Some(key)) => {
                    self.people.remove(user);
                    simulation.weigh(key, None);
                }
                (false, None) => {}
            }
        }
    }
}
