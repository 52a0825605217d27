//! A game from beginning to end: who is ready, that it runs, that it is over, and that the room is as it was made.

use crate::facts::Fact;
use crate::game::vital::full;
use crate::game::{Moment, game, set, whole};
use crate::log::Log;
use crate::log::draft::Draft;
use crate::outbox::Actor;
use crate::people::People;
use crate::people::spawn::HEAD_HEIGHT_M;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use thexr_wire::limits::EVENT_OPS_MAX;
use thexr_wire::{EntityId, UserId};
use thexr_world::{Components, Entity, Op};

/// That somebody waits for the game to begin.
pub(crate) const READY: &str = "ready";
/// How it goes with the game.
const STATUS: &str = "status";
/// That the game is over, and until when its end is shown.
const OVER: &str = "over";
/// How long the end of a game is shown unless it says it, milliseconds.
const RESET_MS: u64 = 20_000;
/// After so many ticks (10 s) a room that has not become as it was made is asked again: its store may have been away.
const AGAIN_TICKS: u64 = 200;
/// People who begin anew in a tick, at most: one fact each, and a place is looked for; of more the others do in the next.
pub const ANEW_PER_TICK: usize = 64;
/// What people have of a round and do not take into the next.
const OF_A_ROUND: [&str; 13] = [
    "ammo",
    "armour",
    "dead",
    "deaths",
    "immune",
    "inventory",
    "kills",
    "points",
    READY,
    "score",
    "status",
    "weapon",
    "weapons",
];

/// When the end of a game was shown for long enough; an op that says so.
pub(crate) fn shown_until(moment: &Moment<'_>) -> Option<Op> {
    let id = moment.world.game()?;
    let ms = game(moment.world).and_then(|game| game.get("reset_ms")?.as_u64()).unwrap_or(RESET_MS);
    (ms > 0).then(|| set(id, OVER, json!({"until": moment.clock_ms + ms})))
}

/// What a room remembers of its rounds.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    /// When the room was asked to be as it was made, while it has not answered.
    asked_tick: Option<u64>,
    /// Who has not begun anew yet; a stop leaves them what they had.
    anew: BTreeSet<UserId>,
}

impl Rounds {
    /// Lets the game go on; `true`: the room is to be as it was made.
    pub fn keep(&mut self, log: &mut Log, people: &mut People) -> bool {
        let Some(id) = log.world.game().cloned() else { return false };
        if begun_anew(log) {
            self.asked_tick = None;
            self.anew = people.persons.keys().cloned().collect();
        }
        for _ in 0..ANEW_PER_TICK {
            let Some(user) = self.anew.first().cloned().filter(|_| !log.made.is_full()) else { break };
            if !begin_anew(log, people, &user) {
                break;
            }
            self.anew.remove(&user);
        }
        if log.made.is_full() || log.may_change().is_err() {
            return false;
        }
        let value = |name: &str| log.world.entity(&id).and_then(|game| game.value(name));
        let waits = game(&log.world).and_then(|game| game.get("ready")?.as_bool()).unwrap_or(false);
        match value(STATUS).and_then(Value::as_str) {
            None => {
                let (status, fact) =
                    if waits { ("lobby", Fact::GAME_OPENED) } else { ("running", Fact::GAME_BEGAN) };
                say(log, &id, status, fact, people);
            }
            Some("lobby") if !waits || all_ready(log, people) => {
                say(log, &id, "running", Fact::GAME_BEGAN, people);
            }
            Some("won" | "lost") => {
                let until = value(OVER).and_then(|over| over.get("until")?.as_u64());
                let waits = self.asked_tick.is_some_and(|asked| log.now.tick < asked + AGAIN_TICKS);
                let is_due = !waits && until.is_some_and(|until| until <= log.clock_ms());
                if is_due {
                    self.asked_tick = Some(log.now.tick);
                }
                return is_due;
            }
            _ => {}
        }
        false
    }
}

/// Whether the room is as it was made since this tick, by its rules or by itself.
fn begun_anew(log: &Log) -> bool {
    log.made.events.iter().any(|event| {
        event.name == Fact::SNAPSHOT_RESTORED.name() && matches!(event.actor, Actor::Rule(_) | Actor::Server)
    })
}

/// Whether everyone who is inside is ready; nobody is not everyone.
fn all_ready(log: &Log, people: &People) -> bool {
    let mut here = people.persons.iter().filter(|(_, person)| person.driver.is_some()).peekable();
    let ready = |user: &UserId| {
        log.world.entity(&EntityId::avatar(user)).is_some_and(|avatar| avatar.value(READY).is_some())
    };
    here.peek().is_some() && here.all(|(user, _)| ready(user))
}

/// The game has another status; nobody is asked any more whether they are ready once it runs.
fn say(log: &mut Log, id: &EntityId, status: &str, fact: Fact, people: &People) {
    let players = people.persons.values().filter(|person| person.driver.is_some()).count();
    let mut ops = vec![set(id, STATUS, json!(status))];
    if status == "running" {
        let waited = people.persons.keys().map(EntityId::avatar);
        let waited = waited
            .filter(|avatar| log.world.entity(avatar).is_some_and(|avatar| avatar.value(READY).is_some()));
        // Of more than one event holds the others stay ready, which says nothing any more.
        let waited = waited.take(EVENT_OPS_MAX - 1);
        ops.extend(waited.map(|entity| Op::Unset { entity, names: vec![READY.into()] }));
    }
    // Where there is no room for it, it is said in the next tick.
    let _ = log.emit(Draft::server(fact, json!({"entity": id, "players": players}), ops));
}

/// Somebody begins as one who arrives: with their health and nothing else; `false`: there is no room for it now.
fn begin_anew(log: &mut Log, people: &mut People, user: &UserId) -> bool {
    let id = EntityId::avatar(user);
    let Some(avatar) = log.world.entity(&id) else { return true };
    let has = |name: &&&str| Entity::value(avatar, name).is_some();
    let names: Vec<_> = OF_A_ROUND.iter().filter(has).map(|name| (*name).into()).collect();
    let head = people.arrival(log, &id).head;
    let [x, y, z, qx, qy, qz, qw] = head;
    let health = full(&Moment { world: &log.world, clock_ms: log.clock_ms(), by: None });
    let components =
        Components::from_iter([("health".into(), whole(health)), ("pose".into(), json!({"head": head}))]);
    let mut ops = vec![Op::Set { entity: id.clone(), components }];
    if !names.is_empty() {
        ops.push(Op::Unset { entity: id, names });
    }
    let position = [x, y - HEAD_HEIGHT_M, z];
    let payload = json!({"user_id": user, "position": position, "rotation": [qx, qy, qz, qw]});
    if log.emit(Draft::server(Fact::USER_RESPAWNED, payload, ops)).is_err() {
        return false;
    }
    if let Some(person) = people.persons.get_mut(user) {
        person.dead = false;
    }
    people.put(user, head, log.now.tick);
    true
}
