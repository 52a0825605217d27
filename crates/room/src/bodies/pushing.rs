//! People as the physics meets them: a body and two hands that push what is in their way, for those who are near anything that
//! can be pushed.

use crate::log::Log;
use crate::people::People;
use crate::people::holds::{HOLDING, Hand};
use std::collections::BTreeMap;
use thexr_physics::{BODY, FIRST_LIMB, HAND, Key, MIDDLE_M, Simulation, Solid, State, Things};
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, UserId};

/// Who is within this of a thing pushes it, metres.
const NEAR_M: f32 = 2.0;
/// A hand that has let go of something is in nothing's way for so many ticks: what it throws would meet it.
const LETTING_GO_TICKS: u64 = 10;
const LIMBS: usize = 3;

/// A person near something.
#[derive(Debug)]
struct Pusher {
    /// Of body, left and right hand.
    keys: [Key; LIMBS],
    /// Which of them are there for the physics.
    there: [bool; LIMBS],
    /// They simulate what they touch themselves, but for what tips, which is nobody's.
    meets_tipping: bool,
}

/// People whom the physics meets.
#[derive(Debug, Default)]
pub(crate) struct Pushing {
    pushers: BTreeMap<UserId, Pusher>,
    given: Key,
    /// When a hand of somebody held something last.
    held: BTreeMap<(UserId, usize), u64>,
}

impl Pushing {
    /// Has everyone who is near anything that can be pushed be where they are.
    pub fn follow(
        &mut self,
        log: &Log,
        people: &People,
        simulates: impl Fn(&UserId) -> bool,
        simulation: &mut Simulation,
        steps: u32,
    ) {
        let tick = log.now.tick;
        self.held.retain(|_, held| *held + LETTING_GO_TICKS >= tick);
        let gone = |(user, pusher): &(&UserId, &Pusher)| {
            let away = people.persons.get(*user).is_none_or(|person| person.away_since_ms.is_some());
            away || simulates(user) != pusher.meets_tipping
        };
        let gone: Vec<UserId> = self.pushers.iter().filter(gone).map(|(user, _)| user.clone()).collect();
        gone.iter().for_each(|user| self.leave(user, simulation));
        for (user, person) in &people.persons {
            // Who stands still keeps what they are; what comes to them meets it.
            let known = self.pushers.contains_key(user);
            let moved = person.changed_tick >= tick;
            let only_tipping = simulates(user);
            if person.away_since_ms.is_some()
                || (only_tipping && !known && !simulation.has_tipping())
                || (!moved && known)
                || (!moved && simulation.awake_len() == 0)
            {
                continue;
            }
            let [x, y, z, ..] = person.pose.head;
            let middle = [x, y - MIDDLE_M, z];
            let near = match only_tipping {
                true => simulation.is_near_tipping(middle, NEAR_M),
                false => simulation.is_near(middle, NEAR_M),
            };
            if near {
                self.note_holding(log, user);
                self.push(user, &person.pose, only_tipping, simulation, steps);
            } else if known {
                self.leave(user, simulation);
            }
        }
    }

    fn push(
        &mut self,
        user: &UserId,
        pose: &Pose,
        meets_tipping: bool,
        simulation: &mut Simulation,
        steps: u32,
    ) {
        let given = &mut self.given;
        let pusher = self.pushers.entry(user.clone()).or_insert_with(|| {
            let first = FIRST_LIMB + *given * LIMBS as Key;
            *given = (*given + 1) % (FIRST_LIMB / LIMBS as Key);
            Pusher { keys: [first, first + 1, first + 2], there: [false; LIMBS], meets_tipping }
        });
        let [x, y, z, ..] = pose.head;
        let body = [x, y - MIDDLE_M, z, 0.0, 0.0, 0.0, 1.0];
        for (limb, to) in [Some(body), pose.left, pose.right].into_iter().enumerate() {
            let busy = self.held.contains_key(&(user.clone(), limb));
            let (key, to) = (pusher.keys[limb], to.filter(|_| !busy));
            match (pusher.there[limb], to) {
                (true, Some(to)) => simulation.steer(key, to, steps),
                (false, Some(to)) => {
                    let form = if limb == 0 { BODY } else { HAND };
                    let solid = Solid { meets_tipping, ..Solid::limb(form) };
                    simulation.put(key, solid, State::at(to), true);
                }
                (true, None) => simulation.remove(key),
                (false, None) => {}
            }
            pusher.there[limb] = to.is_some();
        }
    }

    fn note_holding(&mut self, log: &Log, user: &UserId) {
        let avatar = log.world.entity(&EntityId::avatar(user));
        let Some(holding) = avatar.and_then(|entity| entity.value(HOLDING)) else { return };
        for (limb, hand) in [(1, Hand::Left), (2, Hand::Right)] {
            if holding.get(hand.as_str()).is_some() {
                self.held.insert((user.clone(), limb), log.now.tick);
            }
        }
    }

    fn leave(&mut self, user: &UserId, simulation: &mut Simulation) {
        let Some(pusher) = self.pushers.remove(user) else { return };
        pusher.keys.into_iter().for_each(|key| simulation.remove(key));
    }
}
