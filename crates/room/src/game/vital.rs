//! Health and death: what hurts, what heals, and that whoever has died is back after a while.

use crate::facts::Fact;
use crate::game::monsters::{unhurt, wounds};
use crate::game::{Moment, game, number, set, whole};
use crate::log::Log;
use crate::log::draft::Draft;
use crate::people::People;
use crate::people::letting_go::{HELD_BY, let_go, let_go_of};
use crate::people::occupancy::SEATS;
use crate::people::spawn::HEAD_HEIGHT_M;
use serde_json::json;
use std::collections::BTreeSet;
use thexr_wire::{EntityId, UserId};
use thexr_world::{Components, Entity, Op, World};

/// What people have of health unless the game says it.
const HEALTH: f64 = 100.0;
/// How long somebody who has died is away from the game unless it says it, milliseconds.
const RESPAWN_MS: u64 = 15_000;
/// How long nothing hurts somebody who is back, milliseconds: nobody is shot where they come from.
const SAFE_MS: u64 = 2_000;
/// That nothing hurts somebody, and until when.
const IMMUNE: &str = "immune";
/// That somebody has died, and until when.
pub(crate) const DEAD: &str = "dead";

/// What somebody has when nothing has hurt them.
pub(crate) fn full(moment: &Moment<'_>) -> f64 {
    game(moment.world).and_then(|game| game.get("health")?.as_f64()).unwrap_or(HEALTH)
}

/// Hurts somebody or something: armour takes it before health, and neither goes below nothing.
pub(crate) fn damage(moment: &Moment<'_>, id: &EntityId, amount: f64) -> (Vec<Op>, Vec<Draft>) {
    let entity = moment.world.entity(id).map(|entity| &**entity);
    let unhurt = || id.user().map(|_| full(moment)).or_else(|| unhurt(entity));
    let Some(had) = number(entity, "health").or_else(unhurt) else {
        return (Vec::new(), Vec::new());
    };
    if had <= 0.0 || is_immune(entity, moment.clock_ms) {
        return (Vec::new(), Vec::new());
    }
    let armour = number(entity, "armour").unwrap_or(0.0).max(0.0);
    let (taken, rest) = (amount.min(armour), (amount - amount.min(armour)).min(had));
    let mut ops = Vec::new();
    if taken > 0.0 {
        ops.push(set(id, "armour", whole(armour - taken)));
    }
    ops.push(set(id, "health", whole(had - rest)));
    let by = &moment.by;
    let mut facts = Vec::new();
    if let Some(user) = id.user() {
        let payload =
            json!({"user_id": user, "amount": whole(taken + rest), "health": whole(had - rest), "by": by});
        facts.push(Draft::server(Fact::USER_DAMAGED, payload, Vec::new()));
        if had - rest <= 0.0 {
            let (died, fact) = death(moment, &user);
            ops.extend(died);
            facts.push(fact);
        }
    } else if let Some((died, told)) = wounds(moment, id, taken + rest, had - rest) {
        ops.extend(died);
        facts.extend(told);
    } else {
        let payload =
            json!({"entity": id, "amount": whole(taken + rest), "health": whole(had - rest), "by": by});
        facts.push(Draft::server(Fact::TARGET_HIT, payload, Vec::new()));
    }
    (ops, facts)
}

/// Whether nothing hurts somebody now.
fn is_immune(entity: Option<&Entity>, clock_ms: u64) -> bool {
    let until = entity.and_then(|entity| entity.value(IMMUNE)?.get("until")?.as_f64());
    until.is_some_and(|until| until > clock_ms as f64)
}

/// Nothing hurts somebody for so long, from now on; longer where that was so already.
pub(crate) fn protect(moment: &Moment<'_>, id: &EntityId, ms: u64) -> Op {
    let until = moment.world.entity(id).and_then(|entity| entity.value(IMMUNE)?.get("until")?.as_u64());
    let until = until.unwrap_or(0).max(moment.clock_ms + ms);
    set(id, IMMUNE, json!({"until": until}))
}

/// One more of what is counted of a person.
pub(crate) fn one_more(id: &EntityId, name: &str) -> Op {
    Op::Inc { entity: id.clone(), components: Components::from_iter([(name.to_owned(), json!(1))]) }
}

/// Somebody has died, until the game has them back; who killed them has killed one more.
fn death(moment: &Moment<'_>, user: &UserId) -> (Vec<Op>, Draft) {
    let ms = game(moment.world).and_then(|game| game.get("respawn_ms")?.as_u64()).unwrap_or(RESPAWN_MS);
    let payload = json!({"user_id": user, "by": moment.by, "back_ms": ms});
    let id = EntityId::avatar(user);
    let mut ops = vec![set(&id, DEAD, json!({"until": moment.clock_ms + ms})), one_more(&id, "deaths")];
    let killer = moment.by.filter(|by| **by != id && by.user().is_some());
    ops.extend(killer.map(|by| one_more(by, "kills")));
    (ops, Draft::server(Fact::USER_DIED, payload, Vec::new()))
}

