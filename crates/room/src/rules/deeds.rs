//! What steps do: each becomes ops, facts and wishes of one firing. Changes nothing itself.

use crate::act::command::Request;
use crate::act::edit::{copies, group_of};
use crate::facts::{Fact, is_reserved};
use crate::game::carrying::{collect, give};
use crate::game::doors::turn;
use crate::game::ending::end;
use crate::game::monsters::begin;
use crate::game::vital::{damage, heal};
use crate::log::draft::Draft;
use crate::outbox::Hearers;
use crate::people::spawn::HEAD_HEIGHT_M;
use crate::reject::{RESERVED_EVENT, Reject};
use crate::rules::plain::{plain_ops, written};
use crate::rules::scene::{CHANGED_MAX, Scene};
use serde_json::{Value, json};
use std::sync::Arc;
use thexr_wire::pose::Place;
use thexr_wire::{EntityId, UserId};
use thexr_world::rules::{Deed, Spot, Step, Whom};
use thexr_world::{Components, Op, schema};

/// Living copies of one thing that rules make at most; more are `too_many_spawned`.
pub const SPAWNED_MAX: usize = 256;
/// Copies of copies that are looked at to see whether something would copy itself.
const ORIGINS_MAX: usize = 16;
/// How long a notice stands unless its rule says it, seconds.
const NOTICE_S: f64 = 4.0;

const NOTHING_THERE: Reject = Reject::new("nothing_there", "What this is to be done to is not there.");
const TOO_MANY_SPAWNED: Reject = Reject::new(
    "too_many_spawned",
    "256 copies of this live already: let some of them end, by ttl or delete.",
);
const SPAWNS_ITSELF: Reject =
    Reject::new("spawns_itself", "A copy would make copies of what it is a copy of, without end.");

/// What a firing is to bring about.
#[derive(Default)]
pub(super) struct Doing {
    pub ops: Vec<Op>,
    /// Told after its own fact, in order.
    pub facts: Vec<Draft>,
    /// Asked for after that.
    pub asked: Vec<Request>,
    /// People who are elsewhere then, by their heads.
    pub moved: Vec<(UserId, Place)>,
    /// The room is to become as it was made.
    pub resets: bool,
    /// How much is done: each thing that a step changes counts.
    pub actions: usize,
}

impl Doing {
    fn tell(&mut self, fact: Fact, payload: Value, scene: &Scene<'_>, to: &Whom) {
        match hearers(scene, to) {
            Hearers::Only(nobody) if nobody.is_empty() => {}
            hearers => self.facts.push(Draft::told(fact, payload, hearers)),
        }
    }

