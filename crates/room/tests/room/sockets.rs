//! Sockets: one thing fits into one, of many who try at once one does, and it stays there until somebody takes it.

use crate::stage::Stage;
use serde_json::{Value, json};
use thexr_room::template::Template;
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, PeerId};

struct Scene {
    stage: Stage,
    ada: PeerId,
    socket: EntityId,
}

impl Scene {
    /// Ada, and a board two metres before her with a socket 20 cm above its middle.
    fn new(socket: Value) -> Self {
        let mut stage = Stage::new(Template::Empty);
        let ada = stage.enter_thexr("ada");
        stage.stand(ada, Pose::standing([0.0, 1.8, 0.0]));
        stage.tick();
        let shape = json!({"kind": "box", "size": 0.5});
        let socket = stage.create(ada, json!({"shape": shape, "position": [0, 1.2, 2], "socket": socket}));
        Self { stage, ada, socket }
    }

    fn ball(&mut self, tag: &str) -> EntityId {
        let ball = json!({"shape": {"kind": "sphere", "diameter": 0.2}, "position": [0.5, 1.6, 1.8], "holdable": true,
            "body": {"motion": "dynamic"}, "tag": tag});
        self.stage.create(self.ada, ball)
    }

    fn grab(&mut self, peer: PeerId, thing: &EntityId) {
        let offset = json!({"position": [0, -0.3, 1.9]});
        self.stage.call(peer, "grab", json!({"entity": thing, "offset": offset})).unwrap();
    }

    fn insert(&mut self, peer: PeerId, thing: &EntityId) -> Result<Value, String> {
        self.stage.call(peer, "insert", json!({"entity": thing, "socket": self.socket}))
    }
}

fn lying_above() -> Value {
    json!({"offset": {"position": [0, 0.2, 0]}})
}

// Rule 3.15
#[test]
fn what_is_put_into_a_socket_hangs_there_whatever_pushes_it_until_somebody_takes_it() {
    let mut scene = Scene::new(lying_above());
    let ada = scene.ada;
    let ball = scene.ball("red");
    scene.grab(ada, &ball);
    scene.insert(ada, &ball).unwrap();
    assert_eq!(scene.stage.last_event().name, "user_inserted");
    scene.stage.ticks(40);
    let value = |scene: &Scene, name: &str| scene.stage.value(&ball, name);
    assert_eq!(value(&scene, "in_socket"), json!(scene.socket));
    assert_eq!(
        (value(&scene, "parent")["entity"].clone(), value(&scene, "held_by")),
        (json!(scene.socket), Value::Null)
    );
    assert!((value(&scene, "position")[1].as_f64().unwrap() - 0.2).abs() < 1e-6);
    assert_eq!(scene.stage.motion.bodies.len(), 0, "it lies still");
    scene.grab(ada, &ball);
    assert_eq!(value(&scene, "in_socket"), Value::Null);
    scene.stage.call(ada, "release", json!({"entity": ball})).unwrap();
    let other = scene.ball("blue");
    scene.grab(ada, &other);
    scene.insert(ada, &other).unwrap();
}

// Rule 3.15
#[test]
fn nothing_goes_where_something_is_or_where_it_does_not_fit_or_from_afar() {
    let mut scene = Scene::new(json!({"accepts": "red", "offset": {"position": [0, 0.2, 0]}}));
    let ada = scene.ada;
    let [red, other, blue] = ["red", "red", "blue"].map(|tag| scene.ball(tag));
    assert_eq!(scene.insert(ada, &red).unwrap_err(), "not_held");
    scene.grab(ada, &blue);
    assert_eq!(scene.insert(ada, &blue).unwrap_err(), "does_not_fit");
    let into_itself = json!({"entity": blue, "socket": other});
    assert_eq!(scene.stage.call(ada, "insert", into_itself).unwrap_err(), "not_a_socket");
    scene.stage.call(ada, "release", json!({"entity": blue})).unwrap();
    scene.grab(ada, &red);
    scene.stage.stand(ada, Pose::standing([0.0, 1.8, -3.0]));
    scene.stage.tick();
    assert_eq!(scene.insert(ada, &red).unwrap_err(), "too_far");
    scene.stage.stand(ada, Pose::standing([0.0, 1.8, 0.0]));
    scene.stage.tick();
    scene.insert(ada, &red).unwrap();
    scene.grab(ada, &other);
    assert_eq!(scene.insert(ada, &other).unwrap_err(), "socket_full");
    // What a builder hangs elsewhere is in no socket.
    scene.stage.call(ada, "reparent", json!({"entity": red, "parent": null})).unwrap();
    scene.insert(ada, &other).unwrap();
}

#[test]
fn a_socket_on_which_very_much_hangs_takes_nothing() {
    let mut scene = Scene::new(lying_above());
    let ada = scene.ada;
    let ball = scene.ball("red");
    scene.grab(ada, &ball);
    for n in 0..65u8 {
        let leaf = json!({"parent": {"entity": scene.socket}, "position": [0, f32::from(n), 0]});
        scene.stage.create(ada, leaf);
    }
    assert_eq!(scene.insert(ada, &ball).unwrap_err(), "socket_full");
}

#[test]
fn of_a_hundred_who_put_something_into_one_socket_at_once_one_does_and_the_others_hold_theirs_still() {
    let mut scene = Scene::new(lying_above());
    let balls: Vec<(PeerId, EntityId)> = (0..100)
        .map(|n| {
            let peer = scene.stage.enter_thexr(&format!("p{n:02}"));
            scene.stage.stand(peer, Pose::standing([0.0, 1.8, 0.0]));
            scene.stage.tick();
            let ball = scene.ball("red");
            scene.grab(peer, &ball);
            (peer, ball)
        })
        .collect();
    let asked: Vec<(PeerId, Value)> = balls
        .iter()
        .map(|(peer, ball)| {
            let payload = json!({"entity": ball, "socket": scene.socket});
            (*peer, scene.stage.push(*peer, "insert", payload))
        })
        .collect();
    scene.stage.tick();
    let answers: Vec<_> =
        asked.iter().map(|(peer, reference)| scene.stage.answer(*peer, reference)).collect();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers.iter().flat_map(|answer| answer.as_ref().err()).all(|reason| reason == "socket_full"));
    let held = balls.iter().filter(|(_, ball)| scene.stage.value(ball, "held_by").is_object()).count();
    assert_eq!(held, 99);
}

// Rule 3.15
#[test]
fn a_socket_is_where_the_scale_of_its_thing_puts_it() {
    let mut scene = Scene::new(lying_above());
    let ada = scene.ada;
    let ball = scene.ball("red");
    scene.grab(ada, &ball);
    let mut board = |scale: f32, above: f32| {
        let socket = json!({"offset": {"position": [0, above, 0]}});
        let board = json!({"position": [0, 1.2, 2], "scale": scale, "socket": socket});
        scene.socket = scene.stage.create(ada, board);
        scene.insert(ada, &ball)
    };
    assert_eq!(board(6.0, 0.4).unwrap_err(), "too_far");
    board(0.1, 4.0).unwrap();
}
