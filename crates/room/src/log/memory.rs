//! Remembered commands: a repeat of an id gets the first reply again. Owns the window and its bounds.
//!
//! Everyone who is here has a share that nobody takes; beyond the shares, and for those who have left, there is a common
//! pool, out of which the ids of those who left longest ago go first.

use serde_json::{Value, json};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use thexr_wire::limits::{COMMAND_MEMORY_MS, COMMAND_POOL_MAX, COMMANDS_PER_USER_MAX, COMMANDS_RESERVED};
use thexr_wire::{EntityId, UserId};

/// Ids forgotten in one tick at most, so that ten minutes' worth never goes at once; older ones count as forgotten anyway.
const FORGOTTEN_PER_TICK: usize = 2_000;

/// What was answered to an accepted command: a function of its event, so that it is the same after a restart.
#[derive(Debug, Clone, PartialEq)]
pub struct Remembered {
    /// Seq of its event.
    pub seq: u64,
    /// The entity it was about.
    pub entity: Option<EntityId>,
}

impl Remembered {
    /// What an event's command was answered.
    pub fn of(seq: u64, payload: &Value) -> Self {
        let entity = payload.get("entity").and_then(Value::as_str);
        Self { seq, entity: entity.and_then(|id| EntityId::parse(id).ok()) }
    }

    /// The reply's response.
    pub fn response(&self) -> Value {
        match &self.entity {
            Some(entity) => json!({"seq": self.seq, "entity": entity}),
            None => json!({"seq": self.seq}),
        }
    }
}

/// One person's ids.
#[derive(Debug, Default)]
struct Ids {
    replies: BTreeMap<SmolStr, (i64, Remembered)>,
    /// Oldest first.
    order: VecDeque<(i64, SmolStr)>,
    /// When they left, by a count of departures; `None` while they are here.
    left: Option<u64>,
}

impl Ids {
    /// How many of them are taken out of the common pool.
    fn pooled(&self) -> usize {
        let own = if self.left.is_none() { COMMANDS_RESERVED } else { 0 };
        self.order.len().saturating_sub(own)
    }
}

/// Ids of the last ten minutes.
#[derive(Debug, Default)]
pub struct CommandMemory {
    people: BTreeMap<UserId, Ids>,
    /// When each person's oldest id was given.
    oldest: BTreeSet<(i64, UserId)>,
    /// Those who are not here, by when they left.
    left: BTreeSet<(u64, UserId)>,
    departures: u64,
    pooled: usize,
    now_ms: i64,
}

impl CommandMemory {
    /// The first reply to this id, if it is remembered.
    pub fn find(&self, user: &UserId, id: &str) -> Option<&Remembered> {
        let (at_ms, reply) = self.people.get(user)?.replies.get(id)?;
        (self.now_ms - at_ms < COMMAND_MEMORY_MS).then_some(reply)
    }

    /// Whether no further id of this person can be remembered for its ten minutes.
    pub fn is_full(&self, user: &UserId) -> bool {
        let ids = self.people.get(user);
        let count = ids.map_or(0, |ids| ids.order.len());
        if ids.is_some_and(|ids| ids.left.is_none() && count < COMMANDS_RESERVED) {
            return false;
        }
        let others_left = self.left.iter().any(|(_, other)| other != user);
        count >= COMMANDS_PER_USER_MAX || (self.pooled >= COMMAND_POOL_MAX && !others_left)
    }

    /// Remembers a reply.
    pub fn remember(&mut self, at_ms: i64, user: &UserId, id: &str, reply: Remembered) {
        let id = SmolStr::new(id);
        if !self.people.contains_key(user) {
            self.person(user);
        }
        self.change(user, |ids| {
            if ids.replies.insert(id.clone(), (at_ms, reply)).is_some() {
                // Given anew after its ten minutes, before the old one was forgotten.
                ids.order.retain(|(_, other)| *other != id);
            }
            ids.order.push_back((at_ms, id));
        });
        self.make_room(Some(user));
    }

