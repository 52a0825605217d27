//! What a thing offers whom: what is offered is granted, what is not offered is refused, in every state; and builders change it.

use crate::stage::{Stage, user};
use serde_json::{Value, json};
use thexr_room::PoseInput;
use thexr_wire::joints::Hands;
use thexr_wire::pose::{Marks, Pose};
use thexr_wire::{EntityId, PeerId};

struct Scene {
    stage: Stage,
    peers: [PeerId; 2],
    thing: EntityId,
}

const ADA: usize = 0;
const BOB: usize = 1;

impl Scene {
    fn new(components: Value) -> Self {
        let mut stage = Stage::empty();
        let peers = ["ada", "bob"].map(|name| stage.enter_thexr(name));
        for peer in peers {
            let pose = Pose::standing([0.0, 1.8, 0.0]);
            let marks = Marks::default();
            stage.room.pose(PoseInput { peer, sample_ms: None, marks, pose, hands: Hands::default() });
        }
        stage.tick();
        let shape = json!({"kind": "sphere", "diameter": 0.2});
        let mut all = json!({"shape": shape, "position": [0, 1.8, 1]});
        all.as_object_mut().unwrap().extend(components.as_object().unwrap().clone());
        let thing = stage.create(peers[ADA], all);
        Self { stage, peers, thing }
    }

    fn offered(&mut self, who: usize) -> Vec<String> {
        let answer =
            self.stage.call(self.peers[who], "list_interactions", json!({"entity": self.thing})).unwrap();
        let names = answer["interactions"].as_array().unwrap().iter();
        names.map(|name| name.as_str().unwrap().to_owned()).collect()
    }

    fn does(&mut self, who: usize, command: &str) -> Result<Value, String> {
        let mut payload = json!({"entity": self.thing});
        match command {
            "stand" => payload = json!({}),
            "throw" => payload["velocity"] = json!([0, 1, 3]),
            "resize" => payload["scale"] = json!([2, 2, 2]),
            _ => {}
        }
        let command = match command {
            "throw" => "release",
            "ask" => "grab",
            other => other,
        };
        self.stage.call(self.peers[who], command, payload)
    }
}

/// All that a thing may be good for.
fn everything(policy: &str) -> Value {
    json!({"seat": {}, "holdable": {"policy": policy}, "body": "dynamic", "triggerable": true, "two_hand_scalable": true})
}

/// States into which a thing is brought, by who does what.
const STATES: [&[(usize, &str)]; 6] = [
    &[],
    &[(ADA, "grab")],
    &[(BOB, "grab")],
    &[(ADA, "sit")],
    &[(BOB, "sit")],
    &[(BOB, "grab"), (BOB, "release")],
];