    /// Adds what one step does, as things are after those before it.
    pub fn add(&mut self, scene: &Scene<'_>, step: &Step) -> Result<(), Reject> {
        let on = |otherwise: Whom| scene.all(step.on.as_ref().unwrap_or(&otherwise), CHANGED_MAX);
        let (before, moment) = (self.actions, scene.moment());
        match &step.deed {
            Deed::Give { item, amount } => {
                self.each(on(Whom::Actor), |id| give(&moment, id, item, amount.unwrap_or(1.0)))?;
            }
            Deed::Take { item, amount } => {
                self.each(on(Whom::Actor), |id| give(&moment, id, item, -amount.unwrap_or(1.0)))?;
            }
            Deed::Damage { amount } => {
                on(Whom::Actor).iter().for_each(|id| self.done_and_told(damage(&moment, id, *amount)));
            }
            Deed::Heal { amount } => {
                on(Whom::Actor).iter().for_each(|id| self.done_and_told(heal(&moment, id, *amount)));
            }
            Deed::Collect {} => {
                let user = scene.parties.actor.as_ref().and_then(EntityId::user).ok_or(NOTHING_THERE)?;
                for id in on(Whom::Itself) {
                    let (ops, fact) = collect(&moment, scene.log, &user, &id)?;
                    self.done_and_told((ops, vec![fact]));
                }
            }
            Deed::Open {} | Deed::Close {} => {
                for id in on(Whom::Itself) {
                    let turned = turn(&moment, &id, step.deed == Deed::Open {})?;
                    turned.into_iter().for_each(|(op, fact)| self.done_and_told((vec![op], vec![fact])));
                }
            }
            Deed::Waves {} => {
                let on = on(Whom::Itself);
                if on.is_empty() {
                    return Err(NOTHING_THERE);
                }
                for id in on {
                    self.done(begin(&moment, &id)?.into_iter().collect());
                }
            }
            Deed::Win { text } => self.end(scene, true, text.as_deref())?,
            Deed::Lose { text } => self.end(scene, false, text.as_deref())?,
            Deed::Teleport { to } => self.teleport(scene, on(Whom::Actor), to)?,
            Deed::Spawn { .. } => self.spawn(scene, &step.deed)?,
            Deed::Emit { event, payload, to } => self.emit(scene, event, payload.as_ref(), to.as_ref())?,
            Deed::Hud { text, to, seconds } => {
                let payload = json!({"text": scene.text(text), "seconds": seconds.unwrap_or(NOTICE_S)});
                self.tell(Fact::HUD_SHOWN, payload, scene, to.as_ref().unwrap_or(&Whom::Actor));
            }
            Deed::Sound { sound, to } => {
                let at = scene.one(step.on.as_ref().unwrap_or(&Whom::Itself));
                let payload = json!({"sound": sound, "entity": at});
                self.tell(Fact::SOUND_PLAYED, payload, scene, to.as_ref().unwrap_or(&Whom::Anything));
            }
            Deed::Act { command, payload } => {
                let payload = payload.as_ref().map_or(Ok(json!({})), |payload| scene.said(payload))?;
                self.asked.push(Request::decode(command, payload)?);
            }
            Deed::Reset {} => self.resets = true,
            Deed::Create { components } => {
                let components = written(scene, components, false)?;
                let entity = scene.log.new_ids_in(scene.world, 1).remove(0);
                self.done(vec![Op::Create { entity, components }]);
            }
            plain => {
                let on = on(Whom::Itself);
                if on.is_empty() {
                    return Err(NOTHING_THERE);
                }
                self.done(plain_ops(scene, on, plain)?);
            }
        }
        // What changes nothing is something done as well.
        self.actions = self.actions.max(before + 1);
        Ok(())
    }

    fn done(&mut self, ops: Vec<Op>) {
        self.actions += ops.len();
        self.ops.extend(ops);
    }

    fn done_and_told(&mut self, (ops, facts): (Vec<Op>, Vec<Draft>)) {
        self.done(ops);
        self.facts.extend(facts);
    }

    fn each(&mut self, on: Vec<EntityId>, op: impl Fn(&EntityId) -> Op) -> Result<(), Reject> {
        if on.is_empty() {
            return Err(NOTHING_THERE);
        }
        self.done(on.iter().map(op).collect());
        Ok(())
    }

    fn end(&mut self, scene: &Scene<'_>, won: bool, text: Option<&str>) -> Result<(), Reject> {
        let (ops, fact) = end(&scene.moment(), won, text.map(|text| scene.text(text)))?;
        self.done(ops);
        self.facts.push(fact);
        Ok(())
    }

    fn emit(
        &mut self,
        scene: &Scene<'_>,
        event: &str,
        payload: Option<&Value>,
        to: Option<&Whom>,
    ) -> Result<(), Reject> {
        if is_reserved(event) {
            return Err(RESERVED_EVENT);
        }
        if !schema::is_name(event) {
            return Err(Reject::bad_payload("event: 1 to 64 of a-z, 0-9 and _"));
        }
        let payload = match payload {
            Some(payload) => scene.said(payload)?,
            None => json!({"entity": scene.parties.thing, "actor": scene.parties.actor}),
        };
        let hearers = hearers(scene, to.unwrap_or(&Whom::Anything));
        self.facts.push(Draft::custom(event.to_owned(), payload, hearers));
        Ok(())
    }

