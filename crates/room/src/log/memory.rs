//! Remembered commands: a repeat of an id gets the first reply again. Owns the window and its bounds.

use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use thexr_wire::UserId;
use thexr_wire::limits::{COMMAND_MEMORY_MAX, COMMAND_MEMORY_MS, COMMANDS_PER_USER_MAX};

/// The reply to an accepted command: a function of its event, so that it is the same after a restart.
pub fn response(seq: u64, payload: &Value) -> Value {
    match payload.get("entity") {
        Some(entity) => json!({"seq": seq, "entity": entity}),
        None => json!({"seq": seq}),
    }
}

/// What was answered to a command.
#[derive(Debug, Clone, PartialEq)]
pub struct Remembered {
    /// Seq of its event.
    pub seq: u64,
    /// The reply's response, JSON.
    pub response: Arc<str>,
}

type Key = (UserId, String);

/// Ids of the last ten minutes.
#[derive(Debug, Default)]
pub struct CommandMemory {
    replies: BTreeMap<Key, Remembered>,
    order: VecDeque<(i64, Key)>,
    per_user: BTreeMap<UserId, usize>,
}

impl CommandMemory {
    /// The first reply to this id, if it is remembered.
    pub fn find(&self, user: &UserId, id: &str) -> Option<&Remembered> {
        self.replies.get(&(user.clone(), id.to_owned()))
    }

    /// Whether no further id of this person can be remembered for its ten minutes.
    pub fn is_full(&self, user: &UserId) -> bool {
        let of_user = self.per_user.get(user).copied().unwrap_or(0);
        of_user >= COMMANDS_PER_USER_MAX || self.order.len() >= COMMAND_MEMORY_MAX
    }

    /// Remembers a reply.
    pub fn remember(&mut self, at_ms: i64, user: &UserId, id: &str, reply: Remembered) {
        let key = (user.clone(), id.to_owned());
        if self.replies.insert(key.clone(), reply).is_none() {
            *self.per_user.entry(user.clone()).or_default() += 1;
            self.order.push_back((at_ms, key));
        }
    }

    /// Forgets what is older than the window, and nothing else: whoever resends within it gets the first reply.
    pub fn forget_old(&mut self, now_ms: i64) {
        while let Some((at_ms, _)) = self.order.front() {
            if now_ms - at_ms < COMMAND_MEMORY_MS {
                return;
            }
            if let Some((_, key)) = self.order.pop_front() {
                self.replies.remove(&key);
                self.uncount(&key.0);
            }
        }
    }

    fn uncount(&mut self, user: &UserId) {
        if let Some(count) = self.per_user.get_mut(user) {
            *count -= 1;
            if *count == 0 {
                self.per_user.remove(user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_forgotten_after_ten_minutes() {
        let user = UserId::parse("abcdefghij0123456789").unwrap();
        let mut memory = CommandMemory::default();
        memory.remember(0, &user, "a", Remembered { seq: 1, response: "{}".into() });
        memory.forget_old(COMMAND_MEMORY_MS - 1);
        assert!(memory.find(&user, "a").is_some());
        memory.forget_old(COMMAND_MEMORY_MS);
        assert!(memory.find(&user, "a").is_none());
    }

    #[test]
    fn a_person_with_too_many_ids_waits_and_nobody_elses_is_forgotten() {
        let (ada, bob) = ("abcdefghij0123456789", "0123456789abcdefghij");
        let (ada, bob) = (UserId::parse(ada).unwrap(), UserId::parse(bob).unwrap());
        let reply = || Remembered { seq: 1, response: "{}".into() };
        let mut memory = CommandMemory::default();
        memory.remember(0, &bob, "first", reply());
        (0..COMMANDS_PER_USER_MAX).for_each(|n| memory.remember(1, &ada, &n.to_string(), reply()));
        memory.forget_old(COMMAND_MEMORY_MS - 1);
        assert!(memory.is_full(&ada) && !memory.is_full(&bob));
        assert!(memory.find(&bob, "first").is_some() && memory.find(&ada, "0").is_some());
        memory.forget_old(COMMAND_MEMORY_MS + 1);
        assert!(!memory.is_full(&ada));
    }
}
