//! What people carry, and how they come by it.

use crate::facts::Fact;
use crate::game::vital::{full, heal};
use crate::game::{Moment, number, set, whole};
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

const NOT_COLLECTABLE: Reject = Reject::new("not_collectable", "This is not there to be picked up.");
const NOT_NEEDED: Reject = Reject::new("not_needed", "You have all of that you can have.");
const HOLDS_TOO_MUCH: Reject = Reject::new("too_many_ops", "Too much hangs on this to be picked up.");

/// How many of an item an inventory holds: `{item: count}`.
pub(crate) fn carried(inventory: Option<&Value>, item: &str) -> f64 {
    let held = inventory.and_then(|inventory| inventory.get(item));
    held.map_or(0.0, |held| held.as_f64().unwrap_or(1.0))
}

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

/// Has somebody pick a thing up: what it gives is theirs, the thing is gone.
pub(crate) fn collect(
    moment: &Moment<'_>,
    log: &Log,
    user: &UserId,
    thing: &EntityId,
) -> Result<(Vec<Op>, Draft), Reject> {
    let entity = moment.world.entity(thing).ok_or(NOT_COLLECTABLE)?;
    let offer = entity.value("collectable").filter(|offer| **offer != json!(false)).ok_or(NOT_COLLECTABLE)?;
    let item = offer.get("item").and_then(Value::as_str).unwrap_or(USUAL_ITEM);
    let amount = offer.get("amount").and_then(Value::as_f64).unwrap_or(1.0).max(0.0);
    let who = EntityId::avatar(user);
    let person = moment.world.entity(&who).map(|entity| &**entity);
    let (mut ops, mut facts) =
        (Vec::new(), json!({"user_id": user, "entity": thing, "item": item, "amount": whole(amount)}));
    match item {
        "health" => {
            let (healed, _) = heal(moment, &who, amount);
            if healed.is_empty() {
                return Err(NOT_NEEDED);
            }
            ops.extend(healed);
            facts["of"] = whole(full(moment));
        }
        "armour" if number(person, "armour").unwrap_or(0.0) >= ARMOUR_MAX => return Err(NOT_NEEDED),
        "armour" => {
            let components = Components::from_iter([("armour".into(), json!([amount, ARMOUR_MAX]))]);
            ops.push(Op::IncMax { entity: who, components });
        }
        "ammo" | "points" | "score" => {
            let components = Components::from_iter([(item.to_owned(), whole(amount))]);
            ops.push(Op::Inc { entity: who, components });
        }
        item => ops.push(give(moment, &who, item, amount)),
    }
    let gone = log.deletion(thing, EVENT_OPS_MAX);
    if gone.len() >= EVENT_OPS_MAX {
        return Err(HOLDS_TOO_MUCH);
    }
    ops.extend(gone);
    Ok((ops, Draft::server(Fact::ITEM_COLLECTED, facts, Vec::new())))
}
