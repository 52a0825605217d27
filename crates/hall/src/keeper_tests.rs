//! What a keeper gives, and when, with a store that is played by the test.

use super::*;
use serde_json::json;
use thexr_room::{Actor, Boot, Grant, Request};

const AT: Duration = Duration::from_secs(1);

struct Scene {
    keeper: Keeper,
    tick: u64,
    /// Last seqs of batches that are not durable yet.
    under_way: VecDeque<u64>,
}

impl Scene {
    fn set() -> Self {
        Self { keeper: Keeper::new(Room::open(Boot::default())), tick: 0, under_way: VecDeque::new() }
    }

    fn tick(&mut self) {
        self.tick += 1;
        self.keeper.tick(Now { tick: self.tick, at_ms: self.tick as i64 * 50 }, AT, false);
    }

    /// Asks as the operator.
    fn act(&mut self, ticket: u64, name: &str, payload: Value) {
        let Request { command, id } = Request::decode(name, payload).unwrap();
        self.keeper.push_act(ticket, Act { actor: Actor::Operator, grant: Grant::All, command, id });
    }

    /// Tickets that are answered now, and whether with yes.
    fn answers(&mut self) -> Vec<(u64, bool)> {
        let mut answers = Vec::new();
        while let Some(feed) = self.keeper.take() {
            match feed {
                Feed::Tell(To::Ticket(ticket), Message::Reply { ok, .. }) => answers.push((ticket, ok)),
                Feed::Write(batch) => self.under_way.push_back(batch.last_seq),
                _ => {}
            }
        }
        answers
    }

    /// The oldest batch becomes durable.
    fn store(&mut self) {
        let last_seq = self.under_way.pop_front().expect("something is under way");
        self.keeper.stored(Stored { last_seq });
    }
}

fn a_thing(entity: &str) -> Value {
    json!({"entity": entity, "components": {"note": 1}})
}

#[test]
fn an_act_is_answered_once_its_batch_is_durable_and_not_before_an_earlier_one() {
    let mut scene = Scene::set();
    for (ticket, entity) in [(1, "aaaaa"), (2, "bbbbb")] {
        scene.act(ticket, "create_entity", a_thing(entity));
        scene.tick();
        assert_eq!(scene.answers(), []);
    }
    scene.store();
    assert_eq!(scene.answers(), [(1, true)]);
    scene.store();
    assert_eq!(scene.answers(), [(2, true)]);
    assert!(scene.keeper.is_settled());
}

#[test]
fn a_refusal_that_tells_of_the_state_waits_for_what_it_tells_of() {
    let mut scene = Scene::set();
    scene.act(1, "create_entity", a_thing("aaaaa"));
    scene.act(2, "create_entity", a_thing("aaaaa"));
    scene.tick();
    assert_eq!(scene.answers(), [], "that the id is taken is not durable yet");
    scene.store();
    assert_eq!(scene.answers(), [(1, true), (2, false)]);
    scene.act(3, "create_entity", a_thing("aaaaa"));
    scene.tick();
    assert_eq!(scene.answers(), [(3, false)], "now it is");
}

#[test]
fn a_store_that_falls_behind_is_said_at_once() {
    let mut scene = Scene::set();
    let mut refused = Vec::new();
    for n in 0..40 {
        scene.act(n, "create_entity", a_thing(&format!("thing{n:02}")));
        scene.tick();
        refused.extend(scene.answers());
    }
    assert_eq!(refused.len(), 40 - UNCONFIRMED_TICKS_MAX as usize - 1);
    assert!(refused.iter().all(|(_, ok)| !ok));
    (0..=UNCONFIRMED_TICKS_MAX).for_each(|_| scene.store());
    assert_eq!(scene.answers().len(), UNCONFIRMED_TICKS_MAX as usize + 1);
}
