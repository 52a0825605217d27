//! What people do with weapons: they shoot, reload, change and drop them.

use crate::act::args::{Args, Read};
use crate::act::{Acts, Caller, Effect};
use crate::bodies::physics::Physics;
use crate::dice::unit;
use crate::facts::Fact;
use crate::game::arms::put_down;
use crate::game::gun::Gun;
use crate::game::monsters::Tells;
use crate::game::past::LOOK_BACK_MAX_MS;
use crate::game::shots::{Hit, Launch};
use crate::game::vital::damage;
use crate::game::{Moment, whole};
use crate::limbs::distance;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::people::People;
use crate::people::person::Person;
use crate::people::spawn::HEAD_HEIGHT_M;
use crate::reject::{NOT_INSIDE, Reject};
use serde_json::{Value, json};
use thexr_wire::shots::ShotKind;
use thexr_wire::{EntityId, UserId};
use thexr_world::transform::turned;
use thexr_world::{Components, Op};

/// How far a muzzle is from the shooter's head or hand at most, metres: an arm and what somebody runs while it is told; farther ones
/// are `not_there`.
pub const MUZZLE_REACH_M: f32 = 2.0;
/// How far before one's feet a dropped weapon lies, metres.
const DROPPED_M: f32 = 1.2;
/// How long a dropped weapon lies there, milliseconds: where weapons come back one could fill the room with them.
pub const DROPPED_MS: u64 = 60_000;
/// How far from the middle of the room anything is shot, metres.
const FARTHEST_M: f64 = 20_000.0;

const NOT_THERE: Reject = Reject::new("not_there", "You are not where this was shot from.");
const BLOCKED: Reject = Reject::new("blocked", "There is something between you and the muzzle.");

/// A shot.
#[derive(Debug, Clone, PartialEq)]
pub struct Shoot {
    origin: [f32; 3],
    direction: [f32; 3],
    at_ms: Option<f64>,
}

/// The weapon in hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Reload;

/// Another weapon.
#[derive(Debug, Clone, PartialEq)]
pub struct SwitchWeapon {
    weapon: String,
}

/// The weapon in hand.
#[derive(Debug, Clone, PartialEq)]
pub struct DropWeapon;

impl Read for Shoot {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let origin = numbers(args, "origin", FARTHEST_M)?;
        let direction = numbers(args, "direction", 2.0)?;
        let length = distance(&direction, &[0.0; 3]);
        if !(0.5..=2.0).contains(&length) {
            return Err(Reject::bad_payload("direction: three numbers, about 1 long"));
        }
        let at_ms = args
            .take("at")
            .map(|at| at.as_f64().ok_or_else(|| Reject::bad_payload("at: milliseconds of the room's clock")));
        Ok(Self { origin, direction: direction.map(|part| part / length), at_ms: at_ms.transpose()? })
    }
}

impl Read for Reload {
    fn read(_: &mut Args) -> Result<Self, Reject> {
        Ok(Self)
    }
}

impl Read for SwitchWeapon {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let weapon = args.take("weapon");
        let weapon = weapon.as_ref().and_then(Value::as_str).filter(|name| (1..=320).contains(&name.len()));
        let weapon = weapon.ok_or_else(|| Reject::bad_payload("weapon: the name of one you carry"))?;
        Ok(Self { weapon: weapon.to_owned() })
    }
}

impl Read for DropWeapon {
    fn read(_: &mut Args) -> Result<Self, Reject> {
        Ok(Self)
    }
}

/// Three finite numbers within bounds.
fn numbers(args: &mut Args, name: &'static str, most: f64) -> Result<[f32; 3], Reject> {
    let value = args.take(name);
    let list = value.as_ref().and_then(Value::as_array).filter(|list| list.len() == 3);
    let read = list.map(|list| {
        let read = list.iter().map(|item| item.as_f64().filter(|number| number.abs() <= most));
        read.collect::<Option<Vec<f64>>>()
    });
    match read.flatten().as_deref() {
        Some(&[x, y, z]) => Ok([x as f32, y as f32, z as f32]),
        _ => Err(Reject::bad_payload(format!("{name}: three numbers"))),
    }
}

impl Acts {
    /// Fires the weapon in somebody's hand.
    pub(super) fn shoot(
        &mut self,
        log: &Log,
        people: &People,
        caller: &Caller<'_>,
        shoot: &Shoot,
    ) -> Result<Effect, Reject> {
        let user = caller.person()?;
        let person = people.persons.get(user).ok_or(NOT_INSIDE)?;
        stands_there(caller, person, shoot)?;
        let gun = self.arms.fire(log, user)?;
        let clock_ms = log.clock_ms();
        let seen_ms = shoot.at_ms.map_or(0.0, |at_ms| (clock_ms as f64 - at_ms).max(0.0));
        let back_ms = (seen_ms as u64).min(LOOK_BACK_MAX_MS);
        for pellet in 0..gun.pellets {
            let stream = log.now.tick << 16 | self.arms.launches.len() as u64;
            let direction = scattered(shoot.direction, gun.spread, log.seed, stream, u64::from(pellet));
            self.arms.launches.push(Launch {
                by: EntityId::avatar(user),
                slot: person.slot,
                kind: ShotKind::Bullet,
                from: shoot.origin,
                direction,
                speed_m_s: gun.speed_m_s,
                range_m: gun.range_m,
                damage: gun.damage,
                back_ms,
            });
        }
        Ok(Effect::Answer(json!({})))
    }

    /// Loads the weapon in somebody's hand.
    pub(super) fn reload(&mut self, log: &mut Log, caller: &Caller<'_>) -> Result<Effect, Reject> {
        let user = caller.person()?;
        self.take_spent(log, caller.physics, user)?;
        self.arms.reload(log, user).map(Effect::Fact)
    }

