//! What monsters are like: the table of docs/games.md, and what a component says otherwise. Pure.

use super::tally::one_less;
use crate::facts::Fact;
use crate::game::vital::{DEAD, one_more};
use crate::game::{Moment, number, set, whole};
use crate::log::draft::Draft;
use crate::motion::movers::is_monster;
use serde_json::json;
use thexr_wire::EntityId;
use thexr_world::{Components, Entity, Op};

/// How long one that has died is seen to fall, milliseconds; then it is gone.
const FALLS_MS: u64 = 2_000;

/// How much smaller and larger than usual a monster is at most, by its `scale`.
const SIZE_MIN: f32 = 0.5;
const SIZE_MAX: f32 = 3.0;

/// The kinds of monsters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Walker,
    Spitter,
    Brute,
}

/// What a monster can do.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stats {
    pub kind: Kind,
    pub health: f64,
    pub speed_m_s: f32,
    pub damage: f64,
    pub sight_m: f32,
    /// How near it comes to strike, or how far it throws, metres.
    pub reach_m: f32,
    /// Between two attacks, and how long before one it is seen to come, milliseconds.
    pub every_ms: u64,
    pub wind_up_ms: u64,
    /// How often of all hits it flinches.
    pub flinches: f32,
    pub radius_m: f32,
    pub height_m: f32,
    /// What it is worth to whoever kills it.
    pub points: f64,
}

impl Kind {
    fn of(entity: &Entity) -> Self {
        match entity.value("monster").and_then(|monster| monster.get("kind")?.as_str()) {
            Some("spitter") => Self::Spitter,
            Some("brute") => Self::Brute,
            _ => Self::Walker,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Walker => "walker",
            Self::Spitter => "spitter",
            Self::Brute => "brute",
        }
    }

    fn usual(self) -> Stats {
        let walker = Stats {
            kind: self,
            health: 60.0,
            speed_m_s: 2.2,
            damage: 10.0,
            sight_m: 25.0,
            reach_m: 1.6,
            every_ms: 1_000,
            wind_up_ms: 350,
            flinches: 1.0,
            radius_m: 0.35,
            height_m: 1.8,
            points: 10.0,
        };
        match self {
            Self::Walker => walker,
            Self::Spitter => Stats {
                health: 40.0,
                speed_m_s: 1.6,
                damage: 15.0,
                reach_m: 20.0,
                every_ms: 2_500,
                wind_up_ms: 600,
                points: 15.0,
                ..walker
            },
            Self::Brute => Stats {
                health: 300.0,
                speed_m_s: 1.4,
                damage: 30.0,
                reach_m: 2.2,
                every_ms: 1_500,
                wind_up_ms: 500,
                flinches: 0.1,
                radius_m: 0.55,
                height_m: 2.3,
                points: 50.0,
                ..walker
            },
        }
    }
}

impl Stats {
    /// What an entity's `monster` says, and the usual where it says nothing.
    pub fn of(entity: &Entity) -> Self {
        let usual = Kind::of(entity).usual();
        let said = |name: &str| {
            let said = entity.value("monster").and_then(|monster| monster.get(name)?.as_f64());
            said.filter(|number| number.is_finite() && *number >= 0.0)
        };
        // One that is made larger is larger, and reaches farther.
        let size = entity.transform().scale[1].abs().clamp(SIZE_MIN, SIZE_MAX);
        let reach_m = if usual.kind == Kind::Spitter { usual.reach_m } else { usual.reach_m * size };
        Self {
            reach_m,
            radius_m: usual.radius_m * size,
            height_m: usual.height_m * size,
            health: said("health").unwrap_or(usual.health),
            speed_m_s: said("speed").map_or(usual.speed_m_s, |speed| speed as f32),
            damage: said("damage").unwrap_or(usual.damage),
            sight_m: said("sight").map_or(usual.sight_m, |sight| sight as f32),
            points: said("points").unwrap_or(usual.points),
            ..usual
        }
    }
}

/// What a monster has of health that nothing has hurt; nothing for what is none.
pub(crate) fn unhurt(entity: Option<&Entity>) -> Option<f64> {
    entity.filter(|entity| is_monster(entity)).map(|entity| Stats::of(entity).health)
}

/// The facts of a monster that is hit for so much and has so much health then; nothing for what is no monster.
pub(crate) fn wounds(
    moment: &Moment<'_>,
    id: &EntityId,
    amount: f64,
    health: f64,
) -> Option<(Vec<Op>, Vec<Draft>)> {
    let entity = moment.world.entity(id).filter(|entity| is_monster(entity))?;
    let payload = json!({"entity": id, "by": moment.by, "amount": whole(amount), "health": whole(health)});
    let mut facts = vec![Draft::server(Fact::MONSTER_HIT, payload, Vec::new())];
    let mut ops = Vec::new();
    if health <= 0.0 {
        let (died, fact) = death(moment, id, entity);
        ops.extend(died);
        facts.push(fact);
    }
    Some((ops, facts))
}

/// A monster dies, and is gone when it has fallen; whoever has killed it has what it is worth.
pub(super) fn death(moment: &Moment<'_>, id: &EntityId, entity: &Entity) -> (Vec<Op>, Draft) {
    let stats = Stats::of(entity);
    let payload = json!({"entity": id, "by": moment.by, "kind": stats.kind.as_str()});
    let mut ops = vec![
        set(id, DEAD, json!({"until": moment.clock_ms + FALLS_MS})),
        // Also when the room is elsewhere by then.
        set(id, "ttl", json!(FALLS_MS)),
    ];
    ops.extend(one_less(moment, entity));
    if let Some(killer) = moment.by.filter(|by| by.user().is_some() && moment.world.entity(by).is_some()) {
        ops.push(one_more(killer, "kills"));
        let components = Components::from_iter([("score".to_owned(), whole(stats.points))]);
        ops.push(Op::Inc { entity: killer.clone(), components });
    }
    (ops, Draft::server(Fact::MONSTER_DIED, payload, Vec::new()))
}

/// Whether a monster has no health left, and has not been seen to die.
pub(super) fn has_fallen(entity: &Entity) -> bool {
    number(Some(entity), "health").is_some_and(|health| health <= 0.0) && entity.value(DEAD).is_none()
}
