//! Remembered commands: a repeat of an id gets the first reply again. Owns the window and its bounds.

use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use thexr_wire::UserId;
use thexr_wire::limits::{COMMAND_MEMORY_MAX, COMMAND_MEMORY_MS};

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
}

impl CommandMemory {
    /// The first reply to this id, if it is remembered.
    pub fn find(&self, user: &UserId, id: &str) -> Option<&Remembered> {
        self.replies.get(&(user.clone(), id.to_owned()))
    }

    /// Remembers a reply.
    pub fn remember(&mut self, at_ms: i64, user: &UserId, id: &str, reply: Remembered) {
        let key = (user.clone(), id.to_owned());
        self.order.push_back((at_ms, key.clone()));
        self.replies.insert(key, reply);
    }

    /// Forgets what is older than the window or beyond the bound.
    pub fn forget_old(&mut self, now_ms: i64) {
        while let Some((at_ms, _)) = self.order.front() {
            if now_ms - at_ms < COMMAND_MEMORY_MS && self.order.len() <= COMMAND_MEMORY_MAX {
                return;
            }
            if let Some((_, key)) = self.order.pop_front() {
                self.replies.remove(&key);
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
}
