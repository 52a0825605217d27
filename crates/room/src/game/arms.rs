//! What people shoot with: who may shoot when, what it costs them, and changing weapons. What a shot does is `shots`' business.
//!
//! Shots that were fired are taken from what a person has a few times a second, not one by one: they are durable, many, and nobody
//! needs each of them at once. What waits is counted here, so nobody shoots what they do not have.

use crate::facts::Fact;
use crate::game::gun::{Gun, Weapons};
use crate::game::shots::{Launch, Sky};
use crate::game::{Moment, carrying, set, whole};
use crate::log::Log;
use crate::log::draft::Draft;
use crate::reject::Reject;
use serde_json::json;
use std::collections::BTreeMap;
use thexr_wire::limits::TICK_MS;
use thexr_wire::{EntityId, UserId};
use thexr_world::{Components, Op};

/// Ticks between two times that the shots somebody has fired are taken from what they have (0.5 s): a crash gives so many back.
pub const SPENT_TICKS: u64 = 10;
/// How much earlier than its rate a shot may come, milliseconds: lines shake, and a tick takes in all that came since the last.
const EARLY_MS: f64 = 150.0;

const NO_WEAPON: Reject = Reject::new("no_weapon", "You have nothing in hand to shoot with.");
const NO_AMMO: Reject = Reject::new("no_ammo", "It is empty.");
const RELOADING: Reject = Reject::new("reloading", "It is being loaded.");
const TOO_FAST: Reject = Reject::new("too_fast", "It does not shoot so fast.");
const TOO_MANY_SHOTS: Reject =
    Reject::new("too_many_shots", "There are as many shots in the air as there may be. Wait a moment.");
const FULL: Reject = Reject::new("not_needed", "It is full.");

/// What is remembered of somebody who shoots.
#[derive(Debug, Default)]
struct Arm {
    /// When the next shot is expected at the earliest, room clock.
    next_ms: f64,
    /// Until when it is being loaded.
    loads_until_ms: u64,
    /// Shots that were fired and not taken yet.
    spent: u32,
    since_tick: u64,
}

/// Everyone who shoots.
#[derive(Debug, Default)]
pub(crate) struct Arms {
    arms: BTreeMap<UserId, Arm>,
    /// Shots that were fired in this tick.
    pub launches: Vec<Launch>,
    /// What else is in the air.
    pub sky: Sky,
}

impl Arms {
    /// What somebody shoots with now, if they may shoot: then the shot counts.
    pub fn fire(&mut self, log: &Log, user: &UserId) -> Result<Gun, Reject> {
        let avatar = log.world.entity(&EntityId::avatar(user)).map(|avatar| &**avatar);
        let weapons = Weapons::of(avatar);
        let name = weapons.in_hand.ok_or(NO_WEAPON)?;
        let gun = weapons.get(name).ok_or(NO_WEAPON)?;
        let clock_ms = log.clock_ms();
        let arm = self.arms.entry(user.clone()).or_default();
        if arm.loads_until_ms > clock_ms {
            return Err(RELOADING);
        }
        if weapons.loaded(name, &gun) - f64::from(arm.spent) < 1.0 {
            return Err(NO_AMMO);
        }
        let now_ms = clock_ms as f64;
        if now_ms + EARLY_MS < arm.next_ms {
            return Err(TOO_FAST);
        }
        if !self.sky.take(&EntityId::avatar(user), gun.pellets as usize) {
            return Err(TOO_MANY_SHOTS);
        }
        arm.next_ms = arm.next_ms.max(now_ms) + 1_000.0 / gun.rate;
        if arm.spent == 0 {
            arm.since_tick = log.now.tick;
        }
        arm.spent += 1;
        Ok(gun)
    }

    /// What somebody's shots have taken, if any have: to be said before anything else becomes of their weapons.
    pub fn spent(&self, log: &Log, user: &UserId) -> Option<Draft> {
        let arm = self.arms.get(user).filter(|arm| arm.spent > 0)?;
        let id = EntityId::avatar(user);
        let weapons = Weapons::of(log.world.entity(&id).map(|avatar| &**avatar));
        let name = weapons.in_hand?;
        let gun = weapons.get(name)?;
        let left = (weapons.loaded(name, &gun) - f64::from(arm.spent)).max(0.0);
        let op = if gun.capacity > 0.0 {
            merge(&id, "weapons", json!({name: {"loaded": whole(left)}}))
        } else {
            let moment = Moment { world: &log.world, clock_ms: log.clock_ms(), by: None };
            carrying::give(&moment, &id, &gun.ammo, -f64::from(arm.spent))
        };
        let payload = json!({"user_id": user, "weapon": name, "shots": arm.spent, "left": whole(left)});
        Some(Draft::server(Fact::WEAPON_EMPTIED, payload, vec![op]))
    }

