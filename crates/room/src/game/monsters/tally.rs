//! What is to come of a thing's waves, as its component has it. Makes ops, moves nothing.

use crate::game::{Moment, set};
use crate::reject::Reject;
use serde_json::{Value, json};
use thexr_wire::EntityId;
use thexr_world::{Entity, Op};

/// How many waves there are of a thing that does not say it.
const COUNT: f64 = 3.0;
/// What is to come, of a thing with `waves`.
pub(super) const STATE: &str = "waves_state";
/// Of which waves a monster is.
pub(super) const WAVE_OF: &str = "wave_of";

const NO_WAVES: Reject = Reject::new("no_waves", "This thing has no `waves`.");

/// What is told of waves under way.
pub(super) struct State {
    pub wave: u64,
    pub of: u64,
    pub left: u64,
    pub next_at: Option<u64>,
}

/// The op by which the waves of a thing begin; nothing while they come already.
pub(crate) fn begin(moment: &Moment<'_>, id: &EntityId) -> Result<Option<Op>, Reject> {
    let entity = moment.world.entity(id).filter(|entity| is_there(entity)).ok_or(NO_WAVES)?;
    if entity.value(STATE).is_some() {
        return Ok(None);
    }
    let of = said(entity, "count", COUNT).floor().max(1.0) as u64;
    Ok(Some(State { wave: 0, of, left: 0, next_at: Some(moment.clock_ms) }.op(id, 0)))
}

/// What the death of a monster changes of its waves.
pub(super) fn one_less(moment: &Moment<'_>, monster: &Entity) -> Option<Op> {
    let id = EntityId::parse(monster.value(WAVE_OF)?.as_str()?).ok()?;
    let alive = moment.world.entity(&id)?.value(STATE)?.get("alive")?.as_u64()?;
    let components = [(STATE.to_owned(), json!({"alive": alive.saturating_sub(1)}))];
    Some(Op::Merge { entity: id, components: components.into_iter().collect() })
}

pub(super) fn is_there(entity: &Entity) -> bool {
    entity.value("waves").is_some_and(|waves| waves.as_bool() != Some(false))
}

pub(super) fn said(entity: &Entity, name: &str, otherwise: f64) -> f64 {
    let said = entity.value("waves").and_then(|waves| waves.get(name)?.as_f64());
    said.filter(|number| number.is_finite()).unwrap_or(otherwise)
}

impl State {
    pub fn of(entity: &Entity) -> Option<Self> {
        let state = entity.value(STATE)?;
        let number = |name: &str| state.get(name).and_then(Value::as_u64);
        let (wave, of, left) = (number("wave")?, number("of")?, number("left")?);
        Some(Self { wave, of, left, next_at: number("next_at") })
    }

    pub fn op(&self, id: &EntityId, alive: usize) -> Op {
        let Self { wave, of, left, next_at } = self;
        set(id, STATE, json!({"wave": wave, "of": of, "left": left, "alive": alive, "next_at": next_at}))
    }
}
