//! Commands until they are answered: ids, resends, the bound on how many. Knows nothing of their meaning.

use crate::limits::OUTSTANDING_COMMANDS_MAX;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use thexr_wire::ids::base62;
use thexr_wire::limits::COMMAND_ID_BYTES_MAX;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Command {
    pub name: String,
    /// JSON text with the id inside.
    pub payload: String,
}

/// Why a command is refused before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{OUTSTANDING_COMMANDS_MAX} commands are waiting for an answer already")]
    TooManyOutstanding,
    #[error("a command's payload is an object")]
    BadPayload,
    #[error("this client is not in the room")]
    NotJoined,
    #[error("this client left the room before the answer came")]
    Left,
}

impl Refusal {
    /// As the room would refuse: `{reason, detail}`.
    pub fn response(self) -> Value {
        let reason = match self {
            Self::TooManyOutstanding => "too_many_outstanding",
            Self::BadPayload => "bad_payload",
            Self::NotJoined => "not_joined",
            Self::Left => "left",
        };
        json!({"reason": reason, "detail": self.to_string()})
    }
}

/// Unanswered commands by handle, which is also the order they are resent in.
#[derive(Debug)]
pub(crate) struct Commands {
    seed: String,
    next_handle: u64,
    waiting: BTreeMap<u64, Command>,
}

/// Characters of base62 that hold any u64.
const SEED_CHARS: usize = 11;
/// Digits of the largest handle a JavaScript number holds exactly.
const HANDLE_DIGITS: usize = 16;
const _: () = assert!(SEED_CHARS + 1 + HANDLE_DIGITS <= COMMAND_ID_BYTES_MAX, "an id fits the room's limit");

impl Commands {
    pub fn new(seed: u64) -> Self {
        let seed = base62(u128::from(seed), SEED_CHARS).to_string();
        Self { seed, next_handle: 1, waiting: BTreeMap::new() }
    }

    /// A handle that was not used before.
    pub fn handle(&mut self) -> u64 {
        self.next_handle += 1;
        self.next_handle - 1
    }

    /// Keeps a command until it is answered; a payload that names an `id` itself keeps it.
    pub fn keep(&mut self, handle: u64, name: &str, payload: Value) -> Result<&Command, Refusal> {
        let mut payload = match payload {
            Value::Object(map) => map,
            Value::Null => Map::new(),
            _ => return Err(Refusal::BadPayload),
        };
        if self.waiting.len() >= OUTSTANDING_COMMANDS_MAX {
            return Err(Refusal::TooManyOutstanding);
        }
        // `create_entity` proposes its entity's id under the same key: it is then the command's id as well, and as
        // unique, since an entity is created once.
        payload.entry("id").or_insert_with(|| json!(format!("{}.{handle}", self.seed)));
        let command = Command { name: name.to_owned(), payload: Value::Object(payload).to_string() };
        Ok(self.waiting.entry(handle).or_insert(command))
    }

    /// The answer came; `false` when it was not waited for.
    pub fn answered(&mut self, handle: u64) -> bool {
        self.waiting.remove(&handle).is_some()
    }

    /// All that wait, oldest first.
    pub fn waiting(&self) -> impl Iterator<Item = (u64, &Command)> {
        self.waiting.iter().map(|(handle, command)| (*handle, command))
    }

    /// Gives up on all.
    pub fn drain(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.waiting).into_keys().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept_id(commands: &mut Commands) -> String {
        let handle = commands.handle();
        let payload: Value =
            serde_json::from_str(&commands.keep(handle, "say", json!({})).unwrap().payload).unwrap();
        payload["id"].as_str().unwrap().to_owned()
    }

    #[test]
    fn every_command_has_its_own_id_within_the_limit() {
        let (mut a, mut b) = (Commands::new(u64::MAX), Commands::new(1));
        let ids: std::collections::BTreeSet<String> =
            [kept_id(&mut a), kept_id(&mut a), kept_id(&mut b)].into_iter().collect();
        assert_eq!(ids.len(), 3);
        assert!(ids.iter().all(|id| id.len() <= COMMAND_ID_BYTES_MAX));
    }

    #[test]
    fn one_command_too_many_is_refused_and_an_answer_makes_room() {
        let mut commands = Commands::new(7);
        for _ in 0..OUTSTANDING_COMMANDS_MAX {
            kept_id(&mut commands);
        }
        let handle = commands.handle();
        assert_eq!(commands.keep(handle, "say", json!({})), Err(Refusal::TooManyOutstanding));
        assert!(commands.answered(1));
        assert!(commands.keep(handle, "say", json!({})).is_ok());
    }

    #[test]
    fn a_payload_that_is_no_object_is_refused() {
        assert_eq!(Commands::new(7).keep(1, "say", json!([1])), Err(Refusal::BadPayload));
        assert!(Commands::new(7).keep(1, "drive", Value::Null).is_ok());
    }
}
