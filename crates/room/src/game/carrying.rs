//! What people carry, and how they come by it.

use crate::facts::Fact;
use crate::game::gun::{Gun, WEAPONS_MAX, Weapons};
use crate::game::vital::{full, heal, protect};
use crate::game::{Moment, carried, number, set, whole};
use crate::log::Log;
use crate::log::draft::Draft;
use crate::reject::Reject;
use serde_json::{Value, json};
use thexr_wire::limits::EVENT_OPS_MAX;
use thexr_wire::{EntityId, UserId};
use thexr_world::{Components, Op};

/// How much armour one has at most.
const ARMOUR_MAX: f64 = 100.0;
/// What a thing gives that does not say it.
const USUAL_ITEM: &str = "points";

/// That somebody has picked a thing up, and until when.
const TAKEN: &str = "taken";
/// How long one may be out of harm's way by what one picks up, milliseconds (10 minutes).
const IMMUNITY_MAX_MS: f64 = 600_000.0;

const TAKEN_NOW: Reject = Reject::new("taken", "Somebody has it already. It will be back.");
const WEAPONS_FULL: Reject = Reject::new("weapons_full", "You carry as many weapons as you can.");
const NOT_COLLECTABLE: Reject = Reject::new("not_collectable", "This is not there to be picked up.");
const NOT_NEEDED: Reject = Reject::new("not_needed", "You have all of that you can have.");
const HOLDS_TOO_MUCH: Reject = Reject::new("too_many_ops", "Too much hangs on this to be picked up.");

/// Gives somebody so many of an item, or takes them; of what is gone nothing is kept.
pub(crate) fn give(moment: &Moment<'_>, id: &EntityId, item: &str, amount: f64) -> Op {
    let inventory = moment.world.entity(id).and_then(|entity| entity.value("inventory"));
    let left = (carried(inventory, item) + amount).max(0.0);
    let value = if left > 0.0 { whole(left) } else { Value::Null };
    let merged = json!({item: value});
    // A list, as earlier systems kept one, becomes a count of each.
    let counted = match inventory {
        Some(Value::Array(items)) => {
            let mut counts = serde_json::Map::new();
            for name in items.iter().filter_map(Value::as_str) {
                let count = counts.get(name).and_then(Value::as_f64).unwrap_or(0.0);
                counts.insert(name.to_owned(), whole(count + 1.0));
            }
            counts.insert(item.to_owned(), whole(left));
            return set(id, "inventory", Value::Object(counts));
        }
        _ => Components::from_iter([("inventory".to_owned(), merged)]),
    };
    Op::Merge { entity: id.clone(), components: counted }
}

/// Has somebody pick a thing up: what it gives is theirs, the thing is gone, for good or for a while.
pub(crate) fn collect(
    moment: &Moment<'_>,
    log: &Log,
    user: &UserId,
    thing: &EntityId,
) -> Result<(Vec<Op>, Draft), Reject> {
    let entity = moment.world.entity(thing).ok_or(NOT_COLLECTABLE)?;
    let offer = entity.value("collectable").filter(|offer| **offer != json!(false)).ok_or(NOT_COLLECTABLE)?;
    let taken_until = entity.value(TAKEN).and_then(|taken| taken.get("until")?.as_f64());
    if taken_until.is_some_and(|until| until > moment.clock_ms as f64) {
        return Err(TAKEN_NOW);
    }
    let item = offer.get("item").and_then(Value::as_str).unwrap_or(USUAL_ITEM);
    let amount = offer.get("amount").and_then(Value::as_f64).unwrap_or(1.0).max(0.0);
    let who = EntityId::avatar(user);
    let weapons = Weapons::of(moment.world.entity(&who).map(|entity| &**entity));
    let gun = entity.value("gun").filter(|gun| **gun != json!(false)).map(Gun::read);
    let what = if gun.is_some() { "weapon" } else { what(item, &weapons) };
    let mut facts =
        json!({"user_id": user, "entity": thing, "item": item, "amount": whole(amount), "what": what});
    let mut ops = match gun {
        Some(gun) => take_weapon(moment, &who, &weapons, item, &gun, amount)?,
        None => take_item(moment, &who, item, amount, &mut facts)?,
    };
    match offer.get("respawn_ms").and_then(Value::as_u64) {
        Some(ms) => ops.push(set(thing, TAKEN, json!({"until": moment.clock_ms + ms}))),
        None => {
            let gone = log.deletion(thing, EVENT_OPS_MAX);
            if gone.len() >= EVENT_OPS_MAX {
                return Err(HOLDS_TOO_MUCH);
            }
            ops.extend(gone);
        }
    }
    Ok((ops, Draft::server(Fact::ITEM_COLLECTED, facts, Vec::new())))
}

/// What kind of thing an item is, for whoever hears of it.
fn what(item: &str, weapons: &Weapons<'_>) -> &'static str {
    match item {
        "health" => "health",
        "armour" => "armour",
        "immunity" => "immunity",
        "points" | "score" => "points",
        "ammo" | "bullets" | "shells" | "rockets" | "cells" => "ammo",
        item if weapons.shoot(item) => "ammo",
        item if item == "key" || item.ends_with("_key") => "key",
        _ => "item",
    }
}

/// What somebody has once an item is theirs.
fn take_item(
    moment: &Moment<'_>,
    who: &EntityId,
    item: &str,
    amount: f64,
    facts: &mut Value,
) -> Result<Vec<Op>, Reject> {
    let person = moment.world.entity(who).map(|entity| &**entity);
    match item {
        "health" => {
            let (healed, _) = heal(moment, who, amount);
            facts["of"] = whole(full(moment));
            if healed.is_empty() { Err(NOT_NEEDED) } else { Ok(healed) }
        }
        "armour" if number(person, "armour").unwrap_or(0.0) >= ARMOUR_MAX => Err(NOT_NEEDED),
        "armour" => {
            let components = Components::from_iter([("armour".into(), json!([amount, ARMOUR_MAX]))]);
            Ok(vec![Op::IncMax { entity: who.clone(), components }])
        }
        "immunity" => Ok(vec![protect(moment, who, (amount * 1_000.0).min(IMMUNITY_MAX_MS) as u64)]),
        "ammo" | "points" | "score" => {
            let components = Components::from_iter([(item.to_owned(), whole(amount))]);
            Ok(vec![Op::Inc { entity: who.clone(), components }])
        }
        item => Ok(vec![give(moment, who, item, amount)]),
    }
}

/// What somebody has once a weapon is theirs; of one that they have already its ammunition is left.
fn take_weapon(
    moment: &Moment<'_>,
    who: &EntityId,
    weapons: &Weapons<'_>,
    name: &str,
    gun: &Gun,
    amount: f64,
) -> Result<Vec<Op>, Reject> {
    if weapons.get(name).is_some() {
        let ammo = give(moment, who, &gun.ammo, amount);
        return if amount > 0.0 { Ok(vec![ammo]) } else { Err(NOT_NEEDED) };
    }
    if weapons.len() >= WEAPONS_MAX {
        return Err(WEAPONS_FULL);
    }
    let loaded = amount.min(gun.capacity);
    let merged = Components::from_iter([("weapons".to_owned(), json!({name: gun.carried(loaded)}))]);
    let mut ops =
        vec![Op::Merge { entity: who.clone(), components: merged }, set(who, "weapon", json!(name))];
    if amount > loaded {
        ops.push(give(moment, who, &gun.ammo, amount - loaded));
    }
    Ok(ops)
}
