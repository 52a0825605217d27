//! What holds for every script of commands: determinism, the journal is the world, replicas are the world.

use crate::replica::Replica;
use crate::stage::{Stage, avatar};
use proptest::prelude::*;
use serde_json::{Value, json};
use thexr_room::template::Template;
use thexr_room::{PoseInput, StoreState};
use thexr_wire::joints::Hands;
use thexr_wire::json::canonical;
use thexr_wire::message::Dialect;
use thexr_wire::pose::{Marks, Pose};
use thexr_wire::{EntityId, PeerId};
use thexr_world::{NoStates, Op, Stamp, World};

const PEOPLE: [&str; 4] = ["ada", "bob", "cyd", "dan"];
const THINGS: [&str; 5] = ["thinga", "thingb", "thingc", "thingd", "thinge"];

/// A step of a script; numbers choose people and things.
#[derive(Debug, Clone)]
enum Step {
    Join { who: usize, thexr: bool },
    Leave { who: usize },
    Lose { who: usize },
    Resume { who: usize },
    Command { who: usize, name: &'static str, payload: Value },
    Move { who: usize, x: f32 },
    Tick { ms: i64 },
    Store(bool),
}

fn command() -> impl Strategy<Value = (&'static str, Value)> {
    let thing = || prop::sample::select(THINGS.to_vec());
    let components = prop_oneof![
        Just(json!({"color": "#FF0000"})),
        Just(json!({"n": 1, "list": []})),
        Just(json!({"ttl": 300})),
        thing().prop_map(|other| json!({"parent": {"entity": other}})),
        thing().prop_map(|other| json!({"keep_while": other})),
        Just(json!({"parent": {"entity": avatar("ada")}, "position": [1, 2, 3]})),
        Just(json!({"keep_while": avatar("bob")})),
        Just(json!({"position": [0, 1, "bad"]})),
        Just(json!({"color": null, "list": null})),
    ];
    let op = (thing(), components.clone()).prop_flat_map(|(id, components)| {
        prop_oneof![
            Just(json!({"op": "create", "entity": id, "components": components})),
            Just(json!({"op": "set", "entity": id, "components": components})),
            Just(json!({"op": "delete", "entity": id})),
            Just(json!({"op": "inc", "entity": id, "components": {"n": 1}})),
            Just(json!({"op": "push", "entity": id, "component": "list", "value": 1})),
            Just(json!({"op": "unset", "entity": id, "names": ["parent", "n"]})),
        ]
    });
    prop_oneof![
        3 => (thing(), components.clone())
            .prop_map(|(id, components)| ("create_entity", json!({"entity": id, "components": components}))),
        3 => (thing(), components)
            .prop_map(|(id, components)| ("update_components", json!({"entity": id, "components": components}))),
        2 => thing().prop_map(|id| ("delete_entity", json!({"entity": id}))),
        1 => thing().prop_map(|id| ("duplicate_entity", json!({"entity": id}))),
        1 => (thing(), thing()).prop_map(|(id, parent)| ("reparent", json!({"entity": id, "parent": parent}))),
        3 => prop::collection::vec(op, 1..5).prop_map(|ops| ("transact", json!({"ops": ops}))),
        1 => Just(("say", json!({"id": "same", "text": "hi"}))),
        1 => Just(("set_nickname", json!({"nickname": "N"}))),
        1 => Just(("save_snapshot", json!({"name": "s"}))),
        1 => prop::sample::select(vec!["s", "initial"]).prop_map(|name| ("restore_snapshot", json!({"name": name}))),
        1 => Just(("drive", json!({}))),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..PEOPLE.len();
    prop_oneof![
        4 => (who.clone(), any::<bool>()).prop_map(|(who, thexr)| Step::Join { who, thexr }),
        1 => who.clone().prop_map(|who| Step::Leave { who }),
        2 => who.clone().prop_map(|who| Step::Lose { who }),
        2 => who.clone().prop_map(|who| Step::Resume { who }),
        16 => (who.clone(), command()).prop_map(|(who, (name, payload))| Step::Command { who, name, payload }),
        2 => (who, -50.0f32..50.0).prop_map(|(who, x)| Step::Move { who, x }),
        8 => prop::sample::select(vec![50, 50, 50, 350, 31_000]).prop_map(|ms| Step::Tick { ms }),
        1 => any::<bool>().prop_map(Step::Store),
    ]
}

fn script() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..120)
}

/// A stage, the connections of each person, and the replica of every connection that was ever made.
struct Play {
    stage: Stage,
    connections: Vec<Vec<PeerId>>,
    replicas: std::collections::BTreeMap<PeerId, Replica>,
    /// Seq up to which each person had applied when a connection was lost, with the replica.
    lost: Vec<Option<Replica>>,
    heard: Vec<(PeerId, Vec<crate::stage::Heard>)>,
}