    /// What somebody's shots have taken is a fact.
    pub fn took(&mut self, user: &UserId) {
        if let Some(arm) = self.arms.get_mut(user) {
            arm.spent = 0;
        }
    }

    /// Whose shots it is time to take, all of them where the room stops; forgets who has none and is ready.
    pub fn due(&mut self, log: &Log, all: bool) -> Vec<UserId> {
        let (tick, clock_ms) = (log.now.tick, log.clock_ms());
        let idle =
            |arm: &Arm| arm.spent == 0 && arm.loads_until_ms <= clock_ms && arm.next_ms <= clock_ms as f64;
        self.arms.retain(|user, arm| !idle(arm) && log.world.entity(&EntityId::avatar(user)).is_some());
        let due = |arm: &Arm| arm.spent > 0 && (all || tick >= arm.since_tick + SPENT_TICKS);
        self.arms.iter().filter(|(_, arm)| due(arm)).map(|(user, _)| user.clone()).collect()
    }

    /// Loads the weapon in hand; it shoots again after a while.
    pub fn reload(&mut self, log: &Log, user: &UserId) -> Result<Draft, Reject> {
        let id = EntityId::avatar(user);
        let weapons = Weapons::of(log.world.entity(&id).map(|avatar| &**avatar));
        let name = weapons.in_hand.ok_or(NO_WEAPON)?;
        let gun = weapons.get(name).ok_or(NO_WEAPON)?;
        let clock_ms = log.clock_ms();
        if self.arms.get(user).is_some_and(|arm| arm.loads_until_ms > clock_ms) {
            return Err(RELOADING);
        }
        let loaded = weapons.loaded(name, &gun);
        let more = (gun.capacity - loaded).min(weapons.reserve(&gun));
        if gun.capacity <= 0.0 || loaded >= gun.capacity {
            return Err(FULL);
        }
        if more <= 0.0 {
            return Err(NO_AMMO);
        }
        let moment = Moment { world: &log.world, clock_ms, by: Some(&id) };
        let ops = vec![
            merge(&id, "weapons", json!({name: {"loaded": whole(loaded + more)}})),
            carrying::give(&moment, &id, &gun.ammo, -more),
        ];
        let payload =
            json!({"user_id": user, "weapon": name, "loaded": whole(loaded + more), "ms": gun.reload_ms});
        self.arms.entry(user.clone()).or_default().loads_until_ms = clock_ms + gun.reload_ms;
        Ok(Draft::server(Fact::WEAPON_RELOADED, payload, ops))
    }

    /// Takes another weapon into the hand: one that was being loaded is loaded, and the other shoots after half a second.
    pub fn switch(&mut self, log: &Log, user: &UserId, name: &str) -> Result<Draft, Reject> {
        let id = EntityId::avatar(user);
        let weapons = Weapons::of(log.world.entity(&id).map(|avatar| &**avatar));
        weapons.get(name).ok_or(NO_WEAPON)?;
        let arm = self.arms.entry(user.clone()).or_default();
        let ready_ms = log.clock_ms() + SWITCH_TICKS * TICK_MS;
        arm.loads_until_ms = arm.loads_until_ms.max(ready_ms);
        let payload = json!({"user_id": user, "weapon": name});
        Ok(Draft::server(Fact::WEAPON_SWITCHED, payload, vec![set(&id, "weapon", json!(name))]))
    }
}

/// How long taking another weapon takes, ticks.
const SWITCH_TICKS: u64 = 6;

/// The weapon in hand is put down: nothing of it is left with the person but its ammunition. Its name, what it is, and the ops.
pub(crate) fn put_down(log: &Log, user: &UserId) -> Result<(String, Gun, f64, Vec<Op>), Reject> {
    let id = EntityId::avatar(user);
    let weapons = Weapons::of(log.world.entity(&id).map(|avatar| &**avatar));
    let name = weapons.in_hand.ok_or(NO_WEAPON)?;
    let gun = weapons.get(name).ok_or(NO_WEAPON)?;
    let loaded = if gun.capacity > 0.0 { weapons.loaded(name, &gun) } else { 0.0 };
    let mut ops = vec![merge(&id, "weapons", json!({name: null}))];
    match weapons.another(name) {
        Some(other) => ops.push(set(&id, "weapon", json!(other))),
        None => ops.push(Op::Unset { entity: id, names: vec!["weapon".into()] }),
    }
    Ok((name.to_owned(), gun, loaded, ops))
}

fn merge(id: &EntityId, name: &str, patch: serde_json::Value) -> Op {
    Op::Merge { entity: id.clone(), components: Components::from_iter([(name.to_owned(), patch)]) }
}
