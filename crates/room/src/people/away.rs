//! People whose connection is lost: who they are after a restart, and when their place is given up.

use crate::log::Log;
use crate::people::People;
use crate::people::person::Person;
use thexr_wire::limits::RESUME_GRACE_MS;
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, UserId};

impl People {
    /// Everyone whose avatar the journal has inside is away from start-up, so a crash leaves no ghosts.
    pub fn remember_who_was_inside(&mut self, log: &Log) {
        let avatars: Vec<(EntityId, UserId)> = log
            .world
            .entities()
            .iter()
            .filter(|(_, entity)| entity.is_avatar())
            .filter_map(|(id, _)| id.user().map(|user| (id.clone(), user)))
            .collect();
        for (id, user) in avatars {
            let Some(slot) = self.slots.take(log.now.at_ms) else { return };
            let stored = log.world.entity(&id).and_then(|entity| entity.value("pose"));
            let stored = stored.and_then(|value| serde_json::from_value::<Pose>(value.clone()).ok());
            let pose = self.last_places.get(&user).or(stored).and_then(|pose| pose.validated().ok());
            let pose = pose.unwrap_or(Pose::standing([0.0; 3]));
            // The grace starts with the first tick: the room may have been down for long.
            let away =
                Person { away_since_ms: Some(i64::MAX), told_away: true, ..Person::new(log, slot, pose) };
            self.persons.insert(user, away);
        }
    }

    /// From now on the grace of a person without a connection runs.
    pub fn away(&mut self, log: &Log, user: &UserId) {
        if let Some(person) = self.persons.get_mut(user) {
            person.away_since_ms = Some(log.now.at_ms);
        }
    }

    /// Who went away and who came back since it was told last.
    pub fn away_changes(&mut self) -> (Vec<UserId>, Vec<UserId>) {
        let (mut away, mut back) = (Vec::new(), Vec::new());
        for (user, person) in &mut self.persons {
            let is_away = person.away_since_ms.is_some();
            if std::mem::replace(&mut person.told_away, is_away) != is_away {
                if is_away { away.push(user.clone()) } else { back.push(user.clone()) }
            }
        }
        (away, back)
    }

    /// After the grace an away person has left.
    pub fn release_the_away(&mut self, log: &mut Log) {
        let now_ms = log.now.at_ms;
        for person in self.persons.values_mut() {
            if person.away_since_ms == Some(i64::MAX) {
                person.away_since_ms = Some(now_ms);
            }
        }
        let over =
            |person: &Person| person.away_since_ms.is_some_and(|since| now_ms - since >= RESUME_GRACE_MS);
        let gone: Vec<UserId> =
            self.persons.iter().filter(|(_, person)| over(person)).map(|(user, _)| user.clone()).collect();
        for user in gone {
            // Who has to wait is over the grace in the next tick as well.
            if log.made.is_full() {
                return;
            }
            self.vanish(log, &user);
        }
    }
}
