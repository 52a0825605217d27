//! Coming in and going out: avatars, who drives, and who may come back.

use crate::facts::Fact;
use crate::input::StoreState;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::motion::output::UserPlace;
use crate::people::People;
use crate::people::asking::Join;
use crate::people::looks::{Looks, default_avatar, default_nickname};
use crate::people::person::Person;
use crate::reject::{NOT_INSIDE, ROOM_BUSY, Reject};
use serde_json::{Value, json};
use thexr_wire::message::{Dialect, Mode};
use thexr_wire::{EntityId, PeerId, UserId};
use thexr_world::{Components, Op};

impl People {
    /// A peer goes, admitted or not.
    pub fn depart(&mut self, log: &mut Log, peer: PeerId, lost: bool) {
        self.door.remove(peer);
        self.leave(log, peer, lost);
    }

    /// An entering connection gets the person's avatar, a new one or the one that is there.
    pub fn enter(&mut self, log: &mut Log, peer: PeerId, join: &Join) -> Result<u16, Reject> {
        let wanted = join.looks.clone();
        if self.persons.contains_key(&join.user) {
            come_back(log, &join.user, wanted);
        } else {
            may_admit(log)?;
            self.appear(log, &join.user, wanted)?;
        }
        self.drive(&join.user, peer);
        let person = self.persons.get_mut(&join.user).ok_or(NOT_INSIDE)?;
        person.entered.push(peer);
        person.away_since_ms = None;
        Ok(person.slot)
    }

    /// A new avatar, by a `user_joined` event.
    fn appear(&mut self, log: &mut Log, user: &UserId, looks: Looks) -> Result<(), Reject> {
        let no_slot =
            Reject::new("room_full", "Too many people came and went in the last minute. Try again soon.");
        let slot = self.slots.take(log.now.at_ms).ok_or(no_slot)?;
        let pose =
            self.last_places.get(user).unwrap_or_else(|| self.spawn_points.pose(log, &self.persons, None));
        let nickname = looks.nickname.unwrap_or_else(|| default_nickname(user));
        let avatar = looks.avatar.unwrap_or_else(|| default_avatar(log.seed, user));
        let mut payload = json!(UserPlace::of(&pose));
        payload["user_id"] = json!(user);
        payload["nickname"] = json!(nickname);
        // Where people come in is kept, in case they never move, and not told: motion tells where they are.
        let components = json!({"avatar": avatar, "nickname": nickname, "pose": pose});
        let Value::Object(mut components) = components else { return Err(NOT_INSIDE) };
        components.extend(log.rights.on_avatar(user));
        let ops = vec![Op::Create { entity: EntityId::avatar(user), components }];
        if let Err(error) = log.emit(Draft::user(user, Fact::USER_JOINED, payload, ops)) {
            self.slots.free(log.now.at_ms, slot);
            return Err(Reject::with_detail("room_full", error.to_string()));
        }
        self.persons.insert(user.clone(), Person::new(log, slot, pose));
        Ok(())
    }

    /// From now on this connection moves the person's avatar.
    pub fn drive(&mut self, user: &UserId, peer: PeerId) {
        let Some(person) = self.persons.get_mut(user) else { return };
        let before = person.driver.replace(peer);
        if let Some(before) = before.filter(|before| *before != peer) {
            self.changes.driver(before, false);
        }
    }

    /// A connection asks to drive and is told so; `false` when nobody is there to be driven.
    pub fn drive_from(&mut self, peer: PeerId) -> bool {
        let Some(user) = self.peers.get(&peer).map(|peer| peer.user.clone()) else { return false };
        self.drive(&user, peer);
        self.changes.driver(peer, true);
        true
    }

    /// A peer goes: on purpose, or because its connection is lost.
    pub fn leave(&mut self, log: &mut Log, peer: PeerId, lost: bool) {
        let Some(gone) = self.remove_peer(peer) else { return };
        self.changes.forget(peer);
        if gone.mode != Mode::Enter {
            return;
        }
        self.changes.presence.left.push((gone.user.clone(), peer));
        let Some(person) = self.persons.get_mut(&gone.user) else { return };
        person.entered.retain(|other| *other != peer);
        if person.driver == Some(peer) {
            person.driver = person.entered.last().copied();
            if let Some(next) = person.driver {
                self.changes.driver(next, true);
            }
        }
        if !person.entered.is_empty() {
            return;
        }
        // A connection may go because the same person's next one takes its place.
        if (lost && gone.dialect == Dialect::Thexr1) || self.door.holds_entry_of(&gone.user) {
            self.away(log, &gone.user);
        } else {
            self.vanish(log, &gone.user);
        }
    }
}

/// Whether someone new may come now, in the words a join is refused with.
fn may_admit(log: &Log) -> Result<(), Reject> {
    if log.store == StoreState::Slow { Err(ROOM_BUSY) } else { log.may_change() }
}

/// Someone who is inside already connects again, perhaps with another name or colour.
fn come_back(log: &mut Log, user: &UserId, looks: Looks) {
    let id = EntityId::avatar(user);
    let Some(entity) = log.world.entity(&id) else { return };
    let mut changed = Components::new();
    let wanted = [("nickname", looks.nickname.map(Value::from)), ("avatar", looks.avatar)];
    for (name, value) in wanted {
        if let Some(value) = value.filter(|value| entity.value(name) != Some(value)) {
            changed.insert(name.into(), value);
        }
    }
    if !changed.is_empty() && log.may_change().is_ok() {
        // A room filled to its limit keeps the old looks: coming back is worth more than a new name.
        let _ = log.emit(restyling(user, changed));
    }
}

/// Another nickname or avatar of a person who is inside.
pub(crate) fn restyling(user: &UserId, changed: Components) -> Draft {
    let fact = if changed.contains_key("nickname") { Fact::USER_RENAMED } else { Fact::AVATAR_CHANGED };
    let mut payload = json!({"user_id": user});
    for (key, value) in &changed {
        payload[key] = value.clone();
    }
    let ops = vec![Op::Set { entity: EntityId::avatar(user), components: changed }];
    Draft::user(user, fact, payload, ops)
}