/// Gives health back, up to what one has when nothing has hurt one; more is not taken away.
pub(crate) fn heal(moment: &Moment<'_>, id: &EntityId, amount: f64) -> (Vec<Op>, Vec<Draft>) {
    let entity = moment.world.entity(id).map(|entity| &**entity);
    let full = full(moment);
    let had = number(entity, "health").unwrap_or(full);
    let has = (had + amount).min(full.max(had));
    if has <= had {
        return (Vec::new(), Vec::new());
    }
    let fact = id.user().map(|user| {
        let payload = json!({"user_id": user, "amount": whole(has - had), "health": whole(has)});
        Draft::server(Fact::USER_HEALED, payload, Vec::new())
    });
    (vec![set(id, "health", whole(has))], fact.into_iter().collect())
}

/// Whether somebody has died and is not back.
pub(crate) fn is_dead(world: &World, who: &EntityId) -> bool {
    world.entity(who).is_some_and(|entity| entity.value(DEAD).is_some())
}

/// Those who have died, until they are back.
#[derive(Debug, Default)]
pub(crate) struct Dead {
    dead: BTreeSet<EntityId>,
    begun: bool,
}

impl Dead {
    /// Follows who has died in this tick, and brings those back whose time has come.
    pub fn keep(&mut self, log: &mut Log, people: &mut People) {
        let ops = || log.made.events.iter().flat_map(|event| &event.ops);
        if !self.begun || ops().any(|op| matches!(op, Op::Load { .. })) {
            self.begun = true;
            let dead: Vec<EntityId> =
                log.world.avatars().filter(|id| is_dead(&log.world, id)).cloned().collect();
            for id in dead {
                if let Some(person) = id.user().and_then(|user| people.persons.get_mut(&user)) {
                    person.dead = true;
                }
                self.dead.insert(id);
            }
        }
        // Also whom something else than `damage` has left nothing.
        let lost = |id: &EntityId| {
            let entity = log.world.entity(id).map(|entity| &**entity);
            id.user().is_some() && number(entity, "health").is_some_and(|health| health <= 0.0)
        };
        let touched: BTreeSet<EntityId> = ops().filter_map(Op::entity).cloned().collect();
        let lost: Vec<EntityId> =
            touched.iter().filter(|id| lost(id) && !is_dead(&log.world, id)).cloned().collect();
        lost.iter().for_each(|id| kill(log, id));
        let died = touched.into_iter().filter(|id| is_dead(&log.world, id));
        let died: Vec<EntityId> = died.filter(|id| !self.dead.contains(id)).collect();
        for id in died {
            lie_down(log, people, &id);
            self.dead.insert(id);
        }
        let clock_ms = log.clock_ms();
        self.dead.retain(|id| is_dead(&log.world, id));
        let until = |id: &EntityId| log.world.entity(id)?.value(DEAD)?.get("until")?.as_u64();
        let back: Vec<EntityId> =
            self.dead.iter().filter(|id| until(id).is_none_or(|until| until <= clock_ms)).cloned().collect();
        for id in back {
            if log.made.is_full() || log.may_change().is_err() {
                return;
            }
            self.dead.remove(&id);
            bring_back(log, people, id);
        }
    }
}

/// The fact that somebody who has no health left has died.
fn kill(log: &mut Log, id: &EntityId) {
    let Some(user) = id.user().filter(|_| !log.made.is_full()) else { return };
    let moment = Moment { world: &log.world, clock_ms: log.clock_ms(), by: None };
    let (ops, fact) = death(&moment, &user);
    // Where there is no room for it they live on without health, until something touches them again.
    let _ = log.emit(Draft { ops, ..fact });
}

/// Somebody who has died sits nowhere and holds nothing.
fn lie_down(log: &mut Log, people: &mut People, id: &EntityId) {
    let Some((user, person)) =
        id.user().and_then(|user| Some((user.clone(), people.persons.get_mut(&user)?)))
    else {
        return;
    };
    person.dead = true;
    let world = &log.world;
    let in_hand = |id: &&EntityId| world.entity(id).is_some_and(|entity| entity.value(HELD_BY).is_some());
    let held = world.children(id).filter(in_hand);
    let mut ops: Vec<Op> = held.flat_map(|thing| let_go(world, thing, &person.pose)).collect();
    ops.extend(SEATS.freeing(world, &user));
    let things: BTreeSet<&EntityId> = ops.iter().filter_map(Op::entity).collect();
    let payload = json!({"entities": things});
    if !ops.is_empty() {
        let_go_of(log, |ops| Draft::server(Fact::TRANSACTION_APPLIED, payload.clone(), ops), ops);
    }
}

/// Somebody who has died is at a spawn point, as one who arrives.
fn bring_back(log: &mut Log, people: &mut People, id: EntityId) {
    let Some(user) = id.user() else { return };
    let head = people.arrival(log, &id).head;
    let moment = Moment { world: &log.world, clock_ms: log.clock_ms(), by: None };
    let (health, safe) = (full(&moment), protect(&moment, &id, SAFE_MS));
    let [x, y, z, qx, qy, qz, qw] = head;
    let position = [x, y - HEAD_HEIGHT_M, z];
    let payload = json!({"user_id": user, "position": position, "rotation": [qx, qy, qz, qw]});
    let components =
        Components::from_iter([("health".into(), whole(health)), ("pose".into(), json!({"head": head}))]);
    let ops = vec![
        Op::Unset { entity: id.clone(), names: vec![DEAD.into()] },
        Op::Set { entity: id, components },
        safe,
    ];
    if log.emit(Draft::server(Fact::USER_RESPAWNED, payload, ops)).is_ok() {
        if let Some(person) = people.persons.get_mut(&user) {
            person.dead = false;
        }
        people.put(&user, head, log.now.tick);
    }
}