    /// The person is here: a share of the memory is theirs.
    pub fn came(&mut self, user: &UserId) {
        self.person(user);
        self.change(user, |ids| ids.left = None);
    }

    /// The person has left: their ids stay as long as nobody needs the room.
    pub fn left(&mut self, user: &UserId) {
        if self.people.contains_key(user) {
            self.departures += 1;
            let departure = self.departures;
            self.change(user, |ids| ids.left = Some(departure));
            self.make_room(None);
        }
    }

    /// Forgets what is older than the window, and nothing else: whoever resends within it gets the first reply.
    pub fn forget_old(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
        for _ in 0..FORGOTTEN_PER_TICK {
            let Some((at_ms, user)) = self.oldest.first().cloned() else { return };
            if now_ms - at_ms < COMMAND_MEMORY_MS {
                return;
            }
            self.forget_first(&user);
        }
    }

    fn person(&mut self, user: &UserId) {
        if !self.people.contains_key(user) {
            self.departures += 1;
            let ids = Ids { left: Some(self.departures), ..Ids::default() };
            self.left.insert((self.departures, user.clone()));
            self.people.insert(user.clone(), ids);
        }
    }

    /// Lets go of ids of those who left longest ago until the pool holds what it may.
    fn make_room(&mut self, but: Option<&UserId>) {
        while self.pooled > COMMAND_POOL_MAX {
            let gone = self.left.iter().map(|(_, user)| user).find(|user| Some(*user) != but).cloned();
            let Some(user) = gone else { return };
            self.forget_first(&user);
        }
    }

    fn forget_first(&mut self, user: &UserId) {
        self.change(user, |ids| {
            if let Some((_, id)) = ids.order.pop_front() {
                ids.replies.remove(&id);
            }
        });
    }