impl Play {
    fn run(script: &[Step]) -> Self {
        let mut stage = Stage::new(Template::Empty);
        stage.outboxes = Some(Vec::new());
        let lost = PEOPLE.iter().map(|_| None).collect();
        let connections = vec![Vec::new(); PEOPLE.len()];
        let mut play = Self { stage, connections, replicas: Default::default(), lost, heard: Vec::new() };
        for step in script {
            play.step(step);
        }
        play.stage.store(StoreState::Fine);
        play.tick(50);
        play
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Join { who, thexr } => {
                let dialect = if *thexr { "thexr.1" } else { "json" };
                let peer = self.stage.join(PEOPLE[*who], json!({"dialect": dialect}));
                self.arrived(*who, peer, Replica::default());
            }
            Step::Leave { who } => {
                if let Some(peer) = self.connections[*who].pop() {
                    self.stage.leave(peer);
                    self.replicas.remove(&peer);
                }
            }
            Step::Lose { who } => {
                if let Some(peer) = self.connections[*who].pop() {
                    self.listen();
                    let attached = self.stage.attached.get(&peer);
                    let thexr = attached.is_some_and(|attached| attached.dialect == Dialect::Thexr1);
                    self.stage.lose(peer);
                    self.lost[*who] = self.replicas.remove(&peer).filter(|replica| thexr && replica.seq > 0);
                }
            }
            Step::Resume { who } => {
                if let Some(replica) = self.lost[*who].take() {
                    let peer = self.stage.resume(PEOPLE[*who], replica.seq);
                    self.arrived(*who, peer, replica);
                }
            }
            Step::Command { who, name, payload } => {
                if let Some(peer) = self.connections[*who].last() {
                    self.stage.push(*peer, name, payload.clone());
                }
            }
            Step::Move { who, x } => {
                if let Some(peer) = self.connections[*who].last() {
                    let pose = Pose::standing([*x, 1.8, 0.0]);
                    self.stage.room.pose(PoseInput {
                        peer: *peer,
                        sample_ms: None,
                        marks: Marks::default(),
                        pose,
                        hands: Hands::default(),
                    });
                }
            }
            Step::Tick { ms } => self.tick(*ms),
            Step::Store(fine) => {
                self.stage.store(if *fine { StoreState::Fine } else { StoreState::Unavailable });
            }
        }
    }

    fn arrived(&mut self, who: usize, peer: PeerId, replica: Replica) {
        self.connections[who].push(peer);
        self.replicas.insert(peer, replica);
    }

    fn tick(&mut self, ms: i64) {
        self.stage.tick_after(ms);
        self.listen();
    }

    fn listen(&mut self) {
        for (peer, replica) in &mut self.replicas {
            let heard = self.stage.hear(*peer);
            self.heard.push((*peer, heard.clone()));
            replica.apply(heard);
        }
    }
}

/// The fold of a journal whose ops went through text, from the newest state that precedes every `load` in between.
fn folded(play: &Play) -> World {
    let newest_load = play
        .stage
        .journal
        .iter()
        .rev()
        .find(|event| event.ops.iter().any(|op| matches!(op, Op::Load { .. })));
    let from = newest_load.map_or(0, |event| event.seq);
    let kept = play.stage.snapshots.iter().rev().find(|kept| kept.seq == from && from > 0);
    let mut world = kept.map(|kept| World::from_text(&kept.world.to_text()).unwrap()).unwrap_or_default();
    for event in play.stage.journal.iter().filter(|event| event.seq > from) {
        let text = canonical(&json!(event.ops));
        let ops: Vec<Op> = serde_json::from_str(&text).unwrap();
        world.fold(Stamp { seq: event.seq, at_ms: event.at_ms }, &ops, &NoStates).unwrap();
    }
    world
}

fn versions(world: &World) -> Vec<(&EntityId, u64)> {
    world.entities().iter().map(|(id, entity)| (id, world.version(entity))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_inputs_give_the_same_outboxes_byte_by_byte(script in script()) {
        let (a, b) = (Play::run(&script), Play::run(&script));
        prop_assert_eq!(a.stage.outboxes, b.stage.outboxes);
        prop_assert_eq!(a.heard, b.heard);
        prop_assert_eq!(a.stage.journal, b.stage.journal);
        prop_assert_eq!(a.stage.room.world().to_text(), b.stage.room.world().to_text());
        prop_assert_eq!(a.stage.places, b.stage.places);
    }

    #[test]
    fn the_fold_of_the_journal_is_the_world(script in script()) {
        let play = Play::run(&script);
        prop_assert_eq!(folded(&play).to_text(), play.stage.room.world().to_text());
        let seqs: Vec<u64> = play.stage.journal.iter().map(|event| event.seq).collect();
        prop_assert_eq!(seqs, (1..=play.stage.room.seq()).collect::<Vec<_>>());
    }

    #[test]
    fn every_replica_is_the_world(script in script()) {
        let play = Play::run(&script);
        let digest = play.stage.room.world().digest();
        for (peer, replica) in &play.replicas {
            if play.stage.attached.contains_key(peer) {
                prop_assert_eq!(&replica.world.digest(), &digest, "{:?}", peer);
                if replica.versioned {
                    prop_assert_eq!(versions(&replica.world), versions(play.stage.room.world()), "{:?}", peer);
                }
            }
        }
    }

    #[test]
    fn everyone_hears_every_event_once_and_in_order(script in script()) {
        let play = Play::run(&script);
        for replica in play.replicas.values() {
            prop_assert!(replica.events.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", replica.events);
        }
    }

    #[test]
    fn a_reopened_room_is_the_same_room_with_everyone_away(script in script()) {
        let mut play = Play::run(&script);
        let world = play.stage.room.world().clone();
        play.stage.reopen();
        prop_assert_eq!(play.stage.room.world().to_text(), world.to_text());
        prop_assert_eq!(versions(play.stage.room.world()), versions(&world));
        play.stage.tick();
        play.stage.tick_after(30_000);
        let avatars = |world: &World| world.entities().values().filter(|entity| entity.is_avatar()).count();
        prop_assert_eq!(avatars(play.stage.room.world()), 0);
    }

    #[test]
    fn nothing_hangs_on_or_lives_with_something_that_is_not_there(script in script()) {
        let play = Play::run(&script);
        let world = play.stage.room.world();
        for (id, entity) in world.entities() {
            let parent = entity.parent().map(|parent| &parent.entity);
            for other in parent.into_iter().chain(entity.keep_while()) {
                prop_assert!(world.entity(other).is_some(), "{} needs {}", id, other);
            }
        }
    }
}