    /// Takes another weapon into somebody's hand.
    pub(super) fn switch_weapon(
        &mut self,
        log: &mut Log,
        caller: &Caller<'_>,
        switch: &SwitchWeapon,
    ) -> Result<Effect, Reject> {
        let user = caller.person()?;
        self.take_spent(log, caller.physics, user)?;
        self.arms.switch(log, user, &switch.weapon).map(Effect::Fact)
    }

    /// Puts the weapon in somebody's hand on the floor before them, for whoever takes it.
    pub(super) fn drop_weapon(
        &mut self,
        log: &mut Log,
        people: &People,
        caller: &Caller<'_>,
    ) -> Result<Effect, Reject> {
        let user = caller.person()?;
        self.take_spent(log, caller.physics, user)?;
        let person = people.persons.get(user).ok_or(NOT_INSIDE)?;
        let (name, gun, loaded, mut ops) = put_down(log, user)?;
        let entity = log.new_ids(1).pop().ok_or(NOT_INSIDE)?;
        ops.push(Op::Create { entity: entity.clone(), components: dropped(person, &name, &gun, loaded) });
        let payload = json!({"user_id": user, "weapon": name, "entity": entity});
        Ok(Effect::Fact(Draft::server(Fact::WEAPON_DROPPED, payload, ops)))
    }
}

/// Whether somebody is where they shoot from, and nothing is between them and the muzzle.
fn stands_there(caller: &Caller<'_>, person: &Person, shoot: &Shoot) -> Result<(), Reject> {
    let head = &person.pose.head;
    let hands = [person.pose.left, person.pose.right].into_iter().flatten();
    let mut limbs = std::iter::once(*head).chain(hands);
    if !limbs.any(|limb| distance(&limb, &shoot.origin) <= MUZZLE_REACH_M) {
        return Err(NOT_THERE);
    }
    let away = distance(head, &shoot.origin);
    if away > 1e-3 {
        let direction = [0, 1, 2].map(|axis| (shoot.origin[axis] - head[axis]) / away);
        if caller.physics.ray([head[0], head[1], head[2]], direction, away).is_some() {
            return Err(BLOCKED);
        }
    }
    Ok(())
}

/// A direction somewhere in a cone about another: evenly over its disc.
fn scattered(direction: [f32; 3], spread: f32, seed: u64, stream: u64, index: u64) -> [f32; 3] {
    if spread <= 0.0 {
        return direction;
    }
    let turn = unit(seed, stream, index * 2) * std::f32::consts::TAU;
    let off = libm::sqrtf(unit(seed, stream, index * 2 + 1)) * libm::tanf(spread);
    // Two directions square to it.
    let helper = if direction[1].abs() < 0.9 { [0.0, 1.0, 0.0] } else { [1.0, 0.0, 0.0] };
    let side = unit_of(cross(direction, helper));
    let up = cross(side, direction);
    let (x, y) = (libm::cosf(turn) * off, libm::sinf(turn) * off);
    unit_of([0, 1, 2].map(|axis| direction[axis] + side[axis] * x + up[axis] * y))
}

fn cross(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn unit_of(v: [f32; 3]) -> [f32; 3] {
    let length = distance(&v, &[0.0; 3]).max(1e-6);
    v.map(|part| part / length)
}

/// A weapon on the floor before somebody; what is loaded stays in it.
fn dropped(person: &Person, name: &str, gun: &Gun, loaded: f64) -> Components {
    let [x, y, z, qx, qy, qz, qw] = person.pose.head;
    let ahead = turned([0.0, 0.0, 1.0], [qx, qy, qz, qw]);
    let flat = libm::sqrtf(ahead[0] * ahead[0] + ahead[2] * ahead[2]).max(1e-3);
    let position =
        [x + ahead[0] / flat * DROPPED_M, y - HEAD_HEIGHT_M + 0.4, z + ahead[2] / flat * DROPPED_M];
    let mut carried = gun.carried(loaded);
    if let Some(fields) = carried.as_object_mut() {
        fields.remove("loaded");
    }
    Components::from_iter([
        ("position".to_owned(), json!(position)),
        ("ttl".to_owned(), json!(DROPPED_MS)),
        ("gun".to_owned(), carried),
        ("collectable".to_owned(), json!({"item": name, "amount": whole(loaded)})),
    ])
}

impl Acts {
    /// Somebody is hit: one fact with what it takes, then those that come of it. Who shot pays for what everyone hears.
    pub(crate) fn hurt(&mut self, log: &mut Log, physics: &Physics, hit: &Hit) {
        if log.made.is_full() {
            return;
        }
        let moment = Moment { world: &log.world, clock_ms: log.clock_ms(), by: Some(&hit.by) };
        let (ops, facts) = damage(&moment, &hit.whom, hit.amount);
        let mut ops = Some(ops);
        for mut fact in facts {
            fact.ops = ops.take().unwrap_or_default();
            if self.emit_for_shot(log, physics, hit.by.user().as_ref(), fact).is_err() {
                // What cannot be told has not happened.
                return;
            }
        }
    }

    /// What somebody's shots have taken becomes a fact now: what they do next begins there.
    pub(crate) fn take_spent(
        &mut self,
        log: &mut Log,
        physics: &Physics,
        user: &UserId,
    ) -> Result<(), Reject> {
        if let Some(draft) = self.arms.spent(log, user) {
            self.emit_for_shot(log, physics, Some(user), draft)?;
            self.arms.took(user);
        }
        Ok(())
    }
}

impl Tells for Acts {
    /// Out of what nobody in particular pays.
    fn tell(&mut self, log: &mut Log, physics: &Physics, fact: Draft) -> bool {
        self.emit_for_shot(log, physics, None, fact).is_ok()
    }
}