    /// Changes a person's ids and keeps count; whoever has left and has none is forgotten.
    fn change(&mut self, user: &UserId, change: impl FnOnce(&mut Ids)) {
        let Some(ids) = self.people.get_mut(user) else { return };
        let key = |ids: &Ids| {
            let oldest = ids.order.front().map(|(at_ms, _)| (*at_ms, user.clone()));
            (oldest, ids.left.map(|left| (left, user.clone())), ids.pooled())
        };
        let (oldest, left, pooled) = key(ids);
        change(ids);
        let (oldest_now, left_now, pooled_now) = key(ids);
        self.pooled = self.pooled - pooled + pooled_now;
        let nothing = oldest_now.is_none() && left_now.is_some();
        if oldest != oldest_now {
            oldest.map(|oldest| self.oldest.remove(&oldest));
            self.oldest.extend(oldest_now);
        }
        if left != left_now || nothing {
            left.map(|left| self.left.remove(&left));
            self.left.extend(left_now.filter(|_| !nothing));
        }
        if nothing {
            self.people.remove(user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(n: usize) -> UserId {
        UserId::parse(&format!("{n:020}")).unwrap()
    }

    fn reply(seq: u64) -> Remembered {
        Remembered { seq, entity: None }
    }

    /// As many ids as a person can have remembered, or so many.
    fn fill(memory: &mut CommandMemory, user: &UserId, most: usize) -> usize {
        let free = (0..most).take_while(|n| {
            let free = !memory.is_full(user);
            if free {
                memory.remember(1, user, &format!("id{n}"), reply(*n as u64));
            }
            free
        });
        free.count()
    }

    #[test]
    fn an_id_is_forgotten_after_ten_minutes() {
        let mut memory = CommandMemory::default();
        memory.remember(0, &user(1), "a", reply(1));
        memory.forget_old(COMMAND_MEMORY_MS - 1);
        assert!(memory.find(&user(1), "a").is_some());
        memory.forget_old(COMMAND_MEMORY_MS);
        assert!(memory.find(&user(1), "a").is_none());
        assert!(memory.people.is_empty() && memory.oldest.is_empty() && memory.left.is_empty());
    }

    #[test]
    fn what_is_older_counts_as_forgotten_however_much_of_it_there_is() {
        let mut memory = CommandMemory::default();
        memory.came(&user(1));
        fill(&mut memory, &user(1), 3 * FORGOTTEN_PER_TICK);
        memory.forget_old(COMMAND_MEMORY_MS + 1);
        assert!(memory.find(&user(1), "id5999").is_none());
        memory.remember(COMMAND_MEMORY_MS + 1, &user(1), "id5999", reply(7));
        memory.forget_old(COMMAND_MEMORY_MS + 2);
        memory.forget_old(COMMAND_MEMORY_MS + 2);
        assert_eq!(memory.find(&user(1), "id5999"), Some(&reply(7)));
        assert_eq!((memory.people[&user(1)].order.len(), memory.pooled), (1, 0));
    }

    #[test]
    fn a_person_with_too_many_ids_waits_and_nobody_elses_is_forgotten() {
        let mut memory = CommandMemory::default();
        memory.came(&user(1));
        memory.remember(0, &user(2), "first", reply(1));
        assert_eq!(fill(&mut memory, &user(1), usize::MAX), COMMANDS_PER_USER_MAX);
        assert!(!memory.is_full(&user(2)));
        assert!(memory.find(&user(2), "first").is_some() && memory.find(&user(1), "id0").is_some());
        memory.forget_old(COMMAND_MEMORY_MS + 1);
        assert!(!memory.is_full(&user(1)));
    }

    #[test]
    fn however_many_take_all_they_can_everyone_who_is_here_has_a_share() {
        let mut memory = CommandMemory::default();
        let hostile = COMMAND_POOL_MAX / (COMMANDS_PER_USER_MAX - COMMANDS_RESERVED) + 3;
        (0..hostile).for_each(|n| memory.came(&user(n)));
        let taken: usize = (0..hostile).map(|n| fill(&mut memory, &user(n), usize::MAX)).sum();
        assert_eq!(taken, COMMAND_POOL_MAX + hostile * COMMANDS_RESERVED);
        assert!(memory.is_full(&user(0)) && memory.is_full(&user(hostile - 1)));
        for n in 900..950 {
            memory.came(&user(n));
            assert_eq!(fill(&mut memory, &user(n), usize::MAX), COMMANDS_RESERVED, "{n}");
        }
    }

    #[test]
    fn ids_of_those_who_left_longest_ago_go_first_when_others_need_the_room() {
        let mut memory = CommandMemory::default();
        let visits = 2 * COMMAND_POOL_MAX / COMMANDS_RESERVED;
        for n in 0..visits {
            memory.came(&user(n));
            assert_eq!(fill(&mut memory, &user(n), COMMANDS_RESERVED), COMMANDS_RESERVED);
            memory.left(&user(n));
        }
        assert_eq!(memory.pooled, COMMAND_POOL_MAX);
        assert!(memory.find(&user(0), "id255").is_none());
        assert!(memory.find(&user(visits - 1), "id0").is_some());
        memory.came(&user(5_000));
        assert_eq!(fill(&mut memory, &user(5_000), usize::MAX), COMMANDS_PER_USER_MAX);
        let total: usize = memory.people.values().map(|ids| ids.order.len()).sum();
        assert_eq!(total, COMMAND_POOL_MAX + COMMANDS_RESERVED);
    }

    #[test]
    fn who_comes_back_finds_the_first_replies() {
        let mut memory = CommandMemory::default();
        memory.came(&user(1));
        memory.remember(5, &user(1), "a", Remembered::of(9, &json!({"entity": "abcde"})));
        memory.left(&user(1));
        memory.came(&user(1));
        assert_eq!(memory.find(&user(1), "a").unwrap().response(), json!({"seq": 9, "entity": "abcde"}));
        assert_eq!(Remembered::of(9, &json!({"entity": {"large": [1]}})).response(), json!({"seq": 9}));
    }
}
