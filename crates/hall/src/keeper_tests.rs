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
    /// States to store, by number.
    states: Vec<SnapshotOut>,
}

impl Scene {
    fn set() -> Self {
        let keeper = Keeper::new(Room::open(Boot::default()));
        Self { keeper, tick: 0, under_way: VecDeque::new(), states: Vec::new() }
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
                Feed::Keep(state) => self.states.push(state),
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
fn a_state_is_stored_after_its_events_and_holds_nothing_up() {
    let mut scene = Scene::set();
    scene.act(1, "create_entity", a_thing("aaaaa"));
    scene.act(2, "save_snapshot", json!({"name": "mine"}));
    scene.tick();
    assert_eq!((scene.answers(), scene.states.len()), (vec![], 0), "its events are not durable yet");
    scene.store();
    assert_eq!((scene.answers(), scene.states.len()), (vec![(1, true)], 1));
    scene.act(3, "create_entity", a_thing("bbbbb"));
    scene.tick();
    scene.answers();
    scene.store();
    assert_eq!(scene.answers(), [(3, true)], "others do not wait for it");
    assert!(!scene.keeper.is_settled() && scene.keeper.keeping() == 1);
    let state = scene.states.pop().unwrap();
    assert_eq!(state.seq, 1);
    scene.keeper.kept(state.number, true);
    scene.tick();
    assert_eq!(scene.answers(), [], "the fact that it was saved is no different from others");
    scene.store();
    assert_eq!(scene.answers(), [(2, true)]);
    assert!(scene.keeper.is_settled());
}

#[test]
fn at_a_stop_the_last_state_follows_the_last_batch() {
    let mut scene = Scene::set();
    scene.act(1, "create_entity", a_thing("aaaaa"));
    scene.tick();
    scene.keeper.keep_everything();
    scene.answers();
    assert_eq!(scene.states.len(), 0);
    scene.store();
    scene.answers();
    assert_eq!(scene.states.iter().map(|state| state.seq).collect::<Vec<_>>(), [1]);
    scene.keeper.keep_everything();
    scene.answers();
    assert_eq!(scene.states.len(), 1, "it is on its way");
}

// Rule 3.1
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

// Rule 3.1
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

// Rule 3.1
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
