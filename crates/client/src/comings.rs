//! Who comes and goes, read from the ops of avatars: the room tells these two facts to thexr.1 clients in no other way.

use crate::event::Event;
use crate::replica::StatePatch;
use serde_json::{Value, json};
use std::collections::VecDeque;
use thexr_wire::EntityId;

/// A fact that waits for its place among the told ones.
#[derive(Debug, Clone, PartialEq)]
struct Coming {
    seq: u64,
    at: i64,
    name: &'static str,
    user: String,
    payload: Value,
}

/// Comings and goings whose seq has not been reached.
#[derive(Debug, Default)]
pub(crate) struct Comings {
    waiting: VecDeque<Coming>,
}

impl Comings {
    /// Takes note of the avatars that a patch creates and deletes.
    pub fn read(&mut self, patch: &StatePatch) {
        let mut ops = patch.ops.iter();
        for (seq, count) in &patch.runs {
            for op in ops.by_ref().take(*count) {
                self.waiting.extend(coming(op, *seq, patch.at));
            }
        }
    }

    /// The next fact, if it follows what was told last.
    pub fn next_after(&mut self, told_seq: u64) -> Option<Event> {
        self.forget_until(told_seq);
        let next = self.waiting.pop_front_if(|next| next.seq == told_seq + 1)?;
        let Coming { seq, at, name, user, payload } = next;
        Some(Event::Event { event: name.into(), payload, seq, at, actor: format!("user:{user}") })
    }

    /// What was told by other means is no news.
    pub fn forget_until(&mut self, told_seq: u64) {
        while self.waiting.front().is_some_and(|front| front.seq <= told_seq) {
            self.waiting.pop_front();
        }
    }

    /// Another join: what it tells is all there is.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }
}

fn coming(op: &Value, seq: u64, at: i64) -> Option<Coming> {
    let user = EntityId::parse(op.get("entity")?.as_str()?).ok()?.user()?.to_string();
    let (name, payload) = match op.get("op")?.as_str()? {
        "create" => {
            let components = op.get("components")?;
            components.get("avatar")?;
            ("user_joined", json!({"user_id": user, "nickname": components.get("nickname")?}))
        }
        "delete" => ("user_left", json!({"user_id": user})),
        _ => return None,
    };
    Some(Coming { seq, at, name, user, payload })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{ME, TOM};

    fn patch(runs: Value, ops: Value) -> StatePatch {
        serde_json::from_value(json!({"seq": 9, "at": 5, "runs": runs, "ops": ops})).unwrap()
    }

    fn come(user: &str) -> Value {
        json!({"op": "create", "entity": user, "components": {"avatar": {}, "nickname": "N"}, "slot": 3})
    }

    fn told(comings: &mut Comings, mut seq: u64) -> Vec<(u64, String)> {
        let mut told = Vec::new();
        while let Some(Event::Event { event, seq: next, .. }) = comings.next_after(seq) {
            seq = next;
            told.push((next, event));
        }
        told
    }

    #[test]
    fn avatars_that_are_created_and_deleted_are_comings_and_goings_and_nothing_else_is() {
        let mut comings = Comings::default();
        let thing = json!({"op": "create", "entity": "thing", "components": {"avatar": {}, "nickname": "x"}});
        let set = json!({"op": "set", "entity": ME, "components": {"nickname": "y"}});
        let gone = json!({"op": "delete", "entity": TOM});
        comings.read(&patch(
            json!([[7, 2], [8, 1], [9, 2]]),
            json!([thing, come(ME), set, gone, {"op": "delete", "entity": "thing"}]),
        ));
        assert_eq!(told(&mut comings, 6), [(7, "user_joined".to_owned())]);
        assert_eq!(told(&mut comings, 8), [(9, "user_left".to_owned())]);
    }

    #[test]
    fn a_coming_waits_for_the_facts_before_it() {
        let mut comings = Comings::default();
        comings.read(&patch(json!([[8, 1], [9, 1]]), json!([come(ME), come(TOM)])));
        assert_eq!(told(&mut comings, 6), []);
        assert_eq!(told(&mut comings, 7).len(), 2);
        assert_eq!(told(&mut comings, 7), [], "each once");
    }

    #[test]
    fn what_was_told_as_a_fact_is_not_told_twice() {
        let mut comings = Comings::default();
        comings.read(&patch(json!([[8, 1], [9, 1]]), json!([come(ME), come(TOM)])));
        assert_eq!(told(&mut comings, 8), [(9, "user_joined".to_owned())]);
    }

    #[test]
    fn what_is_no_op_is_no_coming() {
        let mut comings = Comings::default();
        let ops = json!([null, 5, {"op": "create"}, {"op": "create", "entity": ME}, {"op": 3, "entity": ME}]);
        comings.read(&patch(json!([[8, 90]]), ops));
        assert_eq!(told(&mut comings, 7), []);
    }
}