// Rule 3.14
#[test]
fn what_is_offered_is_granted_and_what_is_not_offered_is_refused_in_every_state() {
    for policy in ["deny", "ask", "allow", "steal"] {
        for state in STATES {
            let brought = || {
                let mut scene = Scene::new(everything(policy));
                state.iter().for_each(|(who, what)| drop(scene.does(*who, what).unwrap()));
                scene
            };
            for who in [ADA, BOB] {
                let offered = brought().offered(who);
                for command in ["sit", "stand", "grab", "ask", "release", "throw", "trigger", "resize"] {
                    let mut scene = brought();
                    let done = scene.does(who, command);
                    let is_offered = offered.iter().any(|name| name == command);
                    // What is grabbed and what is asked for is one command, and one fact or the other.
                    let event = scene.stage.last_event().name.as_str();
                    let done_so = done.is_ok()
                        && match command {
                            "grab" => event == "user_grabbed",
                            "ask" => event == "grab_asked",
                            "throw" => event == "user_threw",
                            _ => true,
                        };
                    assert_eq!(
                        is_offered, done_so,
                        "{command} by {who} after {state:?} ({policy}): {done:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_one_holds_who_is_away_is_offered_to_others() {
    let mut scene = Scene::new(json!({"holdable": true, "triggerable": true}));
    scene.does(ADA, "grab").unwrap();
    assert_eq!(scene.offered(BOB), Vec::<String>::new());
    scene.stage.lose(scene.peers[ADA]);
    scene.stage.ticks(2);
    assert_eq!(scene.offered(BOB), ["grab"]);
    scene.does(BOB, "grab").unwrap();
}

// Rule 3.14
#[test]
fn builders_give_and_take_what_a_thing_is_good_for_and_who_is_at_it_lets_go() {
    let mut scene = Scene::new(json!({}));
    assert_eq!(scene.offered(BOB), Vec::<String>::new());
    let interact = |scene: &mut Scene, command: &str, interaction: &str| {
        let payload = json!({"entity": scene.thing, "interaction": interaction});
        scene.stage.call(scene.peers[ADA], command, payload)
    };
    for interaction in ["sit", "grab", "throw", "trigger", "resize"] {
        interact(&mut scene, "add_interaction", interaction).unwrap();
    }
    assert_eq!(scene.stage.last_event().name, "interaction_added");
    assert_eq!(scene.offered(BOB), ["sit", "grab", "trigger"]);
    scene.does(BOB, "grab").unwrap();
    assert_eq!(scene.offered(BOB), ["sit", "grab", "release", "throw", "trigger", "resize"]);
    interact(&mut scene, "remove_interaction", "grab").unwrap();
    scene.stage.tick();
    assert_eq!(scene.stage.value(&scene.thing, "held_by"), Value::Null, "it falls from the hand");
    assert_eq!(scene.offered(BOB), ["sit", "trigger"]);
    scene.does(BOB, "sit").unwrap();
    assert_eq!(scene.stage.value(&scene.thing, "occupied_by"), json!(user("bob")));
    interact(&mut scene, "remove_interaction", "sit").unwrap();
    scene.stage.tick();
    assert_eq!(scene.stage.value(&scene.thing, "occupied_by"), Value::Null, "they stand");
    for interaction in ["trigger", "throw", "resize"] {
        interact(&mut scene, "remove_interaction", interaction).unwrap();
    }
    assert_eq!(scene.offered(BOB), Vec::<String>::new());
}

#[test]
fn what_is_given_again_keeps_its_settings_unless_others_are_named() {
    let mut scene =
        Scene::new(json!({"body": {"motion": "static", "mass": 7}, "holdable": {"policy": "ask"}}));
    let call =
        |scene: &mut Scene, payload: Value| scene.stage.call(scene.peers[ADA], "add_interaction", payload);
    let thing = scene.thing.clone();
    call(&mut scene, json!({"entity": thing, "interaction": "throw"})).unwrap();
    let body = scene.stage.value(&thing, "body");
    assert_eq!((&body["motion"], body["mass"].as_f64()), (&json!("dynamic"), Some(7.0)), "{body}");
    call(&mut scene, json!({"entity": thing, "interaction": "grab"})).unwrap();
    assert_eq!(scene.stage.value(&thing, "holdable")["policy"], "ask");
    call(&mut scene, json!({"entity": thing, "interaction": "grab", "settings": {"policy": "steal"}}))
        .unwrap();
    assert_eq!(scene.stage.value(&thing, "holdable")["policy"], "steal");
}

#[test]
fn nobody_gives_people_or_what_is_not_there_or_names_what_there_is_not() {
    let mut scene = Scene::new(json!({}));
    let thing = scene.thing.clone();
    let avatar = EntityId::avatar(&user("bob"));
    let cases = [
        (json!({"entity": avatar, "interaction": "sit"}), "protected"),
        (json!({"entity": "nobody9", "interaction": "sit"}), "unknown_entity"),
        (json!({"entity": thing, "interaction": "stand"}), "bad_payload"),
        (json!({"entity": thing, "interaction": "dance"}), "bad_payload"),
        (json!({"entity": thing, "interaction": 7}), "bad_payload"),
        (json!({"entity": thing}), "bad_payload"),
    ];
    for (payload, reason) in cases {
        for command in ["add_interaction", "remove_interaction"] {
            let refused = scene.stage.call(scene.peers[ADA], command, payload.clone());
            assert_eq!(refused.unwrap_err(), reason, "{command} {payload}");
        }
    }
    let bad = json!({"entity": thing, "interaction": "grab", "settings": {"policy": "maybe"}});
    assert_eq!(scene.stage.call(scene.peers[ADA], "add_interaction", bad).unwrap_err(), "bad_component");
    let watcher = scene.stage.join("eve", json!({"mode": "observe"}));
    scene.stage.tick();
    let asked = scene.stage.call(watcher, "list_interactions", json!({"entity": thing})).unwrap();
    assert_eq!(asked["interactions"], json!([]), "who has no hands does nothing");
    let added = json!({"entity": thing, "interaction": "grab"});
    assert_eq!(scene.stage.call(watcher, "add_interaction", added).unwrap_err(), "not_inside");
}
