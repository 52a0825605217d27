//! Facts that not everyone hears: who does is judged when they are made.

use crate::replica::Replica;
use crate::stage::{Stage, user};
use serde_json::{Value, json};
use thexr_room::{Actor, Hearers, PoseInput};
use thexr_wire::PeerId;
use thexr_wire::joints::Hands;
use thexr_wire::pose::{Marks, Pose};

fn at(stage: &mut Stage, peer: PeerId, x: f32) {
    let pose = Pose::standing([x, 1.8, 0.0]);
    let hands = Hands::default();
    stage.room.pose(PoseInput { peer, sample_ms: None, marks: Marks::default(), pose, hands });
    stage.tick();
}

/// What someone hears of a line: its text, that there was one, or nothing.
fn hears(stage: &mut Stage, peer: PeerId) -> Option<String> {
    let heard = stage.hear(peer).into_iter();
    let mut lines = heard.filter_map(|heard| match heard.name.as_str() {
        "stoc" if heard.payload["event"] == "message_said" => {
            Some(heard.payload["payload"]["text"].to_string())
        }
        "unheard" => Some("unheard".into()),
        _ => None,
    });
    let line = lines.next();
    assert_eq!(lines.next(), None, "one at a time");
    line.map(|text| text.trim_matches('"').to_owned())
}

fn say(stage: &mut Stage, peer: PeerId, to: Value) -> Result<Value, String> {
    stage.call(peer, "say", json!({"text": "psst", "to": to}))
}

// Rule 3.9
#[test]
fn a_line_to_some_people_reaches_them_and_its_speaker_and_nobody_else() {
    let mut stage = Stage::empty();
    let [ada, bob, cid] = ["ada", "bob", "cid"].map(|name| stage.enter_thexr(name));
    let book = stage.enter("dan");
    [ada, bob, cid, book].iter().for_each(|peer| drop(stage.hear(*peer)));
    say(&mut stage, ada, json!({"users": [user("bob")]})).unwrap();
    let heard = [ada, bob, cid, book].map(|peer| hears(&mut stage, peer));
    let [psst, unheard] = ["psst", "unheard"].map(|text| Some(text.to_owned()));
    assert_eq!(heard, [psst.clone(), psst, unheard, None], "who does not count seqs is told nothing");
    let said = stage.last_event();
    assert!(said.ops.is_empty() && said.payload["to"] == json!({"users": [user("bob")]}));
    assert!(said.hearers.hear(&user("ada")) && !said.hearers.hear(&user("cid")));
}

#[test]
fn near_is_who_was_near_when_it_was_said() {
    let mut stage = Stage::empty();
    let [ada, bob, cid] = ["ada", "bob", "cid"].map(|name| stage.enter_thexr(name));
    for (peer, x) in [(ada, 0.0), (bob, 4.0), (cid, 6.0)] {
        at(&mut stage, peer, x);
    }
    [ada, bob, cid].iter().for_each(|peer| drop(stage.hear(*peer)));
    say(&mut stage, ada, json!({"near": 5})).unwrap();
    at(&mut stage, cid, 1.0);
    let heard = [ada, bob, cid].map(|peer| hears(&mut stage, peer).unwrap());
    assert_eq!(heard, ["psst", "psst", "unheard"]);
}

#[test]
fn a_role_is_who_is_here_with_it_or_a_higher_one() {
    let mut stage = Stage::empty();
    let [ada, bob] = ["ada", "bob"].map(|name| stage.enter_thexr(name));
    stage.act(Actor::Operator, "set_role", json!({"user_id": user("bob"), "role": "owner"})).unwrap();
    [ada, bob].iter().for_each(|peer| drop(stage.hear(*peer)));
    say(&mut stage, ada, json!({"role": "moderator"})).unwrap();
    assert_eq!([ada, bob].map(|peer| hears(&mut stage, peer).unwrap()), ["psst", "psst"]);
    say(&mut stage, bob, json!({"role": "owner"})).unwrap();
    assert_eq!([ada, bob].map(|peer| hears(&mut stage, peer).unwrap()), ["unheard", "psst"]);
}

#[test]
fn who_joins_later_and_every_replica_has_the_same_room_whatever_they_heard() {
    let mut stage = Stage::empty();
    let [ada, bob] = ["ada", "bob"].map(|name| stage.join(name, json!({"dialect": "thexr.1"})));
    stage.tick();
    let mut replicas = [Replica::default(), Replica::default()];
    for n in 0..10 {
        say(&mut stage, ada, json!({"users": []})).unwrap();
        stage.create(ada, json!({"n": n}));
        say(&mut stage, bob, json!({"near": 100})).unwrap();
    }
    for (peer, replica) in [ada, bob].into_iter().zip(&mut replicas) {
        replica.apply(stage.hear(peer));
        assert_eq!(replica.world.digest(), stage.room.world().digest());
        assert_eq!(replica.seq, stage.room.seq(), "a fact for others is no loss");
    }
    let late = stage.join("cid", json!({"dialect": "thexr.1"}));
    stage.tick();
    let mut replica = Replica::default();
    replica.apply(stage.hear(late));
    assert_eq!((replica.world.digest(), replica.seq), (stage.room.world().digest(), stage.room.seq()));
}

#[test]
fn who_has_used_up_what_may_be_heard_of_them_is_refused_before_anyone_is_looked_for() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    // Nowhere near anybody, and as large as a line may be: more than anyone's budget and the room's pool hold at once.
    let line = || json!({"text": "x".repeat(1_000), "to": {"near": 0}});
    let references: Vec<Value> = (0..4_000).map(|_| stage.push(ada, "say", line())).collect();
    stage.ticks(10);
    let mut refusals = references.iter().filter_map(|reference| stage.answer(ada, reference).err());
    assert_eq!(refusals.next().as_deref(), Some("rate_limited"), "a line for a few costs as one for all");
}

#[test]
fn whom_a_fact_may_be_for_is_bounded_and_said_clearly() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    let many: Vec<String> = (0..201).map(|n| format!("{n:020}")).collect();
    let bad = [
        json!({"users": many}),
        json!({"users": ["?"]}),
        json!({"users": "all"}),
        json!({"near": -1}),
        json!({"near": 101}),
        json!({"near": "here"}),
        json!({"role": "king"}),
        json!({}),
        json!([]),
        json!("bob"),
        json!({"near": 1, "role": "owner"}),
        json!({"world": true}),
    ];
    for to in bad {
        assert_eq!(say(&mut stage, ada, to.clone()), Err("bad_payload".into()), "{to}");
    }
    assert_eq!(say(&mut stage, ada, Value::Null).map(|_| ()), Ok(()), "null is everyone");
    assert_eq!(stage.last_event().hearers, Hearers::Everyone);
}
