//! What a thing's rules have done and still have to do: a component of the thing, so that a restart changes nothing.

use crate::rules::scene::Parties;
use serde_json::{Map, Value, json};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use thexr_wire::{EntityId, UserId};
use thexr_world::rules::Rule;
use thexr_world::{Components, Entity, Op};

/// The component that says what rules have done.
pub(super) const STATE: &str = "rules_state";
/// Delayed steps that wait, of one thing; of more none waits (`too_many_waiting`).
pub const WAITING_MAX: usize = 64;

/// Steps of a rule that are to come.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Waiting {
    /// When, milliseconds of the room's clock.
    pub at: u64,
    pub rule: SmolStr,
    /// The first of them.
    pub step: usize,
    pub actor: Option<EntityId>,
    pub target: Option<EntityId>,
    /// Who pays for what they make everyone hear.
    pub by: Option<UserId>,
}

impl Waiting {
    fn read(value: &Value) -> Option<Self> {
        let entity = |name: &str| EntityId::parse(value.get(name)?.as_str()?).ok();
        Some(Self {
            at: value.get("at")?.as_u64()?,
            rule: value.get("rule")?.as_str()?.into(),
            step: usize::try_from(value.get("step")?.as_u64()?).ok()?,
            actor: entity("actor"),
            target: entity("target"),
            by: value.get("by").and_then(Value::as_str).and_then(|by| UserId::parse(by).ok()),
        })
    }

    fn to_json(&self) -> Value {
        let Self { at, rule, step, actor, target, by } = self;
        let mut map = Map::from_iter([
            ("at".into(), json!(at)),
            ("rule".into(), json!(rule)),
            ("step".into(), json!(step)),
        ]);
        for (name, id) in [("actor", actor), ("target", target)] {
            map.extend(id.as_ref().map(|id| (name.to_owned(), json!(id))));
        }
        map.extend(by.as_ref().map(|by| ("by".to_owned(), json!(by))));
        Value::Object(map)
    }

    /// Who and what they are about.
    pub fn parties(&self, thing: &EntityId) -> Parties {
        Parties { thing: thing.clone(), actor: self.actor.clone(), target: self.target.clone(), event: None }
    }
}

/// What waits on a thing, by the number under which it was set to wait: the order of what is due at once.
pub(super) fn waiting(entity: Option<&Entity>) -> BTreeMap<u64, Waiting> {
    let due = entity.and_then(|entity| entity.value(STATE)?.get("due")?.as_object());
    let read = |(number, value): (&String, &Value)| Some((number.parse().ok()?, Waiting::read(value)?));
    due.into_iter().flatten().filter_map(read).collect()
}

/// The first number of what is set to wait by an event; no event sets more than `WAITING_MAX` to wait.
pub(super) fn number(seq: u64) -> u64 {
    seq * 100
}

/// How often a rule was set off, and when last.
pub(super) fn fired(entity: Option<&Entity>, rule: &Rule) -> Option<(u64, u64)> {
    let fired = entity?.value(STATE)?.get("fired")?.get(rule.name.as_str())?;
    Some((fired.get(0)?.as_u64()?, fired.get(1)?.as_u64()?))
}

/// Whether it is remembered when a rule was set off.
pub(super) fn is_counted(rule: &Rule) -> bool {
    rule.once || rule.cooldown_ms > 0
}

/// What changes of a thing's state: as little as can be, since everyone is told.
#[derive(Default)]
pub(super) struct Change {
    /// What waits from now on.
    pub waits: Option<(u64, Waiting)>,
    /// What waits no more.
    pub done: Option<u64>,
    pub fired: Option<(SmolStr, u64, u64)>,
}

impl Change {
    /// The op of it, if there is any.
    pub fn op(self, thing: &EntityId) -> Option<Op> {
        let (mut state, mut due) = (Map::new(), Map::new());
        due.extend(self.waits.map(|(number, waiting)| (number.to_string(), waiting.to_json())));
        due.extend(self.done.map(|number| (number.to_string(), Value::Null)));
        if !due.is_empty() {
            state.insert("due".into(), Value::Object(due));
        }
        if let Some((rule, count, clock_ms)) = self.fired {
            let fired = Map::from_iter([(rule.to_string(), json!([count, clock_ms]))]);
            state.insert("fired".into(), Value::Object(fired));
        }
        let changes = !state.is_empty();
        let components = Components::from_iter([(STATE.to_owned(), Value::Object(state))]);
        changes.then(|| Op::Merge { entity: thing.clone(), components })
    }
}

/// The op by which a thing's rules begin anew, with what waits from then on.
pub(super) fn beginning(thing: &EntityId, seq: u64, waiting: &[Waiting]) -> Op {
    let entity = thing.clone();
    if waiting.is_empty() {
        return Op::Unset { entity, names: vec![STATE.into()] };
    }
    let numbered = waiting.iter().zip(number(seq)..);
    let due: Map<String, Value> =
        numbered.map(|(waiting, number)| (number.to_string(), waiting.to_json())).collect();
    Op::Set { entity, components: Components::from_iter([(STATE.to_owned(), json!({"due": due}))]) }
}
