//! Steps that are ops of the fold: what they may write, and with what put in for braces. Changes nothing itself.

use crate::act::args::check_components;
use crate::game::ways::{along, moving};
use crate::reject::Reject;
use crate::rules::scene::Scene;
use serde_json::Value;
use std::collections::BTreeSet;
use thexr_wire::EntityId;
use thexr_wire::json::canonical_bytes;
use thexr_wire::limits::EVENT_OPS_MAX;
use thexr_world::rules::Deed;
use thexr_world::{Components, Op, schema};

const NOT_FOR_RULES: Reject = Reject::new("not_for_rules", "Rules leave this to the room and to people.");

/// Written by the room itself, on things as well.
const ROOMS_OWN: [&str; 20] = [
    "avatar",
    "dead",
    "flight",
    "held_by",
    "holding",
    "in_socket",
    "mic",
    "muted",
    "nickname",
    "occupied",
    "occupied_by",
    "pose",
    "role",
    "rules_state",
    "shared_by",
    "sharing_on",
    "sitting",
    "sitting_on",
    "wave_of",
    "waves_state",
];
/// Known components of people that rules write.
const PEOPLES: [&str; 11] =
    ["ammo", "armour", "deaths", "health", "inventory", "kills", "points", "score", "status", "tag", "team"];

/// Components as a step writes them, with what is in braces put in, each in its one spelling.
pub(super) fn written(
    scene: &Scene<'_>,
    components: &Components,
    of_a_person: bool,
) -> Result<Components, Reject> {
    let said = said(scene, components)?;
    let (components, removed) = check_components(said)?;
    if !removed.is_empty() {
        return Err(Reject::bad_payload("components: use unset to remove them"));
    }
    components.keys().try_for_each(|name| may_write(name, of_a_person))?;
    Ok(components)
}

/// Whether rules write this component, of a thing or of a person.
fn may_write(name: &str, of_a_person: bool) -> Result<(), Reject> {
    let own = name == "spawned_by" || ROOMS_OWN.contains(&name);
    let peoples = || PEOPLES.contains(&name) || !schema::is_known(name);
    if own || of_a_person && !peoples() { Err(NOT_FOR_RULES) } else { Ok(()) }
}

fn said(scene: &Scene<'_>, components: &Components) -> Result<Components, Reject> {
    components.iter().map(|(name, value)| Ok((name.clone(), scene.said(value)?))).collect()
}

/// Deeds that are ops of the fold, on each of these. What they write is the same for all, so it is made once.
pub(super) fn plain_ops(scene: &Scene<'_>, ids: Vec<EntityId>, deed: &Deed) -> Result<Vec<Op>, Reject> {
    let is_person = |id: &EntityId| scene.world.entity(id).is_some_and(|entity| entity.is_avatar());
    let of_a_person = ids.iter().any(is_person);
    let may = |name: &str| may_write(name, of_a_person);
    // What an op is told is no value of the component; what comes of it is looked at when it is done.
    let told = |components: &Components| {
        components.keys().try_for_each(|name| may(name))?;
        said(scene, components)
    };
    let (components, value) = match deed {
        Deed::Set { components } => (written(scene, components, of_a_person)?, Value::Null),
        Deed::Merge { components }
        | Deed::Inc { components }
        | Deed::Dec { components }
        | Deed::IncMax { components }
        | Deed::DecMin { components } => (told(components)?, Value::Null),
        Deed::Push { component, value } | Deed::IndexSet { component, value, .. } => {
            may(component)?;
            (Components::new(), scene.said(value)?)
        }
        Deed::Pop { component } => {
            may(component)?;
            Default::default()
        }
        Deed::Unset { names } => {
            names.iter().try_for_each(|name| may(name))?;
            Default::default()
        }
        Deed::Delete {} | Deed::Animate { .. } if of_a_person => return Err(NOT_FOR_RULES),
        _ => Default::default(),
    };
    let bytes = canonical_bytes(&value) + components.values().map(canonical_bytes).sum::<usize>();
    scene.means.write(bytes.saturating_mul(ids.len()))?;
    if *deed == (Deed::Delete {}) {
        return Ok(deletions(scene, &ids));
    }
    let op = |entity: EntityId| {
        let (components, value) = (components.clone(), value.clone());
        Some(match deed {
            Deed::Set { .. } => Op::Set { entity, components },
            Deed::Merge { .. } => Op::Merge { entity, components },
            Deed::Inc { .. } => Op::Inc { entity, components },
            Deed::Dec { .. } => Op::Dec { entity, components },
            Deed::IncMax { .. } => Op::IncMax { entity, components },
            Deed::DecMin { .. } => Op::DecMin { entity, components },
            Deed::Unset { names } => Op::Unset { entity, names: names.clone() },
            Deed::Push { component, .. } => Op::Push { entity, component: component.clone(), value },
            Deed::Pop { component } => Op::Pop { entity, component: component.clone() },
            Deed::IndexSet { component, index, .. } => {
                Op::IndexSet { entity, component: component.clone(), index: *index, value }
            }
            Deed::Animate { to, by, duration_ms, ease } => {
                let to = along(
                    scene.world.entity(&entity)?.transform(),
                    to.as_ref().or(by.as_ref())?,
                    by.is_some(),
                );
                moving(&scene.moment(), &entity, &to, *duration_ms, ease.as_deref().unwrap_or("smooth"))
            }
            _ => return None,
        })
    };
    Ok(ids.into_iter().filter_map(op).collect())
}

/// Ops by which things go, each with what hangs on it, once.
fn deletions(scene: &Scene<'_>, ids: &[EntityId]) -> Vec<Op> {
    let mut gone = BTreeSet::new();
    let mut ops = Vec::new();
    for id in ids {
        let all = scene.log.deletion(id, EVENT_OPS_MAX);
        ops.extend(all.into_iter().filter(|op| op.entity().is_some_and(|id| gone.insert(id.clone()))));
    }
    ops
}
