//! What can be done with a thing: given to it and taken from it by builders, and told to whoever asks.

use crate::act::args::{Args, Read};
use crate::act::edit::{existing, free_thing};
use crate::act::hold::is_attending;
use crate::act::{Caller, Effect};
use crate::facts::Fact;
use crate::log::Log;
use crate::people::People;
use crate::reject::Reject;
use serde_json::{Value, json};
use thexr_wire::{EntityId, UserId};
use thexr_world::{Components, Interaction, Op, interactions, schema};

/// A thing can be used like this from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct AddInteraction {
    entity: EntityId,
    interaction: Interaction,
    /// What its component is to hold; else what it holds, or what it needs.
    settings: Option<Value>,
}

/// A thing can be used like this no more.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoveInteraction {
    entity: EntityId,
    interaction: Interaction,
}

/// What may one do with this now?
#[derive(Debug, Clone, PartialEq)]
pub struct ListInteractions {
    entity: EntityId,
}

fn given(args: &mut Args) -> Result<Interaction, Reject> {
    let name = args.take("interaction");
    let given = name.as_ref().and_then(Value::as_str).and_then(Interaction::given);
    given.ok_or_else(|| {
        let names = Interaction::GIVEN.map(|given| format!("\"{}\"", given.as_str()));
        Reject::bad_payload(format!("interaction: one of {}", names.join(", ")))
    })
}

impl Read for AddInteraction {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let interaction = given(args)?;
        let (name, _) = interaction.component();
        let settings = args.take("settings").map(|settings| schema::check(&name, settings)).transpose()?;
        Ok(Self { entity: args.entity("entity")?, interaction, settings })
    }
}

impl Read for RemoveInteraction {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { interaction: given(args)?, entity: args.entity("entity")? })
    }
}

impl Read for ListInteractions {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { entity: args.entity("entity")? })
    }
}

/// A thing can be used in another way from now on.
pub(crate) fn add(log: &Log, caller: &Caller<'_>, add: AddInteraction) -> Result<Effect, Reject> {
    let AddInteraction { entity, interaction, settings } = add;
    let thing = free_thing(log, caller, &entity)?;
    let (name, needed) = interaction.component();
    let settings = settings.unwrap_or_else(|| match (thing.value(&name), needed) {
        // A ball that is made to fly keeps its weight.
        (Some(Value::Object(held)), Value::Object(needed)) => {
            Value::Object(held.clone().into_iter().chain(needed).collect())
        }
        (_, needed) => needed,
    });
    let components = Components::from_iter([(name.to_string(), settings)]);
    let payload = json!({"entity": entity, "interaction": interaction.as_str()});
    Ok(Effect::fact(Fact::INTERACTION_ADDED, payload, vec![Op::Set { entity, components }]))
}

/// A thing can be used in this way no more: who sits on it stands up, who holds it lets go.
pub(crate) fn remove(log: &Log, caller: &Caller<'_>, remove: RemoveInteraction) -> Result<Effect, Reject> {
    let RemoveInteraction { entity, interaction } = remove;
    free_thing(log, caller, &entity)?;
    let payload = json!({"entity": entity, "interaction": interaction.as_str()});
    let names = vec![interaction.component().0];
    Ok(Effect::fact(Fact::INTERACTION_REMOVED, payload, vec![Op::Unset { entity, names }]))
}

/// What who asks may do with a thing as it is; a watcher, who has no hands, nothing.
pub(crate) fn list(
    log: &Log,
    people: &People,
    caller: &Caller<'_>,
    list: &ListInteractions,
) -> Result<Effect, Reject> {
    let thing = existing(log, &list.entity)?;
    let attends = |holder: &str| UserId::parse(holder).is_ok_and(|holder| is_attending(people, &holder));
    let names: Vec<&str> = match caller.user().filter(|user| people.persons.contains_key(*user)) {
        Some(user) => interactions(thing, user, attends).into_iter().map(Interaction::as_str).collect(),
        None => Vec::new(),
    };
    Ok(Effect::Answer(json!({"entity": list.entity, "interactions": names})))
}