    fn teleport(&mut self, scene: &Scene<'_>, on: Vec<EntityId>, to: &Spot) -> Result<(), Reject> {
        let [x, y, z, qx, qy, qz, qw] = spot(scene, to).ok_or(NOTHING_THERE)?;
        for id in on {
            match id.user().filter(|user| scene.people.persons.contains_key(user)) {
                Some(user) => {
                    let head = [x, y + HEAD_HEIGHT_M, z, qx, qy, qz, qw];
                    let pose = json!({"head": head});
                    self.done(vec![Op::Set {
                        entity: id,
                        components: Components::from_iter([("pose".into(), pose)]),
                    }]);
                    let payload =
                        json!({"user_id": user, "position": [x, y, z], "rotation": [qx, qy, qz, qw]});
                    self.facts.push(Draft::server(Fact::USER_TELEPORTED, payload, Vec::new()));
                    self.moved.push((user, head));
                }
                None if scene.world.entity(&id).is_some_and(|entity| !entity.is_avatar()) => {
                    let place = [("position".into(), json!([x, y, z]))];
                    self.done(vec![
                        Op::Set { entity: id.clone(), components: Components::from_iter(place) },
                        Op::Unset { entity: id, names: vec!["animate".into()] },
                    ]);
                }
                None => {}
            }
        }
        Ok(())
    }

    fn spawn(&mut self, scene: &Scene<'_>, deed: &Deed) -> Result<(), Reject> {
        let Deed::Spawn { from, at, components, ttl_ms, keep_while } = deed else { return Ok(()) };
        let from = scene.one(from).ok_or(NOTHING_THERE)?;
        let thing = &scene.parties.thing;
        let is_a_copy = scene.world.entity(thing).is_some_and(|entity| entity.spawned_by().is_some());
        let own = origins(scene, thing);
        if is_a_copy && origins(scene, &from).iter().any(|origin| own.contains(origin)) {
            return Err(SPAWNS_ITSELF);
        }
        if scene.world.copies_of(&from).take(SPAWNED_MAX).count() == SPAWNED_MAX {
            return Err(TOO_MANY_SPAWNED);
        }
        let group = group_of(scene.log, &from)?;
        let bytes = group.iter().filter_map(|id| scene.world.entity(id)).map(|entity| entity.bytes()).sum();
        scene.means.write(bytes)?;
        let new_ids = scene.log.new_ids_in(scene.world, group.len());
        let mut ops = copies(&scene.log.world, &group, &new_ids);
        let Some(Op::Create { components: root, .. }) = ops.first_mut() else { return Err(NOTHING_THERE) };
        if root.remove("prefab").is_some() {
            // What hid it while nobody was to see it.
            root.retain(|name, value| {
                !(name == "visibility" && value.as_f64() == Some(0.0)
                    || name == "collider" && *value == json!(false))
            });
        }
        if let Some(at) = at {
            let [x, y, z, ..] = spot(scene, at).ok_or(NOTHING_THERE)?;
            root.insert("position".into(), json!([x, y, z]));
            root.remove("parent");
        }
        root.insert("spawned_by".into(), json!(from));
        if let Some(ms) = ttl_ms {
            root.insert("ttl".into(), json!(ms));
        }
        if let Some(keeper) = keep_while {
            root.insert("keep_while".into(), json!(scene.one(keeper).ok_or(NOTHING_THERE)?));
        }
        root.extend(written(scene, components, false)?);
        self.done(ops);
        Ok(())
    }
}

/// Who is to hear something.
fn hearers(scene: &Scene<'_>, to: &Whom) -> Hearers {
    scene.hearers(to).map_or(Hearers::Everyone, |some| Hearers::Only(Arc::new(some)))
}

/// What a thing is, and what it is a copy of, and so on.
fn origins(scene: &Scene<'_>, id: &EntityId) -> Vec<EntityId> {
    let next = |id: &EntityId| scene.world.entity(id).and_then(|entity| entity.spawned_by());
    std::iter::successors(Some(id.clone()), next).take(ORIGINS_MAX).collect()
}

fn spot(scene: &Scene<'_>, spot: &Spot) -> Option<Place> {
    match spot {
        Spot::At([x, y, z]) => Some([*x as f32, *y as f32, *z as f32, 0.0, 0.0, 0.0, 1.0]),
        Spot::Of(whom) => {
            let id = scene.one(whom)?;
            let [x, y, z, qx, qy, qz, qw] = scene.place(&id)?;
            let feet = if id.user().is_some() { y - HEAD_HEIGHT_M } else { y };
            Some([x, feet, z, qx, qy, qz, qw])
        }
    }
}
